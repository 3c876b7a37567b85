"""The de-ageing network (PyTorch)."""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

sys.path.append(str(Path(__file__).resolve().parents[1]))
from common import Block

WIDTHS = (24, 40, 64, 96)
AROUND = 16  # px: detail is told against the mean of so large a square
DARKEST = 0.1  # display value that is added to brightness before anything is divided by it
FULL_AT = 0.2  # difference of the maps from which the answer is no longer scaled: 20 years


class Younger(nn.Module):
    """What to add to a face so that it is as old as asked (in the line of Zoss et al.,
    "Production-ready face re-aging for visual effects", 2022): a U-Net (Ronneberger, Fischer and
    Brox, 2015) on pixels folded two by two (Shi et al., 2016).

    x: (n, 5, H, W): red, green, blue as displayed, 0..1, the age that each pixel has and the age it
    should have, both over 100; H and W multiples of 16. Returns (n, 3, H, W), to be added to the
    colours. No difference of ages: no change.
    """

    def __init__(self) -> None:
        super().__init__()
        widths = WIDTHS
        self.first = nn.Conv2d(4 * 3 + 3 + 3, widths[0], 3, padding=1)
        self.down = nn.ModuleList(
            nn.Conv2d(a, b, 4, stride=2, padding=1) for a, b in pairwise(widths)
        )
        self.seen = nn.ModuleList(Block(w) for w in widths[:-1])
        self.deep = nn.Sequential(Block(widths[-1]), Block(widths[-1]))
        self.up = nn.ModuleList(nn.Conv2d(b, a, 1) for a, b in pairwise(widths))
        self.join = nn.ModuleList(nn.Conv2d(2 * w, w, 3, padding=1) for w in widths[:-1])
        self.made = nn.ModuleList(Block(w) for w in widths[:-1])
        self.last = nn.Conv2d(widths[0], 4 * 3, 3, padding=1)
        nn.init.zeros_(self.last.weight)
        assert self.last.bias is not None
        nn.init.zeros_(self.last.bias)

    def forward(self, x: Tensor) -> Tensor:
        colour, ages = x[:, :3], x[:, 3:]
        years = ages[:, :1] - ages[:, 1:]
        told = F.avg_pool2d(torch.cat([colour * 2 - 1, ages * 2 - 1, years * 3], 1), 2)
        # A line is a small share of the skin's brightness, on dark skin as on light.
        local = F.avg_pool2d(colour, AROUND)
        local = F.interpolate(local, scale_factor=AROUND, mode="bilinear", align_corners=False)
        local = local + DARKEST
        detail = F.pixel_unshuffle((colour + DARKEST - local) / local, 2)
        y = self.first(torch.cat([detail * 4, told], 1))
        kept = []
        for seen, down in zip(self.seen, self.down, strict=True):
            y = seen(y)
            kept.append(y)
            y = down(y)
        y = self.deep(y)
        for i in reversed(range(len(kept))):
            y = F.interpolate(self.up[i](y), scale_factor=2, mode="bilinear", align_corners=False)
            y = self.made[i](self.join[i](torch.cat([y, kept[i]], 1)))
        share = torch.clamp(years / FULL_AT, -1, 1)
        return F.pixel_shuffle(self.last(y), 2) * local * share * 0.5

"""The dust model, and the critic that trains it (PyTorch)."""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import spectral_norm

from setpiece.collapse.dust_paint import CHANNELS, COARSE, FOLD

sys.path.append(str(Path(__file__).resolve().parents[1]))
from common import Block

OUT = 4  # sun, sky, ground, what is left of the picture behind
WIDTHS = (40, 64, 96)
EDGE = 8
AT_EDGES = (slice(0, 1), slice(3, 6))  # channels that edges are seen by: sun, what is left, depths


class Painter(nn.Module):
    """A U-Net that sees four by four pixels as one (Ronneberger, Fischer and Brox, 2015; pixels
    folded as in Shi et al., 2016): what is to be added to the passes of dust with noise.

    full: (n, 8, H, W), coarse: (n, 8, H / 4, W / 4) as `dust_paint.features` makes them, H and W
    multiples of 16. Returns (n, 4, H, W).
    """

    def __init__(self) -> None:
        super().__init__()
        a, b, c = WIDTHS
        # Three by three of the folded pixels, without folding them first.
        self.first = nn.Conv2d(CHANNELS, a, 3 * FOLD, stride=FOLD, padding=FOLD)
        self.told = nn.Conv2d(COARSE, a, 3, padding=1, bias=False)
        self.near = Block(a)
        self.down1 = nn.Conv2d(a, b, 4, stride=2, padding=1)
        self.mid = Block(b)
        self.down2 = nn.Conv2d(b, c, 4, stride=2, padding=1)
        self.deep = nn.Sequential(Block(c), Block(c))
        self.up2 = nn.Conv2d(c, b, 1)
        self.join1 = nn.Conv2d(2 * b, b, 3, padding=1)
        self.mid2 = Block(b)
        self.up1 = nn.Conv2d(b, a, 1)
        self.join0 = nn.Conv2d(2 * a, a, 3, padding=1)
        self.near2 = Block(a)
        self.last = nn.Conv2d(a, OUT * FOLD**2, 3, padding=1)
        # Edges are put right pixel by pixel; folded pixels alone leave combs on them.
        self.edge1 = nn.Conv2d(4 + OUT, EDGE, 3, padding=1)
        self.edge2 = nn.Conv2d(EDGE, OUT, 3, padding=1)
        # It starts as the recipe: nothing is added.
        for layer in (self.last, self.edge2):
            nn.init.zeros_(layer.weight)
            assert layer.bias is not None
            nn.init.zeros_(layer.bias)

    def forward(self, full: Tensor, coarse: Tensor) -> Tensor:
        x0 = self.near(self.first(full) + self.told(coarse))
        x1 = self.mid(self.down1(x0))
        x2 = self.deep(self.down2(x1))
        y = F.interpolate(self.up2(x2), scale_factor=2, mode="bilinear", align_corners=False)
        y = self.mid2(self.join1(torch.cat([y, x1], 1)))
        y = F.interpolate(self.up1(y), scale_factor=2, mode="bilinear", align_corners=False)
        y = self.near2(self.join0(torch.cat([y, x0], 1)))
        out = F.pixel_shuffle(self.last(y), FOLD)
        edges = F.leaky_relu(self.edge1(torch.cat([*(full[:, s] for s in AT_EDGES), out], 1)), 0.1)
        return out + self.edge2(edges)


class Critic(nn.Module):
    """Tells true from painted in patches of 22 pixels (Isola, Zhu, Zhou and Efros, 2017), kept
    smooth by spectral normalisation (Miyato, Kataoka, Koyama and Yoshida, 2018). Returns its
    score and what each layer saw."""

    def __init__(self, channels: int = 4) -> None:
        super().__init__()
        widths = (channels, 32, 64, 96)
        layers: list[nn.Module] = []
        for i in range(3):
            stride = 2 if i < 2 else 1
            layers.append(spectral_norm(nn.Conv2d(widths[i], widths[i + 1], 4, stride, 1)))
            layers.append(nn.LeakyReLU(0.2))
        layers.append(spectral_norm(nn.Conv2d(widths[-1], 1, 3, 1, 1)))
        self.layers = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        seen = []
        for layer in self.layers[:-1]:
            x = layer(x)
            if isinstance(layer, nn.LeakyReLU):
                seen.append(x)
        return self.layers[-1](x), seen

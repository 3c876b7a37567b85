"""What a hole borders on, carried into it: what was hidden is likely more of the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.inpaint.fields import disc, pull_push, shrink, texture_of

F32 = NDArray[Any]  # float32; OpenCV's stubs do not say so
Mask = NDArray[np.bool_]

WORK = 160.0  # longer side at which materials are told apart [px]
KINDS = 12
ROUGH = 7.0  # weight of a texture's mean step against colour
RIM = 0.04  # of the longer side: how much of what borders a hole is asked
MIXED, AGREED = 0.5, 0.9  # how alike the rim is: below nothing is said, above all that is
PRICE = 0.1  # of a material that the rim does not show, squared picture units


@dataclass(frozen=True)
class Materials:
    """kind: (h, w) uint8 of every pixel. price: (gh, gw, k) float32, what it costs to put a kind at
    a place of a coarse grid over the frame, squared picture units."""

    kind: NDArray[np.uint8]
    price: F32

    @classmethod
    def none(cls, shape: tuple[int, int]) -> Materials:
        """All one material that costs nothing."""
        return cls(np.zeros(shape, np.uint8), np.zeros((1, 1, 1), np.float32))

    def at(self, shape: tuple[int, int]) -> NDArray[np.uint8]:
        """`kind` at another size."""
        size = (shape[1], shape[0])
        return np.asarray(cv2.resize(self.kind, size, interpolation=cv2.INTER_NEAREST), np.uint8)


def find_materials(picture: F32, hole: Mask, source: Mask) -> Materials:
    """Tell materials apart by colour and texture, and ask the hole's rim which are near.

    Args:
        picture: (h, w, 3) near-perceptual.
        hole: (h, w) what is filled.
        source: (h, w) what may be taken, and asked.
    """
    h, w = hole.shape
    scale = min(1.0, WORK / max(h, w))
    size = (max(8, round(w * scale)), max(8, round(h * scale)))

    known = shrink((~hole).astype(np.float32), size)
    rough = texture_of(picture, ~hole) * np.float32(ROUGH)
    features = np.concatenate([picture[..., :3] * ~hole[..., None], rough * ~hole[..., None]], 2)
    small = shrink(features, size) / np.maximum(known, 1e-3)[..., None]
    small = np.dstack([cv2.medianBlur(np.ascontiguousarray(small[..., c]), 3) for c in range(5)])
    asked = (shrink(source.astype(np.float32), size) > 0.6) & (known > 0.9)
    if asked.sum() < 4 * KINDS:
        return Materials.none((h, w))
    centres = _clusters(small[asked], KINDS)
    far = ((small[:, :, None, :] - centres) ** 2).sum(-1)
    kind = far.argmin(-1).astype(np.uint8)
    reach = max(2, round(RIM * max(size)))
    rim = asked & (cv2.dilate((known < 0.5).astype(np.uint8), disc(reach)) > 0)
    if not rim.any():
        return Materials.none((h, w))
    one_hot = (kind[..., None] == np.arange(len(centres))).astype(np.float32)
    # soft, so that two kinds of one leaf or stone stand for each other
    spread = np.median(far.min(-1)[asked])
    near = np.exp(-((centres[:, None] - centres[None]) ** 2).sum(-1) / max(8 * spread, 1e-5))
    near = near.astype(np.float32)
    share = np.clip(pull_push(one_hot, rim.astype(np.float32)), 0, None)
    share /= np.maximum(share.sum(-1, keepdims=True), 1e-6)
    alike = share @ near  # chance that a piece of the rim looks like this kind
    agreed = (alike * share).sum(-1, keepdims=True)  # chance that two pieces look alike
    sure = np.clip((agreed - MIXED) / (AGREED - MIXED), 0, 1)
    alike = alike / np.maximum(alike.max(-1, keepdims=True), 1e-6)
    price = np.float32(PRICE) * sure * (1 - np.clip(alike * 2, 0, 1)) ** 2
    whole = cv2.resize(kind, (w, h), interpolation=cv2.INTER_NEAREST)
    return Materials(np.asarray(whole, np.uint8), np.ascontiguousarray(price, np.float32))


def _clusters(points: F32, count: int) -> F32:
    """Centres (count, d) by Lloyd's rounds from points far from one another."""
    centres = [points.mean(0)]
    gap = ((points - centres[0]) ** 2).sum(-1)
    for _ in range(count - 1):
        # not the farthest, which is a speck
        centres.append(points[int(np.argsort(gap)[int(0.98 * (len(gap) - 1))])])
        gap = np.minimum(gap, ((points - centres[-1]) ** 2).sum(-1))
    out = np.array(centres, np.float32)
    for _ in range(12):
        owner = ((points[:, None] - out[None]) ** 2).sum(-1).argmin(-1)
        for k in range(count):
            if (owner == k).any():
                out[k] = points[owner == k].mean(0)
    return out

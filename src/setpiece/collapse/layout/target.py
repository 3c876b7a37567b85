"""What a model of the building is compared with, and how well it does."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.render.camera import Camera

F64 = NDArray[np.float64]
F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]
_WORK = 200


@dataclass(frozen=True)
class Target:
    """What to match: the outline's mask at working size, the camera at that size with its eye at
    the origin, and which sides of the frame cut the building.

    Mask and camera reach `pad` pixels beyond the plate's frame. `counts` is 0 where nobody can
    know: beyond the sides that cut the building.
    """

    mask: F32
    counts: F32
    camera: Camera
    pad: int
    cut_left: bool
    cut_right: bool
    cut_top: bool
    cut_bottom: bool
    outline: F64

    @cached_property
    def area(self) -> float:
        return float(self.mask.sum())

    @cached_property
    def bytes(self) -> tuple[U8, U8]:
        """Mask and counts as 0..255."""
        return np.round(self.mask * 255).astype(np.uint8), (self.counts * 255).astype(np.uint8)


def make_target(outline: F64, camera: Camera, longest: int = _WORK) -> Target:
    """Reduce outline and camera to working size."""
    s = longest / max(camera.width, camera.height)
    w, h = max(8, round(camera.width * s)), max(8, round(camera.height * s))
    small = camera.resized(w, h)
    pad = round(0.15 * longest)
    small = replace(
        small, position=np.zeros(3), centre=(small.centre[0] + pad, small.centre[1] + pad),
        width=w + 2 * pad, height=h + 2 * pad,
    )  # fmt: skip
    # Filled as silhouettes are, so that what the fill adds at borders is the same in both.
    filled = np.zeros((small.height, small.width), np.uint8)
    cv2.fillPoly(filled, [np.round((outline * s + pad - 0.5) * 16).astype(np.int32)], 255, 8, 4)

    def cut(axis: int, bound: float) -> bool:
        """A stretch of the frame's side is part of the outline, not just a corner."""
        near = np.abs(outline[:, axis] - bound) < 0.006 * camera.width
        span = np.ptp(outline[near, 1 - axis]) if near.sum() > 1 else 0.0
        return bool(span > 0.05 * np.ptp(outline[:, 1 - axis]))

    sides = (cut(0, 0), cut(0, camera.width), cut(1, 0), cut(1, camera.height))
    counts = np.ones(filled.shape, np.float32)
    for flag, part in zip(
        sides,
        (np.s_[:, : pad + 1], np.s_[:, w + pad - 1 :], np.s_[: pad + 1], np.s_[h + pad - 1 :]),
        strict=True,
    ):
        if flag:
            counts[part] = 0  # type: ignore[call-overload]
    mask = filled.astype(np.float32) / np.float32(255) * counts
    return Target(mask, counts, small, pad, *sides, outline * s + pad)


def scores(target: Target, cover: F32 | U8) -> tuple[float, float, float]:
    """(IoU, share of the outline covered, cost) of a silhouette; missing counts thrice.

    cover: float 0..1 or uint8 0..255.
    """
    if cover.dtype == np.uint8:
        mask, counts = target.bytes
        cover = cv2.bitwise_and(cover, counts)
        both = cv2.sumElems(cv2.min(mask, cover))[0] / 255
        covered = cv2.sumElems(cover)[0] / 255
    else:
        cover = cover * target.counts
        both = float(np.minimum(target.mask, cover).sum())
        covered = float(cover.sum())
    union = target.area + covered - both
    cost = (3 * (target.area - both) + (covered - both)) / target.area
    return both / max(union, 1e-6), both / target.area, cost

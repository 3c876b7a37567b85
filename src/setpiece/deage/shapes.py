"""Soft shapes drawn in a face's square."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.deage.face import BROW_TOP, CHIN

Map = NDArray[np.float32]
_SHIFT = 4  # OpenCV's fixed point: sixteenths of a pixel, so that a mask glides and does not step


def up_of(points: Map) -> Map:
    """Unit vector from chin to forehead in the square, float32 (2,)."""
    up = points[BROW_TOP] - points[CHIN]
    return (up / (np.linalg.norm(up) + 1e-6)).astype(np.float32)


def fill(size: int, outlines: Sequence[Map], soft: float) -> Map:
    """Outlines (n, 2) [px] filled, float32 (size, size), 0..1, with a Gaussian edge of `soft` px.

    Very soft ones are drawn small and enlarged.
    """
    step = 4 if soft > 6 else 2 if soft > 3 else 1
    small = np.zeros((-(-size // step),) * 2, np.float32)
    for p in outlines:
        fixed = np.round((p / step - 0.5) * (1 << _SHIFT)).astype(np.int32)
        cv2.fillPoly(small, [fixed], (1.0,), cv2.LINE_AA, _SHIFT)
    return _softened(small, size, step, soft)


def stroke(size: int, lines: Sequence[Map], width: float, soft: float) -> Map:
    """Lines (n, 2) [px], `width` px broad, as `fill`."""
    step = 4 if soft > 6 else 2 if soft > 3 else 1
    small = np.zeros((-(-size // step),) * 2, np.float32)
    for p in lines:
        fixed = np.round((p / step - 0.5) * (1 << _SHIFT)).astype(np.int32)
        broad = max(1, round(width / step))
        cv2.polylines(small, [fixed], False, (1.0,), broad, cv2.LINE_AA, _SHIFT)
    return _softened(small, size, step, soft)


def _softened(small: Map, size: int, step: int, soft: float) -> Map:
    if soft > 0.3:
        small = cv2.GaussianBlur(small, (0, 0), soft / step)
    if step > 1:
        side = small.shape[0] * step
        small = cv2.resize(small, (side, side), interpolation=cv2.INTER_LINEAR)[:size, :size]
    return np.minimum(small, 1)

"""How much of a frame's surfaces reaches the picture, so that light is spent on nothing else."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.render.motionblur import TILE

F32 = NDArray[np.float32]
EDGE = 8  # [px] that softness and the comp's filters reach
LEAST = 1 / 512  # of a surface: what is fainter drowns in any plate's grain


def shown(left: F32, alpha: F32, motion: F32, front: F32) -> tuple[F32, F32]:
    """Shares of pieces and of the ground that reach the picture: two (h, w), 0..1, 0 for LEAST.

    left: what the dust lets through to the nearest of both (h, w). alpha (h, w) and motion
    (h, w, 2) [px to the next frame] of the pieces. front: what stands before all of it (h, w).
    A surface counts as much as the clearest pixel that blur and filters may carry it to.
    """
    clear = left * (1 - np.clip(front, 0, 1))
    both = np.dstack([clear, clear * (1 - np.minimum(alpha, 1))])
    out = _spread(both, 2 * EDGE + 1)
    # A shutter of 180 degrees is open for a quarter of the way to either side.
    speed = np.hypot(motion[..., 0], motion[..., 1]) / 4
    reach = int(np.ceil(min(float(speed.max(initial=0.0)), TILE)))
    if reach > 1:
        wide = 2 * (reach + EDGE) + 1
        fast = _spread((speed > 1).astype(np.uint8), wide)
        out = np.where(fast[..., None] > 0, _spread(both, wide), out)
    out[out <= LEAST] = 0
    return np.ascontiguousarray(out[..., 0]), np.ascontiguousarray(out[..., 1])


def _spread(picture: NDArray, size: int) -> NDArray:
    """The most within a square of so many pixels."""
    return np.asarray(cv2.dilate(picture, np.ones((size, size), np.uint8)))

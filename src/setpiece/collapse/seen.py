"""How much of a frame's surfaces reaches the picture, so that light is spent on nothing else."""

from __future__ import annotations

import cv2
import numpy as np
from numba import njit
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
    pieces, ground = np.empty_like(left), np.empty_like(left)
    moves = np.zeros(left.shape, np.uint8)
    speed = _clear(left, alpha, motion, front, pieces, ground, moves)
    reach = int(np.ceil(min(speed, TILE)))
    wide = 2 * (reach + EDGE) + 1
    fast = _spread(moves, wide) if reach > 1 else np.zeros_like(moves)
    return _around(pieces, fast, wide), _around(ground, fast, wide)


@njit(cache=True, nogil=True)
def _clear(left, alpha, motion, front, pieces, ground, moves):
    """What of pieces and ground is seen at each pixel itself; 1 where these move by more than a
    pixel, and by how much they do at most [px]."""
    one, none = np.float32(1), np.float32(0)
    most = none
    for y in range(left.shape[0]):
        for x in range(left.shape[1]):
            pieces[y, x] = left[y, x] * (one - min(max(front[y, x], none), one))
            ground[y, x] = pieces[y, x] * (one - min(alpha[y, x], one))
            # A shutter of 180 degrees is open for a quarter of the way to either side.
            u, v = np.float32(0.25) * motion[y, x, 0], np.float32(0.25) * motion[y, x, 1]
            speed = np.sqrt(u * u + v * v)
            moves[y, x] = speed > one
            most = max(most, speed)
    return most


def _around(share: F32, fast: NDArray[np.uint8], wide: int) -> F32:
    """The most of a share (h, w) within EDGE, or within `wide` where it moves fast (h, w)."""
    out = _spread(share, 2 * EDGE + 1)
    if fast.any():
        cv2.copyTo(_spread(share, wide), fast, out)
    return np.asarray(cv2.threshold(out, LEAST, 0, cv2.THRESH_TOZERO)[1], np.float32)


def _spread(picture: NDArray, size: int) -> NDArray:
    """The most within a square of so many pixels."""
    return np.asarray(cv2.dilate(picture, np.ones((size, size), np.uint8)))


def compile_kernels() -> None:
    """Compile (or load) the kernel on one pixel."""
    one = np.ones((1, 1), np.float32)
    shown(one, one, np.zeros((1, 1, 2), np.float32), one)

"""Light on what paths meet, kept in cells of space: who meets a cell again need not ask again.

After N. Binder, S. Fricke and A. Keller, "Fast path space filtering by jittered spatial hashing"
(SIGGRAPH 2018 talks): the key of a point is its place on a grid, moved by chance along its surface
so that no cell has an edge, and the side it faces. What is kept is seen by way of another surface
only, never itself.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from setpiece.render.tracing import J, hash01

F32 = NDArray[np.float32]
ROOM = 1 << 20  # cells that are kept; who meets others when these are full asks for himself
FULL = ROOM * 3 // 4
ASKED = 4  # times that the light of a cell is asked for; its mean is what all others take


class LightCells:
    """Of one state of the pieces: share of the sun and light from elsewhere, by cell.

    size: of a cell [m]. sun: unit vector to it, world.
    """

    def __init__(self, size: float, sun: NDArray[np.float64]) -> None:
        self._size, self._sun = size, np.asarray(sun, np.float32)
        self._key = np.zeros(ROOM, np.int64)
        # times asked, times asked for the sun, then the sums: sun, and light (3,)
        self._kept = np.zeros((ROOM, 6), np.float32)
        self._used = np.zeros(1, np.int64)

    def cells_of(
        self, n: int, at: F32, normal: F32, ray: NDArray[np.int64], pixel: NDArray[np.int64],
        salt: int,
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:  # fmt: skip
        """(cell of each of the first n points, -1 where there is no room; which of them have to
        ask, and then `add` what they found). at, normal: (., 3); pixel[ray]: what chance hangs on.
        """
        cell, asks = np.empty(n, np.int64), np.zeros(n, np.bool_)
        _find(
            at, normal, ray, pixel, salt, np.float32(1 / self._size), self._sun, self._key,
            self._kept, self._used, cell, asks,
        )  # fmt: skip
        return cell, np.flatnonzero(asks)

    def add(self, cell: NDArray[np.int64], clear: F32, light: F32) -> None:
        """What those who asked found: cell (n,), share of the sun (n,), 0 where the surface is
        turned away from it, and light from elsewhere (n, 3)."""
        _add(cell, clear, light, self._kept)

    def mean(self, cell: NDArray[np.int64], clear: F32, light: F32) -> None:
        """Put the means of the cells (n,) into clear (n,) and light (n, 3), in place."""
        _mean(cell, self._kept, clear, light)


@njit(**J)
def _find(at, normal, ray, pixel, salt, inverse, sun, key, kept, used, cell, asks):
    mask = key.shape[0] - 1
    for i in range(cell.shape[0]):
        x, y, z = normal[i, 0], normal[i, 1], normal[i, 2]
        # by chance to either side along the surface, as far as a cell is wide
        p = pixel[ray[i]]
        a, b = hash01(p, salt, 601) - 0.5, hash01(p, salt, 701) - 0.5
        if abs(x) >= abs(y) and abs(x) >= abs(z):
            side = 0 if x > 0 else 1
            t, u, v = 0.0, a, b
        elif abs(y) >= abs(z):
            side = 2 if y > 0 else 3
            t, u, v = a, 0.0, b
        else:
            side = 4 if z > 0 else 5
            t, u, v = a, b, 0.0
        away = t * x + u * y + v * z
        t, u, v = t - away * x, u - away * y, v - away * z
        ix = math.floor(at[i, 0] * inverse + t) & 0xFFFFF
        iy = math.floor(at[i, 1] * inverse + u) & 0xFFFFF
        iz = math.floor(at[i, 2] * inverse + v) & 0xFFFFF
        name = (((ix << 20 | iy) << 20 | iz) << 3 | side) + 1
        h = name * 0x2545F4914F6CDD1D
        k = ((h >> 32) ^ h) & mask
        while key[k] != 0 and key[k] != name:
            k = (k + 1) & mask
        facing = x * sun[0] + y * sun[1] + z * sun[2] > 0
        if key[k] == 0:
            if used[0] >= FULL:
                cell[i], asks[i] = -1, True
                continue
            key[k] = name
            used[0] += 1
        cell[i] = k
        if kept[k, 0] < ASKED or (facing and kept[k, 1] < ASKED):
            asks[i] = True
            kept[k, 0] += 1
            if facing:
                kept[k, 1] += 1


@njit(**J)
def _add(cell, clear, light, kept):
    for i in range(cell.shape[0]):
        k = cell[i]
        if k < 0:
            continue
        kept[k, 2] += clear[i]
        for c in range(3):
            kept[k, 3 + c] += light[i, c]


@njit(**J)
def _mean(cell, kept, clear, light):
    for i in range(cell.shape[0]):
        k = cell[i]
        if k < 0:
            continue
        clear[i] = kept[k, 2] / max(kept[k, 1], np.float32(1))
        for c in range(3):
            light[i, c] = kept[k, 3 + c] / max(kept[k, 0], np.float32(1))

"""Large heads in a cloud, and what is calm between them.

Turbulence has sizes of every kind: a few heads as large as a house carry the smaller lobes, and
between them dust is drawn out. Some of the patches that ride on the flow (`gas.texture`) therefore
carry a head as well, some ten cells wide; the others are as crisp as the head that they ride on.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from setpiece.collapse.gas.grid import lerp3

F32 = NDArray[np.float32]
ONE_IN = 14  # patches that carry a head
LEAST, MOST = 5.0, 11.0  # radius of a head [cells]
FOOT = 0.45  # height of a head at which it neither adds dust nor takes any
RISE = 1.2  # density that a head has more on its top, of 1 for its height over its foot
THIN = 0.5  # density of dust that takes half of it: where there is none no head makes any
CALM = 0.15  # height at which what lies between the heads is calmest, and over which it gets crisp
CRISP = 0.6


@njit(cache=True, nogil=True)
def _raise(position, strength, radius, out):
    nx, ny, nz = out.shape
    one = np.float32(1)
    for p in range(len(position)):
        r, s = radius[p], strength[p]
        if r <= 0:
            continue
        px, py, pz = position[p, 0], position[p, 1], position[p, 2]
        inv = one / (r * r)
        for i in range(max(int(px - r) + 1, 0), min(int(px + r) + 1, nx)):
            for j in range(max(int(py - r) + 1, 0), min(int(py + r) + 1, ny)):
                e = one - ((i - px) * (i - px) + (j - py) * (j - py)) * inv
                if e <= 0:
                    continue
                for k in range(max(int(pz - r) + 1, 0), min(int(pz + r) + 1, nz)):
                    h = s * (e - (k - pz) * (k - pz) * inv)
                    if h > out[i, j, k]:
                        out[i, j, k] = h


@njit(cache=True, nogil=True)
def _at(heads, position, out):
    for p in range(len(position)):
        out[p] = lerp3(heads, position[p, 0], position[p, 1], position[p, 2])


def heads(shape: tuple[int, ...], position: F32, strength: F32, key: NDArray[np.uint32]) -> F32:
    """Height of the heads in every cell, 0..1, float32 of `shape`; arguments as for `refine`."""
    mixed = (key.astype(np.uint64) * np.uint64(2654435761)) & np.uint64(0xFFFFFFFF)
    chosen = (mixed >> np.uint64(8)) % np.uint64(ONE_IN) == 0
    size = LEAST + (MOST - LEAST) * ((mixed >> np.uint64(20)) & np.uint64(255)) / 255.0
    out = np.zeros(shape, np.float32)
    f4 = np.float32
    _raise(
        np.ascontiguousarray(position[chosen], f4), np.ascontiguousarray(strength[chosen], f4),
        size[chosen].astype(f4), out,
    )  # fmt: skip
    return out


def raised(dust: F32, height: F32) -> F32:
    """Dust with its heads: more of it on them, less in the clefts between, (X, Y, Z)."""
    share = dust * dust / (dust * dust + np.float32(THIN * THIN))
    more = np.float32(RISE) * (height - np.float32(FOOT)) * share
    return np.maximum(dust + more, np.float32(0))


def crispness(height: F32, position: F32) -> F32:
    """How crisp each patch is, 0..1, (P,): 1 on a head, 0 in what is drawn out between them."""
    out = np.empty(len(position), np.float32)
    _at(height, np.ascontiguousarray(position, np.float32), out)
    share = np.clip((out - CALM) / CRISP, 0, 1)
    return (share * share * (3 - 2 * share)).astype(np.float32)

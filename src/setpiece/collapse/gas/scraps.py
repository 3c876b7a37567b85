"""Scraps of dust that hang alone in the air, and thin knobs that stand far out of a cloud."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter

F32 = NDArray[np.float32]
# What has so little dust within AROUND cells to either side is a scrap that hangs by itself: it
# loses SCRAP of its density, which old thin dust does not outlast and a fresh puff does.
THIN, SCRAP = 0.06, 0.3
# Once refined: where dust fills less than LITTLE of what lies within AROUND coarse cells to either
# side it fades; lobes would make balls of cotton of it, in the sky and far from any cloud.
AROUND, LITTLE = 3, 0.14
# The first puffs are all there is: nothing fades before the dust fills FEW coarse cells, and all
# that hangs alone does from MANY on.
FEW, MANY = 800.0, 6000.0
SOLID = 0.5  # density from which on a fine cell counts as full


def thin_scraps(dust: F32) -> F32:
    """Coarse dust (X, Y, Z) less what hangs alone, before it is refined."""
    around = uniform_filter(dust, 2 * AROUND + 1, mode="constant")
    alone = np.clip(1 - around / np.float32(THIN), 0, 1)
    return np.maximum(dust - np.float32(SCRAP) * alone * alone, 0)


def without_scraps(fine: F32, detail: int) -> None:
    """Fade scraps of refined dust (X, Y, Z), of density 1 where thick, in place.

    detail: fine cells along a coarse one; the shape is a multiple of it. What is faded is a smooth
    function of place and time: nothing pops where a scrap parts from its cloud.
    """
    filled = np.empty([n // detail for n in fine.shape], np.float32)
    _filled(fine, detail, np.float32(SOLID), filled)
    strength = np.float32(np.clip((filled.sum() - FEW) / (MANY - FEW), 0, 1))
    if strength == 0:
        return
    around = uniform_filter(filled, 2 * AROUND + 1, mode="constant")
    kept = np.clip(around / np.float32(LITTLE), 0, 1)
    kept = 1 - strength * (1 - (kept * kept * (3 - 2 * kept)) ** 2)
    _fade(fine, detail, kept.astype(np.float32))


@njit(cache=True, nogil=True)
def _filled(fine, detail, solid, out):
    """Share of each coarse cell that is full."""
    part = np.float32(1 / detail**3)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            for k in range(out.shape[2]):
                total = np.float32(0)
                for a in range(i * detail, (i + 1) * detail):
                    for b in range(j * detail, (j + 1) * detail):
                        for c in range(k * detail, (k + 1) * detail):
                            total += min(fine[a, b, c] / solid, np.float32(1))
                out[i, j, k] = total * part


@njit(cache=True, nogil=True)
def _fade(fine, detail, kept):
    """fine times kept (coarse cells), which is read between the middles of its cells."""
    nx, ny, nz = kept.shape
    inv, half, one = np.float32(1 / detail), np.float32(0.5), np.float32(1)
    for i in range(fine.shape[0]):
        x = min(max((i + half) * inv - half, np.float32(0)), np.float32(nx - 1))
        i0 = int(x)
        i1, a = min(i0 + 1, nx - 1), np.float32(x - i0)
        for j in range(fine.shape[1]):
            y = min(max((j + half) * inv - half, np.float32(0)), np.float32(ny - 1))
            j0 = int(y)
            j1, b = min(j0 + 1, ny - 1), np.float32(y - j0)
            for k in range(fine.shape[2]):
                if fine[i, j, k] <= 0:
                    continue
                z = min(max((k + half) * inv - half, np.float32(0)), np.float32(nz - 1))
                k0 = int(z)
                k1, c = min(k0 + 1, nz - 1), np.float32(z - k0)
                e = kept[i0, j0, k0] + c * (kept[i0, j0, k1] - kept[i0, j0, k0])
                f = kept[i0, j1, k0] + c * (kept[i0, j1, k1] - kept[i0, j1, k0])
                g = kept[i1, j0, k0] + c * (kept[i1, j0, k1] - kept[i1, j0, k0])
                h = kept[i1, j1, k0] + c * (kept[i1, j1, k1] - kept[i1, j1, k0])
                e, g = e + b * (f - e), g + b * (h - g)
                fine[i, j, k] *= min(e + a * (g - e), one)


def compile_kernels() -> None:
    """Compile what this module needs."""
    fine = np.zeros((4, 4, 4), np.float32)
    _filled(fine, 2, np.float32(1), np.zeros((2, 2, 2), np.float32))
    _fade(fine, 2, np.ones((2, 2, 2), np.float32))

"""Light that has been scattered more than once, for every cell of a volume.

How much of it there is hangs on how deep a cell lies on every side, towards the sun and away from
it, up and down; on how much of the dust around is sunlit; and on what solid things hide. Two small
networks say it from optical depths in ten directions and from the sunlit share of the cell and of
two neighbourhoods; they were fitted (`training/dust/fit_light.py`) to light that was followed from
grain to grain through clouds of collapses, heaps of heads, banks and balls from thin to thick,
with and without pieces in them, with the sun on every side. They know neither north nor where the
camera is, and nothing of the size of a cell.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from setpiece.render.volume_scatter_fit import SKY_IN, SKY_OUT, SUN_IN, SUN_OUT
from setpiece.render.volume_told import OF_SKY, OF_SUN, Given, mixed_of, tell

F32 = NDArray[np.float32]


def scattered(given: Given) -> F32:
    """Light in cells that hold dust or lie beside such, float32 (X, Y, Z, 5).

    Channels, in the passes' units: of a sun of radiance 1, scattered twice and more, what still
    knows where it came from (seen through the phase function of two scatterings, dimmed by half
    the depth to the sun) and what has forgotten; of a sky of radiance 1; of a ground of radiance 1;
    the last is the share of the sun that solids let through.
    """
    out = np.zeros((*given.density.shape, 5), np.float32)
    _scatter(_near_dust(given.density), *given, SUN_IN, SUN_OUT, SKY_IN, SKY_OUT, out)
    out[..., 4] = given.free
    return out


def _near_dust(density: F32) -> NDArray[np.bool_]:
    """Cells that hold dust or lie beside such, corners counted."""
    full = density > 1e-5
    for axis in range(3):
        step, lo, hi = full.copy(), [slice(None)] * 3, [slice(None)] * 3
        lo[axis], hi[axis] = slice(None, -1), slice(1, None)
        step[tuple(lo)] |= full[tuple(hi)]
        step[tuple(hi)] |= full[tuple(lo)]
        full = step
    return full


@njit(inline="always")
def _said(network_in, network_out, given, hidden, out):
    """A network of one hidden layer; the last column of each matrix is added. Nothing is < 0."""
    size = given.shape[0]
    for h in range(hidden.shape[0]):
        a = network_in[h, size]
        for m in range(size):
            a += network_in[h, m] * given[m]
        hidden[h] = max(a, np.float32(0))
    for n in range(out.shape[0]):
        a = network_out[n, hidden.shape[0]]
        for h in range(hidden.shape[0]):
            a += network_out[n, h] * hidden[h]
        out[n] = max(a, np.float32(0))


@njit(cache=True, nogil=True, fastmath=True)
def _scatter(
    near, d, cell, depths, to_sun, free, sunlit, blocks, front, back, sun_in, sun_out, sky_in,
    sky_out, out,
):  # fmt: skip
    """out: (X, Y, Z, 5), four of them filled where near (X, Y, Z) is; the rest as in `Given`."""
    f4 = np.float32
    of_sun, of_sky = np.zeros(OF_SUN, np.float32), np.zeros(OF_SKY, np.float32)
    hidden_sun = np.zeros(sun_in.shape[0], np.float32)
    hidden_sky = np.zeros(sky_in.shape[0], np.float32)
    sun, sky = np.zeros(2, np.float32), np.zeros(2, np.float32)
    mixed = np.zeros(12, np.float32)
    for i in range(d.shape[0]):
        for j in range(d.shape[1]):
            for k in range(d.shape[2]):
                if not near[i, j, k]:
                    continue
                if not mixed_of(blocks, i, j, k, mixed):
                    mixed[0] = mixed[1] = sunlit[i, j, k]
                met = f4(1) - tell(
                    d, cell, depths, to_sun, free, sunlit, front, back, mixed, i, j, k, of_sun,
                    of_sky,
                )  # fmt: skip
                _said(sun_in, sun_out, of_sun, hidden_sun, sun)
                _said(sky_in, sky_out, of_sky, hidden_sky, sky)
                out[i, j, k, 0], out[i, j, k, 1] = met * sun[0], met * sun[1]
                out[i, j, k, 2], out[i, j, k, 3] = sky[0], sky[1]

"""Light that has been scattered more than once, for every cell of a volume.

How much of it there is hangs on how deep a cell lies on every side, towards the sun and away from
it, up and down. Two small networks say it from optical depths in ten directions; they were fitted
(`training/dust/fit_light.py`) to light that was followed from grain to grain through clouds of
collapses, heaps of heads, banks and balls from thin to thick, with the sun on every side. They know
neither north nor where the camera is, and nothing of the size of a cell.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from setpiece.render.volume_scatter_fit import SKY_IN, SKY_OUT, SUN_IN, SUN_OUT
from setpiece.render.volume_sweep import optical_depth

F32 = NDArray[np.float32]

# Up, four ways slantwise up, down, four slantwise down.
WAYS = np.array(
    [
        (0.0, 0.0, 1.0), (0.80, 0.25, 0.55), (-0.80, -0.25, 0.55), (0.25, -0.80, 0.55),
        (-0.25, 0.80, 0.55), (0.0, 0.0, -1.0), (0.80, 0.25, -0.55), (-0.80, -0.25, -0.55),
        (0.25, -0.80, -0.55), (-0.25, 0.80, -0.55),
    ]
)  # fmt: skip
WAYS /= np.linalg.norm(WAYS, axis=1, keepdims=True)


def scattered(density: F32, cell: float, to_sun: NDArray[np.float64]) -> F32:
    """Light in cells that hold dust or lie beside such, float32 (X, Y, Z, 5).

    density: extinction [1/m] (X, Y, Z), cell: edge of a cell [m]. Channels, in the passes' units:
    of a sun of radiance 1, scattered twice and more, what still knows where it came from (seen
    through the phase function of two scatterings, dimmed by half the depth to the sun) and what has
    forgotten; of a sky of radiance 1; of a ground of radiance 1; the last is left to the caller.
    """
    out = np.zeros((*density.shape, 5), np.float32)
    depths = np.stack([optical_depth(density, cell, way) for way in WAYS])
    sun = optical_depth(density, cell, to_sun)
    front = (0.5 + 0.5 * WAYS @ to_sun).astype(np.float32)
    back = np.float32(1) - front
    _scatter(
        density, np.float32(cell), depths, sun, front / front.sum(), back / back.sum(),
        SUN_IN, SUN_OUT, SKY_IN, SKY_OUT, out,
    )  # fmt: skip
    return out


@njit(inline="always")
def _near_dust(d, i, j, k):
    for p in range(max(i - 1, 0), min(i + 2, d.shape[0])):
        for q in range(max(j - 1, 0), min(j + 2, d.shape[1])):
            for r in range(max(k - 1, 0), min(k + 2, d.shape[2])):
                if d[p, q, r] > np.float32(1e-5):
                    return True
    return False


@njit(inline="always")
def _told(network_in, network_out, given, hidden, out):
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
def _scatter(d, cell, depths, to_sun, front, back, sun_in, sun_out, sky_in, sky_out, out):
    """depths: (10, X, Y, Z) along `WAYS`; to_sun: (X, Y, Z); front, back: (10,) how much each way
    counts for what lies towards the sun and away from it; out: (X, Y, Z, 5)."""
    f4 = np.float32
    sixteenth, tenth, quarter = f4(0.0625), f4(0.1), f4(0.25)
    of_sun, of_sky = np.zeros(10, np.float32), np.zeros(13, np.float32)
    hidden_sun = np.zeros(sun_in.shape[0], np.float32)
    hidden_sky = np.zeros(sky_in.shape[0], np.float32)
    sun, sky = np.zeros(2, np.float32), np.zeros(2, np.float32)
    for i in range(d.shape[0]):
        for j in range(d.shape[1]):
            for k in range(d.shape[2]):
                if d[i, j, k] <= f4(1e-5) and not _near_dust(d, i, j, k):
                    continue
                for n in range(10):
                    of_sun[n] = of_sky[n] = f4(0)
                open_ways = f4(0)
                for n in range(10):
                    far = np.exp(-sixteenth * depths[n, i, j, k])
                    some = far * far
                    some *= some
                    straight = some * some
                    straight *= straight
                    open_ways += straight
                    of_sun[3] += front[n] * straight
                    of_sun[4] += back[n] * straight
                    of_sun[5] += front[n] * some
                    of_sun[6] += back[n] * some
                    of_sun[7] += front[n] * far
                    of_sun[8] += back[n] * far
                    if n == 0 or n == 5:
                        at = 0 if n == 0 else 2
                        of_sky[at], of_sky[4 + at], of_sky[8 + at] = straight, some, far
                    else:
                        at = 1 if n < 5 else 3
                        if n == 1 or n == 6:
                            of_sky[at], of_sky[4 + at], of_sky[8 + at] = f4(0), f4(0), f4(0)
                        of_sky[at] += quarter * straight
                        of_sky[4 + at] += quarter * some
                        of_sky[8 + at] += quarter * far
                far = np.exp(-sixteenth * to_sun[i, j, k])
                some = far * far
                some *= some
                straight = some * some
                straight *= straight
                of_sun[0], of_sun[1], of_sun[2] = straight, some, far
                of_sun[9] = of_sky[12] = np.exp(-cell * d[i, j, k])
                _told(sun_in, sun_out, of_sun, hidden_sun, sun)
                _told(sky_in, sky_out, of_sky, hidden_sky, sky)
                met = f4(1) - tenth * open_ways
                out[i, j, k, 0], out[i, j, k, 1] = met * sun[0], met * sun[1]
                out[i, j, k, 2], out[i, j, k, 3] = sky[0], sky[1]

"""What the networks of `volume_scatter` are told of a cell of dust."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from setpiece.render.volume_sweep import optical_depth, pooled

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
OF_SUN, OF_SKY = 15, 17  # numbers that the networks are given
BLOCK = 2  # cells along an edge of those in which neighbourhoods and solids are known
AROUND = (1.0, 2.0)  # blocks: deviations of the two neighbourhoods


class Given(NamedTuple):
    """What cells are told of.

    density: extinction (X, Y, Z) [1/m]; cell [m]. depths: along `WAYS`, (10, X, Y, Z). to_sun:
    depth (X, Y, Z); free: share of the sun that solids let through there; sunlit: share of it that
    the cell's own dust has. blocks: (X', Y', Z', 13) on cells BLOCK times as large: 0 where there
    is no dust (those are not asked), 1 where all ways are open, 2 where not; sunlit share of the
    dust in two neighbourhoods; how open each way is past solids. front, back: (10,) how much each
    way counts for what lies towards the sun and away from it.
    """

    density: F32
    cell: np.float32
    depths: F32
    to_sun: F32
    free: F32
    sunlit: F32
    blocks: F32
    front: F32
    back: F32


def given(
    density: F32,
    cell: float,
    to_sun: NDArray[np.float64],
    free: F32 | None = None,
    sunlit: F32 | None = None,
    ways: Callable[[F32, F32], F32 | None] | None = None,
) -> Given:
    """What `volume_scatter` tells its networks of a volume.

    density: extinction [1/m] (X, Y, Z), cell: edge of a cell [m]. free: share of the sun that solid
    things let through (X, Y, Z). sunlit: share of it that reaches a cell's own dust, past solids
    and dust, (X, Y, Z); None takes the depth of the cell's centre. ways: told the density of cells
    BLOCK times as large and depths along `WAYS` (10, X, Y, Z), says how open those are past solids
    from such cells (X', Y', Z', 10) (`volume_solids.open_ways`).
    """
    sun = optical_depth(density, cell, to_sun)
    free = np.ones_like(density) if free is None else free
    sunlit = np.exp(-sun) if sunlit is None else sunlit
    depths = np.empty((len(WAYS), *density.shape), np.float32)
    for way, depth in zip(WAYS, depths, strict=True):
        optical_depth(density, cell, way, depth)
    mass = pooled(density, BLOCK)
    open_ways = None if ways is None else ways(mass, depths)
    blocks = np.ones((*mass.shape, 13), np.float32)
    blocks[..., 0] = mass > 1e-3
    lit = pooled(density * sunlit, BLOCK)
    spread = 0.0
    for n, wide in enumerate(AROUND):
        # What was spread already is spread on.
        more = np.sqrt(wide * wide - spread * spread)
        lit, mass = (gaussian_filter(f, more, truncate=2.5) for f in (lit, mass))
        blocks[..., 1 + n] = lit / np.maximum(mass, np.float32(1e-6))
        spread = wide
    if open_ways is not None:
        blocks[..., 3:] = open_ways
        blocks[..., 0] += blocks[..., 0] * (open_ways.min(-1) < 1)
    front = (0.5 + 0.5 * WAYS @ to_sun).astype(np.float32)
    back = np.float32(1) - front
    return Given(
        density, np.float32(cell), depths, sun,
        free, sunlit, blocks, front / front.sum(), back / back.sum(),
    )  # fmt: skip


def told(given: Given, cells: NDArray[np.int64]) -> tuple[F32, F32, F32]:
    """For the fit: what the networks are given of cells (N, 3), (N, OF_SUN) and (N, OF_SKY), and
    how much of what is around holds dust or solids (N,), by which light of the sun is multiplied.
    """
    of_sun = np.empty((len(cells), OF_SUN), np.float32)
    of_sky = np.empty((len(cells), OF_SKY), np.float32)
    met = np.empty(len(cells), np.float32)
    _tell_all(*given, np.ascontiguousarray(cells), of_sun, of_sky, met)
    return of_sun, of_sky, met


@njit(inline="always")
def mixed_of(blocks, i, j, k, out):
    """Channels of the blocks that hold dust around the cell (i, j, k); out: (12,). False where
    there are none."""
    f4 = np.float32
    for n in range(12):
        out[n] = f4(0)
    whole, clear = f4(0), f4(0)
    # The next block over is on the side on which the cell lies in its own.
    i0, j0, k0 = i >> 1, j >> 1, k >> 1
    i1, j1, k1 = i0 + 2 * (i & 1) - 1, j0 + 2 * (j & 1) - 1, k0 + 2 * (k & 1) - 1
    for corner in range(8):
        p, a = (i1, f4(0.25)) if corner & 4 else (i0, f4(0.75))
        q, b = (j1, f4(0.25)) if corner & 2 else (j0, f4(0.75))
        r, c = (k1, f4(0.25)) if corner & 1 else (k0, f4(0.75))
        if p < 0 or q < 0 or r < 0:
            continue
        if p >= blocks.shape[0] or q >= blocks.shape[1] or r >= blocks.shape[2]:
            continue
        if blocks[p, q, r, 0] == 0:
            continue
        w = a * b * c
        whole += w
        out[0] += w * blocks[p, q, r, 1]
        out[1] += w * blocks[p, q, r, 2]
        if blocks[p, q, r, 0] == 1:
            clear += w
            continue
        for n in range(2, 12):
            out[n] += w * blocks[p, q, r, 1 + n]
    if whole > 0:
        inverse = f4(1) / whole
        out[0], out[1] = inverse * out[0], inverse * out[1]
        for n in range(2, 12):
            out[n] = inverse * (clear + out[n]) if clear < whole else f4(1)
        return True
    for n in range(12):
        out[n] = f4(1)
    return False


@njit(inline="always")
def tell(d, cell, depths, to_sun, free, sunlit, front, back, mixed, i, j, k, of_sun, of_sky):
    """Fills what both networks are given of a cell; how much of the ways leads out, on the mean."""
    f4 = np.float32
    sixteenth, quarter = f4(0.0625), f4(0.25)
    for n in range(OF_SUN):
        of_sun[n] = f4(0)
    for n in range(OF_SKY):
        of_sky[n] = f4(0)
    through = f4(0)
    for n in range(10):
        far = np.exp(-sixteenth * depths[n, i, j, k])
        some = far * far
        some *= some
        straight = some * some
        straight *= straight
        # A solid lets nothing through; that it is one, not dust without end, is said beside it.
        past = mixed[2 + n]
        far, some, straight = past * far, past * some, past * straight
        through += straight
        shut = f4(1) - past
        of_sun[3] += front[n] * straight
        of_sun[4] += back[n] * straight
        of_sun[5] += front[n] * some
        of_sun[6] += back[n] * some
        of_sun[7] += front[n] * far
        of_sun[8] += back[n] * far
        of_sun[13] += front[n] * shut
        of_sun[14] += back[n] * shut
        at, share = (0 if n < 5 else 2), f4(1)
        if n != 0 and n != 5:
            at, share = at + 1, quarter
        of_sky[at] += share * straight
        of_sky[4 + at] += share * some
        of_sky[8 + at] += share * far
        of_sky[13 + at] += share * shut
    far = np.exp(-sixteenth * to_sun[i, j, k])
    some = far * far
    some *= some
    straight = some * some
    straight *= straight
    past = free[i, j, k]
    of_sun[0], of_sun[1], of_sun[2] = past * straight, past * some, past * far
    of_sun[9] = of_sky[12] = np.exp(-cell * d[i, j, k])
    of_sun[10], of_sun[11], of_sun[12] = sunlit[i, j, k], mixed[0], mixed[1]
    return f4(0.1) * through


@njit(cache=True, nogil=True, fastmath=True)
def _tell_all(
    d, cell, depths, to_sun, free, sunlit, blocks, front, back, cells, of_sun, of_sky, met
):
    mixed = np.empty(12, np.float32)
    for n in range(cells.shape[0]):
        i, j, k = cells[n, 0], cells[n, 1], cells[n, 2]
        if not mixed_of(blocks, i, j, k, mixed):
            mixed[0] = mixed[1] = sunlit[i, j, k]
        met[n] = np.float32(1) - tell(
            d, cell, depths, to_sun, free, sunlit, front, back, mixed, i, j, k, of_sun[n], of_sky[n]
        )

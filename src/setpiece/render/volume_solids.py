"""What solid things hide from dust: the sun from its cells, and the rest of the world."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from setpiece.render.light import Light, sunlit
from setpiece.render.volume_told import BLOCK, WAYS

F32 = NDArray[np.float32]
# True where a solid thing lies on rays from world points (n, 3) [m] along (n, 3).
Hidden = Callable[[F32, F32], NDArray[np.bool_]]


class Solids(Protocol):
    """What stands or falls in the dust: `render.tracing.Tracer`, or whatever answers like it."""

    def occluded(self, origins: F32, directions: F32) -> NDArray[np.bool_]:
        """True where one lies on rays from world points (n, 3) [m] along (n, 3)."""
        ...

    def distances(self, origins: F32, directions: F32) -> F32:
        """How far the nearest is along such rays [m] (n,), inf where there is none."""
        ...


# Where in a cell one looks from: four corners of a cube, so that edges are soft.
LOOKS = np.array([[-1, -1, -1], [1, 1, -1], [1, -1, 1], [-1, 1, 1]], np.float32) * 0.25
DARK = 12.0  # optical depth through which nothing is seen of the sun, nor of what hides it
MATTERS = 4.0  # optical depth before a solid at which it matters a third as much as close by


def past_solids(
    origin: NDArray[np.float64],
    size: float,
    density: F32,
    light: Light,
    hidden: Hidden | None,
    depth: F32 | None = None,
) -> F32:
    """Sun past solid things in every cell that holds dust, softened by a cell, 0..1.

    density: extinction [1/m] (X, Y, Z) on cells of edge `size` [m] from world corner `origin`.
    depth: towards the sun (X, Y, Z); cells whose own dust hides it do not look for it.
    """
    sun = light.to_sun
    out = np.ones(density.shape, np.float32)
    asks = density > 1e-3
    if depth is not None:
        asks &= depth < DARK
    dusty = np.argwhere(asks)
    if len(dusty) == 0 or (hidden is None and light.shade[0] <= 0):
        return out
    # Two looks a cell, the other two in those beside it: what is done to them next is their mean.
    turn = dusty.sum(1) % 2
    share = np.zeros(len(dusty), np.float32)
    towards = _all(sun, len(dusty))
    for look in (LOOKS[turn], LOOKS[turn + 2]):
        at = (np.asarray(origin) + (dusty + 0.5 + look) * size).astype(np.float32)
        seen = sunlit(light, at)
        if hidden is not None:
            seen = seen * ~hidden(at, towards)
        share += seen / np.float32(2)
    weight = np.zeros_like(out)
    value = np.zeros_like(out)
    weight[tuple(dusty.T)] = 1
    value[tuple(dusty.T)] = share
    # Only cells with dust know: the mean of those around.
    value, weight = gaussian_filter(value, 0.7), gaussian_filter(weight, 0.7)
    known = weight > 1e-3
    out[known] = value[known] / weight[known]
    return out


def open_ways(
    origin: NDArray[np.float64], size: float, density: F32, depths: F32, solids: Solids | None
) -> F32 | None:
    """How little solid things matter along each of `WAYS` from cells that hold dust, float32
    (X, Y, Z, 10): 0 where one lies close by, 1 where none does or much dust lies before it; None
    where none does anywhere.

    origin, size, density: as for `past_solids`. depths: optical depth along `WAYS` on cells BLOCK
    times smaller. Looks start from other places for every way and cell: whoever mixes those has a
    soft edge, and a look from inside a wall is one of many.
    """
    dusty = np.argwhere(density > 1e-3)
    if len(dusty) == 0 or solids is None:
        return None
    out = np.full((*density.shape, len(WAYS)), -1, np.float32)
    turn = dusty.sum(1)
    found = False
    for n, way in enumerate(WAYS):
        # Every other cell looks along a way, its neighbours along the next.
        asks = (turn + n) % 2 == 0
        cells = dusty[asks]
        at = cells + np.float32(0.5) + LOOKS[(turn[asks] // 2 + n) % 4]
        start = (np.asarray(origin) + size * at).astype(np.float32)
        far = solids.distances(start, _all(way, len(cells)))
        hit = np.flatnonzero(np.isfinite(far))
        found |= len(hit) > 0
        there = at[hit] + (far[hit] / np.float32(size))[:, None] * way.astype(np.float32)
        # Of the dust on the whole way, what lies before the solid.
        before = _at(depths[n], at[hit]) - _at(depths[n], there)
        told = np.ones(len(cells), np.float32)
        told[hit] = 1 - np.exp(-np.maximum(before, 0) / MATTERS)
        out[(*cells.T, n)] = told
    if not found:
        return None
    _fill(out, dusty)
    return out


@njit(cache=True, nogil=True)
def _fill(ways, cells):
    """Puts the mean of the six cells beside it where one of cells (N, 3) did not look, in place;
    ways (X, Y, Z, 10): -1 where nobody looked. Whoever lacks a way has six neighbours that have
    it, as far as those hold dust; 1 where none does."""
    size = ways.shape
    for c in range(cells.shape[0]):
        i, j, k = cells[c, 0], cells[c, 1], cells[c, 2]
        for n in range((i + j + k + 1) % 2, size[3], 2):
            total, count = np.float32(0), np.float32(0)
            for side in range(6):
                go = 1 if side & 1 else -1
                p = i + (go if side // 2 == 0 else 0)
                q = j + (go if side // 2 == 1 else 0)
                r = k + (go if side // 2 == 2 else 0)
                inside = 0 <= p < size[0] and 0 <= q < size[1] and 0 <= r < size[2]
                if inside and ways[p, q, r, n] >= 0:
                    total += ways[p, q, r, n]
                    count += np.float32(1)
            ways[i, j, k, n] = total / count if count > 0 else np.float32(1)


def _at(field: F32, at: NDArray[np.float32]) -> F32:
    """Values (n,) of the cells of field at places (n, 3) [blocks]; 0 outside."""
    cell = np.floor(at * BLOCK).astype(np.int64)
    inside = np.all((cell >= 0) & (cell < np.array(field.shape)), axis=1)
    return np.where(inside, field[tuple(np.where(inside[:, None], cell, 0).T)], np.float32(0))


def _all(way: NDArray[np.float64], count: int) -> F32:
    return np.ascontiguousarray(np.broadcast_to(way.astype(np.float32), (count, 3)))

"""What solid things hide from dust: the sun from its cells, and the rest of the world."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from setpiece.render.light import Light, sunlit
from setpiece.render.volume_told import WAYS

F32 = NDArray[np.float32]
# True where a solid thing lies on rays from world points (n, 3) [m] along (n, 3).
Hidden = Callable[[F32, F32], NDArray[np.bool_]]

# Where in a cell one looks from: four corners of a cube, so that edges are soft.
LOOKS = np.array([[-1, -1, -1], [1, 1, -1], [1, -1, 1], [-1, 1, 1]], np.float32) * 0.25


def past_solids(
    origin: NDArray[np.float64], size: float, density: F32, light: Light, hidden: Hidden | None
) -> F32:
    """Sun past solid things in every cell that holds dust, softened by a cell, 0..1.

    density: extinction [1/m] (X, Y, Z) on cells of edge `size` [m] from world corner `origin`.
    """
    sun = light.to_sun
    out = np.ones(density.shape, np.float32)
    dusty = np.argwhere(density > 1e-3)
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
    origin: NDArray[np.float64], size: float, density: F32, hidden: Hidden | None
) -> F32 | None:
    """Whether the world is seen past solid things along each of `WAYS` from cells that hold dust,
    0 or 1, float32 (X, Y, Z, 10); None where nothing hides it anywhere.

    Arguments as for `past_solids`. One look a way, from another place in the cell and in those
    beside it: whoever mixes cells and ways has a soft edge, and a look from inside a wall is one
    of many.
    """
    dusty = np.argwhere(density > 1e-3)
    if len(dusty) == 0 or hidden is None:
        return None
    out = np.ones((*density.shape, len(WAYS)), np.float32)
    turn = dusty.sum(1)
    corner = np.asarray(origin) + (dusty + 0.5) * size
    for n, way in enumerate(WAYS):
        at = (corner + size * LOOKS[(turn + n) % 4]).astype(np.float32)
        out[(*dusty.T, n)] = ~hidden(at, _all(way, len(dusty)))
    return out if out.min() < 1 else None


def _all(way: NDArray[np.float64], count: int) -> F32:
    return np.ascontiguousarray(np.broadcast_to(way.astype(np.float32), (count, 3)))

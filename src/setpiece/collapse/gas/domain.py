"""How large the dust's world is, how fine its grid, and how the wind blows in it."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.brief import Brief, Side
from setpiece.collapse.fragments import Fragments
from setpiece.collapse.gas.grid import Index
from setpiece.collapse.motion import Motion

REFERENCE = 28.0  # m: the height of the building at which the constants were found
CELLS = 0.9e6  # cells of the grid that the cloud of an ordinary collapse fills


def default_cell(fragments: Fragments, motion: Motion) -> float:
    """Edge of a grid cell [m] that keeps an ordinary collapse near a million cells."""
    low, high = bounds(fragments, motion)
    top = float(fragments.mesh.vertices[:, 2].max())
    wide = np.maximum(high - low, 0.3 * top)
    volume = (wide[0] + 1.9 * top) * (wide[1] + 1.9 * top) * 1.5 * top
    return float(np.clip((volume / CELLS) ** (1 / 3), 0.08, 3.0))


def building_scale(fragments: Fragments) -> float:
    """Height of the building over the height at which the constants were found."""
    top = float(fragments.mesh.vertices[:, 2].max())
    return float(np.clip(top / REFERENCE, 0.1, 6.0))


def bounds(fragments: Fragments, motion: Motion) -> tuple[NDArray, NDArray]:
    """World box of the pieces over the whole shot, flung strays left out [m]."""
    v = fragments.mesh.vertices
    low, high = v.min(0).astype(float), v.max(0).astype(float)
    last = motion.position[-1]
    ends = np.percentile(last, [2, 98], axis=0)
    top = high[2]
    low[:2] = np.maximum(np.minimum(low[:2], ends[0, :2]), low[:2] - 1.2 * top)
    high[:2] = np.minimum(np.maximum(high[:2], ends[1, :2]), high[:2] + 1.2 * top)
    return low, high


def window_limits(low: NDArray, high: NDArray, cell: float) -> tuple[Index, Index]:
    """First and last cell that the window may ever cover."""
    room = 1.45 * high[2]
    a = np.floor((low[:2] - room) / cell / 8).astype(int) * 8
    b = np.ceil((high[:2] + room) / cell / 8).astype(int) * 8
    top = math.ceil(1.75 * high[2] / cell / 8) * 8
    return (int(a[0]), int(a[1]), 0), (int(b[0]), int(b[1]), top)


def wind_of(brief: Brief) -> tuple[float, float]:
    """Velocity of the wind [m/s]; as seen from the camera, which looks along +Y."""
    towards = {
        Side.LEFT: (1.0, 0.0),
        Side.RIGHT: (-1.0, 0.0),
        Side.FRONT: (0.0, 1.0),
        Side.BACK: (0.0, -1.0),
    }.get(brief.wind_from, (0.0, 0.0))
    return towards[0] * brief.wind_speed, towards[1] * brief.wind_speed

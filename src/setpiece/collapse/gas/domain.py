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
ORDINARY = 2.5  # times sqrt(height / g): how long the dust of an ordinary shot lives in it
CELLS = 0.9e6  # cells of the grid that the cloud of an ordinary collapse fills


def default_cell(fragments: Fragments, motion: Motion, slow: float = 1.0) -> float:
    """Edge of a grid cell [m] that keeps an ordinary collapse near a million cells."""
    low, high = bounds(fragments, motion)
    top = float(fragments.mesh.vertices[:, 2].max())
    wide = np.maximum(high - low, 0.3 * top)
    far = spread(motion, top, slow)
    room = 1.9 * top * far
    volume = (wide[0] + room) * (wide[1] + room) * 1.5 * top * math.sqrt(far)
    # A longer life is simulated coarser: what is left at its end is smooth.
    return float(np.clip((volume * far / CELLS) ** (1 / 3), 0.08, 3.0))


def spread(motion: Motion, top: float, slow: float) -> float:
    """How many times further than in an ordinary shot the dust will have gone by the end.

    An ordinary one lasts `ORDINARY` times sqrt(height / g) after the first piece moves. A cloud on
    the ground goes on as a gravity current, about with the power 2/3 of time; a low building's
    has had many of its own times when a tower's has had two.
    """
    start = min(
        (float(t.min()) for t in (motion.release, motion.bond_break) if len(t)), default=math.inf
    )
    lasts = max(motion.frames / float(motion.fps) - start, 0.0) * slow
    return float(np.clip((lasts / (ORDINARY * math.sqrt(top / 9.81))) ** 0.65, 1.0, 3.0))


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


def window_limits(
    low: NDArray, high: NDArray, cell: float, far: float = 1.0
) -> tuple[Index, Index]:
    """First and last cell that the window may ever cover; far: see `spread`."""
    room = 1.45 * high[2] * far
    a = np.floor((low[:2] - room) / cell / 8).astype(int) * 8
    b = np.ceil((high[:2] + room) / cell / 8).astype(int) * 8
    top = math.ceil(1.75 * high[2] * math.sqrt(far) / cell / 8) * 8
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

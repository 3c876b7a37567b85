"""Colours at the soft edge, so that taking the building out and back in changes nothing."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.inpaint.fields import pull_push

F32 = NDArray[Any]  # float32; OpenCV's stubs do not say so


class EdgeColours(NamedTuple):
    """building: (h, w, 3) picture to project on the pieces, without background in its edges and
    extended past them. clean: (h, w, 3) clean plate, changed only under the soft edge.

    matte * building + (1 - matte) * clean is the plate, wherever the matte is not 0.
    """

    building: F32
    clean: F32


def edge_colours(plate: F32, clean: F32, matte: F32) -> EdgeColours:
    """Split the plate at the soft edge of `matte` (h, w) into building and background.

    The first estimate of the building's colour is that of the solid pixels beside the edge, of
    the background that of the clean plate; what then misses to the plate is shared between the
    two in the proportion that moves both least, and colours stay positive. All scene-linear.
    """
    a = np.clip(matte, 0, 1).astype(np.float32)[..., None]
    solid = a[..., 0] > 0.98
    if not solid.any():
        return EdgeColours(plate.copy(), clean.copy())
    front = pull_push(plate, solid.astype(np.float32))
    front = np.where(solid[..., None], plate, front)
    back = clean.astype(np.float32).copy()
    soft = (a > 0) & ~solid[..., None]
    miss = plate - a * front - (1 - a) * back
    share = a * a + (1 - a) ** 2
    ceiling = 1.5 * max(float(plate.max()), 1e-3)
    front = np.where(soft, np.clip(front + a * miss / share, 0, ceiling), front)
    back = np.where(soft, (plate - a * front) / np.maximum(1 - a, 0.02), back)
    back = np.clip(back, 0, ceiling)
    exact = (plate - (1 - a) * back) / np.maximum(a, 1e-3)
    front = np.where(soft & (a > 0.004), np.clip(exact, 0, ceiling), front)
    # almost solid pixels take the plate's value; whatever is behind them barely shows
    front = np.where(solid[..., None], (plate - (1 - a) * back) / np.maximum(a, 0.98), front)
    return EdgeColours(np.maximum(front, 0).astype(np.float32), back.astype(np.float32))

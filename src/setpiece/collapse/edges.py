"""Colours at the soft edge, so that taking the building out and back in changes nothing."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.inpaint.fields import pull_push

F32 = NDArray[Any]  # float32; OpenCV's stubs do not say so

GIVE = 0.02  # share of its value by which the clean plate may change under the edge


class EdgeColours(NamedTuple):
    """building: (h, w, 3) picture to project on the pieces, without background in its edges and
    extended past them. clean: (h, w, 3) clean plate, changed only under the soft edge.

    matte * building + (1 - matte) * clean is the plate, wherever the matte is not 0.
    """

    building: F32
    clean: F32


def edge_colours(plate: F32, clean: F32, matte: F32) -> F32:
    """The picture to project on the pieces, (h, w, 3): see `split_edge`."""
    return split_edge(plate, clean, matte).building


def split_edge(plate: F32, clean: F32, matte: F32) -> EdgeColours:
    """Split the plate at the soft edge of `matte` (h, w) into building and background.

    The building's colour at the edge is what the clean plate leaves of the plate there; where that
    would be no colour at all (the matte is not exact) it stays within the colours of the solid
    pixels beside it, and the clean plate gives way by very little: a rim of building left in the
    clean plate would be seen for the rest of the shot. All scene-linear.
    """
    a = np.clip(matte, 0, 1).astype(np.float32)[..., None]
    solid = a[..., 0] > 0.98
    if not solid.any():
        return EdgeColours(plate.copy(), clean.copy())
    soft = (a > 0) & ~solid[..., None]
    inner = pull_push(plate, solid.astype(np.float32))
    wanted = (plate - (1 - a) * clean) / np.maximum(a, 1e-3)
    ceiling = 1.25 * np.maximum(plate.max(), 1e-3)
    front = np.where(soft & (a > 0.02), np.clip(wanted, 0, ceiling), inner)
    # thin coverage says little of the colour: lean on the inner one, as far as the clean plate's
    # small play makes up for it
    play = GIVE * np.maximum(clean, 0.05)
    rest = plate - a * front - (1 - a) * clean
    back = clean + np.where(soft, np.clip(rest / np.maximum(1 - a, 0.02), -play, play), 0)
    front = np.where(solid[..., None], plate, front)
    return EdgeColours(front.astype(np.float32), np.maximum(back, 0).astype(np.float32))

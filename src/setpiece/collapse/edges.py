"""Colours at the soft edge, so that taking the building out and back in changes nothing."""

from __future__ import annotations

from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.inpaint.fields import encode, pull_push

F32 = NDArray[Any]  # float32; OpenCV's stubs do not say so

GIVE = 0.02  # share of its value by which the clean plate may change under the edge


class EdgeColours(NamedTuple):
    """building: (h, w, 3) picture to project on the pieces, without background in its edges and
    extended past them. clean: (h, w, 3) clean plate, changed only under the soft edge.

    matte: (h, w) as given, or with its soft part refined where the colours tell it better.

    matte * building + (1 - matte) * clean is the plate, wherever the matte is not 0.
    """

    building: F32
    clean: F32
    matte: F32


def edge_colours(plate: F32, clean: F32, matte: F32) -> F32:
    """The picture to project on the pieces, (h, w, 3): see `split_edge`."""
    return split_edge(plate, clean, matte).building


def split_edge(plate: F32, clean: F32, matte: F32, *, refine: bool = False) -> EdgeColours:
    """Split the plate at the soft edge of `matte` (h, w) into building and background.

    The building's colour at the edge is what the clean plate leaves of the plate there; where that
    would be no colour at all (the matte is not exact) it stays within the colours of the solid
    pixels beside it, and the clean plate gives way by very little: a rim of building left in the
    clean plate would be seen for the rest of the shot. All scene-linear.

    refine: also correct the matte's soft part; use the result's `matte` from then on.
    """
    a = np.clip(matte, 0, 1).astype(np.float32)[..., None]
    solid = a[..., 0] > 0.98
    if not solid.any():
        return EdgeColours(plate.copy(), clean.copy(), matte.copy())
    core = cv2.erode(solid.astype(np.uint8), np.ones((3, 3), np.uint8))
    inner = pull_push(plate, (core if core.any() else solid).astype(np.float32))
    if refine:
        a = _refine(plate, clean, inner, a)
    solid = a[..., 0] > 0.98
    soft = (a > 0) & ~solid[..., None]
    wanted = (plate - (1 - a) * clean) / np.maximum(a, 1e-3)
    ceiling = 1.25 * np.maximum(plate.max(), 1e-3)
    front = np.where(soft & (a > 0.02), np.clip(wanted, 0, ceiling), inner)
    # thin coverage says little of the colour: lean on the inner one, as far as the clean plate's
    # small play makes up for it
    play = GIVE * np.maximum(clean, 0.05)
    rest = plate - a * front - (1 - a) * clean
    back = clean + np.where(soft, np.clip(rest / np.maximum(1 - a, 0.02), -play, play), 0)
    front = np.where(solid[..., None], plate, front)
    return EdgeColours(
        front.astype(np.float32), np.maximum(back, 0).astype(np.float32), a[..., 0].copy()
    )


def _refine(plate: F32, clean: F32, inner: F32, a: F32) -> F32:
    """Coverage (h, w, 1) of the soft edge from the three colours, as in difference matting.

    The pixel is projected on the line from background to building, in linear light. Where the
    two are alike that says nothing and the given matte stays. Nothing outside it is added.
    """
    p, c, f = encode(plate), encode(clean), encode(inner)
    span = f - c
    size = (span * span).sum(-1, keepdims=True)
    line = inner - clean
    length = np.maximum((line * line).sum(-1, keepdims=True), 1e-6)
    along = np.clip(((plate - clean) * line).sum(-1, keepdims=True) / length, 0, 1)
    off = np.abs(p - c).max(-1, keepdims=True)
    # unlike the background, and not between the colours either: it is building of another colour
    miss = np.abs(p - encode(clean + along * line)).max(-1, keepdims=True)
    along = np.maximum(along, np.clip((miss - 0.05) / 0.1, 0, 1))
    trust = np.clip((size - 0.01) / 0.03, 0, 1) + np.clip((off - 0.15) / 0.1, 0, 1)
    trust = np.clip(trust, 0, 1) * ((a > 0.02) & (a < 0.98))
    return np.asarray(a + trust * (along - a), np.float32)

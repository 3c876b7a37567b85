"""The upright edge where two walls that are both in view meet, found in the plate."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.layout.vanishing import Segments, View, labelled

F64 = NDArray[np.float64]
#: Half the width of the strip along an upright edge in which its pieces lie, of the frame's width.
_STRIP = 0.006
#: Share of the lower part's height that the edge's pieces must cover.
_RUN = 0.5
#: Share of the walls' level edges that must lie on the side where they belong.
_SPLIT = 0.85
#: Roofs and gables run to other places than the wall below them: this upper part has no say.
_ROOF = 0.4


def found_corner(
    segments: Segments, view: View, outline: F64, width: int, height: int
) -> F64 | None:
    """The near corner's edge (2, 2) [px], top first, or None where nothing shows it clearly.

    A silhouette says little about where inside it two walls meet. In the picture the corner is
    upright, long, and parts the level edges: those on its left run to the vanishing point on the
    left, those on its right to the other (but for the ones on roofs). Frontal views have none.
    """
    if abs((np.degrees(view.yaw) + 45) % 90 - 45) < 12:
        return None
    seen = labelled(segments, view, width, height)
    low, high = outline.min(0), outline.max(0)
    top = low[1] + _ROOF * (high[1] - low[1])
    ends = segments.ends.reshape(-1, 2, 2)
    wall = ends.mean(1)[:, 1] > top
    place = seen.place(ends.mean(1), (top + high[1]) / 2)
    upright = (seen.axis == 0) & (ends[:, :, 1].max(1) > top)
    left, right = wall & (seen.axis == seen.left), wall & (seen.axis == seen.right)
    if not (upright.any() and left.any() and right.any()):
        return None
    # the drawn edges say more: the corner cuts through none of them
    span = np.stack([seen.place(ends[:, k], (top + high[1]) / 2) for k in (0, 1)])
    drawn = (segments.trust > 0) & (ends[:, :, 1].max(1) > top)
    tol = 2 * _STRIP * width
    after = span.max(0)[drawn & (seen.axis == seen.left)].max(initial=-np.inf) - tol
    before = span.min(0)[drawn & (seen.axis == seen.right)].min(initial=np.inf) + tol
    margin = 0.08 * (high[0] - low[0])
    best, found = 0.0, None
    rows = np.linspace(top, high[1], 120)
    for x in np.unique(np.round(place[upright])):
        if not max(low[0] + margin, after) < x < min(high[0] - margin, before):
            continue
        near = upright & (np.abs(place - x) < _STRIP * width)
        y = np.sort(ends[near, :, 1], 1)
        run = float(((y[:, :1] <= rows) & (rows <= y[:, 1:])).any(0).mean())
        w = segments.weight
        right_side = float(w[left & (place < x)].sum() + w[right & (place > x)].sum())
        split = right_side / float(w[left].sum() + w[right].sum())
        if run > _RUN and split > _SPLIT and run * split**2 > best:
            centre = float(np.average(place[near], weights=w[near]))
            best = run * split**2
            at = np.array([top, high[1]])
            found = np.stack([seen.upright(centre, (top + high[1]) / 2, at), at], -1)
    return found

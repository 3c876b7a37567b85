"""Where the walls are under a cornice: an outline that follows mouldings is wider than they are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.layout.target import Target

F64 = NDArray[np.float64]
#: A moulding stands out by no more than this share of the building's width; more is a roof.
_MOST = 0.05
#: Rows of the building that an upright side must run along to be believed.
_ALONG = 0.35


def without_mouldings(target: Target) -> Target:
    """The target without what stands out beyond the long straight run of either side.

    On each side the line is found that most rows of the outline agree with (Fischler and Bolles,
    1981, over all pairs of 40 rows). What lies beyond it by little (cornice, sill course, plinth)
    does not count. The same target where nothing does: then its corners are the walls' own. An
    outline drawn straight from the foot to the cornice's tip hides the wall and is not mended.
    """
    mask = target.mask > 0.5
    rows = np.nonzero(mask.any(1))[0]
    if len(rows) < 30:
        return target
    first = mask[rows].argmax(1).astype(float)
    last = mask.shape[1] - mask[rows][:, ::-1].argmax(1).astype(float)
    width = float((last - first).max())
    y = rows.astype(float)
    columns = np.arange(mask.shape[1]) + 0.5
    beyond = np.zeros_like(mask)
    for edge, sign, cut in ((first, -1.0, target.cut_left), (last, 1.0, target.cut_right)):
        line = None if cut else _side(y, edge)
        if line is None:
            continue
        out = sign * (edge - line)
        small = (out > 1.0) & (out < _MOST * width)
        if (out >= _MOST * width).any() or not small.any():
            continue
        where = sign * (columns[None] - line[small][:, None]) > 0.5
        beyond[rows[small]] |= where
    if not (beyond & mask).any():
        return target
    counts = np.where(beyond, np.float32(0), target.counts)
    # its corners are the cornice's: nothing is snapped to them
    return replace(target, mask=target.mask * counts, counts=counts, outline=np.zeros((0, 2)))


def _side(y: F64, x: F64) -> F64 | None:
    """The column on every row of the nearly upright line that most of (y, x) lie on, or None."""
    pick = np.unique(np.linspace(0, len(y) - 1, 40).astype(int))
    a, b = (pick[k] for k in np.triu_indices(len(pick), 3))
    slope = (x[b] - x[a]) / (y[b] - y[a])
    fit = np.abs(slope) < 0.3
    a, slope = a[fit], slope[fit]
    if not len(a):
        return None
    lines = x[a][:, None] + slope[:, None] * (y[None] - y[a][:, None])
    near = np.abs(x[None] - lines) < 0.8
    best = near[int(near.sum(1).argmax())]
    if best.mean() < _ALONG:
        return None
    return np.asarray(np.polyval(np.polyfit(y[best], x[best], 1), y))

"""Where the sky ended behind the building."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.inpaint.fields import pull_push

F32 = NDArray[Any]  # float32; OpenCV's stubs do not say so
Mask = NDArray[np.bool_]

WORK = 240.0  # longer side at which the skyline is read [px]
FALL = 0.10  # of the hole's width: how soon the skyline falls from its ends to the far one
SLOPE = 1.0  # rows a column: how steeply the sky may come down beside a hill
DEEPEST = 0.55  # of the way from its ends to the horizon: it is not expected to fall further
STEEP = 0.15  # rows a column: roofs that run away from the camera
FAREST = 0.9  # of the way to the horizon: where such a street ends
LEAST = 0.4  # of the way from the higher end: nor less, for what was hidden stood farther off


def guess_label(sky: F32, hole: Mask, horizon: float | None = None) -> F32:
    """Sky or not (h, w) 0..1, also inside the hole, whose skyline is guessed.

    It begins and ends where the skyline meets the hole's sides: each row of the hole looks left
    and right at what borders it, and how many see sky is the height there. A side that is the
    frame's edge takes the other's. In between it runs straight, or falls to the lowest skyline
    seen beside the hole where that is lower: what stands behind a building is farther off than
    its neighbours and the trees beside it, so that in perspective it stands nearer the horizon.

    Args:
        sky: (h, w) 0..1, known outside the hole.
        hole: (h, w) bool.
        horizon: row of the horizon [px], which bounds the fall.
    """
    h, w = sky.shape
    scale = min(1.0, WORK / max(h, w))
    size = (max(8, round(w * scale)), max(8, round(h * scale)))
    weight = cv2.resize((~hole).astype(np.float32), size, interpolation=cv2.INTER_AREA)
    value = cv2.resize((sky * ~hole).astype(np.float32), size, interpolation=cv2.INTER_AREA)
    value = value / np.maximum(weight, 1e-6)
    known = weight > 0.35
    guess = pull_push(value[..., None], known.astype(np.float32))[..., 0]
    ends = _ends(value, known)
    if ends is not None:
        line = _skyline(value, known, ends, None if horizon is None else horizon * scale)
        yy = np.arange(size[1])[:, None]
        guess = np.where(known, value, np.clip(line[None] - yy + 0.5, 0, 1))
        guess = cv2.GaussianBlur(guess.astype(np.float32), (0, 0), 1.5)
        guess = np.where(known, value, guess)
    guess = cv2.resize(guess.astype(np.float32), (w, h), interpolation=cv2.INTER_CUBIC)
    guess = np.clip((guess - 0.5) * 4 + 0.5, 0, 1)
    return np.where(hole, guess, sky).astype(np.float32)


def _ends(value: F32, known: Mask) -> tuple[int, int, float | None, float | None] | None:
    """(first and last column of the hole, rows of the skyline at its left and right end).

    None for an end at the frame's edge; None as a whole where both are.
    """
    spans, sides = [], []
    rows = np.nonzero(~known.all(1))[0]
    for row in rows:
        gap = np.nonzero(~known[row])[0]
        x0, x1 = int(gap[0]), int(gap[-1])
        spans.append((x0, x1))
        near = (value[row, max(0, x0 - 3) : x0], value[row, x1 + 1 : x1 + 4])
        sides.append([float(np.median(v)) if len(v) else np.nan for v in near])
    if not spans:
        return None
    seen = np.array(sides)
    have = ~np.isnan(seen)
    if not have.any():
        return None
    filled = np.where(have, seen, seen[:, ::-1])
    filled = filled[have.any(1)]
    count = (filled > 0.5).sum(0)
    first = int(rows[have.any(1)][0])
    left, right = (
        float(first + n) if ok else None for n, ok in zip(count, have.any(0), strict=True)
    )
    return min(s[0] for s in spans), max(s[1] for s in spans), left, right


def _skyline(
    value: F32, known: Mask, ends: tuple[int, int, float | None, float | None],
    horizon: float | None,
) -> F32:  # fmt: skip
    """Row (w,) at which the sky ends in each column of the hole."""
    x0, x1, left, right = ends
    width = value.shape[1]
    x = np.arange(width, dtype=np.float32)
    a = left if left is not None else right
    b = right if right is not None else left
    assert a is not None
    assert b is not None
    t = np.clip((x - x0) / max(x1 - x0, 1), 0, 1)
    straight = a * (1 - t) + b * t
    # the lowest that the sky is seen to come down beside the hole, over a few columns at least
    reach = max(0.5 * (x1 - x0), 0.12 * width)
    beside = known.all(0) & (x > x0 - reach) & (x < x1 + reach)
    if beside.sum() < 3:
        return straight
    down = cv2.medianBlur((value > 0.5).sum(0).astype(np.float32)[None], 3)[0]
    far = float(np.quantile(down[beside], 0.96))
    if horizon is not None:
        high = max(a, b)
        far = min(far, high + DEEPEST * max(horizon - high, 0.0))
        upper = min(a, b)
        far = max(far, upper + LEAST * max(horizon - upper, 0.0))
    fall = max(FALL * (x1 - x0), 1.0)
    gap = np.full(width, np.inf, np.float32)
    if left is not None:
        gap = np.minimum(gap, np.maximum(x - x0, 0))
    if right is not None:
        gap = np.minimum(gap, np.maximum(x1 - x, 0))
    line = straight + np.maximum(far - straight, 0) * (1 - np.exp(-gap / fall))
    if horizon is not None and left is not None and right is not None:
        down = cv2.medianBlur((value > 0.5).sum(0).astype(np.float32)[None], 5)[0]
        falls = _fall(down[::-1], known[:, ::-1], width - 1 - x0, reach)
        rises = _fall(down, known, x1, reach)
        if min(falls, rises) > STEEP:  # a street between two rows of roofs goes on
            on = np.minimum(left + falls * (x - x0), right + rises * (x1 - x))
            high = max(left, right)
            line = np.maximum(line, np.minimum(on, high + FAREST * max(horizon - high, 0.0)))
    return np.minimum(line, _ceiling(value, known)).astype(np.float32)


def _fall(down: F32, known: Mask, edge: int, reach: float) -> float:
    """How many rows a column the skyline beside the hole falls towards it, right of `edge`."""
    end = min(len(down), edge + 2 + int(reach))
    x = np.arange(edge + 2, end)
    x = x[known[:, edge + 2 : end].all(0)]
    if len(x) < 6:
        return 0.0
    gap = x[None] - x[:, None]
    far = gap > len(x) // 3
    return float(np.median(((down[:, None] - down[None])[np.ix_(x, x)] / np.maximum(gap, 1))[far]))


def _ceiling(value: F32, known: Mask) -> F32:
    """Row (w,) of the hole's upper end where that borders on what is not sky, lower beside it.

    A hill or wood that looks over the building leaves no sky behind it.
    """
    h, w = known.shape
    top = np.argmin(known, 0)
    columns = np.arange(w)
    has = ~known.all(0) & (top > 1)
    above = np.stack([value[np.maximum(top - k, 0), columns] for k in (1, 2, 3)])
    shut = has & (np.median(above, 0) < 0.5)
    # a twig or a mast that crosses the edge is no hill
    run = max(3, round(0.03 * w)) | 1
    shut = cv2.morphologyEx(shut.astype(np.uint8)[None], cv2.MORPH_OPEN, np.ones((1, run)))[0] > 0
    line = np.where(shut, top, 4 * h).astype(np.float32)
    # beside a hill the sky does not hang down in a slot: the slope of its foot is bounded
    apart = np.abs(columns[:, None] - columns[None])
    return np.asarray((line[None] + SLOPE * apart).min(1), np.float32)

"""Line segments that tell where the camera looked: found in the plate, and drawn by the artist."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.layout.pictures import exposed8, straight_edges
from setpiece.collapse.layout.vanishing import Segments

F64 = NDArray[np.float64]
_WORK = 1280
_MOST = 220


def find_segments(
    image: NDArray[np.float32], outline: F64 | None, lines: F64, walls: F64
) -> Segments:
    """Segments in pixels of `image`: LSD inside the outline (von Gioi et al., PAMI 2010), the
    outline's own upright edges, and the strokes, which count for more."""
    h, w = image.shape[:2]
    small = exposed8(image, _WORK)
    s = w / small.shape[1]
    diagonal = float(np.hypot(w, h))
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
    auto = (straight_edges(grey).astype(float) + 0.5) * s
    size = np.hypot(auto[:, 2] - auto[:, 0], auto[:, 3] - auto[:, 1])
    auto = auto[size > 0.015 * diagonal]
    if outline is not None and len(auto):
        mask = np.zeros(small.shape[:2], np.uint8)
        cv2.fillPoly(mask, [np.round(outline / s).astype(np.int32)], 1)
        r = int(0.012 * diagonal / s) | 1
        mask = cv2.dilate(mask, np.ones((r, r), np.uint8))
        inside = np.ones(len(auto), np.bool_)
        for t in (0.04, 0.5, 0.96):  # an edge that runs on past the building is not its own
            at = (auto[:, :2] * (1 - t) + auto[:, 2:] * t) / s
            at = at.astype(int).clip(0, [small.shape[1] - 1, small.shape[0] - 1])
            inside &= mask[at[:, 1], at[:, 0]] > 0
        auto = auto[inside]
    size = np.hypot(auto[:, 2] - auto[:, 0], auto[:, 3] - auto[:, 1])
    auto = auto[np.argsort(-size, kind="stable")[:_MOST]]
    parts = [_part(auto, _free(auto), 0.7 * s, 0.0, diagonal)]
    if outline is not None:
        parts.append(_edges(outline, w, h, diagonal))
    weight = max(float(parts[0].weight.sum()), 0.5 * diagonal)
    drawn = [_stroke(lines.reshape(-1, 4), False, s, diagonal)]
    for quad in walls:
        drawn.append(_wall(quad, s, diagonal))
    strokes = _join(drawn)
    if len(strokes.weight):
        strokes.weight *= 0.8 * weight / strokes.weight.sum()
    return _join([*parts, strokes])


def shared_corner(walls: F64, diagonal: float) -> F64 | None:
    """The upright edge (2, 2) [px] where two of the drawn walls meet, or None."""
    uprights = []
    for number, quad in enumerate(walls):
        sides = _wall(quad, 1.0, diagonal)
        for ends in sides.ends[sides.may[:, 0]]:
            a, b = ends.reshape(2, 2)
            uprights.append((number, np.stack([a, b]) if a[1] < b[1] else np.stack([b, a])))
    best, found = 0.02 * diagonal, None
    for i, (m, p) in enumerate(uprights):
        for n, q in uprights[i + 1 :]:
            if m == n:
                continue
            along = (p[1] - p[0]) / max(float(np.hypot(*(p[1] - p[0]))), 1e-9)
            off = q - p[0]
            miss = float(np.abs(along[0] * off[:, 1] - along[1] * off[:, 0]).max())
            if miss < best:
                best = miss
                found = np.stack([min(p[0], q[0], key=_row), max(p[1], q[1], key=_row)])
    return found


def _row(p: F64) -> float:
    return float(p[1])


def _free(ends: F64) -> NDArray[np.bool_]:
    """A found segment may be anything, but nothing that leans more than 35 degrees is upright."""
    lean = np.degrees(
        np.arctan2(np.abs(ends[:, 2] - ends[:, 0]), np.abs(ends[:, 3] - ends[:, 1]) + 1e-9)
    )
    may = np.ones((len(ends), 3), np.bool_)
    may[lean > 35, 0] = False
    return may


def _part(ends: F64, may: NDArray[np.bool_], sigma: float, trust: float, diag: float) -> Segments:
    size = np.hypot(ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1])
    return Segments(
        ends, np.minimum(size, 0.15 * diag), may, np.full(len(ends), max(sigma, 0.7)),
        np.full(len(ends), trust),
    )  # fmt: skip


def _edges(outline: F64, w: int, h: int, diagonal: float) -> Segments:
    """Long edges of the outline that do not run along the frame."""
    ends = np.concatenate([outline, np.roll(outline, -1, 0)], 1)
    size = np.hypot(ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1])
    keep = size > 0.06 * diagonal
    for axis, bound in ((0, 0.0), (0, float(w)), (1, 0.0), (1, float(h))):
        at = np.abs(ends[:, [axis, axis + 2]] - bound).max(1) < 0.006 * diagonal
        keep &= ~at
    ends = ends[keep]
    return _part(ends, _free(ends), 0.0025 * diagonal, 0.0, diagonal)


def _stroke(ends: F64, upright: bool, s: float, diagonal: float, trust: float = 1.0) -> Segments:
    may = np.tile(np.array([[upright, not upright, not upright]]), (len(ends), 1))
    return _part(ends, may, max(0.7, 0.6 * s), trust, diagonal)


def _wall(quad: F64, s: float, diagonal: float) -> Segments:
    """The four edges of a wall: of its two pairs of sides, the steeper one is upright."""
    sides = np.concatenate([quad, np.roll(quad, -1, 0)], 1)
    d = np.abs(sides[:, 2:] - sides[:, :2])
    steep = d[:, 1] / np.maximum(np.hypot(d[:, 0], d[:, 1]), 1e-9)
    first = 0 if steep[0] + steep[2] > steep[1] + steep[3] else 1
    up, level = sides[first::2], sides[1 - first :: 2]
    return _join([_stroke(up, True, s, diagonal, 0.5), _stroke(level, False, s, diagonal, 0.5)])


def _join(parts: list[Segments]) -> Segments:
    return Segments(
        np.concatenate([p.ends for p in parts]),
        np.concatenate([p.weight for p in parts]),
        np.concatenate([p.may for p in parts]),
        np.concatenate([p.sigma for p in parts]),
        np.concatenate([p.trust for p in parts]),
    )

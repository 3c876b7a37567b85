"""The artist's strokes: reading points, and making sure that an outline is one."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from setpiece.errors import LayoutError

Point = tuple[float, float]


def parse_points(text: str) -> list[Point]:
    """Points from text "x,y x,y ..." (pixels; blanks or semicolons between points).

    Raises:
        LayoutError: nothing there, or a part that is not two finite numbers (named).
    """
    points = []
    for part in text.replace(";", " ").split():
        fields = part.split(",")
        try:
            x, y = (float(f) for f in fields)
        except ValueError:
            raise LayoutError(
                f'"{part}" is not a point; write points as x,y with blanks between them'
            ) from None
        if not (math.isfinite(x) and math.isfinite(y)):
            raise LayoutError(f'"{part}" is not a point in a picture; give finite pixels')
        points.append((x, y))
    if not points:
        raise LayoutError("no points; write them as x,y with blanks between them")
    return points


def clean_outline(
    outline: Sequence[Point], width: int, height: int
) -> tuple[NDArray[np.float64], list[str]]:
    """The outline as (n, 2) pixels inside the frame, and notes for the artist.

    Raises:
        LayoutError: fewer than 3 distinct points, self-crossing, outside the frame, or too small.
    """
    try:
        p = np.array([(float(x), float(y)) for x, y in outline], float).reshape(-1, 2)
    except (TypeError, ValueError):
        raise LayoutError("outline: every point needs two numbers x, y") from None
    if not np.isfinite(p).all():
        raise LayoutError("outline: has a point that is not a finite number")
    if len(p):
        apart = np.hypot(*(p - np.roll(p, 1, 0)).T) > 1e-6
        p = p[apart] if apart.any() else p[:1]
    distinct = len({(float(x), float(y)) for x, y in p})
    if distinct < 3:
        raise LayoutError(
            f"outline: has {distinct} distinct point(s); draw at least 3 around the building"
        )
    crossing = _crossing(p)
    if crossing is not None:
        a, b = crossing
        raise LayoutError(
            f"outline: crosses itself (the edge after point {a + 1} meets the edge after point "
            f"{b + 1}); draw it once around the building"
        )
    low, high = p.min(0), p.max(0)
    if low[0] >= width or low[1] >= height or high[0] <= 0 or high[1] <= 0:
        raise LayoutError(
            f"outline: lies outside the {width}x{height} frame "
            f"(x {low[0]:.0f} to {high[0]:.0f}, y {low[1]:.0f} to {high[1]:.0f}); "
            "give pixels of the plate"
        )
    notes = []
    if low.min() < -0.5 or high[0] > width + 0.5 or high[1] > height + 0.5:
        notes.append("The outline reaches beyond the frame and was clipped to it.")
    for axis, bound, sign in ((0, 0, 1), (0, width, -1), (1, 0, 1), (1, height, -1)):
        p = _clip(p, axis, bound, sign)
    area = abs(polygon_area(p)) if len(p) >= 3 else 0.0
    least = max(64.0, 4e-4 * width * height)
    if area < least:
        raise LayoutError(
            f"outline: covers {area:.0f} pixels, too few for a building to fall in view "
            f"(at least {least:.0f})"
        )
    return p, notes


def clean_lines(lines: Sequence[Sequence[Point]], name: str, count: int) -> NDArray[np.float64]:
    """Strokes of `count` points each as (n, count, 2). Raises LayoutError naming the stroke."""
    out = []
    for k, stroke in enumerate(lines):
        try:
            p = np.array([(float(x), float(y)) for x, y in stroke], float).reshape(-1, 2)
        except (TypeError, ValueError):
            raise LayoutError(f"{name} {k + 1}: every point needs two numbers x, y") from None
        if len(p) != count or not np.isfinite(p).all():
            raise LayoutError(f"{name} {k + 1}: needs {count} points, has {len(p)}")
        if np.hypot(*(p - np.roll(p, 1, 0)).T).min() < 2:
            raise LayoutError(
                f"{name} {k + 1}: two of its points lie on each other; draw it longer"
            )
        out.append(p)
    return np.array(out).reshape(-1, count, 2)


def polygon_area(p: NDArray[np.float64]) -> float:
    """Signed area of a polygon (n, 2)."""
    q = np.roll(p, -1, 0)
    return float((p[:, 0] * q[:, 1] - p[:, 1] * q[:, 0]).sum() / 2)


def _clip(p: NDArray[np.float64], axis: int, bound: float, sign: int) -> NDArray[np.float64]:
    """Sutherland-Hodgman against one side of the frame."""
    out: list[NDArray[np.float64]] = []
    for a, b in zip(p, np.roll(p, -1, 0), strict=True):
        da, db = sign * (a[axis] - bound), sign * (b[axis] - bound)
        if da >= 0:
            out.append(a)
        if (da >= 0) != (db >= 0):
            out.append(a + (b - a) * (da / (da - db)))
    q = np.array(out).reshape(-1, 2)
    if len(q) > 1:
        q = q[np.hypot(*(q - np.roll(q, 1, 0)).T) > 1e-6]
    return q


def _crossing(p: NDArray[np.float64]) -> tuple[int, int] | None:
    """Two edges (indices of their first points) that cross, or None."""
    n = len(p)
    q = np.roll(p, -1, 0)

    def side(a: NDArray[np.float64], b: NDArray[np.float64], c: NDArray[np.float64]) -> float:
        return float((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))

    for i in range(n):
        for j in range(i + 2, n):
            if i == 0 and j == n - 1:
                continue
            if (
                side(p[i], q[i], p[j]) * side(p[i], q[i], q[j]) < 0
                and side(p[j], q[j], p[i]) * side(p[j], q[j], q[i]) < 0
            ):
                return i, j
    return None

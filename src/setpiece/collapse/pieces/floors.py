"""Slabs, columns and inner walls of one level of a block."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.fragments import Element
from setpiece.collapse.pieces import polygon as pg
from setpiece.collapse.pieces.region import CONCRETE, Edge, Region
from setpiece.render.scene import Material

F64 = NDArray[np.float64]
X, Y, Z = np.eye(3)


def slab_regions(
    footprint: F64,
    top: float,
    thickness: float,
    outside: bool,
    density: float,
    cut: Material,
    prism: int,
    storey: int,
    weight: float,
    columns: list[F64],
    above: Material,
) -> list[Region]:
    """A floor whose upper side is at `top` [m]; `outside`: its edge shows in the facade."""
    out = []
    for part in pg.convex_parts(pg.clean(footprint)):
        edge = []
        for q, r in zip(part, np.roll(part, -1, 0), strict=True):
            on = outside and _on_ring(q, r, footprint)
            edge.append(int(Edge.OUTSIDE if on else Edge.CUT))
        seeds = np.array([c for c in columns if _within(c, part)]).reshape(-1, 2)
        out.append(
            Region(
                np.array([0, 0, top]), X, Y, Z, part, thickness, Element.SLAB, density, prism,
                storey, above, cut, cut, edge, [-1] * len(part),
                np.zeros(len(part)), -1, weight, seeds=seeds,
            )
        )  # fmt: skip
    return out


def column_places(footprint: F64, wall: float, width: float, bay: float) -> list[tuple[F64, F64]]:
    """Centres and directions of the columns of a frame: corners, along the facades, and a grid
    inside, about `bay` [m] apart.

    A column touches the inner side of the facade's panels (`wall` thick) where it can.
    """
    inner = pg.inset(footprint, wall)
    line = pg.inset(footprint, wall + width / 2)
    out: list[tuple[F64, F64]] = []

    def room(c: F64, e: F64) -> bool:
        m = np.array([-e[1], e[0]])
        h = width / 2 - 1e-6
        corners = [c + sx * h * e + sy * h * m for sx in (-1, 1) for sy in (-1, 1)]
        if not all(_within(q, inner) for q in corners):
            return False
        return all(np.linalg.norm(c - o) > max(1.45 * width, 0.55 * bay) for o, _ in out)

    count = len(line)
    sides = [np.linalg.norm(line[(k + 1) % count] - line[k]) for k in range(count)]
    longest = int(np.argmax(sides))
    main = (line[(longest + 1) % count] - line[longest]) / sides[longest]
    for k in range(count):
        a, b = line[k], line[(k + 1) % count]
        if sides[k] < 1e-6:
            continue
        e = (b - a) / sides[k]
        toward = pg.centroid(inner) - a
        toward = toward / max(float(np.linalg.norm(toward)), 1e-9)
        for step in (0.0, 0.1, 0.25, 0.5):
            c = a + toward * step * width
            if room(c, e):
                out.append((c, e))
                break
    for k in range(count):
        a, b = line[k], line[(k + 1) % count]
        n = max(1, int(np.ceil(sides[k] / bay - 0.15)))
        for i in range(1, n):
            c = a + (b - a) * (i / n)
            e = (b - a) / sides[k]
            if room(c, e):
                out.append((c, e))
    side = np.array([-main[1], main[0]])
    along, across = line @ main, line @ side
    lo, hi = np.array([along.min(), across.min()]), np.array([along.max(), across.max()])
    steps = [np.linspace(lo[a], hi[a], max(1, round((hi[a] - lo[a]) / bay)) + 1) for a in (0, 1)]
    for s in steps[0][1:-1]:
        for t in steps[1][1:-1]:
            c = s * main + t * side
            if room(c, main):
                out.append((c, main))
    return out


def column_region(
    centre: F64,
    direction: F64,
    width: float,
    bottom: float,
    top: float,
    prism: int,
    storey: int,
    weight: float,
) -> Region:
    """A square column as a plate of its own width, so that it is cut across.

    It starts as two: it folds like a knee when its storey goes, in one piece it would be a prop.
    """
    u = np.array([*direction, 0.0])
    n = np.cross(u, Z)
    h = width / 2
    shape = np.array([[-h, bottom], [h, bottom], [h, top], [-h, top]])
    origin = np.array([*centre, 0.0]) + n * h
    halves = np.array([[0.0, bottom + part * (top - bottom)] for part in (0.25, 0.75)])
    return Region(
        origin, u, Z, n, shape, width, Element.COLUMN, CONCRETE, prism, storey,
        Material.PLASTER, Material.PLASTER, Material.CONCRETE,
        [int(Edge.CUT), int(Edge.REVEAL)] * 2, [-1] * 4, np.zeros(4), -1, weight,
        seeds=halves,
    )  # fmt: skip


def inner_walls(
    inner: F64,
    columns: list[F64],
    clear: float,
    spacing: float,
    thickness: float,
    bottom: float,
    top: float,
    element: Element,
    density: float,
    cut: Material,
    prism: int,
    storey: int,
    weight: float,
) -> list[Region]:
    """Walls across the block, `spacing` apart, that touch the outside walls (polygon `inner`).

    columns: centres to keep `clear` [m] away from.
    """
    out = []
    for part in pg.convex_parts(pg.clean(inner)):
        side = np.roll(part, -1, 0) - part
        main = side[int(np.argmax((side**2).sum(1)))]
        main = main / np.linalg.norm(main)
        across = np.array([-main[1], main[0]])
        lo, hi = (part @ main).min(), (part @ main).max()
        count = round((hi - lo) / spacing) - 1
        if count < 1 and hi - lo > 0.9 * spacing:
            count = 1
        for i in range(1, max(count, 0) + 1):
            t = lo + (hi - lo) * i / (count + 1)
            near = [float(c @ main) for c in columns]
            for shift in (0, 0.5, -0.5, 1.0, -1.0, 1.5, -1.5):
                if all(abs(t + shift - x) > clear + thickness / 2 + 0.02 for x in near):
                    t += shift
                    break
            else:
                continue
            if not lo + 1.2 < t < hi - 1.2:
                continue
            span = crossing(part, main, across, t, thickness)
            if span is None:
                continue
            a, b = span
            u = np.array([*across, 0.0])
            n = np.cross(u, Z)
            shape = np.array([[a, bottom], [b, bottom], [b, top], [a, top]])
            origin = np.array([*(main * t), 0.0]) + n * thickness / 2
            out.append(
                Region(
                    origin, u, Z, n, shape, thickness, element, density, prism, storey,
                    Material.PLASTER, Material.PLASTER, cut, [int(Edge.CUT)] * 4, [-1] * 4,
                    np.zeros(4), -1, weight,
                )
            )  # fmt: skip
    return out


def crossing(
    part: F64, main: F64, across: F64, t: float, thickness: float
) -> tuple[float, float] | None:
    """From where to where, along `across`, a wall at main . x = t stands wholly in a convex
    polygon; None where that is less than a metre."""
    spans = [_span(part, main, across, t + h) for h in (-thickness / 2, thickness / 2)]
    if any(s is None for s in spans):
        return None
    a = max(s[0] for s in spans if s)
    b = min(s[1] for s in spans if s)
    return (a, b) if b - a >= 1.0 else None


def _span(part: F64, main: F64, across: F64, t: float) -> tuple[float, float] | None:
    """Where the line main . x = t crosses a convex polygon, measured along `across`."""
    hits = []
    for q, r in zip(part, np.roll(part, -1, 0), strict=True):
        a, b = q @ main - t, r @ main - t
        if (a <= 0 < b) or (b <= 0 < a):
            hits.append(float((q + (r - q) * (a / (a - b))) @ across))
    return (min(hits), max(hits)) if len(hits) >= 2 else None


def _on_ring(q: F64, r: F64, ring: F64) -> bool:
    m = (q + r) / 2
    for a, b in zip(ring, np.roll(ring, -1, 0), strict=True):
        e = b - a
        t = (m - a) @ e / max(e @ e, 1e-12)
        if -1e-6 <= t <= 1 + 1e-6 and np.linalg.norm(a + e * t - m) < 1e-4:
            return True
    return False


def _within(q: F64, ring: F64) -> bool:
    """Even-odd test; points on the edge count as inside."""
    inside = False
    for a, b in zip(ring, np.roll(ring, -1, 0), strict=True):
        e = b - a
        t = np.clip((q - a) @ e / max(e @ e, 1e-12), 0, 1)
        if np.linalg.norm(a + e * t - q) < 1e-5:
            return True
        if (a[1] > q[1]) != (b[1] > q[1]) and q[0] < a[0] + (q[1] - a[1]) / (b[1] - a[1]) * e[0]:
            inside = not inside
    return inside

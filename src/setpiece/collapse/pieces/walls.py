"""Outside walls: one plane per footprint edge, cut into piers and spandrels by its windows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.fragments import Element
from setpiece.collapse.pieces import polygon as pg
from setpiece.collapse.pieces.region import Edge, Pane, Region
from setpiece.render.scene import Material

F64 = NDArray[np.float64]
Rect = tuple[float, float, float, float]  # left, bottom, right, top

#: Piers and spandrels thinner than this are not worth a piece; the openings are joined [m].
MIN_PIER = 0.25
#: Panes on a wall without holes stand this far in front of it [m].
PROUD = 0.01
#: Panes wider than this are divided [m].
MAX_PANE = 2.6


@dataclass
class WallStyle:
    """What a wall is made of."""

    thickness: float
    element: Element
    density: float
    cut: Material
    front: Material = Material.PLATE


@dataclass
class Storey:
    """A wall between two heights [m]; `polygon` replaces the rectangle (gable ends)."""

    index: int
    bottom: float
    top: float
    weight: float
    polygon: F64 | None = None
    bevel: float = 0.0  # how far the top rises per metre of depth (under a roof plane)


def wall_regions(
    a: F64,
    b: F64,
    mitre: tuple[float, float],
    storeys: list[Storey],
    openings: list[Rect],
    style: WallStyle,
    prism: int,
    wall: int,
    curve0: int,
    cut: bool = True,
) -> tuple[list[Region], list[tuple[float, float, float, float]], list[Pane]]:
    """Regions of the wall from a to b (world x, y; the building on the left), its cut lines
    numbered from curve0, and its windows.

    mitre: tan(half the turning angle) at a and at b. openings: metres along the wall and
    absolute heights. cut: make holes; else the panes lie on the wall (buildings of few pieces).
    """
    d = b - a
    length = float(np.linalg.norm(d))
    u = np.array([*(d / length), 0.0])
    v = np.array([0.0, 0.0, 1.0])
    n = np.cross(u, v)
    origin = np.array([*a, 0.0])
    polygons: list[F64] = []
    owner: list[int] = []
    holes: list[Rect] = []
    margin = [max(m, 0.0) * style.thickness + MIN_PIER for m in mitre]
    for k, s in enumerate(storeys):
        shape = s.polygon
        if shape is None:
            shape = np.array([[0, s.bottom], [length, s.bottom], [length, s.top], [0, s.top]])
        inside = []
        for x0, z0, x1, z1 in openings:
            x0, x1 = max(x0, margin[0]), min(x1, length - margin[1])
            z0 = s.bottom if z0 < s.bottom + MIN_PIER else z0
            z1 = s.top if z1 > s.top - MIN_PIER else z1
            if x1 - x0 > 0.2 and z1 - z0 > 0.2 and z0 < s.top and z1 > s.bottom:
                inside.append((x0, max(z0, s.bottom), x1, min(z1, s.top)))
        if not cut:
            holes += inside
        for part in _guillotine(shape, inside if cut else [], holes):
            polygons.append(part)
            owner.append(k)
    polygons = conform(polygons)
    outline = np.array(holes).reshape(-1, 4)
    use: dict[tuple[int, ...], int] = {}
    for p in polygons:
        for q, r in zip(p, np.roll(p, -1, 0), strict=True):
            use[_key(q, r)] = use.get(_key(q, r), 0) + 1
    number: dict[tuple[int, ...], int] = {}
    curves: list[tuple[float, float, float, float]] = []
    regions = []
    top = storeys[-1].top
    for p, k in zip(polygons, owner, strict=True):
        s = storeys[k]
        edge, curve, slope = [], [], []
        for q, r in zip(p, np.roll(p, -1, 0), strict=True):
            c, e, m = -1, Edge.CUT, 0.0
            if use[_key(q, r)] > 1:
                if _key(q, r) not in number:
                    number[_key(q, r)] = curve0 + len(curves)
                    curves.append((q[0], q[1], r[0], r[1]))
                c = number[_key(q, r)]
            elif _on_hole(q, r, outline):
                e = Edge.REVEAL
            elif q[0] < 1e-6 and r[0] < 1e-6:
                m = mitre[0]
            elif q[0] > length - 1e-6 and r[0] > length - 1e-6:
                m = mitre[1]
            elif min(q[1], r[1]) > top - 1e-6 and s.polygon is None:
                m = -s.bevel
            edge.append(int(e))
            curve.append(c)
            slope.append(m)
        regions.append(
            Region(
                origin, u, v, n, p, style.thickness, style.element, style.density, prism,
                s.index, style.front, Material.PLASTER, style.cut, edge, curve,
                np.array(slope), wall, s.weight,
            )
        )  # fmt: skip
    panes = []
    for x0, z0, x1, z1 in holes:
        count = int(np.ceil((x1 - x0) / MAX_PANE))
        z = (z0 + z1) / 2
        level = next((s for s in storeys if s.bottom - 1e-6 <= z <= s.top + 1e-6), storeys[-1])
        for i in range(count):
            w = (x1 - x0) / count
            middle = origin + u * (x0 + (i + 0.5) * w) + v * z + n * (0.0 if cut else PROUD)
            panes.append(Pane(middle, n, u, (w, z1 - z0), prism, level.index, wall))
    return regions, curves, panes


def _key(q: F64, r: F64) -> tuple[int, ...]:
    a = tuple(round(x * 2e3) for x in q)
    b = tuple(round(x * 2e3) for x in r)
    return a + b if a < b else b + a


def _on_hole(q: F64, r: F64, holes: F64) -> bool:
    """Whether the middle of an edge lies on the outline of a hole; holes (n, 4)."""
    if len(holes) == 0:
        return False
    m = np.tile((q + r) / 2, 2)
    d = holes - m
    within = (d[:, :2] <= 1e-6).all(1) & (d[:, 2:] >= -1e-6).all(1)
    return bool((within & (np.abs(d).min(1) < 1e-6)).any())


def _guillotine(shape: F64, holes: list[Rect], made: list[Rect]) -> list[F64]:
    """Convex parts of `shape` around rectangular holes, by cuts from side to side. Holes too near
    one another are joined; what is finally cut out is appended to `made`.
    """
    if not holes:
        return [shape]
    for axis in (0, 1):
        groups = _groups(holes, axis)
        if len(groups) > 1:
            parts = []
            rest = shape
            for k, group in enumerate(groups):
                if k + 1 < len(groups):
                    at = (max(h[axis + 2] for h in group) + min(h[axis] for h in groups[k + 1])) / 2
                    if axis == 0:  # the pier between two windows stays whole
                        at = max(h[2] for h in group)
                    piece, rest = _split(rest, axis, at)
                else:
                    piece = rest
                if axis == 0:
                    left = min(h[0] for h in group)
                    pier, piece = _split(piece, 0, left)
                    if len(pier):
                        parts.append(pier)
                if len(piece):
                    parts += _guillotine(piece, group, made)
            return parts
    x0, z0 = min(h[0] for h in holes), min(h[1] for h in holes)
    x1, z1 = max(h[2] for h in holes), max(h[3] for h in holes)
    pier, rest = _split(shape, 0, x0)
    middle, last = _split(rest, 0, x1)
    below, rest = _split(middle, 1, z0)
    _, above = _split(rest, 1, z1)
    made.append((x0, z0, x1, z1))
    return [p for p in (pier, below, above, last) if len(p)]


def _groups(holes: list[Rect], axis: int) -> list[list[Rect]]:
    """Holes sorted along an axis and grouped where the gap between them is too small."""
    out: list[list[Rect]] = []
    end = -np.inf
    for h in sorted(holes, key=lambda h: h[axis]):
        if h[axis] - end < MIN_PIER:
            out[-1].append(h)
            end = max(end, h[axis + 2])
        else:
            out.append([h])
            end = h[axis + 2]
    return out


def _split(p: F64, axis: int, at: float) -> tuple[F64, F64]:
    """The parts of convex p below and above a value of one coordinate."""
    normal = np.eye(2)[axis]
    if len(p) == 0:
        return p, p
    tags = [0] * len(p)
    low, _ = pg.clip(p, tags, normal, at, 0)
    high, _ = pg.clip(p, tags, -normal, -at, 0)
    return (
        low if len(low) and pg.area(low) > 1e-4 else np.zeros((0, 2)),
        high if len(high) and pg.area(high) > 1e-4 else np.zeros((0, 2)),
    )


def conform(polygons: list[F64]) -> list[F64]:
    """Each polygon with the others' vertices that lie on its edges inserted, so that shared edges
    match one to one.
    """
    if len(polygons) < 2:
        return polygons
    every = np.unique(np.round(np.concatenate(polygons), 6), axis=0)
    out = []
    for p in polygons:
        ring = []
        for q, r in zip(p, np.roll(p, -1, 0), strict=True):
            e = r - q
            length = np.linalg.norm(e)
            if length < 1e-6:
                continue
            d = every - q
            t = (d @ e) / length
            on = (np.abs(d[:, 0] * e[1] - d[:, 1] * e[0]) < 1e-5 * length) & (t > 1e-3)
            on &= t < length - 1e-3
            ring.append(q)
            ring += [q + e * (x / length) for x in np.sort(t[on])]
        out.append(np.array(ring))
    return out

"""Cells as solid bodies: corners, faces, mass, inertia, collision hull."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.pieces import polygon as pg
from setpiece.collapse.pieces.region import Region
from setpiece.collapse.pieces.voronoi import Cells

F64 = NDArray[np.float64]

#: Collision hulls are this much smaller than the piece on every side, so that neighbours do not
#: touch by rounding [m].
SHRINK = 0.004
#: Corners of a hull's front polygon at most (32 corners a hull).
MOST_CORNERS = 16


@dataclass
class Solid:
    """One piece: front and back polygons, corner k of one facing corner k of the other.

    front, back: plane coordinates (k, 2), the back one moved in where the region is mitred.
    depth: thickness of the piece [m].
    centre [m] world, mass [kg], inertia (3, 3) [kg m2] about the centre, hull (h, 3) world.
    """

    front: F64
    back: F64
    depth: float
    centre: F64
    mass: float
    inertia: F64
    hull: F64


def back_polygon(r: Region, front: F64, full: F64) -> tuple[F64, F64, float]:
    """The other side of a piece: what its sides leave of the plane at the region's full depth,
    where edges on mitred outlines have moved. full: the piece where it is largest.

    Returns the exact polygon, the same with one corner for each front corner, and the depth [m],
    which is less than the region's where the moved edges meet before.
    """
    n, offset, move = _sides(r, full)
    if not len(n):
        return front, front, r.thickness
    depth = r.thickness
    exact = pg.intersection(n, offset - move * depth, full)
    if len(exact) < 3 or pg.area(exact) < 2e-5:
        lo, hi = 0.0, depth
        for _ in range(20):
            depth = (lo + hi) / 2
            exact = pg.intersection(n, offset - move * depth, full)
            ok = len(exact) >= 3 and pg.area(exact) > 2e-5
            lo, hi = (depth, hi) if ok else (lo, depth)
        depth = max(lo, 0.02)
        exact = pg.intersection(n, offset - move * lo, full)
        if len(exact) < 3:
            return front, front, depth
    moved = offset - move * depth
    line, at = pg.lines(front)  # each front edge is one of the sides, at depth 0
    same = (np.abs(line @ n.T - 1) < 1e-6) & (np.abs(at[:, None] - offset) < 1e-5)
    which = np.argmax(same, 1)
    at = np.where(same.any(1), moved[which], at)
    out = front.copy()
    for k in range(len(front)):
        slide = front[k] - line[k] * (line[k] @ front[k] - at[k])
        out[k] = pg.crossing(line[k - 1], at[k - 1], line[k], at[k], slide)
        if (n @ out[k] - moved).max() > 1e-6:
            out[k] = exact[int(np.argmin(((exact - out[k]) ** 2).sum(1)))]
    return exact, out, depth


def _sides(r: Region, full: F64) -> tuple[F64, F64, F64]:
    """Outward normals, offsets at depth 0 and inward motion per metre of depth of the piece's
    sides, followed by mitred outlines that may cut it. Empty where nothing moves.
    """
    nothing = np.zeros((0, 2)), np.zeros(0), np.zeros(0)
    slant = np.flatnonzero(r.mitre)
    if len(slant) == 0:
        return nothing
    m, c = pg.lines(r.polygon)
    m, c, slope = m[slant], c[slant], r.mitre[slant]
    out = full @ m.T - (c - np.minimum(slope, 0) * r.thickness)
    near = out.max(0) > -np.maximum(slope, 0) * r.thickness - 1e-6
    if not near.any():
        return nothing
    n, offset = pg.lines(full)
    move = np.zeros(len(n))
    on = np.abs(out) < 1e-6
    both = on & np.roll(on, -1, 0)
    for k in range(len(n)):
        for i in np.flatnonzero(both[k]):
            if n[k] @ m[i] > 0.99:
                move[k], offset[k] = slope[i], c[i]
    extra = near & (slope > 0)
    return (
        np.concatenate([n, m[extra]]),
        np.concatenate([offset, c[extra]]),
        np.concatenate([move, slope[extra]]),
    )


def build(regions: list[Region], cells: Cells) -> list[Solid]:
    """Solids of all cells, exact for the polyhedron between the two polygons."""
    out = []
    for shape, full, k in zip(cells.polygon, cells.full, cells.region, strict=True):
        r = regions[k]
        exact, back, depth = back_polygon(r, shape, full)
        if back is not shape:
            volume, centre, second = polyhedron(r.world(shape, 0.0), r.world(back, depth))
        else:
            volume, centre, second = _prism(r, shape)
        mass = volume * r.density
        inertia = r.density * (np.trace(second) * np.eye(3) - second)
        hull = _hull(r, shape, exact, depth)
        out.append(Solid(shape, back, depth, centre, mass, inertia, hull))
    return out


def _prism(r: Region, p: F64) -> tuple[float, F64, F64]:
    """Volume, centroid and second moment tensor (integral of x x^T about the centroid) of a
    right prism, from the polygon's area integrals."""
    c = pg.centroid(p)
    q = p - c
    q1 = np.roll(q, -1, 0)
    w = q[:, 0] * q1[:, 1] - q1[:, 0] * q[:, 1]
    size = w.sum() / 2
    xx = (w * (q[:, 0] ** 2 + q[:, 0] * q1[:, 0] + q1[:, 0] ** 2)).sum() / 12
    yy = (w * (q[:, 1] ** 2 + q[:, 1] * q1[:, 1] + q1[:, 1] ** 2)).sum() / 12
    xy = (
        w * (q[:, 0] * q1[:, 1] + 2 * q[:, 0] * q[:, 1] + 2 * q1[:, 0] * q1[:, 1]
             + q1[:, 0] * q[:, 1])
    ).sum() / 24  # fmt: skip
    t = r.thickness
    axes = np.stack([r.u, r.v, r.n])
    local = np.array([[xx * t, xy * t, 0], [xy * t, yy * t, 0], [0, 0, size * t**3 / 12]])
    return size * t, r.world(c, t / 2), axes.T @ local @ axes


def polyhedron(a: F64, b: F64) -> tuple[float, F64, F64]:
    """The same for the solid between rings a (front) and b (back), by signed tetrahedra."""
    k = len(a)
    o = (a.mean(0) + b.mean(0)) / 2
    a, b = a - o, b - o
    i = np.arange(1, k - 1)
    j, j1 = np.arange(k), np.roll(np.arange(k), -1)
    tri = np.concatenate([
        np.stack([np.broadcast_to(a[0], (k - 2, 3)), a[i], a[i + 1]], 1),
        np.stack([np.broadcast_to(b[0], (k - 2, 3)), b[i + 1], b[i]], 1),
        np.stack([a[j], b[j], b[j1]], 1),
        np.stack([a[j], b[j1], a[j1]], 1),
    ])  # fmt: skip
    det = np.linalg.det(tri)
    volume = det.sum() / 6
    centre = (det[:, None] * tri.sum(1)).sum(0) / 24 / volume
    s = tri.sum(1)
    second = np.einsum("n,nij->ij", det, np.einsum("nki,nkj->nij", tri, tri)) / 120
    second += np.einsum("n,ni,nj->ij", det, s, s) / 120
    return float(volume), o + centre, second - volume * np.outer(centre, centre)


def _hull(r: Region, front: F64, back: F64, depth: float) -> F64:
    a, b = _shrunk(_fewer(front)), _shrunk(_fewer(back))
    return np.concatenate([r.world(a, SHRINK), r.world(b, depth - SHRINK)])


def _fewer(p: F64) -> F64:
    """Without needless corners, at most MOST_CORNERS."""
    p = pg.clean(p, 1e-3)
    while len(p) > MOST_CORNERS:
        e, f = p - np.roll(p, 1, 0), np.roll(p, -1, 0) - p
        p = np.delete(p, int(np.argmin(np.abs(e[:, 0] * f[:, 1] - e[:, 1] * f[:, 0]))), 0)
    return p


def _shrunk(p: F64) -> F64:
    """Moved in by SHRINK on each side, never past the middle of a thin one."""
    q = pg.clean(p, 1e-6)
    c = p.mean(0)
    if len(q) == len(p) and pg.area(p) > 1e-4:
        e = np.roll(p, -1, 0) - p
        n = np.stack([-e[:, 1], e[:, 0]], 1) / np.linalg.norm(e, axis=1, keepdims=True)
        depth = (n * (c - p)).sum(1).min()
        if depth > 3 * SHRINK:
            d = p - c
            s = pg.inset(p, SHRINK)
            far = np.linalg.norm(s - p, axis=1) > 6 * SHRINK
            s[far] = p[far] - d[far] * (6 * SHRINK / np.linalg.norm(d[far], axis=1))[:, None]
            return s
    return c + (p - c) * 0.97

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
    centre [m] world, mass [kg], inertia (3, 3) [kg m2] about the centre, hull (h, 3) world.
    """

    front: F64
    back: F64
    centre: F64
    mass: float
    inertia: F64
    hull: F64


def back_polygon(r: Region, front: F64, depth: float) -> F64:
    """Front polygon carried to a depth [m]: corners on mitred edges slide with the edge, corners
    that the moved edge passes are pushed along."""
    if not np.any(r.mitre):
        return front.copy()
    p = r.polygon
    e = np.roll(p, -1, 0) - p
    length = np.maximum(np.linalg.norm(e, axis=1, keepdims=True), 1e-12)
    n = np.stack([e[:, 1], -e[:, 0]], 1) / length  # outwards
    offset = (n * p).sum(1)
    moved = offset - r.mitre * depth
    on = np.abs(front @ n.T - offset) < 1e-6
    out = front.copy()
    for k in range(len(out)):
        hit = np.flatnonzero(on[k])
        if len(hit) >= 2 and np.any(r.mitre[hit]):
            best = None
            for i in range(len(hit)):
                for j in range(i + 1, len(hit)):
                    m = n[[hit[i], hit[j]]]
                    det = m[0, 0] * m[1, 1] - m[0, 1] * m[1, 0]
                    if abs(det) > 1e-4 and (best is None or abs(det) > best[0]):
                        best = (abs(det), np.linalg.solve(m, moved[[hit[i], hit[j]]]))
            if best is not None:
                out[k] = best[1]
        elif len(hit) == 1 and r.mitre[hit[0]] != 0:
            out[k] += n[hit[0]] * (moved[hit[0]] - n[hit[0]] @ out[k])
    for i in np.flatnonzero(r.mitre > 0):
        over = np.maximum(out @ n[i] - moved[i], 0.0)
        out -= over[:, None] * n[i]
    return out


def build(regions: list[Region], cells: Cells) -> list[Solid]:
    """Solids of all cells, exact for the polyhedron between the two polygons."""
    out = []
    for shape, k in zip(cells.polygon, cells.region, strict=True):
        r = regions[k]
        back = back_polygon(r, shape, r.thickness)
        a, b = r.world(shape, 0.0), r.world(back, r.thickness)
        if np.any(r.mitre):
            volume, centre, second = polyhedron(a, b)
        else:
            volume, centre, second = _prism(r, shape)
        mass = volume * r.density
        inertia = r.density * (np.trace(second) * np.eye(3) - second)
        out.append(Solid(shape, back, centre, mass, inertia, _hull(r, shape)))
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


def _hull(r: Region, p: F64) -> F64:
    p = pg.clean(p, 1e-3)
    while len(p) > MOST_CORNERS:
        e, f = p - np.roll(p, 1, 0), np.roll(p, -1, 0) - p
        p = np.delete(p, int(np.argmin(np.abs(e[:, 0] * f[:, 1] - e[:, 1] * f[:, 0]))), 0)
    back = back_polygon(r, p, r.thickness)
    return np.concatenate(
        [r.world(_shrunk(p), SHRINK), r.world(_shrunk(back), r.thickness - SHRINK)]
    )


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

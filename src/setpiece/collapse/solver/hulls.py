"""Convex hulls as the contact kernels want them: faces with loops, edges with their two faces."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.spatial import ConvexHull, QhullError

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

_COPLANAR = 0.9998  # cosine between the normals of triangles taken as one face


@dataclass(frozen=True)
class HullPack:
    """All hulls end to end, relative to each centre of mass and in each piece's own axes.

    Attributes:
        vert: (V, 3) [m]; hull k owns vert[vs[k]:vs[k + 1]].
        plane: outward unit normal and offset, (F, 4); hull k owns plane[fs[k]:fs[k + 1]].
        loop: vertex indices inside the hull, counter-clockwise; face f owns loop[ls[f]:ls[f+1]].
        edge: (E, 4) vertex, vertex, face, face inside the hull; hull k owns edge[es[k]:es[k+1]].
        extent: half size of the box around the hull in the piece's own axes, (N, 3) [m].
    """

    vert: F64
    vs: I64
    plane: F64
    fs: I64
    loop: I64
    ls: I64
    edge: I64
    es: I64
    extent: F64

    def arrays(self) -> tuple:
        return (self.vert, self.vs, self.plane, self.fs, self.loop, self.ls, self.edge, self.es)


@njit(cache=True, nogil=True)
def _merge(pts, tri, neigh, nrm, group, planes, loop, ls, edge):
    """Merge coplanar triangles into faces; returns (faces, loop entries, edges)."""
    nt = tri.shape[0]
    for t in range(nt):
        a, b, c = tri[t]
        u = pts[b] - pts[a]
        v = pts[c] - pts[a]
        n0 = u[1] * v[2] - u[2] * v[1]
        n1 = u[2] * v[0] - u[0] * v[2]
        n2 = u[0] * v[1] - u[1] * v[0]
        if n0 * nrm[t, 0] + n1 * nrm[t, 1] + n2 * nrm[t, 2] < 0:
            tri[t, 1], tri[t, 2] = c, b
            neigh[t, 1], neigh[t, 2] = neigh[t, 2], neigh[t, 1]
        group[t] = -1
    nf = 0
    stack = np.empty(nt * 3 + 3, np.int64)
    for t in range(nt):
        if group[t] >= 0:
            continue
        group[t] = nf
        sp = 1
        stack[0] = t
        while sp > 0:
            sp -= 1
            s = stack[sp]
            for e in range(3):
                o = neigh[s, e]
                if group[o] < 0:
                    d = nrm[o, 0] * nrm[t, 0] + nrm[o, 1] * nrm[t, 1] + nrm[o, 2] * nrm[t, 2]
                    if d > _COPLANAR:
                        group[o] = nf
                        stack[sp] = o
                        sp += 1
        for a in range(3):
            planes[nf, a] = nrm[t, a]
        nf += 1
    nl = 0
    ne = 0
    nxt = np.empty(pts.shape[0], np.int64)
    for f in range(nf):
        nxt[:] = -1
        start = -1
        off = -1e30
        for t in range(nt):
            if group[t] != f:
                continue
            for e in range(3):
                a = tri[t, (e + 1) % 3]  # qhull: neighbour e is opposite to vertex e
                b = tri[t, (e + 2) % 3]
                q = planes[f, 0] * pts[a, 0] + planes[f, 1] * pts[a, 1] + planes[f, 2] * pts[a, 2]
                off = max(off, q)
                g = group[neigh[t, e]]
                if g != f:
                    nxt[a] = b
                    start = a
                    if g > f:
                        edge[ne, 0] = a
                        edge[ne, 1] = b
                        edge[ne, 2] = f
                        edge[ne, 3] = g
                        ne += 1
        planes[f, 3] = off
        ls[f] = nl
        v = start
        for _ in range(pts.shape[0]):
            if v < 0:
                break
            loop[nl] = v
            nl += 1
            v = nxt[v]
            if v == start:
                break
    ls[nf] = nl
    return nf, nl, ne


def _solid(points: F64) -> tuple[F64, ConvexHull]:
    """The hull of a piece; a degenerate one becomes the box around it, at least 2 cm thick."""
    try:
        hull = ConvexHull(points)
        if hull.volume > 1e-7:
            return points, hull
    except (QhullError, ValueError):
        pass
    lo, hi = points.min(0), points.max(0)
    grow = np.maximum(0.01 - (hi - lo) / 2, 0)
    lo, hi = lo - grow, hi + grow
    box = np.array(
        [[x, y, z] for x in (lo[0], hi[0]) for y in (lo[1], hi[1]) for z in (lo[2], hi[2])]
    )
    return box, ConvexHull(box)


def pack(points: F64, start: NDArray[np.int32]) -> HullPack:
    """Pack the hulls `points[start[k]:start[k+1]]` into the layout of the kernels.

    Args:
        points: (H, 3) relative to the centre of mass, world axes at rest [m].
        start: (N + 1,).
    """
    vert, plane, loops, edges = [], [], [], []
    vs, fs, ls, es = [0], [0], [0], [0]
    n = len(start) - 1
    extent = np.zeros((n, 3))
    for k in range(n):
        own = points[start[k] : start[k + 1]]
        own, hull = _solid(own)
        used = hull.vertices.astype(np.int64)
        remap = np.full(len(own), -1, np.int64)
        remap[used] = np.arange(len(used))
        pts = np.ascontiguousarray(own[used])
        tri = remap[hull.simplices]
        nt = len(tri)
        pl = np.empty((nt, 4))
        lp = np.empty(nt * 3 + 3, np.int64)
        st = np.empty(nt + 1, np.int64)
        ed = np.empty((nt * 3, 4), np.int64)
        nrm = np.ascontiguousarray(hull.equations[:, :3])
        nf, nl, ne = _merge(
            pts, tri, hull.neighbors.astype(np.int64), nrm, np.empty(nt, np.int64), pl, lp, st, ed
        )
        vert.append(pts)
        plane.append(pl[:nf])
        edges.append(ed[:ne])
        base = ls[-1]
        ls.extend((st[1 : nf + 1] + base).tolist())
        loops.append(lp[:nl])
        vs.append(vs[-1] + len(pts))
        fs.append(fs[-1] + nf)
        es.append(es[-1] + ne)
        extent[k] = np.abs(pts).max(0)
    return HullPack(
        np.concatenate(vert),
        np.array(vs),
        np.concatenate(plane),
        np.array(fs),
        np.concatenate(loops),
        np.array(ls),
        np.concatenate(edges),
        np.array(es),
        extent,
    )

"""What touches what: faces of pieces that lie on one another, and how large the overlap is."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from setpiece.collapse.fragments import Bonds, Element
from setpiece.collapse.pieces.grounding import SMALLEST_AREA, ground_bonds, tie_orphans
from setpiece.collapse.pieces.region import Region
from setpiece.collapse.pieces.solids import Solid
from setpiece.collapse.pieces.voronoi import Cells

F64 = NDArray[np.float64]

#: Faces nearer than this to one another hold together [m].
GAP = 0.03
#: Roof planes rest on walls over rafters and plates that are not drawn, and of a wall under roof
#: planes of unequal pitch only the edge touches: how far and how askew (cosine) they may lie [m].
ROOF_GAP, ROOF_FACING = 0.12, 0.85


def find_bonds(regions: list[Region], cells: Cells, solids: list[Solid], ground: float) -> Bonds:
    """All interfaces between pieces, and between the lowest pieces and the ground.

    An interface is the overlap of two faces that look at one another; its widths are those of the
    overlap, scaled so that their product is its area. Pieces that touch nothing which leads to
    the ground are tied to their nearest neighbour by a small bond, so that the graph is connected.
    """
    corner, start, normal, face_of = _faces(regions, cells, solids)
    roof = np.array([regions[k].element == Element.ROOF for k in cells.region])
    reach = np.where(roof, ROOF_GAP, GAP)
    lo = np.array([s.hull.min(0) for s in solids]) - reach[:, None]
    hi = np.array([s.hull.max(0) for s in solids]) + reach[:, None]
    first = np.searchsorted(face_of, np.arange(len(solids) + 1))
    pairs = _pairs(lo, hi)
    i, j, pos, nrm, tan, wid = _contacts(corner, start, normal, first, pairs, roof)
    centre = np.array([s.centre for s in solids])
    rows = [(i, j, pos, nrm, tan, wid)]
    rows.append(ground_bonds(corner, start, normal, face_of, ground))
    i, j, pos, nrm, tan, wid = (np.concatenate(c) for c in zip(*rows, strict=True))
    extra = tie_orphans(len(solids), i, j, centre, np.stack([lo, hi], 1), regions, cells)
    i, j, pos, nrm, tan, wid = (
        np.concatenate(c) for c in zip((i, j, pos, nrm, tan, wid), extra, strict=True)
    )
    other = np.where((j >= 0)[:, None], centre[np.maximum(j, 0)], pos)
    length = np.abs(((other - centre[i]) * nrm).sum(1))
    length = np.where(j < 0, 2 * length, length)
    return Bonds(
        i.astype(np.int32), j.astype(np.int32), pos, nrm, tan, wid, np.maximum(length, 0.05)
    )


def _faces(
    regions: list[Region], cells: Cells, solids: list[Solid]
) -> tuple[F64, NDArray[np.int64], F64, NDArray[np.int64]]:
    """Corners of every face, start of each face, outward normals, piece of each face."""
    corner, size, normal, owner = [], [], [], []
    for k, s in enumerate(solids):
        r = regions[cells.region[k]]
        a, b = r.world(s.front, 0.0), r.world(s.back, s.depth)
        n = len(a)
        corner += [a, b[::-1]]
        size += [n, n]
        normal += [r.n, -r.n]
        turned = np.roll(a, -1, 0)
        side = np.stack([a, b, np.roll(b, -1, 0), turned], 1)
        cross = np.cross(side[:, 2] - side[:, 0], side[:, 3] - side[:, 1])
        length = np.linalg.norm(cross, axis=1)
        for e in range(n):
            if length[e] > 1e-9:
                corner.append(side[e])
                size.append(4)
                normal.append(cross[e] / length[e])
        owner += [k] * (2 + int((length > 1e-9).sum()))
    start = np.concatenate([[0], np.cumsum(size)]).astype(np.int64)
    return np.concatenate(corner), start, np.array(normal), np.array(owner, np.int64)


def _pairs(lo: F64, hi: F64) -> NDArray[np.int64]:
    """Pairs of boxes that overlap, by sweeping along x."""
    order = np.argsort(lo[:, 0], kind="stable")
    return _sweep(lo[order], hi[order], order.astype(np.int64))


@njit(cache=True, nogil=True)
def _sweep(lo, hi, order):
    out = np.empty((64 * len(order) + 64, 2), np.int64)
    m = 0
    for a in range(len(order)):
        for b in range(a + 1, len(order)):
            if lo[b, 0] > hi[a, 0]:
                break
            if (
                lo[b, 1] <= hi[a, 1]
                and lo[a, 1] <= hi[b, 1]
                and lo[b, 2] <= hi[a, 2]
                and lo[a, 2] <= hi[b, 2]
            ):
                if m == len(out):
                    grown = np.empty((2 * m, 2), np.int64)
                    grown[:m] = out
                    out = grown
                out[m, 0] = min(order[a], order[b])
                out[m, 1] = max(order[a], order[b])
                m += 1
    return out[:m]


@njit(cache=True, nogil=True)
def _contacts(corner, start, normal, first, pairs, roof):
    """Overlapping faces of each pair of pieces; at most 3 interfaces a pair are kept."""
    room = 2 * len(pairs) + 16
    bi = np.empty(room, np.int64)
    bj = np.empty(room, np.int64)
    pos = np.empty((room, 3))
    nrm = np.empty((room, 3))
    tan = np.empty((room, 3))
    wid = np.empty((room, 2))
    m = 0
    p = np.empty((128, 2))
    q = np.empty((128, 2))
    for row in range(len(pairs)):
        i = pairs[row, 0]
        j = pairs[row, 1]
        found = 0
        mixed = roof[i] != roof[j]
        for f in range(first[i], first[i + 1]):
            for g in range(first[j], first[j + 1]):
                if found >= 2 or m >= room:
                    break
                n = normal[f]
                resting = mixed and abs(n[2]) > 0.3  # not where a plane ends against a wall
                gap = ROOF_GAP if resting else GAP
                facing = -ROOF_FACING if resting else -0.97
                if n @ normal[g] > facing:
                    continue
                c = np.zeros(3)
                for k in range(start[g], start[g + 1]):
                    c += corner[k]
                c /= start[g + 1] - start[g]
                o = corner[start[f]]
                off = n @ (c - o)
                if resting:  # the smaller face's middle decides: the planes may be askew
                    back = np.zeros(3)
                    for k in range(start[f], start[f + 1]):
                        back += corner[k]
                    back /= start[f + 1] - start[f]
                    other = normal[g] @ (back - corner[start[g]])
                    if abs(other) < abs(off):
                        off = other
                if abs(off) > gap:
                    continue
                longest = 0.0
                t = np.zeros(3)
                for k in range(start[f], start[f + 1]):
                    k1 = k + 1 if k + 1 < start[f + 1] else start[f]
                    e = corner[k1] - corner[k]
                    e = e - n * (e @ n)
                    s = np.sqrt(e @ e)
                    if s > longest:
                        longest = s
                        t = e / s
                if longest < 1e-6:
                    continue
                b = np.cross(n, t)
                count = start[f + 1] - start[f]
                for k in range(count):
                    d = corner[start[f] + k] - o
                    p[k, 0] = d @ t
                    p[k, 1] = d @ b
                # clip f's polygon by g's edges; g is clockwise as seen along n
                gn = start[g + 1] - start[g]
                for k in range(gn):
                    d0 = corner[start[g] + k] - o
                    d1 = corner[start[g] + (k + 1 if k + 1 < gn else 0)] - o
                    ax, ay = d0 @ t, d0 @ b
                    ex, ey = d1 @ t - ax, d1 @ b - ay
                    if ex * ex + ey * ey < 1e-14:
                        continue
                    w = 0
                    for v in range(count):
                        v1 = v + 1 if v + 1 < count else 0
                        da = ex * (p[v, 1] - ay) - ey * (p[v, 0] - ax)
                        db = ex * (p[v1, 1] - ay) - ey * (p[v1, 0] - ax)
                        if da <= 0.0 and w < 127:
                            q[w] = p[v]
                            w += 1
                        if da * db < 0.0 and w < 127:
                            s = da / (da - db)
                            q[w, 0] = p[v, 0] + s * (p[v1, 0] - p[v, 0])
                            q[w, 1] = p[v, 1] + s * (p[v1, 1] - p[v, 1])
                            w += 1
                    count = w
                    for v in range(count):
                        p[v] = q[v]
                    if count < 3:
                        break
                if count < 3:
                    continue
                area = 0.0
                cx = 0.0
                cy = 0.0
                for v in range(count):
                    v1 = v + 1 if v + 1 < count else 0
                    w2 = p[v, 0] * p[v1, 1] - p[v1, 0] * p[v, 1]
                    area += w2
                    cx += w2 * (p[v, 0] + p[v1, 0])
                    cy += w2 * (p[v, 1] + p[v1, 1])
                if abs(area) < 2 * SMALLEST_AREA:
                    continue
                cx /= 3 * area
                cy /= 3 * area
                area = abs(area) / 2
                # widths along the overlap's own longest edge
                longest = 0.0
                tx, ty = 1.0, 0.0
                for v in range(count):
                    v1 = v + 1 if v + 1 < count else 0
                    ex = p[v1, 0] - p[v, 0]
                    ey = p[v1, 1] - p[v, 1]
                    s = np.sqrt(ex * ex + ey * ey)
                    if s > longest:
                        longest = s
                        tx, ty = ex / s, ey / s
                a0, a1, b0, b1 = 1e9, -1e9, 1e9, -1e9
                for v in range(count):
                    x = p[v, 0] * tx + p[v, 1] * ty
                    y = -p[v, 0] * ty + p[v, 1] * tx
                    a0, a1 = min(a0, x), max(a1, x)
                    b0, b1 = min(b0, y), max(b1, y)
                w1, w2 = a1 - a0, b1 - b0
                scale = np.sqrt(area / (w1 * w2))
                bi[m] = i
                bj[m] = j
                pos[m] = o + cx * t + cy * b + n * (0.5 * off)
                nrm[m] = n
                tan[m] = tx * t + ty * b
                wid[m, 0] = w1 * scale
                wid[m, 1] = w2 * scale
                m += 1
                found += 1
    return bi[:m], bj[:m], pos[:m], nrm[:m], tan[:m], wid[:m]


def compile_kernels() -> None:
    """Compile the kernels on a tiny case."""
    box = np.zeros((2, 3))
    pairs = _sweep(box, box + 1, np.arange(2))
    quad = np.array([[0.0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]])
    _contacts(
        np.concatenate([quad, quad[::-1]]), np.array([0, 4, 8]),
        np.array([[0.0, 0, 1], [0, 0, -1]]), np.array([0, 1, 2]), pairs, np.zeros(2, np.bool_),
    )  # fmt: skip

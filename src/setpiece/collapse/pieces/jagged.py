"""Closed meshes of pieces with broken edges that fit their neighbours exactly.

Every cut is a curve with its own random profile, known to both pieces that share it: three rows
(front, middle, back) of points are moved sideways by the same amounts for both, so that nothing
gapes at rest and broken faces are rough. Points where the outline of an element runs stay put.
"""

from __future__ import annotations

import numpy as np
from numba import njit

ROWS = 3


@njit(cache=True, nogil=True)
def _noise(identity, knot, row, seed):
    """Hash to [-1, 1] (integer finaliser of MurmurHash3)."""
    h = np.uint64(identity) * np.uint64(0x9E3779B97F4A7C15)
    h ^= np.uint64(knot + 1) * np.uint64(0xC2B2AE3D27D4EB4F)
    h ^= np.uint64(row + 7) * np.uint64(0x165667B19E3779F9)
    h ^= np.uint64(seed + 11) * np.uint64(0x27D4EB2F165667C5)
    h ^= h >> np.uint64(33)
    h *= np.uint64(0xFF51AFD7ED558CCD)
    h ^= h >> np.uint64(33)
    h *= np.uint64(0xC4CEB9FE1A85EC53)
    h ^= h >> np.uint64(33)
    return np.float64(h >> np.uint64(11)) / 4503599627370496.0 - 1.0


@njit(cache=True, nogil=True)
def _profile(t, knots, identity, amplitude, row, seed):
    """Sideways shift at parameter t of a curve with `knots` segments; zero at both ends."""
    x = t * knots
    k = int(np.floor(x + 1e-9))
    if k < 0 or k >= knots:
        return 0.0
    f = min(max(x - k, 0.0), 1.0)
    a = 0.0
    b = 0.0
    if k > 0:
        a = 0.65 * _noise(identity, k, 99, seed) + 0.45 * _noise(identity, k, row, seed)
    if k + 1 < knots:
        b = 0.65 * _noise(identity, k + 1, 99, seed) + 0.45 * _noise(identity, k + 1, row, seed)
    return amplitude * (a + (b - a) * f)


@njit(cache=True, nogil=True)
def _shift(x, y, curve, knots, identity, amplitude, row, seed):
    """Displacement vector at a point of a curve (ax, ay, bx, by)."""
    ex = curve[2] - curve[0]
    ey = curve[3] - curve[1]
    s2 = ex * ex + ey * ey
    if s2 < 1e-12 or knots < 2:
        return 0.0, 0.0
    t = ((x - curve[0]) * ex + (y - curve[1]) * ey) / s2
    if t < 1e-6 or t > 1.0 - 1e-6:
        return 0.0, 0.0
    d = _profile(t, knots, identity, amplitude, row, seed) / np.sqrt(s2)
    return -ey * d, ex * d


@njit(cache=True, nogil=True)
def build_meshes(start, front, back, jag, curve, knots, identity, amplitude, thickness, seed):
    """Rings of all cells.

    start: first edge of each cell (N + 1,). Per edge: front, back corner (E, 2); jag 0 straight or
    1; curve (E, 4) its end points; knots, identity, amplitude of the curve. thickness (N,).
    Returns plane points (V, 3) as (a, b, depth); faces (F, 3); cell of each vertex and face; part
    of each face: -1 front, -2 back, else the edge.
    """
    cells = len(start) - 1
    room = 0
    for e in range(len(knots)):
        room += knots[e] + 2 if jag[e] else 1
    verts = np.empty((ROWS * room + 2 * cells, 3))
    vcell = np.empty(len(verts), np.int64)
    faces = np.empty((6 * room + 16, 3), np.int32)
    fcell = np.empty(len(faces), np.int64)
    part = np.empty(len(faces), np.int64)
    nv = 0
    nf = 0
    stop = np.empty(4096)
    for c in range(cells):
        base = nv
        ring = 0
        # count points first: the vertex layout is ring-major, one row after another
        edge_of = np.empty(4096, np.int64)
        param = np.empty(4096)
        for e in range(start[c], start[c + 1]):
            e1 = e + 1 if e + 1 < start[c + 1] else start[c]
            edge_of[ring] = e
            param[ring] = 0.0
            ring += 1
            if jag[e] == 0 or knots[e] < 2:
                continue
            cx = curve[e, 2] - curve[e, 0]
            cy = curve[e, 3] - curve[e, 1]
            s2 = cx * cx + cy * cy
            if s2 < 1e-12:
                continue
            t0 = ((front[e, 0] - curve[e, 0]) * cx + (front[e, 1] - curve[e, 1]) * cy) / s2
            t1 = ((front[e1, 0] - curve[e, 0]) * cx + (front[e1, 1] - curve[e, 1]) * cy) / s2
            if abs(t1 - t0) < 1e-9:
                continue
            m = 0
            for q in range(1, knots[e]):
                s = (q / knots[e] - t0) / (t1 - t0)
                if 1e-4 < s < 1.0 - 1e-4:
                    stop[m] = s
                    m += 1
            for q in range(min(m, 4090 - ring)):
                edge_of[ring] = e
                param[ring] = stop[q] if t1 > t0 else stop[m - 1 - q]
                ring += 1
        for row in range(ROWS):
            w = row / (ROWS - 1)
            for p in range(ring):
                e = edge_of[p]
                e1 = e + 1 if e + 1 < start[c + 1] else start[c]
                e0 = e - 1 if e > start[c] else start[c + 1] - 1
                s = param[p]
                ax = front[e, 0] + (back[e, 0] - front[e, 0]) * w
                ay = front[e, 1] + (back[e, 1] - front[e, 1]) * w
                bx = front[e1, 0] + (back[e1, 0] - front[e1, 0]) * w
                by = front[e1, 1] + (back[e1, 1] - front[e1, 1]) * w
                x = ax + (bx - ax) * s
                y = ay + (by - ay) * s
                fx = front[e, 0] + (front[e1, 0] - front[e, 0]) * s
                fy = front[e, 1] + (front[e1, 1] - front[e, 1]) * s
                if jag[e]:
                    dx, dy = _shift(
                        fx, fy, curve[e], knots[e], identity[e], amplitude[e], row, seed
                    )
                    x += dx
                    y += dy
                if jag[e0]:  # what the neighbouring edges' curves do to this edge's ends
                    dx, dy = _shift(
                        front[e, 0], front[e, 1], curve[e0], knots[e0], identity[e0],
                        amplitude[e0], row, seed,
                    )  # fmt: skip
                    x += dx * (1.0 - s)
                    y += dy * (1.0 - s)
                e2 = e1
                if s > 0.0 and jag[e2]:
                    dx, dy = _shift(
                        front[e1, 0], front[e1, 1], curve[e2], knots[e2], identity[e2],
                        amplitude[e2], row, seed,
                    )  # fmt: skip
                    x += dx * s
                    y += dy * s
                verts[nv, 0] = x
                verts[nv, 1] = y
                verts[nv, 2] = w * thickness[c]
                vcell[nv] = c
                nv += 1
        for side in range(2):
            mx = 0.0
            my = 0.0
            first = base + (ROWS - 1) * ring * side
            total = 0.0
            for p in range(ring):
                a = first + p
                b = first + (p + 1) % ring
                w2 = (verts[a, 0] - verts[first, 0]) * (verts[b, 1] - verts[first, 1]) - (
                    verts[b, 0] - verts[first, 0]
                ) * (verts[a, 1] - verts[first, 1])
                total += w2
                mx += w2 * (verts[a, 0] + verts[b, 0] + verts[first, 0])
                my += w2 * (verts[a, 1] + verts[b, 1] + verts[first, 1])
            if abs(total) > 1e-9:
                mx /= 3 * total
                my /= 3 * total
            else:
                mx = verts[first, 0]
                my = verts[first, 1]
            verts[nv, 0] = mx
            verts[nv, 1] = my
            verts[nv, 2] = thickness[c] * side
            vcell[nv] = c
            for p in range(ring):
                a = first + p
                b = first + (p + 1) % ring
                faces[nf, 0] = nv
                faces[nf, 1] = a if side == 0 else b
                faces[nf, 2] = b if side == 0 else a
                fcell[nf] = c
                part[nf] = -1 - side
                nf += 1
            nv += 1
        for row in range(ROWS - 1):
            for p in range(ring):
                a = base + row * ring + p
                b = base + row * ring + (p + 1) % ring
                for half in range(2):
                    if half == 0:
                        faces[nf, 0] = a
                        faces[nf, 1] = a + ring
                        faces[nf, 2] = b + ring
                    else:
                        faces[nf, 0] = a
                        faces[nf, 1] = b + ring
                        faces[nf, 2] = b
                    fcell[nf] = c
                    part[nf] = edge_of[p]
                    nf += 1
    return verts[:nv], vcell[:nv], faces[:nf], fcell[:nf], part[:nf]


def compile_kernels() -> None:
    """Compile the kernels on a tiny case."""
    q = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]])
    one = np.ones(3, np.int64)
    build_meshes(
        np.array([0, 3]), q, q, one, np.ones((3, 4)), one * 2, one, np.ones(3), np.ones(1), 0
    )

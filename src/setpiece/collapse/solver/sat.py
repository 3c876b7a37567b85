"""Two convex hulls: separating axis, then a clipped patch of up to four contact points.

Face axes by support points, edge axes by the Gauss-map test, the patch by clipping the incident
face against the reference face (D. Gregorius, "The Separating Axis Test between Convex
Polyhedra", GDC 2013).
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from setpiece.collapse.solver.patch import edge_point, face_patch

_FACE_BIAS = 0.002  # [m] how much better an edge or second-body axis must be to be taken


@njit(cache=True, nogil=True)
def axis_gap(i, j, x, rot, vert, vs, n0, n1, n2):
    """Gap between hulls i and j along the world axis n, which points from i to j [m]."""
    a0 = rot[i, 0, 0] * n0 + rot[i, 1, 0] * n1 + rot[i, 2, 0] * n2
    a1 = rot[i, 0, 1] * n0 + rot[i, 1, 1] * n1 + rot[i, 2, 1] * n2
    a2 = rot[i, 0, 2] * n0 + rot[i, 1, 2] * n1 + rot[i, 2, 2] * n2
    hi = -1e9
    for k in range(vs[i], vs[i + 1]):
        hi = max(hi, a0 * vert[k, 0] + a1 * vert[k, 1] + a2 * vert[k, 2])
    b0 = rot[j, 0, 0] * n0 + rot[j, 1, 0] * n1 + rot[j, 2, 0] * n2
    b1 = rot[j, 0, 1] * n0 + rot[j, 1, 1] * n1 + rot[j, 2, 1] * n2
    b2 = rot[j, 0, 2] * n0 + rot[j, 1, 2] * n1 + rot[j, 2, 2] * n2
    lo = 1e9
    for k in range(vs[j], vs[j + 1]):
        lo = min(lo, b0 * vert[k, 0] + b1 * vert[k, 1] + b2 * vert[k, 2])
    d = (x[j, 0] - x[i, 0]) * n0 + (x[j, 1] - x[i, 1]) * n1 + (x[j, 2] - x[i, 2]) * n2
    return d + lo - hi


@njit(cache=True, nogil=True)
def _to_world(k, rot, d0, d1, d2, vert, vs, plane, fs, wv, wn):
    m = vs[k]
    for q in range(vs[k + 1] - m):
        for a in range(3):
            wv[q, a] = (
                rot[k, a, 0] * vert[m + q, 0]
                + rot[k, a, 1] * vert[m + q, 1]
                + rot[k, a, 2] * vert[m + q, 2]
            )
        wv[q, 0] += d0
        wv[q, 1] += d1
        wv[q, 2] += d2
    m = fs[k]
    for q in range(fs[k + 1] - m):
        for a in range(3):
            wn[q, a] = (
                rot[k, a, 0] * plane[m + q, 0]
                + rot[k, a, 1] * plane[m + q, 1]
                + rot[k, a, 2] * plane[m + q, 2]
            )
        wn[q, 3] = plane[m + q, 3] + wn[q, 0] * d0 + wn[q, 1] * d1 + wn[q, 2] * d2


@njit(cache=True, nogil=True)
def hull_contact(
    i, j, x, rot, vert, vs, plane, fs, loop, ls, edge, es, margin, out, wa, wb, na, nb, c1, c2,
    axis, along, through,
):  # fmt: skip
    """Contact points of hulls i and j closer than `margin`.

    Args:
        out: (>= 64, 7) receives point [m, world], normal from i to j, separation [m].
        wa, wb, na, nb, c1, c2: scratch: (64, 3), (64, 3), (96, 4), (96, 4), (96, 3), (96, 3).
        axis: (3,) receives the axis of least overlap, also when the hulls are apart.
        along, through: scratch: (96,), (160 * 96,).

    Returns:
        Number of points (0 when apart).
    """
    d0 = x[j, 0] - x[i, 0]
    d1 = x[j, 1] - x[i, 1]
    d2 = x[j, 2] - x[i, 2]
    _to_world(i, rot, 0.0, 0.0, 0.0, vert, vs, plane, fs, wa, na)
    _to_world(j, rot, d0, d1, d2, vert, vs, plane, fs, wb, nb)
    nva = vs[i + 1] - vs[i]
    nvb = vs[j + 1] - vs[j]
    nfa = fs[i + 1] - fs[i]
    nfb = fs[j + 1] - fs[j]
    best = -1e9
    kind = 0
    face = 0
    s0 = 0.0
    s1 = 0.0
    s2 = 1.0
    for f in range(nfa):
        m = 1e9
        for k in range(nvb):
            m = min(m, na[f, 0] * wb[k, 0] + na[f, 1] * wb[k, 1] + na[f, 2] * wb[k, 2])
        m -= na[f, 3]
        if m > best:
            best = m
            face = f
            s0 = na[f, 0]
            s1 = na[f, 1]
            s2 = na[f, 2]
            if m > margin:
                axis[0] = s0
                axis[1] = s1
                axis[2] = s2
                return 0
    for f in range(nfb):
        m = 1e9
        for k in range(nva):
            m = min(m, nb[f, 0] * wa[k, 0] + nb[f, 1] * wa[k, 1] + nb[f, 2] * wa[k, 2])
        m -= nb[f, 3]
        if m > best + _FACE_BIAS or m > margin:
            best = m
            kind = 1
            face = f
            s0 = -nb[f, 0]
            s1 = -nb[f, 1]
            s2 = -nb[f, 2]
            if m > margin:
                axis[0] = s0
                axis[1] = s1
                axis[2] = s2
                return 0
    ea = -1
    eb = -1
    # Which way every edge points through every face of the other hull, once for all pairs of them.
    e0 = es[j]
    for h in range(e0, es[j + 1]):
        y = edge[h, 0]
        z = edge[h, 1]
        q0 = wb[z, 0] - wb[y, 0]
        q1 = wb[z, 1] - wb[y, 1]
        q2 = wb[z, 2] - wb[y, 2]
        row = (h - e0) * nfa
        for f in range(nfa):
            through[row + f] = na[f, 0] * q0 + na[f, 1] * q1 + na[f, 2] * q2
    for e in range(es[i], es[i + 1]):
        u = edge[e, 0]
        w = edge[e, 1]
        f = edge[e, 2]
        g = edge[e, 3]
        p0 = wa[w, 0] - wa[u, 0]
        p1 = wa[w, 1] - wa[u, 1]
        p2 = wa[w, 2] - wa[u, 2]
        for r in range(nfb):
            along[r] = nb[r, 0] * p0 + nb[r, 1] * p1 + nb[r, 2] * p2
        for h in range(e0, es[j + 1]):
            r = edge[h, 2]
            t = edge[h, 3]
            row = (h - e0) * nfa
            crosses = along[r] * along[t] < 0
            if not (crosses & (through[row + f] * through[row + g] < 0)):
                continue
            y = edge[h, 0]
            z = edge[h, 1]
            q0 = wb[z, 0] - wb[y, 0]
            q1 = wb[z, 1] - wb[y, 1]
            q2 = wb[z, 2] - wb[y, 2]
            # the arcs cross on the same half of the sphere: the mean normals agree
            n0 = p1 * q2 - p2 * q1
            n1 = p2 * q0 - p0 * q2
            n2 = p0 * q1 - p1 * q0
            l = n0 * n0 + n1 * n1 + n2 * n2
            if l < 1e-4 * (p0 * p0 + p1 * p1 + p2 * p2) * (q0 * q0 + q1 * q1 + q2 * q2):
                continue
            l = 1.0 / math.sqrt(l)
            if (
                n0 * (na[f, 0] + na[g, 0]) + n1 * (na[f, 1] + na[g, 1]) + n2 * (na[f, 2] + na[g, 2])
                < 0
            ):
                l = -l
            n0 *= l
            n1 *= l
            n2 *= l
            if (
                n0 * (nb[r, 0] + nb[t, 0]) + n1 * (nb[r, 1] + nb[t, 1]) + n2 * (nb[r, 2] + nb[t, 2])
                > 0
            ):
                continue
            m = n0 * (wb[y, 0] - wa[u, 0]) + n1 * (wb[y, 1] - wa[u, 1]) + n2 * (wb[y, 2] - wa[u, 2])
            if m > best + 2 * _FACE_BIAS or m > margin:
                best = m
                kind = 2
                ea = e
                eb = h
                s0 = n0
                s1 = n1
                s2 = n2
                if m > margin:
                    axis[0] = s0
                    axis[1] = s1
                    axis[2] = s2
                    return 0
    axis[0] = s0
    axis[1] = s1
    axis[2] = s2
    if kind == 2:
        return edge_point(edge, ea, eb, wa, wb, x[i], s0, s1, s2, best, out)
    if kind == 0:
        return face_patch(
            fs[i] + face, fs[j], nfb, wa, wb, na[face], nb, loop, ls, x[i], 1.0, margin, out, c1, c2
        )
    return face_patch(
        fs[j] + face, fs[i], nfa, wb, wa, nb[face], na, loop, ls, x[i], -1.0, margin, out, c1, c2
    )


def scratch() -> tuple:
    """The work arrays of `hull_contact`, in its order (out first)."""
    return (
        np.empty((128, 7)),
        np.empty((64, 3)),
        np.empty((64, 3)),
        np.empty((96, 4)),
        np.empty((96, 4)),
        np.empty((96, 3)),
        np.empty((96, 3)),
        np.empty(3),
        np.empty(96),
        np.empty(160 * 96),
    )

"""Two convex hulls: separating axis, then a clipped patch of up to four contact points.

Face axes by support points, edge axes by the Gauss-map test, the patch by clipping the incident
face against the reference face (D. Gregorius, "The Separating Axis Test between Convex
Polyhedra", GDC 2013). Edges far from the other hull are left out: the axis of least overlap has
the points where it touches no farther apart than the hulls overlap.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from setpiece.collapse.solver.patch import edge_point, face_patch, lean

_FACE_BIAS = 0.002  # [m] how much better an edge or second-body axis must be to be taken
BESIDE = 0.03  # [m] edges farther from the other hull are looked at only where it overlaps more
LEVEL = 0.95  # cosine above which an edge axis takes the points of the face beside it
EDGES, MANY = 1000, 256  # how two edges are noted in one number
BITS = 62  # faces that are noted as bits of a word


@njit(cache=True, nogil=True)
def _best_face(na, wb, ab, off, least, margin):
    """(face, gap) of the first of `na` that beats `least` and all others, -1 where none does.

    Stops at a gap beyond `margin`. ab: receives every corner along every normal, (faces, corners).
    off: receives the faces that each corner is beyond by more than BESIDE, as bits, (corners,).
    """
    found = -1
    nvb = wb.shape[0]
    for k in range(nvb):
        off[k] = 0
    for f in range(na.shape[0]):
        n0, n1, n2, n3 = na[f, 0], na[f, 1], na[f, 2], na[f, 3]
        m = 1e9
        for k in range(nvb):
            d = n0 * wb[k, 0] + n1 * wb[k, 1] + n2 * wb[k, 2] - n3
            ab[f, k] = d
            m = min(m, d)
        if f < BITS:
            for k in range(nvb):
                off[k] |= np.int64(ab[f, k] > BESIDE) << f
        if m > least or m > margin:
            least = m
            found = f
            if m > margin:
                break
    return found, least


@njit(cache=True, nogil=True)
def _near(edge, e0, e1, off, near):
    """Edges not wholly beyond one face of the other hull; how many."""
    c = 0
    for e in range(e0, e1):
        near[c] = e
        c += (off[edge[e, 0]] & off[edge[e, 1]]) == 0
    return c


@njit(cache=True, nogil=True)
def _best_edges(wa, wb, ab, ba, edge, ea, ca, eb, cb, best, margin, axis):
    """(edge of i, edge of j, gap) of the best axis across two edges; -1, -1 where none beats best.

    Only edges whose arcs cross on the Gauss map carry a face of the Minkowski difference. axis:
    receives the axis.
    """
    ka = -1
    kb = -1
    for s in range(ca):
        e = ea[s]
        u, w, f, g = edge[e, 0], edge[e, 1], edge[e, 2], edge[e, 3]
        p0 = wa[w, 0] - wa[u, 0]
        p1 = wa[w, 1] - wa[u, 1]
        p2 = wa[w, 2] - wa[u, 2]
        p = p0 * p0 + p1 * p1 + p2 * p2
        for t in range(cb):
            h = eb[t]
            y, z, c, d = edge[h, 0], edge[h, 1], edge[h, 2], edge[h, 3]
            ahead = ab[f, z] - ab[f, y]
            along = ba[c, w] - ba[c, u]
            # Edges run along the product of their faces' normals, so that equal signs say that
            # the arcs cross on the same half of the sphere, and which way the axis points.
            cross = (ahead * (ab[g, z] - ab[g, y]) < 0) & (along * (ba[d, w] - ba[d, u]) < 0)
            if not (cross & (ahead * along > 0)):
                continue
            q0 = wb[z, 0] - wb[y, 0]
            q1 = wb[z, 1] - wb[y, 1]
            q2 = wb[z, 2] - wb[y, 2]
            n0 = p1 * q2 - p2 * q1
            n1 = p2 * q0 - p0 * q2
            n2 = p0 * q1 - p1 * q0
            l = n0 * n0 + n1 * n1 + n2 * n2
            if l < 1e-4 * p * (q0 * q0 + q1 * q1 + q2 * q2):
                continue
            l = 1.0 / math.sqrt(l)
            if ahead < 0:
                l = -l
            n0 *= l
            n1 *= l
            n2 *= l
            m = n0 * (wb[y, 0] - wa[u, 0]) + n1 * (wb[y, 1] - wa[u, 1]) + n2 * (wb[y, 2] - wa[u, 2])
            if m > best + 2 * _FACE_BIAS or m > margin:
                best = m
                ka = e
                kb = h
                axis[0] = n0
                axis[1] = n1
                axis[2] = n2
                if m > margin:
                    return ka, kb, best
    return ka, kb, best


@njit(cache=True, nogil=True)
def _proven(out, k, ref, planes, above):
    """True where a point of the patch lies in the hull of `planes` or, if that is enough, straight
    above face `ref`.

    Where edges were left out, hulls that are apart could pass for touching ones; not so then.
    """
    for c in range(k):
        d = 0.5 * out[c, 6]  # `out` has the middle between the two surfaces
        inside = True
        for f in range(planes.shape[0]):
            n0, n1, n2 = planes[f, 0], planes[f, 1], planes[f, 2]
            m = n0 * (out[c, 0] + d * ref[0]) + n1 * (out[c, 1] + d * ref[1])
            inside &= m + n2 * (out[c, 2] + d * ref[2]) <= planes[f, 3] + 1e-9
        if inside or (above and d > 0.0):
            return True
    return False


@njit(cache=True, nogil=True)
def hull_contact(i, j, vs, fs, loop, ls, edge, es, margin, axis, out, work):
    """Contact points of hulls i and j closer than `margin`; both have been posed.

    Args:
        axis: (3,) receives the axis of least overlap, also when the hulls are apart.
        out: (>= 64, 7) receives point [m, world], normal from i to j, separation [m].
        work: `posing.scratch()`; its last but one receives the face that the points lie on,
            counted from 1 (of j: below zero), or the two edges that touch, from EDGES on; or 0.
            Its last: by how much hulls farther apart than `margin` are so along `axis` [m], or 0.

    Returns:
        Number of points (0 when apart).
    """
    corner, side, c1, c2, ab, ba, off_a, off_b, near_a, near_b, _, seat, clear = work
    seat[0] = 0
    clear[0] = 0.0
    wa = corner[vs[i] : vs[i + 1]]
    wb = corner[vs[j] : vs[j + 1]]
    na = side[fs[i] : fs[i + 1]]
    nb = side[fs[j] : fs[j + 1]]
    face, best = _best_face(na, wb, ab, off_b, -1e9, margin)
    other = -1
    if best <= margin:
        other, gap = _best_face(nb, wa, ba, off_a, best + _FACE_BIAS, margin)
        if other >= 0:
            best = gap
    for a in range(3):
        axis[a] = na[face, a] if other < 0 else -nb[other, a]
    if best > margin:
        clear[0] = best
        return 0
    ref = na[face] if other < 0 else nb[other]
    hull = na if other < 0 else nb
    proven = False
    k = -1
    if best > -2 * _FACE_BIAS:  # only an edge along which they are apart could beat that
        k = patch_on(i, j, face, other, wa, wb, na, nb, ref, fs, loop, ls, margin, out, c1, c2)
        proven = _proven(out, k, ref, hull, best > 0.0)
    if best < -BESIDE:
        off_a[:] = 0
        off_b[:] = 0
    while not proven:
        ca = _near(edge, es[i], es[i + 1], off_a, near_a)
        cb = _near(edge, es[j], es[j + 1], off_b, near_b)
        ea, eb, gap = _best_edges(wa, wb, ab, ba, edge, near_a, ca, near_b, cb, best, margin, axis)
        if ea >= 0:
            if gap > margin:
                clear[0] = gap
                return 0
            level = axis[0] * ref[0] + axis[1] * ref[1] + axis[2] * ref[2]
            if abs(level) > LEVEL and (level > 0) == (other < 0):
                if k < 0:
                    k = patch_on(
                        i, j, face, other, wa, wb, na, nb, ref, fs, loop, ls, margin, out, c1, c2
                    )
                k = lean(out, k, axis, gap, margin)
                if k > 1:
                    return k
            seat[0] = EDGES + MANY * (ea - es[i]) + eb - es[j]
            return edge_point(edge, ea, eb, wa, wb, axis, gap, out)
        if k < 0:
            k = patch_on(i, j, face, other, wa, wb, na, nb, ref, fs, loop, ls, margin, out, c1, c2)
        proven = (
            k == 0
            or (ca == es[i + 1] - es[i] and cb == es[j + 1] - es[j])
            or _proven(out, k, ref, hull, True)
        )
        off_a[:] = 0
        off_b[:] = 0
    seat[0] = face + 1 if other < 0 else -other - 1
    return k


@njit(cache=True, nogil=True)
def patch_on(i, j, face, other, wa, wb, na, nb, ref, fs, loop, ls, margin, out, c1, c2):
    """Points on reference face `face` of hull i or, where that is not negative, `other` of j."""
    if other < 0:
        return face_patch(fs[i] + face, fs[j], wa, wb, ref, 1.0, nb, loop, ls, margin, out, c1, c2)
    return face_patch(fs[j] + other, fs[i], wb, wa, ref, -1.0, na, loop, ls, margin, out, c1, c2)

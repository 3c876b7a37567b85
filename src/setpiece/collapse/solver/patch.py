"""The points where two convex hulls touch, once the axis of least overlap is known."""

from __future__ import annotations

from numba import njit

MAX_POINTS = 4


@njit(cache=True, nogil=True)
def edge_point(edge, ea, eb, wa, wb, axis, gap, out):
    """Middle of the shortest segment between two edges."""
    u = wa[edge[ea, 0]]
    y = wb[edge[eb, 0]]
    p = wa[edge[ea, 1]] - u
    q = wb[edge[eb, 1]] - y
    r = u - y
    a = p[0] * p[0] + p[1] * p[1] + p[2] * p[2]
    b = p[0] * q[0] + p[1] * q[1] + p[2] * q[2]
    c = q[0] * q[0] + q[1] * q[1] + q[2] * q[2]
    d = p[0] * r[0] + p[1] * r[1] + p[2] * r[2]
    e = q[0] * r[0] + q[1] * r[1] + q[2] * r[2]
    den = max(a * c - b * b, 1e-12)
    s = min(max((b * e - c * d) / den, 0.0), 1.0)
    t = min(max((a * e - b * d) / den, 0.0), 1.0)
    for k in range(3):
        out[0, k] = 0.5 * (u[k] + s * p[k] + y[k] + t * q[k])
        out[0, 3 + k] = axis[k]
    out[0, 6] = gap
    return 1


@njit(cache=True, nogil=True)
def face_patch(rf, cf0, wr, wc, n, sign, nc, loop, ls, margin, out, buf, other):
    """Clip the incident face of the other hull by the sides of reference face `rf`."""
    low = 1e9
    inc = 0
    for f in range(nc.shape[0]):
        d = nc[f, 0] * n[0] + nc[f, 1] * n[1] + nc[f, 2] * n[2]
        if d < low:
            low = d
            inc = f
    m0 = ls[cf0 + inc]
    cnt = ls[cf0 + inc + 1] - m0
    for k in range(cnt):
        for a in range(3):
            buf[k, a] = wc[loop[m0 + k], a]
    l0 = ls[rf]
    nr = ls[rf + 1] - l0
    src = buf
    dst = other
    for k in range(nr):
        u = loop[l0 + k]
        w = loop[l0 + (k + 1) % nr]
        e0 = wr[w, 0] - wr[u, 0]
        e1 = wr[w, 1] - wr[u, 1]
        e2 = wr[w, 2] - wr[u, 2]
        q0 = e1 * n[2] - e2 * n[1]
        q1 = e2 * n[0] - e0 * n[2]
        q2 = e0 * n[1] - e1 * n[0]
        off = q0 * wr[u, 0] + q1 * wr[u, 1] + q2 * wr[u, 2]
        out_of = 0
        for z in range(cnt):
            d = q0 * src[z, 0] + q1 * src[z, 1] + q2 * src[z, 2] - off
            src[z, 3] = d
            out_of += d > 0
        if out_of == 0:
            continue
        if out_of == cnt:
            return 0
        m = 0
        for z in range(cnt):
            y = z + 1 if z + 1 < cnt else 0
            da = src[z, 3]
            db = src[y, 3]
            if da <= 0:
                for a in range(3):
                    dst[m, a] = src[z, a]
                m += 1
            if (da < 0 and db > 0) or (da > 0 and db < 0):
                t = da / (da - db)
                for a in range(3):
                    dst[m, a] = src[z, a] + t * (src[y, a] - src[z, a])
                m += 1
        src, dst = dst, src
        cnt = m
    m = 0
    for k in range(cnt):
        d = n[0] * src[k, 0] + n[1] * src[k, 1] + n[2] * src[k, 2] - n[3]
        if d < margin and m < out.shape[0]:
            for a in range(3):
                out[m, a] = src[k, a] - n[a] * d * 0.5
                out[m, 3 + a] = sign * n[a]
            out[m, 6] = d
            m += 1
    if m > MAX_POINTS:
        _reduce(out, m)
        m = MAX_POINTS
    return m


@njit(cache=True, nogil=True)
def lean(out, k, axis, gap, margin):
    """Hand the points of a face's patch to an edge axis that hardly leans from its normal.

    One point where two plates lie on one another lets them turn into each other about it. The
    deepest point gets the edges' gap, the others theirs relative to it.
    """
    low = 1e9
    for c in range(k):
        low = min(low, out[c, 6])
    m = 0
    for c in range(k):
        d = out[c, 6] - low + gap
        if d < margin:
            for a in range(3):
                out[m, a] = out[c, a]
                out[m, 3 + a] = axis[a]
            out[m, 6] = d
            m += 1
    return m


@njit(cache=True, nogil=True)
def _swap(out, a, b):
    for k in range(7):
        t = out[a, k]
        out[a, k] = out[b, k]
        out[b, k] = t


@njit(cache=True, nogil=True)
def _reduce(out, m):
    """Keep the deepest point and those farthest from the ones kept."""
    deep = 0
    for k in range(m):
        if out[k, 6] < out[deep, 6]:
            deep = k
    _swap(out, 0, deep)
    for s in range(1, MAX_POINTS):
        far = -1.0
        pick = s
        for k in range(s, m):
            near = 1e9
            for l in range(s):
                d = (
                    (out[k, 0] - out[l, 0]) ** 2
                    + (out[k, 1] - out[l, 1]) ** 2
                    + (out[k, 2] - out[l, 2]) ** 2
                )
                near = min(near, d)
            if near > far:
                far = near
                pick = k
        _swap(out, s, pick)

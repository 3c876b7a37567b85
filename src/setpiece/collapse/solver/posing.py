"""Hulls where their pieces are: corners and planes in the world, gaps along an axis."""

from __future__ import annotations

import numpy as np
from numba import njit


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
def pose(i, x, rot, vert, vs, plane, fs, work):
    """Corners and planes of hull i in the world, unless it was posed before."""
    corner, side, posed = work[0], work[1], work[10]
    if posed[i]:
        return
    posed[i] = True
    x0, x1, x2 = x[i, 0], x[i, 1], x[i, 2]
    r00, r01, r02 = rot[i, 0, 0], rot[i, 0, 1], rot[i, 0, 2]
    r10, r11, r12 = rot[i, 1, 0], rot[i, 1, 1], rot[i, 1, 2]
    r20, r21, r22 = rot[i, 2, 0], rot[i, 2, 1], rot[i, 2, 2]
    for k in range(vs[i], vs[i + 1]):
        p0, p1, p2 = vert[k, 0], vert[k, 1], vert[k, 2]
        corner[k, 0] = x0 + r00 * p0 + r01 * p1 + r02 * p2
        corner[k, 1] = x1 + r10 * p0 + r11 * p1 + r12 * p2
        corner[k, 2] = x2 + r20 * p0 + r21 * p1 + r22 * p2
    for f in range(fs[i], fs[i + 1]):
        p0, p1, p2 = plane[f, 0], plane[f, 1], plane[f, 2]
        n0 = r00 * p0 + r01 * p1 + r02 * p2
        n1 = r10 * p0 + r11 * p1 + r12 * p2
        n2 = r20 * p0 + r21 * p1 + r22 * p2
        side[f, 0] = n0
        side[f, 1] = n1
        side[f, 2] = n2
        side[f, 3] = plane[f, 3] + n0 * x0 + n1 * x1 + n2 * x2


def scratch(corners: int, faces: int, pieces: int) -> tuple:
    """Work arrays: where hulls are posed and what `hull_contact` needs for itself."""
    return (
        np.empty((corners, 3)),
        np.empty((faces, 4)),
        np.empty((96, 4)),
        np.empty((96, 4)),
        np.empty((96, 64)),
        np.empty((96, 64)),
        np.empty(64, np.int64),
        np.empty(64, np.int64),
        np.empty(160, np.int64),
        np.empty(160, np.int64),
        np.empty(pieces, np.bool_),
        np.zeros(1, np.int64),
        np.zeros(1),
    )

"""Contacts of the tick before, for pairs that have hardly moved against one another since."""

from __future__ import annotations

import math

from numba import njit

SLIDE = 0.006  # [m] points of a pair may slide before they are found anew
CLOSE = 0.0015  # [m] the same for what they come closer or go apart
LASTS = 8  # ticks after which they are found anew, half as many where there are less than three
STILL = 8  # times as many where nothing moved by a tenth of that
SWING = 0.006  # [m] the same for what comes closer elsewhere, as one turns about the points


@njit(inline="always")
def turn_between(q, i, j, out):
    """Turn from piece i to piece j: the product of i's conjugate quaternion and j's, (4,)."""
    a0, a1, a2, a3 = -q[i, 0], -q[i, 1], -q[i, 2], q[i, 3]
    b0, b1, b2, b3 = q[j, 0], q[j, 1], q[j, 2], q[j, 3]
    out[0] = a3 * b0 + a0 * b3 + a1 * b2 - a2 * b1
    out[1] = a3 * b1 + a1 * b3 + a2 * b0 - a0 * b2
    out[2] = a3 * b2 + a2 * b3 + a0 * b1 - a1 * b0
    out[3] = a3 * b3 - a0 * b0 - a1 * b1 - a2 * b2


@njit(inline="always")
def _swing(q, i, j, before, reach):
    """How far the pieces may have come closer by turning about their points of contact [m].

    Nothing of the smaller piece is farther from such a point than twice its reach.
    """
    a0, a1, a2, a3 = -q[i, 0], -q[i, 1], -q[i, 2], q[i, 3]
    b0, b1, b2, b3 = q[j, 0], q[j, 1], q[j, 2], q[j, 3]
    c0 = a3 * b0 + a0 * b3 + a1 * b2 - a2 * b1
    c1 = a3 * b1 + a1 * b3 + a2 * b0 - a0 * b2
    c2 = a3 * b2 + a2 * b3 + a0 * b1 - a1 * b0
    c3 = a3 * b3 - a0 * b0 - a1 * b1 - a2 * b2
    # axial part of the turn since: conj(before) * now
    s0 = before[3] * c0 - before[0] * c3 - before[1] * c2 + before[2] * c1
    s1 = before[3] * c1 - before[1] * c3 - before[2] * c0 + before[0] * c2
    s2 = before[3] * c2 - before[2] * c3 - before[0] * c1 + before[1] * c0
    return 2.0 * math.sqrt(s0 * s0 + s1 * s1 + s2 * s2) * min(reach[i], reach[j])


@njit(inline="always")
def _drift(i, j, x, rot, cf, cn, c):
    """(slide, change of gap, gap) [m] of contact row c since its points were found.

    cf[c, 15] is the gap then; normals stay in the world: what turns further than they may is seen
    as slide.
    """
    e0 = x[j, 0] - x[i, 0]
    e1 = x[j, 1] - x[i, 1]
    e2 = x[j, 2] - x[i, 2]
    e0 += rot[j, 0, 0] * cf[c, 3] + rot[j, 0, 1] * cf[c, 4] + rot[j, 0, 2] * cf[c, 5]
    e1 += rot[j, 1, 0] * cf[c, 3] + rot[j, 1, 1] * cf[c, 4] + rot[j, 1, 2] * cf[c, 5]
    e2 += rot[j, 2, 0] * cf[c, 3] + rot[j, 2, 1] * cf[c, 4] + rot[j, 2, 2] * cf[c, 5]
    e0 -= rot[i, 0, 0] * cf[c, 0] + rot[i, 0, 1] * cf[c, 1] + rot[i, 0, 2] * cf[c, 2]
    e1 -= rot[i, 1, 0] * cf[c, 0] + rot[i, 1, 1] * cf[c, 1] + rot[i, 1, 2] * cf[c, 2]
    e2 -= rot[i, 2, 0] * cf[c, 0] + rot[i, 2, 1] * cf[c, 1] + rot[i, 2, 2] * cf[c, 2]
    gap = e0 * cn[c, 0] + e1 * cn[c, 1] + e2 * cn[c, 2]
    slide = max(e0 * e0 + e1 * e1 + e2 * e2 - gap * gap, 0.0)
    return math.sqrt(slide), abs(gap - cf[c, 15]), gap


@njit(cache=True, nogil=True)
def keep(p, i, j, m, stamp, x, rot, q, reach, pair, old_cf, old_cn, ci, cf, cn, damping, push,
         crowd):  # fmt: skip
    """Copy the contacts of pair p (pieces i and j) to rows m and on; returns how many, or 0.

    0 where they have to be found anew: the points moved or are old, or an overlap is still being
    let go. Points ride on their pieces, so that gaps are those of now. Arguments as in
    `contacts.find`; damping: of a contact over its stiffness [s].
    """
    first = int(pair[p, 8])
    k = int(pair[p, 9])
    if pair[p, 7] != 2.0 or pair[p, 0] != 0.0 or m + k > ci.shape[0]:
        return 0
    lasts = LASTS if k > 2 else LASTS // 2
    if pair[p, 11] >= STILL * lasts:
        return 0
    loose = 1.0 if pair[p, 11] < lasts else 0.1
    if _swing(q, i, j, pair[p, 12:16], reach) > loose * SWING:
        return 0
    low = 0.0
    for c in range(first, first + k):
        slide, change, gap = _drift(i, j, x, rot, old_cf, old_cn, c)
        if slide > loose * SLIDE or change > loose * CLOSE:
            return 0
        low = min(low, gap)
        old_cf[c, 12] = -gap
    if low < 1e-3:
        crowd[i] += 1
        crowd[j] += 1
    for c in range(first, first + k):
        ci[m, 0] = i
        ci[m, 1] = j
        ci[m, 2] = p
        for a in range(16):
            cf[m, a] = old_cf[c, a]
        along = 0.0
        for a in range(3):
            cn[m, a] = old_cn[c, a]
            along += pair[p, 1 + a] * cn[m, a]
        for a in range(3):
            cf[m, 8 + a] = pair[p, 1 + a] - along * cn[m, a]
        cf[m, 6] = cf[m, 14]
        cf[m, 7] = cf[m, 14] * damping
        cf[m, 11] = 0.0
        cf[m, 13] = push
        m += 1
    pair[p, 8] = m - k
    pair[p, 10] = stamp
    pair[p, 11] += 1.0
    return k

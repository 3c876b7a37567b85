"""Contacts of pieces with the ground: every corner that may reach it."""

from __future__ import annotations

import math
from typing import Any

from numba import njit

from setpiece.collapse.solver.effective import BETA, NEAR, PUSH, RELAX, compliance

_J: dict[str, Any] = {"cache": True, "nogil": True}
REACH = 0.02  # [m] corners this much farther than `NEAR` are still taken


@njit(**_J)
def on_ground(
    m, vert, vs, x, rot, ext, v, im, ii, awake, grounded, ground_xi, h, dt, ci, cf, cn, crowd
):
    """Add a contact for every corner near the ground to rows m and on; returns how many there are.

    Arguments as in `contacts.find`.
    """
    n = ext.shape[0]
    cap = ci.shape[0]
    damp = 0.45 * math.sqrt(BETA)  # as in `contacts.find`
    for j in range(n):
        if grounded[j] or not awake[j]:
            continue
        tall = ext[j, 0] + ext[j, 1] + ext[j, 2]
        margin = NEAR + max(-v[j, 2], 0.0) * dt + REACH
        if x[j, 2] - tall > margin:
            continue
        first = m
        deep = -1.0
        for k in range(vs[j], vs[j + 1]):
            r2 = rot[j, 2, 0] * vert[k, 0] + rot[j, 2, 1] * vert[k, 1] + rot[j, 2, 2] * vert[k, 2]
            if x[j, 2] + r2 < margin and m < cap:
                ci[m, 0] = -1
                ci[m, 1] = j
                ci[m, 2] = -1
                for a in range(3):
                    cn[m, a] = 1.0 if a == 2 else 0.0
                    cf[m, a] = 0.0
                    cf[m, 3 + a] = vert[k, a]
                    cf[m, 8 + a] = ground_xi[j, a]
                cf[m, 12] = -(x[j, 2] + r2)
                cf[m, 13] = PUSH
                deep = max(deep, cf[m, 12])
                m += 1
        if m == first:
            ground_xi[j, 0] = 0.0
            ground_xi[j, 1] = 0.0
            ground_xi[j, 2] = -1.0
        elif ground_xi[j, 2] < 0:
            ground_xi[j, 2] = deep if deep > 0.01 + max(-v[j, 2], 0.0) * dt else 0.0
        else:
            ground_xi[j, 2] = max(min(ground_xi[j, 2] - RELAX, deep), 0.0)
        share = 1.0 / max(min(m - first, 4), 1)
        for c in range(first, m):
            r0 = rot[j, 0, 0] * cf[c, 3] + rot[j, 0, 1] * cf[c, 4] + rot[j, 0, 2] * cf[c, 5]
            r1 = rot[j, 1, 0] * cf[c, 3] + rot[j, 1, 1] * cf[c, 4] + rot[j, 1, 2] * cf[c, 5]
            me = 1.0 / compliance(im, ii, rot, j, r0, r1, 0.0, 0.0, 0.0, 1.0)
            cf[c, 6] = BETA * me / (h * h) * share
            cf[c, 7] = damp * me / h * share
            cf[c, 2] = ground_xi[j, 2]
            cf[c, 10] = 0.0
            cf[c, 11] = 0.0
        if m > first:
            crowd[j] += 1
    return m

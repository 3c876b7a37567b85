"""Contacts: found at 240 Hz, their forces at every step.

Stiffness is set from the effective mass at the point so that the explicit step is stable. A pair
that is first seen overlapping (a bond just broke inside crushed material) keeps that depth as an
allowance that decays, so that it does not explode. Friction remembers: the tangential spring of a
pair survives from tick to tick, which is what lets a pile come to rest. So do its points, while
the two pieces hardly move against one another: most of a heap needs no new test.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

from setpiece.collapse.solver.broadphase import FASTEST, SHIFT
from setpiece.collapse.solver.kept import keep
from setpiece.collapse.solver.sat import axis_gap, hull_contact, pose

PASSING = 0.6  # [s] after its ghost time a crushed support may still clear an overlap
APART = 0.5  # [m] allowance beyond its overlap of a pair that clears: no spring acts
_J: dict[str, Any] = {"cache": True, "nogil": True}
BETA = 0.18  # contact stiffness = BETA * effective mass / step^2
RELAX = 0.001  # [m] of the allowance per tick; the rest is taken out of positions (`separate`)
SOFTEN = 0.006  # [m] stiffness doubles at this depth, up to three times
PUSH = 4.0  # [m/s] most that a contact adds in one step to what stops the approach
CROWD = 4  # pairs pressing on a piece before they share its stiffness
NEAR = 0.008  # [m] pieces closer than this, and what they come closer in a tick, are tested


@njit(inline="always")
def _compliance(im, ii, rot, i, r0, r1, r2, n0, n1, n2):
    c0 = r1 * n2 - r2 * n1
    c1 = r2 * n0 - r0 * n2
    c2 = r0 * n1 - r1 * n0
    d0 = rot[i, 0, 0] * c0 + rot[i, 1, 0] * c1 + rot[i, 2, 0] * c2
    d1 = rot[i, 0, 1] * c0 + rot[i, 1, 1] * c1 + rot[i, 2, 1] * c2
    d2 = rot[i, 0, 2] * c0 + rot[i, 1, 2] * c1 + rot[i, 2, 2] * c2
    return (
        im[i]
        + d0 * (d0 * ii[i, 0] + 2 * (d1 * ii[i, 3] + d2 * ii[i, 4]))
        + d1 * (d1 * ii[i, 1] + 2 * d2 * ii[i, 5])
        + d2 * d2 * ii[i, 2]
    )


@njit(**_J)
def find(
    hulls,
    x,
    rot,
    ext,
    v,
    w,
    im,
    ii,
    awake,
    ghost,
    frail,
    now,
    keys,
    pair,
    npair,
    grounded,
    ground_xi,
    h,
    dt,
    work,
    ci,
    cf,
    cn,
    old_cf,
    old_cn,
    stamp,
    turned,
    apart,
    crowd,
):
    """Contact points of all pairs and of every piece with the ground.

    Args:
        hulls: `HullPack.arrays()`. ii: inverse inertia, rows xx, yy, zz, xy, xz, yz.
        ghost: time until which a crushed piece touches only what is below it [s], (n,), and no
            column or panel (frail, (n,)).
        pair: rows of `broadphase.carry`. old_cf, old_cn: contacts of the tick before; rows
            of pairs that hardly moved since are taken from them. stamp: number of this tick; 0
            finds all anew. turned: see `broadphase.turning`. apart: (npair, 4) of a pair that was
            found apart: second centre less first then, and by how much they and what `turned` may
            have changed before it is tested again. grounded: True for pieces still bonded to the
            ground.
        ground_xi: friction displacement x, y and allowance of the ground contact, -1 while
            apart, (n, 3). work: `sat.scratch()`. crowd: (n,) scratch.
        ci: receives (i or -1, j, pair row or -1). cf: receives anchor in i (3), anchor in j (3),
            stiffness, damping, friction displacement (3), work [J], depth [m],
            speed that one step may add [m/s], stiffness before it is shared, gap when found [m].
            cn: normals.

    Returns:
        Number of contacts.
    """
    vert, vs, plane, fs, loop, ls, edge, es = hulls
    out = np.empty((128, 7))
    axis = np.empty(3)
    work[10][:] = False
    n = ext.shape[0]
    cap = ci.shape[0]
    m = 0
    damp = 0.45 * math.sqrt(BETA)
    crowd[:] = 0
    for p in range(npair):
        i = keys[p] >> SHIFT
        j = keys[p] & ((1 << SHIFT) - 1)
        dv = abs(v[i, 0] - v[j, 0]) + abs(v[i, 1] - v[j, 1]) + abs(v[i, 2] - v[j, 2])
        left = apart[p, 3] - turned[i] - turned[j] - dv * dt
        if left > 0.0:
            d0 = x[j, 0] - x[i, 0] - apart[p, 0]
            d1 = x[j, 1] - x[i, 1] - apart[p, 1]
            d2 = x[j, 2] - x[i, 2] - apart[p, 2]
            if d0 * d0 + d1 * d1 + d2 * d2 < left * left:
                continue
        if not (awake[i] or awake[j]):
            continue
        through = (now < ghost[i] and (x[j, 2] > x[i, 2] or frail[j])) or (
            now < ghost[j] and (x[i, 2] > x[j, 2] or frail[i])
        )
        margin = NEAR + min(dv, FASTEST) * dt
        ground_up = now < max(ghost[i], ghost[j]) + PASSING
        if stamp > 0 and not ground_up and pair[p, 10] == stamp - 1:
            k = keep(
                p, i, j, m, stamp, x, rot, pair, old_cf, old_cn, ci, cf, cn,
                damp * h / BETA, PUSH, crowd,
            )  # fmt: skip
            if k > 0:
                m += k
                continue
        if pair[p, 7] == 1.0:
            gap = axis_gap(i, j, x, rot, vert, vs, pair[p, 4], pair[p, 5], pair[p, 6])
            if gap > margin:
                apart[p, 3] = turned[i] + turned[j] + gap - NEAR
                for a in range(3):
                    apart[p, a] = x[j, a] - x[i, a]
                continue
        apart[p, 3] = -1.0
        pose(i, x, rot, vert, vs, plane, fs, work)
        pose(j, x, rot, vert, vs, plane, fs, work)
        k = hull_contact(i, j, vs, fs, loop, ls, edge, es, margin, axis, out, work)
        for a in range(3):
            pair[p, 4 + a] = axis[a]
        if k == 0:
            for a in range(4):
                pair[p, a] = 0.0
            pair[p, 7] = 1.0
            continue
        low = 0.0
        for c in range(k):
            low = min(low, out[c, 6])
        passing = through or (
            low < -0.01 and pair[p, 7] != 2.0 and now < max(ghost[i], ghost[j]) + PASSING
        )
        if passing:  # a crushed support clears what came down on it: moved apart, not pressed
            pair[p, 0] = APART - low
        elif pair[p, 7] == 2.0:
            pair[p, 0] = max(min(pair[p, 0] - RELAX, -low), 0.0)
        else:
            pair[p, 0] = -low if low < -0.01 - dv * dt else 0.0
        pair[p, 7] = 3.0 if passing else 2.0
        pair[p, 8] = m
        pair[p, 9] = k
        pair[p, 10] = stamp
        pair[p, 11] = 0.0
        allow = pair[p, 0]
        if low < allow * -1.0 + 1e-3:
            crowd[i] += 1
            crowd[j] += 1
        n0 = axis[0]
        n1 = axis[1]
        n2 = axis[2]
        q = pair[p, 1] * n0 + pair[p, 2] * n1 + pair[p, 3] * n2
        if m + k > cap:
            pair[p, 10] = -1.0
        for c in range(k):
            if m >= cap:
                break
            s = (out[c, 6] + allow) * 0.5
            a0 = out[c, 0] - n0 * s - x[i, 0]
            a1 = out[c, 1] - n1 * s - x[i, 1]
            a2 = out[c, 2] - n2 * s - x[i, 2]
            b0 = out[c, 0] + n0 * s - x[j, 0]
            b1 = out[c, 1] + n1 * s - x[j, 1]
            b2 = out[c, 2] + n2 * s - x[j, 2]
            ci[m, 0] = i
            ci[m, 1] = j
            ci[m, 2] = p
            for a in range(3):
                cn[m, a] = axis[a]
                cf[m, a] = rot[i, 0, a] * a0 + rot[i, 1, a] * a1 + rot[i, 2, a] * a2
                cf[m, 3 + a] = rot[j, 0, a] * b0 + rot[j, 1, a] * b1 + rot[j, 2, a] * b2
                cf[m, 8 + a] = pair[p, 1 + a] - q * axis[a]
            me = 1.0 / (
                _compliance(im, ii, rot, i, a0, a1, a2, n0, n1, n2)
                + _compliance(im, ii, rot, j, b0, b1, b2, n0, n1, n2)
            )
            cf[m, 6] = BETA * me / (h * h) / k
            cf[m, 7] = damp * me / h / k
            cf[m, 11] = 0.0
            cf[m, 12] = 0.0 if passing or ground_up else -out[c, 6]
            cf[m, 13] = PUSH
            cf[m, 14] = cf[m, 6]
            cf[m, 15] = out[c, 6] + allow
            m += 1
    for j in range(n):
        if grounded[j] or not awake[j]:
            continue
        reach = ext[j, 0] + ext[j, 1] + ext[j, 2]
        margin = NEAR + max(-v[j, 2], 0.0) * dt + 0.02
        if x[j, 2] - reach > margin:
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
            me = 1.0 / _compliance(im, ii, rot, j, r0, r1, 0.0, 0.0, 0.0, 1.0)
            cf[c, 6] = BETA * me / (h * h) * share
            cf[c, 7] = damp * me / h * share
            cf[c, 2] = ground_xi[j, 2]
            cf[c, 10] = 0.0
            cf[c, 11] = 0.0
        if m > first:
            crowd[j] += 1
    for k in range(m):  # a light piece among many shares out what its mass allows
        many = crowd[ci[k, 1]]
        if ci[k, 0] >= 0 and im[ci[k, 0]] > im[ci[k, 1]]:
            many = crowd[ci[k, 0]]
        if many > CROWD:
            cf[k, 6] *= CROWD / many
            cf[k, 7] *= CROWD / many
    return m

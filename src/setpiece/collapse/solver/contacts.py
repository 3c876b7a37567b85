"""Contacts: found at 240 Hz, their forces at every step (`pressing`).

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

from setpiece.collapse.solver.again import AGAIN, touch_again
from setpiece.collapse.solver.broadphase import FASTEST, SHIFT
from setpiece.collapse.solver.effective import BETA, NEAR, PUSH, RELAX, compliance, nearing
from setpiece.collapse.solver.kept import keep, turn_between
from setpiece.collapse.solver.on_ground import on_ground
from setpiece.collapse.solver.posing import axis_gap, pose
from setpiece.collapse.solver.sat import hull_contact

PASSING = 0.6  # [s] after its ghost time a crushed support may still clear an overlap
APART = 0.5  # [m] allowance beyond its overlap of a pair that clears: no spring acts
_J: dict[str, Any] = {"cache": True, "nogil": True}
CROWD = 4  # pairs pressing on a piece before they share its stiffness


@njit(**_J)
def find(
    hulls,
    x,
    rot,
    ext,
    q,
    reach,
    v,
    w,
    im,
    ii,
    awake,
    ghost,
    frail,
    now,
    keys,
    slot,
    until,
    npair,
    pair,
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
    gone,
    may,
    apart,
    crowd,
):
    """Contact points of all pairs and of every piece with the ground.

    Args:
        hulls: `HullPack.arrays()`. ii: inverse inertia, rows xx, yy, zz, xy, xz, yz.
        ghost: time until which a crushed piece touches only what is below it [s], (n,), and no
            column or panel (frail, (n,)).
        keys, slot, until, pair: of `broadphase.carry`. until: a pair is passed over while both
            `may` not go farther than that together [m]; -1 where it is looked at. old_cf, old_cn:
            contacts of the tick before; rows of pairs that hardly moved since are taken from them.
            stamp: number of this tick; 0 finds all anew. turned, gone, may: see
            `broadphase.turning`. apart: rows (4) of a pair that was found apart: second centre less
            first then, and by how much they may have come closer along the pair's axis, and by what
            `turned`, before it is tested again.
            grounded: True for pieces still bonded to the ground.
        ground_xi: friction displacement x, y and allowance of the ground contact, -1 while
            apart, (n, 3). work: `posing.scratch()`. crowd: (n,) scratch.
        ci: receives (i or -1, j, row of `pair` or -1). cf: receives anchor in i (3), anchor in j
            (3), stiffness, damping, friction displacement (3), work [J], depth [m],
            speed that one step may add [m/s], stiffness before it is shared, gap when found [m].
            cn: normals.

    Returns:
        Number of contacts.
    """
    vert, vs, plane, fs, loop, ls, edge, es = hulls
    out = np.empty((128, 7))
    axis = np.empty(3)
    work[10][:] = False
    cap = ci.shape[0]
    m = 0
    damp = 0.45 * math.sqrt(BETA)
    crowd[:] = 0
    for z in range(npair):
        i = np.uint64(keys[z] >> SHIFT)  # unsigned: no look whether it counts from the end
        j = np.uint64(keys[z] & ((1 << SHIFT) - 1))
        if until[z] > may[i] + may[j]:
            continue
        i = keys[z] >> SHIFT
        j = keys[z] & ((1 << SHIFT) - 1)
        p = slot[z]
        n0 = pair[p, 4]
        n1 = pair[p, 5]
        n2 = pair[p, 6]
        ahead, dv = nearing(i, j, x, v, w, reach, n0, n1, n2)
        if apart[p, 3] > 0.0:
            d0 = x[j, 0] - x[i, 0] - apart[p, 0]
            d1 = x[j, 1] - x[i, 1] - apart[p, 1]
            d2 = x[j, 2] - x[i, 2] - apart[p, 2]
            left = apart[p, 3] + d0 * n0 + d1 * n1 + d2 * n2 - turned[i] - turned[j]
            if left > ahead * dt:
                until[z] = gone[i] + gone[j] + left
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
                p, i, j, m, stamp, x, rot, q, reach, pair, old_cf, old_cn, ci, cf, cn,
                damp * h / BETA, PUSH, crowd,
            )  # fmt: skip
            if k > 0:
                m += k
                continue
        if pair[p, 7] == 1.0 or (pair[p, 7] == 2.0 and pair[p, 0] == 0.0):
            gap = axis_gap(i, j, x, rot, vert, vs, n0, n1, n2)
            if gap > NEAR + ahead * dt:
                pair[p, 7] = 1.0
                apart[p, 3] = turned[i] + turned[j] + gap - NEAR
                until[z] = gone[i] + gone[j] + gap - NEAR
                for a in range(3):
                    pair[p, 1 + a] = 0.0
                    apart[p, a] = x[j, a] - x[i, a]
                continue
        apart[p, 3] = -1.0
        until[z] = -1.0
        pose(i, x, rot, vert, vs, plane, fs, work)
        pose(j, x, rot, vert, vs, plane, fs, work)
        k = 0
        known = stamp > 0 and pair[p, 7] == 2.0 and pair[p, 0] == 0.0 and not ground_up
        if known and pair[p, 16] != 0.0 and pair[p, 17] < AGAIN:
            for a in range(3):
                axis[a] = pair[p, 4 + a]
            seat = int(pair[p, 16])
            k = touch_again(i, j, seat, vs, fs, loop, ls, edge, es, margin, axis, out, work)
            pair[p, 17] += 1.0
        if k == 0:
            k = hull_contact(i, j, vs, fs, loop, ls, edge, es, margin, axis, out, work)
            pair[p, 16] = work[11][0]
            pair[p, 17] = 0.0
        for a in range(3):
            pair[p, 4 + a] = axis[a]
        if k == 0:
            for a in range(4):
                pair[p, a] = 0.0
            pair[p, 7] = 1.0
            if work[12][0] > NEAR:
                apart[p, 3] = turned[i] + turned[j] + work[12][0] - NEAR
                until[z] = gone[i] + gone[j] + work[12][0] - NEAR
                for a in range(3):
                    apart[p, a] = x[j, a] - x[i, a]
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
            sudden = dv * dt if pair[p, 7] == 1.0 else 0.0
            pair[p, 0] = -low if low < -0.01 - sudden else 0.0
        pair[p, 7] = 3.0 if passing else 2.0
        pair[p, 8] = m
        pair[p, 9] = k
        pair[p, 10] = stamp
        pair[p, 11] = 0.0
        turn_between(q, i, j, pair[p, 12:16])
        allow = pair[p, 0]
        if low < allow * -1.0 + 1e-3:
            crowd[i] += 1
            crowd[j] += 1
        n0 = axis[0]
        n1 = axis[1]
        n2 = axis[2]
        along = pair[p, 1] * n0 + pair[p, 2] * n1 + pair[p, 3] * n2
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
                cf[m, 8 + a] = pair[p, 1 + a] - along * axis[a]
            me = 1.0 / (
                compliance(im, ii, rot, i, a0, a1, a2, n0, n1, n2)
                + compliance(im, ii, rot, j, b0, b1, b2, n0, n1, n2)
            )
            cf[m, 6] = BETA * me / (h * h) / k
            cf[m, 7] = damp * me / h / k
            cf[m, 11] = 0.0
            cf[m, 12] = 0.0 if passing or ground_up else -out[c, 6]
            cf[m, 13] = PUSH
            cf[m, 14] = cf[m, 6]
            cf[m, 15] = out[c, 6] + allow
            m += 1
    m = on_ground(
        m, vert, vs, x, rot, ext, v, im, ii, awake, grounded, ground_xi, h, dt, ci, cf, cn, crowd
    )
    for k in range(m):  # a light piece among many shares out what its mass allows
        many = crowd[ci[k, 1]]
        if ci[k, 0] >= 0 and im[ci[k, 0]] > im[ci[k, 1]]:
            many = crowd[ci[k, 0]]
        if many > CROWD:
            cf[k, 6] *= CROWD / many
            cf[k, 7] *= CROWD / many
    return m

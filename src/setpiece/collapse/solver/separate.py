"""Overlaps are taken out of positions, not turned into speed.

A pair that is found overlapping (a bond broke inside crushed material, a support has been passed
through) must come apart without energy: a spring would throw it. After each tick the positions of
such a pair are moved apart a little, shared by what each piece weighs at the point of contact
(split impulses: E. Catto, "Modeling and solving constraints", GDC 2009). Velocities gain nothing
from it. They lose what the move held back: a piece that is carried up while it sinks would
otherwise gather, tick by tick, the speed of a fall that it does not make, and be shot out with it.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

from setpiece.collapse.solver.contacts import PASSING
from setpiece.collapse.solver.effective import compliance

_J: dict[str, Any] = {"cache": True, "nogil": True}
SLOP = 0.004  # [m] overlap that springs may keep
SHARE = 0.4  # of the rest is taken out per tick
QUICKEST = 0.005  # [m] and at most this much per pass
YIELD = 30.0  # crushed supports give way this much more than their mass says
BELOW = 0.2  # and the lower one of two that lie on one another this much less
RUSHED, RUSH = 0.015, 0.25  # [m] deeper than this, and this share of the rest a pass besides
PASSES = 8  # over all contacts per tick
CLEARING = 0.007  # [m] the same for pairs that were found inside one another
TURN = 0.01  # [rad] most a piece is turned at one contact per tick
DEEP = 0.01  # [m] no corner is deeper under the ground than this after a tick


@njit(inline="always")
def _shift(i, sign, d, im, ii, x, q, rot, r0, r1, r2, n0, n1, n2):
    x[i, 0] += sign * d * im[i] * n0
    x[i, 1] += sign * d * im[i] * n1
    x[i, 2] += sign * d * im[i] * n2
    c0 = r1 * n2 - r2 * n1
    c1 = r2 * n0 - r0 * n2
    c2 = r0 * n1 - r1 * n0
    e0 = rot[i, 0, 0] * c0 + rot[i, 1, 0] * c1 + rot[i, 2, 0] * c2
    e1 = rot[i, 0, 1] * c0 + rot[i, 1, 1] * c1 + rot[i, 2, 1] * c2
    e2 = rot[i, 0, 2] * c0 + rot[i, 1, 2] * c1 + rot[i, 2, 2] * c2
    g0 = ii[i, 0] * e0 + ii[i, 3] * e1 + ii[i, 4] * e2
    g1 = ii[i, 3] * e0 + ii[i, 1] * e1 + ii[i, 5] * e2
    g2 = ii[i, 4] * e0 + ii[i, 5] * e1 + ii[i, 2] * e2
    l = abs(d) * math.sqrt(g0 * g0 + g1 * g1 + g2 * g2)
    s = 0.5 * sign * d * min(1.0, TURN / max(l, 1e-12))
    t0 = s * (rot[i, 0, 0] * g0 + rot[i, 0, 1] * g1 + rot[i, 0, 2] * g2)
    t1 = s * (rot[i, 1, 0] * g0 + rot[i, 1, 1] * g1 + rot[i, 1, 2] * g2)
    t2 = s * (rot[i, 2, 0] * g0 + rot[i, 2, 1] * g1 + rot[i, 2, 2] * g2)
    x0 = q[i, 0]
    y0 = q[i, 1]
    z0 = q[i, 2]
    s0 = q[i, 3]
    q[i, 0] = x0 + t0 * s0 + t1 * z0 - t2 * y0
    q[i, 1] = y0 + t1 * s0 + t2 * x0 - t0 * z0
    q[i, 2] = z0 + t2 * s0 + t0 * y0 - t1 * x0
    q[i, 3] = s0 - t0 * x0 - t1 * y0 - t2 * z0
    l = 1.0 / math.sqrt(q[i, 0] ** 2 + q[i, 1] ** 2 + q[i, 2] ** 2 + q[i, 3] ** 2)
    for a in range(4):
        q[i, a] *= l
    _turned(i, q, rot)


@njit(inline="always")
def _turned(i, q, rot):
    x = q[i, 0]
    y = q[i, 1]
    z = q[i, 2]
    s = q[i, 3]
    rot[i, 0, 0] = 1 - 2 * (y * y + z * z)
    rot[i, 0, 1] = 2 * (x * y - z * s)
    rot[i, 0, 2] = 2 * (x * z + y * s)
    rot[i, 1, 0] = 2 * (x * y + z * s)
    rot[i, 1, 1] = 1 - 2 * (x * x + z * z)
    rot[i, 1, 2] = 2 * (y * z - x * s)
    rot[i, 2, 0] = 2 * (x * z - y * s)
    rot[i, 2, 1] = 2 * (y * z + x * s)
    rot[i, 2, 2] = 1 - 2 * (x * x + y * y)


@njit(**_J)
def separate(x, q, rot, v, im, ii, awake, ghost, now, ci, cf, cn, m, pair, dt):
    """Move overlapping pairs apart by a part of their overlap; velocities only lose by it.

    Crushed supports (ghost, (n,): until when [s]) give way, what carries others does not
    (E. Guendelman et al. 2003, "Nonconvex rigid bodies with stacking": shock propagation).
    """
    before = x.copy()
    rows = np.empty(m, np.int64)
    deep = 0
    for k in range(m):  # found close to one another, or inside: the rest cannot have met
        if ci[k, 0] >= 0 and cf[k, 12] > -0.02:
            rows[deep] = k
            deep += 1
    # A row that was clear stays so until one of its pieces is moved again.
    clock = 0
    clear = np.full(deep, -1, np.int64)
    moved = np.zeros(x.shape[0], np.int64)
    for _ in range(PASSES):
        for r in range(deep):
            k = rows[r]
            i = ci[k, 0]
            j = ci[k, 1]
            if clear[r] >= moved[i] and clear[r] >= moved[j]:
                continue
            n0 = cn[k, 0]
            n1 = cn[k, 1]
            n2 = cn[k, 2]
            a0 = rot[i, 0, 0] * cf[k, 0] + rot[i, 0, 1] * cf[k, 1] + rot[i, 0, 2] * cf[k, 2]
            a1 = rot[i, 1, 0] * cf[k, 0] + rot[i, 1, 1] * cf[k, 1] + rot[i, 1, 2] * cf[k, 2]
            a2 = rot[i, 2, 0] * cf[k, 0] + rot[i, 2, 1] * cf[k, 1] + rot[i, 2, 2] * cf[k, 2]
            b0 = rot[j, 0, 0] * cf[k, 3] + rot[j, 0, 1] * cf[k, 4] + rot[j, 0, 2] * cf[k, 5]
            b1 = rot[j, 1, 0] * cf[k, 3] + rot[j, 1, 1] * cf[k, 4] + rot[j, 1, 2] * cf[k, 5]
            b2 = rot[j, 2, 0] * cf[k, 3] + rot[j, 2, 1] * cf[k, 4] + rot[j, 2, 2] * cf[k, 5]
            gap = (
                (x[j, 0] + b0 - x[i, 0] - a0) * n0
                + (x[j, 1] + b1 - x[i, 1] - a1) * n1
                + (x[j, 2] + b2 - x[i, 2] - a2) * n2
                - pair[ci[k, 2], 0]
            )
            if gap > -SLOP:
                clear[r] = clock
                continue
            fi = 1.0 if awake[i] else 0.0
            fj = 1.0 if awake[j] else 0.0
            crushed = now < max(ghost[i], ghost[j]) + PASSING
            if crushed:
                fi *= YIELD if now < ghost[i] + PASSING else 1.0
                fj *= YIELD if now < ghost[j] + PASSING else 1.0
            elif n2 > 0.5:  # j lies on i: rather lift j than press i into what is below it
                fi *= BELOW
            elif n2 < -0.5:
                fj *= BELOW
            ca = fi * compliance(im, ii, rot, i, a0, a1, a2, n0, n1, n2)
            cb = fj * compliance(im, ii, rot, j, b0, b1, b2, n0, n1, n2)
            if ca + cb <= 0.0:
                continue
            loose = crushed or pair[ci[k, 2], 0] > 0.0
            quick = CLEARING if loose else QUICKEST + RUSH * max(-gap - RUSHED, 0.0)
            d = min(SHARE * (-gap - SLOP), quick) / (ca + cb)
            clock += 1
            if awake[i]:
                moved[i] = clock
                _shift(i, -1.0, fi * d, im, ii, x, q, rot, a0, a1, a2, n0, n1, n2)
            if awake[j]:
                moved[j] = clock
                _shift(j, 1.0, fj * d, im, ii, x, q, rot, b0, b1, b2, n0, n1, n2)
    _hold_back(before, x, v, dt)


@njit(inline="always")
def _hold_back(before, x, v, dt):
    """A piece that was moved against its way has not gone that way: take it from its velocity."""
    for i in range(x.shape[0]):
        d0 = x[i, 0] - before[i, 0]
        d1 = x[i, 1] - before[i, 1]
        d2 = x[i, 2] - before[i, 2]
        far = math.sqrt(d0 * d0 + d1 * d1 + d2 * d2)
        if far < 1e-9:
            continue
        against = -(v[i, 0] * d0 + v[i, 1] * d1 + v[i, 2] * d2) / far
        if against > 0.0:
            against = min(against, far / dt) / far
            v[i, 0] += against * d0
            v[i, 1] += against * d1
            v[i, 2] += against * d2


@njit(**_J)
def keep_above(n, x, rot, v, ext, vert, vs, awake):
    """No piece is left under the ground: lift it to where `DEEP` of it is, and stop its sinking.

    Contacts do the work at ordinary speeds; this is what makes it certain at any.
    """
    for j in range(n):
        if not awake[j] or x[j, 2] > ext[j, 0] + ext[j, 1] + ext[j, 2]:
            continue
        low = 1e9
        for k in range(vs[j], vs[j + 1]):
            low = min(
                low,
                rot[j, 2, 0] * vert[k, 0] + rot[j, 2, 1] * vert[k, 1] + rot[j, 2, 2] * vert[k, 2],
            )
        low += x[j, 2]
        if low < -DEEP:
            x[j, 2] -= low + DEEP
            v[j, 2] = max(v[j, 2], 0.0)

"""Bonds as short beams with plastic limits, ductility and residual strength.

Each bond carries a normal force, two shears, two bending moments and torsion. Beyond its capacity
it flows (return mapping per component group); the flow, divided by the flow each mode can take, is
the ductility counter. Past 1 the strength fades to a residual (reinforcement holding on), past
`limit[:, 4]` the bond parts. Compression adds to shear (friction) and, in columns, to bending.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

_J: dict[str, Any] = {"cache": True, "nogil": True}

# columns of `limit`
ROTATION, SLIP, STRETCH, CRUSH, RUPTURE, FADE, LOSS = range(7)
# columns of `state`: plastic flow of six components, then sums of rotation, slip, stretch, crush
SUMS = 6
AIMED = 22  # what is known of a bond that is aimed: see `aim`


@njit(**_J)
def aim(active, na, x, rot, w, bi, bj, la, lb, frame, alive, ahead, aimed):
    """Where active bonds are, how they point and how far they are strained.

    Args:
        active: indices of bonds to look at (first na).
        la, lb: anchors in the axes of i and j. frame: normal (3), tangent (3) in the axes of i.
        ahead: [s] arms and axes are those of so much later, so that they may serve twice as long.
        aimed: (na, AIMED) receives arms from i and j to the bond's middle (3, 3) [m], normal (3),
            tangents (3, 3), the strain along them (6) [m], [rad], and how much a turn adds to its
            angles, which are sines (1).
    """
    for q in range(na):
        k = np.uint64(active[q])  # unsigned: no look whether it counts from the end
        if not alive[k]:
            continue
        i = np.uint64(bi[k])
        j = np.uint64(bj[k])
        p0 = la[k, 0]
        p1 = la[k, 1]
        p2 = la[k, 2]
        a0 = rot[i, 0, 0] * p0 + rot[i, 0, 1] * p1 + rot[i, 0, 2] * p2
        a1 = rot[i, 1, 0] * p0 + rot[i, 1, 1] * p1 + rot[i, 1, 2] * p2
        a2 = rot[i, 2, 0] * p0 + rot[i, 2, 1] * p1 + rot[i, 2, 2] * p2
        p0 = lb[k, 0]
        p1 = lb[k, 1]
        p2 = lb[k, 2]
        b0 = rot[j, 0, 0] * p0 + rot[j, 0, 1] * p1 + rot[j, 0, 2] * p2
        b1 = rot[j, 1, 0] * p0 + rot[j, 1, 1] * p1 + rot[j, 1, 2] * p2
        b2 = rot[j, 2, 0] * p0 + rot[j, 2, 1] * p1 + rot[j, 2, 2] * p2
        d0 = x[j, 0] - x[i, 0] + b0 - a0
        d1 = x[j, 1] - x[i, 1] + b1 - a1
        d2 = x[j, 2] - x[i, 2] + b2 - a2
        a0 += 0.5 * d0
        a1 += 0.5 * d1
        a2 += 0.5 * d2
        b0 -= 0.5 * d0
        b1 -= 0.5 * d1
        b2 -= 0.5 * d2
        # relative rotation: axial vector of R_j R_i^T
        e0 = 0.0
        e1 = 0.0
        e2 = 0.0
        for c in range(3):
            e0 += rot[j, 2, c] * rot[i, 1, c] - rot[j, 1, c] * rot[i, 2, c]
            e1 += rot[j, 0, c] * rot[i, 2, c] - rot[j, 2, c] * rot[i, 0, c]
            e2 += rot[j, 1, c] * rot[i, 0, c] - rot[j, 0, c] * rot[i, 1, c]
        e0 *= 0.5
        e1 *= 0.5
        e2 *= 0.5
        p0 = frame[k, 0]
        p1 = frame[k, 1]
        p2 = frame[k, 2]
        n0 = rot[i, 0, 0] * p0 + rot[i, 0, 1] * p1 + rot[i, 0, 2] * p2
        n1 = rot[i, 1, 0] * p0 + rot[i, 1, 1] * p1 + rot[i, 1, 2] * p2
        n2 = rot[i, 2, 0] * p0 + rot[i, 2, 1] * p1 + rot[i, 2, 2] * p2
        p0 = frame[k, 3]
        p1 = frame[k, 4]
        p2 = frame[k, 5]
        s0 = rot[i, 0, 0] * p0 + rot[i, 0, 1] * p1 + rot[i, 0, 2] * p2
        s1 = rot[i, 1, 0] * p0 + rot[i, 1, 1] * p1 + rot[i, 1, 2] * p2
        s2 = rot[i, 2, 0] * p0 + rot[i, 2, 1] * p1 + rot[i, 2, 2] * p2
        t0 = n1 * s2 - n2 * s1
        t1 = n2 * s0 - n0 * s2
        t2 = n0 * s1 - n1 * s0
        aimed[q, 15] = d0 * n0 + d1 * n1 + d2 * n2
        aimed[q, 16] = d0 * s0 + d1 * s1 + d2 * s2
        aimed[q, 17] = d0 * t0 + d1 * t1 + d2 * t2
        aimed[q, 18] = e0 * s0 + e1 * s1 + e2 * s2
        aimed[q, 19] = e0 * t0 + e1 * t1 + e2 * t2
        aimed[q, 20] = e0 * n0 + e1 * n1 + e2 * n2
        aimed[q, 21] = math.sqrt(max(1.0 - e0 * e0 - e1 * e1 - e2 * e2, 0.0))
        p0 = ahead * w[i, 0]
        p1 = ahead * w[i, 1]
        p2 = ahead * w[i, 2]
        aimed[q, 0] = a0 + p1 * a2 - p2 * a1
        aimed[q, 1] = a1 + p2 * a0 - p0 * a2
        aimed[q, 2] = a2 + p0 * a1 - p1 * a0
        aimed[q, 6] = n0 + p1 * n2 - p2 * n1
        aimed[q, 7] = n1 + p2 * n0 - p0 * n2
        aimed[q, 8] = n2 + p0 * n1 - p1 * n0
        aimed[q, 9] = s0 + p1 * s2 - p2 * s1
        aimed[q, 10] = s1 + p2 * s0 - p0 * s2
        aimed[q, 11] = s2 + p0 * s1 - p1 * s0
        aimed[q, 12] = t0 + p1 * t2 - p2 * t1
        aimed[q, 13] = t1 + p2 * t0 - p0 * t2
        aimed[q, 14] = t2 + p0 * t1 - p1 * t0
        p0 = ahead * w[j, 0]
        p1 = ahead * w[j, 1]
        p2 = ahead * w[j, 2]
        aimed[q, 3] = b0 + p1 * b2 - p2 * b1
        aimed[q, 4] = b1 + p2 * b0 - p0 * b2
        aimed[q, 5] = b2 + p0 * b1 - p1 * b0


@njit(**_J)
def forces(
    active,
    na,
    speed,
    bi,
    bj,
    aimed,
    dt,
    stiff,
    cap,
    lim,
    depth,
    mu,
    confine,
    alive,
    scale,
    weak,
    state,
    damage,
    damp,
    load,
    broke,
):
    """Add the forces of active bonds; part those whose ductility is spent.

    Args:
        active: indices of bonds to look at (first na). aimed: of `aim`; strains are brought on by
            dt [s], the time since they were.
        speed: velocity (3) and turning (3) of each piece. load: force (3) and torque (3) likewise.
        scale: elastic share left while a bond is let go (1 = all). weak: share of capacity left.
        broke: set True where parted.

    Returns:
        Number of bonds parted.
    """
    parted = 0
    for q in range(na):
        k = np.uint64(active[q])
        if not alive[k]:
            continue
        i = np.uint64(bi[k])
        j = np.uint64(bj[k])
        a0 = aimed[q, 0]
        a1 = aimed[q, 1]
        a2 = aimed[q, 2]
        b0 = aimed[q, 3]
        b1 = aimed[q, 4]
        b2 = aimed[q, 5]
        n0 = aimed[q, 6]
        n1 = aimed[q, 7]
        n2 = aimed[q, 8]
        s0 = aimed[q, 9]
        s1 = aimed[q, 10]
        s2 = aimed[q, 11]
        t0 = aimed[q, 12]
        t1 = aimed[q, 13]
        t2 = aimed[q, 14]
        o0 = speed[j, 3]
        o1 = speed[j, 4]
        o2 = speed[j, 5]
        c0 = speed[j, 0] + o1 * b2 - o2 * b1
        c1 = speed[j, 1] + o2 * b0 - o0 * b2
        c2 = speed[j, 2] + o0 * b1 - o1 * b0
        p0 = speed[i, 3]
        p1 = speed[i, 4]
        p2 = speed[i, 5]
        c0 -= speed[i, 0] + p1 * a2 - p2 * a1
        c1 -= speed[i, 1] + p2 * a0 - p0 * a2
        c2 -= speed[i, 2] + p0 * a1 - p1 * a0
        o0 -= p0
        o1 -= p1
        o2 -= p2
        r0 = c0 * n0 + c1 * n1 + c2 * n2
        r1 = c0 * s0 + c1 * s1 + c2 * s2
        r2 = c0 * t0 + c1 * t1 + c2 * t2
        r3 = o0 * s0 + o1 * s1 + o2 * s2
        r4 = o0 * t0 + o1 * t1 + o2 * t2
        r5 = o0 * n0 + o1 * n1 + o2 * n2
        bend = dt * aimed[q, 21]
        e0 = aimed[q, 15] + dt * r0
        e1 = aimed[q, 16] + dt * r1
        e2 = aimed[q, 17] + dt * r2
        e3 = aimed[q, 18] + bend * r3
        e4 = aimed[q, 19] + bend * r4
        e5 = aimed[q, 20] + bend * r5
        aimed[q, 15] = e0
        aimed[q, 16] = e1
        aimed[q, 17] = e2
        aimed[q, 18] = e3
        aimed[q, 19] = e4
        aimed[q, 20] = e5
        sc = scale[k]
        dm = damage[k]
        left = (1.0 - dm) * weak[k]
        crush = cap[k, 1] * (1.0 - 0.85 * dm) * weak[k]
        flows = False
        fn = stiff[k, 0] * (e0 - state[k, 0])
        if fn > cap[k, 0] * left:
            g = (fn - cap[k, 0] * left) / stiff[k, 0]
            state[k, 0] += g
            state[k, 8] += g
            fn = cap[k, 0] * left
            flows = True
        elif fn < -crush:
            g = (fn + crush) / stiff[k, 0]
            state[k, 0] += g
            state[k, 9] -= g
            fn = -crush
            flows = True
        comp = max(-fn, 0.0)
        top = cap[k, 2] * left + mu[k] * comp
        f1 = stiff[k, 1] * (e1 - state[k, 1])
        f2 = stiff[k, 2] * (e2 - state[k, 2])
        l = f1 * f1 + f2 * f2
        if l > top * top:
            l = math.sqrt(l)
            g = 1.0 - top / l
            g1 = g * f1 / stiff[k, 1]
            g2 = g * f2 / stiff[k, 2]
            state[k, 1] += g1
            state[k, 2] += g2
            state[k, 7] += math.sqrt(g1 * g1 + g2 * g2)
            f1 *= top / l
            f2 *= top / l
            flows = True
        q1 = cap[k, 3]
        q2 = cap[k, 4]
        if confine[k] > 0.0:
            add = confine[k] * 0.5 * comp * max(1.0 - comp / (cap[k, 1] + 1.0), 0.0)
            q1 += add * depth[k, 0]
            q2 += add * depth[k, 1]
        q1 = q1 * left + 1.0
        q2 = q2 * left + 1.0
        m1 = stiff[k, 3] * (e3 - state[k, 3])
        m2 = stiff[k, 4] * (e4 - state[k, 4])
        l = (m1 * q2) ** 2 + (m2 * q1) ** 2
        if l > (q1 * q2) ** 2:
            l = math.sqrt(l) / (q1 * q2)
            g = 1.0 - 1.0 / l
            g1 = g * m1 / stiff[k, 3]
            g2 = g * m2 / stiff[k, 4]
            state[k, 3] += g1
            state[k, 4] += g2
            state[k, 6] += math.sqrt(g1 * g1 + g2 * g2)
            m1 /= l
            m2 /= l
            flows = True
        mt = stiff[k, 5] * (e5 - state[k, 5])
        top = cap[k, 5] * left + 1.0
        if abs(mt) > top:
            g = mt * (1.0 - top / abs(mt)) / stiff[k, 5]
            state[k, 5] += g
            state[k, 6] += abs(g)
            mt *= top / abs(mt)
            flows = True
        if flows:
            m = (
                state[k, 6] / lim[k, 0]
                + state[k, 7] / lim[k, 1]
                + state[k, 8] / lim[k, 2]
                + state[k, 9] / lim[k, 3]
            )
            if m > 1.0:
                g = min((m - 1.0) / (lim[k, 5] - 1.0), lim[k, 6])
                if g > dm:
                    damage[k] = g
                if m >= lim[k, 4]:
                    alive[k] = False
                    broke[k] = True
                    parted += 1
                    continue
        r = damp * (1.0 - dm)
        fn += r * stiff[k, 0] * r0
        f1 += r * stiff[k, 1] * r1
        f2 += r * stiff[k, 2] * r2
        m1 += r * stiff[k, 3] * r3
        m2 += r * stiff[k, 4] * r4
        mt += r * stiff[k, 5] * r5
        p0 = sc * (fn * n0 + f1 * s0 + f2 * t0)
        p1 = sc * (fn * n1 + f1 * s1 + f2 * t1)
        p2 = sc * (fn * n2 + f1 * s2 + f2 * t2)
        u0 = sc * (mt * n0 + m1 * s0 + m2 * t0)
        u1 = sc * (mt * n1 + m1 * s1 + m2 * t1)
        u2 = sc * (mt * n2 + m1 * s2 + m2 * t2)
        load[i, 0] += p0
        load[i, 1] += p1
        load[i, 2] += p2
        load[j, 0] -= p0
        load[j, 1] -= p1
        load[j, 2] -= p2
        load[i, 3] += a1 * p2 - a2 * p1 + u0
        load[i, 4] += a2 * p0 - a0 * p2 + u1
        load[i, 5] += a0 * p1 - a1 * p0 + u2
        load[j, 3] -= b1 * p2 - b2 * p1 + u0
        load[j, 4] -= b2 * p0 - b0 * p2 + u1
        load[j, 5] -= b0 * p1 - b1 * p0 + u2
    return parted


@njit(**_J)
def unfolded(alive, state, lim, most):
    """Bonds that hold and have spent less than the share `most` of their ductility, (M,) bool."""
    out = np.zeros(alive.shape[0], np.bool_)
    for k in range(alive.shape[0]):
        if alive[k]:
            spent = 0.0
            for a in range(CRUSH + 1):
                spent += state[k, SUMS + a] / lim[k, a]
            out[k] = spent < most
    return out


@njit(**_J)
def crushing(index, n, x, speed, im, bi, bj, resist, travel, load, h):
    """What a crushed support still resists: a plastic force against the ends coming together.

    A column that has buckled, or a wall course ground to rubble, keeps pushing back with a part of
    the load it carried. The force acts upwards on the upper piece and down on the lower one, at
    most `resist` [N], only while they approach, until `travel` [m] is used up.
    """
    for q in range(n):
        k = index[q]
        if travel[k] <= 0.0:
            continue
        i = bi[k]
        j = bj[k]
        if x[i, 2] > x[j, 2]:
            i, j = j, i
        rate = speed[i, 2] - speed[j, 2]  # positive while the upper piece j comes down on i
        if rate <= 0.0:
            continue
        travel[k] -= rate * h
        soft = max(0.25, 2.0 * resist[k] * h * max(im[i], im[j]))  # a light piece must not ring
        f = resist[k] * min(rate / soft, 1.0) * min(travel[k] / 0.3 + 0.2, 1.0)
        load[j, 2] += f
        load[i, 2] -= f


def strains(x, rot, bi, bj, la, lb, frame):
    """Deformation of every bond as `forces` sees it [m], [rad], (M, 6), its flow included."""
    ri, rj = rot[bi], rot[bj]
    n = np.einsum("kij,kj->ki", ri, frame[:, :3])
    s = np.einsum("kij,kj->ki", ri, frame[:, 3:])
    t = np.cross(n, s)
    d = x[bj] - x[bi]
    d += np.einsum("kij,kj->ki", rj, lb) - np.einsum("kij,kj->ki", ri, la)
    turn = rj @ np.swapaxes(ri, 1, 2)
    e = 0.5 * np.stack(
        [
            turn[:, 2, 1] - turn[:, 1, 2],
            turn[:, 0, 2] - turn[:, 2, 0],
            turn[:, 1, 0] - turn[:, 0, 1],
        ],
        1,
    )
    along = [(d, n), (d, s), (d, t), (e, s), (e, t), (e, n)]
    return np.stack([(a * b).sum(1) for a, b in along], 1)

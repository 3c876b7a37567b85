"""What contacts do at every step: stiff, inelastic normal forces, and friction with a memory."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

from setpiece.collapse.solver.effective import BETA

_J: dict[str, Any] = {"cache": True, "nogil": True}
SOFTEN = 0.006  # [m] stiffness doubles at this depth, up to three times
SUDDEN = 2.0  # [m/s] that a contact may close faster than a moment ago
HELD = 7  # what is known of a contact that may close: see `closing`
HOLD = 2.0  # [m/s] by which a contact that stays closed may push harder, per step


@njit(**_J)
def closing(x, rot, speed, ci, cf, cn, m, dt, rows, held):
    """Rows of contacts that are closed or may close within dt [s]; how many.

    The others forget their friction, as open contacts do. held: (rows, HELD) receives of each the
    arms in i and j (3, 3) [m] and its gap [m].
    """
    count = 0
    ground = x.shape[0] - 1
    for k in range(m):
        i = np.uint64(ci[k, 0] if ci[k, 0] >= 0 else ground)
        j = np.uint64(ci[k, 1])
        n0 = cn[k, 0]
        n1 = cn[k, 1]
        n2 = cn[k, 2]
        p0 = cf[k, 3]
        p1 = cf[k, 4]
        p2 = cf[k, 5]
        b0 = rot[j, 0, 0] * p0 + rot[j, 0, 1] * p1 + rot[j, 0, 2] * p2
        b1 = rot[j, 1, 0] * p0 + rot[j, 1, 1] * p1 + rot[j, 1, 2] * p2
        b2 = rot[j, 2, 0] * p0 + rot[j, 2, 1] * p1 + rot[j, 2, 2] * p2
        p0 = cf[k, 0]
        p1 = cf[k, 1]
        p2 = cf[k, 2]
        a0 = rot[i, 0, 0] * p0 + rot[i, 0, 1] * p1 + rot[i, 0, 2] * p2
        a1 = rot[i, 1, 0] * p0 + rot[i, 1, 1] * p1 + rot[i, 1, 2] * p2
        a2 = rot[i, 2, 0] * p0 + rot[i, 2, 1] * p1 + rot[i, 2, 2] * p2
        c0 = speed[j, 0] + speed[j, 4] * b2 - speed[j, 5] * b1
        c1 = speed[j, 1] + speed[j, 5] * b0 - speed[j, 3] * b2
        c2 = speed[j, 2] + speed[j, 3] * b1 - speed[j, 4] * b0
        c0 -= speed[i, 0] + speed[i, 4] * a2 - speed[i, 5] * a1
        c1 -= speed[i, 1] + speed[i, 5] * a0 - speed[i, 3] * a2
        c2 -= speed[i, 2] + speed[i, 3] * a1 - speed[i, 4] * a0
        if ci[k, 0] >= 0:
            s = (x[j, 0] + b0 - x[i, 0] - a0) * n0
            s += (x[j, 1] + b1 - x[i, 1] - a1) * n1
            s += (x[j, 2] + b2 - x[i, 2] - a2) * n2
        else:
            s = x[j, 2] + b2 + cf[k, 2]
        vn = c0 * n0 + c1 * n1 + c2 * n2
        if s < (SUDDEN + max(-vn, 0.0)) * dt:
            rows[count] = k
            held[count, 0] = a0
            held[count, 1] = a1
            held[count, 2] = a2
            held[count, 3] = b0
            held[count, 4] = b1
            held[count, 5] = b2
            held[count, 6] = s
            count += 1
        else:
            cf[k, 8] = 0.0
            cf[k, 9] = 0.0
            cf[k, 10] = 0.0
    return count


@njit(**_J)
def forces(speed, ci, cf, cn, rows, held, m, dt, mu, h, load):
    """Add the forces of contacts `rows` (first m); friction and work done are kept in `cf`.

    held: of `closing`; gaps are brought on by dt [s], the time since they were. speed, load: as in
    `bonds.forces`; the last row is the ground's.
    """
    ground = speed.shape[0] - 1
    for r in range(m):
        k = np.uint64(rows[r])
        i = np.uint64(ci[k, 0] if ci[k, 0] >= 0 else ground)
        j = np.uint64(ci[k, 1])
        n0 = cn[k, 0]
        n1 = cn[k, 1]
        n2 = cn[k, 2]
        a0 = held[r, 0]
        a1 = held[r, 1]
        a2 = held[r, 2]
        b0 = held[r, 3]
        b1 = held[r, 4]
        b2 = held[r, 5]
        c0 = speed[j, 0] + speed[j, 4] * b2 - speed[j, 5] * b1
        c1 = speed[j, 1] + speed[j, 5] * b0 - speed[j, 3] * b2
        c2 = speed[j, 2] + speed[j, 3] * b1 - speed[j, 4] * b0
        c0 -= speed[i, 0] + speed[i, 4] * a2 - speed[i, 5] * a1
        c1 -= speed[i, 1] + speed[i, 5] * a0 - speed[i, 3] * a2
        c2 -= speed[i, 2] + speed[i, 3] * a1 - speed[i, 4] * a0
        vn = c0 * n0 + c1 * n1 + c2 * n2
        s = held[r, 6] + dt * vn
        held[r, 6] = s
        if s >= 0:
            cf[k, 8] = 0.0
            cf[k, 9] = 0.0
            cf[k, 10] = 0.0
            continue
        kn = cf[k, 6]
        f = -kn * s * (1.0 + min(-s / SOFTEN, 2.0))
        if vn > 0:
            # inelastic: nothing comes back beyond what opens an overlap gently
            f *= max(1.0 - vn / (0.2 + min(-20.0 * s, 0.4)), 0.0)
        f = max(f - cf[k, 7] * vn, 0.0)
        # One step may stop the approach and add 2 m/s, however deep, so that nothing is thrown.
        # What is still pressed after that lies between two others: it may push back harder.
        f = min(f, kn * h / BETA * (1.2 * max(-vn, 0.0) + cf[k, 13]))
        if vn < 0.3:
            cf[k, 13] += HOLD
        t0 = c0 - vn * n0
        t1 = c1 - vn * n1
        t2 = c2 - vn * n2
        kt = 0.5 * kn
        e0 = cf[k, 8] + t0 * h
        e1 = cf[k, 9] + t1 * h
        e2 = cf[k, 10] + t2 * h
        ct = 0.6 * cf[k, 7]
        g0 = -kt * e0 - ct * t0
        g1 = -kt * e1 - ct * t1
        g2 = -kt * e2 - ct * t2
        l = math.sqrt(g0 * g0 + g1 * g1 + g2 * g2)
        if l > mu * f:
            l = mu * f / l
            g0 *= l
            g1 *= l
            g2 *= l
            e0 = -(g0 + ct * t0) / kt
            e1 = -(g1 + ct * t1) / kt
            e2 = -(g2 + ct * t2) / kt
            l = math.sqrt(e0 * e0 + e1 * e1 + e2 * e2)
            top = mu * f / kt
            if l > top:
                l = top / l
                e0 *= l
                e1 *= l
                e2 *= l
        cf[k, 8] = e0
        cf[k, 9] = e1
        cf[k, 10] = e2
        p0 = f * n0 + g0
        p1 = f * n1 + g1
        p2 = f * n2 + g2
        cf[k, 11] -= f * vn * h
        load[j, 0] += p0
        load[j, 1] += p1
        load[j, 2] += p2
        load[j, 3] += b1 * p2 - b2 * p1
        load[j, 4] += b2 * p0 - b0 * p2
        load[j, 5] += b0 * p1 - b1 * p0
        load[i, 0] -= p0
        load[i, 1] -= p1
        load[i, 2] -= p2
        load[i, 3] -= a1 * p2 - a2 * p1
        load[i, 4] -= a2 * p0 - a0 * p2
        load[i, 5] -= a0 * p1 - a1 * p0


@njit(**_J)
def remember(ci, cf, m, pair, ground_xi, x, rot, hit_energy, hit_place, touch):
    """After a tick: keep friction displacements per pair, gather the energy of hits per piece.

    hit_energy (n,) [J] and hit_place (n, 3) [m J] are added to: the work done on the normal of
    each contact, given to its lower-numbered moving piece j. touch (n,) is set where pressed.
    """
    a = 0
    while a < m:
        j = ci[a, 1]
        p = ci[a, 2]
        i = ci[a, 0]
        b = a
        n = 0
        s0 = 0.0
        s1 = 0.0
        s2 = 0.0
        e = 0.0
        while b < m and ci[b, 1] == j and ci[b, 2] == p and ci[b, 0] == i:
            if cf[b, 8] != 0.0 or cf[b, 9] != 0.0 or cf[b, 10] != 0.0 or cf[b, 11] != 0.0:
                s0 += cf[b, 8]
                s1 += cf[b, 9]
                s2 += cf[b, 10]
                n += 1
            if cf[b, 11] > 0:
                q = cf[b, 11]
                e += q
                for k in range(3):
                    hit_place[j, k] += q * (
                        x[j, k]
                        + rot[j, k, 0] * cf[b, 3]
                        + rot[j, k, 1] * cf[b, 4]
                        + rot[j, k, 2] * cf[b, 5]
                    )
            b += 1
        hit_energy[j] += e
        if n > 0:
            touch[j] = True
            if i >= 0:
                touch[i] = True
            s0 /= n
            s1 /= n
            s2 /= n
        if p >= 0:
            pair[p, 1] = s0
            pair[p, 2] = s1
            pair[p, 3] = s2
        else:
            ground_xi[j, 0] = s0
            ground_xi[j, 1] = s1
        a = b

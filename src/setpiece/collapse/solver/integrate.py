"""One tick of the explicit scheme: forces, semi-implicit Euler, rotation; and who sleeps."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

from setpiece.collapse.solver import bonds
from setpiece.collapse.solver.bonds import aim, crushing
from setpiece.collapse.solver.pressing import HELD, closing
from setpiece.collapse.solver.pressing import forces as contact_forces

bond_forces = bonds.forces
_J: dict[str, Any] = {"cache": True, "nogil": True}
SPIN_LIMIT = 25.0  # [rad/s]
LOOK = 4  # steps after which it is seen again where things are and which contacts may close
WIDE = 8  # numbers to a piece, of which six are used: no piece lies across two cache lines


@njit(**_J)
def rotations(q, rot):
    """Rotation matrices of unit quaternions (x, y, z, w)."""
    for i in range(q.shape[0]):
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
def bear(n, rot, w, ii, ij, awake, ease, gyro):
    """How each awake piece answers a torque, in the world's axes.

    Args:
        ij, ii: inertia and its inverse in the piece's axes, rows xx, yy, zz, xy, xz, yz.
        ease: (n, 6) receives the inverse inertia, rows likewise. gyro: (n, 3) receives the torque
            by which a turning piece keeps its angular momentum.
    """
    for i in range(n):
        if not awake[i]:
            continue
        r00, r01, r02 = rot[i, 0, 0], rot[i, 0, 1], rot[i, 0, 2]
        r10, r11, r12 = rot[i, 1, 0], rot[i, 1, 1], rot[i, 1, 2]
        r20, r21, r22 = rot[i, 2, 0], rot[i, 2, 1], rot[i, 2, 2]
        a, b, c, d, e, f = ii[i, 0], ii[i, 1], ii[i, 2], ii[i, 3], ii[i, 4], ii[i, 5]
        p0 = r00 * a + r01 * d + r02 * e
        p1 = r00 * d + r01 * b + r02 * f
        p2 = r00 * e + r01 * f + r02 * c
        ease[i, 0] = p0 * r00 + p1 * r01 + p2 * r02
        ease[i, 3] = p0 * r10 + p1 * r11 + p2 * r12
        ease[i, 4] = p0 * r20 + p1 * r21 + p2 * r22
        p0 = r10 * a + r11 * d + r12 * e
        p1 = r10 * d + r11 * b + r12 * f
        p2 = r10 * e + r11 * f + r12 * c
        ease[i, 1] = p0 * r10 + p1 * r11 + p2 * r12
        ease[i, 5] = p0 * r20 + p1 * r21 + p2 * r22
        p0 = r20 * a + r21 * d + r22 * e
        p1 = r20 * d + r21 * b + r22 * f
        p2 = r20 * e + r21 * f + r22 * c
        ease[i, 2] = p0 * r20 + p1 * r21 + p2 * r22
        w0 = r00 * w[i, 0] + r10 * w[i, 1] + r20 * w[i, 2]
        w1 = r01 * w[i, 0] + r11 * w[i, 1] + r21 * w[i, 2]
        w2 = r02 * w[i, 0] + r12 * w[i, 1] + r22 * w[i, 2]
        k0 = ij[i, 0] * w0 + ij[i, 3] * w1 + ij[i, 4] * w2
        k1 = ij[i, 3] * w0 + ij[i, 1] * w1 + ij[i, 5] * w2
        k2 = ij[i, 4] * w0 + ij[i, 5] * w1 + ij[i, 2] * w2
        p0 = w2 * k1 - w1 * k2
        p1 = w0 * k2 - w2 * k0
        p2 = w1 * k0 - w0 * k1
        gyro[i, 0] = r00 * p0 + r01 * p1 + r02 * p2
        gyro[i, 1] = r10 * p0 + r11 * p1 + r12 * p2
        gyro[i, 2] = r20 * p0 + r21 * p1 + r22 * p2


@njit(**_J)
def hasten(n, x, speed, load, im, ease, gyro, awake, pull, drag, g, h, fastest, sink, swung):
    """Semi-implicit Euler but for rotations; sleeping pieces stay where they are.

    pull: (n, 3) extra acceleration [m/s2]; drag: (n,) damping rate [1/s] of pieces in a heap.
    fastest: no piece is faster than this [m/s], whatever pushed it: a fall from the building's
    own height and some. sink: nor does one go down faster than this, what it could have fallen
    since the onset: a crumb squeezed out between slabs does not overtake gravity.
    swung: (n, 3) the turn of each piece is added to it [rad].
    """
    for i in range(n):
        if not awake[i]:
            continue
        keep = 1.0 - drag[i] * h
        m = im[i]
        v0 = speed[i, 0] * keep + h * (m * load[i, 0] + pull[i, 0])
        v1 = speed[i, 1] * keep + h * (m * load[i, 1] + pull[i, 1])
        v2 = speed[i, 2] * keep + h * (m * load[i, 2] + pull[i, 2] - g)
        v2 = max(v2, -sink)
        l = v0 * v0 + v1 * v1 + v2 * v2
        if l > fastest * fastest:
            l = fastest / math.sqrt(l)
            v0 *= l
            v1 *= l
            v2 *= l
        t0 = load[i, 3] + gyro[i, 0]
        t1 = load[i, 4] + gyro[i, 1]
        t2 = load[i, 5] + gyro[i, 2]
        w0 = speed[i, 3] * keep + h * (ease[i, 0] * t0 + ease[i, 3] * t1 + ease[i, 4] * t2)
        w1 = speed[i, 4] * keep + h * (ease[i, 3] * t0 + ease[i, 1] * t1 + ease[i, 5] * t2)
        w2 = speed[i, 5] * keep + h * (ease[i, 4] * t0 + ease[i, 5] * t1 + ease[i, 2] * t2)
        l = w0 * w0 + w1 * w1 + w2 * w2
        if l > SPIN_LIMIT * SPIN_LIMIT:
            l = SPIN_LIMIT / math.sqrt(l)
            w0 *= l
            w1 *= l
            w2 *= l
        speed[i, 0] = v0
        speed[i, 1] = v1
        speed[i, 2] = v2
        speed[i, 3] = w0
        speed[i, 4] = w1
        speed[i, 5] = w2
        x[i, 0] += h * v0
        x[i, 1] += h * v1
        x[i, 2] += h * v2
        swung[i, 0] += h * w0
        swung[i, 1] += h * w1
        swung[i, 2] += h * w2


@njit(**_J)
def turn(n, q, rot, swung, awake):
    """Turn awake pieces by `swung`, and clear it."""
    for i in range(n):
        if not awake[i]:
            continue
        x0 = q[i, 0]
        y0 = q[i, 1]
        z0 = q[i, 2]
        s0 = q[i, 3]
        t0 = swung[i, 0] * 0.5
        t1 = swung[i, 1] * 0.5
        t2 = swung[i, 2] * 0.5
        x1 = x0 + t0 * s0 + t1 * z0 - t2 * y0
        y1 = y0 + t1 * s0 + t2 * x0 - t0 * z0
        z1 = z0 + t2 * s0 + t0 * y0 - t1 * x0
        s1 = s0 - t0 * x0 - t1 * y0 - t2 * z0
        l = 1.0 / math.sqrt(x1 * x1 + y1 * y1 + z1 * z1 + s1 * s1)
        x1 *= l
        y1 *= l
        z1 *= l
        s1 *= l
        q[i, 0] = x1
        q[i, 1] = y1
        q[i, 2] = z1
        q[i, 3] = s1
        rot[i, 0, 0] = 1 - 2 * (y1 * y1 + z1 * z1)
        rot[i, 0, 1] = 2 * (x1 * y1 - z1 * s1)
        rot[i, 0, 2] = 2 * (x1 * z1 + y1 * s1)
        rot[i, 1, 0] = 2 * (x1 * y1 + z1 * s1)
        rot[i, 1, 1] = 1 - 2 * (x1 * x1 + z1 * z1)
        rot[i, 1, 2] = 2 * (y1 * z1 - x1 * s1)
        rot[i, 2, 0] = 2 * (x1 * z1 - y1 * s1)
        rot[i, 2, 1] = 2 * (y1 * z1 + x1 * s1)
        rot[i, 2, 2] = 1 - 2 * (x1 * x1 + y1 * y1)
        for a in range(3):
            swung[i, a] = 0.0


@njit(**_J)
def tick(
    steps,
    n,
    x,
    q,
    rot,
    v,
    w,
    im,
    ii,
    ij,
    awake,
    pull,
    drag,
    g,
    h,
    active,
    nact,
    bi,
    bj,
    la,
    lb,
    frame,
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
    broke,
    crush,
    ncrush,
    resist,
    travel,
    ci,
    cf,
    cn,
    m,
    friction,
    react,
    fastest,
    sink,
):
    """Run `steps` explicit steps; returns bonds parted. react [0] ground contact force up [N],
    [1] force of bonds on the ground body, mean over the steps.

    Where anchors are and how axes point is found once in `LOOK` steps; in between, strains and
    gaps are brought on by their rates (as in Potyondy & Cundall's bonds).
    """
    parted = 0
    up = 0.0
    held = 0.0
    near = 0
    rows = np.empty(m, np.int64)
    arms = np.empty((m, HELD))
    aimed = np.empty((nact, bonds.AIMED))
    speed = np.zeros((n + 1, WIDE))
    load = np.zeros((n + 1, WIDE))
    ease = np.empty((n, 6))
    gyro = np.empty((n, 3))
    swung = np.zeros((n, 3))
    for i in range(n):
        for a in range(3):
            speed[i, a] = v[i, a]
            speed[i, 3 + a] = w[i, a]
    for k in range(steps):
        dt = h
        if k % LOOK == 0:
            dt = 0.0
            if k > 0:
                turn(n, q, rot, swung, awake)
                for i in range(n):
                    for a in range(3):
                        w[i, a] = speed[i, 3 + a]
            bear(n, rot, w, ii, ij, awake, ease, gyro)
            near = closing(x, rot, speed, ci, cf, cn, m, LOOK * h, rows, arms)
            aim(active, nact, x, rot, w, bi, bj, la, lb, frame, alive, 0.5 * LOOK * h, aimed)
        load[:] = 0.0
        parted += bond_forces(
            active,
            nact,
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
        )
        if ncrush > 0:
            crushing(crush, ncrush, x, speed, im, bi, bj, resist, travel, load, h)
        held -= load[n, 2]
        up += load[n, 2]
        contact_forces(speed, ci, cf, cn, rows, arms, near, dt, friction, h, load)
        up -= load[n, 2]
        hasten(n, x, speed, load, im, ease, gyro, awake, pull, drag, g, h, fastest, sink, swung)
    turn(n, q, rot, swung, awake)
    for i in range(n):
        for a in range(3):
            v[i, a] = speed[i, a]
            w[i, a] = speed[i, 3 + a]
    react[0] = up / steps
    react[1] = held / steps
    return parted


@njit(**_J)
def doze(n, x, v, w, ext, awake, quiet, dt, calm, ci, m, bi, bj, alive, still, need):
    """Put to sleep what has been still for `need` [s]; wake what a moving neighbour touches.

    A piece is still below `still` [m/s] at its corners. quiet: time each has been still, (n,) [s].
    """
    for i in range(n):
        if not awake[i]:
            continue
        r = ext[i, 0] + ext[i, 1] + ext[i, 2]
        s = math.sqrt(v[i, 0] ** 2 + v[i, 1] ** 2 + v[i, 2] ** 2)
        s += 0.5 * r * math.sqrt(w[i, 0] ** 2 + w[i, 1] ** 2 + w[i, 2] ** 2)
        if s < still:
            quiet[i] += dt
        else:
            quiet[i] = 0.0
        calm[i] = s
    for k in range(m):
        i = ci[k, 0]
        j = ci[k, 1]
        if i < 0:
            continue
        if awake[i] != awake[j]:
            a = i if awake[i] else j
            b = j if awake[i] else i
            if calm[a] > 0.25:
                awake[b] = True
                quiet[b] = 0.0
    for k in range(bi.shape[0]):
        if not alive[k]:
            continue
        i = bi[k]
        j = bj[k]
        if j >= n or awake[i] == awake[j]:
            continue
        a = i if awake[i] else j
        b = j if awake[i] else i
        if calm[a] > 0.1:
            awake[b] = True
            quiet[b] = 0.0
    for i in range(n):
        if awake[i] and quiet[i] > need:
            awake[i] = False
            for a in range(3):
                v[i, a] = 0.0
                w[i, a] = 0.0

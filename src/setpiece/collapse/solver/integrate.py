"""One tick of the explicit scheme: forces, semi-implicit Euler, rotation; and who sleeps."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

from setpiece.collapse.solver import bonds
from setpiece.collapse.solver.bonds import crushing
from setpiece.collapse.solver.pressing import closing
from setpiece.collapse.solver.pressing import forces as contact_forces

bond_forces = bonds.forces
_J: dict[str, Any] = {"cache": True, "nogil": True}
SPIN_LIMIT = 25.0  # [rad/s]
LOOK = 4  # steps after which it is seen again which contacts may close


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
def move(n, x, q, rot, v, w, force, torque, im, ii, ij, awake, pull, drag, g, h, fastest, sink):
    """Semi-implicit Euler with the gyroscopic term; sleeping pieces stay where they are.

    ij, ii: inertia and its inverse in the piece's axes, rows xx, yy, zz, xy, xz, yz.
    pull: (n, 3) extra acceleration [m/s2]; drag: (n,) damping rate [1/s] of pieces in a heap.
    fastest: no piece is faster than this [m/s], whatever pushed it: a fall from the building's
    own height and some. sink: nor does one go down faster than this, what it could have fallen
    since the onset: a crumb squeezed out between slabs does not overtake gravity.
    """
    for i in range(n):
        if not awake[i]:
            continue
        keep = 1.0 - drag[i] * h
        for a in range(3):
            acc = im[i] * force[i, a] + pull[i, a]
            if a == 2:
                acc -= g
            v[i, a] = v[i, a] * keep + h * acc
        v[i, 2] = max(v[i, 2], -sink)
        l = math.sqrt(v[i, 0] ** 2 + v[i, 1] ** 2 + v[i, 2] ** 2)
        if l > fastest:
            for a in range(3):
                v[i, a] *= fastest / l
        t0 = torque[i, 0]
        t1 = torque[i, 1]
        t2 = torque[i, 2]
        u0 = rot[i, 0, 0] * t0 + rot[i, 1, 0] * t1 + rot[i, 2, 0] * t2
        u1 = rot[i, 0, 1] * t0 + rot[i, 1, 1] * t1 + rot[i, 2, 1] * t2
        u2 = rot[i, 0, 2] * t0 + rot[i, 1, 2] * t1 + rot[i, 2, 2] * t2
        t0 = w[i, 0] * keep
        t1 = w[i, 1] * keep
        t2 = w[i, 2] * keep
        w0 = rot[i, 0, 0] * t0 + rot[i, 1, 0] * t1 + rot[i, 2, 0] * t2
        w1 = rot[i, 0, 1] * t0 + rot[i, 1, 1] * t1 + rot[i, 2, 1] * t2
        w2 = rot[i, 0, 2] * t0 + rot[i, 1, 2] * t1 + rot[i, 2, 2] * t2
        k0 = ij[i, 0] * w0 + ij[i, 3] * w1 + ij[i, 4] * w2
        k1 = ij[i, 3] * w0 + ij[i, 1] * w1 + ij[i, 5] * w2
        k2 = ij[i, 4] * w0 + ij[i, 5] * w1 + ij[i, 2] * w2
        u0 -= w1 * k2 - w2 * k1
        u1 -= w2 * k0 - w0 * k2
        u2 -= w0 * k1 - w1 * k0
        g0 = w0 + h * (ii[i, 0] * u0 + ii[i, 3] * u1 + ii[i, 4] * u2)
        g1 = w1 + h * (ii[i, 3] * u0 + ii[i, 1] * u1 + ii[i, 5] * u2)
        g2 = w2 + h * (ii[i, 4] * u0 + ii[i, 5] * u1 + ii[i, 2] * u2)
        l = math.sqrt(g0 * g0 + g1 * g1 + g2 * g2)
        if l > SPIN_LIMIT:
            g0 *= SPIN_LIMIT / l
            g1 *= SPIN_LIMIT / l
            g2 *= SPIN_LIMIT / l
        w[i, 0] = rot[i, 0, 0] * g0 + rot[i, 0, 1] * g1 + rot[i, 0, 2] * g2
        w[i, 1] = rot[i, 1, 0] * g0 + rot[i, 1, 1] * g1 + rot[i, 1, 2] * g2
        w[i, 2] = rot[i, 2, 0] * g0 + rot[i, 2, 1] * g1 + rot[i, 2, 2] * g2
        for a in range(3):
            x[i, a] += h * v[i, a]
        x0 = q[i, 0]
        y0 = q[i, 1]
        z0 = q[i, 2]
        s0 = q[i, 3]
        t0 = w[i, 0] * h * 0.5
        t1 = w[i, 1] * h * 0.5
        t2 = w[i, 2] * h * 0.5
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
    force,
    torque,
    react,
    fastest,
    sink,
):
    """Run `steps` explicit steps; returns bonds parted. react [0] ground contact force up [N],
    [1] force of bonds on the ground body, mean over the steps."""
    parted = 0
    up = 0.0
    held = 0.0
    near = 0
    rows = np.empty(m, np.int64)
    for k in range(steps):
        force[:] = 0.0
        torque[:] = 0.0
        react[0] = 0.0
        parted += bond_forces(
            active,
            nact,
            x,
            rot,
            v,
            w,
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
            force,
            torque,
            broke,
        )
        if ncrush > 0:
            crushing(crush, ncrush, x, v, im, bi, bj, resist, travel, force, h)
        if k % LOOK == 0:
            near = closing(x, rot, v, w, ci, cf, cn, m, LOOK * h, rows)
        contact_forces(x, rot, v, w, ci, cf, cn, rows, near, friction, h, force, torque, react)
        up += react[0]
        held -= force[n, 2]
        move(n, x, q, rot, v, w, force, torque, im, ii, ij, awake, pull, drag, g, h, fastest, sink)
    react[0] = up / steps
    react[1] = held / steps
    return parted


@njit(**_J)
def doze(n, x, v, w, ext, awake, quiet, dt, calm, ci, m, bi, bj, alive, need):
    """Put to sleep what has been still for `need` [s]; wake what a moving neighbour touches.

    A piece is still below 5 cm/s at its corners. quiet: time each has been still, (n,) [s].
    """
    for i in range(n):
        if not awake[i]:
            continue
        r = ext[i, 0] + ext[i, 1] + ext[i, 2]
        s = math.sqrt(v[i, 0] ** 2 + v[i, 1] ** 2 + v[i, 2] ** 2)
        s += 0.5 * r * math.sqrt(w[i, 0] ** 2 + w[i, 1] ** 2 + w[i, 2] ** 2)
        if s < 0.05:
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

"""What two pieces are to one another at a point: how easily they give, how fast they approach."""

from __future__ import annotations

import math

from numba import njit

BETA = 0.27  # contact stiffness = BETA * effective mass / step^2
RELAX = 0.001  # [m] of the allowance per tick; the rest is taken out of positions (`separate`)
PUSH = 4.0  # [m/s] most that a contact adds in one step to what stops the approach
NEAR = 0.008  # [m] pieces closer than this, and what they come closer in a tick, are tested


@njit(inline="always")
def compliance(im, ii, rot, i, r0, r1, r2, n0, n1, n2):
    """Inverse of piece i's effective mass along n at the arm r [1/kg]."""
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


@njit(inline="always")
def nearing(i, j, x, v, w, reach, n0, n1, n2):
    """How fast points of pieces i and j that could meet approach at most [m/s]: along the axis n
    that points from i to j, and in any direction.

    They can meet no farther from the smaller piece's centre than it reaches.
    """
    s, o, sign = (i, j, -1.0) if reach[i] < reach[j] else (j, i, 1.0)
    d0 = x[s, 0] - x[o, 0]
    d1 = x[s, 1] - x[o, 1]
    d2 = x[s, 2] - x[o, 2]
    u0 = v[s, 0] - v[o, 0] - w[o, 1] * d2 + w[o, 2] * d1
    u1 = v[s, 1] - v[o, 1] - w[o, 2] * d0 + w[o, 0] * d2
    u2 = v[s, 2] - v[o, 2] - w[o, 0] * d1 + w[o, 1] * d0
    t0 = w[s, 0] - w[o, 0]
    t1 = w[s, 1] - w[o, 1]
    t2 = w[s, 2] - w[o, 2]
    turning = math.sqrt(t0 * t0 + t1 * t1 + t2 * t2) * reach[s]
    along = max(-sign * (u0 * n0 + u1 * n1 + u2 * n2), 0.0)
    return along + turning, math.sqrt(u0 * u0 + u1 * u1 + u2 * u2) + turning

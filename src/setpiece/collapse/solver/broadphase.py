"""Which pieces may touch: sweep and prune, and what is remembered of a pair from tick to tick."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

PAIR = 12  # what is remembered of a pair: see `carry`
_J: dict[str, Any] = {"cache": True, "nogil": True}


@njit(**_J)
def sweep(x, rot, ext, v, awake, dt, order, lo, hi, keys):
    """Pairs of pieces whose boxes may overlap within dt [s]; at least one of the two awake.

    Args:
        order: (n,) piece order along x, kept between calls (insertion sort).
        keys: receives i * (n + 1) + j with i < j, sorted.

    Returns:
        Number of pairs, or minus the number that would not fit.
    """
    n = order.shape[0]
    for i in range(n):
        for a in range(3):
            s = (
                abs(rot[i, a, 0]) * ext[i, 0]
                + abs(rot[i, a, 1]) * ext[i, 1]
                + abs(rot[i, a, 2]) * ext[i, 2]
                + 0.01
                + min(abs(v[i, a]) * dt, 0.3)
            )
            lo[i, a] = x[i, a] - s
            hi[i, a] = x[i, a] + s
    for a in range(1, n):
        o = order[a]
        k = lo[o, 0]
        b = a - 1
        while b >= 0 and lo[order[b], 0] > k:
            order[b + 1] = order[b]
            b -= 1
        order[b + 1] = o
    m = 0
    cap = keys.shape[0]
    # In order of their lower x and side by side: what is looked at next lies next in memory.
    box = np.empty((n, 6), np.float64)
    for p in range(n):
        for a in range(3):
            box[p, a] = lo[order[p], a]
            box[p, 3 + a] = hi[order[p], a]
    for p in range(n):
        i = order[p]
        l1, l2 = box[p, 1], box[p, 2]
        h0, h1, h2 = box[p, 3], box[p, 4], box[p, 5]
        for q in range(p + 1, n):
            if box[q, 0] > h0:
                break
            apart = (box[q, 1] > h1) | (l1 > box[q, 4]) | (box[q, 2] > h2) | (l2 > box[q, 5])
            if apart:
                continue
            j = order[q]
            if not (awake[i] or awake[j]):
                continue
            if m < cap:
                keys[m] = np.int64(min(i, j)) * (n + 1) + max(i, j)
            m += 1
    if m > cap:
        return -m
    _sort(keys, m, n + 1)
    return m


@njit(**_J)
def _sort(keys, m, base):
    """Sort m keys i * base + j: by counting i, then by insertion, for there are few to each i."""
    start = np.zeros(base + 1, np.int64)
    for p in range(m):
        start[keys[p] // base + 1] += 1
    for i in range(base):
        start[i + 1] += start[i]
    end = start[:base].copy()
    old = keys[:m].copy()
    for p in range(m):
        i = old[p] // base
        q = end[i]
        end[i] += 1
        while q > start[i] and keys[q - 1] > old[p]:
            keys[q] = keys[q - 1]
            q -= 1
        keys[q] = old[p]


@njit(**_J)
def travel(x, q, v, x0, q0, reach, dt, path, far):
    """How far each piece has come, to know when a pair that was apart may have met.

    Args:
        x0, q0: (n, 3), (n, 4) as the last call left them; brought up to date.
        reach: (n,) [m] of the furthest point from the centre.
        path: (n,) [m] added to: the most that any point moved, beside what all pieces moved alike.
        far: (n,) receives path, and what the piece may move within dt [s] from now.
    """
    n = x0.shape[0]
    d = np.zeros(3)
    u = np.zeros(3)
    for i in range(n):
        for a in range(3):
            d[a] += x[i, a] - x0[i, a]
            u[a] += v[i, a]
    d /= max(n, 1)
    u /= max(n, 1)
    for i in range(n):
        e0 = x[i, 0] - x0[i, 0] - d[0]
        e1 = x[i, 1] - x0[i, 1] - d[1]
        e2 = x[i, 2] - x0[i, 2] - d[2]
        s = q0[i, 3] * q[i, 0] - q0[i, 0] * q[i, 3] + q0[i, 2] * q[i, 1] - q0[i, 1] * q[i, 2]
        t = s * s
        s = q0[i, 3] * q[i, 1] - q0[i, 1] * q[i, 3] + q0[i, 0] * q[i, 2] - q0[i, 2] * q[i, 0]
        t += s * s
        s = q0[i, 3] * q[i, 2] - q0[i, 2] * q[i, 3] + q0[i, 1] * q[i, 0] - q0[i, 0] * q[i, 1]
        t += s * s
        # A chord is no longer than its arc; twice the sine of half the angle is the chord.
        path[i] += np.sqrt(e0 * e0 + e1 * e1 + e2 * e2) + 2.0 * np.sqrt(t) * reach[i] + 1e-12
        near = abs(v[i, 0] - u[0]) + abs(v[i, 1] - u[1]) + abs(v[i, 2] - u[2])
        far[i] = path[i] + near * dt
        for a in range(3):
            x0[i, a] = x[i, a]
        for a in range(4):
            q0[i, a] = q[i, a]


@njit(**_J)
def carry(keys, m, blocked, old_keys, old_m, old, old_until, new_keys, new, until):
    """Drop blocked pairs and copy what was known of each pair that stays.

    Args:
        keys: sorted candidates (m of them). blocked: sorted keys of pairs that may not collide.
        old_keys, old, old_until: what the last call kept, (old_m,), (old_m, PAIR), (old_m,).
        until: of `contacts.find`, carried along.
        new: receives rows: allowance [m], friction displacement (3) [m], axis (3), state
            (0 new, 1 axis known, 2 was in contact, 3 a crushed support was clearing), and its
            contacts: first row, number, tick they are of, ticks since they were found.

    Returns:
        Number of pairs kept.
    """
    b = 0
    o = 0
    k = 0
    nb = blocked.shape[0]
    for p in range(m):
        key = keys[p]
        while b < nb and blocked[b] < key:
            b += 1
        if b < nb and blocked[b] == key:
            continue
        while o < old_m and old_keys[o] < key:
            o += 1
        new_keys[k] = key
        if o < old_m and old_keys[o] == key:
            until[k] = old_until[o]
            for a in range(PAIR):
                new[k, a] = old[o, a]
        else:
            until[k] = -1.0
            for a in range(PAIR):
                new[k, a] = 0.0
        k += 1
    return k

"""Which pieces may touch: sweep and prune, and what is remembered of a pair from tick to tick."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

PAIR = 18  # what is remembered of a pair: see `carry`
SHIFT = 20  # the key of a pair is (lower piece << SHIFT) + higher piece
LANE = 1.5  # [m] width of the strips in which pieces are looked at, LANES at most
LANES = 64
FASTEST = 36.0  # [m/s] no pair is looked for farther ahead than this goes
_J: dict[str, Any] = {"cache": True, "nogil": True}


@njit(**_J)
def sweep(x, rot, ext, reach, v, w, awake, dt, order, lo, hi, keys):
    """Pairs of pieces whose boxes may overlap within dt [s]; at least one of the two awake.

    Args:
        order: (n,) piece order along x, kept between calls (insertion sort).
        keys: receives (i << SHIFT) + j with i < j, sorted.

    Returns:
        Number of pairs, or minus the number that would not fit.
    """
    n = order.shape[0]
    for i in range(n):
        spin = math.sqrt(w[i, 0] ** 2 + w[i, 1] ** 2 + w[i, 2] ** 2) * reach[i]
        for a in range(3):
            s = (
                abs(rot[i, a, 0]) * ext[i, 0]
                + abs(rot[i, a, 1]) * ext[i, 1]
                + abs(rot[i, a, 2]) * ext[i, 2]
                + 0.01
                + min(abs(v[i, a]) + spin, FASTEST) * dt
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
    # In lanes along x, a piece in each that it reaches; in every lane in order of their lower x and
    # side by side, so that what is looked at next lies next in memory.
    south = 1e9
    north = -1e9
    for i in range(n):
        south = min(south, lo[i, 1])
        north = max(north, hi[i, 1])
    lanes = min(max(int((north - south) / LANE), 1), LANES)
    per = lanes / max(north - south, 1e-9)
    ends = np.empty((n, 2), np.int64)
    start = np.zeros(lanes + 1, np.int64)
    for i in range(n):
        for a in range(2):
            at = int(((hi if a else lo)[i, 1] - south) * per)
            ends[i, a] = min(max(at, 0), lanes - 1)
        for s in range(ends[i, 0], ends[i, 1] + 1):
            start[s + 1] += 1
    for s in range(lanes):
        start[s + 1] += start[s]
    fill = start[:lanes].copy()
    who = np.empty(start[lanes], np.int64)
    box = np.empty((start[lanes], 6), np.float64)
    for p in range(n):
        i = order[p]
        for s in range(ends[i, 0], ends[i, 1] + 1):
            q = fill[s]
            fill[s] += 1
            who[q] = i
            for a in range(3):
                box[q, a] = lo[i, a]
                box[q, 3 + a] = hi[i, a]
    m = 0
    cap = keys.shape[0]
    for s in range(lanes):
        for p in range(start[s], start[s + 1]):
            i = who[p]
            l1, l2 = box[p, 1], box[p, 2]
            h0, h1, h2 = box[p, 3], box[p, 4], box[p, 5]
            for q in range(p + 1, start[s + 1]):
                if box[q, 0] > h0:
                    break
                apart = (box[q, 1] > h1) | (l1 > box[q, 4]) | (box[q, 2] > h2) | (l2 > box[q, 5])
                if apart:
                    continue
                j = who[q]
                # Pairs that share more than one lane count in the first of them.
                if max(ends[i, 0], ends[j, 0]) != s or not (awake[i] or awake[j]):
                    continue
                if m < cap:
                    keys[m] = (np.int64(min(i, j)) << SHIFT) + max(i, j)
                m += 1
    if m > cap:
        return -m
    _sort(keys, m, n)
    return m


@njit(**_J)
def _sort(keys, m, n):
    """Sort m keys: by counting lower pieces, then by insertion, for there are few to each."""
    start = np.zeros(n + 1, np.int64)
    for p in range(m):
        start[(keys[p] >> SHIFT) + 1] += 1
    for i in range(n):
        start[i + 1] += start[i]
    end = start[:n].copy()
    old = keys[:m].copy()
    for p in range(m):
        i = old[p] >> SHIFT
        q = end[i]
        end[i] += 1
        while q > start[i] and keys[q - 1] > old[p]:
            keys[q] = keys[q - 1]
            q -= 1
        keys[q] = old[p]


@njit(**_J)
def unstick(keys, gap, loose, x, rot, slack):
    """Clear `loose` of pairs whose centres moved against one another by `slack` [m] or more.

    gap: (K, 3) the second centre as seen from the first when they began.
    """
    for k in range(keys.shape[0]):
        if not loose[k]:
            continue
        i = keys[k] >> SHIFT
        j = keys[k] & ((1 << SHIFT) - 1)
        d0 = x[j, 0] - x[i, 0]
        d1 = x[j, 1] - x[i, 1]
        d2 = x[j, 2] - x[i, 2]
        for a in range(3):
            now = rot[i, 0, a] * d0 + rot[i, 1, a] * d1 + rot[i, 2, a] * d2
            if abs(now - gap[k, a]) >= slack:
                loose[k] = False


@njit(**_J)
def turning(x, q, v, w, x0, q0, reach, dt, turned, gone, may):
    """How far each piece has come, to know when a pair that was apart may have met.

    What all pieces do together is left out of `gone` and `may`: it brings no two any closer.

    Args:
        x0, q0: (n, 3), (n, 4) as the last call left them; brought up to date. reach: (n,) [m] of
            the furthest point from the centre. dt: until the next call [s].
        turned: (n,) [m] added to: the most that any point moved by turning. gone: (n,) [m] added
            to: the most that any point moved. may: (n,) [m] receives what that may be by the next
            call.
    """
    n = q0.shape[0]
    u0 = 0.0
    u1 = 0.0
    u2 = 0.0
    m0 = 0.0
    m1 = 0.0
    m2 = 0.0
    for i in range(n):
        u0 += v[i, 0] / n
        u1 += v[i, 1] / n
        u2 += v[i, 2] / n
        m0 += (x[i, 0] - x0[i, 0]) / n
        m1 += (x[i, 1] - x0[i, 1]) / n
        m2 += (x[i, 2] - x0[i, 2]) / n
    for i in range(n):
        s = q0[i, 3] * q[i, 0] - q0[i, 0] * q[i, 3] + q0[i, 2] * q[i, 1] - q0[i, 1] * q[i, 2]
        t = s * s
        s = q0[i, 3] * q[i, 1] - q0[i, 1] * q[i, 3] + q0[i, 0] * q[i, 2] - q0[i, 2] * q[i, 0]
        t += s * s
        s = q0[i, 3] * q[i, 2] - q0[i, 2] * q[i, 3] + q0[i, 1] * q[i, 0] - q0[i, 0] * q[i, 1]
        t += s * s
        # A chord is no longer than its arc; twice the sine of half the angle is the chord.
        t = 2.0 * np.sqrt(t) * reach[i] + 1e-12
        turned[i] += t
        d0 = x[i, 0] - x0[i, 0] - m0
        d1 = x[i, 1] - x0[i, 1] - m1
        d2 = x[i, 2] - x0[i, 2] - m2
        gone[i] += t + np.sqrt(d0 * d0 + d1 * d1 + d2 * d2)
        d0 = v[i, 0] - u0
        d1 = v[i, 1] - u1
        d2 = v[i, 2] - u2
        s = np.sqrt(w[i, 0] ** 2 + w[i, 1] ** 2 + w[i, 2] ** 2) * reach[i]
        may[i] = gone[i] + dt * (s + np.sqrt(d0 * d0 + d1 * d1 + d2 * d2))
        for a in range(3):
            x0[i, a] = x[i, a]
        for a in range(4):
            q0[i, a] = q[i, a]


@njit(**_J)
def carry(keys, m, blocked, old_keys, old_slot, old_until, old_m, new_keys, new_slot, new_until,
          pair, apart, free, nfree):  # fmt: skip
    """Drop blocked pairs, and keep what was known of each pair that stays.

    Args:
        keys: sorted candidates (m of them). blocked: sorted keys of pairs that may not collide.
        old_keys, old_slot, old_until: pairs that the last call kept (old_m of them), the row of
            `pair` and `apart` that each has, and how far both may go before it is looked at:
            see `contacts.find`. new_keys, new_slot, new_until: receive those of now.
        pair: rows of what is known: allowance [m], friction displacement (3) [m], axis (3), state
            (0 new, 1 axis known, 2 was in contact, 3 a crushed support was clearing), its contacts:
            first row, number, tick they are of, ticks since they were found, the turn from one
            piece to the other then (4), what they lie on (seat, see `sat.hull_contact`), and
            how often that was taken again.
        apart: of `contacts.find`. free: rows that no pair has (nfree of them).

    Returns:
        Numbers of pairs kept and of rows free.
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
            free[nfree] = old_slot[o]
            nfree += 1
            o += 1
        new_keys[k] = key
        new_slot[k] = -1
        if o < old_m and old_keys[o] == key:
            new_slot[k] = old_slot[o]
            new_until[k] = old_until[o]
            o += 1
        k += 1
    while o < old_m:
        free[nfree] = old_slot[o]
        nfree += 1
        o += 1
    for p in range(k):  # once all that is free is known
        if new_slot[p] < 0:
            nfree -= 1
            row = free[nfree]
            new_slot[p] = row
            new_until[p] = -1.0
            apart[row, 3] = -1.0
            for a in range(PAIR):
                pair[row, a] = 0.0
    return k, nfree

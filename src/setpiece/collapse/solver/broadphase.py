"""Which pieces may touch: sweep and prune, and what is remembered of a pair from tick to tick."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

_J: dict[str, Any] = {"cache": True, "nogil": True, "fastmath": True}


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
    for p in range(n):
        i = order[p]
        h0 = hi[i, 0]
        l1 = lo[i, 1]
        h1 = hi[i, 1]
        l2 = lo[i, 2]
        h2 = hi[i, 2]
        for q in range(p + 1, n):
            j = order[q]
            if lo[j, 0] > h0:
                break
            if lo[j, 2] > h2 or l2 > hi[j, 2] or lo[j, 1] > h1 or l1 > hi[j, 1]:
                continue
            if not (awake[i] or awake[j]):
                continue
            if m < cap:
                keys[m] = np.int64(min(i, j)) * (n + 1) + max(i, j)
            m += 1
    if m > cap:
        return -m
    keys[:m].sort()
    return m


@njit(**_J)
def carry(keys, m, blocked, old_keys, old_m, old, new_keys, new):
    """Drop blocked pairs and copy what was known of each pair that stays.

    Args:
        keys: sorted candidates (m of them). blocked: sorted keys of pairs that may not collide.
        old_keys, old: what the last call kept, (old_m,), (old_m, 8).
        new: receives rows: allowance [m], friction displacement (3) [m], axis (3), state
            (0 new, 1 axis known, 2 was in contact, 3 a crushed support was clearing).

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
            for a in range(8):
                new[k, a] = old[o, a]
        else:
            for a in range(8):
                new[k, a] = 0.0
        k += 1
    return k

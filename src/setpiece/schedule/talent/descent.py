"""A good order to begin with: scenes of random ones are moved about while that saves anything."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from setpiece.schedule.talent.bits import weigh

I64 = NDArray[np.int64]


@njit(cache=True)
def waiting(order: I64, who: I64, length: I64, table: I64, after: I64) -> int:
    """What waiting costs in an order. after: room for work, as long as the order."""
    n = len(order)
    ahead = 0
    for t in range(n - 1, -1, -1):
        after[t] = ahead
        ahead |= who[order[t]]
    total = 0
    before = 0
    for t in range(n):
        s = order[t]
        total += length[s] * weigh(before & after[t] & ~who[s], table)
        before |= who[s]
    return total


@njit(cache=True)
def descend(who: I64, length: I64, table: I64, looks: int, seed: int) -> tuple[int, I64]:
    """(cost of waiting, order) of the best of several descents; `looks` orders are looked at."""
    n = len(who)
    np.random.seed(seed)  # numba's own generator, not the process's
    after = np.zeros(n, np.int64)
    best_order = np.arange(n)
    best = waiting(best_order, who, length, table, after)
    trial = np.zeros(n, np.int64)
    while looks > 0:
        order = np.random.permutation(n)
        now = waiting(order, who, length, table, after)
        better = True
        while better and looks > 0:
            better = False
            for i in range(n):
                for j in range(n):
                    if i == j:
                        continue
                    # The scene at i goes to j.
                    trial[:] = order
                    s = trial[i]
                    if i < j:
                        trial[i:j] = order[i + 1 : j + 1]
                    else:
                        trial[j + 1 : i + 1] = order[j:i]
                    trial[j] = s
                    looks -= 1
                    cost = waiting(trial, who, length, table, after)
                    if cost < now:
                        now = cost
                        order[:] = trial
                        better = True
        if now < best:
            best = now
            best_order = order.copy()
    return best, best_order

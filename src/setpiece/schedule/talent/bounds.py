"""How much the waiting that is still to come costs at least.

Some actors are known to be waited for on one side of the scenes that are left (they have begun, and
still have scenes left; or the mirror image of that, at the end). Each of them has to be paid from
that side to their last scene there, so that two of them get in one another's way:

- on the same side, one of the two is released first, and the other waits through all scenes of the
  first that they are not in themselves;
- on opposite sides with a scene in common, one or the other waits through every scene of neither;
- all of one side together are jobs on one machine, a scene's length shared out among those in it:
  the sum of weighted completion times is least in the order of Smith's rule.

Pairs are joined by a matching, or each actor's pairs averaged (after Qin, Zhang, Lim and Liang,
Comput. Oper. Res. 2016).
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from setpiece.schedule.talent.bits import lowest, weigh

I64 = NDArray[np.int64]


@njit(cache=True)
def one_side(waited: int, without: int, k: int, who: I64, length: I64, pay: I64, table: I64,
             share: NDArray[np.float64], line: I64) -> int:  # fmt: skip
    """Smith's rule for the actors in `waited`, over all k groups of scenes but `without`.

    who, length: of each group; share, line: room for work, (actors,).
    """
    if waited & (waited - 1) == 0:
        return 0
    n = 0
    x = waited
    while x:
        i = lowest(x)
        share[i] = 0.0
        line[n] = i
        n += 1
        x &= x - 1
    worked = 0
    for j in range(k):
        x = who[j] & waited
        if j == without or x == 0:
            continue
        weight = weigh(x, table)
        worked += length[j] * weight
        if weight == 0:
            continue
        part = length[j] / weight
        while x:
            share[lowest(x)] += part
            x &= x - 1
    for a in range(1, n):  # shortest for its weight first
        i = line[a]
        b = a - 1
        while b >= 0 and share[line[b]] > share[i]:
            line[b + 1] = line[b]
            b -= 1
        line[b + 1] = i
    now = 0.0
    paid = 0.0
    for a in range(n):
        i = line[a]
        now += share[i] * pay[i]
        paid += now * pay[i]
    return max(0, int(np.ceil(paid - worked - 1e-6)))


@njit(cache=True)
def pairs(begun: int, ended: int, gone: int, gone_length: int, whole: int, together: I64, pay: I64,
          line: I64, price: I64) -> int:  # fmt: skip
    """What pairs of waited-for actors cost at least, once a group is gone from what is left.

    begun, ended: the actors waited for on either side; gone, gone_length: that group. whole: length
    of all groups with it; together: of those in which two actors both are, (actors, actors).
    line, price: room for work, (actors,) and (actors, actors).
    """
    n = 0
    x = begun | ended
    while x:
        line[n] = lowest(x)
        n += 1
        x &= x - 1
    if n < 2:
        return 0
    total = 0
    whole -= gone_length
    for p in range(n):
        a = line[p]
        in_a = gone >> a & 1
        of_a = together[a, a] - in_a * gone_length
        for q in range(p):
            b = line[q]
            in_b = gone >> b & 1
            both = together[a, b] - (in_a & in_b) * gone_length
            of_b = together[b, b] - in_b * gone_length
            if (begun >> a & 1) == (begun >> b & 1):
                value = min(pay[a] * (of_b - both), pay[b] * (of_a - both))
            elif both:
                value = min(pay[a], pay[b]) * (whole - of_a - of_b + both)
            else:
                value = 0
            total += value
            price[p, q] = value
    average = (total + n - 2) // (n - 1)
    matched = 0
    free = (1 << n) - 1
    while True:  # the dearest pair of those still free, again and again
        most, one, other = 0, -1, -1
        for p in range(n):
            if free >> p & 1:
                for q in range(p):
                    if free >> q & 1 and price[p, q] > most:
                        most, one, other = price[p, q], p, q
        if one < 0:
            break
        matched += most
        free &= ~(1 << one | 1 << other)
    return max(average, matched)

"""Days that are worth more than they cost, one built from each strip: quick, not the best."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from setpiece.schedule.numbers import I64, Numbers


def worthy(n: Numbers, pay: I64, worth: I64, night: bool, light: bool) -> list[frozenset[int]]:
    """Strips of days whose strips are worth more than the day costs. Each begins with one strip and
    takes on what adds most an eighth.

    pay: of a day of each performer; worth: of each strip; light: day and night exteriors are not on
    one day.
    """
    barred = (-1 if night else 1) if light else 9
    able = (worth > 0) & (n.needs != barred)
    if night:
        whose = np.repeat(np.arange(worth.size), np.diff(n.cast_at))
        able[whose[n.early[n.cast] > 0]] = False
    chosen, gain = _grow(n, pay, worth, able)
    days = (frozenset(np.flatnonzero(row).tolist()) for row in chosen[gain > 0])
    return list(dict.fromkeys(days))


@njit(cache=True)
def _grow(
    n: Numbers, pay: I64, worth: I64, able: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], I64]:
    strips = worth.size
    chosen = np.zeros((strips, strips), np.bool_)
    gain = np.zeros(strips, np.int64)
    here = np.zeros(pay.size, np.bool_)
    load = np.zeros(pay.size, np.int64)
    there = np.zeros(n.fee.size, np.bool_)
    sites = np.zeros(n.place.max() + 1, np.bool_)
    for first in range(strips):
        if not able[first]:
            continue
        here[:] = False
        load[:] = 0
        there[:] = False
        sites[:] = False
        total = -n.money[0]
        eighths, minutes, moves, extra = 0, 0, -1, 0
        s = first
        while s >= 0:
            chosen[first, s] = True
            total += _adds(n, pay, worth, here, there, s)
            for k in range(n.cast_at[s], n.cast_at[s + 1]):
                here[n.cast[k]] = True
                load[n.cast[k]] += n.minutes[s]
            there[n.loc[s]] = True
            moves += 0 if sites[n.place[s]] else 1
            sites[n.place[s]] = True
            eighths += n.eighths[s]
            minutes += n.minutes[s]
            over = minutes + moves * n.limits[2] - n.limits[7]
            extra = n.money[2] * -(-over // n.limits[8]) if over > 0 else 0
            s, best = -1, 0.0
            for o in range(strips):
                if not able[o] or chosen[first, o] or eighths + n.eighths[o] > n.limits[0]:
                    continue
                more = moves + (0 if sites[n.place[o]] else 1)
                if minutes + n.minutes[o] + more * n.limits[2] > n.limits[1]:
                    continue
                fits = True
                for k in range(n.cast_at[o], n.cast_at[o + 1]):
                    p = n.cast[k]
                    fits &= load[p] + n.minutes[o] <= n.most[p]
                over = minutes + n.minutes[o] + more * n.limits[2] - n.limits[7]
                later = n.money[2] * -(-over // n.limits[8]) - extra if over > 0 else 0
                value = (_adds(n, pay, worth, here, there, o) - later) / n.eighths[o]
                if fits and value > best:
                    s, best = o, value
        gain[first] = total - extra
    return chosen, gain


@njit(cache=True, inline="always")
def _adds(
    n: Numbers, pay: I64, worth: I64, here: NDArray[np.bool_], there: NDArray[np.bool_], s: int
) -> int:
    value = worth[s]
    if not there[n.loc[s]]:
        value -= n.fee[n.loc[s]]
    for k in range(n.cast_at[s], n.cast_at[s + 1]):
        if not here[n.cast[k]]:
            value -= pay[n.cast[k]]
    return value

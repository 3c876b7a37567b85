"""A board made better by many small changes, the worse of them taken ever more seldom.

Simulated annealing (Kirkpatrick, Gelatt and Vecchi, Science 220, 1983) over whole boards: a strip
to any day or to one of its players', two strips exchanged, two days or two blocks of days
exchanged, days turned, a day's strips of one place or of one player to another day. What would
fill a day far beyond its pages is thrown out before it is priced.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numba import njit

from setpiece.schedule.coded import Coded
from setpiece.schedule.numbers import I64, Numbers, numbers
from setpiece.schedule.tally import (
    AWAY,
    EIGHTHS,
    MINUTES,
    STRIPS,
    Tally,
    keep,
    settle,
    shift,
    tally,
    undo_pay,
)  # fmt: skip

# Seconds, about, of a change: always, and more for each strip and each day.
STEP, BY_STRIP, BY_DAY = 35e-9, 4.8e-9, 6e-9
HOT, COOL = 2.0, 0.3  # heat at which a board is forgotten, and at which it is only loosened


class Stopped(KeyboardInterrupt):
    """Ctrl-C. board: the best so far, None where every one breaks some rule."""

    def __init__(self, board: list[int] | None) -> None:
        super().__init__()
        self.board = board


def steps(coded: Coded, seconds: float) -> int:
    """Boards that are looked at in about so many CPU-seconds: counted, so that the same show and
    seed give the same plan on any machine."""
    each = STEP + BY_STRIP * len(coded.strips) + BY_DAY * len(coded.dates)
    return max(1000, int(seconds / each))


def improve(
    coded: Coded, start: Sequence[int], count: int, seed: int, stay: int = 0,
    home: Sequence[int] | None = None, hot: float = HOT,
) -> list[int] | None:  # fmt: skip
    """A board as good or better after `count` steps from `start` (a day for each strip, which may
    break rules); None where every one that was seen breaks some. Raises Stopped at Ctrl-C.

    stay: cents that it is worth that a strip stays on its day of `home` (default: of `start`);
    the search then keeps near it. hot: how far from `start` it goes, `HOT` or `COOL`.
    """
    n = numbers(coded)
    day = np.array(start, np.int64)
    if n.rate.size == 0 or not n.allowed.any(1).all():
        return None
    heat = max(20_000.0, float(np.median(n.rate)), float(n.money[0]) / 3)
    # Cents a minute too many: at the end ten times that, so that rules are kept.
    fine = heat / 60.0 if stay else heat / 15.0
    heat = heat / 10 if stay else heat * hot
    near = day.copy() if home is None else np.array(home, np.int64)
    t, who, goes = tally(n, day, near), np.empty_like(day), np.empty_like(day)
    best, state = day.copy(), np.array([seed * 2654435761 + 88172645463325252], np.uint64)
    chunk, done = 100_000, 0
    values = np.array(settle(n, t), np.int64)
    values[0] += stay * int(t.totals[AWAY])
    keep(t)
    least = values.copy()

    def found() -> list[int] | None:
        return [int(d) for d in best] if least[1] == 0 else None

    while done < count:  # between chunks Python sees Ctrl-C
        part = min(chunk, count - done)
        try:
            _anneal(n, t, near, stay, best, values, least, who, goes, part, done, count, heat,
                    fine, state)  # fmt: skip
        except KeyboardInterrupt:
            raise Stopped(found()) from None
        done += part
    return found()


@njit(cache=True, inline="always")
def _roll(state, most: int) -> int:  # type: ignore[no-untyped-def]
    """Uniform on 0 .. most - 1 (xorshift64*, Vigna 2016)."""
    x = state[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    state[0] = x
    return int((x * np.uint64(2685821657736338717)) >> np.uint64(33)) % most


# Counting who refers to which array, on every look at one, would take ten times the work itself.
@njit(cache=True, _nrt=False)  # type: ignore[call-overload]
def _anneal(  # type: ignore[no-untyped-def]
    n: Numbers, t: Tally, home: I64, stay: int, best: I64, values: I64, least: I64, who: I64,
    goes: I64, part: int, done: int, count: int, heat: float, fine: float, state,
) -> None:  # fmt: skip
    for step in range(part):
        share = (done + step) / count
        warm = heat * (0.002**share) * (1.0 - share)
        changed = _change(n, t.day, t.sums, who, goes, state)
        weight = (1.0 + 9.0 * share) * fine
        if changed == 0 or (
            changed <= 2 and _over(n, t, who, goes, changed) * weight > heat + 10.0 * warm
        ):
            continue
        for i in range(changed):
            d = t.day[who[i]]
            shift(n, t, home, who[i], goes[i])
            goes[i] = d
        cost, bad = settle(n, t)
        cost += stay * t.totals[AWAY]
        rise = float(cost - values[0]) + (bad - values[1]) * weight
        if rise <= 0 or (warm > 0 and _roll(state, 1 << 30) / (1 << 30) < np.exp(-rise / warm)):
            values[0], values[1] = cost, bad
            keep(t)
            if bad < least[1] or (bad == least[1] and cost < least[0]):
                least[0], least[1] = cost, bad
                for s in range(best.size):
                    best[s] = t.day[s]
        else:
            for i in range(changed - 1, -1, -1):
                shift(n, t, home, who[i], goes[i])
            undo_pay(t)


@njit(cache=True, inline="always")
def _change(n: Numbers, day: I64, sums: I64, who: I64, goes: I64, state) -> int:  # type: ignore[no-untyped-def]
    """One change of the board, at random: how many strips go to another day, which, and where."""
    strips, days = day.size, n.ordinal.size
    last = days - 1
    while last > 0 and sums[last, STRIPS] == 0:
        last -= 1
    kind = _roll(state, 100)
    s = _roll(state, strips)
    if kind < 60:
        count = 1
        who[0] = s
        if kind < 20:
            to = _roll(state, min(days, last + 2))
        elif kind < 35 and n.cast_at[s + 1] > n.cast_at[s]:  # to a day of one of its players
            p = n.cast[n.cast_at[s] + _roll(state, n.cast_at[s + 1] - n.cast_at[s])]
            to = day[n.roles[n.roles_at[p] + _roll(state, n.roles_at[p + 1] - n.roles_at[p])]]
        else:
            count = 2
            who[1] = _roll(state, strips)
            to = day[who[1]]
        goes[0] = to
        goes[1] = day[s]
        return 0 if to == day[s] else count
    # Whole days, or what of a day is of one place or one player, go elsewhere: .
    a, b = _roll(state, last + 1), _roll(state, last + 1)
    c, d, x = 0, day[s], n.place[s]
    if kind < 80:
        if a == b:
            return 0
        a, b = min(a, b), max(a, b)
        c = a + 1 + _roll(state, b - a)  # the second block of two begins there
    elif kind < 90:
        b = _roll(state, min(days, last + 2))
    elif n.cast_at[s + 1] > n.cast_at[s]:
        x = n.cast[n.cast_at[s] + _roll(state, n.cast_at[s + 1] - n.cast_at[s])]
        b = day[n.roles[n.roles_at[x] + _roll(state, n.roles_at[x + 1] - n.roles_at[x])]]
    else:
        return 0
    changed = 0
    for r in range(strips):
        e = day[r]
        to = e
        if kind < 70:  # two days exchanged
            to = b if e == a else a if e == b else e
        elif kind < 74:  # the days between turned
            to = a + b - e if a <= e <= b else e
        elif kind < 80:  # two blocks of days exchanged
            if a <= e < c:
                to = e + b + 1 - c
            elif c <= e <= b:
                to = e - (c - a)
        elif e == d and (n.place[r] == x if kind < 90 else _plays(n, r, x)):
            to = b
        if to != e:
            who[changed], goes[changed] = r, to
            changed += 1
    return changed


@njit(cache=True, inline="always")
def _over(n: Numbers, t: Tally, who: I64, goes: I64, changed: int) -> int:
    """By how much one or two strips that go elsewhere would break rules at least, there."""
    bad = 0
    for i in range(changed):
        s, e = who[i], goes[i]
        other = who[1 - i] if changed == 2 else -1
        eighths, minutes = n.eighths[s], n.minutes[s]
        if other >= 0:
            eighths -= n.eighths[other]
            minutes -= n.minutes[other]
        now, clock = t.sums[e, EIGHTHS], t.sums[e, MINUTES]
        bad += 15 * (max(0, now + eighths - n.limits[0]) - max(0, now - n.limits[0]))
        bad += max(0, clock + minutes - n.limits[1]) - max(0, clock - n.limits[1])
        bad += 100 * (int(n.allowed[s, t.day[s]]) - int(n.allowed[s, e]))
    return bad


@njit(cache=True, inline="always")
def _plays(n: Numbers, s: int, p: int) -> bool:
    found = False
    for k in range(n.cast_at[s], n.cast_at[s + 1]):
        found |= n.cast[k] == p
    return found

"""What a board costs and which rules it breaks, kept up to date strip by strip, compiled.

The search tries millions of boards, each a few strips away from the one before, so that sums by day
and by performer are kept and only those that a strip touches are changed. That this says the same
as `cost.evaluate` and `check.check` is a test of its own; what is delivered is always priced and
checked by those.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from setpiece.schedule.model import MEAL_AFTER
from setpiece.schedule.numbers import FAR, I64, Numbers

STRIPS, EIGHTHS, MINUTES, BRIGHT, DARK, WET, EARLY, SITES = range(8)  # columns of a day's sums
PAY, FEES, BAD, AWAY, TOUCHED = range(5)  # totals


class Tally(NamedTuple):
    """day: of each strip. sums (days, 8). worked (performers, days): strips of theirs; load: their
    minutes; falls: their stunts. sites, locations, gear (days, each): strips there. places (days,
    words): the sites in use, as bits. pay: of each performer, old: before the last changes.
    touched: who has changed since, `is_touched` the same by performer. totals: cents of pay, fees
    so far; what rules are broken by; strips that are not at home. hired: days of each piece of
    equipment. ends (words): room for work."""

    day: I64
    sums: I64
    worked: I64
    load: I64
    falls: I64
    sites: I64
    locations: I64
    gear: I64
    places: I64
    pay: I64
    old: I64
    touched: I64
    is_touched: NDArray[np.bool_]
    totals: I64
    hired: I64
    ends: I64


def tally(n: Numbers, day: I64, home: I64) -> Tally:
    """A board's. day: of each strip; home: the days on which `totals` counts strips as at home."""
    days, people, strips = n.ordinal.size, n.rate.size, day.size
    sites = int(n.place.max()) + 1

    def zeros(*shape: int) -> I64:
        return np.zeros(shape, np.int64)

    t = Tally(
        day.copy(), zeros(days, 8), zeros(people, days), zeros(people, days), zeros(people, days),
        zeros(days, sites), zeros(days, n.fee.size), zeros(days, n.hire.shape[0]),
        zeros(days, int(n.word.max()) + 1), zeros(people), zeros(people), np.arange(people),
        np.ones(people, bool), zeros(5), zeros(n.hire.shape[0]), zeros(int(n.word.max()) + 1),
    )  # fmt: skip
    every = np.arange(strips)
    whose = np.repeat(every, np.diff(n.cast_at))
    limited, falling = n.most[n.cast] < FAR, (n.stunt[whose] & n.resting[n.cast]) > 0
    np.add.at(t.sums[:, : n.adds.shape[1]], day, n.adds)
    np.add.at(t.sites, (day, n.place), 1)
    np.add.at(t.locations, (day, n.loc), 1)
    np.bitwise_or.at(t.places, (day, n.word), n.bit)
    np.add.at(t.worked, (n.cast, day[whose]), 1)
    np.add.at(t.load, (n.cast, day[whose]), n.minutes[whose] * limited)
    np.add.at(t.falls, (n.cast, day[whose]), falling)
    for e in range(n.hire.shape[0]):
        np.add.at(t.gear[:, e], day, n.gear >> e & 1)
    t.hired[:] = (t.gear > 0).sum(0)
    t.sums[:, SITES] = (t.sites > 0).sum(1)
    near = np.abs(n.ordinal[:, None] - n.ordinal) <= n.limits[6]
    falls = (t.falls > 0).astype(np.int64)
    t.totals[BAD] = (
        100 * int((~n.allowed[every, day]).sum())
        + 100 * int((day[n.before[:, 0]] > day[n.before[:, 1]]).sum())
        + int(np.maximum(0, t.load - n.most[:, None]).sum())
        + 50 * int(((falls @ near) * falls).sum() - falls.sum())
    )
    t.totals[FEES] = int(((t.locations > 0) @ n.fee).sum())
    t.totals[AWAY] = int((day != home).sum())
    t.totals[TOUCHED] = people
    return t


def price(n: Numbers, day: I64) -> tuple[int, int]:
    """Cents of a board, and by how much it breaks rules: minutes and eighths too many, and a
    hundred for each strip on a wrong day. day: of each strip. Every strip has one."""
    t = tally(n, day, day)
    return settle(n, t)


@njit(cache=True, inline="always")
def shift(n: Numbers, t: Tally, home: I64, s: int, to: int) -> None:
    """Put a strip on another day. `settle` then says what that makes of the whole."""
    d, sums, totals = t.day[s], t.sums, t.totals
    if d != to:
        totals[BAD] += 100 * (int(n.allowed[s, d]) - int(n.allowed[s, to]))
        totals[AWAY] += int(to != home[s]) - int(d != home[s])
        for k in range(n.pairs_at[s], n.pairs_at[s + 1]):
            other = t.day[n.pairs[k, 0]]
            if n.pairs[k, 1]:  # the other comes first
                totals[BAD] += 100 * (int(other > to) - int(other > d))
            else:
                totals[BAD] += 100 * (int(to > other) - int(d > other))
        t.day[s] = to
        for k in range(n.adds.shape[1]):
            sums[d, k] -= n.adds[s, k]
            sums[to, k] += n.adds[s, k]
        x = n.place[s]
        t.sites[d, x] -= 1
        if t.sites[d, x] == 0:
            sums[d, SITES] -= 1
            t.places[d, n.word[s]] ^= n.bit[s]
        t.sites[to, x] += 1
        if t.sites[to, x] == 1:
            sums[to, SITES] += 1
            t.places[to, n.word[s]] ^= n.bit[s]
        x = n.loc[s]
        if n.fee[x]:
            t.locations[d, x] -= 1
            t.locations[to, x] += 1
            totals[FEES] += n.fee[x] * (int(t.locations[to, x] == 1) - int(t.locations[d, x] == 0))
        bits, e = n.gear[s], 0
        while bits:
            if bits & 1:
                t.gear[d, e] -= 1
                t.gear[to, e] += 1
                t.hired[e] += int(t.gear[to, e] == 1) - int(t.gear[d, e] == 0)
            bits >>= 1
            e += 1
        for k in range(n.cast_at[s], n.cast_at[s + 1]):
            p = n.cast[k]
            if not t.is_touched[p]:
                t.is_touched[p] = True
                t.old[p] = t.pay[p]
                t.touched[totals[TOUCHED]] = p
                totals[TOUCHED] += 1
            t.worked[p, d] -= 1
            t.worked[p, to] += 1
            if n.most[p] < FAR:
                for day, minutes in ((d, -n.minutes[s]), (to, n.minutes[s])):
                    totals[BAD] -= max(0, t.load[p, day] - n.most[p])
                    t.load[p, day] += minutes
                    totals[BAD] += max(0, t.load[p, day] - n.most[p])
            if n.stunt[s] and n.resting[p]:
                t.falls[p, d] -= 1
                if t.falls[p, d] == 0:
                    totals[BAD] -= 100 * _near(n, t.falls, p, d)
                t.falls[p, to] += 1
                if t.falls[p, to] == 1:
                    totals[BAD] += 100 * _near(n, t.falls, p, to)


@njit(cache=True, inline="always")
def _near(n: Numbers, falls: I64, p: int, d: int) -> int:
    """Other days with stunts that are too near."""
    found = 0
    for step in (-1, 1):
        e = d + step
        while 0 <= e < n.ordinal.size and abs(n.ordinal[e] - n.ordinal[d]) <= n.limits[6]:
            found += int(falls[p, e] > 0)
            e += step
    return found


@njit(cache=True, inline="always")
def keep(t: Tally) -> None:
    """The changes stay: pay as it is now is what later ones are measured by."""
    for i in range(t.totals[TOUCHED]):
        t.is_touched[t.touched[i]] = False
    t.totals[TOUCHED] = 0


@njit(cache=True, inline="always")
def undo_pay(t: Tally) -> None:
    """Strips are back where they were: and so is the pay of whoever was touched."""
    for i in range(t.totals[TOUCHED]):
        p = t.touched[i]
        t.totals[PAY] += t.old[p] - t.pay[p]
        t.pay[p] = t.old[p]
        t.is_touched[p] = False
    t.totals[TOUCHED] = 0


@njit(cache=True, inline="always")
def settle(n: Numbers, t: Tally) -> tuple[int, int]:
    """Cents of the board as it is, and what rules are broken by."""
    totals, sums = t.totals, t.sums
    last = n.ordinal.size - 1
    while last > 0 and sums[last, STRIPS] == 0:
        last -= 1
    for i in range(totals[TOUCHED]):
        p = t.touched[i]
        pay = _pay(n, t.worked, p, last)
        totals[PAY] += pay - t.pay[p]
        t.pay[p] = pay
    cost = n.money[0] * (last + 1) + totals[PAY] + totals[FEES]
    for e in range(t.hired.size):
        if t.hired[e]:
            cost += n.hire[e, 0] * max(t.hired[e], n.hire[e, 1])
    moves, bad = 0, totals[BAD]
    before, wrap = -1, 0
    for d in range(last + 1):
        if sums[d, STRIPS] == 0:
            continue
        here = sums[d, SITES]
        moves += _way(t, d, here, before >= 0)
        minutes = sums[d, MINUTES] + (here - 1) * n.limits[2]
        dark, bright = sums[d, DARK], sums[d, BRIGHT]
        bad += max(0, sums[d, EIGHTHS] - n.limits[0]) * 15
        bad += max(0, minutes - n.limits[1])
        if minutes > n.limits[7]:
            cost += n.money[2] * -(-(minutes - n.limits[7]) // n.limits[8])
        split = dark and bright and n.dusk[d] >= 0
        if dark and bright and n.limits[3]:
            over = max(0, minutes - dark - MEAL_AFTER)
            bad += 100 * (here - 1) + over if split else min(dark, bright)
        if split:  # what comes after something in the dark is in the dark
            for k in range(n.before.shape[0]):
                o, s = n.before[k, 0], n.before[k, 1]
                if t.day[o] == d and t.day[s] == d and n.needs[o] == 1 and n.needs[s] != 1:
                    bad += 100
        bad += max(0, bright - n.sun[d])
        if n.sun[d] < FAR:
            bad += max(0, dark - (1440 - n.sun[d]))
        if dark and sums[d, EARLY]:
            bad += 100
        if sums[d, WET] and n.rain[d] and _bare(n, t.day, d):
            cost += n.rain[d]
        if n.limits[5]:  # days that need neither sun nor dark are called to fit
            call = n.dusk[d] - (minutes - dark) if split else n.limits[12 if dark else 11]
            if before >= 0:
                wrap -= 1440 * (n.ordinal[d] - n.ordinal[before])
                if not dark and not bright and not sums[d, EARLY] and call < wrap + n.limits[10]:
                    call = n.limits[12]
                bad += max(0, wrap + n.limits[10] - call)
            wrap = call + minutes + n.limits[9]
        before = d
    return cost + moves * n.money[1], bad


@njit(cache=True, inline="always")
def _pay(n: Numbers, worked: I64, p: int, last: int) -> int:
    first = 0
    while first <= last and worked[p, first] == 0:
        first += 1
    if first > last:
        return 0
    days, held, before, best = 1, 0, first, 0
    drop = n.drop[p]
    for d in range(first + 1, last + 1):
        if worked[p, d]:
            days += 1
            held += d - before - 1
            if drop and n.ordinal[d] - n.ordinal[before] - 1 >= drop:
                best = max(best, n.hold[p] * (d - before - 1) - n.trips[p])
            before = d
    return n.rate[p] * days + n.hold[p] * held + n.trips[p] - best


@njit(cache=True, inline="always")
def _way(t: Tally, d: int, here: int, begun: bool) -> int:
    """Company moves of one more day. `ends` keeps at which sites the unit may be after it, where
    all days so far have the fewest moves: at any other it is for one more."""
    same = 0
    for w in range(t.ends.size):
        x = t.ends[w] & t.places[d, w]
        if x:
            same += 2 if x & (x - 1) else 1
    for w in range(t.ends.size):
        if begun and same == 1 and here > 1:  # it begins there, and so does not end there
            t.ends[w] = t.places[d, w] & ~t.ends[w]
        else:
            t.ends[w] = t.places[d, w]
    return here - 1 + int(begun and same == 0)


@njit(cache=True, inline="always")
def _bare(n: Numbers, day: I64, d: int) -> bool:
    """Whether no cover set is left for that day."""
    for i in range(n.cover.size):
        s = n.cover[i]
        if day[s] > d and n.covers[s, d]:
            return False
    return True

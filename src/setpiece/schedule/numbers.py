"""A coded show as arrays, and the same price and rules as `cost` and `check` over them, compiled.

The search prices millions of boards. That both say the same is a test of its own; what is delivered
is always priced and checked by `cost.evaluate` and `check.check`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from setpiece.schedule.coded import Coded
from setpiece.schedule.cost import may_cover, weather_price

I64 = NDArray[np.int64]
FAR = 1 << 40  # no limit


class Numbers(NamedTuple):
    """By strip: eighths, minutes, needs, place, loc, wet, gear (bits), stunt; cast_at, cast: who
    is in it, as a compressed list; allowed (strips, days). By performer: rate, hold, trips (cents a
    journey both ways), drop (days, 0 never), most (minutes a day), early (no nights), resting. By
    day: ordinal, sun (minutes), rain (cents). covers (strips, days): may be shot instead. before:
    (n, 2) strips in order. fee by location, hire (n, 2): rate and least days. limits: page limit,
    minutes of a day, move minutes, light counts, sun counts, turnaround counts, stunt rest.
    turn: (2, 2, 4) minutes that leave the turnaround whole, by hours, next hours, days between.
    money: unit day, move."""

    eighths: I64
    minutes: I64
    needs: I64
    place: I64
    loc: I64
    wet: I64
    gear: I64
    stunt: I64
    cast_at: I64
    cast: I64
    allowed: NDArray[np.bool_]
    rate: I64
    hold: I64
    trips: I64
    drop: I64
    most: I64
    early: I64
    resting: I64
    ordinal: I64
    sun: I64
    rain: I64
    covers: NDArray[np.bool_]
    before: I64
    fee: I64
    hire: I64
    limits: I64
    turn: I64
    money: I64


def numbers(coded: Coded) -> Numbers:
    """Arrays of a show in its window."""
    book, c, strips = coded.book, coded.book.calendar, coded.strips
    days = len(coded.dates)
    deals = [book.cast[n] for n in coded.names]
    locations = list(dict.fromkeys(s.location for s in strips))
    fees = {x.name: x.fee for x in book.breakdown.locations}
    gear = [e for e in c.equipment if e.rate]
    most = dict(coded.limits)
    sun = [book.sunlight(d) if book.on(book.sun) else None for d in coded.dates]
    turn = np.full((2, 2, 4), FAR)
    if book.on(book.turnaround):
        for a in (0, 1):
            for b in (0, 1):
                for gap in range(1, 4):
                    after = coded.dates[0].fromordinal(coded.dates[0].toordinal() + gap)
                    turn[a, b, gap] = book.most_before(bool(a), coded.dates[0], bool(b), after)

    def ints(values) -> I64:  # type: ignore[no-untyped-def]
        return np.array(list(values), np.int64)

    allowed = np.zeros((len(strips), days), bool)
    covers = np.zeros((len(strips), days), bool)
    for s, strip in enumerate(strips):
        allowed[s, sorted(coded.allowed[s])] = True
        if strip.cover and not strip.after:
            covers[s] = [may_cover(book.breakdown, strip, d) for d in coded.dates]
    return Numbers(
        ints(s.eighths for s in strips), ints(s.minutes for s in strips), ints(coded.needs),
        ints(coded.place), ints(locations.index(s.location) for s in strips),
        ints(s.weather for s in strips),
        ints(sum(1 << i for i, e in enumerate(gear) if e.name in s.equipment) for s in strips),
        ints(s.stunt for s in strips), ints(np.cumsum([0, *(len(w) for w in coded.whose)])),
        ints(p for w in coded.whose for p in w), allowed,
        ints(p.rate for p in deals), ints(p.holding for p in deals),
        ints(2 * p.travel_days * p.rate for p in deals), ints(p.drop_days or 0 for p in deals),
        ints(most.get(i, FAR) for i in range(len(deals))),
        ints(i in coded.no_nights for i in range(len(deals))),
        ints(bool(x) for x in coded.stunts), ints(d.toordinal() for d in coded.dates),
        ints(FAR if x is None else x for x in sun),
        ints(weather_price(c, d) for d in coded.dates), covers,
        ints((o, s) for s, earlier in enumerate(coded.after) for o in earlier).reshape(-1, 2),
        ints(fees.get(n, 0) for n in locations),
        ints((e.rate, e.minimum) for e in gear).reshape(-1, 2),
        ints((c.page_limit if book.on(book.pages) else FAR,
              book.day_minutes if book.on(book.hours) else FAR, c.move_minutes,
              book.on(book.light), book.on(book.sun), book.on(book.turnaround), c.stunt_rest)),
        turn, ints((c.unit_day, c.move_cost)),
    )  # fmt: skip


@njit(cache=True)
def price(n: Numbers, day: I64) -> tuple[int, int]:
    """Cents of a board, and by how much it breaks rules: minutes and eighths too many, and a
    hundred for each strip on a wrong day. day: of each strip. Every strip has one."""
    strips, people, days = day.size, n.rate.size, n.ordinal.size
    bad = 0
    eighths = np.zeros(days, np.int64)
    minutes = np.zeros(days, np.int64)
    bright = np.zeros(days, np.int64)
    dark = np.zeros(days, np.int64)
    gear = np.zeros(days, np.int64)
    wet = np.zeros(days, np.int64)
    early = np.zeros(days, np.int64)
    works = np.zeros((people, days), np.int64)
    falls = np.zeros((people, days), np.bool_)
    here = np.zeros((days, n.place.max() + 1), np.bool_)
    there = np.zeros((days, n.fee.size), np.bool_)
    last = 0
    for s in range(strips):
        d = day[s]
        last = max(last, d)
        if not n.allowed[s, d]:
            bad += 100
        eighths[d] += n.eighths[s]
        minutes[d] += n.minutes[s]
        if n.needs[s] == 1:
            dark[d] += n.minutes[s]
        elif n.needs[s] == -1:
            bright[d] += n.minutes[s]
        gear[d] |= n.gear[s]
        wet[d] |= n.wet[s]
        here[d, n.place[s]] = True
        there[d, n.loc[s]] = True
        for k in range(n.cast_at[s], n.cast_at[s + 1]):
            p = n.cast[k]
            works[p, d] += n.minutes[s]
            early[d] |= n.early[p]
            if n.stunt[s] and n.resting[p]:
                falls[p, d] = True
    for k in range(n.before.shape[0]):
        if day[n.before[k, 0]] > day[n.before[k, 1]]:
            bad += 100
    cost = n.money[0] * (last + 1)
    cost += _cast(n, works, falls, last)
    cost += _places(n, here, minutes, last)
    hired = np.zeros(n.hire.shape[0], np.int64)
    for d in range(last + 1):
        for x in range(n.fee.size):
            if there[d, x]:
                cost += n.fee[x]
        for e in range(hired.size):
            hired[e] += gear[d] >> e & 1
        if wet[d] and n.rain[d]:
            bare = True
            for s in range(strips):
                if n.covers[s, d] and day[s] > d:
                    bare = False
                    break
            if bare:
                cost += n.rain[d]
        bad += max(0, eighths[d] - n.limits[0]) * 15
        bad += max(0, minutes[d] - n.limits[1])
        if dark[d] and bright[d] and n.limits[3]:
            bad += min(dark[d], bright[d])
        bad += max(0, bright[d] - n.sun[d])
        if n.sun[d] < FAR:
            bad += max(0, dark[d] - (1440 - n.sun[d]))
        if dark[d] and early[d]:
            bad += 100
    for e in range(hired.size):
        if hired[e]:
            cost += n.hire[e, 0] * max(hired[e], n.hire[e, 1])
    for p in range(people):
        if n.most[p] < FAR:
            for d in range(last + 1):
                bad += max(0, works[p, d] - n.most[p])
        if n.resting[p]:
            for d in range(last + 1):
                if falls[p, d]:
                    e = d + 1
                    while e <= last and n.ordinal[e] - n.ordinal[d] <= n.limits[6]:
                        bad += 100 * falls[p, e]
                        e += 1
    if n.limits[5]:
        bad += _calls(n, minutes, dark, bright, early, last)
    return cost, bad


@njit(cache=True)
def _cast(n: Numbers, works: I64, falls: NDArray[np.bool_], last: int) -> int:
    total = 0
    for p in range(n.rate.size):
        worked, held, first, before, best = 0, 0, -1, -1, 0
        for d in range(last + 1):
            if not works[p, d]:
                continue
            worked += 1
            if first < 0:
                first = d
            else:
                held += d - before - 1
                if n.drop[p] and n.ordinal[d] - n.ordinal[before] - 1 >= n.drop[p]:
                    best = max(best, n.hold[p] * (d - before - 1) - n.trips[p])
            before = d
        if worked:
            total += n.rate[p] * worked + n.hold[p] * held + n.trips[p] - best
    return total


@njit(cache=True)
def _places(n: Numbers, here: NDArray[np.bool_], minutes: I64, last: int) -> int:
    """Fewest company moves along all days, in cents; adds the minutes of those inside a day."""
    places = here.shape[1]
    best = np.zeros(places, np.int64)
    following = np.zeros(places, np.int64)
    least, begun = 0, False
    for d in range(last + 1):
        k = 0
        for x in range(places):
            k += here[d, x]
        if k == 0:
            continue
        minutes[d] += (k - 1) * n.limits[2]
        for x in range(places):
            following[x] = FAR
            if here[d, x]:
                following[x] = least + begun
                if begun:
                    for y in range(places):
                        if here[d, y] and (y != x or k == 1):
                            following[x] = min(following[x], best[y])
                following[x] += k - 1
        least = FAR
        for x in range(places):
            best[x] = following[x]
            least = min(least, best[x])
        begun = True
    return least * n.money[1]


@njit(cache=True)
def _calls(n: Numbers, minutes: I64, dark: I64, bright: I64, early: I64, last: int) -> int:
    """Minutes by which turnarounds are too short; days that need neither are called to fit."""
    bad, before, night = 0, -1, 0
    for d in range(last + 1):
        if minutes[d] == 0:
            continue
        now = 1 if dark[d] else 0
        gap = n.ordinal[d] - n.ordinal[before] if before >= 0 else 9
        if gap < 4:
            if minutes[before] > n.turn[night, now, gap] and not bright[d] and not early[d]:
                now = 1
            bad += max(0, minutes[before] - n.turn[night, now, gap])
        before, night = d, now
    return bad

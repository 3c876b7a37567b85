"""What parts of a plan cost at least, found before any search.

A day holds so many eighths and minutes. So many strips take so many days; so do a performer's, a
location's and the nights. And where a day holds L eighths, a performer whose strips have E eighths
between first and last is paid for E/L days or more: the talent scheduling problem of the
literature, with eighths for lengths and hold rates for wages, is a relaxation of the cast's pay,
and its proven bound (`talent/`) is one on ours.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from setpiece.schedule.coded import Coded, least_days

TALENT_SETS = (6, 12, 24)


@dataclass(frozen=True)
class Least:
    """days: of the shoot. work: days of each performer. locations, sites: days of each. talent:
    (performers, cents) that holding these costs at least, their work at hold rate included.
    total: cents of the whole."""

    days: int
    work: list[int]
    locations: dict[str, int]
    sites: list[int]
    talent: list[tuple[list[int], int]]
    total: int


def least(coded: Coded, nodes: int = 100_000) -> Least:
    """Bounds on every part. nodes: that talent scheduling looks at for each set of performers; with
    none, waiting is left out."""
    book = coded.book
    everything = range(len(coded.strips))
    days = _days(coded, everything)
    work = [max(_days(coded, own), _own_days(coded, p)) for p, own in enumerate(coded.roles)]
    names = dict.fromkeys(s.location for s in coded.strips)
    locations = {
        n: _days(coded, [s for s in everything if coded.strips[s].location == n]) for n in names
    }
    sites = [
        _days(coded, [s for s in everything if coded.place[s] == i])
        for i in range(len(coded.sites))
    ]
    sets = _talent(coded, work, nodes) if nodes and book.on(book.pages) else []
    return Least(days, work, locations, sites, sets, _total(coded, days, work, locations, sets))


def _days(coded: Coded, strips: Iterable[int]) -> int:
    """Days that these strips take: by pages and hours, with nights apart from day exteriors, and
    never two on a day that are each over half of it."""
    book, chosen = coded.book, [coded.strips[s] for s in strips]
    everything = least_days(sum(s.eighths for s in chosen), sum(s.minutes for s in chosen), book)
    large = sum(
        (2 * s.eighths > book.calendar.page_limit and book.on(book.pages))
        or (2 * s.minutes > book.day_minutes and book.on(book.hours))
        for s in chosen
    )
    apart = 0
    if book.on(book.light) and all(book.sunset(d) is None for d in coded.dates):
        for kind in ("day", "night"):
            part = [s for s in chosen if s.hours == kind]
            if part:
                apart += least_days(
                    sum(s.eighths for s in part), sum(s.minutes for s in part), book
                )
    return max(everything, large, apart)


def _own_days(coded: Coded, performer: int) -> int:
    for p, most in coded.limits:
        if p == performer:
            return -(-sum(coded.strips[s].minutes for s in coded.roles[p]) // most)
    return 1


def _talent(coded: Coded, work: list[int], nodes: int) -> list[tuple[list[int], int]]:
    """Bounds on the waiting of the performers who cost most to hold, in sets of several sizes.

    Those whose deal lets them be dropped are left out: their waiting may cost nothing.
    """
    from setpiece.schedule.talent import Instance, solve

    held = [
        p for p, name in enumerate(coded.names)
        if coded.book.cast[name].holding
        and coded.book.cast[name].drop_days is None
        and len(coded.roles[p]) > 1
    ]  # fmt: skip
    held.sort(key=lambda p: -coded.book.cast[coded.names[p]].holding * len(coded.roles[p]))
    length = np.array([s.eighths for s in coded.strips], np.int64)
    limit = coded.book.calendar.page_limit
    out: list[tuple[list[int], int]] = []
    for size in TALENT_SETS:
        chosen = held[:size]
        if len(chosen) < 2 or (out and len(chosen) == len(out[-1][0])):
            break
        plays = np.zeros((len(chosen), len(length)), bool)
        for i, p in enumerate(chosen):
            plays[i, coded.roles[p]] = True
        # Wages in units that keep money times length small; rounded down, so that it stays a bound.
        rates = [coded.book.cast[coded.names[p]].holding for p in chosen]
        unit = max(1, sum(rates) // 100_000)
        pay = np.array([r // unit for r in rates], np.int64)
        found = solve(Instance("cast", plays, pay, length), nodes=nodes)
        if found.stopped:  # Ctrl-C is for the whole plan
            raise KeyboardInterrupt
        out.append((chosen, -(-found.bound * unit // limit)))
    return out


def _total(
    coded: Coded,
    days: int,
    work: list[int],
    locations: dict[str, int],
    sets: list[tuple[list[int], int]],
) -> int:
    deals = [coded.book.cast[n] for n in coded.names]
    total = days * coded.book.calendar.unit_day + paid_once(coded)
    fees = {x.name: x.fee for x in coded.book.breakdown.locations}
    total += sum(fees.get(n, 0) * count for n, count in locations.items())
    extra = 0
    for chosen, held in sets:
        # Their pay is the hold rate over the whole span, and what work costs more than that.
        if all(deals[p].rate >= deals[p].holding for p in chosen):
            extra = max(extra, held - sum(deals[p].holding * work[p] for p in chosen))
    return total + sum(d.rate * w for d, w in zip(deals, work, strict=True)) + extra


def paid_once(coded: Coded) -> int:
    """What is paid in every plan: journeys, a move to each further place, least hires."""
    calendar = coded.book.calendar
    used = {n for s in coded.strips for n in s.equipment}
    deals = [coded.book.cast[n] for n in coded.names]
    return (
        max(len(coded.sites) - 1, 0) * calendar.move_cost
        + sum(e.rate * max(1, e.minimum) for e in calendar.equipment if e.name in used)
        + sum(2 * d.travel_days * d.rate for d in deals)
    )

"""The one place where a schedule is priced."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from setpiece.schedule.deal import Engagement, engage
from setpiece.schedule.model import Breakdown, Calendar, Cost, Day, Performer, Strip


def evaluate(breakdown: Breakdown, calendar: Calendar, days: Sequence[Day]) -> Cost:
    """What these days cost, in cents; strips without a day cost nothing.

    crew: `unit_day` for each working day from the calendar's start to the last day of shooting.
    overtime: see `overtime`.
    work, hold, travel: see `deal.engage`. locations: the fee of each location for each day it is
    used. moves: each change of place from one strip to the next, overnight too. equipment: the rate
    for each day of use, at least the minimum. weather: see `weather_price`. Every id in `days` is
    one of the breakdown's (KeyError).
    """
    shot = sorted((d for d in days if d.strips), key=lambda d: d.date)
    if not shot:
        return Cost(currency=calendar.currency)
    strips = breakdown.by_id
    paid = unit_days(calendar, shot)
    deals = engagements(breakdown, calendar, shot)
    fees = {x.name: x.fee for x in breakdown.locations}
    hired: dict[str, int] = defaultdict(int)
    locations = weather = over = 0
    covers = cover_sets(breakdown, shot)
    for d in shot:
        today = [strips[i] for i in d.strips]
        over += overtime(calendar, minutes_of(breakdown, calendar, d))
        locations += sum(fees.get(x, 0) for x in {s.location for s in today})
        for name in {n for s in today for n in s.equipment}:
            hired[name] += 1
        if any(s.weather for s in today) and not covers[d.date]:
            weather += weather_price(calendar, d.date)
    moves = count_moves(breakdown, shot)
    return Cost(
        parts={
            "crew": calendar.unit_day * len(paid),
            "overtime": over,
            "work": sum(e.work for e in deals.values()),
            "hold": sum(e.hold for e in deals.values()),
            "travel": sum(e.travel for e in deals.values()),
            "locations": locations,
            "moves": moves * calendar.move_cost,
            "equipment": sum(
                e.rate * max(e.minimum, hired[e.name])
                for e in calendar.equipment
                if hired.get(e.name)
            ),
            "weather": weather,
        },
        cast={name: e.total for name, e in deals.items()},
        currency=calendar.currency, moves=moves,
        holds=sum(len(e.held) for e in deals.values()),
    )  # fmt: skip


def unit_days(calendar: Calendar, shot: Sequence[Day]) -> list[date]:
    """Dates for which the unit is paid: working days up to the last of shooting, and any day off
    on which something is shot all the same."""
    extra = {d.date for d in shot if d.strips}
    if not extra:
        return []
    last = max(extra)
    inside = {d for d in calendar.working_days() if d <= last}
    return sorted(inside | extra)


def engagements(
    breakdown: Breakdown, calendar: Calendar, days: Sequence[Day]
) -> dict[str, Engagement]:
    """Each performer's days and pay."""
    strips = breakdown.by_id
    worked: dict[str, set[date]] = defaultdict(set)
    for d in days:
        for i in d.strips:
            for name in strips[i].cast:
                worked[name].add(d.date)
    paid = unit_days(calendar, days)
    known = breakdown.cast
    names = [*known, *(n for n in worked if n not in known)]
    return {n: engage(known.get(n) or Performer(name=n), sorted(worked[n]), paid) for n in names}


def count_moves(breakdown: Breakdown, days: Iterable[Day]) -> int:
    """Company moves: changes of place along the strips of all days."""
    sites, strips = breakdown.sites, breakdown.by_id
    way = [sites[strips[i].location] for d in days for i in d.strips]
    return sum(a != b for a, b in itertools.pairwise(way))


def minutes_of(breakdown: Breakdown, calendar: Calendar, day: Day) -> int:
    """Of a day's shooting: its strips, and the company moves between them."""
    strips = breakdown.by_id
    work = sum(strips[i].minutes for i in day.strips)
    return work + count_moves(breakdown, [day]) * calendar.move_minutes


def overtime(calendar: Calendar, minutes: int) -> int:
    """Cents of the unit's overtime on a day of so many minutes: each step that is begun is paid."""
    steps = -(-max(0, minutes - calendar.normal_minutes) // calendar.overtime_step)
    return steps * calendar.overtime_price


def weather_price(calendar: Calendar, day: date) -> int:
    """What a day that needs dry weather is expected to lose, in cents, without a cover set."""
    loss = calendar.unit_day if calendar.weather_loss is None else calendar.weather_loss
    return round(calendar.wet[day.month - 1] * loss)


def cover_sets(breakdown: Breakdown, days: Sequence[Day]) -> dict[date, tuple[str, ...]]:
    """For each day, the strips that could be shot there instead where it is wet: marked as cover,
    planned for later, waiting for no other strip, with cast and location free that day."""
    dates = {i: d.date for d in days for i in d.strips}
    strips = breakdown.by_id
    cover = [i for i in dates if strips[i].cover and not strips[i].after]
    return {
        d.date: tuple(
            i for i in cover if dates[i] > d.date and may_cover(breakdown, strips[i], d.date)
        )
        for d in days
    }


def may_cover(breakdown: Breakdown, strip: Strip, day: date) -> bool:
    """Whether a cover strip's cast, location and dates leave it free on that day."""
    cast = breakdown.cast
    return (
        strip.locked_date is None
        and not (strip.after_date and day < strip.after_date)
        and not (strip.before_date and day > strip.before_date)
        and all(_free(cast[n], day) for n in strip.cast if n in cast)
        and all(
            (not x.permits or any(day in r for r in x.permits))
            and not any(day in r for r in x.closed)
            for x in breakdown.locations
            if x.name == strip.location
        )
    )


def _free(performer: Performer, day: date) -> bool:
    return (
        not any(day in r for r in performer.away)
        and not (performer.first and day < performer.first)
        and not (performer.last and day > performer.last)
    )


def saved(cost: Cost, other: Cost | None) -> Mapping[str, int]:
    """What `cost` saves against another schedule, by part and in all, in cents."""
    if other is None:
        return {}
    parts: dict[str, int] = {k: other.parts.get(k, 0) - v for k, v in cost.parts.items()}
    return {**parts, "total": other.total - cost.total}

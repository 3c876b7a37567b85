"""From strips on dates to days of a board: their order, call and wrap, cover sets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from setpiece.schedule.cost import cover_sets, minutes_of
from setpiece.schedule.model import Day, Hours, Strip
from setpiece.schedule.rules import Rulebook

_BY_DAY = {"DAWN": 0, "D": 1, "DUSK": 3, "N": 2}  # a night interior is shot by day, blacked out
_BY_NIGHT = {"DUSK": 0, "N": 1, "D": 2, "DAWN": 3}


def arrange(book: Rulebook, dates: Mapping[str, date]) -> tuple[Day, ...]:
    """Days whose strips stand in the order of shooting.

    Places follow one another with the fewest company moves, overnight ones too; inside a place by
    location, then light, then script order; a strip stands behind those that it must come after.
    """
    by_date: dict[date, list[Strip]] = {}
    for s in book.breakdown.strips:
        if s.id in dates:
            by_date.setdefault(dates[s.id], []).append(s)
    shot = sorted(by_date)
    sites = book.breakdown.sites
    routes = _routes([sorted({sites[s.location] for s in by_date[d]}) for d in shot])
    ordered = []
    for d, route in zip(shot, routes, strict=True):
        hours = hours_of(book, d, by_date[d]) or "day"
        ids = _in_day(by_date[d], [sites[s.location] for s in by_date[d]], route, hours)
        ordered.append(Day(date=d, strips=ids))
    return dress(book, ordered)


def dress(book: Rulebook, days: Sequence[Day]) -> tuple[Day, ...]:
    """Hours, call, wrap, locations and cover sets for days whose order of strips is given.

    A day that needs neither sun nor dark is called by day where the turnaround lets it; one that
    needs both is split where the calendar has such days.
    """
    strips, c = book.breakdown.by_id, book.calendar
    shot = sorted((d for d in days if d.strips), key=lambda d: d.date)
    covers = cover_sets(book.breakdown, shot)
    out: list[Day] = []
    for d in shot:
        hours = hours_of(book, d.date, [strips[i] for i in d.strips])
        if hours is None:
            hours = "day"
            if out and book.on(book.turnaround):
                rest = 1440 * (d.date - out[-1].date).days + c.day_call - out[-1].wrap
                hours = "night" if rest < book.rest_minutes else "day"
        call = book.call(hours, d.date, before_dark(book, d))
        wrap = call + minutes_of(book.breakdown, c, d) + c.meal_minutes
        here = tuple(dict.fromkeys(strips[i].location for i in d.strips))
        update = {"hours": hours, "call": call, "wrap": wrap, "locations": here}
        out.append(d.model_copy(update={**update, "cover": covers[d.date]}))
    return tuple(out)


def hours_of(book: Rulebook, day: date, strips: Sequence[Strip]) -> Hours | None:
    """When a day with these strips is shot; None where they need neither sun nor dark."""
    needs = {s.hours for s in strips}
    if needs >= {"day", "night"} and book.sunset(day) is not None:
        return "split"
    return "night" if "night" in needs else "day" if "day" in needs else None


def _part(strip: Strip) -> int:
    """Where a strip stands in a split day: what needs the sun is shot up to sunset."""
    if strip.hours is not None:
        return 1 if strip.hours == "day" else 3
    return 2 if strip.light == "DUSK" else 0


def before_dark(book: Rulebook, day: Day) -> int:
    """Minutes of a day's shooting that are over when the dark begins, where it is split."""
    strips = book.breakdown.by_id
    dark = sum(strips[i].minutes for i in day.strips if strips[i].hours == "night")
    return minutes_of(book.breakdown, book.calendar, day) - dark


def _routes(places: Sequence[Sequence[str]]) -> list[list[str]]:
    """An order of each day's places, so that the whole way changes place as seldom as can be."""
    # best[last] = (moves, way): a day with several places does not end where it began.
    best: dict[str, tuple[int, list[list[str]]]] = {"": (0, [])}
    for here in places:
        following: dict[str, tuple[int, list[list[str]]]] = {}
        for last in here:
            for before, (moves, way) in best.items():
                starts = [x for x in here if x != last] or [last]
                first = before if before in starts else starts[0]
                cost = moves + (before not in ("", first)) + len(here) - 1
                if last not in following or cost < following[last][0]:
                    middle = [x for x in here if x not in (first, last)]
                    route = [first, *middle, last] if len(here) > 1 else [last]
                    following[last] = (cost, [*way, route])
        best = following
    return min(best.values(), key=lambda x: x[0])[1]


def _in_day(
    strips: Sequence[Strip], sites: Sequence[str], route: Sequence[str], hours: Hours
) -> tuple[str, ...]:
    light = _BY_NIGHT if hours == "night" else _BY_DAY
    firsts: dict[str, int] = {}
    for s in strips:
        firsts.setdefault(s.location, s.position)
    split = hours == "split" and len(route) == 1
    keys = {
        s.id: (_part(s) if split else 0, route.index(site), firsts[s.location], s.location,
               light[s.light], s.position, s.id)
        for s, site in zip(strips, sites, strict=True)
    }  # fmt: skip
    left = {s.id: s for s in strips}
    out: list[str] = []
    while left:
        ready = [i for i, s in left.items() if not any(o in left for o in s.after)]
        chosen = min(ready, key=keys.__getitem__)
        out.append(chosen)
        del left[chosen]
    return tuple(out)

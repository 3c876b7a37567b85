"""Which rules a schedule breaks, in words."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from datetime import date

from setpiece.schedule.arrange import before_dark
from setpiece.schedule.cost import minutes_of
from setpiece.schedule.model import MEAL_AFTER, Day, Strip
from setpiece.schedule.rules import Broken, Rulebook
from setpiece.script.eighths import pages

_LATE = {"night": "is a night", "split": "goes on into the night"}


def check(book: Rulebook, days: Sequence[Day]) -> list[Broken]:
    """Every rule that these days break, by date. The call of a day is that of its `hours`."""
    shot = sorted((d for d in days if d.strips), key=lambda d: d.date)
    found = [b for d in shot for b in _one_day(book, d)]
    found += _neighbours(book, shot)
    found += _order(book, shot)
    found += _stunts(book, shot)
    return sorted((b for b in found if book.on(b.rule)), key=lambda b: (b.date, b.rule))


def _one_day(book: Rulebook, day: Day) -> Iterator[Broken]:
    c, d = book.calendar, day.date
    strips = [book.breakdown.by_id[i] for i in day.strips]
    if not c.works(d):
        yield Broken(book.open_days, f"{d} is a day off", d, day.strips)
    elif d < c.start:
        yield Broken(book.open_days, f"{d} is before shooting starts on {c.start}", d, day.strips)
    if c.end and d > c.end:
        yield Broken(book.end, f"{d} is after shooting ends on {c.end}", d, day.strips)
    for s in strips:
        for rule in book.bars(s, d):
            yield Broken(rule, f"{d}, strip {s.id}: {rule.words}", d, (s.id,))
    total = sum(s.eighths for s in strips)
    if total > c.page_limit:
        words = f"{d} has {pages(total)} pages, {pages(c.page_limit)} is the most"
        yield Broken(book.pages, words, d, day.strips)
    minutes = minutes_of(book.breakdown, c, day)
    if minutes > book.day_minutes:
        words = (
            f"{d} takes {minutes / 60:.1f} hours of shooting, {book.day_minutes / 60:g} is the most"
        )
        yield Broken(book.hours, words, d, day.strips)
    sunny = [s for s in strips if s.hours == "day"]
    dark = [s for s in strips if s.hours == "night"]
    if day.hours == "split":
        yield from _split(book, day, strips)
    elif sunny and (dark or day.hours == "night"):
        words = f"{d} is a night, and strip {sunny[0].id} needs daylight"
        yield Broken(book.light, words, d, tuple(s.id for s in sunny + dark))
    elif dark and day.hours == "day":
        words = f"{d} is called for the day, and strip {dark[0].id} needs the dark"
        yield Broken(book.light, words, d, tuple(s.id for s in dark))
    sun = book.sunlight(d)
    if sun is not None:
        for what, some, most in (("sun", sunny, sun), ("dark", dark, 1440 - sun)):
            need = sum(s.minutes for s in some)
            if need > most:
                words = f"{d} needs {need / 60:.1f} hours of {what}, there are {most / 60:.1f}"
                yield Broken(book.sun, words, d, tuple(s.id for s in some))
    for name in dict.fromkeys(n for s in strips for n in s.cast):
        p = book.cast.get(name)
        if p is None:
            continue
        own = tuple(s.id for s in strips if name in s.cast)
        most_p = book.most_minutes(p)
        load = sum(s.minutes for s in strips if name in s.cast)
        if most_p is not None and load > most_p:
            words = f"{name} works {load / 60:.1f} hours on {d}, {most_p / 60:g} is the most"
            yield Broken(book.day_of(p), words, d, own)
        if p.minor and not c.minors_at_night and day.hours != "day":
            words = f"{name} is a minor, and {d} {_LATE[day.hours]}"
            yield Broken(book.night(name), words, d, own)


def _split(book: Rulebook, day: Day, strips: Sequence[Strip]) -> Iterator[Broken]:
    d = day.date
    sites = sorted({book.breakdown.sites[s.location] for s in strips})
    if len(sites) > 1:
        words = f"{d} is split between day and night, and is at {' and '.join(sites)}"
        yield Broken(book.light, words, d, day.strips)
    before = before_dark(book, day)
    if before > MEAL_AFTER:
        words = f"{d} is split, and {before / 60:.1f} hours come before its meal at sunset, "
        yield Broken(book.light, f"{words}{MEAL_AFTER / 60:g} is the most", d, day.strips)
    dark = next((n for n, s in enumerate(strips) if s.hours == "night"), len(strips))
    for s in strips[dark:]:
        if s.hours != "night":
            words = f"{d} is split, and strip {s.id} stands behind {strips[dark].id} in the dark"
            yield Broken(book.light, words, d, (s.id, strips[dark].id))


def _neighbours(book: Rulebook, shot: Sequence[Day]) -> Iterator[Broken]:
    for a, b in itertools.pairwise(shot):
        begins, ends = book.call(b.hours, b.date, before_dark(book, b)), _wrap(book, a)
        rest = 1440 * (b.date - a.date).days + begins - ends
        if rest < book.rest_minutes:
            words = (
                f"{rest / 60:.1f} hours between wrap on {a.date} and call on {b.date}, "
                f"{book.calendar.turnaround:g} is the least"
            )
            yield Broken(book.turnaround, words, b.date, (*a.strips, *b.strips))


def _wrap(book: Rulebook, day: Day) -> int:
    call = book.call(day.hours, day.date, before_dark(book, day))
    return call + minutes_of(book.breakdown, book.calendar, day) + book.calendar.meal_minutes


def _order(book: Rulebook, shot: Sequence[Day]) -> Iterator[Broken]:
    place = {i: (d.date, n) for d in shot for n, i in enumerate(d.strips)}
    for s in book.breakdown.strips:
        for other in s.after:
            if s.id in place and other in place and place[s.id] < place[other]:
                day = place[s.id][0]
                words = f"strip {s.id} on {day} comes before {other}, which must be shot first"
                yield Broken(book.after(s.id, other), words, day, (s.id, other))


def _stunts(book: Rulebook, shot: Sequence[Day]) -> Iterator[Broken]:
    rest = book.calendar.stunt_rest
    latest: dict[str, date] = {}
    strips = book.breakdown.by_id
    for d in shot:
        today = {n for i in d.strips if strips[i].stunt for n in strips[i].cast}
        for name in sorted(today):
            before = latest.get(name)
            if before is not None and (d.date - before).days <= rest:
                words = f"{name} has stunts on {before} and {d.date}; {rest} whole days of rest"
                yield Broken(book.rest(name), words, d.date, d.strips)
            latest[name] = d.date

"""A breakdown and a calendar as numbers, for what looks for a plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from setpiece.errors import InputError
from setpiece.schedule.model import Breakdown, Calendar, Strip
from setpiece.schedule.rules import Rule, Rulebook

DAYS_MOST = 400


@dataclass(frozen=True)
class Coded:
    """Strips, performers and places by number; `dates` are the working days of the window.

    whose: performers of each strip. place: site of each strip. allowed: numbers of the days on
    which nothing bars a strip. after: strips that come before each.
    """

    book: Rulebook
    dates: tuple[date, ...]

    @cached_property
    def strips(self) -> tuple[Strip, ...]:
        return self.book.breakdown.strips

    @cached_property
    def number(self) -> dict[str, int]:
        return {s.id: n for n, s in enumerate(self.strips)}

    @cached_property
    def names(self) -> list[str]:
        """Performers who are in some strip, in the order of the breakdown."""
        used = {n for s in self.strips for n in s.cast}
        return [n for n in self.book.cast if n in used]

    @cached_property
    def whose(self) -> list[list[int]]:
        at = {n: i for i, n in enumerate(self.names)}
        return [[at[n] for n in s.cast if n in at] for s in self.strips]

    @cached_property
    def roles(self) -> list[list[int]]:
        """Strips of each performer."""
        out: list[list[int]] = [[] for _ in self.names]
        for s, cast in enumerate(self.whose):
            for p in cast:
                out[p].append(s)
        return out

    @cached_property
    def sites(self) -> list[str]:
        return list(dict.fromkeys(self.book.breakdown.sites[s.location] for s in self.strips))

    @cached_property
    def place(self) -> list[int]:
        at = {n: i for i, n in enumerate(self.sites)}
        return [at[self.book.breakdown.sites[s.location]] for s in self.strips]

    @cached_property
    def after(self) -> list[list[int]]:
        book = self.book
        return [
            [self.number[o] for o in s.after if book.on(book.after(s.id, o))] for s in self.strips
        ]

    @cached_property
    def allowed(self) -> list[frozenset[int]]:
        return [
            frozenset(n for n, d in enumerate(self.dates) if not any(self.book.bars(s, d)))
            for s in self.strips
        ]

    @cached_property
    def needs(self) -> list[int]:
        """1: the dark; -1: daylight; 0: either."""
        return [{"night": 1, "day": -1, None: 0}[s.hours] for s in self.strips]

    @cached_property
    def limits(self) -> list[tuple[int, int]]:
        """(performer, minutes a day) where theirs are fewer than the unit's."""
        book = self.book
        out = []
        for i, name in enumerate(self.names):
            p = book.cast[name]
            most = book.most_minutes(p)
            if most is not None and book.on(book.day_of(p)):
                out.append((i, most))
        return out

    @cached_property
    def no_nights(self) -> frozenset[int]:
        """Performers who work on no night."""
        book = self.book
        return frozenset(
            i
            for i, n in enumerate(self.names)
            if book.cast[n].minor and not book.calendar.minors_at_night and book.on(book.night(n))
        )

    @cached_property
    def stunts(self) -> list[list[int]]:
        """Strips with stunts of each performer who must rest between them, else none."""
        book = self.book
        return [
            [s for s in own if self.strips[s].stunt]
            if book.calendar.stunt_rest and book.on(book.rest(name))
            else []
            for name, own in zip(self.names, self.roles, strict=True)
        ]


def window(calendar: Calendar, breakdown: Breakdown, days: int, book: Rulebook) -> tuple[date, ...]:
    """Working dates that are looked at: `days` of them, and as far as any strip's dates ask.

    Raises InputError where the calendar has fewer dates than one.
    """
    end_off = calendar.end is not None and not book.on(book.end)
    whole = calendar.model_copy(update={"end": None}) if end_off else calendar
    asked = [d for s in breakdown.strips for d in (s.locked_date, s.after_date) if d]
    asked += [p.first for p in breakdown.performers if p.first]
    asked += [r.first for x in breakdown.locations for r in x.permits]
    late = max(asked, default=calendar.start)
    dates = []
    for n, d in enumerate(whole.working_days()):
        if (n >= days and d > late) or n >= DAYS_MOST:
            break
        dates.append(d)
    if not dates:
        raise InputError("calendar: there is no working day; take a weekday out of days_off.")
    return tuple(dates)


def least_days(eighths: int, minutes: int, book: Rulebook) -> int:
    """Days that so much material takes at least."""
    by_pages = -(-eighths // book.calendar.page_limit) if book.on(book.pages) else 0
    by_hours = -(-minutes // book.day_minutes) if book.on(book.hours) else 0
    return max(1, by_pages, by_hours)


def too_long(book: Rulebook) -> list[tuple[Strip, Rule]]:
    """Strips that fit into no day at all, with the rule that keeps them out."""
    out = []
    for s in book.breakdown.strips:
        if s.eighths > book.calendar.page_limit and book.on(book.pages):
            out.append((s, book.pages))
        elif s.minutes > book.day_minutes and book.on(book.hours):
            out.append((s, book.hours))
    return out

"""Every hard rule of a shooting plan, with a name and in words.

A rule is an agreement that could be changed ("Ana is away 2026-05-12"), and the same object speaks
in the solver's model, when a plan is checked, and when rules clash. `Rulebook.bars` says which
keep one strip from one date; `check.check` looks at whole days.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from setpiece.schedule.daylight import daylight_minutes, sunset_minute
from setpiece.schedule.model import Breakdown, Calendar, Hours, Performer, Strip
from setpiece.script.eighths import pages


@dataclass(frozen=True, order=True)
class Rule:
    """kind: its sort. subject: whom or what it is about. words: what it says."""

    kind: str
    subject: str = ""
    words: str = field(default="", compare=False)


@dataclass(frozen=True)
class Broken:
    """A rule that days break: `words` say how, `strips` which are concerned."""

    rule: Rule
    words: str
    date: date
    strips: tuple[str, ...] = ()


class Rulebook:
    """The rules of one breakdown and calendar. `off` are those that do not count for now."""

    def __init__(
        self, breakdown: Breakdown, calendar: Calendar, off: frozenset[Rule] = frozenset()
    ) -> None:
        self.breakdown, self.calendar, self.off = breakdown, calendar, off
        self.cast = breakdown.cast
        self._sun: dict[date, int] = {}
        self._sunset: dict[date, int | None] = {}
        self.locations = {x.name: x for x in breakdown.locations}
        c = calendar
        self.pages = Rule("pages", "", f"a day takes {pages(c.page_limit)} pages at most")
        over = f", and {c.overtime:g} of overtime" if c.overtime else ""
        self.hours = Rule("hours", "", f"a day has {c.hours:g} hours of shooting at most{over}")
        apart = ", but at one place" if c.split_days else ""
        words = f"day exteriors and night exteriors are not shot on one day{apart}"
        self.light = Rule("light", "", words)
        self.sun = Rule("sun", "", "day exteriors need the sun, night exteriors the dark")
        self.turnaround = Rule(
            "turnaround", "", f"from wrap to the next call are {c.turnaround:g} hours at least"
        )
        self.end = Rule("end", "", f"shooting ends by {c.end}")
        self.open_days = Rule("days off", "", "nothing is shot on days off and holidays")
        where = [
            (c.latitude, c.longitude),
            *((x.latitude, x.longitude) for x in breakdown.locations),
        ]
        self.latitude, self._longitude = next((x for x in where if x[0] is not None), (None, None))

    def on(self, rule: Rule) -> bool:
        return rule not in self.off

    def all(self) -> list[Rule]:
        """Every rule that counts, the general ones first."""
        found = [self.pages, self.hours, self.light, self.turnaround]
        found += [self.sun] if self.latitude is not None else []
        found += [self.end] if self.calendar.end else []
        for p in self.cast.values():
            found += [r for r, _ in self._deal(p)]
            found += [self.day_of(p)] if self.most_minutes(p) is not None else []
            found += [self.rest(p.name)] if self.calendar.stunt_rest else []
            if p.minor and not self.calendar.minors_at_night:
                found.append(self.night(p.name))
        for name, x in self.locations.items():
            found += [self.permit(name)] if x.permits else []
            found += [self.closed(name, str(r)) for r in x.closed]
        for s in self.breakdown.strips:
            found += [r for r, _ in self._dates(s)]
            found += [self.after(s.id, other) for other in s.after]
        return [r for r in dict.fromkeys(found) if self.on(r)]

    def bars(self, strip: Strip, day: date) -> Iterator[Rule]:
        """The rules that keep a strip from a date, whatever else is shot."""
        for rule, bad in self._dates(strip):
            if bad(day) and self.on(rule):
                yield rule
        for name in strip.cast:
            if name in self.cast:
                for rule, bad in self._deal(self.cast[name]):
                    if bad(day) and self.on(rule):
                        yield rule
        place = self.locations.get(strip.location)
        if place is not None:
            rule = self.permit(place.name)
            if place.permits and not any(day in r for r in place.permits) and self.on(rule):
                yield rule
            for r in place.closed:
                rule = self.closed(place.name, str(r))
                if day in r and self.on(rule):
                    yield rule

    def _dates(self, s: Strip):  # type: ignore[no-untyped-def]
        if s.locked_date is not None:
            locked = s.locked_date
            yield (
                Rule("locked", s.id, f"strip {s.id} is locked to {locked}"),
                lambda d: d != locked,
            )
        if s.after_date is not None:
            early = s.after_date
            yield (
                Rule("not before", s.id, f"strip {s.id} is not shot before {early}"),
                lambda d: d < early,
            )
        if s.before_date is not None:
            late = s.before_date
            yield (
                Rule("not after", s.id, f"strip {s.id} is not shot after {late}"),
                lambda d: d > late,
            )

    def _deal(self, p: Performer):  # type: ignore[no-untyped-def]
        for r in p.away:
            yield (
                Rule("away", f"{p.name} {r}", f"{p.name} is away {r}"),
                lambda d, r=r: d in r,
            )
        if p.first is not None:
            words = f"{p.name}'s contract begins {p.first}"
            yield Rule("contract begins", p.name, words), lambda d: d < p.first
        if p.last is not None:
            words = f"{p.name}'s contract ends {p.last}"
            yield Rule("contract ends", p.name, words), lambda d: d > p.last

    def permit(self, location: str) -> Rule:
        x = self.locations[location]
        dates = ", ".join(str(r) for r in x.permits)
        return Rule("permit", location, f"the permit for {location} is for {dates}")

    def closed(self, location: str, dates: str) -> Rule:
        return Rule("closed", f"{location} {dates}", f"{location} is closed {dates}")

    def after(self, strip: str, other: str) -> Rule:
        return Rule("after", f"{strip} {other}", f"strip {strip} is shot after {other}")

    def night(self, name: str) -> Rule:
        return Rule("minor at night", name, f"{name} is a minor and works on no night")

    def rest(self, name: str) -> Rule:
        days = self.calendar.stunt_rest
        words = f"{name} rests {days} whole days between days with stunts"
        return Rule("stunt rest", name, words)

    def day_of(self, p: Performer) -> Rule:
        words = f"{p.name} works {(self.most_minutes(p) or 0) / 60:g} hours a day at most"
        return Rule("cast hours", p.name, words)

    def most_minutes(self, p: Performer) -> int | None:
        """Of shooting with this performer a day; None: as long as the unit works."""
        hours = p.hours if p.hours is not None else self.calendar.minor_hours if p.minor else None
        return None if hours is None else round(60 * hours)

    @property
    def day_minutes(self) -> int:
        """Of shooting that a day holds, with its overtime."""
        return round(60 * (self.calendar.hours + self.calendar.overtime))

    def sunlight(self, day: date) -> int | None:
        """Minutes from sunrise to sunset, None where no latitude is known."""
        if self.latitude is None:
            return None
        if day not in self._sun:
            self._sun[day] = daylight_minutes(self.latitude, day)
        return self._sun[day]

    def sunset(self, day: date) -> int | None:
        """Minutes from midnight to sunset; None where no day is split on that date."""
        if self.latitude is None or not self.calendar.split_days:
            return None
        if day not in self._sunset:
            self._sunset[day] = sunset_minute(
                day, self.latitude, self._longitude, self.calendar.timezone
            )
        return self._sunset[day]

    def call(self, hours: Hours, day: date, bright: int) -> int:
        """Minutes from midnight to the call. bright: minutes of shooting that come before the dark:
        a split day is called so that they end at sunset."""
        if hours == "split":
            return (self.sunset(day) or 0) - bright
        return self.calendar.night_call if hours == "night" else self.calendar.day_call

    @property
    def rest_minutes(self) -> int:
        """From wrap to the next call."""
        return round(60 * self.calendar.turnaround)

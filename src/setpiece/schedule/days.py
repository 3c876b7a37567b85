"""What every report of a plan asks of it: the days in order, who works, how many pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from setpiece.schedule.model import Day, Location, Performer, Plan, Strip
from setpiece.script.eighths import pages


@dataclass(frozen=True)
class ShootDay:
    """One day of a plan with its strips looked up. `number` counts from 1; `of` is the last."""

    number: int
    of: int
    day: Day
    strips: tuple[Strip, ...]
    cover: tuple[Strip, ...]
    cast: tuple[Performer, ...]
    sites: Mapping[str, str]

    @property
    def date(self) -> date:
        return self.day.date

    @property
    def eighths(self) -> int:
        return sum(s.eighths for s in self.strips)

    @property
    def minutes(self) -> int:
        return sum(s.minutes for s in self.strips)

    @property
    def locations(self) -> tuple[str, ...]:
        """In the order in which the unit goes there."""
        return tuple(dict.fromkeys(s.location for s in self.strips))

    @property
    def moves(self) -> dict[str, str]:
        """By strip, the words of the banner of a company move before it."""
        out, before = {}, ""
        for s in self.strips:
            site = self.sites.get(s.location, s.location)
            if before and site != before:
                out[s.id] = f"Company move: {before} to {site}"
            before = site
        return out

    @property
    def end(self) -> str:
        """The words of a day break."""
        return (
            f"End of Day # {self.number} of {self.of} -- {long_date(self.date)} "
            f"-- Total Pages: {pages(self.eighths)}"
        )


def shoot_days(plan: Plan) -> tuple[ShootDay, ...]:
    """Days that have strips, in order."""
    strips, people = plan.breakdown.by_id, plan.breakdown.cast
    sites = plan.breakdown.sites
    days = [d for d in sorted(plan.days, key=lambda d: d.date) if d.strips]
    out = []
    for number, day in enumerate(days, 1):
        on = tuple(strips[i] for i in day.strips)
        names = {name for s in on for name in s.cast}
        out.append(
            ShootDay(
                number, len(days), day, on,
                tuple(strips[i] for i in day.cover if i in strips),
                by_number(people[n] for n in names if n in people), sites,
            )
        )  # fmt: skip
    return tuple(out)


def by_number(performers: Iterable[Performer]) -> tuple[Performer, ...]:
    """By board ID: 2 before 10 before "A"."""
    return tuple(sorted(performers, key=lambda p: (*_natural(p.number), p.name)))


def numbered(plan: Plan) -> tuple[Performer, ...]:
    """Everybody who plays, by board ID."""
    names = {n for s in plan.breakdown.strips for n in s.cast}
    return by_number(p for p in plan.breakdown.performers if p.name in names)


def called(strip: Strip) -> str:
    """What boards call a strip: the script's number, or its own where the script has none or where
    it is a part of a scene ("18 pt2")."""
    part = strip.id.startswith(f"{strip.scene} ")
    return strip.id if part or not strip.scene else strip.scene


def numbers(strip: Strip, plan: Plan) -> list[str]:
    """Board IDs of a strip's cast, in order; the name where somebody has none."""
    people = plan.breakdown.cast
    known = by_number(people[n] for n in strip.cast if n in people)
    return [p.number or p.name for p in known] + [n for n in strip.cast if n not in people]


def unscheduled(plan: Plan) -> tuple[Strip, ...]:
    """The boneyard: strips on no day, in script order."""
    placed = {i for d in plan.days for i in d.strips}
    return tuple(s for s in plan.breakdown.strips if s.id not in placed)


def location_of(plan: Plan, name: str) -> Location | None:
    return next((x for x in plan.breakdown.locations if x.name == name), None)


def long_date(day: date) -> str:
    """Monday, May 4, 2026: the same on every machine, whatever its language."""
    return f"{WEEKDAYS[day.weekday()]}, {MONTHS[day.month - 1]} {day.day}, {day.year}"


def short_date(day: date) -> str:
    """Mon 4 May."""
    return f"{WEEKDAYS[day.weekday()][:3]} {day.day} {MONTHS[day.month - 1][:3]}"


def counted(number: int, thing: str) -> str:
    """ "1 day", "2 days"."""
    return f"{number} {thing}{'' if number == 1 else 's'}"


def light_word(light: str) -> str:
    return {"D": "Day", "N": "Night", "DAWN": "Dawn", "DUSK": "Dusk"}.get(light, light)


def clock(minutes: int) -> str:
    """Length of work as h:mm."""
    return f"{minutes // 60}:{minutes % 60:02d}"


def time_of_day(minutes: int) -> str:
    """Minutes after midnight as 18:30; after the next midnight it begins again."""
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


def _natural(number: str) -> tuple[int, int, str]:
    digits = "".join(c for c in number if c.isdecimal() and c.isascii())[:9]
    return (0, int(digits), number) if number[:1].isdecimal() and digits else (1, 0, number)


WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

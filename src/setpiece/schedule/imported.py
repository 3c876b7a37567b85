"""What another program's schedule gives us, and the words it writes things with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from setpiece.schedule.model import Breakdown, Calendar, DateRange, Day, Light, Setting, Strip
from setpiece.script.slug import read_slug

_LIGHT: dict[str, Light] = {"NIGHT": "N", "EVENING": "N", "DAWN": "DAWN", "DUSK": "DUSK"}


@dataclass(frozen=True)
class Imported:
    """A breakdown with, where the file has them, its days and what it says of the calendar.

    `days` are in the file's order and have no call yet (`arrange.dress`); `calendar` has dates and
    days off, but no money. What was not understood is in `breakdown.remarks`.
    """

    breakdown: Breakdown
    days: tuple[Day, ...] = ()
    calendar: Calendar | None = None


def light_of(words: str) -> Light:
    """Light of "Night", "NOTTE", "Late afternoon"; day where nothing says otherwise."""
    return _LIGHT.get(read_slug(f"INT. X - {words}").time, "D")


def is_light(words: str) -> bool:
    """Whether words are a time of day in a language that sluglines are read in."""
    return bool(read_slug(f"INT. X - {words}").time)


def setting_of(words: str) -> Setting | None:
    """Setting of "INT", "I/E", "Esterno"; None where the words are none."""
    return read_slug(f"{words.strip().rstrip('.')}. X").setting or None


def spans(dates: Iterable[date]) -> tuple[DateRange, ...]:
    """Dates as ranges of days that follow one another."""
    out: list[DateRange] = []
    for day in sorted(set(dates)):
        if out and day - out[-1].last == timedelta(1):
            out[-1] = DateRange(first=out[-1].first, last=day)
        else:
            out.append(DateRange(first=day, last=day))
    return tuple(out)


def cut(words: str, most: int) -> str:
    """On one line, without signs that steer, `most` letters at most."""
    text = " ".join("".join(c if c.isprintable() else " " for c in words[: 4 * most]).split())
    return text[:most].rstrip()


def in_days(groups: Sequence[Sequence[int]], dates: Sequence[date], strips: Sequence[Strip]) -> (
    tuple[Day, ...]
):  # fmt: skip
    """Days from places in `strips`, group by group; empty groups are days on which nothing is."""
    return tuple(
        Day(date=d, strips=tuple(strips[i].id for i in group))
        for group, d in zip(groups, dates, strict=True)
        if group
    )

"""What if: a changed rule, the plan made again from the one there is, and what that moves."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from setpiece.errors import InputError
from setpiece.schedule.model import Breakdown, DateRange, Plan, Strip
from setpiece.schedule.repair import repair
from setpiece.schedule.rules import Rulebook
from setpiece.schedule.solve import Found

_DATE = r"(\d{4}-\d\d-\d\d|[A-Za-z]+)"
_AWAY = re.compile(rf"^(.+?)\s+(?:is\s+)?(away|closed)\s+(?:on\s+)?{_DATE}"
                   r"(?:\s*(?:\.\.|to|-)\s*(\d{4}-\d\d-\d\d))?$", re.IGNORECASE)  # fmt: skip
_STRIP = re.compile(rf"^(?:strip |scene )?(.+?)\s+(on|by|from)\s+{_DATE}$", re.IGNORECASE)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
HOW = (
    'write "Ana away 2026-05-12", "Ana away 2026-05-12..2026-05-14", "Castle closed 2026-05-12", '
    '"12A on 2026-05-12", "12A by 2026-05-12" or "12A from 2026-05-12"'
)


@dataclass(frozen=True)
class Answer:
    """found: the plan under the changed rule. moved: (strip, date before, date after). dearer:
    cents that it costs more."""

    question: str
    breakdown: Breakdown
    found: Found
    moved: tuple[tuple[str, date | None, date | None], ...]
    dearer: int


def what_if(plan: Plan, question: str, seconds: float = 2.0, seed: int = 0) -> Answer:
    """The plan in hand mended for a new rule; see `HOW` for the questions.

    Raises InputError for a question that is not understood; NoPlan where nothing fits any more.
    """
    changed = change(plan, question)
    before = plan.dates
    found = repair(Rulebook(changed, plan.calendar), plan, seconds, seed)
    after = {i: d.date for d in found.days for i in d.strips}
    moved = tuple(
        (s.id, before.get(s.id), after.get(s.id))
        for s in changed.strips
        if before.get(s.id) != after.get(s.id)
    )
    return Answer(question, changed, found, moved, found.cost.total - plan.cost.total)


def change(plan: Plan, question: str) -> Breakdown:
    """The breakdown with the question's rule in it. Raises InputError."""
    b, text = plan.breakdown, question.strip()
    if m := _AWAY.match(text):
        first = _date(m[3], plan, text)
        span = _span(first, m[4] or first.isoformat(), text)
        if m[2].lower() == "away":
            name = _one(m[1], [p.name for p in b.performers], "performer", text)
            people = tuple(
                p.model_copy(update={"away": (*p.away, span)}) if p.name == name else p
                for p in b.performers
            )
            return b.model_copy(update={"performers": people})
        name = _one(m[1], [x.name for x in b.locations], "location", text)
        places = tuple(
            x.model_copy(update={"closed": (*x.closed, span)}) if x.name == name else x
            for x in b.locations
        )
        return b.model_copy(update={"locations": places})
    if m := _STRIP.match(text):
        name = _one(m[1], [s.id for s in b.strips], "strip", text)
        field = {"on": "locked_date", "by": "before_date", "from": "after_date"}[m[2].lower()]
        day = _date(m[3], plan, text)
        return b.model_copy(update={"strips": _set(b.strips, name, field, day)})
    raise InputError(f"--what-if {text[:60]!r}: is not understood; {HOW}.")


def lock(breakdown: Breakdown, ids: Sequence[str], dates: dict[str, date]) -> Breakdown:
    """The breakdown with strips locked to the dates they have. Raises InputError."""
    strips = breakdown.strips
    for i in ids:
        if i not in dates:
            raise InputError(f"--lock {i[:40]!r}: has no date yet; give one, {i[:40]}=2026-05-12.")
        strips = _set(strips, i, "locked_date", dates[i])
    return breakdown.model_copy(update={"strips": strips})


def _set(strips: tuple[Strip, ...], name: str, field: str, day: date) -> tuple[Strip, ...]:
    return tuple(s.model_copy(update={field: day}) if s.id == name else s for s in strips)


def _one(words: str, names: Sequence[str], what: str, text: str) -> str:
    asked = words.strip().casefold()
    found = [n for n in names if n.casefold() == asked] or [
        n for n in names if n.casefold().startswith(asked)
    ]
    if len(found) != 1:
        some = ", ".join((found or list(names))[:8])
        raise InputError(f"--what-if {text[:60]!r}: {words!r} is no {what}, or several: {some}.")
    return found[0]


def _date(words: str, plan: Plan, text: str) -> date:
    try:
        return date.fromisoformat(words)
    except ValueError:
        pass
    if words.lower() in _WEEKDAYS:
        number = _WEEKDAYS.index(words.lower())
        days = [d.date for d in plan.days if d.date.weekday() == number]
        if len(days) == 1:
            return days[0]
        some = ", ".join(str(d) for d in days[:8]) or "none"
        raise InputError(f"--what-if {text[:60]!r}: which {words}? Shot on: {some}.")
    raise InputError(f"--what-if {text[:60]!r}: {words!r} is no date; {HOW}.")


def _span(first: date, last: str, text: str) -> DateRange:
    try:
        end = date.fromisoformat(last)
    except ValueError:
        end = first - timedelta(1)
    if end < first:
        raise InputError(f"--what-if {text[:60]!r}: ends before it begins; {HOW}.")
    return DateRange(first=first, last=end)

"""The shooting days as a calendar that phones and offices subscribe to."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

from setpiece.errors import MissingExtra
from setpiece.media.atomic import whole_file
from setpiece.schedule.call_sheet import CallSheet, call_sheets
from setpiece.schedule.days import called, light_word, numbers
from setpiece.schedule.model import Plan
from setpiece.script.eighths import pages


def write_ical(plan: Plan, path: Path, made: datetime | None = None) -> Path:
    """An event from call to wrap for each shooting day (RFC 5545).

    An event's identity is the show and the number of the shooting day: where a revised plan moves
    day 5, the event moves and no second one appears. `made`: when the plan was made (default: now).
    Raises StoreError (the disk) and MissingExtra.
    """
    try:
        from icalendar import Calendar
    except ImportError:
        raise MissingExtra(
            "Calendar files need icalendar: pip install 'setpiece[schedule]'"
        ) from None

    made = (made or datetime.now(UTC)).astimezone(UTC).replace(microsecond=0)
    calendar = Calendar()
    calendar.add("prodid", "-//Setpiece//Shooting plan//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"{_line(plan.breakdown.title)}: shooting")
    for sheet in call_sheets(plan):
        calendar.add_component(_event(sheet, plan, made))
    with whole_file(path) as part:
        part.write_bytes(calendar.to_ical())
    return path


def _event(sheet: CallSheet, plan: Plan, made: datetime):  # type: ignore[no-untyped-def]
    from icalendar import Event

    day, event = sheet.day, Event()
    name = hashlib.sha256(f"{plan.breakdown.title}\n{day.number}".encode()).hexdigest()[:32]
    event.add("uid", f"{name}@shooting.setpiece")
    event.add("dtstamp", made)
    # A wrap beyond the next call is still one day's work; in UTC, clocks that change do not matter.
    event.add("dtstart", sheet.call.astimezone(UTC))
    event.add("dtend", max(sheet.wrap, sheet.call + timedelta(minutes=1)).astimezone(UTC))
    event.add("summary", _line(f"{sheet.title}: day {day.number} of {day.of}"))
    event.add("location", _line("; ".join(
        f"{name}, {place.address}" if place and place.address else name
        for name, place in sheet.places
    )))  # fmt: skip
    scenes = [
        f"{called(s)}  {s.setting} {s.set} - {light_word(s.light)}, {pages(s.eighths)} "
        f"[{', '.join(numbers(s, plan))}]"
        for s in day.strips
    ]
    lines = [f"{pages(day.eighths)} pages", *scenes, *sheet.notes]
    if sheet.sun and sheet.sun.sunrise and sheet.sun.sunset:
        lines.append(f"Sunrise {sheet.sun.sunrise:%H:%M}, sunset {sheet.sun.sunset:%H:%M}")
    hospitals = dict.fromkeys(p.hospital for _, p in sheet.places if p and p.hospital)
    lines += [f"Nearest hospital: {h}" for h in hospitals]
    event.add("description", "\n".join(_line(x) for x in lines))
    return event


def _line(text: str) -> str:
    """Without line ends and signs that steer: a name cannot add lines of its own."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())

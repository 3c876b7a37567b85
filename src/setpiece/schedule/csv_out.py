"""The plan as a table for a spreadsheet: a row a strip, in shooting order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from setpiece.schedule.days import clock, light_word, numbers, shoot_days, time_of_day, unscheduled
from setpiece.schedule.model import Plan, Strip
from setpiece.schedule.shooting_schedule import groups
from setpiece.script.csv_table import pages_cell, write_csv

HEADS = (
    "Day", "Date", "Call", "Wrap", "Strip", "Scene", "I/E", "Set", "D/N", "Pages", "Eighths",
    "Time", "Location", "Cast", "Cast names", "Synopsis", "Elements",
)  # fmt: skip


def write_schedule_csv(plan: Plan, path: Path) -> Path:
    """Strips on no day stand at the end. The columns Date and Strip make it an order file too.

    Raises StoreError (the disk).
    """
    return write_csv(path, [HEADS, *_rows(plan)])


def _rows(plan: Plan) -> Iterator[list[object]]:
    for day in shoot_days(plan):
        call, wrap = time_of_day(day.day.call), time_of_day(day.day.wrap)
        for s in day.strips:
            yield [day.number, day.date.isoformat(), call, wrap, *_strip(s, plan)]
    for s in unscheduled(plan):
        yield ["", "", "", "", *_strip(s, plan)]


def _strip(s: Strip, plan: Plan) -> list[object]:
    needs = [f"{title}: {', '.join(items)}" for title, items in groups(s, plan)[bool(s.cast) :]]
    return [
        s.id, s.scene, s.setting, s.set, light_word(s.light), pages_cell(s.eighths), s.eighths,
        clock(s.minutes), s.location, ", ".join(numbers(s, plan)), ", ".join(s.cast), s.synopsis,
        "; ".join(needs),
    ]  # fmt: skip

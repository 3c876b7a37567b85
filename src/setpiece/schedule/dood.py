"""The day out of days, as a page on paper and as a table for a spreadsheet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from setpiece.schedule.attendance import Attendance, day_out_of_days
from setpiece.schedule.days import MONTHS, WEEKDAYS, shoot_days
from setpiece.schedule.model import Plan
from setpiece.schedule.paper import GREY, INK, RULE, TINT, Paper, write
from setpiece.schedule.reports import note, paper_size
from setpiece.script.csv_table import write_csv

NAMES, TOTALS, ROW, HEAD = 132.0, 196.0, 12.0, 46.0
NARROW, WIDE = 12.4, 18.0  # a date's column [pt]
HEADS = ("Work", "Hold", "Travel", "Total", "Start", "Finish")
AT = (0.0, 26.0, 51.0, 76.0, 118.0, 164.0)
FILLS = {"H": "#f0e3bd", "S": "#bfe0c3", "F": "#e9c2bd", "P": "#cfe0f0", "D": "#ecd7ea"}


def write_dood_csv(plan: Plan, path: Path) -> Path:
    """A row a player, a column a date. Raises StoreError (the disk)."""
    dates, numbers = all_dates(plan), day_numbers(plan)
    head = ["ID", "Cast", *(d.isoformat() for d in dates), *HEADS]
    shot = ["", "Shooting day", *(str(numbers.get(d, "")) for d in dates), *("" for _ in HEADS)]
    rows = [
        [r.performer.number, r.performer.name, *(r.codes.get(d, "") for d in dates), *totals(r)]
        for r in day_out_of_days(plan)
    ]
    return write_csv(path, [head, shot, *rows])


def write_dood_pdf(plan: Plan, path: Path) -> Path:
    """Landscape pages, as many dates on one as fit. Raises StoreError (the disk)."""
    rows, dates = day_out_of_days(plan), all_dates(plan)

    def draw(page: Paper) -> None:
        for part in _parts(dates, page.right - page.left - NAMES):
            _table(page, plan, rows, part)

    return write(
        path, plan.breakdown.title, "Day Out of Days for Cast", draw, size=paper_size(plan),
        landscape=True, note=f"{note(plan)}.  S start, W work, H hold, D drop, P pick up, F finish",
    )  # fmt: skip


@dataclass(frozen=True)
class _Part:
    """Dates that stand side by side on one page; the last part has the totals."""

    dates: tuple[date, ...]
    cell: float
    last: bool


def _parts(dates: list[date], room: float) -> list[_Part]:
    """As few as can be: columns as wide as fit, down to what is still read."""
    out, rest = [], tuple(dates)
    while len(rest) * NARROW > room - TOTALS:
        most = min(int(room / NARROW), len(rest))
        out.append(_Part(rest[:most], room / most, False))
        rest = rest[most:]
    wide = (room - TOTALS) / max(len(rest), 1)
    return [*out, _Part(rest, min(wide, WIDE), True)]


def all_dates(plan: Plan) -> list[date]:
    """Every date from first to last, days off too: a wait over a weekend is seen."""
    days = [d.date for d in shoot_days(plan)]
    if not days:
        return []
    return [days[0] + timedelta(n) for n in range((days[-1] - days[0]).days + 1)]


def day_numbers(plan: Plan) -> dict[date, int]:
    """Numbers of the shooting days by date."""
    return {d.date: d.number for d in shoot_days(plan)}


def totals(row: Attendance) -> list[str]:
    """What stands under HEADS."""

    def short(day: date) -> str:
        return f"{day.day} {MONTHS[day.month - 1][:3]}"

    total = row.work + row.hold + row.travel
    return [str(row.work), str(row.hold), str(row.travel), str(total), short(row.first),
            short(row.last)]  # fmt: skip


def _table(page: Paper, plan: Plan, rows: tuple[Attendance, ...], part: _Part) -> None:
    numbers = day_numbers(plan)
    page.new_page()
    _head(page, part, numbers)
    for n, row in enumerate(rows):
        if page.need(ROW):
            _head(page, part, numbers)
        y = page.y
        if n % 2:
            page.box(page.left, y, page.right - page.left, ROW, fill=TINT)
        p = row.performer
        page.text(page.left + 20, p.number, 7.4, y=y + 8.6, bold=True, align="right", width=20)
        page.text(page.left + 25, p.name + (" (K)" if p.minor else ""), 7.4, y=y + 8.6,
                  width=NAMES - 28)  # fmt: skip
        for k, day in enumerate(part.dates):
            x = page.left + NAMES + k * part.cell
            _cell(page, x, y, part.cell, row.codes.get(day, ""), day in numbers)
        if part.last:
            for x, words in zip(AT, totals(row), strict=True):
                page.text(page.right - TOTALS + x + 26, words, 7.2, y=y + 8.6, align="right")
        page.y += ROW
    page.rule(page.y)


def _cell(page: Paper, x: float, y: float, wide: float, code: str, shot: bool) -> None:
    if not shot and not code:
        page.box(x, y, wide, ROW, fill="#dcdad5")
    fill = FILLS["H"] if code == "H" else FILLS.get(code[:1]) or FILLS.get(code[-1:])
    if code and fill:
        page.box(x, y, wide, ROW, fill=fill)
    page.box(x, y, wide, ROW, edge=RULE, thick=0.3)
    size = 6.6 if len(code) < 3 else 5.2
    page.text(x + wide / 2, code, size, y=y + 8.4, align="centre", bold=code != "H")


def _head(page: Paper, part: _Part, numbers: dict[date, int]) -> None:
    """Month, day of the week, date and number of the shooting day above each column."""
    y = page.y
    for n, words in enumerate(("Month", "Weekday", "Date", "Shooting day")):
        page.text(page.left + NAMES - 5, words, 6.6, y=y + 9 + 11 * n, ink=GREY, align="right")
    before = 0
    for k, day in enumerate(part.dates):
        x = page.left + NAMES + k * part.cell
        page.box(x, y + 11, part.cell, 33, fill=None if day in numbers else "#dcdad5", edge=RULE,
                 thick=0.3)  # fmt: skip
        if day.month != before:
            before = day.month
            page.text(x + 1, f"{MONTHS[day.month - 1][:3]} {day.year}", 7, y=y + 8, bold=True)
        middle = x + part.cell / 2
        page.text(middle, WEEKDAYS[day.weekday()][:2], 6.4, y=y + 20, ink=GREY, align="centre")
        page.text(middle, str(day.day), 7.4, y=y + 31, align="centre", bold=True)
        page.text(middle, str(numbers.get(day, "")), 6.6, y=y + 42, align="centre", ink=INK)
    if part.last:
        for x, words in zip(AT, HEADS, strict=True):
            page.text(page.right - TOTALS + x + 26, words, 6.8, y=y + 42, ink=GREY, align="right")
    page.y += HEAD
    page.rule(page.y, ink=GREY)

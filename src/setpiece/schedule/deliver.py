"""Everything that a plan is handed out as."""

from __future__ import annotations

from pathlib import Path

from setpiece.schedule.call_sheet import call_sheets
from setpiece.schedule.call_sheet_html import write_call_sheet_page
from setpiece.schedule.call_sheet_pdf import write_call_sheet
from setpiece.schedule.csv_out import write_schedule_csv
from setpiece.schedule.dood import write_dood_csv, write_dood_pdf
from setpiece.schedule.dood_html import write_dood_page
from setpiece.schedule.ical import write_ical
from setpiece.schedule.model import Plan
from setpiece.schedule.oneline import write_oneline
from setpiece.schedule.shooting_schedule import write_shooting_schedule
from setpiece.schedule.stripboard_html import write_stripboard_page
from setpiece.schedule.stripboard_pdf import write_stripboard
from setpiece.schedule.uss_out import write_uss


def deliver(plan: Plan, folder: Path) -> list[Path]:
    """Write the board, the reports, a call sheet a day, the calendar and the exchange files.

    Each file appears whole or not at all. Call sheets of an earlier plan in `folder` that this one
    has no day for are removed: nobody shall go by them. Raises StoreError (the disk).
    """
    out = [
        write_stripboard_page(plan, folder / "stripboard.html"),
        write_stripboard(plan, folder / "stripboard.pdf"),
        write_oneline(plan, folder / "one_line_schedule.pdf"),
        write_shooting_schedule(plan, folder / "shooting_schedule.pdf"),
        write_dood_pdf(plan, folder / "day_out_of_days.pdf"),
        write_dood_csv(plan, folder / "day_out_of_days.csv"),
        write_dood_page(plan, folder / "day_out_of_days.html"),
        write_schedule_csv(plan, folder / "schedule.csv"),
        write_ical(plan, folder / "schedule.ics"),
        write_uss(plan, folder / "schedule.uss"),
    ]
    sheets = folder / "call_sheets"
    for sheet in call_sheets(plan):
        name = f"day_{sheet.day.number:02d}_{sheet.day.date}"
        out.append(write_call_sheet(sheet, plan, sheets / f"{name}.pdf"))
        out.append(write_call_sheet_page(sheet, plan, sheets / f"{name}.html"))
    _clear(sheets, {p.name for p in out})
    return out


def _clear(sheets: Path, kept: set[str]) -> None:
    for old in sheets.glob("day_*_????-??-??.*"):
        if old.suffix in (".pdf", ".html") and old.name not in kept:
            old.unlink(missing_ok=True)

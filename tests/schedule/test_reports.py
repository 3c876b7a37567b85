"""Printed reports and exchange files of a plan with everything in it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import boards
import pytest

from setpiece.errors import InputError
from setpiece.schedule.attendance import day_out_of_days
from setpiece.schedule.call_sheet import call_sheets
from setpiece.schedule.call_sheet_html import write_call_sheet_page
from setpiece.schedule.call_sheet_pdf import write_call_sheet
from setpiece.schedule.colours import strip_colour
from setpiece.schedule.csv_out import write_schedule_csv
from setpiece.schedule.deliver import deliver
from setpiece.schedule.dood import write_dood_csv, write_dood_pdf
from setpiece.schedule.dood_html import write_dood_page
from setpiece.schedule.ical import write_ical
from setpiece.schedule.model import Plan
from setpiece.schedule.oneline import write_oneline
from setpiece.schedule.order_file import read_order
from setpiece.schedule.shooting_schedule import write_shooting_schedule
from setpiece.schedule.stripboard_pdf import write_stripboard
from setpiece.script.csv_table import cell, plain_cell

MADE = datetime(2026, 4, 1, tzinfo=UTC)
REPORTS = (write_stripboard, write_oneline, write_shooting_schedule, write_dood_pdf)


def words(path: Path) -> str:
    from pypdf import PdfReader

    return "\n".join(page.extract_text() for page in PdfReader(path).pages)


@pytest.mark.parametrize("write", REPORTS, ids=lambda f: f.__name__)
def test_reports_show_names_of_every_alphabet_and_are_the_same_again(
    tmp_path: Path, write: Callable[[Plan, Path], Path]
) -> None:
    plan = boards.plan()
    path = write(plan, tmp_path / "a.pdf")
    text = words(path)
    if write is not write_oneline:
        assert "ΝΕΦΕΛΗ" in text
        assert "Жанна Ёлкина" in text
    assert "Page 1 of" in text
    assert "The “Mill”" in text
    assert path.read_bytes() == write(plan, tmp_path / "b.pdf").read_bytes()


def test_every_strip_and_day_is_on_every_board(tmp_path: Path) -> None:
    plan = boards.plan()
    for write in (write_stripboard, write_oneline):
        text = words(write(plan, tmp_path / "x.pdf"))
        for strip in plan.breakdown.strips:
            assert strip.set in text
        for number in range(1, len(plan.days) + 1):
            assert f"End of Day # {number} of {len(plan.days)}" in text
        assert "Boneyard: 1 strips" in text


def test_hundreds_of_items_and_names_are_all_printed(tmp_path: Path) -> None:
    """A crowd scene does not run off the page."""
    from pypdf import PdfReader

    plan = boards.plan()
    props = tuple(f"prop number {n}" for n in range(400))
    first = plan.breakdown.strips[0].model_copy(update={"elements": {"props": props}})
    crowd = plan.breakdown.model_copy(update={"strips": (first, *plan.breakdown.strips[1:])})
    path = write_shooting_schedule(plan.model_copy(update={"breakdown": crowd}), tmp_path / "x.pdf")
    low: list[float] = []
    for page in PdfReader(path).pages:
        page.extract_text(
            visitor_text=lambda t, cm, tm, *_: t.strip() and low.append(cm[5] + tm[5])
        )
    assert min(low) > 25
    text = words(path)
    assert all(p in text for p in props)


def test_the_day_out_of_days_is_what_is_paid(tmp_path: Path) -> None:
    plan = boards.plan({**boards.BOARD, 4: ("10",), 11: ("7", "4")})
    rows = {r.performer.number: r for r in day_out_of_days(plan)}
    for row in rows.values():
        paid = row.performer.rate * (row.work + row.travel) + row.performer.holding * row.hold
        assert paid == plan.cost.cast[row.performer.name]
        codes = [row.codes[d] for d in sorted(row.codes)]
        if len(codes) == 1:
            assert codes == ["SWF"]
        else:
            assert codes[0].startswith("S")
            assert codes[-1].endswith("F")
        assert sum("D" in c for c in codes) == sum("P" in c for c in codes)
    assert [c for c in rows["3"].codes.values() if c != "H"] == ["SW", "WD", "PWF"]
    assert sum(r.hold for r in rows.values()) == plan.cost.holds
    table = list(csv.reader(io.StringIO(
        write_dood_csv(plan, tmp_path / "d.csv").read_text(encoding="utf-8-sig")
    )))  # fmt: skip
    assert {r[0]: "".join(r[2:-6]) for r in table[2:]} == {
        n: "".join(r.codes[d] for d in sorted(r.codes)) for n, r in rows.items()
    }


def test_call_sheets_say_when_where_and_who(tmp_path: Path) -> None:
    plan = boards.plan()
    sheets = call_sheets(plan)
    assert [s.day.number for s in sheets] == list(range(1, len(plan.days) + 1))
    first = sheets[0]
    assert f"{first.call:%H:%M} {first.call.tzinfo}" == "07:00 Europe/London"
    assert first.sun is not None
    assert first.sun.sunrise is not None
    assert f"{first.sun.sunrise:%H}" == "05"  # Edinburgh, on summer time
    ana = next(c for c in first.cast if c.performer.number == "1")
    assert ana.status == "SW"
    assert ana.pick_up is not None
    assert ana.make_up is not None
    assert ana.on_set is not None
    assert ana.pick_up < ana.make_up < ana.on_set <= first.wrap
    text = words(write_call_sheet(first, plan, tmp_path / "c.pdf"))
    for said in (
        "Royal Infirmary <1 mile>", "1 High St", "Advance: day 2", "ANA", "Weather expected",
        "Unit base: The green", "Sunrise",
    ):  # fmt: skip
        assert said in text
    moved = next(s for s in sheets if s.day.moves)
    assert any(n.startswith("Company move: North to HARBOUR & QUAY") for n in moved.notes)
    gap = moved.scenes[1].begins - moved.scenes[0].begins
    assert gap.total_seconds() >= 60 * (moved.scenes[0].strip.minutes + 75)
    night = next(s for s in sheets if s.day.day.hours == "night")
    assert night.wrap > night.call
    light = words(write_call_sheet(night, plan, tmp_path / "n.pdf"))
    assert light.index("Sunset") < light.index("Sunrise")
    assert night.after is not None
    assert night.after.sunrise is not None
    assert night.after.sunrise > night.call
    minors = next(s for s in sheets if any(p.minor for p in s.day.cast))
    assert any("KID" in n for n in minors.notes)


@pytest.mark.parametrize("kind", ["call", "dood"])
def test_pages_show_names_as_text(tmp_path: Path, kind: str) -> None:
    plan = boards.plan()
    if kind == "call":
        path = write_call_sheet_page(call_sheets(plan)[0], plan, tmp_path / "c.html")
    else:
        path = write_dood_page(plan, tmp_path / "d.html")
    text = path.read_text(encoding="utf-8")
    assert "<script" not in text
    assert "&lt;/script&gt;&lt;script&gt;window.evil" in text
    assert "<b>LI</b>" not in text
    assert "Content-Security-Policy" in text


def test_formulas_are_defused_in_every_table(tmp_path: Path) -> None:
    plan = boards.plan()
    for write in (write_schedule_csv, write_dood_csv):
        path = write(plan, tmp_path / "x.csv")
        cells = [c for r in csv.reader(io.StringIO(path.read_text("utf-8-sig"))) for c in r]
        assert any("HYPERLINK" in c for c in cells)
        assert not [c for c in cells if c[:1] in ("=", "@", "\t", "\r")]
    for text in ("=1+1", "@SUM(1)", "-cmd", "+x", "\t=x", "＝1", "-1 + 2"):
        assert cell(text) == "'" + text
        assert plain_cell(cell(text)) == text
    for text in ("-12.5", "+3", "12A", "", "a=b"):
        assert cell(text) == text


def test_the_schedule_table_is_an_order_file_too(tmp_path: Path) -> None:
    plan = boards.plan()
    path = write_schedule_csv(plan, tmp_path / "schedule.csv")
    again = read_order(path, plan.breakdown)
    assert [(d.date, d.strips) for d in again] == [(d.date, d.strips) for d in plan.days]
    assert {r["Pages"] for r in csv.DictReader(path.open(encoding="utf-8-sig"))} >= {
        "2 3/8", "0 4/8", "2"
    }  # fmt: skip
    semicolons = path.read_text("utf-8-sig")
    table = list(csv.reader(io.StringIO(semicolons)))
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows(table)
    path.write_text(out.getvalue(), encoding="utf-8")
    assert read_order(path, plan.breakdown) == again


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "columns Date and Strip"),
        ('{"setpiece": "order"}', "not as the board saved it"),
        ('{"setpiece": "order", "days": [{"date": "soon", "strips": ["1"]}]}', "no date"),
        ('{"setpiece": "order", "days": [{"date": "2026-05-04", "strips": ["77"]}]}', "'77'|77"),
        ('{"setpiece": "order", "days": [{"date": "2026-05-04", "strips": ["1", "1"]}]}', "twice"),
        ('{"setpiece": "order", "days": []}', "no strip"),
        ('{"setpiece": "order", "days": [{"date": "2026-05-04", "strips": [1]}]}', "as text"),
        ("{" * 100_000, "not as the board saved it"),
        ("Date,Strip\n2026-13-01,1\n", "no date"),
    ],
)
def test_an_order_that_is_none_is_refused_in_words(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "order.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        read_order(path, boards.breakdown())


def test_the_calendar_file_keeps_its_events_when_a_day_moves(tmp_path: Path) -> None:
    from icalendar import Calendar

    def events(plan: Plan) -> list:
        path = write_ical(plan, tmp_path / "s.ics", MADE)
        return list(Calendar.from_ical(path.read_bytes()).walk("VEVENT"))

    plan = boards.plan()
    before = events(plan)
    assert len(before) == len(plan.days)
    for event, day in zip(before, plan.days, strict=True):
        minutes = (event["dtend"].dt - event["dtstart"].dt).total_seconds() / 60
        assert minutes == day.wrap - day.call
        assert event["dtstart"].dt.hour * 60 == day.call - 60  # London is on summer time
    moved = events(boards.plan({**boards.BOARD, 12: boards.BOARD[11], 11: ()}))
    assert [e["uid"] for e in moved] == [e["uid"] for e in before]
    assert moved[-1]["dtstart"].dt > before[-1]["dtstart"].dt
    raw = (tmp_path / "s.ics").read_bytes()
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))


def test_everything_is_delivered_and_old_call_sheets_go(tmp_path: Path) -> None:
    plan = boards.plan()
    first = deliver(plan, tmp_path)
    assert all(p.stat().st_size > 200 for p in first)
    assert len({p.name for p in first}) == len(first) == 10 + 2 * len(plan.days)
    fewer = {n: s for n, s in boards.BOARD.items() if n != 11}
    deliver(boards.plan(fewer), tmp_path)
    there = list((tmp_path / "call_sheets").iterdir())
    assert len(there) == 2 * len(fewer)
    assert not [p for p in tmp_path.rglob("*") if ".part" in p.name]


def test_a_plan_without_a_day_still_has_its_papers(tmp_path: Path) -> None:
    out = deliver(boards.plan({}), tmp_path)
    assert len(out) == 10
    assert "Boneyard: 12 strips" in words(tmp_path / "one_line_schedule.pdf")


def test_strips_have_the_fields_colours() -> None:
    def rgb(setting: str, light: str) -> tuple[int, ...]:
        fill = strip_colour(setting, light).fill
        assert re.fullmatch("#[0-9a-f]{6}", fill)
        return tuple(int(fill[n : n + 2], 16) for n in (1, 3, 5))

    assert rgb("INT", "D") == (255, 255, 255)
    r, g, b = rgb("EXT", "D")
    assert min(r, g) > b + 60  # yellow
    r, g, b = rgb("INT", "N")
    assert b > r + 40  # blue
    r, g, b = rgb("EXT", "N")
    assert g > max(r, b) + 30  # green
    assert strip_colour("INT/EXT", "N") == strip_colour("EXT", "N")
    every = {strip_colour(s, x) for s in ("INT", "EXT") for x in ("D", "N", "DAWN", "DUSK")}
    assert len(every) == 8

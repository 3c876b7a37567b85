"""Movie Magic's reports in the layouts they are met in, and our own, read back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import boards
import printed
import printed_field as field
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from setpiece.errors import InputError
from setpiece.schedule.imported import Imported
from setpiece.schedule.movie_magic import read_movie_magic
from setpiece.schedule.oneline import write_oneline
from setpiece.schedule.read_board import read_board
from setpiece.schedule.shooting_schedule import write_shooting_schedule

LAYOUTS = (
    printed.one_liner_in_columns, printed.one_liner_in_lines, printed.shooting_schedule,
    field.one_line, field.slug_above, field.titles_on_the_slug, field.cast_in_front,
)  # fmt: skip
EIGHTHS = (19, 9, 5, 6, 24, 8)


def read(tmp_path: Path, layout: Callable[[Path], None]) -> Imported:
    layout(tmp_path / "report.pdf")
    return read_movie_magic(tmp_path / "report.pdf")


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda f: f.__name__)
def test_strips_days_and_cast_of_every_layout(
    tmp_path: Path, layout: Callable[[Path], None]
) -> None:
    found = read(tmp_path, layout)
    strips = found.breakdown.strips
    assert found.breakdown.title == "THE MILL"
    for strip, row, eighths in zip(strips, printed.SCENES, EIGHTHS, strict=True):
        assert (strip.scene, strip.setting, strip.set) == row[1:4]
        assert strip.synopsis == row[4]
        assert strip.eighths == eighths
    assert [s.light for s in strips] == ["D", "D", "N", "DUSK", "N", "N"]
    numbers = {p.name: p.number for p in found.breakdown.performers}
    assert [", ".join(numbers[n] for n in s.cast) for s in strips] == [r[8] for r in printed.SCENES]
    assert [d.date.isoformat() for d in found.days] == ["2026-05-04", "2026-05-05", "2026-05-07"]
    assert [d.strips for d in found.days] == [("3", "12A", "14"), ("7", "8, 9"), ("21",)]


def test_names_come_from_the_list_of_the_cast(tmp_path: Path) -> None:
    found = read(tmp_path, printed.one_liner_in_columns)
    assert found.breakdown.strips[2].cast == ("THE MILLER",)
    assert found.breakdown.strips[0].notes == "Script day D2"
    assert not found.breakdown.remarks


def test_what_is_not_understood_is_named(tmp_path: Path) -> None:
    told = " ".join(read(tmp_path, printed.one_liner_in_lines).breakdown.remarks)
    assert "SOMETHING NOBODY FORESAW" in told
    assert "No name in the report for cast 1, 2, 3, 7, 12" in told


def test_a_shooting_schedule_gives_elements_times_and_places(tmp_path: Path) -> None:
    strips = read(tmp_path, printed.shooting_schedule).breakdown.strips
    assert strips[0].elements == {"props": ("Ledger", "Lantern")}
    assert strips[1].elements == {"props": ("Umbrella",), "crowds": ("Carters (4)",)}
    assert [s.minutes for s in strips] == [210, 120, 75, 45, 240, 90]
    assert [s.location for s in strips] == [r[10] for r in printed.SCENES]


def test_two_tracks_of_columns_do_not_disturb_each_other(tmp_path: Path) -> None:
    strips = read(tmp_path, field.slug_above).breakdown.strips
    yard = {"props": ("Umbrella",), "crowds": ("Carters (4)",), "vehicles": ("Cart",)}
    assert strips[1].elements == yard
    assert strips[0].notes == "Script day D2; A Unit"


def test_parts_of_a_scene_are_strips_and_cast_comes_in_two_columns(tmp_path: Path) -> None:
    found = read(tmp_path, field.numbered_cast)
    strips = found.breakdown.strips
    assert [(s.scene, s.set, s.eighths) for s in strips] == [
        ("7pt", "RIVER BANK", 4), ("7pt", "RIVER - BOAT", 10), ("", "HILLS", 1),
    ]  # fmt: skip
    assert [s.cast for s in strips] == [("NORA",), ("NORA", "GHOST"), ()]
    assert strips[0].elements == {"crowds": ("3 anglers",)}
    assert [(d.date.isoformat(), len(d.strips)) for d in found.days] == [("2026-05-05", 3)]
    assert "no scene number found" in " ".join(found.breakdown.remarks)


def test_pages_that_do_not_add_up_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(printed.TOTALS, 2, "4 6/8")
    told = read(tmp_path, printed.shooting_schedule).breakdown.remarks
    assert "Day 2: the report says 4 6/8 pages, its strips have 3 6/8. Look at that day." in told


@pytest.mark.parametrize("write", [write_oneline, write_shooting_schedule])
def test_our_own_reports_are_read_back(tmp_path: Path, write: Callable[..., Path]) -> None:
    plan = boards.plan()
    found = read_movie_magic(write(plan, tmp_path / "own.pdf"))
    there = {s.scene: s for s in found.breakdown.strips}
    assert [(d.date, d.strips) for d in found.days] == [(d.date, d.strips) for d in plan.days]
    for d in plan.days:
        for old in (plan.breakdown.by_id[i] for i in d.strips):
            new = there[old.scene]
            for name in ("setting", "set", "light", "eighths", "minutes"):
                assert getattr(new, name) == getattr(old, name)
            assert sorted(new.cast) == sorted(old.cast)


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"%PDF-1.4\nnonsense", b"\x00" * 4000])
def test_what_is_no_report_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.pdf").write_bytes(data)
    with pytest.raises(InputError, match=r"x\.pdf"):
        read_movie_magic(tmp_path / "x.pdf")


def test_a_pdf_of_prose_is_refused(tmp_path: Path) -> None:
    sheet = printed.Sheet(tmp_path / "prose.pdf")
    sheet.head()
    for n in range(30):
        sheet.put(40, 80 + 12 * n, "It was the best of times, it was the worst of times.")
    sheet.save()
    with pytest.raises(InputError, match="INT or EXT"):
        read_movie_magic(tmp_path / "prose.pdf")


def test_a_report_is_told_from_a_script(tmp_path: Path) -> None:
    printed.shooting_schedule(tmp_path / "report.pdf")
    found = read_board(tmp_path / "report.pdf")
    assert found is not None
    assert len(found.breakdown.strips) == len(printed.SCENES)
    sheet = printed.Sheet(tmp_path / "script.pdf")
    sheet.head()
    for n in range(8):
        sheet.put(108, 90 + 48 * n, f"INT. ROOM {n} - DAY", 12, "Courier")
        sheet.put(108, 114 + 48 * n, "Somebody comes in.", 12, "Courier")
    sheet.save()
    assert read_board(tmp_path / "script.pdf") is None
    with pytest.raises(InputError, match="end of day"):
        read_movie_magic(tmp_path / "script.pdf")
    assert read_board(tmp_path / "table.csv") is None


def test_breakdown_sheets_are_read_a_page_a_scene(tmp_path: Path) -> None:
    found = read(tmp_path, printed.breakdown_sheets)
    for strip, row, eighths in zip(found.breakdown.strips, printed.SCENES, EIGHTHS, strict=True):
        assert (strip.scene, strip.setting, strip.set, strip.synopsis) == row[1:5]
        assert (strip.eighths, strip.location) == (eighths, row[10])
    assert [s.light for s in found.breakdown.strips] == ["D", "D", "N", "DUSK", "N", "N"]
    assert [s.minutes for s in found.breakdown.strips] == [210, 120, 75, 45, 240, 90]
    assert found.breakdown.strips[0].cast == ("ANA", "BO LI")
    assert found.breakdown.strips[0].elements == {"props": ("Ledger", "Lantern")}
    assert found.days == ()
    read_anyway = read_board(tmp_path / "report.pdf")
    assert read_anyway is not None


WORDS = st.sampled_from((
    "INT", "EXT", "INT/EXT", "INT. HOUSE - DAY", "Scene # 12A INT ROOM Day 7/8", "Scenes:", "3",
    "12A", "2 3/8 pgs", "pgs", "0/8", "999", "1, 2, X9", "C: 1, 2", "Day", "Night", "D12", ":30",
    "99:59", "Cast Members", "Props", "1. ANA", "Set:", "Int/Ext: EXT", "Day/Night:", "Location: X",
    "End of Day # 1 -- Monday, May 4, 2026 -- Total Pages: 3", "End of Day 2 February 30, 2026",
    "Boneyard", "Company move", "\u202etxt", "Ж" * 400,
))  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.lists(WORDS | st.text(max_size=12), min_size=1, max_size=7), max_size=25))
def test_any_page_is_read_or_refused_in_words(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    path = tmp_path_factory.mktemp("mm") / "any.pdf"
    sheet = printed.Sheet(path)
    sheet.head()
    for n, row in enumerate(rows):
        for k, text in enumerate(row):
            sheet.put(40 + 75 * k, 70 + 20 * n, text)
    sheet.save()
    try:
        found = read_movie_magic(path)
    except InputError as error:
        told = str(error)
        if "any.pdf" not in told:
            pytest.fail(told)
        return
    assert found.breakdown.strips

"""Scripts to strips, and the table a producer edits."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from setpiece.errors import InputError
from setpiece.schedule.breakdown import break_down
from setpiece.schedule.breakdown_csv import (
    COLUMNS,
    read_breakdown_csv,
    write_breakdown_csv,
)
from setpiece.schedule.model import Breakdown, Strip
from setpiece.script import read_script
from setpiece.script.csv_table import pages_cell, read_pages
from setpiece.script.eighths import pages
from setpiece.script.read import read_bytes

SHARED = Path(__file__).resolve().parents[3] / "shared/screenplays"

BAR = b"""INT. BAR - KITCHEN - NIGHT #1#

= Ana finds the gun.

ANA hides the gun. OLD WOMAN (70) watches the dog.

ANA
Quiet.

LEO (V.O.)
I hear you.

EXT. YARD - CONTINUOUS #2#

They wait.

ALL
Now!

ANA
Go.

LEO
Now.

EXT. SHORE - DAWN #2#

ANA runs.

INT. CELLAR #3#

ANA sits.
"""


def test_a_scene_becomes_a_strip() -> None:
    found = break_down(read_bytes(BAR))
    kitchen, yard, shore, cellar = found.strips
    assert (kitchen.id, kitchen.set, kitchen.location) == ("1", "BAR - KITCHEN", "BAR")
    assert (kitchen.light, kitchen.setting, kitchen.cover, kitchen.weather) == (
        "N",
        "INT",
        True,
        False,
    )
    assert kitchen.synopsis == "Ana finds the gun."
    assert kitchen.cast == ("ANA",)  # LEO is only heard
    assert "props: gun" in kitchen.unconfirmed
    assert kitchen.elements["cast"] == ("OLD WOMAN",)
    assert yard.light == "N"  # CONTINUOUS
    assert yard.cast == ("ANA", "LEO")  # ALL is nobody of its own
    assert (shore.light, shore.id) == ("DAWN", "2-2")
    assert cellar.light == "D"
    assert any("LEO is only heard" in r for r in found.remarks)
    assert any("used twice" in r for r in found.remarks)
    assert [p.number for p in found.performers if p.name == "ANA"] == ["1"]


def test_omitted_scenes_and_empty_scripts() -> None:
    found = break_down(
        read_bytes(b"INT. A - DAY\n\nHe waits.\n\n.OMITTED #2#\n\nINT. B - DAY\n\nShe waits.\n")
    )
    assert [s.set for s in found.strips] == ["A", "B"]
    with pytest.raises(InputError, match="no strip to shoot"):
        break_down(read_bytes(b"Title: Nothing\n\nShe waits.\n"))


def test_nearly_the_same_name_of_a_location_is_pointed_out() -> None:
    text = b"INT. ANA'S HOUSE - DAY\n\nHe waits.\n\nINT. ANAS HOUSE - DAY\n\nShe waits.\n"
    assert any("ANAS HOUSE" in r and "the same?" in r for r in break_down(read_bytes(text)).remarks)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared screenplays are not here")
@pytest.mark.parametrize("name", ["macbeth_standardebooks", "Cyber_Bob_ep00001"])
def test_a_real_script_survives_the_spreadsheet(name: str, tmp_path: Path) -> None:
    found = break_down(read_script(SHARED / f"{name}.fountain"))
    write_breakdown_csv(found, tmp_path / "b.csv")
    again = read_breakdown_csv(tmp_path / "b.csv")
    # Places in script order are counted from the rows.
    assert [s.model_copy(update={"position": 0}) for s in again.strips] == [
        s.model_copy(update={"position": 0}) for s in found.strips
    ]


def _table(tmp_path: Path, text: str | bytes) -> Breakdown:
    path = tmp_path / "b.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_breakdown_csv(path)


def test_what_a_spreadsheet_makes_of_a_table(tmp_path: Path) -> None:
    semicolons = "ID;Set;Pages;Cast;setting;light\r\n7;Café;2 3/8;Ana | Leo;ext;night\r\n;;;;;\r\n"
    (strip,) = _table(tmp_path, semicolons.encode("cp1252")).strips
    assert (strip.set, strip.eighths, strip.cast) == ("Café", 19, ("ANA", "LEO"))
    assert (strip.setting, strip.light, strip.weather) == ("EXT", "N", True)
    (strip,) = _table(tmp_path, "\ufeffid\tnotes\tmine\n8\thi\t1\n".encode("utf-16")).strips
    assert (strip.id, strip.notes) == ("8", "hi")


def test_marks_say_what_nobody_confirmed(tmp_path: Path) -> None:
    (a, b) = _table(
        tmp_path, "id,props,stunts,cast\n1,gun; map?,fall?,ANA\n2,,fall,LEO; EXTRA?\n"
    ).strips
    assert a.elements == {"props": ("gun", "map"), "stunts": ("fall",)}
    assert set(a.unconfirmed) == {"props: map", "stunts: fall"}
    assert not a.stunt
    assert b.stunt
    assert b.cast == ("LEO",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("scene x\n1\n", "row 1 is no header"),
        ("id,pages\n1,lots\n", "row 2, pages: 'lots' is not a length"),
        ("id,light\n1,soon\n", "row 2, light"),
        ("id,setting\n1,under water\n", "row 2, setting"),
        ("id,minutes\n1,-5\n", "row 2, minutes"),
        ("id,locked_date\n1,1.5.27\n", "row 2, locked_date"),
        ("id,stunt\n1,perhaps\n", "row 2, stunt"),
        ("id,after\n1,9\n", "after '9' names no strip"),
        ("id,after\n1,2\n2,1\n", "goes in a circle"),
        ("id,notes\n1,a,b,c\n", "row 2: has more cells"),
        ("id,notes\n", "no strip"),
        ("", "is empty"),
        (b"\x00\x01\x02\x03id,scene\x00\x00", "not a table of text"),
        ("id,pages\n1,999999\n", "row 2"),
    ],
)
def test_a_cell_that_cannot_be_used_is_named(tmp_path: Path, text: str | bytes, said: str) -> None:
    with pytest.raises(InputError, match=r"b\.csv") as told:
        _table(tmp_path, text)
    assert said in str(told.value)


def test_a_huge_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "b.csv"
    path.write_bytes(b"id\n" + b"1\n" * 3_000_000)
    with pytest.raises(InputError, match="far smaller"):
        read_breakdown_csv(path)


def test_formulas_leave_as_text_and_come_back(tmp_path: Path) -> None:
    strip = Strip(id="1", set='=HYPERLINK("http://x")', notes="+1 for Ana", synopsis="@a\nb")
    write_breakdown_csv(Breakdown(strips=(strip,)), tmp_path / "b.csv")
    text = (tmp_path / "b.csv").read_text("utf-8-sig")
    for row in csv.reader(io.StringIO(text)):
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row)
    (again,) = read_breakdown_csv(tmp_path / "b.csv").strips
    assert (again.set, again.notes, again.synopsis) == (strip.set, strip.notes, strip.synopsis)


@given(st.integers(1, 799))
def test_eighths_are_read_as_they_are_written(count: int) -> None:
    assert read_pages(pages(count)) == count
    assert read_pages(pages_cell(count)) == count
    assert not re.fullmatch(r"\d+/\d+", pages_cell(count))  # a spreadsheet's date


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_any_file_is_read_or_refused_with_a_reason(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.mktemp("any") / "b.csv"
    path.write_bytes(b",".join(c.encode() for c in COLUMNS) + b"\n" + data)
    try:
        found = read_breakdown_csv(path)
    except InputError as error:
        said = str(error)
    else:
        said = "b.csv" if found.strips else ""
    assert "b.csv" in said

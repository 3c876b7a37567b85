"""cal.toml, the files that a schedule begins with, and scenes that no day holds."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from setpiece.errors import InputError
from setpiece.schedule.breakdown_csv import read_breakdown_csv
from setpiece.schedule.calendar_file import read_calendar
from setpiece.schedule.model import Breakdown, Calendar, Strip
from setpiece.schedule.new import write_new
from setpiece.schedule.split import split_long

BOARD = Breakdown(
    strips=(
        Strip(id="1", cast=("ANA", "LEO"), location="BAR", eighths=8),
        Strip(id="2", cast=("ANA",), location="YARD", eighths=60),
        Strip(id="3", cast=("LEO",), location="YARD", after=("2",)),
    )
).checked()


def _read(tmp_path: Path, text: str) -> tuple[Calendar, Breakdown]:
    (tmp_path / "cal.toml").write_text(text)
    return read_calendar(tmp_path / "cal.toml", BOARD)


def test_deals_places_and_strips_are_told(tmp_path: Path) -> None:
    calendar, found = _read(
        tmp_path,
        """
        title = "Tower"
        currency = "EUR"
        [calendar]
        start = 2027-03-01
        days_off = ["sat", "Sunday"]
        pages = "4 3/8"
        day_call = "06:30"
        unit_day = "8,000.50"
        wet = 0.2
        holidays = [2027-03-19, {date = 2027-03-25, name = "Thursday"}]
        [defaults]
        rate = 500
        [[performer]]
        name = "ana"
        number = "7"
        rate = 1200.50
        hold_rate = 600
        away = ["2027-03-09..2027-03-12", 2027-04-01]
        [[location]]
        name = "Bar"
        place = "Old town"
        fee = 900
        permits = ["2027-03-01 to 2027-03-05"]
        [[strip]]
        id = "1"
        pages = "2"
        locked_date = 2027-03-03
        [[equipment]]
        name = "crane"
        rate = 900
        minimum = 2
        """,
    )
    assert (calendar.page_limit, calendar.day_call, calendar.unit_day) == (35, 390, 800050)
    assert calendar.wet == (0.2,) * 12
    assert not calendar.works(date(2027, 3, 19))
    assert not calendar.works(date(2027, 3, 6))
    assert calendar.equipment[0].minimum == 2
    ana, leo = found.cast["ANA"], found.cast["LEO"]
    assert (ana.number, ana.rate, ana.hold_rate) == ("7", 120050, 60000)
    assert date(2027, 3, 10) in ana.away[0]
    assert (leo.number, leo.rate) == ("1", 50000)
    assert found.sites["BAR"] == "Old town"
    assert found.locations[0].fee == 90000
    assert found.by_id["1"].eighths == 16
    assert found.by_id["1"].locked_date == date(2027, 3, 3)
    assert found.title == "Tower"
    assert found.remarks == ()


def test_public_holidays_of_a_country_are_days_off(tmp_path: Path) -> None:
    pytest.importorskip("holidays", reason="the extra schedule is not installed")
    calendar, _ = _read(tmp_path, '[calendar]\nstart = 2027-01-04\ncountry = "ES-MD"\n')
    assert not calendar.works(date(2027, 1, 6))
    assert not calendar.works(date(2028, 5, 2))  # Madrid's own
    with pytest.raises(InputError, match=r"country: 'XQ' is not known"):
        _read(tmp_path, '[calendar]\nstart = 2027-01-04\ncountry = "XQ"\n')


START = "[calendar]\nstart = 2027-03-01\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "start is missing"),
        ("[calendar]\nstart = 'soon'", "calendar, start"),
        ("x = [", "not TOML"),
        (START + "[unit]\n", "[unit] is not known"),
        (START + "colour = 1\n", "calendar, colour: is not known"),
        (START + "days_off = ['Mon','Tue','Wed','Thu','Fri','Sat','Sun']", "no working day"),
        (START + "end = 2027-02-01", "is before start"),
        (START + "days_off = ['Blursday']", "is no weekday"),
        (START + "unit_day = -5", "negative"),
        (START + "hours = 40", "calendar, hours"),
        (START + "overtime = -1", "calendar, overtime"),
        (START + "overtime_rate = -1", "calendar, overtime_rate"),
        (START + "hours = 20\novertime = 5", "more than a day has"),
        (START + "split_days = true", "split_days: needs to know when the sun sets"),
        (START + "pages = 'many'", "calendar, pages"),
        (START + "day_call = '25:00'", "calendar, day_call"),
        (START + "wet = [0.1]", "twelve chances"),
        (START + "[[performer]]\nname = 'ANA'\nrate = -1", "performer ANA"),
        (START + "[[performer]]\nname = 'ANA'\naway = ['2027-05-09..2027-05-01']", "ends before"),
        (START + "[[performer]]\nname = 'ANA'\n[[performer]]\nname = 'ana'", "there twice"),
        (START + "[[performer]]\nrate = 3", "has no name"),
        ("performer = 3\n" + START, "[[performer]]"),
        (START + "[[strip]]\nid = '12'", "names no strip"),
        (START + "[[strip]]\nid = '2'\nafter = ['3']", "goes in a circle"),
        (START + "[[strip]]\nid = '2'\nmoon = true", "strip 2, moon"),
    ],
)
def test_what_is_wrong_is_named_with_its_key(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError, match=r"cal\.toml") as told:
        _read(tmp_path, text)
    assert said in str(told.value)


def test_a_name_that_nobody_has_is_pointed_out(tmp_path: Path) -> None:
    _, found = _read(tmp_path, START + "[[performer]]\nname = 'ANNA'\nrate = 3\n")
    assert any("'ANNA'; did you mean ANA?" in r for r in found.remarks)
    assert any("no rate for ANA, LEO" in r for r in found.remarks)


def test_a_scene_longer_than_a_day_becomes_parts() -> None:
    found = split_long(BOARD, Calendar(start=date(2027, 3, 1), page_limit=40))
    assert [s.id for s in found.strips] == ["1", "2 pt1", "2 pt2", "3"]
    assert found.by_id["2 pt2"].after == ("2 pt1",)
    assert found.by_id["3"].after == ("2 pt2",)
    assert sum(s.eighths for s in found.strips) == sum(s.eighths for s in BOARD.strips)
    assert sum(s.minutes for s in found.strips) == sum(s.minutes for s in BOARD.strips)
    assert any("Scene 2" in r for r in found.remarks)


@given(st.integers(1, 800), st.integers(1, 20_000), st.integers(1, 100), st.floats(1, 20))
def test_every_part_fits_a_day(eighths: int, minutes: int, limit: int, hours: float) -> None:
    board = Breakdown(strips=(Strip(id="1", eighths=eighths, minutes=minutes),)).checked()
    found = split_long(board, Calendar(start=date(2027, 3, 1), page_limit=limit, hours=hours))
    assert sum(s.eighths for s in found.strips) == eighths
    assert sum(s.minutes for s in found.strips) == minutes
    assert all(s.eighths <= limit for s in found.strips)
    if len(found.strips) < eighths:  # an eighth is never cut, whatever its minutes
        assert all(s.minutes <= int(hours * 60) for s in found.strips)


def test_new_files_are_read_back_and_never_overwritten(tmp_path: Path) -> None:
    script = tmp_path / "t.fountain"
    script.write_text(
        'Title: The "Tower"\n\nINT. BAR - DAY\n\nANA\nHi.\n\nEXT. YARD - NIGHT\n\nLEO\nNo.\n'
    )
    found, paths = write_new(script, tmp_path / "plan", date(2026, 11, 28))
    table, toml = paths
    calendar, board = read_calendar(toml, read_breakdown_csv(table))
    assert calendar.start == date(2027, 1, 25)
    assert calendar.start.weekday() == 0
    assert board.title == 'The "Tower"'
    assert board.strips == found.strips
    assert all(p.rate == 50000 for p in board.performers)
    assert board.remarks == ()
    with pytest.raises(InputError, match="is there already"):
        write_new(script, tmp_path / "plan")

"""Universal Schedule Standard files: what we write holds to it, and what we read may be hostile."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import boards
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from setpiece.errors import InputError
from setpiece.schedule.uss_in import read_uss
from setpiece.schedule.uss_out import write_uss

MADE = datetime(2026, 4, 1, 9, 30, tzinfo=UTC)
# Keys of each object, as the standard lists them; all have to be there, null where unused.
KEYS = {
    "file": "id author company created episode episodeName description name project schedColor "
            "schedDate scriptColor scriptDate season source ussVersion breakdowns categories "
            "elements stripboards calendars",
    "breakdowns": "id bannerText comments created description elements pages scene scriptPage "
                  "duration type",
    "categories": "id created name ucid",
    "elements": "id category created daysOff dropDayCount elementId events isDood isDrop isHold "
                "isIdLock linkedElements name",
    "stripboards": "id boards calendar name",
    "calendars": "id daysOff events name",
}  # fmt: skip


def written(tmp_path: Path) -> tuple[Path, dict[str, Any]]:
    path = write_uss(boards.plan(), tmp_path / "mill.uss", MADE)
    return path, json.loads(path.read_text(encoding="utf-8"))["universalScheduleStandard"]


def test_the_file_holds_to_the_standard(tmp_path: Path) -> None:
    path, uss = written(tmp_path)
    assert set(uss) == set(KEYS["file"].split())
    for name in ("breakdowns", "categories", "elements", "stripboards", "calendars"):
        for thing in uss[name]:
            assert set(thing) == set(KEYS[name].split())
    ids = [x["id"] for name in KEYS if name != "file" for x in uss[name]]
    assert len(set(ids)) == len(ids)
    assert all(len(i) == 24 and int(i, 16) >= 0 for i in ids)
    categories = {c["id"]: c["ucid"] for c in uss["categories"]}
    elements = {e["id"]: categories[e["category"]] for e in uss["elements"]}
    for b in uss["breakdowns"]:
        kinds = [elements[e] for e in b["elements"]]
        for one in (0, 1, 2, 6):  # set, side, light and location stand there once
            assert kinds.count(one) == 1
        assert b["pages"] * 8 == int(b["pages"] * 8)
    placed = [i for board in uss["stripboards"][0]["boards"] for i in flat(board["breakdownIds"])]
    assert sorted(placed) == sorted(b["id"] for b in uss["breakdowns"])
    assert path.read_bytes() == write_uss(boards.plan(), tmp_path / "b.uss", MADE).read_bytes()


def flat(items: list[Any]) -> list[str]:
    return [i for x in items for i in (x if isinstance(x, list) else [x])]


def test_dates_follow_from_the_start_and_the_days_off(tmp_path: Path) -> None:
    """The standard gives a day no date: it is counted from the start over the days off."""
    _, uss = written(tmp_path)
    calendar = uss["calendars"][0]
    start = next(e for e in calendar["events"] if e["type"] == "start")
    off = {e["date"][:10] for e in calendar["events"] if e["type"] == "dayOff"}
    day, dates = date.fromisoformat(start["date"][:10]), []
    for _ in uss["stripboards"][0]["boards"][0]["breakdownIds"]:
        while day.isoformat() in off or (day.weekday() + 1) % 7 in calendar["daysOff"]:
            day += timedelta(1)
        dates.append(day)
        day += timedelta(1)
    assert dates == [d.date for d in boards.plan().days]


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    plan, (path, _) = boards.plan(), written(tmp_path)
    found = read_uss(path)
    assert [(d.date, d.strips) for d in found.days] == [(d.date, d.strips) for d in plan.days]
    for old, new in zip(plan.breakdown.strips, found.breakdown.strips, strict=True):
        for name in ("scene", "setting", "set", "location", "light", "eighths", "minutes", "cast"):
            assert getattr(new, name) == getattr(old, name)
        assert set(old.elements) <= set(new.elements)
        assert set(old.equipment) <= set(new.equipment)
    assert {p.name: p.number for p in found.breakdown.performers} == {
        p.name: p.number for p in plan.breakdown.performers
    }
    bo = next(p for p in found.breakdown.performers if p.number == "2")
    assert bo.away == next(p for p in plan.breakdown.performers if p.number == "2").away
    assert found.calendar is not None
    assert found.calendar.days_off == plan.calendar.days_off


def read(tmp_path: Path, data: Any) -> Any:
    path = tmp_path / "given.uss"
    text = data if isinstance(data, bytes) else json.dumps(data).encode()
    path.write_bytes(text)
    return read_uss(path)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe{", "UTF-8"),
        (b"[" * 200_000, "nested"),
        (b'{"universalScheduleStandard": {"breakdowns": NaN}}', "number"),
        ({"universalScheduleStandard": []}, "no universalScheduleStandard"),
        ({"entertainmentIndustryBreakdownFormat": {}}, "no universalScheduleStandard"),
        ({"universalScheduleStandard": {"breakdowns": {}}}, "breakdowns"),
        (
            {"universalScheduleStandard": {"breakdowns": [], "categories": [], "elements": []}},
            "no strip",
        ),
        (b'{"universalScheduleStandard": {"pages": ' + b"9" * 5000 + b"}}", "not JSON"),
    ],
)
def test_what_is_no_schedule_is_refused_in_words(tmp_path: Path, data: Any, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        read(tmp_path, data)
    assert "given.uss" in str(caught.value)


def test_a_file_of_hostile_size_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.uss"
    with path.open("wb") as file:
        file.truncate(31_000_000)
    with pytest.raises(InputError, match="30 MB"):
        read_uss(path)
    many = {"universalScheduleStandard": {"categories": [], "elements": [],
            "breakdowns": [{"id": str(n), "scene": str(n)} for n in range(20_001)]}}  # fmt: skip
    with pytest.raises(InputError, match="20000 items"):
        read(tmp_path, many)


def test_twice_used_ids_circles_and_monstrous_numbers_are_survived(tmp_path: Path) -> None:
    cast, side = {"id": "c", "name": "Cast", "ucid": 100}, {"id": "s", "name": "I/E", "ucid": 1}
    ana = {"id": "a", "category": "c", "name": "ANA", "elementId": "1", "linkedElements": ["b"]}
    bo = {"id": "b", "category": "c", "name": "BO", "elementId": "1", "linkedElements": ["a"],
          "daysOff": [0, 1, 2, 3, 4, 5, 6, 7, -1], "dropDayCount": 1e300,
          "events": [{"type": "dayOff", "date": "never"}]}  # fmt: skip
    scene = {"id": "1", "scene": "1", "type": "scene", "elements": ["a", "b", "b", "gone"],
             "pages": 1e308, "duration": -5}  # fmt: skip
    other = {"id": "2", "scene": "1", "elements": ["a"], "pages": 0.25, "duration": 1e18}
    uss = {
        "breakdowns": [scene, other, {**scene, "scene": "9"}, {"id": "x", "type": "banner"}],
        "categories": [cast, side, {**cast, "ucid": 1}],
        "elements": [ana, bo, {**ana, "name": "Z"}],
        "stripboards": [{"id": "q", "calendar": "k", "boards": [
            {"name": "stripboard", "breakdownIds": [["1", "1"], ["1", "nobody"], ["2"]]}]}],
        "calendars": [{"id": "k", "daysOff": [0, 6],
                       "events": [{"type": "start", "date": "2026-05-04T00:00:00.000Z"}]}],
    }  # fmt: skip
    found = read(tmp_path, {"universalScheduleStandard": uss})
    assert [s.scene for s in found.breakdown.strips] == ["1", "1"]
    assert len({s.id for s in found.breakdown.strips}) == 2
    assert found.breakdown.strips[0].cast == ("ANA", "BO")
    assert [d.strips for d in found.days] == [("1",), ("1-2",)]
    told = " ".join(found.breakdown.remarks)
    for words in ("used twice", "board ID", "1/8", "no date", "banners", "not in the file"):
        assert words in told


def test_a_calendar_without_a_working_day_is_refused(tmp_path: Path) -> None:
    uss = {
        "breakdowns": [{"id": "1", "scene": "1"}], "categories": [], "elements": [],
        "stripboards": [{"calendar": "k", "boards": [{"name": "a", "breakdownIds": [["1"]]}]}],
        "calendars": [{"id": "k", "daysOff": [0, 1, 2, 3, 4, 5, 6],
                       "events": [{"type": "start", "date": "2026-05-04"}]}],
    }  # fmt: skip
    with pytest.raises(InputError, match="no working day"):
        read(tmp_path, {"universalScheduleStandard": uss})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**20) | st.floats(allow_nan=False)
    | st.text(max_size=8) | st.sampled_from(["1", "2", "scene", "2026-05-04", "k"]),
    lambda x: st.lists(x, max_size=4)
    | st.dictionaries(st.sampled_from(sorted(set(" ".join(KEYS.values()).split()))), x, max_size=6),
    max_leaves=30,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(data=st.dictionaries(st.sampled_from(KEYS["file"].split()), JSON, max_size=8))
def test_whatever_stands_in_it_the_answer_is_a_breakdown_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, data: dict[str, Any]
) -> None:
    base = {"breakdowns": [{"id": "1", "scene": "1"}], "categories": [], "elements": []}
    try:
        found = read(
            tmp_path_factory.mktemp("uss"), {"universalScheduleStandard": {**base, **data}}
        )
    except InputError as error:
        told = str(error)
        if "given.uss" not in told:
            pytest.fail(told)
        return
    assert found.breakdown.strips

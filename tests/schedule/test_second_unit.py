"""The second unit's board beside the main unit's: exact costs, order of scenes, and refusals."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from setpiece.cli import app
from setpiece.errors import InputError
from setpiece.schedule import make
from setpiece.schedule.model import Plan

HEAD = "id,setting,set,light,pages,cast,unit,after\n"
ROWS = "1,INT,Hall,D,4,ANA; BO,1,\n2,INT,Hall,D,4,ANA,,\n3,EXT,Sea,D,1,,2,\n4,EXT,Sea,D,2,CYD,2,2\n"
CALENDAR = """
[calendar]
start = 2027-05-03
unit_day = 8000
[second_unit]
unit_day = 3000
pages = "3"
[[performer]]
name = "ANA"
rate = 500
[[performer]]
name = "CYD"
rate = 200
"""


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    table, calendar = tmp_path / "film.csv", tmp_path / "cal.toml"
    table.write_text(HEAD + ROWS)
    calendar.write_text(CALENDAR)
    return table, calendar


def test_each_unit_has_a_board_of_its_own_with_its_own_price(
    files: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SETPIECE_KEYS", str(tmp_path / "keys"))
    out = tmp_path / "plan"
    words = ["schedule", str(files[0]), "-c", str(files[1]), "-o", str(out)]
    shown = CliRunner().invoke(app, [*words, "--solve", "2s"])
    assert shown.exit_code == 0, shown.output
    main, second = (
        Plan.model_validate_json((folder / "plan.json").read_bytes())
        for folder in (out, out / "second_unit")
    )
    assert set(main.dates) == {"1", "2"}
    assert set(second.dates) == {"3", "4"}
    assert main.cost.total == 2 * (800_000 + 50_000)
    assert (main.status, second.status) == ("optimal", "optimal")
    # What waits for the main unit's strip 2 is shot on a later day; its own pages a day are three.
    assert second.dates["4"] > main.dates["2"]
    days = sorted({d.date for d in second.days})
    paid = sum(1 for n in range((days[-1] - main.calendar.start).days + 1)
               if main.calendar.works(main.calendar.start + timedelta(n)))  # fmt: skip
    assert second.cost.total == 300_000 * paid + 20_000
    assert (out / "second_unit" / "stripboard.pdf").is_file()
    assert "second unit" in second.breakdown.title

    asked = CliRunner().invoke(
        app, [*words, "--second-unit", "--what-if", f"CYD away {second.dates['4']}"]
    )
    assert asked.exit_code == 0, asked.output
    assert f"4: {second.dates['4']}" in asked.output


@pytest.mark.parametrize(("rows", "says"), [
    (ROWS.replace("CYD", "ANA"), "ANA is also in strip"),
    (ROWS.replace(",1,", ",2,").replace("D,4,ANA,,", "D,4,ANA,2,"), "leave the main unit some"),
    (ROWS.replace("BO,1,", "BO,1,3"), "let the main unit shoot both"),
    (ROWS.replace("BO,1,", "BO,third,"), "write 1, or 2 for the second unit"),
])  # fmt: skip
def test_what_two_units_cannot_share_is_said(
    files: tuple[Path, Path], rows: str, says: str
) -> None:
    files[0].write_text(HEAD + rows)
    with pytest.raises(InputError, match=says):
        make.read(*files)


def test_a_second_unit_without_a_price_is_asked_for_one(files: tuple[Path, Path]) -> None:
    files[1].write_text(CALENDAR.replace('[second_unit]\nunit_day = 3000\npages = "3"\n', ""))
    with pytest.raises(InputError, match="what a day of the second unit costs"):
        make.read(*files)


def test_parts_of_a_scene_wait_as_the_scene_does(files: tuple[Path, Path]) -> None:
    files[0].write_text(HEAD + ROWS.replace("Sea,D,2,CYD", "Sea,D,5,CYD"))
    source = make.read(*files)
    main, _ = make.plan(source, 1.0)
    theirs = make.second_unit(source, main).breakdown.by_id
    assert {"4 pt1", "4 pt2"} < set(theirs)
    assert {theirs[i].after_date for i in ("4 pt1", "4 pt2")} == {main.dates["2"] + timedelta(1)}
    with pytest.raises(InputError, match="plan that first"):
        make.second_unit(source, None)

"""From a script on disk to a plan on disk and in the ledger, through the command line."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
from typer.testing import CliRunner

from setpiece.cli import app
from setpiece.ledger import events, open_chain, verify_chain
from setpiece.schedule.model import Plan
from setpiece.show import open_store

SCRIPT = Path(__file__).parents[2] / "examples" / "lighthouse.fountain"
CALENDAR = Path(__file__).parents[2] / "examples" / "lighthouse.toml"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    monkeypatch.setenv("SETPIECE_KEYS", str(tmp_path / "keys"))

    def call(*words: object):  # type: ignore[no-untyped-def]
        return CliRunner().invoke(app, ["schedule", *map(str, words)])

    return call


def test_a_script_becomes_a_plan_with_its_cost_in_the_ledger(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    out = tmp_path / "plan"
    shown = run(SCRIPT, "--calendar", CALENDAR, "--solve", "2s", "--out", out)
    assert shown.exit_code == 0, shown.output
    assert "costs less than" in shown.output
    assert "gap" in shown.output
    plan = Plan.model_validate_json((out / "plan.json").read_bytes())
    store = open_chain(open_store(out / "show.db"))
    with store.session() as session:
        (event,) = events(session, "schedule")
    record = event.payload["record"]
    assert record["cost"] == plan.cost.total
    assert plan.greedy is not None
    assert record["saved"]["greedy"] == plan.greedy.total - plan.cost.total >= 0
    assert verify_chain(store).ok

    ana = next(d.date for d in plan.days if any("ANA" in plan.breakdown.by_id[i].cast
                                                for i in d.strips))  # fmt: skip
    asked = run("plan", SCRIPT, "-c", CALENDAR, "-o", out, "--what-if", f"Ana away {ana}")
    assert asked.exit_code == 0, asked.output
    assert " move" in asked.output


def test_rules_that_clash_are_told_and_end_in_an_error(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    text = CALENDAR.read_text().replace("[calendar]", '[calendar]\nend = "2027-05-03"', 1)
    calendar = tmp_path / "cal.toml"
    calendar.write_text(text)
    shown = run(SCRIPT, "-c", calendar, "--solve", "2s", "--out", tmp_path / "plan")
    assert shown.exit_code == 1
    assert "No plan keeps these rules together" in shown.output
    assert "shooting ends by 2027-05-03" in shown.output
    assert not (tmp_path / "plan").exists()


@pytest.mark.parametrize(("words", "says"), [
    (("--lock", "99=2027-05-04"), "there is no strip"),
    (("--lock", "1=soon"), "2026-05-12"),
    (("--solve", "long"), "write seconds"),
    (("--order", "none.json"), "cannot be read"),
])  # fmt: skip
def test_what_cannot_be_used_is_named(run, tmp_path: Path, words, says: str) -> None:  # type: ignore[no-untyped-def]
    shown = run(SCRIPT, "-c", CALENDAR, "-o", tmp_path / "p", *words)
    assert shown.exit_code != 0
    assert says in str(shown.exception) + shown.output


def test_the_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(SCRIPT.with_name("plan_shoot.py")), run_name="__main__")
    shown = capsys.readouterr().out
    assert "no plan below" in shown
    assert "without Ana on the first day" in shown

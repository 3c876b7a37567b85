"""The bench of the shooting plan writes what it says."""

from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[2] / "bench"


def test_short_bench_has_cost_bound_and_gap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "rows.json"
    monkeypatch.syspath_prepend(str(BENCH))
    monkeypatch.setattr(sys, "argv", ["schedule.py", "--short", "--json", str(out)])
    runpy.run_path(str(BENCH / "schedule.py"), run_name="__main__")
    (row,) = json.loads(out.read_text())["rows"]
    assert 0 < row["bound"] <= row["cost"] <= row["greedy"]
    assert row["gap"] == pytest.approx(1 - row["bound"] / row["cost"], abs=1e-3)

"""The bench of the shooting plan measures what it says."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_a_row_has_cost_bound_and_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "bench"))
    bench = runpy.run_path(str(ROOT / "bench" / "schedule.py"))
    breakdown = bench["from_script"](ROOT / "examples" / "ferry.fountain")
    (row,) = bench["measure"]("ferry", breakdown, (2.0,))
    assert 0 < row["bound"] <= row["cost"] <= row["greedy"] <= row["script_order"]
    assert row["gap"] == pytest.approx(1 - row["bound"] / row["cost"], abs=1e-3)
    assert f"| ferry | {row['strips']} |" in bench["table"]([row])

"""The example that hands out a board."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from setpiece.schedule.order_file import read_order
from setpiece.schedule.read_board import read_board

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def test_the_example_runs_and_its_files_are_read_again(tmp_path: Path) -> None:
    command = [sys.executable, str(EXAMPLES / "board_papers.py"), str(tmp_path)]
    said = subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout
    assert "days, " in said
    boards = [read_board(tmp_path / n) for n in ("schedule.uss", "one_line_schedule.pdf")]
    orders = [[d.strips for d in b.days] for b in boards if b is not None]
    assert len(orders) == 2
    assert orders[0] == orders[1]
    assert sum(len(s) for s in orders[0]) == 12
    assert boards[0] is not None
    table = read_order(tmp_path / "schedule.csv", boards[0].breakdown)
    assert [d.strips for d in table] == orders[0]

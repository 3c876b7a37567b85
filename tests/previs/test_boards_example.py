"""The example that makes boards."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def test_the_example_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main = runpy.run_path(str(EXAMPLES / "boards.py"))["main"]
    main(["--out", str(tmp_path)])
    said = capsys.readouterr().out
    assert "every_word: holds" in said
    assert "line_crossings: holds" in said
    assert (tmp_path / "show_boards_tower_previs_v001" / "flip.html").is_file()

"""The example script and the example that reads it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from setpiece.script import fountain_text, read_script

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def _said(*words: object) -> str:
    command = [sys.executable, EXAMPLES / "read_script.py", *words]
    return subprocess.run(
        list(map(str, command)), capture_output=True, encoding="utf-8", check=True
    ).stdout


def test_the_example_runs(tmp_path: Path) -> None:
    own = EXAMPLES / "tower.fountain"
    revised = tmp_path / "blue.fountain"
    revised.write_text(own.read_text(encoding="utf-8").replace("Six hundred and one.", "Gone."))
    said = _said(own, "--revised", revised)
    assert "The Tower: 4 scenes" in said
    assert "EXT MARKET SQUARE, CONTINUOUS: scene 3" in said
    assert "3: collapses (vfx)?" in said
    assert "changed: EXT. HILL ABOVE THE TOWN - DUSK paragraphs: 1 out, 1 in" in said
    assert said.count("unchanged:") == 3


def test_the_example_script_is_well_formed() -> None:
    own = EXAMPLES / "tower.fountain"
    script = read_script(own)
    assert not script.report
    assert fountain_text(script) == own.read_text(encoding="utf-8")
    assert [(m.name, m.speaks_in) for m in script.cast] == [
        ("TOMÁS", (1, 2, 3, 4)),
        ("INES", (1, 3)),
    ]

"""Helpers of the script tests: words of a text, and where the shared suites are."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from setpiece.script import Screenplay
from setpiece.script.read import read_bytes

SHARED = Path(__file__).resolve().parents[2] / "shared" / "screenplays"
SUITES = SHARED / "tests"


def shared(*parts: str) -> Path:
    """A file of the shared suites; the test is skipped where the folder is absent."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"../shared/screenplays/{'/'.join(parts)} is absent")
    return path


def every(suffix: str) -> list[str]:
    """Names of all shared files with a suffix; one that skips where there are none."""
    found = sorted(str(p.relative_to(SHARED)) for p in SHARED.rglob(f"*{suffix}"))
    return found or [f"none{suffix}"]


def fountain(text: str) -> Screenplay:
    return read_bytes(text.encode(), "script.fountain")


def shape(script: Screenplay) -> list[tuple[str, str]]:
    return [(e.kind, e.text) for e in script.elements]


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"[^\W_]+", text))


def words_of(script: Screenplay) -> Counter[str]:
    values = [v for _, values in script.title_page for v in values]
    held = [f"{e.text} {e.number}" for e in script.elements]
    return words("\n".join([*values, *held]))

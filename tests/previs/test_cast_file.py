"""An artist says how somebody looks, and the boards follow."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.previs.sample import BOARDS

from setpiece.errors import InputError
from setpiece.previs.cast_file import cast_text, dressed, read_cast
from setpiece.previs.costume import costume
from setpiece.previs.model import Figure

NAMES = ("ANA", "BEA", "MARCO")


def _costume(figure: Figure):
    b = figure.build
    return costume(figure.name, b.shape, b.tone, period=False, wears=b.wears)


def _read(tmp_path: Path, text: str):
    path = tmp_path / "cast.toml"
    path.write_text(text, encoding="utf-8")
    return read_cast(path, NAMES)


def test_a_file_given_back_unchanged_changes_nothing(tmp_path: Path) -> None:
    looks = _read(tmp_path, cast_text(BOARDS))
    assert set(looks) == set(NAMES)
    for staging in BOARDS.stagings:
        assert dressed(staging, looks) == staging


def test_what_is_said_is_drawn(tmp_path: Path) -> None:
    looks = _read(
        tmp_path,
        '[MARCO]\nwoman = true\nhair = "bun"\nbeard = false\nold = true\nheight = 1.6\n'
        'wears = "a red dress"\n[ANA]\nwoman = false\nbeard = true\nhair = "bald"\n',
    )
    before = {f.name: f for f in BOARDS.stagings[0].figures}
    after = {f.name: f for f in dressed(BOARDS.stagings[0], looks).figures}
    marco, ana = _costume(after["MARCO"]), _costume(after["ANA"])
    assert marco.woman
    assert (marco.hair, marco.beard, marco.elder, marco.cut) == ("bun", 0.0, True, "dress")
    assert marco.top != _costume(before["MARCO"]).top
    assert after["MARCO"].build.height == 1.6
    assert not ana.woman
    assert ana.hair == "bald"
    assert ana.beard > 0
    assert after["BEA"] == before["BEA"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[ANNA]\nold = true\n", "is it ANA"),
        ("[ANA]\nhat = true\n", "keys are"),
        ('[ANA]\nhair = "mohawk"\n', "there are short"),
        ('[ANA]\nwears = "chequers"\n', "we know coat"),
        ("[ANA]\nheight = 20.0\n", "height"),
        ("[ANA\n", "not TOML"),
    ],
)
def test_what_cannot_be_is_refused_by_name(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(InputError, match=says) as refused:
        _read(tmp_path, text)
    assert "cast.toml" in str(refused.value)

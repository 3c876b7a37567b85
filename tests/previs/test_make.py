"""Previs from a script to a take: whole, kept, edited, revised, refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from setpiece.errors import InputError, ScriptError
from setpiece.ledger import read_costs
from setpiece.ledger.manifest import check_folder
from setpiece.previs import drawing
from setpiece.previs.make import previs
from setpiece.previs.model import Boards
from setpiece.previs.request import check
from setpiece.show import open_store

SCRIPT = """Title: Two Rooms
Author: The Setpiece authors

INT. KITCHEN - DAY #1#

Ana pours coffee. A bell rings.

ANA
Somebody is at the door.

LEO
Let them wait.

EXT. STREET - NIGHT #2#

Leo runs.

LEO
Wait!
"""


class Said:
    """A watcher that writes down what it is told."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.reused: dict[str, bool] = {}

    def begin(self, stage: str, reused: bool) -> None:
        self.reused[stage] = reused

    def advance(self, stage: str, fraction: float) -> None:
        assert -1e-6 <= fraction <= 1 + 1e-6

    def end(self, stage: str, seconds: float) -> None: ...

    def say(self, text: str) -> None:
        self.lines.append(text)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of takes with one film in it, and its script."""
    folder = tmp_path_factory.mktemp("previs")
    (folder / "rooms.fountain").write_text(SCRIPT)
    previs(check(folder / "rooms.fountain", show="test"), out=folder / "takes", workers=1)
    return folder


def test_a_take_holds_what_it_should(made: Path) -> None:
    (take,) = (made / "takes").glob("test_boards_rooms_previs_v001")
    files = ["book.pdf", "flip.html", "shots.csv", "boards.json", "temp_sounds.csv"]
    for name in files + [f"{take.name}.{end}" for end in ("mp4", "otio", "edl", "xml", "srt")]:
        assert (take / name).stat().st_size > 0, name
    record = json.loads((take / "take.json").read_text())
    boards = Boards.model_validate_json((take / "boards.json").read_bytes())
    assert len(record["panels"]) == len(boards.shots) >= 3
    for panel in record["panels"]:
        assert Image.open(take / panel["picture"]).size == (960, 540)
    assert len(list((take / "usd").rglob("*.usdc"))) == len(boards.shots) + 2
    wrong = {k: c for k, c in record["checks"].items() if not c["ok"]}
    assert not wrong
    assert not check_folder(take).problems
    rows = read_costs(open_store(made / "takes" / "show.db"), "test")
    assert {r["stage"] for r in rows} == {"shots", "panels", "animatic", "deliver"}


def test_the_same_order_is_found(made: Path) -> None:
    told = Said()
    take = previs(check(made / "rooms.fountain", show="test"), out=made / "takes", watcher=told)
    assert take.folder.name.endswith("_v001")
    assert "--again" in told.lines[-1]


def test_again_draws_nothing_anew(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def draw(*args: object) -> None:
        raise AssertionError("this panel is there already")

    monkeypatch.setattr(drawing, "_draw", draw)
    told = Said()
    order = check(made / "rooms.fountain", show="test", animatic=False)
    take = previs(order, out=made / "takes", watcher=told, workers=1)
    assert take.folder.name.endswith("_v002")
    assert take.movie.name == "flip.html"
    assert told.reused["shots"]


def test_a_revision_keeps_a_drawing_and_sets_aside(made: Path) -> None:
    old = made / "takes" / "test_boards_rooms_previs_v001"
    record = json.loads((old / "take.json").read_text())
    first = record["panels"][0]
    drawing_by_hand = Image.new("RGB", (960, 540), (200, 60, 20))
    drawing_by_hand.save(old / first["picture"], "JPEG", quality=95)
    script = made / "rooms_blue.fountain"
    script.write_text(SCRIPT.replace("Wait!", "Stop!").replace("#1#", "#1A#"))
    told = Said()
    order = check(script, show="test", revises=old, animatic=False)
    take = previs(order, out=made / "takes", watcher=told, workers=1)
    assert "1 kept, 1 changed, 0 new, 0 cut" in "".join(told.lines)
    new = take.record["panels"]
    assert new[0]["shot"] == first["shot"].replace("1", "1A", 1)
    assert new[0]["by_hand"]
    with Image.open(take.folder / new[0]["picture"]) as kept:
        assert kept.getpixel((480, 270)) == pytest.approx((200, 60, 20), abs=4)
    assert not any(p["by_hand"] for p in new[1:])
    assert list((take.folder / "set_aside").rglob("why.txt"))
    assert "paragraphs: 1 out, 1 in" in take.record["reflow"]["changed"]["2"]


def test_orders_that_cannot_be_carried_out(tmp_path: Path) -> None:
    script = tmp_path / "a.fountain"
    script.write_text(SCRIPT)
    for options, says in (
        ({"style": "oil"}, "--style 'oil'"),
        ({"aspect": "4:3"}, "--aspect '4:3'"),
        ({"shots": tmp_path / "none.csv"}, "no such file"),
        ({"revises": tmp_path / "none"}, "no such folder"),
        ({"fps": 0.2}, "1 to 120"),
        ({"show": " "}, "needs a name"),
    ):  # fmt: skip
        with pytest.raises(InputError, match=says):
            check(script, **options)
    with pytest.raises(InputError, match="no scene '9'"):
        previs(check(script, scenes="9"), out=tmp_path / "takes")
    with pytest.raises(InputError, match="there are native"):
        previs(check(script, engine="oil"), out=tmp_path / "takes", workers=1)
    (tmp_path / "b.fountain").write_bytes(b"\x00\x01\x02" * 100)
    with pytest.raises(ScriptError):
        previs(check(tmp_path / "b.fountain"), out=tmp_path / "takes")
    assert not list((tmp_path / "takes").glob("[!.]*_previs_*"))

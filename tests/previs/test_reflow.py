"""Revisions, and which scenes are meant."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from screenplays import fountain
from setpiece.errors import InputError
from setpiece.farm import hash_file
from setpiece.previs.carry import carried
from setpiece.previs.model import Camera, Shot, ShotList, Staging
from setpiece.previs.reflow import (
    ASIDE,
    carried_by_hand,
    drawn_by_hand,
    earlier_take,
    plan_reflow,
    set_aside,
)
from setpiece.previs.scenes import pick_scenes

WHITE = """INT. HALL - DAY #1#

Ana waits by the long table.

ANA
Is anybody there?

EXT. STREET - NIGHT #2#

A car turns the corner. Leo steps out of it, slowly.

LEO
Nobody followed me.

INT. CELLAR - NIGHT #3#

Water drips on the stones. A rat looks up.

INT. OFFICE - DAY #4#

Ana signs the last of the papers and puts the pen away.
"""
BLUE = (
    WHITE.replace("Nobody followed me.", "Somebody followed me.")
    .replace("#4#", "#3#")
    .replace("INT. CELLAR - NIGHT #3#\n\nWater drips on the stones. A rat looks up.\n\n", "")
    + "\nEXT. ROOF - DAWN #5#\n\nLeo jumps across the gap.\n"
)


def test_each_scene_finds_its_fate() -> None:
    plan = plan_reflow(fountain(WHITE), fountain(BLUE))
    assert plan.kept == {1: 1, 3: 4}
    assert list(plan.changed) == [2]
    assert "+ Somebody followed me." in plan.changed[2]
    assert plan.fresh == (4,)
    assert plan.aside[3] == "cut"
    assert plan.aside[2].startswith("changed: paragraphs")
    assert plan.words == "2 kept, 1 changed, 1 new, 1 cut"


def _take(folder: Path) -> dict[str, Any]:
    panels = []
    for position in (1, 2, 3, 4):
        for letter in "AB":
            path = folder / "panels" / f"{position}{letter}.jpg"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(f"picture {position}{letter}".encode())
            panels.append(
                {"position": position, "scene": str(position), "slugline": "INT. X", "title": "CU",
                 "name": "single", "shot": f"{position}{letter}",
                 "picture": f"panels/{position}{letter}.jpg", "sha256": hash_file(path)}
            )  # fmt: skip
    record = {"take": "show_boards_white_previs_v001", "script": {"file": "w.fountain"},
              "panels": panels}  # fmt: skip
    (folder / "take.json").write_text(json.dumps(record))
    return record


def test_nothing_drawn_is_lost(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    _take(old)
    before = {p: p.read_bytes() for p in old.rglob("*") if p.is_file()}
    record = earlier_take(old)
    told = set_aside(old, record, plan_reflow(fountain(WHITE), fountain(BLUE)), new)
    assert len(told) == 2
    assert {p: p.read_bytes() for p in old.rglob("*") if p.is_file()} == before
    aside = new / ASIDE
    assert sorted(p.name for p in aside.rglob("*.jpg")) == ["2A.jpg", "2B.jpg", "3A.jpg", "3B.jpg"]
    why = next(p for p in aside.rglob("why.txt") if "_003_" in str(p)).read_text()
    assert "cut" in why
    # The next revision sets aside what this one had.
    record["take"] = "show_boards_blue_previs_v002"
    (new / "take.json").write_text(json.dumps(record))
    third = tmp_path / "third"
    third.mkdir()
    set_aside(new, earlier_take(new), plan_reflow(fountain(BLUE), fountain(BLUE)), third)
    assert len(list(third.rglob("*.jpg"))) == 4


def test_a_panel_drawn_over_is_recognised(tmp_path: Path) -> None:
    record = _take(tmp_path)
    assert not drawn_by_hand(tmp_path, record)
    (tmp_path / "panels" / "4B.jpg").write_bytes(b"much better")
    assert drawn_by_hand(tmp_path, record) == {"4B": tmp_path / "panels" / "4B.jpg"}
    record["panels"][0]["by_hand"] = True
    record["panels"][1]["picture"] = "../../outside.jpg"
    assert sorted(drawn_by_hand(tmp_path, record)) == ["1A", "4B"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"panels": 3}', '{"panels": []}'])
def test_a_folder_that_holds_no_boards(tmp_path: Path, text: str) -> None:
    (tmp_path / "take.json").write_text(text)
    with pytest.raises(InputError, match="no folder of boards"):
        earlier_take(tmp_path)


@pytest.mark.parametrize(
    ("text", "positions"),
    [(None, [1, 2, 3, 4]), ("2", [2]), ("1-3", [1, 2, 3]), ("1, 4", [1, 4]), ("4 2-3", [2, 3, 4])],
)
def test_scenes_by_number(text: str | None, positions: list[int]) -> None:
    assert [s.position for s in pick_scenes(fountain(WHITE), text)] == positions


@pytest.mark.parametrize(
    ("text", "says"), [("9", "no scene '9'"), ("3-1", "comes before"), ("x-2", "no scene 'x'")]
)
def test_scenes_that_are_not_there(text: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        pick_scenes(fountain(WHITE), text)
    with pytest.raises(InputError, match="no slugline"):
        pick_scenes(fountain("Just a line of words.\n"), text)


def test_a_scene_that_moved_takes_its_new_number() -> None:
    camera = Camera(position=(0, -4, 1.6), target=(0, 0, 1.5), lens=85)
    shot = Shot(id="3B", scene="3", position=3, camera=camera, coverage="3B single ANA",
                edited=True, flags=("check eyeline",))  # fmt: skip
    staging = Staging(position=3, number="3", slugline="INT. OFFICE - DAY")
    scene = pick_scenes(fountain(WHITE), "4")[0]
    moved, shots = carried(staging, ShotList(position=3, scene="3", shots=(shot,)), scene)
    assert (moved.position, moved.number) == (4, "4")
    (one,) = shots.shots
    assert (one.id, one.coverage, one.scene, one.position) == ("4B", "4B single ANA", "4", 4)
    assert (one.edited, one.flags, one.camera) == (True, ("check eyeline",), camera)


def test_hands_go_where_their_scene_goes(tmp_path: Path) -> None:
    record = _take(tmp_path)
    for name in ("4B", "1A", "2A"):
        (tmp_path / "panels" / f"{name}.jpg").write_bytes(b"drawn over")
    plan = plan_reflow(fountain(WHITE), fountain(BLUE))
    panels = [(1, 1), (1, 2), (2, 3), (2, 4), (3, 5), (3, 6), (4, 7)]
    found = carried_by_hand(tmp_path, record, plan, panels)
    assert {n: p.name for n, p in found.items()} == {1: "1A.jpg", 6: "4B.jpg"}
    # A scene that has more panels now is not matched by counting.
    assert 6 not in carried_by_hand(tmp_path, record, plan, [*panels, (3, 8)])

"""People who move within a scene: where they end up, the line redrawn, cameras that go along."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from setpiece.previs.camera_rules import crossings
from setpiece.previs.checks import check, framing
from setpiece.previs.coverage import places, shot_list
from setpiece.previs.lens import project
from setpiece.previs.model import Boards, Move, Shot, Staging
from setpiece.previs.staging import stage
from setpiece.script import Screenplay, read_script

ROOM = """INT. ANA'S LIVING ROOM - NIGHT

ANA sits at the table with a letter. MARCO stands by the door.

ANA
You read it.

Marco crosses to the window.

MARCO
Everybody has read it, Ana. It was in the paper this morning, on the front page.

Ana rises. She walks over to Marco.

ANA
Then look at me and say it.

Marco turns away.

MARCO
I cannot.

He does not go to the door.

ANA
He wrote this. All of it.

Ana looks at the letter.
"""
SQUARE = """EXT. CHURCH SQUARE - DAY

A fountain. CLARA and TOM wait.

CLARA
It is old.

Clara looks up at the church.

TOM
Very.

The church collapses.

EXT. HILL - DUSK

Clara and Tom sit by an ambulance. Where the church stood there is sky.

TOM
Gone.

EXT. CHURCH SQUARE - DAY

Clara stands.

CLARA
Gone.
"""


def read(tmp_path: Path, text: str) -> Screenplay:
    path = tmp_path / "script.fountain"
    path.write_text(text, encoding="utf-8")
    return read_script(path)


def boards(script: Screenplay) -> Boards:
    stagings = tuple(stage(scene, script) for scene in script.scenes)
    lists = tuple(
        shot_list(staging, place=place, scene=scene)
        for staging, place, scene in zip(stagings, places(stagings), script.scenes, strict=True)
    )
    return Boards(stagings=stagings, lists=lists)


@pytest.fixture
def room(tmp_path: Path) -> Screenplay:
    return read(tmp_path, ROOM)


def walks(staging: Staging) -> dict[tuple[str, str], Move]:
    return {(m.who, m.what): m for b in staging.beats for m in b.moves}


def test_a_person_crosses_to_the_window_and_stays_there(room: Screenplay) -> None:
    staging = stage(room.scenes[0], room)
    window = next(o for o in staging.set.openings if o.kind == "window")
    move = walks(staging)["MARCO", "walk"]
    for seconds in (move.path[-1][2] + 0.1, staging.seconds - 0.1):
        marco = next(f for f in staging.at(seconds) if f.name == "MARCO")
        assert abs(marco.position[0] - window.along) < 1.8
        assert marco.position[1] > staging.set.size[1] / 2 - 1.2
    assert next(f for f in staging.at(move.path[0][2] + 0.5) if f.name == "MARCO").stance == "walk"


def test_who_walks_over_to_somebody_ends_beside_them_on_their_feet(room: Screenplay) -> None:
    staging = stage(room.scenes[0], room)
    assert next(f for f in staging.at(0.1) if f.name == "ANA").stance == "sit"
    end = walks(staging)["ANA", "walk"].path[-1][2]
    people = {f.name: f for f in staging.at(end + 0.1)}
    assert people["ANA"].stance == "stand"
    # The sofa under the window keeps them a little apart.
    assert 0.7 < math.dist(people["ANA"].position, people["MARCO"].position) < 2.6


def test_what_is_not_done_is_no_move(room: Screenplay) -> None:
    staging = stage(room.scenes[0], room)
    assert ("MARCO", "run") not in walks(staging)
    told = next(b for b in staging.beats if "does not go" in b.words)
    assert told.moves == ()


def test_the_line_is_redrawn_with_a_reason_and_no_rule_is_broken(room: Screenplay) -> None:
    made = boards(room)
    staging = made.stagings[0]
    assert staging.lines
    assert all("MARCO" in line.reason or "ANA" in line.reason for line in staging.lines)
    last = staging.lines[-1]
    people = {f.name: f.position for f in staging.at(last.at + 0.05)}
    assert set(last.axis) <= set(people.values())
    measured = check(made, room)
    assert measured.crossings == measured.framing == measured.walls == measured.occlusions == ()
    assert measured.flagged == ()


def follows(made: Boards) -> list[tuple[Staging, Shot]]:
    return [
        (staging, shot) for staging, one in zip(made.stagings, made.lists, strict=True)
        for shot in one.shots if shot.camera.follows
    ]  # fmt: skip


def test_a_camera_goes_with_who_walks_and_keeps_them_in_the_frame(room: Screenplay) -> None:
    found = follows(boards(room))
    assert found
    for staging, shot in found:
        for part in (0.25, 0.5, 0.75, 1.0):
            people = staging.at(shot.start + part * shot.seconds)
            who = next(f for f in people if f.name == shot.subjects[0])
            seen = project(shot.camera.at(part), [who.eyes])[0]
            assert abs(seen[0]) < 0.95
            assert abs(seen[1]) < 1.0
        assert shot.camera.move in shot.reason or "turn with" in shot.reason or "go along" in (
            shot.reason)  # fmt: skip


def test_a_point_of_view_is_taken_from_the_eyes_and_a_face_follows(room: Screenplay) -> None:
    made = boards(room)
    staging, shots = made.stagings[0], made.lists[0].shots
    n = next(k for k, s in enumerate(shots) if s.type == "pov")
    assert (shots[n].over, shots[n].prop) == ("ANA", "letter")
    eyes = next(f.eyes for f in staging.at(shots[n].moment) if f.name == "ANA")
    assert math.dist(eyes, shots[n].camera.position) < 0.4
    assert (shots[n + 1].type, shots[n + 1].subjects) == ("reaction", ("ANA",))
    far = shots[n].camera.model_copy(update={"position": (0.0, -2.5, 1.5)})
    assert "not where the eyes" in " ".join(
        framing(staging, shots[n].model_copy(update={"camera": far}))
    )


def test_a_crossing_that_no_shot_shows_is_still_a_crossing(room: Screenplay) -> None:
    """The line is free only where the move is seen: without that shot, the other side is wrong."""
    made = boards(room)
    staging, shots = made.stagings[0], made.lists[0].shots
    plain = next(s for s in shots if s.type in ("ots", "two-shot", "single") and not s.prop)
    x, y, z = plain.camera.position
    (ax, ay), (bx, by) = staging.line(plain.moment)
    dx, dy = bx - ax, by - ay
    off = ((x - ax) * dy - (y - ay) * dx) / (dx * dx + dy * dy)
    across = plain.camera.model_copy(
        update={"position": (x - 2 * off * dy, y + 2 * off * dx, z), "position_end": None}
    )
    wrong = plain.model_copy(update={"id": "X", "camera": across})
    assert crossings(staging, (plain, wrong))


def test_what_the_words_name_stands_in_the_set_at_its_size(tmp_path: Path) -> None:
    script = read(tmp_path, SQUARE)
    first, hill, back = (stage(scene, script) for scene in script.scenes)
    church = next(p for p in first.props if p.item == "church")
    assert church.kind == "church"
    assert church.size[2] > 12
    assert any(p.kind == "fountain" for p in first.props)
    assert [p.kind for p in hill.props if p.item in ("church", "ambulance")] == ["ambulance"]
    assert next(p for p in back.props if p.item == "church").kind == "rubble"


def test_the_set_piece_has_shots_of_its_own_and_a_tilt_that_shows_it(tmp_path: Path) -> None:
    script = read(tmp_path, SQUARE)
    made = boards(script)
    shots = made.lists[0].shots
    falls = [s for s in shots if s.type == "cutaway" and "comes down" in s.reason]
    assert falls
    assert all(s.prop == "church" for s in falls)
    assert any(s.type == "pov" and s.prop == "church" for s in shots)
    assert check(made, script).framing == ()
    assert [places(made.stagings)[k] for k in (0, 2)] == ["new", "back"]


def test_who_is_only_heard_does_not_stand_in_the_set(tmp_path: Path) -> None:
    script = read(
        tmp_path,
        "EXT. STREET - DAY\n\nANA waits.\n\nANA\nDo you hear me?\n\nMARCO (O.S.)\nYes, I do.\n",
    )
    staging = stage(script.scenes[0], script)
    assert [f.name for f in staging.figures] == ["ANA"]
    assert any("MARCO is heard" in s.reason for s in boards(script).lists[0].shots)

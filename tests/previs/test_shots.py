"""From words to shots: stagings that make sense, and cameras that keep the grammar."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from previs.sample import BOARDS, SHOTS, STAGING
from screenplays import SHARED
from setpiece.previs.camera_rules import crossings
from setpiece.previs.casting import build_of
from setpiece.previs.checks import check, framing, occlusions, walls
from setpiece.previs.coverage import letters, places, shot_list
from setpiece.previs.emotion import emotion
from setpiece.previs.lens import SIZES, project
from setpiece.previs.model import Boards, Camera
from setpiece.previs.staging import stage
from setpiece.script import Screenplay, read_script

SCRIPT = """INT. CUCINA DI ANA - NOTTE

Ana and Marco sit at the table. Ana holds a letter.

ANA
You knew about this. All this time you knew, and you let me sit here every night and wait for him?

MARCO
Ay.

ANA
(furious)
He is dead, Marco! Dead! And you murdered him as surely as if you had held the knife yourself!

Enter Bea.

BEA
What is all this shouting? They can hear you in the street, the two of you, at this hour.

MARCO
Leave us.
(exit Bea)
She must never know. Promise me that much.

ANA
I promise nothing.

EXT. STREET - DAY

A car. BEA walks alone.

BEA
Nobody tells me anything.
"""


def boards(script: Screenplay) -> Boards:
    stagings = tuple(stage(scene, script) for scene in script.scenes)
    lists = tuple(
        shot_list(staging, place=known, scene=scene)
        for staging, known, scene in zip(stagings, places(stagings), script.scenes, strict=True)
    )
    return Boards(title=script.title, stagings=stagings, lists=lists)


def read(tmp_path: Path, text: str) -> Screenplay:
    path = tmp_path / "script.fountain"
    path.write_text(text, encoding="utf-8")
    return read_script(path)


@pytest.fixture
def script(tmp_path: Path) -> Screenplay:
    return read(tmp_path, SCRIPT)


def test_a_slugline_in_italian_is_a_kitchen_at_night_and_the_pair_face_each_other(
    script: Screenplay,
) -> None:
    staging = stage(script.scenes[0], script)
    assert (staging.set.kind, staging.set.interior, staging.set.time) == ("kitchen", True, "NIGHT")
    people = {f.name: f for f in staging.at(1.0)}
    assert set(people) == {"ANA", "MARCO"}, "Bea has not come in yet"
    assert people["ANA"].stance == people["MARCO"].stance == "sit"
    assert abs(people["ANA"].facing - people["MARCO"].facing) == pytest.approx(180, abs=1)
    assert {p.held_by for p in staging.props if p.item == "letter"} == {"ANA"}


def test_who_goes_in_the_middle_of_a_speech_is_not_there_for_the_rest_of_it(
    script: Screenplay,
) -> None:
    staging = stage(script.scenes[0], script)
    promise = next(b for b in staging.beats if "never know" in b.words)
    assert "BEA" not in {f.name for f in staging.at(promise.start + 0.5)}
    assert promise.to == ("ANA",)
    leave = next(b for b in staging.beats if b.words == "Leave us.")
    assert leave.end == pytest.approx(promise.start)


def test_close_is_for_what_is_felt_and_the_scene_opens_wide(script: Screenplay) -> None:
    made = boards(script)
    first = made.lists[0].shots
    assert first[0].type == "establishing"
    assert SIZES.index(first[0].size) >= SIZES.index("MLS")
    plain = [s for s in first if s.beats and words_of(made, s) == "Ay."]
    assert all(SIZES.index(s.size) >= SIZES.index("MS") for s in plain)
    assert all(s.reason for s in made.shots)
    assert [s.id for s in first] == [f"1{letters(i)}" for i in range(len(first))]


def words_of(made: Boards, shot: object) -> str:
    staging = made.stagings[shot.position - 1]  # type: ignore[attr-defined]
    return " ".join(staging.beats[i].words for i in shot.beats)  # type: ignore[attr-defined]


def test_own_script_keeps_every_rule(script: Screenplay) -> None:
    measured = check(boards(script), script)
    assert (measured.scenes, measured.scenes_missing, measured.speakers_missing) == (2, (), ())
    assert measured.crossings == measured.framing == measured.walls == measured.occlusions == ()


@pytest.mark.parametrize("name", ["macbeth_standardebooks", "Cyber_Bob_ep00001"])
def test_a_whole_film_keeps_every_rule_and_shows_everybody_who_speaks(name: str) -> None:
    path = SHARED / f"{name}.fountain"
    if not path.exists():
        pytest.skip(f"{path} is absent")
    script = read_script(path)
    made = boards(script)
    measured = check(made, script)
    assert measured.scenes_missing == measured.speakers_missing == ()
    assert measured.crossings == measured.framing == measured.walls == measured.occlusions == ()
    for one in made.lists:
        assert 4 <= len(one.shots) <= 30
        assert all(s.seconds < 45 for s in one.shots)
        row = 0
        for shot in one.shots:
            row = row + 1 if shot.type in ("single", "reaction") else 0
            assert row <= 5, f"{shot.id}: too many singles in a row"
    if name.startswith("macbeth"):
        assert 300 <= len(made.shots) <= 400
        heath = made.stagings[2]
        assert heath.set.kind == "heath"
        assert not [p for p in heath.props if p.kind == "chair"]
        gone = heath.beats[-1].start
        assert "FIRST WITCH" not in {f.name for f in heath.at(gone)}
    assert Boards.model_validate_json(made.model_dump_json()) == made


def test_a_person_is_the_same_in_every_scene(script: Screenplay) -> None:
    one, two = (stage(scene, script) for scene in script.scenes)
    bea = [next(f for f in s.figures if f.name == "BEA").build for s in (one, two)]
    assert bea[0] == bea[1] == build_of("BEA")


def test_the_line_is_a_line_a_camera_across_it_is_named_and_a_neutral_shot_frees_it() -> None:
    shots = SHOTS.shots
    assert crossings(STAGING, shots) == []
    third = shots[2]
    x, y, z = third.camera.position
    across = third.model_copy(
        update={"camera": Camera(position=(x, 0.4 - y, z), target=third.camera.target)}
    )
    assert crossings(STAGING, (shots[0], across))
    moving = across.model_copy(
        update={"camera": across.camera.model_copy(update={"position_end": (x, y, z)})}
    )
    assert "in its move" in " ".join(crossings(STAGING, (moving,)))
    neutral = shots[1].model_copy(update={"neutral": True})
    assert crossings(STAGING, (shots[0], neutral, across)) == []


def test_checks_name_what_is_wrong_with_a_camera() -> None:
    shot = SHOTS.shots[2]
    away = shot.camera.model_copy(update={"target": (-5.0, 0.0, 1.2)})
    assert "not framed" in framing(STAGING, shot.model_copy(update={"camera": away}))[0]
    outside = Camera(position=(0, -9, 1.4), target=(0.75, 0.2, 1.2))
    assert walls(STAGING, shot.model_copy(update={"camera": outside}))
    behind = Camera(position=(-2.2, 0.2, 1.2), target=(0.75, 0.2, 1.2))
    assert occlusions(STAGING, shot.model_copy(update={"camera": behind})) == [
        "1C: ANA hides MARCO"
    ]
    missing = shot.model_copy(update={"subjects": ("BEA",)})
    assert "not in the scene then" in framing(STAGING, missing)[0]
    assert BOARDS.shots == SHOTS.shots


@settings(max_examples=60, deadline=None)
@given(
    st.floats(-5, 5), st.floats(-9, -1), st.floats(0.3, 3), st.floats(18, 135), st.floats(-180, 180)
)
def test_the_target_is_the_middle_of_the_picture_whatever_the_lens_and_roll(
    x: float, y: float, z: float, lens: float, roll: float
) -> None:
    camera = Camera(position=(x, y, z), target=(0.2, 0.4, 1.5), lens=lens, roll=roll)
    seen = project(camera, [(0.2, 0.4, 1.5)])[0]
    assert seen[:2] == pytest.approx((0, 0), abs=1e-6)
    assert seen[2] == pytest.approx(((x - 0.2) ** 2 + (y - 0.4) ** 2 + (z - 1.5) ** 2) ** 0.5)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.sampled_from(["INT. ROOM - DAY", "EXT. BEACH - DUSK", "INT. CAR - NIGHT", "INT. BAR - NIGHT",
        "EXT. FOREST - DAWN", "INT. CORRIDOR - DAY", "INT. ЗАЛ - ДЕНЬ"]),
    st.lists(st.tuples(st.sampled_from(["ANA", "MARCO", "OLD MAN", "SON", "DOG", "BEA"]),
        st.integers(1, 60)), min_size=1, max_size=14),
)  # fmt: skip
def test_any_talk_in_any_place_is_covered_within_the_rules(
    tmp_path: Path, slugline: str, talk: list[tuple[str, int]]
) -> None:
    speeches = "\n\n".join(
        f"{who}\n{'so it was and is '.strip()} " + "word " * n for who, n in talk
    )
    script = read(tmp_path, f"{slugline}\n\nThey talk.\n\n{speeches}\n")
    made = boards(script)
    measured = check(made, script)
    assert measured.crossings == measured.speakers_missing == ()
    faulty = {
        line.split(":")[0] for line in (*measured.framing, *measured.walls, *measured.occlusions)
    }
    flagged = {line.split(":")[0] for line in measured.flagged}
    assert faulty <= flagged, "what breaks a rule says so"


def test_shouting_of_murder_is_felt_more_than_yes() -> None:
    assert emotion("Ay.") < 0.2
    assert emotion("Murder and treason! Awake, awake!") > 0.6
    assert emotion("Go.", "shouting") > emotion("Go.")
    assert emotion("Sangue! Aiuto!") > 0.5


@pytest.mark.parametrize(
    "text",
    ["EXT. FIELD - DAY\n\nNothing.\n", "INT. ROOM - DAY\n\n", "A\n\nINT. X - DAY\n\n@o\n(\n",
        "EXT. HILL - DAY\n\nALL\nHurrah!\n"],
)  # fmt: skip
def test_a_scene_with_nobody_or_nothing_in_it_makes_no_trouble(tmp_path: Path, text: str) -> None:
    script = read(tmp_path, text)
    made = boards(script)
    assert len(made.stagings) == len(script.scenes)
    check(made, script)


FIGHT = """EXT. HEATH - DAY

ANA and MARCO wait.

ANA
Here he comes.
(the Ghost of Bea enters, and sits)
Do you see her?

MARCO
(within)
I see nobody at all.

ANA
Then look!

They fight and Marco is slain.

ANA
What have I done? He was my friend, and there he lies in the grass.

INT. ROOM - DAY

BEA
I was dead.
"""


def test_the_dead_lie_and_are_not_spoken_to_and_a_ghost_in_a_parenthetical_comes_in(
    tmp_path: Path,
) -> None:
    script = read(tmp_path, FIGHT)
    staging = stage(script.scenes[0], script)
    done = staging.beats[-1]
    people = {f.name: f for f in staging.at(done.start + 0.5)}
    assert people["MARCO"].stance == "lie"
    assert "MARCO" not in done.to
    ghost = next(b for b in staging.beats if "Here he comes" in b.words)
    assert "BEA" not in {f.name for f in staging.at(0.0) if ghost.start > 0.0}
    assert "BEA" in people
    heard = next(b for b in staging.beats if "nobody at all" in b.words)
    assert heard.offscreen

"""What the action lines say is in the picture: who, in what, how many, on what, coming down."""

from __future__ import annotations

import math
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from setpiece.previs.coverage import shot_list
from setpiece.previs.falling_mesh import cut, falling
from setpiece.previs.figure_pose import reaching, skeleton
from setpiece.previs.landmark_mesh import LANDMARK_MESHES
from setpiece.previs.model import Staging
from setpiece.previs.persona import personas
from setpiece.previs.set_piece import falls_in
from setpiece.previs.stage import Stage
from setpiece.previs.staging import stage
from setpiece.script import Screenplay, read_script


def script(action: str, slug: str = "EXT. SQUARE - DAY") -> Screenplay:
    text = f"{slug}\n\n{action}\n\nNOOR\nNow.\n\nPAUL\nLater, I should say.\n"
    with TemporaryDirectory() as folder:
        path = Path(folder) / "words.fountain"
        path.write_text(text, "utf-8")
        return read_script(path)


def staged(action: str, slug: str = "EXT. SQUARE - DAY") -> Staging:
    made = script(action, slug)
    return stage(made.scenes[0], made)


@pytest.mark.parametrize(
    ("action", "woman"),
    [
        ("NOOR shuts the gate. She sighs.", True),
        ("NOOR shuts the gate. He sighs.", False),
        ("NOOR, a woman of few words, waits.", True),
        ("NOOR throws her a rope.", False),
        ("PAUL and NOOR wait. She sighs.", False),  # it may be either
    ],
)
def test_pronouns_and_introductions_tell_women_from_men(action, woman):
    assert personas(script(action))["NOOR"].woman is woman


def test_age_and_clothes_are_those_of_the_introduction():
    told = personas(script("NOOR, 71, in a black coat, meets PAUL, 9."))
    assert told["NOOR"].age == 71
    assert set(told["NOOR"].wears.split()) == {"coat", "black", "elder"}
    assert told["PAUL"].age == 9


def test_a_crowd_is_no_row():
    made = staged("A crowd fills the square. NOOR and PAUL meet.")
    extras = [f for f in made.figures if f.role == "extra"]
    assert len(extras) >= 7
    assert np.ptp([f.position[1] for f in extras]) > 1.5
    assert len({round(f.facing / 45) % 8 for f in extras}) >= 4
    assert len({f.build.shape for f in extras}) >= 4
    near = min(math.dist(a.position, b.position) for a in extras for b in extras if a is not b)
    assert near > 0.5


def test_a_crowd_that_is_run_against_runs():
    made = staged("A crowd. NOOR runs against the crowd to PAUL.")
    beat = next(b for b in made.beats if "against" in b.words)
    assert all(f.stance == "run" for f in made.at(beat.end) if f.role == "extra")


def test_animals_of_the_action_stand_there_and_bolt():
    made = staged("Pigeons. A dog bolts past NOOR and PAUL.")
    kinds = [f.species for f in made.figures if f.role == "animal"]
    assert kinds.count("dog") == 1
    assert kinds.count("pigeon") > 3
    assert next(f for f in made.figures if f.species == "dog").path


def test_a_hand_is_laid_on_a_crack_and_an_insert_shows_it():
    made = staged(
        "NOOR and PAUL wait. A crack runs down the wall. Noor lays her hand over it.",
        "INT. ROOM - DAY",
    )
    inserts = [s for s in shot_list(made).shots if s.type == "insert"]
    assert [s.prop for s in inserts] == ["crack"]
    noor = next(f for f in made.at(inserts[0].moment) if f.name == "NOOR")
    assert noor.gesture == "touch"


@settings(max_examples=30, deadline=None)
@given(x=st.floats(-0.3, 0.3), y=st.floats(0.3, 0.5), z=st.floats(1.1, 1.6))
def test_a_hand_reaches_what_is_near(x, y, z):
    made = reaching(skeleton("stand"), np.array([x, y, z]))
    wrist = min(float(np.linalg.norm(a[2] - [x, y, z])) for a in made.arms)
    assert wrist < 0.16  # the palm lies between


@pytest.mark.parametrize("words", ["the ladder. A ladder", "onto the cart. A cart"])
def test_who_climbs_is_higher_after(words):
    made = staged(f"NOOR meets PAUL. Noor climbs {words} stands there.", "EXT. YARD - DAY")
    noor = next(f for f in made.at(made.beats[-1].end - 0.1) if f.name == "NOOR")
    assert noor.lift > 0.6


def test_the_ground_is_what_the_words_say():
    made = staged("NOOR crosses the cobbles to PAUL.")
    assert "cobbles" in made.set.features
    assert Stage(made).at(0.5).named("floor of cobbles") >= 0


def test_what_comes_down_is_seen_coming_down():
    made = staged("NOOR and PAUL wait. Then the old tower collapses behind them.")
    (fall,) = falls_in(made)
    room = Stage(made)
    for share in (-0.1, 0.65, 1.0):
        scene = room.at(max(fall.start + share * (fall.end - fall.start), 0.0))
        assert (scene.named("dust of the tower") >= 0) is (share > 0)


def test_a_fall_ends_low():
    tower = LANDMARK_MESHES["tower"]()
    fallen = [falling(tower, share)[0] for share in (0.0, 0.6, 1.0)]
    tops = [float(f.vertices[np.unique(f.faces), 2].max()) for f in fallen]
    assert tops[0] > tops[1] > tops[2]
    assert tops[2] < 0.8 * tops[0]


@settings(max_examples=15, deadline=None)
@given(z=st.floats(1, 20), tilt=st.floats(-0.5, 0.5))
def test_a_cut_parts_a_thing_and_loses_nothing(z, tilt):
    tower = LANDMARK_MESHES["tower"]()
    normal = np.array([tilt, 0.1, 1.0]) / np.linalg.norm([tilt, 0.1, 1.0])
    low, high = cut(tower, normal, np.array([0.0, 0.0, z]))
    for half, sign in ((low, 1), (high, -1)):
        used = half.vertices[np.unique(half.faces)]
        assert (sign * ((used - [0, 0, z]) @ normal) < 1e-3).all()
    assert _area(low) + _area(high) == pytest.approx(_area(tower), rel=1e-3)


def _area(solid) -> float:
    a, b, c = (solid.vertices[solid.faces[:, k]].astype(float) for k in range(3))
    return float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2)


@pytest.mark.parametrize("kind", ["tower", "church", "bridge"])
def test_a_fall_keeps_before_the_people_clear(kind):
    mesh = LANDMARK_MESHES[kind]()
    front = float(mesh.vertices[:, 1].min())
    for share in (0.3, 0.7, 1.0):
        _, dust = falling(mesh, share)
        assert float(dust.vertices[:, 1].min()) > front - 1.3


def test_only_birds_fly():
    made = staged("NOOR and PAUL wait. Many dogs bark. Gulls wheel overhead.")
    lifts = {kind: [f.lift for f in made.figures if f.species == kind] for kind in ("dog", "gull")}
    assert lifts["dog"]
    assert max(lifts["dog"]) == 0
    assert min(lifts["gull"]) > 1.5

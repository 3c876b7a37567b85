"""Direction: five sentences about one building, and what each of them changes on the screen.

The building is a five-storey frame of 320 pieces; every sentence goes through the reader.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from houses import layout_of, rectangle

from setpiece.collapse.brief import Brief, Mode
from setpiece.collapse.brief_reader import read_brief
from setpiece.collapse.dust import Dust, blow_dust
from setpiece.collapse.fall import fall
from setpiece.collapse.fracture import fracture
from setpiece.collapse.fragments import Fragments
from setpiece.collapse.layout.model import Layout, Prism
from setpiece.collapse.motion import Motion
from setpiece.collapse.structure import Structure, strengthen

FPS = Fraction(24)
FRAMES = 96
CELL = 2.6
SENTENCES = {
    "down": "At 0.5 s it pancakes straight down, a little dust.",
    "left": "At 1 s it topples to the left, heavy dust.",
    "right": "At 1.5 s it topples to the right, no dust.",
    "front": "At 0.5 s it topples towards us, dust, strong wind from the right.",
    "part": "At 0.25 s part of it collapses on the right, the rest stays up, dust.",
}


def box_layout(storeys: int = 5) -> Layout:
    """A plain block, 16 m wide and 12 m deep, square to the camera."""
    foot = rectangle(-8, 40, 16, 12)
    return layout_of(Prism(footprint=foot, height=3.2 * storeys, storeys=storeys))


@pytest.fixture(scope="module")
def building() -> tuple[Fragments, Structure]:
    layout = box_layout()
    pieces = fracture(layout, count=320, seed=1)
    return pieces, strengthen(pieces, layout)


@pytest.fixture(scope="module")
def briefs() -> dict[str, Brief]:
    read = {name: read_brief(text, fps=FPS) for name, text in SENTENCES.items()}
    assert not any(brief.not_understood for brief in read.values())
    return read


@pytest.fixture(scope="module")
def falls(building, briefs) -> dict[str, Motion]:
    return {
        name: fall(*building, brief, frames=FRAMES, fps=FPS, seed=3)
        for name, brief in briefs.items()
    }


def path_of(building, motion: Motion) -> np.ndarray:
    """Centre of mass on every frame, relative to the first (T + 1, 3) [m]."""
    mass = building[0].mass
    centre = np.einsum("tnk,n->tk", motion.position, mass / mass.sum())
    return centre - centre[0]


def onset(motion: Motion) -> float:
    """When the first bond breaks [s]."""
    return float(motion.bond_break.min())


def duration(building, motion: Motion) -> float:
    """From the onset until the centre of mass has made 80% of its way down [s]."""
    drop = -path_of(building, motion)[:, 2]
    return float(np.argmax(drop > 0.8 * drop[-1]) / float(FPS) - onset(motion))


def test_it_goes_where_the_sentence_says(building, falls):
    end = {name: path_of(building, motion)[-1] for name, motion in falls.items()}
    assert end["left"][0] < -1.5
    assert end["right"][0] > 1.5
    assert end["front"][1] < -2.0  # the camera is at y = 0
    for name, across in (("left", 1), ("right", 1), ("front", 0)):
        assert abs(end[name][across]) < 0.3 * abs(end[name][1 - across])
    assert np.hypot(*end["down"][:2]) < 0.1 * -end["down"][2]
    assert np.hypot(*end["part"][:2]) < 0.5 * -end["part"][2]


def test_it_starts_when_the_sentence_says(briefs, falls):
    for name, brief in briefs.items():
        motion = falls[name]
        assert brief.start <= onset(motion) < brief.start + 0.25
        first = float(np.nanmin(motion.release))
        assert brief.start < first < brief.start + 0.75
        before = int(brief.start * 24)
        assert np.array_equal(motion.position[before], motion.position[0])
    times = {name: onset(motion) for name, motion in falls.items()}
    assert times["part"] < times["down"] < times["left"] < times["right"]


def test_each_mode_falls_in_its_own_way(building, briefs, falls):
    pieces = building[0]
    mass = pieces.mass
    height = 16.0
    modes = {name: brief.mode for name, brief in briefs.items()}
    assert modes["down"] is Mode.PANCAKE
    assert modes["part"] is Mode.PARTIAL
    assert {modes[n] for n in ("left", "right", "front")} == {Mode.TOPPLE}
    away = {
        name: np.linalg.norm(motion.position[-1] - motion.position[0], axis=1)
        for name, motion in falls.items()
    }
    standing = {name: float(mass[d < 0.5].sum() / mass.sum()) for name, d in away.items()}
    assert 0.3 < standing["part"] < 0.7
    assert max(v for k, v in standing.items() if k != "part") < 0.05
    # what still stands of the partial collapse is the left side: it failed on the right
    up = away["part"] < 0.5
    assert pieces.centre[up, 0].mean() < -2.0 < 2.0 < pieces.centre[~up, 0].mean()
    # a pancake is down by more than half; a topple turns: the roof goes further than the ground
    assert path_of(building, falls["down"])[-1, 2] < -0.5 * pieces.centre[:, 2].mean()
    roof = pieces.centre[:, 2] > height - 1.0
    low = pieces.centre[:, 2] < 3.2
    for name, sign in (("left", -1), ("right", 1)):
        shift = sign * (falls[name].position[-1] - falls[name].position[0])[:, 0]
        assert np.median(shift[roof]) > np.median(shift[low]) + 2.0
    # none outruns free fall from the mean height, none dawdles
    took = {name: duration(building, falls[name]) for name in ("down", "left", "front")}
    free = np.sqrt(2 * 0.8 * pieces.centre[:, 2].mean() / 9.81)
    assert all(free < t < 4 * free for t in took.values())
    # and on the way down a topple leaves the line that a pancake keeps to
    aside = {name: np.abs(path_of(building, falls[name])[:, :2]).max() for name in took}
    assert min(aside["left"], aside["front"]) > 3 * aside["down"]


def test_every_fall_obeys_gravity_and_loses_nothing(falls):
    for name, motion in falls.items():
        for check in ("stands_still", "free_fall", "mass", "energy"):
            assert motion.checks[check]["ok"], (name, check, motion.checks[check])


@pytest.fixture(scope="module")
def blown(building, falls, tmp_path_factory):
    """Dust of a sentence that is laid over the pancake: the motion stays, the words change."""

    def run(words: str) -> Dust:
        brief = read_brief(f"At 0.5 s it pancakes straight down, {words}.", fps=FPS)
        assert not brief.not_understood
        out: Path = tmp_path_factory.mktemp("dust")
        return blow_dust(building[0], falls["down"], brief, out=out, cell=CELL, seed=5)

    return run


@pytest.fixture(scope="module")
def calm(blown) -> Dust:
    return blown("a little dust, no wind")


def test_as_much_dust_as_the_sentence_says(blown, calm):
    none, heavy = blown("no dust"), blown("heavy dust, no wind")
    most = [max(d.checks["mass"]) for d in (none, calm, heavy)]
    assert most[0] == 0
    assert none.frame(FRAMES - 1) is None
    assert most[1] > 10
    assert most[2] > 1.5 * most[1]
    first = [int(np.argmax(np.array(d.checks["mass"]) > 0)) for d in (calm, heavy)]
    assert all(0.5 * 24 <= k < 1.0 * 24 for k in first)


def test_dust_drifts_with_the_wind(blown, calm):
    windy = {
        side: np.array(blown(f"a little dust, strong wind from the {side}").checks["centroid"][-1])
        for side in ("left", "right")
    }
    still = np.array(calm.checks["centroid"][-1])
    assert windy["left"][0] - still[0] > 2.0  # a wind from the left blows to the right
    assert still[0] - windy["right"][0] > 2.0
    assert abs(windy["left"][1] - still[1]) < 3.0


def stand_and_take_out(count: int) -> tuple[Fragments, Motion]:
    """The block stands; then the first floor above the ground floor is taken out from under it."""
    layout = box_layout()
    pieces = fracture(layout, count=count, seed=1)
    return pieces, fall(
        pieces, strengthen(pieces, layout), Brief(start=0.0), frames=28, fps=FPS, seed=0,
        take_out=(1,),
    )  # fmt: skip


def proves(pieces: Fragments, motion: Motion, wanted: int) -> None:
    rest = motion.checks["stands_still"]
    assert 0.75 * wanted < len(pieces) < 1.35 * wanted
    assert rest["ok"], rest
    assert rest["bonds_broken"] == 0
    assert rest["value"] < 0.02
    assert all(abs(r - 1) <= 0.02 for r in rest["reaction"])
    assert rest["seconds"] >= 1.0
    # then it falls: what stood on that storey comes down as one, late but no slower than half of
    # gravity; what stands below it is not dragged along
    since = np.arange(motion.frames + 1) / float(FPS)
    fallen = motion.position[0, :, 2] - motion.position[:, :, 2]
    above, below = pieces.storey >= 2, pieces.storey == 0
    middle = fallen[:, above] @ pieces.mass[above] / pieces.mass[above].sum()
    free = 0.5 * 9.81 * since**2
    assert (middle <= free + 0.01).all()
    assert middle[14] > 0.35 * free[14]
    assert np.median(fallen[14, below]) < 0.1
    assert motion.checks["free_fall"]["ok"], motion.checks["free_fall"]
    assert motion.checks["penetration"]["through_fall"] < 0.02


def test_600_pieces_stand_until_a_storey_is_taken_out():
    proves(*stand_and_take_out(600), 600)


@pytest.mark.slow
@pytest.mark.parametrize("wanted", [2000, 5000])
def test_thousands_of_pieces_stand_until_a_storey_is_taken_out(wanted):
    proves(*stand_and_take_out(wanted), wanted)

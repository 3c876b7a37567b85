"""Over-shoulders that show a shoulder, and speeches alone that are more than a row of singles."""

from __future__ import annotations

from itertools import pairwise

from tests.previs.sample import STAGING

from setpiece.previs.camera_rules import SHOULDER, behind_back, foreground_share, shoulder_in
from setpiece.previs.checks import framing
from setpiece.previs.coverage import shot_list
from setpiece.previs.model import Beat, Camera, Figure, SetDesign, Shot, Staging
from setpiece.previs.place import Look, over_shoulder

FACING = (
    Figure(name="A", position=(-1.2, 0.0), facing=0, looks_at="B"),
    Figure(name="B", position=(1.2, 0.0), facing=180, looks_at="A"),
)
FIELD = Staging(
    position=1, number="1", set=SetDesign(kind="field", interior=False, size=(24.0, 18.0, 0.0)),
    figures=FACING, axis=((-1.2, 0.0), (1.2, 0.0)), beats=(Beat(first=0, last=0, seconds=4.0),),
)  # fmt: skip


def _ots(camera: Camera) -> Shot:
    return Shot(id="1A", scene="1", position=1, type="ots", size="MS", subjects=("A",), over="B",
        camera=camera, seconds=4.0)  # fmt: skip


def test_an_over_shoulder_has_a_shoulder_in_it() -> None:
    for size in ("MS", "MCU"):
        camera = over_shoulder(FIELD, FACING, *FACING, size, Look())
        assert camera is not None
        assert SHOULDER[0] <= foreground_share(camera, FACING[1]) <= SHOULDER[1]
        assert shoulder_in(camera, FACING[1])
        assert not [f for f in framing(FIELD, _ots(camera)) if "frame it" in f]


def test_a_clean_single_is_no_over_shoulder() -> None:
    clean = Camera(position=(0.9, -1.1, 1.6), target=(-1.2, 0.0, 1.5), lens=65)
    assert not shoulder_in(clean, FACING[1])
    assert any("B does not frame it" in f for f in framing(FIELD, _ots(clean)))
    on_top = Camera(position=(1.75, -0.1, 1.6), target=(-1.2, 0.0, 1.5), lens=40)
    assert foreground_share(on_top, FACING[1]) > SHOULDER[1]
    assert not shoulder_in(on_top, FACING[1])


def test_nobody_is_alone_behind_a_back() -> None:
    camera = Camera(position=(4.0, -0.6, 1.6), target=(-1.2, 0.0, 1.5), lens=40)
    aside = Camera(position=(1.2, -4.0, 1.6), target=(-1.2, 0.0, 1.5), lens=40)
    assert behind_back(camera, FACING[0], FACING) == "B"
    assert behind_back(aside, FACING[0], FACING) == ""


def _monologue(seconds: float) -> Staging:
    words = " ".join(f"word{k}" for k in range(int(seconds * 2.5)))
    beats = (
        Beat(first=0, last=0, who=("A",), words="A waits.", seconds=3.0),
        Beat(first=1, last=1, what="speech", who=("A",), words=words, start=3.0, seconds=seconds),
    )
    alone = FACING[0].model_copy(update={"looks_at": ""})
    return FIELD.model_copy(update={"figures": (alone,), "beats": beats})


def test_a_speech_alone_is_few_frames_each_unlike_the_last() -> None:
    for seconds in (60.0, 100.0, 150.0):
        shots = shot_list(_monologue(seconds)).shots
        singles = [s for s in shots if s.type == "single"]
        assert len(singles) <= seconds / 18
        assert all(s.seconds < 45 for s in shots)
        assert sum(s.seconds for s in shots) == shots[-1].start + shots[-1].seconds
        assert any(s.camera.move == "dolly" for s in singles)
        for a, b in pairwise(shots):
            assert (a.type, a.size, a.camera.position) != (b.type, b.size, b.camera.position)
        assert len({s.reason for s in singles}) == len(singles)


def test_the_sample_is_covered_within_the_rules() -> None:
    for shot in shot_list(STAGING).shots:
        assert not framing(STAGING, shot)

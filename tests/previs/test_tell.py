"""Shots told as panels: no word is lost at a cut, no frame in the counting."""

from __future__ import annotations

import itertools
from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from setpiece.previs.model import Beat, Boards, Camera, Shot, ShotList, Staging
from setpiece.previs.tell import tell

NTSC = Fraction(24000, 1001)


def _camera(**more: object) -> Camera:
    return Camera(position=(0, -4, 1.6), target=(0, 0, 1.5), **more)  # type: ignore[arg-type]


def _boards(beats: list[tuple[str, str, float]], cuts: list[float], scene: int = 1) -> Boards:
    """One scene: beats (who, words, seconds) one after the other, cut into shots."""
    made, at = [], 0.0
    for n, (who, words, seconds) in enumerate(beats):
        made.append(
            Beat(first=n, last=n, what="speech" if who else "action", who=(who,) if who else (),
                 words=words, start=at, seconds=seconds)
        )  # fmt: skip
        at += seconds
    edges = [0.0, *sorted(c * at for c in cuts), at]
    shots = [
        Shot(id=f"{scene}{chr(65 + k)}", scene=str(scene), position=scene, camera=_camera(),
             subjects=("ANA",), start=a, seconds=b - a)
        for k, (a, b) in enumerate(itertools.pairwise(edges))
        if b - a > 1e-9
    ]  # fmt: skip
    return Boards(
        stagings=(Staging(position=scene, number=str(scene), beats=tuple(made)),),
        lists=(ShotList(position=scene, scene=str(scene), shots=tuple(shots)),),
    )


LONG = "one two three four five six seven eight nine ten"


def test_a_speech_over_a_cut_is_written_in_both_and_read_once() -> None:
    told = tell(_boards([("ANA", LONG, 4.0)], [0.5]), Fraction(24), "en", {})
    one, two = (t.panel.speeches[0] for t in told)
    assert f"{one.words} {two.words}" == LONG
    assert one.aloud == (LONG, 4.0)
    assert two.aloud[0] == ""
    assert (one.start, two.start) == (0.0, 0.0)


def test_a_shot_taken_out_by_hand_takes_its_words_along() -> None:
    boards = _boards([("ANA", LONG, 4.0)], [0.25, 0.75])
    a, _, c = boards.lists[0].shots
    told = tell(
        boards.model_copy(
            update={"lists": (boards.lists[0].model_copy(update={"shots": (a, c)}),)}
        ),
        Fraction(24), "en", {},
    )  # fmt: skip
    one, two = (t.panel.speeches[0] for t in told)
    assert one.aloud[0] == one.words
    assert two.aloud[0] == two.words  # nobody reads on over the gap
    assert len(one.words.split()) + len(two.words.split()) < 10


def test_action_is_told_where_it_begins_and_is_heard() -> None:
    boards = _boards([("", "A bell rings. Ana turns.", 4.0), ("ANA", "Who is it?", 2.0)], [0.5])
    one, two = (t.panel for t in tell(boards, Fraction(24), "en", {1: ("cast in: LEO",)}))
    assert one.action == "A bell rings. Ana turns."
    assert [s.what for s in one.sounds] == ["bell"]
    assert two.action == ""
    assert (one.changed, two.changed) == (("cast in: LEO",), ())
    assert two.speeches[0].start == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("camera", "move"),
    [
        (_camera(), "static"),
        (_camera(move="dolly", position_end=(0, -2, 1.6)), "dolly in"),
        (_camera(move="dolly", position_end=(0, -6, 1.6)), "dolly out"),
        (_camera(move="pan", target_end=(-1, 0, 1.5)), "pan left"),
        (_camera(move="pan", target_end=(1, 0, 1.5)), "pan right"),
        (_camera(move="track", position_end=(2, -4, 1.6), target_end=(2, 0, 1.5)), "track right"),
        (_camera(move="tilt", target_end=(0, 0, 3)), "tilt up"),
        (_camera(move="crane", position_end=(0, -4, 4)), "crane up"),
        (_camera(move="handheld"), "handheld"),
    ],
)
def test_moves_as_they_are_called(camera: Camera, move: str) -> None:
    boards = _boards([("", "He runs.", 2.0)], [])
    shot = boards.lists[0].shots[0].model_copy(update={"camera": camera})
    one = boards.lists[0].model_copy(update={"shots": (shot,)})
    assert tell(boards.model_copy(update={"lists": (one,)}), NTSC, "en", {})[0].panel.move == move


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["ANA", "LEO", ""]),
            st.lists(st.sampled_from(LONG.split()), min_size=1, max_size=30).map(" ".join),
            st.floats(0.3, 20),
        ),
        min_size=1, max_size=8,
    ),
    st.lists(st.floats(0.01, 0.99), max_size=8),
    st.sampled_from([Fraction(24), NTSC, Fraction(25), Fraction(30000, 1001)]),
)  # fmt: skip
def test_no_word_and_no_frame_is_lost(
    beats: list[tuple[str, str, float]], cuts: list[float], fps: Fraction
) -> None:
    boards = _boards(beats, cuts)
    told = tell(boards, fps, "en", {})
    wanted = Counter(w for who, words, _ in beats if who for w in words.split())
    shown = Counter(w for t in told for s in t.panel.speeches for w in s.words.split())
    read = Counter(w for t in told for s in t.panel.speeches for w in s.aloud[0].split())
    assert shown == wanted
    assert read == wanted
    frames = sum(t.panel.frames for t in told)
    seconds = sum(t.shot.seconds for t in told)
    # A shot has a frame at the least, however short a hand has cut it.
    brief = sum(t.shot.seconds * fps < 1 for t in told)
    assert abs(frames - seconds * fps) <= 1 + brief + len(told) * 1e-3
    for t in told:
        assert all(0 <= s.start <= t.shot.seconds for s in t.panel.speeches)

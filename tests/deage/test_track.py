"""People followed: cuts, crossings, turns, the frame's edge; landmarks without jitter or lag."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from clips import ANA, LEO, drift, head, middle_of, over, shrunk, wall, write

from setpiece.deage import prepare
from setpiece.deage.detect import find
from setpiece.deage.face import Face, align
from setpiece.deage.follow import Followed, Track, follow
from setpiece.deage.identity import distance, who
from setpiece.deage.prepare import track
from setpiece.deage.smoothing import FADE, fade, steady
from setpiece.deage.track import REASONS, recognise
from setpiece.media.plate import open_plate

Portrait = Callable[[str], np.ndarray]


def test_two_people_are_far_apart_and_one_person_is_near(portrait: Portrait) -> None:
    ana, leo = portrait(ANA), portrait(LEO)
    smaller = cv2.resize(ana, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA) * 0.7
    a, again, b = (who(p, find(p)[0]) for p in (ana, smaller, leo))
    assert distance(a, again) < 0.3
    assert distance(a, b) > 0.6


def test_two_faces_that_cross_are_never_swapped(portrait: Portrait, tmp_path: Path) -> None:
    ana, leo = (shrunk(head(portrait(n)), 0.55) for n in (ANA, LEO))
    frames, truth = [], []
    for i in range(20):
        frame = wall(240, 420)
        at = {"ana": (90 + 12.5 * i, 120.0), "leo": (330 - 12.5 * i, 124.0)}
        over(frame, leo, at["leo"])
        over(frame, ana, at["ana"])  # she passes in front
        frames.append(frame)
        truth.append(at)
    plate = open_plate(write(tmp_path, frames))
    people = {
        name: who(p, find(p)[0]) for name, p in (("ana", portrait(ANA)), ("leo", portrait(LEO)))
    }
    found = recognise(plate.read, follow(plate.read, 20), people, (420, 240))
    for name, person in found.items():
        altered = np.flatnonzero(person.weight > 0)
        assert len(altered) >= 8, name
        for frame in altered:
            apart = np.abs(middle_of(person.points[frame])[0] - truth[frame][name][0])
            assert apart < 30, (name, frame)
        # On both sides of the crossing.
        assert altered[0] < 5, name
        assert altered[-1] > 14, name
    # While he is behind her he is not altered.
    assert (found["leo"].weight[9:11] == 0).all()


def test_a_cut_is_seen_and_people_are_found_again_after_it(
    portrait: Portrait, tmp_path: Path
) -> None:
    ana, leo = portrait(ANA), portrait(LEO)
    frames = drift(ana, 5) + drift(leo, 5) + drift(ana, 5)[::-1]
    plate = open_plate(write(tmp_path, frames))
    followed = follow(plate.read, plate.frames)
    assert followed.shots == (0,) * 5 + (1,) * 5 + (2,) * 5
    person = recognise(plate.read, followed, {"ana": who(ana, find(ana)[0])}, (256, 256))["ana"]
    assert (person.weight[:5] == 1).all()
    assert (person.weight[5:10] == 0).all()  # somebody else: never altered
    assert (person.weight[10:] == 1).all()  # and a cut needs no fade


def turned(face: Face, degrees: float) -> Face:
    """The mesh turned about its upright axis."""
    a = np.radians(degrees)
    p = face.points.astype(np.float64)
    middle = p.mean(0)
    turn = np.array([[np.cos(a), 0, -np.sin(a)], [0, 1, 0], [np.sin(a), 0, np.cos(a)]])
    return Face(((p - middle) @ turn.T + middle).astype(np.float32), face.score)


def test_a_head_that_turns_to_profile_fades_out_softly_and_comes_back(
    portrait: Portrait, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = portrait(ANA)
    face = find(picture)[0]
    angles = np.concatenate([np.linspace(0, 80, 15), np.linspace(80, 0, 15)]) - face.pose.yaw
    clip = Followed((Track(0, 0, [turned(face, -a) for a in angles]),), (0,) * 30)
    known = who(picture, face)
    monkeypatch.setattr("setpiece.deage.track.who", lambda *_: known)
    person = recognise(lambda _: picture, clip, {"ana": known}, (480, 600))["ana"]
    yaw = [abs(clip.tracks[0].faces[i].pose.yaw) for i in range(30)]
    assert max(yaw) > 70
    assert all(w == 0 for w, a in zip(person.weight, yaw, strict=True) if a > 62)
    assert person.weight[0] == 1
    assert person.weight[-1] == 1
    assert np.abs(np.diff(person.weight)).max() < 0.5
    assert REASONS[person.reason[14]] == "turned away"


def test_a_face_that_leaves_the_frame_fades_before_it_is_lost(
    portrait: Portrait, tmp_path: Path
) -> None:
    ana = shrunk(head(portrait(ANA)), 0.6)
    frames = []
    for i in range(16):
        frame = wall(220, 300)
        over(frame, ana, (150 + 14 * i, 110))
        frames.append(frame)
    plate = open_plate(write(tmp_path, frames))
    known = who(portrait(ANA), find(portrait(ANA))[0])
    person = recognise(plate.read, follow(plate.read, 16), {"ana": known}, (300, 220))["ana"]
    assert (person.weight[:4] == 1).all()
    assert person.weight[-1] == 0
    lost = int(np.flatnonzero(person.weight > 0)[-1])
    assert person.weight[lost] < 0.6
    assert np.abs(np.diff(person.weight)).max() < 0.55


@pytest.mark.parametrize(
    "whose",
    [
        LEO,
        "021729_1980",
        "021523_1972",
        "021137_1973",
        "020505_1954",
        pytest.param(
            "020752_1962", marks=pytest.mark.xfail(reason="skin of nearly her own colour")
        ),
    ],
)
def test_a_hand_across_the_face_is_left_out_of_the_skin(
    portrait: Portrait, tmp_path: Path, whose: str
) -> None:
    """The hand has the skin of somebody else, and is only there for three of twelve frames."""
    frames = drift(portrait(ANA), 12)
    other = portrait(whose)
    face = find(other)[0]
    x, y = (int(v) for v in face.points[205, :2])
    skin = np.median(other[y - 6 : y + 7, x - 6 : x + 7].reshape(-1, 3), axis=0)
    hand = np.zeros(frames[0].shape[:2], np.float32)
    for k in range(4):  # fingers
        cv2.line(hand, (160 + 3 * k, 136 + 13 * k), (264, 120 + 18 * k), (1.0,), 11, cv2.LINE_AA)
    shade = cv2.GaussianBlur(hand, (0, 0), 3)[..., None]
    for i in (5, 6, 7):
        frames[i] += hand[..., None] * (skin * (0.35 + 0.65 * shade) - frames[i])
    plate = open_plate(write(tmp_path, frames))
    known = who(portrait(ANA), find(portrait(ANA))[0])
    tracked = track(plate, {"ana": known}, lambda _: None)["ana"]
    aligned = tracked.aligned(6)
    assert aligned is not None
    small = cv2.resize(
        aligned.crop(hand), (prepare.SEEN, prepare.SEEN), interpolation=cv2.INTER_AREA
    )
    before = tracked.seen_at(2)
    covered = (small > 0.95) & (before > 0.8)
    assert covered.sum() > 80
    assert tracked.seen_at(6)[covered].mean() < 0.35
    clear = (cv2.dilate(small, np.ones((9, 9))) == 0) & (before > 0.8)
    assert tracked.seen_at(6)[clear].mean() > 0.8


def test_an_even_motion_comes_through_without_lag_and_jitter_does_not(portrait: Portrait) -> None:
    face = find(portrait(ANA))[0]
    n, rng = 24, np.random.default_rng(9)
    t = np.arange(n, dtype=np.float32)[:, None, None]
    # Even speed and even acceleration: [px] at a face of some 200.
    way = np.concatenate([6 * t, 0.15 * t * t, 0 * t], axis=2)
    true = face.points[None] + way.astype(np.float32)
    noise = 0.002 * face.height * rng.standard_normal(true.shape)
    got = steady((true + noise).astype(np.float32))
    error = np.linalg.norm((got - true)[..., :2], axis=-1)
    was = np.linalg.norm(noise[..., :2], axis=-1)
    assert error[4:-4].mean() < 0.65 * was[4:-4].mean()
    assert np.abs((got - true)[4:-4].mean(axis=1)).max() < 0.2 * was.mean()  # no lag
    np.testing.assert_allclose(steady(true.astype(np.float32)), true, atol=0.05)


def test_a_blink_is_kept(portrait: Portrait) -> None:
    face = find(portrait(ANA))[0]
    points = np.repeat(face.points[None], 13, axis=0)
    lid = [159, 158, 160]
    points[6][lid] += np.array([0, 0.04 * face.height, 0], np.float32)
    got = steady(points)
    moved = (got[6][lid] - face.points[lid])[:, 1]
    assert moved.min() > 0.9 * 0.04 * face.height
    assert np.abs(got[4][lid] - face.points[lid]).max() < 0.25 * 0.04 * face.height


def test_weights_never_jump_within_a_shot() -> None:
    weight = np.array([1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1], np.float32)
    shot = np.array([0] * 12 + [1] * 4, np.int32)
    soft = fade(weight, shot, np.ones(16, bool))
    assert (soft <= weight).all()
    assert np.abs(np.diff(soft[:12])).max() < 0.5
    assert (soft[12:] == 1).all()
    assert soft[6 - FADE] == 1


def test_steadied_landmarks_sit_on_the_face_of_a_moving_portrait(
    portrait: Portrait, tmp_path: Path
) -> None:
    frames = drift(portrait(ANA), 10)
    plate = open_plate(write(tmp_path, frames))
    known = who(portrait(ANA), find(portrait(ANA))[0])
    person = recognise(plate.read, follow(plate.read, 10), {"ana": known}, (256, 256))["ana"]
    for i in range(10):
        seen = find(frames[i])[0]
        got = person.face(i)
        assert got is not None
        apart = np.linalg.norm((got.points - seen.points)[:, :2], axis=1).mean()
        assert apart < 0.012 * seen.height
        assert align(got, 64).size == 64

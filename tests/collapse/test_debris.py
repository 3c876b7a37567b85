"""Debris: thrown where things break, by the laws of free flight, the same every time."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from buildings import frame

from setpiece.collapse.brief import Brief
from setpiece.collapse.debris import Debris, load_debris, save_debris, throw_debris
from setpiece.collapse.fragments import Fragments
from setpiece.collapse.motion import Motion
from setpiece.errors import StageError
from setpiece.render.camera import Camera

FPS, FRAMES = 24, 96
CAMERA = Camera.from_angles(900.0, 1280, 720, tilt=5.0)


def drop(fr: Fragments, *, breaks: bool = True) -> Motion:
    """Everything above the ground floor falls freely from 0.5 s until it has gone down 3 m."""
    t = np.arange(FRAMES + 1) / FPS
    down = np.minimum(0.5 * 9.81 * np.maximum(t - 0.5, 0) ** 2, 3.0)
    up = fr.centre[:, 2] > 3.2
    position = np.repeat(fr.centre[None], FRAMES + 1, 0).astype(np.float32)
    if breaks:
        position[:, up, 2] -= down[:, None].astype(np.float32)
    rotation = np.zeros((FRAMES + 1, len(fr), 4), np.float32)
    rotation[..., 3] = 1
    b = fr.bonds
    cut = breaks & (up[b.i] != np.where(b.j >= 0, up[b.j], False))
    hits = np.flatnonzero(up)[:40] if breaks else np.zeros(0, int)
    lands = np.float32(0.5 + np.sqrt(2 * 3 / 9.81))
    where = fr.centre[hits] - [0, 0, 3]
    return Motion(
        fps=Fraction(FPS), position=position, rotation=rotation,
        rest=fr.centre.astype(np.float32),
        bond_break=np.where(cut, 0.5, np.inf).astype(np.float32),
        pane_break=np.full(len(fr.opening_body), np.inf, np.float32),
        release=np.where(up & breaks, 0.6, np.inf).astype(np.float32),
        impact_time=np.full(len(hits), lands, np.float32),
        impact_body=hits.astype(np.int32), impact_position=where.astype(np.float32),
        impact_energy=np.full(len(hits), 5e4, np.float32),
    )  # fmt: skip


@pytest.fixture(scope="module")
def fallen() -> tuple[Fragments, Motion, Debris]:
    fr, _ = frame(storeys=3)
    motion = drop(fr)
    return fr, motion, throw_debris(fr, motion, Brief(), camera=CAMERA, seed=3)


def test_where_the_origin_is_does_not_throw_the_grains_of_a_hit() -> None:
    fr, _ = frame(storeys=3)
    straight = drop(fr)
    straight.bond_break[:] = np.inf
    angle = np.arange(FRAMES + 1)[:, None] / FPS * 2.0  # 4 rad/s, each piece about itself
    turned = np.zeros_like(straight.rotation)
    turned[..., 2], turned[..., 3] = np.sin(angle), np.cos(angle)
    speeds = [
        throw_debris(fr, motion, Brief(), camera=CAMERA, seed=3).speed
        for motion in (straight, replace(straight, rotation=turned))
    ]
    assert np.allclose(*speeds, atol=1e-3)


def test_nothing_breaks_nothing_flies() -> None:
    fr, _ = frame(storeys=1)
    still = throw_debris(fr, drop(fr, breaks=False), Brief(), camera=CAMERA)
    assert len(still.frame(50).position) == 0
    none = throw_debris(fr, drop(fr), Brief(debris=0.0), camera=CAMERA)
    assert len(none.frame(FRAMES - 1).position) == 0


def test_none_before_the_first_break_then_more_and_more(
    fallen: tuple[Fragments, Motion, Debris],
) -> None:
    _, _, debris = fallen
    counts = [len(debris.frame(f).position) for f in (0, 11, 14, 30, 60)]
    assert counts[:2] == [0, 0]
    assert 0 < counts[2] < counts[3] <= counts[4]
    assert counts[4] < 100_000


def test_the_word_debris_scales_their_number() -> None:
    fr, _ = frame(storeys=2)
    motion = drop(fr)

    def number(amount: float) -> int:
        thrown = throw_debris(fr, motion, Brief(debris=amount), camera=CAMERA)
        return len(thrown.frame(FRAMES - 1).position)

    assert number(2.0) == pytest.approx(2 * number(1.0), rel=0.02)
    assert number(0.5) == pytest.approx(0.5 * number(1.0), rel=0.02)


def test_sizes_follow_a_power_law_down_to_a_pixel(
    fallen: tuple[Fragments, Motion, Debris],
) -> None:
    fr, _, debris = fallen
    radius = debris.radius
    pixel = np.linalg.norm(fr.centre.mean(0) - CAMERA.position) / CAMERA.focal
    assert radius.min() < pixel
    assert 0.1 < radius.max() <= 0.25
    r = np.geomspace(radius.min() * 1.2, radius.min() * 5, 8)
    more = np.array([(radius > x).mean() for x in r])
    slope = np.polyfit(np.log(r), np.log(more), 1)[0]
    assert -2.9 < slope < -1.7


def test_grit_is_thrown_up_and_chunks_hardly_rise(
    fallen: tuple[Fragments, Motion, Debris],
) -> None:
    _, _, debris = fallen
    rising = debris.speed[:, 2]
    assert rising[debris.radius < 0.04].max() > 1.5
    assert rising[debris.radius > 0.15].max() < 1.0


def test_free_flight_until_the_ground_and_then_rest(
    fallen: tuple[Fragments, Motion, Debris],
) -> None:
    _, _, debris = fallen
    a, b, c = (debris.frame(f) for f in (26, 27, 28))
    for p in (a, b, c, debris.frame(95)):
        assert np.isfinite(p.position).all()
        assert (p.position[:, 2] > 0).all()  # never below the ground
    key = np.intersect1d(np.intersect1d(a.key, b.key), c.key)
    at = [p.position[np.searchsorted(p.key, key)] for p in (a, b, c)]
    lands = debris.landed[key]
    flying = (lands > 28 / FPS) & (at[2][:, 2] > 0.3)
    assert flying.sum() > 100
    down = -((at[0] + at[2] - 2 * at[1]) * FPS**2)[flying, 2]
    small = 0.1 * 9.81
    assert down.max() < 9.81 * 1.6  # drag may brake what was thrown up, nothing pulls harder
    assert small < np.median(down) < 9.81 * 1.02
    # At the end of the shot nearly all of them lie still.
    end, before = debris.frame(95), debris.frame(94)
    both = np.intersect1d(end.key, before.key)
    way = end.position[np.searchsorted(end.key, both)]
    way = way - before.position[np.searchsorted(before.key, both)]
    assert (np.linalg.norm(way, axis=1) < 1e-4).mean() > 0.95


def test_no_jump_between_frames(fallen: tuple[Fragments, Motion, Debris]) -> None:
    _, _, debris = fallen
    for f in range(12, 60, 5):
        a, b = debris.frame(f), debris.frame(f + 1)
        key = np.intersect1d(a.key, b.key)
        p, q = (x.position[np.searchsorted(x.key, key)] for x in (a, b))
        speed = np.maximum(*(
            np.linalg.norm(x.velocity[np.searchsorted(x.key, key)], axis=1) for x in (a, b)
        ))  # fmt: skip
        gone = np.linalg.norm(q - p, axis=1)
        # a frame's way is no longer than its speed allows (and a bounce, and half a radius)
        flying = debris.landed[key] > (f + 1) / FPS
        assert (gone[flying] <= speed[flying] / FPS * 1.1 + 0.02).all()


def test_the_same_seed_the_same_grains_and_kept_on_disk(
    fallen: tuple[Fragments, Motion, Debris], tmp_path: Path
) -> None:
    fr, motion, debris = fallen
    again = throw_debris(fr, motion, Brief(), camera=CAMERA, seed=3)
    other = throw_debris(fr, motion, Brief(), camera=CAMERA, seed=4)
    assert np.array_equal(again.frame(40).position, debris.frame(40).position)
    assert not np.array_equal(other.start, debris.start)
    path = tmp_path / "debris.npz"
    save_debris(path, debris)
    assert np.array_equal(load_debris(path).frame(40).position, debris.frame(40).position)
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(StageError, match="debris"):
        load_debris(path)

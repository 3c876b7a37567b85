"""Debris: thrown where things break, by the laws of free flight, the same every time."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from buildings import frame

from setpiece.collapse.brief import Brief
from setpiece.collapse.debris import Debris, load_debris, save_debris, throw_debris, tinted
from setpiece.collapse.fragments import Fragments
from setpiece.collapse.motion import Motion
from setpiece.errors import StageError
from setpiece.render.camera import Camera
from setpiece.render.scene import Material

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
    assert counts[4] <= len(debris.born)


def test_the_word_debris_scales_their_number() -> None:
    fr, _ = frame(storeys=2)
    motion = drop(fr)

    def number(amount: float) -> int:
        thrown = throw_debris(fr, motion, Brief(debris=amount), camera=CAMERA)
        return len(thrown.frame(FRAMES - 1).position)

    assert number(2.0) == pytest.approx(2 * number(1.0), rel=0.02)
    assert number(0.5) == pytest.approx(0.5 * number(1.0), rel=0.02)


def test_a_finer_picture_has_finer_grains_and_as_many_chunks() -> None:
    fr, _ = frame(storeys=3)
    motion = drop(fr)
    chunks = []
    for k in (1, 2):
        camera = CAMERA.resized(1280 * k, 720 * k)
        debris = throw_debris(fr, motion, Brief(), camera=camera, seed=3)
        chunks.append(int((debris.radius > 0.06).sum()))
    assert chunks[1] == pytest.approx(chunks[0], rel=0.35)


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


def held_up(fr: Fragments, g: float, slow: float = 1.0) -> Motion:
    """As `drop`, all of it in pieces, at g all the way down to 1 m, and slowed down."""
    motion = drop(fr)
    frames = round(FRAMES / slow)
    t = np.arange(frames + 1) / FPS * slow
    up = fr.centre[:, 2] > 3.2
    down = 0.5 * g * np.maximum(t - 0.5, 0)[:, None] ** 2
    position = np.repeat(fr.centre[None], frames + 1, 0).astype(np.float32)
    position[:, up, 2] = np.maximum(position[:, up, 2] - down, 1.0)
    rotation = np.zeros((frames + 1, len(fr), 4), np.float32)
    rotation[..., 3] = 1
    return replace(
        motion, position=position, rotation=rotation,
        bond_break=np.where(up[fr.bonds.i], 0.5 / slow, np.inf).astype(np.float32),
        release=motion.release / np.float32(slow), impact_time=motion.impact_time[:0],
        impact_body=motion.impact_body[:0], impact_position=motion.impact_position[:0],
        impact_energy=motion.impact_energy[:0],
    )  # fmt: skip


CLOSE = CAMERA.resized(12800, 7200)  # grit shows


def test_chunks_lead_what_is_held_up_and_grit_trails() -> None:
    fr, _ = frame(storeys=6)
    motion = held_up(fr, 0.5 * 9.81)
    debris = throw_debris(fr, motion, Brief(), camera=CLOSE, seed=3)
    k = 38  # 1.1 s after it broke
    now = debris.frame(k)
    flying = now.velocity.any(1) & (debris.born[now.key] < 1.0)
    height, radius = now.position[:, 2], now.radius
    chunks, grit = (flying & (radius > 0.05)), (flying & (radius < 0.004))
    assert min(chunks.sum(), grit.sum()) > 50
    assert height[grit].mean() > height[chunks].mean() + 0.3
    # The lowest of what falls is the break line: grains are under it, and over the roof line.
    up = fr.centre[:, 2] > 3.2
    pieces = motion.position[k, up, 2]
    assert (height[flying] < pieces.min() - 1).sum() > 20
    assert (height[flying] > pieces.max()).sum() > 20
    # Grit goes towards the speed that the root of its size says, and hardly passes it.
    high = grit & (height > 0.5)
    assert np.percentile(-now.velocity[high, 2] / (250 * np.sqrt(radius[high])), 95) < 1


def test_what_is_shed_on_the_way_down_leaves_its_piece_where_that_is() -> None:
    fr, _ = frame(storeys=6)
    motion = held_up(fr, 9.81)
    debris = throw_debris(fr, motion, Brief(), camera=CAMERA, seed=3)
    top = float(fr.mesh.vertices[:, 2].max())
    for t in (1.0, 1.3, 1.6):
        fresh = np.abs(debris.born - t) < 0.5 / FPS
        fallen = 0.5 * 9.81 * (t - 0.5) ** 2
        assert fresh.sum() > 100
        assert debris.start[fresh, 2].max() < top - fallen + 1.0


def test_slow_motion_shows_the_same_flight_slowly() -> None:
    fr, _ = frame(storeys=3)
    fast = throw_debris(fr, held_up(fr, 6.0), Brief(), camera=CAMERA, seed=3)
    slow = throw_debris(fr, held_up(fr, 6.0, 0.5), Brief(slow=0.5), camera=CAMERA, seed=3)
    a, b = fast.frame(25), slow.frame(50)
    assert abs(len(a.key) - len(b.key)) < 0.01 * len(a.key)
    assert np.median(a.position[:, 2]) == pytest.approx(np.median(b.position[:, 2]), abs=0.03)
    speeds = [np.median(np.linalg.norm(p.velocity, axis=1)) for p in (a, b)]
    assert speeds[1] == pytest.approx(0.5 * speeds[0], rel=0.03)


def test_what_comes_off_the_outside_has_its_colour() -> None:
    fr, _ = frame(storeys=3)
    outside = np.full_like(fr.mesh.material, Material.PLATE)
    fr = replace(fr, mesh=replace(fr.mesh, material=outside))
    debris = throw_debris(fr, drop(fr), Brief(), camera=CAMERA, seed=3)
    picture = np.full((720, 1280, 3), [0.3, 0.1, 0.1], np.float32)
    red = tinted(debris, picture, np.ones((720, 1280), np.float32), CAMERA)
    outside = np.isfinite(debris.origin[:, 0])
    assert 0.2 < outside.mean() < 0.9
    at, _ = CAMERA.project(debris.origin[outside])
    seen = ((at > 0) & (at < [1280, 720])).all(1)
    ours = red.colour[outside][seen]
    assert seen.any()
    assert (ours[:, 0] > 1.3 * ours[:, 2]).all()
    assert np.array_equal(red.colour[~outside], debris.colour[~outside])


def test_a_wall_in_shade_sheds_grains_as_pale_as_the_same_wall_in_the_sun() -> None:
    fr, _ = frame(storeys=6)
    outside = np.full_like(fr.mesh.material, Material.PLATE)
    fr = replace(fr, mesh=replace(fr.mesh, material=outside))
    debris = throw_debris(fr, drop(fr), Brief(), camera=CAMERA, seed=3)
    picture = np.full((720, 1280, 3), 0.4, np.float32)
    picture[:, :640] = 0.08
    found = tinted(debris, picture, np.ones((720, 1280), np.float32), CAMERA)
    outside = np.isfinite(debris.origin[:, 0])
    column = CAMERA.project(debris.origin[outside])[0][:, 0]
    grey = found.colour[outside].mean(1)
    shade = grey[(column > 0) & (column < 540)]
    sun = grey[(column > 740) & (column < 1280)]
    assert min(len(shade), len(sun)) > 50
    assert 0.85 < np.median(shade) / np.median(sun) < 1.15


def test_grit_is_thrown_up_and_chunks_hardly_rise(
    fallen: tuple[Fragments, Motion, Debris],
) -> None:
    _, _, debris = fallen
    rising = debris.speed[:, 2]
    assert rising[debris.radius < 0.04].max() > 1.5
    assert rising[debris.radius > 0.08].max() < 0.6 * rising[debris.radius < 0.04].max()


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


def test_what_is_near_sheds_finer_grains_so_that_all_are_as_fine_to_the_eye() -> None:
    fr, _ = frame(storeys=3)
    near = replace(CAMERA, position=fr.centre.mean(0) - [0, 14, 0])
    thrown = throw_debris(fr, drop(fr), Brief(), camera=near, seed=3)
    depth = near.project(thrown.start.astype(np.float64))[1]
    pixels = thrown.radius * near.focal / depth
    close, far = depth < np.quantile(depth, 0.2), depth > np.quantile(depth, 0.8)
    assert np.median(depth[far]) > 1.3 * np.median(depth[close])
    for some in (close, far):
        assert 0.25 < np.quantile(pixels[some], 0.05) < 0.45
        # the same share of them is twice as large
        assert np.mean(pixels[some] > 0.8) == pytest.approx((0.8 / 0.36) ** -2.2, abs=0.06)
    assert thrown.radius[close].min() < thrown.radius[far].min()


def test_a_wall_cracked_all_over_sheds_its_face_only_where_it_has_come_apart() -> None:
    fr, _ = frame(storeys=6)
    outside = np.full_like(fr.mesh.material, Material.PLATE)
    fr = replace(fr, mesh=replace(fr.mesh, material=outside))
    motion = drop(fr)
    up = fr.centre[:, 2] > 3.2
    b = fr.bonds
    within = up[b.i] & np.where(b.j >= 0, up[b.j], False)
    cracked = np.where(within, 0.5, motion.bond_break).astype(np.float32)
    debris = throw_debris(fr, replace(motion, bond_break=cracked), Brief(), camera=CAMERA, seed=3)
    height = debris.origin[np.isfinite(debris.origin[:, 0]), 2]
    assert len(height) > 100
    # The block above comes down whole: its own cracks stay shut, and nothing leaves it up there.
    assert height.max() < 7.0 < fr.centre[:, 2].max() - 6

"""Dust of a collapse: when, where, how much, and where the wind takes it."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from dust_scene import block, crush

from setpiece.collapse.brief import Brief, Side
from setpiece.collapse.dust import Dust, blow_dust, default_cell
from setpiece.errors import StageError
from setpiece.render.camera import Camera
from setpiece.render.light import Light
from setpiece.render.volume import light_volume, march

FRAMES = 76
CELL = 1.3


@pytest.fixture(scope="module")
def scene():
    f = block(storeys=5, bays=(5, 4))
    return f, crush(f, FRAMES, start=0.3)


@pytest.fixture(scope="module")
def blown(scene, tmp_path_factory):
    """Dust for a brief, simulated once each."""
    done: dict[str, Dust] = {}

    def run(**brief) -> Dust:
        key = repr(sorted(brief.items()))
        if key not in done:
            out = tmp_path_factory.mktemp("dust")
            done[key] = blow_dust(*scene, Brief(**brief), out=out, cell=CELL, seed=5)
        return done[key]

    return run


def test_nothing_before_the_first_bond_breaks_then_it_begins_where_it_fails(scene, blown):
    f, motion = scene
    dust = blown()
    mass = np.array(dust.checks["mass"])
    first = int(np.floor(min(motion.bond_break.min(), motion.release.min()) * 24))
    assert not mass[: first - 1].any()
    assert mass[first + 4] > 0
    assert dust.frame(0) is None
    centre = np.array(dust.checks["centroid"][first + 4])
    assert centre[2] < 0.35 * f.mesh.vertices[:, 2].max()
    assert np.abs(centre[:2] - f.centre[:, :2].mean(0)).max() < 4.0


def test_it_rolls_out_over_the_ground_faster_than_a_person_runs(blown):
    dust = blown()

    def front(k: int) -> float:
        v = dust.frame(k, 1)
        low = v.density[:, :, : max(1, int(3.0 / v.cell))].max(axis=(1, 2))
        at = np.flatnonzero(low > 0.2)
        return (at[-1] + 1) * v.cell + v.origin[0]

    edge = [front(k) for k in range(24, FRAMES, 8)]
    assert max(np.diff(edge)) / (8 / 24) > 6.0


def test_it_does_not_vanish_once_everything_lies(scene, blown):
    mass = np.array(blown().checks["mass"])
    assert mass[-1] > 0.9 * mass.max()


def test_what_has_come_apart_loses_dust_to_the_wind_of_its_fall(tmp_path):
    f = block(storeys=8)
    t = np.arange(40) / 24
    fall = np.minimum(0.5 * 9.81 * np.maximum(t - 0.2, 0) ** 2, 16.0)
    top = f.storey == 7
    position = np.repeat(f.centre[None], len(t), 0).astype(np.float32)
    position[:, top, 2] -= fall[:, None].astype(np.float32)
    position[:, top, 0] += 40  # clear of what stands
    away = np.random.default_rng(3).uniform(-2, 2, (int(top.sum()), 2))
    part = np.clip((t - 0.2) / 0.3, 0, 1)[:, None, None]
    position[:, top, :2] += (away * part).astype(np.float32)
    whole = dataclasses.replace(
        crush(f, len(t) - 1), position=position,
        rotation=np.tile(np.float32([0, 0, 0, 1]), (len(t), len(f), 1)),
        release=np.where(top, 0.2, np.inf), bond_break=np.full(len(f.bonds.i), np.inf, np.float32),
        impact_time=np.zeros(0, np.float32), impact_body=np.zeros(0, np.int32),
        impact_position=np.zeros((0, 3), np.float32), impact_energy=np.zeros(0, np.float32),
    )  # fmt: skip
    apart = dataclasses.replace(
        whole, bond_break=np.where(top[f.bonds.i], 0.2, np.inf).astype(np.float32)
    )
    grown = []
    for name, motion in (("whole", whole), ("apart", apart)):
        dust = blow_dust(f, motion, Brief(), out=tmp_path / name, cell=1.6)
        # after the puffs of the bonds themselves
        grown.append(dust.checks["mass"][34] - dust.checks["mass"][20])
    assert grown[1] > grown[0] + 0.12 * dust.checks["mass"][20]


def test_a_scrap_of_old_dust_does_not_hang_in_the_sky_and_a_fresh_puff_does(blown, tmp_path):
    dust = blown()
    with np.load(dust.folder / "dust.1061.npz") as kept:
        data = dict(kept)
    d = np.zeros((40, 40, 30), np.float16)
    d[:16, :, :16] = 2.0
    d[32:34, 10:12, 20:22], d[32:35, 28:31, 20:23] = 0.25, 1.5
    np.savez(tmp_path / "dust.1061.npz", **{**data, "dust": d, "low": data["low"] * 0 + 10})
    large = dataclasses.replace(dust, folder=tmp_path, shape=(80, 80, 80))
    seen = large.frame(60, 1).density
    assert seen[31:35, 9:13, 19:23].max() == 0
    assert seen[32:35, 28:31, 20:23].max() > 0.5
    assert seen[4:10, 10:30, 4:10].min() > 1.0


def test_the_brief_scales_the_dust_from_none_to_very_heavy(blown):
    none, light, heavy = blown(dust=0.0), blown(), blown(dust=3.0)
    assert not any(none.checks["mass"])
    assert all(none.frame(k) is None for k in range(FRAMES))
    assert heavy.checks["mass"][-1] > 2.0 * light.checks["mass"][-1]

    def hidden(d: Dust) -> float:
        v = d.frame(FRAMES - 1, 1)
        return float((v.density.sum(axis=1) * v.cell > 1.0).sum() * v.cell**2)

    assert hidden(heavy) > 1.1 * hidden(light)


@pytest.mark.parametrize(
    ("side", "axis", "sign"),
    [(Side.LEFT, 0, 1), (Side.RIGHT, 0, -1), (Side.FRONT, 1, 1), (Side.BACK, 1, -1)],
)
def test_wind_carries_it_the_way_the_brief_says(blown, side, axis, sign):
    calm = blown().checks["centroid"][-1]
    windy = blown(wind_from=side, wind_speed=8.0).checks["centroid"][-1]
    assert sign * (windy[axis] - calm[axis]) > 2.0


def test_same_seed_same_bits_another_seed_another_cloud(scene, tmp_path):
    f, motion = scene
    short = dataclasses.replace(
        motion, position=motion.position[:22], rotation=motion.rotation[:22]
    )
    runs = [
        blow_dust(f, short, Brief(), out=tmp_path / name, cell=1.6, seed=seed)
        for name, seed in (("a", 1), ("b", 1), ("c", 2))
    ]
    a, b, c = (r.frame(20, 2).density for r in runs)
    assert a.tobytes() == b.tobytes()
    assert a.shape != c.shape or a.tobytes() != c.tobytes()
    # Only so many frames asked for: the same frames, and none after them.
    few = blow_dust(f, short, Brief(), out=tmp_path / "few", cell=1.6, seed=1, until=21)
    assert few.frame(20, 2).density.tobytes() == a.tobytes()
    assert few.frame(21) is None
    # A frame needs nothing but its own cache: a folder opened anew gives the same.
    again = Dust.open(tmp_path / "a").frame(20, 2)
    assert again.density.tobytes() == a.tobytes()


def test_refining_keeps_the_amount_and_adds_detail(blown):
    dust = blown()
    coarse, fine = dust.frame(38, 1), dust.frame(38, 3)
    assert fine.cell == pytest.approx(coarse.cell / 3)
    assert np.allclose(fine.origin, coarse.origin)
    ratio = fine.density.sum() * fine.cell**3 / (coarse.density.sum() * coarse.cell**3)
    assert 0.5 < ratio < 2.0
    assert fine.density.min() >= 0


def test_detail_moves_with_the_dust_and_does_not_boil(blown):
    """Along the flow, detail persists: best small shift explains most of the next frame."""
    dust = blown()
    a, b = dust.frame(40, 2), dust.frame(41, 2)
    low = np.round((b.origin - a.origin) / a.cell).astype(int)
    size = np.minimum(a.density.shape - np.maximum(low, 0), b.density.shape + np.minimum(low, 0))
    ia, ib = np.maximum(low, 0), np.maximum(-low, 0)
    da = a.density[tuple(slice(i, i + n) for i, n in zip(ia, size, strict=True))]
    db = b.density[tuple(slice(i, i + n) for i, n in zip(ib, size, strict=True))]
    change = np.abs(da - db).mean() / (0.5 * (da + db).mean())
    assert change < 0.5


def test_lengths_follow_the_building(tmp_path):
    house, tower = block(storeys=2, bays=(4, 3)), block(storeys=18, bays=(7, 7))
    short = [default_cell(f, crush(f, 2)) for f in (house, tower)]
    assert 0.1 < short[0] < 0.3
    assert 0.7 < short[1] < 1.6


def test_slow_motion_slows_the_dust_too(scene, tmp_path):
    f, motion = scene
    # The same poses shown at half speed: each frame is half as much time.
    poses = [motion.pose(k / 2) for k in range(52)]
    slow = dataclasses.replace(
        motion,
        position=np.stack([p.position for p in poses]),
        rotation=np.stack([p.rotation for p in poses]),
        bond_break=motion.bond_break * 2, release=motion.release * 2,
        impact_time=motion.impact_time * 2, pane_break=motion.pane_break * 2,
    )  # fmt: skip
    half = blow_dust(f, slow, Brief(slow=0.5), out=tmp_path / "s", cell=1.6)
    full = blow_dust(
        f,
        dataclasses.replace(motion, position=motion.position[:26], rotation=motion.rotation[:26]),
        Brief(),
        out=tmp_path / "f",
        cell=1.6,
    )
    assert half.checks["mass"][48] == pytest.approx(full.checks["mass"][24], rel=0.5)


def test_a_closer_camera_asks_for_more_detail(scene, tmp_path):
    f, motion = scene
    short = dataclasses.replace(motion, position=motion.position[:3], rotation=motion.rotation[:3])
    near = Camera.from_angles(1400, 1280, 720)
    far = Camera.from_angles(150, 1280, 720)
    one = blow_dust(f, short, Brief(), out=tmp_path / "n", camera=near, cell=CELL)
    two = blow_dust(f, short, Brief(), out=tmp_path / "f", camera=far, cell=CELL)
    assert one.detail == 3
    assert two.detail < one.detail


def test_an_unfinished_or_damaged_folder_is_refused(tmp_path: Path, blown):
    with pytest.raises(StageError, match="no finished dust"):
        Dust.open(tmp_path)
    dust = blown()
    bad = dataclasses.replace(dust, folder=tmp_path)
    (tmp_path / "dust.1031.npz").write_bytes(b"not a cache")
    with pytest.raises(StageError, match="damaged"):
        bad.frame(30)


def test_an_interrupted_run_leaves_no_finished_folder(scene, tmp_path):
    def stop(done: float) -> None:
        if done > 0.3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        blow_dust(*scene, Brief(), out=tmp_path, cell=2.0, progress=stop)
    assert not list(tmp_path.glob(".*"))
    with pytest.raises(StageError):
        Dust.open(tmp_path)


def test_a_low_building_at_few_frames_a_second_keeps_its_dust(tmp_path):
    """Large steps must not feed the swirls until they carry everything away."""
    house = block(storeys=1, bays=(4, 3))
    motion = crush(house, 44, fps=10, start=0.2)
    dust = blow_dust(house, motion, Brief(), out=tmp_path, cell=0.45)
    mass = np.array(dust.checks["mass"])
    assert mass[-1] > 0.8 * mass.max() > 0
    top = float(house.mesh.vertices[:, 2].max())
    box = [v for v in (dust.frame(k, 1) for k in (20, 22)) if v is not None]
    reach = [np.argwhere(v.density > 0.05 * v.density.max())[:, 2].max() * v.cell for v in box]
    # 0.2 s: nothing rises faster than what fell from the roof landed
    assert reach[1] - reach[0] < 0.2 * 1.5 * np.sqrt(2 * 9.81 * top) + 0.5


def test_dust_that_no_camera_sees_is_refined_plainly_and_the_picture_stays(blown):
    dust = blown()
    # A long lens: much of the cloud lies beside the picture.
    camera = Camera.from_angles(400.0, 160, 90, eye_height=1.6, tilt=4.0)
    before = np.array(dust.checks["centroid"][60]) * [1, 1, 0] + [0, -60, 1.6]
    camera = dataclasses.replace(camera, position=before)
    whole, seen = dust.frame(60, 2), dust.frame(60, 2, camera=camera)
    assert whole is not None
    assert seen is not None
    plain = (whole.density != seen.density)[whole.density > 0]
    assert 0.05 < plain.mean() < 0.9
    assert abs(seen.density.sum() / whole.density.sum() - 1) < 0.1
    light, far = Light(), np.full((90, 160), np.inf, np.float32)
    one, two = (march(light_volume(v, light), camera, far, light) for v in (whole, seen))
    assert one.transmittance.min() < 0.05
    assert np.abs(one.transmittance - two.transmittance).max() < 0.01
    assert np.sqrt(((one.rgb - two.rgb) ** 2).mean()) < 0.003 * one.rgb.max()

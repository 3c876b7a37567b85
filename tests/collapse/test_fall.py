"""The fall: stands still, comes down no faster than gravity, repeats to the bit."""

from dataclasses import fields
from fractions import Fraction

import numpy as np
import pytest
from buildings import frame
from scipy.spatial.transform import Rotation

from setpiece.collapse.brief import Brief, Mode, Side
from setpiece.collapse.fall import fall
from setpiece.collapse.fracture import fracture
from setpiece.collapse.layout.model import CameraModel, Layout, Prism, Roof
from setpiece.collapse.motion import load_motion, save_motion
from setpiece.collapse.structure import strengthen
from setpiece.errors import StoreError

FPS = Fraction(24)


@pytest.fixture(scope="module")
def building():
    fragments, layout = frame(3, (3, 2), pieces=2)
    return fragments, strengthen(fragments, layout)


@pytest.fixture(scope="module")
def motion(building):
    brief = Brief(start=0.5, mode=Mode.TOPPLE, direction=Side.LEFT)
    return fall(*building, brief, frames=132, fps=FPS, seed=1)


def sink(fragments, motion):
    share = fragments.mass / fragments.mass.sum()
    return ((motion.position[-1] - motion.position[0]) * share[:, None]).sum(0)


def test_frame_zero_is_the_rest_pose(building, motion):
    assert np.array_equal(motion.position[0], building[0].centre.astype(np.float32))
    assert np.array_equal(motion.rotation[0], np.tile([0, 0, 0, 1], (len(building[0]), 1)))


def test_nothing_moves_before_the_start(motion):
    before = int(0.5 * 24)
    assert np.array_equal(motion.position[before], motion.position[0])
    assert np.nanmin(motion.bond_break) >= 0.5
    step = np.abs(motion.position[before + 1] - motion.position[before]).max()
    assert step < 3.0 / 24  # nothing leaps: at most 3 m/s in the first frame


def test_the_checks_hold(motion):
    for name in ("stands_still", "free_fall", "fall_time", "mass", "energy", "settled"):
        assert motion.checks[name]["ok"], (name, motion.checks[name])
    assert motion.checks["penetration"]["at_end"] < 0.02
    assert set(motion.checks["penetration"]) >= {"ok", "value", "limit", "unit"}


def test_a_longer_shot_does_not_settle_later(building, motion):
    brief = Brief(start=0.5, mode=Mode.TOPPLE, direction=Side.LEFT)
    longer = fall(*building, brief, frames=240, fps=FPS, seed=1)
    took = longer.checks["settled"]["value"] - motion.checks["settled"]["value"]
    assert abs(took) < 0.2  # 4.5 s more of film; the heap may still creep by a sample or two


def test_it_falls_to_the_side_asked_for(building, motion):
    shift = sink(building[0], motion)
    assert shift[0] < -0.5
    assert abs(shift[1]) < 0.5 * abs(shift[0])
    assert shift[2] < -0.5 * building[0].centre[:, 2].mean()


def test_rotations_are_unit_and_times_ordered(motion):
    assert np.allclose(np.linalg.norm(motion.rotation, axis=2), 1, atol=1e-5)
    assert (motion.impact_energy > 0).all()
    assert (np.diff(motion.impact_time) >= 0).all()
    assert np.isfinite(motion.release).mean() > 0.9
    assert np.isfinite(motion.pane_break).all()


def test_taking_out_a_storey_brings_it_down_and_the_seed_decides_nothing(building):
    one = fall(*building, Brief(start=0.0), frames=36, fps=FPS, seed=1, take_out=(0,))
    two = fall(*building, Brief(start=0.0), frames=36, fps=FPS, seed=1, take_out=(0,))
    assert one.checks["stands_still"]["ok"]
    assert sink(building[0], one)[2] < -1.0
    for f in fields(one):
        if f.name != "checks":
            assert np.array_equal(getattr(one, f.name), getattr(two, f.name)), f.name
    assert one.checks == two.checks


def test_slow_motion_is_the_same_fall_resampled(building):
    real = fall(*building, Brief(start=0.25), frames=24, fps=FPS, seed=2)
    slow = fall(*building, Brief(start=0.25, slow=0.5), frames=42, fps=FPS, seed=2)
    # 0.25 s in, then half speed: frame 6 + 2 k of the slow shot is frame 6 + k of the real one
    assert np.allclose(slow.position[6 + 24], real.position[6 + 12], atol=1e-4)


def test_partial_leaves_the_other_side_standing():
    fragments, layout = frame(3, (4, 2), pieces=2)
    brief = Brief(start=0.0, mode=Mode.PARTIAL, failure_side=Side.RIGHT)
    motion = fall(fragments, strengthen(fragments, layout), brief, frames=60, fps=FPS, seed=0)
    drop = (motion.position[0] - motion.position[-1])[:, 2]
    x = fragments.centre[:, 0]
    left = x < np.quantile(x, 0.35)
    right = x > np.quantile(x, 0.75)
    top = fragments.storey == 2
    assert np.median(drop[left & top]) < 0.3
    assert np.median(drop[right & top]) > 2.0


def test_motion_is_saved_whole(tmp_path, motion):
    path = tmp_path / "motion.npz"
    save_motion(path, motion)
    back = load_motion(path)
    for f in fields(motion):
        a, b = getattr(motion, f.name), getattr(back, f.name)
        assert np.array_equal(a, b) if isinstance(a, np.ndarray) else a == b, f.name
    assert [p.name for p in tmp_path.iterdir()] == ["motion.npz"]
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(StoreError, match=r"motion\.npz"):
        load_motion(path)


def test_a_tower_in_tiers_of_fractured_pieces_neither_bursts_nor_sinks():
    turn = np.arange(8) * np.pi / 4 + np.pi / 8
    prisms, z = [], 0.0
    for k in range(4):
        r, h = 9 - 1.4 * k, 6.0 if k == 0 else 4.5
        ring = [(float(r * np.cos(t)), float(40 + r * np.sin(t))) for t in turn]
        roof = Roof(kind="pyramid", pitch=28, overhang=1.5)
        prisms.append(
            Prism(footprint=ring, base=z, height=h, storeys=1, roof=roof, construction="timber")
        )
        z += h + 0.8
    layout = Layout(
        size=(640, 480), camera=CameraModel(focal=500.0), outline=[(0, 0), (9, 0), (9, 9)],
        prisms=prisms,
    )  # fmt: skip
    fragments = fracture(layout, count=350, seed=7)
    structure = strengthen(fragments, layout)
    brief = Brief(start=0.0, mode=Mode.TOPPLE, failure_side=Side.LEFT, direction=Side.LEFT)
    motion = fall(fragments, structure, brief, frames=72, fps=FPS, seed=7)
    for name in ("stands_still", "free_fall", "mass", "energy"):
        assert motion.checks[name]["ok"], (name, motion.checks[name])
    assert np.isfinite(motion.position).all()
    large = fragments.mass > 30
    rise = (motion.position[..., 2].max(0) - motion.position[0, :, 2])[large]
    assert (rise > 1.0).mean() < 0.01
    assert sink(fragments, motion)[2] < -2.0
    owner = np.repeat(np.arange(len(fragments)), np.diff(fragments.hull_start))
    for f in (48, 60, 72):
        turned = Rotation.from_quat(motion.rotation[f]).as_matrix()
        corner = motion.position[f][owner] + np.einsum("nij,nj->ni", turned[owner], fragments.hull)
        assert corner[:, 2].min() > -0.05

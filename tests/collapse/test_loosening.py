"""How far bonds have come apart, on blocks whose motion is known."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from dust_scene import block, crush

from setpiece.collapse.brief import Brief
from setpiece.collapse.dust import blow_dust
from setpiece.collapse.gas.loosening import come_apart


def _moved(f, frames: int, offset):
    """A motion in which all bonds break at once and pieces are off by offset (T + 1, N, 3)."""
    still = np.repeat(f.centre[None], frames + 1, 0)
    none = np.zeros(0, np.float32)
    return dataclasses.replace(
        crush(f, frames), position=(still + offset).astype(np.float32),
        rotation=np.tile(np.float32([0, 0, 0, 1]), (frames + 1, len(f), 1)),
        bond_break=np.full(len(f.bonds.i), 0.1, np.float32), impact_time=none,
        impact_body=none.astype(np.int32), impact_position=np.zeros((0, 3), np.float32),
        impact_energy=none,
    )  # fmt: skip


@pytest.fixture(scope="module")
def flats():
    return block(storeys=4)


def _fallen(frames: int):
    t = np.arange(frames + 1) / 24
    return np.minimum(0.5 * 9.81 * np.maximum(t - 0.2, 0) ** 2, 8.0)


def test_what_breaks_but_falls_as_one_bares_nothing_but_its_foot(flats):
    drop = np.zeros((31, len(flats), 3))
    drop[..., 2] = -_fallen(30)[:, None]
    bare = come_apart(flats, _moved(flats, 30, drop), 1.0)
    tied = flats.bonds.j >= 0
    assert bare[:, tied].max() < 1e-6
    assert bare[-1, ~tied].min() == 1


def test_it_grows_with_the_gap_and_never_heals(flats):
    away = np.zeros((31, len(flats), 3))
    out = np.random.default_rng(5).uniform(-3, 3, (len(flats), 3))
    away[:] = np.sin(np.linspace(0, np.pi, 31))[:, None, None] * out  # there and back
    bare = come_apart(flats, _moved(flats, 30, away), 1.0)
    assert (np.diff(bare, axis=0) >= 0).all()
    assert bare[1].max() == 0, "nothing has broken yet"
    assert bare[-1].mean() > 0.7
    larger = come_apart(flats, _moved(flats, 30, away), 4.0)
    assert larger[-1].mean() < bare[-1].mean()


def test_a_turn_in_one_piece_opens_no_joint(flats):
    motion = _moved(flats, 30, np.zeros((31, len(flats), 3)))
    angle = np.linspace(0, 0.6, 31)
    foot = np.array([10.0, 60.0, 0.0])
    c, s = np.cos(angle), np.sin(angle)
    r = flats.centre - foot
    position = np.stack(
        [c[:, None] * r[:, 0] + s[:, None] * r[:, 2], np.tile(r[:, 1], (31, 1)),
         c[:, None] * r[:, 2] - s[:, None] * r[:, 0]], axis=2,
    )  # fmt: skip
    turn = np.zeros((31, len(flats), 4), np.float32)
    turn[..., 1], turn[..., 3] = np.sin(angle / 2)[:, None], np.cos(angle / 2)[:, None]
    motion = dataclasses.replace(
        motion, position=(position + foot).astype(np.float32), rotation=turn
    )
    bare = come_apart(flats, motion, 1.0)
    assert bare[:, flats.bonds.j >= 0].max() < 1e-4


def test_a_block_on_its_way_down_is_seen_and_one_that_scatters_is_not(flats, tmp_path):
    down = np.zeros((25, len(flats), 3))
    down[..., 2] = -_fallen(24)[:, None]
    spread = down.copy()
    out = np.random.default_rng(5).uniform(-4, 4, (len(flats), 2))
    spread[..., :2] += np.clip(np.arange(25) / 24 - 0.1, 0, 1)[:, None, None] * out
    mass = []
    for name, offset in (("whole", down), ("scattered", spread)):
        dust = blow_dust(flats, _moved(flats, 24, offset), Brief(), out=tmp_path / name, cell=1.6)
        mass.append(dust.checks["mass"][16])
    assert mass[1] > 1.5 * mass[0]

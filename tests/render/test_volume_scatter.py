"""Depths along parallel rays, and light that was scattered more than once."""

from __future__ import annotations

import numpy as np
import pytest

from setpiece.render import volume_scatter
from setpiece.render.volume_sweep import optical_depth
from setpiece.render.volume_told import WAYS, given, told

SUN = np.array([0.48, -0.36, 0.8])


def scattered(density: np.ndarray, cell: float, sun: np.ndarray, **solids) -> np.ndarray:
    return volume_scatter.scattered(given(density, cell, sun, **solids))


def lump(extinction: float = 2.0) -> np.ndarray:
    """A heap of no symmetry."""
    rng = np.random.default_rng(4)
    at = np.stack(np.meshgrid(*[np.arange(24)] * 3, indexing="ij"), -1)
    d = np.zeros((24, 24, 24), np.float32)
    for _ in range(6):
        far = np.linalg.norm(at - rng.uniform(7, 17, 3), axis=-1)
        d = np.maximum(d, np.clip(rng.uniform(3, 6) - far, 0, 1)).astype(np.float32)
    return d * np.float32(extinction)


@pytest.mark.parametrize("towards", [(0.37, -0.21, 1.0), (1.0, 0.43, -0.3), (-0.2, -1.0, 0.5)])
def test_a_shadow_is_as_deep_far_off_as_near(towards: tuple[float, float, float]) -> None:
    """What shades is a ball: its shadow has its depth, 40 cells on too."""
    towards = np.array(towards) / np.linalg.norm(towards)
    n = 64
    at = np.stack(np.meshgrid(*[np.arange(n)] * 3, indexing="ij"), -1)
    middle = n / 2 + 20 * towards
    d = np.clip(3.5 - np.linalg.norm(at - middle, axis=-1), 0, 1).astype(np.float32)
    depth = optical_depth(d, 1.0, towards)
    near, far = (tuple(np.round(middle - k * towards).astype(int)) for k in (8, 42))
    assert depth[near] == pytest.approx(6.0, abs=0.5)
    assert depth[far] == pytest.approx(depth[near], rel=0.1)


def test_depth_is_the_way_through_the_dust() -> None:
    d = np.full((20, 20, 20), 0.3, np.float32)
    depth = optical_depth(d, 0.5, np.array([0.0, 0.0, 1.0]))
    assert depth[10, 10] == pytest.approx(0.15 * (19.5 - np.arange(20)), rel=1e-5)


def test_light_knows_no_north() -> None:
    """All turned by a quarter about the vertical is the same, turned."""
    d = lump()
    one = scattered(d, 0.5, SUN)
    two = scattered(
        np.ascontiguousarray(np.rot90(d, axes=(0, 1))), 0.5, np.array([-SUN[1], SUN[0], SUN[2]])
    )
    assert np.allclose(np.rot90(one, axes=(0, 1)), two, atol=1e-3)


def test_a_wisp_scatters_nothing_twice() -> None:
    faint, thick = scattered(lump(0.002), 0.5, SUN), scattered(lump(), 0.5, SUN)
    there = lump() > 1
    assert faint[there][:, :2].max() < 0.02
    assert thick[there][:, :2].sum(1).max() > 0.2
    # Sky and ground reach all of a wisp, from the half of the world that each is.
    assert faint[there][:, 2:4].min() > 0.3


def test_the_side_of_the_sun_is_bright_and_the_heart_is_dark() -> None:
    at = np.stack(np.meshgrid(*[np.arange(32) - 15.5] * 3, indexing="ij"), -1)
    ball = (4 * np.clip(12 - np.linalg.norm(at, axis=-1), 0, 1)).astype(np.float32)
    told = scattered(ball, 0.5, SUN)
    often, sky, ground = told[..., 1], told[..., 2], told[..., 3]
    lit, heart, shade = (tuple(np.round(15.5 + k * SUN).astype(int)) for k in (10, 0, -10))
    assert often[lit] > 4 * often[shade]
    assert often[lit] > 6 * often[heart]
    assert sky[15, 15, 25] > 1.5 * sky[15, 15, 6]
    assert ground[15, 15, 6] > 1.5 * ground[15, 15, 25]


def test_only_cells_beside_dust_are_asked() -> None:
    d = lump()
    light = scattered(d, 0.5, SUN)
    assert not light[0, 0, :, :4].any()
    grown = np.zeros_like(d, bool)
    inside = np.argwhere(d > 1e-3)
    for shift in np.ndindex(3, 3, 3):
        grown[tuple((inside + np.array(shift) - 1).T)] = True
    assert (light[..., 2][grown] > 0).all()


def test_a_wall_takes_sky_from_dust_beside_it_and_not_from_dust_far_off() -> None:
    d = np.zeros((24, 24, 24), np.float32)
    d[2:22, 2:22, 2:22] = 0.05
    ways = np.ones((12, 12, 12, len(WAYS)), np.float32)
    # Up and all ways towards +x end at a wall, for the half of the dust at its foot.
    ways[6:, :, :, WAYS[:, 0] > 0.05] = 0
    ways[6:, :, :, 0] = 0
    bare, walled = (
        scattered(d, 0.5, SUN),
        scattered(d, 0.5, SUN, ways=lambda _density, _depths: ways),
    )
    sky = walled[..., 2] / np.maximum(bare[..., 2], 1e-6)
    assert sky[18:21, 4:20, 4:20].max() < 0.85
    assert sky[18:21, 4:20, 4:20].min() > 0.2
    assert sky[3:8, 4:20, 4:20] == pytest.approx(1, abs=0.02)


def test_networks_are_told_the_same_of_a_cell_alone() -> None:
    """What the fit reads is what `scattered` reads: 0..1, and no solid where there is none."""
    of_sun, of_sky, met = told(given(lump(), 0.5, SUN), np.argwhere(lump() > 1))
    for x in (of_sun, of_sky, met):
        assert x.min() > -1e-6
        assert x.max() < 1 + 1e-6
    assert not of_sun[:, 13:].any()
    assert not of_sky[:, 13:].any()

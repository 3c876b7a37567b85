"""What solid things hide from dust."""

from __future__ import annotations

import numpy as np
import pytest

from setpiece.render.light import Light
from setpiece.render.tracing import Tracer
from setpiece.render.volume import Volume, light_volume
from setpiece.render.volume_solids import open_ways
from setpiece.render.volume_sweep import optical_depth
from setpiece.render.volume_told import BLOCK, WAYS

SIZE = 1.0  # m of a cell


def wall(x: float, reach: float = 500.0) -> Tracer:
    """A sheet of no thickness across x."""
    corners = np.float32(
        [(x, -reach, -reach), (x, reach, -reach), (x, reach, reach), (x, -reach, reach)]
    )
    return Tracer(corners, np.int32([(0, 1, 2), (0, 2, 3)]))


def asked(extinction: float, solids: Tracer | None) -> np.ndarray | None:
    """Of a block of dust, 8 cells a side, from x = 0 on."""
    fine = np.full((8 * BLOCK,) * 3, extinction, np.float32)
    depths = np.stack([optical_depth(fine, SIZE / BLOCK, way) for way in WAYS])
    block = np.full((8, 8, 8), extinction, np.float32)
    return open_ways(np.zeros(3), SIZE, block, depths, solids)


def test_a_thin_wall_hides_all_that_lies_past_it_and_nothing_else() -> None:
    ways = asked(0.01, wall(8.2))
    assert ways is not None
    towards = WAYS[:, 0] > 0.1
    assert ways[..., towards].max() < 0.05
    assert ways[..., ~towards].min() == 1


def test_dust_on_both_sides_of_a_wall_sees_its_own_side() -> None:
    """Thinner than any cell, and no light leaks past it."""
    ways = asked(0.01, wall(4.0))
    assert ways is not None
    right, left = WAYS[:, 0] > 0.1, WAYS[:, 0] < -0.1
    assert ways[:3][..., right].max() < 0.05
    assert ways[:3][..., left].min() == 1
    assert ways[5:][..., left].max() < 0.05
    assert ways[5:][..., right].min() == 1


def test_a_wall_behind_much_dust_matters_little() -> None:
    ways = asked(3.0, wall(8.2))
    assert ways is not None
    slant = int(np.argmax(WAYS[:, 0]))
    line = ways[:, 3:5, 1:3, slant].mean((1, 2))
    assert line[0] > 0.95
    assert line[7] < 0.4
    assert (np.diff(line) < 0.02).all()


def test_where_nothing_stands_nothing_is_said() -> None:
    assert asked(0.1, None) is None
    assert asked(0.1, wall(-400.0, 1.0)) is None


def test_a_wall_shades_dust_from_sky_and_lets_none_of_the_sun_through() -> None:
    """Thin dust behind a wall that stands towards the sun, and the same dust in the open."""
    volume = Volume(np.full((24, 24, 24), 0.05, np.float32), np.array([0.0, 0.0, 1.0]), 0.5)
    light = Light(direction=(0.9, 0.0, 0.3))
    bare = light_volume(volume, light).around[1:4, 4:8, 4:8]
    behind = light_volume(volume, light, wall(5.0)).around[1:4, 4:8, 4:8]
    assert behind[..., 4].max() < 0.05
    assert behind[..., :2].sum(-1).mean() < 0.4 * bare[..., :2].sum(-1).mean()
    assert behind[..., 2].mean() == pytest.approx(0.65 * bare[..., 2].mean(), rel=0.3)


def test_how_far_a_ray_goes() -> None:
    origins = np.zeros((2, 3), np.float32)
    ways = np.float32([(0.6, 0.8, 0), (-0.6, 0.8, 0)])
    assert wall(3.0).distances(origins, ways) == pytest.approx([5.0, np.inf])

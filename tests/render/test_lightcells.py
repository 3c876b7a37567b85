"""Light kept in cells says what asking for every path says, with far fewer questions."""

from __future__ import annotations

import numpy as np
import pytest

from setpiece.render import lightcells
from setpiece.render.bounce import Around, arriving
from setpiece.render.light import Light
from setpiece.render.lightcells import LightCells
from setpiece.render.tracing import Tracer

LIGHT = Light(
    direction=(0.0, -0.6, 0.8), sun=(1.0, 0.9, 0.8), sky=(0.3, 0.35, 0.4), ground=(0.2, 0.2, 0.2)
)


def _court() -> Tracer:
    """Two walls that face each other, four metres high."""
    corners = np.float32([[x, y, z] for y in (0, 3) for x in (-9, 9) for z in (0, 4)])
    return Tracer(corners, np.int32([[0, 2, 3], [0, 3, 1], [4, 6, 7], [4, 7, 5]]))


def _seen(cells: LightCells | None, asked: list[int] | None = None) -> np.ndarray:
    rng = np.random.default_rng(4)
    n = 20000
    point = np.float32([0, 1.5, 1.5]) + rng.uniform(-1, 1, (n, 3)).astype(np.float32)
    way = rng.normal(size=(n, 3)).astype(np.float32)
    way /= np.linalg.norm(way, axis=1, keepdims=True)

    def shadow(points: np.ndarray) -> np.ndarray:
        if asked is not None:
            asked.append(len(points))
        return np.ones(len(points), np.float32)

    around = Around(_court(), np.full((4, 3), 0.6, np.float32), LIGHT, shadow)
    return arriving(around, point, way, np.arange(n), 1, 0, cells=cells)


def test_cells_say_on_the_mean_what_every_path_finds() -> None:
    often, seldom = [], []
    every = _seen(None, often)
    kept = _seen(LightCells(0.3, LIGHT.to_sun), seldom)
    assert kept.mean(0) == pytest.approx(every.mean(0), rel=0.03)
    assert sum(seldom) < 0.5 * sum(often)


def test_the_same_bits_every_time() -> None:
    one, two = (_seen(LightCells(0.3, LIGHT.to_sun)) for _ in range(2))
    assert (one == two).all()


def test_where_there_is_no_more_room_everyone_asks() -> None:
    cells = LightCells(0.3, LIGHT.to_sun)
    cells._used[0] = lightcells.FULL
    assert _seen(cells).mean(0) == pytest.approx(_seen(None).mean(0), rel=0.03)

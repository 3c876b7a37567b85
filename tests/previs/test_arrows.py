"""Arrows lie on the ground before the feet, or along the frame's edge; never across a figure."""

from __future__ import annotations

import numpy as np

from setpiece.previs.arrows import along_edge, draw_arrows, on_ground
from setpiece.previs.model import Camera, Figure, SetDesign, Shot, Staging
from setpiece.previs.panel import through

LOW = through(Camera(position=(0.0, -7.0, 1.6), target=(0.0, 0.0, 1.0), lens=25), 960)
CLOSE = through(Camera(position=(0.0, -3.0, 1.6), target=(0.0, 0.0, 1.5), lens=50), 960)


def _way(a: tuple[float, float], b: tuple[float, float]) -> np.ndarray:
    s = np.linspace(0, 1, 24)[:, None]
    return np.column_stack([(1 - s) * np.array(a) + s * np.array(b), np.full(24, 0.03)])


def test_a_walk_across_is_an_arrow_on_the_ground() -> None:
    shape = on_ground(_way((0.4, 0.0), (3.0, 0.0)), LOW)
    assert shape is not None
    ground, _ = LOW.project(np.array([[0.4, 0.0, 0.0], [3.0, 0.0, 0.0]]))
    assert abs(shape[:, 1].mean() - ground[:, 1].mean()) < 12
    assert shape[:, 0].min() > ground[0, 0] - 8
    assert np.ptp(shape[:, 1]) > 8  # broad enough to be seen


def test_a_walk_to_the_lens_lies_beside_the_legs() -> None:
    shape = on_ground(_way((0.0, 2.0), (0.0, -2.0)), LOW)
    assert shape is not None
    assert abs(shape[:, 0].mean() - 480) > 15


def test_feet_out_of_frame_give_an_arrow_at_the_lower_edge() -> None:
    way = _way((0.4, 0.0), (3.0, 0.0))
    assert on_ground(way, CLOSE) is None
    edge = along_edge(way, np.zeros(3), CLOSE)
    assert edge is not None
    assert (edge[:, 1] > 0.9 * CLOSE.height).all()
    assert edge[-1, 0] > edge[0, 0]
    body, _ = CLOSE.project(np.array([[0.3, 0.0, 1.2]]))
    assert edge[0, 0] > body[0, 0]


def test_a_pan_is_told_along_the_upper_edge() -> None:
    staging = Staging(position=1, number="1", figures=(Figure(name="A"),),
        set=SetDesign(kind="field", interior=False, size=(20, 16, 0)))  # fmt: skip
    camera = Camera(position=(0.0, -6.0, 1.6), target=(-1.0, 0.0, 1.2), target_end=(2.0, 0.0, 0.9),
        move="pan")  # fmt: skip
    shot = Shot(id="1A", scene="1", position=1, subjects=("A",), camera=camera)
    lens = through(camera, 960)
    blank = np.full((lens.height, lens.width, 3), 200, np.uint8)
    drawn = np.argwhere((draw_arrows(blank, staging, shot, lens) != blank).any(2))
    assert len(drawn)
    assert drawn[:, 0].max() < 0.1 * lens.height

"""What the plate shows under an eave is paint in shade, not black paint."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from setpiece.render.camera import Camera
from setpiece.render.light import Light
from setpiece.render.openness import LEAST, MOST, openness
from setpiece.render.scene import Material, Mesh, Pose
from setpiece.render.solids import RestView, render_solids

W, H = 120, 90
CAMERA = Camera.from_angles(100.0, W, H, tilt=6.0)
LIGHT = Light(direction=(0.3, 0.62, 0.72))  # behind the wall: all its light is from all sides
REST = np.array([[0, 15, 4], [0, 13, 7]], np.float32)
UNDER, BELOW = np.s_[26:30, 50:70], np.s_[44:50, 50:70]  # just under the eave, and far from it


def quads(*corners: tuple[tuple[float, float, float], ...]) -> np.ndarray:
    return np.array([t for a, b, c, d in corners for t in ((a, b, c), (a, c, d))], np.float32)


def under_an_eave() -> Mesh:
    """A wall, x -6..6, z 0..8 at y 14, and a slab 3 m deep over it that stands out at z 7."""
    wall = quads(((-6, 14, 0), (6, 14, 0), (6, 14, 8), (-6, 14, 8)))
    eave = quads(((-6, 11, 7), (6, 11, 7), (6, 14, 7), (-6, 14, 7)))
    v = np.concatenate([wall, eave]).reshape(-1, 3)
    return Mesh(
        v, v, np.arange(12, dtype=np.int32).reshape(4, 3), np.array([0, 0, 1, 1], np.int32),
        np.array([Material.PLATE] * 2 + [Material.CONCRETE] * 2, np.uint8),
        np.full(4, -1, np.int32),
    )  # fmt: skip


def view_of(picture: np.ndarray) -> RestView:
    return RestView.of(under_an_eave(), CAMERA, LIGHT, picture, np.ones((H, W), np.float32))


def moved(wall: float, eave: float) -> Pose:
    """Both back by so much [m]: relit where they stand, or the eave taken away."""
    position = REST + np.array([[0, wall, 0], [0, eave, 0]], np.float32)
    return Pose(position, Pose.at_rest(REST).rotation, REST)


def test_paint_that_was_under_an_eave_is_as_pale_in_the_open_as_the_rest() -> None:
    even = view_of(np.full((H, W, 3), 0.08, np.float32))
    # A photograph of an evenly painted wall, with the shade under its eave.
    photo = render_solids(even, moved(0.51, 0.51)).rgb
    assert photo[UNDER].mean() < 0.75 * photo[BELOW].mean()
    view = view_of(photo)
    found = openness(view)
    assert found.shape == (H, W, 1)
    assert found.min() >= LEAST
    assert found.max() <= MOST
    assert found[UNDER].mean() < 0.8 * found[BELOW].mean()
    blind, seeing = (
        render_solids(v, moved(0.51, 90)).rgb for v in (view, replace(view, opened=found))
    )
    assert blind[UNDER].mean() < 0.8 * blind[BELOW].mean()  # black for good
    assert 0.9 < seeing[UNDER].mean() / seeing[BELOW].mean() < 1.15


def test_what_is_white_there_had_more_light_than_the_model_says() -> None:
    picture = np.full((H, W, 3), 0.02, np.float32)
    dark = openness(view_of(picture))
    picture[20:36, 40:80] = 0.5
    assert openness(view_of(picture))[UNDER].mean() > 1.5 * dark[UNDER].mean()

"""Camera moves between panels: what a point of the scene does on the way."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from setpiece.previs.moves import Move, between, midway
from setpiece.render.camera import Camera

W, H = 240, 100


def pose(
    position: tuple[float, float, float],
    target: tuple[float, float, float],
    focal: float,
    roll: float = 0.0,
) -> Camera:
    """A camera at `position` that looks at `target`; focal in picture widths, roll in degrees."""
    forward = np.subtract(target, position).astype(float)
    forward /= np.linalg.norm(forward)
    right = np.cross(forward, (0.0, 0.0, 1.0))
    right /= np.linalg.norm(right)
    down = np.cross(forward, right)
    c, s = np.cos(np.radians(roll)), np.sin(np.radians(roll))
    rows = np.stack([c * right + s * down, -s * right + c * down, forward])
    return Camera(np.array(position, float), rows, focal * W, (W / 2, H / 2), W, H)


def _seen(p: Camera, points: np.ndarray) -> np.ndarray:
    """Pixels of world points."""
    return p.project(points)[0]


def _dots(p: Camera, points: np.ndarray) -> np.ndarray:
    picture = np.zeros((H, W, 3), np.uint8)
    for x, y in _seen(p, points):
        cv2.circle(picture, (round(x * 16), round(y * 16)), 40, (255, 255, 255), -1, cv2.LINE_AA, 4)
    return picture


def _centre(picture: np.ndarray) -> np.ndarray:
    grey = picture[..., 0].astype(float)
    y, x = np.mgrid[0:H, 0:W]
    return np.array([(grey * x).sum(), (grey * y).sum()]) / grey.sum()


MOVES = {
    "pan": (pose((0, 0, 1.6), (0, 5, 1.6), 1.2), pose((0, 0, 1.6), (1, 5, 1.6), 1.2)),
    "tilt": (pose((0, 0, 1.6), (0, 5, 1.6), 1.2), pose((0, 0, 1.6), (0, 5, 1.9), 1.2)),
    "dolly in": (pose((0, 0, 1.6), (0, 5, 1.6), 1.2), pose((0, 2, 1.6), (0, 5, 1.6), 1.2)),
    "track": (pose((0, 0, 1.6), (0, 5, 1.6), 1.2), pose((1, 0, 1.6), (1, 5, 1.6), 1.2)),
    "crane": (pose((0, 0, 1.0), (0, 5, 1.6), 1.2), pose((0, 0, 3.0), (0, 5, 1.6), 1.2)),
    "zoom": (pose((0, 0, 1.6), (0, 5, 1.6), 1.0), pose((0, 0, 1.6), (0, 5, 1.6), 1.6)),
    "roll": (pose((0, 0, 1.6), (0, 5, 1.6), 1.2), pose((0, 0, 1.6), (0, 5, 1.6), 1.2, 12)),
}


@pytest.mark.parametrize("name", MOVES)
@pytest.mark.parametrize("share", [0.1, 0.3, 0.7, 0.9])
def test_the_subject_is_where_the_camera_would_see_it(name: str, share: float) -> None:
    a, b = MOVES[name]
    move = Move(a, b, (0.3, 5.0, 1.7))
    dot = np.array([[0.3, 5.0, 1.7]])
    picture = between(_dots(a, dot), _dots(b, dot), move, share)
    expected = _seen(midway(move, share), dot)[0]
    assert np.abs(_centre(picture) - expected).max() < 0.75


@pytest.mark.parametrize("name", ["pan", "tilt", "zoom", "roll"])
def test_a_head_that_turns_keeps_every_depth_in_place(name: str) -> None:
    a, b = MOVES[name]
    move = Move(a, b, (0.0, 5.0, 1.6))
    for point in ((0.2, 2.0, 1.6), (0.5, 30.0, 2.2)):
        dot = np.array([point])
        expected = _seen(midway(move, 0.4), dot)[0]
        got = _centre(between(_dots(a, dot), _dots(b, dot), move, 0.4))
        assert np.abs(got - expected).max() < 0.75


def test_it_begins_and_ends_with_the_panels_themselves() -> None:
    a, b = MOVES["pan"]
    one, two = (np.full((H, W, 3), v, np.uint8) for v in (40, 200))
    move = Move(a, b, (0, 5, 1.6))
    assert between(one, two, move, 0.0) is one
    assert between(one, two, move, 1.0) is two
    # Each end alone well before and after the middle: no line is seen twice.
    assert np.unique(between(one, two, move, 0.3)[:, W // 2]).tolist() == [40]
    assert np.unique(between(one, two, move, 0.7)[:, W // 2]).tolist() == [200]


@given(
    st.floats(-30, 30), st.floats(-30, 30), st.floats(0.2, 4), st.floats(-4, 4),
    st.floats(0.3, 3), st.floats(0, 1),
)  # fmt: skip
def test_any_move_gives_a_picture(
    x: float, y: float, z: float, tx: float, focal: float, share: float
) -> None:
    a = pose((x, y, z), (tx, 31, 1.5), focal)
    b = pose((y, x, z + 1), (31, tx, 1.5), 1 / focal)
    picture = np.full((H, W, 3), 128, np.uint8)
    out = between(picture, picture, Move(a, b, (0, 0, 1.5)), share)
    assert out.shape == (H, W, 3)
    assert out.dtype == np.uint8

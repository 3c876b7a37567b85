"""Squares cut out of a frame and laid back."""

from __future__ import annotations

import math

import numpy as np
import pytest

from setpiece.deage.warp import apply, cut, inverse, lay_back, square_matrix, window


def ramp(h: int, w: int) -> np.ndarray:
    """A picture whose two channels are each pixel's own x and y."""
    y, x = np.mgrid[:h, :w].astype(np.float32) + np.float32(0.5)
    return np.stack([x, y], -1)


@pytest.mark.parametrize("size", [40, 97, 240])
@pytest.mark.parametrize("angle", [0.0, 0.3, -1.2])
def test_a_cut_square_shows_the_frame_where_its_matrix_says(size: int, angle: float) -> None:
    matrix = square_matrix((150.0, 120.0), 96.0, angle, size)
    got = cut(ramp(240, 300), matrix, size)
    own = ramp(size, size)
    expected = apply(inverse(matrix), own.reshape(-1, 2)).reshape(size, size, 2)
    inner = slice(size // 8, -size // 8)
    np.testing.assert_allclose(got[inner, inner], expected[inner, inner], atol=0.1)


@pytest.mark.parametrize("size", [48, 96, 192])
def test_what_is_laid_back_lies_where_it_was_cut(size: int) -> None:
    matrix = square_matrix((150.3, 99.7), 96.0, 0.2, size)
    where = window(matrix, size, (240, 300))
    inside = np.zeros((size, size), np.float32)
    inside[size // 4 : -size // 4, size // 4 : -size // 4] = 1
    frame = np.zeros((240, 300), np.float32)
    frame[where] = lay_back(inside, matrix, where)
    y, x = np.indices(frame.shape) + 0.5
    weight = frame.sum()
    assert (frame * x).sum() / weight == pytest.approx(150.3, abs=0.05)
    assert (frame * y).sum() / weight == pytest.approx(99.7, abs=0.05)
    assert weight == pytest.approx((96 / 2) ** 2, rel=0.03)


def test_a_small_square_of_a_fine_pattern_is_its_mean_and_no_moire() -> None:
    stripes = np.tile(np.float32([0, 1]), (400, 200))
    got = cut(stripes, square_matrix((200, 200), 380, math.radians(3), 60), 60)
    assert np.abs(got[2:-2, 2:-2] - 0.5).max() < 0.02


def test_a_square_beyond_the_frame_holds_the_edge_and_lays_nothing_there() -> None:
    frame = np.full((50, 50, 3), 0.25, np.float32)
    matrix = square_matrix((-40.0, -40.0), 60.0, 0.0, 64)
    np.testing.assert_allclose(cut(frame, matrix, 64), 0.25, atol=1e-6)
    rows, columns = window(matrix, 64, frame.shape)
    assert (rows.stop - rows.start) * (columns.stop - columns.start) <= 1

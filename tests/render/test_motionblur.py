"""Motion blur: what stands is untouched, what moves keeps its light and smears its own way."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from setpiece.render.motionblur import blur, blur_cover

H, W = 96, 128


def scene(move: tuple[float, float]) -> tuple[np.ndarray, ...]:
    """A bright 20 px square over nothing that moves by `move` px a frame; a still one beside."""
    rgb, alpha = np.zeros((H, W, 3), np.float32), np.zeros((H, W), np.float32)
    motion, depth = np.zeros((H, W, 2), np.float32), np.full((H, W), np.inf, np.float32)
    for x0, m in ((40, move), (100, (0.0, 0.0))):
        box = np.s_[40:60, x0 : x0 + 20]
        rgb[box], alpha[box], motion[box], depth[box] = (0.8, 0.6, 0.4), 1, m, 20
    return rgb, alpha, motion, depth


def test_what_stands_is_untouched() -> None:
    rgb, alpha, motion, depth = scene((0.0, 0.0))
    out_rgb, out_alpha = blur(rgb, alpha, motion, depth)
    assert np.array_equal(out_rgb, rgb)
    assert np.array_equal(out_alpha, alpha)
    rgb, alpha, motion, depth = scene((0.0, 16.0))
    out_rgb, _ = blur(rgb, alpha, motion, depth)
    assert np.array_equal(out_rgb[:, 98:], rgb[:, 98:])


@settings(max_examples=15, deadline=None)
@given(st.floats(-40, 40), st.floats(-40, 40))
def test_light_is_kept_and_colour_stays(dx: float, dy: float) -> None:
    rgb, alpha, motion, depth = scene((dx, dy))
    out_rgb, out_alpha = blur(rgb, alpha, motion, depth)
    assert np.isfinite(out_rgb).all()
    assert np.array_equal(out_alpha, blur_cover(alpha, motion, depth))
    assert out_alpha.min() >= 0
    assert out_alpha.max() <= 1 + 1e-5
    on = out_alpha > 0.05
    assert np.allclose(out_rgb[on] / out_alpha[on][:, None], [0.8, 0.6, 0.4], atol=2e-3)
    assert abs(out_alpha[:, :96].sum() / alpha[:, :96].sum() - 1) < 0.25


@pytest.mark.parametrize("shutter", [0.25, 0.5])
def test_the_smear_is_as_long_as_the_shutter_is_open(shutter: float) -> None:
    rgb, alpha, motion, depth = scene((0.0, 32.0))
    _, out = blur(rgb, alpha, motion, depth, shutter)
    column = out[:, 50]
    rows = np.flatnonzero(column > 0.02)
    # half the way to either side
    assert abs((rows[-1] - rows[0] + 1) - (20 + 32 * shutter)) <= 5
    assert np.count_nonzero(out[50, :40] > 0.02) <= 1  # straight down, not sideways
    middle = (np.arange(H) * column).sum() / column.sum()
    assert abs(middle - 49.5) < 1.0


def test_what_is_in_front_stays_sharp() -> None:
    rgb, alpha, motion, depth = scene((24.0, 0.0))
    post = np.s_[30:70, 62:66]
    rgb[post], alpha[post], motion[post], depth[post] = (0.1, 0.1, 0.1), 1, 0, 5
    out_rgb, _ = blur(rgb, alpha, motion, depth)
    assert np.abs(out_rgb[45:55, 63:65] - 0.1).max() < 0.06

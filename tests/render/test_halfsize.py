"""Light at half the size and back: smooth as it was, and its edges where the faces have them."""

from __future__ import annotations

import numpy as np
import pytest

from setpiece.render.halfsize import doubled, halved, sharpen


def _corner(h: int = 40, w: int = 61) -> tuple[np.ndarray, np.ndarray]:
    """Light and normals (h, w, 3) of two walls that meet at column 31: bright left, dark right."""
    light, normal = np.zeros((2, h, w, 3), np.float32)
    light[:, :31], light[:, 31:] = (0.8, 0.7, 0.6), (0.1, 0.15, 0.2)
    normal[:, :31, 0], normal[:, 31:, 1] = 1, 1
    return light, normal


def _there_and_back(light: np.ndarray, normal: np.ndarray, where: np.ndarray) -> np.ndarray:
    out = np.zeros_like(light)
    doubled(*halved(light, normal, where), normal, out, where)
    return out


def test_light_comes_back_sharp_where_two_walls_meet() -> None:
    light, normal = _corner()
    where = np.ones(light.shape[:2], bool)
    out = _there_and_back(light, normal, where)
    assert out == pytest.approx(light, abs=0.07)  # where four pixels are of both
    assert out[:, :28] == pytest.approx(light[:, :28], abs=1e-5)
    sharpen(out, light, normal, where)
    assert out == pytest.approx(light, abs=0.02)


def test_what_is_beside_the_pieces_lights_none_of_them() -> None:
    light, normal = _corner()
    where = np.zeros(light.shape[:2], bool)
    where[7:30, 5:28] = True
    light[~where] = 50.0
    out = _there_and_back(light, normal, where)
    assert out[where] == pytest.approx(light[where], abs=1e-5)
    assert (out[~where] == 0).all()


def test_slow_shading_survives() -> None:
    y, x = np.mgrid[0:33, 0:48].astype(np.float32)
    light = np.stack([0.2 + 0.01 * x, 0.3 + 0.005 * y, 0.5 + 0 * x], -1)
    normal = np.zeros_like(light)
    normal[..., 2] = 1
    out = _there_and_back(light, normal, np.ones(x.shape, bool))
    assert np.abs(out - light)[1:-1, 1:-1].max() < 0.006


def test_a_shadow_that_smoothing_lost_comes_back_and_noise_does_not() -> None:
    rng = np.random.default_rng(2)
    true = np.full((60, 60, 3), 0.5, np.float32)
    true[28:32] = 0.1
    noisy = true + rng.normal(0, 0.05, true.shape).astype(np.float32)
    normal = np.zeros_like(true)
    normal[..., 2] = 1
    smooth = np.full_like(true, 0.5)
    out = smooth.copy()
    sharpen(out, noisy, normal, np.ones(true.shape[:2], bool))
    assert np.abs(out - true)[28:32].mean() < 0.4 * np.abs(smooth - true)[28:32].mean()
    calm = np.s_[:20]
    assert np.abs(out - true)[calm].mean() < 0.25 * np.abs(noisy - true)[calm].mean()
    assert (out >= 0).all()

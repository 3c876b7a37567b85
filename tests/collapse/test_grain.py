"""Grain and softness measured on pictures of known noise and blur, and given back."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from setpiece.collapse.grain import (
    LIVING,
    HeldStill,
    living_grain,
    match_softness,
    measure_grain,
    measure_softness,
)


def _clean(h: int = 240, w: int = 320) -> np.ndarray:
    """Shaded areas of several levels with hard edges, scene-linear."""
    yy, xx = np.mgrid[0:h, 0:w].astype(np.float32)
    out = 0.05 + 0.5 * xx / w + 0.1 * yy / h
    out[60:120, 80:160] = 0.15
    out[150:200, 200:280] = 0.6
    return np.repeat(out[..., None], 3, -1).astype(np.float32)


def _noisy(base: np.ndarray, seed: int, strength: float = 0.01, size: float = 0.0) -> np.ndarray:
    noise = np.random.default_rng(seed).standard_normal(base.shape).astype(np.float32)
    if size:
        noise = cv2.GaussianBlur(noise, (0, 0), size)
        noise /= noise.std()
    return base + strength * np.sqrt(base) * noise


@pytest.mark.parametrize("strength", [0.004, 0.01])
def test_still_noise_is_measured(strength: float) -> None:
    base = _clean()
    grain = measure_grain(_noisy(base, 1, strength))
    for level in (0.1, 0.2, 0.4):
        got = float(np.interp(level, grain.levels, grain.sigma[:, 1]))
        assert got == pytest.approx(strength * np.sqrt(level), rel=0.3)
    assert grain.size < 0.4
    assert grain.shared < 0.3


def test_clip_noise_is_measured_and_movement_is_not() -> None:
    base = _clean()
    frames = [_noisy(base, k, 0.01, size=0.7) for k in range(4)]
    for k, frame in enumerate(frames):
        frame[100:150, 20 + 20 * k : 60 + 20 * k] = 0.9  # something that walks
    grain = measure_grain(frames)
    got = float(np.interp(0.4, grain.levels, grain.sigma[:, 1]))
    assert got == pytest.approx(0.01 * np.sqrt(0.4), rel=0.15)
    assert grain.size == pytest.approx(0.7, abs=0.2)


def test_texture_is_not_taken_for_grain() -> None:
    rng = np.random.default_rng(2)
    wall = np.clip(0.3 + 0.12 * rng.standard_normal((240, 320, 1)), 0.02, 1).astype(np.float32)
    grain = measure_grain(np.repeat(wall, 3, -1))
    assert grain.sigma.max() < 0.05
    flat = measure_grain(np.full((64, 64, 3), 0.5, np.float32))
    assert flat.sigma.max() < 1e-5


def test_held_still_lives_and_is_as_noisy_as_the_plate() -> None:
    base = np.full((160, 200, 3), 0.3, np.float32)
    plate = _noisy(base, 3, 0.02)
    grain = measure_grain(plate)
    still = HeldStill.of(plate, grain)
    a, b = still.frame(1001, 5), still.frame(1002, 5)
    assert np.array_equal(a, still.frame(1001, 5))
    sigma = plate.std()
    assert (a - base).std() == pytest.approx(sigma, rel=0.12)
    assert (b - a).std() == pytest.approx(np.sqrt(2) * LIVING * sigma, rel=0.15)
    assert abs(float((a - plate).mean())) < 1e-3


def test_living_grain_has_unit_deviation_and_is_new_each_frame() -> None:
    grain = measure_grain(_noisy(_clean(), 1, 0.01, size=0.6))
    one, two = (living_grain(grain, (120, 160), f, 1) for f in (1001, 1002))
    assert one.std() == pytest.approx(1, abs=0.05)
    assert abs(np.corrcoef(one.ravel(), two.ravel())[0, 1]) < 0.02


@pytest.mark.parametrize("sigma", [0.7, 1.2, 2.0])
def test_softness_of_a_blurred_edge(sigma: float) -> None:
    edge = np.full((200, 200), 0.1, np.float32)
    cv2.fillPoly(edge, [np.array([[40, 30], [170, 60], [150, 180], [30, 150]])], 0.6)
    big = np.repeat(cv2.GaussianBlur(edge, (0, 0), sigma)[..., None], 3, -1)
    assert measure_softness(big) == pytest.approx(sigma, abs=0.35)


def test_matched_layer_is_as_soft_as_the_plate() -> None:
    alpha = np.zeros((60, 60), np.float32)
    alpha[20:40, 20:40] = 1
    rgb = np.repeat(alpha[..., None], 3, -1) * 0.5
    soft_rgb, soft_alpha = match_softness(rgb, alpha, 1.5)
    assert 0 < soft_alpha[30, 18] < 1
    np.testing.assert_allclose(soft_rgb[..., 0], soft_alpha * 0.5, atol=1e-5)
    same, _ = match_softness(rgb, alpha, 0.3)
    assert same is rgb

"""Dust before a point: none in front of a cloud, so much inside, all of it behind."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from setpiece.render.camera import Camera
from setpiece.render.light import Light
from setpiece.render.volume import Volume, light_volume, march
from setpiece.render.volume_before import seen_through

CAMERA = Camera.from_angles(200.0, 160, 90)


def slab(density: float = 0.4) -> Volume:
    """4 m of dust from 10 m on, 20 m wide and high."""
    return Volume(np.full((40, 8, 40), density, np.float32), np.array([-10.0, 10.0, -10.0]), 0.5)


def test_before_in_and_behind_a_cloud() -> None:
    lit = light_volume(slab(), Light())
    points = np.array([[0, 8, 1.6], [0, 11, 1.6], [0, 12, 1.6], [0, 20, 1.6], [30, 20, 1.6]])
    seen = seen_through(lit, CAMERA, points)
    assert seen[0] == 1
    assert seen[4] == 1  # beside it
    expected = np.exp([-0.4, -0.8, -1.6])
    assert seen[1:4] == pytest.approx(expected, rel=0.12)


def test_behind_all_of_it_as_much_as_the_march_finds() -> None:
    rng = np.random.default_rng(5)
    lumps = gaussian_filter(rng.normal(size=(40, 24, 40)), 2.0)
    density = np.maximum(lumps / lumps.std() - 0.5, 0).astype(np.float32)
    density[:12] = 0
    lit = light_volume(Volume(density, np.array([-10.0, 10.0, -10.0]), 0.5), Light())
    far = march(lit, CAMERA, np.full((90, 160), 60, np.float32), Light()).transmittance
    pixels = np.array([[x + 0.5, y + 0.5] for x in range(30, 130, 10) for y in range(30, 60, 10)])
    way = CAMERA.rays(pixels)
    points = CAMERA.position + 60 * way
    seen = seen_through(lit, CAMERA, points)
    there = far[pixels[:, 1].astype(int), pixels[:, 0].astype(int)]
    assert np.abs(seen - there).mean() < 0.05
    assert np.corrcoef(seen, there)[0, 1] > 0.9

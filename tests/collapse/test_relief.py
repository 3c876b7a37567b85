"""Ground seen along its surface: it falls to the camera's feet, and dust lies on it in lobes."""

from __future__ import annotations

import numpy as np
import pytest

from setpiece.collapse.relief import EYE, Relief
from setpiece.render.camera import Camera
from setpiece.render.light import Light
from setpiece.render.particles import Particles
from setpiece.render.volume import Volume, light_volume, march

W, H = 320, 200
NEAR = 24.0


def camera(height: float) -> Camera:
    return Camera.from_angles(430.0, W, H, tilt=4.0, eye_height=height)


def bank() -> Volume:
    """2 m of thick dust on a flat floor, from 8 m before the building's front to behind it."""
    return Volume(np.full((160, 64, 8), 3.0, np.float32), np.array([-20.0, 16.0, 0.0]), 0.25)


def lower_edge(volume: Volume, view: Camera, ground: np.ndarray) -> tuple[np.ndarray, float]:
    """Row at which the dust ends in each column [px], and rows over which it fades there."""
    dust = march(light_volume(volume, Light()), view, ground, Light())
    hidden = 1 - dust.transmittance[:, 40:280]
    rows = np.arange(H)[:, None]
    low = np.where(hidden > 0.5, rows, 0).max(0)
    fades = ((hidden > 0.1) & (hidden < 0.9) & (rows > low[None] - 12)).sum(0)
    return low.astype(float), float(fades.mean())


def test_who_looks_down_on_the_ground_sees_it_flat() -> None:
    assert Relief.of(camera(2.5), NEAR) is None
    assert Relief.of(camera(12.0), NEAR) is None
    assert Relief.of(camera(0.5), NEAR) is not None


def test_the_edge_of_a_cloud_is_no_straight_line() -> None:
    view = camera(0.5)
    relief = Relief.of(view, NEAR)
    assert relief is not None
    flat = Relief(relief.eye, relief.ahead, NEAR, 0.0, 0.0)
    before, sharp = lower_edge(bank(), view, flat.depth(view, (H, W)))
    after, soft = lower_edge(relief.lowered(bank()), view, relief.depth(view, (H, W)))
    assert np.ptp(before) <= 1
    assert np.ptp(after) >= 3
    assert after.mean() > before.mean() + 3  # it lies on ground that falls towards the camera
    assert soft > sharp


def test_at_eye_level_the_foot_of_a_cloud_has_lobes_on_level_ground() -> None:
    view = camera(1.7)
    relief = Relief.of(view, NEAR)
    assert relief is not None
    assert relief.fall == 0
    flat = Relief(relief.eye, relief.ahead, NEAR, 0.0, 0.0)
    before, _ = lower_edge(bank(), view, flat.depth(view, (H, W)))
    after, _ = lower_edge(relief.lowered(bank()), view, relief.depth(view, (H, W)))
    assert np.ptp(before) <= 1  # a ruler's line
    assert np.ptp(after) >= 3
    bent = np.abs(np.diff(np.sign(after - np.median(after)))).sum()
    assert bent > 4  # more than one wave


def test_the_ground_goes_down_to_the_cameras_feet() -> None:
    view = camera(0.5)
    relief = Relief.of(view, NEAR)
    assert relief is not None
    depth = relief.depth(view, (H, W))
    steep = Camera.from_angles(430.0, W, H, tilt=-60.0, eye_height=0.5)
    close = relief.depth(steep, (H, W))[H // 2, W // 2]
    # along the ray at 60 degrees down the ground lies about an eye's height below
    assert close * np.sin(np.radians(60)) == pytest.approx(EYE + relief.bumps, rel=0.08)
    seen = np.isfinite(depth[:, W // 2])
    assert (np.diff(depth[seen, W // 2]) < 0).all()


def test_no_dust_is_lost_but_at_its_soft_foot_and_nothing_floats() -> None:
    relief = Relief.of(camera(0.5), NEAR)
    assert relief is not None
    low = relief.lowered(bank())
    assert 0.8 < low.density.sum() / bank().density.sum() < 1.05
    grains = np.array([[0, 22, 0.02], [3, 18, 0.02], [0, 22, 5.0]], np.float32)
    p = Particles(
        grains, np.zeros((3, 3), np.float32), np.full(3, 0.02, np.float32),
        np.full((3, 3), 0.4, np.float32), np.arange(3), np.zeros(3, np.float32),
    )  # fmt: skip
    z = relief.settled(p).position[:, 2]
    assert z[1] < z[0] + relief.bumps
    assert z[1] < -0.2
    assert z[2] == 5.0

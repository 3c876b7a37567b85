"""Grains: in front or behind, as large as they are, drawn out as they fly."""

from __future__ import annotations

import numpy as np

from setpiece.render.camera import Camera
from setpiece.render.light import Light
from setpiece.render.particles import Particles, in_sight, splat

CAMERA = Camera.from_angles(200.0, 160, 90)
FAR = np.full((90, 160), 1e6, np.float32)


def grains(
    radius: float, *, n: int = 1, velocity: tuple[float, float, float] = (0, 0, 0), y: float = 20.0
) -> Particles:
    x = (np.arange(n) - (n - 1) / 2) * 1.5
    position = np.stack([x, np.full(n, y), np.full(n, 1.6)], 1).astype(np.float32)
    return Particles(
        position, np.tile(np.float32(velocity), (n, 1)), np.full(n, radius, np.float32),
        np.full((n, 3), 0.4, np.float32), np.arange(n, dtype=np.int64), np.zeros(n, np.float32),
    )  # fmt: skip


def test_large_and_small_cover_what_they_should() -> None:
    for radius in (0.02, 0.05, 0.4):
        _, alpha, _ = splat(grains(radius, n=5), CAMERA, Light(), FAR)
        pixels = 5 * np.pi * (radius * 200 / 20) ** 2
        assert 0.4 * pixels < alpha.sum() < 2.0 * pixels, radius


def test_solids_hide_what_is_behind_them() -> None:
    _, alpha, _ = splat(grains(0.3), CAMERA, Light(), np.full_like(FAR, 10))
    assert not alpha.any()
    _, alpha, _ = splat(grains(0.3), CAMERA, Light(), np.full_like(FAR, 30))
    assert alpha.any()


def test_flight_draws_streaks_along_the_way_without_more_light() -> None:
    _, still, _ = splat(grains(0.05), CAMERA, Light(), FAR)
    _, flying, _ = splat(grains(0.05, velocity=(0, 0, -20)), CAMERA, Light(), FAR)
    rows, columns = np.nonzero(flying > 0.01)
    assert np.ptp(rows) >= 3
    assert np.ptp(columns) <= 3
    own = np.pi * (0.05 * 200 / 20) ** 2  # px it covers
    assert 0.8 < flying.sum() / own < 1.2
    assert flying.max() < still.max()


def test_premultiplied_and_the_same_twice() -> None:
    p = grains(0.15, n=9, velocity=(3, 0, -6))
    rgb, alpha, _ = splat(p, CAMERA, Light(), FAR, seconds=1.25)
    again, _, _ = splat(p, CAMERA, Light(), FAR, seconds=1.25)
    assert np.array_equal(rgb, again)
    assert (rgb[alpha == 0] == 0).all()
    assert (rgb <= alpha[..., None] * 1.5 + 1e-6).all()
    dark, _, _ = splat(
        p, CAMERA, Light(), FAR, seconds=1.25, shadow=lambda q: np.zeros(len(q), np.float32)
    )
    assert dark.sum() < 0.8 * rgb.sum()


def test_none_at_all_and_behind_the_camera() -> None:
    for p in (grains(0.1, n=0), grains(0.1, y=-5.0)):
        rgb, alpha, _ = splat(p, CAMERA, Light(), FAR)
        assert not rgb.any()
        assert not alpha.any()


def test_dust_before_a_grain_dims_it_and_is_counted() -> None:
    p = grains(0.3, n=4)
    rgb, alpha, veiled = splat(p, CAMERA, Light(), FAR)
    assert not veiled.any()
    clear = np.full(4, 0.25, np.float32)
    dim, same, hidden = splat(p, CAMERA, Light(), FAR, clear=clear)
    assert np.array_equal(same, alpha)
    assert np.allclose(dim, 0.25 * rgb, atol=1e-6)
    assert np.allclose(hidden, 0.75 * alpha, atol=1e-6)


def test_in_sight_are_those_that_are_drawn() -> None:
    p = grains(0.1, n=40)
    near = FAR.copy()
    near[:, :80] = 10
    seen = in_sight(p, CAMERA, near)
    _, drawn, _ = splat(p, CAMERA, Light(), near)
    some = Particles(*(getattr(p, n)[seen] for n in p.__dataclass_fields__))
    assert 0 < len(seen) < 15
    _, alone, _ = splat(some, CAMERA, Light(), near)
    assert np.array_equal(alone, drawn)

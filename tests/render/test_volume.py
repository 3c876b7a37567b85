"""Dust in the picture: light, marching, shadows."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import zoom

from setpiece.collapse.gas import refine
from setpiece.render.camera import Camera
from setpiece.render.light import Light
from setpiece.render.volume import (
    Volume,
    VolumePasses,
    light_volume,
    march,
    sun_transmittance,
)

W, H = 96, 54


def unit(*v: float) -> tuple[float, float, float]:
    a = np.array(v, float)
    a /= np.linalg.norm(a)
    return float(a[0]), float(a[1]), float(a[2])


def bank(extinction: float = 4.0) -> Volume:
    """A block of dust 12 m wide, 8 m deep and 10 m high, 20 m before the camera."""
    d = np.zeros((28, 20, 22), np.float32)
    d[2:26, 2:18, :20] = extinction
    return Volume(d, np.array([-7.0, 19.0, 0.0]), 0.5)


def camera() -> Camera:
    return Camera.from_angles(90.0, W, H, eye_height=5.0)


def nothing_behind() -> np.ndarray:
    return np.full((H, W), np.inf, np.float32)


def test_transmittance_follows_beer_and_lambert():
    thin = bank(0.1)
    passes = march(light_volume(thin, Light()), camera(), nothing_behind(), Light(), step=0.25)
    assert passes.transmittance[H // 2, W // 2] == pytest.approx(np.exp(-0.1 * 8.0), rel=0.04)
    assert passes.transmittance[0, 0] == 1.0
    assert not passes.rgb[0, 0].any()
    assert np.isinf(passes.depth[0, 0])


@pytest.mark.parametrize("extinction", [0.0002, 0.002, 0.02])
def test_faint_dust_keeps_its_amount_and_its_light(extinction: float):
    light, at = Light(direction=unit(0.0, -1.0, 0.25)), (H // 2, W // 2)
    faint, more = (
        march(light_volume(bank(e), light), camera(), nothing_behind(), light)
        for e in (extinction, 0.04)
    )
    assert 1 - faint.transmittance[at] == pytest.approx(1 - np.exp(-extinction * 8.0), rel=0.08)
    per_grain, known = (p.rgb[at] / (1 - p.transmittance[at]) for p in (faint, more))
    assert per_grain == pytest.approx(known, rel=0.15)
    assert 20.0 < faint.depth[at] < 28.5


def test_thick_dust_in_the_sun_sits_below_a_wall_of_its_albedo():
    light = Light(direction=unit(0.0, -1.0, 0.25))
    albedo = (0.75, 0.72, 0.68)
    passes = march(light_volume(bank(), light), camera(), nothing_behind(), light, albedo=albedo)
    seen = passes.rgb[H // 2, W // 2]
    wall = np.array(albedo) * (np.array(light.sun) + 0.5 * np.array(light.sky))
    assert (seen < wall).all()
    assert (seen > 0.45 * wall).all()  # followed grain by grain it is about half
    assert passes.transmittance[H // 2, W // 2] < 0.01
    assert passes.depth[H // 2, W // 2] == pytest.approx(20.3, abs=0.6)


def test_the_shadow_side_is_darker_and_takes_the_colour_of_the_sky():
    front, back = Light(direction=unit(0, -1, 0.3)), Light(direction=unit(0, 1, 0.3))
    lit = march(light_volume(bank(), front), camera(), nothing_behind(), front)
    shade = march(light_volume(bank(), back), camera(), nothing_behind(), back)
    at = H // 2, W // 2
    assert shade.rgb[at].sum() < 0.5 * lit.rgb[at].sum()
    blue = shade.rgb[at][2] / shade.rgb[at][0]
    assert blue > 1.15 * lit.rgb[at][2] / lit.rgb[at][0]
    assert shade.rgb[at][2] > 0.02


@settings(max_examples=12, deadline=None)
@given(azimuth=st.floats(0, 360), elevation=st.floats(2, 88))
def test_sun_from_anywhere_shadows_by_the_length_of_its_way(azimuth: float, elevation: float):
    a, e = np.radians([azimuth, elevation])
    light = Light(direction=unit(np.cos(a) * np.cos(e), np.sin(a) * np.cos(e), np.sin(e)))
    volume = bank(0.05)
    lit = light_volume(volume, light)
    centre = np.array([0.0, 24.0, 5.0])
    s = np.array(light.direction)
    box = np.array([[-6.0, 6.0], [20.0, 28.0], [0.0, 10.0]])
    with np.errstate(divide="ignore"):
        way = min(
            max((box[i, 0] - centre[i]) / s[i], (box[i, 1] - centre[i]) / s[i])
            for i in range(3)
            if abs(s[i]) > 1e-9
        )
    # Sweeps blur a little where the ray leaves near an edge of the block.
    assert sun_transmittance(lit, centre) == pytest.approx(np.exp(-0.05 * way), abs=0.04)


def test_dust_shadows_the_ground_behind_it_and_nothing_else():
    light = Light(direction=unit(-1.0, 0.0, 1.0))
    lit = light_volume(bank(), light)
    ground = np.array([[9.0, 24.0, 0.0], [-9.0, 24.0, 0.0], [40.0, 24.0, 0.0]])
    through = sun_transmittance(lit, ground)
    assert through[0] < 0.05
    assert through[1] == 1.0
    assert through[2] == 1.0
    assert sun_transmittance(lit, ground.reshape(1, 3, 3)).shape == (1, 3)


def test_what_stands_in_front_of_the_dust_hides_it():
    depth = nothing_behind()
    depth[:, : W // 2] = 12.0
    passes = march(light_volume(bank(), Light()), camera(), depth, Light())
    assert (passes.transmittance[:, : W // 2] == 1.0).all()
    assert passes.transmittance[H // 2, W // 2 + 8] < 0.01


def test_never_above_plate_white_even_against_the_sun():
    light = Light(direction=unit(0.0, 1.0, 0.12), sun=(0.75, 0.7, 0.62))
    for extinction in (0.05, 0.3, 2.0):
        lit = light_volume(bank(extinction), light)
        passes = march(lit, camera(), nothing_behind(), light)
        assert passes.rgb.max() < 1.0
        assert np.isfinite(passes.rgb).all()


def test_half_size_march_keeps_the_edges_of_the_scene():
    depth = nothing_behind()
    depth[:, : W // 2 + 5] = 12.0
    lit = light_volume(bank(), Light())
    full = march(lit, camera(), depth, Light())
    half = march(lit, camera(), depth, Light(), half=True)
    assert half.rgb.shape == full.rgb.shape
    inside = np.s_[20:34, W // 2 - 10 : W // 2 + 20]
    wrong = np.abs(half.transmittance[inside] - full.transmittance[inside]) > 0.3
    assert wrong.mean() < 0.02
    assert np.abs(half.rgb - full.rgb).mean() < 0.02


def test_same_input_same_bits_and_the_camera_may_stand_in_the_dust():
    lit = light_volume(bank(0.3), Light())
    inside = Camera(
        np.array([0.0, 24.0, 4.0]), camera().rotation, 90.0, (W / 2, H / 2), W, H
    )  # fmt: skip
    one = march(lit, inside, nothing_behind(), Light(), seed=3)
    two = march(lit, inside, nothing_behind(), Light(), seed=3)
    assert one.rgb.tobytes() == two.rgb.tobytes()
    assert (one.transmittance[H // 2] < 0.6).all()


def ball(grainy: bool) -> Volume:
    """A smooth ball of thick dust 7 m wide, 12 m away: a fine cell is some ten pixels."""
    n = 16
    at = np.stack(np.meshgrid(*[np.arange(n) - 7.5] * 3, indexing="ij"), -1)
    dust = np.clip(5.5 - np.linalg.norm(at, axis=-1), 0, 3).astype(np.float32)
    rng = np.random.default_rng(3)
    place = (rng.random((300, 3)) * n - 0.5).astype(np.float32)
    strength, key = np.ones(300, np.float32), rng.integers(1, 2**32, 300, np.uint32)
    grain = refine.grain(dust, place, strength, key, 2) if grainy else None
    fine = 2.0 * zoom(dust, 2, order=1, mode="nearest", grid_mode=True)
    return Volume(fine.astype(np.float32), np.array([-5.0, 12.0, 0.0]), 0.3125, grain)


def seen(volume: Volume, light: Light, size: int) -> VolumePasses:
    view = Camera.from_angles(36.0 * size / 10, 16 * size // 10, 9 * size // 10 * 2, eye_height=5.0)
    depth = np.full((view.height, view.width), np.inf, np.float32)
    return march(light_volume(volume, light), view, depth, light)


def outline(passes: VolumePasses) -> float:
    """Length of the cloud's outline over that of a disc as large."""
    full = (passes.transmittance < 0.5).astype(np.uint8)
    lines, _ = cv2.findContours(full, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    longest = max(cv2.arcLength(line, True) for line in lines)
    return longest / float(np.sqrt(4 * np.pi * full.sum()))


def test_a_near_cloud_has_lobes_smaller_than_its_cells():
    light = Light(direction=unit(1, -0.6, 0.6))
    smooth, lobed = (seen(ball(grainy), light, 400) for grainy in (False, True))
    assert outline(lobed) > 1.12 * outline(smooth)
    inside = cv2.erode((lobed.transmittance < 0.02).astype(np.uint8), np.ones((31, 31))) > 0
    assert inside.mean() > 0.05
    fine = [p.rgb[..., 1] - cv2.GaussianBlur(p.rgb[..., 1], (0, 0), 6) for p in (smooth, lobed)]
    assert fine[1][inside].std() > 15 * fine[0][inside].std()
    # it is the same cloud, as large and as bright
    assert (lobed.transmittance < 0.5).mean() == pytest.approx(
        (smooth.transmittance < 0.5).mean(), rel=0.15
    )
    assert lobed.rgb[inside].mean() == pytest.approx(smooth.rgb[inside].mean(), rel=0.2)


def test_lobes_of_a_near_cloud_have_a_lit_side_and_a_shadow_side():
    """Light from the other side turns the shading of small lobes round."""
    fine = []
    for x in (-1.0, 1.0):
        p = seen(ball(True), Light(direction=unit(x, -0.8, 0.3)), 400)
        fine.append(p.rgb[..., 1] - cv2.GaussianBlur(p.rgb[..., 1], (0, 0), 5))
    inside = cv2.erode((p.transmittance < 0.02).astype(np.uint8), np.ones((81, 81))) > 0
    assert inside.any()
    far = np.where(np.isfinite(p.depth), p.depth, 20).astype(np.float32)
    dx = np.gradient(cv2.GaussianBlur(far, (0, 0), 2), axis=1)  # of the surface seen
    lit = [float(np.corrcoef(f[inside], dx[inside])[0, 1]) for f in fine]
    assert lit[1] > lit[0] + 0.15


def test_the_horizon_behind_opaque_dust_is_not_drawn_on_it():
    lumps = bank()
    rng = np.random.default_rng(1)
    lumps.density[:] *= rng.random(lumps.density.shape).astype(np.float32)
    light = Light(direction=unit(0.8, -0.5, 0.4))
    sky, split = nothing_behind(), nothing_behind()
    split[H // 2 :] = 900.0
    lit = light_volume(lumps, light)
    one, other = (march(lit, camera(), depth, light) for depth in (sky, split))
    opaque = cv2.erode((one.transmittance <= 0.001).astype(np.uint8), np.ones((5, 5))) > 0
    assert opaque[H // 2 - 1 : H // 2 + 1].any()
    assert np.abs(one.rgb - other.rgb)[opaque].max() < 1e-3

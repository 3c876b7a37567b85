"""The dust model in a shot: it touches nothing but dust, keeps to its bounds, and is repeatable."""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np
import pytest
from dust_scene import block, crush
from hypothesis import given, settings
from hypothesis import strategies as st

from setpiece.collapse import dust_paint
from setpiece.collapse.brief import Brief
from setpiece.collapse.dust import Dust, blow_dust
from setpiece.collapse.dust_paint import answer, near_dust, painted, quarter, view_of
from setpiece.collapse.dust_pass import LEFT, Bare, DustPass
from setpiece.collapse.surroundings import to_ground
from setpiece.errors import StageError
from setpiece.render.camera import Camera
from setpiece.render.light import Light
from setpiece.render.volume import light_volume, transport

LIGHT = Light()
FRAME = 40


@pytest.fixture(scope="module")
def cloud(tmp_path_factory) -> tuple[Dust, Camera]:
    pieces = block(storeys=5, bays=(5, 4))
    motion = crush(pieces, 46, start=0.2)
    out = tmp_path_factory.mktemp("dust")
    camera = Camera.from_angles(150.0, 186, 107, eye_height=2.0, tilt=8.0)
    # as far away as a plate's camera stands, whatever corner the block was built around
    x, y = pieces.centre[:, :2].mean(0)
    camera = dataclasses.replace(camera, position=np.array([x, y - 45.0, 2.0]))
    brief = Brief(start=0.2, dust=0.7)  # thin enough to be seen through
    return blow_dust(pieces, motion, brief, out=out, cell=1.3, seed=5), camera


def _pass(cloud, front=None, model=True) -> DustPass:
    dust, camera = cloud
    lit = light_volume(dust.frame(FRAME, 2), LIGHT)
    bare = Bare(dust, FRAME, light_volume(dust.frame(FRAME, 1, fine_grain=False), LIGHT))
    sky = np.full((camera.height, camera.width), np.inf, np.float32)
    return DustPass(
        lit, camera, LIGHT, to_ground(camera, sky), (0.75, 0.71, 0.66), seed=1, draft=False,
        front_depth=front, bare=bare if model else None,
    )  # fmt: skip


def _nothing(camera):
    """Depth, alpha and motion of no piece at all."""
    size = camera.height, camera.width
    return (
        np.full(size, np.inf, np.float32), np.zeros(size, np.float32),
        np.zeros((*size, 2), np.float32),
    )  # fmt: skip


def test_it_paints_dust_and_nothing_else(cloud):
    plain = _pass(cloud, model=False).before(*_nothing(cloud[1]))
    made = _pass(cloud).before(*_nothing(cloud[1]))
    bare = near_dust(plain.transmittance) == 0
    assert 0.05 < bare.mean() < 0.95
    assert np.array_equal(made.transmittance[bare], plain.transmittance[bare])
    assert np.array_equal(made.rgb[bare], plain.rgb[bare])
    assert np.abs(made.rgb - plain.rgb)[~bare].mean() > 1e-3  # it does paint there
    assert made.transmittance.min() >= 0
    assert made.transmittance.max() <= 1
    assert made.rgb.min() >= 0
    assert np.isfinite(made.rgb).all()
    # what was opaque hides what was not lit for it
    assert not made.transmittance[plain.transmittance <= 0].any()


def test_the_same_frame_twice_is_the_same_and_another_seed_is_not(cloud):
    one, two = (_pass(cloud).before(*_nothing(cloud[1])).rgb for _ in range(2))
    assert np.array_equal(one, two)
    dust, camera = cloud
    other = _pass((dataclasses.replace(dust, seed=9), camera)).before(*_nothing(camera)).rgb
    assert np.abs(one - other).mean() > 1e-3
    assert abs(one.mean() / other.mean() - 1) < 0.1  # as good, as bright


def test_dust_before_a_tree_is_painted_like_the_dust_around_it(cloud):
    camera = cloud[1]
    front = np.zeros((camera.height, camera.width), np.float32)
    front[:, 80:100] = 44.0
    cover = _pass(cloud, front)
    around = cover.before(*_nothing(camera))
    assert cover.veil is not None
    # it stands inside the cloud: less dust before it than beside it, in the same light
    inside = np.s_[60:75, 80:100]
    assert cover.veil.transmittance[inside].mean() > around.transmittance[inside].mean()
    seen = 1 - cover.veil.transmittance[inside]
    if (seen > 0.5).any():
        tone = cover.veil.rgb[inside][seen > 0.5].mean() / seen[seen > 0.5].mean()
        beside = around.rgb[60:75, 60:80].mean() / (1 - around.transmittance[60:75, 60:80]).mean()
        assert tone == pytest.approx(beside, rel=0.35)


@pytest.mark.parametrize("model", [False, True])
def test_past_a_moving_edge_the_cloud_goes_on(cloud, model):
    """In front, and between there and the ground, is together the whole cloud; and the smear of a
    piece that falls is an edge too."""
    camera = cloud[1]
    depth, alpha, motion = _nothing(camera)
    depth[40:70, 80:110], alpha[40:70, 80:110], motion[40:70, 80:110, 1] = 35.0, 1.0, 12.0
    cover = _pass(cloud, model=model)
    front = cover.before(depth, alpha, motion)
    whole = _pass(cloud, model=model).before(*_nothing(camera))
    assert cover.behind is not None
    within, past = np.s_[67:69, 84:106], np.s_[71:72, 84:106]
    for rows in (within, past):
        left = front.transmittance[rows] * cover.behind.transmittance[rows]
        light = front.rgb[rows] + front.transmittance[rows][..., None] * cover.behind.rgb[rows]
        assert cover.behind.transmittance[rows].min() < 0.9  # there is dust past it
        assert front.transmittance[rows].mean() > whole.transmittance[rows].mean() + 0.05
        if not model:  # which may paint an edge as it likes
            np.testing.assert_allclose(left, whole.transmittance[rows], atol=0.02)
            np.testing.assert_allclose(light, whole.rgb[rows], atol=0.02)
        assert np.abs(light - whole.rgb[rows]).mean() < 0.05
    inside = np.s_[50:60, 85:105]
    assert (cover.behind.transmittance[inside] == 1).all()


@settings(max_examples=8, deadline=None)
@given(h=st.integers(9, 70), w=st.integers(9, 70))
def test_any_size_of_picture(cloud, h, w):
    dust, camera = cloud
    view = camera.resized(w, h)
    lit = light_volume(dust.frame(FRAME, 1), LIGHT)
    solid = to_ground(view, np.full((h, w), np.inf, np.float32))
    raw = transport(lit, view, solid)
    far = np.where(raw[..., 3] < 0.9999, raw[..., 4], np.inf).astype(np.float32)
    told = view_of(dust, FRAME, lit, view, far, solid)
    delta = answer(raw, told)
    assert delta.shape == (h, w, 4)
    assert np.isfinite(delta).all()
    assert painted(raw, delta).shape == raw.shape
    assert quarter(solid).shape == (-(-h // 4), -(-w // 4))


def test_a_near_cloud_keeps_its_finest_lobes(cloud, monkeypatch):
    """The model learned on lobes of some ten pixels; larger ones it would take for haze."""
    dust, camera = cloud
    view = camera.resized(4 * camera.width, 4 * camera.height)
    lit = light_volume(dust.frame(FRAME, 3), LIGHT)
    bare = light_volume(dust.frame(FRAME, 1, fine_grain=False), LIGHT)
    solid = to_ground(view, np.full((view.height, view.width), np.inf, np.float32))
    raw = transport(lit, view, solid)
    far = np.where(raw[..., 3] < 0.9999, raw[..., 4], np.inf).astype(np.float32)
    told = view_of(dust, FRAME, bare, view, far, solid)
    from_afar = painted(raw, answer(raw, told))
    monkeypatch.setattr(dust_paint, "TAUGHT", 1e6)  # as if it had learned on any size
    as_it_is = painted(raw, answer(raw, told))
    inside = cv2.erode((raw[..., 3] < 0.05).astype(np.uint8), np.ones((9, 9))) > 0
    fine = [
        (a[..., 0] - cv2.GaussianBlur(a[..., 0], (0, 0), 4))[inside].std()
        for a in (raw, from_afar, as_it_is)
    ]
    assert fine[1] > 0.8 * fine[0]
    assert fine[1] > 1.05 * fine[2], fine


def test_its_kernels_compile_on_next_to_nothing():
    dust_paint.compile_kernels()  # what `setpiece warm` does on a new machine


def test_a_missing_model_is_said(cloud, monkeypatch):
    monkeypatch.setattr(dust_paint, "MODEL", "gone.onnx")
    dust_paint._session.cache_clear()
    try:
        with pytest.raises(StageError, match=r"gone\.onnx"):
            _pass(cloud).before(*_nothing(cloud[1]))
    finally:
        dust_paint._session.cache_clear()


def test_what_dust_hides_is_told_without_looking_through_every_pixel(cloud):
    dust, camera = cloud[0], cloud[1].resized(558, 321)
    thick = dust.frame(FRAME, 2)
    thick = dataclasses.replace(thick, density=40 * thick.density)
    far, *rest = _nothing(camera)
    ground = np.full_like(far, np.inf)
    told = DustPass(
        light_volume(thick, LIGHT), camera, LIGHT, ground, (0.75, 0.71, 0.66), seed=1, draft=False
    )
    assert not told.hides(far).any()  # there is nothing to hide
    behind = np.full_like(far, 1e4)
    hidden = told.hides(behind)
    assert hidden.mean() > 0.05
    assert not told.hides(np.full_like(far, 1.0)).any()
    through = told.before(behind, *rest).transmittance
    assert (through[hidden] > LEFT).mean() < 0.03  # gaps between the rays
    assert (through[hidden] > 0.2).mean() < 0.01

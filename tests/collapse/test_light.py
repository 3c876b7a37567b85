"""The sun from a shadow, from the camera's clock, and what a plate says of sun and sky."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from setpiece.collapse.layout.model import CameraModel, Layout, Prism
from setpiece.collapse.light import estimate_light
from setpiece.collapse.sun import from_shadow
from setpiece.errors import LayoutError
from setpiece.media.exif import Exif
from setpiece.render.camera import Camera

SIZE = (320, 240)


def _layout(height: float = 12.0) -> Layout:
    prism = Prism(footprint=[(-6, 30), (4, 24), (10, 34), (0, 40)], height=height)
    camera = CameraModel(focal=260, tilt=5)
    pixels, _ = Camera.from_angles(260, *SIZE, tilt=5).project(
        np.array([[-6, 30, 0], [10, 34, 0], [10, 34, height], [-6, 30, height]], float)
    )
    outline = [(float(x), float(y)) for x, y in pixels]
    return Layout(size=SIZE, camera=camera, outline=outline, prisms=[prism])


def _angle(a: object, b: object) -> float:
    u, v = np.asarray(a, float), np.asarray(b, float)
    return float(
        np.degrees(np.arccos(np.clip(u @ v / np.linalg.norm(u) / np.linalg.norm(v), -1, 1)))
    )


def _trace(camera: Camera, foot: np.ndarray, height: float, sun: np.ndarray) -> list:
    tip = foot - np.array([*(sun[:2] * height / sun[2]), 0.0])
    pixels, depth = camera.project(np.stack([foot, tip, foot + np.array([0, 0, height])]))
    assert (depth > 0.5).all()
    return [(float(x), float(y)) for x, y in pixels]


@settings(max_examples=40, deadline=None)
@given(
    azimuth=st.floats(-180, 180),
    elevation=st.floats(15, 70),
    tilt=st.floats(-8, 12),
    roll=st.floats(-3, 3),
    x=st.floats(-4, 4),
    jitter=st.tuples(*[st.floats(-0.5, 0.5)] * 6),
)
def test_three_points_of_a_shadow_give_the_sun(
    azimuth: float, elevation: float, tilt: float, roll: float, x: float, jitter: tuple
) -> None:
    camera = Camera.from_angles(900, 1280, 720, tilt=tilt, roll=roll)
    a, e = np.radians([azimuth, elevation])
    sun = np.array([np.sin(a) * np.cos(e), np.cos(a) * np.cos(e), np.sin(e)])
    height = min(2.0, 3.0 * np.tan(e))
    points = _trace(camera, np.array([x, 12.0, 0.0]), height, sun)
    drawn = [(px + jitter[2 * i], py + jitter[2 * i + 1]) for i, (px, py) in enumerate(points)]
    # a shadow seen end on is foreshortened: half a pixel then weighs more, never over 10 degrees
    assert _angle(from_shadow(camera, drawn).direction, sun) < 10


def test_shadow_of_the_building_uses_its_height() -> None:
    layout = _layout()
    sun = np.array([-0.5, 0.3, 0.8])
    camera = layout.view()
    foot = np.array([*layout.prisms[0].footprint[1], 0.0])
    points = _trace(camera, foot, layout.top, sun)[:2]
    image = np.full((SIZE[1], SIZE[0], 3), 0.3, np.float32)
    light = estimate_light(image, layout, shadow=points)
    assert _angle(light.direction, sun) < 10
    assert "shadow" in light.source
    assert light.uncertainty <= 15


@pytest.mark.parametrize(
    ("points", "word"),
    [
        ([(100, 200)], "points"),
        ([(100, 200), (150, 20)], "horizon"),
        ([(100, 200), (101, 200)], "short"),
        ([(100, 200), (150, 220), (100, 230)], "third"),
    ],
)
def test_a_line_that_is_no_shadow_is_refused(points: list, word: str) -> None:
    with pytest.raises(LayoutError, match=word):
        from_shadow(Camera.from_angles(260, *SIZE), points)


def test_time_place_and_heading_give_the_sun() -> None:
    taken = datetime(2024, 6, 20, 12, 1, tzinfo=UTC)
    exif = Exif(taken=taken, latitude=51.4779, longitude=0.0, heading=90.0)
    image = np.full((SIZE[1], SIZE[0], 3), 0.3, np.float32)
    light = estimate_light(image, _layout(), exif=exif)
    # the camera looks east, the sun stands in the south: at its right
    assert light.direction[0] == pytest.approx(np.cos(np.radians(61.96)), abs=0.02)
    assert abs(light.direction[1]) < 0.02
    assert "camera wrote" in light.source
    night = Exif(taken=taken.replace(hour=0), latitude=51.5, longitude=0.0, heading=90.0)
    assert "guess" in estimate_light(image, _layout(), exif=night).source
    no_heading = Exif(taken=taken, latitude=51.5, longitude=0.0)
    assert "guess" in estimate_light(image, _layout(), exif=no_heading).source


def _scene(left: float, right: float, sky: tuple[float, float, float]) -> tuple:
    """A block whose left and right facades have given brightness, under a sky."""
    import cv2

    layout = _layout()
    camera = layout.view()
    image = np.empty((SIZE[1], SIZE[0], 3), np.float32)
    image[:] = sky
    horizon = round(camera.horizon[0][1])
    image[horizon:] = 0.25
    mask = np.zeros((SIZE[1], SIZE[0]), np.float32)
    mask[:horizon] = 1
    foot = layout.prisms[0].footprint
    for (a, b), level in (((foot[0], foot[1]), left), ((foot[1], foot[2]), right)):
        quad = np.array([[*a, 0], [*b, 0], [*b, 12], [*a, 12]], float)
        pixels, _ = camera.project(quad)
        cv2.fillConvexPoly(image, np.round(pixels).astype(np.int32), (level,) * 3)
        cv2.fillConvexPoly(mask, np.round(pixels).astype(np.int32), 0.0)
    return image, layout, mask


def test_the_brighter_facade_faces_the_sun() -> None:
    image, layout, sky = _scene(0.6, 0.15, (0.25, 0.4, 0.75))
    one = estimate_light(image, layout, sky=sky)
    assert one.direction[0] < -0.2  # the left wall is lit
    image, layout, sky = _scene(0.15, 0.6, (0.25, 0.4, 0.75))
    other = estimate_light(image, layout, sky=sky)
    assert other.direction[0] > 0.2
    assert "facade" in one.source
    assert one.uncertainty >= 30


def test_clear_sun_is_stronger_than_overcast() -> None:
    image, layout, sky = _scene(0.6, 0.12, (0.2, 0.35, 0.7))
    clear = estimate_light(image, layout, sky=sky)
    image, layout, sky = _scene(0.33, 0.27, (0.72, 0.73, 0.74))
    dull = estimate_light(image, layout, sky=sky)
    assert sum(clear.sun) / sum(clear.sky) > 3 * sum(dull.sun) / sum(dull.sky)
    assert dull.softness > 5 > clear.softness
    assert clear.sky[2] > clear.sky[0]  # blue sky, blue shadows
    assert abs(dull.sky[2] / dull.sky[0] - 1) < 0.15


def test_a_bright_sky_that_shows_lights_the_shadows() -> None:
    image, layout, sky = _scene(0.6, 0.12, (0.1, 0.2, 0.45))
    deep = estimate_light(image, layout, sky=sky)
    image, layout, sky = _scene(0.6, 0.12, (0.6, 0.7, 0.85))
    hazy = estimate_light(image, layout, sky=sky)
    # in green, which is most of luminance: the deep sky is bluer, not brighter
    assert hazy.sky[1] > 1.25 * deep.sky[1]


def test_under_a_bright_sky_what_is_white_in_the_sun_outshines_it() -> None:
    image, layout, sky = _scene(0.3, 0.06, (0.6, 0.7, 0.85))  # nothing on the ground is near white
    light = estimate_light(image, layout, sky=sky)
    assert light.sun[1] + light.sky[1] > 0.7
    image, layout, sky = _scene(0.3, 0.06, (0.1, 0.15, 0.3))  # a dark sky says no more than that
    dark = estimate_light(image, layout, sky=sky)
    assert dark.sun[1] + dark.sky[1] == pytest.approx(0.3 / 0.72, rel=0.1)


def test_a_deep_blue_patch_of_sky_is_not_the_whole_sky() -> None:
    image, layout, sky = _scene(0.6, 0.12, (0.05, 0.14, 0.37))
    light = estimate_light(image, layout, sky=sky)
    assert 1.6 < light.sky[2] / light.sky[0] < 2.05


def test_haze_veils_the_land_at_the_horizon() -> None:
    image, layout, sky = _scene(0.5, 0.3, (0.7, 0.75, 0.8))
    row = round(layout.view().horizon[0][1])
    image[row : row + 8] = np.where(sky[row : row + 8, :, None] > 0, 0.7, (0.62, 0.66, 0.7))
    hazy = estimate_light(image, layout, sky=sky)
    image[row : row + 8] = (0.03, 0.06, 0.02)
    clear = estimate_light(image, layout, sky=sky)
    assert hazy.extinction > 2e-4 > 5e-5 > clear.extinction >= 0


def test_direction_is_a_unit_vector_and_guess_is_honest() -> None:
    image = np.full((SIZE[1], SIZE[0], 3), 0.3, np.float32)
    light = estimate_light(image, _layout())
    assert np.linalg.norm(light.direction) == pytest.approx(1, abs=1e-5)
    assert light.uncertainty >= 45
    assert "guess" in light.source

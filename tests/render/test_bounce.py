"""Light from all sides, against what can be worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from setpiece.render.bounce import OPEN, Around, arriving
from setpiece.render.light import Light
from setpiece.render.tracing import Tracer

LIGHT = Light(
    direction=(0.0, -0.6, 0.8), sun=(1.0, 0.9, 0.8), sky=(0.3, 0.35, 0.4), ground=(0.2, 0.2, 0.2)
)
SUN, SKY, GROUND = (np.array(c) for c in (LIGHT.sun, LIGHT.sky, LIGHT.ground))
TONE = np.array([0.5, 0.4, 0.3])


def _wall(y: float) -> Tracer:
    """A wall across the way at y, four metres high, that faces both ways."""
    corners = np.float32([[-9, y, 0], [9, y, 0], [9, y, 4], [-9, y, 4]])
    return Tracer(corners, np.int32([[0, 1, 2], [0, 2, 3]]))


def _mean(tracer, towards, shadow=None, point=(0.0, 0.0, 1.0), bounces=1, rays=1):
    around = Around(tracer, np.float32([TONE, TONE]), LIGHT, shadow)
    towards = (np.array(towards) / np.linalg.norm(towards)).astype(np.float32)
    return arriving(
        around, np.tile(np.float32(point), (rays, 1)), np.tile(towards, (rays, 1)),
        np.arange(rays), 3, 0, bounces,
    ).mean(0)  # fmt: skip


def test_a_wall_in_the_sun_sends_its_tone_of_the_light_it_gets():
    # the wall stands north of the point and faces the sun in the south
    even = OPEN * (0.5 * SKY + 0.5 * GROUND)
    assert _mean(_wall(3.0), (0, 1, 0)) == pytest.approx(TONE * (0.6 * SUN + even), rel=1e-4)


def test_a_wall_that_faces_away_from_the_sun_sends_only_what_is_even():
    got = _mean(_wall(-3.0), (0, -1, 0))
    assert got == pytest.approx(TONE * OPEN * 0.5 * (SKY + GROUND), rel=1e-4)


def test_dust_dims_what_comes_back():
    clear = _mean(_wall(3.0), (0, 1, 0))
    dim = _mean(_wall(3.0), (0, 1, 0), lambda p: np.full(len(p), 0.25, np.float32))
    assert (dim < 0.6 * clear).all()


def test_rays_that_meet_nothing_bring_the_sky_and_the_open_ground_its_light():
    assert _mean(_wall(90.0), (0, 0.3, 0.954)) == pytest.approx(SKY, rel=1e-4)
    # followed on, a ray from the open ground finds the sky: with its sun all that `ground` says
    got = _mean(_wall(9000.0), (0, 0.6, -0.8), bounces=2)
    assert got == pytest.approx(GROUND, rel=1e-4)


def test_ground_in_the_shade_of_a_wall_sends_less_than_open_ground():
    shaded = _mean(_wall(-1.0), (0, 0.3, -0.954), point=(0.0, 0.5, 1.0), bounces=2, rays=400)
    assert (shaded < 0.5 * GROUND).all()
    assert (shaded > 0.02 * GROUND).all()


def test_ground_that_lies_over_a_face_hides_it():
    corners = np.float32([[-9, -9, -1], [9, -9, -1], [0, 9, -1]])
    buried = Tracer(corners, np.int32([[0, 1, 2]]))
    got = _mean(buried, (0, 0, -1), bounces=2)
    assert got == pytest.approx(GROUND, rel=1e-4)


def test_what_is_taken_as_even_stands_for_the_bounces_that_are_left_out():
    """Two walls that face each other in the shade: each sends on what the other gets."""
    corners = np.float32(
        [[-9, y, z] for y in (0.0, 2.0) for z in (0.0, 4.0)]
        + [[9, y, z] for y in (0.0, 2.0) for z in (0.0, 4.0)]
    )
    faces = np.int32([[0, 4, 5], [0, 5, 1], [2, 6, 7], [2, 7, 3]])
    around = Around(Tracer(corners, faces), np.full((4, 3), 0.6, np.float32), LIGHT, None)
    n = 4000
    point, towards = (np.tile(np.float32(v), (n, 1)) for v in ((0, 1, 2), (0, 1, 0)))
    found = [
        arriving(around, point, towards, np.arange(n), 1, 0, bounces).mean(0) for bounces in (2, 6)
    ]
    # What is taken as even after two faces is about what six would find.
    assert found[0] == pytest.approx(found[1], rel=0.25)

"""One bounce of light, against what can be worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from setpiece.render.bounce import bounced, tones
from setpiece.render.tracing import Tracer

SUN = np.array([0.0, -0.6, 0.8])
LIGHTS = tuple(np.array(c) for c in ((1.0, 0.9, 0.8), (0.3, 0.35, 0.4), (0.2, 0.2, 0.2), (0, 0, 0)))


def _wall(y: float) -> Tracer:
    """A wall across the way at y, four metres high, that faces both ways."""
    corners = np.float32([[-9, y, 0], [9, y, 0], [9, y, 4], [-9, y, 4]])
    return Tracer(corners, np.int32([[0, 1, 2], [0, 2, 3]]))


def _one(tracer, towards, hidden, shadow=None, point=(0.0, 0.0, 1.0)):
    tone = np.float32([[0.5, 0.4, 0.3], [0.2, 0.2, 0.2]])
    return bounced(
        tracer, np.zeros(2, np.int32), tone, np.float32([point]), np.float32([towards]),
        np.array([hidden]), SUN, LIGHTS, shadow,
    )[0]  # fmt: skip


def test_a_wall_in_the_sun_sends_its_tone_of_the_light_it_gets():
    # the wall stands north of the point and faces the sun in the south
    got = _one(_wall(3.0), (0, 1, 0), True)
    sun, sky, ground, _ = LIGHTS
    even = 0.5 * (0.5 * sky + 0.5 * ground)
    assert got == pytest.approx(np.array([0.5, 0.4, 0.3]) * (0.6 * sun + even), rel=1e-4)


def test_a_wall_that_faces_away_from_the_sun_sends_only_what_is_even():
    got = _one(_wall(-3.0), (0, -1, 0), True)
    _, sky, ground, _ = LIGHTS
    assert got == pytest.approx(np.array([0.5, 0.4, 0.3]) * 0.25 * (sky + ground), rel=1e-4)


def test_dust_dims_what_comes_back():
    clear = _one(_wall(3.0), (0, 1, 0), True)
    dim = _one(_wall(3.0), (0, 1, 0), True, lambda p: np.full(len(p), 0.25, np.float32))
    assert (dim < 0.6 * clear).all()


def test_ground_in_the_shade_of_a_wall_sends_less_than_open_ground():
    shaded = _one(_wall(-1.0), (0, 0.3, -0.954), False, point=(0.0, 0.5, 1.0))
    open_ = _one(_wall(-1.0), (0, 0.994, -0.11), False, point=(0.0, 5.0, 1.0))
    assert (shaded < 0.5 * open_).all()
    assert (open_ <= 0.2).all()
    assert not _one(_wall(-1.0), (0, 0.3, 0.954), False).any()  # up: that is the sky's


def test_pieces_have_the_tone_that_the_camera_sees():
    ids = np.array([0, 0, 2, -1], np.int32)
    pixel = np.repeat(np.array([0, 1, 2]), 400)
    base = np.repeat(np.float32([[0.6, 0.5, 0.4], [0.4, 0.3, 0.2], [0.1, 0.1, 0.1]]), 400, 0)
    found = tones(pixel, base, ids, 4)
    assert found[0] == pytest.approx([0.5, 0.4, 0.3], abs=0.01)
    assert found[2] == pytest.approx([0.1, 0.1, 0.1], abs=0.01)
    mean = base.mean(0)
    assert found[1] == pytest.approx(mean)  # not seen
    assert found[4] == pytest.approx(mean)

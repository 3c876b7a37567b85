"""Age painted on: where it may lie, that it comes off again, that nobody set aside is used."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "training" / "deage"))

from ageing import age
from faces import held_out
from samples import STEP, Sample, look

from setpiece.deage.layers.strokes import Valleys

SIZE = 160


DEAGE = Path(__file__).resolve().parents[2] / "training" / "deage"


def _points() -> np.ndarray:
    """Not a face, but as many points as one, forehead above chin."""
    rng = np.random.default_rng(3)
    p = rng.uniform(40, 120, (478, 2)).astype(np.float32)
    p[10], p[152], p[234], p[454] = (80, 40), (80, 124), (45, 80), (115, 80)
    return p


def _skin() -> np.ndarray:
    skin = np.zeros((SIZE, SIZE), np.float32)
    skin[30:130, 30:130] = 1
    return skin


def _aged(years: float, seed: int = 0):
    crop = np.full((SIZE, SIZE, 3), 0.6, np.float32)
    return age(crop, _points(), _skin(), years, np.random.default_rng(seed))


def test_no_years_paint_next_to_nothing_and_many_paint_more():
    much = [float(np.abs(_aged(y).delta).mean()) for y in (0, 10, 20, 40)]
    assert much[0] < 1e-4
    assert much[0] < much[1] < much[2] < much[3]


def test_paint_lies_on_skin_alone():
    assert not _aged(40).delta[_skin() == 0].any()


def test_the_years_told_are_those_that_were_painted():
    for years in (10, 30):
        told = _aged(years).years
        assert 0.5 * years < told.mean() < 1.5 * years
        assert told.min() >= 0


def test_the_same_seed_paints_the_same():
    np.testing.assert_array_equal(_aged(25, 5).delta, _aged(25, 5).delta)
    assert (_aged(25, 5).delta != _aged(25, 6).delta).any()


def test_a_line_is_dark_and_its_far_side_catches_the_light():
    valleys = Valleys(64, 2.0)
    rng = np.random.default_rng(0)
    valleys.stroke(np.array([[8, 32], [32, 32], [56, 32]], np.float32), 2, 1.0, rng)
    flat = valleys.shade(np.array([0, -1], np.float32), 0.0, 0.5)
    assert flat[28:37, 32].min() < -0.03
    assert flat[28:37, 32].min() == flat[:, 32].min()
    lit = [valleys.shade(np.array([0, y], np.float32), 1.0, 0.5) for y in (-1, 1)]
    # From above, the lower bank of a furrow is turned to the light; from below, the upper one.
    upper, lower = slice(24, 31), slice(34, 41)
    assert lit[0][lower, 32].mean() > lit[0][upper, 32].mean()
    assert lit[1][lower, 32].mean() < lit[1][upper, 32].mean()


def _sample() -> Sample:
    rng = np.random.default_rng(1)
    photo = rng.integers(90, 160, (SIZE, SIZE, 3)).astype(np.uint8)
    delta = np.zeros((SIZE, SIZE, 3), np.int16)
    delta[60:70] = -20 * STEP
    years = np.full((SIZE, SIZE), 30, np.float16)
    return Sample(photo, delta, years, np.full((SIZE, SIZE), 255, np.uint8), 40.0, 1.0)


def test_a_crop_tells_ages_that_fit_what_is_to_be_taken_away():
    asked = [look(_sample(), 128, np.random.default_rng(i)) for i in range(60)]
    taken = 0
    for x, back, weight in asked:
        assert x.shape == (128, 128, 5)
        assert back.shape == (128, 128, 3)
        assert weight.min() > 0
        years = 100 * (x[..., 3] - x[..., 4])
        assert years.min() >= -1e-3
        if years.max() < 1e-3:
            assert not back.any()
        # What was painted dark comes off light, and nothing else is touched.
        assert back.min() > -1e-3
        taken += bool(back.max() > 0.01)
    assert taken > 30


@pytest.mark.parametrize("column", ["tone", "sex", "glasses", "beard", "pose"])
def test_those_set_aside_are_twenty_and_varied(column):
    names = held_out()
    assert len(names) == 20
    with (DEAGE / "held_out.csv").open() as f:
        rows = list(csv.DictReader(f))
    assert {r["name"] for r in rows} == names
    assert len({r[column] for r in rows}) > 1

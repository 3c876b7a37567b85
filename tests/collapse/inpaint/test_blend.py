"""Seams between pasted pieces: a step of tone goes, an edge of things stays."""

from __future__ import annotations

import numpy as np
import pytest

from setpiece.collapse.inpaint.blend import paste


def _met(step: float) -> float:
    """What is left of a step of tone where two pieces of calm water meet in the hole."""
    h, w = 120, 240
    rng = np.random.default_rng(7)
    picture = (0.55 + 0.003 * rng.standard_normal((h, w, 3))).astype(np.float32)
    picture[:, w // 2 :] += np.float32(step)
    hole = np.zeros((h, w), bool)
    hole[30:90, 70:170] = True
    pick = np.empty((h, w, 2), np.int32)
    pick[..., 0] = np.arange(h)[:, None]
    # the left piece comes from the left of the hole, the right one from its right; they meet at 100
    pick[..., 1] = np.where(np.arange(w) < 100, np.arange(w) % 30 + 20, np.arange(w) % 40 + 180)
    filled = picture.copy()
    filled[hole] = 0
    paste(filled, hole, pick)
    return float(filled[40:80, 102:106].mean() - filled[40:80, 94:98].mean())


@pytest.mark.parametrize("step", [0.05, 0.1])
def test_one_water_in_two_lights_meets_without_a_line(step: float) -> None:
    assert abs(_met(step)) < 0.4 * step


def test_a_shore_that_is_cut_off_ends_without_a_line() -> None:
    assert abs(_met(0.22)) < 0.5 * 0.22


def test_a_wall_against_the_sky_stays_an_edge() -> None:
    assert _met(0.4) > 0.85 * 0.4

"""Walls under a cornice."""

from __future__ import annotations

import numpy as np
import pytest

from setpiece.collapse.layout.cornice import without_mouldings
from setpiece.collapse.layout.target import make_target
from setpiece.render.camera import Camera

CAMERA = Camera.from_angles(1000, 1200, 800, eye_height=0.0, tilt=5.0)
WALLS = [(300, 100), (600, 60), (890, 130), (900, 650), (610, 700), (290, 640)]


def moulded(out: float) -> np.ndarray:
    """The walls' outline with a cornice and a plinth that stand out by `out` pixels."""
    return np.array(
        [*WALLS[:3], (890 + out, 132), (890 + out, 175), (890.9, 178), (898.9, 590),
         (900 + out, 592), (900 + out, 648), *WALLS[3:], (290 - out, 638), (290 - out, 592),
         (290.9, 590), (298.9, 150), (300 - out, 148), (300 - out, 102)]
    )  # fmt: skip


@pytest.mark.parametrize("out", [10.0, 22.0])
def test_what_stands_out_a_little_does_not_count(out):
    walls = make_target(np.array(WALLS, float), CAMERA, 560)
    target = make_target(moulded(out), CAMERA, 560)
    found = without_mouldings(target)
    before = np.abs(target.mask - walls.mask)
    after = np.abs(found.mask - walls.mask) * found.counts
    rows = (walls.mask > 0.5).any(1).sum()
    assert after.sum() < rows < before.sum() / 2  # half a pixel on either side of a row
    # what does not count is only where mouldings are
    assert (found.counts[walls.mask > 0.5] > 0).mean() > 0.99


def test_plain_walls_and_wide_eaves_are_left_alone():
    walls = make_target(np.array(WALLS, float), CAMERA, 560)
    assert without_mouldings(walls) is walls
    eaves = make_target(moulded(70.0), CAMERA, 560)
    assert without_mouldings(eaves) is eaves

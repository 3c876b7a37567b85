"""Where a filled hole meets the plate: no line, and nothing of what was hidden."""

from __future__ import annotations

import numpy as np

from setpiece.collapse.inpaint.rim import meet_plate

H, W = 80, 120


def scene() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Pale land with a dark block; the fill thinks that it is dark water. hole: 12 px wider."""
    rng = np.random.default_rng(3)
    plate = (0.6 + 0.03 * rng.random((H, W, 3))).astype(np.float32)
    hidden, hole = np.zeros((H, W), bool), np.zeros((H, W), bool)
    hidden[25:55, 40:80] = True
    hole[13:67, 28:92] = True
    plate[hidden] = 0.1
    filled = plate.copy()
    filled[hole] = 0.35
    return plate, filled, hidden, hole


def test_the_step_at_the_border_is_gone() -> None:
    plate, filled, hidden, hole = scene()
    out = meet_plate(plate, filled, hidden, hole)
    before = np.abs(np.diff(filled[40, :40].mean(-1))).max()
    after = np.abs(np.diff(out[40, :40].mean(-1))).max()
    assert before > 0.2
    assert after < 0.4 * before
    assert np.array_equal(out[~hole], filled[~hole])
    assert np.array_equal(out[hidden], filled[hidden])


def test_an_edge_that_was_missed_stays_filled() -> None:
    plate, filled, hidden, hole = scene()
    plate[25:55, 80:88] = 0.1  # the block reaches 8 px past what is said to be hidden
    out = meet_plate(plate, filled, hidden, hole)
    assert out[30:50, 80:86].min() > 0.3


def test_a_hole_without_a_rim_or_without_a_plate_is_left_alone() -> None:
    plate, filled, hidden, _ = scene()
    assert np.array_equal(meet_plate(plate, filled, hidden, hidden), filled)
    everywhere = np.ones((H, W), bool)
    assert np.array_equal(meet_plate(plate, filled, hidden, everywhere), filled)

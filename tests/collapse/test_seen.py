"""Light is spent on what reaches the picture, and on all of that."""

from __future__ import annotations

import numpy as np

from setpiece.collapse.seen import EDGE, LEAST, shown

H, W = 60, 120


def _plain() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Clear air, a piece everywhere, nothing moves, nothing in front."""
    one = np.ones((H, W), np.float32)
    return one, one.copy(), np.zeros((H, W, 2), np.float32), np.zeros((H, W), np.float32)


def test_dust_and_foreground_hide_but_not_to_the_very_edge() -> None:
    left, alpha, motion, front = _plain()
    left[:, :60] = LEAST / 2
    pieces, _ = shown(left, alpha, motion, front)
    assert (pieces[:, : 60 - EDGE] == 0).all()
    assert (pieces[:, 60 - EDGE :] == 1).all()
    left[:], front[:, :60] = 1, 1
    assert np.array_equal(shown(left, alpha, motion, front)[0], pieces)


def test_what_smears_into_the_open_is_lit() -> None:
    left, alpha, motion, front = _plain()
    left[:, :60] = 0
    motion[:, :60, 0] = 40.0  # a quarter of it to either side
    pieces, _ = shown(left, alpha, motion, front)
    assert (pieces[:, 60 - EDGE - 10 :] == 1).all()
    assert (pieces[:, : 60 - EDGE - 10] == 0).all()


def test_ground_under_a_piece_is_not_seen_and_beside_it_is() -> None:
    left, alpha, motion, front = _plain()
    alpha[:, 60:] = 0
    pieces, ground = shown(left, alpha, motion, front)
    assert (pieces == 1).all()
    assert (ground[:, : 60 - EDGE] == 0).all()
    assert (ground[:, 60 - EDGE :] == 1).all()

"""Scraps of dust: what hangs alone fades, clouds and the first puffs do not."""

from __future__ import annotations

import numpy as np

from setpiece.collapse.gas.scraps import without_scraps

R = 2


def ball(fine: np.ndarray, at: tuple[int, int, int], radius: float) -> None:
    x = np.indices(fine.shape).transpose(1, 2, 3, 0) - at
    fine[np.linalg.norm(x, axis=-1) < radius] = 1.0


def test_a_puff_far_from_the_cloud_fades_and_the_cloud_does_not() -> None:
    fine = np.zeros((120, 100, 100), np.float32)
    ball(fine, (50, 50, 50), 40)
    ball(fine, (112, 50, 92), 3.5)
    before = fine.copy()
    without_scraps(fine, R)
    alone = np.zeros(fine.shape, bool)
    alone[100:, :, 80:] = True
    assert fine[alone].sum() < 0.3 * before[alone].sum()
    assert fine[~alone].sum() > 0.999 * before[~alone].sum()
    assert (fine <= before).all()


def test_the_first_puff_is_all_there_is_and_stays() -> None:
    fine = np.zeros((40, 40, 40), np.float32)
    ball(fine, (20, 20, 20), 3.5)
    before = fine.copy()
    without_scraps(fine, R)
    assert np.array_equal(fine, before)


def test_it_fades_as_it_parts_and_does_not_pop() -> None:
    left = []
    for x in range(82, 112, 2):
        fine = np.zeros((130, 100, 100), np.float32)
        ball(fine, (40, 50, 50), 40)
        ball(fine, (x, 50, 50), 3)
        before = fine[81:].sum()
        without_scraps(fine, R)
        left.append(fine[81:].sum() / before)
    assert left[0] > 0.8
    assert left[-1] < 0.4
    # By a coarse cell each: that takes a puff several frames.
    assert np.abs(np.diff(left)).max() < 0.5

"""The heap measured on boxes whose volumes are known."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from setpiece.collapse.rubble import CELL, rubble, tops
from setpiece.collapse.solver.hulls import pack

BOX = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], float)
UPRIGHT = np.eye(3)


def blocks(n):
    return pack(np.tile(BOX, (n, 1)), 8 * np.arange(n + 1))


def poses(centres):
    return np.array(centres, float), np.tile(UPRIGHT, (len(centres), 1, 1))


def test_the_height_field_of_a_box_is_its_top():
    x, rot = poses([(2.0, 1.5, 3.0)])
    field, _ = tops(blocks(1), x, rot, np.zeros(2), (16, 12))
    assert field.max() == pytest.approx(4.0)
    assert (field > 0).sum() * CELL**2 == pytest.approx(4.0)


def test_a_box_on_its_edge_is_a_ridge():
    turn = Rotation.from_euler("x", 45, degrees=True).as_matrix()[None]
    field, _ = tops(blocks(1), np.array([[2.0, 2.0, 1.5]]), turn, np.zeros(2), (16, 16))
    assert field.max() == pytest.approx(1.5 + np.sqrt(2), abs=CELL)
    assert field[8].max() > field[4].max() > field[2].max() - 1e-9


def test_a_tower_of_three_laid_out_flat_is_as_large_but_low_and_wide():
    stood = poses([(0, 0, 1), (0, 0, 3), (0, 0, 5)])
    heap = poses([(0, 0, 1), (4, 0, 1), (8, 0, 1)])
    fact = rubble(blocks(3), np.ones(3), stood, heap)
    assert fact["building_m3"] == pytest.approx(24, rel=0.3)
    assert fact["value"] == pytest.approx(1.0, abs=0.05)
    assert fact["height"] == pytest.approx(1 / 3, abs=0.01)
    assert fact["spread"] == pytest.approx(3.5, abs=0.3)
    assert fact["came_down"] == 1.0
    assert not fact["ok"]  # nothing lost of its volume: solid blocks, not a building


def test_what_stands_is_not_judged():
    stood = poses([(0, 0, 1), (0, 0, 3)])
    fact = rubble(blocks(2), np.ones(2), stood, stood)
    assert fact["ok"]
    assert fact["came_down"] == 0.0
    assert fact["value"] == pytest.approx(1.0)


def test_a_heap_that_vanished_fails():
    stood = poses([(0, 0, 1), (0, 0, 3), (0, 0, 5)])
    gone = poses([(0, 0, -0.95)] * 3)
    assert not rubble(blocks(3), np.ones(3), stood, gone)["ok"]

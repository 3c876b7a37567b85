"""What lies around the building: how far away what stands in front is, and settled dust."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from dust_scene import block, crush

from setpiece.collapse.surroundings import front_depth, settled_dust, to_ground
from setpiece.render.camera import Camera


def test_dust_settles_on_what_has_come_apart_and_on_nothing_else() -> None:
    pieces = block(storeys=3, bays=(2, 2))
    motion = crush(pieces, 60, start=0.2)
    broke = np.full(len(pieces.bonds.i), np.inf, np.float32)
    broke[0] = 0.5
    motion = dataclasses.replace(motion, bond_break=broke)
    i, j = int(pieces.bonds.i[0]), int(pieces.bonds.j[0])
    apart = np.zeros(len(pieces), bool)
    apart[[k for k in (i, j) if k >= 0]] = True
    early, soon, late = (settled_dust(motion, pieces.bonds, t, 1.0) for t in (0.6, 2.0, 9.0))
    assert early.shape == (len(pieces),)
    assert not early.any()
    assert 0 < soon[apart].min() < late[apart].min() <= 0.75
    assert not late[~apart].any()
    assert not settled_dust(motion, pieces.bonds, 9.0, 0.0).any()


def _street() -> tuple[Camera, np.ndarray]:
    camera = Camera.from_angles(200.0, 320, 180, eye_height=2.0)
    return camera, np.full((180, 320), 40.0, np.float32)


def test_dust_threads_through_a_crown_and_not_through_a_pole() -> None:
    camera, building = _street()
    front = np.zeros((180, 320), np.float32)
    y, x = np.mgrid[:180, :320]
    front[np.hypot(x - 80, y - 70) < 40] = 1
    front[100:130, 78:83] = 1  # its trunk
    front[40:130, 240:243] = 1  # a lamp
    leaves = np.where((x // 3 + y // 3) % 2, 0.3, 0.05)[..., None] * np.ones(3)
    depth = front_depth(front, camera, building, leaves.astype(np.float32))
    assert depth is not None
    assert not depth[front == 0].any()
    assert depth.max() < 40.0
    crown, dark = np.hypot(x - 80, y - 70) < 25, leaves[..., 0] < 0.1
    assert depth[crown & dark].mean() > 1.09 * depth[crown & ~dark].mean()
    lamp = depth[60:100, 241]
    assert np.ptp(lamp) < 0.25
    assert depth[129, 241] == pytest.approx(depth[129, 80], rel=0.02)  # both stand on row 129
    # Dust that rolls past lies round its foot, and has not swallowed it.
    stands = to_ground(camera, np.full_like(building, np.inf))[129, 241]
    assert depth[129, 241] == pytest.approx(stands, rel=0.02)
    assert 0.75 * stands < lamp.mean() < 0.85 * stands


def test_a_leaf_by_itself_hangs_on_its_tree() -> None:
    camera, building = _street()
    front = np.zeros((180, 320), np.float32)
    front[60:130, 78:83] = 1  # a bare trunk
    front[52:55, 84:87] = 1  # a leaf over it, above the horizon: it meets no ground
    front[20:23, 250:253] = 1  # and one far from any tree, which nothing is known of
    grey = np.full((180, 320, 3), 0.2, np.float32)
    depth = front_depth(front, camera, building, grey)
    assert depth is not None
    trunk = depth[70, 80]
    assert depth[53, 85] == pytest.approx(trunk, rel=0.05)
    assert depth[21, 251] > 1.5 * trunk


def test_what_the_picture_cuts_off_below_stands_nearer_than_its_edge() -> None:
    camera, building = _street()
    whole, cut = (np.zeros((180, 320), np.float32) for _ in range(2))
    whole[100:176, 50:100] = 1
    cut[100:180, 50:100] = 1
    grey = np.full((180, 320, 3), 0.2, np.float32)
    near, far = (front_depth(f, camera, building, grey)[100:170, 50:100] for f in (cut, whole))
    assert 0.5 * far.mean() < near.mean() < 0.8 * far.mean()
    assert front_depth(np.zeros((180, 320), np.float32), camera, building, grey) is None

"""How dust moves in the picture, against patches whose motion is known."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from setpiece.collapse.dust import Dust
from setpiece.collapse.dust_motion import dust_motion
from setpiece.errors import StageError
from setpiece.render.camera import Camera

CELL = 0.5


def _stored(folder: Path, frames: list[np.ndarray], keys: np.ndarray) -> Dust:
    """A dust cache whose patches are at `frames` [m], in a box from (-10, 20, 0)."""
    shape = (40, 40, 40)
    corner = np.array([-10.0, 20.0, 0.0])
    for k, points in enumerate(frames):
        np.savez(
            folder / f"dust.{1001 + k}.npz",
            low=np.zeros(3, int), dust=np.ones(shape, np.float16),
            position=((points - corner) / CELL - 0.5).astype(np.float32),
            strength=np.ones(len(points), np.float32), key=keys,
        )  # fmt: skip
    told = {
        "origin": corner.tolist(), "cell": CELL, "shape": shape, "frames": len(frames),
        "detail": 1, "extinction": 1.0, "seed": 0, "checks": {},
    }  # fmt: skip
    (folder / "dust.json").write_text(json.dumps(told))
    return Dust.open(folder)


@pytest.fixture
def points() -> np.ndarray:
    return np.random.default_rng(3).uniform((-9, 21, 1), (9, 39, 19), (900, 3))


CAMERA = Camera.from_angles(200.0, 160, 120, eye_height=10.0)


def test_a_cloud_that_moves_as_one_moves_as_the_camera_projects_it(tmp_path, points):
    moved = np.array([0.3, 0.0, -0.2])
    keys = np.arange(len(points), dtype=np.uint32)
    dust = _stored(tmp_path, [points, points + moved], keys[::1])
    depth = np.full((120, 160), 30.0, np.float32)
    depth[:, :40] = np.inf
    found = dust_motion(dust, 0, CAMERA, depth)
    assert not found[:, :40].any()
    middle = found[40:80, 60:100].reshape(-1, 2)
    assert np.allclose(middle, [0.3 * 200 / 30, 0.2 * 200 / 30], atol=0.05)
    # at another size of the same picture, in its pixels
    small = dust_motion(dust, 0, CAMERA, depth[::2, ::2])
    assert np.allclose(small[20:40, 30:50].reshape(-1, 2), middle[0] / 2, atol=0.05)


def test_the_last_frame_moves_on_as_it_came_and_one_alone_stands_still(tmp_path, points):
    keys = np.arange(len(points), dtype=np.uint32)
    dust = _stored(tmp_path, [points, points + np.array([0.0, 0.0, 0.25])], keys)
    depth = np.full((120, 160), 30.0, np.float32)
    assert dust_motion(dust, 1, CAMERA, depth)[60, 80, 1] == pytest.approx(
        -0.25 * 200 / 30, abs=0.1
    )
    (tmp_path / "dust.1001.npz").unlink()
    assert not dust_motion(dust, 1, CAMERA, depth).any()


def test_a_damaged_cache_is_named(tmp_path, points):
    dust = _stored(tmp_path, [points, points], np.arange(len(points), dtype=np.uint32))
    (tmp_path / "dust.1002.npz").write_bytes(b"no archive")
    with pytest.raises(StageError, match=r"dust\.1002\.npz"):
        dust_motion(dust, 0, CAMERA, np.full((120, 160), 30.0, np.float32))

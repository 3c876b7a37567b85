"""Where rays go: evenly, and the same whenever they are asked for."""

from __future__ import annotations

import numpy as np
import pytest

from setpiece.render.sampling import over_hemisphere, pixel_offsets, spread01


@pytest.mark.parametrize("count", [4, 16, 64])
def test_the_first_points_fill_the_square_evenly(count: int) -> None:
    points = np.array([spread01(i, 0.0, 0.0) for i in range(count)])
    side = int(count**0.5)
    cells = np.floor(points * side).astype(int)
    assert len({tuple(c) for c in cells}) == count
    for axis in (0, 1):
        assert len(np.unique(np.floor(points[:, axis] * count))) == count


def test_moved_round_the_square_they_stay_in_it() -> None:
    points = np.array([spread01(i, 0.7, 0.95) for i in range(64)])
    assert points.min() >= 0
    assert points.max() < 1
    assert np.abs(points.mean(0) - 0.5).max() < 0.02


@pytest.mark.parametrize("samples", [1, 4, 16])
def test_a_pixels_rays_stand_evenly_about_its_centre(samples: int) -> None:
    offsets = pixel_offsets(samples)
    assert offsets.shape == (samples, 2)
    assert np.abs(offsets).max() < 0.5
    assert np.abs(offsets.mean(0)).max() < 1e-9
    if samples == 4:  # an edge along lines or columns passes them one by one
        assert len(np.unique(offsets[:, 0])) == len(np.unique(offsets[:, 1])) == 4


def test_directions_favour_the_normal_by_the_cosine() -> None:
    rays = np.array([over_hemisphere(0.0, 0.6, 0.8, *spread01(i, 0.3, 0.6)) for i in range(1024)])
    assert np.linalg.norm(rays, axis=1) == pytest.approx(1)
    cosine = rays @ np.array([0.0, 0.6, 0.8])
    assert cosine.min() > -1e-6
    assert cosine.mean() == pytest.approx(2 / 3, abs=0.01)

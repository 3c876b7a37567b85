"""Dust that wraps round the edges of pieces: no ruler's line under an eave."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from dust_scene import block, crush

from setpiece.collapse.wisps import MOST, WRAPS, Wisps
from setpiece.render.camera import Camera
from setpiece.render.volume import VolumePasses

H, W = 120, 320
NEAR = 40.0
CAMERA = Camera.from_angles(500.0, W, H)


def eave() -> np.ndarray:
    """An eave at 40 m down to row 60, the wall at 43 m under it, sky from column 280 on."""
    depth = np.full((H, W), 43.0, np.float32)
    depth[:60] = NEAR
    depth[:, 280:] = np.inf
    return depth


def wisps(fall: float = 0.0) -> Wisps:
    motion = crush(block(storeys=2, bays=(2, 2)), 8, start=9.0)
    position = motion.position.copy()
    position[1:, :, 2] -= fall
    return Wisps.of(CAMERA, NEAR, replace(motion, position=position), (H, W), 3)


def lower_edge(depth: np.ndarray) -> np.ndarray:
    """Row at which the eave ends in each column."""
    return np.argmax(depth[:, :270] > 41, axis=0)


def test_dust_ends_at_an_eave_in_lumps_and_never_before_it() -> None:
    depth = eave()
    past = wisps().past(depth, 0)
    assert (past >= depth).all()
    assert np.array_equal(np.isinf(past), np.isinf(depth))  # an outline keeps its own soft edge
    edge = lower_edge(past)
    reach = min(WRAPS * CAMERA.focal / NEAR, MOST * W)
    assert edge.min() >= 60 - reach - 1
    assert np.ptp(edge) >= 2
    assert len(np.unique(edge)) >= 3
    assert np.array_equal(past[:50], depth[:50])
    shallow = np.where(depth > 41, NEAR + 0.3, depth).astype(np.float32)
    assert np.array_equal(wisps().past(shallow, 0)[:, :270], shallow[:, :270])  # a sill is no edge


def test_the_pattern_falls_with_the_building() -> None:
    down = round(CAMERA.focal * 0.8 / 40)  # about what 0.8 m are here
    falls = wisps(fall=0.8)
    still, fallen = falls.gone[0], falls.gone[3]
    assert np.array_equal(still, [0, 0])
    assert 0.5 * down < fallen[0] < 2 * down
    lower = np.roll(eave(), fallen[0], axis=0)
    lower[: fallen[0]] = lower[fallen[0] + 1]
    first, then = falls.past(eave(), 0), falls.past(lower, 3)
    assert np.array_equal(lower_edge(then), lower_edge(first) + fallen[0])


def test_steps_of_dust_are_as_soft_as_a_lens_leaves_them_and_the_rest_is_as_it_was() -> None:
    depth = eave()
    through = np.where(depth > 41, 0.2, 0.9).astype(np.float32)
    passes = VolumePasses(
        np.repeat((1 - through)[..., None], 3, 2).astype(np.float32), through, depth
    )
    soft = Wisps.soft(passes, depth)
    assert np.abs(np.diff(through[:, 100])).max() > 0.6
    assert np.abs(np.diff(soft.transmittance[:, 100])).max() < 0.35
    np.testing.assert_allclose(soft.rgb[..., 0], 1 - soft.transmittance, atol=1e-5)
    for rows in (slice(0, 56), slice(64, None)):
        assert np.array_equal(soft.transmittance[rows], through[rows])
    level = np.full_like(depth, NEAR)
    assert Wisps.soft(passes, level) is passes

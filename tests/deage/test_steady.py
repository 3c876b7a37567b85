"""Deltas steadied over neighbouring frames: less flicker, no lag, nothing outside the matte."""

from __future__ import annotations

import cv2
import numpy as np

from setpiece.deage.face import Aligned
from setpiece.deage.measure import FlowError
from setpiece.deage.steady import Neighbours, Seen, carried

SIDE, SPEED = 128, 2.0


def moving(frames: int) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """A textured picture and a soft blob (a delta) that move together to the right."""
    rng = np.random.default_rng(4)
    wide = cv2.GaussianBlur(rng.random((SIDE, 2 * SIDE, 3)).astype(np.float32), (0, 0), 2.0)
    wide = np.clip(0.5 + 4 * (wide - 0.5), 0, 1)
    y, x = np.mgrid[:SIDE, : 2 * SIDE].astype(np.float32)
    blob = np.exp(-((x - 150) ** 2 + (y - 64) ** 2) / 450).astype(np.float32)
    blob[blob < 0.05] = 0
    crops, deltas = [], []
    for i in range(frames):
        x0 = int(SIDE / 2 - SPEED * i)
        grain = 0.01 * rng.standard_normal((SIDE, SIDE, 3)).astype(np.float32)
        crops.append(wide[:, x0 : x0 + SIDE] + grain)
        deltas.append(0.1 * np.repeat(blob[:, x0 : x0 + SIDE, None], 3, 2))
    return crops, deltas


def stacked(deltas: list[np.ndarray]) -> list[np.ndarray]:
    """Deltas (h, w, 3) with their mattes as a fourth channel."""
    return [np.dstack([d, (d != 0).any(-1)]).astype(np.float32) for d in deltas]


def around(crops: list[np.ndarray], middle: int) -> Neighbours:
    return Neighbours([Seen.of(c) for c in crops], middle, crops[0].shape[:2])


def test_flow_finds_the_way_the_picture_moved() -> None:
    crops, _ = moving(2)
    there = Seen.of(crops[0]).flow(Seen.of(crops[1]))
    assert np.allclose(np.median(there[32:96, 32:96], axis=(0, 1)), [SPEED, 0], atol=0.2)
    back = carried(crops[1], there)
    assert np.abs(back - crops[0])[16:112, 16:112].mean() < 0.02


def test_flicker_is_taken_out_and_motion_is_not() -> None:
    crops, deltas = moving(9)
    pulse = 1 + 0.3 * np.random.default_rng(7).standard_normal(9)
    seen = [d * np.float32(k) for d, k in zip(deltas, pulse, strict=True)]
    done = []
    for i in range(9):
        low = max(i - 2, 0)
        near = slice(low, i + 3)
        done.append(around(crops[near], i - low).steady(stacked(seen[near]))[..., :3])
    sizes = [np.abs(d).sum() for d in (seen[2:-2], done[2:-2])]
    assert sizes[1] > 0.7 * sizes[0]
    flicker = [np.std([d.sum() for d in k[2:-2]]) for k in (seen, done)]
    assert flicker[1] < 0.85 * flicker[0]
    # No lag: the blob's middle stays where this frame's is.
    columns = np.arange(SIDE)
    for i in range(2, 7):
        middle = [(d[..., 0].sum(0) @ columns) / d[..., 0].sum() for d in (deltas[i], done[i])]
        assert abs(middle[0] - middle[1]) < 0.5


def test_zero_stays_zero_and_a_single_frame_is_its_own() -> None:
    crops, deltas = moving(3)
    steadied = around(crops, 1).steady(stacked(deltas))
    assert not steadied[~deltas[1].any(-1)].any()
    alone = stacked(deltas)[0]
    assert (around(crops[:1], 0).steady([alone]) == alone).all()


def test_a_neighbour_without_the_layer_is_one_where_it_is_zero() -> None:
    crops, deltas = moving(3)
    own = stacked(deltas)[1]
    nothing = np.zeros_like(own)
    for sides in ((None, None), (None, own)):
        filled = [nothing if k is None else k for k in sides]
        got = around(crops, 1).steady([sides[0], own, sides[1]])
        want = around(crops, 1).steady([filled[0], own, filled[1]])
        np.testing.assert_allclose(got, want, atol=1e-7)


def test_what_swims_shows_in_the_flow_error() -> None:
    crops, deltas = moving(5)
    rim = [(24, 24), (104, 24), (104, 104), (24, 104)]
    aligned = Aligned(np.eye(2, 3), SIDE, np.array(rim, np.float32))
    ratios = []
    for added in (deltas, [5 * deltas[0]] * 5):  # what rides on the picture, what stays behind
        error = FlowError()
        for crop, delta in zip(crops, added, strict=True):
            error.add(0, aligned, crop, crop + delta)
        ratios.append(error.ratio)
    assert ratios[0] < 1.1
    assert ratios[1] > 1.2

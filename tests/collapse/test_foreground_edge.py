"""The edge of what stands in front: where it is, and what colour it has of its own."""

from __future__ import annotations

import cv2
import numpy as np

from setpiece.collapse.foreground_edge import front_colour, refine_edge

H, W = 240, 540


def _bush() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(plate, true matte, wall behind it): leaves before a dark striped wall."""
    rng = np.random.default_rng(2)
    wall = np.full((H, W, 3), (0.10, 0.03, 0.025), np.float32)
    wall[::12] = 0.3
    wall *= rng.uniform(0.9, 1.1, (H, W, 1)).astype(np.float32)
    rough = cv2.GaussianBlur(rng.random((H, W)).astype(np.float32), (0, 0), 1.0)
    leaves = np.clip((rough - 0.5) * 3 + 0.6, 0.1, 1)[..., None] * np.float32([0.16, 0.26, 0.05])
    x = np.arange(W)
    top = 120 + 14 * np.sin(x / 23) + 1.2 * np.sin(x / 4.1) + 0.8 * np.sin(x / 2.3)
    hard = (np.arange(H)[:, None] > top).astype(np.float32)
    matte = np.clip(cv2.GaussianBlur(hard, (0, 0), 0.7), 0, 1)
    plate = matte[..., None] * leaves + (1 - matte[..., None]) * wall
    return plate.astype(np.float32), matte, wall.astype(np.float32)


def _drawn() -> np.ndarray:
    """As a hand draws it: a smooth line, a little outside of the leaves."""
    top = 118 + 14 * np.sin(np.arange(W) / 23)
    hard = (np.arange(H)[:, None] > top).astype(np.float32)
    return np.clip(cv2.GaussianBlur(hard, (0, 0), 1.0), 0, 1)


def test_a_loose_edge_goes_to_the_leaves() -> None:
    plate, matte, _ = _bush()
    drawn = _drawn()
    found = refine_edge(plate, drawn)
    inner = np.s_[60:180, 40:-40]
    before, after = (float(np.abs(m - matte)[inner].sum()) for m in (drawn, found))
    assert after < 0.6 * before
    far = np.abs(np.arange(H)[:, None] - 120 - 14 * np.sin(np.arange(W) / 23)) > 12
    assert np.array_equal(found[far], drawn[far])


def test_edges_cut_leaf_by_leaf_and_thin_things_stay() -> None:
    plate, _, _ = _bush()
    rng = np.random.default_rng(5)
    spots = cv2.GaussianBlur(rng.random((H, W)).astype(np.float32), (0, 0), 1.5)
    fine = (spots > 0.5).astype(np.float32)
    assert np.abs(refine_edge(plate, fine) - fine).mean() < 0.01
    pole = np.zeros((H, W), np.float32)
    pole[20:200, 100:104] = 1
    assert np.abs(refine_edge(plate, pole) - pole).max() < 0.02
    none = np.zeros((H, W), np.float32)
    assert np.array_equal(refine_edge(plate, none), none)


def test_alike_sides_leave_the_edge_where_it_was() -> None:
    rng = np.random.default_rng(1)
    grey = (0.2 + 0.02 * rng.standard_normal((H, W, 3))).astype(np.float32)
    drawn = _drawn()
    moved = np.abs((refine_edge(grey, drawn) > 0.5) ^ (drawn > 0.5))
    assert moved.mean() < 0.004


def test_the_wall_goes_out_of_the_leaves_edge() -> None:
    plate, matte, wall = _bush()
    soft = (matte > 0.2) & (matte < 0.9)
    own = front_colour(plate, wall, matte)
    grey = np.full(3, 0.4, np.float32)
    a = matte[..., None]
    true = np.clip((plate - (1 - a) * wall) / np.maximum(a, 0.2), 0, 1) * a + (1 - a) * grey
    kept, mended = (a * f + (1 - a) * grey for f in (plate, own))
    assert np.abs(mended - true)[soft].mean() < 0.4 * np.abs(kept - true)[soft].mean()
    assert np.array_equal(own[matte > 0.98], plate[matte > 0.98])


def test_a_matte_cut_too_wide_brings_no_rim_of_sky() -> None:
    _, matte, _ = _bush()
    rng = np.random.default_rng(7)
    sky = np.full((H, W, 3), (0.55, 0.6, 0.75), np.float32)
    leaves = np.float32([0.10, 0.18, 0.03]) * rng.uniform(0.6, 1.4, (H, W, 1)).astype(np.float32)
    plate = (matte[..., None] * leaves + (1 - matte[..., None]) * sky).astype(np.float32)
    wide = cv2.GaussianBlur(cv2.dilate(matte, np.ones((3, 3), np.uint8)), (0, 0), 0.7)
    own = front_colour(plate, plate, wide, np.zeros((H, W), bool))
    # In front of dark dust now: as far off as a slightly larger bush is, and not white.
    rim = (wide > 0.5) & (matte < 0.5)
    assert rim.sum() > W
    assert plate[rim].mean() > 0.3
    assert own[rim].mean() < 0.2
    assert np.abs(own - plate)[cv2.erode(matte, np.ones((15, 15))) > 0.99].max() < 1e-6


def test_what_is_all_edge_keeps_its_colour() -> None:
    """A pole beside a bush is not painted with leaves."""
    _, matte, _ = _bush()
    pole = np.zeros((H, W), np.float32)
    pole[10:80, 200:203] = 1
    both = np.maximum(matte, pole)
    sky = np.full((H, W, 3), 0.7, np.float32)
    front = np.where(pole[..., None] > 0, 0.02, np.float32([0.1, 0.18, 0.03])).astype(np.float32)
    plate = (both[..., None] * front + (1 - both[..., None]) * sky).astype(np.float32)
    own = front_colour(plate, plate, both, np.zeros((H, W), bool))
    assert np.abs(own - plate)[12:78, 200:203].max() < 0.01

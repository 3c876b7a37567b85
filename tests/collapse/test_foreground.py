"""What stands in front: the artist's matte, foliage, and people in a clip."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from setpiece.collapse.foreground import ClipForeground, find_foreground
from setpiece.errors import InputError, PlateError


def _linear(picture: np.ndarray) -> np.ndarray:
    return (picture[..., ::-1].astype(np.float32) / 255) ** np.float32(2.2)


def test_artists_matte_wins(tmp_path: Path) -> None:
    image = np.full((60, 80, 3), 0.2, np.float32)
    matte = np.ones((60, 80), np.float32)
    drawn = np.zeros((60, 80), np.uint8)
    drawn[20:40, 10:30] = 255
    path = tmp_path / "front.png"
    cv2.imwrite(str(path), drawn)
    from_file = find_foreground(image, matte, given=path)
    assert np.array_equal(from_file > 0.5, drawn > 0)
    rgba = np.dstack([np.full((60, 80, 3), 255, np.uint8), drawn])
    cv2.imwrite(str(path), rgba)
    assert np.array_equal(find_foreground(image, matte, given=path) > 0.5, drawn > 0)
    shapes = [[(10, 20), (30, 20), (30, 40), (10, 40)]]
    found = find_foreground(image, matte, given=shapes)
    assert abs(float(found.sum()) - 400) < 40
    assert not find_foreground(image, matte, given=[]).any()
    array = find_foreground(image, matte, given=drawn / np.float32(255))
    assert np.array_equal(array > 0.5, drawn > 0)


def test_bad_mattes_are_named(tmp_path: Path) -> None:
    image = np.full((60, 80, 3), 0.2, np.float32)
    matte = np.ones((60, 80), np.float32)
    with pytest.raises(PlateError, match=r"nowhere\.png"):
        find_foreground(image, matte, given=tmp_path / "nowhere.png")
    tall = tmp_path / "tall.png"
    cv2.imwrite(str(tall), np.zeros((90, 40), np.uint8))
    with pytest.raises(PlateError, match="40x90"):
        find_foreground(image, matte, given=tall)
    with pytest.raises(InputError, match="three points"):
        find_foreground(image, matte, given=[[(1, 1), (5, 5)]])


def _grown(rng: np.random.Generator, h: int, w: int) -> np.ndarray:
    """Leaves: rough green texture, scene-linear."""
    rough = cv2.GaussianBlur(rng.random((h, w)).astype(np.float32), (0, 0), 1.0)
    rough = np.clip((rough - 0.5) * 3 + 0.5, 0.05, 1)
    return rough[..., None] * np.array([0.10, 0.22, 0.05], np.float32)


def test_bush_before_a_wall_is_found_and_green_paint_is_not() -> None:
    rng = np.random.default_rng(4)
    h, w = 240, 320
    image = np.full((h, w, 3), (0.4, 0.36, 0.3), np.float32)
    matte = np.zeros((h, w), np.float32)
    matte[40:200, 60:260] = 1
    yy, xx = np.mgrid[0:h, 0:w]
    bush = (xx - 130) ** 2 + (yy - 205) ** 2 < 45**2
    image[bush] = _grown(rng, h, w)[bush]
    image[60:120, 180:240] = (0.1, 0.22, 0.06)  # a green shutter
    found = find_foreground(image, matte) > 0.5
    inside = bush & (matte > 0)
    assert found[inside].mean() > 0.8
    assert found[(matte > 0) & ~bush].mean() < 0.02


def test_forest_behind_a_roof_is_not_in_front() -> None:
    rng = np.random.default_rng(5)
    h, w = 240, 320
    image = _grown(rng, h, w)
    matte = np.zeros((h, w), np.float32)
    matte[60:200, 60:260] = 1
    image[60:200, 60:260] = (0.4, 0.36, 0.3)
    image[200:] = 0.2
    assert not (find_foreground(image, matte) > 0.1).any()


class _Walk:
    """A locked-off clip: a noisy wall, and a dark figure that walks past it."""

    frames = 40

    def __init__(self) -> None:
        self.wall = 0.3 + 0.2 * np.random.default_rng(1).random((90, 160, 1), np.float32)

    def figure(self, index: int) -> np.ndarray:
        out = np.zeros((90, 160), bool)
        x = 5 + 3 * index
        out[40:80, x : x + 12] = True
        return out

    def read(self, index: int = 0) -> np.ndarray:
        noise = np.random.default_rng([7, index]).normal(0, 0.004, (90, 160, 3))
        frame = np.repeat(self.wall, 3, -1) + noise
        frame[self.figure(index)] = (0.05, 0.04, 0.08)
        return frame.astype(np.float32)


def test_people_in_a_clip_are_held_in_front(tmp_path: Path) -> None:
    clip = _Walk()
    matte = np.zeros((90, 160), np.float32)
    matte[:, 60:] = 1
    front = ClipForeground(clip, matte)
    assert np.abs(front.background - clip.wall).mean() < 0.01
    for index in (0, 20, 35):
        found = front.matte(clip.read(index))
        truth = clip.figure(index)
        inner = cv2.erode(truth.astype(np.uint8), np.ones((5, 5))) > 0
        outer = cv2.dilate(truth.astype(np.uint8), np.ones((13, 13))) > 0
        assert found[inner].min() > 0.9
        assert found[~outer].max() < 0.05
    assert not front.matte(clip.read(0), everywhere=False).any()  # not yet before the building
    front.save(tmp_path / "clip.npz")
    again = ClipForeground.load(tmp_path / "clip.npz")
    assert np.array_equal(again.matte(clip.read(20)), front.matte(clip.read(20)))


def test_people_of_a_real_clip(shared: Path) -> None:
    from setpiece.media.plate import open_plate

    plate = open_plate(shared / "plates/video/opencv_vtest_static_768x576.avi", size=(320, 240))
    matte = np.zeros((plate.height, plate.width), np.float32)
    matte[:45, 128:250] = 1
    front = ClipForeground(plate, matte, frames=24)
    found = front.matte(plate.read(0))
    assert 0.004 < found.mean() < 0.06  # three people in the frame
    assert found[100:160, 100:125].max() > 0.9  # one of them
    assert found[150:].mean() < 0.004  # the lawn is empty


def test_a_shape_drawn_round_a_hedge_keeps_its_shade_and_not_the_wall() -> None:
    """Bright leaf tips over dark gaps; a pale wall above them inside the artist's shape."""
    rng = np.random.default_rng(4)
    image = np.full((120, 200, 3), 0.55, np.float32)  # the wall
    image += rng.normal(0, 0.01, image.shape).astype(np.float32)
    hedge = (slice(60, 120), slice(30, 170))
    tips = cv2.GaussianBlur(rng.random((60, 140)).astype(np.float32), (0, 0), 2.0)
    leafy = (tips > np.quantile(tips, 0.55))[..., None]
    shade = rng.normal(0.03, 0.004, (60, 140, 1)).astype(np.float32)
    green = np.array([0.16, 0.30, 0.05], np.float32) * rng.uniform(0.6, 1.4, (60, 140, 1))
    image[hedge] = np.where(leafy, green, shade * np.array([1.0, 0.95, 0.85])).astype(np.float32)
    drawn = [(25, 40), (175, 40), (175, 120), (25, 120)]  # rough: a fifth of it is wall
    matte = find_foreground(image.clip(0, 1), np.ones((120, 200), np.float32), given=[drawn])
    assert matte[70:118, 40:160].mean() > 0.93
    assert matte[42:54, 40:160].mean() < 0.08
    assert not matte[:36].any()

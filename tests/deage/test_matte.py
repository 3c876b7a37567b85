"""The skin matte measured on pictures: skin in; eyes, lips, glasses, collar, background out."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from setpiece.deage.detect import find
from setpiece.deage.face import LEFT_IRIS, LIPS, RIGHT_IRIS, align
from setpiece.deage.matte import mattes
from setpiece.deage.regions import REGIONS
from setpiece.media.colour import from_display, to_display

Portrait = Callable[[str], np.ndarray]
NAMES = ("020322_1952", "020328_1955", "021550_1977", "020505_1954")


def at(matte: np.ndarray, points: np.ndarray, r: int = 2) -> float:
    """Mean of a matte around points (n, 2)."""
    found = []
    for x, y in points:
        x, y = int(x), int(y)
        found.append(matte[max(y - r, 0) : y + r + 1, max(x - r, 0) : x + r + 1].mean())
    return float(np.mean(found))


@pytest.mark.parametrize("name", NAMES)
def test_cheeks_and_forehead_are_skin_and_eyes_and_lips_are_not(
    portrait: Portrait, name: str
) -> None:
    picture = portrait(name)
    aligned = align(find(picture)[0], 384)
    skin = mattes(to_display(aligned.crop(picture)), aligned).skin
    p = aligned.points
    assert at(skin, p[[50, 280, 205, 425, 151]], 4) > 0.8
    assert at(skin, p[[RIGHT_IRIS[0], LEFT_IRIS[0]]], 1) < 0.05
    assert at(skin, p[[13, 14, 0, 17]], 1) < 0.15
    assert skin[:20].max() == 0
    assert skin[:, :20].max() == 0


def test_regions_are_where_an_artist_would_point(portrait: Portrait) -> None:
    picture = portrait("020328_1955")
    aligned = align(find(picture)[0], 384)
    maps = mattes(to_display(aligned.crop(picture)), aligned).regions
    assert set(maps) == set(REGIONS)
    p = aligned.points
    points = {
        "brow": p[151], "glabella": p[9], "eyes": p[230], "cheeks": p[50], "nasolabial": p[206],
        "mouth": p[17], "jaw": p[150], "nose": p[195],
        "neck": p[152] + 0.12 * aligned.height * np.array([0, 1], np.float32),
    }  # fmt: skip
    for name, point in points.items():
        assert at(maps[name], point[None], 1) > 0.5, name
    # Far from it a region is nothing.
    assert at(maps["neck"], p[151][None]) == 0
    assert at(maps["brow"], p[152][None]) == 0


def test_glasses_are_left_out_and_the_skin_beside_them_is_not(portrait: Portrait) -> None:
    picture = portrait("020328_1955")
    face = find(picture)[0]
    shown = to_display(picture)
    frames = np.zeros(picture.shape[:2], np.uint8)
    width = max(round(0.022 * face.height), 2)
    for iris in (468, 473):
        middle = tuple(int(v) for v in face.points[iris, :2])
        axes = (round(0.17 * face.height), round(0.12 * face.height))
        cv2.ellipse(frames, middle, axes, 0, 0, 360, (1,), width)
    shown[frames > 0] = (0.05, 0.04, 0.04)
    worn = from_display(shown)
    aligned = align(find(worn)[0], 384)
    crop = to_display(aligned.crop(worn))
    skin = mattes(crop, aligned).skin
    plain = mattes(to_display(aligned.crop(picture)), aligned).skin
    drawn = aligned.crop(frames.astype(np.float32)) > 0.9
    was_skin = plain > 0.8
    assert (drawn & was_skin).sum() > 50
    assert skin[drawn & was_skin].mean() < 0.25
    away = was_skin & (cv2.dilate(frames_in(aligned, frames), np.ones((21, 21))) == 0)
    assert skin[away].mean() > 0.85


def frames_in(aligned: object, frames: np.ndarray) -> np.ndarray:
    return np.asarray(aligned.crop(frames.astype(np.float32)))  # type: ignore[attr-defined]


def test_a_matte_hardly_moves_when_only_noise_does(portrait: Portrait) -> None:
    picture = portrait("020322_1952")
    aligned = align(find(picture)[0], 256)
    crop = to_display(aligned.crop(picture))
    rng = np.random.default_rng(5)
    one, two = (
        mattes(np.clip(crop + 0.012 * rng.standard_normal(crop.shape, np.float32), 0, 1), aligned)
        for _ in range(2)
    )
    assert np.abs(one.skin - two.skin).mean() < 0.004


def test_dark_and_light_skin_are_both_skin(faces: object, portrait: Portrait) -> None:
    """The same face at a third of the light keeps its matte: it is a model of this person."""
    picture = portrait("021550_1977")
    aligned = align(find(picture)[0], 256)
    bright = mattes(to_display(aligned.crop(picture)), aligned).skin
    dark = mattes(to_display(aligned.crop(picture / 3)), aligned).skin
    assert np.abs(bright - dark).mean() < 0.03
    assert at(dark, aligned.points[[50, 280, 205, 425]], 3) > 0.8
    assert at(dark, aligned.points[list(LIPS)], 0) < 0.3

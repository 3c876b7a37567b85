"""Faces found, large and small, and nothing else taken for one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from setpiece.deage.detect import find
from setpiece.deage.face import CHIN, COUNT, LEFT_EYE, NOSE_TIP, RIGHT_EYE, align
from setpiece.media.plate import open_plate

Portrait = Callable[[str], np.ndarray]
NAMES = ("020322_1952", "021729_1980", "021550_1977", "021197_1941")


@pytest.mark.parametrize("name", NAMES)
def test_a_portrait_is_one_face_the_right_way_up(portrait: Portrait, name: str) -> None:
    found = find(portrait(name))
    face = found[0]
    assert len([f for f in found if f.height > 40]) == 1
    assert face.points.shape == (COUNT, 3)
    assert face.score > 0.9
    p = face.points
    right, left = (p[list(eye), :2].mean(0) for eye in (RIGHT_EYE, LEFT_EYE))
    assert right[0] < p[NOSE_TIP, 0] < left[0]
    assert max(right[1], left[1]) < p[NOSE_TIP, 1] < p[CHIN, 1]
    assert abs(face.pose.yaw) < 20


def test_the_eyes_lie_on_dark_and_the_cheeks_on_skin(portrait: Portrait) -> None:
    """Landmarks measured against the picture itself: irises are darker than cheeks."""
    picture = portrait("020322_1952")
    face = find(picture)[0]

    def light(index: int) -> float:
        x, y = (int(v) for v in face.points[index, :2])
        # A lamp's reflection lies on many an iris.
        return float(np.quantile(picture[y - 3 : y + 4, x - 3 : x + 4], 0.3))

    assert max(light(468), light(473)) < 0.5 * min(light(50), light(280))


def test_a_mirrored_picture_has_the_mirrored_pose(portrait: Portrait) -> None:
    picture = portrait("021146_1959")
    there, back = find(picture)[0].pose, find(np.ascontiguousarray(picture[:, ::-1]))[0].pose
    assert abs(there.yaw) > 8
    assert back.yaw == pytest.approx(-there.yaw, abs=3)
    assert back.roll == pytest.approx(-there.roll, abs=2)
    assert back.pitch == pytest.approx(there.pitch, abs=3)


def test_small_faces_are_found_where_they_are_or_not_at_all(portrait: Portrait) -> None:
    """Down to 16 pixels: what is found lies on the face. From 24 pixels all are found."""
    missed = []
    for name in NAMES:
        picture = portrait(name)
        whole = find(picture)[0]
        for height in (16, 24, 48):
            k = height / whole.height
            frame = np.full((200, 300, 3), 0.2, np.float32)
            small = cv2.resize(picture, None, fx=k, fy=k, interpolation=cv2.INTER_AREA)
            frame[30 : 30 + small.shape[0], 60 : 60 + small.shape[1]] = small
            found = find(frame, smallest=height)
            middle = whole.points[:, :2].mean(0) * k + (60, 30)
            for face in found:
                apart = np.linalg.norm(face.points[:, :2].mean(0) - middle)
                assert apart < 0.2 * height
                assert 0.6 < face.height / height < 1.5
            if not found:
                missed.append(height)
    assert all(height == 16 for height in missed)


def test_a_face_in_a_wide_4k_shot_is_found(portrait: Portrait) -> None:
    picture = portrait("021550_1977")
    frame = np.full((2160, 3840, 3), 0.1, np.float32)
    small = cv2.resize(picture, None, fx=0.4, fy=0.4, interpolation=cv2.INTER_AREA)
    frame[1500 : 1500 + small.shape[0], 2900 : 2900 + small.shape[1]] = small
    (face,) = find(frame)
    x0, y0, x1, y1 = face.box
    assert 2900 < x0 < x1 < 2900 + small.shape[1]
    assert 1500 < y0 < y1 < 1500 + small.shape[0]


def test_the_crop_of_a_tilted_face_is_level_with_chin_and_hair_inside(portrait: Portrait) -> None:
    picture = portrait("021729_1980")
    h, w = picture.shape[:2]
    tilt = cv2.getRotationMatrix2D((w / 2, h / 2), 25, 1)
    face = find(cv2.warpAffine(picture, tilt, (w, h)))[0]
    assert face.pose.roll == pytest.approx(find(picture)[0].pose.roll - 25, abs=3)
    aligned = align(face, 320)
    eyes = aligned.points[[33, 133, 362, 263]]
    assert abs(eyes[:2, 1].mean() - eyes[2:, 1].mean()) < 0.03 * 320
    low, high = aligned.points.min(0), aligned.points.max(0)
    assert low[1] > 0.2 * 320  # room for the forehead and hair
    assert high[1] < 0.85 * 320  # and for the neck
    scale = np.linalg.svd(aligned.matrix[:, :2])[1]
    assert scale[0] == pytest.approx(scale[1])


def test_no_face_is_found_where_there_is_none(shared: Path, faces: Path) -> None:
    plates = shared / "plates" / "photos"
    for name in ("kodak_kodim08.png", "suburban_house_640x480.jpg"):
        assert find(open_plate(plates / name).read()) == []
    noise = np.random.default_rng(3).random((300, 400, 3), np.float32)
    assert find(noise) == []
    assert find(np.zeros((90, 160, 3), np.float32)) == []


def test_the_same_picture_gives_the_same_points(portrait: Portrait) -> None:
    picture = portrait("020322_1952")
    one, two = find(picture)[0], find(picture.copy())[0]
    assert np.array_equal(one.points, two.points)
    assert one.score == two.score

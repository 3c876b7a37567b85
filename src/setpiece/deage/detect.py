"""Every face in a picture, large and small."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.deage import blazeface
from setpiece.deage.face import OVAL, Face
from setpiece.deage.mesh import MARGIN, look, square_of
from setpiece.deage.warp import Picture
from setpiece.media.colour import from_display, to_display

SURE = 0.5  # of the landmark model: the model card's own threshold
_FIRST = 0.5  # of the detector: the landmark model decides afterwards
_SEEN = 24  # a face as small as this in a tile of 128 pixels is still detected
_PLACES = [1, 2, 5, 6, 7, 8]  # columns of a box that are positions; 3 and 4 are its size
# Most that two looks at one face may differ, in face heights. On 124 portraits, their copies from
# 16 pixels up and clips of turning heads a face's own looks differ by 0.001 to 0.028, what is taken
# for a face in cloth, hair and cheeks by 0.02 to 0.3, and the detector is less sure of it.
_SETTLED = 0.033


def find(picture: Picture, *, smallest: float | None = None) -> list[Face]:
    """Every face in a picture, the largest first.

    The detector sees 128 pixels, so the picture is gone over at several sizes in tiles that overlap
    by half: a face in a wide 4K shot is found as well as a close-up. What the detector proposes is
    looked at three times by the landmark model, each time in the square that the last look found;
    something that is no face is dropped, because the model says so or because the looks do not
    settle.

    Args:
        picture: float32 (h, w, 3) scene-linear Rec.709, or uint8 sRGB.
        smallest: height of the smallest face that is looked for [px]; default 20, or a 36th of the
            picture where that is more.

    Raises MissingExtra where the models are not installed.
    """
    if picture.dtype == np.uint8:
        picture = from_display(picture)
    least = smallest or max(20.0, min(picture.shape[:2]) / 36)
    looks = (_confirmed(picture, box) for box in _proposed(picture, least))
    return _distinct([face for face in looks if face and face.height > 0.75 * least])


def _proposed(picture: Picture, least: float) -> NDArray[np.float32]:
    h, w = picture.shape[:2]
    side = blazeface.SIDE
    scale, last = side / max(h, w), _SEEN / least
    found = [np.zeros((0, 9), np.float32)]
    while True:
        how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        size = (max(round(w * scale), 1), max(round(h * scale), 1))
        level = to_display(cv2.resize(picture, size, interpolation=how))
        x_scale, y_scale = size[0] / w, size[1] / h
        for y in _starts(size[1], side):
            for x in _starts(size[0], side):
                tile = np.zeros((side, side, 3), np.float32)
                part = level[y : y + side, x : x + side]
                # A picture smaller than a tile lies in its middle: the detector's training did so.
                dy, dx = (side - part.shape[0]) // 2, (side - part.shape[1]) // 2
                tile[dy : dy + part.shape[0], dx : dx + part.shape[1]] = part
                boxes = blazeface.detect(tile, _FIRST)
                boxes[:, _PLACES] += np.tile([x - dx, y - dy], 3).astype(np.float32)
                boxes[:, 1:] /= np.tile([x_scale, y_scale], 4).astype(np.float32)
                found.append(boxes)
        if scale >= last:
            return blazeface.merge(np.concatenate(found))
        scale = min(2 * scale, last) if scale < last < 1.3 * scale else 2 * scale


def _starts(length: int, side: int) -> list[int]:
    """Where tiles begin so that they overlap by half and end with the picture."""
    if length <= side:
        return [0]
    count = math.ceil((length - side) / (side / 2)) + 1
    return [round(i * (length - side) / (count - 1)) for i in range(count)]


def _confirmed(picture: Picture, box: NDArray[np.float32]) -> Face | None:
    detected, x, y, w, h, rx, ry, lx, ly = (float(v) for v in box)
    face = look(picture, ((x, y), MARGIN * max(w, h), math.atan2(ly - ry, lx - rx)))
    for _ in range(2):
        before, face = face, look(picture, square_of(face))
        if face.score < SURE:
            return None
    apart = np.linalg.norm((face.points - before.points)[list(OVAL), :2], axis=1).mean()
    return face if apart < _SETTLED * min(detected, 1) * face.height else None


def _distinct(faces: list[Face]) -> list[Face]:
    """One face a place: an eye in a face is taken for a small face, never the other way round."""
    kept: list[Face] = []
    for face in sorted(faces, key=lambda f: -f.height):
        if not any(_same_place(face, other) for other in kept):
            kept.append(face)
    return kept


def _same_place(one: Face, other: Face) -> bool:
    """Does the middle of one lie inside the other?"""
    apart = np.linalg.norm(one.points[:, :2].mean(0) - other.points[:, :2].mean(0))
    return bool(apart < 0.4 * max(one.height, other.height))

"""Every face in a picture, large and small."""

from __future__ import annotations

import math
from collections.abc import Iterator

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
_OVERLAP = 54  # pixels of tiles: a larger face was seen in the level before
_FLAT = 0.008  # least spread of a tile's colours: less is sky, a wall, black
_NONE = 0.003  # at the first look: of a face in a square a little off, the score may be low
_PLACES = [1, 2, 5, 6, 7, 8]  # columns of a box that are positions; 3 and 4 are its size
# Most that two looks at one face may differ, in face heights. On 124 portraits, their copies from
# 16 pixels up and clips of turning heads a face's own looks differ by 0.001 to 0.028, what is taken
# for a face in cloth, hair and cheeks by 0.02 to 0.3, and the detector is less sure of it.
_SETTLED = 0.033


def find(picture: Picture, *, smallest: float | None = None) -> list[Face]:
    """Every face in a picture, the largest first.

    The detector sees 128 pixels, so the picture is gone over at several sizes in tiles that
    overlap: a face in a wide 4K shot is found as well as a close-up. What the detector proposes is
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
    kept: list[Face] = []
    for level in _levels(picture, least):
        for box in _proposed(level, picture.shape, kept):
            if any(_inside(box[1:3], face) for face in kept):
                continue  # an eye, taken for a small face
            face = _confirmed(picture, box)
            if face is not None and face.height > 0.75 * least:
                kept.append(face)
    return _distinct(kept)


def _levels(picture: Picture, least: float) -> Iterator[Picture]:
    """The picture, display-referred, from as small as one tile up to where the smallest face that
    is looked for can be seen."""
    h, w = picture.shape[:2]
    scale, last = blazeface.SIDE / max(h, w), _SEEN / least
    while True:
        how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        size = (max(round(w * scale), 1), max(round(h * scale), 1))
        yield to_display(cv2.resize(picture, size, interpolation=how))
        if scale >= last:
            return
        scale = min(2 * scale, last) if scale < last < 1.3 * scale else 2 * scale


def _proposed(level: Picture, shape: tuple[int, ...], known: list[Face]) -> NDArray[np.float32]:
    """What the detector takes for faces in one level, in pixels of the frame, the surest first."""
    side = blazeface.SIDE
    x_scale, y_scale = level.shape[1] / shape[1], level.shape[0] / shape[0]
    found = [np.zeros((0, 9), np.float32)]
    for y in _starts(level.shape[0], side):
        for x in _starts(level.shape[1], side):
            part = level[y : y + side, x : x + side]
            corners = [(x / x_scale, y / y_scale), ((x + side) / x_scale, (y + side) / y_scale)]
            within = any(all(_inside(np.array(c), f, 0.5) for c in corners) for f in known)
            if within or part[::6, ::6].std() < _FLAT:
                continue
            tile = np.zeros((side, side, 3), np.float32)
            # A picture smaller than a tile lies in its middle: the detector's training did so.
            dy, dx = (side - part.shape[0]) // 2, (side - part.shape[1]) // 2
            tile[dy : dy + part.shape[0], dx : dx + part.shape[1]] = part
            boxes = blazeface.detect(tile, _FIRST)
            boxes[:, _PLACES] += np.tile([x - dx, y - dy], 3).astype(np.float32)
            boxes[:, 1:] /= np.tile([x_scale, y_scale], 4).astype(np.float32)
            found.append(boxes)
    return blazeface.merge(np.concatenate(found))


def _starts(length: int, side: int) -> list[int]:
    """Where tiles begin so that they overlap and end with the picture."""
    if length <= side:
        return [0]
    count = math.ceil((length - side) / (side - _OVERLAP)) + 1
    return [round(i * (length - side) / (count - 1)) for i in range(count)]


def _confirmed(picture: Picture, box: NDArray[np.float32]) -> Face | None:
    detected, x, y, w, h, rx, ry, lx, ly = (float(v) for v in box)
    face = look(picture, ((x, y), MARGIN * max(w, h), math.atan2(ly - ry, lx - rx)))
    if face.score < _NONE:
        return None
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
    large, small = (one, other) if one.height > other.height else (other, one)
    return _inside(small.points[:, :2].mean(0), large)


def _inside(point: NDArray[np.floating], face: Face, reach: float = 0.4) -> bool:
    """Does a point [px] lie within `reach` face heights of a face's middle?"""
    gap = np.asarray(point) - face.points[:, :2].mean(0)
    return bool(np.hypot(gap[0], gap[1]) < reach * face.height)

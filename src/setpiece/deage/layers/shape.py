"""Shape: what sags rises again, as a warp of the picture itself.

How far each feature moves is from measurements of people at different ages, in hundredths of the
face's height for about thirty years: the jowl and jaw line (Mendelson & Wong 2012, "Changes in the
facial skeleton with aging"; Shaw et al. 2011), the outer brow and the opening of the lids (van den
Bosch, Leenders & Mulder 1999, "Topographic anatomy of the eyelids, and the effects of sex and
age"), nose tip and wings (Farkas 1994, "Anthropometry of the Head and Face"; Rohrich, Hollier,
Janis & Kim 2004), the mouth's corners, the long upper lip and thin red (Penna, Stark, Eisenhardt,
Bannasch & Iblher 2009, "The aging lip"). Eyes keep their place and gaze; a mouth that is open keeps
its form, because a jaw drawn in over teeth is seen at once.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.deage.layers.anatomy import Anatomy, Map
from setpiece.deage.layers.skin import Picture
from setpiece.deage.steady import grid


class _Move(NamedTuple):
    """A landmark pair (right, left), outward and up [units], over a radius [units]."""

    pair: tuple[int, int]
    out: float
    up: float
    radius: float


_JAW = (
    _Move((58, 288), -0.7, 0.42, 11), _Move((172, 397), -1.26, 0.7, 11),
    _Move((136, 365), -1.68, 0.98, 11), _Move((150, 379), -1.68, 1.12, 11),
    _Move((149, 378), -0.98, 0.98, 11), _Move((176, 400), -0.42, 0.56, 10),
    _Move((212, 432), -0.7, 0.98, 12),
)  # fmt: skip
_CHEEKS = (_Move((50, 280), 0.35, 0.84, 15), _Move((205, 425), 0.0, 0.7, 12))
_BROWS = (
    _Move((70, 300), 0.15, 1.05, 10), _Move((63, 293), 0.1, 1.1, 10),
    _Move((105, 334), 0.0, 1.0, 10), _Move((66, 296), 0.0, 0.85, 10),
    _Move((107, 336), 0.0, 0.6, 10),
)  # fmt: skip
_LIDS = (
    _Move((160, 387), 0.14, 0.7, 6), _Move((159, 386), 0.0, 0.75, 6),
    _Move((158, 385), 0.0, 0.6, 6), _Move((145, 374), 0.0, -0.2, 5),
    _Move((33, 263), 0.4, 0.2, 5),
)  # fmt: skip
_NOSE = (
    _Move((1, 1), 0.0, 1.26, 9), _Move((2, 2), 0.0, 0.84, 6), _Move((129, 358), -0.77, 0.28, 6),
)  # fmt: skip
_MOUTH = (
    _Move((61, 291), 0.0, 0.7, 7), _Move((37, 267), 0.0, 0.65, 5.5), _Move((0, 0), 0.0, 0.6, 5.5),
    _Move((17, 17), 0.0, -0.5, 6), _Move((84, 314), 0.0, -0.45, 6),
)  # fmt: skip
_STEEPEST = 0.55  # most that neighbouring pixels are drawn apart: beyond 1 the picture folds over
_CLOSED = 6.0  # lips this far apart [units] halve what the mouth and jaw move
_LARGEST = 2.6  # most that anything moves [units]


def shape(face: Anatomy, strength: float, where: Map | float = 1.0) -> tuple[Map, Map]:
    """How the picture of a face is warped: younger (strength > 0) or older (< 0).

    Returns shift, float32 (S, S, 2) [px of the square]: the warped picture at x is the unwarped one
    at x + shift. And the matte (S, S) outside which shift is exactly zero.
    """
    step = 4 if face.unit > 2 else 2
    closed = 1 / (1 + face.mouth_gap / _CLOSED)
    groups = (
        (_JAW, 0.4 + 0.6 * closed), (_CHEEKS, 1.0), (_BROWS, 1.0), (_LIDS, 1.0), (_NOSE, 1.0),
        (_MOUTH, closed),
    )  # fmt: skip
    side = -(-face.size // step)
    moved = np.zeros((side, side, 2), np.float32)
    for moves, share in groups:
        part = np.float32(share * strength * face.unit) * _moved(face, moves, side, step)
        moved += part * min(1.0, _STEEPEST * step / (_steepest(part) + 1e-6))
    longest = np.float32(_LARGEST * face.unit)
    far = np.hypot(moved[..., 0], moved[..., 1])[..., None]
    moved /= np.maximum(1, far / longest)
    moved *= _window(side) * _gaze(face, side, step)
    shift = -cv2.resize(moved, (side * step, side * step), interpolation=cv2.INTER_LINEAR)
    shift = shift[: face.size, : face.size]
    if not isinstance(where, float):
        shift = shift * where[..., None]
    shift = np.ascontiguousarray(shift, np.float32)
    matte = np.minimum(np.hypot(shift[..., 0], shift[..., 1]) * 20, 1)
    return shift, matte.astype(np.float32)


def warped(picture: Picture, shift: Map) -> Picture:
    """A picture (h, w, c), any colour space, under a shift (h, w, 2) [px]; its edge is held."""
    x, y = grid(*shift.shape[:2])
    return cv2.remap(
        picture, x + shift[..., 0], y + shift[..., 1], cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip


def in_frame(shift: Map, matrix: NDArray[np.float64]) -> Map:
    """The shift in pixels of the frame, still on the square's pixels (S, S, 2), of a square cut by
    `matrix` (2, 3), frame -> square. Lay its two channels on the frame as a delta is laid. Channels
    after the first two stay as they are."""
    back = np.eye(shift.shape[2], dtype=np.float32)
    back[:2, :2] = np.linalg.inv(matrix[:, :2])
    return cv2.transform(shift, back)


def _gaze(face: Anatomy, side: int, step: int) -> Map:
    """Little at the irises, so that lids open over eyes that look where they looked."""
    held = np.ones((side, side), np.float32)
    gx, gy = grid(side, side)
    for i in (468, 473):
        x, y = face.points[i] / np.float32(step) - np.float32(0.5)
        rim = np.linalg.norm(face.points[i + 1 : i + 5] - face.points[i], axis=1).mean()
        reach = max(1.6 * float(rim) / step, 1.0)
        held *= 1 - 0.93 * np.maximum(1 - ((gx - x) ** 2 + (gy - y) ** 2) / reach**2, 0) ** 2
    return held[..., None]


def _steepest(moved: Map) -> float:
    """The largest difference between neighbours [px of the square]."""
    return float(max(np.abs(np.diff(moved, axis=0)).max(), np.abs(np.diff(moved, axis=1)).max()))


def _moved(face: Anatomy, moves: tuple[_Move, ...], side: int, step: int) -> Map:
    """A group's displacement [units]; where its points overlap they are averaged, not added."""
    total = np.zeros((side, side, 2), np.float32)
    weight = np.zeros((side, side), np.float32)
    middle = face.points[168, 0]
    for pair, out, up, radius in moves:
        reach = radius * face.unit / step
        for i in dict.fromkeys(pair):
            x, y = face.points[i] / step - 0.5
            outward = 0.0 if pair[0] == pair[1] else _seen(face, i, middle)
            x0, x1 = max(int(x - reach), 0), min(int(x + reach) + 2, side)
            y0, y1 = max(int(y - reach), 0), min(int(y + reach) + 2, side)
            if x0 >= x1 or y0 >= y1:
                continue
            gx, gy = (np.arange(a, b, dtype=np.float32) for a, b in ((x0, x1), (y0, y1)))
            far = ((gx - x) ** 2)[None, :] + ((gy - y) ** 2)[:, None]
            near = np.maximum(1 - far / np.float32(reach**2), 0) ** 3
            weight[y0:y1, x0:x1] += near
            total[y0:y1, x0:x1] += near[..., None] * np.array([out * outward, -up], np.float32)
    return (total / np.maximum(weight, 1)[..., None]).astype(np.float32)


def _seen(face: Anatomy, point: int, middle: float) -> float:
    """-1..1: outward in the picture on this point's side, less where the head turns it away."""
    off = float(face.points[point, 0] - middle) / face.unit
    return float(np.clip(off / 12, -1, 1))


def _window(side: int) -> Map:
    """Nothing moves at the border of the square."""
    ramp = np.clip((np.minimum(np.arange(side), np.arange(side)[::-1]) - 1) / (0.06 * side), 0, 1)
    return np.minimum.outer(ramp, ramp).astype(np.float32)[..., None]

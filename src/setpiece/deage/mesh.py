"""478 points on one face, out of a turned square around it.

MediaPipe's Face Landmarker: the square is one and a half times the face's box, its x axis along
the eye line, 256 pixels a side.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from setpiece.deage.extra import runner
from setpiece.deage.face import COUNT, MESH, Face, roll_of
from setpiece.deage.warp import Picture, apply, cut, inverse, scale_of, square_matrix
from setpiece.media.colour import to_display

SIDE = 256
MARGIN = 1.5
Square = tuple[tuple[float, float], float, float]  # centre [px], side [px], angle [radians]


def square_of(face: Face) -> Square:
    """The square to look for this face in: in the same frame, or the next."""
    angle = roll_of(face.points)
    c, s = math.cos(angle), math.sin(angle)
    x, y = face.points[:MESH, 0], face.points[:MESH, 1]
    u, v = c * x + s * y, c * y - s * x
    u0, u1, v0, v1 = (float(k) for k in (u.min(), u.max(), v.min(), v.max()))
    mu, mv = (u0 + u1) / 2, (v0 + v1) / 2
    return (c * mu - s * mv, s * mu + c * mv), MARGIN * max(u1 - u0, v1 - v0), angle


def look(picture: Picture, square: Square) -> Face:
    """The face in a square of a frame (h, w, 3), scene-linear; its score may say there is none."""
    matrix = square_matrix(square[0], square[1], square[2], SIDE)
    tile = to_display(cut(picture, matrix, SIDE))
    net = runner("face_landmarks_detector.tflite")
    net.set_tensor(net.get_input_details()[0]["index"], tile[None].astype(np.float32))
    net.invoke()
    points, presence, _tongue = (net.get_tensor(i) for i in _outputs(net))
    local = points.reshape(COUNT, 3).astype(np.float64)
    placed = np.empty((COUNT, 3), np.float32)
    placed[:, :2] = apply(inverse(matrix), local)
    placed[:, 2] = local[:, 2] / scale_of(matrix)
    logit = float(np.clip(presence.ravel()[0], -60, 60))
    return Face(placed, 1 / (1 + math.exp(-logit)))


def _outputs(net: object) -> NDArray[np.int64]:
    named = {o["name"]: o["index"] for o in net.get_output_details()}  # type: ignore[attr-defined]
    return np.array([named["Identity"], named["Identity_1"], named["Identity_2"]])

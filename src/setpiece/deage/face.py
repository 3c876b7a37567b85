"""A face: 478 points on it, which of them are what, and the upright square around the head.

The topology is that of MediaPipe's Face Landmarker (Kartynnik et al. 2019, "Real-time facial
surface geometry from monocular video on mobile GPUs"; irises: Ablavatski et al. 2020). `RIGHT` is
the person's right, which is the left of the picture.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from setpiece.deage.warp import Matrix, Picture, apply, cut, lay_back, square_matrix, window

COUNT = 478
MESH = 468  # the rest are the two irises: centre and four on the rim

OVAL = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
    152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip
RIGHT_EYE = (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7)
LEFT_EYE = (263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249)
RIGHT_IRIS = (468, 469, 470, 471, 472)
LEFT_IRIS = (473, 474, 475, 476, 477)
RIGHT_BROW = (70, 63, 105, 66, 107, 55, 65, 52, 53, 46)
LEFT_BROW = (300, 293, 334, 296, 336, 285, 295, 282, 283, 276)
LIPS = (
    61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146,
)  # fmt: skip
MOUTH = (
    78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95,
)  # fmt: skip
NOSE_TIP, CHIN, BROW_TOP, NOSE_ROOT = 1, 152, 10, 168
RIGHT_SIDE, LEFT_SIDE = 234, 454
EYE_CORNERS = (33, 133, 362, 263)  # right outer, right inner, left inner, left outer
# Points that neither speech nor expression moves much: pose, scale and identity lean on them.
STILL = (10, 151, 9, 8, 168, 6, 197, 195, 5, 4, 33, 133, 362, 263, 127, 356, 234, 454, 109, 338)

HEAD = 1.9  # side of the square around the head, in face heights


@dataclass(frozen=True)
class Pose:
    """Where a head points [degrees]: yaw to the picture's right, pitch down and roll clockwise are
    positive; all zero looks into the camera."""

    yaw: float
    pitch: float
    roll: float


@dataclass(frozen=True, eq=False)
class Face:
    """One face in one frame.

    points: float32 (478, 3) [px of the frame]; x right, y down from the top left, pixel centres at
        +0.5; z grows away from the camera, in the same unit, from the head's centre.
    score: 0..1, how sure the landmark model is that a face is there.
    """

    points: NDArray[np.float32]
    score: float

    @property
    def height(self) -> float:
        """Top of the forehead to chin [px], measured in depth too: nodding does not change it."""
        return float(np.linalg.norm(self.points[CHIN] - self.points[BROW_TOP]))

    @property
    def box(self) -> tuple[float, float, float, float]:
        """x0, y0, x1, y1 of the mesh [px]."""
        low, high = self.points[:MESH, :2].min(0), self.points[:MESH, :2].max(0)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])

    @property
    def pose(self) -> Pose:
        """Yaw, pitch and roll out of the mesh's own axes."""
        p = self.points.astype(np.float64)
        across = p[LEFT_SIDE] - p[RIGHT_SIDE] + p[263] - p[33]
        down = p[CHIN] - p[BROW_TOP]
        across /= np.linalg.norm(across) + 1e-9
        down -= across * (down @ across)
        down /= np.linalg.norm(down) + 1e-9
        ahead = np.cross(down, across)  # out of the face, towards the camera (z negative)
        yaw = math.degrees(math.atan2(ahead[0], -ahead[2]))
        pitch = math.degrees(math.asin(float(np.clip(ahead[1], -1, 1))))
        return Pose(yaw, pitch, math.degrees(roll_of(self.points)))


def roll_of(points: NDArray[np.floating]) -> float:
    """Angle of the eye line in the picture [radians], clockwise.

    The eye line says it best from the front and nothing in profile, where the line from forehead to
    chin still does: both are added as vectors, so that it goes over smoothly.
    """
    eyes = points[[362, 263], :2].mean(0) - points[[33, 133], :2].mean(0)
    down = points[CHIN, :2] - points[BROW_TOP, :2]
    x, y = 4 * eyes[0] + down[1], 4 * eyes[1] - down[0]
    return math.atan2(float(y), float(x))


@dataclass(frozen=True, eq=False)
class Aligned:
    """An upright square around a head.

    matrix: float64 (2, 3), frame -> square [px, centres at +0.5], a similarity. size: its side.
    points: float32 (478, 2) in the square.
    """

    matrix: Matrix
    size: int
    points: NDArray[np.float32]

    @property
    def height(self) -> float:
        """The face's height in the square [px], as `Face.height`."""
        return self.size / HEAD

    def crop(self, picture: Picture) -> Picture:
        """The square out of a frame (h, w[, c]), any colour space; float32 (size, size[, c])."""
        return cut(picture, self.matrix, self.size)

    def window(
        self, shape: tuple[int, ...], part: tuple[slice, slice] | None = None
    ) -> tuple[slice, slice]:
        """Rows and columns of a frame of `shape` that the square, or a part of it, covers."""
        return window(self.matrix, self.size, shape, part)

    def lay_back(self, square: Picture, where: tuple[slice, slice]) -> Picture:
        """A delta or matte painted in the square, on the frame's pixels `where`; zero outside."""
        return lay_back(square, self.matrix, where)


def align(face: Face, size: int = 512) -> Aligned:
    """The square of `size` pixels around the head: eyes level, forehead and neck inside (1.9 face
    heights), never stretched."""
    angle = roll_of(face.points)
    c, s = math.cos(angle), math.sin(angle)
    x, y = face.points[:MESH, 0], face.points[:MESH, 1]
    u, v = c * x + s * y, c * y - s * x  # along and across the eye line
    height = face.height
    middle = (float(u.min() + u.max()) / 2, float(v.min() + v.max()) / 2 - 0.06 * height)
    centre = (c * middle[0] - s * middle[1], s * middle[0] + c * middle[1])
    matrix = square_matrix(centre, HEAD * height, angle, size)
    return Aligned(matrix, size, apply(matrix, face.points))


def fitting_size(face: Face, most: int = 768, least: int = 128) -> int:
    """Side of the square at the frame's own resolution [px], a multiple of 16 from `least` to
    `most`: larger faces are worked on smaller and their own fine detail is kept."""
    return int(min(max(16 * round(HEAD * face.height / 16), least), most))

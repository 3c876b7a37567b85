"""Where ageing shows on this face: soft maps and directions, out of the landmarks.

Wrinkles lie across the pull of the muscle below them: along the forehead, upright between the
brows, fanning from the outer corner of the eye, along the lower lid and the fold beside the nose
(Piérard & Lapière 1989, "The microanatomical basis of facial frown lines"; Albert, Ricanek &
Patterson 2007, "A review of the literature on the aging adult skull and face"). Landmark numbers
are those of the 478-point mesh.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from setpiece.deage.face import (
    BROW_TOP,
    CHIN,
    LEFT_BROW,
    LEFT_EYE,
    LEFT_SIDE,
    RIGHT_BROW,
    RIGHT_EYE,
    RIGHT_SIDE,
)  # fmt: skip
from setpiece.deage.shapes import fill, stroke, up_of

Map = NDArray[np.float32]
Points = NDArray[np.float32]

# Right (the left of the picture) and left, the same points mirrored.
EYES = (RIGHT_EYE, LEFT_EYE)
LOWER_LIDS = ((33, 163, 144, 145, 153, 154, 133), (263, 390, 373, 374, 380, 381, 362))
# Where the lower lid meets the cheek, from the outer to the inner corner.
LID_CHEEK = (
    (35, 31, 228, 229, 230, 231, 232, 233, 244),
    (265, 261, 448, 449, 450, 451, 452, 453, 464),
)
HOLLOWS = ((143, 111, 117, 118, 119, 120, 121, 128), (372, 340, 346, 347, 348, 349, 350, 357))
BROWS = (RIGHT_BROW, LEFT_BROW)
BROW_TOPS = ((70, 63, 105, 66, 107), (300, 293, 334, 296, 336))
HAIRLINE = (21, 54, 103, 67, 109, 10, 338, 297, 332, 284, 251)
GLABELLA = (107, 9, 336, 285, 417, 168, 193, 55)
SMILE = ((129, 203, 206, 216, 212), (358, 423, 426, 436, 432))
# The fold beside the nose and the creases that a smile stacks up beside it.
SMILE_LINES = (
    (129, 203, 165, 92, 57, 43, 202, 212, 214, 192, 187, 205, 36),
    (358, 423, 391, 322, 287, 273, 422, 432, 434, 416, 411, 425, 266),
)
MARIONETTE = ((61, 43, 106, 204, 194), (291, 273, 335, 424, 418))
JOWLS = (
    (58, 172, 136, 150, 149, 170, 211, 212, 214, 192),
    (288, 397, 365, 379, 378, 395, 431, 432, 434, 416),
)
CHEEKS = ((117, 118, 101, 36, 205, 187, 123), (346, 347, 330, 266, 425, 411, 352))
# Where glasses sit, temples and the bridge of the nose among it.
GLASSES = (
    (127, 162, 70, 63, 105, 66, 107, 9, 336, 296, 334, 293, 300, 389, 356, 345, 346, 347, 330,
     371, 437, 197, 217, 142, 101, 118, 117, 116),
)  # fmt: skip
JAW = (132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361)
UPPER_LIP = (
    206, 203, 98, 97, 2, 326, 327, 423, 426, 436, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185, 61,
    216,
)  # fmt: skip
# The lower nose: its wings and nostrils have creases at every age.
NOSE = (129, 102, 48, 115, 220, 45, 4, 275, 440, 344, 278, 331, 358, 327, 326, 2, 97, 98)


@dataclass(frozen=True, eq=False)
class Anatomy:
    """One face in its square.

    points: float32 (478, 2) [px, centres at +0.5]. size: side of the square. unit: a hundredth of
    the face's height [px]; every length in the layers is given in it, so that they do the same at
    any resolution.
    """

    points: Points
    size: int
    unit: float

    @classmethod
    def of(cls, points: Points, size: int) -> Anatomy:
        """The face whose landmarks are `points` (478, 2) in a square of `size` pixels."""
        p = np.asarray(points, np.float32)[:, :2]
        # Height in the picture shrinks with a nod, width with a turn: the larger one stays.
        tall = np.linalg.norm(p[CHIN] - p[BROW_TOP])
        wide = 1.17 * np.linalg.norm(p[LEFT_SIDE] - p[RIGHT_SIDE])
        return cls(p, size, float(max(tall, wide)) / 100)

    def smaller(self, finest: float) -> Anatomy:
        """The same face in fewer pixels, for maps whose finest detail is that many units."""
        step = 1
        while step < 4 and finest * self.unit >= 1.8 * step:
            step *= 2
        return Anatomy(self.points / np.float32(step), -(-self.size // step), self.unit / step)

    def area(self, *outlines: Sequence[int], soft: float, grow: float = 1.0) -> Map:
        """Filled outlines (landmark numbers), grown about their middle, with an edge of `soft`."""
        placed = []
        for outline in outlines:
            p = self.points[list(outline)]
            placed.append(p.mean(0) + (p - p.mean(0)) * np.float32(grow))
        return self.paint(placed, soft)

    def paint(self, outlines: Sequence[Points], soft: float) -> Map:
        """Filled outlines in pixels, with an edge of `soft` units; 0..1."""
        return fill(self.size, outlines, max(soft * self.unit, 0.4))

    def along(self, lines: Sequence[Points], width: float, soft: float) -> Map:
        """Lines in pixels, `width` units broad, with an edge of `soft` units; 0..1."""
        return stroke(self.size, lines, width * self.unit, max(soft * self.unit, 0.4))

    @property
    def mouth_gap(self) -> float:
        """How far the lips are apart, in units."""
        p = self.points
        return float(np.linalg.norm(p[14] - p[13])) / self.unit

    def crow(self, side: int) -> Points:
        """The fan of skin outside an eye, where crow's feet are, as an outline in pixels."""
        p = self.points
        outer = p[EYES[side][0]]
        inner = p[EYES[side][8]]
        out = (outer - inner) / (np.linalg.norm(outer - inner) + 1e-6)
        across = np.array([-out[1], out[0]], np.float32)
        turns = np.radians(np.linspace(-80, 80, 13)).astype(np.float32)
        reach = np.float32(21 * self.unit)
        rim = outer + reach * (np.cos(turns)[:, None] * out + np.sin(turns)[:, None] * across)
        return np.concatenate([(outer + out * 1.2 * self.unit)[None], rim]).astype(np.float32)

    def forehead(self) -> Points:
        """From the brows up past the mesh, as far as the skin matte lets it."""
        p = self.points
        up = up_of(p)
        top = p[list(HAIRLINE)] + up * np.float32(24 * self.unit)
        low = np.concatenate([p[list(BROW_TOPS[1])], p[[9]], p[list(BROW_TOPS[0])][::-1]])
        return np.concatenate([top, low - up * np.float32(0.5 * self.unit)]).astype(np.float32)

    def neck(self) -> Points:
        """Below the jaw, as far as the skin matte lets it."""
        p = self.points
        down = -up_of(p)
        jaw = p[list(JAW)] + down * np.float32(3 * self.unit)
        return np.concatenate([jaw, jaw[::-1] + down * np.float32(45 * self.unit)]).astype(
            np.float32
        )


def bounds(matte: Map) -> tuple[slice, slice]:
    """Rows and columns of the smallest box that holds all of a matte that is not zero."""
    rows, columns = np.flatnonzero(matte.any(1)), np.flatnonzero(matte.any(0))
    if not len(rows):
        return slice(0, 0), slice(0, 0)
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)

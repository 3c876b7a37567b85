"""The face's regions as an artist names them: soft maps in the square."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from setpiece.deage import face as at
from setpiece.deage.face import Aligned
from setpiece.deage.shapes import fill, stroke, up_of

Map = NDArray[np.float32]

REGIONS = (
    "brow", "glabella", "eyes", "cheeks", "nasolabial", "mouth", "jaw", "neck", "nose",
)  # fmt: skip

_HAIRLINE = (21, 54, 103, 67, 109, 10, 338, 297, 332, 284, 251)
_BROWS = (70, 63, 105, 66, 107, 9, 336, 296, 334, 293, 300)
_GLABELLA = (107, 9, 336, 285, 417, 168, 193, 55)
_ORBITS = (
    (70, 63, 105, 66, 107, 55, 193, 245, 128, 121, 120, 119, 118, 117, 111, 143, 156),
    (300, 293, 334, 296, 336, 285, 417, 465, 357, 350, 349, 348, 347, 346, 340, 372, 383),
)
_TEMPLES = (
    (33, 226, 35, 143, 116, 34, 127, 162, 156, 124, 46),
    (263, 446, 265, 372, 345, 264, 356, 389, 383, 353, 276),
)
_CHEEKS = (
    (117, 118, 101, 36, 206, 216, 192, 213, 147, 123, 116),
    (346, 347, 330, 266, 426, 436, 416, 433, 376, 352, 345),
)
_FOLDS = ((129, 203, 206, 216, 212), (358, 423, 426, 436, 432))
_MOUTH = (
    216, 206, 165, 167, 164, 393, 391, 426, 436, 432, 422, 424, 418, 421, 200, 201, 194, 204,
    202, 212,
)  # fmt: skip
_JAW = (
    132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361,
    435, 416, 434, 430, 431, 262, 428, 199, 208, 32, 211, 210, 214, 192, 215,
)  # fmt: skip
_NOSE = (168, 193, 245, 188, 174, 198, 129, 98, 97, 2, 326, 327, 358, 420, 399, 412, 465, 417)


def region_maps(aligned: Aligned) -> Mapping[str, Map]:
    """Soft maps float32 (S, S), 0..1, by the names in REGIONS."""
    p, unit, size = aligned.points, aligned.height / 100, aligned.size
    up = up_of(p)

    def area(*outlines: tuple[int, ...], soft: float) -> Map:
        return fill(size, [p[list(o)] for o in outlines], soft * unit)

    hair = p[list(_HAIRLINE)] + up * np.float32(22 * unit)
    jaw = p[list(_JAW[:17])]
    below = p[at.CHIN] + (jaw - p[at.CHIN]) * np.float32(0.9) - up * np.float32(45 * unit)
    return {
        "brow": fill(size, [np.concatenate([hair, p[list(_BROWS)][::-1]])], 3 * unit),
        "glabella": area(_GLABELLA, soft=2.5),
        "eyes": area(*_ORBITS, *_TEMPLES, soft=2.5),
        "cheeks": area(*_CHEEKS, soft=3.5),
        "nasolabial": stroke(size, [p[list(f)] for f in _FOLDS], 6 * unit, 2.5 * unit),
        "mouth": area(_MOUTH, soft=2.5),
        "jaw": area(_JAW, soft=3.0),
        "neck": fill(size, [np.concatenate([jaw, below[::-1]])], 3 * unit),
        "nose": area(_NOSE, soft=2.0),
    }

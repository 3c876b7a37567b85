"""Hair under the artist's matte that lies beyond the square around the head: long, or high.

The layer `hair` works in the square; here the same colour goes on over the rest of the frame. The
two meet in a soft seam inside the square, where both say the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.deage.face import Aligned
from setpiece.deage.layers.anatomy import bounds
from setpiece.deage.layers.hair import COLOURS, KEEP, Hair, middle_of
from setpiece.deage.layers.skin import TOE, tint

Map = NDArray[np.float32]
_SEAM = 0.06  # of the square's side


@dataclass(frozen=True, eq=False)
class Beyond:
    """Head hair of one frame. matte: (h, w) of the frame, 0..1; share: (h, w), how much of it is
    not the square's. strength: of the layer, -1..1. middle: log light of the hair in the square."""

    matte: Map
    share: Map
    colour: str
    strength: float
    middle: float

    def stack(self, shown: Map, where: tuple[slice, slice]) -> Map:
        """What to add to a window (h, w, 3) of the frame, display-referred, and its matte, in one:
        (h, w, 4)."""
        ink = cv2.log(np.maximum(shown, 0) + TOE)
        aim = COLOURS[self.colour if self.strength > 0 else "grey"]
        light = ink.mean(-1) - np.float32(self.middle)
        target = np.log(np.array(aim, np.float32) + TOE)
        change = np.float32(abs(self.strength)) * (target + KEEP * light[..., None] - ink)
        matte = np.ascontiguousarray(self.matte[where], np.float32)
        share = self.share[where]
        delta = tint(shown, change.astype(np.float32), matte)
        return cv2.merge([delta * share[..., None], matte * share])


def seam(side: int) -> Map:
    """1 inside the square, falling to 0 at its border; (side, side)."""
    line = np.arange(side, dtype=np.float32)
    ramp = np.clip((np.minimum(line, line[::-1]) - 1) / (_SEAM * side), 0, 1)
    ramp = ramp * ramp * (3 - 2 * ramp)
    return np.minimum.outer(ramp, ramp).astype(np.float32)


def beyond(matte: Map, head: Hair, crop: Map, aligned: Aligned, strength: float) -> Beyond | None:
    """The hair outside the square; None where there is none.

    matte: (h, w) of the frame. head: its part in the square `crop` (S, S, 3), display-referred.
    """
    h, w = matte.shape
    inside = aligned.lay_back(seam(aligned.size), (slice(0, h), slice(0, w)))
    held, share = np.clip(matte, 0, 1), 1 - np.clip(inside, 0, 1)
    if not strength or (held * share).max(initial=0) < 0.01 or not head.matte.any():
        return None
    middle = middle_of(cv2.log(np.maximum(crop, 0) + TOE), head.matte)
    return Beyond(held * (share > 0), share, head.colour, float(np.clip(strength, -1, 1)), middle)


def reach(found: Beyond | None, where: tuple[slice, slice]) -> tuple[slice, slice]:
    """A window made to hold the hair too."""
    if found is None:
        return where
    (top, low), (left, right) = ((b.start, b.stop) for b in bounds(found.matte))
    rows, columns = where
    return (slice(min(rows.start, top), max(rows.stop, low)),
            slice(min(columns.start, left), max(columns.stop, right)))  # fmt: skip

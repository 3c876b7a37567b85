"""The native engine: a face made younger or older in layers that an artist can dial.

Every layer is a delta of its own with a matte of its own; laid on one another in order they add up
to the whole. See docs/deage-layers.md for what each does and whose method it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from setpiece.deage.ages import LAYERS, Strengths
from setpiece.deage.layers.anatomy import Anatomy, Map, Points
from setpiece.deage.layers.eyes import eyes
from setpiece.deage.layers.folds import folds
from setpiece.deage.layers.hair import COLOURS, Hair, hair
from setpiece.deage.layers.shape import in_frame, shape, warped
from setpiece.deage.layers.skin import Picture, Skin, whole
from setpiece.deage.layers.tone import tone
from setpiece.deage.layers.wrinkles import wrinkles

__all__ = ["COLOURS", "LAYERS", "Hair", "Layers", "Strengths", "in_frame", "warped", "young"]


class Placed(Protocol):
    """What is needed of an aligned face: its landmarks in the square."""

    @property
    def points(self) -> Points:
        """float32 (478, 2) [px of the square, centres at +0.5]."""


class Mattes(Protocol):
    """What is needed of a face's mattes, all float32 (S, S), 0..1."""

    @property
    def skin(self) -> Map:
        """Skin alone: no eyes, teeth, lips, brows, hair, glasses, hands."""

    @property
    def regions(self) -> Mapping[str, Map]:
        """Soft maps by region name (`ages.REGIONS`)."""


@dataclass(frozen=True, eq=False)
class Layers:
    """What was done to a crop, layer by layer.

    deltas: name -> float32 (S, S, 3), display-referred, in the order they are laid on.
    mattes: name -> float32 (S, S); outside its matte a delta is exactly zero.
    shift: float32 (S, S, 2) [px] or None: the warp of the shape layer (`shape.shape`). Its delta
        here is for looking at: on a frame, warp the frame itself (with the other deltas on it) by
        `in_frame(shift, matrix)` laid back, so that detail finer than the square survives.
    """

    deltas: Mapping[str, Picture]
    mattes: Mapping[str, Map]
    shift: Map | None = None

    def over(self, crop: Picture, dials: Mapping[str, float] | None = None) -> Picture:
        """The crop with every delta added, each times its dial (1 where none is given)."""
        out = crop.copy()
        for name, delta in self.deltas.items():
            out += delta * np.float32((dials or {}).get(name, 1.0))
        return out


def young(
    crop: Picture,
    aligned: Placed,
    mattes: Mattes,
    strengths: Strengths,
    hair_given: Hair | None = None,
    share: Map | None = None,
    looked_at: bool = True,
) -> Layers:
    """One face, years younger or older.

    Args:
        crop: float32 (S, S, 3), display-referred sRGB 0..1, of an upright square around the head.
        aligned: the landmarks in it.
        mattes: its skin and regions.
        strengths: how much of each layer (`ages.strengths`).
        hair_given: head hair, where the artist has a matte of it; brows need none.
        share: (S, S), 0..1, the artist's age map: a factor on every layer; where it is zero no
            layer has a matte.
        looked_at: whether shape's delta, which is only for looking at, is worked out.

    Returns the layers, those whose strength is not zero, in the order of LAYERS. The same input
    gives the same pixels.
    """
    crop = np.ascontiguousarray(crop, np.float32)
    face = Anatomy.of(aligned.points, crop.shape[0])
    matte = whole(crop, mattes.skin, face)
    where = strengths.map(mattes.regions) if strengths.regions else 1.0
    where = where if share is None else np.asarray(where * share, np.float32)
    deltas: dict[str, Picture] = {}
    masks: dict[str, Map] = {}
    shift = None
    now = crop
    for name in LAYERS:
        asked = strengths.of(name)
        strength = (_FULL if asked > 0 else _OLDER)[name] * asked
        if not strength:
            continue
        if name == "shape":
            shift, masks[name] = shape(face, strength, where)
            if looked_at:
                deltas[name] = warped(now, shift) - now
        elif name == "eyes":
            deltas[name], masks[name] = eyes(now, face, strength, where)
        else:
            seen = Skin(face, now, matte)
            if name == "hair":
                deltas[name], masks[name] = hair(seen, hair_given, strength, where)
            else:
                deltas[name], masks[name] = _OF_SKIN[name](seen, strength, where)
        if share is not None:
            masks[name] = masks[name] * (share > 0)
        if name in deltas:
            if share is not None:
                deltas[name] = deltas[name] * (masks[name] > 0)[..., None]
            now = now + deltas[name]
    return Layers(deltas, masks, shift)


# What a strength of 1 asks of each layer: as far as the face is still the same person's by a face
# recognition network (distance 0.35 to 0.40; another photograph of the same person is at 0.38).
_FULL = {"wrinkles": 1.25, "folds": 1.8, "tone": 1.5, "eyes": 1.35, "hair": 1.0, "shape": 1.4}
# And a strength of -1, where lines are drawn too.
_OLDER = {"wrinkles": 1.0, "folds": 1.0, "tone": 0.7, "eyes": 0.8, "hair": 1.0, "shape": 2.1}
_OF_SKIN = {"wrinkles": wrinkles, "folds": folds, "tone": tone}

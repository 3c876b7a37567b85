"""Hair and brows: grey given its colour back, or taken away, with the highlights left in.

Head hair (and a beard) is coloured only under a matte that the artist gives, by the name of a
colour; brows are found by themselves, where they differ from the skin around them. Brows lose
contrast with age and are read so: Porcheron, Mauger & Russell 2013.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import cv2
import numpy as np

from setpiece.deage.layers.anatomy import BROWS, Map, bounds
from setpiece.deage.layers.skin import LUMA, TOE, Picture, Skin, blur, tint
from setpiece.errors import InputError

# Display-referred sRGB of hair in flat light, of the middle of its range.
COLOURS: Mapping[str, tuple[float, float, float]] = MappingProxyType(
    {
        "black": (0.085, 0.075, 0.072),
        "dark-brown": (0.185, 0.130, 0.100),
        "brown": (0.290, 0.205, 0.150),
        "light-brown": (0.430, 0.325, 0.235),
        "dark-blond": (0.520, 0.420, 0.300),
        "blond": (0.690, 0.575, 0.410),
        "red": (0.440, 0.215, 0.120),
        "auburn": (0.300, 0.140, 0.095),
        "grey": (0.500, 0.495, 0.490),
        "white": (0.800, 0.795, 0.785),
    }
)
_DEEPER = np.array([-0.24, -0.27, -0.30], np.float32)  # of brows, in log RGB
KEEP = np.float32(0.8)  # of the strands' own light and shade


@dataclass(frozen=True, eq=False)
class Hair:
    """Hair in a crop: a soft matte (S, S), 0..1, and the name of its colour when young.

    Raises InputError where the colour has no name in COLOURS.
    """

    matte: Map
    colour: str = "dark-brown"

    def __post_init__(self) -> None:
        if self.colour not in COLOURS:
            raise InputError(
                f"hair colour “{self.colour}” is not known; there are {', '.join(COLOURS)}."
            )


def hair(
    skin: Skin, given: Hair | None, strength: float, where: Map | float = 1.0
) -> tuple[Picture, Map]:
    """Colour (strength > 0) or grey (< 0) hair and brows. Arguments and result as `wrinkles`."""
    brow = _brows(skin)
    deeper = _DEEPER * np.float32(strength if strength > 0 else 0.55 * strength)
    matte, change = brow, np.zeros_like(skin.crop)
    change += deeper
    if given is not None and given.matte.any():
        head = given.matte * (1 - brow)
        ink = cv2.log(np.maximum(skin.crop, 0) + TOE)
        aim = COLOURS[given.colour if strength > 0 else "grey"]
        head_change = _towards(ink, head, aim, min(abs(strength), 1.0))
        matte = brow + head
        change = (brow[..., None] * deeper + head[..., None] * head_change) / np.maximum(
            matte, np.float32(1e-6)
        )[..., None]
    matte = np.clip(matte * where, 0, 1).astype(np.float32)
    box = bounds(matte)
    delta = np.zeros_like(skin.crop)
    parts = (np.ascontiguousarray(k[box], np.float32) for k in (skin.crop, change, matte))
    delta[box] = tint(*parts)
    return delta, matte


def _towards(ink: Picture, matte: Map, aim: tuple[float, float, float], strength: float) -> Picture:
    """Log RGB that takes hair to a colour: its middle moves, strands keep their light and shade."""
    target = np.log(np.array(aim, np.float32) + TOE)
    form = KEEP * (ink.mean(-1) - np.float32(middle_of(ink, matte)))
    return np.float32(strength) * (target + form[..., None] - ink)


def middle_of(ink: Picture, matte: Map) -> float:
    """The light of hair, log, in the middle of its range. matte: not empty."""
    inside = matte > 0.5
    if not inside.any():
        inside = matte > 0
    return float(np.median(ink.mean(-1)[inside]))


def _brows(skin: Skin) -> Map:
    """Hair of the brows, 0..1: what differs from the skin there, lighter or darker."""
    found = skin.anatomy.area(*BROWS, soft=0.5)
    box = bounds(found)
    ink = cv2.log(np.maximum(skin.crop[box], 0) + TOE)
    luma = cv2.transform(np.ascontiguousarray(skin.crop[box]), LUMA[None])
    # The skin that would be there: `tone` is carried on below the brows, which are no skin.
    around = skin.tone[box]
    away = np.abs(cv2.log(np.maximum(luma, 0) + TOE) - blur(around, 2 * skin.unit))
    usual = np.log(skin.hue[box] * np.exp(around)[..., None] + TOE)
    off = ink - usual
    away += np.abs(off - off.mean(-1, keepdims=True)).sum(-1)
    away = blur(away, 0.35 * skin.unit)
    # Hair that is dark needs no colour: it is the pale brow that has lost its contrast.
    pale = np.clip(1.5 - (around - cv2.log(np.maximum(luma, 0) + TOE)) / 0.7, 0, 1)
    found[box] *= np.clip((away - 0.15) / 0.35, 0, 1) * pale
    return found

"""Colour: spots, blotches, the dark under the eyes, and lips that have paled.

In the logarithm of RGB the pigments of skin add up along two directions, melanin and haemoglobin
(Tsumura et al. 2003, "Image-based skin color and texture analysis/synthesis by extracting
hemoglobin and melanin information in the skin"). Spots are what stands out along the first
(difference of Gaussians), blotches are chroma that differs from its wider neighbourhood. That even
colour reads as younger, apart from form and lines, is Fink, Grammer & Matts 2006; that redder lips
do, Porcheron, Mauger & Russell 2013 ("Aspects of facial contrast decrease with age").
"""

from __future__ import annotations

import cv2
import numpy as np

from setpiece.deage.layers.anatomy import HOLLOWS, LIPS, LOWER_LIDS, MOUTH, Anatomy, Map
from setpiece.deage.layers.skin import Picture, Skin, blur, carried_on, tint

_TOE = np.float32(0.03)
_MELANIN = np.array([0.4143, 0.3570, 0.8372], np.float32)
_BLOOD = np.array([0.2988, 0.6838, 0.6657], np.float32)
_SPOT = (0.5, 3.5)  # sizes of spots [units]
_BLOTCH = (1.2, 8.0)


def tone(skin: Skin, strength: float, where: Map | float = 1.0) -> tuple[Picture, Map]:
    """Even (strength > 0) or mottle (< 0) the colour of skin and lips.

    Arguments and result as `wrinkles`.
    """
    face, unit = skin.anatomy, skin.unit
    ink = cv2.log(np.maximum(skin.crop, 0) + _TOE)
    ink = np.dstack([carried_on(np.ascontiguousarray(ink[..., i]), skin.matte) for i in range(3)])
    change = _without_spots(ink, skin, strength)
    chroma = ink - ink.mean(-1, keepdims=True)
    near, far = blur(chroma, _BLOTCH[0] * unit), blur(chroma, _BLOTCH[1] * unit)
    change += np.float32(0.6 * strength) * (far - near)
    dark = _hollows(face)[..., None]
    cheek = np.array([skin.usual(np.ascontiguousarray(far[..., i])) for i in range(3)], np.float32)
    change += np.float32(0.6 * strength) * dark * (cheek - near)
    change += np.float32(0.035 * strength)
    matte = np.clip(skin.matte * where, 0, 1)
    lips = np.clip(_lips(face) * where, 0, 1) * (1 - skin.matte)
    redder = np.float32(0.14 * strength) * (np.float32(0.25) - _BLOOD)
    return tint(skin.crop, change * matte[..., None] + redder * lips[..., None]), matte + lips


def _without_spots(ink: Picture, skin: Skin, strength: float) -> Picture:
    melanin = -(cv2.transform(ink, _MELANIN[None]))
    spot = blur(melanin, _SPOT[0] * skin.unit) - blur(melanin, _SPOT[1] * skin.unit)
    usual = np.float32(1.6 * skin.usual(np.abs(spot), 0.6) + 2e-3)
    # Freckles of the usual depth are the person's; what is darker than that is a spot.
    over = np.maximum(spot - usual, 0)
    if strength < 0:
        over = np.maximum(spot - 0.5 * usual, 0)
    return (np.float32(0.8 * strength) * over)[..., None] * (_MELANIN / (_MELANIN @ _MELANIN))


def _hollows(face: Anatomy) -> Map:
    return face.area(*((*LOWER_LIDS[i], *HOLLOWS[i][::-1]) for i in (0, 1)), soft=1.5)


def _lips(face: Anatomy) -> Map:
    return face.area(LIPS, soft=0.5) * (1 - face.area(MOUTH, soft=0.4))

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

from setpiece.deage.face import LIPS, MOUTH
from setpiece.deage.layers.anatomy import CHEEKS, EYES, HOLLOWS, LOWER_LIDS, Anatomy, Map
from setpiece.deage.layers.skin import Picture, Skin, blur, carried_on, enlarged, halved, tint

_MELANIN = np.array([0.4143, 0.3570, 0.8372], np.float32)
_BLOOD = np.array([0.2988, 0.6838, 0.6657], np.float32)
_SPOT = (0.5, 3.5)  # sizes of spots [units]
_BLOTCH = (1.2, 8.0)
_MOST = np.float32(0.15)  # log colour further off than this is not skin


def tone(skin: Skin, strength: float, where: Map | float = 1.0) -> tuple[Picture, Map]:
    """Even (strength > 0) or mottle (< 0) the colour of skin and lips.

    Arguments and result as `wrinkles`.
    """
    face = skin.anatomy.smaller(0.9)
    step = round(skin.anatomy.unit / face.unit)
    small = halved(skin.matte, step)
    ink = cv2.log(np.maximum(halved(skin.crop, step), 0) + skin.toe)
    ink = cv2.merge([carried_on(part, small) for part in cv2.split(ink)])
    change = _without_spots(ink, face, strength)
    chroma = ink - ink.mean(-1, keepdims=True)
    near, far = blur(chroma, _BLOTCH[0] * face.unit), blur(chroma, _BLOTCH[1] * face.unit)
    uneven = np.clip(far - near, -_MOST, _MOST)
    uneven *= np.float32(min(0.6 * strength, 0.9))
    light = ink.mean(-1)
    if strength > 0:
        uneven *= _believed(light, uneven, face)
    change += uneven
    near += uneven  # what is even already is not evened again: it would go yellow
    calm = face.area(*CHEEKS, soft=0.5) > 0.5
    cheek = np.median(far[calm], axis=0)
    # The dark under the eyes is dark: where it is lighter than the cheek, it is lit or made up, and
    # the cheek's colour would make it yellow.
    darker = np.median(light[calm]) - blur(light, _BLOTCH[0] * face.unit)
    ring = _hollows(face) * np.clip(np.float32(0.5) + darker / np.float32(0.2), 0.15, 1)
    change += (
        np.float32(min(0.5 * strength, 0.8))
        * ring[..., None]
        * np.clip(cheek - near, -_MOST, _MOST)
    )
    change += np.float32(0.02 * strength)
    # What is painted on a lid is no blotch.
    kept = 1 - face.area(*EYES, soft=1.5, grow=1.35)
    lips = _lips(face)
    change *= (small * kept)[..., None]
    redder = np.float32(0.10 * strength) * (np.float32(0.25) - _BLOOD)
    change += (lips * (1 - small))[..., None] * redder
    area = np.maximum(skin.matte, enlarged(lips, skin.matte) * (1 - skin.matte))
    matte = np.clip(area * where, 0, 1).astype(np.float32)
    return tint(skin.crop, enlarged(change.astype(np.float32), matte), matte), matte


def _believed(light: Map, uneven: Picture, face: Anatomy) -> Map:
    """How much of a change is right where it would make skin yellower, (h, w, 1): a highlight has
    the colour of the light, and with the colour around it would be a yellow patch."""
    stands = blur(light, _BLOTCH[0] * face.unit) - blur(light, _BLOTCH[1] * face.unit)
    share = 1 - np.float32(0.7) * np.clip(stands / np.float32(0.15), 0, 1)
    yellower = uneven[..., 2] < 0
    return np.where(yellower, share, 1).astype(np.float32)[..., None]


def _without_spots(ink: Picture, face: Anatomy, strength: float) -> Picture:
    melanin = -(cv2.transform(ink, _MELANIN[None]))
    spot = blur(melanin, _SPOT[0] * face.unit) - blur(melanin, _SPOT[1] * face.unit)
    calm = np.abs(spot)[face.area(*CHEEKS, soft=0.5) > 0.5]
    usual = np.float32((1.6 * float(np.quantile(calm, 0.6)) if calm.size else 0.02) + 2e-3)
    # Freckles of the usual depth are the person's; what is darker than that is a spot.
    over = np.maximum(spot - (usual if strength > 0 else np.float32(0.5) * usual), 0)
    return (np.float32(min(strength, 1.0)) * over)[..., None] * (_MELANIN / (_MELANIN @ _MELANIN))


def _hollows(face: Anatomy) -> Map:
    return face.area(*((*LOWER_LIDS[i], *HOLLOWS[i][::-1]) for i in (0, 1)), soft=1.5)


def _lips(face: Anatomy) -> Map:
    return face.area(LIPS, soft=0.5) * (1 - face.area(MOUTH, soft=0.4))

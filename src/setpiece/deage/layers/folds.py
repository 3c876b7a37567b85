"""Folds, bags and hollows: the broad shadows that volume leaves when it sinks.

A surface of light is laid over the skin, led by the brighter neighbours (a weighted smooth in two
rounds, as in robust local regression: Cleveland 1979), and what lies below it is lifted towards it
where age digs: tear trough and lid bag, the fold beside the nose, the lines below the mouth's
corners, the jowl, between the brows. That these hollows follow fat pads and ligaments is Mendelson
& Wong 2012 ("Changes in the facial skeleton with aging") and Rohrich & Pessa 2007 ("The fat
compartments of the face"). Only shading broader than a line is touched, so no texture is lost.
"""

from __future__ import annotations

import cv2
import numpy as np

from setpiece.deage.face import LIPS
from setpiece.deage.layers.anatomy import (
    BROWS,
    EYES,
    GLABELLA,
    HOLLOWS,
    JOWLS,
    LID_CHEEK,
    MARIONETTE,
    SMILE,
    Anatomy,
    Map,
)
from setpiece.deage.layers.skin import Picture, Skin, blur, enlarged, halved, lit

_FINEST, _BROAD = 1.3, 8.0  # [units]: shading between these is a fold's
_DEEPEST = 0.5  # most that is lifted, in log luma: a cast shadow is deeper, and stays
_EDGE = np.float32(1.1)  # what lies deeper is hair, or the edge of the face
_BULGE = 0.8  # share of the treatment that what stands out (a bag) gets


def folds(skin: Skin, strength: float, where: Map | float = 1.0) -> tuple[Picture, Map]:
    """Lift (strength > 0) or sink (< 0) the folds of a face.

    Arguments and result as `wrinkles`.
    """
    matte = np.clip(
        skin.matte * enlarged(_places(skin.anatomy.smaller(1.0)), skin.matte) * where, 0, 1
    )
    matte = matte.astype(np.float32)
    step = 2 if skin.unit * _FINEST > 2.2 else 1
    now = blur(halved(skin.tone, step), _FINEST * skin.unit / step)
    off = _surface(now, skin.unit / step) - now
    calm = np.abs(off)[halved(skin.cheek, step) > 0.5]
    usual = np.float32(max(float(np.median(calm)) if calm.size else 0.0, 5e-3))
    # Shading of the usual size belongs to the form of the face.
    off -= np.clip(off, -usual, usual)
    off /= 1 + (off / _EDGE) ** 4
    off = np.where(off > 0, _DEEPEST * np.tanh(off / _DEEPEST), _BULGE * np.maximum(off, -0.25))
    off *= np.float32(min(strength, 1.7) if strength > 0 else 0.7 * strength)
    return lit(skin, enlarged(off.astype(np.float32), skin.matte), matte), matte


def _surface(tone: Map, unit: float) -> Map:
    first = blur(tone, _BROAD * unit)
    spread = np.float32(0.06)
    trust = 1 / (1 + cv2.exp((first - tone) / spread - np.float32(0.5)))
    trust += np.float32(0.02)
    broad = _BROAD * unit
    return blur(tone * trust, broad) / blur(trust, broad)


def _places(face: Anatomy) -> Map:
    p = face.points
    places = face.area(GLABELLA, soft=1.5) * np.float32(0.7)
    for i in (0, 1):
        under = face.area((*LID_CHEEK[i], *HOLLOWS[i][::-1]), soft=1.3, grow=1.12)
        smile = face.along([p[list(SMILE[i])]], 8, 2.2)
        marionette = face.along([p[list(MARIONETTE[i])]], 7, 2.2)
        jowl = face.area(JOWLS[i], soft=2.5) * np.float32(0.7)
        crow = face.paint([face.crow(i)], 2.5) * np.float32(0.5)
        for area in (under, smile, marionette, jowl, crow):
            places = np.maximum(places, area)
    kept = np.maximum(face.area(*EYES, soft=0.6, grow=1.25), face.area(LIPS, soft=0.6, grow=1.04))
    kept = np.maximum(kept, face.area(*BROWS, soft=0.8, grow=1.1))
    return np.clip(places, 0, 1) * (1 - np.clip(kept, 0, 1))

"""Eyes and teeth: whites that have yellowed, and what is seen of the teeth in an open mouth.

Whites grow darker, redder and yellower with age, and are read as age (Russell, Sweda, Porcheron &
Mauger 2014, "Sclera color changes with age and is a cue for perceiving age, health, and beauty").
The gaze is left alone: irises and lids do not move here.
"""

from __future__ import annotations

import cv2
import numpy as np

from setpiece.deage.face import MOUTH
from setpiece.deage.layers.anatomy import EYES, Anatomy, Map, bounds
from setpiece.deage.layers.skin import LUMA, TOE, Picture, tint

_TOOTH = 0.15  # most of its colour that a tooth loses
_BRIGHT = np.float32(0.7)  # a tooth as light as this is not lifted
_OPEN = 2.0  # lips further apart than this show teeth [units]
_IRISES = (468, 473)


def eyes(
    crop: Picture, face: Anatomy, strength: float, where: Map | float = 1.0
) -> tuple[Picture, Map]:
    """Whiten (strength > 0) or yellow (< 0) eyes and teeth.

    Args:
        crop: float32 (S, S, 3), display-referred.
        face: where things are in it.
        strength, where: as `wrinkles`; so is the result.
    """
    luma = np.maximum(cv2.transform(crop, LUMA[None]), 0)
    white = _whites(luma, face)
    teeth = _teeth(crop, luma, face)
    matte: Map = np.clip(np.maximum(white, teeth) * where, 0, 1).astype(np.float32)
    box = bounds(matte)
    part, light = np.maximum(crop[box], 0), luma[box]
    # A tooth keeps its own colour and shading: it loses a little of its yellow, and is lifted only
    # where it has darkened. White alike all over is an advertisement's.
    share = teeth[box] / np.maximum(white[box] + teeth[box], np.float32(1e-3))
    dark = np.clip((_BRIGHT - light) / _BRIGHT, 0, 1) if strength > 0 else 1.0
    paler = np.float32(0.4 * strength) + share * np.float32(
        _TOOTH * np.clip(strength, -1, 1) - 0.4 * strength
    )
    lift = np.float32(0.08 * strength) * (1 - share * (1 - np.float32(0.5) * dark))
    if strength > 0:
        change = np.log(light + TOE)[..., None] - np.log(part + TOE)
    else:  # yellower: away from grey, blue first
        change = np.broadcast_to(np.array([0.02, 0.06, 0.22], np.float32), part.shape)
    change = paler[..., None] * change + lift[..., None]
    delta = np.zeros_like(crop)
    delta[box] = tint(np.ascontiguousarray(crop[box]), change, np.ascontiguousarray(matte[box]))
    return delta, matte


def _whites(luma: Map, face: Anatomy) -> Map:
    found = np.zeros_like(luma)
    for i in (0, 1):
        open_eye = face.area(EYES[i], soft=0.25, grow=0.96)
        centre = face.points[_IRISES[i]]
        rim = face.points[_IRISES[i] + 1 : _IRISES[i] + 5]
        radius = float(np.linalg.norm(rim - centre, axis=1).mean())
        turns = np.linspace(0, 2 * np.pi, 24, endpoint=False)
        disc = centre + 1.08 * radius * np.stack([np.cos(turns), np.sin(turns)], -1)
        white = open_eye * (1 - face.paint([disc.astype(np.float32)], 0.3))
        inside = white > 0.5
        if not inside.any():
            continue
        # Lashes and shadow under the lid stay: only what is as bright as the white itself.
        bright = float(np.quantile(luma[inside], 0.75))
        white *= np.clip((luma - 0.55 * bright) / (0.3 * bright + 1e-4), 0, 1)
        np.maximum(found, white, out=found)
    return found


def _teeth(crop: Picture, luma: Map, face: Anatomy) -> Map:
    show = np.clip((face.mouth_gap - _OPEN) / _OPEN, 0, 1)
    if show <= 0:
        return np.zeros_like(luma)
    mouth = face.area(MOUTH, soft=0.3)
    inside = mouth > 0.5
    if not inside.any():
        return np.zeros_like(luma)
    bright = float(np.quantile(luma[inside], 0.8))
    red = (crop[..., 0] - crop[..., 1]) / (luma + 0.05)  # gums and tongue
    pale = np.clip((0.42 - red) / 0.15, 0, 1)
    teeth = mouth * pale * np.clip((luma - 0.5 * bright) / (0.3 * bright + 1e-4), 0, 1)
    return np.float32(show) * teeth

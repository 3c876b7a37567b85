"""Where what somebody holds is: in the hand as the figure is posed, or between both hands."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from setpiece.previs.figure_pose import NORMAL_HEIGHT, Skeleton, skeleton
from setpiece.previs.model import STANCE_HEIGHT, Figure, Prop, Vec3
from setpiece.previs.prop_mesh import HELD_UPRIGHT, prop_mesh

LIGHTS = {
    "fire": 3.0, "torch": 2.2, "candle": 1.4, "lantern": 1.8, "lamp": 1.8, "taper": 1.4,
    "cauldron": 2.4,
}  # fmt: skip
"""How far each shines [m]."""
_FLAT = ("letter", "book", "phone", "paper", "money")


def gesture_with(kind: str, gesture: str) -> str:
    """How somebody who does nothing else holds a thing: a light away from the face."""
    return ("light" if kind in LIGHTS else "hold") if gesture == "none" else gesture


def grip(kind: str, s: Skeleton, gesture: str) -> tuple[NDArray, NDArray]:
    """Where a thing's origin is and how it is turned (3, 3), in the skeleton's space."""
    fists = []
    for arm in s.arms:
        along = (arm[2] - arm[1]) / np.linalg.norm(arm[2] - arm[1])
        fists.append((arm[2] + along * 0.08, along))
    at, along = fists[1]
    if gesture == "read" and kind in _FLAT:  # in both hands, before the middle of the chest
        at = (fists[0][0] + fists[1][0]) / 2
    frame = np.eye(3)
    if kind not in HELD_UPRIGHT:
        way = along if kind in ("gun", "rifle") else along + np.array([0, 0, 0.9])
        if kind in _FLAT:
            way = np.array([0.0, 1.0, 0.0])
        way = way / np.linalg.norm(way)
        right = np.cross(way, (0, 0, 1))
        right = right / max(float(np.linalg.norm(right)), 1e-6)
        frame = np.stack([right, way, np.cross(right, way)], 1)
    return at, frame


def held_at(figure: Figure, prop: Prop | None = None) -> Vec3:
    """The middle [m] of what somebody holds, as it is drawn; of their fist for no thing."""
    kind = prop.kind if prop is not None else ""
    x, y, z = _middle(kind, figure.stance, gesture_with(kind, figure.gesture))
    scale = figure.build.height / NORMAL_HEIGHT
    # Things keep their size, whoever holds them.
    turn = math.radians(figure.facing - 90)
    fist, off = (x[0], y[0], z[0]), (x[1], y[1], z[1])
    px, py, pz = (f * scale + o for f, o in zip(fist, off, strict=True))
    up = (STANCE_HEIGHT["ride"] - 1.0) * figure.build.height if figure.stance == "ride" else 0.0
    return (
        round(figure.position[0] + px * math.cos(turn) - py * math.sin(turn), 3),
        round(figure.position[1] + px * math.sin(turn) + py * math.cos(turn), 3),
        round(max(pz + up, 0.1) + figure.lift, 3),
    )


@lru_cache(maxsize=256)
def _middle(
    kind: str, stance: str, gesture: str
) -> tuple[tuple[float, float], tuple[float, float], tuple[float, float]]:
    """For each axis: the grip in body space, and from there to the middle of the thing."""
    at, frame = grip(kind, skeleton(stance, gesture), gesture)
    off = np.zeros(3)
    if kind and kind != "hand":
        mesh = prop_mesh(kind)
        off = frame @ ((mesh.vertices.min(0) + mesh.vertices.max(0)) / 2)
    pairs = [(float(a), float(b)) for a, b in zip(at, off, strict=True)]
    return pairs[0], pairs[1], pairs[2]

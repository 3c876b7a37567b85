"""Where a figure's joints are: stance and gesture to a skeleton.

Body space: origin on the ground below the pelvis, +Y where the chest faces, +X the figure's right,
+Z up, for a figure 1.75 m tall.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from setpiece.previs.solid import F32, about

UPPER_ARM, FOREARM, THIGH, SHIN = 0.29, 0.265, 0.44, 0.43
HIP, ANKLE = 0.93, 0.075
NORMAL_HEIGHT = 1.75


@dataclass(frozen=True)
class Skeleton:
    """Joints [m] in body space and the frames (3, 3) of pelvis, chest and head.

    Columns of a frame are its right, forward and up. legs and arms: (hip, knee, ankle) and
    (shoulder, elbow, wrist) as (3, 3) arrays, left then right. toes: forward of each foot (3,).
    """

    pelvis: NDArray
    pelvis_frame: F32
    chest_frame: F32
    neck: NDArray
    head: NDArray
    head_frame: F32
    legs: tuple[NDArray, NDArray]
    arms: tuple[NDArray, NDArray]
    toes: tuple[NDArray, NDArray]
    palm: tuple[int, NDArray, NDArray] | None = None
    """Of a hand that is laid on something: 0 left or 1 right, its fingers' way, the way off it."""


# stance: pelvis height, pelvis pitch, chest pitch and yaw (degrees; pitch leans forward), then for
# the left and right leg (thigh forward, thigh out, shin back), for the left and right arm (forward,
# out, elbow bend).
_STANCES: dict[str, tuple] = {
    "stand": (0.93, 0, 1, 0, (3, 5, 2), (-1, 6, 3), (4, 9, 14), (2, 9, 18)),
    "walk": (0.905, 2, 5, 4, (27, 2, 10), (-20, 2, 26), (-24, 8, 18), (26, 8, 30)),
    "run": (0.90, 3, 6, 8, (58, 2, 70), (-28, 2, 48), (-46, 12, 85), (52, 10, 90)),
    "sit": (0.50, -4, 3, 0, (86, 7, 86), (84, 7, 80), (22, 10, 48), (26, 10, 44)),
    "kneel": (0.50, 0, 4, 0, (100, 6, 104), (26, 5, 116), (18, 12, 55), (24, 12, 40)),
    "crouch": (0.42, 12, 34, 0, (104, 14, 128), (92, 14, 118), (52, 10, 40), (58, 10, 34)),
    "fight": (0.80, 8, 16, -24, (48, 12, 52), (-26, 10, 28), (58, 26, 62), (96, 22, 42)),
    "fall": (0.70, -22, -34, 10, (52, 10, 74), (10, 14, 20), (78, 60, 28), (110, 48, 22)),
    "climb": (0.93, 0, 5, 0, (70, 6, 84), (-4, 6, 8), (116, 12, 44), (146, 14, 26)),
    "bow": (0.91, 16, 46, 0, (6, 4, 2), (-2, 4, 2), (30, 10, 20), (74, -18, 70)),
    "lean": (0.91, -4, -7, 0, (14, 3, 6), (6, 3, 30), (4, 16, 30), (2, 16, 30)),
    "ride": (0.93, 0, 4, 0, (62, 30, 66), (62, 30, 66), (42, 8, 50), (42, 8, 50)),
    "dance": (0.90, 0, -4, 18, (30, 16, 60), (-4, 8, 4), (95, 66, 30), (60, 70, 60)),
}
_LIKE = {
    "standing": "stand",
    "walking": "walk",
    "running": "run",
    "sitting": "sit",
    "kneeling": "kneel",
    "lying": "lie",
    "fighting": "fight",
    "drive": "sit",
    "sleep": "lie",
    "dead": "lie",
    "sneak": "crouch",
    "hide": "crouch",
    "crawl": "crouch",
    "chase": "run",
    "stagger": "fall",
}
# gesture: (forward, out, elbow bend) for the left arm or None, and for the right.
_GESTURES: dict[str, tuple] = {
    "point": (None, (84, 8, 4)),
    "raise": (None, (132, 22, 42)),
    "raise_both": ((128, 34, 40), (128, 34, 40)),
    "hold": (None, (38, 6, 68)),
    "light": (None, (44, 44, 62)),
    "give": (None, (62, 4, 22)),
    "phone": (None, (46, 34, 138)),
    "gun": ((80, -22, 14), (84, -4, 6)),
    "sword": (None, (62, 22, 48)),
    "dagger": (None, (50, 12, 62)),
    "drink": (None, (56, 16, 112)),
    "read": ((40, -6, 72), (40, -6, 72)),
    "pray": ((46, -16, 96), (46, -16, 96)),
    "hug": ((68, -4, 34), (68, -4, 34)),
    "carry": ((40, 2, 72), (40, 2, 72)),
    "face": ((60, 4, 132), (60, 4, 132)),
    "cross": ((34, -24, 92), (34, -26, 88)),
    "hips": ((-12, 42, 84), (-12, 42, 84)),
    "shrug": ((30, 34, 84), (30, 34, 84)),
    "type": ((44, 0, 58), (44, 0, 58)),
    "wheel": ((62, 2, 26), (62, 2, 26)),
    "stir": ((48, 4, 52), (58, 2, 38)),
    "touch": (None, (70, 6, 66)),
    "knock": (None, (70, 6, 66)),
    "push": ((80, 4, 14), (80, 4, 14)),
    "wave": (None, (128, 34, 56)),
}
_TORCH = {"torch": "raise", "lantern": "hold", "letter": "read", "book": "read", "cup": "drink"}


def _pitch(degrees: float) -> F32:
    """Lean forward: up turns toward +Y."""
    return about((1, 0, 0), -degrees)


def _arm(
    shoulder: NDArray, frame: NDArray, side: int, angles: tuple[float, float, float]
) -> NDArray:
    forward, out, bend = angles
    swing = about((1, 0, 0), forward)
    # Out turns the hanging arm sideways, then it swings forward about the shoulders' axis.
    spread = about((0, 1, 0), -side * out)
    upper = swing @ spread @ np.array([0, 0, -1.0])
    lower = swing @ spread @ about((1, 0, 0), bend) @ np.array([0, 0, -1.0])
    inward = -side * 0.16 * np.sin(np.radians(min(bend, 90)))
    lower = lower + np.array([inward, 0, 0])
    lower /= np.linalg.norm(lower)
    elbow = shoulder + frame @ upper * UPPER_ARM
    return np.stack([shoulder, elbow, elbow + frame @ lower * FOREARM])


def _nodded(nod: float) -> float:
    """Degrees that a head lifts to look `nod` degrees up: past a third of a right angle the eyes
    do the rest."""
    most = 22.0
    return float(np.clip(nod, -most, most) + 0.4 * np.clip(abs(nod) - most, 0, 15) * np.sign(nod))


def _leg(hip: NDArray, side: int, angles: tuple[float, float, float]) -> NDArray:
    forward, out, bend = angles
    spread = about((0, 0, 1), -side * out) if forward > 60 else about((0, 1, 0), -side * out)
    thigh = spread @ about((1, 0, 0), forward) @ np.array([0, 0, -1.0])
    shin = spread @ about((1, 0, 0), forward - bend) @ np.array([0, 0, -1.0])
    knee = hip + thigh * THIGH
    return np.stack([hip, knee, knee + shin * SHIN])


def skeleton(
    stance: str, gesture: str = "none", turn: float = 0.0, nod: float = 0.0, stride: float = 1.0
) -> Skeleton:
    """Joints for a stance and gesture. turn, nod: where the head looks beside the chest's way,
    degrees left and up; the chest takes a part of it. stride -1..1 swings arms and legs over."""
    stance = _LIKE.get(stance, stance)
    gesture = _TORCH.get(gesture, gesture)
    lying = stance == "lie"
    height, tilt, lean, yaw, left, right, arm_l, arm_r = _STANCES.get(
        "stand" if lying else stance, _STANCES["stand"]
    )
    if stride < 0:
        left, right, arm_l, arm_r, yaw = right, left, arm_r, arm_l, -yaw
    over = _GESTURES.get(gesture)
    if over:
        arm_l, arm_r = over[0] or arm_l, over[1] or arm_r
    turn = float(np.clip(turn, -105, 105))
    body = float(np.clip(turn * 0.3, -28, 28))
    pelvis = np.array([0.0, 0.0, height])
    hips = _pitch(tilt)
    chest = hips @ about((0, 0, 1), yaw * 0.5 + body) @ _pitch(lean)
    ribs = pelvis + hips @ np.array([0, 0, 0.18])
    neck = ribs + chest @ np.array([0, -0.005, 0.355])
    level = about((0, 0, 1), yaw * 0.5 + body)
    look = (
        level
        @ about((0, 0, 1), float(np.clip(turn - body, -78, 78)))
        @ _pitch(lean * 0.15 - _nodded(nod))
    )
    head = neck + chest @ np.array([0, 0.012, 0.05]) + look @ np.array([0, 0.022, 0.095])
    arms = tuple(
        _arm(neck + chest @ np.array([s * 0.168, 0, -0.088]), chest, s, a)
        for s, a in ((-1, arm_l), (1, arm_r))
    )
    legs = tuple(
        _leg(pelvis + hips @ np.array([s * 0.09, 0, -0.02]), s, a)
        for s, a in ((-1, left), (1, right))
    )
    # The lower foot stands on the ground.
    low = min(float(leg[2, 2]) for leg in legs) - ANKLE
    if stance in ("kneel",):
        low = min(low, min(float(leg[1, 2]) for leg in legs) - 0.06)
    drop = np.array([0, 0, 0.0 if stance in ("sit", "ride") else low])
    toes = tuple(
        (leg[2] - leg[1]) / SHIN @ np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]]).T for leg in legs
    )
    if stance in ("stand", "sit", "kneel", "lean", "bow", "walk", "fight", "dance", "crouch"):
        toes = tuple(
            np.array([s * 0.22, 1.0, 0.0]) if leg[2, 2] - drop[2] < ANKLE + 0.1 else t
            for s, leg, t in zip((-1, 1), legs, toes, strict=True)
        )
    s = Skeleton(
        pelvis - drop,
        hips,
        chest.astype(np.float32),
        neck - drop,
        head - drop,
        look.astype(np.float32),
        (legs[0] - drop, legs[1] - drop),
        (arms[0] - drop, arms[1] - drop),
        (toes[0] / np.linalg.norm(toes[0]), toes[1] / np.linalg.norm(toes[1])),
    )
    return _laid(s) if lying else s


def reaching(s: Skeleton, target: NDArray) -> Skeleton:
    """The same with the nearer hand laid flat on an upright surface at target (3,), body space."""
    target = np.asarray(target, float)
    side = int(np.argmin([np.linalg.norm(arm[0] - target) for arm in s.arms]))
    shoulder = s.arms[side][0]
    off = (shoulder - target) * [1.0, 1.0, 0.0]
    off /= max(float(np.linalg.norm(off)), 1e-9)
    wrist = target + 0.03 * off - np.array([0, 0, 0.07])
    way = wrist - shoulder
    far = float(np.linalg.norm(way))
    way /= max(far, 1e-9)
    far = min(far, UPPER_ARM + FOREARM - 1e-3)
    along = (UPPER_ARM**2 - FOREARM**2 + far**2) / (2 * far)
    bend = np.array([0, 0, -1.0]) - way * -way[2]
    bend /= max(float(np.linalg.norm(bend)), 1e-9)
    elbow = shoulder + way * along + bend * np.sqrt(max(UPPER_ARM**2 - along**2, 0.0))
    arm = np.stack([shoulder, elbow, shoulder + way * far])
    arms = (arm, s.arms[1]) if side == 0 else (s.arms[0], arm)
    return replace(s, arms=arms, palm=(side, np.array([0, 0.0, 1.0]), off))


def _laid(s: Skeleton) -> Skeleton:
    """On the back, head toward -Y of where the figure would face."""
    r = about((1, 0, 0), 90)
    shift = np.array([0.0, 0.85, 0.13])

    def at(p: NDArray) -> NDArray:
        return p @ r.T + shift

    return Skeleton(
        at(s.pelvis),
        r @ s.pelvis_frame,
        r @ s.chest_frame,
        at(s.neck),
        at(s.head),
        r @ s.head_frame,
        (at(s.legs[0]), at(s.legs[1])),
        (at(s.arms[0]), at(s.arms[1])),
        (r @ s.toes[0], r @ s.toes[1]),
    )

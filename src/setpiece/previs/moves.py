"""A camera move between two drawn panels: both are carried along the way and one becomes the other.

A turn of the head (pan, tilt, roll, zoom) maps pictures by a homography exactly. Where the camera
travels it is that of the plane through the subject, facing the camera: what is nearer or farther
slips, as on a board that an editor pushes in on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.previs import model
from setpiece.previs.panel import through
from setpiece.render.camera import Camera

U8 = NDArray[np.uint8]
F64 = NDArray[np.float64]
DISSOLVE = 0.16  # share of a move in which one drawing becomes the other


@dataclass(frozen=True)
class Move:
    """From one camera to another; `subject` [m] is what both look at."""

    start: Camera
    end: Camera
    subject: tuple[float, float, float]


def move_of(camera: model.Camera, width: int) -> Move:
    """The move of a camera of the boards; its subject is where it looks at first."""
    return Move(through(camera, width), through(camera, width, 1.0), camera.target)


def between(start: U8, end: U8, move: Move, share: float) -> U8:
    """The picture at a share of the way, 0..1: the two ends, each carried here, one over the other.

    start, end: uint8 (h, w, 3), display-referred, of the cameras' size.
    """
    if share <= 0 or share >= 1:
        return start if share <= 0 else end
    here = midway(move, share)
    # A dissolve shows lines twice: it is short, in the middle, and only where both ends have seen.
    sharp = float(np.clip((share - 0.5) / DISSOLVE + 0.5, 0, 1))
    near, far = ((start, move.start), (end, move.end))[:: 1 if sharp < 0.5 else -1]
    one = _carried(near[0], _homography(near[1], here, move.subject))
    if one is None:  # the camera passes the subject: a dissolve is all there is
        return np.asarray(cv2.addWeighted(start, 1 - share, end, share, 0), np.uint8)
    picture, seen = one
    if sharp in (0.0, 1.0) and seen is None:
        return picture
    two = _carried(far[0], _homography(far[1], here, move.subject))
    if two is None:
        return picture
    other, other_seen = two
    share_near = max(sharp, 1 - sharp)
    out = picture if share_near == 1 else cv2.addWeighted(
        picture, share_near, other, 1 - share_near, 0)  # fmt: skip
    if other_seen is not None and share_near < 1:
        out = cv2.copyTo(picture, cv2.bitwise_not(other_seen), out)
    if seen is not None:
        gap = cv2.bitwise_not(seen)
        if other_seen is not None:
            gap = cv2.bitwise_and(gap, other_seen)
        out = cv2.copyTo(other, gap, out.copy() if out is picture else out)
    return np.asarray(out, np.uint8)


def midway(move: Move, share: float) -> Camera:
    """The camera at a share of the way: straight on, turning evenly, zooming evenly."""
    a, b = move.start, move.end
    angle, _ = cv2.Rodrigues(b.rotation @ a.rotation.T)
    part, _ = cv2.Rodrigues(angle * share)
    return replace(
        a,
        position=a.position * (1 - share) + b.position * share,
        rotation=part @ a.rotation,
        focal=a.focal * (b.focal / a.focal) ** share,
    )


def travel(move: Move) -> float:
    """How far the corner of the picture that goes farthest goes, from end to end [px]."""
    w, h = move.start.width, move.start.height
    corners = np.array([[0.0, 0.0, 1.0], [w, 0.0, 1.0], [w, h, 1.0], [0.0, h, 1.0]])
    gone = corners @ _homography(move.start, move.end, move.subject).T
    if (gone[:, 2] < 1e-3).any():
        return float(w)
    return float(np.abs(gone[:, :2] / gone[:, 2:] - corners[:, :2]).max())


def _homography(a: Camera, b: Camera, subject: tuple[float, float, float]) -> F64:
    """Pixels of a picture from `a` to those from `b`, by the subject's plane facing `a`."""
    distance = max(float(a.rotation[2] @ (np.asarray(subject) - a.position)), 0.3)
    # In a's axes the plane is n . x = 1 with n = (0, 0, 1 / distance).
    travel = b.rotation @ (a.position - b.position)
    plane = b.rotation @ a.rotation.T + np.outer(travel, (0.0, 0.0, 1.0 / distance))
    out: F64 = _intrinsic(b) @ plane @ np.linalg.inv(_intrinsic(a))
    return out


def _intrinsic(c: Camera) -> F64:
    return np.array([[c.focal, 0, c.centre[0]], [0, c.focal, c.centre[1]], [0, 0, 1.0]])


def _carried(picture: U8, matrix: F64) -> tuple[U8, U8 | None] | None:
    """The picture carried along, and where it reaches (None: everywhere). None where a corner of
    the frame looks past it, over its horizon or through it."""
    h, w = picture.shape[:2]
    corners = np.array([[0.0, 0.0, 1.0], [w, 0.0, 1.0], [w, h, 1.0], [0.0, h, 1.0]])
    if not np.isfinite(matrix).all() or np.linalg.cond(matrix) > 1e12:
        return None
    back = corners @ np.linalg.inv(matrix).T
    if (back[:, 2] * np.sign(matrix[2, 2] or 1.0) <= 1e-6 * np.abs(back[:, 2]).max()).any():
        return None
    back = back[:, :2] / back[:, 2:]
    # What neither end has seen is filled from the nearest edge.
    moved = cv2.warpPerspective(
        picture, matrix, (w, h), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    inside = (back >= -0.5).all() and (back <= np.array((w, h)) + 0.5).all()
    if inside:
        return moved, None
    mask = np.full((h, w), 255, np.uint8)
    return moved, np.asarray(
        cv2.warpPerspective(mask, matrix, (w, h), flags=cv2.INTER_NEAREST), np.uint8
    )

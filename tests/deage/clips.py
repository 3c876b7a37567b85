"""Small clips composed of public portraits, with the truth of what was put where."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from setpiece.deage.detect import find
from setpiece.deage.face import LIPS, MESH, RIGHT_EYE
from setpiece.media.exr import write_exr

Picture = np.ndarray
ANA, LEO = "020513_1947", "021550_1977"


def head(portrait: Picture) -> tuple[Picture, Picture]:
    """A head cut out: the square around it (h, w, 3) and an oval matte of it (h, w)."""
    face = find(portrait)[0]
    x0, y0, x1, y1 = face.box
    w, h = x1 - x0, y1 - y0
    a, b = max(round(x0 - 0.3 * w), 0), max(round(y0 - 0.45 * h), 0)
    cut = portrait[b : round(y1 + 0.2 * h), a : round(x1 + 0.3 * w)]
    matte = np.zeros(cut.shape[:2], np.float32)
    middle = (round((x0 + x1) / 2 - a), round((y0 + y1) / 2 - 0.1 * h - b))
    cv2.ellipse(matte, middle, (round(0.68 * w), round(0.74 * h)), 0, 0, 360, (1.0,), -1)
    return cut, cv2.GaussianBlur(matte, (0, 0), 3)


def over(frame: Picture, what: tuple[Picture, Picture], at: tuple[float, float]) -> None:
    """Lay a cut-out with its middle at (x, y) on a frame, in place; it may hang over the edge."""
    cut, matte = what
    h, w = cut.shape[:2]
    move = np.array([[1, 0, at[0] - w / 2], [0, 1, at[1] - h / 2]], np.float64)
    size = (frame.shape[1], frame.shape[0])
    alpha = cv2.warpAffine(matte, move, size)[..., None]
    frame += alpha * (cv2.warpAffine(cut, move, size) - frame)


def shrunk(what: tuple[Picture, Picture], k: float) -> tuple[Picture, Picture]:
    """A cut-out at another size."""
    cut, matte = (cv2.resize(p, None, fx=k, fy=k, interpolation=cv2.INTER_AREA) for p in what)
    return cut, matte


def wall(h: int, w: int) -> Picture:
    """A background with some structure and no face."""
    y, x = np.mgrid[:h, :w].astype(np.float32)
    grey = 0.12 + 0.03 * np.sin(x / 17) * np.cos(y / 23)
    return np.dstack([grey * 0.8, grey, grey * 1.2]).astype(np.float32)


def drift(portrait: Picture, frames: int, side: int = 256) -> list[Picture]:
    """A portrait that moves and turns a little, as a hand-held camera would show it."""
    h, w = portrait.shape[:2]
    out = []
    for i in range(frames):
        move = cv2.getRotationMatrix2D((w / 2, h / 2 - 40), 2 * np.sin(i / 3), side / 460)
        move[:, 2] += (side / 2 - w / 2 + 2 * i, side / 2 - h / 2 + 40 + np.sin(i))
        out.append(
            cv2.warpAffine(
                portrait, move, (side, side), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT
            )
        )
    return [np.maximum(p, 0) for p in out]


def write(folder: Path, frames: Sequence[Picture]) -> Path:
    """Frames as an EXR sequence; the pattern to open it by."""
    for i, frame in enumerate(frames):
        write_exr(folder / f"plate.{1001 + i}.exr", {"rgb": frame})
    return folder / "plate.####.exr"


def middle_of(points: np.ndarray) -> np.ndarray:
    """Middle of a mesh (478, 3) in the picture, (2,)."""
    return points[:MESH, :2].mean(0)


def features(points: np.ndarray) -> np.ndarray:
    """Right eye and lips, whose middle hardly depends on the oval; (2,)."""
    return points[[*RIGHT_EYE, *LIPS], :2].mean(0)

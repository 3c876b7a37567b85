"""Portraits as training takes them: aligned, with their points, and where their skin is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.deage import face as mesh
from setpiece.deage.detect import find

F32 = NDArray[np.float32]
TAKEN = 2016  # about when the dated portraits were made: their names tell the birth year alone


@dataclass(frozen=True, eq=False)
class Portrait:
    """crop: display values (size, size, 3); points: (478, 2) in it; skin: 0..1 (size, size);
    age: about, 0 where nobody knows."""

    crop: F32
    points: F32
    skin: F32
    age: float


def held_out() -> set[str]:
    """Names that are never trained or tuned on."""
    return set((Path(__file__).parent / "held_out.txt").read_text().split())


def detected(path: Path) -> tuple[F32, mesh.Face] | None:
    """The portrait, display values, and its largest face."""
    picture = cv2.imread(str(path))
    if picture is None:
        return None
    rgb = np.ascontiguousarray(picture[..., ::-1])
    faces = find(rgb)
    return (rgb.astype(np.float32) / 255, faces[0]) if faces else None


def portrait(rgb: F32, face: mesh.Face, name: str, size: int, rng: np.random.Generator) -> Portrait:
    """Aligned to `size`; a grey portrait is given a skin's colours."""
    aligned = mesh.align(face, size)
    crop = np.clip(aligned.crop(rgb), 0, 1)
    if float(np.abs(crop[..., 0] - crop[..., 2]).mean()) < 0.004:
        crop = _tinted(crop[..., 1], rng)
    born = name.partition("_")[2]
    age = float(TAKEN - int(born)) if born.isdigit() else 0.0
    return Portrait(crop, aligned.points, skin(crop, aligned.points), age)


def _tinted(grey: F32, rng: np.random.Generator) -> F32:
    """Light skin's reds to dark skin's browns over a grey portrait."""
    warm = rng.uniform(0.6, 1.3)
    power = np.array([1 - 0.18 * warm, 1 + 0.06 * warm, 1 + 0.26 * warm], np.float32)
    return np.asarray(np.clip(grey, 0, 1)[..., None] ** power, np.float32)


def skin(crop: F32, p: F32) -> F32:
    """Face, forehead above the mesh and neck, without eyes, brows and lips, 0..1. Above and below
    the mesh only what is of the face's own colour."""
    size = len(crop)
    up = p[10] - p[152]
    u = float(np.linalg.norm(up)) / 100
    oval = p[list(mesh.OVAL)].copy()
    top = [list(mesh.OVAL).index(i) for i in (103, 67, 109, 10, 338, 297, 332)]
    oval[top] += 0.34 * up
    face = _fill(size, p[list(mesh.OVAL)])
    jaw = p[[132, 58, 172, 136, 150, 149, 152, 378, 379, 365, 397, 288, 361]]
    where = np.maximum(_fill(size, oval), _fill(size, np.vstack([jaw, jaw[[-1, 0]] - 0.75 * up])))
    out = np.zeros((size, size), np.float32)
    for chain, grow in ((mesh.RIGHT_EYE, 1.2), (mesh.LEFT_EYE, 1.2), (mesh.RIGHT_BROW, 1.2),
                        (mesh.LEFT_BROW, 1.2), (mesh.LIPS, 1.03)):  # fmt: skip
        q = p[list(chain)]
        out = np.maximum(out, _fill(size, q.mean(0) + (q - q.mean(0)) * grow))
    lab = cv2.cvtColor(cv2.GaussianBlur(crop, (0, 0), 0.8 * u), cv2.COLOR_RGB2LAB)
    core = cv2.erode(face * (1 - out), np.ones((3, 3)), iterations=max(1, int(4 * u))) > 0.5
    pixels = lab[core] if core.any() else lab.reshape(-1, 3)
    middle = np.median(pixels, 0)
    spread = 1.4826 * np.median(np.abs(pixels - middle), 0)
    z = (lab - middle) / (np.minimum(spread, [9, 3, 3]) + np.array([3, 1, 1]))
    far = np.sqrt(0.5 * np.minimum(z[..., 0], 0) ** 2 + 0.35 * np.maximum(z[..., 0], 0) ** 2
                  + 1.2 * z[..., 1] ** 2 + 1.2 * z[..., 2] ** 2)  # fmt: skip
    beside = np.clip((3.4 - far) / 1.0, 0, 1)
    inside = np.clip((7.0 - far) / 2, 0, 1)
    like = np.where(face > 0.5, inside, beside).astype(np.float32)
    return np.asarray(where * (1 - out) * cv2.GaussianBlur(like, (0, 0), 0.5 * u), np.float32)


def _fill(size: int, polygon: F32) -> F32:
    out = np.zeros((size, size), np.float32)
    cv2.fillPoly(out, [np.round(polygon * 8 - 4).astype(np.int32)], 1.0, cv2.LINE_AA, 3)
    return out

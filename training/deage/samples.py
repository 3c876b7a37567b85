"""Painted samples on disk, and the crops that training takes of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]
STEP = 4  # of 1/255, in which deltas are kept


@dataclass(frozen=True, eq=False)
class Sample:
    """photo: uint8 (h, w, 3); delta: int16 (h, w, 3), in 1/STEP of 1/255, that paints age on it;
    years: float16 (h, w), how much; skin: uint8 (h, w); age: of the photograph, about, or 0 where
    nobody knows; weight: how often it is drawn."""

    photo: NDArray[np.uint8]
    delta: NDArray[np.int16]
    years: NDArray[np.float16]
    skin: NDArray[np.uint8]
    age: float
    weight: float


def load(folder: Path, split: str) -> list[Sample]:
    """Every sample of a split that has been made, by name."""
    out = []
    for path in sorted((folder / split).glob("*.npz")):
        with np.load(path) as d:
            age = float(d["age"])
            # What is taken from an old face's photograph is not known, only what was painted on
            # it; younger ones teach more plainly.
            weight = float(np.clip(1.35 - (age or 50) / 60, 0.15, 1))
            for k in range(int(d["count"])):
                out.append(
                    Sample(d["photo"], d[f"delta{k}"], d[f"years{k}"], d["skin"], age, weight)
                )
    return out


def look(s: Sample, size: int, rng: np.random.Generator) -> tuple[F32, F32, F32]:
    """One crop as training sees it: input (size, size, 5), delta back (size, size, 3), weight
    (size, size, 1). Turned, scaled, flipped, under other light and lens, then compressed."""
    h, w = s.skin.shape
    zoom = float(np.exp(rng.uniform(-0.25, 0.35)))
    turn = np.deg2rad(rng.normal(0, 7))
    flip = -1.0 if rng.random() < 0.5 else 1.0
    half = size / 2 / zoom
    at = [rng.uniform(min(half, d / 2), max(d - half, d / 2)) for d in (w, h)]
    if rng.random() < 0.7:  # mostly where the skin is
        ys, xs = np.nonzero(s.skin[::8, ::8] > 128)
        if len(ys):
            k = int(rng.integers(len(ys)))
            at = [np.clip(8 * v + rng.uniform(-20, 20), min(half, d / 2), max(d - half, d / 2))
                  for v, d in ((xs[k], w), (ys[k], h))]  # fmt: skip
    c, n = zoom * np.cos(turn), zoom * np.sin(turn)
    m = np.array([[flip * c, flip * n, 0], [-n, c, 0]])
    m[:, 2] = size / 2 - m[:, :2] @ at
    how = {"flags": cv2.INTER_LINEAR, "borderMode": cv2.BORDER_REFLECT}

    def cut(a: NDArray[np.generic]) -> F32:
        return np.asarray(cv2.warpAffine(a, m, (size, size), **how), np.float32)

    photo = cut(s.photo) / 255
    delta = cut(s.delta) / (255 * STEP)
    years, skin = cut(s.years.astype(np.float32)), cut(s.skin) / 255
    # Only some of the painted years are there, only some of those are to go.
    there = 0.0 if rng.random() < 0.06 else rng.uniform(0.5, 1.0)
    taken = float(rng.choice([0.0, rng.uniform(0.2, 1), 1.0], p=[0.06, 0.24, 0.7]))
    aged = photo + there * delta
    photo, aged = _light(photo, aged, size, rng)
    back = (photo - aged) * taken
    if rng.random() < 0.5:
        blur = rng.uniform(0.4, 1.3)
        aged, back = (cv2.GaussianBlur(v, (0, 0), blur) for v in (aged, back))
    aged = _recorded(aged, rng)
    base = (s.age or rng.uniform(35, 70)) + rng.normal(0, 3)
    now = base + there * years
    wanted = now - taken * there * years
    ages = np.stack([now, wanted], -1) / 100
    x = np.concatenate([aged, ages], -1)
    weight = (0.3 + skin)[..., None]
    return x.astype(np.float32), back.astype(np.float32), weight.astype(np.float32)


def _light(photo: F32, aged: F32, size: int, rng: np.random.Generator) -> tuple[F32, F32]:
    """Both under the same other light, exposure, contrast and colour."""
    line = np.linspace(-1, 1, size, dtype=np.float32)
    fall = rng.normal(0, 0.18, 2)
    field = np.exp(fall[0] * line[None, :] + fall[1] * line[:, None])[..., None]
    dark = rng.random() < 0.35  # darker skin than the portraits have most of
    gain = rng.uniform(0.45, 0.8) if dark else rng.uniform(0.75, 1.15)
    gains = gain * np.exp(rng.normal(0, 0.07, 3)).astype(np.float32)
    gamma = np.exp(rng.normal(0.15 if dark else 0, 0.15))
    grey = rng.uniform(0, 0.9) if rng.random() < 0.25 else 0.0
    lift = rng.uniform(0, 0.05)

    def seen(v: F32) -> F32:
        v = np.clip(v, 0, 1) ** np.float32(gamma) * field * gains
        v = v + grey * (v.mean(-1, keepdims=True) - v)
        return np.asarray(np.clip(lift + (1 - lift) * v, 0, 1), np.float32)

    return seen(photo), seen(aged)


def _recorded(aged: F32, rng: np.random.Generator) -> F32:
    """Grain and compression, which nobody asked to have taken away."""
    out = aged
    if rng.random() < 0.6:
        grain = rng.normal(0, rng.uniform(0.002, 0.025), out.shape).astype(np.float32)
        if rng.random() < 0.5:
            grain = cv2.GaussianBlur(grain, (0, 0), rng.uniform(0.4, 1.0))
        out = out + grain
    if rng.random() < 0.5:
        whole = np.clip(out * 255 + 0.5, 0, 255).astype(np.uint8)
        quality = int(rng.integers(45, 97))
        _, packed = cv2.imencode(".jpg", whole, [cv2.IMWRITE_JPEG_QUALITY, quality])
        out = cv2.imdecode(packed, cv2.IMREAD_COLOR).astype(np.float32) / 255
    return np.asarray(np.clip(out, 0, 1), np.float32)

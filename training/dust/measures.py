"""How near one dust is to another: figures for training to watch and for `bench/dust.py`."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.render.light import Light
from setpiece.render.volume import in_light

F32 = NDArray[np.float32]
TINT = (0.75, 0.71, 0.66)  # of thick dust
SKY = (0.42, 0.5, 0.62)
STREET = (0.13, 0.125, 0.12)
BANDS = 5  # octaves, the finest from 2 to 4 pixels


def picture(raw: F32, light: Light, solid: F32) -> F32:
    """The dust over a plain sky and a plain street, display values 0..1, (h, w, 3)."""
    passes = in_light(raw, light, TINT)
    behind = np.where(np.isfinite(solid)[..., None], np.float32(STREET), np.float32(SKY))
    out = passes.rgb + passes.transmittance[..., None] * behind
    return np.asarray(np.clip(out, 0, 1) ** np.float32(1 / 2.2), np.float32)


def dusty(*raws: F32) -> NDArray[np.bool_]:
    """Where any of the passes shows dust, and a few pixels around it."""
    left = np.min([r[..., 3] for r in raws], axis=0).astype(np.float32)
    return np.asarray(cv2.erode(left, np.ones((9, 9), np.uint8)) < 0.98)


def psnr(a: F32, b: F32, where: NDArray[np.bool_]) -> float:
    """[dB], of pictures 0..1."""
    return float(-10 * np.log10(np.mean((a[where] - b[where]) ** 2) + 1e-12))


def gradient_error(a: F32, truth: F32, where: NDArray[np.bool_]) -> float:
    """Mean difference of gradients over the mean gradient of the truth; blurring everything
    away gives 1."""
    total, own = 0.0, 0.0
    for axis in (0, 1):
        d, e = np.diff(a, axis=axis), np.diff(truth, axis=axis)
        m = where[1:] & where[:-1] if axis == 0 else where[:, 1:] & where[:, :-1]
        total += float(np.abs(d - e)[m].sum())
        own += float(np.abs(e)[m].sum())
    return total / max(own, 1e-9)


def bands(a: F32, where: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Energy of luminance in `BANDS` octaves, finest first [display units squared]."""
    grey = a.mean(axis=2).astype(np.float32)
    out = []
    for _ in range(BANDS):
        low = cv2.GaussianBlur(grey, (0, 0), 1.0)
        out.append(float(np.mean((grey - low)[where] ** 2)))
        grey = np.ascontiguousarray(low[::2, ::2])
        where = np.ascontiguousarray(where[::2, ::2])
    return np.array(out)


def spectrum_error(a: F32, truth: F32, where: NDArray[np.bool_]) -> float:
    """Mean distance of the energies of the octaves [dB]."""
    ratio = (bands(a, where) + 1e-9) / (bands(truth, where) + 1e-9)
    return float(np.abs(10 * np.log10(ratio)).mean())


def flicker(a: F32, after: F32, motion: F32, where: NDArray[np.bool_]) -> float:
    """Mean change from a to the frame after it once that is moved back along `motion`
    ((h, w, 2) [px]), in display units times 1000."""
    h, w = a.shape[:2]
    x, y = np.meshgrid(np.arange(w, dtype=np.float32), np.arange(h, dtype=np.float32))
    back = cv2.remap(after, x + motion[..., 0], y + motion[..., 1], cv2.INTER_LINEAR)
    inside = (x + motion[..., 0] >= 0) & (x + motion[..., 0] <= w - 1)
    inside &= (y + motion[..., 1] >= 0) & (y + motion[..., 1] <= h - 1) & where
    return 1000 * float(np.abs(back - a)[inside].mean())

"""Camera shake from the mass that lands."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.motion import Motion

F32 = NDArray[Any]  # float32; OpenCV's stubs do not say so

DECAY = 0.45  # seconds in which a jolt dies to 1/e


def shake_path(motion: Motion, frames: int, amount: float, seed: int = 0, px: float = 3.0) -> F32:
    """Offsets (frames, 2) of the picture [px, x right, y down], (0, 0) before the first impact.

    The energy of the impacts, let die away over 0.45 s, drives a handheld-like motion of 3 to
    9 Hz. amount: the brief's shake, 0 none, 1 normal. px: peak offset at amount 1.
    """
    out = np.zeros((frames, 2), np.float32)
    if amount <= 0 or not len(motion.impact_time):
        return out
    times = np.arange(frames) / float(motion.fps)
    energy = np.zeros(frames)
    slot = np.floor(np.asarray(motion.impact_time) * float(motion.fps)).astype(int)
    inside = (slot >= 0) & (slot < frames)
    np.add.at(energy, slot[inside], np.asarray(motion.impact_energy, float)[inside])
    level = np.zeros(frames)
    keep = np.exp(-1 / (DECAY * float(motion.fps)))
    for i in range(frames):
        level[i] = energy[i] + (level[i - 1] * keep if i else 0.0)
    if level.max() <= 0:
        return out
    envelope = np.sqrt(level / level.max())  # an offset goes with the root of the energy
    rng = np.random.default_rng([seed & 0x7FFFFFFF, 4021])
    for axis, gain in ((0, 0.6), (1, 1.0)):
        wave = np.zeros(frames)
        for rate in (3.1, 4.7, 6.3, 8.9):
            phase = rng.uniform(0, 2 * np.pi)
            wave += np.sin(2 * np.pi * rate * (1 + 0.1 * rng.uniform(-1, 1)) * times + phase) / rate
        wave /= max(float(np.abs(wave).max()), 1e-9)
        out[:, axis] = (gain * px * amount * envelope * wave).astype(np.float32)
    out[np.abs(out).max(1) < 0.02] = 0.0
    return out


def apply_shake(picture: F32, offset: tuple[float, float]) -> F32:
    """The picture moved by (x, y) [px], bicubic, edges mirrored. The whole frame is resampled,
    so bit-for-bit comparison with the plate is made before this. (0, 0) returns it as it is."""
    dx, dy = float(offset[0]), float(offset[1])
    if dx == 0.0 and dy == 0.0:
        return picture
    h, w = picture.shape[:2]
    matrix = np.array([[1, 0, dx], [0, 1, dy]], np.float64)
    moved = cv2.warpAffine(
        picture, matrix, (w, h), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101
    )
    return np.maximum(moved, 0).astype(np.float32)

"""Landmarks without jitter and without lag; weights that come and go softly.

The whole clip is known, so every filter here is symmetric in time: it has no phase, and what
moves evenly is not touched at all.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from setpiece.deage.face import STILL, Face

FADE = 4  # frames in which an effect comes or goes
_REACH = 5  # frames to either side that steady a landmark
_NOISE = 0.006  # what the landmark model itself wanders by, in face heights


def steady(points: NDArray[np.float32]) -> NDArray[np.float32]:
    """Landmarks (n, 478, 3) [px] of one stretch, steadied.

    Each point's way is fitted by a parabola over eleven frames, weighted to the middle (Savitzky
    & Golay 1964), so that even speed and even acceleration come through unchanged. Where the fit
    misses what was seen by more than the model's own noise the face did move so, a blink or a
    start, and what was seen is kept.
    """
    n = len(points)
    if n < 3:
        return points
    smooth = np.empty_like(points)
    for i in range(n):
        low, high = max(i - _REACH, 0), min(i + _REACH + 1, n)
        t = np.arange(low, high, dtype=np.float64) - i
        weight = np.exp(-((t / 3.0) ** 2))
        degree = 2 if high - low > 4 else 1
        basis = np.vander(t, degree + 1, increasing=True)
        pull = np.linalg.pinv(basis * weight[:, None])[0] * weight
        smooth[i] = np.tensordot(pull, points[low:high].astype(np.float64), axes=1)
    height = np.array([Face(p, 1.0).height for p in points])[:, None, None]
    # The head as a whole keeps its own way, so that an expression is not judged by a turn.
    still = list(STILL)
    moved = np.median((points - smooth)[:, still], axis=1, keepdims=True)
    own = np.linalg.norm((points - smooth - moved)[..., :2], axis=-1, keepdims=True) / height
    whole = np.linalg.norm(moved[..., :2], axis=-1, keepdims=True) / height
    keep = _beyond(own)
    keep_head = _beyond(whole)
    out = smooth + keep_head * moved + keep * (points - smooth - moved)
    return out.astype(np.float32)


def _beyond(apart: NDArray[np.floating]) -> NDArray[np.floating]:
    """0 for what is noise, 1 for what is motion."""
    t = np.clip((apart / _NOISE - 1) / 2, 0, 1)
    return t * t * (3 - 2 * t)


def fade(
    weight: NDArray[np.float32], shot: NDArray[np.int32], there: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """Weights (n,) that change by no more than one in FADE frames, and are nowhere larger.

    A cut needs no fade. A face that is lost within a shot has faded out by the frame before.
    """
    out = np.where(there, weight, 0).astype(np.float32)
    step = np.float32(1 / FADE)
    for order in (range(1, len(out)), range(len(out) - 2, -1, -1)):
        for i in order:
            j = i - 1 if order.step > 0 else i + 1
            if shot[i] == shot[j]:
                out[i] = min(out[i], out[j] + step)
    return out * out * (3 - 2 * out)

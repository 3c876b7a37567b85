"""Where a hazy sky ends, when its colour does not tell."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.inpaint.fields import encode, luminance

F32 = NDArray[Any]


def above_horizon(image: F32, sky: F32) -> F32:
    """`sky` (h, w) cut at the first row where most of its width steps in brightness at once.

    Clouds do not do that; a sea, a lake or far land under haze does, and its colour is so near to
    the sky's that a mask by colour runs over it. image: (h, w, 3) scene-linear.
    """
    h = sky.shape[0]
    tone = cv2.GaussianBlur(luminance(encode(image)), (0, 0), max(1.0, h / 500))
    slope = cv2.Sobel(tone, cv2.CV_32F, 0, 1, ksize=3) / 8
    inside = cv2.erode((sky > 0.6).astype(np.uint8), np.ones((1, 5), np.uint8)) > 0
    wide = inside.mean(1) > 0.12
    rows_of = zip(slope, inside, wide, strict=True)
    step = np.array([abs(np.median(row[m])) if ok else 0.0 for row, m, ok in rows_of])
    if wide.sum() < 10:
        return sky
    limit = max(12 * float(np.median(step[wide])), 0.006)
    rows = np.nonzero(step > limit)[0]
    rows = rows[rows > 0.08 * h]
    if not len(rows):
        return sky
    fade = max(2.0, h / 100)
    keep = np.clip((rows[0] - np.arange(h)) / fade, 0, 1)[:, None]
    return np.asarray(sky * keep, np.float32)

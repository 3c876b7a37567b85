"""Where a hazy sky ends, when its colour does not tell."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.inpaint.fields import encode, luminance

F32 = NDArray[Any]

WORK = 430  # rows at which steps are measured
PLAIN = 0.03  # a step that needs no finding; land under haze steps by 0.008
ROUGH = 0.035  # mean Laplacian, encoded, of a hill; of torn clouds 0.015
WIDE = 0.2  # of the frame that must be sky for a row to be read


def above_horizon(sky: F32, row: float | None) -> F32:
    """`sky` (h, w) cut at the row that `horizon_row` found."""
    if row is None:
        return sky
    h = sky.shape[0]
    keep = np.clip((row - np.arange(h)) / max(2.0, h / 100), 0, 1)[:, None]
    return np.asarray(sky * keep, np.float32)


def horizon_row(image: F32, sky: F32) -> float | None:
    """First row [px] where most of the sky's width steps in brightness at once, None without.

    Clouds do not do that; a sea, a lake or far land under haze does, and its colour is so near to
    the sky's that a mask by colour runs over it. image: (h, w, 3) scene-linear. sky: (h, w).
    """
    h, w = sky.shape
    # at one size, so that what is a step does not hang on the resolution of the plate
    small = (max(8, round(w * WORK / h)), WORK)
    tone = cv2.resize(luminance(encode(image)), small, interpolation=cv2.INTER_AREA)
    tone = cv2.GaussianBlur(tone, (0, 0), 1.0)
    slope = cv2.Sobel(tone, cv2.CV_32F, 0, 1, ksize=3) / 8
    open_sky = cv2.resize(sky, small, interpolation=cv2.INTER_AREA) > 0.6
    inside = cv2.erode(open_sky.astype(np.uint8), np.ones((1, 5), np.uint8)) > 0
    # a gap between roofs is too narrow to tell: what steps there may be a cloud or a far roof
    wide = inside.mean(1) > WIDE
    rows_of = zip(slope, inside, wide, strict=True)
    step = np.array([_common_step(row[m]) if ok else 0.0 for row, m, ok in rows_of])
    if wide.sum() < 10:
        return None
    limit = max(12 * float(np.median(step[wide])), 0.006)
    rows = np.nonzero(step > limit)[0]
    rows = rows[rows > 0.08 * WORK]
    if not len(rows):
        return None
    if step[rows[0] : rows[0] + 4].max() > PLAIN:
        return None  # a roof or a wood: its colour tells
    return float(rows[0]) * h / WORK


def smooth_enough(image: F32, sky: F32) -> F32:
    """`sky` (h, w) without its rough parts, where most of it is too rough to be sky.

    A wooded hill under haze has the sky's colour and passes for it; clouds, however torn, keep
    most of their area smooth. image: (h, w, 3) scene-linear.
    """
    h, w = sky.shape
    small = (max(8, round(w * WORK / h)), WORK)
    tone = cv2.resize(luminance(encode(image)), small, interpolation=cv2.INTER_AREA)
    rough = cv2.GaussianBlur(np.abs(cv2.Laplacian(tone, cv2.CV_32F, ksize=1)), (0, 0), 4.0)
    inside = cv2.erode(cv2.resize(sky, small, interpolation=cv2.INTER_AREA), np.ones((5, 5))) > 0.9
    if not inside.any() or float(np.median(rough[inside])) < ROUGH:
        return sky
    keep = cv2.resize(np.clip(3 - 3 * rough / ROUGH, 0, 1), (w, h))
    return np.asarray(sky * keep, np.float32)


def _common_step(slope: F32) -> float:
    """Median size of the slopes (n,), 0 where they are not of one sign as along a shore they are.

    Banks of clouds brighten here and darken there: a fifth or more goes the other way.
    """
    middle = float(np.median(slope))
    return abs(middle) if (slope * np.sign(middle) > 0).mean() > 0.92 else 0.0

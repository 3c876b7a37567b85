"""Small picture tools that the layout's stages share."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.media.colour import to_display

U8 = NDArray[np.uint8]
F32 = NDArray[np.float32]


def display8(image: NDArray[np.float32], longest: int | None = None) -> U8:
    """Scene-linear (h, w, 3) as display sRGB uint8, optionally reduced to `longest` pixels."""
    if longest is not None:
        s = longest / max(image.shape[:2])
        if s < 1:
            image = cv2.resize(image, None, fx=s, fy=s, interpolation=cv2.INTER_AREA)
    return np.asarray(to_display(image) * 255 + 0.5).astype(np.uint8)


def exposed8(image: NDArray[np.float32], longest: int) -> U8:
    """As `display8`, but with the exposure of a dark or bright plate brought to normal."""
    s = longest / max(image.shape[:2])
    if s < 1:
        image = cv2.resize(image, None, fx=s, fy=s, interpolation=cv2.INTER_AREA)
    level = float(np.percentile(np.nan_to_num(image), 90))
    gain = 1.0 if 0.15 < level < 1.5 else 0.6 / max(level, 1e-4)
    return display8(np.asarray(image * np.float32(gain)))


def guided(guide: F32, values: F32, radius: int, eps: float) -> F32:
    """Edge-preserving smoothing of `values` (h, w) along a grey `guide` (h, w) in 0..1.

    He, Sun and Tang, Guided Image Filtering, PAMI 2013.
    """
    size = (2 * radius + 1, 2 * radius + 1)

    def mean(x: F32) -> F32:
        return np.asarray(cv2.blur(x, size, borderType=cv2.BORDER_REFLECT), np.float32)

    mg, mv = mean(guide), mean(values)
    var = mean(np.asarray(guide * guide, np.float32)) - mg * mg
    cov = mean(np.asarray(guide * values, np.float32)) - mg * mv
    a = cov / (var + np.float32(eps))
    b = mv - a * mg
    return mean(np.asarray(a, np.float32)) * guide + mean(np.asarray(b, np.float32))


def polygon_mask(points: NDArray[np.float64], width: int, height: int) -> F32:
    """Anti-aliased fill (h, w) 0..1 of a polygon in pixels (centres at +0.5)."""
    out = np.zeros((height, width), np.uint8)
    p = np.round((np.asarray(points, float) - 0.5) * 16).astype(np.int32)
    cv2.fillPoly(out, [p], 255, cv2.LINE_AA, 4)
    return out.astype(np.float32) / np.float32(255)


def straight_edges(grey: U8) -> NDArray[np.float32]:
    """Ends (n, 4) [px], x and y of each, of the straight edges in a picture (h, w) (R. Grompone von
    Gioi et al., "LSD", PAMI 2010, as OpenCV has it)."""
    found = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD).detect(grey)[0]
    return np.zeros((0, 4), np.float32) if found is None else found.reshape(-1, 4)

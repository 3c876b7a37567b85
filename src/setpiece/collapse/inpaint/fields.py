"""Smooth fields across holes: pull-push interpolation and a guided filter.

Pull-push: S. Gortler et al., "The Lumigraph", SIGGRAPH 1996. Guided filter: K. He, J. Sun,
X. Tang, "Guided image filtering", PAMI 2013.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

F32 = NDArray[Any]  # float32; OpenCV's stubs do not say so


def pull_push(values: F32, weight: F32) -> F32:
    """Extend `values` (h, w, c) from where `weight` (h, w) > 0 smoothly to everywhere.

    Full weight keeps the value; weight 0 takes it from ever coarser averages of what is known.
    """
    weight = np.clip(weight, 0, 1).astype(np.float32)
    if min(weight.shape) < 2 or max(weight.shape) < 3:
        total = weight.sum()
        mean = (values * weight[..., None]).sum((0, 1)) / max(float(total), 1e-6)
        return np.where(weight[..., None] > 0, values, mean).astype(np.float32)
    h, w = weight.shape
    half = ((w + 1) // 2, (h + 1) // 2)
    low_weight = cv2.resize(weight, half, interpolation=cv2.INTER_AREA)
    low = cv2.resize(values * weight[..., None], half, interpolation=cv2.INTER_AREA)
    low = low.reshape(*low_weight.shape, -1) / np.maximum(low_weight, 1e-6)[..., None]
    coarse = pull_push(low, np.minimum(low_weight * 4.0, 1.0))
    up = cv2.resize(coarse, (w, h), interpolation=cv2.INTER_CUBIC).reshape(h, w, -1)
    return (values * weight[..., None] + up * (1 - weight[..., None])).astype(np.float32)


def guided_filter(guide: F32, values: F32, radius: int, eps: float) -> F32:
    """Edge-following smoothing of `values` (h, w) by `guide` (h, w), both float32."""
    size = (2 * radius + 1, 2 * radius + 1)

    def box(a: F32) -> F32:
        return np.asarray(cv2.blur(a, size, borderType=cv2.BORDER_REFLECT), np.float32)

    mean_g, mean_v = box(guide), box(values)
    cov = box(guide * values) - mean_g * mean_v
    var = box(guide * guide) - mean_g * mean_g
    slope = cov / (var + np.float32(eps))
    return box(slope) * guide + box(mean_v - slope * mean_g)


def disc(radius: int) -> NDArray[np.uint8]:
    """A disc-shaped structuring element."""
    return np.asarray(
        cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1)), np.uint8
    )


def luminance(image: F32) -> F32:
    """Rec.709 luminance (h, w) of a linear picture (h, w, 3)."""
    return image @ np.array([0.2126, 0.7152, 0.0722], np.float32)


def encode(image: F32) -> F32:
    """Scene-linear to a near-perceptual scale (power 1/2.2, open above 1)."""
    return np.power(np.maximum(image, 0), np.float32(1 / 2.2)).astype(np.float32)


def decode(image: F32) -> F32:
    """Back from `encode`."""
    return np.power(np.maximum(image, 0), np.float32(2.2)).astype(np.float32)

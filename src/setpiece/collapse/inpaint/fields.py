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
TEXTURE_REACH = 0.015  # of the longer side: over which a texture is judged


def shrink(values: F32, size: tuple[int, int]) -> F32:
    """`values` (h, w) or (h, w, c) at `size` (width, height), each pixel the mean of its area."""
    if values.ndim == 3 and values.shape[2] > 4:  # as many as OpenCV takes at once
        parts = [
            shrink(np.ascontiguousarray(values[..., k : k + 4]), size)
            for k in range(0, values.shape[2], 4)
        ]
        return np.concatenate(parts, 2)
    small = cv2.resize(values, size, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32).reshape(size[1], size[0], *values.shape[2:])


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
    low = shrink(values * weight[..., None], half) / np.maximum(low_weight, 1e-6)[..., None]
    coarse = pull_push(low, np.minimum(low_weight * 4.0, 1.0))
    up = cv2.resize(coarse, (w, h), interpolation=cv2.INTER_CUBIC).reshape(h, w, -1)
    return (values * weight[..., None] + up * (1 - weight[..., None])).astype(np.float32)


def guess_by_label(values: F32, label: F32, unknown: NDArray[np.bool_]) -> F32:
    """Extend `values` (h, w, c) into `unknown` (h, w): what is labelled 1 (sky) from what is known
    with that label, the rest from the rest."""
    known = (~unknown).astype(np.float32)
    above, below = known * (label > 0.8), known * (label < 0.2)
    if not above.any():
        return pull_push(values, below)
    if not below.any():
        return pull_push(values, above)
    t = label[..., None]
    return np.asarray(t * pull_push(values, above) + (1 - t) * pull_push(values, below), np.float32)


def texture_of(picture: F32, known: NDArray[np.bool_]) -> F32:
    """Mean size (h, w, 2) of the horizontal and vertical steps nearby (`TEXTURE_REACH`).

    picture: (h, w, c). Steps that touch what is not `known` (h, w) are left out.
    """
    grey = picture[..., :3].mean(-1).astype(np.float32)
    reach = TEXTURE_REACH * max(known.shape)
    out = []
    for axis in (1, 0):
        step = np.abs(grey - np.roll(grey, 1, axis))
        here = (known & np.roll(known, 1, axis)).astype(np.float32)
        here[(slice(None), 0) if axis else 0] = 0
        share = cv2.GaussianBlur(here, (0, 0), reach)
        out.append(cv2.GaussianBlur(step * here, (0, 0), reach) / np.maximum(share, 1e-4))
    return np.stack(out, -1).astype(np.float32)


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

"""A street that lies in the shade of what the picture does not show: up to which height."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.inpaint.fields import luminance
from setpiece.collapse.layout.model import Layout
from setpiece.render.camera import Camera

F32 = NDArray[Any]  # float32; OpenCV's stubs do not say so

BANDS = 24  # of a wall's height
STEP = 1.7  # sunlit wall over shaded wall, at least
DARK = 0.3  # ground over sunlit wall, at most: shaded ground, not only dark ground
STEEPEST = 0.8


def street_shade(
    image: F32, layout: Layout, camera: Camera, sun: NDArray[np.float64]
) -> tuple[float, float, float]:
    """`Light.shade`: the plane that divides shade from sun, (0, 0, 0) where none was found.

    Looked for is a wall that faces the sun and is bright above, dark below, with a dark street in
    front: then what casts that shade stands across the street, and the shade's upper side climbs
    towards it as steeply as the sun stands. A dark plinth over a sunlit pavement is no shade.

    image: (h, w, 3) float32 scene-linear. sun: unit vector towards it, world.
    """
    h, w = image.shape[:2]
    lum = luminance(image)
    green = (image[..., 1] + 1e-3) / (0.5 * (image[..., 0] + image[..., 2]) + 1e-3)
    best = (0.0, 0.0, 0.0)
    seen = 400
    for prism in layout.prisms:
        if prism.base > 0.5:
            continue
        foot = np.asarray(prism.footprint, float)
        for a, b in zip(foot, np.roll(foot, -1, 0), strict=True):
            edge = b - a
            length = float(np.hypot(*edge))
            if length < 1.0:
                continue
            normal = np.array([edge[1], -edge[0]]) / length
            middle = (a + b) / 2
            if normal @ (camera.position[:2] - middle) <= 0 or normal @ sun[:2] < 0.05:
                continue
            levels = []
            count = 0
            for k in range(BANDS):
                z0, z1 = (prism.height * (k + j) / BANDS for j in (0, 1))
                quad = np.array([[*a, z0], [*b, z0], [*b, z1], [*a, z1]])
                values = _within(lum, camera, quad, h, w)
                count += len(values)
                levels.append(float(np.percentile(values, 65)) if len(values) > 20 else np.nan)
            if count < seen or np.isnan(levels).mean() > 0.3:
                continue
            found = _division(np.array(levels))
            if found is None:
                continue
            share, lit = found
            front = np.array(
                [[*a, 0.02], [*b, 0.02], [*(b + 6 * normal), 0.02], [*(a + 6 * normal), 0.02]]
            )
            street = _within(lum, camera, front, h, w)
            if len(street) < 50 or float(np.percentile(street, 65)) > DARK * lit:
                continue
            dark, bright = (
                np.array([[*a, z0], [*b, z0], [*b, z1], [*a, z1]]) * [1, 1, prism.height]
                for z0, z1 in ((0.0, share), (share, 1.0))
            )
            leaf = [float(np.median(_within(green, camera, q, h, w))) for q in (dark, bright)]
            if leaf[0] > 1.08 * leaf[1]:  # shrubs, not shade
                continue
            seen = count
            climb = min(float(sun[2]) / max(float(normal @ sun[:2]), 1e-3), STEEPEST)
            slope = climb * normal
            best = (
                float(prism.height * share - slope @ middle),
                float(slope[0]),
                float(slope[1]),
            )
    return best


def _within(lum: F32, camera: Camera, quad: NDArray, h: int, w: int) -> F32:
    pixels, depth = camera.project(quad)
    if (depth <= 0.1).any():
        return np.zeros(0, np.float32)
    mask = np.zeros((h, w), np.uint8)
    cv2.fillConvexPoly(mask, np.round(np.clip(pixels, -4 * w, 5 * w)).astype(np.int32), 1)
    return np.asarray(lum[mask > 0])


def _division(levels: NDArray[np.float64]) -> tuple[float, float] | None:
    """(height of the step as a share of the wall, level above it); None where there is none.

    The division that explains the bands best by one level below and one above, in log.
    """
    log = np.log(np.maximum(np.where(np.isnan(levels), np.nanmedian(levels), levels), 1e-4))
    n = len(log)
    cost = [log[:k].var() * k + log[k:].var() * (n - k) for k in range(2, n - 4)]
    k = 2 + int(np.argmin(cost))
    step = np.median(log[k:]) - np.median(log[:k])
    if step < np.log(STEP) or min(cost) > 0.6 * log.var() * n:
        return None
    return k / n, float(np.exp(np.median(log[k:])))

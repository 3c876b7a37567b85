"""Wrinkles as valleys in the skin: strokes in maps of depth, and how light falls into them."""

from __future__ import annotations

from math import erf, sqrt

import cv2
import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]
FINE = 4  # fixed-point bits of cv2.line
WIDTHS = (0.45, 0.8, 1.5, 3.0)  # sigma of the valleys, in hundredths of the face's height


def curve(points: F32, steps: int = 10) -> F32:
    """A smooth curve through points (n, 2): Catmull and Rom, 1974."""
    p = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    a, b, c, d = p[:-3, None], p[1:-2, None], p[2:-1, None], p[3:, None]
    on = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2
                + (3 * (b - c) + d - a) * t**3)  # fmt: skip
    return np.asarray(np.vstack([on.reshape(-1, 2), points[-1:]]), np.float32)


class Valleys:
    """Maps of depth, one a width, of a picture of (size, size) with `unit` pixels to a hundredth
    of the face's height. Depth 1 darkens skin by about a tenth in plain light."""

    def __init__(self, size: int, unit: float) -> None:
        self.size, self.unit = size, unit
        self.maps = [np.zeros((size, size), np.float32) for _ in WIDTHS]

    def stroke(
        self, points: F32, width: int, depth: float, rng: np.random.Generator, gaps: float = 0.0
    ) -> None:
        """A tapered valley along points (n, 2): it wanders, its depth varies, it may break off."""
        u = self.unit
        on = curve(np.asarray(points, np.float32))
        n = len(on)
        walk = np.cumsum(rng.normal(0, 0.10 * u, (n, 2)), 0)
        on = on + (walk - np.linspace(0, 1, n)[:, None] * walk[-1])
        along = np.linspace(0, 1, n)
        taper = np.sin(np.pi * np.clip(along, 0.03, 0.97)) ** rng.uniform(0.4, 0.9)
        wave = 1 + 0.3 * np.sin(along * rng.uniform(4, 22) + rng.uniform(0, 6.3))
        depths = depth * taper * wave
        if gaps > 0:
            at = np.sin(along * rng.uniform(8, 30) + rng.uniform(0, 6.3))
            depths = depths * np.clip((at + 1.6 - 1.6 * gaps) * 2, 0.15, 1)
        sigma = max(WIDTHS[width] * u, 0.45)
        thick = max(1, round(1.6 * sigma))
        depths = depths / erf(thick / (2 * sqrt(2) * sigma))
        lo = np.maximum(np.floor(on.min(0)).astype(int) - thick - 1, 0)
        hi = np.minimum(np.ceil(on.max(0)).astype(int) + thick + 2, self.size)
        if (hi <= lo).any():
            return
        part = np.zeros((hi[1] - lo[1], hi[0] - lo[0]), np.float32)
        fixed = np.round((on - lo) * (1 << FINE)).astype(int)
        for k in range(n - 1):
            a, b = fixed[k], fixed[k + 1]
            cv2.line(part, (int(a[0]), int(a[1])), (int(b[0]), int(b[1])), float(depths[k]), thick,
                     cv2.LINE_AA, FINE)  # fmt: skip
        into = self.maps[width][lo[1] : hi[1], lo[0] : hi[0]]
        np.maximum(into, part, out=into)

    def shade(self, light: F32, hard: float, ridge: float) -> F32:
        """What the valleys do to the skin, relative to its brightness, (size, size).

        light: (2,) where it comes from in the picture; hard: 0 from everywhere to 1 from there
        alone; ridge: how far the skin swells beside a valley.
        """
        out = np.zeros((self.size, self.size), np.float32)
        for width, lines in zip(WIDTHS, self.maps, strict=True):
            if not lines.any():
                continue
            sigma = max(width * self.unit, 0.45)
            v = cv2.GaussianBlur(lines, (0, 0), sigma)
            wide = cv2.GaussianBlur(v, (0, 0), 2.0 * sigma)
            h = ridge * np.maximum(1.5 * wide - v, 0) - v
            dx = cv2.Sobel(h, cv2.CV_32F, 1, 0, scale=0.125)
            dy = cv2.Sobel(h, cv2.CV_32F, 0, 1, scale=0.125)
            slope = -sigma * (light[0] * dx + light[1] * dy)
            out += 0.1 * ((1 - 0.5 * hard) * h + 1.4 * hard * slope)
        return out

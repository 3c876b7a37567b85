"""What is done to a marched picture of dust: pixels between rays, jitter, and a half-size march."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True, fastmath=True)
def between(every, depth, alike, raw, wanted):
    """Pixels between every other one, from their neighbours where these agree.

    every: (h', w', 5) rays through the pixels of even x and y, without their jitter. depth: of the
    scene (h, w). alike: how far sun, sky and ground light and what is left may differ.
    raw: (h, w, 5) receives the means. wanted: (h, w) receives 1 where a ray is needed after all.
    """
    h, w = depth.shape
    f4 = np.float32
    for y in range(h):
        j0, j1 = y // 2, (y + 1) // 2
        for x in range(w):
            wanted[y, x] = 0
            if not (x & 1 or y & 1):
                continue
            i0, i1 = x // 2, (x + 1) // 2
            if i1 >= every.shape[1] or j1 >= every.shape[0]:
                wanted[y, x] = 1
                continue
            low, high = every[j0, i0, 3], every[j0, i0, 3]
            far = f4(0.0)
            agree = True
            for j in (j0, j1):
                for i in (i0, i1):
                    low, high = min(low, every[j, i, 3]), max(high, every[j, i, 3])
                    for c in range(3):
                        agree = agree and abs(every[j, i, c] - every[j0, i0, c]) <= alike
                    far = max(far, every[j, i, 4])
            agree = agree and high - low <= alike
            if agree:
                # What stands behind opaque dust, or where there is none, does not matter.
                d = depth[y, x]
                if high <= 0:
                    agree = d > f4(1.3) * far
                else:
                    for j in (j0, j1):
                        for i in (i0, i1):
                            e = depth[2 * j, 2 * i]
                            agree = agree and abs(d - e) <= f4(0.02) * min(d, e)
            if not agree:
                wanted[y, x] = 1
                continue
            for c in range(5):
                raw[y, x, c] = f4(0.25) * (
                    every[j0, i0, c] + every[j0, i1, c] + every[j1, i0, c] + every[j1, i1, c]
                )


@njit(cache=True, nogil=True, fastmath=True)
def calm(raw, depth, out):
    """Average the march's jitter over 3x3 pixels, the period of its pattern, at equal depth.

    raw, out: (h, w, c); depth: of the scene behind (h, w). Pixels without dust stay as they are.
    """
    h, w, channels = raw.shape
    f4 = np.float32
    for y in range(h):
        for x in range(w):
            for c in range(channels):
                out[y, x, c] = raw[y, x, c]
            y0, y1, x0, x1 = max(y - 1, 0), min(y + 2, h), max(x - 1, 0), min(x + 2, w)
            bare = True
            for j in range(y0, y1):
                for i in range(x0, x1):
                    bare = bare and raw[j, i, 3] > f4(0.9999)
            if bare:
                continue
            near = f4(1.0) / max(depth[y, x], f4(1e-3))
            total = f4(0.0)
            for c in range(channels):
                out[y, x, c] = f4(0.0)
            for j in range(y0, y1):
                for i in range(x0, x1):
                    there = f4(1.0) / max(depth[j, i], f4(1e-3))
                    k = np.exp(f4(-40.0) * abs(near - there) / max(near + there, f4(1e-9)))
                    total += k
                    for c in range(channels):
                        out[y, x, c] += k * raw[j, i, c]
            for c in range(channels):
                out[y, x, c] /= total


@njit(cache=True, nogil=True)
def enlarge(small, small_depth, depth, out):
    """Twice the size, taking from the neighbours that lie at the same depth of the scene."""
    h, w = depth.shape
    sh, sw, channels = small.shape
    for y in range(h):
        fy = min(max((y + 0.5) * sh / h - 0.5, 0.0), sh - 1.0)
        j = min(int(fy), max(sh - 2, 0))
        b = fy - j
        for x in range(w):
            fx = min(max((x + 0.5) * sw / w - 0.5, 0.0), sw - 1.0)
            i = min(int(fx), max(sw - 2, 0))
            a = fx - i
            total = 0.0
            for c in range(channels):
                out[y, x, c] = 0.0
            near = 1.0 / max(depth[y, x], 1e-3)
            for q in range(2):
                for p in range(2):
                    jj, ii = min(j + q, sh - 1), min(i + p, sw - 1)
                    there = 1.0 / max(small_depth[jj, ii], 1e-3)
                    change = abs(near - there) / max(near + there, 1e-9)
                    k = (a if p else 1 - a) * (b if q else 1 - b) * np.exp(-40.0 * change) + 1e-6
                    total += k
                    for c in range(channels):
                        out[y, x, c] += k * small[jj, ii, c]
            for c in range(channels):
                out[y, x, c] /= total

"""What is done to a marched picture of dust: pixels between rays, jitter, and a half-size march."""

from __future__ import annotations

import numpy as np
from numba import njit

OPAQUE = 0.02  # of the picture behind that is left where it does not matter what stands there


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
            if depth[y, x] <= f4(0.05):  # nothing is asked for here
                for c in range(5):
                    raw[y, x, c] = f4(1.0) if c == 3 else f4(0.0)
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
def middle(depth, alike, raw, wanted):
    """Pixels that still want a ray, from the four beside them where these agree.

    Once every pixel whose x and y are both odd is known, each of the rest has four known ones
    above, below, left and right. Arguments as for `between`; wanted becomes 0 where one is told.
    """
    h, w = depth.shape
    f4 = np.float32
    for y in range(1, h - 1):
        for x in range(1 + y % 2, w - 1, 2):
            if not wanted[y, x]:
                continue
            a, b, c, e = raw[y - 1, x], raw[y + 1, x], raw[y, x - 1], raw[y, x + 1]
            agree = max(a[3], b[3], c[3], e[3]) - min(a[3], b[3], c[3], e[3]) <= alike
            for k in range(3):
                low, high = min(a[k], b[k], c[k], e[k]), max(a[k], b[k], c[k], e[k])
                agree = agree and high - low <= alike
            d = depth[y, x]
            if max(a[3], b[3], c[3], e[3]) <= 0:
                # As above: what stands behind opaque dust does not matter.
                agree = agree and d > f4(1.3) * max(a[4], b[4], c[4], e[4])
            else:
                for z in (depth[y - 1, x], depth[y + 1, x], depth[y, x - 1], depth[y, x + 1]):
                    agree = agree and abs(d - z) <= f4(0.02) * min(d, z)
            if agree:
                for k in range(5):
                    raw[y, x, k] = f4(0.25) * (a[k] + b[k] + c[k] + e[k])
                wanted[y, x] = 0


@njit(cache=True, nogil=True, fastmath=True)
def calm(raw, depth, out):
    """Average the march's jitter over 3x3 pixels, the period of its pattern, at equal depth; behind
    opaque dust any depth is as good, or the horizon would be drawn on it.

    raw, out: (h, w, 5); depth: of the scene behind (h, w). Pixels without dust stay as they are.
    """
    h, w, _ = raw.shape
    f4 = np.float32
    dusty = np.zeros((h, w), np.bool_)
    for y in range(h):
        for x in range(w):
            if raw[y, x, 3] <= f4(0.9999):
                dusty[max(y - 1, 0) : y + 2, max(x - 1, 0) : x + 2] = True
    for y in range(h):
        y0, y1 = max(y - 1, 0), min(y + 2, h)
        for x in range(w):
            if not dusty[y, x]:
                for c in range(5):
                    out[y, x, c] = raw[y, x, c]
                continue
            x0, x1 = max(x - 1, 0), min(x + 2, w)
            near = f4(1.0) / max(depth[y, x], f4(1e-3))
            total = f4(0.0)
            s0, s1, s2, s3, s4 = f4(0.0), f4(0.0), f4(0.0), f4(0.0), f4(0.0)
            for j in range(y0, y1):
                for i in range(x0, x1):
                    if raw[y, x, 3] <= f4(OPAQUE) and raw[j, i, 3] <= f4(OPAQUE):
                        k = f4(1.0)
                    else:
                        # Never quite 0: a pixel beside a clear one is not opaque, and may be
                        # painted.
                        there = f4(1.0) / max(depth[j, i], f4(1e-3))
                        k = np.exp(f4(-40.0) * abs(near - there) / max(near + there, f4(1e-9)))
                    total += k
                    s0 += k * raw[j, i, 0]
                    s1 += k * raw[j, i, 1]
                    s2 += k * raw[j, i, 2]
                    s3 += k * raw[j, i, 3]
                    s4 += k * raw[j, i, 4]
            total = f4(1.0) / total
            out[y, x, 0], out[y, x, 1], out[y, x, 2] = s0 * total, s1 * total, s2 * total
            out[y, x, 3], out[y, x, 4] = s3 * total, s4 * total


@njit(cache=True, nogil=True, fastmath=True)
def enlarge(small, small_depth, depth, out):
    """Twice the size, taking from the neighbours that lie at the same depth of the scene.

    small: (h', w', c). depth: (h, w); where it is 0 nothing can be in front, and `out` (h, w, c)
    stays as it is.
    """
    h, w = depth.shape
    sh, sw, channels = small.shape
    f4 = np.float32
    for y in range(h):
        fy = min(max((y + 0.5) * sh / h - 0.5, 0.0), sh - 1.0)
        j = min(int(fy), max(sh - 2, 0))
        b = f4(fy - j)
        for x in range(w):
            if depth[y, x] <= 0:
                continue
            fx = min(max((x + 0.5) * sw / w - 0.5, 0.0), sw - 1.0)
            i = min(int(fx), max(sw - 2, 0))
            a = f4(fx - i)
            total = f4(0.0)
            for c in range(channels):
                out[y, x, c] = 0.0
            near = f4(1.0) / max(depth[y, x], f4(1e-3))
            for q in range(2):
                for p in range(2):
                    jj, ii = min(j + q, sh - 1), min(i + p, sw - 1)
                    there = f4(1.0) / max(small_depth[jj, ii], f4(1e-3))
                    change = abs(near - there) / max(near + there, f4(1e-9))
                    k = (a if p else f4(1.0) - a) * (b if q else f4(1.0) - b)
                    k = k * np.exp(f4(-40.0) * change) + f4(1e-6)
                    total += k
                    for c in range(channels):
                        out[y, x, c] += k * small[jj, ii, c]
            for c in range(channels):
                out[y, x, c] /= total


@njit(cache=True, nogil=True, fastmath=True)
def colour(raw, sun, sky, ground, rgb, left, far):
    """Passes raw (h, w, 5) in the shot's light: sun, sky and ground (3,) into rgb (h, w, 3), what
    is left into left (h, w) and depth into far (h, w), inf where nothing is."""
    h, w, _ = raw.shape
    for y in range(h):
        for x in range(w):
            a, b, c = raw[y, x, 0], raw[y, x, 1], raw[y, x, 2]
            for k in range(3):
                rgb[y, x, k] = a * sun[k] + b * sky[k] + c * ground[k]
            left[y, x] = raw[y, x, 3]
            if raw[y, x, 3] < np.float32(0.9999):
                far[y, x] = raw[y, x, 4]

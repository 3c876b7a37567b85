"""Ink on paper: chains become strokes that swell, taper and tremble as a hand's do."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

F32 = NDArray[np.float32]


@njit(cache=True, nogil=True, inline="always")
def hashed(x, y, seed):
    """A number 0..1 from two whole ones."""
    n = np.uint32(x) * np.uint32(374761393) + np.uint32(y) * np.uint32(668265263)
    n = (n + np.uint32(seed) * np.uint32(2246822519)) & np.uint32(0xFFFFFFFF)
    n = (n ^ (n >> np.uint32(13))) * np.uint32(1274126177)
    n = n ^ (n >> np.uint32(16))
    return np.float32(n & np.uint32(0xFFFFFF)) / np.float32(16777216.0)


@njit(cache=True, nogil=True, inline="always")
def noise(x, y, seed):
    """Smooth value noise -1..1 with cells of 1."""
    ix, iy = int(np.floor(x)), int(np.floor(y))
    fx, fy = np.float32(x - ix), np.float32(y - iy)
    fx, fy = fx * fx * (3 - 2 * fx), fy * fy * (3 - 2 * fy)
    a = hashed(ix, iy, seed) * (1 - fx) + hashed(ix + 1, iy, seed) * fx
    b = hashed(ix, iy + 1, seed) * (1 - fx) + hashed(ix + 1, iy + 1, seed) * fx
    return 2 * (a * (1 - fy) + b * fy) - 1


@njit(cache=True, nogil=True)
def ink_chains(paper, points, start, kinds, width, dark, shade_way, over, tremble, dry, seed):
    """Stroke chains into `paper` (h, w): how much ink lies there, 0..1, the most of all strokes.

    points (N, 2) [px of paper]; start (S + 1,); kinds (S,): `contour`'s classes; width, dark (N,):
    full width [px] and ink 0..1 a point; shade_way (2,): where strokes get heavier; over (S,): px
    that open ends run on; tremble: amplitude of the hand [px]; dry 0..1: how much the line breaks
    up, as graphite does.
    """
    for s in range(len(start) - 1):
        a, b = start[s], start[s + 1]
        if b - a < 2:
            continue
        ring = abs(points[a, 0] - points[b - 1, 0]) + abs(points[a, 1] - points[b - 1, 1]) < 0.6
        total = np.float32(0)
        for i in range(a, b - 1):
            total += np.hypot(points[i + 1, 0] - points[i, 0], points[i + 1, 1] - points[i, 1])
        # Crumbs of a few pixels are the grid's, not the thing's; what is drawn on it is meant.
        if total < 3.0 and kinds[s] < 5:
            continue
        taper = min(np.float32(14.0), total * np.float32(0.3))
        run = np.float32(0)
        for i in range(a, b - 1):
            x0, y0, x1, y1 = points[i, 0], points[i, 1], points[i + 1, 0], points[i + 1, 1]
            length = np.hypot(x1 - x0, y1 - y0)
            if length < 1e-6:
                continue
            dx, dy = (x1 - x0) / length, (y1 - y0) / length
            lo = -over[s] if i == a and not ring else np.float32(0)
            hi = length + (over[s] if i == b - 2 and not ring else np.float32(0))
            t = lo
            while t < hi:
                x, y = x0 + dx * t, y0 + dy * t
                f = min(max(t / length, 0.0), 1.0)
                wide = width[i] * (1 - f) + width[i + 1] * f
                ink = dark[i] * (1 - f) + dark[i + 1] * f
                along = run + t
                if not ring:
                    end = min(along + over[s], total + over[s] - along)
                    wide *= 0.45 + 0.55 * min(max(end / taper, 0.0), 1.0)
                heavy = abs(dy * shade_way[0]) + abs(dx * shade_way[1])
                wide *= 0.84 + 0.24 * heavy + 0.22 * noise(x * 0.021, y * 0.021, seed + 7)
                px = x + tremble * (
                    noise(x * 0.018, y * 0.018, seed) + 0.35 * noise(x * 0.09, y * 0.09, seed + 1)
                )
                py = y + tremble * (
                    noise(x * 0.018, y * 0.018, seed + 2)
                    + 0.35 * noise(x * 0.09, y * 0.09, seed + 3)
                )
                if dry > 0:
                    ink *= 1 - dry * (0.5 + 0.5 * noise(px * 0.35, py * 0.35, seed + 4))
                _dot(paper, px, py, wide * 0.5, ink)
                t += 0.6
            run += length


@njit(cache=True, nogil=True, inline="always")
def _dot(paper, x, y, radius, ink):
    h, w = paper.shape
    thin = min(np.float32(1), radius / np.float32(0.5))
    r = max(radius, np.float32(0.5))
    for yy in range(max(int(y - r - 1), 0), min(int(y + r + 1) + 1, h)):
        for xx in range(max(int(x - r - 1), 0), min(int(x + r + 1) + 1, w)):
            d = np.hypot(xx + 0.5 - x, yy + 0.5 - y)
            cover = min(max(r + np.float32(0.5) - d, np.float32(0)), np.float32(1)) * ink * thin
            if cover > paper[yy, xx]:
                paper[yy, xx] = cover


@njit(cache=True, nogil=True)
def weigh(owners, start, kinds, depth, focal, shrink, far_fade, widths):
    """Width [px] and ink a point from what it outlines: owners (N,) index its pixel in depth
    (h, w) [m]; focal [px] of the paper; widths (5,) [px] by class at 150 px a metre."""
    n = len(owners)
    width, dark = np.empty(n, np.float32), np.empty(n, np.float32)
    w = depth.shape[1]
    for s in range(len(start) - 1):
        for i in range(start[s], start[s + 1]):
            z = max(depth[owners[i] // w, owners[i] % w], np.float32(0.2))
            close = min(max((focal / z / 150.0) ** shrink, 0.42), 1.7)
            width[i] = widths[kinds[s]] * close
            dark[i] = 1.0 / (1.0 + (z / far_fade) ** 1.3)
            if kinds[s] >= 4:
                dark[i] = max(dark[i], 0.72)
    return width, dark


@njit(cache=True, nogil=True)
def visible_runs(x, y, z, start, depth, slack):
    """Which points of projected curves (N,) are seen: depth (h, w) [m] there is not nearer by more
    than slack (N,) [m]."""
    h, w = depth.shape
    seen = np.zeros(len(x), np.bool_)
    for i in range(len(x)):
        if z[i] < 0.06:
            continue
        ix, iy = int(np.floor(x[i])), int(np.floor(y[i]))
        if 0 <= ix < w and 0 <= iy < h:
            seen[i] = z[i] <= depth[iy, ix] + slack[i]
    return seen

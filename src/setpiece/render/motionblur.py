"""Motion blur of a rendered layer from its motion vectors.

After M. McGuire, P. Hennessy, M. Bukowski and B. Osman, "A reconstruction filter for plausible
motion blur", I3D 2012: each pixel gathers along the fastest motion of its neighbourhood, and a
soft depth comparison decides what smears over what. Here the taps are moments of the shutter and
are weighted by how long their surface stays over the pixel, not by 1 / speed as in the paper, so
that a fast piece keeps its coverage. Colours are premultiplied.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from setpiece.render.tracing import J, hash01

F32 = NDArray[np.float32]
TILE = 24  # px; also the longest smear to either side
TAPS = 15
SOFT = 0.04  # depths within this share of one another count as one surface


def blur(rgb: F32, alpha: F32, motion: F32, depth: F32, shutter: float = 0.5) -> tuple[F32, F32]:
    """Smear a premultiplied layer over the time the shutter is open; returns (rgb, alpha).

    rgb (h, w, 3), alpha (h, w), motion (h, w, 2) [px per frame], depth (h, w) [m], inf where none.
    shutter: open share of the frame, 0.5 is 180 degrees. Where nothing moves by half a pixel the
    result is the input, bit by bit.
    """
    out_rgb, out_alpha = rgb.copy(), alpha.copy()
    _gather(rgb, alpha, *_ways(motion, depth, shutter), True, out_rgb, out_alpha)
    return out_rgb, out_alpha


def blur_cover(alpha: F32, motion: F32, depth: F32, shutter: float = 0.5) -> F32:
    """The alpha (h, w) that `blur` gives, for who needs no colours."""
    out, none = alpha.copy(), np.zeros((1, 1, 3), np.float32)
    _gather(none, alpha, *_ways(motion, depth, shutter), False, none, out)
    return out


def _ways(motion: F32, depth: F32, shutter: float) -> tuple[F32, F32, F32]:
    """(way to either side while the shutter is open (h, w, 2) [px], depth (h, w) of finite size,
    the longest way around each tile)."""
    half = (0.5 * shutter) * np.asarray(motion, np.float32)
    speed = np.hypot(half[..., 0], half[..., 1])
    fast = speed > TILE
    if fast.any():
        half[fast] *= (TILE / speed[fast])[:, None]
    h, w = depth.shape
    most = np.zeros((-(-h // TILE), -(-w // TILE), 2), np.float32)
    _tile_max(half, most)
    around = np.zeros_like(most)
    _neighbour_max(most, around)
    return half, np.minimum(np.asarray(depth, np.float32), np.float32(1e6)), around


@njit(**J)
def _tile_max(half, most):
    h, w = half.shape[0], half.shape[1]
    for ty in range(most.shape[0]):
        for tx in range(most.shape[1]):
            best = 0.0
            for y in range(ty * TILE, min((ty + 1) * TILE, h)):
                for x in range(tx * TILE, min((tx + 1) * TILE, w)):
                    s = half[y, x, 0] ** 2 + half[y, x, 1] ** 2
                    if s > best:
                        best = s
                        most[ty, tx, 0] = half[y, x, 0]
                        most[ty, tx, 1] = half[y, x, 1]


@njit(**J)
def _neighbour_max(most, around):
    for ty in range(most.shape[0]):
        for tx in range(most.shape[1]):
            best = -1.0
            for y in range(max(ty - 1, 0), min(ty + 2, most.shape[0])):
                for x in range(max(tx - 1, 0), min(tx + 2, most.shape[1])):
                    s = most[y, x, 0] ** 2 + most[y, x, 1] ** 2
                    if s > best:
                        best = s
                        around[ty, tx, 0] = most[y, x, 0]
                        around[ty, tx, 1] = most[y, x, 1]


@njit(inline="always")
def _in_front(za, zb):
    """1 where a is clearly in front of b, 0 where clearly behind, soft between."""
    return min(max(1.0 - (za - zb) / (SOFT * min(za, zb) + 1e-4), 0.0), 1.0)


@njit(**J)
def _gather(rgb, alpha, half, z, around, coloured, out_rgb, out_alpha):
    h, w = alpha.shape
    for y in range(h):
        for x in range(w):
            vx, vy = around[y // TILE, x // TILE, 0], around[y // TILE, x // TILE, 1]
            reach = math.sqrt(vx * vx + vy * vy)
            if reach < 0.5:
                continue
            own = math.sqrt(half[y, x, 0] ** 2 + half[y, x, 1] ** 2)
            total, r, g, b, a = 0.0, 0.0, 0.0, 0.0, 0.0
            jitter = hash01(x, y, 3) - 0.5
            here = z[y, x]
            for i in range(TAPS):
                t = 2.0 * (i + 0.5 + jitter * 0.95) / TAPS - 1.0
                px, py = math.floor(x + vx * t + 0.5), math.floor(y + vy * t + 0.5)
                if px < 0 or py < 0 or px >= w or py >= h or (px == x and py == y):
                    continue
                away = abs(t) * reach
                there = math.sqrt(half[py, px, 0] ** 2 + half[py, px, 1] ** 2)
                # the tap's surface passes over this pixel: for as long as its speed says
                k = 0.0
                if there > 0.25 and away <= there:
                    k = _in_front(z[py, px], here) * reach / (there * TAPS)
                # or this pixel's surface has left, and shows what is behind
                elif own > 0.25 and away <= own:
                    k = _in_front(here, z[py, px]) * reach / (own * TAPS)
                total += k
                if coloured:
                    r += rgb[py, px, 0] * k
                    g += rgb[py, px, 1] * k
                    b += rgb[py, px, 2] * k
                a += alpha[py, px] * k
            if total == 0.0:
                continue
            keep = max(1.0 - total, 0.0)  # the share of the time in which nothing passed
            total = max(total, 1.0)
            out_alpha[y, x] = a / total + alpha[y, x] * keep
            if not coloured:
                continue
            out_rgb[y, x, 0] = r / total + rgb[y, x, 0] * keep
            out_rgb[y, x, 1] = g / total + rgb[y, x, 1] * keep
            out_rgb[y, x, 2] = b / total + rgb[y, x, 2] * keep


def compile_kernels() -> None:
    """Compile (or load) the kernels on a picture of a few pixels."""
    z = np.zeros((4, 4), np.float32)
    blur(np.zeros((4, 4, 3), np.float32), z, np.ones((4, 4, 2), np.float32), z + 1)

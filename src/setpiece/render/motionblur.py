"""Motion blur of a rendered layer from its motion vectors.

After M. McGuire, P. Hennessy, M. Bukowski and B. Osman, "A reconstruction filter for plausible
motion blur", I3D 2012: each pixel gathers along the fastest motion of its neighbourhood, and a
soft depth comparison decides what smears over what. Here the taps are moments of the shutter and
are weighted by how long their surface stays over the pixel, not by 1 / speed as in the paper, so
that a fast piece keeps its coverage. Colours are premultiplied.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from setpiece.render.tracing import J, hash01

F32 = NDArray[np.float32]
TILE = 24  # px; also the longest smear to either side
TAPS = 15
PAST = 2 * TILE  # px: more than a tap lies past the picture
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


def _ways(motion: F32, depth: F32, shutter: float) -> tuple[F32, F32, F32, F32]:
    """(way to either side while the shutter is open (h, w, 2) [px], its length (h, w), depth (h, w)
    of finite size, the longest way around each tile)."""
    h, w = depth.shape
    half = np.empty((h, w, 2), np.float32)
    speed, finite = np.empty((h, w), np.float32), np.empty((h, w), np.float32)
    most = np.zeros((-(-h // TILE), -(-w // TILE), 2), np.float32)
    _halve(motion, depth, np.float32(0.5 * shutter), half, speed, finite, most)
    around = np.zeros_like(most)
    _neighbour_max(most, around)
    return half, speed, finite, around


@njit(**J)
def _halve(motion, depth, share, half, speed, finite, most):
    h, w = depth.shape
    longest = np.float32(TILE)
    for ty in range(most.shape[0]):
        for tx in range(most.shape[1]):
            best = np.float32(0)
            for y in range(ty * TILE, min((ty + 1) * TILE, h)):
                for x in range(tx * TILE, min((tx + 1) * TILE, w)):
                    u, v = share * motion[y, x, 0], share * motion[y, x, 1]
                    s = np.sqrt(u * u + v * v)
                    if s > longest:
                        u, v, s = u * (longest / s), v * (longest / s), longest
                    half[y, x, 0], half[y, x, 1], speed[y, x] = u, v, s
                    finite[y, x] = min(depth[y, x], np.float32(1e6))
                    if s > best:
                        best = s
                        most[ty, tx, 0], most[ty, tx, 1] = u, v


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
    f4 = np.float32
    return min(max(f4(1) - (za - zb) / (f4(SOFT) * min(za, zb) + f4(1e-4)), f4(0)), f4(1))


@njit(**J)
def _gather(rgb, alpha, half, speed, z, around, coloured, out_rgb, out_alpha):
    f4 = np.float32
    h, w = alpha.shape
    none, one, taps, slow = f4(0), f4(1), f4(TAPS), f4(0.25)
    for y in range(h):
        for x in range(w):
            vx, vy = around[y // TILE, x // TILE, 0], around[y // TILE, x // TILE, 1]
            reach = np.sqrt(vx * vx + vy * vy)
            if reach < f4(0.5):
                continue
            own, here = speed[y, x], z[y, x]
            # Above 0, where whole numbers are cut off downwards.
            xs, ys = x + (PAST + 0.5), y + (PAST + 0.5)
            total, r, g, b, a = none, none, none, none, none
            jitter = f4((hash01(x, y, 3) - 0.5) * 0.95 + 0.5)
            for i in range(TAPS):
                t = f4(2) * (f4(i) + jitter) / taps - one
                px, py = int(xs + vx * t) - PAST, int(ys + vy * t) - PAST
                if px < 0 or py < 0 or px >= w or py >= h or (px == x and py == y):
                    continue
                away = abs(t) * reach
                there = speed[py, px]
                k = none
                # the tap's surface passes over this pixel: for as long as its speed says
                if there > slow and away <= there:
                    k = _in_front(z[py, px], here) * reach / (there * taps)
                # or this pixel's surface has left, and shows what is behind
                elif own > slow and away <= own:
                    k = _in_front(here, z[py, px]) * reach / (own * taps)
                total += k
                if coloured:
                    r += rgb[py, px, 0] * k
                    g += rgb[py, px, 1] * k
                    b += rgb[py, px, 2] * k
                a += alpha[py, px] * k
            if total == none:
                continue
            keep = max(one - total, none)  # the share of the time in which nothing passed
            total = max(total, one)
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

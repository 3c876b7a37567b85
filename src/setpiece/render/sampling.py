"""Directions for rays, from numbers that hang on the pixel alone."""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from setpiece.render.tracing import hash01


def pixel_offsets(samples: int) -> NDArray[np.float64]:
    """Where a pixel's rays pass, from its centre [px]: (n, 2), x and y; n is 1, 4 or 16.

    Four stand as a grid turned on its side, so that an edge along the lines or the columns, of
    which buildings are full, has four steps and not two.
    """
    grid = max(1, round(samples**0.5))
    if grid == 2:
        return np.array([(-1, -3), (3, -1), (-3, 1), (1, 3)]) / 8
    at = (np.arange(grid) + 0.5) / grid - 0.5
    return np.stack(np.meshgrid(at, at), -1).reshape(-1, 2)


@njit(inline="always")
def spread01(i, a, b):
    """Point i of a (0, 2)-sequence (I. M. Sobol, 1967), moved round the unit square by (a, b).

    The first 4, 16, ... points fill the square evenly, wherever a and b put them.
    """
    x, half = 0.0, 0.5
    turn, bits = 1 << 31, 0
    while i > 0:
        if i & 1:
            x += half
            bits ^= turn
        half *= 0.5
        turn ^= turn >> 1
        i >>= 1
    x, y = x + a, bits / 4294967296.0 + b
    return x - math.floor(x), y - math.floor(y)


@njit(inline="always")
def over_hemisphere(x, y, z, a, b):
    """Unit direction about the unit normal (x, y, z), by its cosine, from two numbers 0..1."""
    angle, up = 6.2831853 * a, 2 * b - 1
    rad = 0.999 * math.sqrt(max(1 - up * up, 0.0))
    x += rad * math.cos(angle)
    y += rad * math.sin(angle)
    z += 0.999 * up
    n = 1.0 / math.sqrt(x * x + y * y + z * z)
    return x * n, y * n, z * n


@njit(inline="always")
def pixel_point(pixel, width, sample, samples, seed, salt):
    """Two numbers 0..1 for a sample of a pixel, counted line by line in a picture so wide: its
    samples share the unit square out among themselves, and pixels do with those around them, in
    blocks of 4 x 4.

    They hang on the pixel, not on the frame, so that what is left of the noise stands still.
    """
    y, x = divmod(pixel, width)
    block = (y >> 2) * width + (x >> 2)
    turn = (x & 1) | (y & 1) << 1 | (x & 2) << 1 | (y & 2) << 2
    shift = hash01(block, seed, salt), hash01(block, seed, salt + 80)
    return spread01(sample + samples * turn, shift[0], shift[1])

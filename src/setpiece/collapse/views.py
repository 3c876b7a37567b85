"""The pictures of the breakdown between plate and final: pieces by colour, their light, the dust.

Drawn while a frame's layers are at hand: to unpack its EXR for them takes ten times as long.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

from setpiece.collapse.breakdown import frames_seen
from setpiece.media.colour import to_display
from setpiece.media.exr import to_half

Picture = NDArray[Any]
NAMES = ("fall", "light", "dust")
LAYERS = ("rgba", "N", "dust", "crypto_fragment00")  # of an EXR, that they are drawn from
COOL = np.array([0.85, 0.95, 1.1], np.float32)  # of the sky on clay
WIDTH = 960  # px, at most
STEPS = 7  # layers of the breakdown


@dataclass(frozen=True)
class Views:
    """What draws them. size: (width, height) [px]. wanted: the frames (0 is 1001) that are shown
    for a second each. palette: a colour for each piece, grey for none last. sun: towards it."""

    size: tuple[int, int]
    wanted: frozenset[int]
    palette: NDArray[np.float32]
    sun: NDArray[np.float32]

    @staticmethod
    def of(
        width: int, height: int, pieces: int, frames: int, fps: Fraction, sun: NDArray[Any]
    ) -> Views:
        """For a shot so large, of so many pieces and frames; sun: unit vector towards it."""
        w = min(width, WIDTH)
        seen = set[int]().union(*frames_seen(STEPS, fps=fps, frames=frames)[2:-1], {0})
        size = (w // 2 * 2, round(w * height / width) // 2 * 2)
        return Views(size, frozenset(seen), _palette(pieces), np.asarray(sun, np.float32))

    def draw(self, layers: dict[str, Picture], final: Picture) -> NDArray[np.uint8]:
        """The pictures of one frame, display-referred, in the order of NAMES: (3, h, w, 3).

        layers: `N`, `dust` and `crypto_fragment00` as its EXR has them. final: it as a whole,
        display-referred (0..1), of `size`.
        """
        w, h = self.size
        tall, wide = layers["N"].shape[:2]
        rows, columns = np.arange(h) * tall // h, np.arange(w) * wide // w
        crypto = np.ascontiguousarray(layers["crypto_fragment00"], np.float32)
        dust = cv2.resize(
            np.asarray(layers["dust"], np.float32), self.size, interpolation=cv2.INTER_AREA
        )
        smoke = to_display(to_half(np.maximum(dust[..., :3], 0)))
        out = np.empty((len(NAMES), h, w, 3), np.uint8)
        _draw(
            np.asarray(layers["N"], np.float32), crypto, crypto.view(np.uint32), rows, columns,
            dust, smoke, final, self.palette, self.sun, COOL, *out,
        )  # fmt: skip
        return out


def _palette(count: int) -> NDArray[np.float32]:
    """A colour for each piece, and grey for none (last)."""
    rng = np.random.default_rng(11)
    hue = rng.random(count)
    wheel = 0.5 + 0.5 * np.cos(6.2832 * (hue[:, None] + np.array([0.0, 0.33, 0.67])))
    colours = 0.35 + 0.45 * wheel * (0.7 + 0.3 * rng.random((count, 1)))
    return np.concatenate([colours, [[0.2, 0.2, 0.2]]]).astype(np.float32)


@njit(cache=True, nogil=True)
def _draw(
    normal, crypto, bits, rows, columns, dust, smoke, small, palette, sun, cool, fall, light, cloud
):
    one, half = np.float32(1), np.float32(0.5)
    for y in range(fall.shape[0]):
        for x in range(fall.shape[1]):
            v, u = rows[y], columns[x]
            n = normal[v, u]
            there = abs(n[0]) + abs(n[1]) + abs(n[2]) > 0.1 and crypto[v, u, 1] > 0.05
            # The id is a hash: any of its bits picks a colour.
            key = bits[v, u, 0] % (palette.shape[0] - 1)
            facing = min(max(n[0] * sun[0] + n[1] * sun[1] + n[2] * sun[2], np.float32(0)), one)
            sky = half + half * n[2]
            a = min(max(dust[y, x, 3], np.float32(0)), one)
            for c in range(3):
                dim = 0.35 * small[y, x, c] + 0.04
                piece, clay = dim, dim
                if there:
                    piece = palette[key, c] * (0.45 + 0.35 * facing + 0.3 * sky)
                    clay = 0.16 + 0.55 * facing + 0.22 * sky * cool[c]
                smoky = smoke[y, x, c] * math.sqrt(a) + (1 - a) * 0.6 * clay
                fall[y, x, c] = np.uint8(min(max(piece, 0.0), 1.0) * 255 + 0.5)
                light[y, x, c] = np.uint8(min(max(clay, 0.0), 1.0) * 255 + 0.5)
                cloud[y, x, c] = np.uint8(min(max(smoky, 0.0), 1.0) * 255 + 0.5)


def compile_kernels() -> None:
    """Compile what this module needs."""
    one = np.zeros((1, 1, 4), np.float32)
    views = Views((1, 1), frozenset(), _palette(1), np.zeros(3, np.float32))
    views.draw({"N": one, "dust": one, "crypto_fragment00": one}, one[..., :3])

"""Dust that wraps round the edges of what it passes.

Pieces end in straight model edges, and dust that is marched to them ends there as if cut with a
knife: a ruler's line under every eave. Where dust flows past an edge it curls over it, as far as
the edge's own roughness (brackets, tile ends, broken bits) is large. So near an edge, by a pattern
of lumps and threads that falls with the building, dust is followed to what lies past it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

from setpiece.collapse.motion import Motion
from setpiece.render.camera import Camera
from setpiece.render.tracing import J
from setpiece.render.volume import VolumePasses

F32 = NDArray[np.float32]
WRAPS = 0.4  # [m] that dust reaches over an edge at most, at the building's near side
MOST = 0.008  # of the picture's width: and no more than that
LUMPS = 2.4  # times as far the lumps of the pattern are across, and its threads a fifth of that
NONE = 1e6  # [m] as far as this there is no piece
APART = 0.6  # [m] in depth, from which on two surfaces are an edge


@dataclass(frozen=True)
class Wisps:
    """The pattern of a shot: where each pixel looks, int16 (h, w, 2) rows and columns [px], and how
    far it has gone with the building in each frame, (frames, 2) [px, down and right]."""

    looks: NDArray[np.int16]
    gone: NDArray[np.int64]

    @staticmethod
    def of(camera: Camera, near: float, motion: Motion, shape: tuple[int, int], seed: int) -> Wisps:
        """near: of the building [m]. shape: of the picture (h, w)."""
        reach = float(np.clip(WRAPS * camera.focal / near, 1.5, MOST * shape[1]))
        rng = np.random.default_rng([seed & 0x7FFFFFFF, 9311])
        total = np.zeros((*shape, 2), np.float32)
        for sigma, share in ((0.5 * LUMPS * reach, 0.75), (0.1 * LUMPS * reach, 0.35)):
            field = cv2.GaussianBlur(rng.standard_normal((*shape, 2), np.float32), (0, 0), sigma)
            total += share * field / field.std()
        looks = np.rint(np.clip(total, -1.6, 1.6) * (reach / 1.6)).astype(np.int16)
        middle = motion.position.astype(np.float64).mean(1)
        pixel = camera.project(middle)[0]
        gone = np.rint(pixel - pixel[0])[:, ::-1].astype(np.int64)
        return Wisps(looks, gone)

    def past(self, depth: F32, frame: int) -> F32:
        """How far dust is followed before pieces of that depth (h, w) [m, inf where none]: never
        less far, and farther where it wraps round an edge."""
        out = np.empty_like(depth)
        down, right = self.gone[min(frame, len(self.gone) - 1)]
        _past(depth, self.looks, down, right, np.float32(APART), out)
        return out

    @staticmethod
    def soft(passes: VolumePasses, depth: F32) -> VolumePasses:
        """Dust that was followed to that depth (h, w) [m], its steps at edges as soft as a lens
        leaves them: a pixel asks one ray how far its dust goes, and pieces have many."""
        edge = np.zeros(depth.shape, np.uint8)
        _edges(depth, np.float32(APART), edge)
        if not edge.any():
            return passes
        edge = cv2.dilate(edge, np.ones((3, 3), np.uint8))
        rgb, left = passes.rgb.copy(), passes.transmittance.copy()
        _soften(passes.rgb, passes.transmittance, edge, rgb, left)
        return replace(passes, rgb=rgb, transmittance=left)


@njit(**J)
def _past(depth, looks, down, right, apart, out):
    h, w = depth.shape
    for y in range(h):
        n = (y - down) % h
        for x in range(w):
            own = depth[y, x]
            out[y, x] = own
            if own > NONE:
                continue
            m = (x - right) % w
            i = min(max(y + looks[n, m, 0], 0), h - 1)
            j = min(max(x + looks[n, m, 1], 0), w - 1)
            other = depth[i, j]
            # Past an outline there is no piece to follow it to: its own soft edge is there.
            if own + apart < other < NONE:
                out[y, x] = other


@njit(**J)
def _edges(depth, apart, out):
    """1 on both sides of every step between two pieces."""
    h, w = depth.shape
    for y in range(h - 1):
        for x in range(w - 1):
            own, beside, below = depth[y, x], depth[y, x + 1], depth[y + 1, x]
            if abs(own - beside) > apart and max(own, beside) < NONE:
                out[y, x] = out[y, x + 1] = 1
            if abs(own - below) > apart and max(own, below) < NONE:
                out[y, x] = out[y + 1, x] = 1


@njit(**J)
def _soften(rgb, left, where, rgb_out, left_out):
    """A binomial over 5 x 5 pixels, where that is."""
    h, w = where.shape
    weight = (1, 4, 6, 4, 1)
    for y in range(2, h - 2):
        for x in range(2, w - 2):
            if where[y, x] == 0:
                continue
            r = g = b = t = 0.0
            for i in range(5):
                for j in range(5):
                    k = weight[i] * weight[j] / 256
                    p, q = y + i - 2, x + j - 2
                    r += k * rgb[p, q, 0]
                    g += k * rgb[p, q, 1]
                    b += k * rgb[p, q, 2]
                    t += k * left[p, q]
            rgb_out[y, x, 0], rgb_out[y, x, 1], rgb_out[y, x, 2] = r, g, b
            left_out[y, x] = t


def compile_kernels() -> None:
    """Compile (or load) the kernel on a few pixels."""
    depth = np.ones((2, 2), np.float32)
    _past(depth, np.zeros((2, 2, 2), np.int16), 0, 0, np.float32(1), depth.copy())
    edge, rgb = np.zeros((2, 2), np.uint8), np.ones((2, 2, 3), np.float32)
    _edges(depth, np.float32(1), edge)
    _soften(rgb, depth, edge, rgb.copy(), depth.copy())

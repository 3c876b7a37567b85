"""Rays to the sun: how much of its disc a point sees past the pieces."""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from setpiece.render.embree import WIDE, blocked, blocked_all, fill_lane, packet_room, ray_room
from setpiece.render.sampling import pixel_point
from setpiece.render.tracing import J, Tracer

F32 = NDArray[np.float32]
FAR = np.float32(1e5)


def sun_rays_free(
    tracer: Tracer,
    points: F32,
    pixel: NDArray[np.int64],
    width: int,
    sun: NDArray[np.float64],
    softness: float,
    *,
    seed: int = 0,
    first: int = 0,
    apart: int = 1,
    rays: int = 1,
    samples: int,
    normal: F32 | None = None,
    only: NDArray[np.bool_] | None = None,
) -> F32:
    """How many of a point's rays to the sun's disc nothing stands before, (n,).

    points: (n, 3) [m]. pixel: of each (n,), counted line by line in a picture so wide; the rays
    hang on it, not on the frame. sun: unit vector. softness: the disc's radius [degrees].
    first, apart, rays: which of a pixel's `samples` places on the disc are asked. normal: (n, 3)
    of a face there; what faces away sees none. only: (pixels,), others are not asked.
    """
    out = np.zeros(len(points), np.float32)
    bare, all_of_them = np.zeros((0, 3), np.float32), np.zeros(0, np.bool_)
    _free(
        tracer.address, points, bare if normal is None else normal, pixel,
        all_of_them if only is None else only, width, np.asarray(sun, np.float64),
        math.tan(math.radians(softness)), seed, first, apart, rays, samples, out,
    )  # fmt: skip
    return out


@njit(**J)
def _free(
    scene, points, normal, pixel, only, width, sun, spread, seed, first, apart, rays, samples, out
):
    room, owner, filled = packet_room(), np.empty(WIDE, np.int64), 0
    # any frame around the sun will do
    tx, ty = -sun[1], sun[0]
    ln = math.sqrt(tx * tx + ty * ty) + 1e-9
    tx, ty = tx / ln, ty / ln
    bx, by, bz = -sun[2] * ty, sun[2] * tx, sun[0] * ty - sun[1] * tx
    for i in range(points.shape[0]):
        if only.shape[0] and not only[pixel[i]]:
            continue
        if normal.shape[0]:
            facing = normal[i, 0] * sun[0] + normal[i, 1] * sun[1] + normal[i, 2] * sun[2]
            if facing <= 0:
                continue
        for turn in range(rays):
            a, b = pixel_point(pixel[i], width, first + apart * turn, samples, seed, 0)
            rad = spread * math.sqrt(b)
            c, s = rad * math.cos(6.2831853 * a), rad * math.sin(6.2831853 * a)
            x, y, z = sun[0] + tx * c + bx * s, sun[1] + ty * c + by * s, sun[2] + bz * s
            ln = 1.0 / math.sqrt(x * x + y * y + z * z)
            fill_lane(
                room, filled, points[i, 0], points[i, 1], points[i, 2],
                np.float32(x * ln), np.float32(y * ln), np.float32(z * ln), FAR,
            )  # fmt: skip
            owner[filled] = i
            filled += 1
            if filled == WIDE:
                _count_free(scene, room, owner, filled, out)
                filled = 0
    _count_free(scene, room, owner, filled, out)


@njit(inline="always")
def _count_free(scene, room, owner, filled, out):
    """Add 1 to the owner of each ray of the packet that nothing stands before."""
    if filled > 0:
        blocked_all(scene, room, filled)
        for k in range(filled):
            if room[0][8 * WIDE + k] >= 0:
                out[owner[k]] += 1


def towards_sun(tracer: Tracer, n: int, points: F32, normal: F32, sun: NDArray) -> F32:
    """1 where the first n points (., 3) face the sun's middle and nothing stands between, (n,)."""
    out = np.zeros(n, np.float32)
    _towards(tracer.address, points, normal, np.asarray(sun, np.float32), out)
    return out


@njit(**J)
def _towards(scene, points, normal, sun, out):
    ray = ray_room()
    for i in range(out.shape[0]):
        if normal[i, 0] * sun[0] + normal[i, 1] * sun[1] + normal[i, 2] * sun[2] <= 0:
            continue
        if not blocked(
            scene, ray, points[i, 0], points[i, 1], points[i, 2], sun[0], sun[1], sun[2], FAR
        ):
            out[i] = 1

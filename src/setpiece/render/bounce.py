"""Light from all sides: the sky, and what faces near by and the ground send on.

A ray over the hemisphere is followed from face to face. Where it meets one it takes up the sun
there, by one more ray, and wanders on; what still reaches the last face is taken as even.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from setpiece.render.light import Light
from setpiece.render.lightcells import LightCells
from setpiece.render.sampling import over_hemisphere
from setpiece.render.sunlight import towards_sun
from setpiece.render.tracing import J, Tracer, hash01

F32 = NDArray[np.float32]
Shadow = Callable[[F32], F32]
BOUNCES = 2
OPEN = 0.35  # of sky and ground that a face sees which lies as deep among others as the last one
SOFT = 0.004  # m: a start off the face, against its own shadow


@dataclass(frozen=True)
class Around:
    """What light meets on its way. tracer: its faces; tone: albedo of each (F, 3); shadow: sun
    transmittance through dust at world points (n, 3) -> (n,), or None."""

    tracer: Tracer
    tone: F32
    light: Light
    shadow: Shadow | None


def arriving(
    around: Around,
    point: F32,
    towards: F32,
    pixel: NDArray[np.int64],
    seed: int,
    salt: int,
    bounces: int = BOUNCES,
    cells: LightCells | None = None,
) -> F32:
    """Radiance (n, 3) that arrives at points (n, 3) [m] along unit rays towards (n, 3).

    The ground is the plane z = 0, and open as far as faces leave it. pixel, seed, salt: what the
    random directions hang on. bounces: how many faces a ray is followed to. cells: of these faces,
    to find and leave in them what lights the first that a ray meets; None asks for every ray.
    """
    light, sun = around.light, around.light.to_sun
    sun_rgb, sky, ground = (np.array(c, np.float64) for c in (light.sun, light.sky, light.ground))
    # The ground's light is given as it is in the open.
    earth = np.clip(ground / (sun_rgb * max(sun[2], 0.0) + sky + 1e-9), 0, 0.9)
    out = np.zeros((len(point), 3), np.float32)
    ray = np.arange(len(point))
    at, along, normal = point.copy(), towards.copy(), np.empty_like(point)
    carried = np.ones((len(point), 3), np.float32)
    n = len(point)
    for bounce in range(bounces):
        face, far, facing = around.tracer.faces(at[:n], along[:n])
        n = _meet(face, far, facing, around.tone, earth, sky, ray, at, along, normal, carried, out)
        if n == 0:
            break
        if cells is not None:
            _by_cells(
                around, cells, n, ray, at, normal, carried, pixel, seed, salt, bounces - 1, out
            )
            break
        clear = towards_sun(around.tracer, n, at, normal, sun)
        if around.shadow is not None:
            lit = np.flatnonzero(clear)
            clear[lit] = around.shadow(at[lit])
        last = bounce == bounces - 1
        _send(n, ray, normal, carried, clear, sun, sun_rgb, sky, ground, last, out)
        if not last:
            _wander(n, ray, pixel, seed, salt + 1009 * bounce, normal, along)
    return out


def _by_cells(
    around: Around, cells: LightCells, n: int, ray: NDArray[np.int64], at: F32, normal: F32,
    carried: F32, pixel: NDArray[np.int64], seed: int, salt: int, bounces: int, out: F32,
) -> None:  # fmt: skip
    """What the faces that rays have met send back, from the cells that they lie in; out (., 3)."""
    sun = around.light.to_sun
    cell, asks = cells.cells_of(n, at, normal, ray, pixel, salt)
    start, facing = at[asks], normal[asks]
    found = towards_sun(around.tracer, len(asks), start, facing, sun)
    if around.shadow is not None:
        lit = np.flatnonzero(found)
        found[lit] *= around.shadow(start[lit])
    along, own = np.empty_like(start), pixel[ray[asks]]
    _wander(len(asks), np.arange(len(asks)), own, seed, salt, facing, along)
    more = arriving(around, start, along, own, seed, salt + 1009, bounces)
    cells.add(cell[asks], found, more)
    clear, light = np.zeros(n, np.float32), np.zeros((n, 3), np.float32)
    clear[asks], light[asks] = found, more
    cells.mean(cell, clear, light)
    _pass_on(n, ray, normal, carried, clear, light, sun, np.array(around.light.sun), out)


@njit(**J)
def _pass_on(n, ray, normal, carried, clear, light, sun, sun_rgb, out):
    for i in range(n):
        cosine = normal[i, 0] * sun[0] + normal[i, 1] * sun[1] + normal[i, 2] * sun[2]
        direct = max(cosine, 0.0) * clear[i]
        for k in range(3):
            out[ray[i], k] += carried[i, k] * (sun_rgb[k] * direct + light[i, k])


@njit(**J)
def _meet(face, far, facing, tone, earth, sky, ray, at, along, normal, carried, out):
    """Move rays on to what they meet, faces or ground, and keep those; the others bring the sky.
    Returns how many are kept, in the first rows of ray, at, normal, carried."""
    n = 0
    for i in range(face.shape[0]):
        r, f = ray[i], face[i]
        dx, dy, dz = along[i, 0], along[i, 1], along[i, 2]
        z = at[i, 2]
        t = far[i] if f >= 0 else np.float32(1e30)
        if dz < 0 and 0 < z < -t * dz:
            t = -z / dz
            normal[n, 0], normal[n, 1], normal[n, 2] = 0.0, 0.0, 1.0
            for k in range(3):
                carried[n, k] = carried[i, k] * earth[k]
        elif f >= 0:
            x, y, w = facing[i, 0], facing[i, 1], facing[i, 2]
            side = -1.0 if x * dx + y * dy + w * dz > 0 else 1.0
            side /= np.sqrt(x * x + y * y + w * w) + 1e-20
            normal[n, 0], normal[n, 1], normal[n, 2] = x * side, y * side, w * side
            for k in range(3):
                carried[n, k] = carried[i, k] * tone[f, k]
        else:
            if dz >= 0:
                for k in range(3):
                    out[r, k] += carried[i, k] * sky[k]
            continue
        for k in range(3):
            at[n, k] = at[i, k] + t * along[i, k] + SOFT * normal[n, k]
        ray[n] = r
        n += 1
    return n


@njit(**J)
def _send(n, ray, normal, carried, clear, sun, sun_rgb, sky, ground, last, out):
    """What each face sends back along its ray: the sun, and at the last one what is even."""
    for i in range(n):
        cosine = normal[i, 0] * sun[0] + normal[i, 1] * sun[1] + normal[i, 2] * sun[2]
        direct = max(cosine, 0.0) * clear[i]
        up = 0.5 + 0.5 * normal[i, 2]
        for k in range(3):
            even = OPEN * (sky[k] * up + ground[k] * (1 - up)) if last else 0.0
            out[ray[i], k] += carried[i, k] * (sun_rgb[k] * direct + even)


@njit(**J)
def _wander(n, ray, pixel, seed, salt, normal, along):
    for i in range(n):
        p = pixel[ray[i]]
        along[i, 0], along[i, 1], along[i, 2] = over_hemisphere(
            normal[i, 0], normal[i, 1], normal[i, 2],
            hash01(p, seed, salt + 307), hash01(p, seed, salt + 401),
        )  # fmt: skip

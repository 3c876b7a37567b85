"""Shadows and contact darkening that pieces cast on the ground plane, as a ratio to the plate."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

from setpiece.render.tracing import J, Tracer, camera_arrays, hash01, make_rays

if TYPE_CHECKING:
    from setpiece.render.rest_view import RestView

F32 = NDArray[np.float32]
STEP = 2  # the ground is traced at every second pixel
RAYS = 3  # to the sun, and as many over the hemisphere
LEAST = 0.2
Shadow = Callable[[F32], F32]


def ground_ratio(
    view: RestView, tracer: Tracer, now: F32, volume_shadow: Shadow | None, seed: int
) -> F32:
    """Light on the ground now over its light in the plate, float32 (h, w, 3), 0.2 to 1.

    Where the plate shows ground that the standing building already shades, that shade is not laid
    on twice; under the building itself (the clean plate's ground) the open ground is the reference.
    The same random directions are used now and at rest, so nothing moved is exactly 1.
    volume_shadow adds the shadow of the dust.
    """
    h, w = view.silhouette.shape
    light = view.light
    ys, xs = np.mgrid[0:h:STEP, 0:w:STEP].astype(np.int32)
    shape = ys.shape
    o, d = np.empty((ys.size, 3), np.float32), np.empty((ys.size, 3), np.float32)
    make_rays(*camera_arrays(view.camera), xs.ravel(), ys.ravel(), 0.5, 0.5, o, d)
    down = d[:, 2] < -1e-4
    t = np.where(down, -o[:, 2] / np.where(down, d[:, 2], -1.0), np.inf)
    low = np.minimum(view.bounds[0], now.min(0))
    high = np.maximum(view.bounds[1], now.max(0))
    tall = float(high[2])
    reach = 3.5 * tall / max(light.direction[2], 0.22)
    point = o + d * np.where(np.isfinite(t), t, 0)[:, None].astype(np.float32)
    near = (
        down
        & (t > 0)
        & (point[:, 0] > low[0] - reach)
        & (point[:, 0] < high[0] + reach)
        & (point[:, 1] > low[1] - reach)
        & (point[:, 1] < high[1] + reach)
    )
    index = np.nonzero(near)[0]
    out = np.ones((ys.size, 3), np.float32)
    if len(index) == 0:
        return np.ones((h, w, 3), np.float32)
    p = np.ascontiguousarray(point[index])
    p[:, 2] = 0.015

    sun = np.array(light.direction, np.float64)
    sun /= np.linalg.norm(sun)
    spread = np.tan(np.radians(max(light.softness, 0.4)))
    vis_now, vis_rest = np.zeros(len(p), np.float32), np.zeros(len(p), np.float32)
    sky_now, sky_rest = np.zeros(len(p), np.float32), np.zeros(len(p), np.float32)
    towards, over = np.empty_like(p), np.empty_like(p)
    for r in range(RAYS):
        _directions(index, sun, spread, seed, r, towards, over)
        vis_now += ~tracer.occluded(p, towards)
        vis_rest += ~view.tracer.occluded(p, towards)
        sky_now += ~tracer.occluded(p, over, 0.6 * tall)
        sky_rest += ~view.tracer.occluded(p, over, 0.6 * tall)
    for counted in (vis_now, vis_rest, sky_now, sky_rest):
        counted /= RAYS
    through = np.ones(len(p), np.float32) if volume_shadow is None else volume_shadow(p)
    inside = view.silhouette[ys.ravel()[index], xs.ravel()[index]] > 0.02
    vis_rest[inside] = sky_rest[inside] = 1.0
    # Sky is dimmed by dust overhead too, less than the sun is.
    sky_now = sky_now * (0.55 + 0.45 * np.asarray(through, np.float32))
    vis_now = vis_now * np.asarray(through, np.float32)
    for k in range(3):
        s, a = light.sun[k] * sun[2], light.sky[k]
        out[index, k] = (s * vis_now + a * sky_now + 0.02) / (s * vis_rest + a * sky_rest + 0.02)
    small = np.clip(out, LEAST, 1).reshape(*shape, 3)
    # Few rays a pixel: a small edge-keeping blur takes the speckle out.
    small = cv2.bilateralFilter(small, 5, 0.25, 2.0)
    small = cv2.GaussianBlur(small, (0, 0), 0.8)
    full = cv2.resize(small, (w, h), interpolation=cv2.INTER_LINEAR)
    return np.clip(full, LEAST, 1).astype(np.float32)


@njit(**J)
def _directions(index, sun, spread, seed, r, towards, over):
    tx, ty = -sun[1], sun[0]
    ln = np.sqrt(tx * tx + ty * ty) + 1e-9
    tx, ty = tx / ln, ty / ln
    bx, by, bz = -sun[2] * ty, sun[2] * tx, sun[0] * ty - sun[1] * tx
    for i in range(index.shape[0]):
        a, b = hash01(index[i], seed, 1000 + r), hash01(index[i], seed, 2000 + r)
        rad = spread * np.sqrt(b)
        c, s = rad * np.cos(6.2831853 * a), rad * np.sin(6.2831853 * a)
        x, y, z = sun[0] + tx * c + bx * s, sun[1] + ty * c + by * s, sun[2] + bz * s
        ln = 1 / np.sqrt(x * x + y * y + z * z)
        towards[i, 0], towards[i, 1], towards[i, 2] = x * ln, y * ln, max(z * ln, 0.01)
        a, b = hash01(index[i], seed, 3000 + r), hash01(index[i], seed, 4000 + r)
        rad = np.sqrt(a)
        over[i, 0] = rad * np.cos(6.2831853 * b)
        over[i, 1] = rad * np.sin(6.2831853 * b)
        over[i, 2] = np.sqrt(max(1 - a, 1e-4))

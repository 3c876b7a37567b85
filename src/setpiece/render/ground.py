"""Shadows and contact darkening that pieces cast on the ground plane, as a ratio to the plate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

from setpiece.render.rest_view import UNKNOWN
from setpiece.render.tracing import J, Tracer, camera_arrays, hash01, make_rays

if TYPE_CHECKING:
    from setpiece.render.rest_view import RestView

F32 = NDArray[np.float32]
STEP = 2  # the ground is traced at every second pixel
RAYS = 3  # to the sun, and as many over the hemisphere
LEAST = 0.12
Shadow = Callable[[F32], F32]


@dataclass(frozen=True)
class GroundLight:
    """What the plate shows of the building's own shadow, on every STEP-th pixel (h', w').

    Attributes:
        direction: to the sun (3,), as the shadow's edge says it.
        gain: (3,) sunlit ground over shaded ground, RGB, at least 1.
        visible: 0..1, how much of the sun reaches the ground that the plate shows.
        limit: how much the picture may be brightened before it passes all sunlit ground.
        hole: (h, w), every pixel: where the clean plate's ground takes the place of the plate's.
    """

    direction: NDArray[np.float64]
    gain: NDArray[np.float64]
    visible: F32
    limit: F32
    hole: NDArray[np.bool_]


def ground_points(view: RestView, now: F32) -> tuple[F32, NDArray[np.int64]]:
    """Ground that pieces at `now` or at rest may shade: points (n, 3) [m], just above it, and
    which of the STEP-th pixels (row by row) they are, (n,)."""
    h, w = view.silhouette.shape
    ys, xs = np.mgrid[0:h:STEP, 0:w:STEP].astype(np.int32)
    o, d = np.empty((ys.size, 3), np.float32), np.empty((ys.size, 3), np.float32)
    make_rays(*camera_arrays(view.camera), xs.ravel(), ys.ravel(), 0.5, 0.5, o, d)
    down = d[:, 2] < -1e-4
    t = np.where(down, -o[:, 2] / np.where(down, d[:, 2], -1.0), np.inf)
    low = np.minimum(view.bounds[0], now.min(0))
    high = np.maximum(view.bounds[1], now.max(0))
    reach = 3.5 * float(high[2]) / max(view.light.direction[2], 0.22)
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
    p = np.ascontiguousarray(point[index])
    p[:, 2] = 0.015
    return p, index


def sun_seen(
    tracer: Tracer, points: F32, index: NDArray, direction: NDArray, softness: float, seed: int
) -> F32:
    """Share of the sun's disc that each point sees, 0..1 (n,)."""
    out = np.zeros(len(points), np.float32)
    towards, over = np.empty_like(points), np.empty_like(points)
    spread = np.tan(np.radians(max(softness, 0.4)))
    for r in range(RAYS):
        _directions(index, direction, spread, seed, r, towards, over)
        out += ~tracer.occluded(points, towards)
    return out / np.float32(RAYS)


def ground_ratio(
    view: RestView, tracer: Tracer, now: F32, volume_shadow: Shadow | None, seed: int
) -> F32:
    """Light on the ground now over its light in the plate, float32 (h, w, 3), from 0.12.

    Where the plate shows ground that the standing building already shades, that shade is not laid
    on twice; where `view.ground` knows how much brighter sunlit ground is, the shade goes when
    what cast it has gone, else the ratio is at most 1. Under the building itself (the clean
    plate's ground) the open ground is the reference.
    The same random directions are used now and at rest, so nothing moved is exactly 1.
    volume_shadow adds the shadow of the dust.
    """
    h, w = view.silhouette.shape
    light, known = view.light, view.ground
    shape = (-(-h // STEP), -(-w // STEP))
    p, index = ground_points(view, now)
    if len(index) == 0:
        return np.ones((h, w, 3), np.float32)
    out = np.ones((shape[0] * shape[1], 3), np.float32)
    tall = float(max(view.bounds[1][2], now[:, 2].max()))

    sun = np.array(light.direction if known is None else known.direction, np.float64)
    sun /= np.linalg.norm(sun)
    spread = np.tan(np.radians(max(light.softness, 0.4)))
    vis_now, vis_rest = np.zeros(len(p), np.float32), np.zeros(len(p), np.float32)
    sky_now, sky_rest = np.zeros(len(p), np.float32), np.zeros(len(p), np.float32)
    towards, over = np.empty_like(p), np.empty_like(p)
    for r in range(RAYS):
        _directions(index, sun, spread, seed, r, towards, over)
        vis_now += ~tracer.occluded(p, towards)
        sky_now += ~tracer.occluded(p, over, 0.6 * tall)
        # At rest the same rays meet the same building in every frame.
        vis, sky = view.seen_by(("ground", seed, r, tall, *sun), shape[0] * shape[1])
        new = np.flatnonzero(vis[index] == UNKNOWN)
        at = index[new]
        vis[at] = ~view.tracer.occluded(p[new], towards[new])
        sky[at] = ~view.tracer.occluded(p[new], over[new], 0.6 * tall)
        vis_rest += vis[index]
        sky_rest += sky[index]
    for counted in (vis_now, vis_rest, sky_now, sky_rest):
        counted /= RAYS
    through = np.ones(len(p), np.float32) if volume_shadow is None else volume_shadow(p)
    inside = view.silhouette[0:h:STEP, 0:w:STEP].ravel()[index] > 0.02
    if known is not None:
        inside |= known.hole[0:h:STEP, 0:w:STEP].ravel()[index]
    vis_rest[inside] = sky_rest[inside] = 1.0
    # Sky is dimmed by dust overhead too, less than the sun is.
    sky_now = sky_now * (0.55 + 0.45 * np.asarray(through, np.float32))
    vis_now = vis_now * np.asarray(through, np.float32)
    most = np.ones(len(p), np.float32)
    if known is not None:
        # What the plate shows is the start; only what has changed since is added to it.
        shown = known.visible.ravel()[index]
        vis_now = np.where(inside, vis_now, shown + (vis_now - vis_rest))
        vis_now = np.minimum(vis_now, np.maximum(shown, 1))
        vis_rest = shown
        sky_now = np.minimum(sky_now, sky_rest)
        most = known.limit.ravel()[index]
    for k in range(3):
        s, a = light.sun[k] * sun[2], light.sky[k]
        if known is not None:
            a = max(a, 0.05)
            s = a * (float(known.gain[k]) - 1)
        top = np.maximum(s * vis_now + a * sky_now, 0) + 0.004 * (known is None)
        before = s * vis_rest + a * sky_rest + 0.004 * (known is None)
        # Ground that neither sun nor sky reached shows nothing to compare with: it stays.
        out[index, k] = np.where(before > 1e-6, top / np.maximum(before, 1e-6), 1.0)
    if known is not None:
        level = out[index, 1]
        out[index] *= (np.minimum(level, np.maximum(most, 1)) / np.maximum(level, 1e-6))[:, None]
    if known is not None:
        return _joined(np.maximum(out, LEAST).reshape(*shape, 3), known, h, w)
    small = np.clip(out, LEAST, 1).reshape(*shape, 3)
    # Few rays a pixel: a small edge-keeping blur takes the speckle out.
    small = cv2.bilateralFilter(small, 5, 0.25, 2.0)
    small = cv2.GaussianBlur(small, (0, 0), 0.8)
    full = cv2.resize(small, (w, h), interpolation=cv2.INTER_LINEAR)
    return np.clip(full, LEAST, 1).astype(np.float32)


def _joined(small: F32, known: GroundLight, h: int, w: int) -> F32:
    """To full size, smoothed inside and outside the hole apart: over plate that did not change
    the ratio stays exactly 1, whatever the clean plate's ground beside it does."""
    out = np.empty((h, w, 3), np.float32)
    for where in (known.hole, ~known.hole):
        side = where[0:h:STEP, 0:w:STEP].astype(np.float32)
        weight = np.repeat(side[..., None], 3, 2)
        top, low = (
            cv2.resize(cv2.GaussianBlur(x, (0, 0), 1.2), (w, h), interpolation=cv2.INTER_LINEAR)
            for x in (small * weight, weight)
        )
        part = top / np.maximum(low, 1e-6)
        out[where] = np.where(low[where] > 1e-6, part[where], 1.0)
    return out


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

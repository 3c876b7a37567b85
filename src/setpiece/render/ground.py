"""Shadows and contact darkening that pieces cast on the ground plane, as a ratio to the plate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

from setpiece.render.bounce import Around, arriving
from setpiece.render.sampling import pixel_offsets
from setpiece.render.shading import sky_rays
from setpiece.render.sunlight import sun_rays_free
from setpiece.render.tracing import J, Tracer, camera_arrays, make_rays

if TYPE_CHECKING:
    from setpiece.render.camera import Camera
    from setpiece.render.rest_view import RestView

F32 = NDArray[np.float32]
STEP = 2  # the ground is traced at every second pixel
RAYS = 4  # to the sun
LOOKS = 4  # rays over the hemisphere
BLUR = 1.2  # cells of STEP px
ABOVE = 0.015  # m: where the ground's rays start
STEEP = 0.1  # of the sun, from a pixel to those beside it: the edge of a shadow
LEAST = 0.05
FAINT = 0.004  # of light there always is
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
    point, index = view.bare_ground
    # corner by corner: numpy's own least along so short an axis takes ten times as long
    low, high = (np.array([f(now[:, k]) for k in range(3)]) for f in (np.min, np.max))
    low, high = np.minimum(view.bounds[0], low), np.maximum(view.bounds[1], high)
    reach = 3.5 * float(high[2]) / max(view.light.direction[2], 0.22)
    near = (
        (point[:, 0] > low[0] - reach)
        & (point[:, 0] < high[0] + reach)
        & (point[:, 1] > low[1] - reach)
        & (point[:, 1] < high[1] + reach)
    )
    return point[near], index[near]


def bare_ground(camera: Camera, h: int, w: int) -> tuple[F32, NDArray[np.int64]]:
    """All ground of a picture (h, w), as `ground_points` gives what may be shaded of it."""
    ys, xs = np.mgrid[0:h:STEP, 0:w:STEP].astype(np.int32)
    o, d = np.empty((ys.size, 3), np.float32), np.empty((ys.size, 3), np.float32)
    make_rays(*camera_arrays(camera), xs.ravel(), ys.ravel(), 0.5, 0.5, o, d)
    index = np.flatnonzero((d[:, 2] < -1e-4) & (o[:, 2] > 0))
    o, d = o[index], d[index]
    point = np.asarray(o + d * (-o[:, 2] / d[:, 2])[:, None], np.float32)
    point[:, 2] = ABOVE
    return point, index


def sun_seen(
    tracer: Tracer, points: F32, index: NDArray, width: int, direction: NDArray, softness: float
) -> F32:
    """Share of the sun's disc that each point sees, 0..1 (n,). index: of its pixel (n,), counted
    line by line in a picture so wide."""
    free = sun_rays_free(
        tracer, points, index, width, direction, max(softness, 0.4), rays=RAYS, samples=RAYS
    )
    return free / np.float32(RAYS)


@dataclass(frozen=True)
class GroundNow:
    """Light on the ground in one state of the pieces, on every STEP-th pixel, row by row.

    sun: share of it, 0..1 (n,). around: light from all sides over the open sky's, RGB (n, 3).
    sharp: sun on every pixel (h, w), its edges traced there. All 1 where no piece may shade.
    """

    sun: F32
    around: F32
    sharp: F32

    @staticmethod
    def of(
        view: RestView, around: Around, points: F32, index: NDArray[np.int64], hole: NDArray,
        seen: NDArray[np.bool_] | None = None,
    ) -> GroundNow:  # fmt: skip
        """points (n, 3) [m] on pixels `index` (n,). hole: (h, w) as for `_joined`. seen: (h, w),
        ground that reaches the picture; None is all."""
        h, w = view.silhouette.shape
        shape = (-(-h // STEP), -(-w // STEP))
        direction = to_sun(view)
        sun = np.ones(shape[0] * shape[1], np.float32)
        sun[index] = sun_seen(
            around.tracer, points, index, shape[1], direction, view.light.softness
        )
        sky = np.ones((len(sun), 3), np.float32)
        found = np.zeros_like(points)
        up, towards = np.zeros_like(points), np.empty_like(points)
        up[:, 2] = 1
        for r in range(LOOKS):
            sky_rays(len(points), index, up, shape[1], 0, r, LOOKS, towards)
            found += arriving(around, points, towards, index, 0, 17 * r, bounces=1)
        sky[index] = found / (LOOKS * np.array(view.light.sky, np.float32) + 1e-6)
        sharp = np.ascontiguousarray(_joined(sun.reshape(*shape, 1), hole, h, w)[..., 0])
        _sharpen(view, around.tracer, direction, sharp, seen)
        return GroundNow(sun, sky, sharp)


def to_sun(view: RestView) -> NDArray[np.float64]:
    """Unit vector to the sun, as the plate's own shadow says it where one is seen."""
    known = view.ground
    sun = np.array(view.light.direction if known is None else known.direction, np.float64)
    return np.asarray(sun / np.linalg.norm(sun))


def _sharpen(
    view: RestView, tracer: Tracer, sun: NDArray, sharp: F32, seen: NDArray[np.bool_] | None
) -> None:
    """Trace the sun anew on every pixel of a shadow's edge that is seen. sharp: (h, w), changed."""
    h, w = sharp.shape
    steep = cv2.dilate(sharp, np.ones((3, 3))) - cv2.erode(sharp, np.ones((3, 3))) > STEEP
    if seen is not None:
        steep &= seen
    ys, xs = (part.astype(np.int32) for part in np.nonzero(steep))
    o, d = np.empty((len(ys), 3), np.float32), np.empty((len(ys), 3), np.float32)
    anew = np.zeros((h, w), np.float32)
    index = ys.astype(np.int64) * w + xs
    for r, (dx, dy) in enumerate(pixel_offsets(RAYS)):
        make_rays(*camera_arrays(view.camera), xs, ys, dx, dy, o, d)
        p = np.asarray(o + d * (-o[:, 2] / np.minimum(d[:, 2], -1e-6))[:, None], np.float32)
        p[:, 2] = ABOVE
        softness = max(view.light.softness, 0.4)
        free = sun_rays_free(tracer, p, index, w, sun, softness, first=r, samples=RAYS)
        anew[ys, xs] += free / np.float32(RAYS)
    # As among the pixels of a block, so that what the next ones found takes the speckle out.
    known = cv2.blur(steep.astype(np.float32), (3, 3))
    sharp[ys, xs] = (cv2.blur(anew, (3, 3)) / np.maximum(known, 1e-6))[ys, xs]


def ground_at_rest(view: RestView) -> GroundNow:
    """The ground's light round the standing building."""
    around = Around(view.tracer, view.tone, view.light, None)
    points, index = ground_points(view, view.mesh.vertices)
    return GroundNow.of(view, around, points, index, _hole(view))


def _hole(view: RestView) -> NDArray[np.bool_]:
    """Pixels whose ground is the clean plate's: open ground is the reference there."""
    under = view.silhouette > 0.02
    return under if view.ground is None else under | view.ground.hole


def ground_ratio(
    view: RestView,
    around: Around,
    now: F32,
    volume_shadow: Shadow | None = None,
    seen: NDArray[np.bool_] | None = None,
) -> F32:
    """Light on the ground now over its light in the plate, float32 (h, w, 3), from LEAST.

    around: the pieces as they are now. Where the plate shows ground that the standing building
    already shades, that shade is not laid on twice; where `view.ground` knows how much brighter
    sunlit ground is, the shade goes when what cast it has gone, else the ratio is at most 1. Under
    the building itself (the clean plate's ground) the open ground is the reference.
    The same directions are used now and at rest, so nothing moved is exactly 1.
    volume_shadow adds the shadow of the dust. seen: (h, w), ground that reaches the picture: the
    rest is 1, or what lies beside it. None is all.
    """
    h, w = view.silhouette.shape
    known, hole = view.ground, _hole(view)
    shape = (-(-h // STEP), -(-w // STEP))
    p, index = ground_points(view, now)
    if seen is not None:
        some = seen[::STEP, ::STEP].ravel()[index]
        p, index = p[some], index[some]
    if len(index) == 0:
        return np.ones((h, w, 3), np.float32)
    lit = GroundNow.of(view, around, p, index, hole, seen)
    through = np.ones(len(lit.sun), np.float32)
    if volume_shadow is not None:
        through[index] = volume_shadow(p)
    # Sky is dimmed by dust overhead too, less than the sun is.
    sky = lit.around * (0.55 + 0.45 * through)[:, None]
    if known is not None:
        return _shade_of_plate(view, known, index, lit.sun * through, sky)
    full = _joined(np.concatenate([sky, through[:, None]], 1).reshape(*shape, 4), hole, h, w)
    near = np.zeros(shape[0] * shape[1], bool)
    near[index] = True
    ratio = np.empty((h, w, 3), np.float32)
    _over_rest(
        lit.sharp, full, near.reshape(shape), *_strength(view), np.float32(FAINT),
        view.ground_level, np.float32(LEAST), ratio,
    )  # fmt: skip
    return ratio


@njit(**J)
def _over_rest(sun, around, near, sky_rgb, sun_rgb, faint, rest, least, out):
    """Light on the ground over that at rest (h, w, 3), from least to 1, and 1 where it is not near
    (h', w'). around: (h, w, 4), share of the sky (3) and of the sun past dust."""
    h, w = sun.shape
    one = np.float32(1)
    for y in range(h):
        for x in range(w):
            if not near[y // STEP, x // STEP]:
                out[y, x, 0], out[y, x, 1], out[y, x, 2] = one, one, one
                continue
            free = sun[y, x] * around[y, x, 3]
            for c in range(3):
                now = around[y, x, c] * sky_rgb[c] + free * sun_rgb[c] + faint
                out[y, x, c] = min(max(now / rest[y, x, c], least), one)


def ground_level(view: RestView) -> F32:
    """What `ground_ratio` is against where the plate's shadows are not known, (h, w, 3)."""
    h, w = view.silhouette.shape
    shape = (-(-h // STEP), -(-w // STEP))
    hole, rest = _hole(view), view.ground_at_rest
    out = _level(view, rest.sharp, _joined(rest.around.reshape(*shape, 3), hole, h, w))
    out[hole] = np.array(view.light.sun) * to_sun(view)[2] + np.array(view.light.sky) + FAINT
    return out


def _level(view: RestView, sun: F32, around: F32) -> F32:
    """Light on the ground (h, w, 3) from shares of sun (h, w) and sky (h, w, 3)."""
    sky_rgb, sun_rgb = _strength(view)
    return around * sky_rgb + sun[..., None] * sun_rgb + np.float32(FAINT)


def _strength(view: RestView) -> tuple[F32, F32]:
    """Light of the open sky and of the sun on the ground, (3,) each."""
    sun = np.array(view.light.sun) * to_sun(view)[2]
    return np.array(view.light.sky, np.float32), sun.astype(np.float32)


def _shade_of_plate(
    view: RestView, known: GroundLight, index: NDArray[np.int64], sun_now: F32, sky_now: F32
) -> F32:
    """`ground_ratio` where the plate shows the building's shadow: what it shows is the start, and
    only what has changed since is added to it. sun_now (n,), sky_now (n, 3): of all STEP-th
    pixels; index: those that may be shaded."""
    h, w = view.silhouette.shape
    shape = (-(-h // STEP), -(-w // STEP))
    out = np.ones((shape[0] * shape[1], 3), np.float32)
    vis_now, sky_now = sun_now[index], sky_now[index]
    vis_rest, sky_rest = view.ground_at_rest.sun[index], view.ground_at_rest.around[index]
    inside = _hole(view)[0:h:STEP, 0:w:STEP].ravel()[index]
    vis_rest[inside] = sky_rest[inside] = 1.0
    shown = known.visible.ravel()[index]
    vis_now = np.where(inside, vis_now, shown + (vis_now - vis_rest))
    vis_now = np.minimum(vis_now, np.maximum(shown, 1))
    sky_now = np.minimum(sky_now, sky_rest)
    for k in range(3):
        a = max(view.light.sky[k], 0.05)
        s = a * (float(known.gain[k]) - 1)
        top = np.maximum(s * vis_now + a * sky_now[:, k], 0)
        before = s * shown + a * sky_rest[:, k]
        # Ground that neither sun nor sky reached shows nothing to compare with: it stays.
        out[index, k] = np.where(before > 1e-6, top / np.maximum(before, 1e-6), 1.0)
    level, most = out[index, 1], np.maximum(known.limit.ravel()[index], 1)
    out[index] *= (np.minimum(level, most) / np.maximum(level, 1e-6))[:, None]
    return _joined(np.maximum(out, LEAST).reshape(*shape, 3), known.hole, h, w)


def _joined(small: F32, hole: NDArray[np.bool_], h: int, w: int) -> F32:
    """(h', w', c) at full size, smoothed inside and outside the hole apart: over plate that did
    not change a ratio stays exactly 1, whatever the clean plate's ground beside it does."""
    sides = []
    for where in (hole, ~hole):
        side = where[0:h:STEP, 0:w:STEP].astype(np.float32)
        share = np.maximum(cv2.GaussianBlur(side, (0, 0), BLUR), 1e-6)[..., None]
        # How far from 1, so that 1 stays 1 to the last digit.
        part = cv2.GaussianBlur((small - 1) * side[..., None], (0, 0), BLUR)
        part = 1 + part.reshape(small.shape) / share
        sides.append(cv2.resize(part, (w, h), interpolation=cv2.INTER_LINEAR).reshape(h, w, -1))
    _take(sides[0], hole, sides[1])
    return sides[1]


@njit(**J)
def _take(inside, hole, out):
    """Into out (h, w, c) what is inside where there is a hole (h, w)."""
    for y in range(hole.shape[0]):
        for x in range(hole.shape[1]):
            if hole[y, x]:
                for c in range(out.shape[2]):
                    out[y, x, c] = inside[y, x, c]

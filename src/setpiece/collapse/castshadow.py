"""The building's own shadow on the ground of the plate: how much light it takes away there.

The shadow is in the picture. When the building has gone it must go too, so the shaded ground is
brought up to sunlit ground by the ratio that the plate itself shows across the shadow's edge.
Where no such edge is found the ground is left alone.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.inpaint.fields import luminance
from setpiece.render.ground import STEP, GroundLight, ground_points, sun_seen
from setpiece.render.rest_view import RestView

F32 = NDArray[Any]  # float32; OpenCV's stubs do not say so
Mask = NDArray[np.bool_]

DOUBT = 30.0  # degrees: a sun less certain than this says nothing about where a shadow lies
STRIP = 6  # cells on either side of the edge that are compared
BLOCK = 16  # cells along the edge that are compared together
LEAST_BLOCKS = 4
LEAST_CONTRAST = 0.22  # log: sunlit ground a quarter brighter than shaded
MOST = 5.0
LUMA = np.array([0.2126, 0.7152, 0.0722])


def find_ground_light(
    still: F32, clean: F32, hole: Mask, front: F32, view: RestView
) -> GroundLight | None:
    """`GroundLight` of the plate, or None where it shows no shadow of the building.

    still, clean: (h, w, 3) scene-linear. hole: (h, w) where `clean` replaces the plate. front:
    (h, w) 0..1 what stands in front. The sun may move within its uncertainty to where the
    shadow's edge agrees best with the picture.
    """
    light = view.light
    if light.uncertainty > DOUBT or light.direction[2] < 0.1 or light.softness > 5:
        return None
    h, w = hole.shape
    small = np.s_[0:h:STEP, 0:w:STEP]
    points, index = ground_points(view, view.mesh.vertices)
    if len(index) < 200:
        return None
    shape = hole[small].shape
    bare = np.zeros(hole[small].size, bool)
    bare[index] = True
    taken = cv2.dilate((hole | (front > 0.05)).astype(np.uint8), np.ones((5, 5), np.uint8))
    bare = bare.reshape(shape) & (taken[small] == 0)
    log = np.log(np.maximum(cv2.GaussianBlur(still, (0, 0), 1.2)[small], 2e-3))

    def shaded(direction: NDArray[np.float64]) -> Mask:
        out = np.zeros(bare.size, bool)
        rays = np.broadcast_to(direction.astype(np.float32), points.shape)
        out[index] = view.tracer.occluded(points, np.ascontiguousarray(rays))
        return out.reshape(shape)

    direction = _agree(
        np.array(light.direction, float), max(light.uncertainty, 2.0), shaded, log, bare
    )
    steps = _steps(log, shaded(direction), bare)
    if len(steps) < LEAST_BLOCKS:
        return None
    level = steps @ LUMA
    found = level > LEAST_CONTRAST
    if found.sum() < LEAST_BLOCKS or found.mean() < 0.5:
        return None
    # A soft edge, a shadow a cell off or a thin one only lower the step: the strong ones are it.
    step = np.percentile(steps[found], 75, axis=0)
    if step[0] < step[2] - 0.15:  # what the sky alone lights is no redder
        return None
    sun, sky = np.array(light.sun) * direction[2], np.array(light.sky)
    most = 1.4 * float(LUMA @ (sun + sky)) / max(float(LUMA @ sky), 1e-3)
    gain = np.clip(np.exp(step), 1.0, min(most, MOST))

    seen = np.ones(bare.size, np.float32)
    seen[index] = sun_seen(view.tracer, points, index, shape[1], direction, light.softness)
    visible = cv2.GaussianBlur(seen.reshape(shape), (0, 0), 0.8)
    picture = np.where(hole[..., None], clean, still)
    lum = luminance(cv2.GaussianBlur(picture, (0, 0), 3.0)[small])
    lit, dark = bare & (visible > 0.95), bare & (visible < 0.05)
    told = _in_hole(lum, lit, dark, float(np.log(gain).mean()))
    # Only beside real shade is dark ground taken for shaded ground: elsewhere it is a dark road.
    told = np.maximum(told, _nearest(visible, bare))
    visible = np.where(hole[small], told, visible)
    bright = 1.1 * float(np.percentile(lum[lit], 95)) if lit.any() else 1.0
    limit = np.maximum(bright / np.maximum(lum, 1e-3), 1.0)
    return GroundLight(
        direction=direction,
        gain=gain,
        visible=visible.astype(np.float32),
        limit=limit.astype(np.float32),
        hole=hole,
    )


def _agree(sun: NDArray, doubt: float, shaded: Any, log: F32, bare: Mask) -> NDArray[np.float64]:
    """The direction near `sun` whose shadow edge shows the strongest step in the picture."""
    azimuth, height = np.arctan2(sun[0], sun[1]), np.arcsin(np.clip(sun[2], -1, 1))
    best, score = (azimuth, height), -np.inf
    for reach in (doubt, doubt / 3):
        centre = best
        for a in np.radians(np.linspace(-reach, reach, 5)):
            for b in np.radians(np.linspace(-reach, reach, 5)):
                at = (centre[0] + a, float(np.clip(centre[1] + b, 0.1, 1.5)))
                steps = _steps(log, shaded(_unit(*at)), bare, 2)
                if len(steps) < LEAST_BLOCKS:
                    continue
                # one strong step on a few blocks is chance; far from the estimate less likely
                off = np.hypot(at[0] - azimuth, at[1] - height) / np.radians(doubt)
                got = (
                    float(np.clip(steps.mean(1), -0.3, 1.5).mean())
                    * min(1.0, len(steps) / 12)
                    * (1 - 0.25 * off)
                )
                if got > score + 1e-6:
                    best, score = at, got
    return _unit(*best)


def _unit(azimuth: float, height: float) -> NDArray[np.float64]:
    c = np.cos(height)
    return np.array([np.sin(azimuth) * c, np.cos(azimuth) * c, np.sin(height)])


def _steps(log: F32, shade: Mask, bare: Mask, strip: int = STRIP) -> NDArray[np.float64]:
    """Log of sunlit over shaded ground (n, 3), one row for each block along the shadow's edge."""
    s = shade.astype(np.uint8)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * strip + 1, 2 * strip + 1))
    rim = np.ones((3, 3), np.uint8)
    lit = (cv2.dilate(s, disc) > 0) & (cv2.dilate(s, rim) == 0) & bare
    dark = (cv2.erode(s, disc) == 0) & (cv2.erode(s, rim) > 0) & bare
    ys, xs = np.nonzero(lit | dark)
    block = (ys // BLOCK) * 100_000 + xs // BLOCK
    side = lit[ys, xs]
    values = log[ys, xs]
    out = []
    order = np.argsort(block, kind="stable")
    cuts = np.nonzero(np.diff(block[order]))[0] + 1
    for own in np.split(order, cuts):
        a, b = values[own][side[own]], values[own][~side[own]]
        if len(a) >= 6 and len(b) >= 6:
            out.append(np.median(a, 0) - np.median(b, 0))
    return np.array(out, float).reshape(-1, 3)


def _in_hole(lum: F32, lit: Mask, dark: Mask, step: float) -> F32:
    """How much sun the clean plate's invented ground shows, told by the real ground around it."""
    log = np.log(np.maximum(lum, 1e-3)).astype(np.float32)
    sigma = max(8.0, 0.04 * max(lum.shape))

    def around(where: Mask) -> F32:
        weight = cv2.GaussianBlur(where.astype(np.float32), (0, 0), sigma) + 1e-6
        mean = float(log[where].mean()) if where.any() else 0.0
        part = cv2.GaussianBlur(np.where(where, log, 0).astype(np.float32), (0, 0), sigma)
        return np.asarray((part + 1e-4 * mean) / (weight + 1e-4))

    bright = around(lit)
    span = np.maximum(np.minimum(bright - around(dark), 1.5 * step), 0.6 * step)
    return np.asarray(cv2.GaussianBlur(np.clip(1 - (bright - log) / span, 0, 1), (0, 0), 2.0))


def _nearest(values: F32, where: Mask) -> F32:
    """Each cell's nearest value among those in `where`, a little softened."""
    _, label = cv2.distanceTransformWithLabels(
        (~where).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    table = np.zeros(int(label.max()) + 1, np.float32)
    table[label[where]] = values[where]
    return np.asarray(cv2.GaussianBlur(table[label], (0, 0), 3.0))

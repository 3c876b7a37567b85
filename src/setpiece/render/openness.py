"""How much light from all sides reached each place of the standing building, of what it would have
had in the open.

A picture's colour over its light is what a thing is painted. Under an eave and between columns
there was less light than in the open: taken for open, the paint there comes out too dark, and such
a piece stays black when it turns to the sky. The same rays that light a moving piece say how much.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.render.bounce import Around, arriving
from setpiece.render.denoise import denoise
from setpiece.render.shading import sky_rays
from setpiece.render.tracing import camera_arrays, make_rays

if TYPE_CHECKING:
    from setpiece.render.rest_view import RestView

F32 = NDArray[np.float32]
STEP = 2  # px between the places that are asked
LOOKS = 8  # rays over the hemisphere from each
OFF = 5e-3  # m: where they start
LEAST, MOST = 0.25, 1.2  # a deep recess is dark paint as well: not all of it is made up for
PALE = 0.6  # albedo of the palest thing AROUND a place [px of a picture 1280 wide], at most
AROUND = 24


def openness(view: RestView) -> F32:
    """Light from all sides on what the plate shows of the building over that in the open, (h, w, 1)
    float32, LEAST to MOST; the nearest building's beside it, 1 where there is none at all."""
    h, w = view.silhouette.shape
    shape = (-(-h // STEP), -(-w // STEP))
    ys, xs = (part.astype(np.int32).ravel() for part in np.mgrid[0:h:STEP, 0:w:STEP])
    o, d = np.empty((len(xs), 3), np.float32), np.empty((len(xs), 3), np.float32)
    make_rays(*camera_arrays(view.camera), xs, ys, 0.5, 0.5, o, d)
    face, far, facing = view.tracer.faces(o, d)
    index = np.flatnonzero((face >= 0) & (view.silhouette[ys, xs] > 0.05))
    if not len(index):
        return np.ones((h, w, 1), np.float32)
    normal = facing[index] / (np.linalg.norm(facing[index], axis=1, keepdims=True) + 1e-20)
    normal *= -np.sign((normal * d[index]).sum(1, keepdims=True))
    normal = np.ascontiguousarray(normal, np.float32)
    point = np.asarray(o[index] + d[index] * far[index, None] + OFF * normal, np.float32)

    around = Around(view.tracer, view.tone, view.light, None)
    found, towards = np.zeros_like(point), np.empty_like(point)
    for r in range(LOOKS):
        sky_rays(len(point), index, normal, shape[1], 0, r, LOOKS, towards)
        found += arriving(around, point, towards, index, 0, 17 * r, bounces=1)
    up = 0.5 + 0.5 * normal[:, 2:]
    light = view.light
    bare = np.array(light.sky, np.float32) * up + np.array(light.ground, np.float32) * (1 - up)
    bare = bare.mean(1) + 1e-6
    share = found.mean(1) / (LOOKS * bare)
    # Whatever the model says, so little light that white would have to be whiter there was not.
    sunny = float(np.mean(light.sun)) * np.maximum(normal @ light.to_sun, 0)
    least = (_palest(view, shape).ravel()[index] / PALE - sunny) / bare
    share = np.maximum(share, np.minimum(least, 1))

    whole, guide = np.zeros((*shape, 1), np.float32), np.zeros((*shape, 3), np.float32)
    there = np.zeros(shape, np.float32)
    whole.reshape(-1, 1)[index], guide.reshape(-1, 3)[index] = share[:, None], normal
    there.ravel()[index] = 1
    # Beside the building its own light goes on, so that none leaks in over the outline.
    weight = cv2.GaussianBlur(there, (0, 0), 3.0)
    beside = cv2.GaussianBlur(whole[..., 0], (0, 0), 3.0) / np.maximum(weight, 1e-4)
    filled = np.where(there > 0, whole[..., 0], np.where(weight > 1e-4, beside, 1))
    light3 = np.repeat(filled[..., None].astype(np.float32), 3, 2)
    clean = denoise(light3, np.full_like(light3, 0.5), guide)[..., 0]
    out = cv2.resize(clean, (STEP * shape[1], STEP * shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.ascontiguousarray(np.clip(out[:h, :w, None], LEAST, MOST), np.float32)


def _palest(view: RestView, shape: tuple[int, int]) -> F32:
    """The brightest of the building's picture around each place (h', w'), scene-linear."""
    w = view.silhouette.shape[1]
    own = view.picture.max(-1) * (view.silhouette > 0.5)
    small = cv2.resize(own, shape[::-1], interpolation=cv2.INTER_AREA)
    # A highlight of a pixel is no paint.
    small = cv2.medianBlur(np.asarray(small, np.float32), 3)
    n = max(3, 2 * round(AROUND * w / 1280 / STEP / 2) + 1)
    pale = cv2.dilate(small, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (n, n)))
    return np.asarray(cv2.GaussianBlur(pale, (0, 0), n / 3), np.float32)

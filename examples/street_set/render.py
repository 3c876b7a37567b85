"""Light on the set: sun, sky and one bounce, sampled many times and denoised as light alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from setpiece.render.camera import Camera
from setpiece.render.denoise import denoise
from setpiece.render.light import Light
from setpiece.render.tracing import Tracer, camera_arrays, make_rays
from street_set.kernels import camera_rays, first_hits, gather, second_points
from street_set.scene import AXES, CORNER, WIDE, Geometry

F32 = NDArray[np.float32]


def render_street(
    street: Geometry, camera: Camera, light: Light, samples: int = 64, seed: int = 0
) -> F32:
    """Render the street: (h, w, 3) float32, scene-linear Rec.709, without grain.

    The same seed sends the same rays.
    """
    tri = street.triangles
    edge = np.cross(tri[:, 1] - tri[:, 0], tri[:, 2] - tri[:, 0]).astype(np.float64)
    normals = edge / np.maximum(np.linalg.norm(edge, axis=1, keepdims=True), 1e-12)
    colour = street.colour.astype(np.float64)
    tracer = _tracer(street)
    h, w = camera.height, camera.width
    sun, sun_rgb, haze = (np.array(a) for a in (light.direction, light.sun, light.haze))
    spread = float(np.tan(np.radians(light.softness)))
    origin = CORNER - WIDE * AXES[0]

    n = h * w
    own, lit, albedo, normal = (np.zeros((n, 3), np.float32) for _ in range(4))
    weight = np.zeros(n, np.float32)
    o, d, point, to_sun, out, tint, face = (np.empty((n, 3), np.float32) for _ in range(7))
    kind, pixel = np.empty(n, np.int8), np.empty(n, np.int64)
    for s in range(samples):
        camera_rays(*camera_arrays(camera), h, w, s, samples, seed, o, d)
        prim, far, _, _ = tracer.hits(o, d)
        m = first_hits(
            prim, far, o, d, normals, street.stuff, colour, street.pane, street.panes,
            AXES, origin, sun, spread, haze, light.extinction, s, seed, own, albedo, normal,
            point, to_sun, out, tint, face, kind, pixel,
        )  # fmt: skip
        p, q = point[:m], out[:m]
        shade = tracer.occluded(p, to_sun[:m])
        prim2, far2, _, _ = tracer.hits(p, q)
        at = np.empty((m, 3), np.float32)
        second_points(prim2, far2, p, q, normals, at)
        shade2 = tracer.occluded(at, to_sun[:m])
        gather(
            m, shade, prim2, far2, shade2, p, q, normals, street.stuff, colour, AXES, origin, sun,
            sun_rgb, haze, light.extinction, tint, face, kind, pixel, own, lit, weight,
        )  # fmt: skip

    share = np.float32(1 / samples)
    some = weight > 0
    lit[some] /= weight[some, None]
    # Leaves and joints are guides too, but softly: light is smooth where the paint is not.
    flat = np.repeat(np.minimum(weight * share, 1)[:, None] * np.float32(0.5), 3, axis=1)
    guide = (flat * (1 + 0.5 * np.tanh(2 * albedo * share - 0.5))).astype(np.float32)
    shape = (h, w, 3)
    clean = denoise(lit.reshape(shape), guide.reshape(shape), (normal * share).reshape(shape))
    rgb = (own + albedo * np.maximum(clean, 0).reshape(n, 3)) * share
    return rgb.reshape(shape)


def coverage(street: Geometry, camera: Camera) -> F32:
    """Silhouette (h, w) of all triangles, 16 samples a pixel."""
    tracer = _tracer(street)
    w, h = camera.width, camera.height
    ys, xs = np.divmod(np.arange(w * h, dtype=np.int32), np.int32(w))
    o, d = np.empty((w * h, 3), np.float32), np.empty((w * h, 3), np.float32)
    out = np.zeros(w * h, np.float32)
    for s in range(16):
        dx, dy = (s % 4 + 0.5) / 4 - 0.5, (s // 4 + 0.5) / 4 - 0.5
        make_rays(*camera_arrays(camera), xs, ys, dx, dy, o, d)
        out += (np.asarray(tracer.hits(o, d)[0]) >= 0) / np.float32(16)
    return out.reshape(h, w)


def _tracer(street: Geometry) -> Tracer:
    n = len(street.triangles)
    return Tracer(street.triangles.reshape(-1, 3), np.arange(3 * n, dtype=np.int32).reshape(-1, 3))

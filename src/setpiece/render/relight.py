"""Light on what the camera sees of the pieces: sun and sky, each tested by a ray, then denoised."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from setpiece.render.bounce import bounced, tones
from setpiece.render.denoise import denoise as clean_light
from setpiece.render.light import Light
from setpiece.render.shading import add_light, light_rays
from setpiece.render.tracing import Tracer

F32 = NDArray[np.float32]
I32 = NDArray[np.int32]
Shadow = Callable[[F32], F32]
REACH = 14.0  # m: further away than this nothing darkens a corner


@dataclass(frozen=True)
class Hits:
    """Surfaces that one sample of every pixel met. sample: its number. pixel: (n,) index in the
    picture. weight: (n,) share of the pixel. point, normal: (n, 3) world. base: (n, 3) what light
    is multiplied by."""

    sample: int
    pixel: NDArray[np.int64]
    weight: F32
    point: F32
    normal: F32
    base: F32

    def where(self, keep: NDArray[np.bool_] | NDArray[np.int64]) -> Hits:
        """A copy of the hits that keep names: (n,) True or False, or indices."""
        return Hits(
            self.sample, self.pixel[keep], self.weight[keep], self.point[keep],
            self.normal[keep], self.base[keep],
        )  # fmt: skip


def relight(
    found: list[Hits],
    tracer: Tracer,
    body: I32,
    light: Light,
    still: F32,
    normal: F32,
    ids: I32,
    alpha: F32,
    size: tuple[int, int],
    *,
    seed: int = 0,
    denoise: bool = True,
    volume_shadow: Shadow | None = None,
) -> F32:
    """Premultiplied picture (p, 3) of pixels p = h * w: what is still, plus base times light.

    body: piece of each of the tracer's triangles. still: (p, 3) what shows the plate.
    normal (p, 3), ids (p, 4), alpha (p,): passes, for the denoiser. volume_shadow: sun
    transmittance through dust at world points (n, 3) -> (n,).
    """
    sun = light.to_sun
    sun_rgb, sky, bounce_up = (
        np.array(c, np.float64) for c in (light.sun, light.sky, light.ground)
    )
    # what wanders on from wall to wall after its first bounce
    indoors = 0.03 * (sky + bounce_up) + 0.005 * sun_rgb
    seen = [hits for hits in found if len(hits.pixel)]
    tone = tones(
        np.concatenate([h.pixel for h in seen]) if seen else np.zeros(0, np.int64),
        np.concatenate([h.base for h in seen]) if seen else np.zeros((0, 3), np.float32),
        ids[:, 0], int(body.max(initial=-1)) + 1,
    )  # fmt: skip
    spread = np.tan(np.radians(max(light.softness, 0.25)))
    lit, base = np.zeros_like(still), np.zeros_like(still)
    lit_weight = np.zeros(len(still), np.float32)
    for hits in found:
        n = len(hits.pixel)
        if n == 0:
            continue
        sun_dir, sky_dir = np.empty((n, 3), np.float32), np.empty((n, 3), np.float32)
        light_rays(
            n, hits.pixel, hits.normal, sun, spread, seed, 17 * hits.sample, sun_dir, sky_dir
        )
        sun_hidden = tracer.occluded(hits.point, sun_dir)
        sky_hidden = tracer.occluded(hits.point, sky_dir, REACH)
        through = np.ones(n, np.float32) if volume_shadow is None else volume_shadow(hits.point)
        near = bounced(
            tracer, body, tone, hits.point, sky_dir, sky_hidden, sun,
            (sun_rgb, sky, bounce_up, indoors), volume_shadow,
        )  # fmt: skip
        add_light(
            n, hits.pixel, hits.weight, hits.normal, hits.base, sun_hidden, sky_hidden, sky_dir,
            np.asarray(through, np.float32), sun, sun_rgb, sky, near, lit, lit_weight, base,
        )  # fmt: skip
    any_light = lit_weight > 0
    lit[any_light] /= lit_weight[any_light, None]
    if denoise and any_light.any():
        lit = _denoised(lit, _edges(ids, alpha), normal, any_light, *size)
    return np.maximum(still, 0) + base * lit


def _edges(ids: I32, alpha: F32) -> F32:
    """What the denoiser may take as edges (p, 3): which piece a pixel shows, in shades of grey.

    Not the albedo: what is denoised is light alone, and texture would come back in it.
    """
    shade = 0.45 + 0.1 * ((ids[:, 0].astype(np.int64) * 40503 % 1024) / 1024.0)
    return np.repeat((shade * alpha).astype(np.float32)[:, None], 3, axis=1)


def _denoised(lit: F32, guide: F32, normal: F32, where: NDArray[np.bool_], h: int, w: int) -> F32:
    """Denoise only the box that has light in it."""
    ys, xs = np.nonzero(where.reshape(h, w))
    box = np.s_[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1]
    out = lit.reshape(h, w, 3).copy()
    out[box] = clean_light(out[box], guide.reshape(h, w, 3)[box], normal.reshape(h, w, 3)[box])
    return np.maximum(out, 0).reshape(-1, 3)

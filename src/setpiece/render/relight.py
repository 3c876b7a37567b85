"""Light on what the camera sees of the pieces: sun and sky, each tested by a ray, then denoised."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.render.bounce import Around, arriving
from setpiece.render.denoise import denoise as clean_light
from setpiece.render.shading import add_light, sky_rays, sun_rays

F32 = NDArray[np.float32]
I32 = NDArray[np.int32]
Shadow = Callable[[F32], F32]
LOOKS = 2  # paths over the hemisphere from each hit: with one, shade is noisier than Cycles at 16
AGAIN = 3  # rays to the sun from where it is half hidden


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
    around: Around,
    still: F32,
    size: tuple[int, int],
    *,
    seed: int = 0,
    denoise: bool = True,
) -> F32:
    """Premultiplied picture (p, 3) of pixels p = h * w: what is still, plus base times light.

    still: (p, 3) what shows the plate. The sun is laid on hit by hit and sharp; light from all
    sides, which is smooth, is denoised by itself.
    """
    sun = around.light.to_sun
    found = [hits for hits in found if len(hits.pixel)]
    samples = 1 + max((hits.sample for hits in found), default=0)
    base, direct, facing, lit = (np.zeros_like(still) for _ in range(4))
    weight = np.zeros(len(still), np.float32)
    for hits, clear in zip(found, _sunlit(found, samples, around, size, seed), strict=True):
        near, towards = np.zeros_like(hits.point), np.empty_like(hits.point)
        for sample in range(hits.sample, LOOKS * samples, samples):
            sky_rays(
                len(near), hits.pixel, hits.normal, size[1], seed, sample, LOOKS * samples, towards
            )
            near += arriving(around, hits.point, towards, hits.pixel, seed, 17 * sample) / LOOKS
        add_light(
            len(near), hits.pixel, hits.weight, hits.normal, hits.base, clear, sun, near, weight,
            base, direct, facing, lit,
        )  # fmt: skip
    where = weight > 0
    lit[where] /= weight[where, None]
    if denoise and where.any():
        facing[where] /= weight[where, None]
        lit = _denoised(lit, facing, where, *size)
    return np.maximum(still, 0) + base * lit + direct * np.array(around.light.sun, np.float32)


def _sunlit(
    found: list[Hits], samples: int, around: Around, size: tuple[int, int], seed: int
) -> list[F32]:
    """Share of the sun that reaches each hit, 0..1; what faces away from it is not asked.

    A ray each; pixels whose rays disagree, and those among them, get AGAIN more.
    """
    sun, spread = around.light.to_sun, np.tan(np.radians(max(around.light.softness, 0.25)))
    turned = [np.flatnonzero(hits.normal @ sun.astype(np.float32) > 0) for hits in found]

    def rays(hits: Hits, some: NDArray[np.int64], turn: int) -> F32:
        towards = np.empty((len(some), 3), np.float32)
        sun_rays(
            len(some), hits.pixel[some], size[1], sun, spread, seed, hits.sample + turn,
            samples * (AGAIN + 1), towards,
        )  # fmt: skip
        free = ~around.tracer.occluded(np.ascontiguousarray(hits.point[some]), towards)
        return np.asarray(free, np.float32)

    out = []
    free, shut = np.zeros(size[0] * size[1], bool), np.zeros(size[0] * size[1], bool)
    for hits, some in zip(found, turned, strict=True):
        clear = np.zeros(len(hits.pixel), np.float32)
        clear[some] = rays(hits, some, 0)
        free[hits.pixel[some[clear[some] > 0]]] = True
        shut[hits.pixel[some[clear[some] == 0]]] = True
        out.append(clear)
    edge = (free & shut).reshape(size).astype(np.float32)
    among = cv2.boxFilter(edge, -1, (3, 3), normalize=False) > 2.5
    unsure = (among | (edge > 0)).ravel()
    for hits, some, clear in zip(found, turned, out, strict=True):
        again = some[unsure[hits.pixel[some]]]
        for turn in range(AGAIN):
            clear[again] += rays(hits, again, samples * (turn + 1))
        clear[again] /= AGAIN + 1
        if around.shadow is not None:
            clear[some] *= around.shadow(np.ascontiguousarray(hits.point[some]))
    return out


def _denoised(lit: F32, normal: F32, where: NDArray[np.bool_], h: int, w: int) -> F32:
    """Denoise only the box that has light in it.

    The normal says which edges are real; no albedo, for light alone is denoised here and texture
    would come back in it.
    """
    ys, xs = np.nonzero(where.reshape(h, w))
    box = np.s_[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1]
    # Beside the pieces the nearest light goes on, so that none leaks away over their outline.
    dark = (~where).reshape(h, w)[box].astype(np.uint8)
    _, label = cv2.distanceTransformWithLabels(dark, cv2.DIST_L1, 3, labelType=cv2.DIST_LABEL_PIXEL)
    inside = np.flatnonzero(dark.ravel() == 0)
    place = np.zeros(len(inside) + 1, np.int64)
    place[label.ravel()[inside]] = inside
    nearest = place[label.ravel()]
    light, facing = (
        part.reshape(h, w, 3)[box].reshape(-1, 3)[nearest].reshape(*dark.shape, 3)
        for part in (lit, normal)
    )
    out = lit.reshape(h, w, 3)
    out[box] = np.maximum(clean_light(light, np.full_like(light, 0.5), facing), 0)
    return out.reshape(-1, 3)

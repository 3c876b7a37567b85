"""Light on what the camera sees of the pieces: sun and sky, each tested by a ray, then denoised."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.render.bounce import Around, arriving
from setpiece.render.denoise import areas
from setpiece.render.denoise import denoise as clean_light
from setpiece.render.halfsize import doubled, halved, sharpen
from setpiece.render.light import Light
from setpiece.render.lightcells import LightCells
from setpiece.render.shading import (
    add_base,
    add_light,
    give_over,
    keep_seen,
    lay_light,
    mean_at,
    mean_light,
    mean_of,
    note_sun,
    only_hits,
    share_of,
    sky_rays,
)  # fmt: skip
from setpiece.render.sunlight import sun_rays_free

F32 = NDArray[np.float32]
I32 = NDArray[np.int32]
Shadow = Callable[[F32], F32]
LOOKS = 2  # paths over the hemisphere from each hit: with one, shade is noisier than Cycles at 16
AGAIN = 3  # rays to the sun from where it is half hidden
NOISY = 0.1  # of the picture is a pixel's light: noise in less than that is not seen
FAINT = 0.03  # likewise: with less, one sample's light does for all
WELL = 0.4  # likewise: with less, half the paths leave less noise than all elsewhere


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

    def where(self, keep: NDArray[np.int64] | slice) -> Hits:
        """The hits that keep names: a copy by indices, a view by a slice."""
        return Hits(
            self.sample, self.pixel[keep], self.weight[keep], self.point[keep],
            self.normal[keep], self.base[keep],
        )  # fmt: skip

    def seen(self, share: F32) -> Hits:
        """The hits on pixels of which anything is seen, share (p,) > 0; these are used up."""
        kept = keep_seen(
            len(self.pixel), share, self.pixel, self.weight, self.point, self.normal, self.base
        )
        return self.where(slice(kept))


def relight(
    found: list[Hits],
    around: Around,
    still: F32,
    size: tuple[int, int],
    *,
    seed: int = 0,
    denoise: bool = True,
    seen: F32 | None = None,
    cell: float | None = None,
) -> F32:
    """Premultiplied picture (p, 3) of pixels p = h * w: what is still, plus base times light.

    still: (p, 3) what shows the plate. The sun is laid on hit by hit and sharp; light from all
    sides, which is smooth, is denoised by itself. seen: (p,) 0..1, how much of a pixel's light
    reaches the picture: where that is little, fewer rays are good enough. cell: edge of the cells
    that keep the light of what is seen by way of another surface [m]; None asks for every path.
    """
    sun, sun_rgb = around.light.to_sun, np.array(around.light.sun, np.float64)
    found = [hits for hits in found if len(hits.pixel)]
    samples = 1 + max((hits.sample for hits in found), default=0)
    picture = np.maximum(still, 0)
    base, facing, lit = (np.zeros_like(still) for _ in range(3))
    weight = np.zeros(len(still), np.float32)
    counts = _counting(found, picture, around.light, seen)
    found = _fewer(found, counts)
    cells = None if cell is None else LightCells(cell, sun)
    for hits, clear in zip(found, _sunlit(found, samples, around, size, seed), strict=True):
        near = _from_all_sides(hits, samples, around, size[1], seed, counts, cells)
        add_light(
            len(near), hits.pixel, hits.weight, hits.normal, hits.base, clear, sun, sun_rgb, near,
            weight, base, picture, facing, lit,
        )  # fmt: skip
    mean_light(weight, facing, lit)
    if denoise and found:
        lit = _denoised(lit, facing, weight > 0, size, counts)
    lay_light(weight, base, lit, picture)
    return picture


def _counting(found: list[Hits], still: F32, light: Light, seen: F32 | None) -> F32:
    """What share of the picture the light on each pixel's hits is, about, (p,) 0..1: little where
    a piece has hardly moved, and still shows the plate, and where little is seen of it."""
    open_sky = float(np.mean(light.sky))
    new = np.zeros(len(still), np.float32)
    for hits in found:
        add_base(hits.pixel, hits.weight, hits.base, np.float32(open_sky), new)
    share_of(new, still, seen if seen is not None else np.zeros(0, np.float32))
    return new


def _fewer(found: list[Hits], counts: F32) -> list[Hits]:
    """The hits without those whose light another of their pixel can stand for, where it counts for
    next to nothing; that one has the weight and base of all."""
    if len(found) < 2:
        return found
    first, *later = found
    stands = np.full(len(counts), -1, np.int64)
    only_hits(first.pixel, counts, np.float32(FAINT), stands)
    out = [first]
    for hits in later:
        kept = give_over(
            hits.pixel, hits.weight, hits.point, hits.normal, hits.base, stands, first.weight,
            first.base,
        )  # fmt: skip
        out.append(hits.where(slice(kept)))
    return [hits for hits in out if len(hits.pixel)]


def _from_all_sides(
    hits: Hits, samples: int, around: Around, width: int, seed: int, counts: F32,
    cells: LightCells | None,
) -> F32:  # fmt: skip
    """What arrives at each hit along LOOKS paths, or one where it counts for little, (n, 3)."""
    point, normal, pixel = hits.point, hits.normal, hits.pixel
    near = np.zeros_like(point)
    well = np.flatnonzero(counts[pixel] > WELL)
    for look in range(LOOKS):
        sample = hits.sample + look * samples
        if look == 1 and len(well) < len(near):
            point, normal, pixel = np.take(point, well, 0), np.take(normal, well, 0), pixel[well]
        towards = np.empty_like(point)
        sky_rays(len(towards), pixel, normal, width, seed, sample, LOOKS * samples, towards)
        light = arriving(around, point, towards, pixel, seed, 17 * sample, cells=cells)
        if len(light) == len(near):
            near += light
        else:
            mean_at(well, light, np.float32(LOOKS if look == LOOKS - 1 else 1), near)
    if len(point) == len(near):
        near /= LOOKS
    return near


def _sunlit(
    found: list[Hits], samples: int, around: Around, size: tuple[int, int], seed: int
) -> list[F32]:
    """Share of the sun that reaches each hit, 0..1; what faces away from it is not asked.

    A ray each; pixels whose rays disagree, and those among them, get AGAIN more.
    """
    sun = around.light.to_sun

    def free(hits: Hits, first: int, rays: int, only: NDArray[np.bool_] | None = None) -> F32:
        return sun_rays_free(
            around.tracer, hits.point, hits.pixel, size[1], sun, max(around.light.softness, 0.25),
            seed=seed, first=first, apart=samples, rays=rays, samples=samples * (AGAIN + 1),
            normal=hits.normal, only=only,
        )  # fmt: skip

    out = [free(hits, hits.sample, 1) for hits in found]
    edge = np.zeros(size[0] * size[1], np.uint8)
    for hits, clear in zip(found, out, strict=True):
        note_sun(hits.pixel, hits.normal, clear, sun, edge)
    among = cv2.boxFilter((edge == 3).reshape(size).astype(np.float32), -1, (3, 3), normalize=False)
    unsure = (among > 2.5).ravel() | (edge == 3)
    for hits, clear in zip(found, out, strict=True):
        clear += free(hits, hits.sample + samples, AGAIN, unsure)
        clear /= np.where(unsure[hits.pixel], np.float32(AGAIN + 1), np.float32(1))
        if around.shadow is not None:
            some = np.flatnonzero(clear)
            clear[some] *= around.shadow(hits.point[some])
    return out


def _denoised(
    lit: F32, normal: F32, where: NDArray[np.bool_], size: tuple[int, int], counts: F32
) -> F32:
    """Denoise only where light counts for something, one area after the other, at half the size.

    The normal says which edges are real; no albedo, for light alone is denoised here and texture
    would come back in it.
    """
    h, w = size
    noisy = (where & (counts > NOISY)).reshape(h, w)
    level = mean_of(lit, noisy.ravel())
    out = lit.copy().reshape(h, w, 3)
    for box in areas(noisy):
        light, facing = (np.ascontiguousarray(a.reshape(h, w, 3)[box]) for a in (lit, normal))
        there, asked = (np.ascontiguousarray(a.reshape(h, w)[box]) for a in (where, noisy))
        small, towards, some = halved(light, facing, there)
        # Beside the pieces the nearest light goes on, so that none leaks away over their outline.
        dark = (~some).astype(np.uint8)
        _, label = cv2.distanceTransformWithLabels(
            dark, cv2.DIST_L1, 3, labelType=cv2.DIST_LABEL_PIXEL
        )
        inside = np.flatnonzero(some.ravel())
        place = np.zeros(len(inside) + 1, np.int64)
        place[label.ravel()[inside]] = inside
        nearest = place[label.ravel()]
        filled, guide = (
            part.reshape(-1, 3)[nearest].reshape(small.shape) for part in (small, towards)
        )
        clean = clean_light(filled, np.full_like(filled, 0.5), guide, level=level)
        done = light.copy()
        doubled(np.maximum(clean, 0), towards, some, facing, done, asked)
        sharpen(done, light, facing, asked)
        out[box] = done
    return out.reshape(-1, 3)

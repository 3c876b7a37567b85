"""The skin of one face as a matte, and the regions an artist names.

Where landmarks say that skin should be (the mesh, the forehead above it, the neck below) and where
the picture agrees: a pixel whose colour departs from this person's own skin is hair, glasses, a
hand in other light, a collar. Eyes, brows, lips and nostrils are left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.deage import face as at
from setpiece.deage.face import Aligned
from setpiece.deage.glasses import rims
from setpiece.deage.regions import region_maps
from setpiece.deage.shapes import fill, up_of

Map = NDArray[np.float32]
Picture = NDArray[np.float32]

_CORE = (
    (117, 118, 101, 36, 205, 187, 123), (346, 347, 330, 266, 425, 411, 352),  # cheeks
    (6, 197, 195, 5, 4, 45, 51, 3, 196), (6, 197, 195, 5, 4, 275, 281, 248, 419),  # nose
    (9, 107, 66, 69, 108, 151, 337, 299, 296, 336),  # forehead
    (201, 200, 421, 428, 199, 208),  # chin
)  # fmt: skip
_NOSTRILS = ((98, 240, 99, 60, 75, 59, 235, 64), (327, 460, 328, 290, 305, 289, 455, 294))
_TOE = np.float32(0.03)
_LUMA = np.array([[0.2126, 0.7152, 0.0722]], np.float32)
_LEAST = np.diag(1 / np.array([0.05, 0.06, 0.21]))  # 1 / least spread of skin's three colours
_WIDE = 4.0  # standard deviations at which a colour is half believed
_HAIR = 1.6  # what shade counts where it tells hair from the forehead
_SMALL = 192  # side of the square in which skin is told from what is not


@dataclass(frozen=True, eq=False)
class Mattes:
    """All float32 (S, S), 0..1, in the square of one `Aligned`.

    skin: skin alone; without eyes, brows, teeth, lips, nostrils, hair, glasses and hands.
    seen: 1 where the picture shows this person's skin, 0 where something is in front of it.
    """

    skin: Map
    seen: Map
    aligned: Aligned

    @cached_property
    def regions(self) -> Mapping[str, Map]:
        """Soft maps by name (`regions.REGIONS`); they may overlap and do not mind the skin."""
        return region_maps(self.aligned)


@dataclass(frozen=True, eq=False)
class SkinModel:
    """One person's skin in one light: mean and inverse spread of (log R/G, log B/G, shade).

    Shade is the logarithm of luma against the smooth luma around it.
    """

    mean: NDArray[np.float64]
    inverse: NDArray[np.float64]


def skin_model(crop: Picture, aligned: Aligned) -> SkinModel:
    """Learn a person's skin from cheeks, nose, forehead and chin of a crop, display-referred."""
    colour = _colour(crop)
    core = _polygons(aligned, _CORE) > 0.5
    if core.sum() < 40:  # a face of a few pixels: the whole mesh then
        core = _polygons(aligned, (at.OVAL,)) > 0.5
    samples = colour[core].reshape(-1, 3).astype(np.float64)
    for _ in range(2):  # what is not skin in the core (glasses, a strand) is thrown out
        middle = np.median(samples, axis=0)
        spread = 1.4826 * np.median(np.abs(samples - middle), axis=0) + (0.02, 0.02, 0.05)
        keep = (np.abs(samples - middle) / spread).max(axis=1) < 3.5
        samples = samples[keep] if keep.sum() > 30 else samples
    covariance = np.cov(samples.T) if len(samples) > 3 else np.zeros((3, 3))
    # No less than what a face varies by between cheek and nose, in light and in shadow; and no
    # more than what still tells skin from a white shirt.
    variance, turned = np.linalg.eigh(_LEAST @ covariance @ _LEAST)
    covariance = (turned * np.minimum(variance, 1.2)) @ turned.T + np.eye(3)
    return SkinModel(samples.mean(0), _LEAST @ np.linalg.inv(covariance) @ _LEAST)


def mean_model(models: Sequence[SkinModel]) -> SkinModel:
    """One model for a whole shot: it does not flicker with what each frame happens to show."""
    mean = np.median([m.mean for m in models], axis=0)
    spread = np.mean([np.linalg.inv(m.inverse) for m in models], axis=0)
    return SkinModel(mean, np.linalg.inv(spread))


def skin_seen(crop: Picture, aligned: Aligned, model: SkinModel) -> Map:
    """How far each pixel of a crop (S, S, 3), display-referred, is this person's skin; 0..1."""
    mesh = _polygons(aligned, (at.OVAL,))
    colour = _colour(crop, mesh)
    away = colour.astype(np.float64) - model.mean
    # Below the jaw and up at the hair the light falls off and other things begin: there shade says
    # less, and colour more. But what is much darker than the forehead is hair in any colour.
    away[..., :2] *= 1.5 - 0.5 * mesh[..., None]
    dark = np.where(_above(aligned) & (away[..., 2] < 0), _HAIR, 0.6)
    away[..., 2] *= dark + (1 - dark) * mesh
    distance = np.sqrt(np.einsum("...i,ij,...j->...", away, model.inverse, away))
    believed = 1 / (1 + np.exp(np.clip(3.0 * (distance - _WIDE), -30, 30)))
    return cv2.GaussianBlur(believed.astype(np.float32), (0, 0), max(crop.shape[0] / 320, 0.5))


def _above(aligned: Aligned) -> NDArray[np.bool_]:
    """Which pixels are above the eyes."""
    up, root = up_of(aligned.points), aligned.points[at.NOSE_ROOT]
    along = np.arange(aligned.size, dtype=np.float32) + np.float32(0.5)
    across, down = (along - root[0]) * up[0], (along - root[1]) * up[1]
    return (across[None, :] + down[:, None]) > 0


def mattes(
    crop: Picture,
    aligned: Aligned,
    model: SkinModel | None = None,
    seen: Map | None = None,
) -> Mattes:
    """Skin and regions of a face in its square.

    Args:
        crop: float32 (S, S, 3), display-referred sRGB.
        aligned: the landmarks in it.
        model: the person's skin over the shot; of this crop alone without.
        seen: (s, s) of any size, from `skin_seen`, steadied over time; of this crop without.
    """
    size = aligned.size
    if seen is None:
        small = shrunk(aligned)
        tiny = cv2.resize(crop, (small.size,) * 2, interpolation=cv2.INTER_AREA)
        seen = skin_seen(tiny, small, model or skin_model(tiny, small))
    if seen.shape[0] != size:
        seen = cv2.resize(seen, (size, size), interpolation=cv2.INTER_LINEAR)
    seen = _to_edges(seen, crop, aligned.height / 100)
    skin = _skin(aligned) * seen
    worn = rims(crop, aligned)
    return Mattes(skin if worn is None else skin * (1 - worn), seen, aligned)


def shrunk(aligned: Aligned, size: int = _SMALL) -> Aligned:
    """The same square in fewer pixels (never in more)."""
    size = min(size, aligned.size)
    k = size / aligned.size
    return Aligned(aligned.matrix * k, size, aligned.points * np.float32(k))


def _skin(aligned: Aligned) -> Map:
    """Where skin is by the landmarks alone."""
    p, unit = aligned.points, aligned.height / 100
    up = up_of(p)
    size = aligned.size
    lift = np.zeros(len(at.OVAL), np.float32)
    top = {10: 20, 338: 19, 109: 19, 297: 17, 67: 17, 332: 13, 103: 13, 284: 8, 54: 8,
           251: 3, 21: 3}  # fmt: skip
    for i, point in enumerate(at.OVAL):
        lift[i] = top.get(point, 0) * unit
    outline = p[list(at.OVAL)] + up * lift[:, None]
    jaw = p[[58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288]]
    below = p[at.CHIN] + (jaw - p[at.CHIN]) * np.float32(0.85) - up * np.float32(38 * unit)
    neck = np.concatenate([jaw, below[::-1]])
    skin = np.maximum(fill(size, [outline], 1.6 * unit), fill(size, [neck], 3 * unit))
    out = fill(
        size,
        [
            *(_grown(p, eye, 1.15, 1.5, up) for eye in (at.RIGHT_EYE, at.LEFT_EYE)),
            *(_grown(p, brow, 1.10, 1.35, up) for brow in (at.RIGHT_BROW, at.LEFT_BROW)),
            _grown(p, at.LIPS, 1.05, 1.10, up),
            *(_grown(p, n, 0.8, 0.8, up) for n in _NOSTRILS),
        ],
        0.9 * unit,
    )
    return skin * (1 - np.minimum(1.7 * out, 1))


def _grown(p: Map, outline: Sequence[int], wide: float, tall: float, up: Map) -> Map:
    points = p[list(outline)]
    middle = points.mean(0)
    along = (points - middle) @ up
    return (middle + (points - middle - along[:, None] * up) * np.float32(wide)
            + (along * np.float32(tall))[:, None] * up)  # fmt: skip


def _polygons(aligned: Aligned, outlines: Sequence[Sequence[int]]) -> Map:
    return fill(aligned.size, [aligned.points[list(o)] for o in outlines], 0.0)


def _colour(crop: Picture, weight: Map | None = None) -> Picture:
    """(log R/G, log B/G, log luma against its surroundings), where `weight` says what counts."""
    logs = cv2.log(np.maximum(crop, 0) + _TOE)
    luma = cv2.transform(logs, _LUMA)
    sigma = max(crop.shape[0] / 16, 1.0)
    if weight is None:
        weight = np.ones_like(luma)
    # Beyond the face its rim is carried on, as far as the Gaussian reaches.
    around = cv2.GaussianBlur(luma * weight, (0, 0), sigma)
    mass = cv2.GaussianBlur(weight, (0, 0), sigma)
    wide = float((luma * weight).sum() / max(float(weight.sum()), 1e-6))
    smooth = (around + np.float32(0.02 * wide)) / (mass + np.float32(0.02))
    return np.dstack([logs[..., 0] - logs[..., 1], logs[..., 2] - logs[..., 1], luma - smooth])


def _to_edges(matte: Map, crop: Picture, unit: float) -> Map:
    """Bring a matte's edge to the picture's (guided filter, He et al. 2010, on luma)."""
    guide: Map = np.asarray(cv2.transform(crop, _LUMA), np.float32)
    r = max(2, round(1.6 * unit))
    box = (2 * r + 1, 2 * r + 1)

    def mean(x: Map) -> Map:
        return cv2.boxFilter(x, -1, box, borderType=cv2.BORDER_REFLECT)

    mg, mm = mean(guide), mean(matte)
    spread = np.maximum(mean(guide * guide) - mg * mg, 0) + np.float32(2e-3)
    a = np.asarray((mean(guide * matte) - mg * mm) / spread, np.float32)
    b = np.asarray(mm - a * mg, np.float32)
    found = mean(a) * guide + mean(b)
    # Thin things (a frame of glasses, a strand) are only half found: lean towards leaving out.
    return np.clip((found - np.float32(0.2)) / np.float32(0.7), 0, 1)

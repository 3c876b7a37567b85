"""The person's own skin: what every layer measures itself against.

Shading multiplies, so the layers work on the logarithm of luma: a fold on dark skin and the same
fold on light skin are the same number there, and an edit is a gain, which keeps the hue.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

from setpiece.deage.face import LIPS, OVAL
from setpiece.deage.layers.anatomy import (
    BROWS,
    CHEEKS,
    EYES,
    GLASSES,
    NOSE,
    SMILE_LINES,
    Anatomy,
    Map,
)

Picture = NDArray[np.float32]

LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)
TOE = np.float32(0.03)  # below this, display-referred, sensor noise would be taken for wrinkles
_LIGHT = 0.6  # luma of the skin for which that holds


@dataclass(frozen=True, eq=False)
class Skin:
    """A crop (S, S, 3), display-referred, seen as skin under a soft matte (S, S), 0..1."""

    anatomy: Anatomy
    crop: Picture
    matte: Map

    @cached_property
    def tone(self) -> Map:
        """Log of luma (S, S), carried on smoothly beyond the skin so that no filter sees eyes,
        lips, hair or background."""
        luma = cv2.transform(self.crop, LUMA[None])
        return carried_on(cv2.log(np.maximum(luma, 0) + self.toe), self.matte)

    @cached_property
    def toe(self) -> np.float32:
        """TOE for skin as light as this: a fixed one takes a fifth of the depth of a line in dark
        skin, and next to nothing in light."""
        step = 4 if self.unit >= 1.5 else 1
        luma = cv2.transform(halved(self.crop, step), LUMA[None])
        sure = (halved(self.cheek, step) > 0.5) & (halved(self.matte, step) > 0.5)
        usual = float(np.median(luma[sure])) if sure.any() else _LIGHT
        return np.float32(TOE * np.clip(usual / _LIGHT, 0.25, 1))

    @property
    def unit(self) -> float:
        """A hundredth of the face's height [px]."""
        return self.anatomy.unit

    @cached_property
    def cheek(self) -> Map:
        """The cheeks, 0..1: the smoothest skin that a face keeps."""
        return self.anatomy.area(*CHEEKS, soft=0.5)

    @cached_property
    def hue(self) -> Picture:
        """The colour of the skin around each pixel, over its luma: float32 (S, S, 3)."""
        step = 4 if self.unit >= 1.5 else 2
        matte, small = halved(self.matte, step), halved(self.crop, step)
        parts = [carried_on(np.ascontiguousarray(small[..., c]), matte) for c in range(3)]
        colour = blur(cv2.merge(parts), 4 * self.unit / step)
        colour /= cv2.transform(colour, LUMA[None])[..., None] + np.float32(1e-3)
        return enlarged(colour, self.matte)

    def smooth(self, units: float) -> Map:
        """`tone` under a Gaussian of that many units."""
        return blur(self.tone, units * self.unit)

    def usual(self, picture: Map, quantile: float = 0.5) -> float:
        """A quantile of a map over the cheeks: what is usual for this person."""
        chosen = picture[(self.cheek > 0.5) & (self.matte > 0.5)]
        return float(np.quantile(chosen, quantile)) if chosen.size else float(np.median(picture))


_HOLE = 3.0  # radius of the holes that are closed [units]
_SAME = 0.16  # how far log colour may be from the skin around and still be skin


def whole(crop: Picture, matte: Map, face: Anatomy) -> Map:
    """A skin matte with the holes closed that age itself makes: spots and the ground of folds.

    A colour model takes them for something else, being so dark. Closed is what is narrow, has the
    colour of the skin around it, and lies neither on a feature nor where glasses sit.
    """
    small = face.smaller(0.8)
    step = round(face.unit / small.unit)
    have, seen = halved(matte, step), halved(crop, step)
    smile = small.area(*SMILE_LINES, soft=1.0)
    closed = _closed(have, _HOLE * small.unit)
    closed = np.maximum(closed, have + (_closed(have, 2 * _HOLE * small.unit) - have) * smile)
    inner = np.maximum(small.area(OVAL, soft=1.0, grow=0.97), small.paint([small.forehead()], 1.0))
    for outline, grow in ((EYES[0], 2.2), (EYES[1], 2.2), (BROWS[0], 1.15), (BROWS[1], 1.15)):
        inner = inner * (1 - small.area(outline, soft=0.8, grow=grow))
    inner = inner * (1 - small.area(LIPS, soft=0.6, grow=1.05))
    inner = inner * (1 - small.area(NOSE, soft=0.6))
    hue = Skin(small, seen, have).hue
    inner = inner * (1 - _worn(closed - have, small) * small.area(*GLASSES, soft=1.5))
    seen = blur(seen, 0.8 * small.unit)  # dark pixels are noisy: their colour is asked of a few
    luma = cv2.transform(seen, LUMA[None])[..., None]
    toe = np.float32(0.2) * TOE  # a larger one makes grey of what is dark
    off = cv2.log(np.maximum(seen, 0) + toe) - cv2.log(np.maximum(luma * hue, 0) + toe)
    # The ground of a fold is redder than the skin beside it; hair and frames are greyer.
    greyer = np.maximum(off[..., 2] - off[..., 0], 0)
    greyer += np.maximum(np.abs(off[..., 1] - 0.5 * (off[..., 0] + off[..., 2])) - _SAME, 0)
    same = np.clip(2 - greyer / _SAME, 0, 1)
    same = np.maximum(same, np.float32(0.85) * smile)  # no frame lies there, and deep folds do
    extra = cv2.GaussianBlur((closed - have) * inner * same, (0, 0), 0.5)
    return np.minimum(matte + enlarged(np.maximum(extra, 0), matte) * (extra.max() > 0), 1)


def _worn(holes: Map, face: Anatomy) -> float:
    """0..1: whether glasses are. Something dark crosses the bridge of the nose, where there are
    neither spots nor folds; a dark rim has the colour of any deep shadow in skin."""
    bridge = face.along([face.points[[168, 6, 197]]], 5.0, 0.0) > 0.5
    if not bridge.any():
        return 0.0
    return float(np.clip(np.quantile(holes[bridge], 0.95) / 0.3 - 0.6, 0, 1))


def _closed(matte: Map, radius: float) -> Map:
    side = 2 * round(radius) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    bytes_ = np.round(matte * 255).astype(np.uint8)  # ten times faster than floats
    closed = cv2.morphologyEx(bytes_, cv2.MORPH_CLOSE, disc)
    return np.maximum(matte, closed.astype(np.float32) / 255)


def carried_on(picture: Map, matte: Map) -> Map:
    """The picture where the matte is, and beyond it what its edge says, ever more broadly.

    Pull-push (Gortler et al. 1996, "The lumigraph").
    """
    inside = picture * matte
    levels = [(halved(inside), halved(matte))]
    while min(levels[-1][1].shape) > 4:
        value, weight = levels[-1]
        levels.append((halved(value), halved(weight)))
    value, weight = levels[-1]
    filled = cv2.divide(value, np.maximum(weight, np.float32(1e-4)))
    for value, weight in reversed(levels[:-1]):
        wide = cv2.resize(filled, value.shape[::-1], interpolation=cv2.INTER_LINEAR)
        filled = value + wide * (1 - weight)
    return inside + cv2.resize(filled, picture.shape[::-1]) * (1 - matte)


def halved(picture: Map, step: int = 2) -> Map:
    """A picture averaged to half its size, or to 1 / step."""
    if step == 1:
        return picture
    h, w = picture.shape[:2]
    size = (-(-w // step), -(-h // step))
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA)


def enlarged(picture: Map, like: Map) -> Map:
    """A picture brought to the size of another."""
    if picture.shape[:2] == like.shape[:2]:
        return picture
    return cv2.resize(picture, like.shape[1::-1], interpolation=cv2.INTER_LINEAR)


def blur(picture: Map, sigma: float) -> Map:
    """A Gaussian, worked out on a smaller picture where it is broad."""
    if sigma < 0.3:
        return picture
    step = 8 if sigma >= 20 else 4 if sigma >= 10 else 2 if sigma >= 5 else 1
    if step == 1:
        return cv2.GaussianBlur(picture, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
    h, w = picture.shape[:2]
    small = cv2.GaussianBlur(
        halved(picture, step), (0, 0), sigma / step, borderType=cv2.BORDER_REPLICATE
    )
    return cv2.resize(small, (w, h), interpolation=cv2.INTER_LINEAR)


def lit(skin: Skin, gain: Map, matte: Map) -> Picture:
    """The delta that multiplies a crop by exp(gain) under a matte; exactly zero outside it.

    The ground of a fold is not only darker but redder, light having gone through the skin on both
    sides: what is lifted takes on the colour of the skin around it, or it would glow.
    """
    return _lit(skin.crop, skin.hue, gain, matte)


@njit(cache=True)
def _lit(crop, hue, gain, matte):  # type: ignore[no-untyped-def]
    h, w = gain.shape
    out = np.zeros((h, w, 3), np.float32)
    for y in range(h):
        for x in range(w):
            m = matte[y, x]
            g = gain[y, x]
            if m <= 0 or g == 0:
                continue
            factor = np.exp(g)
            taken = min(
                max((g - np.float32(0.04)) / np.float32(0.35), np.float32(0)), np.float32(0.85)
            )
            r, v, b = crop[y, x, 0], crop[y, x, 1], crop[y, x, 2]
            if g < 0 and r > np.float32(0.9):  # what is blown out would turn green as it darkens
                blown = min((r - np.float32(0.9)) * np.float32(10), np.float32(1))
                taken = min(-g / np.float32(0.2), np.float32(1)) * blown
            luma = LUMA[0] * r + LUMA[1] * v + LUMA[2] * b
            for c in range(3):
                old = crop[y, x, c]
                new = factor * (old + taken * (luma * hue[y, x, c] - old))
                out[y, x, c] = m * (new - old)
    return out


@njit(cache=True)
def tint(crop, change, matte):  # type: ignore[no-untyped-def]
    """The delta that multiplies a crop by exp(change * matte), change (S, S, 3); zero where the
    matte (S, S) is."""
    h, w = matte.shape
    out = np.zeros((h, w, 3), np.float32)
    for y in range(h):
        for x in range(w):
            m = matte[y, x]
            if m <= 0:
                continue
            for c in range(3):
                out[y, x, c] = crop[y, x, c] * (np.exp(m * change[y, x, c]) - np.float32(1))
    return out


def compile_kernels() -> None:
    """Compile what this module needs."""
    flat, colours = np.zeros((2, 2), np.float32), np.zeros((2, 2, 3), np.float32)
    _lit(colours, colours, flat, flat)
    tint(colours, colours, flat)

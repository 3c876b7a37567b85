"""Lines: found where ageing puts them, filled from beside them, the skin's own texture kept.

The tone of the skin is split into bands, finest first. What stands out of a band more than this
person's own smooth cheek does is brought down to that: dark valleys more than the bright ridges
beside them, and furthest where a valley runs the way wrinkles run there (second derivatives steered
across the expected line, after Freeman & Adelson 1991 and Frangi et al. 1998; wrinkles as lines
with a direction: Batool & Chellappa 2014). Pores are the finest band, which stays; where a line was
filled the texture that was lost under it is made again with the spectrum of the cheek and fixed
random phases (Galerne, Gousseau & Morel 2011, "Random phase textures").
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

from setpiece.deage.ages import REGIONS
from setpiece.deage.face import LIPS
from setpiece.deage.layers.anatomy import (
    BROWS,
    EYES,
    GLABELLA,
    HOLLOWS,
    LID_CHEEK,
    LOWER_LIDS,
    MARIONETTE,
    NOSE,
    SMILE,
    SMILE_LINES,
    UPPER_LIP,
    Anatomy,
    Map,
)
from setpiece.deage.layers.lines import draw_lines
from setpiece.deage.layers.skin import Picture, Skin, blur, enlarged, halved, lit
from setpiece.deage.layers.strokes import Valleys
from setpiece.deage.steady import grid

_EDGES = (0.35, 0.9, 2.0, 4.5)  # where bands part [units]; below the first is pore, left alone
_SPARE = (2.6, 1.2, 0.9)  # how far a band may stand out of the cheek's before it is deepened
_SMOOTH = (1.8, 0.55, 0.45)  # and before it is faded
_PORES = 0.22  # share by which pores are raised, so that skin does not go flat as lines go
_YOUNG = 0.0095  # most that the finest band is on a calm cheek under 45, in log luma
_EDGE = np.float32(0.7)  # in log luma: what stands out more is no line but hair, or the jaw's edge
_DRAWN = 0.6  # of what forty years draw, at a strength of 1
_HAND = 11  # the seed of what is drawn
_ABOVE = np.array([-0.3, -0.95], np.float32)  # where the light comes from, as it mostly does
_RIDGE = 0.6  # share of a valley's treatment that a ridge gets


def wrinkles(skin: Skin, strength: float, where: Map | float = 1.0) -> tuple[Picture, Map]:
    """Fade (strength > 0) or deepen (< 0) the lines of a face.

    Args:
        skin: the crop seen as skin.
        strength: 1 is about thirty years younger, -1 as many older.
        where: a factor per pixel (S, S).

    Returns the delta (S, S, 3), display-referred, and its matte (S, S), outside which the delta is
    exactly zero.
    """
    places, *lines = _places(skin.anatomy.smaller(0.8))
    matte = np.clip(skin.matte * enlarged(places, skin.matte) * where, 0, 1).astype(np.float32)
    change = np.zeros_like(matte)
    cheek = (skin.cheek > 0.5) & (skin.matte > 0.5)
    fine, step = skin.smooth(_EDGES[0]), 1
    if strength > 0:
        change += np.float32(_PORES * min(strength, 1.0)) * (skin.tone - fine)
    spares = _SMOOTH if strength > 0 else _SPARE
    for high, low, spare in zip(_EDGES[:-1], _EDGES[1:], spares, strict=True):
        if high * skin.unit / step > 2:  # a broader band is worked on in fewer pixels
            fine, cheek, step = halved(fine), cheek[::2, ::2], 2 * step
        coarse = blur(fine, low * skin.unit / step)
        band = fine - coarse
        calm = usual = _spread(band, cheek)
        if high == _EDGES[0] and strength > 0:
            # The cheeks of the old are coarse themselves, in this band alone.
            usual += min(strength, 1.0) * (min(usual, _YOUNG) - usual)
        usual *= spare
        sigma = low * skin.unit / step
        along = _along(fine if high == _EDGES[0] else coarse, lines, sigma, cheek)
        part = _tamed(band, along, np.float32(usual), np.float32(strength))
        if high == _EDGES[0] and strength > 0:
            part += _resynthesised(band, skin, 2 * calm) * along * np.float32(min(strength, 1.0))
        change += enlarged(part, change)
        fine = coarse
    if strength < 0:
        change += _drawn(skin.anatomy, -strength)
    return lit(skin, change, matte), matte


def _drawn(face: Anatomy, strength: float) -> Map:
    """What lines that are not there yet do to log luma (S, S)."""
    valleys = Valleys(face.size, face.unit)
    much = dict.fromkeys(REGIONS, min(_DRAWN * strength, 1.0))
    # The same lines on every frame and whatever the years: they deepen, and do not wander.
    draw_lines(valleys, face.points, much, 1.0, np.random.default_rng(_HAND))
    return cv2.log(np.maximum(1 + valleys.shade(_ABOVE, 0.3, 0.5), np.float32(0.5)))


def _spread(band: Map, cheek: NDArray[np.bool_]) -> float:
    chosen = band[cheek]
    if not chosen.size:
        return float(np.std(band)) * 0.5 + 1e-4
    # The calmer half: a cheek may have lines of its own.
    return float(np.quantile(np.abs(chosen), 0.55)) * 1.2 + 5e-4


@njit(cache=True)
def _tamed(band, along, usual, strength):  # type: ignore[no-untyped-def]
    """What brings a band down to the usual, or for negative strength raises it."""
    h, w = band.shape
    out = np.empty((h, w), np.float32)
    for y in range(h):
        for x in range(w):
            b, a = band[y, x], along[y, x]
            ratio = b / (usual * (np.float32(1) - np.float32(0.85) * a))
            part = np.float32(1) if b < 0 else np.float32(_RIDGE)
            over = np.float32(1) - np.float32(1) / np.sqrt(np.float32(1) + ratio * ratio)
            edge = b / _EDGE
            over /= np.float32(1) + edge * edge * edge * edge
            if strength < 0:
                over *= np.float32(0.35) + np.float32(0.65) * a
            out[y, x] = -min(strength, np.float32(1.3)) * part * b * over
    return out


def _along(tone: Map, lines: Sequence[Map], sigma: float, cheek: NDArray[np.bool_]) -> Map:
    """0..1: how surely a dark valley runs the expected way here."""
    twice_cos, twice_sin = (enlarged(k, tone) for k in lines)
    xx = cv2.Sobel(tone, cv2.CV_32F, 2, 0, ksize=3)
    yy = cv2.Sobel(tone, cv2.CV_32F, 0, 2, ksize=3)
    xy = cv2.Sobel(tone, cv2.CV_32F, 1, 1, ksize=3)
    across = 0.5 * ((xx + yy) - (xx - yy) * twice_cos) - xy * twice_sin
    across = blur(across, max(0.5 * sigma, 0.6))
    usual = float(np.quantile(np.abs(across[cheek]), 0.7)) if cheek.any() else 1e-3
    seen = np.clip(across / (4 * usual + 1e-6) - 0.35, 0, 1)
    return (seen * seen * (3 - 2 * seen)).astype(np.float32)


def _places(face: Anatomy) -> tuple[Map, Map, Map]:
    """Where lines are looked for (0..1), and the way they run there as (cos, sin) of twice the
    angle, zero where any way may be a wrinkle's."""
    p = face.points
    level = p[263] - p[33]
    forehead, glabella = face.paint([face.forehead()], 2.0), face.area(GLABELLA, soft=1.2)
    crow = [face.paint([face.crow(side)], 2.0) for side in (0, 1)]
    under = [face.area((*LOWER_LIDS[i], *HOLLOWS[i][::-1]), soft=1.0) for i in (0, 1)]
    smile = [face.area(SMILE_LINES[i], soft=2.0) for i in (0, 1)]
    marionette = [face.along([p[list(MARIONETTE[i])]], 8, 2.0) for i in (0, 1)]
    lip, neck = face.area(UPPER_LIP, soft=1.2), face.paint([face.neck()], 2.5)
    twice_cos = np.zeros((face.size, face.size), np.float32)
    twice_sin = np.zeros_like(twice_cos)

    def runs(area: Map, way: NDArray[np.float32]) -> None:
        turned = 2 * np.arctan2(way[1], way[0])
        twice_cos[...] += area * np.float32(np.cos(turned))
        twice_sin[...] += area * np.float32(np.sin(turned))

    runs(forehead * (1 - glabella), level)
    runs(glabella, np.array([-level[1], level[0]]))
    runs(neck, level)
    x, y = grid(face.size, face.size)
    for i in (0, 1):
        dx, dy = (k + np.float32(0.5) - at for k, at in zip((x, y), p[EYES[i][0]], strict=True))
        far = dx * dx + dy * dy + 1
        twice_cos += crow[i] * (dx * dx - dy * dy) / far
        twice_sin += crow[i] * 2 * dx * dy / far
        runs(under[i], p[LID_CHEEK[i][-2]] - p[LID_CHEEK[i][1]])
        runs(smile[i], p[SMILE[i][-1]] - p[SMILE[i][0]])
        runs(marionette[i], p[MARIONETTE[i][2]] - p[MARIONETTE[i][0]])
    far = np.maximum(np.hypot(twice_cos, twice_sin), 1)
    strong = forehead + glabella + sum(crow) + sum(under) + sum(smile) + sum(marionette)
    total = np.clip(0.6 + 0.4 * (strong + 0.7 * lip + 0.8 * neck), 0, 1)
    # Lash lines, brows, lips and the wings of the nose look like wrinkles and are none.
    kept = face.area(*EYES, soft=0.5, grow=1.22)
    kept = np.maximum(kept, face.area(*BROWS, soft=0.6, grow=1.1))
    kept = np.maximum(kept, face.area(LIPS, soft=0.4, grow=1.04))
    kept = np.maximum(kept, np.float32(0.9) * face.area(NOSE, soft=1.0, grow=1.05))
    return (
        np.asarray(total * (1 - kept), np.float32),
        np.asarray(twice_cos / far, np.float32),
        np.asarray(twice_sin / far, np.float32),
    )


_PHASES: dict[int, NDArray[np.complex64]] = {}


def _resynthesised(band: Map, skin: Skin, usual: float) -> Map:
    """Texture with the spectrum of the person's cheek, (S, S): fixed phases, so it stays on the
    face and is the same in every frame."""
    side = 1 << int(np.clip(np.ceil(np.log2(14 * skin.unit)), 4, 7))
    middle = skin.anatomy.points[[50, 280]]
    power = np.zeros((side, side // 2 + 1), np.float32)
    window = np.outer(np.hanning(side), np.hanning(side)).astype(np.float32)
    for x, y in middle:
        x0 = int(np.clip(round(float(x)) - side // 2, 0, skin.anatomy.size - side))
        y0 = int(np.clip(round(float(y)) - side // 2, 0, skin.anatomy.size - side))
        patch = np.clip(band[y0 : y0 + side, x0 : x0 + side], -usual, usual)
        power += np.abs(np.fft.rfft2(patch * window)) ** 2
    if side not in _PHASES:
        noise = np.random.default_rng(side).standard_normal((side, side))
        spectrum = np.fft.rfft2(noise)
        _PHASES[side] = (spectrum / np.maximum(np.abs(spectrum), 1e-9)).astype(np.complex64)
    tile = np.fft.irfft2(np.sqrt(power) * _PHASES[side], s=(side, side)).astype(np.float32)
    tile *= np.float32(0.5 * usual) / (tile.std() + 1e-9)
    repeats = -(-skin.anatomy.size // side)
    return np.tile(tile, (repeats, repeats))[: skin.anatomy.size, : skin.anatomy.size]


def compile_kernels() -> None:
    """Compile what this module needs."""
    flat = np.zeros((2, 2), np.float32)
    _tamed(flat, flat, np.float32(1), np.float32(1))

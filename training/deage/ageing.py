"""Ageing painted on an aligned face: lines, folds, bags, spots, roughness and tone, with the years
that each region was given."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.deage.layers.lines import (
    BROW,
    CREASE,
    FOLD,
    HOOD,
    LOWER_LID,
    MARIONETTE,
    TOP,
    TROUGH,
    draw_lines,
)
from setpiece.deage.layers.strokes import Valleys

F32 = NDArray[np.float32]
Rng = np.random.Generator
FULL = 40.0  # years that full strength stands for
REGIONS = ("brow", "glabella", "eyes", "cheeks", "nasolabial", "mouth", "jaw", "neck", "nose")
# Chains of the 478-point mesh, the picture's left side and its right.
JOWL = ([132, 58, 172, 136, 150, 149, 211, 212, 214], [361, 288, 397, 365, 379, 378, 431, 432, 434])
HOLLOW = ([116, 117, 50, 187, 147, 123], [345, 346, 280, 411, 376, 352])


@dataclass(frozen=True)
class Aged:
    """delta: what was painted, display values, (size, size, 3), to be added to the photograph;
    years: how old it makes each pixel beyond the photograph, (size, size)."""

    delta: F32
    years: F32


def blob(size: int, points: F32, blur: float) -> F32:
    """A soft polygon."""
    out = np.zeros((size, size), np.float32)
    cv2.fillPoly(out, [np.round(points * 8).astype(np.int32)], 1.0, cv2.LINE_AA, 3)
    return np.asarray(cv2.GaussianBlur(out, (0, 0), max(blur, 0.5)), np.float32)


def noise(size: int, low: float, high: float, rng: Rng) -> F32:
    """Unit noise with scales between two sigmas [px]."""
    scale = max(1, int(low / 2))
    n = rng.normal(0, 1, (size // scale + 2, size // scale + 2)).astype(np.float32)
    n = cv2.GaussianBlur(n, (0, 0), low / scale) - cv2.GaussianBlur(n, (0, 0), high / scale)
    n = cv2.resize(n, (size, size), interpolation=cv2.INTER_CUBIC)
    return np.asarray(n / (n.std() + 1e-6), np.float32)


def region_maps(p: F32, size: int, u: float) -> dict[str, F32]:
    """Soft maps 0..1 of the regions, by the mesh; they overlap and reach beyond the face."""
    up = p[10] - p[152]
    top = p[TOP] + 0.32 * up
    down = -up
    jaw = p[[132, 58, 172, 136, 150, 149, 152, 378, 379, 365, 397, 288, 361]]
    maps = {
        "brow": np.vstack([top, p[BROW][::-1]]),
        "glabella": p[[107, 9, 336, 285, 417, 168, 193, 55]],
        "nose": p[[168, 122, 126, 129, 98, 2, 327, 358, 355, 351]],
        "mouth": p[[216, 206, 165, 164, 391, 426, 436, 432, 422, 424, 418, 421, 200, 201, 194,
                    204, 202, 212]],
        "jaw": np.vstack([jaw, p[[435, 416, 434, 431, 200, 211, 214, 192, 215]]]),
        "neck": np.vstack([jaw, jaw[[-1, 0]] + 0.7 * down]),
    }  # fmt: skip
    out = {k: blob(size, v.astype(np.float32), 2.5 * u) for k, v in maps.items()}
    pair = {
        "eyes": lambda s: np.vstack([p[HOOD[s]], p[TROUGH[s]][::-1], p[[(127, 356)[s]]]]),
        "cheeks": lambda s: p[((116, 117, 118, 120, 129, 206, 216, 212, 192, 147, 123),
                               (345, 346, 347, 349, 358, 426, 436, 432, 416, 376, 352))[s], :],
        "nasolabial": lambda s: np.vstack([p[FOLD[s]] - [(2 - 4 * s) * -2.5 * u, 0],
                                           p[FOLD[s]][::-1] - [(2 - 4 * s) * 2.5 * u, 0]]),
    }  # fmt: skip
    for k, made in pair.items():
        sides = [blob(size, np.asarray(made(s), np.float32), 2.5 * u) for s in (0, 1)]
        out[k] = np.maximum(*sides)
    return out


def age(crop: F32, points: F32, skin: F32, years: float, rng: Rng) -> Aged:
    """Paint about `years` (0 to 40) on an aligned photograph.

    crop: display values (size, size, 3); points: (478, 2) in it; skin: where paint may lie, 0..1.
    """
    size = crop.shape[0]
    p = points[:, :2].astype(np.float32)
    unit = float(np.linalg.norm(p[152] - p[10])) / 100
    maps = region_maps(p, size, unit)
    given = {k: float(np.clip(years * rng.uniform(0.6, 1.4), 0, FULL)) for k in REGIONS}
    told = np.full((size, size), years, np.float32)
    for k, m in maps.items():
        told += m * (given[k] - told)
    strength = {k: v / FULL for k, v in given.items()}
    person = {
        k: rng.uniform(0.4, 1.7) for k in ("lines", "folds", "bags", "spots", "rough", "tone")
    }
    light = np.array([rng.uniform(-0.8, 0.8), rng.choice([-1.0, 0.4], p=[0.85, 0.15])], np.float32)
    light /= np.linalg.norm(light)
    valleys = Valleys(size, unit)
    draw_lines(valleys, p, strength, person["lines"], rng)
    shade = valleys.shade(light, rng.uniform(0, 0.8), rng.uniform(0.2, 0.8))
    shade += _bulges(p, size, unit, strength, person, light, rng)
    everywhere = told / FULL
    shade += everywhere * _rough(size, unit, light, rng) * 0.018 * person["rough"]
    # Blood shines through where the skin is thin: shadows in it lose more blue than red.
    tint = np.array([0.82, 1.0, 1.08], np.float32) + rng.normal(0, 0.04, 3).astype(np.float32)
    gain = 1 + shade[..., None] * np.where(shade < 0, 1, 0)[..., None] * tint
    gain = gain + np.maximum(shade, 0)[..., None]
    gain = gain * _colour(p, size, unit, everywhere, person, rng)
    aged = np.clip(crop * np.clip(gain, 0.3, 1.6), 0, 1)
    soft = cv2.GaussianBlur(skin, (0, 0), 0.8 * unit) * np.clip(skin * 1.5, 0, 1)
    return Aged(((aged - crop) * soft[..., None]).astype(np.float32), told)


def _bulges(
    p: F32, size: int, u: float, strength: dict[str, float], person: dict[str, float],
    light: F32, rng: Rng,
) -> F32:  # fmt: skip
    """Bags, hollows and jowls: broad forms, relative shade."""
    out = np.zeros((size, size), np.float32)
    up = (p[10] - p[152]) / 100

    def much(region: str, lo: float, hi: float) -> float:
        return strength[region] * person["bags"] * rng.uniform(lo, hi)

    for s in (0, 1):
        bag = np.vstack([p[LOWER_LID[s]], p[TROUGH[s]][::-1]])
        bulge = blob(size, bag, 1.6 * u)
        under = blob(size, bag - up * rng.uniform(2, 4), 1.8 * u)
        out += much("eyes", 0, 0.10) * np.maximum(bulge - under, 0)
        out -= much("eyes", 0, 0.22) * np.maximum(under - bulge, 0)
        out -= much("eyes", 0, 0.16) * bulge * rng.uniform(0.2, 1)
        hood = blob(size, np.vstack([p[CREASE[s]][:4], p[HOOD[s]][:4][::-1]]), 1.2 * u)
        out -= much("eyes", -0.04, 0.14) * hood
        hollow = blob(size, p[HOLLOW[s]], 5 * u)
        out -= much("cheeks", 0, 0.12) * hollow
        fold = p[FOLD[s]]
        inward = np.array([(1 - 2 * s) * rng.uniform(1.5, 4) * u, 0])
        shadow = blob(size, np.vstack([fold, (fold + inward)[::-1]]), 1.8 * u)
        swell = blob(size, np.vstack([fold, (fold - 1.6 * inward)[::-1]]), 2.2 * u)
        k = strength["nasolabial"] * person["folds"]
        out -= k * rng.uniform(0.03, 0.26) * shadow
        out += k * rng.uniform(0, 0.07) * swell
        drop = p[MARIONETTE[s]]
        shadow = blob(size, np.vstack([drop, (drop + inward * 0.8)[::-1]]), 1.6 * u)
        out -= strength["mouth"] * person["folds"] * rng.uniform(0, 0.16) * shadow
        jowl = blob(size, p[JOWL[s]], 3 * u)
        below = blob(size, p[JOWL[s]] + up * rng.uniform(2, 5), 3 * u)
        out -= much("jaw", 0, 0.14) * np.maximum(jowl - below, 0)
        temple = blob(size, p[([54, 21, 162, 70, 63], [284, 251, 389, 300, 293])[s]], 4 * u)
        out -= much("brow", 0, 0.08) * temple
    broad = noise(size, 3.0 * u, 9.0 * u, rng)
    out += np.float32(0.012 * strength["cheeks"] * person["folds"]) * broad
    return out


def _rough(size: int, u: float, light: F32, rng: Rng) -> F32:
    """Coarse skin as a relief that the light rakes, unit deviation."""
    relief = np.zeros((size, size), np.float32)
    for low, share in ((0.5, 0.7), (0.9, 0.7), (1.8, 0.5)):
        relief += share * rng.uniform(0.2, 1) * noise(size, max(low * u, 0.6), 3.0 * low * u, rng)
    if rng.random() < 0.5:  # crossed lines of sun-worn skin
        stretched = noise(size, max(0.5 * u, 0.6), 1.5 * u, rng)
        turn = cv2.getRotationMatrix2D((size / 2, size / 2), rng.uniform(0, 180), 1.0)
        turn[0, :2] *= rng.uniform(2, 4)
        relief += 0.7 * cv2.warpAffine(stretched, turn, (size, size), borderMode=cv2.BORDER_REFLECT)
    dx, dy = (cv2.Sobel(relief, cv2.CV_32F, *d, scale=0.125) for d in ((1, 0), (0, 1)))
    out = 0.6 * relief - (light[0] * dx + light[1] * dy)
    return np.asarray(out / (out.std() + 1e-6), np.float32)


def _colour(p: F32, size: int, u: float, share: F32, person: dict[str, float], rng: Rng) -> F32:
    """Spots, mottling, thread veins and a duller tone, as gains (size, size, 3)."""
    gain = np.ones((size, size, 3), np.float32)
    k = person["spots"]
    spots = np.zeros((size, size), np.float32)
    lo, hi = p.min(0), p.max(0)
    for _ in range(rng.poisson(14 * float(share.mean()) * k + 0.5)):
        at = lo + rng.uniform([-0.05, -0.3], [1.05, 1.2]) * (hi - lo)
        axes = np.maximum(rng.lognormal(0.0, 0.5, 2) * np.array([0.9, 0.7]) * u, 0.6)
        m = np.zeros_like(spots)
        centre = tuple(int(c * 8) for c in at)
        cv2.ellipse(m, centre, tuple(int(a * 8) for a in axes), rng.uniform(0, 180), 0, 360, 1.0,
                    -1, cv2.LINE_AA, 3)  # fmt: skip
        spots += rng.uniform(0.3, 1) * m
    spots = cv2.GaussianBlur(spots, (0, 0), max(rng.uniform(0.3, 0.9) * u, 0.5))
    spots *= np.clip(1 + 0.5 * noise(size, max(0.5 * u, 0.6), 2 * u, rng), 0, 2)
    brown = np.array([0.55, 0.9, 1.1], np.float32) * rng.uniform(0.08, 0.3)
    gain -= (np.sqrt(share) * np.clip(spots, 0, 1))[..., None] * brown
    mottled = (noise(size, 1.2 * u, 4 * u, rng) + noise(size, 3 * u, 10 * u, rng)) * share
    gain += (0.012 * person["tone"] * mottled)[..., None] * np.array([0.4, 1, 1.2], np.float32)
    red = np.maximum(blob(size, p[HOLLOW[0]], 5 * u), blob(size, p[HOLLOW[1]], 5 * u))
    red = np.maximum(red, blob(size, p[[168, 129, 2, 358]], 3 * u))
    veins = np.maximum(noise(size, max(0.4 * u, 0.6), 1.2 * u, rng), 0) * 0.3 + 0.5
    cast = np.array([0.02, -0.05, -0.04], np.float32) * rng.uniform(-0.3, 1) * person["tone"]
    gain += (red * veins * share)[..., None] * cast
    dull = np.array([-0.04, -0.045, -0.075], np.float32) * person["tone"] * rng.uniform(-0.2, 1)
    gain += share[..., None] * dull
    rings = np.maximum(*(blob(size, np.vstack([p[LOWER_LID[s]], p[TROUGH[s]][::-1]]), 1.5 * u)
                         for s in (0, 1)))  # fmt: skip
    circle = np.array([-0.07, -0.10, -0.07], np.float32) * rng.uniform(0, 1) * person["bags"]
    gain += (rings * share)[..., None] * circle
    return gain

"""Ageing painted on an aligned face: lines, folds, bags, spots, roughness and tone, with the years
that each region was given."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from strokes import Valleys

F32 = NDArray[np.float32]
Rng = np.random.Generator
FULL = 40.0  # years that full strength stands for
REGIONS = ("brow", "glabella", "eyes", "cheeks", "nasolabial", "mouth", "jaw", "neck", "nose")
# Chains of the 478-point mesh, the picture's left side and its right.
TOP = [54, 103, 67, 109, 10, 338, 297, 332, 284]
BROW = [70, 63, 105, 66, 9, 296, 334, 293, 300]
CORNER = (33, 263)
LOWER_LID = ([226, 31, 228, 229, 230, 231, 232, 233], [446, 261, 448, 449, 450, 451, 452, 453])
TROUGH = ([111, 117, 118, 119, 120, 121], [340, 346, 347, 348, 349, 350])
CREASE = ([226, 247, 30, 29, 27, 28, 56], [446, 467, 260, 259, 257, 258, 286])
HOOD = ([113, 225, 224, 223, 222, 221], [342, 445, 444, 443, 442, 441])
FOLD = ([129, 203, 206, 216, 212], [358, 423, 426, 436, 432])
MARIONETTE = ([61, 57, 43, 106], [291, 287, 273, 335])
JOWL = ([132, 58, 172, 136, 150, 149, 211, 212, 214], [361, 288, 397, 365, 379, 378, 431, 432, 434])
CHEEK = ([50, 205, 207, 192], [280, 425, 427, 416])
HOLLOW = ([116, 117, 50, 187, 147, 123], [345, 346, 280, 411, 376, 352])
UPPER_LIP = [61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291]
LOWER_LIP = [146, 91, 181, 84, 17, 314, 405, 321, 375]


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
    _lines(valleys, p, strength, person, rng)
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


def _lines(
    v: Valleys, p: F32, strength: dict[str, float], person: dict[str, float], rng: Rng
) -> None:
    u = v.unit
    up = (p[10] - p[152]) / 100

    def depth(region: str, lo: float, hi: float) -> float:
        return 1.3 * strength[region] * person["lines"] * rng.uniform(lo, hi)

    def shaken(points: F32, by: float) -> F32:
        return points + rng.normal(0, by * u, 2) + rng.normal(0, 0.25 * by * u, points.shape)

    # Forehead: as the frontalis folds it, from above the brows to the hair (the mesh ends lower).
    low, high = p[BROW], p[TOP]
    arch = rng.normal(0, 2.5)
    for at in np.linspace(0.28, rng.uniform(0.8, 1.5), rng.integers(2, 9)):
        at = at + rng.normal(0, 0.03)
        line = low * (1 - at) + high * at
        dip = np.sin(np.linspace(0, 2 * np.pi, 9) + rng.normal(0, 0.3)) * rng.uniform(0, 1)
        line = line + up * (arch * np.cos(np.linspace(-1.5, 1.5, 9)) + dip)[:, None]
        a, b = int(rng.integers(0, 4)), int(rng.integers(6, 10))
        width = int(rng.choice([0, 1, 2, 3], p=[0.25, 0.35, 0.3, 0.1]))
        v.stroke(shaken(line[a:b], 0.5), width, depth("brow", 0.3, 1.9), rng, rng.uniform(0, 0.7))
    middle = 0.45 * p[9] + 0.55 * p[168]
    for side in (-1, 1):
        for _ in range(rng.integers(0, 4)):
            x = side * rng.uniform(1.2, 5.5) * u
            tall, lean = rng.uniform(4, 11), side * rng.uniform(-0.5, 2.0) * u
            line = np.array([middle + up * tall + [x + lean, 0], middle + np.array([x, 0]),
                             middle - up * tall * 0.6 + [x - 0.3 * lean, 0]])  # fmt: skip
            v.stroke(line, int(rng.integers(1, 3)), depth("glabella", 0.4, 2.2), rng)
    for _ in range(rng.integers(0, 3)):
        line = p[[193, 168, 417]] + up * rng.uniform(-3, 3)
        v.stroke(line, int(rng.integers(0, 3)), depth("glabella", 0.2, 1.4), rng)
    for s, out in ((0, -1), (1, 1)):
        # Crow's feet: a fan from the outer corner, deep ones and hair-fine ones.
        for _ in range(rng.integers(3, 10)):
            turn = rng.uniform(-0.9, 0.95)
            d = np.array([out * np.cos(turn), np.sin(turn)])
            start = p[CORNER[s]] + d * rng.uniform(3, 8) * u
            far = rng.uniform(5, 20) * u
            bend = np.array([0, rng.normal(0.5, 1.0) * u])
            line = np.array([start, start + d * far * 0.5 + bend, start + d * far])
            width = int(rng.choice([0, 1, 2], p=[0.45, 0.4, 0.15]))
            v.stroke(line, width, depth("eyes", 0.3, 1.8), rng)
        for chain in (LOWER_LID[s], TROUGH[s]):
            for _ in range(rng.integers(1, 5)):
                a, b = int(rng.integers(0, 3)), len(chain) - int(rng.integers(0, 3))
                width = int(rng.choice([0, 1, 2], p=[0.45, 0.35, 0.2]))
                v.stroke(shaken(p[chain[a:b]], 1.0), width, depth("eyes", 0.2, 1.4), rng)
        for _ in range(rng.integers(0, 4)):  # crossed fine lines under the eye
            k = int(rng.integers(1, 6))
            line = np.array([p[LOWER_LID[s][k]], p[TROUGH[s][min(k, 5)]]])
            line = np.vstack([line[0], line.mean(0) + rng.normal(0, u, 2), line[1]])
            v.stroke(shaken(line, 0.8), 0, depth("eyes", 0.15, 0.9), rng)
        for chain in (CREASE[s], HOOD[s]):  # lids that fold over
            if rng.random() < 0.7:
                v.stroke(shaken(p[chain], 0.5), int(rng.integers(0, 3)),
                         depth("eyes", 0.2, 1.3), rng)  # fmt: skip
        for _ in range(rng.integers(1, 4)):
            width = int(rng.choice([1, 2, 3], p=[0.2, 0.45, 0.35]))
            v.stroke(shaken(p[FOLD[s]], 0.8), width, depth("nasolabial", 0.4, 2.4), rng)
        for _ in range(rng.integers(0, 3)):
            v.stroke(shaken(p[MARIONETTE[s]], 0.8), int(rng.integers(1, 4)),
                     depth("mouth", 0.3, 1.7), rng)  # fmt: skip
        for _ in range(rng.integers(0, 6)):
            line = p[CHEEK[s]] + [out * rng.uniform(-4, 8) * u, rng.normal(0, 2) * u]
            line = line[int(rng.integers(0, 2)) :]
            v.stroke(shaken(line, 0.8), int(rng.integers(0, 3)), depth("cheeks", 0.15, 1.1), rng,
                     0.4)  # fmt: skip
        for _ in range(rng.integers(0, 3)):
            a, b = p[(193, 417)[s]], p[(122, 351)[s]] + [out * 2 * u, 3 * u]
            line = np.array([a, (a + b) / 2 + rng.normal(0, u, 2), b])
            v.stroke(shaken(line, 1.2), 0, depth("nose", 0.2, 1.1), rng)
        for _ in range(rng.integers(0, 3)):
            line = p[([58, 172, 136, 150], [288, 397, 365, 379])[s]] + up * rng.uniform(1, 8)
            v.stroke(shaken(line, 1.5), int(rng.integers(1, 4)), depth("jaw", 0.15, 1.0), rng)
    for chain, way, reach in ((UPPER_LIP, 1, 8), (LOWER_LIP, -1, 5)):
        for k in chain:
            if rng.random() < 0.45:
                d = way * up + [rng.normal(0, 0.25) * u, 0]
                a = p[k] + d
                b = a + d * rng.uniform(2, reach)
                v.stroke(np.array([a, (a + b) / 2 + rng.normal(0, 0.4 * u, 2), b]),
                         int(rng.integers(0, 2)), depth("mouth", 0.2, 1.2), rng)  # fmt: skip
    for _ in range(rng.integers(0, 3)):
        at = rng.uniform(0.25, 0.5)
        line = np.array([p[43], p[17] * (1 - at) + p[152] * at, p[273]])
        v.stroke(shaken(line, 1), int(rng.integers(1, 4)), depth("mouth", 0.2, 1.3), rng)
    wide = p[397] - p[172]
    for _ in range(rng.integers(1, 5)):  # rings of the neck
        at = p[152] - up * rng.uniform(8, 50)
        w = rng.uniform(0.25, 0.55)
        line = np.array([at - w * wide, at - up * rng.uniform(0, 7), at + w * wide])
        v.stroke(shaken(line, 1.5), int(rng.integers(0, 4)), depth("neck", 0.3, 1.8), rng, 0.3)
    for _ in range(rng.integers(0, 5)):  # and its cords
        at = p[152] - up * rng.uniform(6, 14) + wide * rng.uniform(-0.4, 0.4)
        line = np.array([at, at - up * 14 + rng.normal(0, 1.5 * u, 2), at - up * 32])
        v.stroke(line, int(rng.integers(1, 4)), depth("neck", 0.2, 1.4), rng)


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

"""A painted place for plates that the building fills: haze, a far tree line, an open lot."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.inpaint.fields import luminance
from setpiece.render.light import Light

F32 = NDArray[Any]  # float32; OpenCV's stubs do not say so


def backdrop(
    image: F32,
    hole: NDArray[np.bool_],
    light: Light,
    horizon: float | None,
    seed: int,
) -> F32:
    """(h, w, 3) float32, scene-linear, whole frame.

    Sky from the light's sky and haze, two hazy ridges of trees on the horizon, and ground in
    perspective whose colour and roughness are those of the lowest strip of the plate that is not
    building. The join at the strip is soft.
    """
    h, w = hole.shape
    rng = np.random.default_rng(seed + 77)
    row = float(np.clip(0.66 * h if horizon is None else horizon, 0.2 * h, 0.86 * h))
    strip = ~hole
    strip[: round(min(row, 0.9 * h))] = False
    bright = float(np.percentile(luminance(image), 90))
    ground = (
        np.median(image[strip], 0) if strip.sum() > 50 else np.array(light.ground) * 1.5
    ).astype(np.float32)
    rough = float(np.clip(_roughness(image, strip), 0.02, 0.12)) if strip.sum() > 50 else 0.05
    haze = np.array(light.haze, np.float32)
    haze *= np.clip(1.15 * bright / max(float(luminance(haze[None])[0]), 1e-3), 0.3, 1.4)
    tint = np.array(light.sky, np.float32)
    tint *= float(luminance(haze[None])[0]) / max(float(luminance(tint[None])[0]), 1e-3)
    yy, xx = np.mgrid[0:h, 0:w].astype(np.float32)
    up = np.clip((row - yy) / h, 0, 1)[..., None]
    out = haze * (1 - 0.75 * up) + tint * 0.75 * up
    cloud = _fbm(rng, h, w, 0.7, 6, stretch=2.2)
    cloud = np.tanh(cloud + 0.3) * np.clip(up[..., 0] * 5, 0.05, 1)
    out *= (1 + 0.05 * cloud)[..., None]
    green = np.array([0.5, 0.62, 0.34], np.float32) * float(luminance(ground[None])[0]) * 0.62
    for rise, spread, fade in ((0.05, 0.035, 0.62), (0.075, 0.06, 0.3)):
        top, lobes = _crowns(rng, h, w, row, rise, spread)
        leaf = _fbm(rng, h, w, spread * 0.5, 6) * 0.5 + lobes
        tree = green * np.clip(0.8 + 0.5 * leaf, 0.15, 1.9)[..., None]
        ragged = top + 0.007 * h * (_fbm(rng, h, w, 0.05, 4) + _fbm(rng, h, w, 0.012, 3))
        cover = np.clip((yy - ragged) / 1.4 + 0.5, 0, 1)[..., None]
        out = out * (1 - cover) + cover * (tree * (1 - fade) + haze * fade)
    depth = 1.6 * 1.2 * w / np.maximum(yy - row, 0.75)  # metres for an eye at 1.6 m
    clear = np.exp(-depth / 320.0)[..., None]
    side = (xx - w / 2) / (1.2 * w) * depth
    grit = _ground_noise(rng, side, depth)
    wild = np.clip(0.5 + 0.8 * _ground_noise(rng, side / 7, depth / 7), 0, 1)
    wild *= np.clip((depth - 9) / 25, 0, 1)  # the lot grows over with distance
    grit = grit + 0.8 * _fbm(rng, h, w, 0.006, 3)
    soil = ground * (1 + rough * 1.5 * grit)[..., None]
    weed = green * 1.5 * (1 + 0.3 * grit)[..., None]
    land = soil * (1 - 0.7 * wild[..., None]) + weed * 0.7 * wild[..., None]
    land = land * clear + (0.8 * green + 0.2 * haze) * (1 - clear)
    edge = np.clip((yy - row) / 3.0 + 0.5, 0, 1)[..., None]
    out = out * (1 - edge) + np.maximum(land, 0) * edge
    return np.maximum(out, 0).astype(np.float32)


def _crowns(
    rng: np.random.Generator, h: int, w: int, row: float, rise: float, spread: float
) -> tuple[F32, F32]:
    """A row of trees on the horizon: (row of its top (1, w), light and shade of crowns (h, w))."""
    x = np.arange(w, dtype=np.float32)
    top = np.full(w, row - 0.25 * rise * h, np.float32)
    shade = np.zeros((h, w), np.float32)
    count = int(2.2 / spread)
    for _ in range(count):
        cx, r = rng.uniform(-0.05, 1.05) * w, spread * w * rng.uniform(0.35, 0.8)
        tall = rise * h * rng.uniform(0.35, 1.0)
        dome = np.sqrt(np.clip(1 - ((x - cx) / r) ** 2, 0, 1))
        top = np.minimum(top, np.where(dome > 0, row - tall * (0.35 + 0.65 * dome), row))
        left, right = int(np.clip(cx - r, 0, w)), int(np.clip(cx + r, 0, w))
        y0 = int(np.clip(row - tall, 0, h - 1))
        if right > left:
            yy = np.linspace(0.5, -0.6, max(1, int(row) - y0), dtype=np.float32)[:, None]
            shade[y0 : y0 + len(yy), left:right] = yy[: h - y0] + 0.3 * rng.uniform(-1, 1)
    return top[None], cv2.GaussianBlur(shade, (0, 0), max(1.0, spread * w * 0.12))


def _roughness(image: F32, where: NDArray[np.bool_]) -> float:
    lum = luminance(image)
    detail = lum - cv2.GaussianBlur(lum, (0, 0), 4)
    return float(detail[where].std() / max(float(lum[where].mean()), 1e-3))


def _fbm(rng: np.random.Generator, h: int, w: int, size: float, octaves: int, stretch=1.0) -> F32:
    """Unit-variance fractal noise (h, w); `size` of the largest lobes over picture width."""
    out = np.zeros((h, w), np.float32)
    for k in range(octaves):
        cell = max(size * w / 2**k, 1.0)
        n = (max(3, int(h / cell * stretch) + 3), max(3, int(w / cell) + 3))
        layer = rng.standard_normal(n).astype(np.float32)
        out += cv2.resize(layer, (w, h), interpolation=cv2.INTER_CUBIC) * 0.55**k
    return (out - out.mean()) / max(float(out.std()), 1e-6)


def _ground_noise(rng: np.random.Generator, x: F32, z: F32) -> F32:
    """Noise on the ground plane at metres (x, z), octaves that would alias left out."""
    table = rng.standard_normal((256, 256)).astype(np.float32)
    foot = np.abs(np.gradient(z, axis=0)) + 1e-3
    out = np.zeros_like(x)
    for cell, gain in [(9.0, 0.4), (2.3, 0.4), (0.6, 0.6), (0.17, 0.8), (0.045, 0.9)]:
        u, v = (x / cell) % 256, (z / cell) % 256
        layer = cv2.remap(table, u, v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
        out += layer * gain * np.clip(2.6 - foot / cell, 0, 1)
    return out.astype(np.float32)

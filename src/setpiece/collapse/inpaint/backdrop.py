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
    cloud = _fbm(rng, h, w, 0.5, 5, stretch=2.6)
    cloud *= np.clip(up[..., 0] * 4, 0.1, 1)
    out *= (1 + 0.07 * cloud)[..., None]
    for far, (rise, fade) in enumerate([(0.035, 0.72), (0.022, 0.5)]):
        ridge = row - h * rise * (1 + 0.45 * _fbm_line(rng, w, 4.0) + 0.18 * _fbm_line(rng, w, 40))
        leaf = _fbm(rng, h, w, 0.02, 3)
        tree = ground * np.array([0.42, 0.5, 0.4], np.float32) * (1 + 0.25 * leaf)[..., None]
        cover = np.clip((yy - ridge[None]) / (1.2 + far) + 0.5, 0, 1)[..., None]
        out = out * (1 - cover) + cover * (tree * (1 - fade) + haze * fade)
    depth = 1.6 * 1.2 * w / np.maximum(yy - row, 0.75)  # metres for an eye at 1.6 m
    clear = np.exp(-depth / 260.0)[..., None]
    grit = _ground_noise(rng, (xx - w / 2) / (1.2 * w) * depth, depth)
    soil = ground * (1 + rough * 2.2 * grit)[..., None]
    land = soil * clear + (0.55 * ground + 0.45 * haze) * (1 - clear)
    edge = np.clip((yy - row) / 2.0 + 0.5, 0, 1)[..., None]
    out = out * (1 - edge) + land * edge
    return np.maximum(out, 0).astype(np.float32)


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


def _fbm_line(rng: np.random.Generator, w: int, cycles: float) -> F32:
    x = np.linspace(0, 1, w, dtype=np.float32)
    out = np.zeros(w, np.float32)
    for k in range(5):
        n = int(cycles * 2**k) + 3
        out += np.interp(x * (n - 1), np.arange(n), rng.standard_normal(n)) * 0.5**k
    return out / max(float(out.std()), 1e-6)


def _ground_noise(rng: np.random.Generator, x: F32, z: F32) -> F32:
    """Noise on the ground plane at metres (x, z), octaves that would alias left out."""
    table = rng.standard_normal((256, 256)).astype(np.float32)
    foot = np.abs(np.gradient(z, axis=0)) + 1e-3
    out = np.zeros_like(x)
    for cell, gain in [(6.0, 0.5), (1.7, 0.5), (0.45, 0.6), (0.12, 0.6), (0.03, 0.6)]:
        u, v = (x / cell) % 256, (z / cell) % 256
        layer = cv2.remap(table, u, v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
        out += layer * gain * np.clip(2 - foot / cell * 1.5, 0, 1)
    return out.astype(np.float32)

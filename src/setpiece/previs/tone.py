"""Light and dark of a panel: how bright each place is, and how each style puts that on paper."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from setpiece.previs.stroke import hashed, noise

F32 = NDArray[np.float32]


@njit(cache=True, nogil=True, inline="always")
def _smoothstep(lo, hi, v):
    t = min(max((v - lo) / (hi - lo), 0.0), 1.0)
    return t * t * (3 - 2 * t)


@njit(cache=True, nogil=True)
def values(
    triangle,
    depth,
    normal,
    lum,
    kind,
    lens,
    eye,
    rotation,
    sun,
    shadow,
    axes,
    origin,
    scale,
    lamps,
    mood,
    crisp,
    unit,
    out,
    lit,
):
    """Brightness 0..1 as a draughtsman sees it, of every sample.

    lum (F,): own lightness; kind (F,): 0 thing, 1 wall, 2 ground, 3 figure, 4 glows; sun (3,)
    toward the light, in the world; shadow (n, n) with axes, origin, scale: `raster.ShadowMap`;
    lamps (L, 5): x, y, z [m], strength, reach [m]; mood: key, fill, low, span, haze distance [m],
    haze value, sky top, sky low, wrap, and
    how near [m] things frame the picture and fall into shade;
    crisp: in flat tones; unit: samples of a 960-px panel's px. out: float32 (h, w); lit: the same,
    1 in the key light.
    """
    h, w = triangle.shape
    n = shadow.shape[0]
    key, fill, low, span, haze_at, haze, sky_top, sky_low, wrap, front = mood
    for y in range(h):
        for x in range(w):
            vx, vy = (x + 0.5 - lens[1]) / lens[0], (y + 0.5 - lens[2]) / lens[0]
            f = triangle[y, x]
            if f < 0:
                up = rotation[0, 2] * vx + rotation[1, 2] * vy + rotation[2, 2]
                up /= np.sqrt(vx * vx + vy * vy + 1)
                s = min(max(up * 1.9, 0.0), 1.0)
                out[y, x] = sky_low + (sky_top - sky_low) * s
                lit[y, x] = 0
                continue
            if kind[f] == 4:
                out[y, x], lit[y, x] = lum[f], 1
                continue
            z = depth[y, x]
            nx, ny, nz = normal[y, x, 0], normal[y, x, 1], normal[y, x, 2]
            wx = rotation[0, 0] * nx + rotation[1, 0] * ny + rotation[2, 0] * nz
            wy = rotation[0, 1] * nx + rotation[1, 1] * ny + rotation[2, 1] * nz
            wz = rotation[0, 2] * nx + rotation[1, 2] * ny + rotation[2, 2] * nz
            px = eye[0] + z * (rotation[0, 0] * vx + rotation[1, 0] * vy + rotation[2, 0])
            py = eye[1] + z * (rotation[0, 1] * vx + rotation[1, 1] * vy + rotation[2, 1])
            pz = eye[2] + z * (rotation[0, 2] * vx + rotation[1, 2] * vy + rotation[2, 2])
            facing = wx * sun[0] + wy * sun[1] + wz * sun[2]
            open_ = 1.0 if facing > 0.02 else 0.0
            if open_ > 0:
                qx = px + wx * 0.02 - origin[0]
                qy = py + wy * 0.02 - origin[1]
                qz = pz + wz * 0.02 - origin[2]
                u = (axes[0, 0] * qx + axes[0, 1] * qy + axes[0, 2] * qz) * scale + n * 0.5
                v = (axes[1, 0] * qx + axes[1, 1] * qy + axes[1, 2] * qz) * scale + n * 0.5
                if 1 <= u < n - 1 and 1 <= v < n - 1:
                    d = axes[2, 0] * qx + axes[2, 1] * qy + axes[2, 2] * qz - 0.015 - 1.2 / scale
                    iu, iv = int(u - 0.5), int(v - 0.5)
                    fu, fv = u - 0.5 - iu, v - 0.5 - iv
                    open_ = (
                        (1.0 if shadow[iv, iu] > d else 0.0) * (1 - fu) * (1 - fv)
                        + (1.0 if shadow[iv, iu + 1] > d else 0.0) * fu * (1 - fv)
                        + (1.0 if shadow[iv + 1, iu] > d else 0.0) * (1 - fu) * fv
                        + (1.0 if shadow[iv + 1, iu + 1] > d else 0.0) * fu * fv
                    )
            lamp = 0.0
            for m in range(lamps.shape[0]):
                lx, ly, lz = lamps[m, 0] - px, lamps[m, 1] - py, lamps[m, 2] - pz
                away = np.sqrt(lx * lx + ly * ly + lz * lz) + 1e-6
                face = (wx * lx + wy * ly + wz * lz) / away
                lamp += (
                    lamps[m, 3]
                    * min(max(0.3 + 0.7 * face, 0.0), 1.0)
                    / (1 + (away / lamps[m, 4]) ** 2)
                )
            if crisp:
                # A hand shades in few flat tones whose edges it feels for.
                feel = 0.0
                if kind[f] == 3:
                    feel = 0.07 * noise(x / unit * 0.045, y / unit * 0.045, 5)
                sunny = open_ * _smoothstep(0.10, 0.17, facing + feel)
                if lamp > 0:
                    level = lamp * 5 + 0.5 * feel
                    whole = np.floor(level)
                    lamp = (whole + _smoothstep(0.42, 0.58, level - whole)) * 0.2
                light = fill + key * sunny + lamp
            else:
                shape = min(max((facing + wrap) / (1 + wrap), 0.0), 1.0)
                light = fill * (0.8 + 0.2 * wz) + key * open_ * shape * 1.15 + lamp
            v = (low + span * lum[f]) * min(light, 1.06)
            if z < front:
                v *= 0.6
            far = 1 - np.exp(-max(z - 4.0, 0.0) / haze_at)
            if kind[f] == 3:
                far *= 0.6
            elif haze_at > 30:  # in clear air a ridge stays a tone apart from the sky
                far = min(far, 0.72)
            out[y, x] = min(v + (haze - v) * far, 1.0)
            lit[y, x] = open_


@njit(cache=True, nogil=True, inline="always")
def _mean(value, fine, y, x):
    """Of the fine cells of one pixel."""
    v = 0.0
    for j in range(fine):
        for i in range(fine):
            v += value[y * fine + j, x * fine + i]
    return v / (fine * fine)


@njit(cache=True, nogil=True)
def wash(value, fine, unit, seed, out):
    """Marker and wash. value (h * fine, w * fine) to out (h, w), paper 1 .. black 0. unit: px of
    the picture in one of a 960-px panel."""
    h, w = out.shape
    for y in range(h):
        for x in range(w):
            v = _mean(value, fine, y, x)
            gx, gy = x / unit, y / unit
            # The pigment gathers unevenly, and streaks a little along the marker's way.
            streak = noise((gx + gy) * 0.012, (gy - gx) * 0.13, seed + 2)
            cloud = noise(gx * 0.013, gy * 0.013, seed + 3)
            v += min(1 - v, 0.5) * (
                0.05 * streak + 0.06 * cloud + 0.03 * (hashed(x, y, seed) - 0.5)
            )
            out[y, x] = min(max(v, 0.0), 1.0)


@njit(cache=True, nogil=True, inline="always")
def _hatch(u, v, spacing, fill, seed):
    """Ink 0..1 of strokes across u; fill 0..1 of the spacing is graphite."""
    u += 0.9 * noise(u * 0.03, v * 0.03, seed) + 0.25 * noise(u * 0.2, v * 0.05, seed + 1)
    row = np.floor(u / spacing)
    f = abs(u / spacing - row - 0.5) * 2
    start = hashed(int(row), 3, seed)
    press = 0.62 + 0.38 * noise(v * 0.025 + 9 * start, row * 0.7, seed + 2)
    edge = fill * press
    return min(max((edge - f) * spacing * 0.5 + 0.5, 0.0), 1.0)


@njit(cache=True, nogil=True)
def hatching(value, fine, unit, seed, out):
    """Graphite: soft rubbed tone, strokes one way and, where darker, across; paper grain through
    it. value (h * fine, w * fine) to out (h, w), paper 1 .. black 0."""
    h, w = out.shape
    for y in range(h):
        for x in range(w):
            v = _mean(value, fine, y, x)
            gx, gy = x / unit, y / unit
            v += 0.008 * noise(gx * 0.04, gy * 0.04, seed)
            grain = 0.5 + 0.5 * noise(gx * 0.9, gy * 0.9, seed + 5)
            grain = 0.45 * grain + 0.55 * hashed(x, y, seed + 6)
            rub = 0.48 * (1 - min(max(v, 0.0), 1.0)) ** 1.1
            ink = rub * (0.75 + 0.5 * grain)
            a, b = gx * 0.80 + gy * 0.60, gy * 0.80 - gx * 0.60
            c, d = gx * 0.95 - gy * 0.30, gy * 0.95 + gx * 0.30
            if v < 0.86:
                fill = min((0.86 - v) * 1.5, 0.72)
                ink += 0.46 * _hatch(a, b, 5.5, fill, seed + 10) * (0.55 + 0.6 * grain)
            if v < 0.52:
                fill = min((0.52 - v) * 1.9, 0.8)
                ink += 0.44 * _hatch(c, d, 5.0, fill, seed + 20) * (0.55 + 0.6 * grain)
            if v < 0.26:
                fill = min((0.26 - v) * 3.0, 0.95)
                ink += 0.30 * _hatch(d, c, 4.0, fill, seed + 30)
            out[y, x] = 1 - min(ink, 0.93)

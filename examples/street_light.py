"""Light on stage street: sun, sky with a gradient and thin cloud, one bounce, glass, haze."""

from __future__ import annotations

import numpy as np
from numba import njit
from street_scene import ASPHALT, BARK, BRICK, GLASS, GRASS, LEAF, METAL, PAVING, ROOF, STUCCO

from setpiece.render.textures import noise
from setpiece.render.tracing import J, hash01


@njit(**J)
def sky_colour(dx, dy, dz, sun, out):
    """Radiance of the open sky: deep above, pale at the horizon, thin cloud, glow near the sun."""
    up = max(dz, 0.0)
    k = np.exp(-4.2 * up)
    out[0] = 0.15 + 0.47 * k
    out[1] = 0.27 + 0.42 * k
    out[2] = 0.53 + 0.27 * k
    t = 1.0 / (up + 0.12)
    c = noise(dx * t * 1.1, dy * t * 0.7, 3.3, 5) + 0.5 * noise(dx * t * 2.9, dy * t * 1.9, 7.1, 6)
    c += 0.25 * noise(dx * t * 7.1, dy * t * 4.9, 1.1, 7)
    cloud = min(max((c - 0.25) * 0.9, 0.0), 0.6)
    for i in range(3):
        out[i] += cloud * (0.80 - out[i])
    near = max(dx * sun[0] + dy * sun[1] + dz * sun[2], 0.0)
    glow = 0.18 * near**24
    out[0] += glow
    out[1] += 0.92 * glow
    out[2] += 0.8 * glow


@njit(**J)
def surface(material, tint, x, y, z, nz, out):
    """Albedo of a street surface at a world point."""
    big, mid = noise(x * 0.35, y * 0.35, z * 0.35, 1), noise(x * 2.1, y * 2.1, z * 2.1, 2)
    fine, grit = noise(x * 11, y * 11, z * 11, 3), noise(x * 47, y * 47, z * 47, 4)
    tone = 1.0 + 0.08 * big + 0.06 * mid + 0.06 * fine + 0.05 * grit
    r, g, b = tint[0], tint[1], tint[2]
    if material == BRICK:
        row = np.floor(z / 0.075)
        along = (x * 0.83 + y * 0.56) / 0.235 + 0.5 * (int(row) % 2)
        brick = hash01(int(row), int(np.floor(along)), 9)
        tone *= 0.78 + 0.45 * brick
        if z / 0.075 - row < 0.14 or along - np.floor(along) < 0.05:
            r, g, b, tone = 0.44, 0.41, 0.37, 1.0 + 0.1 * fine
    elif material == STUCCO:
        streak = noise(x * 5.0, y * 5.0, z * 0.35, 12)
        tone *= 1.0 - 0.10 * max(streak, 0.0) - 0.10 * max(-mid, 0.0)
    elif material == ASPHALT:
        tone *= 1.0 + 0.25 * grit + 0.12 * mid
        if abs(noise(x * 0.6, y * 0.6, 0.0, 14)) < 0.012:
            tone *= 0.55  # a crack
        if abs(y - 14.5) < 0.07 and (x / 6.0 - np.floor(x / 6.0)) < 0.5:
            r, g, b, tone = 0.6, 0.6, 0.58, 1.0 + 0.2 * fine
    elif material == PAVING:
        i, j = np.floor(x / 0.6), np.floor(y / 0.6)
        tone *= 0.86 + 0.28 * hash01(int(i), int(j), 17)
        if x / 0.6 - i < 0.02 or y / 0.6 - j < 0.02:
            tone *= 0.62
    elif material == GRASS:
        tone *= 1.0 + 0.3 * fine + 0.2 * grit
    elif material == ROOF:
        tone *= 1.0 + 0.2 * mid
    if z < 0.9 and material != ASPHALT and material != PAVING and material != GRASS:
        tone *= 0.72 + 0.28 * min(z / 0.9 + 0.3 * max(mid, 0.0), 1.0)  # splash-back dirt
    out[0], out[1], out[2] = r * tone, g * tone, b * tone
    for k in range(3):
        out[k] = min(max(out[k], 0.01), 0.85)


@njit(**J)
def first_hits(prim, dist, o, d, v, f, material, tint, sun, seed, s, point, normal, base, mirror):
    """Shade set-up of primary hits; mirror (n, 3) is where glass looks, 0 where it is not glass."""
    tmp = np.empty(3)
    for i in range(prim.shape[0]):
        mirror[i, 0] = mirror[i, 1] = mirror[i, 2] = 0.0
        if prim[i] < 0:
            continue
        t = f[prim[i]]
        e1, e2 = v[t[1]] - v[t[0]], v[t[2]] - v[t[0]]
        nx, ny, nz = (
            e1[1] * e2[2] - e1[2] * e2[1],
            e1[2] * e2[0] - e1[0] * e2[2],
            e1[0] * e2[1] - e1[1] * e2[0],
        )
        ln = 1 / np.sqrt(nx * nx + ny * ny + nz * nz)
        if nx * d[i, 0] + ny * d[i, 1] + nz * d[i, 2] > 0:
            ln = -ln
        nx, ny, nz = nx * ln, ny * ln, nz * ln
        x, y, z = (
            o[i, 0] + d[i, 0] * dist[i],
            o[i, 1] + d[i, 1] * dist[i],
            o[i, 2] + d[i, 2] * dist[i],
        )
        m = material[prim[i]]
        surface(m, tint[prim[i]], x, y, z, nz, tmp)
        if m == GLASS:
            curtain = tint[prim[i], 0]
            fold = 0.75 + 0.25 * noise(x * 9 + y * 9, 0.0, 0.0, 21)
            shade = (0.30 * fold) if curtain > 0.45 else 0.025
            for k in range(3):
                tmp[k] = shade
            # panes are never quite flat
            wx, wz = 0.012 * noise(x * 1.3, y * 1.3, z * 1.3, 31), 0.012 * noise(x, y, z * 2.0, 32)
            q = d[i, 0] * nx + d[i, 1] * ny + d[i, 2] * nz
            mirror[i, 0] = d[i, 0] - 2 * q * nx + wx
            mirror[i, 1] = d[i, 1] - 2 * q * ny + wx
            mirror[i, 2] = d[i, 2] - 2 * q * nz + wz
        for k in range(3):
            base[i, k] = tmp[k]
        normal[i, 0], normal[i, 1], normal[i, 2] = nx, ny, nz
        e = 3e-3
        point[i, 0], point[i, 1], point[i, 2] = x + nx * e, y + ny * e, z + nz * e


@njit(**J)
def combine(
    prim, dist, d, material, normal, base, sun_free, sky_dir, sky_prim, bounce, mirror, mirror_prim,
    sun, sun_rgb, haze_rgb, haze, pixel, out, guide_albedo, guide_normal, share,
):  # fmt: skip
    """Radiance of every primary ray, added to its pixel."""
    c, s = np.empty(3), np.empty(3)
    for i in range(prim.shape[0]):
        p = pixel[i]
        if prim[i] < 0:
            sky_colour(d[i, 0], d[i, 1], d[i, 2], sun, c)
            for k in range(3):
                out[p, k] += share * c[k]
                guide_albedo[p, k] += share
            continue
        cosine = normal[i, 0] * sun[0] + normal[i, 1] * sun[1] + normal[i, 2] * sun[2]
        m = material[prim[i]]
        through = 0.0
        if m == LEAF:  # leaves let half of the light through
            through = 0.45 * max(-cosine, 0.0)
            cosine = abs(cosine) * 0.75
        direct = (max(cosine, 0.0) + through) * sun_free[i]
        if sky_prim[i] < 0:
            sky_colour(sky_dir[i, 0], sky_dir[i, 1], sky_dir[i, 2], sun, s)
        else:
            for k in range(3):
                s[k] = bounce[i, k]
        for k in range(3):
            c[k] = base[i, k] * (sun_rgb[k] * direct + s[k])
        if m == GLASS:
            q = abs(d[i, 0] * normal[i, 0] + d[i, 1] * normal[i, 1] + d[i, 2] * normal[i, 2])
            fresnel = 0.05 + 0.95 * (1 - q) ** 5
            fresnel = min(fresnel * 1.7, 1.0)  # two panes
            if mirror_prim[i] < 0:
                sky_colour(mirror[i, 0], mirror[i, 1], max(mirror[i, 2], 0.0), sun, s)
            else:
                s[0], s[1], s[2] = 0.16, 0.15, 0.135
            for k in range(3):
                c[k] = c[k] * (1 - fresnel) + s[k] * fresnel
        clear = np.exp(-haze * dist[i])
        for k in range(3):
            out[p, k] += share * (c[k] * clear + haze_rgb[k] * (1 - clear))
            guide_albedo[p, k] += share * base[i, k]
            guide_normal[p, k] += share * normal[i, k]


@njit(**J)
def bounce_light(prim, sky_dir, v, f, material, tint, sun, sun_rgb, out):
    """What a second surface sends back: its tint under open sky and a share of the sun."""
    for i in range(prim.shape[0]):
        if prim[i] < 0:
            continue
        t = f[prim[i]]
        e1, e2 = v[t[1]] - v[t[0]], v[t[2]] - v[t[0]]
        nx, ny, nz = (
            e1[1] * e2[2] - e1[2] * e2[1],
            e1[2] * e2[0] - e1[0] * e2[2],
            e1[0] * e2[1] - e1[1] * e2[0],
        )
        ln = 1 / np.sqrt(nx * nx + ny * ny + nz * nz)
        if nx * sky_dir[i, 0] + ny * sky_dir[i, 1] + nz * sky_dir[i, 2] > 0:
            ln = -ln
        cosine = max((nx * sun[0] + ny * sun[1] + nz * sun[2]) * ln, 0.0)
        lit = 0.6 * cosine
        for k in range(3):
            a = tint[prim[i], k] if material[prim[i]] not in (GLASS, METAL, BARK) else 0.12
            out[i, k] = a * (sun_rgb[k] * lit + 0.30)

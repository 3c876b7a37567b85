"""What the set looks like close up: albedo of surfaces, radiance of the sky and behind glass.

Colours are scene-linear Rec.709, lengths metres.
"""

from __future__ import annotations

import math

from numba import njit

from setpiece.render.textures import noise
from setpiece.render.tracing import J, hash01
from street_set.builder import Stuff

# Kernels read plain numbers.
BRICK, STONE, STUCCO, GLASS = (
    int(s) for s in (Stuff.BRICK, Stuff.STONE, Stuff.STUCCO, Stuff.GLASS)
)
ASPHALT, PAVING, LEAF = int(Stuff.ASPHALT), int(Stuff.PAVING), int(Stuff.LEAF)
BARK, ROOF = int(Stuff.BARK), int(Stuff.ROOF)


@njit(**J)
def look(stuff, base, s, z, u, v, x, y, out):
    """Albedo (3,) of a surface.

    base: its colour. s, z: metres along its wall and up. u, v: street coordinates on the ground.
    x, y: world.
    """
    big = noise(x * 0.35, y * 0.35, z * 0.35, 3)
    mid = noise(s * 1.7 + x, y * 1.7, z * 1.7, 5)
    fine = noise(x * 11.0, y * 11.0, z * 11.0, 7)
    tone = 1 + 0.06 * big + 0.05 * mid + 0.05 * fine
    r, g, b = base[0], base[1], base[2]
    if stuff == BRICK:
        row = math.floor(z / 0.075)
        along = s / 0.225 + 0.5 * (row & 1)
        brick = math.floor(along)
        k = hash01(row, brick, 2)
        warm = hash01(row, brick, 9)
        r *= 0.68 + 0.62 * k
        g *= 0.66 + 0.62 * k + 0.10 * warm
        b *= 0.64 + 0.64 * k + 0.12 * warm
        if z / 0.075 - row < 0.15 or along - brick < 0.05:
            r, g, b = 0.37, 0.33, 0.28
        tone *= 1 + 0.10 * noise(s * 0.5, z * 0.5, 1.0, 19)
    elif stuff == STONE:
        row = math.floor(z / 0.42)
        along = s / 0.9 + 0.5 * (row & 1)
        k = hash01(row, math.floor(along), 4)
        tone *= 0.92 + 0.14 * k
        if z / 0.42 - row < 0.035 or along - math.floor(along) < 0.016:
            tone *= 0.6
    elif stuff == STUCCO:
        tone *= 1 + 0.05 * noise(s * 6.0, z * 6.0, 0.5, 29)
        if noise(s * 0.45, z * 0.45, 3.0, 23) > 0.55:
            tone *= 0.86
    elif stuff == ASPHALT:
        grit = noise(u * 45.0, v * 45.0, 0.5, 31)
        worn = noise(u * 0.06, v * 1.1, 0.5, 33)
        tone = 1 + 0.22 * grit + 0.15 * worn + 0.10 * mid
        patch = noise(u * 0.21, v * 0.33, 9.0, 35)
        if patch > 0.5:
            tone *= 0.78
        crack = abs(noise(u * 0.7, v * 0.7, 2.0, 37) + 0.3 * fine)
        if crack < 0.012:
            tone *= 0.5
    elif stuff == PAVING:
        i = math.floor(u / 0.6)
        j = math.floor(v / 0.6 + 0.5 * (i & 1))
        k = hash01(i, j, 6)
        tone *= 0.88 + 0.22 * k
        fu, fv = u / 0.6 - i, v / 0.6 + 0.5 * (i & 1) - j
        if fu < 0.018 or fv < 0.018:
            tone *= 0.55
        tone *= 1 + 0.12 * noise(u * 0.8, v * 0.8, 4.0, 39)
        spot = noise(u * 5.0, v * 5.0, 1.0, 43)
        if spot > 0.72:  # chewing gum, oil
            tone *= 0.72
    elif stuff == ROOF:
        row = math.floor(z / 0.22)
        tone *= 0.85 + 0.3 * hash01(row, math.floor(s / 0.25), 8)
    elif stuff == BARK:
        tone *= 1 + 0.35 * noise(x * 25.0, y * 25.0, z * 4.0, 47)
    if stuff <= STUCCO:  # rain streaks, splash at the foot
        streak = noise(s * 4.5, z * 0.22, 0.5, 51)
        tone *= 1 - 0.13 * min(max(streak, 0.0) * 1.6, 1.0)
        tone *= 1 - 0.22 * min(max(1 - z / 0.7, 0.0), 1.0) * (0.7 + 0.3 * mid)
    out[0] = min(max(r * tone, 0.01), 0.8)
    out[1] = min(max(g * tone, 0.01), 0.8)
    out[2] = min(max(b * tone, 0.01), 0.8)


@njit(**J)
def sky(dx, dy, dz, sun, out):
    """Radiance (3,) of the sky in a direction: deep above, pale at the horizon, thin cloud."""
    h = max(dz, 0.0)
    t = h**0.42
    glow = max(dx * sun[0] + dy * sun[1] + dz * sun[2], 0.0)
    near = 0.16 * glow**6 + 0.5 * glow**60
    out[0] = 0.70 + (0.115 - 0.70) * t + near
    out[1] = 0.755 + (0.25 - 0.755) * t + near * 0.94
    out[2] = 0.80 + (0.56 - 0.80) * t + near * 0.82
    if dz > 0.02:
        q = 1.0 / (dz + 0.12)
        x, y = dx * q * 1.3, dy * q * 1.3
        wx = 0.7 * noise(x * 0.8, y * 0.8, 3.0, 61)
        c = 0.0
        a = 0.5
        f = 0.9
        for k in range(6):
            c += a * noise(x * f * 0.6 + wx, y * f * 1.5 - wx, 1.0 + k, 63 + k)
            a *= 0.55
            f *= 2.1
        c = min(max((c - 0.02) * 1.5, 0.0), 1.0)
        c = c * c * (3 - 2 * c) * min(dz * 6, 1.0) * 0.62
        lit = 0.80 + 0.12 * glow
        out[0] += c * (lit - out[0])
        out[1] += c * (lit * 0.985 - out[1])
        out[2] += c * (lit * 0.975 - out[2])


@njit(**J)
def room(s, q, half_w, half_h, ds, dz, dn, number, out):
    """Radiance (3,) of what is behind a pane (J. van Dongen, "Interior mapping", CGI 2008).

    s, q: place on the pane, -1..1. half_w, half_h: its half size [m]. ds, dz, dn: view direction
    along the wall, up, and into the room (dn > 0). number: which window.
    """
    kind = hash01(number, 1, 71)
    draw = 0.12 + 0.5 * hash01(number, 2, 71)
    blind = hash01(number, 3, 71)
    fold = 0.88 + 0.12 * math.sin(s * half_w * 46.0 + 3 * math.sin(s * 9.0 + number))
    if kind < 0.5 and abs(s) > 1 - draw:  # curtains
        c = 0.30 * fold * (0.8 + 0.2 * q)
        tint = hash01(number, 4, 71)
        out[0], out[1], out[2] = c, c * (0.93 + 0.05 * tint), c * (0.8 + 0.18 * tint)
        return
    if kind > 0.62 and q > 1 - 1.5 * blind:  # a blind, part of the way down
        c = 0.33 * (0.93 + 0.07 * math.sin(q * half_h * 120.0))
        out[0], out[1], out[2] = c, c * 0.96, c * 0.86
        return
    wide, deep = half_w + 0.8, 3.2 + 1.5 * hash01(number, 5, 71)
    x, z = s * half_w, q * half_h
    low, high = -half_h - 0.8, half_h + 0.5
    tx = (wide - x) / ds if ds > 1e-6 else ((-wide - x) / ds if ds < -1e-6 else 1e9)
    tz = (high - z) / dz if dz > 1e-6 else ((low - z) / dz if dz < -1e-6 else 1e9)
    tn = deep / max(dn, 1e-6)
    t = min(tx, min(tz, tn))
    inside = t * dn
    c = 0.11 * math.exp(-inside * 0.45) + 0.012
    if t == tz and dz > 0:
        c *= 1.5
    elif t == tz:
        c *= 0.5
    lamp = hash01(number, 6, 71)
    warm = 0.9 + 0.35 * (1.0 if lamp > 0.9 else 0.0)
    if kind < 0.3 and kind > 0.1:  # net curtain behind the glass
        c = 0.55 * c + 0.10 * fold
    out[0], out[1], out[2] = c * warm, c * 0.92 * warm, c * 0.80

"""What broken things look like: procedural albedo and roughness in rest space.

Points are given where they lay in the standing building, so that the pattern moves with its piece.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from setpiece.render.tracing import J, hash01, hash32

CONCRETE, MASONRY, PLASTER, FLOOR, ROOF, TIMBER, REBAR, CLOTH = 2, 3, 4, 5, 6, 7, 8, 10


@njit(**J)
def noise(x, y, z, salt):
    """Value noise -1..1 on the unit lattice, smooth (quintic)."""
    i, j, k = int(np.floor(x)), int(np.floor(y)), int(np.floor(z))
    a, b, c = x - i, y - j, z - k
    a = a * a * a * (a * (a * 6 - 15) + 10)
    b = b * b * b * (b * (b * 6 - 15) + 10)
    c = c * c * c * (c * (c * 6 - 15) + 10)
    s = 0.0
    for p in range(2):
        for q in range(2):
            for r in range(2):
                w = (a if p else 1 - a) * (b if q else 1 - b) * (c if r else 1 - c)
                s += w * hash01(i + p, j + q, (k + r) * 131 + salt)
    return 2 * s - 1


@njit(**J)
def albedo(material, x, y, z, body, mean, out):
    """Diffuse albedo (3,) of a broken or inner surface at rest point (x, y, z) [m].

    mean: the building's own mean colour as albedo (3,); cuts are tinted by it, as the stuff
    inside a wall is kin to its outside.
    """
    big = noise(x * 0.8, y * 0.8, z * 0.8, 11)
    mid = noise(x * 4.0, y * 4.0, z * 4.0, 23)
    fine = noise(x * 17.0, y * 17.0, z * 17.0, 37)
    grit = noise(x * 55.0, y * 55.0, z * 55.0, 41)
    tone = 1 + 0.10 * big + 0.12 * mid + 0.12 * fine + 0.10 * grit
    if material == CONCRETE:
        r, g, b = 0.40, 0.385, 0.36
        if fine > 0.35:  # aggregate, pale and dark stones
            k = hash01(int(x * 17), int(y * 17), int(z * 17))
            s = 0.75 + 0.55 * k
            r, g, b = r * s, g * s * 0.99, b * s * 0.97
        if grit < -0.55:  # pores
            tone *= 0.55
        # what water and shuttering left: stains metres wide and the joints of boards
        stain = noise(x * 0.35, y * 0.35, z * 0.35, 89)
        tone *= 1 + 0.24 * stain
        if (x + 0.2 * y) / 0.6 - np.floor((x + 0.2 * y) / 0.6) < 0.035:
            tone *= 0.8
        r, g, b = 0.8 * r + 0.2 * mean[0], 0.8 * g + 0.2 * mean[1], 0.8 * b + 0.2 * mean[2]
    elif material == MASONRY:
        row = np.floor(z / 0.078)
        along = (x + y * 0.73) / 0.24 + 0.5 * (int(row) % 2)
        in_row, in_brick = z / 0.078 - row, along - np.floor(along)
        k = hash01(int(row), int(np.floor(along)), 5)
        r, g, b = 0.46, 0.27, 0.20
        s = 0.72 + 0.5 * k
        r, g, b = r * s, g * s, b * s
        if in_row < 0.13 + 0.05 * fine or in_brick < 0.05 + 0.02 * fine:
            r, g, b = 0.50, 0.47, 0.43  # mortar
        r, g, b = 0.6 * r + 0.4 * mean[0], 0.6 * g + 0.4 * mean[1], 0.6 * b + 0.4 * mean[2]
    elif material == PLASTER:
        room = hash01(int(np.floor(x / 4.4)), int(np.floor(y / 5.2)), int(np.floor(z / 3.1)))
        r, g, b = 0.68, 0.66, 0.61  # whitewash, then the colours people paint rooms
        if room < 0.14:
            r, g, b = 0.64, 0.60, 0.48
        elif room < 0.28:
            r, g, b = 0.51, 0.58, 0.55
        elif room < 0.40:
            r, g, b = 0.63, 0.51, 0.46
        elif room < 0.52:
            r, g, b = 0.48, 0.54, 0.60
        elif room < 0.62:
            r, g, b = 0.59, 0.61, 0.51
        stain = noise(x * 0.45, y * 0.45, z * 1.1, 83)
        tone = 1 + 0.06 * big + 0.05 * mid + 0.03 * fine - 0.22 * max(stain + 0.3 * mid, 0.0)
        # pictures on the walls: a frame and a dark or coloured sheet, where a hash puts one
        i, j = int(np.floor((x + y) / 1.9)), int(np.floor(z / 1.55))
        h = hash01(i, j, 211)
        if h < 0.3:
            px, pz = (x + y) / 1.9 - i, z / 1.55 - j
            wide, tall = 0.10 + 0.5 * h, 0.12 + 0.3 * h
            ax, az = abs(px - 0.5) / wide, abs(pz - 0.55) / tall
            if ax < 1 and az < 1:
                r, g, b = 0.14, 0.10, 0.07
                if ax < 0.86 and az < 0.86:
                    r, g, b = 0.2 + h, 0.22 + 0.7 * h, 0.30 - 0.3 * h
        if mid + 0.5 * fine + 0.5 * big > 0.68:  # plaster gone, the wall shows
            r, g, b = 0.40, 0.33, 0.28
    elif material == FLOOR:
        room = hash01(int(np.floor(x / 4.4)), int(np.floor(y / 5.2)), int(np.floor(z / 3.1)) + 7)
        if room < 0.3:  # tiles, two tones in turn
            i, j = int(np.floor(x / 0.33)), int(np.floor(y / 0.33))
            s = 0.72 if (i + j) % 2 else 1.0
            s *= 0.9 + 0.2 * hash01(i, j, 17)
            r, g, b = 0.47 * s, 0.45 * s, 0.42 * s
        elif room < 0.65:  # boards
            i = int(np.floor(y / 0.14))
            s = 0.65 + 0.6 * hash01(i, int(np.floor(x / 1.7 + 0.37 * i)), 19)
            r, g, b = 0.36 * s, 0.26 * s, 0.17 * s
        elif room < 0.85:  # linoleum
            r, g, b = 0.27, 0.31, 0.28
        else:  # carpet
            r, g, b = 0.30, 0.16, 0.14
        if big + 0.6 * mid + 0.3 * fine > 0.42:  # worn off: the screed, and what fell on it
            r, g, b = 0.43, 0.41, 0.38
    elif material == ROOF:
        r = 0.25 * 0.42 + 0.75 * mean[0]
        g = 0.25 * 0.26 + 0.75 * mean[1]
        b = 0.25 * 0.19 + 0.75 * mean[2]
    elif material == TIMBER:
        ring = noise(x * 3.0, y * 40.0, z * 40.0, 53)
        r, g, b = 0.40 + 0.07 * ring, 0.28 + 0.05 * ring, 0.18 + 0.03 * ring
    elif material == REBAR:
        r, g, b = 0.17, 0.095, 0.06
    elif material == CLOTH:
        k = hash01(body, int(np.floor(z / 3.1)), 91)
        r, g, b = 0.66, 0.62, 0.54  # undyed
        if k < 0.15:
            r, g, b = 0.42, 0.17, 0.13
        elif k < 0.3:
            r, g, b = 0.24, 0.31, 0.40
        elif k < 0.45:
            r, g, b = 0.36, 0.38, 0.27
        elif k < 0.65:
            r, g, b = 0.74, 0.73, 0.70
        tone = 1 + 0.05 * big + 0.06 * fine
    else:  # outside that the camera never saw: the building's colour, weathered, in courses
        course = z / 0.3 - np.floor(z / 0.3)
        line = 0.86 if course < 0.06 else 1.0
        tone = (1 + 0.12 * big + 0.08 * mid + 0.05 * fine) * line
        r, g, b = mean[0], mean[1], mean[2]
    out[0] = min(max(r * tone, 0.015), 0.85)
    out[1] = min(max(g * tone, 0.015), 0.85)
    out[2] = min(max(b * tone, 0.015), 0.85)


@njit(inline="always")
def _three(x, y, z, salt):
    """Three value noises -1..1 of ten bits each, from one hash a corner."""
    i, j, k = int(np.floor(x)), int(np.floor(y)), int(np.floor(z))
    a, b, c = x - i, y - j, z - k
    a = a * a * a * (a * (a * 6 - 15) + 10)
    b = b * b * b * (b * (b * 6 - 15) + 10)
    c = c * c * c * (c * (c * 6 - 15) + 10)
    s, t, u = 0.0, 0.0, 0.0
    for p in range(2):
        for q in range(2):
            for r in range(2):
                w = (a if p else 1 - a) * (b if q else 1 - b) * (c if r else 1 - c)
                bits = hash32(i + p, j + q, (k + r) * 131 + salt)
                s += w * (bits & 1023)
                t += w * (bits >> 10 & 1023)
                u += w * (bits >> 20 & 1023)
    return s / 511.5 - 1, t / 511.5 - 1, u / 511.5 - 1


@njit(**J)
def bump(material, x, y, z, out):
    """Tilt of the normal in rest space (3,), about 0.35 on broken faces, less on painted ones."""
    amount = 0.16 if material in (PLASTER, FLOOR, CLOTH) else 0.5
    a0, a1, a2 = _three(x * 6.0, y * 6.0, z * 6.0, 61)
    b0, b1, b2 = _three(x * 23.0, y * 23.0, z * 23.0, 71)
    out[0] = amount * (0.6 * a0 + 0.5 * b0)
    out[1] = amount * (0.6 * a1 + 0.5 * b1)
    out[2] = amount * (0.6 * a2 + 0.5 * b2)

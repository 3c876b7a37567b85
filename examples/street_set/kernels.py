"""Kernels of the set's light: camera rays, what they meet, and what the sun and a bounce bring.

World metres, scene-linear Rec.709. n: pixels, m: rays that light is asked for (m <= n).
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from setpiece.render.tracing import J, hash01
from street_set.materials import GLASS, LEAF, look, room, sky

LENS = 0.42  # px: standard deviation of the lens's spot


@njit(**J)
def camera_rays(eye, rot, lens, h, w, s, samples, seed, o, d):
    """Origins o and directions d (h * w, 3) of sample s of every pixel."""
    for y in range(h):
        for x in range(w):
            i = y * w + x
            # a rank-1 lattice turned by a random number for each pixel, through the lens's spot
            a = (s + 0.5) / samples + hash01(i, seed, 1)
            b = s * 0.6180339887498949 + hash01(i, seed, 2)
            a, b = a - math.floor(a), b - math.floor(b)
            r = LENS * math.sqrt(-2 * math.log(max(1 - a, 1e-4)))
            u = (x + 0.5 + r * math.cos(6.2831853 * b) - lens[1]) / lens[0]
            v = (y + 0.5 + r * math.sin(6.2831853 * b) - lens[2]) / lens[0]
            n = 1 / math.sqrt(u * u + v * v + 1)
            for k in range(3):
                d[i, k] = (u * rot[0, k] + v * rot[1, k] + rot[2, k]) * n
                o[i, k] = eye[k]


@njit(**J)
def first_hits(
    prim, far, o, d, normals, stuff, colour, pane, panes, axes, origin, sun, spread, haze,
    extinction, s, seed, own, albedo, normal, point, to_sun, out, tint, face, kind, pixel,
):  # fmt: skip
    """What each camera ray meets: sky and rooms at once, the rest listed for light; returns m.

    Adds to own (n, 3) radiance that needs no light, albedo and normal (n, 3). Fills m rows of
    point, to_sun, out (the second ray), tint (what light is multiplied by), face (normal), kind
    (0 matt, 1 mirror, 2 leaf) and pixel.
    """
    m = 0
    c, e = np.empty(3), np.empty(3)
    for i in range(prim.shape[0]):
        f = prim[i]
        if f < 0:
            sky(d[i, 0], d[i, 1], d[i, 2], sun, c)
            for k in range(3):
                own[i, k] += c[k]
            continue
        x = o[i, 0] + d[i, 0] * far[i]
        y = o[i, 1] + d[i, 1] * far[i]
        z = o[i, 2] + d[i, 2] * far[i]
        nx, ny, nz = normals[f, 0], normals[f, 1], normals[f, 2]
        facing = nx * d[i, 0] + ny * d[i, 1] + nz * d[i, 2]
        if facing > 0:
            nx, ny, nz, facing = -nx, -ny, -nz, -facing
        clear = math.exp(-extinction * far[i])
        u = (x - origin[0]) * axes[0, 0] + (y - origin[1]) * axes[0, 1]
        v = (x - origin[0]) * axes[1, 0] + (y - origin[1]) * axes[1, 1]
        along = -ny * (x - origin[0]) + nx * (y - origin[1])
        material = stuff[f]
        h1, h2 = hash01(i, seed, 11 + 5 * s), hash01(i, seed, 12 + 5 * s)
        if material == GLASS:
            number = pane[f]
            # old panes are not quite flat: each mirrors a little differently
            bx = 0.016 * (hash01(number, 1, 3) - 0.5) + 0.004 * math.sin(z * 5 + number)
            bz = 0.03 * (hash01(number, 2, 3) - 0.5) + 0.004 * math.sin(along * 5 + number)
            gx, gy, gz = nx - ny * bx, ny + nx * bx, nz + bz
            ln = math.sqrt(gx * gx + gy * gy + gz * gz)
            gx, gy, gz = gx / ln, gy / ln, gz / ln
            g = gx * d[i, 0] + gy * d[i, 1] + gz * d[i, 2]
            mirror = 0.10 + 0.90 * (1 + g) ** 5
            px = x - panes[number, 0]
            py = y - panes[number, 1]
            s0 = (px * panes[number, 3] + py * panes[number, 4]) / panes[number, 6]
            q0 = (z - panes[number, 2]) / panes[number, 7]
            ds = d[i, 0] * panes[number, 3] + d[i, 1] * panes[number, 4]
            room(s0, q0, panes[number, 6], panes[number, 7], ds, d[i, 2], -facing, number, c)
            for k in range(3):
                own[i, k] += c[k] * (1 - mirror) * clear + haze[k] * (1 - clear)
                tint[m, k] = mirror * clear
                out[m, k] = d[i, k]
            out[m, 0] -= 2 * g * gx
            out[m, 1] -= 2 * g * gy
            out[m, 2] -= 2 * g * gz
            kind[m] = 1
        else:
            look(material, colour[f], along, z, u, v, x, y, e)
            for k in range(3):
                own[i, k] += haze[k] * (1 - clear)
                tint[m, k] = e[k] * clear
                albedo[i, k] += e[k] * clear
            cz = 2 * h1 - 1
            r = math.sqrt(max(1 - cz * cz, 0.0))
            ox = nx + 0.999 * r * math.cos(6.2831853 * h2)
            oy = ny + 0.999 * r * math.sin(6.2831853 * h2)
            oz = nz + 0.999 * cz
            ln = 1 / math.sqrt(ox * ox + oy * oy + oz * oz)
            out[m, 0], out[m, 1], out[m, 2] = ox * ln, oy * ln, oz * ln
            kind[m] = 2 if material == LEAF else 0
            normal[i, 0] += nx
            normal[i, 1] += ny
            normal[i, 2] += nz
        eps = 2e-3 + 2e-5 * far[i]
        point[m, 0], point[m, 1], point[m, 2] = x + nx * eps, y + ny * eps, z + nz * eps
        face[m, 0], face[m, 1], face[m, 2] = nx, ny, nz
        h1, h2 = hash01(i, seed, 13 + 5 * s), hash01(i, seed, 14 + 5 * s)
        r = spread * math.sqrt(h1)
        a = 6.2831853 * h2
        ln = math.sqrt(sun[0] ** 2 + sun[1] ** 2) + 1e-9
        tx, ty = -sun[1] / ln, sun[0] / ln
        bx, by, bz = -sun[2] * ty, sun[2] * tx, ln
        ca, sa = r * math.cos(a), r * math.sin(a)
        to_sun[m, 0] = sun[0] + tx * ca + bx * sa
        to_sun[m, 1] = sun[1] + ty * ca + by * sa
        to_sun[m, 2] = sun[2] + bz * sa
        if kind[m] == 2:  # a leaf lets the sun through: start on the lit side
            side = nx * sun[0] + ny * sun[1] + nz * sun[2]
            if side < 0:
                for k in range(3):
                    point[m, k] -= 2 * eps * face[m, k]
        pixel[m] = i
        m += 1
    return m


@njit(**J)
def second_points(prim, far, p, q, normals, at):
    """Where second rays (p, q) end, a little off the surface, into at (m, 3)."""
    for i in range(prim.shape[0]):
        f = prim[i]
        side = 0.0
        if f >= 0:
            turn = normals[f, 0] * q[i, 0] + normals[f, 1] * q[i, 1] + normals[f, 2] * q[i, 2]
            side = -3e-3 if turn > 0 else 3e-3
        for k in range(3):
            at[i, k] = p[i, k]
            if f >= 0:
                at[i, k] += q[i, k] * far[i] + normals[f, k] * side


@njit(**J)
def gather(
    m, shade, prim2, far2, shade2, p, q, normals, stuff, colour, axes, origin, sun, sun_rgb,
    haze, extinction, tint, face, kind, pixel, own, lit, weight,
):  # fmt: skip
    """Sun, and what the second ray brings, into each pixel's light.

    Mirrors add to own, the rest to lit (n, 3), which is still to be divided by weight (n,).
    """
    c, e = np.empty(3), np.empty(3)
    for i in range(m):
        j = pixel[i]
        f = prim2[i]
        if f < 0:
            sky(q[i, 0], q[i, 1], q[i, 2], sun, c)
        else:
            nx, ny, nz = normals[f, 0], normals[f, 1], normals[f, 2]
            if nx * q[i, 0] + ny * q[i, 1] + nz * q[i, 2] > 0:
                nx, ny, nz = -nx, -ny, -nz
            x, y, z = (
                p[i, 0] + q[i, 0] * far2[i], p[i, 1] + q[i, 1] * far2[i],
                p[i, 2] + q[i, 2] * far2[i],
            )  # fmt: skip
            if kind[i] == 1:
                u = (x - origin[0]) * axes[0, 0] + (y - origin[1]) * axes[0, 1]
                v = (x - origin[0]) * axes[1, 0] + (y - origin[1]) * axes[1, 1]
                along = -ny * (x - origin[0]) + nx * (y - origin[1])
                look(stuff[f], colour[f], along, z, u, v, x, y, e)
            else:
                e[0], e[1], e[2] = colour[f, 0], colour[f, 1], colour[f, 2]
            if stuff[f] == GLASS:
                e[0], e[1], e[2] = 0.12, 0.13, 0.14
            direct = nx * sun[0] + ny * sun[1] + nz * sun[2]
            direct = 0.0 if shade2[i] else max(direct, 0.0)
            up = 0.5 + 0.5 * nz
            near = min(far2[i] / 1.5, 1.0)  # in a nook the sky is small
            for k in range(3):
                around = (0.30 + 0.06 * k) * (0.25 + 0.75 * up) * (0.35 + 0.45 * near)
                c[k] = e[k] * (sun_rgb[k] * direct + around)
            clear = math.exp(-extinction * far2[i])
            for k in range(3):
                c[k] = c[k] * clear + haze[k] * (1 - clear)
        if kind[i] == 1:
            for k in range(3):
                own[j, k] += tint[i, k] * c[k]
            continue
        cosine = face[i, 0] * sun[0] + face[i, 1] * sun[1] + face[i, 2] * sun[2]
        direct = max(cosine, 0.0)
        through = 0.0
        if kind[i] == 2 and cosine < 0:
            through = -0.75 * cosine
        weight[j] += 1
        for k in range(3):
            leaf = through * (1.15, 1.25, 0.45)[k]
            if not shade[i]:
                lit[j, k] += sun_rgb[k] * (direct + leaf)
            lit[j, k] += c[k]

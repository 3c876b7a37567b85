"""Kernels of the solid renderer: what a hit shows, and where its light comes from."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from setpiece.render.textures import albedo, bump
from setpiece.render.tracing import J, hash01, mirror, project

PLATE, GLASS = 0, 1


@njit(inline="always")
def _bilinear(image, u, v, channel):
    """Bilinear tap at pixel position (u, v), centres at +0.5, border mirrored."""
    h, w = image.shape[0], image.shape[1]
    x, y = u - 0.5, v - 0.5
    i, j = math.floor(x), math.floor(y)
    a, b = x - i, y - j
    i0, i1, j0, j1 = mirror(i, w), mirror(i + 1, w), mirror(j, h), mirror(j + 1, h)
    top = image[j0, i0, channel] * (1 - a) + image[j0, i1, channel] * a
    low = image[j1, i0, channel] * (1 - a) + image[j1, i1, channel] * a
    return top * (1 - b) + low * b


@njit(**J)
def opacity_at(matte, eye, rot, lens, x, y, z):
    """The silhouette's matte where rest point (x, y, z) showed in the plate; 1 off the frame."""
    u, v, d = project(eye, rot, lens, x, y, z)
    if d <= 0 or u < 0 or v < 0 or u >= matte.shape[1] or v >= matte.shape[0]:
        return 1.0, u, v
    # A tap alone may overshoot 1; the mean of a pixel's taps is the matte, so it is not cut here.
    return min(max(_bilinear(matte, u, v, 0), 0.0), 1.3), u, v


@njit(**J)
def moved_amount(position, quaternion, rest, out):
    """How far each body is from standing: 0 below 1 cm and 0.3 degrees, 1 from 0.5 m or 8."""
    for b in range(rest.shape[0]):
        d = 0.0
        for k in range(3):
            d += (position[b, k] - rest[b, k]) ** 2
        s = min(max((math.sqrt(d) - 0.01) / 0.49, 0.0), 1.0)
        half = math.acos(min(abs(quaternion[b, 3]), 1.0))
        r = min(max((2 * half * 57.29578 - 0.3) / 7.7, 0.0), 1.0)
        m = max(s, r)
        out[b] = m * m * (3 - 2 * m)


@njit(**J)
def gather(
    prim, dist, uu, vv, ray, origins, directions, faces, now, rest, tex, body, material,
    matrices, then, moved,
    eye, rot, lens, picture, matte, seen, mean, ambient, sun, sun_rgb, sky, ground_rgb, dusty,
    dust_rgb, pixel, sample,
    reached, start,
    still, solid_alpha, depth, normal, place, motion, albedo_out, ids, coverage,
    hit_pixel, hit_weight, hit_point, hit_normal, hit_base, hits,
):  # fmt: skip
    """Take one layer of hits in. Returns (number of hits that need light, rays to go on with).

    ray: index into pixel/reached/start of each traced ray; compacted in place for the next layer.
    reached: opacity met so far on each ray. start: distance gone.
    """
    go_on = 0
    n0, tint, rough = np.empty(3), np.empty(3), np.empty(3)
    for i in range(prim.shape[0]):
        f = prim[i]
        if f < 0:
            continue
        r = ray[i]
        p = pixel[r]
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        wb, wc = uu[i], vv[i]
        wa = 1 - wb - wc
        rx = rest[a, 0] * wa + rest[b, 0] * wb + rest[c, 0] * wc
        ry = rest[a, 1] * wa + rest[b, 1] * wb + rest[c, 1] * wc
        rz = rest[a, 2] * wa + rest[b, 2] * wb + rest[c, 2] * wc
        op, ru, rv = opacity_at(matte, eye, rot, lens, rx, ry, rz)
        owner = body[f]
        m = moved[owner] if owner >= 0 else 0.0
        if m > 0:
            op = min(op, 1.0)
        far = start[r] + dist[i]
        weight = op - reached[r]
        if weight > 1e-4:
            reached[r] = op
            x = now[a, 0] * wa + now[b, 0] * wb + now[c, 0] * wc
            y = now[a, 1] * wa + now[b, 1] * wb + now[c, 1] * wc
            z = now[a, 2] * wa + now[b, 2] * wb + now[c, 2] * wc
            e0, e1, e2 = now[b, 0] - now[a, 0], now[b, 1] - now[a, 1], now[b, 2] - now[a, 2]
            g0, g1, g2 = now[c, 0] - now[a, 0], now[c, 1] - now[a, 1], now[c, 2] - now[a, 2]
            n0[0], n0[1], n0[2] = e1 * g2 - e2 * g1, e2 * g0 - e0 * g2, e0 * g1 - e1 * g0
            length = math.sqrt(n0[0] ** 2 + n0[1] ** 2 + n0[2] ** 2) + 1e-30
            facing = n0[0] * directions[i, 0] + n0[1] * directions[i, 1] + n0[2] * directions[i, 2]
            side = -1.0 if facing > 0 else 1.0
            for k in range(3):
                n0[k] *= side / length
            mat = material[f]
            solid_alpha[p] += weight * sample
            # first surface of this pixel: what depth-like passes say
            if far < depth[p] and op > 0.3:
                depth[p] = far
                for k in range(3):
                    normal[p, k] = n0[k]
                place[p, 0], place[p, 1], place[p, 2] = x, y, z
                nx = then[a, 0] * wa + then[b, 0] * wb + then[c, 0] * wc
                ny = then[a, 1] * wa + then[b, 1] * wb + then[c, 1] * wc
                nz = then[a, 2] * wa + then[b, 2] * wb + then[c, 2] * wc
                u1, v1, d1 = project(eye, rot, lens, nx, ny, nz)
                u0, v0, _ = project(eye, rot, lens, x, y, z)
                motion[p, 0] = u1 - u0 if d1 > 0.05 else 0.0
                motion[p, 1] = v1 - v0 if d1 > 0.05 else 0.0
            for k in range(4):
                if ids[p, k] == owner or ids[p, k] < 0:
                    ids[p, k] = owner
                    coverage[p, k] += weight * sample
                    break
            # What the camera saw of this spot is what it shows until its piece moves, whatever it
            # is made of: the edge of a slab in an eave is the plate's picture too.
            shown = False
            dr = math.sqrt((rx - eye[0]) ** 2 + (ry - eye[1]) ** 2 + (rz - eye[2]) ** 2)
            inside = 0 <= ru < seen.shape[1] and 0 <= rv < seen.shape[0]
            if inside:
                near, behind = seen[int(rv), int(ru), 0], seen[int(rv), int(ru), 1]
                shown = near * 0.998 - 0.03 <= dr <= behind * 1.002 + 0.03
                if shown and m < 1:
                    for k in range(3):
                        # single taps may fall below 0; only their mean is the picture
                        still[p, k] += weight * sample * _bilinear(picture, ru, rv, k) * (1 - m)
            share = m if shown else 1.0
            lit = share > 0
            if mat == GLASS and facing > 0 and not shown:  # daylight through a pane, from a room
                for k in range(3):
                    tint[k] = 0.5
                    still[p, k] += weight * sample * 0.45 * sky[k]
                lit = False
            elif mat in (PLATE, GLASS):
                tx = tex[a, 0] * wa + tex[b, 0] * wb + tex[c, 0] * wc
                ty = tex[a, 1] * wa + tex[b, 1] * wb + tex[c, 1] * wc
                tz = tex[a, 2] * wa + tex[b, 2] * wb + tex[c, 2] * wc
                own = abs(tx - rx) + abs(ty - ry) + abs(tz - rz) < 2e-3
                tu, tv, td = project(eye, rot, lens, tx, ty, tz)
                known = td > 0
                if own and known and inside:
                    # behind what the camera saw: that picture belongs to what was in front
                    known = dr < seen[int(rv), int(ru), 1] * 1.012 + 0.2
                if known:
                    for k in range(3):
                        tint[k] = _bilinear(picture, tu, tv, k)
                    # light on this face when the plate was taken
                    r0x, r0y, r0z = (
                        rest[b, 0] - rest[a, 0],
                        rest[b, 1] - rest[a, 1],
                        rest[b, 2] - rest[a, 2],
                    )
                    s0x, s0y, s0z = (
                        rest[c, 0] - rest[a, 0],
                        rest[c, 1] - rest[a, 1],
                        rest[c, 2] - rest[a, 2],
                    )
                    nx, ny, nz = r0y * s0z - r0z * s0y, r0z * s0x - r0x * s0z, r0x * s0y - r0y * s0x
                    ln = math.sqrt(nx * nx + ny * ny + nz * nz) + 1e-30
                    cosine = max((nx * sun[0] + ny * sun[1] + nz * sun[2]) / ln, 0.0)
                    up = 0.5 + 0.5 * nz / ln
                    share = m
                    for k in range(3):
                        if not shown:
                            still[p, k] += weight * sample * tint[k] * (1 - m)
                        e_rest = sun_rgb[k] * cosine + sky[k] * up + ground_rgb[k] * (1 - up)
                        e_rest = max(e_rest, 0.3 * ambient[k])
                        tint[k] = min(max(tint[k], 0.0) / e_rest, 2.0)
                    lit = m > 0
                else:
                    albedo(9, rx, ry, rz, owner, mean, tint)
            else:
                albedo(mat, rx, ry, rz, owner, mean, tint)
                bump(mat, rx, ry, rz, rough)
                if owner >= 0:
                    q = matrices[owner]
                    for k in range(3):
                        n0[k] += q[k, 0] * rough[0] + q[k, 1] * rough[1] + q[k, 2] * rough[2]
                    length = math.sqrt(n0[0] ** 2 + n0[1] ** 2 + n0[2] ** 2) + 1e-9
                    for k in range(3):
                        n0[k] /= length
            film = 0.0
            if owner >= 0:
                film = dusty[owner] * m * min(max(n0[2] * 1.4 + 0.25, 0.0), 1.0)
            for k in range(3):
                tint[k] += film * (dust_rgb[k] - tint[k])
                albedo_out[p, k] += weight * sample * tint[k]
            if lit and hits < hit_pixel.shape[0]:
                hit_pixel[hits] = p
                hit_weight[hits] = weight * sample
                eps = 2e-3 + 2e-5 * far
                hit_point[hits, 0] = x + n0[0] * eps
                hit_point[hits, 1] = y + n0[1] * eps
                hit_point[hits, 2] = z + n0[2] * eps
                for k in range(3):
                    hit_normal[hits, k] = n0[k]
                    hit_base[hits, k] = tint[k] * share
                hits += 1
        if reached[r] < 0.985:
            eps = 1e-3 + 1e-5 * far
            start[r] = far + eps
            ray[go_on] = r
            for k in range(3):
                origins[go_on, k] = origins[i, k] + directions[i, k] * (dist[i] + eps)
                directions[go_on, k] = directions[i, k]
            go_on += 1
    return hits, go_on


@njit(**J)
def light_rays(n, hit_pixel, hit_normal, sun, spread, seed, salt, sun_dir, sky_dir):
    """One ray to the sun (within its disc) and one over the hemisphere (cosine) for each hit.

    Directions hang on the pixel, not on the frame, so that what is left of the noise stands still.
    """
    for i in range(n):
        a = hash01(hit_pixel[i], seed, salt)
        b = hash01(hit_pixel[i], seed, salt + 77)
        ang = 6.2831853 * a
        rad = spread * math.sqrt(b)
        # any frame around the sun will do
        tx, ty = -sun[1], sun[0]
        ln = math.sqrt(tx * tx + ty * ty) + 1e-9
        tx, ty = tx / ln, ty / ln
        bx, by, bz = -sun[2] * ty, sun[2] * tx, sun[0] * ty - sun[1] * tx
        c, s = rad * math.cos(ang), rad * math.sin(ang)
        x, y, z = sun[0] + tx * c + bx * s, sun[1] + ty * c + by * s, sun[2] + bz * s
        ln = 1.0 / math.sqrt(x * x + y * y + z * z)
        sun_dir[i, 0], sun_dir[i, 1], sun_dir[i, 2] = x * ln, y * ln, z * ln
        a = hash01(hit_pixel[i], seed, salt + 131)
        b = hash01(hit_pixel[i], seed, salt + 211)
        ang, cz = 6.2831853 * a, 2 * b - 1
        rad = math.sqrt(max(1 - cz * cz, 0.0))
        x = hit_normal[i, 0] + 0.999 * rad * math.cos(ang)
        y = hit_normal[i, 1] + 0.999 * rad * math.sin(ang)
        z = hit_normal[i, 2] + 0.999 * cz
        ln = 1.0 / math.sqrt(x * x + y * y + z * z)
        sky_dir[i, 0], sky_dir[i, 1], sky_dir[i, 2] = x * ln, y * ln, z * ln


@njit(**J)
def add_light(
    n, hit_pixel, hit_weight, hit_normal, hit_base, sun_hidden, sky_hidden, sky_dir, through, sun,
    sun_rgb, sky, near, light, weight, base,
):  # fmt: skip
    """Irradiance of each hit into its pixel: light (P, 3) and base (P, 3), weighted.

    near: (n, 3) what comes along the ray over the hemisphere where it is not the sky.
    """
    for i in range(n):
        p, w = hit_pixel[i], hit_weight[i]
        cosine = max(
            hit_normal[i, 0] * sun[0] + hit_normal[i, 1] * sun[1] + hit_normal[i, 2] * sun[2], 0.0
        )
        direct = 0.0 if sun_hidden[i] else cosine * through[i]
        weight[p] += w
        up = min(max(sky_dir[i, 2] * 8 + 0.5, 0.0), 1.0)
        for k in range(3):
            around = near[i, k] + (0.0 if sky_hidden[i] else sky[k] * up)
            light[p, k] += w * (sun_rgb[k] * direct + around)
            base[p, k] += w * hit_base[i, k]

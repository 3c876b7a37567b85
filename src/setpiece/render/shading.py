"""Kernels of the solid renderer: what a hit shows, and where its light comes from."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from setpiece.render.sampling import over_hemisphere, pixel_point
from setpiece.render.surface import (
    GLASS,
    PLATE,
    UNSEEN,
    bilinear,
    dust_on,
    plate_colour,
    to_albedo,
)
from setpiece.render.textures import albedo, bump
from setpiece.render.tracing import J, project


@njit(**J)
def opacity_at(matte, eye, rot, lens, x, y, z):
    """The silhouette's matte where rest point (x, y, z) showed in the plate; 1 off the frame."""
    u, v, d = project(eye, rot, lens, x, y, z)
    if d <= 0 or u < 0 or v < 0 or u >= matte.shape[1] or v >= matte.shape[0]:
        return 1.0, u, v
    # A tap alone may overshoot 1; the mean of a pixel's taps is the matte, so it is not cut here.
    return min(max(bilinear(matte, u, v, 0), 0.0), 1.3), u, v


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
    eye, rot, lens, picture, matte, seen, mean, opened, sun, sun_rgb, sky, ground_rgb, dusty,
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
                        still[p, k] += weight * sample * bilinear(picture, ru, rv, k) * (1 - m)
            share = m if shown else 1.0
            lit = share > 0
            if mat == GLASS and facing > 0 and not shown:  # daylight through a pane, from a room
                for k in range(3):
                    tint[k] = 0.5
                    still[p, k] += weight * sample * 0.45 * sky[k]
                lit = False
            elif mat in (PLATE, GLASS):
                if plate_colour(
                    a, b, c, wa, wb, wc, rx, ry, rz, ru, rv, tex, eye, rot, lens, picture, seen,
                    tint,
                ):  # fmt: skip
                    share = m
                    if not shown:
                        for k in range(3):
                            still[p, k] += weight * sample * tint[k] * (1 - m)
                    had = bilinear(opened, ru, rv, 0)
                    to_albedo(a, b, c, rest, sun, sun_rgb, sky, ground_rgb, had, tint)
                    lit = m > 0
                else:
                    albedo(UNSEEN, rx, ry, rz, owner, mean, tint)
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
                film = dusty[owner] * m * dust_on(n0[2])
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
def sky_rays(n, hit_pixel, hit_normal, width, seed, sample, samples, towards):
    """A ray over the hemisphere (by the cosine) for each hit in a picture so wide, of so many
    samples."""
    for i in range(n):
        a, b = pixel_point(hit_pixel[i], width, sample, samples, seed, 131)
        towards[i, 0], towards[i, 1], towards[i, 2] = over_hemisphere(
            hit_normal[i, 0], hit_normal[i, 1], hit_normal[i, 2], a, b
        )


@njit(**J)
def note_sun(hit_pixel, hit_normal, clear, sun, out):
    """Bits of each pixel (P,) uint8: 1 where a hit that faces the sun sees it, 2 where one does
    not."""
    for i in range(clear.shape[0]):
        cosine = hit_normal[i, 0] * sun[0] + hit_normal[i, 1] * sun[1] + hit_normal[i, 2] * sun[2]
        if cosine > 0:
            out[hit_pixel[i]] |= 1 if clear[i] > 0 else 2


@njit(**J)
def add_base(hit_pixel, hit_weight, hit_base, level, out):
    """Add to each pixel (P,) what its hits send on of an even light of that level."""
    for i in range(hit_pixel.shape[0]):
        mean = (hit_base[i, 0] + hit_base[i, 1] + hit_base[i, 2]) / 3
        out[hit_pixel[i]] += hit_weight[i] * mean * level


@njit(**J)
def share_of(new, still, seen):
    """new (P,) becomes its share of itself and still (P, 3), times what is seen (P,) or all."""
    for p in range(new.shape[0]):
        if new[p] > 0:
            new[p] /= new[p] + (still[p, 0] + still[p, 1] + still[p, 2]) / 3
            if seen.shape[0]:
                new[p] *= seen[p]


@njit(**J)
def add_light(
    n, hit_pixel, hit_weight, hit_normal, hit_base, clear, sun, sun_rgb, near, weight, base,
    picture, facing, light,
):  # fmt: skip
    """What each hit adds to its pixel, weighted.

    clear: (n,) share of the sun that reaches it; its light goes to the picture (P, 3) at once.
    near: (n, 3) what comes from all sides, added up in light (P, 3) to be multiplied by base
    (P, 3) later. facing (P, 3): the normal. weight: (P,).
    """
    for i in range(n):
        p, w = hit_pixel[i], hit_weight[i]
        cosine = hit_normal[i, 0] * sun[0] + hit_normal[i, 1] * sun[1] + hit_normal[i, 2] * sun[2]
        sunny = w * max(cosine, 0.0) * clear[i]
        weight[p] += w
        for k in range(3):
            base[p, k] += w * hit_base[i, k]
            picture[p, k] += sunny * hit_base[i, k] * sun_rgb[k]
            facing[p, k] += w * hit_normal[i, k]
            light[p, k] += w * near[i, k]


@njit(**J)
def mean_light(weight, facing, light):
    """Sums (P, 3) over a pixel's hits become means."""
    for p in range(weight.shape[0]):
        if weight[p] > 0:
            share = 1 / weight[p]
            for k in range(3):
                facing[p, k] *= share
                light[p, k] *= share


@njit(**J)
def mean_at(which, more, count, out):
    """Add more (n, 3) to rows `which` (n,) of out (N, 3) and divide those by count."""
    for i in range(which.shape[0]):
        for k in range(3):
            out[which[i], k] = (out[which[i], k] + more[i, k]) / count


@njit(**J)
def mean_of(light, where):
    """Mean over channels and pixels of light (P, 3) where that is (P,); 0 where nowhere."""
    total, count = 0.0, 0
    for p in range(where.shape[0]):
        if where[p]:
            total += light[p, 0] + light[p, 1] + light[p, 2]
            count += 3
    return total / max(count, 1)


@njit(**J)
def lay_light(weight, base, light, picture):
    """Add base times light (P, 3) to the picture (P, 3)."""
    for p in range(weight.shape[0]):
        if weight[p] > 0:
            for k in range(3):
                picture[p, k] += base[p, k] * light[p, k]


@njit(**J)
def only_hits(hit_pixel, counts, faint, only):
    """Put into only (P,), -1 before, which hit is the pixel's only one, where its counts (P,) are
    below faint: of two surfaces neither can stand for all."""
    for i in range(hit_pixel.shape[0]):
        p = hit_pixel[i]
        if counts[p] < faint:
            only[p] = i if only[p] == -1 else -2


@njit(**J)
def give_over(hit_pixel, hit_weight, hit_point, hit_normal, hit_base, stands, weight, base):
    """Add weight and base of the hits on pixels for which another stands, (P,) >= 0, to those of
    that one, weight (n,) and base (n, 3); move the others to the front and return how many."""
    kept = 0
    for i in range(hit_pixel.shape[0]):
        k = stands[hit_pixel[i]]
        if k >= 0:
            whole = weight[k] + hit_weight[i]
            share = hit_weight[i] / max(whole, np.float32(1e-9))
            weight[k] = whole
            for c in range(3):
                base[k, c] += share * (hit_base[i, c] - base[k, c])
        else:
            _move(i, kept, hit_pixel, hit_weight, hit_point, hit_normal, hit_base)
            kept += 1
    return kept


@njit(**J)
def keep_seen(n, seen, hit_pixel, hit_weight, hit_point, hit_normal, hit_base):
    """Move hits on pixels that are seen at all, (P,) > 0, to the front; returns how many."""
    kept = 0
    for i in range(n):
        if seen[hit_pixel[i]] > 0:
            _move(i, kept, hit_pixel, hit_weight, hit_point, hit_normal, hit_base)
            kept += 1
    return kept


@njit(inline="always")
def _move(i, to, pixel, weight, point, normal, base):
    """Hit i to another place."""
    pixel[to], weight[to] = pixel[i], weight[i]
    for k in range(3):
        point[to, k], normal[to, k], base[to, k] = point[i, k], normal[i, k], base[i, k]

"""The loops over pixels of `render.volume`: marching, and enlarging a half-size march."""

from __future__ import annotations

import numpy as np
from numba import njit

BRICK = 8  # cells along an edge of the bricks that are skipped when empty


@njit(inline="always")
def _sample(f, i, j, k, a, b, c):
    a1, b1, c1 = 1 - a, 1 - b, 1 - c
    return a1 * (
        b1 * (c1 * f[i, j, k] + c * f[i, j, k + 1])
        + b * (c1 * f[i, j + 1, k] + c * f[i, j + 1, k + 1])
    ) + a * (
        b1 * (c1 * f[i + 1, j, k] + c * f[i + 1, j, k + 1])
        + b * (c1 * f[i + 1, j + 1, k] + c * f[i + 1, j + 1, k + 1])
    )


@njit(inline="always")
def _around(f, i, j, k, a, b, c):
    """The three channels of f (X, Y, Z, 4) at once: they lie side by side in memory."""
    a1, b1, c1 = 1 - a, 1 - b, 1 - c
    w0, w1, w2, w3 = a1 * b1 * c1, a1 * b1 * c, a1 * b * c1, a1 * b * c
    w4, w5, w6, w7 = a * b1 * c1, a * b1 * c, a * b * c1, a * b * c
    x, y, z = w0 * f[i, j, k, 0], w0 * f[i, j, k, 1], w0 * f[i, j, k, 2]
    x, y, z = x + w1 * f[i, j, k + 1, 0], y + w1 * f[i, j, k + 1, 1], z + w1 * f[i, j, k + 1, 2]
    j += 1
    x, y, z = x + w2 * f[i, j, k, 0], y + w2 * f[i, j, k, 1], z + w2 * f[i, j, k, 2]
    x, y, z = x + w3 * f[i, j, k + 1, 0], y + w3 * f[i, j, k + 1, 1], z + w3 * f[i, j, k + 1, 2]
    i += 1
    x, y, z = x + w6 * f[i, j, k, 0], y + w6 * f[i, j, k, 1], z + w6 * f[i, j, k, 2]
    x, y, z = x + w7 * f[i, j, k + 1, 0], y + w7 * f[i, j, k + 1, 1], z + w7 * f[i, j, k + 1, 2]
    j -= 1
    x, y, z = x + w4 * f[i, j, k, 0], y + w4 * f[i, j, k, 1], z + w4 * f[i, j, k, 2]
    x, y, z = x + w5 * f[i, j, k + 1, 0], y + w5 * f[i, j, k + 1, 1], z + w5 * f[i, j, k + 1, 2]
    return x, y, z


@njit(inline="always")
def _lobe(cosine, g):
    """Henyey-Greenstein, 1 where isotropic."""
    return (1 - g * g) / (1 + g * g - 2 * g * cosine) ** 1.5


@njit(inline="always")
def _grain_at(cx, cy, cz, i, j, k, ids, point, weight, offset, reach, tile, pitch):
    """Billows at coarse-cell coordinates, blended from the patches around cell (i, j, k)."""
    f4 = np.float32
    n = tile.shape[0]
    mask = n - 1
    total, value = f4(2e-5), f4(0.0)
    rr = f4(1.0 / (reach * reach))
    # What the third patch weighs is taken off all: then it fades out before a fourth, of which
    # this cell does not know, takes its place beyond the cell's border.
    least = f4(1.0)
    for s in range(3):
        p = ids[i, j, k, s]
        g = f4(0.0)
        if p >= 0:
            px, py, pz = f4(cx - point[p, 0]), f4(cy - point[p, 1]), f4(cz - point[p, 2])
            g = max(f4(1.0) - (px * px + py * py + pz * pz) * rr, f4(0.0))
            g = g * g * weight[p]
        least = min(least, g)
    for s in range(3):
        p = ids[i, j, k, s]
        if p < 0:
            break
        px, py, pz = f4(cx - point[p, 0]), f4(cy - point[p, 1]), f4(cz - point[p, 2])
        g = max(f4(1.0) - (px * px + py * py + pz * pz) * rr, f4(0.0))
        g = g * g * weight[p] - least
        if g <= 0:
            continue
        g = g * g
        u = px * pitch + offset[p, 0] + f4(64 * n)
        v = py * pitch + offset[p, 1] + f4(64 * n)
        w = pz * pitch + offset[p, 2] + f4(64 * n)
        a0, b0, c0 = int(u), int(v), int(w)
        a, b, c = u - f4(a0), v - f4(b0), w - f4(c0)
        a0, b0, c0 = a0 & mask, b0 & mask, c0 & mask
        a1, b1, c1 = (a0 + 1) & mask, (b0 + 1) & mask, (c0 + 1) & mask
        e = (1 - c) * tile[a0, b0, c0] + c * tile[a0, b0, c1]
        f = (1 - c) * tile[a0, b1, c0] + c * tile[a0, b1, c1]
        q = (1 - c) * tile[a1, b0, c0] + c * tile[a1, b0, c1]
        r = (1 - c) * tile[a1, b1, c0] + c * tile[a1, b1, c1]
        value += g * ((1 - a) * ((1 - b) * e + b * f) + a * ((1 - b) * q + b * r))
        total += g * g
    return value / np.sqrt(total)


@njit(cache=True, nogil=True)
def brick_max(d, out):
    """Largest value of each brick of d; out: (bricks along each axis), zeros before."""
    nx, ny, nz = d.shape
    for i in range(nx):
        for j in range(ny):
            for b in range(out.shape[2]):
                most = out[i // BRICK, j // BRICK, b]
                for k in range(b * BRICK, min((b + 1) * BRICK, nz)):
                    most = max(most, d[i, j, k])
                out[i // BRICK, j // BRICK, b] = most


@njit(cache=True, nogil=True, fastmath=True)
def march_rays(d, tau, around, ratio, full, origin, cell, eye, rotation, focal, cx, cy,
           depth, sun, step, jitter_seed, gain, grainy, ids, point, weight, offset, reach, refined,
           tile, wanted, apart, out):  # fmt: skip
    """out (h, w, 5): sun, sky and ground light, transmittance, mean depth.

    around: (X', Y', Z', 4) light from sky and ground, and what solids leave of the sun.
    wanted: (h, w), only pixels where it is 1 are looked at; they lie `apart` pixels apart.
    """
    nx, ny, nz = d.shape
    h, w = depth.shape
    f4 = np.float32
    lim = np.array([nx - 1.002, ny - 1.002, nz - 1.002])
    slim = np.array([around.shape[0] - 1.002, around.shape[1] - 1.002, around.shape[2] - 1.002])
    e = (eye - origin) / cell - 0.5
    inv_ratio = 1.0 / ratio
    q = np.empty(3)
    coarser = 1.0 / refined
    for py in range(h):
        for px in range(w):
            if wanted[py, px] != 1:
                continue
            u = (px + 0.5 - cx) / focal
            v = (py + 0.5 - cy) / focal
            for a in range(3):
                q[a] = (rotation[0, a] * u + rotation[1, a] * v + rotation[2, a]) / cell
            length = np.sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2])
            # t is depth along the optical axis [m]; q is cells per metre of it.
            t0, t1 = 0.05, min(f4(depth[py, px]), f4(1e7))
            for a in range(3):
                s = q[a]
                if abs(s) < 1e-7:
                    s = 1e-7
                ta = (-0.5 - e[a]) / s
                tb = (lim[a] + 0.5 - e[a]) / s
                if ta > tb:
                    ta, tb = tb, ta
                t0, t1 = max(t0, ta), min(t1, tb)
            out[py, px, 3] = 1.0
            if t1 <= t0:
                continue
            cosine = (q[0] * sun[0] + q[1] * sun[1] + q[2] * sun[2]) / length
            p0 = 0.7 * _lobe(cosine, 0.45) + 0.3 * _lobe(cosine, -0.25)
            p1 = 0.7 * _lobe(cosine, 0.22) + 0.3 * _lobe(cosine, -0.12)
            dt = step / length  # metres of depth in a step of `step` cells
            metres = f4(step * cell)
            # Interleaved gradient noise (Jimenez, 2014): even cover over neighbouring pixels.
            n = 0.06711056 * (px // apart + 5.588238 * jitter_seed) + 0.00583715 * (
                py // apart + 5.588238 * jitter_seed
            )
            n = 52.9829189 * (n - np.floor(n))
            t = t0 + dt * (n - np.floor(n))
            left = f4(1.0)
            fine, last = dt, dt
            ls, la, lg, dm = f4(0.0), f4(0.0), f4(0.0), f4(0.0)
            while t < t1 + 0.5 * dt:
                # A step stands for half a step to both sides, cut off at the scene behind.
                piece = min(t + 0.5 * dt, t1) - max(t - 0.5 * last, t0)
                if piece <= 0:
                    break
                here = min(t, t1)
                x, y, z = e[0] + here * q[0], e[1] + here * q[1], e[2] + here * q[2]
                x = min(max(x, 0.0), lim[0])
                y = min(max(y, 0.0), lim[1])
                z = min(max(z, 0.0), lim[2])
                i, j, k = int(x), int(y), int(z)
                bi, bj, bk = i // BRICK, j // BRICK, k // BRICK
                if not full[bi, bj, bk]:
                    # Leave this brick at once, in whole steps so that the jitter stays even.
                    go = 1e9
                    for a in range(3):
                        b = bi if a == 0 else (bj if a == 1 else bk)
                        s = q[a]
                        if s > 1e-9:
                            go = min(go, ((b + 1) * BRICK - (e[a] + t * s)) / s)
                        elif s < -1e-9:
                            go = min(go, (b * BRICK - (e[a] + t * s)) / s)
                    t += dt * max(np.ceil(go / dt), 1.0)
                    last = dt
                    continue
                a, b, c = f4(x - i), f4(y - j), f4(z - k)  # type: ignore[assignment]
                de = _sample(d, i, j, k, a, b, c)
                if de > 1e-4:
                    pixels = focal / (max(here, 0.5) * length)  # of a fine cell, in the picture
                    bump = f4(0.0)
                    if grainy and left > 0.35 and pixels > 1.2 and de * metres > 0.012:
                        # Lobes of about a fine cell, and of a third of it where that shows.
                        gx = (x + 0.5) * coarser - 0.5
                        gy = (y + 0.5) * coarser - 0.5
                        gz = (z + 0.5) * coarser - 0.5
                        gi = min(int(gx + 0.5), ids.shape[0] - 1)
                        gj = min(int(gy + 0.5), ids.shape[1] - 1)
                        gk = min(int(gz + 0.5), ids.shape[2] - 1)
                        bump = f4(min((pixels - 1.2) * 0.7, 1.0)) * _grain_at(
                            gx, gy, gz, gi, gj, gk, ids, point, weight, offset, reach, tile,
                            f4(1.77 * refined),
                        )  # fmt: skip
                        if pixels > 4.0:
                            bump += f4(min((pixels - 4.0) * 0.25, 0.6)) * _grain_at(
                                gx, gy, gz, gi, gj, gk, ids, point, weight, offset, reach, tile,
                                f4(4.7 * refined),
                            )  # fmt: skip
                        bump = min(max(bump, f4(-2.2)), f4(2.2))
                        de *= max(f4(1.0) + f4(0.55) * bump, f4(0.05))
                    al = f4(1.0) - np.exp(-de * f4(piece * length * cell))
                    s = _sample(tau, i, j, k, a, b, c)
                    # A bulge stands a little further into the light than its cell.
                    s *= np.exp(f4(-0.33) * bump)
                    deep = np.exp(f4(-0.015625) * s)
                    r = deep * deep
                    r *= r
                    r4 = r * r
                    r4 = r4 * r4
                    r8 = r4 * r4
                    r16 = r8 * r8
                    light = f4(p0) * r16 + f4(0.58 * p1) * r8 + f4(0.27) * r4 + f4(0.10) * r
                    light += f4(0.06) * deep
                    x = min(max((x + 0.5) * inv_ratio - 0.5, 0.0), slim[0])
                    y = min(max((y + 0.5) * inv_ratio - 0.5, 0.0), slim[1])
                    z = min(max((z + 0.5) * inv_ratio - 0.5, 0.0), slim[2])
                    i, j, k = int(x), int(y), int(z)
                    a, b, c = f4(x - i), f4(y - j), f4(z - k)  # type: ignore[assignment]
                    al *= left
                    # What no solid hides from the sun; a little light wanders in all the same.
                    up, low, free = _around(around, i, j, k, a, b, c)
                    ls += al * light * (f4(0.06) + f4(0.94) * free)
                    la += al * up
                    lg += al * low
                    dm += al * f4(here)
                    left -= al
                    if left < 0.012:
                        break
                last = dt
                # What lies behind half-opaque dust is seen half as well.
                dt = fine * (1.0 if left > 0.5 else (1.5 if left > 0.2 else 2.0))
                t += 0.5 * (last + dt)
            seen = f4(1.0) - left
            if left < 0.012:
                # The rest of an opaque ray would have looked like what was seen of it.
                ls, la, lg, dm = ls / seen, la / seen, lg / seen, dm / seen
                seen, left = f4(1.0), f4(0.0)
            # Soft ceiling: forward scattering may glow but not pass what a wall would show.
            top = f4(1.06) * seen / gain
            ls = ls * top / (top**4 + ls**4 + f4(1e-20)) ** f4(0.25)
            out[py, px, 0] = ls * gain
            out[py, px, 1] = la
            out[py, px, 2] = lg
            out[py, px, 3] = left
            out[py, px, 4] = dm / max(seen, f4(1e-6))

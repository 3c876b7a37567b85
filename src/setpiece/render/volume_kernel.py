"""The loops over pixels of `render.volume`: marching, and enlarging a half-size march."""

from __future__ import annotations

import numpy as np
from numba import njit

from setpiece.render.volume_scatter_fit import EVEN, LEAN

f4 = np.float32
U0, U1, U2, U3 = np.uint64(0), np.uint64(1), np.uint64(2), np.uint64(3)
U4, U5, U6, U7 = np.uint64(4), np.uint64(5), np.uint64(6), np.uint64(7)
BRICK = 4  # cells along an edge of the bricks that are skipped when empty
WIDE, TALL = 16, 64  # px of a tile of rays: their cells, in columns, are still in the cache
NEAR = 4.0  # px of a fine cell from which on lobes move the edge of the cloud
CARVE = 0.6  # cells that a lobe of one deviation moves it
TURN = 0.8  # optical depth that a lobe's far side has more, of its slope away from the sun
LIFT = 0.5  # how much of that the light has that was scattered often and knows no lobes
OPEN = 0.14  # share of the sky that a lobe of one deviation sees more, and a cleft less
WEAK = 0.08  # of the strongest patch's weight, that is taken off all: the faint need no noise then
FAINT = 0.01  # of the picture that dust hides: so much has gathered before its light is asked for
PITCH, FINER = 1.77, 2.66  # texels of noise in a fine cell, and how much finer each next size is


# Sun light out of the dust by how often it was scattered (after Wrenninge, Kulla and Lundqvist,
# "Oz: the great and volumetric", 2013): once here; `volume_scatter` says how much was twice and
# more. Phase function and first share are those of the path tracer in `training/dust`.
FORWARD, BACKWARD, AHEAD = 0.65, -0.2, 0.8  # lobes of the phase function; share of the first
FORWARD2, BACKWARD2 = 0.42, -0.04  # of light that was scattered twice: their squares
ONCE = 0.353


@njit(inline="always")
def _sample(f, i, j, k, a, b, c):
    a1, b1, c1 = f4(1.0) - a, f4(1.0) - b, f4(1.0) - c
    # Unsigned: an index that may be negative would be looked at for each of the eight.
    i, j, k = np.uint64(i), np.uint64(j), np.uint64(k)
    p, q, r = i + U1, j + U1, k + U1
    return a1 * (
        b1 * (c1 * f[i, j, k] + c * f[i, j, r]) + b * (c1 * f[i, q, k] + c * f[i, q, r])
    ) + a * (b1 * (c1 * f[p, j, k] + c * f[p, j, r]) + b * (c1 * f[p, q, k] + c * f[p, q, r]))


@njit(inline="always")
def _around(f, i, j, k, a, b, c):
    """The five channels of f (X, Y, Z, 5) at once: they lie side by side in memory."""
    a1, b1, c1 = f4(1.0) - a, f4(1.0) - b, f4(1.0) - c
    i, j, k = np.uint64(i), np.uint64(j), np.uint64(k)
    v, w, x, y, z = f4(0.0), f4(0.0), f4(0.0), f4(0.0), f4(0.0)
    for n in range(4):
        p = i + U1 if n & 2 else i
        q = j + U1 if n & 1 else j
        side = (a if n & 2 else a1) * (b if n & 1 else b1)
        lo, hi = side * c1, side * c
        r = k + U1
        v += lo * f[p, q, k, U0] + hi * f[p, q, r, U0]
        w += lo * f[p, q, k, U1] + hi * f[p, q, r, U1]
        x += lo * f[p, q, k, U2] + hi * f[p, q, r, U2]
        y += lo * f[p, q, k, U3] + hi * f[p, q, r, U3]
        z += lo * f[p, q, k, U4] + hi * f[p, q, r, U4]
    return v, w, x, y, z


@njit(inline="always")
def _lobe(cosine, g):
    """Henyey-Greenstein, 1 where isotropic."""
    return (1 - g * g) / (1 + g * g - 2 * g * cosine) ** 1.5


@njit(inline="always")
def _tile_at(tile, mask, u, v, w):
    i, j, k = int(u), int(v), int(w)
    a, b, c = u - f4(i), v - f4(j), w - f4(k)
    a0, b0, c0 = np.uint64(i & mask), np.uint64(j & mask), np.uint64(k & mask)
    a1, b1, c1 = np.uint64((i + 1) & mask), np.uint64((j + 1) & mask), np.uint64((k + 1) & mask)
    e = f4(tile[a0, b0, c0]) + c * (f4(tile[a0, b0, c1]) - f4(tile[a0, b0, c0]))
    f = f4(tile[a0, b1, c0]) + c * (f4(tile[a0, b1, c1]) - f4(tile[a0, b1, c0]))
    q = f4(tile[a1, b0, c0]) + c * (f4(tile[a1, b0, c1]) - f4(tile[a1, b0, c0]))
    r = f4(tile[a1, b1, c0]) + c * (f4(tile[a1, b1, c1]) - f4(tile[a1, b1, c0]))
    e, q = e + b * (f - e), q + b * (r - q)
    return e + a * (q - e)


@njit(inline="always")
def _weight(cx, cy, cz, p, patch, rr):
    """How much patch p counts at (cx, cy, cz)."""
    x, y, z = cx - patch[p, U0], cy - patch[p, U1], cz - patch[p, U2]
    g = max(f4(1.0) - (x * x + y * y + z * z) * rr, f4(0.0))
    return g * g * patch[p, U3]


@njit(inline="always")
def _weights(cx, cy, cz, i, j, k, ids, patch, rr):
    """The patches around cell (i, j, k), how much each counts at (cx, cy, cz), and one over the
    deviation of noise that is so mixed."""
    i, j, k = np.uint64(i), np.uint64(j), np.uint64(k)
    p0, p1 = np.uint64(ids[i, j, k, U0]), np.uint64(ids[i, j, k, U1])
    p2 = np.uint64(ids[i, j, k, U2])
    g0, g1 = _weight(cx, cy, cz, p0, patch, rr), _weight(cx, cy, cz, p1, patch, rr)
    g2 = _weight(cx, cy, cz, p2, patch, rr)
    # What the weakest patch weighs is taken off all: then it fades out before a fourth, of which
    # this cell does not know, takes its place beyond the cell's border.
    least = min(g0, min(g1, g2))
    g0, g1, g2 = g0 - least, g1 - least, g2 - least
    g0, g1, g2 = g0 * g0, g1 * g1, g2 * g2
    least = f4(WEAK) * max(g0, max(g1, g2))
    g0, g1, g2 = max(g0 - least, f4(0.0)), max(g1 - least, f4(0.0)), max(g2 - least, f4(0.0))
    scale = f4(1.0) / np.sqrt(f4(2e-5) + g0 * g0 + g1 * g1 + g2 * g2)
    return p0, p1, p2, g0, g1, g2, scale


@njit(inline="always")
def _billow(cx, cy, cz, g, p, patch, tile, pitch):
    """Noise of patch p at (cx, cy, cz), times its weight g."""
    if g <= 0:
        return f4(0.0)
    return g * patch[p, U7] * _tile_at(
        tile, tile.shape[0] - 1, (cx - patch[p, U0]) * pitch + patch[p, U4],
        (cy - patch[p, U1]) * pitch + patch[p, U5], (cz - patch[p, U2]) * pitch + patch[p, U6],
    )  # fmt: skip


@njit(inline="always")
def _grain_at(cx, cy, cz, i, j, k, ids, patch, rr, tile, ratio):
    """Billows of about a fine cell at coarse-cell coordinates, blended from the patches around
    cell (i, j, k)."""
    p0, p1, p2, g0, g1, g2, scale = _weights(cx, cy, cz, i, j, k, ids, patch, rr)
    pitch = f4(PITCH) * ratio
    value = _billow(cx, cy, cz, g0, p0, patch, tile, pitch)
    value += _billow(cx, cy, cz, g1, p1, patch, tile, pitch)
    value += _billow(cx, cy, cz, g2, p2, patch, tile, pitch)
    return value * scale


@njit(inline="always")
def _tile_slope(tile, mask, u, v, w, s0, s1, s2):
    """Noise of the tile, and how fast it grows along (s0, s1, s2) [1/texel]."""
    i, j, k = int(u), int(v), int(w)
    a, b, c = u - f4(i), v - f4(j), w - f4(k)
    a0, b0, c0 = np.uint64(i & mask), np.uint64(j & mask), np.uint64(k & mask)
    a1, b1, c1 = np.uint64((i + 1) & mask), np.uint64((j + 1) & mask), np.uint64((k + 1) & mask)
    n00, n01 = f4(tile[a0, b0, c0]), f4(tile[a0, b1, c0])
    n10, n11 = f4(tile[a1, b0, c0]), f4(tile[a1, b1, c0])
    d00, d01 = f4(tile[a0, b0, c1]) - n00, f4(tile[a0, b1, c1]) - n01
    d10, d11 = f4(tile[a1, b0, c1]) - n10, f4(tile[a1, b1, c1]) - n11
    p, q, r, s = n00 + c * d00, n01 + c * d01, n10 + c * d10, n11 + c * d11
    e, f = p + b * (q - p), r + b * (s - r)
    g, h = d00 + b * (d01 - d00), d10 + b * (d11 - d10)
    turn = (f - e) * s0 + ((q - p) + a * ((s - r) - (q - p))) * s1 + (g + a * (h - g)) * s2
    return e + a * (f - e), turn


@njit(inline="always")
def _lobes_at(cx, cy, cz, i, j, k, ids, patch, rr, tile, ratio, shares, sun):
    """As `_grain_at`, for dust that is near: in as many sizes as `shares` has, each 1 / FINER of
    the last; and how fast the lobes rise towards the sun."""
    value, turn = f4(0.0), f4(0.0)
    p0, p1, p2, g0, g1, g2, scale = _weights(cx, cy, cz, i, j, k, ids, patch, rr)
    for n in range(3):
        p = p0 if n == 0 else (p1 if n == 1 else p2)
        g = g0 if n == 0 else (g1 if n == 1 else g2)
        if g <= 0:
            continue
        g *= patch[p, U7]
        pitch = f4(PITCH) * ratio
        x, y, z = cx - patch[p, U0], cy - patch[p, U1], cz - patch[p, U2]
        for m in range(shares.shape[0]):
            if shares[m] <= 0:
                break
            v, t = _tile_slope(
                tile, tile.shape[0] - 1, x * pitch + patch[p, U4], y * pitch + patch[p, U5],
                z * pitch + patch[p, U6], sun[0], sun[1], sun[2],
            )  # fmt: skip
            value += g * shares[m] * v
            turn += g * shares[m] * t
            pitch *= f4(FINER)
    return value * scale, turn * scale


@njit(inline="always")
def _slope(f, i, j, k, a, b, c):
    """How steep the trilinear field is [per cell]."""
    i, j, k = np.uint64(i), np.uint64(j), np.uint64(k)
    i1, j1, k1 = i + U1, j + U1, k + U1
    p, q, r, s = f[i, j, k], f[i, j, k1], f[i, j1, k], f[i, j1, k1]
    t, u, v, w = f[i1, j, k], f[i1, j, k1], f[i1, j1, k], f[i1, j1, k1]
    a1, b1, c1 = f4(1.0) - a, f4(1.0) - b, f4(1.0) - c
    x = b1 * (c1 * (t - p) + c * (u - q)) + b * (c1 * (v - r) + c * (w - s))
    y = a1 * (c1 * (r - p) + c * (s - q)) + a * (c1 * (v - t) + c * (w - u))
    z = a1 * (b1 * (q - p) + b * (s - r)) + a * (b1 * (u - t) + b * (w - v))
    return np.sqrt(x * x + y * y + z * z)


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
def march_rays(d, tau, around, ratio, clear, origin, cell, eye, rotation, focal, cx, cy,
           depth, sun, step, jitter_seed, grainy, ids, patch, reach, refined,
           tile, wanted, apart, out):  # fmt: skip
    """out (h, w, 5): sun, sky and ground light, transmittance, mean depth.

    around: (X', Y', Z', 5) as in `LitVolume`.
    clear: of each brick, how many bricks away the nearest one with dust is, 0 where it is this.
    wanted: (h, w), only pixels where it is 1 are looked at; they lie `apart` pixels apart.
    """
    nx, ny, nz = d.shape
    h, w = depth.shape
    lim = (f4(nx - 1.002), f4(ny - 1.002), f4(nz - 1.002))
    slim0, slim1 = f4(around.shape[0] - 1.002), f4(around.shape[1] - 1.002)
    slim2 = f4(around.shape[2] - 1.002)
    start = (eye - origin) / cell - 0.5
    e0, e1, e2 = f4(start[0]), f4(start[1]), f4(start[2])
    inv_ratio, coarser, rr = f4(1.0 / ratio), f4(1.0 / refined), f4(1.0 / (reach * reach))
    half = f4(0.5)
    focal32 = f4(focal)
    metres = f4(step * cell)
    ratio32 = f4(refined)
    to_sun = sun.astype(np.float32)
    shares = np.zeros(3, np.float32)
    across = -(-w // WIDE)
    for part in range(across * -(-h // TALL)):
        y0, x0 = part // across * TALL, part % across * WIDE
        for spot in range(TALL * WIDE):
            py, px = y0 + spot // WIDE, x0 + spot % WIDE
            if py >= h or px >= w or wanted[py, px] != 1:
                continue
            out[py, px, 3] = 1.0
            if depth[py, px] <= f4(0.05):
                continue
            u = (px + 0.5 - cx) / focal
            v = (py + 0.5 - cy) / focal
            q0 = f4((rotation[0, 0] * u + rotation[1, 0] * v + rotation[2, 0]) / cell)
            q1 = f4((rotation[0, 1] * u + rotation[1, 1] * v + rotation[2, 1]) / cell)
            q2 = f4((rotation[0, 2] * u + rotation[1, 2] * v + rotation[2, 2]) / cell)
            q0 = q0 if abs(q0) > f4(1e-7) else f4(1e-7)
            q1 = q1 if abs(q1) > f4(1e-7) else f4(1e-7)
            q2 = q2 if abs(q2) > f4(1e-7) else f4(1e-7)
            length = np.sqrt(q0 * q0 + q1 * q1 + q2 * q2)
            # t is depth along the optical axis [m]; q is cells per metre of it.
            i0, i1, i2 = f4(1.0) / q0, f4(1.0) / q1, f4(1.0) / q2
            ta, tb = (-half - e0) * i0, (lim[0] + half - e0) * i0
            t0, t1 = min(ta, tb), max(ta, tb)
            ta, tb = (-half - e1) * i1, (lim[1] + half - e1) * i1
            t0, t1 = max(t0, min(ta, tb)), min(t1, max(ta, tb))
            ta, tb = (-half - e2) * i2, (lim[2] + half - e2) * i2
            t0, t1 = max(t0, min(ta, tb)), min(t1, max(ta, tb))
            t0, t1 = max(t0, f4(0.05)), min(t1, min(depth[py, px], f4(1e7)))
            if t1 <= t0:
                continue
            cosine = (q0 * sun[0] + q1 * sun[1] + q2 * sun[2]) / length
            p0 = AHEAD * _lobe(cosine, FORWARD) + (1 - AHEAD) * _lobe(cosine, BACKWARD)
            p1 = AHEAD * _lobe(cosine, FORWARD2) + (1 - AHEAD) * _lobe(cosine, BACKWARD2)
            p0, p1, turned = f4(ONCE * p0), f4(p1 + EVEN), f4(1 + LEAN * cosine)
            fine = f4(step) / length  # metres of depth in a step of `step` cells
            dt, last = fine, fine
            travelled = length * f4(cell)  # metres along the ray for one of depth
            size = focal32 / length  # of a fine cell in the picture at depth 1 [px]
            # Interleaved gradient noise (Jimenez, 2014): even cover over neighbouring pixels.
            noise = 0.06711056 * (px // apart + 5.588238 * jitter_seed) + 0.00583715 * (
                py // apart + 5.588238 * jitter_seed
            )
            noise = 52.9829189 * (noise - np.floor(noise))
            t = t0 + dt * f4(noise - np.floor(noise))
            left = f4(1.0)
            ls, la, lg, dm = f4(0.0), f4(0.0), f4(0.0), f4(0.0)
            light, up, low = f4(0.0), f4(0.0), f4(0.0)
            waiting, where = f4(0.0), f4(0.0)
            while t < t1 + half * dt:
                # A step stands for half a step to both sides, cut off at the scene behind.
                piece = min(t + half * dt, t1) - max(t - half * last, t0)
                if piece <= 0:
                    break
                here = min(t, t1)
                x = min(max(e0 + here * q0, f4(0.0)), lim[0])
                y = min(max(e1 + here * q1, f4(0.0)), lim[1])
                z = min(max(e2 + here * q2, f4(0.0)), lim[2])
                i, j, k = int(x), int(y), int(z)
                bi, bj, bk = i // BRICK, j // BRICK, k // BRICK
                n = int(clear[np.uint64(bi), np.uint64(bj), np.uint64(bk)])
                if n > 0:
                    # Leave all that is empty around at once, in whole steps so that the jitter
                    # stays even.
                    go = (f4((bi + n if q0 > 0 else bi - n + 1) * BRICK) - (e0 + t * q0)) * i0
                    to = (f4((bj + n if q1 > 0 else bj - n + 1) * BRICK) - (e1 + t * q1)) * i1
                    go = min(go, to)
                    to = (f4((bk + n if q2 > 0 else bk - n + 1) * BRICK) - (e2 + t * q2)) * i2
                    go = min(go, to)
                    t += dt * max(np.ceil(go / dt), f4(1.0))
                    last = dt
                    continue
                a, b, c = x - f4(i), y - f4(j), z - f4(k)
                de = _sample(d, i, j, k, a, b, c)
                thin = de * piece * travelled
                # The first dust is lit, for what may be all there is.
                lit = de > f4(1e-4) and ((waiting + thin) * left > f4(FAINT) or left == f4(1.0))
                if de > f4(1e-4) and not lit:
                    waiting += thin
                if lit:
                    pixels = size / max(here, half)  # of a fine cell, in the picture
                    bump, turn = f4(0.0), f4(0.0)
                    if grainy and left > f4(0.35) and pixels > f4(1.2) and de * metres > f4(0.012):
                        # Lobes of about a fine cell, and of a third of it where that shows.
                        gx = (x + half) * coarser - half
                        gy = (y + half) * coarser - half
                        gz = (z + half) * coarser - half
                        gi = min(int(gx + half), ids.shape[0] - 1)
                        gj = min(int(gy + half), ids.shape[1] - 1)
                        gk = min(int(gz + half), ids.shape[2] - 1)
                        shares[0] = min((pixels - f4(1.2)) * f4(0.7), f4(1.0))
                        shares[1] = min((pixels - f4(NEAR)) * f4(0.2), f4(0.4))
                        if shares[1] <= 0:
                            bump = _grain_at(
                                gx, gy, gz, gi, gj, gk, ids, patch, rr, tile, ratio32,
                            )  # fmt: skip
                            bump = min(max(shares[0] * bump, f4(-2.2)), f4(2.2))
                        else:
                            shares[2] = min(
                                max(pixels - f4(2 * NEAR), f4(0.0)) * f4(0.04), f4(0.16)
                            )
                            bump, turn = _lobes_at(
                                gx, gy, gz, gi, gj, gk, ids, patch, rr, tile, ratio32, shares,
                                to_sun,
                            )  # fmt: skip
                            bump = min(max(bump, f4(-2.2)), f4(2.2))
                            close = min((pixels - f4(NEAR)) * f4(0.3), f4(1.0))
                            # A cell this large would show a smooth ball: its edge moves instead.
                            carve = close * f4(CARVE) * (bump - f4(1.0))
                            de = max(de + carve * _slope(d, i, j, k, a, b, c), f4(0.0))
                            turn *= close
                        de *= max(f4(1.0) + f4(0.55) * bump, f4(0.05))
                    al = f4(1.0) - np.exp(-waiting - de * piece * travelled)
                    waiting = f4(0.0)
                    plain = _sample(tau, i, j, k, a, b, c)
                    # A bulge stands a little further into the light than its cell.
                    s = max(plain * np.exp(f4(-0.33) * bump) + f4(TURN) * turn, f4(0.0))
                    r = np.exp(f4(-0.5) * s)
                    x = min(max((x + half) * inv_ratio - half, f4(0.0)), slim0)
                    y = min(max((y + half) * inv_ratio - half, f4(0.0)), slim1)
                    z = min(max((z + half) * inv_ratio - half, f4(0.0)), slim2)
                    i, j, k = int(x), int(y), int(z)
                    more, often, up, low, free = _around(
                        around, i, j, k, x - f4(i), y - f4(j), z - f4(k)
                    )
                    if turn != 0:
                        up *= max(f4(1.0) + f4(OPEN) * bump, f4(0.2))
                    al *= left
                    often *= f4(1.0) - f4(LIFT) * (s - plain) / (f4(1.0) + plain)
                    light = (p0 * r * free + p1 * more) * r + often * turned
                    ls += al * light
                    la += al * up
                    lg += al * low
                    dm += al * here
                    where = here
                    left -= al
                    if left < f4(0.012):
                        break
                last = dt
                # What lies behind half-opaque dust is seen half as well.
                dt = fine * (f4(1.0) if left > half else (f4(1.5) if left > f4(0.2) else f4(2.0)))
                t += half * (last + dt)
            if waiting > 0 and left >= f4(0.012):
                # What was never asked for looks like the last that was.
                al = left * (f4(1.0) - np.exp(-waiting))
                ls, la, lg, dm = ls + al * light, la + al * up, lg + al * low, dm + al * where
                left -= al
            seen = f4(1.0) - left
            if left < f4(0.012):
                # The rest of an opaque ray would have looked like what was seen of it.
                ls, la, lg, dm = ls / seen, la / seen, lg / seen, dm / seen
                seen, left = f4(1.0), f4(0.0)
            # Soft ceiling: forward scattering may glow but not pass what a wall would show.
            top = f4(1.06) * seen
            # Late and sharp: softer, it took a tenth of what the sun lights best.
            t2, l2 = top * top, ls * ls
            t2, l2 = t2 * t2, l2 * l2
            whole = np.sqrt(np.sqrt(np.sqrt(t2 * t2 + l2 * l2 + f4(1e-36))))
            out[py, px, 0] = ls * top / whole
            out[py, px, 1] = la
            out[py, px, 2] = lg
            out[py, px, 3] = left
            out[py, px, 4] = dm / max(seen, f4(1e-6))

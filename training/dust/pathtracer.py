"""What dust really looks like: light followed through a fine volume, scattering by scattering.

The truth that the dust model learns. Rays from the eye and the first scattering of the sun are
integrated along every pixel's ray at the volume's full detail, without noise. From the second
scattering on, and for all light of sky and ground, paths wander at random (Novak, Georgiev, Hanika
and Jarosz, "Monte Carlo methods for volumetric light transport simulation", 2018) on half the
pixels; that light is smooth, and what noise is left in it is denoised.

Grains scatter forwards (two lobes of Henyey and Greenstein, 1941) and swallow `1 - ALBEDO` of the
light each time, which gives a thick bank about the brightness that the recipe's has. Pieces of the
building hide the sun from the dust; they do not stop light that wanders.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from setpiece.render.camera import Camera
from setpiece.render.denoise import denoise
from setpiece.render.light import Light
from setpiece.render.volume import Volume
from setpiece.render.volume_fill import enlarge
from setpiece.render.volume_march import SKY_GAIN
from setpiece.render.volume_solids import Hidden, past_solids
from setpiece.render.volume_sweep import optical_depth, pooled

F32 = NDArray[np.float32]

ALBEDO = 0.988  # of one scattering
FORWARD, BACKWARD, SHARE = 0.65, -0.2, 0.8  # lobes of the phase function; share of the first
BANK = 0.70  # mean albedo of thick dust, by which the comp multiplies what comes from here
LONGEST = 90  # scatterings
STAYS = 0.98  # chance that a path of more than 24 goes on
BRICK = 4  # cells along an edge of those of which the thickest cell is known
SPREAD = 4.0  # px, over which denoising keeps the sum of the light
NEXT = 6  # cells towards the sun that are walked
SOFT = 4  # cells along an edge of those in which solids hide the sun


def true_dust(
    volume: Volume,
    light: Light,
    camera: Camera,
    depth: F32,
    *,
    hidden: Hidden | None = None,
    samples: int = 16,
    seed: int = 0,
) -> F32:
    """Raw passes (h, w, 5) as `render.volume.transport` gives them, by following the light.

    depth: of the solid scene [m], (h, w), inf where there is none. hidden: as in `light_volume`.
    samples: paths from each pixel of the half-size picture.
    """
    depth = np.ascontiguousarray(np.where(np.isfinite(depth), depth, 1e7), np.float32)
    h, w = depth.shape
    view = camera.resized(w, h)
    d = np.ascontiguousarray(volume.density, np.float32)
    full = _bricks(d)
    sun = light.to_sun
    tau = optical_depth(d, volume.cell, sun)
    clear = past_solids(volume.origin, SOFT * volume.cell, pooled(d, SOFT), light, hidden)
    eye = np.asarray(view.position, np.float64)
    turn = np.asarray(view.rotation, np.float64)
    at = np.asarray(volume.origin, np.float64)
    lens = np.array([view.focal, *view.centre])
    first = np.zeros((h, w, 3), np.float32)
    _look(d, tau, clear, SOFT, full, at, volume.cell, eye, turn, lens, depth,
          sun, first)  # fmt: skip
    small_depth = np.ascontiguousarray(depth[1::2, 1::2])
    half = view.resized(small_depth.shape[1], small_depth.shape[0])
    lens = np.array([half.focal, *half.centre])
    wandered = np.zeros((*small_depth.shape, 4), np.float32)
    _wander(d, tau, clear, SOFT, full, at, volume.cell, eye, turn, lens, small_depth,
            sun, samples, seed, wandered)  # fmt: skip
    seen = np.maximum(wandered[..., 3:], 1e-4)
    mean = _denoised(wandered[..., :3] / seen, np.clip(wandered[..., 3:], 0, 1))
    smooth = np.empty((h, w, 3), np.float32)
    enlarge(np.ascontiguousarray(mean), small_depth, depth, smooth)
    smooth *= 1 - first[..., 1:2]
    raw = np.empty((h, w, 5), np.float32)
    raw[..., 0] = (first[..., 0] + smooth[..., 0]) / BANK
    raw[..., 1] = smooth[..., 1] / (BANK * SKY_GAIN)
    raw[..., 2] = smooth[..., 2] / (BANK * SKY_GAIN * 0.45)
    raw[..., 3:] = first[..., 1:]
    return raw


def _denoised(mean: F32, cover: F32) -> F32:
    """Light (h, w, 3) without noise and with as much of each kind in every part of the picture as
    there was: the denoiser takes the three for a colour, and rare paths for outliers. cover: what
    there is of dust (h, w, 1)."""
    guide = np.repeat(cover, 3, axis=2)
    calm = denoise(mean.astype(np.float32), guide, np.zeros_like(guide))
    wide = (SPREAD, SPREAD, 0)
    found, kept = gaussian_filter(mean * cover, wide), gaussian_filter(calm * cover, wide)
    return np.asarray(calm * np.clip((found + 1e-3) / (kept + 1e-3), 0.7, 1.4), np.float32)


def _bricks(d: F32) -> F32:
    """Most that a trilinear tap may find in each brick; it reaches into the next ones."""
    m = d
    for axis in range(3):
        m = np.maximum.reduceat(m, np.arange(0, d.shape[axis], BRICK), axis=axis)
    for axis in range(3):
        n = np.arange(m.shape[axis])
        on, back = np.minimum(n + 1, n[-1]), np.maximum(n - 1, 0)
        m = np.maximum(m, np.maximum(np.take(m, on, axis), np.take(m, back, axis)))
    return np.where(m > 1e-4, m, np.float32(0)).astype(np.float32)


@njit(inline="always")
def _lobes(cosine):
    """Phase function, 1 where isotropic."""
    a = (1 - FORWARD * FORWARD) / (1 + FORWARD * FORWARD - 2 * FORWARD * cosine) ** 1.5
    b = (1 - BACKWARD * BACKWARD) / (1 + BACKWARD * BACKWARD - 2 * BACKWARD * cosine) ** 1.5
    return SHARE * a + (1 - SHARE) * b


@njit(inline="always")
def _tap(f, x, y, z):
    """Trilinear value at cell coordinates (a centre is an integer), clamped."""
    nx, ny, nz = f.shape
    x = min(max(x, 0.0), nx - 1.001)
    y = min(max(y, 0.0), ny - 1.001)
    z = min(max(z, 0.0), nz - 1.001)
    i, j, k = int(x), int(y), int(z)
    a, b, c = x - i, y - j, z - k
    return (1 - a) * (
        (1 - b) * ((1 - c) * f[i, j, k] + c * f[i, j, k + 1])
        + b * ((1 - c) * f[i, j + 1, k] + c * f[i, j + 1, k + 1])
    ) + a * (
        (1 - b) * ((1 - c) * f[i + 1, j, k] + c * f[i + 1, j, k + 1])
        + b * ((1 - c) * f[i + 1, j + 1, k] + c * f[i + 1, j + 1, k + 1])
    )


@njit(inline="always")
def _to_sun(d, tau, cell, x, y, z, sun):
    """Optical depth between (x, y, z) and the sun. What lies within a thick cell counts most: the
    next cells are walked, and the grid of depths is asked only beyond them."""
    near = 0.0
    for n in range(2 * NEXT):
        m = 0.5 * n + 0.25
        near += _tap(d, x + m * sun[0], y + m * sun[1], z + m * sun[2])
    return 0.5 * near * cell + _tap(tau, x + NEXT * sun[0], y + NEXT * sun[1], z + NEXT * sun[2])


@njit(inline="always")
def _span(e, q, shape, end):
    """Metres of depth at which a ray e + t q (cells) is in the volume, up to `end`."""
    t0, t1 = 0.05, end
    for a in range(3):
        s = q[a] if abs(q[a]) > 1e-9 else 1e-9
        ta, tb = (-0.5 - e[a]) / s, (shape[a] - 0.5 - e[a]) / s
        if ta > tb:
            ta, tb = tb, ta
        t0, t1 = max(t0, ta), min(t1, tb)
    return t0, t1


@njit(inline="always")
def _jump(e, q, t, bi, bj, bk):
    """Where a ray leaves an empty brick."""
    go = 1e9
    for a in range(3):
        b = bi if a == 0 else (bj if a == 1 else bk)
        p = e[a] + t * q[a]
        if q[a] > 1e-9:
            go = min(go, ((b + 1) * BRICK - p) / q[a])
        elif q[a] < -1e-9:
            go = min(go, (b * BRICK - p) / q[a])
    return t + max(go, 0.0)


@njit(cache=True, nogil=True, fastmath=True)
def _look(d, tau, clear, ratio, full, origin, cell, eye, turn, lens, depth, sun, out):
    """out (h, w, 3): sun scattered once, what is left of the picture, mean depth."""
    h, w = depth.shape
    e = (eye - origin) / cell - 0.5
    q = np.empty(3)
    for py in range(h):
        for px in range(w):
            u, v = (px + 0.5 - lens[1]) / lens[0], (py + 0.5 - lens[2]) / lens[0]
            for a in range(3):
                q[a] = (turn[0, a] * u + turn[1, a] * v + turn[2, a]) / cell
            length = np.sqrt(q[0] ** 2 + q[1] ** 2 + q[2] ** 2)
            out[py, px, 1] = 1.0
            t, end = _span(e, q, d.shape, depth[py, px])
            if end <= t:
                continue
            phase = _lobes((q[0] * sun[0] + q[1] * sun[1] + q[2] * sun[2]) / length) / 4
            dt = 0.5 / length
            left, light, far = 1.0, 0.0, 0.0
            while t < end and left > 1e-3:
                step = min(dt, end - t)
                m = t + 0.5 * step
                x, y, z = e[0] + m * q[0], e[1] + m * q[1], e[2] + m * q[2]
                bi = min(max(int(x), 0) // BRICK, full.shape[0] - 1)
                bj = min(max(int(y), 0) // BRICK, full.shape[1] - 1)
                bk = min(max(int(z), 0) // BRICK, full.shape[2] - 1)
                if full[bi, bj, bk] == 0:
                    t = _jump(e, q, t, bi, bj, bk) + 0.05 * dt
                    continue
                de = _tap(d, x, y, z)
                if de > 1e-5:
                    met = left * (1 - np.exp(-de * step * length * cell))
                    free = _tap(clear, (x + 0.5) / ratio - 0.5, (y + 0.5) / ratio - 0.5,
                                (z + 0.5) / ratio - 0.5)  # fmt: skip
                    light += met * free * np.exp(-_to_sun(d, tau, cell, x, y, z, sun))
                    far += met * m
                    left -= met
                t += step
            if left <= 1e-3:
                light, far, left = light / (1 - left), far / (1 - left), 0.0
            out[py, px, 0] = ALBEDO * phase * light
            out[py, px, 1] = left
            out[py, px, 2] = far / max(1 - left, 1e-6)


@njit(inline="always")
def _rnd(state):
    """A number in [0, 1) and the next state (a linear congruence, scrambled)."""
    state = (state * np.uint64(6364136223846793005) + np.uint64(1442695040888963407)) & np.uint64(
        0xFFFFFFFFFFFFFFFF
    )
    bits = (state >> np.uint64(33)) ^ (state >> np.uint64(51))
    return (bits & np.uint64(0x7FFFFFFF)) / 2147483648.0, state


@njit(nogil=True, fastmath=True)
def _fly(d, full, cell, p, s, ground, state):
    """Moves p (cells) along s (unit) to the next grain, if there is one before the light has left
    the volume or reached the ground: (whether there is, next state).

    Delta tracking (Woodcock, 1965) with the most that each brick holds.
    """
    while True:
        i, j, k = int(p[0] + 0.5), int(p[1] + 0.5), int(p[2] + 0.5)
        outside = p[0] < -0.5 or p[1] < -0.5 or p[2] < -0.5
        if outside or i >= d.shape[0] or j >= d.shape[1] or k >= d.shape[2] or p[2] < ground:
            return False, state
        most = full[i // BRICK, j // BRICK, k // BRICK] * cell
        # Bricks' borders lie between cells here.
        go = 1e9
        for a in range(3):
            b = ((i if a == 0 else (j if a == 1 else k)) // BRICK) * BRICK - 0.5
            if s[a] > 1e-9:
                go = min(go, (b + BRICK - p[a]) / s[a])
            elif s[a] < -1e-9:
                go = min(go, (b - p[a]) / s[a])
        go = max(go, 0.0) + 1e-4
        met = False
        if most > 0:
            r, state = _rnd(state)
            step = -np.log(1 - r) / most
            if step < go:
                go, met = step, True
        for a in range(3):
            p[a] += go * s[a]
        if met:
            r, state = _rnd(state)
            if r * most < _tap(d, p[0], p[1], p[2]) * cell:
                return True, state


@njit(inline="always")
def _seeded(number):
    """A state that has nothing to do with that of the next number (splitmix64; Steele, 2014)."""
    z = np.uint64(number) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@njit(cache=True, nogil=True, fastmath=True)
def _wander(d, tau, clear, ratio, full, origin, cell, eye, turn, lens, depth, sun,
            samples, seed, out):  # fmt: skip
    """out (h, w, 4): light of sun (scattered twice and more), sky, ground; what is hidden."""
    h, w = depth.shape
    e = (eye - origin) / cell - 0.5
    q, s, p = np.empty(3), np.empty(3), np.empty(3)
    for py in range(h):
        for px in range(w):
            u, v = (px + 0.5 - lens[1]) / lens[0], (py + 0.5 - lens[2]) / lens[0]
            for a in range(3):
                q[a] = (turn[0, a] * u + turn[1, a] * v + turn[2, a]) / cell
            length = np.sqrt(q[0] ** 2 + q[1] ** 2 + q[2] ** 2)
            start, end = _span(e, q, d.shape, depth[py, px])
            if end <= start:
                continue
            dt = 0.7 / length
            # How much is seen, then paths from evenly spread shares of it.
            hides = 0.0
            for scan in range(2):
                state = _seeded((py * 9781 + px) * 6151 + seed * 7919 + 12345)
                r, state = _rnd(state)
                if scan == 1 and hides < 2e-4:
                    break
                t, left, done = start, 1.0, 0
                aim = (done + r) / samples * hides
                while t < end and left > 1e-3:
                    step = min(dt, end - t)
                    m = t + 0.5 * step
                    x, y, z = e[0] + m * q[0], e[1] + m * q[1], e[2] + m * q[2]
                    bi = min(max(int(x), 0) // BRICK, full.shape[0] - 1)
                    bj = min(max(int(y), 0) // BRICK, full.shape[1] - 1)
                    bk = min(max(int(z), 0) // BRICK, full.shape[2] - 1)
                    if full[bi, bj, bk] == 0:
                        t = _jump(e, q, t, bi, bj, bk) + 0.05 * dt
                        continue
                    thick = _tap(d, x, y, z) * step * length * cell
                    before = left
                    left *= np.exp(-thick)
                    while scan == 1 and done < samples and 1 - left >= aim:
                        m = t + step * np.log(before / (1 - aim)) / thick
                        for a in range(3):
                            s[a] = q[a] / length
                            p[a] = e[a] + m * q[a]
                        state = _path(d, tau, clear, ratio, full, origin, cell, sun, p, s,
                                      hides / samples, state, out[py, px])  # fmt: skip
                        done += 1
                        r, state = _rnd(state)
                        aim = (done + r) / samples * hides
                    t += step
                if scan == 0:
                    hides = 1.0 - left
            out[py, px, 3] = hides


@njit(nogil=True, fastmath=True)
def _turn(s, state):
    """Turns s (unit) by a scattering, as the lobes say; the next state."""
    r, state = _rnd(state)
    g = FORWARD if r < SHARE else BACKWARD
    r, state = _rnd(state)
    k = (1 - g * g) / (1 - g + 2 * g * r)
    cosine = min(max((1 + g * g - k * k) / (2 * g), -1.0), 1.0)
    r, state = _rnd(state)
    sine, angle = np.sqrt(1 - cosine * cosine), 6.283185307179586 * r
    a, b, c = s[0], s[1], s[2]
    sign = 1.0 if c >= 0 else -1.0
    i0 = -1.0 / (sign + c)
    i1 = a * b * i0
    f, h = sine * np.cos(angle), sine * np.sin(angle)
    s[0] = f * (1 + sign * a * a * i0) + h * i1 + cosine * a
    s[1] = f * sign * i1 + h * (sign + b * b * i0) + cosine * b
    s[2] = -f * sign * a - h * b + cosine * c
    return state


@njit(inline="always")
def _ground_at(tau, p, s, ground):
    """Light of the ground that p sees along s, which goes down: as bright as the cloud above it
    lets it be, 1 where there is none."""
    down = (p[2] - ground) / max(-s[2], 1e-3)
    gx, gy = p[0] + down * s[0], p[1] + down * s[1]
    bright = 1.0
    if 0 <= gx < tau.shape[0] - 1 and 0 <= gy < tau.shape[1] - 1:
        bright = 0.25 + 0.75 * np.exp(-tau[int(gx), int(gy), 0])
    return bright


@njit(nogil=True, fastmath=True)
def _path(d, tau, clear, ratio, full, origin, cell, sun, p, s, share, state, out):
    """One path that starts with a scattering at p (cells) of light seen along s (unit)."""
    at = np.empty(3)
    weight = share * ALBEDO
    ground = (0.0 - origin[2]) / cell - 0.5
    for order in range(LONGEST):
        state = _turn(s, state)
        met, state = _fly(d, full, cell, p, s, ground, state)
        if not met:
            if s[2] > 0:
                out[1] += weight
            else:
                out[2] += weight * _ground_at(tau, p, s, ground)
            return state
        weight *= ALBEDO
        for a in range(3):
            at[a] = p[a]
        met, state = _fly(d, full, cell, at, sun, ground, state)
        if not met:
            free = _tap(clear, (p[0] + 0.5) / ratio - 0.5, (p[1] + 0.5) / ratio - 0.5,
                        (p[2] + 0.5) / ratio - 0.5)  # fmt: skip
            cosine = s[0] * sun[0] + s[1] * sun[1] + s[2] * sun[2]
            out[0] += weight * free * _lobes(cosine) / 4
        # No more chance of an end than grains swallow, or few long paths would carry it all.
        if order > 24:
            r, state = _rnd(state)
            if r > STAYS:
                return state
            weight /= STAYS
    return state

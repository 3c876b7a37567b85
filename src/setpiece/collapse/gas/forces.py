"""Forces on the dusty air: its weight, small-scale wind, confinement, and the solids in it."""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from setpiece.collapse.gas.grid import Air
from setpiece.collapse.gas.noise import curl_tile

F32 = NDArray[np.float32]
_H = np.float32(0.5)


@njit(inline="always")
def _tile(t, x, y, z, c):
    n = t.shape[0]
    fx, fy, fz = math.floor(x), math.floor(y), math.floor(z)
    a, b, d = np.float32(x - fx), np.float32(y - fy), np.float32(z - fz)
    i, j, k = int(fx) % n, int(fy) % n, int(fz) % n
    i1, j1, k1 = (i + 1) % n, (j + 1) % n, (k + 1) % n
    p = (1 - d) * t[i, j, k, c] + d * t[i, j, k1, c]
    q = (1 - d) * t[i, j1, k, c] + d * t[i, j1, k1, c]
    r = (1 - d) * t[i1, j, k, c] + d * t[i1, j, k1, c]
    s = (1 - d) * t[i1, j1, k, c] + d * t[i1, j1, k1, c]
    return (1 - a) * ((1 - b) * p + b * q) + a * ((1 - b) * r + b * s)


@njit(cache=True, nogil=True, fastmath=True)
def _apply(
    f, axis, d, solid, us, tile, dt, gravity, heavy, drag, pitch, ox, oy, oz, noise, wind, pull
):
    """Forces along one axis, on its faces. pitch: tile texels a cell; o*: tile offset.

    wind, pull: share of its lag behind the wind that dusty air makes up (mixing below the grid).
    """
    nx, ny, nz = d.shape
    i0, j0, k0 = int(axis == 0), int(axis == 1), int(axis == 2)
    for i in range(i0, nx):
        for j in range(j0, ny):
            for k in range(k0, nz):
                e = _H * (d[i, j, k] + d[i - i0, j - j0, k - k0])
                p = _H * (solid[i, j, k] + solid[i - i0, j - j0, k - k0])
                if e > 0.01:
                    if axis == 2:
                        f[i, j, k] -= dt * gravity * min(e, heavy)
                    n = _tile(tile, ox + i * pitch, oy + j * pitch, oz + k * pitch, axis)
                    f[i, j, k] += dt * noise * min(e, np.float32(1.0)) * n
                    lag = wind - f[i, j, k]
                    if lag * wind > 0:
                        f[i, j, k] += pull * min(e * np.float32(4.0), np.float32(1.0)) * lag
                if p > 0.001:
                    q = np.float32(1.0) - np.exp(-p * drag)
                    m = _H * (us[i, j, k] + us[i - i0, j - j0, k - k0])
                    f[i, j, k] += q * (m - f[i, j, k])


@njit(cache=True, nogil=True, fastmath=True)
def _vorticity(u, v, w, cx, cy, cz, mag):
    nx, ny, nz = mag.shape
    h = np.float32(0.25)
    for i in range(1, nx - 1):
        for j in range(1, ny - 1):
            for k in range(1, nz - 1):
                wy = w[i, j + 1, k] + w[i, j + 1, k + 1] - w[i, j - 1, k] - w[i, j - 1, k + 1]
                vz = v[i, j, k + 1] + v[i, j + 1, k + 1] - v[i, j, k - 1] - v[i, j + 1, k - 1]
                uz = u[i, j, k + 1] + u[i + 1, j, k + 1] - u[i, j, k - 1] - u[i + 1, j, k - 1]
                wx = w[i + 1, j, k] + w[i + 1, j, k + 1] - w[i - 1, j, k] - w[i - 1, j, k + 1]
                vx = v[i + 1, j, k] + v[i + 1, j + 1, k] - v[i - 1, j, k] - v[i - 1, j + 1, k]
                uy = u[i, j + 1, k] + u[i + 1, j + 1, k] - u[i, j - 1, k] - u[i + 1, j - 1, k]
                a, b, c = h * (wy - vz), h * (uz - wx), h * (vx - uy)
                cx[i, j, k] = a
                cy[i, j, k] = b
                cz[i, j, k] = c
                mag[i, j, k] = math.sqrt(a * a + b * b + c * c)


@njit(cache=True, nogil=True, fastmath=True)
def _confine(u, v, w, cx, cy, cz, mag, d, strength):
    nx, ny, nz = mag.shape
    for i in range(2, nx - 2):
        for j in range(2, ny - 2):
            for k in range(2, nz - 2):
                if d[i, j, k] < 0.02:
                    continue
                a = mag[i + 1, j, k] - mag[i - 1, j, k]
                b = mag[i, j + 1, k] - mag[i, j - 1, k]
                c = mag[i, j, k + 1] - mag[i, j, k - 1]
                s = np.float32(1.0) / (math.sqrt(a * a + b * b + c * c) + np.float32(1e-4))
                s *= strength * min(d[i, j, k] * np.float32(4.0), np.float32(1.0))
                u[i, j, k] += s * (b * cz[i, j, k] - c * cy[i, j, k])
                v[i, j, k] += s * (c * cx[i, j, k] - a * cz[i, j, k])
                w[i, j, k] += s * (a * cy[i, j, k] - b * cx[i, j, k])


def push(
    air: Air,
    dt: float,
    *,
    solid: F32,
    solid_velocity: tuple[F32, F32, F32],
    time: float,
    scale: float,
    seed: int,
    weight: float = 5.0,
    gust: float = 40.0,
    confinement: float = 1.1,
) -> None:
    """Add dt [s] of force to `air`.

    solid: share of each cell that is solid, with its velocity [m/s]; the air is dragged along.
    scale: the building's height over 28 m, the height at which the constants were found.
    weight: downward acceleration of thick dust [m/s2]. gust: of the curl noise [m/s2].
    confinement: vorticity confinement (Fedkiw, Stam and Jensen, 2001).
    """
    f4 = np.float32
    tile = curl_tile(48, 2, 12, 11 / 3, seed + 5)
    pitch = air.cell / scale  # a texel is a metre of the 28 m building
    drift = 2.6 * time / math.sqrt(scale)
    ox, oy, oz = (a * pitch for a in air.low)
    faces = (air.u, air.v, air.w)
    wind = (*air.wind, 0.0)
    for axis in range(3):
        _apply(
            faces[axis], axis, air.dust, solid, solid_velocity[axis], tile, f4(dt), f4(weight),
            f4(1.5), f4(144.0 * dt / math.sqrt(scale)), f4(pitch), f4(ox + drift), f4(oy),
            f4(oz + drift), f4(gust),
            f4(wind[axis]), f4(1.0 - math.exp(-0.9 * dt)),
        )  # fmt: skip
    if confinement > 0:
        c = [np.zeros(air.shape, f4) for _ in range(4)]
        # Explicit: beyond a third of the local shear a step, swirls feed on themselves.
        strength = f4(min(confinement * dt * 7.2 / math.sqrt(scale), 0.36))
        _vorticity(air.u, air.v, air.w, c[0], c[1], c[2], c[3])
        _confine(air.u, air.v, air.w, c[0], c[1], c[2], c[3], air.dust, strength)
    # What turbulence below the grid takes from the fastest air: nothing that falls from the
    # building's height drives air much faster than it lands.
    top = 1.25 * math.sqrt(2 * 9.81 * 28.0 * scale)
    for face, blows in zip(faces, wind, strict=True):
        excess = (face - f4(blows)) / f4(top)
        excess *= excess
        excess *= excess
        face -= f4(blows)
        face /= np.sqrt(np.sqrt(f4(1.0) + excess))
        face += f4(blows)


def compile_kernels() -> None:
    """Compile what this module needs."""
    air = Air(1.0, np.zeros(3), ((0, 0, 0), (5, 5, 5)), (0.0, 0.0))
    air.include((0, 0, 0), (5, 5, 5))
    z = np.zeros((5, 5, 5), np.float32)
    push(air, 0.1, solid=z, solid_velocity=(z, z, z), time=0.0, scale=1.0, seed=0)

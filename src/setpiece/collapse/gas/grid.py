"""The grid the dusty air moves on: a window that grows with the cloud, and advection."""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

F32 = NDArray[np.float32]
Index = tuple[int, int, int]

BRICK = 4  # cells along an edge of the bricks that are left out where there is no dust
LEAST = 1e-6  # density below which there is none: a thousandth of what is kept on disk
_H = np.float32(0.5)
_Q = np.float32(0.25)
_1 = np.float32(1.0)
_0 = np.float32(0.0)
_EDGE = np.float32(1.001)


@njit(inline="always")
def lerp3(f, x, y, z):
    """Trilinear value of f at index coordinates, clamped to the grid."""
    nx, ny, nz = f.shape
    x = min(max(x, _0), np.float32(nx) - _EDGE)
    y = min(max(y, _0), np.float32(ny) - _EDGE)
    z = min(max(z, _0), np.float32(nz) - _EDGE)
    i, j, k = int(x), int(y), int(z)
    a, b, c = np.float32(x - i), np.float32(y - j), np.float32(z - k)
    a1, b1, c1 = _1 - a, _1 - b, _1 - c
    return a1 * (
        b1 * (c1 * f[i, j, k] + c * f[i, j, k + 1])
        + b * (c1 * f[i, j + 1, k] + c * f[i, j + 1, k + 1])
    ) + a * (
        b1 * (c1 * f[i + 1, j, k] + c * f[i + 1, j, k + 1])
        + b * (c1 * f[i + 1, j + 1, k] + c * f[i + 1, j + 1, k + 1])
    )


@njit(inline="always")
def velocity_at(u, v, w, x, y, z):
    """Velocity at cell-index coordinates (a cell's centre is its integer index)."""
    return lerp3(u, x + _H, y, z), lerp3(v, x, y + _H, z), lerp3(w, x, y, z + _H)


@njit(inline="always")
def _here(u, v, w, i, j, k, axis):
    """Velocity where a field has its value (i, j, k): on faces across `axis`, or in cells (3)."""
    nx, ny, nz = u.shape[0] - 1, v.shape[1] - 1, w.shape[2] - 1
    if axis == 3:
        a = _H * (u[i, j, k] + u[i + 1, j, k])
        b = _H * (v[i, j, k] + v[i, j + 1, k])
        c = _H * (w[i, j, k] + w[i, j, k + 1])
    elif axis == 0:
        p, q = max(i - 1, 0), min(i, nx - 1)
        a = u[i, j, k]
        b = _Q * (v[p, j, k] + v[p, j + 1, k] + v[q, j, k] + v[q, j + 1, k])
        c = _Q * (w[p, j, k] + w[p, j, k + 1] + w[q, j, k] + w[q, j, k + 1])
    elif axis == 1:
        p, q = max(j - 1, 0), min(j, ny - 1)
        a = _Q * (u[i, p, k] + u[i + 1, p, k] + u[i, q, k] + u[i + 1, q, k])
        b = v[i, j, k]
        c = _Q * (w[i, p, k] + w[i, p, k + 1] + w[i, q, k] + w[i, q, k + 1])
    else:
        p, q = max(k - 1, 0), min(k, nz - 1)
        a = _Q * (u[i, j, p] + u[i + 1, j, p] + u[i, j, q] + u[i + 1, j, q])
        b = _Q * (v[i, j, p] + v[i, j + 1, p] + v[i, j, q] + v[i, j + 1, q])
        c = w[i, j, k]
    return a, b, c


@njit(cache=True, nogil=True, fastmath=True)
def _backward(f, u, v, w, s, axis, sink, busy, way, out):
    """Semi-Lagrangian step of a field on faces across `axis` (3: in cells).

    busy: bricks outside which the field is 0 and stays so (`_busy`). way: receives how far what
    arrives has come [cells].
    """
    nx, ny, nz = f.shape
    ox = _H if axis == 0 else _0
    oy = _H if axis == 1 else _0
    oz = _H if axis == 2 else _0
    h = _H * s
    for i in range(nx):
        for j in range(ny):
            for k in range(nz):
                if not busy[i // BRICK, j // BRICK, k // BRICK]:
                    out[i, j, k] = _0
                    continue
                x, y, z = np.float32(i) - ox, np.float32(j) - oy, np.float32(k) - oz
                a, b, c = _here(u, v, w, i, j, k, axis)
                a, b, c = velocity_at(u, v, w, x - h * a, y - h * b, z - h * c)
                a, b, c = s * a, s * b, s * (c - sink)
                way[i, j, k, 0] = a
                way[i, j, k, 1] = b
                way[i, j, k, 2] = c
                out[i, j, k] = lerp3(f, np.float32(i) - a, np.float32(j) - b, np.float32(k) - c)


@njit(cache=True, nogil=True, fastmath=True)
def _correct(f, g, u, v, w, s, axis, sink, busy, way, out):
    """MacCormack correction of g, clamped to the eight values it came from."""
    nx, ny, nz = f.shape
    ex, ey, ez = np.float32(nx) - _EDGE, np.float32(ny) - _EDGE, np.float32(nz) - _EDGE
    for i in range(nx):
        for j in range(ny):
            for k in range(nz):
                if not busy[i // BRICK, j // BRICK, k // BRICK]:
                    out[i, j, k] = _0
                    continue
                x, y, z = np.float32(i), np.float32(j), np.float32(k)
                a, b, c = _here(u, v, w, i, j, k, axis)
                back = lerp3(g, x + s * a, y + s * b, z + s * (c - sink))
                a, b, c = way[i, j, k, 0], way[i, j, k, 1], way[i, j, k, 2]
                p = int(min(max(x - a, _0), ex))
                q = int(min(max(y - b, _0), ey))
                r = int(min(max(z - c, _0), ez))
                low = f[p, q, r]
                high = low
                for aa in range(2):
                    for bb in range(2):
                        for cc in range(2):
                            t = f[p + aa, q + bb, r + cc]
                            low = min(low, t)
                            high = max(high, t)
                out[i, j, k] = min(max(g[i, j, k] + _H * (f[i, j, k] - back), low), high)


@njit(cache=True, nogil=True)
def _busy(d, least, far):
    """Bricks that hold more than `least` of d, or are within `far` cells of one that does.

    What is less is set to 0: it would creep through all of the air and never be seen.
    """
    nx, ny, nz = d.shape
    shape = (nx // BRICK + 1, ny // BRICK + 1, nz // BRICK + 1)
    full = np.zeros(shape, np.bool_)
    for i in range(nx):
        for j in range(ny):
            for k in range(nz):
                if d[i, j, k] > least:
                    full[i // BRICK, j // BRICK, k // BRICK] = True
                else:
                    d[i, j, k] = _0
    out = np.zeros(shape, np.bool_)
    r = (far + BRICK - 1) // BRICK
    for i in range(shape[0]):
        for j in range(shape[1]):
            for k in range(shape[2]):
                if full[i, j, k]:
                    p, q, s = max(i - r, 0), max(j - r, 0), max(k - r, 0)
                    out[p : i + r + 1, q : j + r + 1, s : k + r + 1] = True
    return out


@njit(cache=True, nogil=True, fastmath=True)
def _carry(points, u, v, w, s):
    """Move points (cell-index coordinates) with the flow, midpoint rule, in place."""
    top = np.float32(w.shape[2] - 2)
    for n in range(points.shape[0]):
        x, y, z = points[n, 0], points[n, 1], points[n, 2]
        a, b, c = velocity_at(u, v, w, x, y, z)
        h = _H * s
        a, b, c = velocity_at(u, v, w, x + h * a, y + h * b, z + h * c)
        points[n, 0] = x + s * a
        points[n, 1] = y + s * b
        points[n, 2] = min(max(z + s * c, -_H), top)


@njit(cache=True, nogil=True, fastmath=True)
def _soften(d, rate, out):
    """One explicit step of diffusion, strongest where dust is thin, so that no threads remain."""
    nx, ny, nz = d.shape
    out[:] = d
    for i in range(1, nx - 1):
        for j in range(1, ny - 1):
            for k in range(nz - 1):
                c = d[i, j, k]
                below = d[i, j, k - 1] if k > 0 else c
                ring = d[i - 1, j, k] + d[i + 1, j, k] + d[i, j - 1, k] + d[i, j + 1, k]
                ring += d[i, j, k + 1] + below
                if ring + c < 1e-5:
                    continue
                mean = ring / np.float32(6.0)
                thin = _1 / (_1 + np.float32(9.0) * mean * mean)
                out[i, j, k] = c + rate * (np.float32(0.15) + thin) * (mean - c)


class Air:
    """Velocity (faces) and dust density (cells) on a window of an endless grid of cells.

    Attributes:
        cell: edge of a cell [m]. origin: world corner of cell (0, 0, 0) of the endless grid [m].
        low: index of the window's first cell. shape: cells in the window.
        u, v, w: face velocities [m/s], (X+1, Y, Z), (X, Y+1, Z), (X, Y, Z+1).
        dust: density, 1 is thick dust, (X, Y, Z).
        wind: velocity of the undisturbed air at 10 m height [m/s], (x, y).
    """

    def __init__(
        self,
        cell: float,
        origin: NDArray[np.float64],
        limits: tuple[Index, Index],
        wind: tuple[float, float],
    ) -> None:
        self.cell = cell
        self.origin = origin
        self.limits = limits
        self.wind = wind
        self.low: Index = limits[0]
        self.shape: Index = (0, 0, 0)
        self.u = self.v = self.w = self.dust = np.zeros((0, 0, 0), np.float32)

    @property
    def corner(self) -> NDArray[np.float64]:
        """World position of the window's first corner [m]."""
        return np.asarray(self.origin + np.asarray(self.low) * self.cell)

    def include(self, low: Index, high: Index) -> bool:
        """Grow the window so that it covers cells low..high (exclusive); True if it changed."""
        top = tuple(a + b for a, b in zip(self.low, self.shape, strict=True))
        if not self.dust.size:
            lo, hi = low, high
        else:
            lo = tuple(min(a, b) for a, b in zip(low, self.low, strict=True))  # type: ignore[assignment]
            hi = tuple(max(a, b) for a, b in zip(high, top, strict=True))  # type: ignore[assignment]
        lo = tuple(max(a, b) for a, b in zip(lo, self.limits[0], strict=True))  # type: ignore[assignment]
        hi = tuple(min(a, b) for a, b in zip(hi, self.limits[1], strict=True))  # type: ignore[assignment]
        if self.dust.size and lo == self.low and hi == top:
            return False
        shape = tuple(b - a for a, b in zip(lo, hi, strict=True))
        old, at = (self.u, self.v, self.w, self.dust), self.low
        height = (np.arange(shape[2]) + 0.5) * self.cell
        profile = np.clip(height / 10.0, 0.02, 4.0) ** 0.16
        nx, ny, nz = shape
        self.u = np.empty((nx + 1, ny, nz), np.float32)
        self.u[:] = self.wind[0] * profile
        self.v = np.empty((nx, ny + 1, nz), np.float32)
        self.v[:] = self.wind[1] * profile
        self.w = np.zeros((nx, ny, nz + 1), np.float32)
        self.dust = np.zeros(shape, np.float32)
        if old[3].size:
            o = tuple(a - b for a, b in zip(at, lo, strict=True))
            for new, kept in zip((self.u, self.v, self.w, self.dust), old, strict=True):
                n = kept.shape
                new[o[0] : o[0] + n[0], o[1] : o[1] + n[1], o[2] : o[2] + n[2]] = kept
        self.low, self.shape = lo, (nx, ny, nz)
        return True

    def fastest(self) -> float:
        """Largest speed along an axis [m/s]."""
        return float(max(np.abs(f).max() for f in (self.u, self.v, self.w)))

    def advect(self, dt: float, sink: float) -> None:
        """Move velocity and dust over dt [s]; dust also sinks at `sink` [m/s].

        Unconditionally stable MacCormack (Selle, Fedkiw, Kim, Liu and Rossignac, 2008) with
        midpoint back-tracing and a clamp.
        """
        s = np.float32(dt / self.cell)
        u, v, w = self.u, self.v, self.w
        far = math.ceil((self.fastest() + sink) * s) + 1
        everywhere = np.ones([n // BRICK + 1 for n in np.add(self.shape, 1)], np.bool_)
        cloud = _busy(self.dust, np.float32(LEAST), far)
        way = np.empty((*np.add(self.shape, 1), 3), np.float32)
        done = []
        for axis, f in enumerate((u, v, w, self.dust)):
            busy, fall = (cloud, sink) if axis == 3 else (everywhere, 0.0)
            first, second = np.empty_like(f), np.empty_like(f)
            args = (u, v, w, s, axis, np.float32(fall), busy, way)
            _backward(f, *args, first)
            _correct(f, first, *args, second)
            done.append(second)
        self.u, self.v, self.w, self.dust = done

    def carry(self, points: F32, dt: float) -> None:
        """Move points (N, 3), in cells of the endless grid (a centre is an integer), in place."""
        low = np.asarray(self.low, np.float32)
        points -= low
        _carry(points, self.u, self.v, self.w, np.float32(dt / self.cell))
        points += low

    def soften(self, rate: float) -> None:
        """Diffuse the dust a little (sub-grid mixing); rate is the share exchanged, 0..1."""
        out = np.empty_like(self.dust)
        _soften(self.dust, np.float32(rate), out)
        self.dust = out


def compile_kernels() -> None:
    """Compile what this module needs."""
    air = Air(1.0, np.zeros(3), ((0, 0, 0), (4, 4, 4)), (0.0, 0.0))
    air.include((0, 0, 0), (4, 4, 4))
    air.advect(0.1, 0.0)
    air.carry(np.ones((1, 3), np.float32), 0.1)
    air.soften(0.1)

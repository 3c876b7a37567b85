"""Exact pressure projection on a staggered grid: open sides and top, solid ground."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy import fft

F32 = NDArray[np.float32]


@njit(cache=True, nogil=True, fastmath=True)
def _divergence(u, v, w, source, out):
    nx, ny, nz = out.shape
    for i in range(nx):
        for j in range(ny):
            for k in range(nz):
                out[i, j, k] = (
                    u[i + 1, j, k]
                    - u[i, j, k]
                    + v[i, j + 1, k]
                    - v[i, j, k]
                    + w[i, j, k + 1]
                    - w[i, j, k]
                    - source[i, j, k]
                )


@njit(cache=True, nogil=True, fastmath=True)
def _subtract_gradient(u, v, w, p):
    nx, ny, nz = p.shape
    two = np.float32(2.0)
    for j in range(ny):
        for k in range(nz):
            u[0, j, k] -= two * p[0, j, k]
            u[nx, j, k] += two * p[nx - 1, j, k]
    for i in range(1, nx):
        for j in range(ny):
            for k in range(nz):
                u[i, j, k] -= p[i, j, k] - p[i - 1, j, k]
    for i in range(nx):
        for k in range(nz):
            v[i, 0, k] -= two * p[i, 0, k]
            v[i, ny, k] += two * p[i, ny - 1, k]
        for j in range(1, ny):
            for k in range(nz):
                v[i, j, k] -= p[i, j, k] - p[i, j - 1, k]
        for j in range(ny):
            w[i, j, 0] = 0.0
            for k in range(1, nz):
                w[i, j, k] -= p[i, j, k] - p[i, j, k - 1]
            w[i, j, nz] += two * p[i, j, nz - 1]


class Projection:
    """Makes a velocity field obey div(u) = source, exactly, for one grid shape.

    The discrete Laplacian with p = 0 on the open faces and dp/dz = 0 on the ground is diagonal
    in sine (x, y) and quarter-wave cosine (z) bases.
    """

    def __init__(self, shape: tuple[int, int, int]) -> None:
        nx, ny, nz = shape
        a = 2 - 2 * np.cos(np.pi * (np.arange(nx) + 1) / nx)
        b = 2 - 2 * np.cos(np.pi * (np.arange(ny) + 1) / ny)
        c = 2 - 2 * np.cos(np.pi * (np.arange(nz) + 0.5) / nz)
        total = a[:, None, None] + b[None, :, None] + c[None, None, :]
        self.inverse = (-1.0 / total).astype(np.float32)
        self.work = np.empty(shape, np.float32)

    def __call__(self, u: F32, v: F32, w: F32, source: F32) -> None:
        """Change u, v, w [m/s] in place; source is div(u) * cell [m/s], (X, Y, Z)."""
        _divergence(u, v, w, source, self.work)
        h = fft.dstn(self.work, type=2, axes=(0, 1))
        h = fft.dct(h, type=4, axis=2, overwrite_x=True)
        h *= self.inverse
        h = fft.idct(h, type=4, axis=2, overwrite_x=True)
        p = fft.idstn(h, type=2, axes=(0, 1), overwrite_x=True)
        _subtract_gradient(u, v, w, np.ascontiguousarray(p, np.float32))


def compile_kernels() -> None:
    """Compile what this module needs."""
    z = np.zeros
    f = np.float32
    Projection((4, 4, 4))(z((5, 4, 4), f), z((4, 5, 4), f), z((4, 4, 5), f), z((4, 4, 4), f))

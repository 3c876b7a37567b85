"""Periodic noise made once: divergence-free wind, and the lobes of a dust cloud."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numba import njit
from numpy.typing import NDArray

F32 = NDArray[np.float32]


@lru_cache(maxsize=8)
def curl_tile(size: int, low: int, high: int, slope: float, seed: int) -> F32:
    """Divergence-free periodic noise, float32 (size, size, size, 3), unit variance.

    low, high: band in cycles per tile. slope: of the power spectrum (Kolmogorov: 11/3).
    The curl of a random potential (Bridson, Hourihan and Nordenstam, "Curl-noise for procedural
    fluid flow", 2007), made in the Fourier domain.
    """
    rng = np.random.default_rng([seed, size, low, high])
    k = np.fft.fftfreq(size) * size
    kx, ky, kz = np.meshgrid(k, k, np.arange(size // 2 + 1.0), indexing="ij")
    mag = np.sqrt(kx * kx + ky * ky + kz * kz)
    amp = np.where((mag >= low) & (mag <= high), (mag + 1e-9) ** (-slope / 2 - 1), 0.0)
    p = [np.fft.rfftn(rng.standard_normal((size,) * 3)) * amp for _ in range(3)]
    spectrum = (
        1j * (ky * p[2] - kz * p[1]),
        1j * (kz * p[0] - kx * p[2]),
        1j * (kx * p[1] - ky * p[0]),
    )
    field = np.stack([np.fft.irfftn(s, (size,) * 3, axes=(0, 1, 2)) for s in spectrum], axis=-1)
    out: F32 = np.ascontiguousarray(field / field.std(), np.float32)
    return out


@njit(cache=True, nogil=True, fastmath=True)
def _domes(points, cells, size, out, gain):
    """Add gain * max over feature points of 1 - (distance / cell)^2 (inverted Worley noise)."""
    step = size / cells
    for i in range(size):
        for j in range(size):
            for k in range(size):
                x = (i + 0.5) / step
                y = (j + 0.5) / step
                z = (k + 0.5) / step
                a, b, c = int(x), int(y), int(z)
                best = 4.0
                for p in range(-1, 2):
                    for q in range(-1, 2):
                        for r in range(-1, 2):
                            ia, ib, ic = a + p, b + q, c + r
                            f = points[ia % cells, ib % cells, ic % cells]
                            dx = ia + f[0] - x
                            dy = ib + f[1] - y
                            dz = ic + f[2] - z
                            best = min(best, dx * dx + dy * dy + dz * dz)
                out[i, j, k] += gain * (1.0 - best)


@lru_cache(maxsize=4)
def detail_tile(size: int = 64, seed: int = 0) -> F32:
    """What moving patches of dust carry, float32 (size, size, size, 4), periodic.

    Channels 0..2: displacement, unit variance. Channel 3: billows, mean 0, variance 1: round
    bulges with sharp creases in three octaves (the inverse of Worley, "A cellular texture basis
    function", 1996).
    """
    rng = np.random.default_rng([seed, size, 77])
    billow = np.zeros((size,) * 3, np.float32)
    for cells, gain in ((size // 8, 1.0), (size // 4, 0.62), (size // 2, 0.36)):
        points = rng.random((cells, cells, cells, 3)).astype(np.float32)
        _domes(points, cells, size, billow, gain)
    billow = (billow - billow.mean()) / billow.std()
    out = np.empty((size, size, size, 4), np.float32)
    out[..., :3] = curl_tile(size, size // 16, size // 4, 2.8, seed)
    out[..., 3] = billow
    return out


def compile_kernels() -> None:
    """Compile what this module needs."""
    points = np.zeros((2, 2, 2, 3), np.float32)
    _domes(points, 2, 4, np.zeros((4, 4, 4), np.float32), 1.0)

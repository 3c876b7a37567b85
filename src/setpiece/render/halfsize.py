"""Half the size and back again, along the edges that normals show: for light, which is smooth.

Joint bilateral upsampling: J. Kopf, M. Cohen, D. Lischinski and M. Uyttendaele, SIGGRAPH 2007.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from setpiece.render.tracing import J

F32 = NDArray[np.float32]
DOUBT = np.float32(0.3)  # with less than this of its four neighbours, a pixel asks those around too
LEAST = np.float32(1e-4)
NEAR = 2  # px: what is lost of an edge is looked for so far around


def halved(light: F32, normal: F32, where: NDArray[np.bool_]) -> tuple[F32, F32, NDArray[np.bool_]]:
    """Means over 2x2 pixels of light and normal (h, w, 3) where there are any, and where there
    are (h, w): at half the size, rounded up."""
    h, w = where.shape
    size = -(-h // 2), -(-w // 2)
    out, facing = np.zeros((*size, 3), np.float32), np.zeros((*size, 3), np.float32)
    some = np.zeros(size, np.bool_)
    _halve(light, normal, where, out, facing, some)
    return out, facing, some


def doubled(
    small: F32, facing: F32, some: NDArray[np.bool_], normal: F32, out: F32,
    where: NDArray[np.bool_],
) -> None:  # fmt: skip
    """Light `small` (h', w', 3) of faces that look along `facing`, known where `some`, at twice the
    size into out (h, w, 3), where asked: from neighbours that face as normal (h, w, 3) does."""
    _double(small, facing, some, normal, out, where)


def sharpen(smooth: F32, noisy: F32, normal: F32, where: NDArray[np.bool_]) -> None:
    """Put back into smooth (h, w, 3) what it lost of noisy, where that stands out from the noise.

    What differs is averaged over the neighbours that face alike, and weakened as far as so much
    would be left of noise alone (N. Wiener's filter, with the variance seen on the spot).
    """
    _sharpen(noisy - smooth, normal, where, smooth)


@njit(inline="always")
def _alike(n, m):
    """How alike two normals of any length are: their cosine to the power of 8, 0..1."""
    dot = n[0] * m[0] + n[1] * m[1] + n[2] * m[2]
    if dot <= 0:
        return np.float32(0)
    a = n[0] * n[0] + n[1] * n[1] + n[2] * n[2]
    b = m[0] * m[0] + m[1] * m[1] + m[2] * m[2]
    k = dot * dot / (a * b + np.float32(1e-12))  # the cosine, squared
    k *= k
    return k * k


@njit(**J)
def _halve(light, normal, where, out, facing, some):
    h, w = where.shape
    for y in range(out.shape[0]):
        for x in range(out.shape[1]):
            count = np.float32(0)
            for j in range(2 * y, min(2 * y + 2, h)):
                for i in range(2 * x, min(2 * x + 2, w)):
                    if where[j, i]:
                        count += np.float32(1)
                        for c in range(3):
                            out[y, x, c] += light[j, i, c]
                            facing[y, x, c] += normal[j, i, c]
            if count > 0:
                some[y, x] = True
                for c in range(3):
                    out[y, x, c] /= count
                    facing[y, x, c] /= count


@njit(**J)
def _double(small, facing, some, normal, out, where):
    h, w = where.shape
    sh, sw = some.shape
    for y in range(h):
        j0 = (y + 1) // 2 - 1
        b = np.float32(0.75 if y & 1 == 0 else 0.25)  # of the lower of the two rows
        for x in range(w):
            if not where[y, x]:
                continue
            i0 = (x + 1) // 2 - 1
            a = np.float32(0.75 if x & 1 == 0 else 0.25)
            n = normal[y, x]
            total, r, g, u = np.float32(0), np.float32(0), np.float32(0), np.float32(0)
            for q in range(2):
                j = j0 + q
                if j < 0 or j >= sh:
                    continue
                for p in range(2):
                    i = i0 + p
                    if i < 0 or i >= sw or not some[j, i]:
                        continue
                    k = (a if p else 1 - a) * (b if q else 1 - b)
                    k *= _alike(n, facing[j, i]) + LEAST
                    total += k
                    r += k * small[j, i, 0]
                    g += k * small[j, i, 1]
                    u += k * small[j, i, 2]
            if total < DOUBT:
                for j in range(max(j0 - 1, 0), min(j0 + 3, sh)):
                    for i in range(max(i0 - 1, 0), min(i0 + 3, sw)):
                        if not some[j, i]:
                            continue
                        k = np.float32(0.1) * _alike(n, facing[j, i])
                        total += k
                        r += k * small[j, i, 0]
                        g += k * small[j, i, 1]
                        u += k * small[j, i, 2]
            if total > 0:
                out[y, x, 0], out[y, x, 1], out[y, x, 2] = r / total, g / total, u / total


@njit(**J)
def _sharpen(off, normal, where, out):
    h, w = where.shape
    for y in range(h):
        for x in range(w):
            if not where[y, x]:
                continue
            n = normal[y, x]
            total, square, power = np.float32(0), np.float32(0), np.float32(0)
            r, g, u = np.float32(0), np.float32(0), np.float32(0)
            for j in range(max(y - NEAR, 0), min(y + NEAR + 1, h)):
                for i in range(max(x - NEAR, 0), min(x + NEAR + 1, w)):
                    if not where[j, i]:
                        continue
                    k = _alike(n, normal[j, i])
                    total += k
                    square += k * k
                    a, b, c = off[j, i, 0], off[j, i, 1], off[j, i, 2]
                    r += k * a
                    g += k * b
                    u += k * c
                    power += k * (a * a + b * b + c * c)
            if total <= 0:
                continue
            r, g, u = r / total, g / total, u / total
            mean = r * r + g * g + u * u
            left = max(power / total - mean, np.float32(0)) * square / (total * total)
            gain = max(mean - left, np.float32(0)) / (mean + np.float32(1e-12))
            out[y, x, 0] = max(out[y, x, 0] + gain * r, np.float32(0))
            out[y, x, 1] = max(out[y, x, 1] + gain * g, np.float32(0))
            out[y, x, 2] = max(out[y, x, 2] + gain * u, np.float32(0))

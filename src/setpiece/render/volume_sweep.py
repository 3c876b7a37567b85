"""Optical depth of a volume along parallel rays, a pass over its cells whatever their direction."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

F32 = NDArray[np.float32]


@njit(cache=True, nogil=True, fastmath=True)
def _sweep(d, out, ax, ay, length):
    """Optical depth towards plane 0, plane by plane, along rays that stay what they are.

    d: extinction with the dominant axis first, light entering at plane 0; (ax, ay): cells that a
    ray moves sideways from a plane to the one before; length: metres between planes along it.
    Rays start on the cells of plane 0, so that depth is looked up between them once, at its cell:
    handed on from plane to plane it would be blurred each time, and light would be lost at edges.
    """
    planes, nx, ny = d.shape
    one = np.float32(1.0)
    h = np.float32(0.5) * length
    # Cells beside the grid that rays into it start from.
    left = int(np.ceil(max(-ax, 0.0) * (planes - 1)))
    front = int(np.ceil(max(-ay, 0.0) * (planes - 1)))
    wide = nx + 2 + int(np.ceil(abs(ax) * (planes - 1)))
    deep = ny + 2 + int(np.ceil(abs(ay) * (planes - 1)))
    so_far = np.zeros((wide, deep), np.float32)
    row = np.zeros(ny + 2, np.float32)
    for k in range(planes):
        sx, sy = int(np.floor(k * ax)), int(np.floor(k * ay))
        p, q = np.float32(k * ax - sx), np.float32(k * ay - sy)
        for i in range(nx):
            u, v = i + sx + left, sy + front
            for j in range(ny + 1):
                row[j] = (one - p) * so_far[u, v + j] + p * so_far[u + 1, v + j]
            for j in range(ny):
                out[k, i, j] = (one - q) * row[j] + q * row[j + 1] + h * d[k, i, j]
        row[0] = row[ny + 1] = np.float32(0)
        for i in range(nx + 1):
            u, v = i + sx + left, sy + front
            before, after = max(i - 1, 0), min(i, nx - 1)
            pa = p if i > 0 else np.float32(0)
            pb = one - p if i < nx else np.float32(0)
            for j in range(ny):
                row[j + 1] = length * (pa * d[k, before, j] + pb * d[k, after, j])
            for j in range(ny + 1):
                so_far[u, v + j] += q * row[j] + (one - q) * row[j + 1]


def optical_depth(
    density: F32, cell: float, towards: NDArray[np.float64], into: F32 | None = None
) -> F32:
    """Optical depth from every cell's centre out of the volume in direction `towards`, in an array
    of its own or `into` one."""
    axis = int(np.argmax(np.abs(towards)))
    others = [a for a in range(3) if a != axis]
    sign = 1 if towards[axis] > 0 else -1
    # Light enters at the far end along the axis: make that plane 0.
    view = np.moveaxis(density, axis, 0)[::-sign]
    d = np.ascontiguousarray(view)
    out = np.empty_like(d)
    f4 = np.float32
    slope = towards[others] / abs(towards[axis])
    length = cell / abs(towards[axis])
    _sweep(d, out, f4(slope[0]), f4(slope[1]), f4(length))
    depth = np.moveaxis(out[::-sign], 0, axis)
    if into is None:
        return np.ascontiguousarray(depth)
    np.copyto(into, depth)
    return into


def pooled(d: F32, r: int) -> F32:
    """Mean over blocks of r cells, edges padded with empty cells."""
    if r == 1:
        return d
    out = np.empty([-(-n // r) for n in d.shape], np.float32)
    _pool(d, r, np.float32(r**3), out)
    return out


@njit(cache=True, nogil=True)
def _pool(d, r, count, out):
    nx, ny, nz = d.shape
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            for k in range(out.shape[2]):
                total = np.float32(0)
                for a in range(i * r, min(i * r + r, nx)):
                    for b in range(j * r, min(j * r + r, ny)):
                        for c in range(k * r, min(k * r + r, nz)):
                            total += d[a, b, c]
                out[i, j, k] = total / count

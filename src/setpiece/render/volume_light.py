"""How much sun and sky reaches every cell of a volume."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_cdt

from setpiece.render.light import Light
from setpiece.render.volume_kernel import BRICK, brick_max
from setpiece.render.volume_scatter import scattered
from setpiece.render.volume_solids import Solids, open_ways, past_solids
from setpiece.render.volume_sweep import optical_depth, pooled
from setpiece.render.volume_told import BLOCK, Given, given

F32 = NDArray[np.float32]


@dataclass(frozen=True)
class Grain:
    """Detail finer than a volume's cells, made while marching: noise that rides on patches.

    Attributes:
        nearest: the strongest patches around each coarse cell, P where fewer,
            int32 (X', Y', Z', 3).
        patch: float32 (P + 1, 8): position [coarse cells; a centre is an integer], strength 0..1,
            offset of its noise [texels, positive wherever it reaches] and how much one step of
            `tile` is of it; the last has no strength.
        reach: radius of a patch [coarse cells]. ratio: fine cells along a coarse one.
        tile: periodic billows, mean 0, n a power of two, in steps, int8 (n, n, n).
    """

    nearest: NDArray[np.int32]
    patch: F32
    reach: float
    ratio: int
    tile: NDArray[np.int8]


@dataclass(frozen=True)
class Volume:
    """Extinction on a grid.

    Attributes:
        density: extinction [1/m], float32 (X, Y, Z).
        origin: world corner of cell (0, 0, 0) [m], (3,). cell: edge of a cell [m].
        grain: detail below a cell, or None.
    """

    density: F32
    origin: NDArray[np.float64]
    cell: float
    grain: Grain | None = None


@dataclass(frozen=True)
class LitVolume:
    """A volume and the light that reaches it.

    Attributes:
        volume: as given.
        sun_depth: optical depth between each cell's centre and the sun, float32 (X, Y, Z).
        around: on cells `ratio` times as large, float32 (X', Y', Z', 5): light of the sun that was
            scattered twice and more and still knows where it came from (to be dimmed by half of
            `sun_depth`), and that has forgotten; light of the sky; of the ground (see
            `volume_scatter`); share of the sun that solid things let through, 0..1.
        ratio: cells of `volume` along an edge of a cell of `around`.
        to_sun: unit vector towards the sun.
    """

    volume: Volume
    sun_depth: F32
    around: F32
    ratio: int
    to_sun: NDArray[np.float64]

    @cached_property
    def empty(self) -> NDArray[np.int8]:
        """Of each brick, how many bricks away, corners counted as one, the nearest with dust is; a
        brick whose next cells over the border hold dust has some. For the march."""
        density = self.volume.density
        most = np.zeros([-(-n // BRICK) for n in density.shape], np.float32)
        brick_max(density, most)
        full = most > 1e-4
        for axis in range(3):
            lo, hi = [slice(None)] * 3, [slice(None)] * 3
            lo[axis], hi[axis] = slice(None, -1), slice(1, None)
            step = full.copy()
            step[tuple(lo)] |= full[tuple(hi)]
            full = step
        if not full.any():
            return np.full(full.shape, 100, np.int8)
        far = distance_transform_cdt(~full, metric="chessboard")
        return np.asarray(np.minimum(far, 100), np.int8)


def light_volume(volume: Volume, light: Light, solids: Solids | None = None) -> LitVolume:
    """Light every cell: one sweep for the sun at full resolution, eleven coarser ones for what
    wanders.

    The sweeps cost one pass each whatever the direction; the sun may stand anywhere, also low
    or behind. A sun below the horizon lights as if it stood at it. solids: what stands or falls
    in the dust.
    """
    depth, around = surroundings(volume, light, solids)
    return LitVolume(volume, depth, scattered(around), _ratio(volume), light.to_sun)


def _ratio(volume: Volume) -> int:
    return 2 if min(volume.density.shape) >= 8 else 1


def surroundings(volume: Volume, light: Light, solids: Solids | None) -> tuple[F32, Given]:
    """(depth towards the sun (X, Y, Z), what `scattered` is given of cells twice as large)."""
    sun = light.to_sun
    d = np.ascontiguousarray(volume.density, np.float32)
    depth = optical_depth(d, volume.cell, sun)
    ratio = _ratio(volume)
    coarse = pooled(d, ratio)
    size = volume.cell * ratio
    hidden = None if solids is None else solids.occluded
    free = past_solids(volume.origin, size, coarse, light, hidden, depth[::ratio, ::ratio, ::ratio])
    own = np.empty_like(coarse)
    _sunlit(d, depth, coarse, free, ratio, own)

    def ways(blocks: F32, depths: F32) -> F32 | None:
        return open_ways(volume.origin, size * BLOCK, blocks, depths, solids)

    return depth, given(coarse, size, sun, free, own, ways)


@njit(cache=True, nogil=True, fastmath=True)
def _sunlit(d, tau, coarse, free, ratio, out):
    """Share of the sun that the dust of each cell of out (X', Y', Z') has on the mean.

    coarse, free: extinction and sun past solids there. d, tau: extinction and depth towards the
    sun, on cells `ratio` times smaller.
    """
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            for k in range(out.shape[2]):
                if coarse[i, j, k] < np.float32(1e-5):
                    # Beside dust a cell is as sunlit as its place.
                    out[i, j, k] = free[i, j, k] * np.exp(-tau[i * ratio, j * ratio, k * ratio])
                    continue
                lit, mass = np.float32(0), np.float32(0)
                for p in range(i * ratio, min((i + 1) * ratio, d.shape[0])):
                    for q in range(j * ratio, min((j + 1) * ratio, d.shape[1])):
                        for r in range(k * ratio, min((k + 1) * ratio, d.shape[2])):
                            mass += d[p, q, r]
                            if tau[p, q, r] < np.float32(12):
                                lit += d[p, q, r] * np.exp(-tau[p, q, r])
                out[i, j, k] = free[i, j, k] * lit / mass


@njit(cache=True, nogil=True)
def _lookup(points, depth, origin, cell, sun, out):
    nx, ny, nz = depth.shape
    for n in range(points.shape[0]):
        x = (points[n, 0] - origin[0]) / cell
        y = (points[n, 1] - origin[1]) / cell
        z = (points[n, 2] - origin[2]) / cell
        near, far = 0.0, 1e30
        for a in range(3):
            p = x if a == 0 else (y if a == 1 else z)
            size = float(nx if a == 0 else (ny if a == 1 else nz))
            s = sun[a]
            if abs(s) < 1e-9:
                if p < 0.0 or p > size:
                    far = -1.0
                continue
            t0, t1 = -p / s, (size - p) / s
            if t0 > t1:
                t0, t1 = t1, t0
            near, far = max(near, t0), min(far, t1)
        if far <= near:
            out[n] = 1.0
            continue
        x, y, z = x + near * sun[0] - 0.5, y + near * sun[1] - 0.5, z + near * sun[2] - 0.5
        x = min(max(x, 0.0), nx - 1.001)
        y = min(max(y, 0.0), ny - 1.001)
        z = min(max(z, 0.0), nz - 1.001)
        i, j, k = int(x), int(y), int(z)
        a, b, c = x - i, y - j, z - k
        t = 0.0
        for p in range(2):
            for q in range(2):
                for r in range(2):
                    w = (a if p else 1 - a) * (b if q else 1 - b) * (c if r else 1 - c)
                    t += w * depth[i + p, j + q, k + r]
        out[n] = np.exp(-t)


def sun_transmittance(lit: LitVolume, points: NDArray) -> F32:
    """Share of the sun's light that reaches world points (..., 3) [m] through the volume, (...).

    For shadows on the ground, on pieces and on neighbours: points may lie outside the volume.
    """
    points = np.asarray(points, np.float32)
    flat = np.ascontiguousarray(points.reshape(-1, 3))
    out = np.empty(len(flat), np.float32)
    origin = np.asarray(lit.volume.origin, np.float64)
    _lookup(flat, lit.sun_depth, origin, float(lit.volume.cell), lit.to_sun, out)
    return out.reshape(points.shape[:-1])


def compile_kernels() -> None:
    """Compile what this module needs."""
    lit = light_volume(Volume(np.zeros((3, 3, 3), np.float32), np.zeros(3), 1.0), Light())
    sun_transmittance(lit, np.zeros((1, 3), np.float32))

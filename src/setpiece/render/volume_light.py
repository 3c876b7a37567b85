"""How much sun and sky reaches every cell of a volume."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_cdt, gaussian_filter

from setpiece.render.light import Light, sunlit
from setpiece.render.volume_kernel import BRICK, brick_max

F32 = NDArray[np.float32]
Hidden = Callable[[F32, F32], NDArray[np.bool_]]

# Sky seen from inside a cloud: directions over the upper hemisphere and their share of the light.
SKY = (
    ((0.0, 0.0, 1.0), 0.28),
    ((0.80, 0.25, 0.55), 0.18),
    ((-0.80, -0.25, 0.55), 0.18),
    ((0.25, -0.80, 0.55), 0.18),
    ((-0.25, 0.80, 0.55), 0.18),
)
# What arrives of sky and ground after an optical depth: most of it has wandered, for mineral dust
# swallows little light. Fitted to a path tracer as the sun's light is (`volume_kernel`); the
# ground's first share comes in from the sides.
FROM_SKY = (0.18, 0.77)  # times exp(-depth), exp(-depth / 16)
FROM_GROUND = (0.33, 0.50, 0.43)  # times 1, exp(-depth), exp(-depth / 32)


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
        sky: share of the sky's light that arrives, scattering included, 0..1, float32
            (X', Y', Z'), on cells `ratio` times as large.
        ground: the same for light that comes up from the ground.
        clear: share of the sun that solid things let through to each of those cells, 0..1.
        met: share of the directions around each of those cells in which light meets dust, 0..1:
            what has been scattered is scattered again there, elsewhere it leaves.
        ratio: cells of `volume` along an edge of a cell of `sky`.
        to_sun: unit vector towards the sun.
    """

    volume: Volume
    sun_depth: F32
    sky: F32
    ground: F32
    clear: F32
    met: F32
    ratio: int
    to_sun: NDArray[np.float64]

    @cached_property
    def around(self) -> F32:
        """sky, ground, clear and met side by side (X', Y', Z', 4), for the march."""
        return np.stack([self.sky, self.ground, self.clear, self.met], axis=-1)

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


def optical_depth(density: F32, cell: float, towards: NDArray[np.float64]) -> F32:
    """Optical depth from every cell's centre out of the volume in direction `towards`."""
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
    return np.ascontiguousarray(np.moveaxis(out[::-sign], 0, axis))


def pooled(d: F32, r: int) -> F32:
    """Mean over blocks of r cells, edges padded with empty cells."""
    if r == 1:
        return d
    shape = [-(-n // r) for n in d.shape]
    out = np.zeros(shape, np.float32)
    for a in range(r):
        for b in range(r):
            for c in range(r):
                s = d[a::r, b::r, c::r]
                out[: s.shape[0], : s.shape[1], : s.shape[2]] += s
    out /= np.float32(r**3)
    return out


def light_volume(volume: Volume, light: Light, hidden: Hidden | None = None) -> LitVolume:
    """Light every cell: one sweep for the sun at full resolution, six coarser ones for the sky.

    The sweeps cost one pass each whatever the direction; the sun may stand anywhere, also low
    or behind. A sun below the horizon lights as if it stood at it. hidden: True where a solid
    thing stands between world points (n, 3) [m] and the sun, by rays along (n, 3).
    """
    sun = light.to_sun
    d = np.ascontiguousarray(volume.density, np.float32)
    depth = optical_depth(d, volume.cell, sun)
    ratio = 2 if min(d.shape) >= 8 else 1
    coarse = pooled(d, ratio)
    sky, met = np.zeros_like(coarse), np.zeros_like(coarse)
    part = np.float32(1 / (len(SKY) + 1))
    for direction, share in SKY:
        v = np.asarray(direction)
        t = optical_depth(coarse, volume.cell * ratio, v / np.linalg.norm(v))
        _arrives(t, np.float32(share), part, sky, met)
    below = optical_depth(coarse, volume.cell * ratio, np.array([0.0, 0.0, -1.0]))
    ground = _from_below(below, part, met)
    clear = past_solids(volume, coarse, ratio, light, hidden)
    return LitVolume(volume, depth, sky, ground, clear, met, ratio, sun)


# Where in a cell the sun is looked for: four corners of a cube, so that edges are soft.
LOOKS = np.array([[-1, -1, -1], [1, 1, -1], [1, -1, 1], [-1, 1, 1]], np.float32) * 0.25


def past_solids(
    volume: Volume, coarse: F32, ratio: int, light: Light, hidden: Hidden | None
) -> F32:
    """Sun past solid things in every cell that holds dust, softened by a cell, 0..1.

    coarse: the volume's density on cells `ratio` times as large. hidden: as in `light_volume`.
    """
    sun = light.to_sun
    out = np.ones(coarse.shape, np.float32)
    dusty = np.argwhere(coarse > 1e-3)
    if len(dusty) == 0 or (hidden is None and light.shade[0] <= 0):
        return out
    size = volume.cell * ratio
    # Two looks a cell, the other two in those beside it: what is done to them next is their mean.
    turn = dusty.sum(1) % 2
    share = np.zeros(len(dusty), np.float32)
    towards = np.ascontiguousarray(np.broadcast_to(sun.astype(np.float32), (len(dusty), 3)))
    for look in (LOOKS[turn], LOOKS[turn + 2]):
        at = (np.asarray(volume.origin) + (dusty + 0.5 + look) * size).astype(np.float32)
        seen = sunlit(light, at)
        if hidden is not None:
            seen = seen * ~hidden(at, towards)
        share += seen / np.float32(2)
    weight = np.zeros_like(out)
    value = np.zeros_like(out)
    weight[tuple(dusty.T)] = 1
    value[tuple(dusty.T)] = share
    # Only cells with dust know: the mean of those around.
    value, weight = gaussian_filter(value, 0.7), gaussian_filter(weight, 0.7)
    known = weight > 1e-3
    out[known] = value[known] / weight[known]
    return out


@njit(cache=True, nogil=True, fastmath=True)
def _arrives(depth, share, part, sky, met):
    """Adds what arrives of a direction's share of the sky, and part of what is met there."""
    one, near, far = np.float32(1), np.float32(FROM_SKY[0]), np.float32(FROM_SKY[1])
    t, s, m = depth.ravel(), sky.ravel(), met.ravel()
    for n in range(t.size):
        e = np.exp(np.float32(-0.0625) * t[n])
        r = e * e
        r *= r
        r *= r
        r *= r
        s[n] += share * (near * r + far * e)
        m[n] += part * (one - r)


@njit(cache=True, nogil=True, fastmath=True)
def _from_below(depth, part, met):
    """The same for the ground, which is returned."""
    out = np.empty_like(depth)
    side, near, far = (np.float32(FROM_GROUND[0]), np.float32(FROM_GROUND[1]),
                       np.float32(FROM_GROUND[2]))  # fmt: skip
    t, g, m = depth.ravel(), out.ravel(), met.ravel()
    for n in range(t.size):
        r = np.exp(-t[n])
        g[n] = side + near * r + far * np.exp(np.float32(-0.03125) * t[n])
        m[n] += part * (np.float32(1) - r)
    return out


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

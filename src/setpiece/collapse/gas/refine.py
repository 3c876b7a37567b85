"""From the coarse dust of the simulation to the fine dust of the picture."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter

from setpiece.collapse.gas.grid import lerp3
from setpiece.collapse.gas.heads import crispness, heads, raised
from setpiece.collapse.gas.noise import detail_tile
from setpiece.collapse.gas.texture import BIN, REACH
from setpiece.render.volume_light import Grain

F32 = NDArray[np.float32]
BRICK = 8  # cells along an edge of the bricks that are worked on one by one
PLAIN = 0.1  # of a lobe over its foot, on the mean: as much dust then as there was
# optical depth before a brick, as the coarse dust has it, behind which nothing is seen
BURIED = 12.0
# What calm dust has of lobes, of displacement and of billows; crisp dust has 1 of each.
LOW, DRAWN, SOFT = 0.7, 1.3, 0.4
FAINT = 0.004**0.5  # weight under which a patch's noise is none
FAR, NONE = 3, 0.01  # cells that noise carries dust at most, and density that is none to carry
U1, U2, U3, U4 = np.uint64(1), np.uint64(2), np.uint64(3), np.uint64(4)
STEP = np.float32(5 / 127)  # of the noise, as whole numbers of one byte have it
ROW = int(4 * REACH) + 4  # texels of noise on a row through a patch, and some to spare


@njit(cache=True, nogil=True, fastmath=True)
def _refine(
    d, active, wanted, point, strength, crisp, key, start, tile, r, warp, carve, lobes, floor, out
):
    """Dust at r times the resolution; see `refine`. tile: as `_rows` gives it."""
    bx, by, bz = active.shape
    nx, ny, nz = d.shape
    side = BRICK * r
    acc = np.empty((side, side, side, 4), np.float32)
    wsum = np.empty((side, side, side), np.float32)
    dome = np.empty((side, side, side), np.float32)
    row = np.empty(160, np.float32)
    least, most = np.empty((side, side), np.int64), np.empty((side, side), np.int64)
    inv = np.float32(1.0 / r)
    half = np.float32(0.5)
    one = np.float32(1.0)
    gain, soft = np.float32(1.5), np.float32(0.2)
    flat = lobes * np.float32(PLAIN)  # what lobes add on the whole, where they are not seen
    for bi in range(bx):
        for bj in range(by):
            for bk in range(bz):
                if active[bi, bj, bk] == 0:
                    continue
                x0, y0, z0 = bi * side, bj * side, bk * side
                x1 = min(x0 + side, nx * r)
                y1 = min(y0 + side, ny * r)
                z1 = min(z0 + side, nz * r)
                least[:], most[:] = 0, z1 - z0
                if active[bi, bj, bk] == 1:
                    if not _columns(wanted, x0 // r, y0 // r, z0 // r, r, least, most):
                        continue
                    acc[:] = 0
                    wsum[:] = np.float32(1e-6)
                    dome[:] = 0
                    for ci in range(max(bi - 1, 0), min(bi + 2, bx)):
                        for cj in range(max(bj - 1, 0), min(bj + 2, by)):
                            for ck in range(max(bk - 1, 0), min(bk + 2, bz)):
                                c = (ci * by + cj) * bz + ck
                                for q in range(start[c], start[c + 1]):
                                    _carried(
                                        point[q], strength[q], crisp[q], key[q], x0, y0, z0, r,
                                        least, most, tile, row, acc, wsum, dome,
                                    )  # fmt: skip
                for i in range(x0, x1):
                    x = (np.float32(i) + half) * inv - half
                    for j in range(y0, y1):
                        y = (np.float32(j) + half) * inv - half
                        for k in range(z0 + least[i - x0, j - y0], z0 + most[i - x0, j - y0]):
                            z = (np.float32(k) + half) * inv - half
                            if active[bi, bj, bk] == 2:
                                out[i, j, k] = lerp3(d, x, y, z)
                                continue
                            if active[bi, bj, bk] == 3:
                                e = lerp3(d, x, y, z)
                                t = e + flat * e / (e + np.float32(0.35)) - floor * e / (e + floor)
                                t = max(t, np.float32(0.0))
                                out[i, j, k] = min(gain * t * t / (t + soft), np.float32(4.0))
                                continue
                            a, b, c = i - x0, j - y0, k - z0
                            s = one / np.sqrt(wsum[a, b, c] + np.float32(1e-5))
                            # The ground is a floor: less up and down near it, and mirrored.
                            lift = min((z + half) * np.float32(0.4), one)
                            qx = x + warp * s * acc[a, b, c, 0]
                            qy = y + warp * s * acc[a, b, c, 1]
                            qz = z + warp * lift * s * acc[a, b, c, 2]
                            e = lerp3(d, qx, qy, abs(qz))
                            if e <= 0:
                                continue
                            bump = lobes * (dome[a, b, c] - np.float32(0.55))
                            bump += carve * s * acc[a, b, c, 3]
                            # Carving moves the edge of the cloud in and out; thick dust keeps its
                            # amount, thin dust is not turned into threads.
                            t = e + bump * e / (e + np.float32(0.35)) - floor * e / (e + floor)
                            t = max(t, np.float32(0.0))
                            out[i, j, k] = min(gain * t * t / (t + soft), np.float32(4.0))


@njit(inline="always")
def _columns(wanted, i0, j0, k0, r, least, most):
    """First and last fine cell that is wanted in each column of a brick; whether any is."""
    some = False
    for i in range(BRICK):
        for j in range(BRICK):
            low, high = BRICK, 0
            if i0 + i < wanted.shape[0] and j0 + j < wanted.shape[1]:
                for k in range(min(BRICK, wanted.shape[2] - k0)):
                    if wanted[i0 + i, j0 + j, k0 + k]:
                        low, high = min(low, k), k + 1
            some = some or high > 0
            for a in range(i * r, i * r + r):
                for b in range(j * r, j * r + r):
                    least[a, b], most[a, b] = low * r, high * r
    return some


# Put into its caller: linked to it, its sums would differ between a run that compiles and one that
# finds it compiled.
@njit(inline="always")
def _carried(point, s, crisp, key, x0, y0, z0, r, least, most, tile, row, acc, wsum, dome):
    """Adds what one patch does to the fine cells of a brick from (x0, y0, z0) on.

    least, most: what is wanted of each column of it. acc (.., 4): its noise. wsum: the square of
    its weights. dome: height of the highest lobe.
    """
    n = tile.shape[0]
    half, one = np.float32(0.5), np.float32(1.0)
    texel = np.float32(2.0)  # texels of noise in a cell
    inv, rr = np.float32(1.0 / r), np.float32(1.0 / (REACH * REACH))
    px, py, pz = point[0], point[1], point[2]
    ox = np.float32(key & 1023) * np.float32(n / 1024.0) + np.float32(n)
    oy = np.float32((key >> 10) & 1023) * np.float32(n / 1024.0) + np.float32(n)
    oz = np.float32((key >> 20) & 1023) * np.float32(n / 1024.0) + np.float32(n)
    size = np.float32(0.62 + 0.38 * ((key >> 30) & 3) / 3.0)
    steep = np.float32(1.6) / (size * size)
    top = s * (np.float32(LOW) + np.float32(1 - LOW) * crisp)
    draw = STEP * (np.float32(DRAWN) + np.float32(1 - DRAWN) * crisp)
    bulge = STEP * (np.float32(SOFT) + np.float32(1 - SOFT) * crisp)
    # Of what is left towards its rim: with less than this it has no lobe, and no noise to speak of.
    rim = one - one / steep
    faint = np.sqrt(np.float32(FAINT) / max(s, np.float32(1e-6)))
    reach = np.float32(REACH) * np.sqrt(max(one - min(rim, faint), np.float32(0)))
    side = acc.shape[0]
    t, into, heavy = tile.ravel(), acc.ravel(), wsum.ravel()
    for i in range(
        max(int(np.floor((px - reach + half) * r - half)) + 1 - x0, 0),
        min(int(np.floor((px + reach + half) * r - half)) + 1 - x0, side),
    ):
        x = (np.float32(x0 + i) + half) * inv - half - px
        for j in range(
            max(int(np.floor((py - reach + half) * r - half)) + 1 - y0, 0),
            min(int(np.floor((py + reach + half) * r - half)) + 1 - y0, side),
        ):
            low, high = least[i, j], most[i, j]
            y = (np.float32(y0 + j) + half) * inv - half - py
            e = one - (x * x + y * y) * rr
            if e > rim:
                far = np.float32(REACH) * np.sqrt(e - rim)
                ka = max(int(np.floor((pz - far + half) * r - half)) + 1 - z0, low)
                kb = min(int(np.floor((pz + far + half) * r - half)) + 1 - z0, high)
                for k in range(ka, kb):
                    z = (np.float32(z0 + k) + half) * inv - half - pz
                    b = top * (one - (one - e + z * z * rr) * steep)
                    dome[i, j, k] = max(dome[i, j, k], b)
            if e <= faint:
                continue
            far = np.float32(REACH) * np.sqrt(e - faint)
            ka = max(int(np.floor((pz - far + half) * r - half)) + 1 - z0, low)
            kb = min(int(np.floor((pz + far + half) * r - half)) + 1 - z0, high)
            if kb <= ka:
                continue
            # The noise along this row of fine cells, from the four rows of the tile around it.
            tx, ty = x * texel + ox, y * texel + oy
            a0, b0 = int(tx), int(ty)
            fa, fb = tx - np.float32(a0), ty - np.float32(b0)
            a0, b0 = a0 & (n - 1), b0 & (n - 1)
            a1, b1 = (a0 + 1) & (n - 1), (b0 + 1) & (n - 1)
            w00, w01 = (one - fa) * (one - fb), (one - fa) * fb
            w10, w11 = fa * (one - fb), fa * fb
            tz = ((np.float32(z0 + ka) + half) * inv - half - pz) * texel + oz
            first = int(tz)
            tz = ((np.float32(z0 + kb - 1) + half) * inv - half - pz) * texel + oz
            # Unsigned, for an index that may be negative keeps all this from becoming vectors.
            start, wide = np.uint64(4 * (first & (n - 1))), np.uint64(tile.shape[2])
            r00 = np.uint64(a0 * n + b0) * wide + start
            r01 = np.uint64(a0 * n + b1) * wide + start
            r10 = np.uint64(a1 * n + b0) * wide + start
            r11 = np.uint64(a1 * n + b1) * wide + start
            last = int(tz) - first
            for c in range(np.uint64(4 * (last + 2))):
                row[c] = w00 * t[r00 + c] + w01 * t[r01 + c] + w10 * t[r10 + c] + w11 * t[r11 + c]
            at = np.uint64((i * side + j) * side + ka)
            for k in range(kb - ka):
                z = (np.float32(z0 + ka + k) + half) * inv - half - pz
                g = e - z * z * rr
                g = g * g * s
                g = g * g
                tz = z * texel + oz
                # Compiled apart from `first`, it may round to the other side: never past the row.
                c = min(max(int(tz) - first, 0), last)
                f = tz - np.float32(first + c)
                v, o = np.uint64(4 * c), at * U4
                p, q = g * draw, g * bulge
                v0, v1, v2, v3 = row[v], row[v + U1], row[v + U2], row[v + U3]
                v += U4
                d0, d1, d2, d3 = row[v] - v0, row[v + U1] - v1, row[v + U2] - v2, row[v + U3] - v3
                v0, v1, v2, v3 = v0 + f * d0, v1 + f * d1, v2 + f * d2, v3 + f * d3
                d0, d1, d2, d3 = into[o], into[o + U1], into[o + U2], into[o + U3]
                d0, d1, d2, d3 = d0 + p * v0, d1 + p * v1, d2 + p * v2, d3 + q * v3
                into[o], into[o + U1], into[o + U2], into[o + U3] = d0, d1, d2, d3
                heavy[at] += g * g
                at += U1


def refine(
    dust: F32,
    position: F32,
    strength: F32,
    key: NDArray[np.uint32],
    detail: int,
    *,
    warp: float = 1.1,
    carve: float = 0.3,
    lobes: float = 0.75,
    floor: float = 0.05,
    seed: int = 0,
    seen: NDArray[np.bool_] | None = None,
    height: F32 | None = None,
) -> F32:
    """Dust density at `detail` times the resolution, with lobes and creases that ride the flow.

    dust: (X, Y, Z) density. position: patch positions in cells of `dust` (a centre is an
    integer), (P, 3). Returns float32 (X * detail, Y * detail, Z * detail).

    The density gets its large heads (see `gas.heads`), is read at positions displaced by the
    patches' noise (warp, in cells), then its edge is moved by lobes around the patches and by finer
    billows (carve), then sharpened. seen: the bricks (see `bricks_seen`) that get all that; others,
    which only keep light from what is seen, are as thick but smooth. None is all. height: of the
    heads (X, Y, Z) that the dust has already; None gives it those of these patches.
    """
    nx, ny, nz = dust.shape
    if height is None:
        height = heads(dust.shape, position, strength, key)
        dust = raised(dust, height)
    crisp = crispness(height, position)
    most, least = _blocks(dust), -_blocks(-dust)
    blocks = most.shape
    active = (most > 1e-3).astype(np.uint8)
    if seen is not None:
        active[(active == 1) & ~seen] = 3
    active[least > 2.0] = 2  # deep inside nothing of this is seen
    wanted = maximum_filter(dust, 2 * FAR + 1) > NONE
    brick = np.clip(np.floor((position + 0.5) / BRICK).astype(np.int64), 0, np.array(blocks) - 1)
    flat = (brick[:, 0] * blocks[1] + brick[:, 1]) * blocks[2] + brick[:, 2]
    order = np.lexsort((key, flat))
    count = np.bincount(flat, minlength=int(np.prod(blocks)))
    start = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
    out = np.zeros((nx * detail, ny * detail, nz * detail), np.float32)
    f4 = np.float32
    _refine(
        np.ascontiguousarray(dust, f4), active, wanted, np.ascontiguousarray(position[order], f4),
        np.ascontiguousarray(strength[order], f4), crisp[order], key[order].astype(np.int64), start,
        _rows(seed), detail, f4(warp), f4(carve), f4(lobes), f4(floor), out,
    )  # fmt: skip
    return out


@lru_cache(maxsize=4)
def _stepped(seed: int) -> NDArray[np.int8]:
    """The noise that patches carry, in steps: a quarter of the memory, which is what takes time."""
    tile = np.rint(detail_tile(64, seed) / STEP)
    return np.asarray(np.clip(tile, -127, 127), np.int8)


@lru_cache(maxsize=4)
def _rows(seed: int) -> NDArray[np.int8]:
    """The same, each row going on past its end as it began; (64, 64, what a row holds)."""
    tile = _stepped(seed)
    return np.concatenate([tile, tile[:, :, :ROW]], axis=2).reshape(*tile.shape[:2], -1)


@njit(cache=True, nogil=True, fastmath=True)
def _strongest(d, near, point, strength, start, bins, out):
    """The three patches that weigh most at each cell's centre; see `grain`."""
    nx, ny, nz = d.shape
    far = int(np.ceil(REACH / BIN))
    for i in range(nx):
        for j in range(ny):
            for k in range(nz):
                if not near[i // BRICK, j // BRICK, k // BRICK]:
                    continue
                b0, b1, b2 = np.float32(0), np.float32(0), np.float32(0)
                n0 = n1 = n2 = len(point)
                for ci in range(max(i // BIN - far, 0), min(i // BIN + far + 1, bins[0])):
                    for cj in range(max(j // BIN - far, 0), min(j // BIN + far + 1, bins[1])):
                        ck0 = max(k // BIN - far, 0)
                        ck1 = min(k // BIN + far + 1, bins[2])
                        row = (ci * bins[1] + cj) * bins[2]
                        for q in range(start[row + ck0], start[row + ck1]):
                            x, y, z = i - point[q, 0], j - point[q, 1], k - point[q, 2]
                            g = np.float32(1.0) - (x * x + y * y + z * z) / (REACH * REACH)
                            if g <= 0:
                                continue
                            g = g * g * strength[q]
                            if g > b0:
                                b2, n2, b1, n1, b0, n0 = b1, n1, b0, n0, g, q
                            elif g > b1:
                                b2, n2, b1, n1 = b1, n1, g, q
                            elif g > b2:
                                b2, n2 = g, q
                out[i, j, k, 0], out[i, j, k, 1], out[i, j, k, 2] = n0, n1, n2


def bricks_seen(
    dust: F32, depth: float, eye: NDArray[np.float64], sides: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Bricks of dust (X, Y, Z) of which an eye may see anything, bool.

    depth: optical depth of a cell of density 1. eye: (3,) [cells; a centre is an integer]. sides:
    (n, 4) planes that bound what it sees, a point of it on the positive side of all.
    """
    out = np.zeros([-(-n // BRICK) for n in dust.shape], np.bool_)
    _look(np.ascontiguousarray(dust, np.float32), np.float32(depth), eye, sides, out)
    return out


@njit(cache=True, nogil=True)
def _look(d, depth, eye, sides, out):
    limit = np.float32(BURIED) / depth
    for bi in range(out.shape[0]):
        for bj in range(out.shape[1]):
            for bk in range(out.shape[2]):
                for spot in range(125):
                    # corners of the brick, and the middle of what lies between
                    x = bi * BRICK + 2.0 * (spot // 25) - 0.5
                    y = bj * BRICK + 2.0 * (spot // 5 % 5) - 0.5
                    z = bk * BRICK + 2.0 * (spot % 5) - 0.5
                    inside = True
                    for s in range(sides.shape[0]):
                        side = sides[s, 0] * x + sides[s, 1] * y + sides[s, 2] * z + sides[s, 3]
                        inside = inside and side > -2.0
                    if inside and _reaches(d, limit, eye, x, y, z):
                        out[bi, bj, bk] = True
                        break


@njit(inline="always")
def _reaches(d, limit, eye, x, y, z):
    """Whether less than `limit` of dust lies between a point and the eye, in steps of a cell."""
    nx, ny, nz = d.shape
    dx, dy, dz = eye[0] - x, eye[1] - y, eye[2] - z
    far = np.sqrt(dx * dx + dy * dy + dz * dz) + 1e-9
    dx, dy, dz = dx / far, dy / far, dz / far
    passed = np.float32(0)
    t = 0.5
    while t < far:
        i, j, k = int(x + t * dx + 0.5), int(y + t * dy + 0.5), int(z + t * dz + 0.5)
        if i < 0 or j < 0 or k < 0 or i >= nx or j >= ny or k >= nz:
            # the corner of a brick may lie past the last cell; after that the way is clear
            if t > 2.0:
                return True
        else:
            passed += d[i, j, k]
            if passed > limit:
                return False
        t += 1.0
    return True


def grain(
    dust: F32,
    position: F32,
    strength: F32,
    key: NDArray[np.uint32],
    detail: int,
    seed: int = 0,
    seen: NDArray[np.bool_] | None = None,
) -> Grain:
    """What `render.volume.march` needs to go on below the cells of the refined dust.

    Arguments as for `refine`.
    """
    bins = np.array([-(-n // BIN) for n in dust.shape])
    cell = np.clip(np.floor((position + 0.5) / BIN).astype(np.int64), 0, bins - 1)
    flat = (cell[:, 0] * bins[1] + cell[:, 1]) * bins[2] + cell[:, 2]
    order = np.lexsort((key, flat))
    start = np.concatenate([[0], np.cumsum(np.bincount(flat, minlength=int(bins.prod())))])
    point = np.ascontiguousarray(position[order], np.float32)
    weight = np.ascontiguousarray(strength[order], np.float32)
    nearest = np.full((*dust.shape, 3), len(point), np.int32)
    near = _blocks(dust) > 1e-3
    if seen is not None:
        near &= seen
    _strongest(dust, near, point, weight, start.astype(np.int64), bins, nearest)
    tile = np.ascontiguousarray(_stepped(seed)[..., 3])
    patch = np.zeros((len(point) + 1, 8), np.float32)
    patch[:-1, :3], patch[:-1, 3] = point, weight
    k = key[order].astype(np.int64)
    for axis in range(3):
        # whole tiles more, so that it is positive
        patch[:-1, 4 + axis] = ((k >> 10 * axis) & 1023) * (len(tile) / 1024.0) + 16 * len(tile)
    crisp = crispness(heads(dust.shape, position, strength, key), point)
    patch[:-1, 7] = STEP * (SOFT + (1 - SOFT) * crisp)
    return Grain(nearest, patch, REACH, detail, tile)


def _blocks(dust: F32) -> F32:
    """Maximum over each brick and its 26 neighbours."""
    a = dust
    for axis in range(3):
        a = np.maximum.reduceat(a, np.arange(0, dust.shape[axis], BRICK), axis=axis)
    for axis in range(3):
        b = a.copy()
        lo = [slice(None)] * 3
        hi = [slice(None)] * 3
        lo[axis], hi[axis] = slice(None, -1), slice(1, None)
        b[tuple(hi)] = np.maximum(b[tuple(hi)], a[tuple(lo)])
        b[tuple(lo)] = np.maximum(b[tuple(lo)], a[tuple(hi)])
        a = b
    return a


def compile_kernels() -> None:
    """Compile what this module needs."""
    dust = np.ones((4, 4, 4), np.float32)
    one = np.ones(1, np.float32)
    refine(dust, np.ones((1, 3), np.float32), one, np.ones(1, np.uint32), 2)
    bricks_seen(dust, 1.0, np.zeros(3), np.zeros((4, 4)))
    grain(dust, np.ones((1, 3), np.float32), one, np.ones(1, np.uint32), 2)

"""Nearest-neighbour search between patches, and voting: the kernels of the completion.

Method: C. Barnes et al., "PatchMatch: a randomized correspondence algorithm for structural image
editing", SIGGRAPH 2009, for the search; Y. Wexler, E. Shechtman, M. Irani, "Space-time completion
of video", PAMI 2007, for the vote. Kernels are serial and use their own random numbers, so one
seed gives one picture.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

F32 = NDArray[Any]  # float32; OpenCV's stubs do not say so
I32 = NDArray[np.int32]
U8 = NDArray[np.uint8]


@njit(cache=True, nogil=True, fastmath=True)
def _random(state, n):
    """Next number in [0, n) of a 64-bit xorshift generator held in `state`."""
    x = state[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    state[0] = x
    return np.int64((x >> np.uint64(33)) % np.uint64(n))


@njit(cache=True, nogil=True, fastmath=True)
def _distance(img, conf, ty, tx, sy, sx, r, slope, kind, price, best):
    """Weighted mean squared difference of two patches, plus the prices of a change of height and
    of the source's material where the target is.

    Pixels of the target patch that lie outside the frame are left out. Gives up once the sum is
    certain to exceed `best`.
    """
    h, w, channels = img.shape
    y0, y1 = max(-r, -ty), min(r, h - 1 - ty)
    x0, x1 = max(-r, -tx), min(r, w - 1 - tx)
    weight = np.float32(0.0)
    for dy in range(y0, y1 + 1):
        for dx in range(x0, x1 + 1):
            weight += conf[ty + dy, tx + dx]
    move = (slope[ty, 0] - slope[sy, 0]) * slope[ty, 1]
    extra = move * move
    extra += price[ty * price.shape[0] // h, tx * price.shape[1] // w, kind[sy, sx]]
    limit = (best - extra) * weight
    if limit <= 0.0:
        return best + np.float32(1.0)
    total = np.float32(0.0)
    for dy in range(y0, y1 + 1):
        for dx in range(x0, x1 + 1):
            d2 = np.float32(0.0)
            for c in range(channels):
                d = img[ty + dy, tx + dx, c] - img[sy + dy, sx + dx, c]
                d2 += d * d
            total += d2 * conf[ty + dy, tx + dx]
        if total > limit:
            return best + np.float32(1.0)
    return total / weight + extra


@njit(cache=True, nogil=True, fastmath=True)
def measure(img, conf, targets, nnf, dist, r, slope, kind, price):
    """Fill `dist` for the matches in `nnf` (h, w, 2), at the target centres (n, 2) [y, x]."""
    big = np.float32(1e18)
    for i in range(len(targets)):
        y, x = targets[i]
        sy, sx = nnf[y, x, 0], nnf[y, x, 1]
        dist[y, x] = _distance(img, conf, y, x, sy, sx, r, slope, kind, price, big)


@njit(cache=True, nogil=True, fastmath=True)
def count_use(targets, nnf, use):
    """How often each 4x4 block of sources is used by the matches, into `use`."""
    use[:] = 0
    for i in range(len(targets)):
        y, x = targets[i]
        use[nnf[y, x, 0] >> 2, nnf[y, x, 1] >> 2] += np.float32(1.0)


@njit(cache=True, nogil=True, fastmath=True)
def search(
    img, conf, valid, is_target, targets, nnf, dist, use, r, slope, greed, rounds, reach, state,
    kind, price,
):  # fmt: skip
    """Improve `nnf` and `dist` in place by propagation and random search.

    use: how often each 4x4 block of sources is used, kept up to date here; each use beyond the
    first few costs `greed` (h,), by the target's row, so that flat patches do not take over (A.
    Kaspar et al., "Self tuning texture optimization", Eurographics 2015). `dist` stays free of
    that price.

    img: (h, w, c) current estimate, known pixels included. conf: (h, w) trust of each pixel.
    valid: (h, w) uint8, 1 where a source patch centre lies wholly in known picture.
    slope: (h, 2), the height that a row stands for, and the price from it of a unit of another
    (keeps rows of storeys, water and land at their height). reach: first radius of the random
    search [px]. kind: (h, w) uint8, material of every pixel; price: (gh, gw, k), that of each at a
    place of a coarse grid.
    """
    h, w, _ = img.shape
    for k in range(rounds):
        forward = k % 2 == 0
        step = 1 if forward else -1
        n = len(targets)
        for j in range(n):
            i = j if forward else n - 1 - j
            y, x = targets[i]
            by, bx = nnf[y, x, 0], nnf[y, x, 1]
            use[by >> 2, bx >> 2] -= np.float32(1.0)
            best = dist[y, x] + greed[y] * use[by >> 2, bx >> 2]
            for axis in range(2):
                ny = y - step if axis == 0 else y
                nx = x if axis == 0 else x - step
                if 0 <= ny < h and 0 <= nx < w and is_target[ny, nx]:
                    cy = nnf[ny, nx, 0] + (step if axis == 0 else 0)
                    cx = nnf[ny, nx, 1] + (0 if axis == 0 else step)
                    if 0 <= cy < h and 0 <= cx < w and valid[cy, cx] and (cy != by or cx != bx):
                        extra = greed[y] * use[cy >> 2, cx >> 2]
                        if extra < best:
                            d = extra + _distance(
                                img, conf, y, x, cy, cx, r, slope, kind, price, best - extra
                            )
                            if d < best:
                                best, by, bx = d, cy, cx
            radius = reach
            while radius >= 1:
                cy = by - radius + _random(state, 2 * radius + 1)
                cx = bx - radius + _random(state, 2 * radius + 1)
                if 0 <= cy < h and 0 <= cx < w and valid[cy, cx]:
                    extra = greed[y] * use[cy >> 2, cx >> 2]
                    if extra < best:
                        d = extra + _distance(
                            img, conf, y, x, cy, cx, r, slope, kind, price, best - extra
                        )
                        if d < best:
                            best, by, bx = d, cy, cx
                radius //= 2
            dist[y, x] = best - greed[y] * use[by >> 2, bx >> 2]
            use[by >> 2, bx >> 2] += np.float32(1.0)
            nnf[y, x, 0], nnf[y, x, 1] = by, bx


@njit(cache=True, nogil=True, fastmath=True)
def vote(img, conf, hole, targets, nnf, dist, r, scale):
    """Write into `img` at every hole pixel the weighted mean of what the patches over it say.

    Sources lie outside the hole, so reading and writing do not meet. scale: patch distance at
    which a vote has lost 1 - 1/e of its weight.
    """
    h, w = hole.shape
    channels = img.shape[2]
    out = np.zeros(img.shape, np.float32)
    total = np.zeros((h, w), np.float32)
    for i in range(len(targets)):
        y, x = targets[i]
        sy, sx = nnf[y, x, 0], nnf[y, x, 1]
        weight = np.exp(-dist[y, x] / scale) * conf[y, x] + np.float32(1e-6)
        for dy in range(max(-r, -y), min(r, h - 1 - y) + 1):
            for dx in range(max(-r, -x), min(r, w - 1 - x) + 1):
                if hole[y + dy, x + dx]:
                    total[y + dy, x + dx] += weight
                    for c in range(channels):
                        out[y + dy, x + dx, c] += weight * img[sy + dy, sx + dx, c]
    for y in range(h):
        for x in range(w):
            if hole[y, x] and total[y, x] > 0:
                for c in range(channels):
                    img[y, x, c] = out[y, x, c] / total[y, x]


@njit(cache=True, nogil=True, fastmath=True)
def copy_best(img, hole, targets, nnf, dist, r):
    """Write into `img` at every hole pixel the value of the single patch over it that fits best.

    Nothing is averaged, so grain and fine texture stay; a patch is trusted less off its centre.
    Returns the source (h, w, 2) int32 of every hole pixel, -1 elsewhere.
    """
    h, w = hole.shape
    best = np.full((h, w), np.float32(1e18))
    pick = np.zeros((h, w, 2), np.int32)
    pick[:] = -1
    for i in range(len(targets)):
        y, x = targets[i]
        sy, sx = nnf[y, x, 0], nnf[y, x, 1]
        for dy in range(max(-r, -y), min(r, h - 1 - y) + 1):
            for dx in range(max(-r, -x), min(r, w - 1 - x) + 1):
                if hole[y + dy, x + dx]:
                    d = dist[y, x] * (np.float32(1.0) + np.float32(1.0) * (dy * dy + dx * dx))
                    if d < best[y + dy, x + dx]:
                        best[y + dy, x + dx] = d
                        pick[y + dy, x + dx, 0] = sy + dy
                        pick[y + dy, x + dx, 1] = sx + dx
    for y in range(h):
        for x in range(w):
            if hole[y, x] and pick[y, x, 0] >= 0:
                for c in range(img.shape[2]):
                    img[y, x, c] = img[pick[y, x, 0], pick[y, x, 1], c]
    return pick


@njit(cache=True, nogil=True, fastmath=True)
def initial(targets, rows, nnf, state, slope):
    """Random first matches out of the sources `rows` (m, 2) [y, x], rather at a like height."""
    m = len(rows)
    for i in range(len(targets)):
        y, x = targets[i]
        best, by, bx = np.float32(1e9), rows[0, 0], rows[0, 1]
        for _ in range(6):
            k = _random(state, m)
            gap = abs(slope[rows[k, 0], 0] - slope[y, 0])
            if gap < best:
                best, by, bx = gap, rows[k, 0], rows[k, 1]
        nnf[y, x, 0], nnf[y, x, 1] = by, bx


def compile_kernels() -> None:
    """Call every kernel once on tiny data."""
    img = np.zeros((8, 8, 4), np.float32)
    conf = np.ones((8, 8), np.float32)
    hole = np.zeros((8, 8), np.uint8)
    hole[2, 2] = 1
    valid = np.zeros((8, 8), np.uint8)
    valid[5, 5] = 1
    targets = np.array([[2, 2]], np.int32)
    nnf = np.zeros((8, 8, 2), np.int32)
    dist = np.zeros((8, 8), np.float32)
    state = np.array([88172645463325252], np.uint64)
    slope, greed = np.zeros((8, 2), np.float32), np.zeros(8, np.float32)
    initial(targets, np.array([[5, 5]], np.int32), nnf, state, slope)
    kind, price = np.zeros((8, 8), np.uint8), np.zeros((1, 1, 1), np.float32)
    measure(img, conf, targets, nnf, dist, 1, slope, kind, price)
    use = np.zeros((2, 2), np.float32)
    count_use(targets, nnf, use)
    search(
        img,
        conf,
        valid,
        hole,
        targets,
        nnf,
        dist,
        use,
        1,
        slope,
        greed,
        1,
        4,
        state,
        kind,
        price,
    )
    vote(img, conf, hole, targets, nnf, dist, 1, np.float32(1))
    copy_best(img, hole, targets, nnf, dist, 1)

"""Where ink goes: borders between what is seen, followed into strokes.

Borders are found between pixels and followed as chains that belong to the nearer thing, so that a
stroke runs on over the lines that end behind it; after Isenberg et al. 2003 ("A developer's guide
to silhouette algorithms"), image space, and Kalnins et al. 2003: strokes keep their owner.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

F32 = NDArray[np.float32]
# What a border is, lightest first.
NONE, CREASE, SEAM, OUTLINE, FIGURE, DRAWN = 0, 1, 2, 3, 4, 5


@njit(cache=True, nogil=True, inline="always")
def _bend(normal, depth, lens, y0, x0, y1, x1):
    """How far (y1, x1) lies off the tangent plane of (y0, x0) [m]; negative is behind it."""
    z0, z1 = depth[y0, x0], depth[y1, x1]
    dx = (x1 + 0.5 - lens[1]) / lens[0] * z1 - (x0 + 0.5 - lens[1]) / lens[0] * z0
    dy = (y1 + 0.5 - lens[2]) / lens[0] * z1 - (y0 + 0.5 - lens[2]) / lens[0] * z0
    return normal[y0, x0, 0] * dx + normal[y0, x0, 1] * dy + normal[y0, x0, 2] * (z1 - z0)


@njit(cache=True, nogil=True, inline="always")
def _border(triangle, depth, normal, colour, facet, thing, figure, lens, y0, x0, y1, x1):
    """(class, 1 where the second pixel owns it) of the border between two neighbours."""
    a, b = triangle[y0, x0], triangle[y1, x1]
    if a == b:
        return NONE, 0
    if a < 0 or b < 0:
        own = a if a >= 0 else b
        return (FIGURE if figure[own] else OUTLINE), (1 if a < 0 else 0)
    z0, z1 = depth[y0, x0], depth[y1, x1]
    nearer = 1 if z1 < z0 else 0
    # Off both tangent planes: a step in depth, however steep the surfaces are.
    off = min(
        abs(_bend(normal, depth, lens, y0, x0, y1, x1)),
        abs(_bend(normal, depth, lens, y1, x1, y0, x0)),
    )
    step = off > 0.012 + 0.006 * min(z0, z1)
    if thing[a] != thing[b]:
        own = b if nearer == 1 else a
        if figure[a] != figure[b] and not step:
            own = a if figure[a] else b
            nearer = 0 if figure[a] else 1
        if figure[own]:
            return FIGURE, nearer
        return (OUTLINE if step else SEAM), nearer
    if step:
        return SEAM, nearer
    turn = (
        normal[y0, x0, 0] * normal[y1, x1, 0]
        + normal[y0, x0, 1] * normal[y1, x1, 1]
        + normal[y0, x0, 2] * normal[y1, x1, 2]
    )
    if facet[a] == facet[b]:
        return NONE, 0
    other = (
        abs(colour[a, 0] - colour[b, 0])
        + abs(colour[a, 1] - colour[b, 1])
        + abs(colour[a, 2] - colour[b, 2])
    )
    if other > 0.12:
        return SEAM, nearer
    if turn < (0.35 if figure[a] else 0.87):
        return CREASE, nearer
    return NONE, 0


@njit(cache=True, nogil=True)
def borders(triangle, depth, normal, colour, facet, thing, figure, lens):
    """Classes of borders and who owns them.

    triangle int32 (h, w), depth float32 (h, w), normal float32 (h, w, 3) in camera axes; a
    triangle: colour (F, 3), facet, thing int32 (F,), figure bool (F,); lens (focal, cx, cy) [px].
    Returns across (h, w + 1), along (h + 1, w): uint8 class of the border left of, above a pixel,
    and int32 index of the pixel that owns it (y * w + x), same shapes.
    """
    h, w = triangle.shape
    across = np.zeros((h + 1, w + 1), np.uint8)
    along = np.zeros((h + 1, w + 1), np.uint8)
    across_own = np.full((h + 1, w + 1), -1, np.int32)
    along_own = np.full((h + 1, w + 1), -1, np.int32)
    for y in range(h):
        for x in range(w):
            if x > 0:
                k, second = _border(
                    triangle, depth, normal, colour, facet, thing, figure, lens, y, x - 1, y, x
                )
                if k:
                    across[y, x] = k
                    across_own[y, x] = y * w + x - 1 + second
            if y > 0:
                k, second = _border(
                    triangle, depth, normal, colour, facet, thing, figure, lens, y - 1, x, y, x
                )
                if k:
                    along[y, x] = k
                    along_own[y, x] = (y - 1 + second) * w + x
    return across, along, across_own, along_own


@njit(cache=True, nogil=True)
def chains(across, along, across_own, along_own, triangle, thing):
    """Borders followed: points float32 (N, 2) [px], and owner pixel int32 (N,) a point; start
    int32 (S + 1,) of every chain; class uint8 (S,). Borders are used up."""
    h, w = triangle.shape
    total = 0
    for y in range(h + 1):
        for x in range(w + 1):
            total += (1 if across[y, x] else 0) + (1 if along[y, x] else 0)
    points = np.empty((2 * total + 2, 2), np.float32)
    owners = np.empty(2 * total + 2, np.int32)
    start = np.zeros(total + 2, np.int32)
    kinds = np.empty(total + 1, np.uint8)
    room = np.empty((2 * total + 2, 3), np.int32)
    n, s = 0, 0
    for sy in range(h + 1):
        for sx in range(w + 1):
            for vertical in range(2):
                kind = across[sy, sx] if vertical else along[sy, sx]
                if kind == 0:
                    continue
                own = across_own[sy, sx] if vertical else along_own[sy, sx]
                key = thing[triangle[own // w, own % w]]
                if vertical:
                    across[sy, sx] = 0
                    ey, ex = sy + 1, sx
                else:
                    along[sy, sx] = 0
                    ey, ex = sy, sx + 1
                # Backwards from the first end, then forwards from the other.
                m = _follow(
                    across, along, across_own, along_own, triangle, thing, sy, sx, sy - ey,
                    sx - ex, kind, key, room,
                )  # fmt: skip
                for k in range(m - 1, -1, -1):
                    points[n, 0], points[n, 1], owners[n] = room[k, 1], room[k, 0], room[k, 2]
                    n += 1
                points[n, 0], points[n, 1], owners[n] = sx, sy, own
                n += 1
                points[n, 0], points[n, 1], owners[n] = ex, ey, own
                n += 1
                m = _follow(
                    across, along, across_own, along_own, triangle, thing, ey, ex, ey - sy,
                    ex - sx, kind, key, room,
                )  # fmt: skip
                for k in range(m):
                    points[n, 0], points[n, 1], owners[n] = room[k, 1], room[k, 0], room[k, 2]
                    n += 1
                kinds[s] = kind
                s += 1
                start[s] = n
    return points[:n], owners[:n], start[: s + 1], kinds[:s]


@njit(cache=True, nogil=True)
def _follow(
    across, along, across_own, along_own, triangle, thing, y, x, dy, dx, kind, key, room
):  # fmt: skip
    """How many corners (y, x, owner) the border goes on for from (y, x), written into room."""
    m = 0
    while True:
        ok, y2, x2, own = _next(
            across, along, across_own, along_own, triangle, thing, y, x, dy, dx, kind, key
        )
        if not ok:
            return m
        room[m, 0], room[m, 1], room[m, 2] = y2, x2, own
        m += 1
        dy, dx, y, x = y2 - y, x2 - x, y2, x2


@njit(cache=True, nogil=True)
def _next(across, along, across_own, along_own, triangle, thing, y, x, dy, dx, kind, key):
    """The next border at the corner (y, x), of the same class and owner, straight on if it can."""
    h, w = triangle.shape
    best, by, bx, bown, bv, py, px = -9, 0, 0, 0, 0, 0, 0
    for k in range(4):
        vy = -1 if k == 0 else (1 if k == 1 else 0)
        vx = -1 if k == 2 else (1 if k == 3 else 0)
        cy, cx = (y - 1 if k == 0 else y), (x - 1 if k == 2 else x)
        if cy < 0 or cx < 0 or cy > h or cx > w:
            continue
        found = across[cy, cx] if k < 2 else along[cy, cx]
        if found != kind:
            continue
        own = across_own[cy, cx] if k < 2 else along_own[cy, cx]
        if thing[triangle[own // w, own % w]] != key:
            continue
        straight = vy * dy + vx * dx
        if straight > best:
            best, by, bx, bown, bv, py, px = straight, y + vy, x + vx, own, k, cy, cx
    if best == -9:
        return False, 0, 0, 0
    if bv < 2:
        across[py, px] = 0
    else:
        along[py, px] = 0
    return True, by, bx, bown


@njit(cache=True, nogil=True)
def smoothed(points, start, rounds):
    """Chains without their stairs: `rounds` of binomial smoothing; ends stay, rings stay closed."""
    out = points.copy()
    for s in range(len(start) - 1):
        a, b = start[s], start[s + 1]
        if b - a < 4:
            continue
        ring = abs(points[a, 0] - points[b - 1, 0]) + abs(points[a, 1] - points[b - 1, 1]) < 0.5
        for _ in range(rounds):
            px, py = out[a, 0], out[a, 1]
            fx, fy = out[a + 1, 0], out[a + 1, 1]
            lx, ly = out[b - 2, 0], out[b - 2, 1]
            for i in range(a + 1, b - 1):
                x, y = out[i, 0], out[i, 1]
                out[i, 0] = 0.25 * (px + out[i + 1, 0]) + 0.5 * x
                out[i, 1] = 0.25 * (py + out[i + 1, 1]) + 0.5 * y
                px, py = x, y
            if ring:
                x, y = 0.25 * (lx + fx) + 0.5 * out[a, 0], 0.25 * (ly + fy) + 0.5 * out[a, 1]
                out[a, 0], out[a, 1] = x, y
                out[b - 1, 0], out[b - 1, 1] = x, y
    return out

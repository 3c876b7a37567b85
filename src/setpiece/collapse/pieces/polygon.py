"""Small plane geometry: polygons are (k, 2) float64 arrays, counter-clockwise."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]


def _ahead(a: F64) -> F64:
    """Each row's next one; what np.roll does, at a sixth of its cost for so few."""
    return np.concatenate((a[1:], a[:1]))


def _length(v: F64) -> F64:
    return np.asarray(np.sqrt((v * v).sum(1)))


def area(p: F64) -> float:
    """Signed area, positive when counter-clockwise."""
    x, y = p[:, 0], p[:, 1]
    return float(0.5 * (x @ _ahead(y) - y @ _ahead(x)))


def centroid(p: F64) -> F64:
    """Centre of area."""
    q = p - p[0]
    x, y = q[:, 0], q[:, 1]
    x1, y1 = _ahead(x), _ahead(y)
    c = x * y1 - x1 * y
    a = c.sum()
    if abs(a) < 1e-12:
        return p.mean(0)
    return p[0] + np.array([((x + x1) * c).sum(), ((y + y1) * c).sum()]) / (3 * a)


def clean(p: F64, tolerance: float = 1e-4) -> F64:
    """Without repeated vertices and vertices on a straight line, turned counter-clockwise."""
    p = np.asarray(p, float)
    if area(p) < 0:
        p = p[::-1]
    while len(p) > 3:
        a, b = np.concatenate((p[-1:], p[:-1])), _ahead(p)
        short = _length(b - p) < tolerance
        chord = b - a
        off = np.abs(chord[:, 0] * (p - a)[:, 1] - chord[:, 1] * (p - a)[:, 0])
        flat = off < tolerance * np.maximum(_length(chord), 1e-9)
        bad = np.flatnonzero(short | flat)
        if len(bad) == 0:
            break
        p = np.delete(p, bad[0], 0)
    return p


def clip(p: F64, tags: list[int], normal: F64, offset: float, tag: int) -> tuple[F64, list[int]]:
    """The part of convex p with normal . x <= offset. tags[k] belongs to edge k -> k + 1; the new
    edge gets `tag`. An empty result has no vertices.
    """
    d = p @ normal - offset
    n = len(p)
    out: list[F64] = []
    keep: list[int] = []
    for k in range(n):
        a, b = d[k], d[(k + 1) % n]
        if a <= 0:
            out.append(p[k])
            keep.append(tags[k])
        if (a < 0 < b) or (a > 0 > b):
            out.append(p[k] + (p[(k + 1) % n] - p[k]) * (a / (a - b)))
            keep.append(tag if a < 0 else tags[k])
        elif a == 0 and b > 0 and out:
            keep[-1] = tag
    if len(out) < 3:
        return np.zeros((0, 2)), []
    return np.array(out), keep


def lines(p: F64) -> tuple[F64, F64]:
    """Outward unit normals (k, 2) and offsets (k,) of the edges: inside is normal . x <= offset."""
    e = _ahead(p) - p
    n = np.stack([e[:, 1], -e[:, 0]], 1) / np.maximum(np.linalg.norm(e, axis=1), 1e-12)[:, None]
    return n, (n * p).sum(1)


def crossing(a: F64, c: float, b: F64, d: float, otherwise: F64) -> F64:
    """Where the lines a . x = c and b . x = d meet; `otherwise` where they are parallel."""
    det = a[0] * b[1] - a[1] * b[0]
    if abs(det) < 1e-6:
        return otherwise
    return np.array([c * b[1] - d * a[1], a[0] * d - b[0] * c]) / det


def intersection(n: F64, offset: F64, around: F64) -> F64:
    """The convex polygon n . x <= offset near the points `around`; no vertices when empty."""
    lo, hi = around.min(0) - 5.0, around.max(0) + 5.0
    shape = np.array([lo, [hi[0], lo[1]], hi, [lo[0], hi[1]]])
    tags = [0] * 4
    for normal, c in zip(n, offset, strict=True):
        shape, tags = clip(shape, tags, normal, float(c), 0)
        if len(shape) < 3:
            break
    return shape


def inset(p: F64, distance: float) -> F64:
    """Polygon moved inwards by `distance` on every side, corners mitred (no topology change)."""
    e = _ahead(p) - p
    e = e / np.linalg.norm(e, axis=1, keepdims=True)
    n = np.stack([-e[:, 1], e[:, 0]], 1)  # inwards
    before = np.roll(n, 1, 0)
    cos = np.maximum((before * n).sum(1), -0.9)
    return p + (before + n) * (distance / (1 + cos))[:, None]


def is_convex(p: F64) -> bool:
    e = _ahead(p) - p
    f = np.roll(e, -1, 0)
    scale = np.linalg.norm(e, axis=1) * np.linalg.norm(f, axis=1)
    return bool((e[:, 0] * f[:, 1] - e[:, 1] * f[:, 0] >= -1e-9 * scale - 1e-12).all())


def convex_parts(p: F64) -> list[F64]:
    """Convex polygons that tile p: ears, then merged greedily (Hertel and Mehlhorn 1983)."""
    if is_convex(p):
        return [p]
    index = list(range(len(p)))
    parts: list[list[int]] = []
    guard = 0
    while len(index) > 3 and guard < 4 * len(p) ** 2:
        guard += 1
        best = -1
        quality = -1.0
        for k in range(len(index)):
            i, j, m = index[k - 1], index[k], index[(k + 1) % len(index)]
            tri = p[[i, j, m]]
            a = area(tri)
            if a <= 1e-10:
                continue
            rest = [q for q in index if q not in (i, j, m)]
            if rest and _inside(p[rest], tri).any():
                continue
            side = np.linalg.norm(tri - np.roll(tri, 1, 0), axis=1)
            if a / (side**2).sum() > quality:
                best, quality = k, a / float((side**2).sum())
        if best < 0:
            break
        k = best
        parts.append([index[k - 1], index[k], index[(k + 1) % len(index)]])
        del index[k]
    if len(index) == 3:
        parts.append(index)
    merged = True
    while merged:
        merged = False
        for a in range(len(parts)):
            for b in range(a + 1, len(parts)):
                joined = _join(parts[a], parts[b])
                if joined is not None and is_convex(p[joined]):
                    parts[a] = joined
                    del parts[b]
                    merged = True
                    break
            if merged:
                break
    return [clean(p[q]) for q in parts if area(p[q]) > 1e-6]


def _inside(q: F64, tri: F64) -> NDArray[np.bool_]:
    e = np.roll(tri, -1, 0) - tri
    d = q[:, None] - tri[None]
    turn = e[None, :, 0] * d[..., 1] - e[None, :, 1] * d[..., 0]
    return np.asarray((turn > -1e-12).all(1))


def _join(a: list[int], b: list[int]) -> list[int] | None:
    """Two index rings that share an edge, as one ring."""
    for i in range(len(a)):
        u, v = a[i], a[(i + 1) % len(a)]
        for j in range(len(b)):
            if b[j] == v and b[(j + 1) % len(b)] == u:
                ring_a = a[i + 1 :] + a[: i + 1]  # v ... u
                ring_b = b[j + 1 :] + b[: j + 1]  # u ... v
                return ring_a + ring_b[1:-1]
    return None

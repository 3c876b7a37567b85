"""Where the cuts run: seeds of many sizes, and the Voronoi cells of a region around them.

Sizes follow a power law because seeds are refined again and again: a cell picked at random, with
little regard to its size, is replaced by a few smaller ones (the fragmentation cascade of
Turcotte, "Fractals and fragmentation", J. Geophys. Res. 91, 1986).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from setpiece.collapse.pieces import polygon as pg
from setpiece.collapse.pieces.region import Edge, Region

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

#: No cell is meant to be smaller across than this [m].
SMALLEST = 0.25
#: Chance of a cell to be refined grows with its area to this power; 0 would be scale free.
SIZE_BIAS = 0.3

#: Pieces larger than this times the mean, and than a bay of one storey [m2], or longer than this
#: [m], are broken up first.
LARGEST, LEAST, LONGEST = 2.5, 9.0, 4.5


@dataclass
class Cells:
    """All cells of all regions.

    Attributes:
        polygon: per cell (k, 2) counter-clockwise in its region's plane.
        full: the same with outlines that move outwards with depth at their outermost, so that
            pieces keep apart there too; the same array as `polygon` where nothing moves outwards.
        tag: per cell (k,): neighbour cell across edge k -> k + 1, or -1 - (edge of the region).
        region: region of each cell, (N,).
    """

    polygon: list[F64]
    full: list[F64]
    tag: list[I64]
    region: I64


def cut_regions(regions: list[Region], count: int, seed: int) -> Cells:
    """About `count` cells (never fewer than one a region, none much below SMALLEST across)."""
    rng = np.random.default_rng(seed)
    owner, points = _seeds(regions, count, rng)
    polygons: list[F64] = []
    full: list[F64] = []
    tags: list[I64] = []
    region: list[int] = []
    order = np.argsort(owner, kind="stable")
    starts = np.searchsorted(owner[order], np.arange(len(regions) + 1))
    for k, r in enumerate(regions):
        p = np.ascontiguousarray(points[order[starts[k] : starts[k + 1]]])
        if len(p) == 1:
            polygons.append(r.polygon)
            full.append(_outermost(r))
            tags.append(-1 - np.arange(len(r.polygon)))
            region.append(k)
            continue
        outline = _outermost(r)
        for _ in range(2):  # half-way to the centroids: slivers go, the spread of sizes stays
            shape, tag, size = _cells(r.polygon, p)
            for i in range(len(p)):
                if size[i] >= 3:
                    p[i] += 0.5 * (pg.centroid(shape[i, : size[i]]) - p[i])
        shape, tag, size = _cells(outline, p)
        number = np.full(len(p), -1, np.int64)
        good = [i for i in range(len(p)) if size[i] >= 3 and pg.area(shape[i, : size[i]]) > 1e-4]
        number[good] = len(polygons) + np.arange(len(good))
        for i in good:
            t = tag[i, : size[i]].copy()
            inner = t >= 0
            t[inner] = number[t[inner]]
            full.append(shape[i, : size[i]].copy())
            polygons.append(full[-1])
            if outline is not r.polygon:
                front, t = _clipped(r, full[-1], t)
                polygons[-1] = front
            tags.append(t)
            region.append(k)
    return Cells(polygons, full, tags, np.array(region, np.int64))


def _outermost(r: Region) -> F64:
    """The region's polygon with every edge that moves outwards where it is at full depth."""
    out = np.minimum(r.mitre, 0.0) * r.thickness
    if not out.any():
        return r.polygon
    n, c = pg.lines(r.polygon)
    c = c - out
    p = r.polygon.copy()
    for k in range(len(p)):
        p[k] = pg.crossing(n[k - 1], c[k - 1], n[k], c[k], p[k] - n[k] * out[k])
    return p


def _clipped(r: Region, cell: F64, tag: I64) -> tuple[F64, I64]:
    """The part of a cell within the region's own polygon."""
    n, c = pg.lines(r.polygon)
    tags = [int(t) for t in tag]
    for k in np.flatnonzero(r.mitre < 0):
        cell, tags = pg.clip(cell, tags, n[k], float(c[k]), -1 - int(k))
    return cell, np.array(tags, np.int64)


def _seeds(regions: list[Region], count: int, rng: np.random.Generator) -> tuple[I64, F64]:
    """Seed points in the regions' planes and the region of each."""
    owner: list[int] = []
    start: list[F64] = []
    nominal: list[float] = []
    pull: list[float] = []
    room = count - len(regions)
    floor = 2.2 * SMALLEST**2
    for k, r in enumerate(regions):
        size = pg.area(r.polygon)
        if 1 < len(r.seeds) <= size / floor and len(r.seeds) - 1 <= room:
            for s in r.seeds:
                owner.append(k)
                start.append(s + rng.normal(size=2) * 1e-3)
                nominal.append(size / len(r.seeds))
                pull.append(r.weight)
            room -= len(r.seeds) - 1
        else:
            owner.append(k)
            start.append(pg.centroid(r.polygon))
            nominal.append(size)
            pull.append(r.weight)
    own, pts = np.array(owner, np.int64), np.array(start)
    area, weight = np.array(nominal), np.array(pull)
    narrow = np.array([np.ptp(r.polygon, axis=0).min() for r in regions])
    coarse = np.array([r.coarse for r in regions])
    mean = area.sum() / count
    while len(own) < count:
        p = weight * area**SIZE_BIAS * (area > 2 * floor)
        p *= 1 + 1.5 * np.exp(-_edge_distance(regions, own, pts) / 0.8)
        # what is far larger than the rest, or longer than a truck, breaks first
        long = np.maximum(np.sqrt(area), area / np.maximum(narrow[own], 0.2))
        most = coarse[own] * max(LARGEST * mean, LEAST)
        longest = np.sqrt(coarse[own]) * max(LONGEST, 1.6 * np.sqrt(mean))
        p *= np.where((area > most) | (long > longest), 40.0, 1.0)
        if p.sum() <= 0:
            break
        room = count - len(own)
        pick = min(max(1, min(len(own) // 6, room // 2)), int((p > 0).sum()))
        chosen = np.sort(rng.choice(len(own), pick, replace=False, p=p / p.sum()))
        gone = np.zeros(len(own), bool)
        made: list[tuple[int, F64, float, float]] = []
        for c in chosen:
            k = min(int(rng.integers(2, 5)), int(area[c] / floor), room + 1)
            if k < 2:
                continue
            room -= k - 1
            gone[c] = True
            share = rng.dirichlet(np.full(k, 4.0)) * area[c]
            spread = _spread(regions[own[c]].polygon, pts[c], area[c], k, rng)
            made += [(own[c], q, a, weight[c]) for q, a in zip(spread, share, strict=True)]
            if room <= 0:
                break
        if not made:
            break
        own = np.concatenate([own[~gone], np.array([m[0] for m in made], np.int64)])
        pts = np.concatenate([pts[~gone], np.array([m[1] for m in made])])
        area = np.concatenate([area[~gone], np.array([m[2] for m in made])])
        weight = np.concatenate([weight[~gone], np.array([m[3] for m in made])])
    return own, pts


def _spread(shape: F64, at: F64, size: float, k: int, rng: np.random.Generator) -> F64:
    """k points of a convex polygon around `at`, apart from one another, for a cell of `size`."""
    lo, hi = shape.min(0), shape.max(0)
    extent = hi - lo
    reach = 0.65 * max(np.sqrt(size), size / max(float(extent.min()), 1e-6))
    lo, hi = np.maximum(lo, at - reach), np.minimum(hi, at + reach)
    p = lo + rng.random((10 * k, 2)) * (hi - lo)
    e = np.roll(shape, -1, 0) - shape
    d = p[:, None] - shape[None]
    inside = ((e[None, :, 0] * d[..., 1] - e[None, :, 1] * d[..., 0]) > 0).all(1)
    p = p[inside]
    if len(p) < k:
        p = np.concatenate([p, at + rng.normal(size=(k, 2)) * 0.02])
    chosen = [0]
    far = ((p - p[0]) ** 2).sum(1)
    for _ in range(k - 1):
        n = int(np.argmax(far))
        chosen.append(n)
        far = np.minimum(far, ((p - p[n]) ** 2).sum(1))
    return p[chosen]


def _edge_distance(regions: list[Region], own: I64, pts: F64) -> F64:
    """How far each seed lies from a free corner or edge of its element [m]: those crumble more."""
    out = np.full(len(own), 10.0)
    order = np.argsort(own, kind="stable")
    starts = np.searchsorted(own[order], np.arange(len(regions) + 1))
    for k, r in enumerate(regions):
        row = order[starts[k] : starts[k + 1]]
        for i in range(len(r.polygon)):
            if r.edge[i] == Edge.CUT and r.mitre[i] == 0:
                continue
            a, b = r.polygon[i], r.polygon[(i + 1) % len(r.polygon)]
            e = (b - a) / max(float(np.linalg.norm(b - a)), 1e-9)
            d = pts[row] - a
            out[row] = np.minimum(out[row], np.abs(d[:, 0] * e[1] - d[:, 1] * e[0]))
    return out


@njit(cache=True, nogil=True)
def _cells(shape, seeds):
    """Voronoi cells of `seeds` clipped to convex `shape`: (n, v, 2), tags (n, v), sizes (n,)."""
    n = len(seeds)
    most = len(shape) + 40
    out = np.zeros((n, most, 2))
    tag = np.zeros((n, most), np.int64)
    size = np.zeros(n, np.int64)
    a = np.empty((most, 2))
    at = np.empty(most, np.int64)
    b = np.empty((most, 2))
    bt = np.empty(most, np.int64)
    for i in range(n):
        dist = (seeds[:, 0] - seeds[i, 0]) ** 2 + (seeds[:, 1] - seeds[i, 1]) ** 2
        order = np.argsort(dist)
        m = len(shape)
        for k in range(m):
            a[k] = shape[k]
            at[k] = -1 - k
        for o in order:
            if o == i or m < 3:
                continue
            reach = 0.0
            for k in range(m):
                r = (a[k, 0] - seeds[i, 0]) ** 2 + (a[k, 1] - seeds[i, 1]) ** 2
                reach = max(reach, r)
            if dist[o] > 4.0 * reach:
                break
            nx = seeds[o, 0] - seeds[i, 0]
            ny = seeds[o, 1] - seeds[i, 1]
            c = 0.5 * ((seeds[o, 0] + seeds[i, 0]) * nx + (seeds[o, 1] + seeds[i, 1]) * ny)
            w = 0
            for k in range(m):
                k1 = k + 1 if k + 1 < m else 0
                da = a[k, 0] * nx + a[k, 1] * ny - c
                db = a[k1, 0] * nx + a[k1, 1] * ny - c
                if da <= 0.0 and w < most:
                    b[w] = a[k]
                    bt[w] = at[k]
                    w += 1
                if ((da < 0.0 and db > 0.0) or (da > 0.0 and db < 0.0)) and w < most:
                    t = da / (da - db)
                    b[w, 0] = a[k, 0] + t * (a[k1, 0] - a[k, 0])
                    b[w, 1] = a[k, 1] + t * (a[k1, 1] - a[k, 1])
                    bt[w] = o if da < 0.0 else at[k]
                    w += 1
            m = w
            for k in range(m):
                a[k] = b[k]
                at[k] = bt[k]
        size[i] = m
        for k in range(m):
            out[i, k] = a[k]
            tag[i, k] = at[k]
    return out, tag, size


def compile_kernels() -> None:
    """Compile the kernel on a tiny case."""
    _cells(np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]), np.array([[0.2, 0.2], [0.4, 0.4]]))

"""The blocks of a layout as they stand: on or beside one another, never in one another."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.layout.model import Layout, Prism
from setpiece.collapse.pieces import polygon as pg
from setpiece.collapse.pieces.roofs import drop

F64 = NDArray[np.float64]

#: A block whose foot is at most this far above the roof of another stands on it [m].
PLINTH = 12.0


@dataclass
class Block:
    """A prism with what fracture needs to know about its neighbours.

    index, prism: of the layout. footprint: simplified, counter-clockwise.
    sides: original edge of each edge, -1 for edges that are not of the layout.
    bottom, top: where its walls begin and end [m] (the roof starts at eave).
    first: storey number of its lowest storey.
    above: footprints of blocks that stand on it. beside: of blocks next to it that rise higher.
    number: counts blocks, for names of walls.
    """

    index: int
    prism: Prism
    footprint: F64
    sides: list[int]
    bottom: float
    top: float
    eave: float
    first: int
    above: list[F64] = field(default_factory=list)
    beside: list[F64] = field(default_factory=list)
    number: int = 0


def stack(layout: Layout, sides: int) -> list[Block]:
    """Blocks with at most `sides` corners, standing on the ground or on one another.

    Where two prisms share ground and height, the lower one gives way to the higher one.
    """
    parts = _apart(layout, sides)
    ground = min(p.base for p in layout.prisms)
    out: list[Block] = []
    for k, shape, edges in sorted(parts, key=lambda part: layout.prisms[part[0]].base):
        prism = layout.prisms[k]
        eave = prism.base + prism.height
        top = eave - min(drop(shape, prism.roof), 0.4 * prism.height)
        block = Block(k, prism, shape, edges, prism.base, top, eave, 0)
        below = [b for b in out if b.top <= prism.base + 0.6 and overlap(b.footprint, shape) > 0.2]
        if below:
            support = max(below, key=lambda b: b.top)
            if prism.base - support.top < PLINTH:
                block.bottom = support.top
                block.first = support.first + support.prism.storeys
                support.above.append(shape)
        if block.bottom == prism.base and prism.base > ground + 0.3:
            block.first = round((prism.base - ground) * prism.storeys / prism.height)
        out.append(block)
    out.sort(key=lambda b: b.index)
    for number, block in enumerate(out):
        block.number = number
        block.beside = [
            b.footprint
            for b in out
            if b is not block and b.top > block.eave - 0.5 and b.bottom < block.eave + 1.0
            and not any(b.footprint is f for f in block.above)
        ]  # fmt: skip
    return out


def _apart(layout: Layout, sides: int) -> list[tuple[int, F64, list[int]]]:
    """(prism, footprint, original edges) of parts that share no ground at the same height."""
    out: list[tuple[int, F64, list[int]]] = []
    order = sorted(
        range(len(layout.prisms)),
        key=lambda k: -(layout.prisms[k].base + layout.prisms[k].height),
    )
    for k in order:
        prism = layout.prisms[k]
        shape, edges = _simplify(np.array(prism.footprint, float), sides)
        taller = []
        for j, other, _ in out:
            q = layout.prisms[j]
            shared = min(q.base + q.height, prism.base + prism.height) - max(q.base, prism.base)
            if shared > 0.6 and overlap(other, shape) * pg.area(shape) > 0.05:
                taller.append(other)
        if not taller:
            out.append((k, shape, edges))
            continue
        parts = pg.convex_parts(shape)
        for other in taller:
            for hole in pg.convex_parts(other):
                parts = [piece for part in parts for piece in _without(part, hole)]
        original = np.array(prism.footprint, float)
        for part in parts:
            width = 2 * pg.area(part) / np.linalg.norm(np.roll(part, -1, 0) - part, axis=1).max()
            if width > 1.0:  # a strip too thin for a room is the other block's wall
                out.append((k, part, _original(part, original)))
    return out


def _without(part: F64, hole: F64) -> list[F64]:
    """Convex part minus convex hole, as convex polygons."""
    out = []
    rest = part
    n, c = pg.lines(hole)
    for normal, offset in zip(n, c, strict=True):
        outside, _ = pg.clip(rest, [0] * len(rest), -normal, -float(offset), 0)
        if len(outside) and pg.area(outside) > 0.02:
            out.append(pg.clean(outside, 1e-3))
        rest, _ = pg.clip(rest, [0] * len(rest), normal, float(offset), 0)
        if len(rest) == 0:
            return [part]
    return out


def _original(part: F64, ring: F64) -> list[int]:
    """The edge of `ring` on which each edge of `part` lies, or -1."""
    out = []
    for q, r in zip(part, np.roll(part, -1, 0), strict=True):
        found = -1
        for k, (a, b) in enumerate(zip(ring, np.roll(ring, -1, 0), strict=True)):
            e = (b - a) / max(float(np.linalg.norm(b - a)), 1e-9)
            off = [abs(e[0] * (x - a)[1] - e[1] * (x - a)[0]) for x in (q, r)]
            if max(off) < 2e-3 and (r - q) @ e > 0:
                found = k
        out.append(found)
    return out


def _simplify(p: F64, most: int) -> tuple[F64, list[int]]:
    """Counter-clockwise, without the corners that matter least; and each edge's original edge
    (-1 where corners were dropped)."""
    index = list(range(len(p)))
    flipped = pg.area(p) < 0
    if flipped:
        index.reverse()
    changed = True
    while changed and len(index) > 3:
        changed = False
        q = p[index]
        before, after = np.roll(q, 1, 0), np.roll(q, -1, 0)
        tri = np.abs(
            (after - before)[:, 0] * (q - before)[:, 1]
            - (after - before)[:, 1] * (q - before)[:, 0]
        )
        if len(index) > most or tri.min() < 1e-3:
            del index[int(np.argmin(tri))]
            changed = True
    sides = []
    for i, a in enumerate(index):
        b = index[(i + 1) % len(index)]
        face = b if flipped else a
        sides.append(face if abs(a - b) in (1, len(p) - 1) else -1)
    return p[index], sides


def overlap(a: F64, b: F64) -> float:
    """Share of b's area that lies in a's convex parts."""
    total = 0.0
    for part in pg.convex_parts(a):
        for other in pg.convex_parts(b):
            shape, tags = other, [0] * len(other)
            for q, r in zip(part, np.roll(part, -1, 0), strict=True):
                e = r - q
                n = np.array([e[1], -e[0]])
                if len(shape):
                    shape, tags = pg.clip(shape, tags, n, float(n @ q), 0)
            total += pg.area(shape) if len(shape) else 0.0
    return total / max(abs(pg.area(b)), 1e-9)

"""Partitions: light walls that make rooms and a corridor of each storey.

They carry nothing: a gap is left under the ceiling, as builders leave one, so that the frame is
what it was without them. They are pieces like all others and break with the floor they stand on.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.fragments import Element
from setpiece.collapse.pieces import polygon as pg
from setpiece.collapse.pieces.floors import crossing
from setpiece.collapse.pieces.region import LIGHT, Edge, Region
from setpiece.render.scene import Material

F64 = NDArray[np.float64]
Z = np.array([0.0, 0.0, 1.0])

THICK = 0.1  # [m]
#: Blocks narrower than this are one room [m].
LEAST = 5.0
#: Left free under the ceiling, beside walls and round columns: more than bonds reach across [m].
GAP = 0.06
#: Rooms are about this wide and, where a corridor fits, at most so deep [m].
ROOM, DEEP = 4.4, 6.2
CORRIDOR, DOOR = 2.0, 0.95  # [m]


def partitions(
    inner: F64,
    columns: list[F64],
    clear: float,
    taken: list[Region],
    bottom: float,
    top: float,
    cut: Material,
    prism: int,
    storey: int,
    weight: float,
) -> list[Region]:
    """Corridor walls along the block and walls between rooms across it, for one level.

    inner: polygon inside the outside walls. columns: centres to keep `clear` [m] away from.
    taken: bearing inner walls of this level. Doors are gaps in the corridor's walls.
    """
    if top - bottom < 2.2:
        return []
    out: list[Region] = []
    rng = np.random.default_rng([4421, prism, storey + 1000])
    for part in pg.convex_parts(pg.clean(inner)):
        side = np.roll(part, -1, 0) - part
        main = side[int(np.argmax((side**2).sum(1)))]
        main = main / np.linalg.norm(main)
        across = np.array([-main[1], main[0]])
        lo, hi = float((part @ across).min()), float((part @ across).max())
        if hi - lo < LEAST:
            continue
        lines: list[float] = []
        for s in _spines(lo, hi):
            free = _free(s, [float(c @ across) for c in columns], clear, 1.2)
            far = not lines or (free is not None and free > lines[-1] + 0.6 * CORRIDOR)
            if free is not None and far and lo + 1.5 < free < hi - 1.5:
                lines.append(free)
        bounds = [lo - 1.0, *lines, hi + 1.0]
        start, end = float((part @ main).min()), float((part @ main).max())
        count = max(round((end - start) / ROOM), 1)
        bays = start + (end - start) * np.arange(1, count) / count
        walls: list[tuple[F64, F64, float, float, float]] = []  # along, across it, where, from, to
        for s in lines:
            span = crossing(part, across, main, s, THICK)
            if span is None:
                continue
            at = span[0] + GAP
            for t in [*bays, end + 9.0]:
                door = min(t - rng.uniform(1.3, 2.6), span[1] - GAP)
                walls.append((main, across, s, at, door))
                at = door + DOOR
        for low, high in pairwise(bounds):
            if len(lines) == 2 and low == lines[0]:
                continue  # the corridor itself
            for t in bays + rng.uniform(-0.5, 0.5, len(bays)):
                free = _free(float(t), [float(c @ main) for c in columns], clear, 1.5)
                if free is None:
                    continue
                span = crossing(part, main, across, free, THICK)
                if span is not None:
                    a, b = max(span[0], low + THICK / 2) + GAP, min(span[1], high - THICK / 2) - GAP
                    walls.append((across, main, free, a, b))
        for along, beside, where, a, b in walls:
            for p, q in _clipped(a, b, along, beside, where, [*taken, *out]):
                out.append(_wall(p, q, along, beside, where, bottom, top - GAP, cut, prism, storey,
                                 weight))  # fmt: skip
    return out


def _spines(lo: float, hi: float) -> list[float]:
    """Where walls along the block go, measured across it: none, one, or both of a corridor."""
    depth = hi - lo
    if depth < 7.0:
        return []
    if depth < 11.0:
        return [lo + 0.55 * depth]
    room = min((depth - CORRIDOR) / 2, DEEP)
    return [lo + room, hi - room]


def _free(at: float, taken: list[float], clear: float, most: float) -> float | None:
    """The place nearest to `at` that keeps clear of what stands there; None beyond `most`."""
    for shift in np.arange(0.0, most + 0.01, 0.1):
        for sign in (1.0, -1.0):
            x = at + sign * float(shift)
            if all(abs(x - c) > clear + THICK / 2 + GAP for c in taken):
                return x
    return None


def _clipped(
    a: float, b: float, along: F64, beside: F64, where: float, taken: list[Region]
) -> list[tuple[float, float]]:
    """The stretches of a wall from a to b that no bearing wall stands in."""
    spans = [(a, b)]
    for r in taken:
        corner = r.world(r.polygon)[:, :2]
        corner = np.concatenate([corner, corner - r.thickness * r.n[:2]])
        s, t = corner @ along, corner @ beside
        if t.min() - GAP - THICK / 2 > where or t.max() + GAP + THICK / 2 < where:
            continue
        low, high = s.min() - GAP, s.max() + GAP
        spans = [
            cut
            for p, q in spans
            for cut in ((p, min(q, low)), (max(p, high), q))
            if cut[0] < cut[1]
        ]
    return [(p, q) for p, q in spans if q - p > 0.8]


def _wall(
    a: float, b: float, along: F64, beside: F64, where: float, bottom: float, top: float,
    cut: Material, prism: int, storey: int, weight: float,
) -> Region:  # fmt: skip
    u = np.array([*along, 0.0])
    n = np.cross(u, Z)
    origin = np.array([*(beside * where), 0.0]) + n * THICK / 2
    shape = np.array([[a, bottom], [b, bottom], [b, top], [a, top]])
    return Region(
        origin, u, Z, n, shape, THICK, Element.PANEL, LIGHT, prism, storey,
        Material.PLASTER, Material.PLASTER, cut,
        [int(Edge.CUT), int(Edge.REVEAL), int(Edge.CUT), int(Edge.REVEAL)], [-1] * 4, np.zeros(4),
        -1, weight,
    )  # fmt: skip

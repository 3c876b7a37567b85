"""What is seen through a broken window: curtains, lamps and furniture, each room its own.

They are pictures only: they ride on the wall or slab they hang from or stand on and have no weight.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.fragments import Element
from setpiece.collapse.pieces.region import Edge, Pane, Plan
from setpiece.collapse.pieces.voronoi import Cells
from setpiece.render.scene import Material

F64 = NDArray[np.float64]
Add = Callable[[F64, NDArray[np.int64], int, int], None]

MOST = 600  # windows whose rooms are furnished; the same share of all where there are more
FOLD = 0.16  # [m] width of a curtain's folds
BOX = np.array([
    [0, 2, 3], [0, 3, 1], [4, 5, 7], [4, 7, 6], [0, 1, 5], [0, 5, 4],
    [2, 6, 7], [2, 7, 3], [0, 4, 6], [0, 6, 2], [1, 3, 7], [1, 7, 5],
])  # fmt: skip
# furniture: width, depth, height [m], of what
FURNITURE = (
    (1.0, 0.42, 1.9, Material.TIMBER), (1.5, 0.75, 0.75, Material.TIMBER),
    (1.9, 0.85, 0.8, Material.CLOTH), (0.6, 0.55, 1.7, Material.PLASTER),
    (2.0, 0.35, 2.0, Material.TIMBER),
)  # fmt: skip


def furnish(add: Add, plan: Plan, cells: Cells, pane_body: NDArray[np.int32], seed: int) -> None:
    """Give the rooms behind the windows something to see. add: takes vertices (n, 3) [m], faces,
    the piece they ride on and their material. Buildings too coarse for holes get nothing."""
    rows = [plan.regions[k] for k in cells.region]
    if not len(plan.panes) or not any(Edge.REVEAL in r.edge for r in plan.regions):
        return
    floors = [k for k, r in enumerate(rows) if r.element == Element.SLAB and abs(r.n[2]) > 0.99]
    slabs = _Slabs(rows, cells, floors)
    share = min(1.0, MOST / len(plan.panes))
    for k, pane in enumerate(plan.panes):
        rng = np.random.default_rng([seed & 0x7FFFFFFF, 5077, k])
        if rng.random() > share:
            continue
        body = int(pane_body[k])
        _hang(add, pane, body, rows[body].thickness, rng)
        _put(add, pane, slabs, rows[body].thickness, rng)


class _Slabs:
    """Finds the piece of a slab above or below a point."""

    def __init__(self, rows: list, cells: Cells, which: list[int]) -> None:
        self.which = np.array(which, np.int64)
        self.shapes = [rows[k].world(cells.polygon[k]) for k in which]
        self.middle = np.array([p.mean(0) for p in self.shapes]).reshape(-1, 3)
        self.thick = np.array([rows[k].thickness for k in which])

    def at(self, x: float, y: float, low: float, high: float, under: bool) -> tuple[int, float]:
        """Piece whose upper (or under) side lies between two heights at (x, y), and how high
        that side is; (-1, 0) where none."""
        if not len(self.which):
            return -1, 0.0
        z = self.middle[:, 2] - (self.thick if under else 0.0)
        near = np.flatnonzero((z > low) & (z < high))
        far = np.hypot(self.middle[near, 0] - x, self.middle[near, 1] - y)
        for i in near[np.argsort(far, kind="stable")[:8]]:
            p = self.shapes[i][:, :2]
            e = np.roll(p, -1, 0) - p
            side = e[:, 0] * (y - p[:, 1]) - e[:, 1] * (x - p[:, 0])
            if (side >= 0).all() or (side <= 0).all():
                return int(self.which[i]), float(z[i])
        return -1, 0.0


def _hang(add: Add, pane: Pane, body: int, wall: float, rng: np.random.Generator) -> None:
    """Curtains at the sides, a blind part of the way down, or nothing."""
    width, height = pane.size
    kind = rng.random()
    if kind < 0.25 or width < 0.5 or height < 0.6:
        return
    spans: list[tuple[float, float]]
    if kind < 0.7:  # a pair of curtains, drawn each by its own amount
        a, b = rng.uniform(0.12, 0.42, 2) * width
        spans, low = [(-width / 2 - 0.1, -width / 2 + a), (width / 2 - b, width / 2 + 0.1)], 0.0
        swing = 0.05
    else:
        spans, low = [(-width / 2 - 0.05, width / 2 + 0.05)], rng.uniform(0.35, 0.85) * height
        swing = 0.0
    for left, right in spans:
        n = max(int((right - left) / FOLD), 1) + 1 if swing else 2
        s = np.linspace(left, right, n)
        deep = wall + 0.12 + swing * np.where(np.arange(n) % 2, 1.0, -1.0)
        rail = pane.centre + s[:, None] * pane.along - deep[:, None] * pane.normal
        top, foot = rail.copy(), rail.copy()
        top[:, 2] += height / 2 + 0.06
        foot[:, 2] += low - height / 2 - (0.12 if swing else 0.0)
        i = np.arange(n - 1)
        faces = np.concatenate(
            [np.stack([i, i + n, i + n + 1], 1), np.stack([i, i + n + 1, i + 1], 1)]
        )
        add(np.concatenate([top, foot]), faces, body, int(Material.CLOTH))


def _put(add: Add, pane: Pane, slabs: _Slabs, wall: float, rng: np.random.Generator) -> None:
    """A lamp from the ceiling and a piece or two of furniture on the floor."""
    low, high = pane.centre[2] - pane.size[1] / 2, pane.centre[2] + pane.size[1] / 2

    def spot(deep: float, beside: float) -> F64:
        return pane.centre - pane.normal * (wall + deep) + pane.along * beside

    if rng.random() < 0.55:
        p = spot(rng.uniform(1.0, 2.6), rng.uniform(-0.4, 0.4))
        piece, z = slabs.at(p[0], p[1], high - 0.1, high + 1.6, True)
        if piece >= 0:
            drop, wide = rng.uniform(0.25, 0.6), rng.uniform(0.3, 0.55)
            _box(add, pane, (p[0], p[1], z - drop), (0.03, 0.03, drop), piece, Material.REBAR)
            lamp = (p[0], p[1], z - drop - 0.22)
            _box(add, pane, lamp, (wide, wide, 0.22), piece, Material.CLOTH)
    for _ in range(int(rng.integers(0, 3))):
        wide, deep, tall, made = FURNITURE[int(rng.integers(len(FURNITURE)))]
        p = spot(rng.uniform(0.9, 4.0), rng.uniform(-1.2, 1.2))
        piece, z = slabs.at(p[0], p[1], low - 1.7, low + 0.1, False)
        if piece >= 0:
            size = (wide * rng.uniform(0.8, 1.2), deep, tall * rng.uniform(0.9, 1.1))
            _box(add, pane, (p[0], p[1], z), size, piece, made)


def _box(
    add: Add, pane: Pane, foot: tuple[float, float, float], size: tuple[float, float, float],
    body: int, material: Material,
) -> None:  # fmt: skip
    """A box along the wall, `foot` the middle of its underside."""
    corner = np.array([[x, y, z] for z in (0, 1) for y in (-0.5, 0.5) for x in (-0.5, 0.5)])
    p = corner * size
    world = np.array(foot) + p[:, :1] * pane.along - p[:, 1:2] * pane.normal
    world[:, 2] += p[:, 2]
    add(world, BOX, body, int(material))

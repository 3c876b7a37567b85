"""The building's elements: walls, slabs, columns, inner walls and roof planes of every block."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.fragments import Element
from setpiece.collapse.layout.model import Layout, Prism
from setpiece.collapse.pieces import polygon as pg
from setpiece.collapse.pieces.blocks import Block, stack
from setpiece.collapse.pieces.floors import (
    column_places,
    column_region,
    inner_walls,
    slab_regions,
)
from setpiece.collapse.pieces.region import BRICK, CONCRETE, LIGHT, WOOD, Plan
from setpiece.collapse.pieces.roofs import roof_regions, slopes
from setpiece.collapse.pieces.walls import Rect, Storey, WallStyle, wall_regions
from setpiece.render.scene import Material

F64 = NDArray[np.float64]


@dataclass(frozen=True)
class Detail:
    """How finely the building is drawn; coarser for few pieces.

    merge: storeys taken together. bay: column spacing [m]. inner: inner walls at all.
    holes: windows are cut out of the walls. sides: most corners a footprint keeps.
    """

    merge: int = 1
    bay: float = 5.5
    inner: bool = True
    holes: bool = True
    sides: int = 64


#: What the camera does not see is cut this much coarser.
COARSE = 1.7
LADDER = (
    Detail(),
    Detail(bay=7.0, sides=32),
    Detail(bay=8.0, inner=False, sides=24),
    *(
        Detail(merge=m, bay=9.0, inner=False, holes=h, sides=s)
        for m in (1, 2, 3, 4, 6, 8, 12, 20, 40, 120)
        for h, s in ((True, 16), (False, 16), (False, 8))
    ),
)


def plan_building(layout: Layout, count: int, focus: tuple[int, ...] | None) -> Plan:
    """The finest plan whose elements leave room to break each of them up within `count` pieces."""
    plan = None
    limit = 0.55 * count
    step = 0
    while step < len(LADDER):
        plan = _draw(layout, LADDER[step], focus)
        if len(plan.regions) <= limit:
            break
        # far too many: the next rung would not do either
        step += 3 if len(plan.regions) > 4 * limit and step + 3 < len(LADDER) else 1
    assert plan is not None
    _spare(plan, layout)
    return plan


def _spare(plan: Plan, layout: Layout) -> None:
    """Spend the pieces where the camera sees them: what looks away or lies inside stays coarser."""
    eye = np.array([0.0, 0.0, layout.camera.eye_height])
    for r in plan.regions:
        outer = r.wall >= 0 or r.element == Element.ROOF
        middle = r.world(pg.centroid(r.polygon))
        if not outer or (eye - middle) @ r.n < 0:
            r.coarse = COARSE
            r.weight /= COARSE


def _draw(layout: Layout, detail: Detail, focus: tuple[int, ...] | None) -> Plan:
    plan = Plan([], [], [], min(p.base for p in layout.prisms))
    blocks = stack(layout, detail.sides)
    total = max(b.first + b.prism.storeys for b in blocks)
    wanted = {f if f >= 0 else total + f for f in focus or ()}
    for block in blocks:
        _draw_block(plan, block, detail, wanted)
    return plan


def _draw_block(plan: Plan, block: Block, detail: Detail, focus: set[int]) -> None:
    k = block.index
    prism, f = block.prism, block.footprint
    masonry, timber = prism.construction == "masonry", prism.construction == "timber"
    bearing = masonry or timber
    height = block.top - block.bottom
    levels = max(1, min(-(-prism.storeys // detail.merge), int(height / 1.9)))
    per_level = prism.storeys / levels
    slab = min(0.22 if prism.construction == "frame" else 0.2, 0.12 * height / levels)
    slab *= min(per_level, 3) ** 0.5
    if masonry:
        style = WallStyle(
            float(np.clip(0.2 + 0.05 * prism.storeys, 0.25, 0.5)), Element.MASONRY, BRICK,
            Material.MASONRY,
        )  # fmt: skip
    elif timber:
        style = WallStyle(0.2, Element.MASONRY, WOOD, Material.TIMBER)
    else:
        style = WallStyle(0.15, Element.PANEL, LIGHT, Material.CONCRETE)
    side = float(np.sqrt(abs(pg.area(f))))
    style.thickness = min(style.thickness, 0.12 * side)
    pitched = slopes(f, prism.roof)
    inner = pg.inset(f, style.thickness)
    z = np.linspace(block.bottom, block.top, levels + 1)
    if block.bottom < prism.base and levels > 1:  # the storeys keep their own heights
        z[1:] = prism.base + (block.top - prism.base) * np.arange(1, levels + 1) / levels
    storey = [block.first + int((i + 0.5) * per_level) for i in range(levels)]
    weight = [2.5 if any(s in focus for s in _covered(block, i, per_level)) else 1.0
              for i in range(levels)]  # fmt: skip

    width = float(np.clip(0.3 + 0.012 * prism.storeys, 0.3, 0.7)) * min(per_level, 3) ** 0.5
    width = min(width, 0.15 * side)
    columns = [] if bearing else column_places(f, style.thickness, width, detail.bay)
    centres = [c for c, _ in columns]
    _draw_walls(plan, k, block, style, z, slab if bearing else 0.0, storey, weight, detail)
    for i in range(levels):
        last = i == levels - 1
        out = bearing and not (last and pitched)
        density, cut = (WOOD * 1.6, Material.TIMBER) if timber else (CONCRETE, Material.CONCRETE)
        plan.regions += slab_regions(
            f if out else inner, z[i + 1], slab, out, density, cut, k, storey[i], weight[i],
            centres, Material.FLOOR,
        )  # fmt: skip
        for c, e in columns:
            plan.regions.append(
                column_region(c, e, width, z[i], z[i + 1] - slab, k, storey[i], weight[i])
            )
        if detail.inner or masonry:
            plan.regions += inner_walls(
                inner, centres, width / 2, 6.5 if bearing else 7.5,
                min(0.3, 0.8 * style.thickness) if masonry else 0.1, z[i], z[i + 1] - slab,
                Element.MASONRY if bearing else Element.PANEL,
                BRICK if masonry else WOOD if timber else LIGHT, style.cut,
                k, storey[i], 0.6 * weight[i],
            )  # fmt: skip
    if pitched:
        parts = pg.convex_parts(f)
        for i, part in enumerate(parts):
            plan.regions += roof_regions(
                part, block.eave, prism.roof, block.above, block.beside, k,
                1000 * block.number + 100 * i, storey[-1], weight[-1], timber,
            )  # fmt: skip


def _draw_walls(
    plan: Plan,
    k: int,
    block: Block,
    style: WallStyle,
    z: F64,
    slab: float,
    storey: list[int],
    weight: list[float],
    detail: Detail,
) -> None:
    """slab: thickness of floors that run through the walls; 0 where walls pass outside them."""
    prism, f = block.prism, block.footprint
    count, levels = len(f), len(storey)
    pitched = slopes(f, prism.roof)
    e = np.roll(f, -1, 0) - f
    e /= np.linalg.norm(e, axis=1, keepdims=True)
    turn = np.roll(e, 1, 0)
    angle = np.arctan2(turn[:, 0] * e[:, 1] - turn[:, 1] * e[:, 0], (turn * e).sum(1))
    mitre = np.tan(angle / 2)  # at the start of each edge
    for w in range(count):
        a, b = f[w], f[(w + 1) % count]
        length = float(np.linalg.norm(b - a))
        rows = []
        for i in range(levels):
            last = i == levels - 1
            top = z[i + 1] - (0.0 if last and pitched else slab)
            row = Storey(storey[i], float(z[i]), float(top), weight[i])
            if last and pitched:
                if w in pitched:
                    # under planes of unequal pitch the corner must fit beneath the shallower one
                    near = [pitched[i] for i in ((w - 1) % count, w, (w + 1) % count)
                            if i in pitched]  # fmt: skip
                    row.bevel = float(np.tan(min(near)))
                else:
                    row.polygon = _gable(f, w, length, row, pitched)
            rows.append(row)
        holes = _openings(prism, block, w, length)
        regions, curves, panes = wall_regions(
            a, b, (float(mitre[w]), float(mitre[(w + 1) % count])), rows, holes, style, k,
            1000 * block.number + w, len(plan.curves), detail.holes,
        )  # fmt: skip
        plan.regions += regions
        plan.curves += curves
        plan.panes += panes


def _gable(f: F64, w: int, length: float, row: Storey, pitched: dict[int, float]) -> F64:
    """The end wall under a gable roof: a rectangle and the triangle up to the ridge."""
    count = len(f)
    left, right = (w - 1) % count, (w + 1) % count
    tan = [np.tan(pitched[left]), np.tan(pitched[right])]

    def slope(side: int) -> float:  # rise per metre along this wall
        e = f[(w + 1) % count] - f[w]
        d = f[(side + 1) % count] - f[side]
        return float(abs(e[0] * d[1] - e[1] * d[0]) / np.linalg.norm(d) / length)

    rise = [tan[0] * slope(left), tan[1] * slope(right)]
    x = length * rise[1] / (rise[0] + rise[1])
    return np.array(
        [[0, row.bottom], [length, row.bottom], [length, row.top], [x, row.top + rise[0] * x],
         [0, row.top]]
    )  # fmt: skip


def _openings(prism: Prism, block: Block, w: int, length: float) -> list[Rect]:
    """Openings of the original face, clipped to this edge."""
    original = np.array(prism.footprint, float)
    face = block.sides[w]
    shift = 0.0
    if face >= 0:
        a = original[face]
        b = original[(face + 1) % len(original)]
        e = (b - a) / max(float(np.linalg.norm(b - a)), 1e-9)
        shift = float((block.footprint[w] - a) @ e)
    out = []
    for o in prism.openings:
        if o.face == face and o.right - shift > 0 and o.left - shift < length:
            out.append((o.left - shift, prism.base + o.bottom, o.right - shift, prism.base + o.top))
    return out


def _covered(block: Block, level: int, per_level: float) -> range:
    return range(
        block.first + int(level * per_level), block.first + int(np.ceil((level + 1) * per_level))
    )

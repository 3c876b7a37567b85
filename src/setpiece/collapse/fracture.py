"""Fracture: the building of a layout, cut element by element into convex pieces with bonds.

Slabs, walls, columns and roof planes are prisms; each is broken in its own plane by Voronoi cells
whose sizes follow a power law, so that slabs stay slabs and columns stay columns.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.fragments import Fragments
from setpiece.collapse.layout.model import Layout
from setpiece.collapse.pieces.region import Edge, Plan
from setpiece.collapse.pieces.store import load_fragments, save_fragments
from setpiece.errors import LayoutError

__all__ = ["compile_kernels", "fracture", "load_fragments", "save_fragments"]


def fracture(
    layout: Layout,
    *,
    count: int = 1500,
    seed: int = 0,
    focus: tuple[int, ...] | None = None,
    progress: Callable[[float], None] | None = None,
) -> Fragments:
    """Cut the building into about `count` pieces (200 to 10000) with their bonds and mesh.

    focus: storeys (0 is the ground floor, -1 the top one) that break into more and smaller
    pieces. Buildings too small for `count` pieces of 0.25 m get fewer. progress: called with the
    share done, 0 to 1. The same layout, count, seed and focus give the same bits.

    Raises LayoutError for a footprint without area or a block without height.
    """
    from setpiece.collapse.pieces import bonds, meshing, plan, projection, solids, voronoi

    def tell(share: float) -> None:
        if progress is not None:
            progress(share)

    _check(layout)
    count = int(np.clip(count, 20, 40000))
    tell(0.0)
    drawn = plan.plan_building(layout, count, focus)
    tell(0.1)
    cells = voronoi.cut_regions(drawn.regions, count, seed)
    tell(0.25)
    bodies = solids.build(drawn.regions, cells)
    tell(0.5)
    ties = bonds.find_bonds(drawn.regions, cells, bodies, drawn.ground)
    tell(0.65)
    pane_body = _pane_bodies(drawn, cells.polygon, cells.tag, cells.region)
    eye = (
        np.array([0.0, 0.0, layout.camera.eye_height]),
        layout.camera.focal * 1280 / layout.size[0],
    )
    mesh = meshing.build_mesh(drawn, cells, bodies, pane_body, seed, eye)
    tell(0.9)
    mesh = projection.project_hidden(mesh, layout, drawn, cells.region)
    tell(1.0)
    size = np.array([len(b.hull) for b in bodies])
    centre = np.array([b.centre for b in bodies])
    rows = [drawn.regions[k] for k in cells.region]
    panes = drawn.panes
    return Fragments(
        mesh=mesh,
        centre=centre,
        mass=np.array([b.mass for b in bodies]),
        inertia=np.array([b.inertia for b in bodies]),
        hull=np.concatenate([b.hull for b in bodies]) - np.repeat(centre, size, 0),
        hull_start=np.concatenate([[0], np.cumsum(size)]).astype(np.int32),
        element=np.array([r.element for r in rows], np.uint8),
        storey=np.array([r.storey for r in rows], np.int32),
        prism=np.array([r.prism for r in rows], np.int32),
        bonds=ties,
        opening_body=pane_body,
        opening_centre=np.array([p.centre for p in panes]).reshape(-1, 3),
        opening_normal=np.array([p.normal for p in panes]).reshape(-1, 3),
        opening_size=np.array([p.size for p in panes], float).reshape(-1, 2),
    )


def _check(layout: Layout) -> None:
    from setpiece.collapse.pieces.polygon import area

    for k, prism in enumerate(layout.prisms):
        p = np.asarray(prism.footprint, float)
        if not np.isfinite(p).all() or abs(area(p)) < 0.25:
            raise LayoutError(
                f"block {k + 1} of the layout has a footprint of {abs(area(p)):.2f} m2: "
                "move its corners apart (at least 0.25 m2)"
            )
        if prism.height < 0.5:
            raise LayoutError(
                f"block {k + 1} of the layout is {prism.height:.2f} m high: "
                "give it at least 0.5 m, or remove it"
            )


def _pane_bodies(
    plan: Plan, polygon: list, tag: list, region: NDArray[np.int64]
) -> NDArray[np.int32]:
    """The piece that each window hangs on: the one beside its opening, nearest to its sill."""
    walls: dict[tuple[int, int], list[int]] = {}
    for k, number in enumerate(region):
        r = plan.regions[number]
        if r.wall >= 0 and abs(r.n[2]) < 1e-6:
            walls.setdefault((r.prism, r.wall), []).append(k)
    edges = {}
    for key, rows in walls.items():  # all edges of the wall's pieces: start, end, piece, reveal
        p = np.concatenate([polygon[k] for k in rows])
        q = np.concatenate([np.roll(polygon[k], -1, 0) for k in rows])
        owner = np.concatenate([np.full(len(polygon[k]), k) for k in rows])
        reveal = np.array([
            t < 0 and plan.regions[region[k]].edge[-1 - t] == Edge.REVEAL
            for k in rows for t in tag[k]
        ])  # fmt: skip
        edges[key] = p, q - p, owner, reveal
    out = np.zeros(len(plan.panes), np.int32)
    for i, pane in enumerate(plan.panes):
        key = (pane.prism, pane.wall)
        r = plan.regions[region[walls[key][0]]]
        d = pane.centre - r.origin
        spot = np.array([d @ r.u, d @ r.v - pane.size[1] / 2])
        p, e, owner, reveal = edges[key]
        s = np.clip(((spot - p) * e).sum(1) / np.maximum((e * e).sum(1), 1e-12), 0, 1)
        far = np.linalg.norm(p + e * s[:, None] - spot, axis=1)
        out[i] = owner[int(np.argmin(far + np.where(reveal, 0.0, 0.5)))]
    return out


def compile_kernels() -> None:
    """Compile every kernel of this stage on tiny data."""
    from setpiece.collapse.pieces import bonds, jagged, voronoi

    voronoi.compile_kernels()
    bonds.compile_kernels()
    jagged.compile_kernels()

"""The picture of the pieces: jagged solids, window panes and reinforcement bars."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.pieces import polygon as pg
from setpiece.collapse.pieces.bars import Cut, add_bars
from setpiece.collapse.pieces.jagged import build_meshes
from setpiece.collapse.pieces.region import Edge, Plan
from setpiece.collapse.pieces.rooms import furnish
from setpiece.collapse.pieces.solids import Solid
from setpiece.collapse.pieces.voronoi import Cells
from setpiece.render.scene import Material, Mesh

F64 = NDArray[np.float64]

#: Broken edges wander by at most this much [m].
ROUGHNESS = 0.09
#: Triangles aimed at per piece (the jagged edges' step follows from it).
TRIANGLES = 128
#: A window pane cracks into pieces about this wide [m], at most so many along a side.
SHARD = 0.4
MOST_SHARDS = 6


@dataclass
class Soup:
    """Triangles being collected. wall of a vertex comes from its piece."""

    vertices: list[F64]
    faces: list[NDArray[np.int64]]
    body: list[NDArray[np.int64]]
    material: list[NDArray[np.int64]]
    pane: list[NDArray[np.int64]]
    count: int = 0

    def add(self, vertices: F64, faces: NDArray, body, material, pane=-1) -> None:  # type: ignore[no-untyped-def]
        self.vertices.append(vertices)
        self.faces.append(np.asarray(faces) + self.count)
        n = len(faces)
        for target, value in ((self.body, body), (self.material, material), (self.pane, pane)):
            target.append(np.broadcast_to(np.asarray(value, np.int64), (n,)))
        self.count += len(vertices)


def build_mesh(
    plan: Plan,
    cells: Cells,
    solids: list[Solid],
    pane_body: NDArray[np.int32],
    seed: int,
    eye: tuple[F64, float],
) -> Mesh:
    """Render mesh of all pieces; tex equals vertices here. eye: where the camera stands [m] and
    its focal length [px of a picture 1280 wide]."""
    regions = plan.regions
    start = np.concatenate([[0], np.cumsum([len(p) for p in cells.polygon])]).astype(np.int64)
    front = np.concatenate([s.front for s in solids])
    back = np.concatenate([s.back for s in solids])
    total = int(start[-1])
    owner = np.repeat(np.arange(len(solids)), np.diff(start))
    following = np.arange(total) + 1
    following[start[1:] - 1] = start[:-1]
    length = np.linalg.norm(front[following] - front, axis=1)
    tag = np.concatenate(cells.tag)
    inner = np.array([_inradius(p) for p in cells.polygon])

    jag = np.zeros(total, np.int64)
    curve = np.zeros((total, 4))
    identity = np.zeros(total, np.int64)
    amplitude = np.zeros(total)
    material = np.zeros(total, np.int64)
    line = np.array(plan.curves).reshape(-1, 4)
    room = np.full(len(line), np.inf)
    on_line = np.full(total, -1)
    for e in range(total):
        r = regions[cells.region[owner[e]]]
        if tag[e] >= 0:
            material[e] = r.cut
            continue
        m = -1 - tag[e]
        kind = r.edge[m]
        material[e] = (
            r.cut if kind == Edge.CUT else Material.PLATE if kind == Edge.OUTSIDE
            else Material.PLASTER
        )  # fmt: skip
        on_line[e] = r.curve[m]
        if on_line[e] >= 0:
            room[on_line[e]] = min(room[on_line[e]], inner[owner[e]])
    cut = tag >= 0
    a, b = np.minimum(owner, tag), np.maximum(owner, tag)
    forward = owner < tag
    p, q = front, front[following]
    jag[cut] = 1
    curve[cut] = np.where(forward[:, None], np.hstack([p, q]), np.hstack([q, p]))[cut]
    identity[cut] = (a * 1_000_003 + b)[cut]
    near = np.minimum(inner[owner], inner[np.maximum(tag, 0)])
    amplitude[cut] = np.minimum(ROUGHNESS, np.minimum(0.14 * length, 0.22 * near))[cut]
    drawn = on_line >= 0
    jag[drawn] = 1
    if drawn.any():
        curve[drawn] = line[on_line[drawn]]
        identity[drawn] = 7_000_000_000_000 + on_line[drawn]
        size = np.hypot(line[:, 2] - line[:, 0], line[:, 3] - line[:, 1])
        reach = np.minimum(ROUGHNESS, np.minimum(0.1 * size, 0.22 * room))
        amplitude[drawn] = reach[on_line[drawn]]
    whole = np.where(drawn, np.hypot(curve[:, 2] - curve[:, 0], curve[:, 3] - curve[:, 1]), length)
    step = _step(length[jag > 0], total, len(solids))
    knots = np.clip(np.round(whole / step), 1, 400).astype(np.int64)
    knots[(jag > 0) & (whole > 0.3)] = np.maximum(knots[(jag > 0) & (whole > 0.3)], 2)
    thick = np.array([s.depth for s in solids])
    verts, vcell, faces, fcell, part = build_meshes(
        start, front, back, jag, curve, knots, identity, amplitude, thick, seed
    )
    frame = np.array([[r.origin, r.u, r.v, r.n] for r in regions])[cells.region[vcell]]
    world = (
        frame[:, 0] + verts[:, :1] * frame[:, 1] + verts[:, 1:2] * frame[:, 2]
        - verts[:, 2:] * frame[:, 3]
    )  # fmt: skip
    caps = np.array([[r.front, r.back] for r in regions])[cells.region[fcell]]
    kind = np.where(part == -1, caps[:, 0], np.where(part == -2, caps[:, 1], 0))
    kind = np.where(part >= 0, material[np.maximum(part, 0)], kind)
    soup = Soup([], [], [], [], [])
    soup.add(world, faces, fcell, kind)
    able = np.flatnonzero((tag > owner) & (length > 0.25))
    add_bars(
        soup.add, plan, cells, Cut(start, front, following, tag, length, inner), able, seed, eye
    )
    furnish(soup.add, plan, cells, pane_body, seed)
    for k, pane in enumerate(plan.panes):
        corners, loose = _shards(pane.size, seed, k)
        place = pane.centre + corners[:, :1] * pane.along
        place[:, 2] += corners[:, 1]
        soup.add(place, loose, pane_body[k], int(Material.GLASS), k)
    v = np.concatenate(soup.vertices).astype(np.float32)
    return Mesh(
        v, v.copy(), np.concatenate(soup.faces).astype(np.int32),
        np.concatenate(soup.body).astype(np.int32), np.concatenate(soup.material).astype(np.uint8),
        np.concatenate(soup.pane).astype(np.int32),
    )  # fmt: skip


def _shards(size: tuple[float, float], seed: int, pane: int) -> tuple[F64, NDArray[np.int64]]:
    """A pane (width, height) [m] as the triangles it will crack into: corners (n, 2) about its
    middle and faces (n / 3, 3), no corner shared, so that each can fall by itself."""
    rng = np.random.default_rng([seed & 0x7FFFFFFF, 9973, pane])
    nx, ny = (int(np.clip(round(s / SHARD), 2, MOST_SHARDS)) for s in size)
    grid = np.stack(np.meshgrid(np.arange(nx + 1) / nx, np.arange(ny + 1) / ny), -1) - 0.5
    grid[1:-1, 1:-1] += rng.uniform(-0.36, 0.36, (ny - 1, nx - 1, 2)) / (nx, ny)
    grid[[0, -1], 1:-1, 0] += rng.uniform(-0.3, 0.3, (2, nx - 1)) / nx
    grid[1:-1, [0, -1], 1] += rng.uniform(-0.3, 0.3, (ny - 1, 2)) / ny
    p = grid * size
    a, b, c, d = p[:-1, :-1], p[:-1, 1:], p[1:, 1:], p[1:, :-1]
    one = rng.random(a.shape[:2])[..., None, None] < 0.5
    first = np.where(one, np.stack([a, b, c], 2), np.stack([a, b, d], 2))
    second = np.where(one, np.stack([a, c, d], 2), np.stack([b, c, d], 2))
    corners = np.concatenate([first.reshape(-1, 2), second.reshape(-1, 2)])
    return corners, np.arange(len(corners)).reshape(-1, 3)


def _step(cut: F64, edges: int, pieces: int) -> float:
    """Length of the jagged edges' segments so that the whole has about TRIANGLES a piece [m]."""
    budget = max(TRIANGLES * pieces / 6 - edges, 0.6 * edges)  # six triangles a ring point
    return float(np.clip(cut.sum() / max(budget, 1.0), 0.1, 0.6))


def _inradius(p: F64) -> float:
    c = pg.centroid(p)
    e = np.roll(p, -1, 0) - p
    d = c - p
    s = np.maximum(np.linalg.norm(e, axis=1), 1e-9)
    return float(max(((e[:, 0] * d[:, 1] - e[:, 1] * d[:, 0]) / s).min(), 0.0))

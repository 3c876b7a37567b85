"""Reinforcement: bent bars that stick out of broken slabs and columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.fragments import Element
from setpiece.collapse.pieces.region import Plan
from setpiece.collapse.pieces.voronoi import Cells
from setpiece.render.scene import Material

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

#: Broken edges a piece that get bars, bars along a metre of edge and at most on one edge.
EDGES, SPACING, MOST = 0.75, 0.24, 5
#: A bar's radius: real ones up to PIXELS of a picture 1280 wide, so that far ones are still lines.
THIN, THICK, PIXELS = 0.011, 0.03, 0.42  # [m], [m], [px]
LONGEST = 1.1  # [m]
COVER = 0.035  # [m] of concrete over a bar while the building stands


@dataclass(frozen=True)
class Cut:
    """The outlines of all pieces: first edge of each, corners (E, 2), the next corner of each,
    neighbouring piece (or < 0), length [m] of each edge, and each piece's inner radius [m]."""

    start: I64
    front: F64
    following: I64
    tag: I64
    length: F64
    inner: F64


def add_bars(
    add: Callable[..., None], plan: Plan, cells: Cells, cut: Cut, edges: I64, seed: int,
    eye: tuple[F64, float],
) -> None:  # fmt: skip
    """Bars at some of `edges`; each lies hidden in the neighbour while that stands.

    add: takes vertices (n, 3) [m], faces, the piece they ride on and their material.
    eye: where the camera stands [m] and its focal length [px of a picture 1280 wide].
    """
    rng = np.random.default_rng(seed + 77)
    owner = np.repeat(np.arange(len(cut.start) - 1), np.diff(cut.start))
    concrete = np.array(
        [r.element in (Element.SLAB, Element.COLUMN) and r.cut == Material.CONCRETE
         for r in plan.regions]
    )[cells.region]  # fmt: skip
    edges = edges[concrete[owner[edges]]]
    most = int(EDGES * (len(cut.start) - 1))
    if len(edges) == 0 or most == 0:
        return
    edges = np.sort(rng.choice(edges, min(most, len(edges)), replace=False))
    for e in edges:
        flip = bool(rng.integers(2))
        body, other = (owner[e], cut.tag[e]) if not flip else (cut.tag[e], owner[e])
        r = plan.regions[cells.region[body]]
        p, q = cut.front[e], cut.front[cut.following[e]]
        t = (q - p) / cut.length[e]
        out = np.array([t[1], -t[0]]) * (-1 if flip else 1)
        reach = min(LONGEST, 1.8 * float(cut.inner[other]))
        if reach < 0.12:
            continue
        hide = cut.front[cut.start[other] : cut.start[other + 1]]
        far = float(np.linalg.norm(r.world(p) - eye[0]))
        radius = float(np.clip(PIXELS * far / max(eye[1], 1.0), THIN, THICK))
        root = min(0.06, 0.5 * float(cut.inner[body]))
        number = int(np.clip(cut.length[e] / SPACING, 1, MOST))
        for k in range(number):
            at = p + (q - p) * ((k + 0.3 + 0.4 * rng.random()) / number)
            low, high = COVER, r.thickness - COVER
            depth = low + (high - low) * (0.15 if rng.random() < 0.5 else 0.85)
            size = reach * (0.45 + 0.55 * rng.random())
            bend = rng.normal(size=2) * (0.14, 0.5)  # at the root, and further on
            knee, tip = out + bend[0] * t, 0.8 * out + bend[1] * t
            while size > 0.1 and not (
                _inside(at + 0.5 * size * knee, hide, 0.03)
                and _inside(at + 0.5 * size * (knee + tip), hide, 0.03)
            ):
                size *= 0.75
            if size <= 0.1:
                continue
            sag = np.clip(depth + rng.normal() * 0.08, low, high)
            line = np.stack([
                r.world(at - out * root, depth), r.world(at + 0.5 * size * knee, (depth + sag) / 2),
                r.world(at + 0.5 * size * (knee + tip), sag),
            ])  # fmt: skip
            tube, faces = _tube(line, radius)
            if tube[:, 2].min() > plan.ground:
                add(tube, faces, int(body), int(Material.REBAR))


def _tube(line: F64, radius: float) -> tuple[F64, NDArray[np.int64]]:
    """Three-sided tube along points (k, 3): vertices and faces, closed at its far end."""
    way = np.gradient(line, axis=0)
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    x = np.cross(way, np.eye(3)[int(np.argmin(np.abs(way).sum(0)))])
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    y = np.cross(way, x)
    angle = np.arange(3) * 2 * np.pi / 3
    ring = radius * (np.cos(angle)[:, None] * x[:, None] + np.sin(angle)[:, None] * y[:, None])
    vertices = (line[:, None] + ring).reshape(-1, 3)
    faces = []
    for k in range(len(line) - 1):
        a = 3 * k
        for i in range(3):
            j = (i + 1) % 3
            faces += [[a + i, a + j, a + 3 + j], [a + i, a + 3 + j, a + 3 + i]]
    a = 3 * (len(line) - 1)
    return vertices, np.array([*faces, [a, a + 1, a + 2]])


def _inside(q: F64, shape: F64, margin: float) -> bool:
    """Whether q lies in a convex counter-clockwise polygon, at least `margin` from its edges."""
    e = np.roll(shape, -1, 0) - shape
    side = e[:, 0] * (q[1] - shape[:, 1]) - e[:, 1] * (q[0] - shape[:, 0])
    return bool((side >= margin * np.linalg.norm(e, axis=1)).all())

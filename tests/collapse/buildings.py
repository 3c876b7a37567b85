"""Frame buildings out of boxes, as Fragments: a test bed for structure and fall."""

from __future__ import annotations

import numpy as np

from setpiece.collapse.fragments import Bonds, Element, Fragments
from setpiece.collapse.layout.model import CameraModel, Layout, Prism
from setpiece.render.scene import Mesh

_CORNERS = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], float)
_QUADS = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]


def frame(
    storeys: int = 3,
    bays: tuple[int, int] = (3, 2),
    bay: float = 4.0,
    height: float = 3.2,
    cells: int = 1,
    pieces: int = 1,
    at: tuple[float, float] = (-6.0, 20.0),
) -> tuple[Fragments, Layout]:
    """A concrete frame: columns on a grid, slabs cut around them, panels in the outer bays.

    cells: slab cells per bay and side. pieces: pieces per column.
    """
    slab, col, skin = 0.22, 0.40, 0.12
    lo: list[np.ndarray] = []
    hi: list[np.ndarray] = []
    kind: list[int] = []
    floor: list[int] = []

    def add(a: tuple, b: tuple, element: int, storey: int) -> None:
        lo.append(np.array(a, float))
        hi.append(np.array(b, float))
        kind.append(int(element))
        floor.append(storey)

    def cuts(n: int) -> np.ndarray:
        mid = (np.arange(n * cells) + 0.5) * bay / cells
        return np.concatenate([[-col / 2], mid, [n * bay + col / 2]])

    xs, ys = cuts(bays[0]), cuts(bays[1])
    for f in range(storeys):
        z0, z1, z2 = f * height, (f + 1) * height - slab, (f + 1) * height
        for i in range(bays[0] + 1):
            for j in range(bays[1] + 1):
                zs = np.linspace(z0, z1, pieces + 1)
                for p in range(pieces):
                    add(
                        (i * bay - col / 2, j * bay - col / 2, zs[p]),
                        (i * bay + col / 2, j * bay + col / 2, zs[p + 1]),
                        Element.COLUMN,
                        f,
                    )
        for i in range(len(xs) - 1):
            for j in range(len(ys) - 1):
                add((xs[i], ys[j], z1), (xs[i + 1], ys[j + 1], z2), Element.SLAB, f)
        for i in range(bays[0]):
            x0, x1 = i * bay + col / 2, (i + 1) * bay - col / 2
            for y in (-col / 2, bays[1] * bay + col / 2 - skin):
                add((x0, y, z0), (x1, y + skin, z1), Element.PANEL, f)
        for j in range(bays[1]):
            y0, y1 = j * bay + col / 2, (j + 1) * bay - col / 2
            for x in (-col / 2, bays[0] * bay + col / 2 - skin):
                add((x, y0, z0), (x + skin, y1, z1), Element.PANEL, f)
    prism = Prism(
        footprint=[
            (at[0] + x, at[1] + y)
            for x, y in (
                (0, 0),
                (bays[0] * bay, 0),
                (bays[0] * bay, bays[1] * bay),
                (0, bays[1] * bay),
            )
        ],
        height=storeys * height,
        storeys=storeys,
    )
    layout = Layout(
        size=(640, 360),
        camera=CameraModel(focal=500.0),
        outline=[(100, 100), (300, 100), (300, 300)],
        prisms=[prism],
    )
    shift = np.array([at[0], at[1], 0.0])
    return boxes(np.array(lo) + shift, np.array(hi) + shift, kind, floor), layout


def boxes(lo: np.ndarray, hi: np.ndarray, kind: list[int], floor: list[int]) -> Fragments:
    """Fragments out of axis-aligned boxes, bonded wherever they touch."""
    centre, half = (lo + hi) / 2, (hi - lo) / 2
    n = len(lo)
    element = np.array(kind, np.uint8)
    rho = np.array([2500.0, 3180.0, 500.0, 1900.0, 900.0])[element]
    mass = rho * 8 * half.prod(1)
    inertia = np.zeros((n, 3, 3))
    for a in range(3):
        b, c = (a + 1) % 3, (a + 2) % 3
        inertia[:, a, a] = mass / 3 * (half[:, b] ** 2 + half[:, c] ** 2)
    rows: list[tuple] = []
    for i in range(n):
        a = np.maximum(lo[i], lo[i + 1 :])
        d = np.minimum(hi[i], hi[i + 1 :]) - a
        for o in np.nonzero((d > -1e-4).all(1))[0]:
            j = i + 1 + int(o)
            ax = int(np.argmin(d[o]))
            t = (ax + 1) % 3
            w = (d[o][t], d[o][(ax + 2) % 3])
            if w[0] * w[1] < 0.003:
                continue
            sign = np.sign(centre[j, ax] - centre[i, ax])
            rows.append(
                (i, j, a[o] + d[o] / 2, np.eye(3)[ax] * sign, np.eye(3)[t], w,
                 abs(centre[j, ax] - centre[i, ax]))
            )  # fmt: skip
        if lo[i, 2] < 1e-6:
            at = np.array([centre[i, 0], centre[i, 1], 0.0])
            rows.append(
                (i, -1, at, np.array([0, 0, -1.0]), np.array([1.0, 0, 0]),
                 tuple(2 * half[i, :2]), half[i, 2])
            )  # fmt: skip
    cols = list(zip(*rows, strict=True))
    bonds = Bonds(
        np.array(cols[0], np.int32), np.array(cols[1], np.int32), np.array(cols[2]),
        np.array(cols[3]), np.array(cols[4]), np.array(cols[5]), np.array(cols[6], float),
    )  # fmt: skip
    corners = centre[:, None] + _CORNERS * half[:, None]
    quads = np.array(_QUADS)
    tris = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    faces = (tris[None] + 8 * np.arange(n)[:, None, None]).reshape(-1, 3).astype(np.int32)
    vertices = corners.reshape(-1, 3).astype(np.float32)
    mesh = Mesh(
        vertices, vertices.copy(), faces, np.repeat(np.arange(n, dtype=np.int32), 12),
        np.full(len(faces), 2, np.uint8), np.full(len(faces), -1, np.int32),
    )  # fmt: skip
    panels = np.nonzero(element == Element.PANEL)[0].astype(np.int32)
    out = centre[panels] - centre.mean(0)
    thin = np.argmin(half[panels], 1)
    normal = np.zeros((len(panels), 3))
    normal[np.arange(len(panels)), thin] = np.sign(out[np.arange(len(panels)), thin])
    return Fragments(
        mesh, centre, mass, inertia, (corners - centre[:, None]).reshape(-1, 3),
        (8 * np.arange(n + 1)).astype(np.int32), element, np.array(floor, np.int32),
        np.zeros(n, np.int32), bonds, panels, centre[panels], normal,
        np.full((len(panels), 2), 1.2),
    )  # fmt: skip

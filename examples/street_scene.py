"""Geometry of stage street: a mid-rise block to bring down, neighbours, road, trees and a lamp.

Everything is metres, Z up, ground z = 0, camera near the origin looking along +Y.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

# Materials of this stage (its own, richer than those of broken pieces).
ASPHALT, PAVING, KERB, STUCCO, BRICK, STONE, GLASS, FRAME, LEAF, BARK, METAL, ROOF, GRASS = range(
    13
)

POST, POST_HEIGHT = (-2.4, 7.6), 0.95  # where the bollard stands (x, y) and how high it is [m]
CORNICE_OUT, CORNICE_BASE, CORNICE_TALL = 0.3, 0.45, 0.3  # of a cornice [m]; base: under the roof


@dataclass
class Build:
    """Triangles being collected. A face has a material, a tint (rgb) and a body (0: the block)."""

    points: list[NDArray] = field(default_factory=list)
    faces: list[NDArray] = field(default_factory=list)
    material: list[NDArray] = field(default_factory=list)
    tint: list[NDArray] = field(default_factory=list)
    block: list[NDArray] = field(default_factory=list)
    count: int = 0

    def add(
        self, points: NDArray, faces: NDArray, material: int, tint: tuple, block: bool = False
    ) -> None:
        self.points.append(np.asarray(points, np.float32))
        self.faces.append(np.asarray(faces, np.int32) + self.count)
        n = len(faces)
        self.material.append(np.full(n, material, np.uint8))
        self.tint.append(np.tile(np.asarray(tint, np.float32), (n, 1)))
        self.block.append(np.full(n, block))
        self.count += len(points)

    def quad(self, a, b, c, d, material: int, tint: tuple, block: bool = False) -> None:
        self.add(np.array([a, b, c, d]), np.array([[0, 1, 2], [0, 2, 3]]), material, tint, block)

    def box(self, origin, u, v, w, material: int, tint: tuple, block: bool = False) -> None:
        """A parallelepiped: corner `origin`, edges u, v, w."""
        o, u, v, w = (np.asarray(x, float) for x in (origin, u, v, w))
        p = [o + i * u + j * v + k * w for i in (0, 1) for j in (0, 1) for k in (0, 1)]
        f = [[0, 1, 3], [0, 3, 2], [4, 6, 7], [4, 7, 5], [0, 4, 5], [0, 5, 1],
             [2, 3, 7], [2, 7, 6], [0, 2, 6], [0, 6, 4], [1, 5, 7], [1, 7, 3]]  # fmt: skip
        self.add(np.array(p), np.array(f), material, tint, block)

    def arrays(self) -> tuple[NDArray, ...]:
        return (
            np.concatenate(self.points),
            np.concatenate(self.faces),
            np.concatenate(self.material),
            np.concatenate(self.tint),
            np.concatenate(self.block),
        )


@dataclass(frozen=True)
class House:
    """An upright block with a grid of windows. corner: nearest corner; yaw of its front [deg]."""

    corner: tuple[float, float]
    width: float
    depth: float
    storeys: int
    yaw: float
    bays: int
    side_bays: int
    tint: tuple[float, float, float]
    skin: int = STUCCO
    storey: float = 3.2

    @property
    def height(self) -> float:
        return self.storeys * self.storey

    def axes(self) -> tuple[NDArray, NDArray]:
        a = np.radians(self.yaw)
        return np.array([np.cos(a), np.sin(a), 0.0]), np.array([-np.sin(a), np.cos(a), 0.0])

    def footprint(self) -> NDArray:
        """Four corners (x, y), counter-clockwise from the near one along the front."""
        u, v = self.axes()
        c = np.array([*self.corner, 0.0])
        p = [c, c + u * self.width, c + u * self.width + v * self.depth, c + v * self.depth]
        return np.array(p)[:, :2]

    def cornice(self) -> NDArray:
        """Outer corners (2, 4, 3) of the cornice: its underside, then its top; as `footprint`."""
        u, v = self.axes()
        foot = np.concatenate([self.footprint(), np.zeros((4, 1))], 1)
        out = np.array([-u - v, u - v, u + v, v - u]) * CORNICE_OUT
        low = self.height - CORNICE_BASE
        return np.stack([foot + out + [0, 0, z] for z in (low, low + CORNICE_TALL)])


def add_house(b: Build, h: House, rng: np.random.Generator, block: bool = False) -> None:
    """Walls with recessed windows, sills, a band over the ground floor, a cornice, a flat roof."""
    u, v = h.axes()
    up = np.array([0.0, 0.0, 1.0])
    c = np.array([*h.corner, 0.0])
    walls = [
        (c, u, h.width, h.bays, -v),
        (c + u * h.width, v, h.depth, h.side_bays, u),
        (c + u * h.width + v * h.depth, -u, h.width, h.bays, v),
        (c + v * h.depth, -v, h.depth, h.side_bays, -u),
    ]
    for origin, along, length, bays, out in walls:
        _wall(b, h, origin, along, length, bays, out, rng, block)
    top = c + up * h.height
    b.quad(top, top + u * h.width, top + u * h.width + v * h.depth, top + v * h.depth, ROOF,
           (0.22, 0.21, 0.2), block)  # fmt: skip
    for origin, along, length, _, out in walls:
        o = origin + up * (h.height - CORNICE_BASE) - along * CORNICE_OUT
        b.box(o, along * (length + 2 * CORNICE_OUT), out * CORNICE_OUT, up * CORNICE_TALL, STONE,
              (0.6, 0.57, 0.5), block)  # fmt: skip
        o = origin + up * (h.storey - 0.12)
        b.box(o, along * length, out * 0.09, up * 0.2, STONE, (0.58, 0.55, 0.49), block)


def _wall(
    b: Build, h: House, origin, along, length: float, bays: int, out, rng, block: bool
) -> None:
    up = np.array([0.0, 0.0, 1.0])
    pitch = length / bays
    ww, wh, deep = min(1.25, 0.5 * pitch), 1.7, 0.22
    for s in range(h.storeys):
        z0 = s * h.storey
        skin = STONE if s == 0 else h.skin
        tint = (0.47, 0.44, 0.39) if s == 0 else h.tint
        low, high = z0 + (0.75 if s else 0.9), z0 + (0.75 if s else 0.9) + wh

        def strip(a: float, e: float, za: float, ze: float) -> None:
            p = origin + along * a + up * za
            b.quad(p, p + along * (e - a), p + along * (e - a) + up * (ze - za),
                   p + up * (ze - za), skin, tint, block)  # noqa: B023  # fmt: skip

        strip(0, length, z0, low)
        strip(0, length, high, z0 + h.storey)
        edges = [0.0]
        for k in range(bays):
            left = (k + 0.5) * pitch - ww / 2
            strip(edges[-1], left, low, high)
            edges.append(left + ww)
            _window(b, origin + along * left + up * low, along, up, out, ww, wh, deep, rng, block)
        strip(edges[-1], length, low, high)


def _window(b: Build, o, along, up, out, w: float, h: float, deep: float, rng, block: bool) -> None:
    inner = o - out * deep
    stone = (0.6, 0.57, 0.5)
    b.quad(o, o + up * h, inner + up * h, inner, STONE, stone, block)
    b.quad(o + along * w, inner + along * w, inner + along * w + up * h, o + along * w + up * h,
           STONE, stone, block)  # fmt: skip
    b.quad(o + up * h, o + along * w + up * h, inner + along * w + up * h, inner + up * h, STONE,
           stone, block)  # fmt: skip
    b.box(o - up * 0.09 - along * 0.08, along * (w + 0.16), out * 0.12, up * 0.09, STONE, stone,
          block)  # fmt: skip
    curtain = float(rng.random())
    tint = (curtain, float(rng.random()), 0.0)  # read by the shader: curtains or none
    b.quad(inner, inner + along * w, inner + along * w + up * h, inner + up * h, GLASS, tint, block)
    white = (0.72, 0.71, 0.68)
    t = 0.06
    face = inner + out * 0.02
    for a in (0.0, 0.5 - t / (2 * w), 1.0 - t / w):
        b.box(face + along * (a * w), along * t, out * 0.04, up * h, FRAME, white, block)
    for z in (0.0, 0.68 * h, h - t):
        b.box(face + up * z, along * w, out * 0.04, up * t, FRAME, white, block)


def add_tree(b: Build, x: float, y: float, tall: float, rng: np.random.Generator) -> None:
    """Trunk, a few boughs, and leaves as small quads in lumpy clouds around their ends."""
    trunk = 0.38 * tall
    _pole(b, (x, y, 0), (x + 0.1, y, trunk), 0.024 * tall, 0.017 * tall, BARK, (0.22, 0.17, 0.13))
    for _ in range(20):
        a = rng.uniform(0, 2 * np.pi)
        start = np.array([x + 0.1, y, trunk * rng.uniform(0.75, 1.0)])
        reach, rise = tall * rng.uniform(0.08, 0.24, 2), tall * rng.uniform(0.5, 0.93)
        end = np.array([x + np.cos(a) * reach[0], y + np.sin(a) * reach[1], rise])
        _pole(b, start, end, 0.009 * tall, 0.003 * tall, BARK, (0.22, 0.17, 0.13))
        n = 1100
        centre = end + rng.normal(size=(n, 3)) * [0.085 * tall, 0.085 * tall, 0.07 * tall]
        size = rng.uniform(0.05, 0.12, n)[:, None]
        e1 = rng.normal(size=(n, 3))
        e1 /= np.linalg.norm(e1, axis=1, keepdims=True)
        e2 = np.cross(e1, rng.normal(size=(n, 3)))
        e2 /= np.linalg.norm(e2, axis=1, keepdims=True)
        p = np.stack([centre - e1 * size, centre - e2 * size * 0.55, centre + e1 * size,
                      centre + e2 * size * 0.55], axis=1).reshape(-1, 3)  # fmt: skip
        f = (np.arange(n)[:, None, None] * 4 + np.array([[0, 1, 2], [0, 2, 3]])).reshape(-1, 3)
        g = rng.uniform(0.75, 1.25)
        b.add(p, f, LEAF, (0.125 * g, 0.17 * g, 0.06 * g))


def _pole(b: Build, start, end, r0: float, r1: float, material: int, tint: tuple) -> None:
    start, end = np.asarray(start, float), np.asarray(end, float)
    axis = end - start
    axis /= np.linalg.norm(axis)
    side = np.cross(axis, [0.3, 0.9, 0.1])
    side /= np.linalg.norm(side)
    other = np.cross(axis, side)
    a = np.linspace(0, 2 * np.pi, 9)[:-1]
    ring = np.cos(a)[:, None] * side + np.sin(a)[:, None] * other
    p = np.concatenate([start + ring * r0, end + ring * r1])
    i = np.arange(8)
    j = (i + 1) % 8
    f = np.concatenate([np.stack([i, j, j + 8], 1), np.stack([i, j + 8, i + 8], 1)])
    b.add(p, f, material, tint)


def build_street(seed: int = 3) -> tuple[tuple[NDArray, ...], House]:
    """(vertices, faces, material, tint, is_block) of the whole street, and the block's truth."""
    rng = np.random.default_rng(seed)
    b = Build()
    big = 600.0
    b.quad((-big, -40, 0), (big, -40, 0), (big, big, 0), (-big, big, 0), GRASS, (0.24, 0.24, 0.17))
    b.quad((-big, 9, 0.004), (big, 9, 0.004), (big, 20, 0.004), (-big, 20, 0.004), ASPHALT,
           (0.16, 0.16, 0.165))  # fmt: skip
    b.quad((-big, -40, 0.006), (big, -40, 0.006), (big, 8.8, 0.006), (-big, 8.8, 0.006), PAVING,
           (0.36, 0.345, 0.32))  # fmt: skip
    b.quad((-big, 20.2, 0.006), (big, 20.2, 0.006), (big, 75, 0.006), (-big, 75, 0.006), PAVING,
           (0.38, 0.365, 0.34))  # fmt: skip
    for y in (8.8, 20.0):
        b.box((-big, y, 0), (2 * big, 0, 0), (0, 0.2, 0), (0, 0, 0.05), KERB, (0.42, 0.41, 0.39))
    block = House((-3.5, 37.0), 17.0, 12.0, 5, 24.0, 6, 4, (0.55, 0.44, 0.32))
    add_house(b, block, rng, block=True)
    neighbours = [
        House((-36.0, 33.0), 15.0, 13.0, 4, 6.0, 5, 4, (0.42, 0.24, 0.18), BRICK),
        House((24.0, 46.0), 16.0, 13.0, 6, 12.0, 5, 4, (0.5, 0.5, 0.46)),
        House((-30.0, 72.0), 22.0, 14.0, 3, 0.0, 7, 4, (0.52, 0.36, 0.28), BRICK),
        House((3.0, 84.0), 26.0, 14.0, 3, -4.0, 8, 4, (0.46, 0.44, 0.4)),
        House((-80.0, 60.0), 26.0, 14.0, 5, 10.0, 7, 4, (0.48, 0.42, 0.36)),
        House((52.0, 60.0), 26.0, 14.0, 4, 8.0, 7, 4, (0.44, 0.3, 0.24), BRICK),
    ]
    for house in neighbours:
        add_house(b, house, rng)
    add_tree(b, -7.1, 30.5, 9.0, rng)  # its crown hides the block's left edge
    add_tree(b, 9.5, 32.5, 7.0, rng)
    add_tree(b, -24.0, 27.0, 10.0, rng)
    for x in (-60, -48, 38, 47, 62):
        add_tree(b, x, 27.0 + float(rng.uniform(-1, 4)), float(rng.uniform(7, 11)), rng)
    _pole(b, (4.6, 21.0, 0), (4.6, 21.0, 6.2), 0.085, 0.06, METAL, (0.1, 0.11, 0.11))
    _pole(b, (4.6, 21.0, 6.2), (3.3, 20.4, 6.7), 0.05, 0.04, METAL, (0.1, 0.11, 0.11))
    b.box((2.9, 20.2, 6.6), (0.7, 0.2, 0), (-0.08, 0.25, 0), (0, 0, 0.13), METAL, (0.3, 0.3, 0.29))
    # a bollard whose shadow falls on the near pavement: what an artist would trace for the sun
    x, y = POST
    _pole(b, (x, y, 0), (x, y, POST_HEIGHT - 0.1), 0.085, 0.075, METAL, (0.07, 0.075, 0.08))
    _pole(b, (x, y, POST_HEIGHT - 0.1), (x, y, POST_HEIGHT), 0.1, 0.04, METAL, (0.07, 0.075, 0.08))
    return b.arrays(), block

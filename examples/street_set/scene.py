"""The street: one block that is to fall, its neighbours, trees, a hedge and a lamp in front of it.

World metres, Z up, pavement at z = 0, camera above the origin looking along +Y.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from street_set.builder import Builder, Frame, Group, Stuff
from street_set.facade import COPING, PARAPET, Style, front
from street_set.plants import hedge, post, tree

TURN = -34.5  # degrees: how the street is turned to the camera, anticlockwise
CORNER = np.array([3.5, 38.0])  # nearest corner of the block, world (x, y)
WIDE, DEEP, STOREYS = 26.0, 17.0, 6  # of the block
MAIN = Style(balconies=True, cornice=0.35)
LAMP, LAMP_HEIGHT = (-3.2, 18.5), 6.4
POST, POST_HEIGHT = (1.9, 8.4), 0.95  # the nearest bollard, on open pavement
IRON = (0.045, 0.055, 0.05)
A = np.radians(TURN)
AXES = np.array([[np.cos(A), np.sin(A)], [-np.sin(A), np.cos(A)]])  # along the street, across it


def _world(u: float, v: float) -> NDArray:
    """World (x, y) of a place u along the street and v across it; (WIDE, 0) is `CORNER`."""
    return CORNER + (u - WIDE) * AXES[0] + v * AXES[1]


@dataclass(frozen=True)
class House:
    """The block: an upright box under a cornice and a parapet.

    width: of its front; depth: of its sides [m]. height: of the parapet's top edge over the
    pavement [m], the line against the sky. yaw: of the front, degrees anticlockwise from +X.
    """

    width: float = WIDE
    depth: float = DEEP
    height: float = STOREYS * MAIN.storey + PARAPET
    storeys: int = STOREYS
    yaw: float = TURN

    def footprint(self) -> NDArray:
        """Four corners (x, y), anticlockwise from the left end of the front."""
        return np.array([_world(0, 0), _world(WIDE, 0), _world(WIDE, DEEP), _world(0, DEEP)])

    def cornice(self) -> NDArray:
        """Outer corners (2, 4, 3) of what stands out over the walls; as `footprint`.

        The lower edge of the cornice's slab, then the top edge of the parapet's coping.
        """
        out = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) @ AXES
        rings = ((MAIN.cornice, self.height - PARAPET), (COPING, self.height))
        return np.stack(
            [np.column_stack([self.footprint() + far * out, np.full(4, z)]) for far, z in rings]
        )


@dataclass(frozen=True)
class Geometry:
    """Triangles of the street, as `Builder.arrays` gives them: (n, 3, 3) and a row for each."""

    triangles: NDArray[np.float32]
    stuff: NDArray[np.int32]
    colour: NDArray[np.float32]
    group: NDArray[np.int32]
    pane: NDArray[np.int32]
    panes: NDArray[np.float64]

    def only(self, keep: NDArray[np.bool_]) -> Geometry:
        """The same with the triangles that keep (n,) names."""
        return replace(
            self, triangles=np.ascontiguousarray(self.triangles[keep]), stuff=self.stuff[keep],
            colour=self.colour[keep], group=self.group[keep], pane=self.pane[keep],
        )  # fmt: skip


def build_street(seed: int = 7) -> tuple[Geometry, House]:
    """The street and the truth about its block; the same seed, the same street."""
    b = Builder()
    _ground(b)
    b.now = Group.BUILDING
    _block(b, (0, 0), (WIDE, DEEP), STOREYS, MAIN)
    b.now = Group.SET
    _neighbours(b, np.random.default_rng([seed, 3]))
    for n, (u, v) in enumerate([(37.5, 27.0), (37.5, 46.0)]):
        tree(b, _world(u, v), 9.0, 3.0, 7000, seed + 40 + n)
    for n, (x, y) in enumerate([(-13.5, 9.5), (-9.5, 2.5)]):  # out of the picture: their shade
        tree(b, (x, y), 9.0, 3.1, 7000, seed + 43 + n)
    b.now = Group.FRONT
    tree(b, _world(21, -17.4), 8.6, 2.8, 19000, seed + 1)
    tree(b, _world(38.5, -3.2), 8.0, 2.6, 17000, seed + 2)
    hedge(b, _world(2, -17.4), _world(21, -17.4), 0.7, 30000, 5)
    _lamp(b)
    for k in range(6):
        p = _world(12 + 3.4 * k, -16.2)
        post(b, p, 0.95, 0.055, (0.05, 0.05, 0.05))
    for k in range(3):
        x, y = POST - 3.2 * k * AXES[0]
        post(b, (x, y), POST_HEIGHT, 0.07, (0.05, 0.05, 0.05))
    return Geometry(*b.arrays()), House()


def _lamp(b: Builder) -> None:
    post(b, LAMP, LAMP_HEIGHT, 0.075, IRON)
    f = Frame(np.array([*LAMP, 0.0]), np.array([1.0, 0, 0]), np.array([0.0, -1.0, 0]))
    b.box(f, (-0.02, 5.9, -0.02), (1.1, 5.97, 0.03), Stuff.METAL, IRON)
    b.box(f, (0.62, 5.72, -0.13), (1.2, 5.9, 0.13), Stuff.METAL, IRON)


def _ground(b: Builder) -> None:
    def patch(u0: float, v0: float, u1: float, v1: float, z: float, stuff: Stuff, c: tuple) -> None:
        p = [np.append(_world(*q), z) for q in ((u0, v0), (u1, v0), (u1, v1), (u0, v1))]
        b.quads(np.array([p]), stuff, c)

    asphalt, slab, kerb = (0.105, 0.105, 0.108), (0.33, 0.315, 0.29), (0.36, 0.35, 0.33)
    far = 400.0
    # The road lies a hand below the pavements, at z = -0.12; all that is walked on is z = 0.
    patch(-far, -14, far, -4.5, -0.12, Stuff.ASPHALT, asphalt)
    patch(WIDE + 3.5, -4.5, WIDE + 10.5, far, -0.12, Stuff.ASPHALT, asphalt)
    patch(-far, -4.5, WIDE + 3.5, far, 0.0, Stuff.PAVING, slab)
    patch(WIDE + 10.5, -4.5, far, far, 0.0, Stuff.PAVING, slab)
    patch(-far, -far, far, -14, 0.0, Stuff.PAVING, slab)
    for u0, u1, v in ((-far, WIDE + 3.5, -4.5), (WIDE + 10.5, far, -4.5), (-far, far, -14)):
        w = -0.16 if v > -10 else 0.0
        patch(u0, v + w, u1, v + w + 0.16, 0.004, Stuff.STONE, kerb)
        edge = v - 0.16 if v > -10 else v + 0.16
        p = [np.append(_world(u, edge), z) for u, z in ((u0, -0.12), (u1, -0.12), (u1, 0), (u0, 0))]
        b.quads(np.array([p]), Stuff.STONE, kerb)
    for u, side in ((WIDE + 3.5, 1), (WIDE + 10.5, -1)):  # kerbs of the side street
        patch(min(u, u - 0.16 * side), -4.5, max(u, u - 0.16 * side), far, 0.004, Stuff.STONE, kerb)
        p = [
            np.append(_world(u, v), z)
            for v, z in ((-4.5, -0.12), (far, -0.12), (far, 0), (-4.5, 0))
        ]
        b.quads(np.array([p]), Stuff.STONE, kerb)
    for k in range(-12, 22):  # the middle line
        patch(4.0 * k, -9.31, 4.0 * k + 2.0, -9.19, -0.116, Stuff.PAINT, (0.5, 0.5, 0.47))


def _block(
    b: Builder, low: tuple[float, float], high: tuple[float, float], storeys: int,
    style: Style,
) -> None:  # fmt: skip
    """Four walls and a flat roof between two corners (u, v) along and across the street."""
    (u0, v0), (u1, v1) = low, high
    ax, ay = (np.append(a, 0.0) for a in AXES)
    sides = [
        ((u0, v0), ax, -ay, u1 - u0), ((u1, v0), ay, ax, v1 - v0),
        ((u1, v1), -ax, ay, u1 - u0), ((u0, v1), -ay, -ax, v1 - v0),
    ]  # fmt: skip
    for corner, along, out, length in sides:
        front(b, Frame(np.append(_world(*corner), 0.0), along, out), length, storeys, style)
    z = storeys * style.storey
    p = [np.append(_world(*q), z) for q in ((u0, v0), (u1, v0), (u1, v1), (u0, v1))]
    b.quads(np.array([p]), Stuff.ROOF, (0.16, 0.155, 0.15))


def _neighbours(b: Builder, rng: np.random.Generator) -> None:
    """Blocks with pitched roofs and chimneys: beside the main one, behind it, across the road."""
    tones = [(0.50, 0.42, 0.30), (0.47, 0.45, 0.41), (0.45, 0.33, 0.25), (0.40, 0.42, 0.40),
             (0.52, 0.47, 0.36), (0.34, 0.20, 0.15)]  # fmt: skip

    def put(u0: float, u1: float, v0: float, v1: float, storeys: int, k: int) -> None:
        brick = k % 6 == 5
        style = replace(
            MAIN, wall=Stuff.BRICK if brick else Stuff.STUCCO, colour=tones[k % 6],
            balconies=False, bay=2.5 + 0.6 * rng.random(), storey=3.0 + 0.35 * rng.random(),
            cornice=0.3 + 0.2 * rng.random(), shops=v0 < 5,
        )  # fmt: skip
        _block(b, (u0, v0), (u1, v1), storeys, style)
        z = storeys * style.storey
        mid, edge = 0.5 * (v0 + v1), 2.4 + 1.5 * rng.random()

        def at(u: float, v: float, h: float) -> NDArray:
            return np.append(_world(u, v), h)

        tiles = (0.20, 0.11, 0.085) if k % 2 else (0.13, 0.135, 0.145)
        roof = [
            [at(u0, v0 + 0.3, z + 0.7), at(u1, v0 + 0.3, z + 0.7), at(u1, mid, z + edge),
             at(u0, mid, z + edge)],
            [at(u1, v1 - 0.3, z + 0.7), at(u0, v1 - 0.3, z + 0.7), at(u0, mid, z + edge),
             at(u1, mid, z + edge)],
            [at(u1, v0, z), at(u1, v1, z), at(u1, mid, z + edge), at(u1, mid, z + edge)],
            [at(u0, v1, z), at(u0, v0, z), at(u0, mid, z + edge), at(u0, mid, z + edge)],
        ]  # fmt: skip
        b.quads(np.array(roof[:2]), Stuff.ROOF, tiles)
        b.quads(np.array(roof[2:]), style.wall, style.colour)
        for t in (0.22, 0.7):
            u = u0 + t * (u1 - u0)
            f = Frame(at(u, mid, z), np.append(AXES[0], 0), -np.append(AXES[1], 0))
            b.box(f, (0, 0.3, -0.35), (1.3, edge + 1.1, 0.35), Stuff.BRICK, (0.33, 0.19, 0.14))
            for j in range(3):
                b.box(f, (0.15 + 0.4 * j, edge + 1.1, -0.1), (0.35 + 0.4 * j, edge + 1.5, 0.1),
                      Stuff.BRICK, (0.3, 0.15, 0.1))  # fmt: skip

    put(-19, -4.5, 0, 12, 4, 0)
    put(-37, -19, 0, 13, 5, 1)
    put(-58, -37, 0, 12, 4, 5)
    put(-82, -58, 0, 12, 5, 3)
    put(WIDE + 14, WIDE + 30, 0, 13, 5, 2)
    put(WIDE - 14, WIDE + 5, 120, 133, 4, 1)  # closes the side street
    put(WIDE + 5, WIDE + 26, 118, 133, 5, 4)
    u, k = -75.0, 0
    while u < 95:  # the row behind
        wide = rng.uniform(13, 21)
        if not WIDE + 1 < u + wide / 2 < WIDE + 13:
            put(u, u + wide, 34 + 3 * rng.random(), 47, int(rng.integers(3, 6)), k + 1)
        u, k = u + wide, k + 1

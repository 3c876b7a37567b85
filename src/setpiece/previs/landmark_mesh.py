"""Large things that scripts name: buildings, what stands in squares; front toward +Y."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from setpiece.previs.blocked import FLAME
from setpiece.previs.furniture_mesh import BRICK, DARK, STONE, WOOD
from setpiece.previs.solid import (
    Colour,
    Solid,
    about,
    box,
    ellipsoid,
    joined,
    lathe,
    polygon,
    prism,
    standing_box,
    tube,
)
from setpiece.previs.vehicle_mesh import (
    BODY,
    HOLE,
    ROOF,
    ambulance,
    bell,
    cart,
    crane,
    ladder,
    police_car,
    ship,
    stall,
    van,
)

WATER: Colour = (0.8, 0.86, 0.9)


def _pyramid(w: float, d: float, low: float, high: float, colour: Colour) -> Solid:
    at = [(-w / 2, -d / 2, low), (w / 2, -d / 2, low), (w / 2, d / 2, low), (-w / 2, d / 2, low)]
    top = (0.0, 0.0, high)
    return joined([polygon([at[k], at[(k + 1) % 4], top], colour) for k in range(4)])


def _slits(w: float, z: float, tall: float, wide: float) -> list[Solid]:
    """A dark opening on each of four sides of a square shaft."""
    size = [(wide, 0.06, tall), (0.06, wide, tall)]
    return [
        box(size[k % 2], (0 if k % 2 == 0 else s * w / 2, s * w / 2 if k % 2 == 0 else 0, z), HOLE)
        for k in (0, 1)
        for s in (-1, 1)
    ]


def tower() -> Solid:
    """A brick bell tower: shaft with string courses, belfry with arches, a cornice, a low roof."""
    parts = [
        standing_box((6.4, 6.4, 1.6), (0, 0), STONE),
        standing_box((5.4, 5.4, 17), (0, 0), BRICK),
    ]
    parts += [box((5.8, 5.8, 0.35), (0, 0, z), STONE) for z in (6.0, 11.0, 15.2, 20.0)]
    parts += [standing_box((5.2, 5.2, 3.2), (0, 0), BRICK).moved((0, 0, 17))]
    parts += [p for z in (4.0, 8.6, 13.0) for p in _slits(5.42, z, 1.3, 0.5)]
    parts += [
        p.moved((dx * (k < 2), dx * (k >= 2), 0))
        for dx in (-1.2, 1.2)
        for k, p in enumerate(_slits(5.3, 17.9, 2.6, 1.3))
    ]
    parts += [box((1.5, 0.2, 2.4), (0, 3.2, 1.2), HOLE), _pyramid(6.2, 6.2, 20.2, 23, ROOF)]
    return joined(parts)


def leaning_tower() -> Solid:
    """The same, out of plumb by four degrees."""
    return tower().moved(rotation=about((0, 1, 0), 4.0))


def lighthouse() -> Solid:
    shaft = [(3.0, 0.0), (2.2, 13.0), (2.7, 13.2), (2.7, 13.5), (1.5, 13.5), (1.5, 13.6), (0, 13.6)]
    bands = [
        lathe([(r + 0.02, z), (r - 0.28, z + 2.2)], ROOF, sides=20)
        for r, z in ((2.75, 3.5), (2.3, 10.0))
    ]
    lamp = lathe([(1.3, 13.6), (1.3, 15.4), (0, 15.4)], FLAME, sides=12)
    cap = lathe([(1.7, 15.4), (0.2, 16.8), (0.0, 17.6)], ROOF, sides=16)
    return joined(
        [
            lathe(shaft, BODY, sides=24),
            *bands,
            lamp,
            cap,
            box((1.1, 0.2, 2.1), (0, 2.95, 1.05), HOLE),
        ]
    )


def church() -> Solid:
    """Nave with a gable to the front and a bell tower beside the door."""
    gable = prism([(-4, 0), (4, 0), (4, 5.5), (0, 9.5), (-4, 5.5)], -6.5, 6.5, STONE).moved(
        rotation=[[1, 0, 0], [0, 0, -1], [0, 1, 0]]
    )
    roof = [
        polygon(
            [(s * 4.3, -6.7, 5.2), (s * 4.3, 6.7, 5.2), (0, 6.7, 9.8), (0, -6.7, 9.8)][::s], ROOF
        )
        for s in (-1, 1)
    ]
    bell = [
        standing_box((3.4, 3.4, 13), (-5.2, 4.6), STONE),
        _pyramid(3.9, 3.9, 13, 17.5, ROOF).moved((-5.2, 4.6, 0)),
        box((1.0, 0.1, 1.8), (-5.2, 6.32, 11.3), HOLE),
    ]
    door = [
        box((1.8, 0.1, 3.0), (0, 6.52, 1.5), HOLE),
        lathe([(0.0, 0), (0.9, 0), (0.9, 0.06), (0, 0.06)], HOLE, sides=20).moved(
            (0, 6.56, 6.0), [[1, 0, 0], [0, 0, -1], [0, 1, 0]]
        ),
    ]
    return joined([gable, *roof, *bell, *door])


def bridge() -> Solid:
    """Three stone arches, seen from the side: length along X."""
    parts = [box((30, 4.6, 0.9), (0, 0, 6.6), STONE)]
    parts += [box((30, 0.35, 1.0), (0, s * 2.2, 7.4), STONE) for s in (-1, 1)]
    for x in (-15, -5, 5, 15):
        parts.append(standing_box((2.2, 4.8, 4.2), (x, 0), STONE))
    turn = np.linspace(0, np.pi, 13)
    for x in (-10, 0, 10):
        for a, b in pairwise(turn):
            low = [(x + 3.9 * np.cos(t), 3.0 + 3.0 * np.sin(t)) for t in (a, b)]
            parts += [
                polygon(
                    [
                        (low[0][0], y, low[0][1]),
                        (low[0][0], y, 6.2),
                        (low[1][0], y, 6.2),
                        (low[1][0], y, low[1][1]),
                    ][:: 1 if y > 0 else -1],
                    STONE,
                )
                for y in (-2.3, 2.3)
            ]
            parts.append(
                polygon(
                    [
                        (low[0][0], -2.3, low[0][1]),
                        (low[1][0], -2.3, low[1][1]),
                        (low[1][0], 2.3, low[1][1]),
                        (low[0][0], 2.3, low[0][1]),
                    ],
                    BRICK,
                )
            )
    return joined(parts)


def fountain() -> Solid:
    basin = [(1.7, 0.0), (1.7, 0.5), (1.8, 0.6), (1.5, 0.6), (1.5, 0.42), (0.0, 0.42)]
    stem = [
        (0.3, 0.4),
        (0.18, 1.3),
        (0.85, 1.55),
        (0.85, 1.62),
        (0.2, 1.6),
        (0.14, 2.1),
        (0.0, 2.3),
    ]
    fall = np.linspace(0, 1, 6)
    drops = [
        tube(
            np.column_stack(
                [
                    (0.1 + 1.0 * fall) * np.cos(a),
                    (0.1 + 1.0 * fall) * np.sin(a),
                    2.25 + 0.7 * fall - 2.45 * fall**2,
                ]
            ),
            0.012,
            WATER,
            sides=4,
        )
        for a in np.linspace(0, 2 * np.pi, 10)[:-1]
    ]
    return joined([lathe(basin, STONE, sides=24), lathe(stem, STONE, sides=18), *drops])


def gate() -> Solid:
    pillars = [
        p
        for s in (-1, 1)
        for p in (
            standing_box((0.8, 0.8, 3.4), (s * 2.3, 0), STONE),
            box((1.0, 1.0, 0.25), (s * 2.3, 0, 3.45), STONE),
            ellipsoid((0.3, 0.3, 0.3), (s * 2.3, 0, 3.85), STONE, 10),
        )
    ]
    bars = [
        tube([(x, 0, 0.1), (x, 0, 3.2 - 0.25 * abs(x))], 0.03, DARK, sides=6)
        for x in np.arange(-1.8, 1.9, 0.24)
    ]
    rails = [box((3.8, 0.05, 0.08), (0, 0, z), DARK) for z in (0.3, 1.3, 2.4)]
    return joined([*pillars, *bars, *rails])


def statue() -> Solid:
    foot = [
        standing_box((1.5, 1.5, 0.4), (0, 0), STONE),
        standing_box((1.1, 1.1, 1.9), (0, 0), STONE),
        box((1.3, 1.3, 0.15), (0, 0, 1.95), STONE),
    ]
    robe = lathe(
        [(0.45, 2.0), (0.36, 2.9), (0.3, 3.5), (0.36, 3.75), (0.12, 3.9), (0, 3.9)], BODY, sides=14
    )
    head = ellipsoid((0.15, 0.17, 0.2), (0, 0.02, 4.1), BODY, 12)
    arm = tube([(0.3, 0, 3.7), (0.55, 0.3, 3.9), (0.7, 0.5, 4.5)], [0.1, 0.08, 0.06], BODY, sides=8)
    return joined([*foot, robe, head, arm])


def well() -> Solid:
    ring = lathe(
        [(0.75, 0.0), (0.75, 0.85), (0.85, 0.9), (0.85, 1.0), (0.6, 1.0), (0.6, 0.2), (0, 0.2)],
        STONE,
        sides=20,
    )
    posts = [standing_box((0.12, 0.12, 2.2), (s * 0.72, 0), WOOD) for s in (-1, 1)]
    roof = prism([(-0.75, 2.1), (0.75, 2.1), (0, 2.7)], -1.0, 1.0, ROOF).moved(
        rotation=[[0, 0, 1], [1, 0, 0], [0, 1, 0]]
    )
    rope = [
        tube([(-0.72, 0, 1.75), (0.72, 0, 1.75)], 0.07, WOOD, sides=8),
        tube([(0, 0, 1.75), (0, 0, 1.1)], 0.015, DARK, sides=5),
        lathe([(0.0, 0.8), (0.13, 0.8), (0.16, 1.1), (0, 1.1)], WOOD, sides=10),
    ]
    return joined([ring, *posts, roof, *rope])


def rubble() -> Solid:
    """What is left of a building: broken courses and blocks in a heap."""
    rng = np.random.default_rng(7)
    parts = []
    for _ in range(70):
        x, y = rng.normal(0, 1.7, 2)
        high = max(1.8 - 0.55 * float(np.hypot(x, y)), 0.0) * float(rng.uniform(0.4, 1.0))
        size = rng.uniform(0.3, 1.1, 3)
        block = box(size, (0, 0, 0), BRICK if rng.uniform() < 0.7 else STONE).turned(
            float(rng.uniform(0, 90))
        )
        parts.append(block.moved((x, y, high + size[2] / 3)))
    return joined(parts)


def stairs() -> Solid:
    """Ten steps up along X, the low end at -X, with a rail behind them: 3.2 by 1.1 m, 1.9 high."""
    steps = [standing_box((0.32, 1.1, 0.19 * (k + 1)), (-1.44 + 0.32 * k, 0), STONE)
             for k in range(10)]  # fmt: skip
    return joined(steps).turned(180)  # props are turned to face -Y


LANDMARK_MESHES: dict[str, Callable[[], Solid]] = {
    "tower": tower,
    "leaning tower": leaning_tower,
    "lighthouse": lighthouse,
    "church": church,
    "bridge": bridge,
    "fountain": fountain,
    "gate": gate,
    "statue": statue,
    "well": well,
    "ship": ship,
    "van": van,
    "ambulance": ambulance,
    "police car": police_car,
    "crane": crane,
    "stall": stall,
    "cart": cart,
    "bell": bell,
    "ladder": ladder,
    "stairs": stairs,
    "rubble": rubble,
}

"""Vehicles and what is rigged or built of wood: ships, vans, cranes, stalls; front toward +Y."""

from __future__ import annotations

import numpy as np

from setpiece.previs.blocked import FLAME
from setpiece.previs.furniture_mesh import CLOTH, DARK, STONE, WOOD, car_body
from setpiece.previs.solid import (
    Colour,
    Solid,
    box,
    ellipsoid,
    joined,
    lathe,
    polygon,
    prism,
    standing_box,
    surface,
    tube,
)

ROOF: Colour = (0.42, 0.36, 0.34)
HOLE: Colour = (0.2, 0.19, 0.2)
BODY: Colour = (0.93, 0.93, 0.92)


def ship() -> Solid:
    """A hull with a house and two masts, side on: length along X."""
    x = np.linspace(-13, 13, 15)
    half = 3.2 * np.clip(1 - np.abs((x - 1) / 14.5) ** 3, 0.03, 1)
    rows = [
        np.stack(
            [
                x * (0.9 + 0.1 * up),
                side * half * (0.55 + 0.45 * up),
                3.6 * up + 0.9 * up * (x / 13) ** 2,
            ],
            -1,
        )
        for side, up in ((-1, 1.0), (-1, 0.0), (1, 0.0), (1, 1.0))
    ]
    deck = box((23, 5.2, 0.2), (0, 0, 3.3), WOOD)
    house = [
        standing_box((5, 3.4, 2.6), (-6, 0), BODY).moved((0, 0, 3.4)),
        *(box((0.6, 3.44, 0.7), (-7.4 + 1.4 * k, 0, 5.0), HOLE) for k in range(3)),
    ]
    masts = [tube([(m, 0, 3.3), (m, 0, 14)], 0.15, WOOD, sides=8) for m in (-1.5, 6.5)]
    yards = [
        tube([(m - 2.4, 0, z), (m + 2.4, 0, z)], 0.08, WOOD, sides=6)
        for m in (-1.5, 6.5)
        for z in (7.5, 10.5)
    ]
    return joined([surface(np.stack(rows), ROOF), deck, *house, *masts, *yards])


def _wheels(half: float, fore: float, aft: float, r: float = 0.38) -> list[Solid]:
    return [
        tube([(s * (half - 0.22), y, r), (s * half, y, r)], r, DARK, sides=16, round_ends=False)
        for s in (-1, 1)
        for y in (fore, aft)
    ]


def van() -> Solid:
    """Nose toward +Y, five metres long."""
    side = [(-2.4, 0.4), (2.35, 0.4), (2.5, 0.95), (1.7, 1.25), (1.2, 2.25), (-2.4, 2.3)]
    turned = [[0, 0, 1], [1, 0, 0], [0, 1, 0]]
    body = prism(side, -0.95, 0.95, BODY).moved(rotation=turned)
    glass = [
        prism([(1.72, 1.26), (1.25, 2.1), (0.5, 2.1), (0.5, 1.3)], -0.965, 0.965, HOLE).moved(
            rotation=turned
        )
    ]
    lamps = [box((0.34, 0.05, 0.18), (s * 0.65, 2.46, 0.85), FLAME) for s in (-1, 1)]
    seam = [box((1.93, 0.03, 1.5), (0, -0.4, 1.35), (0.75, 0.75, 0.75))]
    return joined([body, *glass, *lamps, *seam, *_wheels(0.97, 1.5, -1.5)])


def ambulance() -> Solid:
    """A van with a high box, a broad stripe, a cross on each side and lamps on the roof."""
    red: Colour = (0.62, 0.22, 0.2)
    case = box((2.06, 3.4, 1.9), (0, -0.8, 1.6), BODY)
    stripe = box((2.09, 3.42, 0.26), (0, -0.8, 1.15), red)
    cross = [
        box(size, (s * 1.05, -0.9, 1.95), red)
        for s in (-1, 1)
        for size in ((0.03, 0.75, 0.22), (0.03, 0.22, 0.75))
    ]
    rear = [
        box((0.75, 0.03, 0.22), (0, -2.52, 1.9), red),
        box((0.22, 0.03, 0.75), (0, -2.52, 1.9), red),
    ]
    blue = [box((0.4, 0.25, 0.16), (s * 0.6, 0.75, 2.62), (0.35, 0.45, 0.7)) for s in (-1, 1)]
    return joined([van(), case, stripe, *cross, *rear, *blue])


def police_car() -> Solid:
    bar = [box((0.5, 0.24, 0.14), (s * 0.3, -0.35, 1.54), (0.35, 0.45, 0.7)) for s in (-1, 1)]
    return joined([car_body(), *bar, box((1.75, 1.6, 0.34), (0, -0.4, 0.68), BODY)])


def crane() -> Solid:
    """A tower crane: lattice mast, jib along X, cab, hook."""
    yellow: Colour = (0.8, 0.7, 0.42)
    parts = [standing_box((3.6, 3.6, 0.6), (0, 0), STONE)]
    parts += [
        tube([(x, y, 0.5), (x, y, 21)], 0.11, yellow, sides=6)
        for x in (-0.7, 0.7)
        for y in (-0.7, 0.7)
    ]
    for k in range(10):
        z, s = 0.6 + 2 * k, 1 if k % 2 else -1
        parts += [
            tube([(-0.7 * s, y, z), (0.7 * s, y, z + 2)], 0.06, yellow, sides=5)
            for y in (-0.7, 0.7)
        ]
    parts += [tube([(-5, y, 21), (13, y, 21)], 0.1, yellow, sides=6) for y in (-0.6, 0.6)]
    parts += [
        tube([(-5, 0, 22.1), (13, 0, 21.6)], 0.08, yellow, sides=6),
        tube([(0, 0, 21), (0, 0, 25)], 0.12, yellow, sides=6),
    ]
    parts += [tube([(0, 0, 25), (x, 0, 22)], 0.04, DARK, sides=5) for x in (-4.5, 9)]
    parts += [
        box((1.2, 1.2, 1.5), (1.2, 0.9, 20.1), BODY),
        box((2, 1.6, 1.4), (-4.2, 0, 20.3), STONE),
        tube([(9, 0, 21), (9, 0, 9)], 0.04, DARK, sides=5),
        box((0.4, 0.3, 0.6), (9, 0, 8.8), DARK),
    ]
    return joined(parts)


def stall() -> Solid:
    """A market stall: trestle with goods under a striped awning."""
    posts = [
        standing_box((0.07, 0.07, 2.3), (sx * 1.1, sy * 0.7), WOOD)
        for sx in (-1, 1)
        for sy in (-1, 1)
    ]
    top = [
        box((2.2, 1.2, 0.07), (0, 0.1, 0.85), WOOD),
        box((2.2, 0.03, 0.7), (0, 0.68, 0.5), CLOTH),
    ]
    awning = [
        polygon(
            [
                (-1.3 + 0.52 * k, -0.9, 2.55),
                (-1.3 + 0.52 * (k + 1), -0.9, 2.55),
                (-1.3 + 0.52 * (k + 1), 1.15, 2.05),
                (-1.3 + 0.52 * k, 1.15, 2.05),
            ],
            CLOTH if k % 2 else (0.58, 0.4, 0.36),
        )
        for k in range(5)
    ]
    goods = [
        ellipsoid(
            (0.13, 0.13, 0.12), (-0.85 + 0.28 * k, 0.2 + 0.22 * (k % 2), 1.0), (0.66, 0.5, 0.4), 8
        )
        for k in range(7)
    ]
    return joined([*posts, *top, *awning, *goods])


def cart() -> Solid:
    turn = [[0, 0, 1], [1, 0, 0], [0, 1, 0]]
    wheel = lathe(
        [(0.4, -0.04), (0.5, -0.04), (0.5, 0.04), (0.4, 0.04), (0.4, -0.04)], WOOD, sides=20
    )
    wheels = [wheel.moved((s * 0.75, -0.1, 0.5), turn) for s in (-1, 1)]
    spokes = [
        tube(
            [
                (s * 0.75, -0.1 - 0.45 * np.cos(a), 0.5 - 0.45 * np.sin(a)),
                (s * 0.75, -0.1 + 0.45 * np.cos(a), 0.5 + 0.45 * np.sin(a)),
            ],
            0.025,
            WOOD,
            sides=5,
        )
        for s in (-1, 1)
        for a in (0, 1.05, 2.1)
    ]
    bed = [
        box((1.2, 2.0, 0.08), (0, -0.1, 0.62), WOOD),
        *(box((0.05, 2.0, 0.4), (s * 0.6, -0.1, 0.85), WOOD) for s in (-1, 1)),
        box((1.2, 0.05, 0.4), (0, -1.1, 0.85), WOOD),
    ]
    shafts = [
        tube([(s * 0.45, 0.9, 0.62), (s * 0.4, 2.2, 0.75)], 0.035, WOOD, sides=6) for s in (-1, 1)
    ]
    return joined([*wheels, *spokes, *bed, *shafts])


def bell() -> Solid:
    """A bell in its frame, as it hangs in a tower."""
    metal: Colour = (0.52, 0.46, 0.36)
    cup = [
        (0.0, 2.5),
        (0.25, 2.48),
        (0.36, 2.3),
        (0.42, 1.9),
        (0.56, 1.5),
        (0.7, 1.3),
        (0.66, 1.28),
        (0.4, 1.7),
        (0.0, 2.2),
    ]
    beams = [
        box((2.4, 0.22, 0.24), (0, 0, 2.75), WOOD),
        *(standing_box((0.2, 0.2, 2.9), (s * 1.15, 0), WOOD) for s in (-1, 1)),
        *(box((0.2, 1.6, 0.2), (s * 1.15, 0, 0.1), WOOD) for s in (-1, 1)),
    ]
    clapper = tube([(0, 0, 2.2), (0, 0, 1.3)], [0.03, 0.08], DARK, sides=8)
    return joined([lathe(cup, metal, sides=26), clapper, *beams])


def ladder() -> Solid:
    rails = [
        tube([(s * 0.22, 0.5, 0), (s * 0.22, -0.3, 4.0)], 0.03, WOOD, sides=6) for s in (-1, 1)
    ]
    rungs = [
        tube([(-0.22, 0.5 - 0.8 * t, 4 * t), (0.22, 0.5 - 0.8 * t, 4 * t)], 0.02, WOOD, sides=6)
        for t in np.linspace(0.06, 0.95, 12)
    ]
    return joined([*rails, *rungs])

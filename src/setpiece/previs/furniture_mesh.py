"""Furniture and other large things: to scale, on the ground, front toward +Y."""

from __future__ import annotations

import numpy as np

from setpiece.previs.blocked import FLAME
from setpiece.previs.solid import (
    Colour,
    Solid,
    box,
    ellipsoid,
    joined,
    lathe,
    prism,
    standing_box,
    surface,
    tube,
)

WOOD: Colour = (0.55, 0.42, 0.3)


DARK: Colour = (0.22, 0.2, 0.2)


STEEL: Colour = (0.78, 0.8, 0.82)


PAPER: Colour = (0.97, 0.96, 0.92)


CLOTH: Colour = (0.82, 0.8, 0.76)


STONE: Colour = (0.74, 0.73, 0.70)
BRICK: Colour = (0.68, 0.56, 0.50)


def cauldron() -> Solid:
    pot = lathe(
        [
            (0.0, 0.16),
            (0.3, 0.2),
            (0.46, 0.42),
            (0.44, 0.66),
            (0.36, 0.76),
            (0.42, 0.82),
            (0.36, 0.82),
            (0.3, 0.7),
            (0.0, 0.7),
        ],
        DARK,
        sides=28,
    )
    legs = [
        tube(
            [(0.3 * np.cos(a), 0.3 * np.sin(a), 0.24), (0.36 * np.cos(a), 0.36 * np.sin(a), 0.0)],
            0.03,
            DARK,
            sides=8,
        )
        for a in (0.5, 2.6, 4.7)
    ]
    fire = [
        lathe([(0.0, 0.0), (0.06, 0.02), (0.04, 0.12), (0.0, 0.22)], FLAME, sides=8).moved(
            (0.2 * np.cos(a), 0.2 * np.sin(a), 0)
        )
        for a in (0, 1.3, 2.5, 3.8, 5.1)
    ]
    return joined([pot, *legs, *fire])


def fire() -> Solid:
    logs = [
        tube(
            [
                (-0.45 * np.cos(a), -0.45 * np.sin(a), 0.06),
                (0.45 * np.cos(a), 0.45 * np.sin(a), 0.12),
            ],
            0.07,
            WOOD,
            sides=8,
        )
        for a in (0.2, 1.3, 2.4)
    ]
    tongues = [
        lathe([(0.0, 0.05), (0.15, 0.16), (0.09, 0.42 * s), (0.0, 0.75 * s)], FLAME, sides=9).moved(
            (x, y, 0)
        )
        for x, y, s in ((0, 0, 1.2), (0.17, 0.05, 0.8), (-0.15, 0.09, 0.9), (0.02, -0.16, 0.75))
    ]
    return joined([*logs, *tongues])


def table(w: float = 1.6, d: float = 0.8, h: float = 0.75) -> Solid:
    legs = [
        standing_box((0.07, 0.07, h - 0.04), (sx * (w / 2 - 0.08), sy * (d / 2 - 0.08)), WOOD)
        for sx in (-1, 1)
        for sy in (-1, 1)
    ]
    return joined([box((w, d, 0.05), (0, 0, h - 0.025), WOOD), *legs])


def chair() -> Solid:
    legs = [
        standing_box((0.045, 0.045, 0.45), (sx * 0.2, sy * 0.2), WOOD)
        for sx in (-1, 1)
        for sy in (-1, 1)
    ]
    posts = [box((0.045, 0.045, 0.5), (sx * 0.2, -0.2, 0.7), WOOD) for sx in (-1, 1)]
    slats = [box((0.36, 0.03, 0.07), (0, -0.205, z), WOOD) for z in (0.68, 0.82, 0.93)]
    return joined([box((0.46, 0.46, 0.04), (0, 0, 0.455), WOOD), *legs, *posts, *slats])


def stool(h: float = 0.46) -> Solid:
    legs = [
        tube([(sx * 0.12, sy * 0.12, h), (sx * 0.18, sy * 0.18, 0)], 0.02, WOOD, sides=6)
        for sx in (-1, 1)
        for sy in (-1, 1)
    ]
    return joined(
        [lathe([(0.0, h - 0.04), (0.19, h - 0.04), (0.19, h), (0.0, h)], WOOD, sides=18), *legs]
    )


def throne() -> Solid:
    back = prism(
        [(-0.4, 0), (0.4, 0), (0.4, 1.6), (0.0, 2.0), (-0.4, 1.6)], -0.05, 0.05, WOOD
    ).moved((0, -0.38, 0.3), [[1, 0, 0], [0, 0, -1], [0, 1, 0]])
    arms = [box((0.1, 0.6, 0.1), (s * 0.38, -0.05, 0.72), WOOD) for s in (-1, 1)]
    posts = [box((0.1, 0.1, 0.72), (s * 0.38, 0.22, 0.36), WOOD) for s in (-1, 1)]
    return joined([standing_box((0.76, 0.7, 0.46), (0, -0.05), WOOD), back, *arms, *posts])


def bed(w: float = 1.5) -> Solid:
    frame = standing_box((w, 2.1, 0.38), (0, 0), WOOD)
    cover = box((w + 0.04, 1.45, 0.2), (0, 0.33, 0.44), CLOTH)
    sheet_ = box((w - 0.02, 0.7, 0.14), (0, -0.7, 0.43), PAPER)
    pillow = ellipsoid((w * 0.38, 0.22, 0.1), (0, -0.78, 0.54), PAPER, 14)
    return joined(
        [
            frame,
            cover,
            sheet_,
            pillow,
            standing_box((w + 0.08, 0.08, 1.1), (0, -1.07), WOOD),
            standing_box((w + 0.08, 0.08, 0.6), (0, 1.07), WOOD),
        ]
    )


def sofa() -> Solid:
    c = (0.55, 0.52, 0.5)
    parts = [standing_box((1.9, 0.85, 0.42), (0, 0), c), box((1.9, 0.22, 0.5), (0, -0.34, 0.62), c)]
    return joined([*parts, *[box((0.2, 0.85, 0.26), (s * 0.9, 0, 0.52), c) for s in (-1, 1)]])


def shelf() -> Solid:
    frame = [box((0.04, 0.32, 2.0), (s * 0.5, 0, 1.0), WOOD) for s in (-1, 1)]
    boards = [box((1.0, 0.32, 0.03), (0, 0, z), WOOD) for z in (0.05, 0.5, 0.95, 1.4, 1.98)]
    shades = ((0.8, 0.78, 0.74), (0.4, 0.36, 0.36), (0.6, 0.5, 0.44), (0.3, 0.34, 0.4))
    books = [
        box(
            (0.11, 0.22, 0.27 + 0.02 * (k % 3)),
            (-0.38 + 0.125 * k, 0, z + 0.16),
            shades[(k * 3 + int(z * 10)) % 4],
        )
        for z in (0.5, 0.95, 1.4)
        for k in range(6)
    ]
    return joined([*frame, *boards, *books, box((1.0, 0.01, 2.0), (0, -0.155, 1.0), DARK)])


def barrel() -> Solid:
    return lathe(
        [
            (0.0, 0.0),
            (0.26, 0.0),
            (0.31, 0.25),
            (0.33, 0.45),
            (0.31, 0.65),
            (0.26, 0.9),
            (0.23, 0.9),
            (0.23, 0.87),
            (0.0, 0.87),
        ],
        WOOD,
        sides=20,
    )


def car_body() -> Solid:
    """A saloon 4.4 m long, nose toward +Y."""
    c: Colour = (0.62, 0.64, 0.68)
    side = [
        (-2.15, 0.35),
        (2.1, 0.35),
        (2.2, 0.62),
        (2.05, 0.82),
        (0.95, 0.92),
        (-1.95, 0.95),
        (-2.2, 0.7),
    ]
    lower = prism(side, -0.86, 0.86, c).moved(rotation=[[0, 0, 1], [1, 0, 0], [0, 1, 0]])
    cabin = [(-1.75, 0.93), (1.0, 0.92), (0.3, 1.42), (-1.15, 1.44)]
    top = prism(cabin, -0.72, 0.72, (0.3, 0.33, 0.37)).moved(
        rotation=[[0, 0, 1], [1, 0, 0], [0, 1, 0]]
    )
    roof = box((1.4, 1.5, 0.04), (0, -0.42, 1.45), c)
    wheels = [
        tube([(s * 0.7, y, 0.32), (s * 0.88, y, 0.32)], 0.32, DARK, sides=18, round_ends=False)
        for s in (-1, 1)
        for y in (-1.35, 1.4)
    ]
    lamps = [box((0.3, 0.04, 0.14), (s * 0.6, 2.17, 0.66), FLAME) for s in (-1, 1)]
    return joined([lower, top, roof, *wheels, *lamps])


def coffin() -> Solid:
    return prism(
        [(-0.2, -1.0), (0.2, -1.0), (0.36, 0.35), (0.25, 1.0), (-0.25, 1.0), (-0.36, 0.35)],
        0.0,
        0.45,
        WOOD,
    )


def rowing_boat() -> Solid:
    y = np.linspace(-1.8, 1.8, 13)
    half = 0.72 * np.clip(1 - np.abs(y / 1.85) ** 2.6, 0.02, 1)

    rows = [
        np.stack([half * a, y, np.full(13, b) + 0.12 * (y / 1.8) ** 2], -1)
        for a, b in ((-1.0, 0.55), (-0.85, 0.2), (0.0, 0.0), (0.85, 0.2), (1.0, 0.55))
    ]
    return joined(
        [
            surface(np.stack(rows), WOOD),
            *[box((1.2, 0.24, 0.04), (0, y0, 0.36), WOOD) for y0 in (-0.8, 0.2, 1.0)],
        ]
    )

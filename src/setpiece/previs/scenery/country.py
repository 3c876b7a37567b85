"""Open country."""

from __future__ import annotations

import numpy as np

from setpiece.previs.blocked import Kind, Thing
from setpiece.previs.scenery.growth import ground, rock, spread, tree, tufts
from setpiece.previs.scenery.horizon import far_hills, woods
from setpiece.previs.scenery.parts import (
    EARTH,
    GRASS,
    WOOD,
    Plot,
)
from setpiece.previs.solid import (
    Curve,
    Solid,
    box,
    joined,
    polygon,
    sheet,
    standing_box,
)

FAR = 220.0


def trees(
    plot: Plot,
    n: int,
    near: float,
    far: float,
    kind: str,
    tall: tuple[float, float],
    gap: float = 2.5,
) -> list[Thing]:
    rng = plot.rng()
    out = []
    for i, (x, y) in enumerate(spread(plot, rng, n, near, far, gap)):
        pick = kind if kind != "mixed" else ("leaf", "fir")[int(rng.integers(2))]
        out.append(
            Thing(f"tree {i}", tree(rng, rng.uniform(*tall), pick).moved((x, y, 0)), wild=True)
        )
    return out


def rocks(
    plot: Plot,
    n: int,
    near: float,
    far: float,
    size: tuple[float, float],
    tall: float = 0.6,
    name: str = "rock",
) -> list[Thing]:
    rng = np.random.default_rng(plot.seed + 3)
    return [
        Thing(f"{name} {i}", rock(rng, rng.uniform(*size), tall).moved((x, y, 0)), wild=True)
        for i, (x, y) in enumerate(spread(plot, rng, n, near, far, 1.6))
    ]


def heath(plot: Plot) -> list[Thing]:
    """Open moor: tufts, boulders, a dead tree, standing stones."""
    rng = np.random.default_rng(plot.seed + 1)
    return [
        ground(FAR, FAR, GRASS, 1.4, plot.seed),
        far_hills(plot.seed),
        woods(plot.seed, 78.0, 3.4, 0.3),
        tufts(rng, 110, 2.0, 30.0, 0.3, plot, 1.4),
        *rocks(plot, 9, 4.0, 26.0, (0.4, 1.1)),
        *rocks(plot, 4, 11.0, 24.0, (0.5, 0.7), 3.4, "standing stone"),
        *trees(plot, 4, 6.0, 26.0, "dead", (4.0, 6.5), 6.0),
    ]


def field(plot: Plot) -> list[Thing]:
    rng = np.random.default_rng(plot.seed + 1)
    posts = [standing_box((0.1, 0.1, 1.2), (x, 16.0), WOOD) for x in np.arange(-40, 41, 2.5)]
    rails = [box((80, 0.05, 0.1), (0, 16.0, z), WOOD) for z in (0.5, 0.95)]
    return [
        ground(FAR, FAR, GRASS, 0.8, plot.seed),
        far_hills(plot.seed, 140, 12.0),
        woods(plot.seed),
        tufts(rng, 90, 2.0, 24.0, 0.22, plot, 0.8),
        Thing("fence", joined([*posts, *rails]), wild=True),
        *trees(plot, 7, 18.0, 60.0, "leaf", (6.0, 10.0), 6.0),
    ]


def hill(plot: Plot) -> list[Thing]:
    rng = np.random.default_rng(plot.seed + 1)
    x = np.linspace(-FAR, FAR, 61)
    gx, gy = np.meshgrid(x, x)

    away = np.hypot(gx, gy)
    z = -18 * np.clip((away - 10) / 60, 0, 1) ** 1.4
    top = Thing("ground", sheet(x, x, z, GRASS), Kind.GROUND, casts=False)
    return [
        top,
        far_hills(plot.seed, 150, 6.0),
        tufts(rng, 80, 2.0, 14.0, 0.26, plot),
        *rocks(plot, 7, 4.0, 11.0, (0.4, 1.0)),
        *trees(plot, 2, 7.0, 11.0, "dead", (4.0, 6.0), 6.0),
    ]


def forest(plot: Plot) -> list[Thing]:
    rng = np.random.default_rng(plot.seed + 1)
    return [
        ground(FAR, FAR, GRASS, 0.7, plot.seed),
        *trees(plot, 46, 4.5, 34.0, "mixed", (7.0, 12.0), 2.6),
        tufts(rng, 70, 2.0, 14.0, 0.28, plot, 0.7),
        *rocks(plot, 4, 3.5, 12.0, (0.3, 0.7)),
        far_hills(plot.seed, 60, 10.0),
    ]


def shore(plot: Plot) -> list[Thing]:
    """Sand, water toward +Y, rocks, a horizon."""
    sea = polygon(
        [(-FAR, 9, 0.03), (FAR, 9, 0.03), (FAR, FAR * 3, 0.03), (-FAR, FAR * 3, 0.03)],
        (0.66, 0.7, 0.74),
    )
    lines = []
    for k in range(26):
        y = 9.4 + 1.2 * k**1.35
        x = np.linspace(-8, 8, 24) + (k * 37 % 23 - 11) * (1 + 0.12 * k)
        lines.append(
            Curve(
                np.stack(
                    [x * (1 + 0.05 * k), y + 0.15 * np.sin(x * 0.9 + k), np.full(24, 0.05)], -1
                ).astype(np.float32),
                0.03,
            )
        )
    water = Solid(sea.vertices, sea.normals, sea.faces, sea.facet, sea.colour, tuple(lines))
    return [
        ground(FAR, FAR, EARTH, 0.0, plot.seed),
        Thing("sea", water, Kind.GROUND, casts=False),
        *rocks(plot, 10, 5.0, 18.0, (0.4, 1.4)),
        far_hills(plot.seed, 110, 12.0, (200, 340)),
    ]

"""Camps, roads, gardens, decks."""

from __future__ import annotations

import numpy as np

from setpiece.previs.blocked import Kind, Thing
from setpiece.previs.prop_mesh import prop_mesh
from setpiece.previs.scenery.country import FAR, trees
from setpiece.previs.scenery.growth import ground, spread, tree, tufts
from setpiece.previs.scenery.horizon import far_hills, woods
from setpiece.previs.scenery.parts import (
    ASPHALT,
    EARTH,
    GRASS,
    LEAF,
    WOOD,
    Plot,
)
from setpiece.previs.solid import (
    box,
    joined,
    polygon,
    prism,
    standing_box,
    tube,
)


def road(plot: Plot) -> list[Thing]:
    """A road along Y with verges, poles and trees."""
    lane = polygon(
        [(-3.2, -FAR, 0.01), (3.2, -FAR, 0.01), (3.2, FAR, 0.01), (-3.2, FAR, 0.01)],
        EARTH if plot.old else ASPHALT,
    )
    out = [
        ground(FAR, FAR, GRASS, 0.0, plot.seed),
        Thing("road", lane, Kind.GROUND, casts=False),
        far_hills(plot.seed),
        woods(plot.seed, 70.0, 3.8, 0.4),
    ]
    if not plot.old:
        dashes = [
            box((0.14, 2.4, 0.01), (0, y, 0.015), (0.97, 0.97, 0.95))
            for y in np.arange(-60, 61, 6.0)
        ]
        out.append(Thing("road marks", joined(dashes), Kind.GROUND, casts=False))
        for y in np.arange(-48, 49, 16.0):
            pole = joined(
                [
                    tube([(0, 0, 0), (0, 0, 7.0)], 0.11, WOOD, sides=8),
                    box((1.8, 0.12, 0.14), (0, 0, 6.5), WOOD),
                ]
            )
            out.append(Thing(f"pole {y:.0f}", pole.moved((6.0, y, 0)), wild=True))
    rng = plot.rng()
    for i, y in enumerate(np.arange(-44, 45, 8.0)):
        x = -7.0 - rng.uniform(0, 5)
        if plot.free(x, float(y), 1.0):
            out.append(
                Thing(f"tree {i}", tree(rng, rng.uniform(6, 9)).moved((x, float(y), 0)), wild=True)
            )
    return out


def camp(plot: Plot) -> list[Thing]:
    rng = plot.rng()
    out = [
        ground(FAR, FAR, EARTH, 0.6, plot.seed),
        far_hills(plot.seed),
        woods(plot.seed, 52.0, 3.6, 0.6),
        tufts(rng, 50, 4, 22, 0.2, plot, 0.6),
    ]
    for i, (x, y) in enumerate(spread(plot, rng, 11, 6.5, 26.0, 5.2)):
        s = rng.uniform(0.9, 1.3)
        canvas = prism([(-1.9, 0), (1.9, 0), (0, 2.5)], -2.1, 2.1, (0.92, 0.9, 0.84)).moved(
            rotation=[[1, 0, 0], [0, 0, -1], [0, 1, 0]]
        )
        flap = polygon([(-0.55, -2.13, 0), (0.55, -2.13, 0), (0, -2.13, 1.7)], (0.24, 0.22, 0.2))
        pole = tube([(0, -2.1, 0), (0, -2.1, 3.0)], 0.04, WOOD, sides=6)
        turn = float(np.degrees(np.arctan2(y, x)) - 90 + rng.normal(0, 14))
        out.append(
            Thing(
                f"tent {i}",
                joined([canvas, flap, pole]).moved(scale=s).turned(turn, (x, y, 0)),
                wild=True,
            )
        )
    for i, (x, y) in enumerate(((4.2, 3.0), (-4.5, 2.4), (3.6, -4.0))):
        if plot.free(x, y, 0.9):
            out.append(Thing(f"campfire {i}", prop_mesh("fire").moved((x, y, 0)), wild=True))
            break
    for i, (x, y) in enumerate(spread(plot, rng, 3, 5.0, 11.0, 3.0)):
        out.append(Thing(f"banner {i}", prop_mesh("flag").moved((x, y, 0.9)), wild=True))
    return out


def boat(plot: Plot) -> list[Thing]:
    """On deck: rail, mast, sail; water all round."""
    sea = polygon(
        [
            (-FAR * 2, -FAR * 2, -2.2),
            (FAR * 2, -FAR * 2, -2.2),
            (FAR * 2, FAR * 2, -2.2),
            (-FAR * 2, FAR * 2, -2.2),
        ],
        (0.68, 0.72, 0.76),
    )
    w, d = max(plot.size[0], 3.0), max(plot.size[1], 8.0)
    y = np.linspace(-d / 2, d / 2, 15)
    half = w / 2 * np.clip(1 - np.clip(y / (d / 2), 0, 1) ** 3, 0.03, 1)
    deck = polygon(
        [
            *[(h, v, 0) for h, v in zip(half, y, strict=True)],
            *[(-h, v, 0) for h, v in zip(half[::-1], y[::-1], strict=True)],
        ],
        (0.8, 0.74, 0.66),
    )
    rails = []
    for s in (-1, 1):
        rails.append(tube(np.stack([s * half, y, np.full(15, 0.95)], -1), 0.04, WOOD, sides=6))
        rails += [
            tube([(s * h, v, -0.2), (s * h, v, 0.95)], 0.03, WOOD, sides=6)
            for h, v in zip(half, y, strict=True)
        ]
    mast = joined(
        [
            tube([(0, 0, 0), (0, 0, 9)], [0.14, 0.08], WOOD, sides=10),
            tube([(-2.4, 0.1, 7.6), (2.4, 0.1, 7.6)], 0.06, WOOD, sides=8),
            polygon(
                [(-2.2, 0.2, 3.0), (2.2, 0.2, 3.0), (2.3, 0.15, 7.5), (-2.3, 0.15, 7.5)],
                (0.94, 0.92, 0.87),
            ),
        ]
    )
    return [
        Thing("sea", sea, Kind.GROUND, casts=False),
        Thing("deck", deck, Kind.GROUND, casts=False),
        Thing("rails", joined(rails), wild=True),
        *([Thing("mast", mast, wild=True)] if plot.free(0, 0, 0.3) else []),
    ]


def garden(plot: Plot) -> list[Thing]:
    """A walk between hedges and trees."""
    rng = np.random.default_rng(plot.seed + 1)
    hedge = [standing_box((26, 0.9, 1.5), (0, s * 8.5), LEAF) for s in (-1, 1)]
    path = polygon(
        [(-30, -1.6, 0.01), (30, -1.6, 0.01), (30, 1.6, 0.01), (-30, 1.6, 0.01)], (0.92, 0.9, 0.86)
    )
    return [
        ground(FAR, FAR, GRASS, 0.2, plot.seed),
        Thing("path", path, Kind.GROUND, casts=False),
        *[Thing(f"hedge {i}", h, wild=True) for i, h in enumerate(hedge)],
        *trees(plot, 12, 10.0, 40.0, "leaf", (5.0, 9.0), 5.0),
        tufts(rng, 50, 3, 14, 0.18, plot, 0.2),
        far_hills(plot.seed),
        woods(plot.seed, 48.0, 3.6, 0.7),
    ]

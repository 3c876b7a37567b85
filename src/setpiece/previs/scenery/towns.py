"""Streets, castles, courts, roofs."""

from __future__ import annotations

import numpy as np

from setpiece.previs import furniture_mesh as prop
from setpiece.previs.blocked import Kind, Thing
from setpiece.previs.prop_mesh import prop_mesh
from setpiece.previs.scenery.country import FAR, rocks
from setpiece.previs.scenery.growth import ground, tufts
from setpiece.previs.scenery.horizon import far_hills, rooftops, woods
from setpiece.previs.scenery.houses import house
from setpiece.previs.scenery.parts import (
    ASPHALT,
    EARTH,
    GRASS,
    STONE,
    TRIM,
    WOOD,
    Plot,
    courses,
)
from setpiece.previs.solid import (
    Solid,
    about_z,
    box,
    ellipsoid,
    joined,
    lathe,
    polygon,
    prism,
    standing_box,
    tube,
)


def street(plot: Plot, width: float | None = None) -> list[Thing]:
    """A street along X: kerbs, houses on both sides, lamps."""
    w = max(plot.size[0], 36.0)
    half = (width if width is not None else np.clip(plot.size[1], 9.0, 16.0)) / 2
    out = [ground(FAR, FAR, ASPHALT if not plot.old else (0.8, 0.78, 0.74), 0.0, plot.seed)]
    out.append(rooftops(plot.seed, w + 24.0, 6.0 if plot.old else 9.0, plot.old))
    rng = plot.rng()
    for side in (-1, 1):
        kerb = box((w * 2, 2.4, 0.14), (0, side * (half - 1.2), 0.07), (0.86, 0.85, 0.82))
        if not plot.old and half > 3.5:
            out.append(Thing(f"kerb {side}", kerb, Kind.GROUND, casts=False))
        x = -w
        i = 0
        while x < w:
            front = float(rng.uniform(5.5, 9.0))
            tall = float(rng.uniform(5.4, 8.4) if plot.old else rng.uniform(6.0, 13.0))
            made = house(
                rng,
                front,
                8.0,
                tall,
                plot.night,
                old=plot.old,
                flat=not plot.old,
                shop=not plot.old and rng.uniform() < 0.45,
            )
            if side < 0:
                made = made.turned(180)
            if not plot.clear(x, x + front, side * half, side * (half + 8.0)):
                x += front + 0.02
                continue
            out.append(
                Thing(
                    f"house {side} {i}",
                    made.moved((x + front / 2, side * half, 0)),
                    mounted=(0.0, -float(side), 0.0, -half),
                )
            )
            x += front + 0.02
            i += 1
        if half > 3.5:
            for x in np.arange(-24, 25, 12.0):
                post = joined(
                    [
                        tube([(0, 0, 0), (0, 0, 4.2)], [0.09, 0.05], (0.25, 0.25, 0.27), sides=8),
                        ellipsoid(
                            (0.2, 0.2, 0.26),
                            (0, 0, 4.4),
                            (1, 1, 0.95) if plot.night else (0.85, 0.85, 0.82),
                            10,
                        ),
                    ]
                )
                if plot.free(float(x), side * (half - 2.0), 0.3):
                    out.append(
                        Thing(
                            f"lamp {side} {x:.0f}",
                            post.moved((float(x), side * (half - 2.0), 0)),
                            wild=True,
                        )
                    )
    if not plot.old and half > 4.0:
        for k, x in enumerate((-15.0, -9.0, 10.0, 16.5)):
            y = (1 if k % 2 else -1) * (half - 3.4)
            if plot.free(x, y, 2.4):
                out.append(
                    Thing(f"parked car {k}", prop.car_body().turned(90, (x, y, 0)), wild=True)
                )
    return out


def alley(plot: Plot) -> list[Thing]:
    out = street(plot, width=float(np.clip(min(plot.size[:2]), 3.0, 5.0)))
    for i, (x, y) in enumerate(((-4.0, 1.0), (5.5, -1.0), (-7.0, -1.0))):
        if plot.free(x, y, 0.6):
            out.append(Thing(f"barrel {i}", prop.barrel().moved((x, y, 0)), wild=True))
    return out


def castle(plot: Plot) -> list[Thing]:
    """Before the castle: curtain wall with battlements, towers, a gate; open ground before it."""
    y0 = max(plot.size[1] / 2, 8.0)
    h = 8.0
    parts: list[Solid] = [standing_box((70, 3, h), (0, y0 + 1.5), STONE)]
    parts += [box((1.1, 0.7, 1.0), (x, y0 + 0.35, h + 0.5), STONE) for x in np.arange(-34, 35, 2.2)]
    for x in (-26.0, -5.0, 5.0, 26.0):
        tall = 12.5 if abs(x) > 10 else 11.0
        r = 3.0 if abs(x) > 10 else 2.3
        parts.append(
            lathe(
                [
                    (r * 1.08, 0.0),
                    (r, 1.2),
                    (r, tall - 1.4),
                    (r * 1.14, tall - 1.0),
                    (r * 1.14, tall),
                    (0.0, tall),
                ],
                STONE,
                sides=24,
            ).moved((x, y0 + 0.6, 0))
        )
        parts += [
            box(
                (0.7, 0.6, 0.9),
                (x + r * 1.1 * np.cos(a), y0 + 0.6 + r * 1.1 * np.sin(a), tall + 0.4),
                STONE,
            )
            for a in np.linspace(0, 2 * np.pi, 9)[:-1]
        ]
        parts += [
            box((0.22, 0.1, 1.2), (x, y0 + 0.6 - r - 0.02, z), (0.16, 0.16, 0.18))
            for z in (4.0, 7.5)
        ]
    gate = [(1.6 * np.cos(t), y0 - 0.05, 2.6 + 1.6 * np.sin(t)) for t in np.linspace(0, np.pi, 11)]
    parts.append(polygon([(-1.6, y0 - 0.05, 0), (1.6, y0 - 0.05, 0), *gate], (0.2, 0.18, 0.17)))
    bars = [
        tube([(x, y0 - 0.12, 0), (x, y0 - 0.12, 4.0)], 0.05, TRIM, sides=6)
        for x in np.arange(-1.2, 1.3, 0.4)
    ]
    keep = [standing_box((14, 12, 19), (-9, y0 + 26), STONE)] + [
        box((1.4, 0.8, 1.2), (x, y0 + 20.2, 19.6), STONE) for x in np.arange(-15, -2.5, 2.6)
    ]
    rng = np.random.default_rng(plot.seed + 1)
    front = joined([*parts, *bars, *keep])
    front = Solid(front.vertices, front.normals, front.faces, front.facet, front.colour,
        courses(rng, 68.0, h, y0 - 0.02))  # fmt: skip
    wall = Thing("castle", front, mounted=(0.0, -1.0, 0.0, -y0))
    flag = prop_mesh("flag").moved((5.0, y0 + 0.6, 12.0))
    return [
        ground(FAR, FAR, EARTH, 0.5, plot.seed),
        wall,
        Thing("flag", flag),
        tufts(rng, 50, 4, 24, 0.22, plot, 0.5),
        *rocks(plot, 5, 6, 18, (0.3, 0.8)),
        far_hills(plot.seed),
        woods(plot.seed, 62.0, 3.6, 0.5),
    ]


def courtyard(plot: Plot) -> list[Thing]:
    """Inside the walls: towers at the corners, a well, barrels, a stair."""
    w, d = max(plot.size[0], 16.0), max(plot.size[1], 16.0)
    rng = plot.rng()
    out = [ground(FAR, FAR, (0.72, 0.70, 0.65), 0.0, plot.seed)]
    for name, turn, at, long in (
        ("north", 0, d / 2, w),
        ("south", 180, d / 2, w),
        ("east", -90, w / 2, d),
        ("west", 90, w / 2, d),
    ):
        parts: list[Solid] = [standing_box((long, 2, 7), (0, at + 1), STONE)]
        parts += [
            box((1.0, 0.6, 0.9), (x, at + 0.3, 7.45), STONE)
            for x in np.arange(-long / 2, long / 2, 2.0)
        ]
        parts.append(
            polygon(
                [
                    (-1.2, at - 0.04, 0),
                    (1.2, at - 0.04, 0),
                    (1.2, at - 0.04, 2.4),
                    (0, at - 0.04, 3.3),
                    (-1.2, at - 0.04, 2.4),
                ],
                (0.22, 0.2, 0.19),
            )
        )
        parts += [
            box(
                (0.5, 0.06, 1.1),
                (x, at - 0.03, 4.6),
                (1.0, 0.97, 0.86) if plot.night and x > 0 else (0.2, 0.2, 0.22),
            )
            for x in (-long * 0.28, long * 0.28)
        ]
        # Buttresses and a ledge under the battlements; no wall of its kind is bare.
        parts += [
            standing_box((0.9, 0.4, 5.4), (x, at - 0.2), STONE)
            for x in np.arange(-long / 2 + 2.0, long / 2, 4.6) if abs(x) > 2.0
        ]  # fmt: skip
        parts.append(box((long, 0.3, 0.28), (0, at - 0.15, 6.3), STONE))
        flat = joined(parts)
        flat = Solid(flat.vertices, flat.normals, flat.faces, flat.facet, flat.colour,
            courses(rng, long, 6.0, at - 0.02))  # fmt: skip
        n = about_z(turn) @ np.array([0, -1, 0])
        out.append(
            Thing(
                f"{name} wall",
                flat.turned(turn),
                mounted=(float(n[0]), float(n[1]), 0.0, -at),
            )
        )
    for k, (x, y) in enumerate(
        ((-w / 2, d / 2), (w / 2, d / 2), (w / 2, -d / 2), (-w / 2, -d / 2))
    ):
        out.append(
            Thing(
                f"tower {k}",
                lathe(
                    [(2.4, 0), (2.3, 9.0), (2.7, 9.5), (2.7, 10.6), (0.0, 10.6)], STONE, sides=22
                ).moved((x, y, 0)),
                wild=True,
            )
        )
    well = joined(
        [
            lathe(
                [(0.9, 0.0), (0.9, 0.85), (0.65, 0.85), (0.65, 0.2), (0.0, 0.2)], STONE, sides=18
            ),
            *[standing_box((0.12, 0.12, 2.2), (s * 0.8, 0), WOOD) for s in (-1, 1)],
            prism([(-1.1, 0), (1.1, 0), (0, 0.7)], -0.7, 0.7, WOOD).moved(
                (0, 0, 2.2), [[1, 0, 0], [0, 0, -1], [0, 1, 0]]
            ),
        ]
    )
    for x, y in ((w * 0.28, d * 0.25), (-w * 0.3, d * 0.28), (w * 0.3, -d * 0.3)):
        if plot.free(x, y, 1.2):
            out.append(Thing("well", well.moved((x, y, 0)), wild=True))
            break
    for i, (x, y) in enumerate(((-w * 0.42, d * 0.3), (-w * 0.45, d * 0.22), (w * 0.43, -d * 0.1))):
        if plot.free(x, y, 0.5):
            out.append(Thing(f"barrel {i}", prop.barrel().moved((x, y, 0)), wild=True))
    return out


def roof(plot: Plot) -> list[Thing]:
    """A roof or battlement: parapet, and the town far below."""
    w, d = plot.size[:2]
    deck = polygon(
        [(-w / 2, -d / 2, 0), (w / 2, -d / 2, 0), (w / 2, d / 2, 0), (-w / 2, d / 2, 0)], STONE
    )
    out = [Thing("deck", deck, Kind.GROUND, casts=False)]
    for name, turn, at, long in (
        ("north", 0, d / 2, w),
        ("south", 180, d / 2, w),
        ("east", -90, w / 2, d),
        ("west", 90, w / 2, d),
    ):
        parts: list[Solid] = [standing_box((long, 0.5, 0.9), (0, at), STONE)]
        if plot.old:
            parts += [
                box((0.9, 0.5, 0.8), (x, at, 1.3), STONE)
                for x in np.arange(-long / 2 + 0.5, long / 2, 1.7)
            ]
        n = about_z(turn) @ np.array([0, -1, 0])
        out.append(
            Thing(
                f"{name} parapet",
                joined(parts).turned(turn),
                mounted=(float(n[0]), float(n[1]), 0.0, -at),
            )
        )
    low = -16.0
    town = [ground(FAR, FAR, GRASS, 0.0, plot.seed).solid.moved((0, 0, low))]
    out.append(Thing("ground", town[0], Kind.GROUND, casts=False))
    rng = plot.rng()
    if not plot.old:
        for i in range(26):
            a, r = rng.uniform(0, 2 * np.pi), rng.uniform(28, 100)
            h = rng.uniform(8, 26)
            out.append(
                Thing(
                    f"block {i}",
                    standing_box(
                        (rng.uniform(8, 14), rng.uniform(8, 14), h),
                        (r * np.cos(a), r * np.sin(a), low),
                        STONE,
                    ),
                )
            )
    out.append(far_hills(plot.seed, 130, 12.0))
    return out

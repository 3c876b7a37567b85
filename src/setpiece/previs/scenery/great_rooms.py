"""Halls, corridors, churches, caves."""

from __future__ import annotations

import numpy as np

from setpiece.previs import furniture_mesh as prop
from setpiece.previs.blocked import Kind, Thing
from setpiece.previs.scenery.growth import rock
from setpiece.previs.scenery.parts import (
    DARK_STONE,
    PLASTER,
    STONE,
    TRIM,
    WOOD,
    Plot,
)
from setpiece.previs.scenery.rooms import openings, place, shell
from setpiece.previs.scenery.walls import (
    bare_wall,
    ceiling,
    door,
    floor,
    hanging,
    walls,
    window,
)
from setpiece.previs.solid import (
    box,
    joined,
    lathe,
    polygon,
    standing_box,
)


def hall(plot: Plot) -> list[Thing]:
    """A great hall: columns, banners, arched windows, a dais."""
    w, d, h = plot.size
    hw, hd = plot.half
    out = shell(plot, STONE, "stone", "flags", (0.84, 0.82, 0.78), beams=True)
    openings(plot, out, arch=True)
    back, right, _, _left = walls(w, d, h)
    n = max(int(d / 3.5), 2)
    for y in np.linspace(-hd + 1.2, hd - 1.2, n):
        for s in (-1, 1):
            pillar = lathe(
                [
                    (0.0, 0.0),
                    (0.42, 0.0),
                    (0.42, 0.25),
                    (0.28, 0.4),
                    (0.26, h - 0.7),
                    (0.42, h - 0.4),
                    (0.42, h),
                    (0.0, h),
                ],
                STONE,
                sides=16,
            )
            place(plot, out, f"pillar {s} {y:.0f}", pillar, s * (hw - 1.1), float(y), 0.5)
    for x in (-0.25, 0.0):
        out.append(hanging(back, x * w, h - 0.5, 1.1, min(2.2, h * 0.45), (0.5, 0.34, 0.34)))
    for y in (-0.3, 0.3):
        out.append(hanging(right, y * d, h - 0.5, 0.9, min(2.0, h * 0.45), (0.36, 0.40, 0.46)))
    if plot.has("banquet", "feast", "table"):
        long = prop.table(min(w * 0.45, 5.0), 0.95)
        for y in (hd * 0.3, 0.0, -hd * 0.35):
            if place(plot, out, "long table", long, 0.0, y, 1.3):
                break
    else:
        place(plot, out, "throne", prop.throne(), -hw * 0.3, hd - 0.9, 0.9, 180)
        place(plot, out, "side table", prop.table(2.4, 0.9), hw * 0.5, -hd * 0.4, 1.3, 90)
    return out


def corridor(plot: Plot) -> list[Thing]:
    out = shell(
        plot,
        STONE if plot.old else PLASTER,
        "stone" if plot.old else "panel",
        "flags",
        (0.82, 0.8, 0.76),
        beams=plot.old,
    )
    w, d, h = plot.size
    long_walls = walls(w, d, h)[1::2] if d >= w else walls(w, d, h)[::2]
    for k, wall in enumerate(long_walls):
        for x in np.linspace(-wall.length / 2, wall.length / 2, max(int(wall.length / 3.5), 1) + 2)[
            1:-1
        ]:
            out.append(door(wall, float(x) + 0.8 * k, plot.old))
    end = walls(w, d, h)[0 if d >= w else 1]
    out += window(end, 0.0, plot.night, 1.1, 1.3, 1.0, plot.old)
    return out


def church(plot: Plot) -> list[Thing]:
    w, d, h = plot.size
    _hw, hd = plot.half
    out = shell(plot, STONE, "stone", "flags", (0.86, 0.84, 0.8))
    back, right, _front, left = walls(w, d, h)
    for wall in (left, right):
        for y in np.linspace(-hd, hd, max(int(d / 3), 2) + 2)[1:-1]:
            out += window(wall, float(y), plot.night, 0.9, h * 0.35, h * 0.3, arch=True)
    out += window(back, 0.0, plot.night, 1.6, h * 0.35, h * 0.38, arch=True)
    altar = joined(
        [
            standing_box((2.0, 0.8, 1.0), (0, 0), (0.92, 0.9, 0.86)),
            box((0.08, 0.08, 0.8), (0, 0, 1.5), TRIM),
            box((0.45, 0.08, 0.08), (0, 0, 1.65), TRIM),
        ]
    )
    place(plot, out, "altar", altar, 0, hd - 1.2, 0.9)
    pew = joined(
        [
            box((w * 0.3, 0.4, 0.05), (0, 0, 0.45), WOOD),
            box((w * 0.3, 0.05, 0.9), (0, -0.22, 0.45), WOOD),
        ]
    )
    for y in np.arange(-hd + 1.2, hd - 3.0, 1.1):
        for s in (-1, 1):
            place(plot, out, f"pew {s} {y:.1f}", pew, s * w * 0.24, float(y), w * 0.12)
    return out


def cave(plot: Plot) -> list[Thing]:
    """Rock all round, a mouth of light at the far end."""
    w, d, h = plot.size
    rng = plot.rng()
    out = [floor(w + 6, d + 6, (0.7, 0.68, 0.66))]
    mouth = walls(w, d, h)[0]
    a = np.linspace(0, np.pi, 11)

    hole = [(1.3 * np.cos(t) * (1 + 0.1 * np.sin(5 * t)), 0.02, 2.3 * np.sin(t)) for t in a]
    for wall in walls(w, d, h):
        out += [t for t in bare_wall(wall, DARK_STONE, "", plot.seed) if "skirting" not in t.name]
        parts = []
        for x in np.arange(-wall.length / 2, wall.length / 2, 0.9):
            if wall is not mouth and abs(x) < 0:
                continue
            if wall.name == "back wall" and abs(x + wall.length * 0.2) < 1.7:
                continue
            parts.append(
                rock(rng, rng.uniform(0.7, 1.0), rng.uniform(2.0, max(h * 0.9, 2.4)))
                .dyed(DARK_STONE)
                .moved((x, 0.1, 0))
            )
        out.append(wall.put("rocks", joined(parts)))
    out.append(
        mouth.put(
            "mouth",
            polygon(
                [(-p[0] - plot.size[0] * 0.2, p[1], p[2]) for p in hole][::-1],
                (0.3, 0.32, 0.38) if plot.night else (1, 1, 1),
            ),
            Kind.GLOW,
        )
    )
    spikes = [
        lathe([(0.0, -1.0), (0.04, -0.9), (0.22, 0.0), (0.0, 0.05)], DARK_STONE, sides=8).moved(
            (rng.uniform(-w / 2, w / 2), rng.uniform(-d / 2, d / 2), h), scale=rng.uniform(0.6, 1.3)
        )
        for _ in range(14)
    ]
    out.append(
        Thing("stalactites", joined(spikes), Kind.WALL, casts=False, mounted=(0.0, 0.0, -1.0, -h))
    )
    out += ceiling(w, d, h, DARK_STONE)
    return out

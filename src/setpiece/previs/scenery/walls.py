"""Walls that a camera looks through from behind, with their doors and windows; floors, ceilings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from setpiece.previs.blocked import Kind, Thing
from setpiece.previs.scenery.parts import (
    NIGHT_PANE,
    SKYLIGHT,
    TRIM,
    WOOD,
)
from setpiece.previs.solid import (
    Colour,
    Curve,
    Solid,
    about_z,
    box,
    ellipsoid,
    joined,
    polygon,
    shaded,
    tube,
)


def floor(w: float, d: float, colour: Colour, pattern: str = "") -> Thing:
    """A flat floor with boards or flags drawn on it."""
    lines: list[Curve] = []
    step = {"boards": 0.34, "flags": 0.8, "tiles": 0.6}.get(pattern, 0.0)
    if step:
        for x in np.arange(-w / 2 + step, w / 2, step):
            lines.append(_rule((x, -d / 2, 0.004), (x, d / 2, 0.004), 0.007))
        if pattern != "boards":
            for y in np.arange(-d / 2 + step, d / 2, step):
                lines.append(_rule((-w / 2, y, 0.004), (w / 2, y, 0.004), 0.007))
    flat = polygon(
        [(-w / 2, -d / 2, 0), (w / 2, -d / 2, 0), (w / 2, d / 2, 0), (-w / 2, d / 2, 0)], colour
    )
    made = Solid(flat.vertices, flat.normals, flat.faces, flat.facet, flat.colour, tuple(lines))
    return Thing("floor", made, Kind.GROUND, casts=False)


def _rule(a: tuple, b: tuple, width: float) -> Curve:
    n = max(int(np.hypot(b[0] - a[0], b[1] - a[1]) / 0.12), 3)
    return Curve(np.linspace(a, b, n).astype(np.float32), width)


@dataclass(frozen=True)
class Wall:
    """A wall's inner side. Its own axes: x along it, y into the room, z up, from its middle."""

    name: str
    centre: tuple[float, float]
    turn: float  # degrees of its x axis
    length: float
    height: float

    @property
    def mount(self) -> tuple[float, float, float, float]:
        n = about_z(self.turn) @ np.array([0, 1, 0])
        return float(n[0]), float(n[1]), 0.0, float(n[0] * self.centre[0] + n[1] * self.centre[1])

    def put(self, name: str, solid: Solid, kind: Kind = Kind.WALL) -> Thing:
        """Something in the wall's own axes."""
        placed = solid.turned(self.turn, (*self.centre, 0.0))
        return Thing(f"{self.name} {name}", placed, kind, casts=False, mounted=self.mount)

    def at(self, x: float, y: float = 0.0) -> tuple[float, float]:
        p = about_z(self.turn) @ np.array([x, y, 0])
        return self.centre[0] + float(p[0]), self.centre[1] + float(p[1])


def walls(w: float, d: float, h: float) -> list[Wall]:
    """Back (+Y), right (+X), front (-Y) and left (-X) walls of a room."""
    return [
        Wall("back wall", (0, d / 2), 180, w, h),
        Wall("right wall", (w / 2, 0), 90, d, h),
        Wall("front wall", (0, -d / 2), 0, w, h),
        Wall("left wall", (-w / 2, 0), -90, d, h),
    ]


def bare_wall(wall: Wall, colour: Colour, pattern: str = "", seed: int = 0) -> list[Thing]:
    """The wall itself, with skirting, courses of stone or panels drawn on it."""
    l, h = wall.length, wall.height
    lines: list[Curve] = []
    rng = np.random.default_rng(seed + int(wall.turn) % 360)
    if pattern == "stone":
        # Some stones are drawn, the eye adds the others.
        for _ in range(int(l * h * 0.5)):
            x, z = (
                rng.uniform(-l / 2, l / 2 - 0.6),
                np.floor(rng.uniform(0.3, h - 0.3) / 0.42) * 0.42,
            )
            lines += [
                Curve(
                    np.linspace((x, 0.006, z), (x + 0.55, 0.006, z), 6).astype(np.float32), 0.010
                ),
                Curve(np.linspace((x, 0.006, z), (x, 0.006, z + 0.4), 5).astype(np.float32), 0.010),
            ]
    if pattern == "panel":
        z = 0.95
        lines.append(
            Curve(
                np.linspace((-l / 2, 0.01, z), (l / 2, 0.01, z), int(l * 6) + 2).astype(np.float32),
                0.016,
            )
        )
    flat = polygon([(l / 2, 0, 0), (-l / 2, 0, 0), (-l / 2, 0, h), (l / 2, 0, h)], colour)
    made = Solid(flat.vertices, flat.normals, flat.faces, flat.facet, flat.colour, tuple(lines))
    out = [wall.put("", made)]
    if pattern != "stone":
        out.append(
            wall.put("skirting", box((l, 0.03, 0.12), (0, 0.015, 0.06), shaded(colour, 0.86)))
        )
    return out


def ceiling(w: float, d: float, h: float, colour: Colour, beams: bool = False) -> list[Thing]:
    flat = polygon(
        [(-w / 2, d / 2, h), (w / 2, d / 2, h), (w / 2, -d / 2, h), (-w / 2, -d / 2, h)], colour
    )
    mount = (0.0, 0.0, -1.0, -h)
    out = [Thing("ceiling", flat, Kind.WALL, casts=False, mounted=mount)]
    if beams:
        n = max(int(d / 1.4), 2)
        parts = [
            box((w, 0.22, 0.26), (0, y, h - 0.13), WOOD)
            for y in np.linspace(-d / 2 + 0.6, d / 2 - 0.6, n)
        ]
        out.append(Thing("beams", joined(parts), Kind.WALL, casts=False, mounted=mount))
    return out


def window(
    wall: Wall,
    x: float,
    night: bool,
    w: float = 1.2,
    h: float = 1.3,
    sill: float = 0.95,
    arch: bool = False,
) -> list[Thing]:
    """A window: light by day, dark by night, with frame, sill and bars."""
    pane = NIGHT_PANE if night else SKYLIGHT
    top = sill + h
    outline = [(w / 2, 0.012, sill), (-w / 2, 0.012, sill), (-w / 2, 0.012, top)]
    if arch:
        a = np.linspace(np.pi, 0, 9)[1:-1]
        outline += [(w / 2 * np.cos(t), 0.012, top + w / 2 * np.sin(t)) for t in a]
    outline.append((w / 2, 0.012, top))
    f = 0.07
    parts = [box((f, 0.08, h + f), (s * w / 2, 0.03, sill + h / 2), TRIM) for s in (-1, 1)]
    parts += [
        box((w + 0.3, 0.16, 0.05), (0, 0.07, sill - 0.02), TRIM),
        box((0.035, 0.04, h), (0, 0.03, sill + h / 2), TRIM),
    ]
    parts += [box((w, 0.04, 0.035), (0, 0.03, sill + h * 0.5), TRIM)]
    if arch:
        arc = [
            (w / 2 * np.cos(t), 0.03, top + w / 2 * np.sin(t)) for t in np.linspace(0, np.pi, 13)
        ]
        parts.append(tube(arc, 0.045, TRIM, sides=6))
    else:
        parts.append(box((w + f, 0.08, f), (0, 0.03, top), TRIM))
    return [
        wall.put(f"window pane {x:.1f}", polygon(outline, pane).moved((x, 0, 0)), Kind.GLOW),
        wall.put(f"window {x:.1f}", joined(parts).moved((x, 0, 0))),
    ]


def door(wall: Wall, x: float, old: bool, w: float = 0.95, h: float = 2.08) -> Thing:
    leaf: Colour = WOOD if old else (0.78, 0.74, 0.68)
    parts = [box((w, 0.03, h), (0, 0.02, h / 2), leaf)]
    parts += [
        box((0.1, 0.09, h + 0.1), (s * (w / 2 + 0.05), 0.04, h / 2 + 0.05), TRIM) for s in (-1, 1)
    ]
    parts += [
        box((w + 0.2, 0.09, 0.1), (0, 0.04, h + 0.05), TRIM),
        ellipsoid((0.035, 0.035, 0.035), (w / 2 - 0.1, 0.07, 1.0), (0.2, 0.2, 0.2), 8),
    ]
    if old:
        parts += [box((w, 0.05, 0.06), (0, 0.025, z), (0.25, 0.22, 0.2)) for z in (0.4, 1.65)]
    else:
        parts += [box((w * 0.62, 0.045, 0.68), (0, 0.025, z), leaf) for z in (0.55, 1.5)]
    return wall.put(f"door {x:.1f}", joined(parts).moved((x, 0, 0)))


def frame(wall: Wall, x: float, z: float, w: float, h: float) -> Thing:
    """A picture on the wall."""
    parts = [
        box((w, 0.04, h), (0, 0.03, z), TRIM),
        box((w - 0.12, 0.05, h - 0.12), (0, 0.032, z), (0.8, 0.78, 0.72)),
    ]
    return wall.put(f"picture {x:.1f}", joined(parts).moved((x, 0, 0)))


def hanging(wall: Wall, x: float, top: float, w: float, h: float, colour: Colour) -> Thing:
    """A banner or tapestry."""
    shape = [
        (w / 2, 0.03, top),
        (w / 2, 0.03, top - h),
        (0, 0.03, top - h - w * 0.3),
        (-w / 2, 0.03, top - h),
        (-w / 2, 0.03, top),
    ][::-1]
    rod = tube([(-w / 2 - 0.1, 0.04, top), (w / 2 + 0.1, 0.04, top)], 0.025, TRIM, sides=6)
    return wall.put(f"hanging {x:.1f}", joined([polygon(shape, colour), rod]).moved((x, 0, 0)))

"""What rooms share: shell, doors and windows, furniture where there is room for it."""

from __future__ import annotations

import numpy as np

from setpiece.previs.blocked import Thing
from setpiece.previs.scenery.parts import (
    BOARDS,
    Plot,
)
from setpiece.previs.scenery.walls import (
    bare_wall,
    ceiling,
    door,
    floor,
    walls,
    window,
)
from setpiece.previs.solid import (
    Solid,
    shaded,
)


def shell(
    plot: Plot,
    colour: tuple,
    pattern: str = "",
    tiles: str = "boards",
    ground: tuple = BOARDS,
    beams: bool = False,
) -> list[Thing]:
    w, d, h = plot.size
    out = [floor(w, d, ground, tiles), *ceiling(w, d, h, shaded(colour, 0.95), beams)]
    for wall in walls(w, d, h):
        out += bare_wall(wall, colour, pattern, plot.seed)
    return out


def place(
    plot: Plot,
    out: list[Thing],
    name: str,
    solid: Solid,
    x: float,
    y: float,
    r: float,
    turn: float = 0.0,
) -> bool:
    """Stand furniture where nothing is to happen; False where there is no room."""
    if plot.bare or not plot.free(x, y, r):
        return False
    out.append(Thing(name, solid.turned(turn, (x, y, 0.0)), wild=True))
    return True


def openings(plot: Plot, out: list[Thing], arch: bool = False) -> None:
    w, d, h = plot.size
    back, right, front, left = walls(w, d, h)
    tall = min(h * 0.45, 2.2)
    sill = 0.95 if h < 3.6 else 1.5
    if plot.openings:
        sides = {"N": back, "E": right, "S": front, "W": left}
        for o in plot.openings:
            x = -o.along if o.wall in "NW" else o.along
            if o.kind == "window":
                out += window(sides[o.wall], x, plot.night, o.width, o.height, o.sill or sill, arch)
            else:
                out.append(door(sides[o.wall], x, plot.old, o.width, o.height))
        return
    for x in np.linspace(-d / 2, d / 2, max(int(d / 3.2), 1) + 2)[1:-1]:
        out += window(left, float(x), plot.night, 1.2, tall, sill, arch)
    out.append(door(back, w * 0.27, plot.old))
    out.append(door(right, -d * 0.2, plot.old))
    for x in np.linspace(-w / 2, w / 2, max(int(w / 4.5), 1) + 2)[1:-1]:
        out += window(front, float(x), plot.night, 1.2, tall, sill, arch)

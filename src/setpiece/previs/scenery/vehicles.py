"""Inside cars and trains."""

from __future__ import annotations

import numpy as np

from setpiece.previs.blocked import Thing
from setpiece.previs.scenery.parts import (
    Plot,
)
from setpiece.previs.scenery.rooms import place, shell
from setpiece.previs.scenery.walls import (
    floor,
    walls,
    window,
)
from setpiece.previs.solid import (
    box,
    joined,
    tube,
)


def car(plot: Plot) -> list[Thing]:
    """Inside a car: nose +Y, seats, wheel, pillars; the world goes by outside."""
    shade = (0.34, 0.35, 0.38)
    out = [floor(60, 200, (0.7, 0.7, 0.7))]
    body = [
        box((1.6, 0.1, 0.5), (0, 1.05, 0.75), shade),
        box((1.5, 0.5, 0.2), (0, 0.95, 0.95), shade),
        box((1.6, 0.06, 0.08), (0, 0.55, 1.62), shade),
        box((1.5, 1.6, 0.05), (0, -0.3, 1.66), shade),
        *[box((0.06, 2.6, 0.5), (s * 0.8, -0.1, 0.75), shade) for s in (-1, 1)],
        *[
            tube([(s * 0.78, 1.0, 1.0), (s * 0.68, 0.5, 1.62)], 0.035, shade, sides=6)
            for s in (-1, 1)
        ],
        *[
            tube([(s * 0.8, -0.5, 1.0), (s * 0.7, -0.5, 1.64)], 0.04, shade, sides=6)
            for s in (-1, 1)
        ],
    ]
    out.append(Thing("car body", joined(body), wild=True, casts=False))
    for s in (-1, 1):
        for y, n in ((0.05, "front"), (-0.95, "rear")):
            seat = joined(
                [
                    box((0.52, 0.5, 0.16), (0, 0.05, 0.42), shade),
                    box((0.5, 0.14, 0.62), (0, -0.24, 0.78), shade),
                    box((0.28, 0.1, 0.2), (0, -0.26, 1.18), shade),
                ]
            )
            out.append(Thing(f"{n} seat {s}", seat.moved((s * 0.38, y, 0)), wild=True))
    a = np.linspace(0, 2 * np.pi, 17)
    wheel = tube(
        [(-0.38 + 0.19 * np.cos(t), 0.62 + 0.06 * np.sin(t), 0.98 + 0.18 * np.sin(t)) for t in a],
        0.018,
        (0.15, 0.15, 0.16),
        sides=6,
    )
    out.append(Thing("steering wheel", wheel, wild=True))
    return out


def train(plot: Plot) -> list[Thing]:
    out = shell(plot, (0.84, 0.84, 0.82), "panel", "", (0.66, 0.65, 0.64))
    w, d, h = plot.size
    for wall in walls(w, d, h)[1::2]:
        for y in np.arange(-d / 2 + 1, d / 2, 1.7):
            out += window(wall, float(y), plot.night, 1.2, 0.8, 1.0)
    seat = joined(
        [
            box((0.9, 0.5, 0.12), (0, 0, 0.44), (0.42, 0.44, 0.5)),
            box((0.9, 0.12, 0.75), (0, -0.24, 0.8), (0.42, 0.44, 0.5)),
        ]
    )
    for y in np.arange(-d / 2 + 0.8, d / 2 - 0.5, 1.7):
        for s in (-1, 1):
            place(plot, out, f"seat {s} {y:.1f}", seat, s * (w / 2 - 0.55), float(y), 0.4)
    return out

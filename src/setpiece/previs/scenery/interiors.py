"""Rooms that people live, work and drink in."""

from __future__ import annotations

import numpy as np

from setpiece.previs import furniture_mesh as prop
from setpiece.previs.blocked import Thing
from setpiece.previs.scenery.parts import (
    PLASTER,
    STONE,
    TRIM,
    WOOD,
    Plot,
)
from setpiece.previs.scenery.rooms import openings, place, shell
from setpiece.previs.scenery.walls import (
    frame,
    hanging,
    walls,
)
from setpiece.previs.solid import (
    box,
    joined,
    lathe,
    standing_box,
)


def room(plot: Plot) -> list[Thing]:
    out = shell(
        plot,
        STONE if plot.old else PLASTER,
        "stone" if plot.old else "panel",
        "flags" if plot.old else "boards",
        beams=plot.old,
    )
    openings(plot, out)
    hw, hd = plot.half
    back = walls(*plot.size)[0]
    if plot.old:
        out.append(
            hanging(back, -hw * 0.35, min(plot.size[2] - 0.3, 3.0), 1.1, 1.5, (0.52, 0.36, 0.34))
        )
        place(
            plot,
            out,
            "chest",
            joined(
                [
                    standing_box((1.1, 0.55, 0.55), (0, 0), WOOD),
                    box((1.14, 0.59, 0.06), (0, 0, 0.42), TRIM),
                ]
            ),
            -hw + 0.9,
            hd - 0.5,
            0.7,
        )
    else:
        out.append(frame(back, -hw * 0.35, 1.65, 0.9, 0.65))
        place(plot, out, "sofa", prop.sofa(), -hw * 0.35, hd - 0.6, 1.0, 180)
        place(plot, out, "shelf", prop.shelf(), hw - 0.3, hd * 0.5, 0.6, 90)
    place(plot, out, "table", prop.table(1.5, 0.8), hw * 0.45, -hd * 0.35, 0.9)
    for s in (-1, 1):
        place(plot, out, f"chair {s}", prop.chair(), hw * 0.45 + s * 1.05, -hd * 0.35, 0.35, 90 * s)
    return out


def bedroom(plot: Plot) -> list[Thing]:
    out = shell(
        plot,
        STONE if plot.old else PLASTER,
        "stone" if plot.old else "panel",
        "flags" if plot.old else "boards",
        beams=plot.old,
    )
    openings(plot, out)
    hw, hd = plot.half
    for x in (-hw * 0.3, -hw + 1.1, hw - 1.3):
        if place(plot, out, "bed", prop.bed(), x, hd - 1.3, 1.1, 180):
            place(
                plot,
                out,
                "night table",
                standing_box((0.45, 0.4, 0.55), (0, 0), WOOD),
                x + 1.1,
                hd - 0.35,
                0.3,
            )
            break
    place(
        plot,
        out,
        "wardrobe",
        joined(
            [standing_box((1.3, 0.6, 2.0), (0, 0), WOOD), box((0.02, 0.62, 1.9), (0, 0, 1.0), TRIM)]
        ),
        hw - 0.4,
        hd * 0.2,
        0.7,
        90,
    )
    out.append(frame(walls(*plot.size)[1], 0.2 * hd, 1.6, 0.7, 0.9))
    return out


def kitchen(plot: Plot) -> list[Thing]:
    out = shell(
        plot,
        STONE if plot.old else PLASTER,
        "stone" if plot.old else "",
        "tiles",
        (0.86, 0.84, 0.8),
        beams=plot.old,
    )
    openings(plot, out)
    hw, hd = plot.half
    units = [
        standing_box((0.6, 0.6, 0.86), (0.61 * k, 0), (0.8, 0.78, 0.74))
        for k in range(int(max(hw * 1.1, 1.2) / 0.61))
    ]
    units.append(
        box((0.61 * len(units), 0.64, 0.04), (0.305 * (len(units) - 1), 0, 0.88), (0.45, 0.42, 0.4))
    )
    place(plot, out, "counter", joined(units), -hw + 0.4, hd - 0.34, 0.4)
    place(
        plot,
        out,
        "stove",
        joined(
            [
                standing_box((0.7, 0.65, 0.9), (0, 0), (0.3, 0.3, 0.31)),
                box((0.5, 0.02, 0.35), (0, -0.33, 0.45), (0.55, 0.55, 0.55)),
            ]
        ),
        hw - 0.5,
        hd - 0.4,
        0.5,
    )
    place(plot, out, "table", prop.table(1.3, 0.8), hw * 0.35, -hd * 0.3, 0.8)
    return out


def office(plot: Plot) -> list[Thing]:
    out = shell(plot, PLASTER, "panel")
    openings(plot, out)
    hw, hd = plot.half
    desk = joined(
        [
            prop.table(1.6, 0.8),
            box((0.55, 0.04, 0.34), (0, 0.15, 0.98), (0.2, 0.2, 0.22)),
            box((0.1, 0.1, 0.1), (0, 0.15, 0.8), (0.2, 0.2, 0.22)),
        ]
    )
    for x, y in ((-hw * 0.4, hd * 0.4), (hw * 0.4, hd * 0.45), (hw * 0.4, -hd * 0.5)):
        place(plot, out, f"desk {x:.0f} {y:.0f}", desk, x, y, 1.0)
    for y in (-0.4, 0.1):
        place(plot, out, f"shelf {y}", prop.shelf(), hw - 0.25, y * hd, 0.55, 90)
    return out


def bar(plot: Plot) -> list[Thing]:
    out = shell(plot, PLASTER if not plot.old else STONE, "panel", beams=plot.old)
    openings(plot, out)
    hw, hd = plot.half
    w = plot.size[0]
    counter = joined(
        [
            standing_box((w * 0.5, 0.6, 1.05), (0, 0), WOOD),
            box((w * 0.52, 0.72, 0.06), (0, 0, 1.08), TRIM),
        ]
    )
    if place(plot, out, "bar", counter, -hw * 0.35, hd - 1.3, 0.6):
        for k in range(int(w * 0.5 / 0.9)):
            place(
                plot,
                out,
                f"bar stool {k}",
                prop.stool(0.75),
                -hw * 0.35 - w * 0.22 + 0.9 * k,
                hd - 2.0,
                0.25,
            )
    out.append(
        walls(*plot.size)[0].put(
            "bottles",
            joined(
                [box((w * 0.45, 0.2, 0.03), (0, 0.1, z), WOOD) for z in (1.5, 1.9)]
                + [
                    lathe(
                        [
                            (0.0, z),
                            (0.04, z),
                            (0.04, z + 0.18),
                            (0.015, z + 0.22),
                            (0.015, z + 0.3),
                            (0.0, z + 0.3),
                        ],
                        (0.4, 0.44, 0.4),
                        sides=8,
                    ).moved((x, 0.1, 0))
                    for z in (1.52, 1.92)
                    for x in np.arange(-w * 0.2, w * 0.2, 0.22)
                ]
            ).moved((hw * 0.35, 0, 0)),
        )
    )
    for x, y in ((hw * 0.5, -hd * 0.4), (-hw * 0.5, -hd * 0.5), (hw * 0.6, hd * 0.3)):
        if place(
            plot,
            out,
            f"table {x:.1f}",
            lathe(
                [(0.3, 0.0), (0.05, 0.05), (0.05, 0.7), (0.42, 0.72), (0.42, 0.76), (0.0, 0.76)],
                WOOD,
                sides=18,
            ),
            x,
            y,
            0.8,
        ):
            place(plot, out, f"stool {x:.1f}", prop.stool(), x + 0.65, y, 0.2)
    return out

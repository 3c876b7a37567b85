"""Pitched roofs as planes of a thickness, mitred where they meet."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.fragments import Element
from setpiece.collapse.layout.model import Roof
from setpiece.collapse.layout.shapes import ridge_sides
from setpiece.collapse.pieces import polygon as pg
from setpiece.collapse.pieces.region import TILES, Edge, Region
from setpiece.render.scene import Material

F64 = NDArray[np.float64]

#: Thickness of rafters, battens and tiles together, at right angles to the plane [m].
THICKNESS = 0.2


def slopes(footprint: F64, roof: Roof) -> dict[int, float]:
    """Pitch [radians] of the plane that rises from each eave edge; gable ends have none."""
    pitch = float(np.radians(min(max(roof.pitch, 3.0), 72.0)))
    sides = range(len(footprint))
    if roof.kind == "flat":
        return {}
    if roof.kind == "gable" and len(footprint) == 4:
        return dict.fromkeys(ridge_sides(footprint, roof), pitch)
    if roof.kind == "pyramid":
        c = pg.centroid(footprint)
        inner = [_inward(footprint, k)[0] @ c - _inward(footprint, k)[1] for k in sides]
        rise = np.tan(pitch) * min(inner)
        return {k: float(np.arctan(rise / inner[k])) for k in sides}
    return dict.fromkeys(sides, pitch)


def drop(footprint: F64, roof: Roof) -> float:
    """How far the walls' tops lie below the eave line, so that the roof's upper side starts there
    [m]."""
    return max((THICKNESS / np.cos(p) for p in slopes(footprint, roof).values()), default=0.0)


def _inward(footprint: F64, k: int) -> tuple[F64, float]:
    """(m, c) so that m . x - c is the distance of x inside edge k."""
    a, b = footprint[k], footprint[(k + 1) % len(footprint)]
    e = (b - a) / np.linalg.norm(b - a)
    m = np.array([-e[1], e[0]])
    return m, float(m @ a)


def roof_regions(
    footprint: F64,
    top: float,
    roof: Roof,
    above: list[F64],
    beside: list[F64],
    prism: int,
    wall: int,
    storey: int,
    weight: float,
    timber: bool,
) -> list[Region]:
    """The planes of a pitched roof over a convex footprint.

    top: height of the eave line [m]. wall: number of its first plane.
    above: footprints of blocks that stand on this one; the planes stop in front of them.
    beside: footprints of higher blocks next to it; eaves stop there.
    """
    pitches = slopes(footprint, roof)
    centre = pg.centroid(footprint)
    eaves = pg.inset(footprint, -roof.overhang) if roof.overhang > 0 else footprint
    for other in beside if roof.overhang > 0 else []:
        sides, at = pg.lines(other)
        slack = (footprint @ sides.T - at).min(0)
        far = int(np.argmax(slack))  # the side of the other block that faces this one
        if slack[far] > -0.01 and len(eaves):
            limit = -float(at[far]) - 0.01
            eaves, _ = pg.clip(eaves, [0] * len(eaves), -sides[far], limit, 0)
    out = []
    for k, pitch in pitches.items():
        m, c = _inward(footprint, k)
        shape, tags = eaves.copy(), [-1] * len(eaves)
        lines: list[tuple[F64, float]] = []
        for j, slope in pitches.items():
            if j == k:
                continue
            mj, cj = _inward(footprint, j)
            if roof.kind == "pyramid":
                if j not in ((k + 1) % len(footprint), (k - 1) % len(footprint)):
                    continue
                corner = footprint[j] if j == (k + 1) % len(footprint) else footprint[k]
                e = centre - corner
                g = np.array([-e[1], e[0]]) / np.linalg.norm(e)
                g = g if g @ (footprint[k] + footprint[(k + 1) % len(footprint)] - 2 * centre) < 0 \
                    else -g  # fmt: skip
                lines.append((g, float(g @ centre)))
            else:  # the plane stays where its own edge is the nearest one
                w = m * np.tan(pitch) - mj * np.tan(slope)
                size = np.linalg.norm(w)
                if size > 1e-9:
                    lines.append((w / size, float((c * np.tan(pitch) - cj * np.tan(slope)) / size)))
        for block in above:
            lines.append((m, float((block @ m).min()) - 0.012))
        for number, (g, offset) in enumerate(lines):
            if len(shape):
                shape, tags = pg.clip(shape, tags, g, offset, number)
        if len(shape) < 3 or pg.area(shape) < 0.05:
            continue
        a, b = footprint[k], footprint[(k + 1) % len(footprint)]
        e = (b - a) / np.linalg.norm(b - a)
        u = np.array([*e, 0.0])
        v = np.array([*(m * np.cos(pitch)), np.sin(pitch)])
        plane = np.stack([(shape - a) @ e, (shape @ m - c) / np.cos(pitch)], 1)
        mitre, edge = np.zeros(len(tags)), [int(Edge.OUTSIDE)] * len(tags)
        for i, tag in enumerate(tags):
            if tag >= 0:
                g = np.array([lines[tag][0] @ e, lines[tag][0] @ m])
                mitre[i] = g[1] * np.sin(pitch) / np.hypot(g[0], g[1] * np.cos(pitch))
                edge[i] = int(Edge.CUT)
        out.append(
            Region(
                np.array([*a, top]), u, v, np.cross(u, v), plane, THICKNESS, Element.ROOF, TILES,
                prism, storey, Material.PLATE, Material.TIMBER if timber else Material.ROOF,
                Material.ROOF, edge, [-1] * len(tags), mitre, wall + k, weight,
            )
        )  # fmt: skip
    return out

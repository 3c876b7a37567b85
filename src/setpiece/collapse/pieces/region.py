"""An element of the building before it is cut: a convex polygon in a plane, with a thickness."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.fragments import Element
from setpiece.render.scene import Material

F64 = NDArray[np.float64]

#: Densities [kg/m3].
CONCRETE, BRICK, TILES, LIGHT, WOOD = 2500.0, 1900.0, 900.0, 1200.0, 500.0


class Edge(IntEnum):
    """What lies beyond an edge of a region."""

    CUT = 0  # another region of the building: shows broken material
    REVEAL = 1  # a window or door opening
    OUTSIDE = 2  # the open air: carries the plate


@dataclass
class Region:
    """One convex part of a wall, slab, column or roof plane.

    A point (a, b) of `polygon` at depth c is origin + a u + b v - c n, 0 <= c <= thickness; n is
    outwards for walls, up for slabs and roofs.

    Attributes:
        polygon: (k, 2) counter-clockwise as seen from the tip of n [m].
        mitre: how far each edge moves inwards per metre of depth, (k,).
        edge: `Edge` of each edge, (k,).
        curve: index into the plan's cut lines per edge, -1 for a straight one, (k,).
        front, back, cut: `Material` of the faces.
        density: [kg/m3]. element: `Element`. prism: index.
        storey: counted over the whole building.
        wall: footprint edge of an outside wall, -1 elsewhere.
        weight: how readily it is broken up, 1 is normal.
        coarse: its pieces may be this many times larger than those of the rest.
        seeds: starting points of cells that should exist, (s, 2) (columns under a slab,
            both halves of a column).
    """

    origin: F64
    u: F64
    v: F64
    n: F64
    polygon: F64
    thickness: float
    element: Element
    density: float
    prism: int
    storey: int
    front: Material
    back: Material
    cut: Material
    edge: list[int]
    curve: list[int]
    mitre: F64
    wall: int = -1
    weight: float = 1.0
    coarse: float = 1.0
    seeds: F64 = field(default_factory=lambda: np.zeros((0, 2)))

    def world(self, points: F64, depth: F64 | float = 0.0) -> F64:
        """World positions of plane points (..., 2) at depth(s) c [m]."""
        p = np.asarray(points, float)
        c = np.asarray(depth, float)[..., None]
        return self.origin + p[..., :1] * self.u + p[..., 1:] * self.v - c * self.n


@dataclass
class Pane:
    """A window: centre, outward normal, direction along the wall, size (width, height) [m]."""

    centre: F64
    normal: F64
    along: F64
    size: tuple[float, float]
    prism: int
    storey: int
    wall: int


@dataclass
class Plan:
    """All regions of the building, cut lines between regions of one wall, windows.

    curves: (C, 4): both end points of each cut line in its wall's plane.
    ground: height of the ground the building stands on [m].
    """

    regions: list[Region]
    curves: list[tuple[float, float, float, float]]
    panes: list[Pane]
    ground: float

"""The building in pieces: what fracture makes, and every later stage reads."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from setpiece.render.scene import Mesh

F64 = NDArray[np.float64]
I32 = NDArray[np.int32]


class Element(IntEnum):
    """What a piece was in the building."""

    COLUMN = 0
    SLAB = 1
    PANEL = 2  # facade panel hung on a frame
    MASONRY = 3  # bearing wall
    ROOF = 4


@dataclass(frozen=True)
class Bonds:
    """What holds the pieces together: M interfaces between touching pieces.

    Attributes:
        i, j: piece indices, int32 (M,); j = -1 is the ground (i is never -1).
        position: centre of the interface at rest, world [m], (M, 3).
        normal: unit vector from i to j, (M, 3). tangent: unit, in the interface, (M, 3);
            the second tangent is cross(normal, tangent).
        width: extent of the interface along tangent and second tangent [m], (M, 2).
        length: distance between the piece centres along the normal [m], (M,).
    """

    i: I32
    j: I32
    position: F64
    normal: F64
    tangent: F64
    width: F64
    length: F64

    def earliest(self, when: NDArray[np.floating], pieces: int) -> F64:
        """The earliest of its bonds' times (M,) for each of N pieces, (N,); inf without any."""
        out = np.full(pieces, np.inf)
        for body in (self.i, self.j):
            tied = body >= 0
            np.minimum.at(out, body[tied], when[tied])
        return out


@dataclass(frozen=True)
class Fragments:
    """N convex pieces, their render mesh, and the bonds between them.

    Attributes:
        mesh: triangles at rest, body = piece index.
        centre: centre of mass at rest, world [m], (N, 3).
        mass: [kg], (N,).
        inertia: full tensor about the centre of mass, world axes at rest [kg m2], (N, 3, 3).
        hull: vertices of all convex collision hulls, relative to `centre`, world axes at rest [m],
            (H, 3); piece k owns hull[hull_start[k]:hull_start[k + 1]] (4 to 32 vertices).
        hull_start: int32 (N + 1,).
        element: `Element` of each piece, uint8 (N,).
        storey: storey index counted over the whole building from the ground, int32 (N,).
        prism: prism index, int32 (N,).
        bonds: interfaces.
        opening_body: piece that carries each window, int32 (K,).
        opening_centre: world [m] at rest (K, 3). opening_normal: outward unit (K, 3).
        opening_size: width, height [m], (K, 2).
    """

    mesh: Mesh
    centre: F64
    mass: F64
    inertia: F64
    hull: F64
    hull_start: I32
    element: NDArray[np.uint8]
    storey: I32
    prism: I32
    bonds: Bonds
    opening_body: I32
    opening_centre: F64
    opening_normal: F64
    opening_size: F64

    def __len__(self) -> int:
        return len(self.mass)


def flat_axis(fragments: Fragments) -> F64:
    """Unit normal of each piece, taken as a plate: the axis it is hardest to turn about, (N, 3)."""
    return np.asarray(np.linalg.eigh(fragments.inertia)[1][:, :, 2])

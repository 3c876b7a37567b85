"""What the renderer is given: triangles that ride on rigid bodies, and where those bodies are."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

import numpy as np
from numba import njit
from numpy.typing import NDArray

F32 = NDArray[np.float32]


class Material(IntEnum):
    """What a triangle is made of. PLATE and GLASS carry the plate's own picture."""

    PLATE = 0  # outside of the building: the plate projected through the camera at rest
    GLASS = 1  # window pane: plate picture too, until it breaks and is gone
    CONCRETE = 2  # broken concrete
    MASONRY = 3  # broken brick or stone courses
    PLASTER = 4  # inner side of walls, ceilings
    FLOOR = 5  # top of a slab
    ROOF = 6  # broken tiles and battens
    TIMBER = 7
    REBAR = 8
    CLOTH = 10  # curtains, blinds, covers (9 is what the shader makes of unseen outside walls)


@dataclass(frozen=True)
class Mesh:
    """Triangles at rest.

    Attributes:
        vertices: world positions at rest [m], float32 (V, 3).
        tex: the world point whose projection into the plate gives the vertex its picture,
            float32 (V, 3). For faces that the camera sees this equals `vertices`; for hidden
            outside walls it lies on a wall that the camera does see.
        faces: vertex indices, int32 (F, 3), counter-clockwise seen from outside.
        body: rigid body of each face, int32 (F,); -1 never moves.
        material: `Material` of each face, uint8 (F,).
        pane: index of the window opening a GLASS face closes, int32 (F,); -1 elsewhere.
    """

    vertices: F32
    tex: F32
    faces: NDArray[np.int32]
    body: NDArray[np.int32]
    material: NDArray[np.uint8]
    pane: NDArray[np.int32]

    @cached_property
    def owner(self) -> NDArray[np.int32]:
        """The body that each vertex rides on, int32 (V,); -1 never moves."""
        out = np.full(len(self.vertices), -1, np.int32)
        out[self.faces.ravel()] = np.repeat(self.body, 3)
        return out


def rotation_matrices(quaternions: NDArray) -> NDArray[np.float64]:
    """Rotation matrices (N, 3, 3) of unit quaternions (x, y, z, w), (N, 4)."""
    x, y, z, w = np.asarray(quaternions).T.astype(np.float64)
    m = np.empty((len(x), 3, 3))
    m[:, 0, 0], m[:, 0, 1], m[:, 0, 2] = (
        1 - 2 * (y * y + z * z),
        2 * (x * y - z * w),
        2 * (x * z + y * w),
    )
    m[:, 1, 0], m[:, 1, 1], m[:, 1, 2] = (
        2 * (x * y + z * w),
        1 - 2 * (x * x + z * z),
        2 * (y * z - x * w),
    )
    m[:, 2, 0], m[:, 2, 1], m[:, 2, 2] = (
        2 * (x * z - y * w),
        2 * (y * z + x * w),
        1 - 2 * (x * x + y * y),
    )
    return m


@dataclass(frozen=True)
class Pose:
    """Where every body is at one instant.

    Attributes:
        position: world position of each body's centre of mass [m], float32 (N, 3).
        rotation: unit quaternions (x, y, z, w) from rest to now, float32 (N, 4).
        rest: centre of mass of each body at rest [m], float32 (N, 3).

    A rest point p of body b is now at  position[b] + R(rotation[b]) @ (p - rest[b]).
    """

    position: F32
    rotation: F32
    rest: F32

    @staticmethod
    def at_rest(rest: F32) -> Pose:
        rest = np.asarray(rest, np.float32)
        q = np.zeros((len(rest), 4), np.float32)
        q[:, 3] = 1.0
        return Pose(rest.copy(), q, rest)

    def matrices(self) -> F32:
        """Rotation matrices, float32 (N, 3, 3)."""
        return rotation_matrices(self.rotation).astype(np.float32)

    def apply(self, mesh: Mesh) -> F32:
        """World positions now of every vertex, float32 (V, 3)."""
        out = np.empty_like(mesh.vertices)
        _carry(mesh.vertices, mesh.owner, self.position, self.matrices(), self.rest, out)
        return out


@njit(cache=True, nogil=True)
def _carry(vertices, owner, position, matrices, rest, out):
    for v in range(vertices.shape[0]):
        b = owner[v]
        if b < 0:
            for k in range(3):
                out[v, k] = vertices[v, k]
            continue
        x, y, z = (
            vertices[v, 0] - rest[b, 0],
            vertices[v, 1] - rest[b, 1],
            vertices[v, 2] - rest[b, 2],
        )
        m = matrices[b]
        for k in range(3):
            out[v, k] = position[b, k] + (m[k, 0] * x + m[k, 1] * y + m[k, 2] * z)

"""Ground seen along its surface: it is not a table, and where the camera stands lower than a
person's eye over the foot of the building, it falls towards the camera.

On a flat floor seen from eye level all of a cloud would end on one straight line. Its bumps are
made up, so that the cloud's lower edge has lobes there as it has them everywhere else. What is
known of a lower camera is that somebody held it: the ground goes down to their feet.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numba import njit
from numpy.typing import NDArray

from setpiece.render.camera import Camera
from setpiece.render.particles import Particles
from setpiece.render.tracing import J, hash01
from setpiece.render.volume import Volume

F32 = NDArray[np.float32]
EYE = 1.6  # [m] of who holds a camera
ENOUGH = 2.4  # [m] above the building's foot: the ground may be taken as flat
BUMPS = 0.35  # [m] that the ground's relief goes down at most where it is seen along its surface
LUMPS = (4.2, 1.5)  # [m] of its bumps, across; what lies one behind the other is seen as one
LONG = 7.0  # so many times as long away from the camera
LOW = 1.5  # [m] over the floor, under which grains come down to the ground that is seen
SOFT = 0.25  # [m] over which dust thickens upwards from it


@dataclass(frozen=True)
class Relief:
    """Bumpy ground, which falls from a line before the building to the feet of a low camera.

    Attributes:
        eye: of the camera (3,) [m]. ahead: level unit vector it looks along, (2,).
        near: distance along it of the building's front [m]. fall: of the ground per metre before.
        bumps: how far its relief goes down [m].
    """

    eye: NDArray[np.float64]
    ahead: NDArray[np.float64]
    near: float
    fall: float
    bumps: float

    @staticmethod
    def of(camera: Camera, near: float) -> Relief | None:
        """near: of the building [m]. None where the ground is looked down upon."""
        low = float(camera.position[2])
        if not 0 < low < ENOUGH:
            return None
        ahead = np.asarray(camera.rotation[2][:2], np.float64)
        length = float(np.linalg.norm(ahead))
        bumps = BUMPS * (1 - low / ENOUGH) ** 0.25
        return Relief(
            np.asarray(camera.position, np.float64), ahead / max(length, 1e-6), near,
            max(EYE - low, 0.0) / max(near, 1.0), bumps,
        )  # fmt: skip

    def lowered(self, volume: Volume) -> Volume:
        """The dust of a flat floor, let down onto this ground, column by column."""
        d, cell = volume.density, volume.cell
        ratio = 1 if volume.grain is None else volume.grain.ratio
        x, y = (np.asarray(volume.origin)[a] + (np.arange(d.shape[a]) + 0.5) * cell for a in (0, 1))
        drop = np.empty(d.shape[:2], np.float32)
        _drop(x, y, self.eye, self.ahead, self.near, self.fall, self.bumps, *LUMPS, LONG, drop)
        below = int(np.ceil(float(drop.max()) / cell / ratio)) * ratio
        out = np.zeros((*d.shape[:2], d.shape[2] + below), np.float32)
        _let_down(d, drop / np.float32(cell), below, np.float32(SOFT / cell), out)
        origin = np.asarray(volume.origin) - [0, 0, below * cell]
        grain = volume.grain
        if grain is not None:
            up = below // ratio
            patch = grain.patch.copy()
            patch[:, 2] += up
            nearest = np.pad(grain.nearest, ((0, 0), (0, 0), (up, 0), (0, 0)), mode="edge")
            grain = replace(grain, nearest=nearest, patch=patch)
        return Volume(out, origin, cell, grain)

    def settled(self, grains: Particles) -> Particles:
        """Grains of a flat floor on this ground; those above LOW fly as they did."""
        at = grains.position.copy()
        drop = np.empty((1, 1), np.float32)
        _settle(at, self.eye, self.ahead, self.near, self.fall, self.bumps, *LUMPS, LONG, LOW, drop)
        return replace(grains, position=at)

    def depth(self, camera: Camera, shape: tuple[int, int]) -> F32:
        """Planar Z of the ground at its deepest (h, w) [m], inf where none is seen."""
        h, w = shape
        a = (np.arange(w) + 0.5 - camera.centre[0])[None, :, None] / camera.focal
        b = (np.arange(h) + 0.5 - camera.centre[1])[:, None, None] / camera.focal
        ray = a * camera.rotation[0] + b * camera.rotation[1] + camera.rotation[2]
        rise, along = ray[..., 2], ray[..., :2] @ self.ahead
        above = self.eye[2] + self.bumps

        def hit(height: float, slope: NDArray) -> NDArray:
            return np.where(slope < -1e-6, height / np.maximum(-slope, 1e-6), np.inf)

        flat = hit(above, rise)
        sloping = hit(above + self.fall * self.near, rise - self.fall * along)
        before = sloping * np.maximum(along, 1e-6) < self.near
        return np.where(before, sloping, flat).astype(np.float32)


@njit(inline="always")
def _lump(x, y, seed):
    """Value noise, 0..1."""
    i, j = int(np.floor(x)), int(np.floor(y))
    a, b = x - i, y - j
    a, b = a * a * (3 - 2 * a), b * b * (3 - 2 * b)
    p = hash01(i, j, seed) * (1 - a) + hash01(i + 1, j, seed) * a
    q = hash01(i, j + 1, seed) * (1 - a) + hash01(i + 1, j + 1, seed) * a
    return p * (1 - b) + q * b


@njit(**J)
def _drop(x, y, eye, ahead, near, fall, bumps, wide, small, long, out):
    """How far the ground lies under the building's foot at columns x (X,), y (Y,)."""
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            along = (x[i] - eye[0]) * ahead[0] + (y[j] - eye[1]) * ahead[1]
            # by what they are seen as: on rays from the camera
            side = (x[i] - eye[0]) * ahead[1] - (y[j] - eye[1]) * ahead[0]
            side *= near / max(along, 1.0)
            lumps = 0.65 * _lump(side / wide, along / (long * wide), 1)
            lumps += 0.35 * _lump(side / small, along / (long * small), 2)
            out[i, j] = fall * max(near - along, 0.0) + bumps * lumps


@njit(**J)
def _settle(at, eye, ahead, near, fall, bumps, wide, small, long, low, drop):
    for n in range(at.shape[0]):
        share = 1 - at[n, 2] / low
        if share > 0:
            x, y = at[n, 0:1], at[n, 1:2]
            _drop(x, y, eye, ahead, near, fall, bumps, wide, small, long, drop)
            at[n, 2] -= share * drop[0, 0]


@njit(**J)
def _let_down(d, drop, below, soft, out):
    """out (X, Y, Z + below): columns of d (X, Y, Z) moved down by drop (X, Y) [cells], thinner on
    the lowest `soft` cells."""
    top = d.shape[2] - 1
    for i in range(d.shape[0]):
        for j in range(d.shape[1]):
            n0 = int(np.floor(drop[i, j])) - below  # of d, that the lowest of out lies over
            t = np.float32(drop[i, j] - np.floor(drop[i, j]))
            first = -n0
            thin = min(first + int(np.ceil(soft)) + 1, top - n0)
            for k in range(max(first - 1, 0), thin):
                n = k + n0
                low = d[i, j, n] if n >= 0 else np.float32(0)
                thick = min(max((n + t + np.float32(0.5)) / soft, np.float32(0)), np.float32(1))
                out[i, j, k] = thick * (low + t * (d[i, j, n + 1] - low))
            for k in range(thin, top - n0):
                low = d[i, j, k + n0]
                out[i, j, k] = low + t * (d[i, j, k + n0 + 1] - low)


def compile_kernels() -> None:
    """Compile (or load) the kernels on a few cells."""
    relief = Relief(np.array([0, -9.0, 0.5]), np.array([0.0, 1.0]), 9.0, 0.1, 0.3)
    one, three = np.ones(1, np.float32), np.zeros((1, 3), np.float32)
    relief.settled(Particles(three, three, one, three, np.zeros(1, np.int64), one))
    relief.lowered(Volume(np.ones((2, 2, 2), np.float32), np.zeros(3), 1.0))

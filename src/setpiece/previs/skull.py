"""The form under a face: a skull whose surface everything on a head is laid on.

Head space: origin midway between crown and chin, +Y where the face looks, +Z up, +X the figure's
right; metres for a head 0.235 m high.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from setpiece.previs.solid import Colour, Curve, Solid, surface

# Closer together about the face, where there is something to see.
TURNS = np.concatenate(
    [np.linspace(-0.55, 0.55, 15), np.linspace(0.55, 2 * np.pi - 0.55, 32)[1:-1]]
)
_LEVELS = np.concatenate([
    np.linspace(-np.pi / 2, -0.9, 6), np.linspace(-0.9, 0.35, 22)[1:],
    np.linspace(0.35, np.pi / 2, 9)[1:],
])  # fmt: skip


@dataclass(frozen=True)
class Skull:
    """Proportions beside a plain head's 1: width of the whole, and of the jaw."""

    wide: float = 1.0
    jaw: float = 1.0

    def at(self, t: ArrayLike, a: ArrayLike, lift: ArrayLike = 0.0) -> NDArray:
        """Points (..., 3) `lift` [m] outside the head at latitude t and angle a [rad] from the
        face, anticlockwise from above."""
        t, a, lift = np.broadcast_arrays(np.asarray(t, float), a, lift)
        x, y, z = -np.cos(t) * np.sin(a), np.cos(t) * np.cos(a), np.sin(t)
        front, low = np.clip(y, 0, 1), np.clip(-z, 0, 1)
        wide = 0.079 * self.wide * (1 - (1.30 - self.jaw) * low**1.6)
        wide = wide * (1 + 0.10 * np.sin(np.pi * np.clip(z, 0, 1)))
        # The face is flatter than a ball, the back of the head fuller, the jaw runs back to the
        # ear.
        deep = np.where(y > 0, 0.097 - 0.004 * low, 0.106 * (1 - 0.42 * low**1.2))
        px, py = wide * x, deep * y * (1 - 0.10 * front * np.abs(x))
        pz = np.where(z > 0, 0.117, 0.118) * z
        # Chin forward, sockets back, brow, cheekbones and mouth out.
        py = py + 0.020 * front * _bump(pz + 0.098, 0.026) * _bump(px, 0.035)
        socket = _bump(np.abs(px) - 0.034, 0.019) * _bump(pz - 0.002, 0.015)
        py = py - 0.011 * front * socket
        py = py + 0.006 * front * _bump(pz - 0.027, 0.011) * _bump(px, 0.05)
        cheek = _bump(np.abs(px) - 0.046, 0.02) * _bump(pz + 0.026, 0.018)
        px, py = px * (1 + 0.03 * cheek), py + 0.004 * front * cheek
        py = py + 0.004 * front * _bump(pz + 0.066, 0.024) * _bump(px, 0.03)
        lips = _bump(pz + 0.058, 0.008) + _bump(pz + 0.075, 0.007)
        py = py + 0.0045 * front * lips * _bump(px, 0.024)
        p = np.stack([px, py, pz], -1)
        out = p / np.maximum(np.linalg.norm(p, axis=-1, keepdims=True), 1e-9)
        return p + out * lift[..., None]

    def mesh(self, colour: Colour) -> Solid:
        return surface(self.at(_LEVELS[:, None], TURNS[None]), colour, wrap=True, out=-1)

    @cached_property
    def _front(self) -> NDArray:
        return self.at(np.linspace(-1.4, 1.4, 141)[:, None], np.linspace(-1.5, 1.5, 151)[None])

    def on_face(self, xz: ArrayLike, lift: float = 0.0035) -> NDArray:
        """Points (N, 3) on the front of the head over (x, z) [m], a little outside it."""
        at = np.asarray(xz, float)
        grid = self._front.reshape(-1, 3)
        near = ((grid[None, :, [0, 2]] - at[:, None]) ** 2).sum(-1).argmin(1)
        return np.column_stack([at[:, 0], grid[near, 1] + lift, at[:, 1]])

    def line(self, points: list[tuple[float, float]], width: float, lift: float = 0.0035) -> Curve:
        """A line on the face through (x, z) [m]; three points are an arc."""
        fine = np.asarray(points, float)
        if len(fine) == 3:
            s = np.linspace(0, 1, 9)[:, None]
            middle = 2 * fine[1] - (fine[0] + fine[2]) / 2
            fine = (1 - s) ** 2 * fine[0] + 2 * s * (1 - s) * middle + s**2 * fine[2]
        return Curve(self.on_face(fine, lift).astype(np.float32), width)


def _bump(away: NDArray, wide: float) -> NDArray:
    return np.exp(-((away / wide) ** 2))

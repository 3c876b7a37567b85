"""Detail that moves with the dust: patches of noise carried by the flow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.gas.grid import Air

F32 = NDArray[np.float32]
BIN = 4  # cells along an edge of the bins that each keep a few patches
REACH = 5.0  # radius of a patch [cells]
CROWD = 4  # patches a bin may hold before the youngest go
GROW = 9.0  # frames a patch takes to come and to go


@dataclass
class Patches:
    """Points that ride with the flow, each with a rigid piece of noise around it.

    Noise carried this way never stretches, so shear and the spreading front leave no streaks
    (after Yu, Neyret, Bruneton and Holzschuch, "Lagrangian texture advection", 2011).

    Attributes:
        position: cells of the endless grid, a cell's centre is an integer, float32 (P, 3).
        age, dying: frames since birth and since it was told to go (-1: not yet), float32 (P,).
        key: random number that says which noise it carries, uint32 (P,).
    """

    position: F32
    age: F32
    dying: F32
    key: NDArray[np.uint32]

    @staticmethod
    def none() -> Patches:
        f = np.zeros(0, np.float32)
        return Patches(np.zeros((0, 3), np.float32), f, f.copy(), np.zeros(0, np.uint32))

    @property
    def strength(self) -> F32:
        """How much of each patch is seen now, 0..1, (P,)."""
        grown = np.clip(self.age / GROW, 0.02, 1.0)
        left = np.where(self.dying < 0, 1.0, 1.0 - np.clip(self.dying / GROW, 0, 1))
        s = grown * left
        return (s * s * (3 - 2 * s)).astype(np.float32)

    def step(self, air: Air, dt: float, frames: float) -> None:
        """Carry the patches over dt [s], which is `frames` of a frame."""
        air.carry(self.position, dt)
        self.age = self.age + np.float32(frames)
        self.dying = np.where(self.dying >= 0, self.dying + np.float32(frames), self.dying)
        self.dying = self.dying.astype(np.float32)

    def populate(self, air: Air, frame: int, seed: int) -> None:
        """Give every dusty bin a patch, thin out crowded ones, drop those that have gone."""
        nx, ny, nz = (-(-n // BIN) for n in air.shape)
        padded = np.zeros((nx * BIN, ny * BIN, nz * BIN), np.float32)
        padded[: air.shape[0], : air.shape[1], : air.shape[2]] = air.dust
        most = padded.reshape(nx, BIN, ny, BIN, nz, BIN).max(axis=(1, 3, 5))
        low = np.asarray(air.low, np.float32)
        cell = np.floor((self.position - low + 0.5) / BIN).astype(np.int64)
        inside = ((cell >= 0) & (cell < (nx, ny, nz))).all(axis=1)
        keep = inside & (self.dying < GROW)
        cell = cell[keep]
        self.position, self.age = self.position[keep], self.age[keep]
        self.dying, self.key = self.dying[keep], self.key[keep]
        flat = (cell[:, 0] * ny + cell[:, 1]) * nz + cell[:, 2]
        staying = self.dying < 0
        # Oldest first within a bin: those beyond a crowd go, and all in clean air.
        order = np.lexsort((self.key, -self.age, ~staying, flat))
        ranked = flat[order]
        starts = np.concatenate([[0], np.flatnonzero(np.diff(ranked)) + 1]).astype(np.int64)
        lengths = np.diff(np.concatenate([starts, [len(ranked)]]))
        rank = np.empty(len(order), np.int64)
        rank[order] = np.arange(len(order)) - np.repeat(starts, lengths) if len(order) else 0
        clean = most.ravel()[flat] < 0.004
        go = staying & (clean | (rank >= CROWD))
        self.dying = np.where(go, np.float32(0), self.dying).astype(np.float32)
        settled = np.bincount(flat[staying & ~go], minlength=nx * ny * nz)
        need = np.flatnonzero((most.ravel() > 0.01) & (settled == 0))
        if not len(need):
            return
        rng = np.random.default_rng([seed, 41, frame])
        i, j, k = np.unravel_index(need, (nx, ny, nz))
        where = np.stack([i, j, k], axis=1) * BIN + rng.random((len(need), 3)) * BIN - 0.5 + low
        self.position = np.concatenate([self.position, where.astype(np.float32)])
        self.age = np.concatenate([self.age, np.zeros(len(need), np.float32)])
        self.dying = np.concatenate([self.dying, np.full(len(need), -1, np.float32)])
        self.key = np.concatenate([self.key, rng.integers(1, 2**32, len(need), np.uint32)])

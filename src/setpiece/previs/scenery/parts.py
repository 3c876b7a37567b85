"""What every set is planned with: the plot, and the colours of what things are made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from setpiece.previs.furniture_mesh import STONE as STONE
from setpiece.previs.model import Opening
from setpiece.previs.solid import Colour, Curve, f32

PLASTER: Colour = (0.90, 0.88, 0.84)
DARK_STONE: Colour = (0.55, 0.54, 0.53)
BRICK: Colour = (0.66, 0.56, 0.52)
BOARDS: Colour = (0.72, 0.66, 0.58)
EARTH: Colour = (0.76, 0.73, 0.66)
GRASS: Colour = (0.66, 0.69, 0.60)
HILLS: Colour = (0.42, 0.45, 0.40)
ROOFS: Colour = (0.50, 0.48, 0.47)
WOODS: Colour = (0.32, 0.35, 0.31)
ASPHALT: Colour = (0.72, 0.72, 0.72)
WOOD: Colour = (0.52, 0.42, 0.33)
TRIM: Colour = (0.42, 0.36, 0.31)
LEAF: Colour = (0.56, 0.60, 0.50)
SKYLIGHT: Colour = (1.0, 1.0, 1.0)
NIGHT_PANE: Colour = (0.16, 0.17, 0.22)


@dataclass(frozen=True)
class Plot:
    """Where a set is to stand. size (w, d, h) [m] about the origin; keep (N, 3): x, y, radius [m]
    that stay free for the action; night: windows are dark; old: before 1850."""

    size: tuple[float, float, float]
    seed: int
    features: tuple[str, ...]
    keep: NDArray
    night: bool
    old: bool
    interior: bool
    openings: tuple[Opening, ...] = ()
    bare: bool = False

    @property
    def half(self) -> tuple[float, float]:
        return self.size[0] / 2, self.size[1] / 2

    def rng(self) -> np.random.Generator:
        return np.random.default_rng(self.seed)

    def free(self, x: float, y: float, r: float) -> bool:
        """Whether nothing is to happen within r of (x, y)."""
        if not self.interior and abs(x) < self.half[0] + r and abs(y) < self.half[1] + r:
            return False
        if len(self.keep) == 0:
            return True
        d = np.hypot(self.keep[:, 0] - x, self.keep[:, 1] - y)
        return bool((d > r + self.keep[:, 2]).all())

    def clear(self, x0: float, x1: float, y0: float, y1: float) -> bool:
        """Whether nothing is to stand in a rectangle that scenery would fill."""
        if len(self.keep) == 0:
            return True
        x = np.clip(self.keep[:, 0], x0, x1) - self.keep[:, 0]
        y = np.clip(self.keep[:, 1], min(y0, y1), max(y0, y1)) - self.keep[:, 1]
        return bool((np.hypot(x, y) > 0.72 * self.keep[:, 2]).all())

    def inside(self, x: float, y: float, r: float) -> bool:
        return abs(x) + r <= self.half[0] and abs(y) + r <= self.half[1]

    def has(self, *words: str) -> bool:
        told = " ".join(self.features).casefold()
        return any(w in told for w in words)


def courses(rng: np.random.Generator, long: float, tall: float, y: float) -> tuple[Curve, ...]:
    """Some stones of a wall along X that faces -Y at `y` [m]: the eye adds the others."""
    out = []
    for _ in range(int(long * tall * 0.16)):
        z = 0.42 * round(rng.uniform(0.3, tall - 0.4) / 0.42)
        x, wide = rng.uniform(-long / 2, long / 2 - 1.2), rng.uniform(0.6, 1.1)
        out.append(Curve(f32([(x + k * wide / 4, y, z) for k in range(5)]), 0.02))
        if rng.uniform() < 0.6:
            out.append(Curve(f32([(x, y, z + k * 0.105) for k in range(5)]), 0.02))
    return tuple(out)

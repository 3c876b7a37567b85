"""A blocked scene: named things with what they are, in the arrays that drawing needs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from setpiece.previs.solid import F32, I32, Solid, f32, joined

FLAME = (1.0, 0.98, 0.92)  # a colour that is its own light, on whatever thing


class Kind(IntEnum):
    THING = 0
    WALL = 1  # casts no shadow: the set is lit from outside
    GROUND = 2
    FIGURE = 3
    GLOW = 4  # a window by day, a lamp, a flame: its colour is its light


@dataclass(frozen=True)
class Thing:
    """One named thing in world space [m].

    wild: a crew would strike it where it hides the action. mounted: (nx, ny, nz, d) of the wall it
    belongs to; a camera behind that wall, n . p < d, looks through it.
    """

    name: str
    solid: Solid
    kind: Kind = Kind.THING
    wild: bool = False
    casts: bool = True
    mounted: tuple[float, float, float, float] | None = None


@dataclass(frozen=True)
class Light:
    """toward (3,): to the key light; key, fill: strengths; lamps (L, 5): x, y, z, strength, reach
    [m]; low, span: brightness of black and of white things, less low; haze_at [m] and haze: where
    and to what distance fades; sky_top, sky_low; night."""

    toward: tuple[float, float, float]
    key: float
    fill: float
    low: float
    span: float
    haze_at: float
    haze: float
    sky_top: float
    sky_low: float
    night: bool = False
    lamps: tuple[tuple[float, float, float, float, float], ...] = ()


@dataclass(frozen=True)
class Scene:
    """Things and light; arrays over all triangles are made once."""

    things: tuple[Thing, ...]
    light: Light
    closed: bool = False  # under a roof: no sky

    @cached_property
    def whole(self) -> Solid:
        return joined([t.solid for t in self.things])

    @cached_property
    def thing(self) -> I32:
        """Index of each triangle's thing, int32 (F,)."""
        return np.repeat(
            np.arange(len(self.things), dtype=np.int32), [len(t.solid.faces) for t in self.things]
        ).astype(np.int32)

    @cached_property
    def kind(self) -> NDArray[np.uint8]:
        kinds = np.array([int(t.kind) for t in self.things], np.uint8)[self.thing]
        flame = (np.abs(self.whole.colour - f32(FLAME)) < 1e-4).all(1)
        return np.where(flame, np.uint8(Kind.GLOW), kinds).astype(np.uint8)

    @cached_property
    def casts(self) -> NDArray[np.bool_]:
        ok = [
            t.casts and t.mounted is None and t.kind not in (Kind.WALL, Kind.GROUND, Kind.GLOW)
            for t in self.things
        ]
        return np.array(ok, bool)[self.thing]

    @cached_property
    def lightness(self) -> F32:
        """Lightness of each triangle's colour, float32 (F,)."""
        return (self.whole.colour @ f32([0.3, 0.55, 0.15])).astype(np.float32)

    @cached_property
    def boxes(self) -> F32:
        """Bounds (T, 2, 3) [m] of every thing."""
        return np.stack(
            [np.stack([t.solid.vertices.min(0), t.solid.vertices.max(0)]) for t in self.things]
        )

    def behind(self, eye: NDArray) -> list[int]:
        """Things on walls that the eye (3,) stands behind."""
        walls = [(i, np.array(t.mounted)) for i, t in enumerate(self.things) if t.mounted]
        return [i for i, m in walls if float(m[:3] @ eye) < m[3] + 0.05]

    def named(self, name: str) -> int:
        """Index of the thing of this name, -1 where there is none."""
        return next((i for i, t in enumerate(self.things) if t.name == name), -1)

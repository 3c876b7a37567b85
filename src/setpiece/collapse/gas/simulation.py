"""One simulation of dust: sources, jets, forces and pressure, frame after frame."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.brief import Brief
from setpiece.collapse.fragments import Fragments
from setpiece.collapse.gas import forces, noise
from setpiece.collapse.gas.domain import wind_of
from setpiece.collapse.gas.grid import Air, Index
from setpiece.collapse.gas.jets import Jets
from setpiece.collapse.gas.pressure import Projection
from setpiece.collapse.gas.sources import Emitters
from setpiece.collapse.gas.texture import Patches
from setpiece.collapse.motion import Motion

MASS_EXTINCTION = 200.0  # m2/kg of fine mineral dust, grains of about 6 micrometres
LONGEST = 1 / 9  # s: of a step, for a building of the reference height


class Simulation:
    """Dusty air from frame to frame.

    Attributes: `air` and `patches` as they are now, `limits` of the grid in cells.
    """

    def __init__(
        self,
        fragments: Fragments,
        motion: Motion,
        brief: Brief,
        cell: float,
        scale: float,
        origin: NDArray[np.float64],
        limits: tuple[Index, Index],
        seed: int,
    ) -> None:
        self.scale, self.seed, self.amount = scale, seed, brief.dust
        self.step = brief.slow / float(motion.fps)
        self.origin, self.limits = origin, limits
        self.air = Air(cell, origin, limits, wind_of(brief))
        self.patches = Patches.none()
        self.projection: Projection | None = None
        self.emitters = Emitters(
            fragments, motion, cell=cell, scale=scale, rate=brief.slow, seed=seed
        )
        self.jets = Jets(fragments, motion, step=self.step, scale=scale, seed=seed)
        self.start = self.emitters.start() if brief.dust > 0 else math.inf

    def advance(self, frame: int) -> None:
        """From frame - 1 to frame."""
        if frame <= self.start - 1:
            return
        self._grow(frame)
        if not self.air.dust.size:
            return
        fastest = self.air.fastest()
        # A low building's dust lives faster: forces act in explicit steps of its own time.
        own = math.ceil(self.step / (LONGEST * math.sqrt(min(self.scale, 1.0))))
        n = min(max(math.ceil(fastest * self.step / self.air.cell / 3.0), own), 6)
        for s in range(n):
            self._substep(frame - 1 + (s + 1) / n, 1.0 / n)
        self.patches.populate(self.air, frame, self.seed)

    def _grow(self, frame: int) -> None:
        """Let the window cover the moving pieces and the dust, with room around them."""
        air = self.air
        boxes = []
        moving = self.emitters.moving_bounds(frame)
        if moving is not None:
            room = 2.5 * self.scale
            boxes.append(((moving[0] - room - self.origin) / air.cell,
                          (moving[1] + room - self.origin) / air.cell))  # fmt: skip
        if air.dust.size:
            used = air.dust > 0.01
            if used.any():
                span = []
                for axis in range(3):
                    other = tuple(a for a in range(3) if a != axis)
                    at = np.flatnonzero(used.any(axis=other)) + air.low[axis]
                    span.append((at[0], at[-1] + 1))
                boxes.append((np.array([a for a, _ in span]), np.array([b for _, b in span])))
        if not boxes:
            return
        low = np.min([b[0] for b in boxes], axis=0)
        high = np.max([b[1] for b in boxes], axis=0)
        # Room for a frame or two of the fastest surge, and for the pressure around it.
        low = np.floor((low - 10) / 8).astype(int) * 8
        high = np.ceil((high + 10) / 8).astype(int) * 8
        low[2] = 0
        changed = air.include(_index(low), _index(high))
        if changed or self.projection is None:
            self.projection = Projection(air.shape)

    def _substep(self, frame: float, span: float) -> None:
        air, scale = self.air, self.scale
        dt = self.step * span
        amount = self.amount**0.8 * min(scale, 1.0) ** 0.8
        solids = self.emitters.solids(max(frame - span, 0.0), air)
        before = float(air.dust.sum(dtype=np.float64))
        air.advect(dt, 0.12 * math.sqrt(scale))
        air.soften(0.06 * span)
        gusts = self._mottle()
        source = solids.expansion * np.clip(1 + 0.6 * gusts, 0.1, 2.5)
        puffs = self.emitters.puffs(frame, span, air.corner, air.shape)
        rate = 1.2 * source + solids.shed
        gain = dt * np.clip(1 + 0.8 * gusts, 0.05, 3.0) * rate + puffs
        # A puff is air as well as dust.
        source = source + np.minimum(0.35 * puffs / dt, 4.0 / math.sqrt(scale))
        air.dust /= 1 + np.float32(dt) * source
        # Semi-Lagrangian steps make dust out of nothing where the flow converges on the ground.
        after = float(air.dust.sum(dtype=np.float64))
        if after > before > 0:
            air.dust *= np.float32(max(before / after, 0.9))
        cap = 4.0 * max(self.amount, 0.5) ** 0.5
        # Thick air takes up less and less: no cell fills to the cap at once.
        air.dust += (amount * gain * np.clip(1 - air.dust / cap, 0, 1)).astype(np.float32)
        np.minimum(air.dust, np.float32(cap), out=air.dust)
        forces.push(
            air,
            dt,
            solid=solids.share,
            solid_velocity=solids.velocity,
            time=frame * self.step,
            scale=scale,
            seed=self.seed,
        )
        assert self.projection is not None
        self.projection(air.u, air.v, air.w, (source * np.float32(air.cell)).astype(np.float32))
        self.jets.blow(air, frame, dt, self.amount**0.4)
        self.patches.step(air, dt, span)

    def _mottle(self) -> NDArray[np.float32]:
        """Unevenness of the sources in space, variance about 1, (X, Y, Z)."""
        tile = noise.curl_tile(48, 2, 8, 11 / 3, self.seed + 9)[..., 0]
        pitch = self.air.cell / self.scale
        index = [
            (((np.arange(n) + low) * pitch).astype(int)) % 48
            for n, low in zip(self.air.shape, self.air.low, strict=True)
        ]
        return tile[np.ix_(*index)]

    def measure(self, extinction: float) -> tuple[float, list[float] | None]:
        """Dust in the air [kg] and its centre [m]."""
        d = self.air.dust
        total = float(d.sum(dtype=np.float64)) if d.size else 0.0
        if total <= 0:
            return 0.0, None
        centre = []
        for axis in range(3):
            other = tuple(a for a in range(3) if a != axis)
            line = d.sum(axis=other, dtype=np.float64)
            where = self.air.corner[axis] + (np.arange(len(line)) + 0.5) * self.air.cell
            centre.append(float((line * where).sum() / total))
        return total * self.air.cell**3 * extinction / MASS_EXTINCTION, centre


def _index(v: NDArray) -> Index:
    return int(v[0]), int(v[1]), int(v[2])

"""Facts measured while a building stands and falls, for the take's checks."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.solver import GRAVITY
from setpiece.collapse.solver.world import World

F64 = NDArray[np.float64]
_BIN = 0.0005  # [m] of the overlap histogram
DRIFT = 0.02  # [m]
BAND = 0.02  # ground reaction / weight
OVERLAP = 0.02  # [m]


class Rest:
    """The building before anything happens."""

    def __init__(self, world: World) -> None:
        self.x0 = world.x.copy()
        self.drift = 0.0
        self.reaction = [1.0, 1.0]
        self.broken = 0
        self.seconds = 0.0

    def add(self, world: World, parted: int, dt: float) -> None:
        self.broken += parted
        self.seconds += dt
        self.drift = max(self.drift, float(np.abs(world.x - self.x0).max()))
        r = world.reaction()
        self.reaction = [min(self.reaction[0], r), max(self.reaction[1], r)]

    def check(self) -> dict[str, Any]:
        off = max(abs(r - 1) for r in self.reaction)
        return {
            "ok": bool(self.broken == 0 and self.drift < DRIFT and off < BAND),
            "value": round(self.drift, 6),
            "limit": DRIFT,
            "unit": "m",
            "bonds_broken": int(self.broken),
            "reaction": [round(r, 4) for r in self.reaction],
            "seconds": round(self.seconds, 3),
        }


class Descent:
    """The fall, sampled once a frame in real time."""

    def __init__(self, world: World) -> None:
        n = world.n
        self.z0 = world.x[:n, 2].copy()
        self.x0 = world.x[:n].copy()
        self.mass = world.mass
        self.height = max(float((self.z0 + world.ext.max(1)).max()), 3.0)
        self.potential = float((self.mass * self.z0).sum() * GRAVITY)
        self.fastest = 0.0
        self.surplus = 0.0
        self.hist = np.zeros(4000)
        self.last = np.zeros(0)
        self.times: list[float] = []
        self.centre: list[float] = []
        self.big_hit = 0.0

    def add(self, world: World, since: float, crushed: NDArray[np.bool_]) -> None:
        """since: real seconds after the first release. crushed: supports that what is above them
        pushes down, so that gravity does not bound them."""
        n = world.n
        drop = self.z0 - world.x[:n, 2]
        if since > 0.15:
            bound = 0.5 * GRAVITY * since**2
            free = np.where(crushed, 0.0, drop).max()
            self.fastest = max(self.fastest, float((free - 0.01) / bound))
        gained = world.kinetic() - GRAVITY * float((self.mass * drop).sum())
        self.surplus = max(self.surplus, gained / self.potential)
        depth = world.overlaps()
        self.last = depth[depth > 0]
        index = np.minimum((self.last / _BIN).astype(int), len(self.hist) - 1)
        np.add.at(self.hist, index, 1)
        self.times.append(since)
        self.centre.append(float((self.mass * drop).sum() / self.mass.sum()))

    def checks(self, world: World, since: float) -> dict[str, Any]:
        n = world.n
        total = self.hist.sum()
        pooled = 0.0
        if total:
            pooled = float((np.searchsorted(np.cumsum(self.hist), 0.99 * total) + 1) * _BIN)
        end = float(np.quantile(self.last, 0.99)) if len(self.last) else 0.0
        speed = np.linalg.norm(world.v[:n], axis=1)
        moving = float(self.mass[speed > 0.1].sum() / self.mass.sum())
        calm = max(since - self.big_hit, 0.0)
        limit = float(np.clip(1.0 - 0.5 * calm, 0.05, 1.0))
        away = np.linalg.norm((world.x[:n] - self.x0)[:, :2], axis=1).max()
        low = float(world.x[:n, 2].min())
        finite = bool(np.isfinite(world.x).all())
        drop = float(max(self.centre, default=0.0))
        took = next(
            (t for t, c in zip(self.times, self.centre, strict=True) if c >= 0.9 * drop), 0.0
        )
        least = float(np.sqrt(2 * 0.9 * drop / GRAVITY))
        return {
            "free_fall": _fact(self.fastest <= 1.0, self.fastest, 1.0, "g"),
            "fall_time": _fact(took >= least or drop < 0.05, took, least, "s at least"),
            "mass": {
                **_fact(
                    finite and away < 6 * self.height and low > -0.5,
                    float(away) if finite else float("inf"),
                    6 * self.height,
                    "m farthest piece",
                ),
                "tonnes": round(float(self.mass.sum() / 1e3), 2),
                "lowest_m": round(low, 3),
            },
            "penetration": {
                **_fact(max(pooled, end) < OVERLAP, max(pooled, end), OVERLAP, "m"),
                "through_fall": round(pooled, 4),
                "at_end": round(end, 4),
            },
            "settled": {
                **_fact(moving <= limit, moving, limit, "share of mass above 0.1 m/s"),
                "seconds_since_last_large_impact": round(calm, 2),
            },
            "energy": _fact(self.surplus < 0.01, self.surplus, 0.01, "gained / potential"),
        }


def _fact(ok: bool, value: float, limit: float, unit: str) -> dict[str, Any]:
    return {"ok": bool(ok), "value": round(float(value), 4), "limit": round(limit, 4), "unit": unit}

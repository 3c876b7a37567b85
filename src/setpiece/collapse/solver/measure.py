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
SLOW = 0.5  # [m/s]
MOVING = 0.02  # share of the mass that may still be faster when the heap is said to rest
CALM = 0.5  # [s] for which nothing may move before the heap counts as at rest
SETTLE = 3.0  # [s] a heap rests this long after the main impact


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
        self.share = 0.0
        self.times: list[float] = []
        self.centre: list[float] = []
        self.stir: list[float] = []

    def add(self, world: World, since: float, crushed: NDArray[np.bool_]) -> None:
        """since: real seconds after the first release. crushed: supports that what is above them
        pushes down, so that gravity does not bound them."""
        n = world.n
        drop = self.z0 - world.x[:n, 2]
        if since > 0.15:
            bound = 0.5 * GRAVITY * since**2
            free = np.where(crushed, 0.0, drop).max()
            self.fastest = max(self.fastest, float((free - 0.01) / bound))
        gained = _kinetic(world) - GRAVITY * float((self.mass * drop).sum())
        self.surplus = max(self.surplus, gained / self.potential)
        depth = world.overlaps()
        self.last = depth[depth > 0]
        index = np.minimum((self.last / _BIN).astype(int), len(self.hist) - 1)
        np.add.at(self.hist, index, 1)
        self.sink(world, since)
        self.share = self.stir[-1]

    def sink(self, world: World, since: float) -> None:
        """Note how far the centre of mass has come down, and how much still moves."""
        drop = self.z0 - world.x[: world.n, 2]
        self.times.append(since)
        self.stir.append(self.moving(world))
        self.centre.append(float((self.mass * drop).sum() / self.mass.sum()))

    def moving(self, world: World) -> float:
        """Share of the mass that is faster than `SLOW`."""
        speed = np.linalg.norm(world.v[: world.n], axis=1)
        return float(self.mass[speed > SLOW].sum() / self.mass.sum())

    def calm(self, seconds: float) -> bool:
        """True where the heap has rested for that long, up to the last sample."""
        time, still = np.array(self.times), np.array(self.stir) <= MOVING
        return bool(len(time)) and bool(still[time >= time[-1] - seconds].all())

    def settled(self, world: World, beyond: float) -> dict[str, Any]:
        """How long the heap takes to rest after the centre of mass did 95% of its drop.

        At rest is less than `MOVING` of the mass faster than `SLOW`, for `CALM` on end. beyond:
        seconds simulated past the last frame to see it. slips_until: when, after the main impact,
        the last slab slipped in the heap.
        """
        moving, drop = self.moving(world), max(self.centre, default=0.0)
        fell = drop > 0.05
        down = self._when(0.95 * drop) if fell else 0.0
        took = self._rest(down) - down if fell and self.times else 0.0
        rests = moving <= MOVING
        fact = _fact(rests and took <= SETTLE, took, SETTLE, "s from the main impact to rest")
        fact |= {
            "moving_at_last_frame": round(self.share, 4),
            "moving_when_stopped": round(moving, 4),
            "seconds_past_last_frame": round(beyond, 2),
            "slips_until": round(max(self._last_slip() - down, took), 2),
        }
        if not rests:
            fact["why"] = f"still moving {beyond:.1f} s after the last frame"
        return fact

    def _rest(self, down: float) -> float:
        """When the heap had come to rest: the first time after `down` that nothing moved for
        `CALM`. A slab that slips in it later is no longer the collapse."""
        time, still = np.array(self.times), np.array(self.stir) <= MOVING
        for k in np.flatnonzero(time >= down):
            if still[(time >= time[k]) & (time <= time[k] + CALM)].all():
                return float(time[k])
        return float(time[-1])

    def _last_slip(self) -> float:
        return max((t for t, s in zip(self.times, self.stir, strict=True) if s > MOVING), default=0)

    def _when(self, drop: float) -> float:
        return next((t for t, c in zip(self.times, self.centre, strict=True) if c >= drop), 0.0)

    def checks(self, world: World) -> dict[str, Any]:
        n = world.n
        total = self.hist.sum()
        pooled = 0.0
        if total:
            pooled = float((np.searchsorted(np.cumsum(self.hist), 0.99 * total) + 1) * _BIN)
        end = float(np.quantile(self.last, 0.99)) if len(self.last) else 0.0
        away = np.linalg.norm((world.x[:n] - self.x0)[:, :2], axis=1).max()
        low = float(world.x[:n, 2].min())
        finite = bool(np.isfinite(world.x).all())
        drop = float(max(self.centre, default=0.0))
        took = self._when(0.9 * drop)
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
            "energy": _fact(self.surplus < 0.01, self.surplus, 0.01, "gained / potential"),
        }


def _kinetic(world: World) -> float:
    """Energy of motion [J]."""
    n = world.n
    spin = np.einsum("kij,ki->kj", world.rot[:n], world.w[:n])
    turn = np.einsum("ki,kij,kj->", spin, world.structure.inertia, spin)
    return float(0.5 * (world.mass * (world.v[:n] ** 2).sum(1)).sum() + 0.5 * turn)


def _fact(ok: bool, value: float, limit: float, unit: str) -> dict[str, Any]:
    return {"ok": bool(ok), "value": round(float(value), 4), "limit": round(limit, 4), "unit": unit}

"""The ground of a set as people use it: its door, and where one stands to be at a thing."""

from __future__ import annotations

import math
from dataclasses import dataclass

from setpiece.previs.details import MARKS
from setpiece.previs.model import Prop, SetDesign, Vec2

APART = 0.8  # m between people who stand
_REACH = 6.0  # m from the middle to which the action goes outdoors: beyond, faces are specks


@dataclass(frozen=True)
class Spot:
    """Somewhere to be: `facing` (degrees) as one looks at it from there, None as one comes.
    `seat`: whether it is sat on as it is; else a chair is wanted to sit there."""

    at: Vec2
    facing: float | None = None
    seat: bool = False


@dataclass(frozen=True)
class Step:
    """Where somebody who has climbed stands: `lift` m up, `holds`: hands and feet on it."""

    at: Vec2
    facing: float
    lift: float
    holds: bool = False


@dataclass(frozen=True)
class Ground:
    """A set's floor with what stands on it."""

    dressed: SetDesign
    props: tuple[Prop, ...] = ()

    @property
    def door(self) -> Vec2:
        """Where people come from and go to."""
        if self.dressed.kind == "car":
            return (2.0, 0.0)
        if self.dressed.interior:
            return (self.dressed.size[0] / 2 - 0.3, self.dressed.size[1] * 0.2)
        return (9.0, 4.0)

    def at(self, feature: str) -> Spot | None:
        """Where one stands to be at a thing of the set; None where there is none of it."""
        wide, deep, _ = self.dressed.size
        for hole in self.dressed.openings:
            if hole.kind == feature or (feature == "door" and hole.kind in ("arch", "gate")):
                if hole.wall in ("N", "S"):
                    y = deep / 2 - 0.8 if hole.wall == "N" else -deep / 2 + 0.8
                    return Spot((hole.along, y), _three_quarter(hole.along, 90.0))
                x = (wide / 2 - 0.9) * (1 if hole.wall == "E" else -1)
                return Spot((x, hole.along), 0.0 if x > 0 else 180.0)
        if feature == "door":
            return Spot(self.kept(self.door), _bearing((0, 0), self.door))
        found = [p for p in self.props if feature in (p.item, p.kind) and not p.held_by]
        if not found:
            return None
        thing = min(found, key=lambda p: math.hypot(*p.position[:2]))
        x, y, _ = thing.position
        if thing.kind in MARKS:  # an arm's length off, and beside it, so that it is seen
            near = (round(x - 0.24, 3), round(y - 0.6, 3))
            return Spot(near, 22.0) if self.kept(near)[1] > near[1] - 0.15 else None
        if thing.kind in ("bed", "sofa", "bench", "throne", "rock"):
            front = y - thing.size[1] / 2 + 0.25
            return Spot((x, front), -90.0, seat=True)
        off = 0.5 * math.hypot(*thing.size[:2]) + 0.45
        near = (x + (0.35 if x < 0 else -0.35) * off, y - off)
        near = self.kept(near)
        return Spot(near, _three_quarter(near[0], _bearing(near, (x, y))))

    def climb(self, feature: str) -> Step | None:
        """Where one has got to who climbs a thing of the set, or the nearest that can be climbed;
        None where there is none."""
        able = [p for p in self.props if not p.held_by and p.size[2] > 0.3
                and p.kind not in ("tree", "tent", "bell", "fire", "cauldron", *MARKS)]  # fmt: skip
        found = [p for p in able if feature and feature in (p.item, p.kind)]
        if not found and feature:
            return None
        found = found or [p for p in able if p.kind in ("stairs", "ladder", "rock")]
        if not found:
            return None
        thing = min(found, key=lambda p: math.hypot(*p.position[:2]))
        x, y, z = thing.position
        if thing.kind == "stairs":  # up from its low end, at -x
            return Step((round(x - 0.15 * thing.size[0], 3), y), 0.0, 0.4 * thing.size[2])
        if thing.kind == "ladder":
            return Step((x, round(y - 0.62, 3)), 68.0, 1.15, holds=True)
        if thing.size[2] <= 1.7:
            return Step((x, y), -60.0 if x < 0 else -120.0, round(z + thing.size[2], 3))
        near = (round(x + (0.8 if x < 0 else -0.8), 3), round(y - thing.size[1] / 2 - 0.42, 3))
        if not self.dressed.interior and math.hypot(*near) > 2.2 * _REACH:
            return None
        return Step(near, 68.0, 1.1, holds=True)

    def kept(self, at: Vec2) -> Vec2:
        """The nearest point that is well inside the set, and near enough to be filmed."""
        wide, deep, _ = self.dressed.size
        x, y = wide / 2 - 0.7, deep / 2 - 0.7
        if not self.dressed.interior:
            x, y = min(x, _REACH), min(y, _REACH)
        # Room for a camera in front of them.
        low = -min(y, max(deep / 2 - 3.0, 0.0), 2.5)
        return (round(min(max(at[0], -x), x), 3), round(min(max(at[1], low), y), 3))

    def room(self, at: Vec2, bearing: float) -> float:
        """Metres from a place to the end of the set, one way."""
        turn = math.radians(bearing)
        out = math.inf
        ways = (math.cos(turn), math.sin(turn))
        for p, way, span in zip(at, ways, self.dressed.size[:2], strict=True):
            if abs(way) > 1e-6:
                out = min(out, (math.copysign(span / 2, way) - p) / way)
        return out

    def beside(self, whom: Vec2, comer: Vec2, taken: list[Vec2]) -> Vec2:
        """Beside somebody, on the side that the comer comes from where there is room."""
        side = 1.0 if comer[0] >= whom[0] else -1.0
        places = [
            self.kept((whom[0] + s * side * r, whom[1] + up))
            for s in (1, -1) for r, up in ((0.95, 0.0), (0.9, -0.35), (0.85, 0.5), (1.5, 0.1))
        ]  # fmt: skip
        free = [p for p in places if self.free(p, [*taken, whom])]
        return free[0] if free else places[0]

    def near(self, wanted: Vec2, taken: list[Vec2]) -> Vec2:
        """A place that is wanted, or a step aside where somebody is there already."""
        steps = [(0.0, 0.0), *((dx, dy) for r in (0.9, 1.4) for dx, dy in (
            (r, 0), (-r, 0), (0.7 * r, -0.7 * r), (-0.7 * r, -0.7 * r)))]  # fmt: skip
        places = [self.kept((wanted[0] + dx, wanted[1] + dy)) for dx, dy in steps]
        return next((p for p in places if self.free(p, taken)), places[0])

    def free(self, at: Vec2, taken: list[Vec2]) -> bool:
        """Whether neither somebody nor something tall stands there."""
        if any(math.dist(at, other) < APART for other in taken):
            return False
        return not any(
            not p.held_by and p.kind not in ("chair", "stool")
            and math.dist(at, p.position[:2]) < 0.4 * math.hypot(*p.size[:2]) + 0.15
            for p in self.props
        )  # fmt: skip

    def way(self, a: Vec2, b: Vec2, taken: list[Vec2]) -> list[Vec2]:
        """From one place to another, round who or what stands in between."""
        things = [(p.position[:2], 0.45 * math.hypot(*p.size[:2]) + 0.2) for p in self.props
                  if not p.held_by and p.kind not in ("chair", "stool")]  # fmt: skip
        blocks = [(at, 0.5) for at in taken] + things
        for at, radius in blocks:
            if math.dist(at, b) < radius or math.dist(at, a) < radius or _off(a, b, at) > radius:
                continue
            length = math.dist(a, b)
            across = (-(b[1] - a[1]) / length, (b[0] - a[0]) / length)
            sign = -1.0 if across[1] > 0 else 1.0  # in front of them, where it is seen
            for s in (sign, -sign):
                by = (
                    at[0] + s * across[0] * (radius + 0.4),
                    at[1] + s * across[1] * (radius + 0.4),
                )
                if self.kept(by) == (round(by[0], 3), round(by[1], 3)):
                    return [a, self.kept(by), b]
        return [a, b]


def _off(a: Vec2, b: Vec2, p: Vec2) -> float:
    """Metres of a point from the stretch between two."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = dx * dx + dy * dy
    part = min(max(((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / max(length, 1e-9), 0.0), 1.0)
    return math.dist(p, (a[0] + part * dx, a[1] + part * dy))


def _three_quarter(x: float, facing: float) -> float:
    """Turned from straight away to three quarters, so that a face is seen: towards the middle."""
    if abs((facing - 90 + 180) % 360 - 180) > 55:
        return facing
    return 35.0 if x < 0 else 145.0


def _bearing(a: Vec2, b: Vec2) -> float:
    return math.degrees(math.atan2(b[1] - a[1], b[0] - a[0]))

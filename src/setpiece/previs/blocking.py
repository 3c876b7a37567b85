"""People in motion: every move of a scene as a leg from place to place, and the line redrawn."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

from setpiece.previs.ground import Ground, Spot
from setpiece.previs.model import Beat, Line, Vec2, Vec3
from setpiece.previs.walks import How, Walk

WALK, RUN = 1.4, 3.6  # m/s
_OPEN = 0.75  # across over deep, of a line that can be filmed from its open side
_LEAST = 0.35  # m: less is no walk
Stays = dict[str, list[tuple[float, float | None]]]


@dataclass(frozen=True)
class Leg:
    """One move: `way` is x, y, t. `facing` is how they stand at its end, None: as they came."""

    who: str
    how: How
    to: str
    beat: int
    way: tuple[Vec3, ...]
    facing: float | None = None
    chair: bool = False  # they sit at its end, and a chair has to be there
    lift: float = 0.0  # m of their soles over the ground at its end: they have climbed
    holds: bool = False  # and hold on to what they climb

    @property
    def at(self) -> float:
        return self.way[0][2]

    @property
    def until(self) -> float:
        return self.way[-1][2]

    @property
    def end(self) -> Vec2:
        return self.way[-1][:2]

    @property
    def travels(self) -> bool:
        far = math.dist(self.way[0][:2], self.end) > _LEAST
        return far or len(self.way) > 2 or self.lift > 0


class Blocking:
    """Where everybody is at any second, built up leg by leg."""

    def __init__(
        self, ground: Ground, spots: dict[str, Vec2], stays: Stays, seated: frozenset[str]
    ) -> None:
        self.ground, self.spots, self.stays, self.seated = ground, spots, stays, seated
        self.legs: list[Leg] = []

    def where(self, name: str, seconds: float) -> Vec2:
        """Where somebody stands then: at the end of the last leg begun, in this stay of theirs."""
        stay = self._stay(name, seconds)
        since = stay[0] if stay else 0.0
        mine = [g for g in self.legs if g.who == name and since <= g.at <= seconds]
        return mine[-1].end if mine else self.spots[name]

    def sits(self, name: str, seconds: float) -> bool:
        mine = [g for g in self.legs if g.who == name and g.at <= seconds]
        return mine[-1].how == "sit" if mine else name in self.seated

    def here(self, seconds: float) -> list[str]:
        return [n for n in self.spots if self._stay(n, seconds) is not None]

    def _stay(self, name: str, seconds: float) -> tuple[float, float | None] | None:
        for come, go in self.stays[name]:
            if come <= seconds + 1e-6 and (go is None or seconds < go):
                return come, go
        return None

    def add(self, walk: Walk, beat: Beat, partner: str) -> list[Leg]:
        """A move that the words tell; none where they are not there, or it leads nowhere."""
        who = walk.who
        start = beat.start + 0.2 + walk.after * max(beat.seconds - 2.0, 0.0)
        stay = self._stay(who, start)
        if who not in self.spots or stay is None:
            return []
        if stay[0] > 0 and stay[0] > beat.start - 1e-6:
            start = stay[0] + 2.5  # they have come in first
        start = max([start, *(g.until + 0.1 for g in self.legs if g.who == who)])
        if stay[1] is not None and start > stay[1] - 2.4:
            return []
        a = self.where(who, start)
        taken = [self.where(n, start + 3) for n in self.here(start) if n != who]
        made = self._aim(walk, a, start, taken, partner)
        if made is None:
            return []
        points, facing, chair = made
        pace = RUN if walk.how == "run" else WALK
        length = sum(math.dist(p, q) for p, q in pairwise(points))
        pace = min(max(pace, length / max(beat.end - start, 1.0)), pace * 1.6)
        if walk.how == "climb":  # the walk is nothing, where it leads is all
            pace = max(pace, length / (0.4 * beat.seconds))
        way, clock = [(*points[0], round(start, 3))], start
        for p, q in pairwise(points):
            clock += max(math.dist(p, q) / pace, 0.1)
            way.append((*q, round(clock, 3)))
        up = self.ground.climb(walk.to) if walk.how == "climb" else None
        leg = Leg(who, walk.how, walk.to, walk.beat, tuple(way), facing, chair,
            up.lift if up else 0.0, up.holds if up else False)  # fmt: skip
        self.legs.append(leg)
        return [leg]

    def _aim(
        self, walk: Walk, a: Vec2, start: float, taken: list[Vec2], partner: str
    ) -> tuple[list[Vec2], float | None, bool] | None:
        """Points of the way, the bearing at its end, and whether a chair is wanted there."""
        ground, who = self.ground, walk.who
        other = self.where(partner, start) if partner in self.here(start) else None
        seated = self.sits(who, start)
        aim: Spot | None = None
        if walk.to in self.spots and walk.to in self.here(start):
            aim = Spot(ground.beside(self.where(walk.to, start), a, taken))
        elif walk.to:
            aim = ground.at(walk.to)
        if walk.how == "turn":
            away = _bearing(a, other) + 180 if other is not None else 90.0
            # Away from the other, and still open to the camera.
            return [a, a], -45.0 if math.cos(math.radians(away)) > 0 else -135.0, False
        if walk.how == "rise":
            if not seated:
                return None
            return [a, ground.near((a[0] * 1.12, a[1] - 0.45), taken)], None, False
        if walk.how == "sit":
            if seated:
                return None
            if aim is None:
                aim = Spot(ground.kept((a[0] + math.copysign(0.5, a[0] or 1.0), a[1] + 0.1)))
            end = aim.at if aim.seat else ground.near(_open(aim.at, other), taken)
            return ground.way(a, end, taken), aim.facing if aim.seat else None, not aim.seat
        if walk.how == "back":
            whom = other or (0.0, a[1])
            far = math.dist(a, whom) or 1.0
            end = ground.kept(
                (a[0] + 1.1 * (a[0] - whom[0]) / far, a[1] + 1.1 * (a[1] - whom[1]) / far)
            )
            return ([a, end], None, False) if math.dist(a, end) > _LEAST else None
        if walk.how == "circle":
            centre = self.where(walk.to, start) if walk.to in self.spots else other
            return (_round(ground, a, centre), None, False) if centre is not None else None
        if walk.how == "climb":
            up = ground.climb(walk.to)
            taken_there = up is None or any(math.dist(up.at, other) < 0.5 for other in taken)
            return None if up is None or taken_there else ([a, up.at], up.facing, False)
        if aim is None:  # "crosses": to the other side
            aim = Spot(ground.kept((-a[0] if abs(a[0]) > 0.6 else a[0] + 2.4, a[1] + 0.2)))
        end = ground.near(_open(aim.at, other), taken)
        if math.dist(a, end) < _LEAST:
            return None
        return ground.way(a, end, taken), _turned(ground, aim.facing, end, other), False

    def line(self, ends: tuple[str, str], leg: Leg) -> Line | None:
        """The line between the scene's two as it runs after a leg of one of them."""
        a, b = (self.where(n, leg.until) for n in ends)
        if leg.who not in ends or not leg.travels or math.dist(a, b) < 0.4:
            return None
        other = ends[0] if leg.who == ends[1] else ends[1]
        to = f" to {leg.to if leg.to in self.spots else 'the ' + leg.to}" if leg.to else ""
        return Line(at=leg.until, axis=(a, b), who=leg.who,
            reason=f"{leg.who} {_SAYS[leg.how]}{to}: from here on the line is the one between "
            f"{leg.who} there and {other}.")  # fmt: skip


_SAYS = {
    "walk": "walks", "run": "runs", "sit": "sits down", "rise": "rises", "back": "steps back",
    "turn": "turns away", "circle": "walks round", "climb": "climbs",
}  # fmt: skip


def _open(at: Vec2, other: Vec2 | None) -> Vec2:
    """A place, moved aside where the line to the other would run straight away from the camera:
    from such a line neither of the two is seen well."""
    if other is None:
        return at
    dx, dy = at[0] - other[0], at[1] - other[1]
    if abs(dx) >= _OPEN * abs(dy):
        return at
    return (round(other[0] + math.copysign(_OPEN * abs(dy), dx or at[0] or 1.0), 3), at[1])


def _turned(ground: Ground, facing: float | None, at: Vec2, other: Vec2 | None) -> float | None:
    """A bearing, turned to its mirror image or to profile where no camera would see the face: from
    the open side of the line, with room to stand back."""
    if facing is None or other is None:
        return facing
    a, b = sorted((at, other))
    off = _bearing(a, b) - 90  # straight off the line, towards -y
    camera = max(
        (off + turn for turn in (-70, -45, -20, 0, 20, 45, 70)),
        key=lambda way: min(ground.room(at, way), 3.5) - 0.004 * abs(way - off),
    )
    return min(
        (facing, 180 - facing, 0.0, 180.0),
        key=lambda f: max(abs((f - camera + 180) % 360 - 180), 75) + 0.02 * abs(f - facing),
    )


def _round(ground: Ground, a: Vec2, centre: Vec2) -> list[Vec2]:
    """Half a circle behind somebody, to their other side."""
    radius = min(max(math.dist(a, centre), 0.9), 1.4)
    begin = math.atan2(a[1] - centre[1], a[0] - centre[0])
    turn = 1.0 if math.cos(begin) > 0 else -1.0
    return [a, *(
        ground.kept((centre[0] + radius * math.cos(begin + turn * t),
                     centre[1] + radius * math.sin(begin + turn * t)))
        for t in (0.9, 1.8, 2.7)
    )]  # fmt: skip


def _bearing(a: Vec2, b: Vec2) -> float:
    return math.degrees(math.atan2(b[1] - a[1], b[0] - a[0]))

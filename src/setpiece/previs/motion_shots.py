"""Shots of people on the move: the camera goes with them, and lets them arrive."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

from setpiece.previs.idea import Idea, Maker, quote
from setpiece.previs.model import Figure, Move, Staging

_LEAST, _FAR = 0.8, 2.2  # m of a walk that is worth a move, and that is worth rails
_SHORT = 1.4  # s of the shortest shot of a move
_TAIL = 0.3  # s that the camera rests on who has arrived
_SAYS = {"walk": "walks", "run": "runs", "circle": "walks round", "back": "steps back",
    "sit": "sits down", "rise": "rises", "climb": "climbs"}  # fmt: skip


def movement(staging: Staging, start: float, end: float, here: dict[str, Figure]) -> Move | None:
    """The move within the scene that most of a stretch is about, if any."""
    found = [
        m for i, b in enumerate(staging.beats) for m in b.moves
        if m.what in _SAYS and start - 0.05 <= m.path[0][2] < end - 0.4 and m.who in here
    ]  # fmt: skip
    return max(found, key=_length, default=None)


def coming(staging: Staging, start: float, end: float, here: dict[str, Figure]) -> Move | None:
    """One person of the cast who comes in alone within a stretch that has time to see it."""
    found = [
        m for b in staging.beats for m in b.moves
        if m.what == "enter" and start - 0.05 <= m.path[0][2] < start + 2.0
        and end - m.path[-1][2] > 3.0
    ]  # fmt: skip
    alone = len(found) == 1 and found[0].who in here and here[found[0].who].role == "cast"
    return found[0] if alone and _length(found[0]) > 1.5 else None


def coming_shots(staging: Staging, make: Maker, move: Move, then: Idea) -> list[Idea]:
    """With who comes in, from the door to the others; `then` is what the stretch was for."""
    cut = make.cut
    beat = next(b for b in staging.beats if move in b.moves)
    ends = move.path[-1][2] + _TAIL
    said = quote(beat.words if beat.what != "speech" else beat.how)
    walk = make("single", "MLS", (move.who,), f"{move.who} comes in: turn with them from the door "
        f"to the others ({said}).", move="pan")  # fmt: skip
    return [replace(walk, seconds=ends - cut.start),
            replace(then, start=ends, seconds=cut.end - ends)]  # fmt: skip


def moving_shots(staging: Staging, make: Maker, move: Move) -> list[Idea]:
    """A shot that goes with the move, and one of where it has led where there is time for it."""
    cut = make.cut
    beat = next(b for b in staging.beats if move in b.moves)
    said = quote(beat.words if beat.what != "speech" else beat.how)
    begins = max(move.path[0][2], cut.start)
    ends = min(max(move.path[-1][2] + _TAIL, begins + _SHORT), cut.end)
    who, far = move.who, _length(move)
    if move.what in ("sit", "rise") and far < 1.4:
        way = "tilt up" if move.what == "rise" else "tilt down"
        idea = make("single", "MS", (who,), f"{who} {_SAYS[move.what]}: tilt with the body, so "
            f"that the head keeps its place ({said}).", move=way)  # fmt: skip
    elif move.what == "climb":
        idea = make("single", "LS", (who,), f"{who} climbs: from head to foot, so that the height "
            f"is seen ({said}).")  # fmt: skip
        return [replace(idea, start=cut.start, seconds=cut.end - cut.start)]
    elif far < _LEAST or ends - cut.start < 1.0:
        return []
    else:
        way = "track" if far >= _FAR else "pan"
        how = "go along with them, and the set goes by" if way == "track" else (
            "turn with them from where we stand")  # fmt: skip
        idea = make("single", "LS" if move.what == "run" else "MLS", (who,),
            f"{who} {_SAYS[move.what]}: {how} ({said}).", move=way)  # fmt: skip
    rest = cut.end - ends
    out = [replace(idea, start=cut.start, seconds=ends - cut.start)]
    if rest > 1.8:
        out.append(_arrived(staging, idea, ends, rest, said))
    else:
        out[-1] = replace(out[-1], seconds=out[-1].seconds + rest)
    return out


def _arrived(staging: Staging, idea: Idea, at: float, seconds: float, said: str) -> Idea:
    """Where the move has brought them, and to whom."""
    who = idea.subjects[0]
    here = {f.name: f for f in staging.at(at + seconds / 2)}
    other = here[who].looks_at if who in here else ""
    if isinstance(other, str) and other in here and here[other].role != "extra":
        return replace(idea, type="two-shot", size="MS", subjects=(who, other), start=at, move="",
            seconds=seconds, reason=f"{who} has arrived: the new distance to {other} in one frame "
            f"({said}).")  # fmt: skip
    return replace(idea, size="MS", start=at, seconds=seconds, move="",
        reason=f"{who} has arrived: hold, and see what for ({said}).")  # fmt: skip


def _length(move: Move) -> float:
    return sum(math.dist(a[:2], b[:2]) for a, b in pairwise(move.path))

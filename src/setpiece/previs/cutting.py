"""Where a scene is cut: as many stretches as its length asks for, one shot each."""

from __future__ import annotations

from dataclasses import dataclass, replace

from setpiece.previs.model import Beat, Staging

LEAST, MOST = 4, 14
_NEVER = 1e6
_SECONDS_A_SHOT = 18.0
_LONG_SPEECH = 20.0
LONGEST = 42.0  # s that a frame is held, whatever the count of shots


@dataclass(frozen=True)
class Stretch:
    start: float
    end: float
    beats: tuple[int, ...]
    part: int = 0  # of a long speech


def cut(staging: Staging) -> list[Stretch]:
    """Stretches in order; cuts fall where who is there, who speaks or the feeling changes."""
    beats = staging.beats
    units: list[Stretch] = []
    for i, beat in enumerate(beats):
        parts = max(1, round(beat.seconds / _LONG_SPEECH)) if beat.what == "speech" else 1
        span = beat.seconds / parts
        units += [
            Stretch(beat.start + k * span, beat.start + (k + 1) * span, (i,), k)
            for k in range(parts)
        ]
    if units[0].end < 3.5 and len(units) > 1 and units[1].end > 6.5:
        a, b = units[0], units[1]
        units[:2] = [
            Stretch(a.start, 3.5, tuple(dict.fromkeys((*a.beats, *b.beats)))),
            replace(b, start=3.5),
        ]
    if units[0].end > 7.0:
        first = units[0]
        units[:1] = [replace(first, end=first.start + 5.0), replace(first, start=first.start + 5.0)]
    wanted = min(MOST, max(LEAST, round(3.2 + staging.seconds / _SECONDS_A_SHOT)))
    while len(units) < min(wanted, LEAST):  # a scene of one or two beats: cut within the longest
        at = max(range(len(units)), key=lambda k: units[k].end - units[k].start)
        one = units[at]
        if one.end - one.start < 3.0:
            break
        half = (one.start + one.end) / 2
        units[at : at + 1] = [replace(one, end=half), replace(one, start=half, part=one.part + 1)]
    mean = staging.seconds / wanted
    while len(units) > wanted:
        costs = [
            _cost(beats, units[k], units[k + 1], mean) + (8.0 if k == 0 else 0.0)
            for k in range(len(units) - 1)
        ]
        at = min(range(len(costs)), key=costs.__getitem__)
        if costs[at] >= _NEVER:
            break
        a, b = units[at], units[at + 1]
        merged = tuple(dict.fromkeys((*a.beats, *b.beats)))
        units[at : at + 2] = [Stretch(a.start, b.end, merged, a.part)]
    return units


def _cost(beats: tuple[Beat, ...], a: Stretch, b: Stretch, mean: float) -> float:
    """What a cut between two stretches is worth."""
    left, right = beats[a.beats[-1]], beats[b.beats[0]]
    if b.end - a.start > LONGEST:
        return _NEVER
    voices = {n for i in (*a.beats, *b.beats) for n in beats[i].who[:1]}
    return (
        ((b.end - a.start) / mean) ** 1.6
        + (
            2.5
            if right.what == "enter"
            else 0.8
            if right.what == "action" and right.seconds > 3
            else 0
        )
        + 2.0 * abs(left.emotion - right.emotion)
        + (0.4 if left.who[:1] != right.who[:1] else 0.0)
        + 1.2 * max(0, len(voices) - 2)
        + 2.0 * sum(_goes(beats[i]) for i in (a.beats[-1], b.beats[0]))
    )


def _goes(beat: Beat) -> bool:
    """Whether somebody goes somewhere else within the scene."""
    return any(m.what not in ("enter", "exit", "turn") for m in beat.moves)

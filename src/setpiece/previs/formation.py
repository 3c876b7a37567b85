"""Where people stand as a scene begins: an open horseshoe.

Who talk most to one another stand at its two ends, the others between them at the back. The line of
action runs through the ends, and the open side (-y) is the camera's: from there everybody is seen,
and no shot needs to cross the line.
"""

from __future__ import annotations

import math
from collections import Counter

from setpiece.previs.model import Beat, SetDesign, Vec2


def order(names: list[str], beats: tuple[Beat, ...]) -> list[str]:
    """From one end of the horseshoe to the other: the pair that talks most at its ends."""
    pairs: Counter[tuple[str, str]] = Counter()
    talk: Counter[str] = Counter()
    for beat in beats:
        for one in beat.who if beat.what == "speech" else ():
            talk[one] += len(beat.words.split())
            for other in beat.to:
                if other in names and one in names:
                    pairs[(min(one, other), max(one, other))] += len(beat.words.split())
    if pairs:
        left, right = max(pairs, key=lambda p: (pairs[p], p))
    elif len(names) > 1:
        left, right = names[0], names[1]
    else:
        return names
    if names.index(left) > names.index(right):
        left, right = right, left
    rest = sorted((n for n in names if n not in (left, right)), key=lambda n: (-talk[n], n))
    return [left, *rest[::2], *reversed(rest[1::2]), right]


def spots(order: list[str], dressed: SetDesign) -> dict[str, Vec2]:
    """Where each of them stands, or sits in a car."""
    count = len(order)
    if dressed.kind == "car":
        seats = [(-0.4, 0.0), (0.4, 0.0), (-0.4, 0.85), (0.4, 0.85), (0.0, 0.85)]
        return {n: seats[i % 5] for i, n in enumerate(order)}
    if count == 1:
        return {order[0]: (0.0, 0.0)}
    wide = max(0.85, 0.3 * count)
    if dressed.interior:
        wide = min(wide, dressed.size[0] / 2 - 1.4)
    deep = min(0.34 * count, dressed.size[1] * 0.3) if count > 2 else 0.0
    out = {}
    for i, name in enumerate(order):
        turn = math.pi * (1 - i / (count - 1))
        out[name] = (round(wide * math.cos(turn), 3), round(deep * math.sin(turn), 3))
    return out


def axis(order: list[str], spots: dict[str, Vec2]) -> tuple[Vec2, Vec2]:
    """The line through the two ends."""
    if len(order) < 2:
        return ((-1.0, 0.0), (1.0, 0.0))
    return (spots[order[0]], spots[order[-1]])

"""The second unit's board: strips that it shoots at the same time, without the first unit's cast.

As its players are nobody of the main unit's, it is a board of its own: its costs and its bound add
to the main unit's, and nothing of one plan hangs on the other but the order of scenes.
"""

from __future__ import annotations

from datetime import date, timedelta

from setpiece.errors import InputError
from setpiece.schedule.model import Breakdown, Strip

FOLDER = "second_unit"  # of its board, inside the plan's
Waits = dict[str, tuple[str, ...]]  # by strip, those of the main unit that come before it


def by_unit(breakdown: Breakdown, source: str) -> tuple[Breakdown, Breakdown | None, Waits]:
    """The main unit's part of a breakdown, the second's (None: no strip is marked) and what that
    waits for.

    Raises InputError where all strips are the second unit's, where a player works with both, or
    where the main unit would wait for the second.
    """
    theirs = [s for s in breakdown.strips if s.unit == 2]
    if not theirs:
        return breakdown, None, {}
    ours = [s for s in breakdown.strips if s.unit == 1]
    if not ours:
        raise InputError(f"{source}: every strip is the second unit's; leave the main unit some.")
    busy = {name: s.id for s in ours for name in s.cast}
    away = {s.id for s in theirs}
    for s in theirs:
        both = [n for n in s.cast if n in busy]
        if both:
            raise InputError(
                f"{source}: strip {s.id} is the second unit's, and {both[0]} is also in strip "
                f"{busy[both[0]]} of the main unit; take them out (a double?) or the mark back."
            )
    for s in ours:
        late = [o for o in s.after if o in away]
        if late:
            raise InputError(
                f"{source}: strip {s.id} comes after {late[0]}, which is the second unit's; let "
                "the main unit shoot both."
            )
    waits = {s.id: tuple(o for o in s.after if o not in away) for s in theirs}
    alone = [s.model_copy(update={"after": tuple(o for o in s.after if o in away)}) for s in theirs]
    title = f"{breakdown.title or 'Untitled'}, second unit"
    second = _part(breakdown, alone).model_copy(update={"title": title[:300], "remarks": ()})
    return _part(breakdown, ours), second, {k: v for k, v in waits.items() if v}


def beside(second: Breakdown, waits: Waits, dates: dict[str, date]) -> Breakdown:
    """The second unit's breakdown, in which what waits for strips of the main unit is shot on a
    later date than they are. dates: of the main unit's strips (parts of a scene by their own ids).
    """
    strips = []
    for s in second.strips:
        before = [d for o in _origin(s.id, waits) for i, d in dates.items() if _is(i, o)]
        early = [s.after_date] if s.after_date else []
        if before or early:
            first = max([d + timedelta(1) for d in before] + early)
            s = s.model_copy(update={"after_date": first})
        strips.append(s)
    return second.model_copy(update={"strips": tuple(strips)})


def _origin(name: str, waits: Waits) -> tuple[str, ...]:
    """What a strip waits for; a part of a scene ("7 pt2") for what the scene does."""
    return waits.get(name) or waits.get(name.rsplit(" pt", 1)[0], ())


def _is(name: str, scene: str) -> bool:
    return name == scene or name.startswith(f"{scene} pt")


def _part(breakdown: Breakdown, strips: list[Strip]) -> Breakdown:
    names = {n for s in strips for n in s.cast}
    places = {s.location for s in strips}
    return breakdown.model_copy(update={
        "strips": tuple(strips),
        "performers": tuple(p for p in breakdown.performers if p.name in names),
        "locations": tuple(x for x in breakdown.locations if x.name in places),
    })  # fmt: skip

"""A breakdown made fit to be planned: distinct ids, a performer for every name."""

from __future__ import annotations

from collections import Counter
from graphlib import CycleError, TopologicalSorter

from setpiece.errors import InputError
from setpiece.schedule.model import Breakdown, Location, Performer, Strip

MOST_STRIPS = 2000


def checked(breakdown: Breakdown, source: str) -> Breakdown:
    """See `Breakdown.checked`."""
    if not breakdown.strips:
        raise InputError(
            f"{source}: has no strip to shoot; a script needs sluglines (INT., EXT.), a table rows."
        )
    if len(breakdown.strips) > MOST_STRIPS:
        raise InputError(f"{source}: {len(breakdown.strips)} strips; {MOST_STRIPS} is the most.")
    for what, names in (
        ("performers", [p.name for p in breakdown.performers]),
        ("locations", [x.name for x in breakdown.locations]),
    ):
        twice = [n for n, count in Counter(names).items() if count > 1]
        if twice:
            raise InputError(f"{source}: {what}: {twice[0]!r} is there twice; take one out.")
    remarks = list(breakdown.remarks)
    strips = _distinct(breakdown.strips, remarks)
    _no_circle(strips, source)
    performers = list(breakdown.performers)
    known = {p.name for p in performers}
    for name in dict.fromkeys(n for s in strips for n in s.cast):
        if name not in known:
            performers.append(Performer(name=name))
            remarks.append(f"{name}: is in the cast of a strip and has no deal; rate 0 for now.")
    performers = _numbered(performers, strips)
    locations = list(breakdown.locations)
    there = {x.name for x in locations}
    locations += [
        Location(name=n) for n in dict.fromkeys(s.location for s in strips) if n not in there
    ]
    return breakdown.model_copy(
        update={
            "strips": tuple(strips), "performers": tuple(performers),
            "locations": tuple(locations), "remarks": tuple(dict.fromkeys(remarks)),
        }
    )  # fmt: skip


def _distinct(strips: tuple[Strip, ...], remarks: list[str]) -> list[Strip]:
    taken = {s.id for s in strips}
    seen: set[str] = set()
    out = []
    for place, strip in enumerate(strips, 1):
        update: dict[str, object] = {} if strip.position else {"position": place}
        if len(set(strip.cast)) < len(strip.cast):
            update["cast"] = tuple(dict.fromkeys(strip.cast))
        if strip.id in seen:
            n = 2
            while f"{strip.id}-{n}" in taken:
                n += 1
            update["id"] = f"{strip.id}-{n}"
            taken.add(f"{strip.id}-{n}")
            remarks.append(
                f"Scene {strip.id}: the number is used twice; the second is {strip.id}-{n}."
            )
        seen.add(strip.id)
        out.append(strip.model_copy(update=update) if update else strip)
    return out


def _no_circle(strips: list[Strip], source: str) -> None:
    ids = {s.id for s in strips}
    for s in strips:
        for other in s.after:
            if other not in ids:
                raise InputError(f"{source}: strip {s.id}: after {other!r} names no strip.")
    try:
        TopologicalSorter({s.id: s.after for s in strips}).prepare()
    except CycleError as error:
        circle = " after ".join(str(i) for i in reversed(error.args[1]))
        raise InputError(f"{source}: after: {circle} goes in a circle; take one out.") from None


def _numbered(performers: list[Performer], strips: list[Strip]) -> list[Performer]:
    """Board IDs for those who have none: most strips first, as on a board."""
    count = Counter(n for s in strips for n in s.cast)
    taken = {p.number for p in performers}
    free = (str(n) for n in range(1, 10**6) if str(n) not in taken)
    given = {
        p.name: next(free) for p in sorted(performers, key=lambda p: -count[p.name]) if not p.number
    }
    return [
        p.model_copy(update={"number": given[p.name]}) if p.name in given else p for p in performers
    ]

"""Scenes that no day holds, cut into parts that one does."""

from __future__ import annotations

from setpiece.schedule.model import Breakdown, Calendar, Strip


def split_long(breakdown: Breakdown, calendar: Calendar) -> Breakdown:
    """The same breakdown, in which a scene with more pages or minutes than a day has become equal
    parts ("7 pt1", "7 pt2"), each with the whole cast; what comes after the scene comes after its
    last part. A strip that is locked to a date is left whole. `remarks` names what was cut."""
    minutes = int((calendar.hours + calendar.overtime) * 60)
    strips: list[Strip] = []
    remarks = list(breakdown.remarks)
    taken = {s.id for s in breakdown.strips}
    last: dict[str, str] = {}
    for strip in breakdown.strips:
        count = max(-(-strip.eighths // calendar.page_limit), -(-strip.minutes // minutes))
        count = min(count, strip.eighths)
        names = [f"{strip.id[:50]} pt{n + 1}" for n in range(count)]
        if count < 2 or strip.locked_date or taken & set(names):
            strips.append(strip)
            continue
        remarks.append(f"Scene {strip.id}: more than a day holds; planned in {count} parts.")
        for n, name in enumerate(names):
            strips.append(strip.model_copy(update={
                "id": name, "eighths": _share(strip.eighths, count, n),
                "minutes": _share(strip.minutes, count, n),
                "after": (*strip.after, *names[n - 1 : n]),
            }))  # fmt: skip
        last[strip.id] = names[-1]
    if not last:
        return breakdown
    strips = [
        s.model_copy(update={"after": tuple(last.get(a, a) for a in s.after)}) for s in strips
    ]
    return breakdown.model_copy(update={"strips": tuple(strips), "remarks": tuple(remarks)})


def _share(whole: int, count: int, n: int) -> int:
    return whole * (n + 1) // count - whole * n // count

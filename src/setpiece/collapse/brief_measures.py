"""Numbers joined to what they count: times, speeds and storeys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Item:
    """One understood thing, or one unknown word (kind `word`), at characters start to end."""

    kind: str
    value: Any
    start: int
    end: int


def measures(items: list[Item], fps: float) -> list[Item]:
    """Join numbers with their units: `time` [s], `rate` [m/s], `share` (of real speed)."""
    out: list[Item] = []
    at = 0
    while at < len(items):
        kinds = [item.kind for item in items[at : at + 3]]
        here = items[at]
        number = next((i.value for i in items[at : at + 2] if i.kind == "number"), 0.0)
        joined: tuple[str, Any] | None = None
        size = 2
        if kinds[:2] == ["number", "second"]:
            joined = "time", number
        elif kinds[:2] == ["number", "minute"]:
            joined = "time", number * 60
        elif kinds[:2] in (["number", "frame"], ["frame", "number"]):
            joined = "time", (number - 1001 if number >= 1001 else number) / fps
        elif kinds[:2] in (["after", "number"], ["second", "number"]):
            size = 3 if kinds[2:] in (["second"], ["minute"], ["frame"]) else 2
            scale = {"minute": 60.0, "frame": 1 / fps}.get(kinds[2] if size == 3 else "", 1.0)
            frames = number - 1001 if scale == 1 / fps and number >= 1001 else number
            joined = "time", frames * scale
        elif kinds[:2] == ["number", "m/s"]:
            joined = "rate", round(number * items[at + 1].value, 3)
        elif kinds[:2] == ["number", "percent"]:
            joined = "share", number / 100
        elif kinds[:1] == ["now"]:
            joined, size = ("time", 0.0), 1
        if joined is None:
            out.append(here)
            at += 1
            continue
        # "over 3 seconds" is how long, and there is no order for that: it is not a start.
        kind = "duration" if joined[0] == "time" and out and out[-1].kind == "span" else joined[0]
        out.append(Item(kind, joined[1], here.start, items[at + size - 1].end))
        at += size
    return out


def storeys(items: list[Item]) -> list[Item]:
    """Join what names storeys into `storeys` items: a tuple of indices, 0 is the ground floor."""
    out: list[Item] = []
    at = 0
    while at < len(items):
        size, value = _storeys_at(items, at)
        if size:
            out.append(Item("storeys", value, items[at].start, items[at + size - 1].end))
        else:
            out.append(items[at])
        at += size or 1
    return out


def _storeys_at(items: list[Item], at: int) -> tuple[int, tuple[int, ...]]:
    here = items[at]
    kinds = [item.kind for item in items[at : at + 3]]
    if here.kind == "storey":
        return 1, (here.value,)
    if here.kind == "top" and here.value == "from":  # "from the top", with no floor counted
        return 1, (-1,)
    if kinds[2:] == ["floor"] and {"number"} < set(kinds[:2]) <= {
        "number",
        "top",
        "bottom",
        "ordinal",
    }:
        count = next(int(i.value) for i in items[at : at + 2] if i.kind == "number")
        lowest = "top" not in kinds and next(
            (i.value == 1 for i in items[at : at + 2] if i.kind == "ordinal"), True
        )
        if 0 < count <= 200:
            return 3, tuple(range(count)) if lowest else tuple(range(-count, 0))
    if kinds in (["number", "floor", "top"], ["number", "floor", "bottom"]) and here.value <= 200:
        count = int(here.value)  # "dos plantas superiores"
        if count and items[at + 2].value is None:
            return 3, tuple(range(-count, 0)) if kinds[2] == "top" else tuple(range(count))
    end, values = at, list[int]()
    floor: Item | None = None
    if here.kind == "floor":
        floor, end = here, at + 1
    wanted = ("number", "ordinal")
    run = False
    while end < len(items) and items[end].kind in wanted and _whole(items[end].value):
        number = int(items[end].value)
        values += range(values[-1] + 1, number) if run and 0 < number - values[-1] <= 200 else ()
        values.append(number)
        end += 1
        if end + 1 < len(items) and items[end + 1].kind in wanted:
            run = items[end].kind in ("to", "a")
            if run or items[end].kind == "and" or (floor is None and items[end].kind == "break"):
                end += 1
                continue
        break
    if not values:
        return 0, ()
    if floor is None:
        if (
            end >= len(items)
            or items[end].kind != "floor"
            or here.kind == "number" == items[end - 1].kind
        ):
            return 0, ()
        floor, end = items[end], end + 1
    if end < len(items) and items[end].kind == "top" and items[end].value == "from":
        return end + 1 - at, tuple(sorted({-v for v in values if v > 0}))
    lower = 1 if floor.value == "american" else 0
    return end - at, tuple(sorted({max(v - lower, 0) for v in values}))


def _whole(value: float) -> bool:
    return float(value).is_integer() and 0 <= value <= 200

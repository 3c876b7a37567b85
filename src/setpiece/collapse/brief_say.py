"""A brief in plain English, so that the artist sees what was understood."""

from __future__ import annotations

import numpy as np

from setpiece.collapse.brief import Brief, Mode, Side
from setpiece.collapse.brief_numbers import ORDINALS

_ORDINALS = ORDINALS["en"].split()
_WHERE = {
    Side.LEFT: " on the left", Side.RIGHT: " on the right", Side.FRONT: " at the front",
    Side.BACK: " at the back", Side.CENTRE: " in the middle", Side.ALL: "",
}  # fmt: skip
_TO = {
    Side.LEFT: " to the left", Side.RIGHT: " to the right", Side.FRONT: " towards the camera",
    Side.BACK: " away from the camera", Side.ALL: " in all directions",
}  # fmt: skip
_FROM = {
    Side.LEFT: " from the left", Side.RIGHT: " from the right",
    Side.FRONT: " from behind the camera", Side.BACK: " from behind the building",
    Side.CENTRE: "", Side.ALL: " from all sides",
}  # fmt: skip
_MODES = {
    Mode.PANCAKE: "pancakes storey by storey", Mode.TOPPLE: "topples", Mode.IMPLODE: "implodes",
    Mode.FOLD: "folds", Mode.PROGRESSIVE: "collapses progressively",
    Mode.PARTIAL: "comes down in part",
}  # fmt: skip
_ADJECTIVES = {0.0: "no", 0.25: "very light", 0.5: "light", 1.0: "normal", 2.0: "heavy",
               3.0: "very heavy"}  # fmt: skip
_WINDS = {0.0: "no", 1.5: "very light", 3.0: "light", 6.0: "moderate", 12.0: "strong",
          20.0: "very strong"}  # fmt: skip
_SPREADS = {5.0: "very slowly", 10.0: "slowly", 60.0: "fast", 120.0: "very fast",
            400.0: "instantly"}  # fmt: skip
_SLOW = {1.0: "in real time", 0.5: "at half speed", 0.25: "at quarter speed"}


def say(brief: Brief) -> str:
    """One or two sentences that `read_brief` reads back to the same fields."""
    way = "" if brief.direction == Side.CENTRE else _TO[brief.direction]
    event = f"{_MODES[brief.mode]}{way}" + (f", then {_MODES[brief.then]}" if brief.then else "")
    where = _WHERE[brief.failure_side]
    if brief.failure_storeys:
        give = "gives" if len(brief.failure_storeys) == 1 else "give"
        happens = f"{_storeys(brief.failure_storeys)} {give} way{where}, and the building {event}"
    elif where:
        happens = f"the building gives way{where} and {event}"
    else:
        happens = f"the building {event}"
    first = f"At {number(brief.start)} s {happens}"
    if brief.spread is not None:
        pace = _SPREADS.get(brief.spread, f"at {number(brief.spread)} m/s")
        first += f", while the failure spreads {pace}"
    wind = _WINDS.get(brief.wind_speed)
    wind = f"{wind} wind" if wind else f"wind of {number(brief.wind_speed)} m/s"
    shake = {0.0: "no", 0.25: "very light", 0.5: "light", 1.0: "normal", 2.0: "strong"}
    parts = [
        _amount(_ADJECTIVES, brief.dust, "dust"),
        _amount(_ADJECTIVES, brief.debris, "debris"),
        wind + _FROM[brief.wind_from],
        _amount(shake, brief.shake, "camera shake"),
        _SLOW.get(brief.slow, f"slow motion at {number(brief.slow)}"),
    ]
    rest = ", ".join(parts)
    return f"{first}. {rest[0].upper()}{rest[1:]}."


def number(value: float) -> str:
    """The shortest decimal that reads back to the same number, without an exponent."""
    return np.format_float_positional(value, trim="-")


def _amount(names: dict[float, str], value: float, noun: str) -> str:
    name = names.get(value)
    return f"{name} {noun}" if name else f"{noun} at {number(value)}"


def _storeys(storeys: tuple[int, ...]) -> str:
    named = [_storey(index) for index in storeys]
    listed = named[0] if len(named) == 1 else ", ".join(named[:-1]) + " and " + named[-1]
    if any(index > 0 for index in storeys):
        listed += " (counting the ground floor as zero)"
    return listed


def _storey(index: int) -> str:
    if index in (0, -1):
        return "the ground floor" if index == 0 else "the top floor"
    size = abs(index)
    name = f"the {_ORDINALS[size - 1]} floor" if size <= len(_ORDINALS) else f"floor {size}"
    return name if index > 0 else f"{name} from the top"

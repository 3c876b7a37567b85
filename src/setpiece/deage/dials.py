"""Dials as an artist types them: how much of each layer or region, held or keyed over time.

`"wrinkles:1.0 shape:0.5"` holds; `"shape:0@1001 shape:1@1048"` is eased between the two frames and
held before and after.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from setpiece.deage.ages import LAYERS, MOST, REGIONS, eased, known
from setpiece.errors import InputError

Dials = Mapping[str, tuple[tuple[int, float], ...]]  # name -> (frame, factor), by frame


def parse_regions(text: str) -> Dials:
    """`"brow:1.0 eyes:0.7@1001"` (spaces or commas) into keyed factors. Raises InputError."""
    return _parsed(text, "regions", "brow:0.7", REGIONS, "region", 2.0)


def parse_layers(text: str) -> Dials:
    """`"wrinkles:1.0 hair:0"` (spaces or commas) into keyed factors. Raises InputError."""
    return _parsed(text, "layers", "wrinkles:0.7", LAYERS, "layer", MOST)


def dials_at(dials: Dials, frame: float | None) -> dict[str, float]:
    """Every dial at a frame; the most of each where no frame is given."""
    if frame is None:
        return {name: max(v for _, v in keys) for name, keys in dials.items()}
    return {name: _value(keys, frame) for name, keys in dials.items()}


def _value(keys: Sequence[tuple[int, float]], frame: float) -> float:
    before, after, t = eased([f for f, _ in keys], frame)
    a, b = keys[before][1], keys[after][1]
    return a if a == b else (1 - t) * a + t * b


def _parsed(
    text: str, what: str, example: str, names: Sequence[str], kind: str, most: float
) -> Dials:
    found: dict[str, dict[int | None, float]] = {}
    for word in re.split(r"[\s,]+", text.strip()):
        told = re.fullmatch(r"([^:@]+):([^:@]+?)(?:@(\d{1,9}))?", word, re.ASCII)
        try:
            if told is None:
                raise ValueError
            name, value = told[1], float(told[2])
            frame = None if told[3] is None else int(told[3])
        except ValueError:
            raise InputError(
                f"{what}: cannot read “{word}”; write name:factor, as {example}, or with a frame, "
                f"as {example}@1001."
            ) from None
        known({name: value}, names, kind, 0.0, most)
        at = found.setdefault(name, {})
        if frame in at or (at and (frame is None) != (None in at)):
            raise InputError(
                f"{what}: {name} is there twice; give it one factor, or one for each frame "
                f"({name}:0@1001 {name}:1@1048)."
            )
        at[frame] = value
    return {
        name: tuple(sorted((1 if frame is None else frame, v) for frame, v in at.items()))
        for name, at in found.items()
    }

"""Years into strengths: how much of each layer, and where on the face."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from setpiece.errors import InputError

LAYERS = ("wrinkles", "folds", "tone", "eyes", "hair", "shape")
REGIONS = (
    "brow", "glabella", "eyes", "cheeks", "nasolabial", "mouth", "jaw", "neck", "nose",
)  # fmt: skip
FULL = 30.0  # years that a strength of 1 stands for
MOST = 1.6  # beyond this a layer shows as an effect
YOUNGEST = 20.0  # nobody is made younger than that: the layers know nothing of growing up
GAIN = (0.2, 1.4)  # least and most of `governed`

# Years -> strength. Skin answers first and shape last: texture and colour
# are what a decade changes most, bones and fat pads what three decades do.
_RISE = {
    "wrinkles": ((0.0, 0.0), (10.0, 0.70), (20.0, 0.92), (30.0, 1.0), (50.0, 1.1)),
    "folds": ((0.0, 0.0), (10.0, 0.72), (20.0, 0.86), (30.0, 1.0), (50.0, 1.15)),
    "tone": ((0.0, 0.0), (10.0, 0.55), (20.0, 0.80), (30.0, 1.0), (50.0, 1.2)),
    "eyes": ((0.0, 0.0), (10.0, 0.50), (20.0, 0.80), (30.0, 1.0), (50.0, 1.2)),
    "hair": ((0.0, 0.0), (10.0, 0.42), (20.0, 0.75), (30.0, 1.0), (50.0, 1.2)),
    "shape": ((0.0, 0.0), (10.0, 0.48), (20.0, 0.78), (30.0, 1.0), (50.0, 1.3)),
}

# The power of a gain below 1 on each, and the most that a gain above 1 is. By what each gives in
# estimated years for the identity it costs, on 37 portraits: a network most, then lines and shape,
# folds least; tone, eyes and brows cost next to nothing.
_PAYS = {
    "wrinkles": (1.0, 1.2), "folds": (1.5, 1.2), "tone": (0.2, 1.2), "eyes": (0.0, 1.1),
    "hair": (0.5, 1.2), "shape": (1.3, 1.4), "network": (0.8, 1.4),
}  # fmt: skip


def _none() -> Mapping[str, float]:
    return MappingProxyType({})


@dataclass(frozen=True)
class Strengths:
    """How strongly each layer works, and where.

    layers: name in LAYERS -> -MOST..MOST; 1 is about thirty years younger, -1 as many older; what
        is not named is zero.
    regions: name in REGIONS -> 0..2, a factor on every layer there; what is not named is 1.
    network: a factor on a network's answer, where one is asked.
    """

    layers: Mapping[str, float] = field(default_factory=_none)
    regions: Mapping[str, float] = field(default_factory=_none)
    network: float = 1.0

    def __post_init__(self) -> None:
        known(self.layers, LAYERS, "layer", -MOST, MOST)
        known(self.regions, REGIONS, "region", 0.0, 2.0)

    def of(self, layer: str) -> float:
        """The strength of one layer, before regions."""
        return float(self.layers.get(layer, 0.0))

    def map(self, mattes: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float32] | float:
        """The factor per pixel out of the soft region mattes (S, S); 1 where nothing was asked."""
        named = {n: v for n, v in self.regions.items() if v != 1.0 and n in mattes}
        if not named:
            return 1.0
        shape = mattes[next(iter(named))].shape
        total, weight = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
        for name, value in named.items():
            total += mattes[name] * np.float32(value - 1)
            weight += mattes[name]
        return (1 + total / np.maximum(weight, 1)).astype(np.float32)


def strengths(
    years: float,
    age: float | None = None,
    layers: Mapping[str, float] | None = None,
    regions: Mapping[str, float] | None = None,
) -> Strengths:
    """The strengths that take `years` off (negative: put on).

    Args:
        years: -50 to 50.
        age: of the actor, where known. Below forty there is little to take: the same request is
            capped so that nobody is made younger than YOUNGEST.
        layers: factors by layer name, on top of the years.
        regions: factors by region name.

    Raises InputError where a name is unknown or a number out of range.
    """
    if not -50 <= years <= 50:
        raise InputError(f"years: {years:g} is out of range; give -50 to 50 (negative: older).")
    years = taken(years, age)
    asked = dict(layers or {})
    known(asked, LAYERS, "layer", 0.0, MOST)
    sign = 1.0 if years >= 0 else -1.0
    rise = {n: _interpolated(abs(years), _RISE[n]) for n in LAYERS}
    value = {n: float(np.clip(sign * rise[n] * asked.get(n, 1.0), -MOST, MOST)) for n in LAYERS}
    return Strengths(MappingProxyType(value), MappingProxyType(dict(regions or {})))


def taken(years: float, age: float | None) -> float:
    """The years that are taken off where so many are asked for: nobody goes below YOUNGEST."""
    return min(years, max(age - YOUNGEST, 0.0)) if age is not None and years > 0 else years


def governed(asked: Strengths, gain: float) -> Strengths:
    """The same order with a gain of GAIN on it: each layer by as much as pays.

    Below 1 what costs most of who a face is, and gives least of its years, goes first; above 1
    each layer stops where it would be seen as an effect.
    """

    def turned(name: str, value: float) -> float:
        power, most = _PAYS[name]
        if gain <= 1:
            return value * gain**power
        return float(np.clip(value * min(gain, most), -MOST, MOST))

    layers = {n: turned(n, v) for n, v in asked.layers.items()}
    return replace(asked, layers=MappingProxyType(layers), network=turned("network", asked.network))


@dataclass(frozen=True)
class Key:
    """Strengths at a frame (the first frame of a shot is 1001)."""

    frame: int
    strengths: Strengths


def at(keys: Sequence[Key], frame: float) -> Strengths:
    """Strengths at a frame: held before the first key and after the last, eased between two.

    Raises InputError where there is no key, or two share a frame.
    """
    if not keys:
        raise InputError("keyframes: none given; give at least one.")
    order = sorted(keys, key=lambda k: k.frame)
    frames = [k.frame for k in order]
    if len(set(frames)) != len(frames):
        raise InputError("keyframes: two keys on one frame; keep one.")
    before, after, t = eased(frames, frame)
    a, b = order[before], order[after]
    if before == after:
        return a.strengths
    return Strengths(
        _between(a.strengths.layers, b.strengths.layers, LAYERS, 0.0, t),
        _between(a.strengths.regions, b.strengths.regions, REGIONS, 1.0, t),
        (1 - t) * a.strengths.network + t * b.strengths.network,
    )


def eased(frames: Sequence[int], frame: float) -> tuple[int, int, float]:
    """Between which two of the keyed frames (in order) a frame lies, and how far (0..1, eased);
    twice the same one before the first and after the last."""
    i = bisect_right(frames, frame)
    if i == 0 or i == len(frames):
        end = max(i - 1, 0)
        return end, end, 0.0
    t = (frame - frames[i - 1]) / (frames[i] - frames[i - 1])
    return i - 1, i, t * t * (3 - 2 * t)


def _interpolated(x: float, curve: Sequence[tuple[float, float]]) -> float:
    return float(np.interp(x, [k[0] for k in curve], [k[1] for k in curve]))


def _between(
    a: Mapping[str, float], b: Mapping[str, float], names: Sequence[str], rest: float, t: float
) -> Mapping[str, float]:
    return MappingProxyType(
        {n: (1 - t) * a.get(n, rest) + t * b.get(n, rest) for n in names if n in a or n in b}
    )


def known(
    given: Mapping[str, float], names: Sequence[str], what: str, low: float, high: float
) -> None:
    """Raises InputError where a name is not one of `names`, or a number not within its limits."""
    for name, value in given.items():
        if name not in names:
            raise InputError(f"{what} “{name}” is not known; there are {', '.join(names)}.")
        if not low <= value <= high:
            raise InputError(f"{what} {name}: {value:g} is out of range {low:g} to {high:g}.")

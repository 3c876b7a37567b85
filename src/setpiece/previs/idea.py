"""A shot without its camera: what it is for, how close, from when to when, and why."""

from __future__ import annotations

from dataclasses import dataclass

from setpiece.previs.cutting import Stretch
from setpiece.previs.lens import SIZES
from setpiece.previs.model import ShotType, Size, Staging

OVER = "over the shoulder ties the two together"


@dataclass(frozen=True)
class Idea:
    """A shot without its camera."""

    type: ShotType
    size: Size
    subjects: tuple[str, ...]
    start: float
    seconds: float
    beats: tuple[int, ...]
    reason: str
    over: str = ""
    prop: str = ""
    push: bool = False
    move: str = ""  # "pan", "track", "tilt up", "tilt down": what the camera is to do
    turn: float = 0.0  # degrees off the eyeline that are asked for; below 0 to the other side
    alone: str = ""  # "nobody but us", or who is only heard: spoken to nobody who is there


class Maker:
    """Makes ideas for one stretch."""

    def __init__(self, cut: Stretch) -> None:
        self.cut = cut

    def __call__(
        self, what: ShotType, size: Size, subjects: tuple[str, ...], reason: str, *,
        over: str = "", prop: str = "", push: bool = False, move: str = "",
    ) -> Idea:  # fmt: skip
        return Idea(what, size, subjects, self.cut.start, self.cut.end - self.cut.start,
            self.cut.beats, reason, over, prop, push, move)  # fmt: skip


def step(size: Size, closer: int, loosest: Size) -> Size:
    """The next size: 1 is closer, -1 is looser, no looser than `loosest`."""
    at = max(0, SIZES.index(size) - closer)
    return SIZES[min(at, SIZES.index(loosest))]


def place_of(staging: Staging) -> str:
    return staging.set.place or "the place"


def listed(names: tuple[str, ...]) -> str:
    return " and ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else "".join(names)


def come(names: list[str]) -> str:
    return f"{listed(tuple(names)) or 'Somebody'} {'come' if len(names) > 1 else 'comes'}"


def quote(words: str) -> str:
    parts = words.split()
    return "“" + " ".join(parts[:7]) + ("…" if len(parts) > 7 else "") + "”"

"""Layouts of printed shooting schedules as they are met in the field, with scenes of our own.

What differs from show to show, as people who read hundreds of them tell it: everything of a strip
on one line; the slug above its scene's number; columns that begin on the slug's own line; two
tracks of columns side by side; a cast list in front; parts of one scene with one number.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from printed import CAST, CROWD, DATES, PROPS, SCENES, TOTALS, Sheet


def one_line(path: Path) -> None:
    """ "Scene # 3 INT MILL - LOFT Day 2 3/8" in one breath, names with the actor behind them."""

    def strip(s: Sheet, row: tuple[Any, ...]) -> None:
        _, scene, side, place, what, light, _, pages, cast, _, _ = row
        y = s.y + 14
        s.put(30, y, f"Scene # {scene} {side} {place} {light} {pages}", 9, "Helvetica-Bold")
        s.put(30, y + 11, what)
        _two(s, y + 24, scene, [f"{c}.{CAST[c].title()} (Kim)" for c in cast.split(", ")], 55, 280)

    _schedule(Sheet(path), strip)


def slug_above(path: Path) -> None:
    """The slug with its unit in one line; under it "Scene #: 3" and what happens."""

    def strip(s: Sheet, row: tuple[Any, ...]) -> None:
        _, scene, side, place, what, light, story, pages, cast, _, _ = row
        y = s.y + 14
        s.put(30, y, f"{side} {place} {light} {story} {pages} pgs A Unit", 9, "Helvetica-Bold")
        s.put(30, y + 11, f"Scene #: {scene} {what}")
        _two(s, y + 24, scene, [f"{c}. {CAST[c]}" for c in cast.split(", ")], 40, 330)

    _schedule(Sheet(path), strip)


def titles_on_the_slug(path: Path) -> None:
    """The columns' titles stand on the slug's own line, to the right of it."""

    def strip(s: Sheet, row: tuple[Any, ...]) -> None:
        _, scene, side, place, what, light, _, pages, cast, _, _ = row
        y = s.y + 14
        s.put(30, y, side, 9)
        s.put(72, y, place, 9, "Helvetica-Bold")
        s.put(180, y, light)
        s.put(240, y, "Cast Members", 8, "Helvetica-Bold")
        s.put(400, y, "Props", 8, "Helvetica-Bold")
        s.put(30, y + 11, f"Scene {scene}")
        s.put(72, y + 22, what)
        s.put(30, y + 33, f"{pages} pgs")
        rows = [f"{c}. {CAST[c]}" for c in cast.split(", ")]
        for n, item in enumerate(rows, 1):
            s.put(240, y + 10 * n, item)
        for n, item in enumerate(PROPS.get(scene, ()), 1):
            s.put(400, y + 10 * n, item)
        s.y = y + max(36, 10 * len(rows)) + 8

    _schedule(Sheet(path), strip)


def cast_in_front(path: Path) -> None:
    """A first page of names, several on a line; then a one-liner with day heads and sun times."""

    def strip(s: Sheet, row: tuple[Any, ...]) -> None:
        _, scene, side, place, what, light, story, pages, cast, _, _ = row
        y = s.y + 12
        s.put(30, y, f"Sc. {scene}")
        s.put(80, y, side)
        s.put(122, y, place, 9, "Helvetica-Bold")
        s.put(122, y + 10, what)
        s.put(330, y, f"{light} {story}")
        s.put(400, y, f"{pages} pgs.")
        s.put(470, y, cast)
        s.y += 26

    s = Sheet(path)
    s.head()
    s.put(40, 70, "CAST MEMBERS", 10, "Helvetica-Bold")
    for n, (number, name) in enumerate(CAST.items()):
        s.put(50 + 170 * (n % 3), 84 + 11 * (n // 3), f"{number}.{name}")
    _schedule(s, strip)


PARTS = (
    # scene, side, set, light, pages, cast, extras
    ("7pt", "EXT", "RIVER BANK", "Day", "4/8", ("7",), ("3 anglers",)),
    ("7pt", "EXT", "RIVER - BOAT", "Day", "1 2/8", ("7", "12"), ()),
    ("", "EXT", "HILLS", "Dusk", "1/8", (), ()),
)


def numbered_cast(path: Path) -> None:
    """ "Cast #", "Name", "Extras" as columns; parts of one scene, a strip without a number; one day
    that is two."""
    s = Sheet(path)
    s.head()
    s.y += 14
    s.put(30, s.y, "Shoot Day # 2 - 3 Tue., May. 5, 2026 - Wed., May. 6, 2026", 9)
    for scene, side, place, light, pages, cast, extras in PARTS:
        y = s.y + 14
        s.put(30, y, " ".join(f"Scene # {scene} {side} {place} {light} {pages}".split()), 9)
        y += 12
        for x, title in ((34, "Cast #"), (80, "Name"), (240, "Extras"), (400, "Miscellaneous")):
            s.put(x, y, title, 8, "Helvetica-Bold")
        for n, c in enumerate(cast, 1):
            s.put(36, y + 10 * n, c)
            s.put(80, y + 10 * n, CAST[c])
        for n, item in enumerate(extras, 1):
            s.put(240, y + 10 * n, item)
        s.y = y + 10 * max(len(cast), len(extras), 1) + 6
    s.y += 12
    s.put(30, s.y, "End Day # 2 - 3 Tue., May. 5, 2026 - Wed., May. 6, 2026 -- Total Pages: 1 7/8")
    s.save()


def _two(s: Sheet, y: float, scene: str, people: list[str], left: float, right: float) -> None:
    """Two tracks of columns: cast, then extras on the left; props on the right, on their own."""
    s.put(left, y, "Cast Members", 8, "Helvetica-Bold")
    props = PROPS.get(scene, ())
    if props:
        s.put(right, y, "Props", 8, "Helvetica-Bold")
    for n, item in enumerate(people, 1):
        s.put(left, y + 10 * n, item)
    for n, item in enumerate(props, 1):
        s.put(right, y + 10 * n, item)
    deep = y + 10 * len(people)
    if scene in CROWD:
        deep += 10
        s.put(left, deep, "Background Actors", 8, "Helvetica-Bold")
        if props:  # the other track is in the middle of its own
            s.put(right, deep, "Picture Cars", 8, "Helvetica-Bold")
            s.put(right, deep + 10, "Cart")
        for n, item in enumerate(CROWD[scene], 1):
            s.put(left, deep + 10 * n, item)
        deep += 10 * len(CROWD[scene])
    s.y = max(deep, y + 10 * len(props)) + 8


def _schedule(s: Sheet, strip: Callable[[Sheet, tuple[Any, ...]], None]) -> None:
    """Every scene as `strip` draws it, each day between its head, with sun times, and its end."""
    s.head()
    before = 0
    for row in SCENES:
        day = row[0]
        if day != before:
            if before:
                _close(s, before)
            if s.y > 480:
                s.head()
            s.y += 14
            sun = "Sunrise: 5:41am / Sunset: 8:04pm"
            s.put(30, s.y, f"Shoot Day # {day} {DATES[day]} - {sun}", 9, "Helvetica-Bold")
        before = day
        strip(s, row)
    _close(s, before)
    s.save()


def _close(s: Sheet, day: int) -> None:
    s.y += 12
    words = f"End Day # {day} {DATES[day]} -- Total Pages: {TOTALS[day]}"
    s.put(30, s.y, words, 8, "Helvetica-Bold")
    s.y += 8

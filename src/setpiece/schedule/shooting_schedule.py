"""The shooting schedule on paper: what every department needs, scene by scene."""

from __future__ import annotations

from pathlib import Path

from setpiece.schedule.colours import DAY_BREAK, strip_colour
from setpiece.schedule.days import (
    ShootDay,
    by_number,
    called,
    clock,
    light_word,
    location_of,
    long_date,
    shoot_days,
    time_of_day,
)
from setpiece.schedule.model import Plan, Strip
from setpiece.schedule.paper import GREY, RULE, TINT, Paper, write
from setpiece.schedule.reports import note, paper_size
from setpiece.script.eighths import pages
from setpiece.script.model import Category

TITLES: dict[Category, str] = {
    "cast": "Other parts", "crowds": "Background Actors", "stunts": "Stunts",
    "vehicles": "Vehicles", "props": "Props", "effects": "Special Effects",
    "wardrobe": "Wardrobe", "makeup": "Makeup/Hair", "animals": "Animals",
    "dressing": "Set Dressing", "sound": "Sound", "vfx": "Visual Effects",
    "equipment": "Special Equipment", "other": "Miscellaneous",
}  # fmt: skip
LINE, COLUMNS, GAP = 9.6, 4, 10.0
Group = tuple[str, list[str]]
Column = list[Group]
MOST = 14  # lines of one category in one column; the rest goes into the next


def write_shooting_schedule(plan: Plan, path: Path) -> Path:
    """Portrait pages; raises StoreError (the disk)."""

    def draw(page: Paper) -> None:
        page.new_page()
        for day in shoot_days(plan):
            _head(page, day, plan)
            for strip in day.strips:
                _scene(page, strip, plan)
            page.need(18)
            page.box(page.left, page.y, page.right - page.left, 16, fill=DAY_BREAK.fill)
            page.text(page.width / 2, day.end, 8.4, y=page.y + 11, bold=True, ink=TINT,
                      align="centre")  # fmt: skip
            page.y += 24

    return write(
        path, plan.breakdown.title, "Shooting Schedule", draw, size=paper_size(plan),
        note=note(plan),
    )  # fmt: skip


def _head(page: Paper, day: ShootDay, plan: Plan) -> None:
    page.need(120)
    page.y += 12
    words = f"Shoot Day {day.number} -- {long_date(day.date)}"
    page.text(page.left, words, 11, bold=True)
    hours = f"Call {time_of_day(day.day.call)}, wrap {time_of_day(day.day.wrap)}"
    page.text(page.right, hours, 9, ink=GREY, align="right")
    page.y += 12
    for name in day.locations:
        place = location_of(plan, name)
        where = [name, *(x for x in (place and place.address, place and place.place) if x)]
        page.text(page.left, " · ".join(dict.fromkeys(where)), 8, ink=GREY, width=500)
        page.y += 11
    page.y -= 4


def groups(strip: Strip, plan: Plan) -> list[Group]:
    """Categories of a scene and what is in them, cast first, as reports list them."""
    people = plan.breakdown.cast
    known = by_number(people[n] for n in strip.cast if n in people)
    cast = [f"{p.number}. {p.name}" for p in known]
    out = [("Cast Members", cast + [n for n in strip.cast if n not in people])]
    for category, title in TITLES.items():
        items = strip.elements.get(category, ())
        more = strip.equipment if category == "equipment" else ()
        out.append((title, list(dict.fromkeys((*items, *more)))))
    return [(title, items) for title, items in out if items]


def _scene(page: Paper, strip: Strip, plan: Plan) -> None:
    bands = _bands(groups(strip, plan))
    page.need(42 + (_deep(bands[0]) if bands else 0.0))
    colour = strip_colour(strip.setting, strip.light)
    page.box(page.left, page.y, page.right - page.left, 28, fill=colour.fill, edge=colour.edge)
    first, second = page.y + 11.5, page.y + 22.5
    page.text(page.left + 5, f"Scene {called(strip)}", 9.5, y=first, bold=True, width=74)
    page.text(page.left + 82, strip.setting, 9, y=first)
    middle = page.right - 190
    page.text(page.left + 126, strip.set or strip.heading, 9.5, y=first, bold=True,
              width=middle - page.left - 132)  # fmt: skip
    page.text(middle, light_word(strip.light), 9, y=first)
    page.text(page.right - 84, f"{pages(strip.eighths)} pgs", 9, y=first, align="right")
    page.text(page.right - 5, f"Est. {clock(strip.minutes)}", 9, y=first, align="right")
    page.text(page.left + 126, strip.synopsis, 8, y=second, width=middle - page.left - 132)
    if strip.location and strip.location != strip.set:
        page.text(middle, strip.location, 8, y=second, width=180)
    page.y += 32
    for n, band in enumerate(bands):
        if n:
            page.need(_deep(band) + 10)
        _band(page, band)
    page.y += 5
    page.rule(page.y, ink=RULE)
    page.y += 5


def _band(page: Paper, columns: list[Column]) -> None:
    wide = (page.right - page.left - GAP * (COLUMNS - 1)) / COLUMNS
    top = page.y
    for n, column in enumerate(columns):
        x, y = page.left + n * (wide + GAP), top
        for title, items in column:
            y += LINE
            page.text(x, title, 7.2, y=y, bold=True, ink=GREY, width=wide)
            for item in items:
                y += LINE
                page.text(x + 4, item, 7.8, y=y, width=wide - 4)
            y += 0.4 * LINE
        page.y = max(page.y, y)


def _deep(columns: list[Column]) -> float:
    """Height of a band [pt]."""
    return LINE * max(sum(map(_lines, column)) for column in columns)


def _lines(group: Group) -> float:
    return 1.4 + len(group[1])


def _bands(found: list[Group]) -> list[list[Column]]:
    """Categories over four columns, filled evenly, the cast always first.

    A long category goes on in the next column; what four columns do not hold, in a band below.
    """
    pieces: list[Group] = []
    for title, items in found:
        for start in range(0, len(items), MOST):
            pieces.append((title + (" (cont.)" if start else ""), items[start : start + MOST]))
    bands: list[list[Column]] = []
    for n, piece in enumerate(pieces):
        emptiest = min(bands[-1][n > 0 :], key=lambda c: sum(map(_lines, c))) if bands else None
        if emptiest is None or sum(map(_lines, emptiest)) + _lines(piece) > 2.3 * MOST:
            bands.append([[] for _ in range(COLUMNS)])
            emptiest = bands[-1][0]
        emptiest.append(piece)
    return bands

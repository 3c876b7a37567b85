"""The one-line schedule: every strip in shooting order, a line or two each, on paper."""

from __future__ import annotations

from pathlib import Path

from setpiece.schedule.colours import BANNER, DAY_BREAK, strip_colour
from setpiece.schedule.days import (
    ShootDay,
    called,
    clock,
    light_word,
    long_date,
    numbered,
    numbers,
    shoot_days,
    time_of_day,
    unscheduled,
)
from setpiece.schedule.model import Plan, Strip
from setpiece.schedule.paper import GREY, INK, TINT, Paper, write
from setpiece.schedule.reports import note, paper_size
from setpiece.script.eighths import pages

ROW, BREAK, HEAD = 27.0, 16.0, 17.0


def write_oneline(plan: Plan, path: Path) -> Path:
    """Portrait pages; raises StoreError (the disk)."""

    def draw(page: Paper) -> None:
        for day in shoot_days(plan):
            _head(page, day)
            for strip in day.strips:
                banner = day.moves.get(strip.id)
                if page.need(ROW + BREAK * (2 if banner else 1)):
                    _columns(page)
                if banner:
                    _break(page, banner, BANNER.fill, INK)
                _row(page, strip, plan)
            _break(page, day.end)
        _cast(page, plan)
        if rest := unscheduled(plan):
            page.need(HEAD + ROW)
            _break(page, f"Boneyard: {len(rest)} strips on no day", "#8f1d1d")
            for strip in rest:
                if page.need(ROW):
                    _columns(page)
                _row(page, strip, plan)

    return write(
        path, plan.breakdown.title, "One-Line Schedule", draw, size=paper_size(plan),
        note=note(plan),
    )  # fmt: skip


def _columns(page: Paper) -> None:
    """What stands where, at the top of each page."""
    page.y += 4
    for x, words, align in (
        (page.left + 4, "Scene", "left"), (page.left + 52, "I/E", "left"),
        (page.left + 80, "Set and what happens", "left"), (page.right - 196, "D/N", "left"),
        (page.right - 132, "Pages", "right"), (page.right - 96, "Time", "right"),
        (page.right - 84, "Cast", "left"),
    ):  # fmt: skip
        page.text(x, words, 6.8, ink=GREY, align=align)
    page.y += 5
    page.rule(page.y)


def _head(page: Paper, day: ShootDay) -> None:
    if page.need(HEAD + ROW + BREAK):
        _columns(page)
    page.y += 12
    words = f"Day {day.number} -- {long_date(day.date)}"
    page.text(page.left + 4, words, 9, bold=True)
    where = ", then ".join(day.locations)
    call = f"Call {time_of_day(day.day.call)}"
    page.text(page.right - 4, f"{call}, {where}", 8, ink=GREY, align="right", width=300)
    page.y += HEAD - 12


def _row(page: Paper, strip: Strip, plan: Plan) -> None:
    colour = strip_colour(strip.setting, strip.light)
    page.box(page.left, page.y, page.right - page.left, ROW, fill=colour.fill, edge=colour.edge)
    first, second = page.y + 11.2, page.y + 21.2
    page.text(page.left + 4, called(strip), 10, y=page.y + 16.6, bold=True, width=44)
    side = strip.setting.replace("INT/EXT", "I/E")
    page.text(page.left + 52, side, 8, y=first, width=28)
    end = page.right - 204
    page.text(page.left + 80, strip.set or strip.heading, 8.6, y=first, bold=True,
              width=end - page.left - 80)  # fmt: skip
    page.text(page.left + 80, strip.synopsis, 7.4, y=second, width=end - page.left - 80)
    page.text(page.right - 196, light_word(strip.light), 8, y=first)
    page.text(page.right - 132, f"{pages(strip.eighths)} pgs", 8, y=first, align="right")
    page.text(page.right - 96, clock(strip.minutes), 8, y=first, align="right")
    cast = ", ".join(numbers(strip, plan))
    for n, line in enumerate(page.wrapped(cast, 7.2, 80, 2)):
        page.text(page.right - 84, line, 7.2, y=first + 10 * n)
    if strip.location and strip.location != strip.set:
        page.text(page.right - 196, strip.location, 6.6, y=second, ink=INK, width=104)
    page.y += ROW


def _break(page: Paper, words: str, fill: str = DAY_BREAK.fill, ink: str = TINT) -> None:
    page.box(page.left, page.y, page.right - page.left, BREAK, fill=fill)
    page.text(page.width / 2, words, 8.4, y=page.y + 11, bold=True, ink=ink, align="centre")
    page.y += BREAK


def _cast(page: Paper, plan: Plan) -> None:
    """Who the numbers are, in four columns."""
    cast = numbered(plan)
    page.need(60)
    page.y += 22
    page.text(page.left, "Cast Members", 9, bold=True)
    page.y += 3
    wide = (page.right - page.left) / 4
    while cast:
        lines = max(1, min(-(-len(cast) // 4), int((page.room - 8) / 11)))
        for n, p in enumerate(cast[: 4 * lines]):
            y = page.y + 11 * (n % lines + 1)
            page.text(page.left + wide * (n // lines), f"{p.number}. {p.name}", 7.6, y=y,
                      width=wide - 8)  # fmt: skip
        page.y += 11 * lines + 8
        cast = cast[4 * lines :]
        if cast:
            page.new_page()

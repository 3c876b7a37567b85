"""A call sheet on paper."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from setpiece.schedule.call_sheet import CallSheet
from setpiece.schedule.colours import strip_colour
from setpiece.schedule.days import (
    called,
    clock,
    light_word,
    long_date,
    numbers,
    short_date,
    time_of_day,
)
from setpiece.schedule.model import Plan, Strip
from setpiece.schedule.paper import GREY, INK, RULE, TINT, Paper, write
from setpiece.schedule.reports import paper_size
from setpiece.script.eighths import pages

WEATHER = "Weather expected:"
FOOT = (
    "Make-up is 60 minutes before set, pick-up 45 before that; scenes begin one after the other "
    "by their estimates."
)


def write_call_sheet(sheet: CallSheet, plan: Plan, path: Path) -> Path:
    """Portrait pages; raises StoreError (the disk)."""

    def draw(page: Paper) -> None:
        page.new_page()
        _top(page, sheet)
        _scenes(page, sheet, plan)
        _cast(page, sheet)
        _lists(page, sheet)
        _advance(page, sheet, plan)

    report = f"Call Sheet, day {sheet.day.number} of {sheet.day.of}"
    return write(path, sheet.title, report, draw, size=paper_size(plan), note=FOOT)


def at(when: datetime | None) -> str:
    return f"{when:%H:%M}" if when else ""


def light_lines(sheet: CallSheet) -> list[tuple[str, str]]:
    """First light, sunrise, sunset, last light, as label and time; of a night in the order in which
    they come, the sunrise being the next day's."""
    sun = sheet.sun
    if sun is None:
        return [("Sun", "no latitude in cal.toml")]
    night = sheet.day.day.hours == "night"
    morning = sheet.after if night and sheet.after is not None else sun
    rise = [("First light", at(morning.first_light) or "none"),
            ("Sunrise", at(morning.sunrise) or "none")]  # fmt: skip
    fall = [("Sunset", at(sun.sunset) or "none"), ("Last light", at(sun.last_light) or "none")]
    return fall + rise if night else rise + fall


def _top(page: Paper, sheet: CallSheet) -> None:
    y, third = page.y + 4, (page.right - page.left) / 3
    page.box(page.left, y, page.right - page.left, 84, fill=TINT)
    middle = page.left + 1.5 * third
    page.text(middle, "Crew call", 8, y=y + 15, ink=GREY, align="centre")
    page.text(middle, at(sheet.call), 31, y=y + 46, bold=True, align="centre")
    meal = f"Lunch {at(sheet.lunch)}, " if sheet.lunch else ""
    page.text(middle, f"{meal}wrap {at(sheet.wrap)}", 9, y=y + 64, align="centre")
    if sheet.base:
        page.text(middle, f"Unit base: {sheet.base}", 8, y=y + 76, ink=GREY, align="centre",
                  width=third)  # fmt: skip
    page.text(page.left + 10, long_date(sheet.day.date), 10, y=y + 17, bold=True, width=third)
    for n, (label, words) in enumerate(light_lines(sheet)):
        page.text(page.left + 10, label, 8, y=y + 33 + 11.5 * n, ink=GREY)
        page.text(page.left + 62, words, 8.6, y=y + 33 + 11.5 * n, bold=True)
    x = page.left + 2 * third + 12
    page.text(x, WEATHER, 8, y=y + 15, ink=GREY)
    for k in range(2):
        page.rule(y + 30 + 13 * k, ink=GREY, left=x, right=page.right - 10, thick=0.4)
    told = f"{pages(sheet.day.eighths)} pages, {clock(sheet.day.minutes)} h of work"
    page.text(x, told, 8, y=y + 64, width=third - 20)
    page.y = y + 92
    for name, place in sheet.places:
        y = page.y + 10
        page.text(page.left, name, 9, y=y, bold=True, width=third - 8)
        address = place.address if place else ""
        page.text(page.left + third, address or "address not entered", 8, y=y,
                  ink=INK if address else GREY, width=third - 8)  # fmt: skip
        parking = f"Parking: {place.parking}" if place and place.parking else ""
        if parking:
            page.text(page.left + third, parking, 7.4, y=y + 10, ink=GREY, width=third - 8)
        hospital = place.hospital if place else ""
        page.text(page.left + 2 * third + 12, "Nearest hospital", 7, y=y, ink="#a02020", bold=True)
        page.text(page.left + 2 * third + 12, hospital or "not entered", 8, y=y + 10,
                  ink=INK if hospital else "#a02020", width=third - 14)  # fmt: skip
        page.y = y + 15
        page.rule(page.y)
    page.y += 4


def _heads(page: Paper, words: tuple[tuple[float, str], ...]) -> None:
    page.y += 11
    for x, word in words:
        page.text(page.left + x, word, 6.8, ink=GREY)
    page.y += 3
    page.rule(page.y, ink=INK, thick=0.8)


def _scenes(page: Paper, sheet: CallSheet, plan: Plan) -> None:
    heads = ((4, "Scene"), (46, "Begins"), (84, "Set and what happens"), (318, "D/N"),
             (352, "Pages"), (388, "Cast"))  # fmt: skip
    _heads(page, heads)
    for scene in sheet.scenes:
        if page.need(25):
            _heads(page, heads)
        _scene(page, scene.strip, at(scene.begins), plan, 24)


def _scene(page: Paper, strip: Strip, begins: str, plan: Plan, height: float) -> None:
    colour, y = strip_colour(strip.setting, strip.light), page.y
    page.box(page.left, y, page.right - page.left, height, fill=colour.fill, edge=colour.edge)
    page.text(page.left + 4, called(strip), 9.5, y=y + 14.5, bold=True, width=40)
    page.text(page.left + 46, begins, 8, y=y + 10)
    words = f"{strip.setting} {strip.set or strip.heading}".strip()
    page.text(page.left + 84, words, 8.6, y=y + 10, bold=True, width=228)
    page.text(page.left + 84, strip.synopsis, 7.4, y=y + 20, width=228)
    page.text(page.left + 318, light_word(strip.light), 8, y=y + 10)
    page.text(page.left + 352, pages(strip.eighths), 8, y=y + 10)
    cast = ", ".join(numbers(strip, plan))
    for n, line in enumerate(page.wrapped(cast, 7.6, page.right - page.left - 392, 2)):
        page.text(page.left + 388, line, 7.6, y=y + 10 + 9.5 * n)
    page.y += height


def _cast(page: Paper, sheet: CallSheet) -> None:
    if not sheet.cast:
        return
    heads = ((4, "ID"), (30, "Cast"), (230, "Status"), (272, "Pick-up"), (316, "Make-up"),
             (364, "On set"), (404, "Remarks"))  # fmt: skip
    page.need(60)
    page.y += 6
    _heads(page, heads)
    for n, call in enumerate(sheet.cast):
        if page.need(13):
            _heads(page, heads)
        y = page.y
        if n % 2:
            page.box(page.left, y, page.right - page.left, 13, fill=TINT)
        ink = GREY if call.on_set is None else INK
        for x, words, bold in (
            (4.0, call.performer.number, True), (30.0, call.performer.name, True),
            (230.0, call.status, False), (272.0, at(call.pick_up), False),
            (316.0, at(call.make_up), False), (364.0, at(call.on_set), True),
            (404.0, call.note, False),
        ):  # fmt: skip
            page.text(page.left + x, words, 8.2, y=y + 9.4, bold=bold and ink == INK, ink=ink,
                      width=196 if x == 30 else 130)  # fmt: skip
        page.y += 13
    page.rule(page.y)


def _lists(page: Paper, sheet: CallSheet) -> None:
    rows = [("Special notes", n) for n in sheet.notes] + list(sheet.needs)
    before = ""
    page.y += 8
    for title, words in rows:
        lines = page.wrapped(words, 8, page.right - page.left - 104, 4)
        page.need(11 * len(lines) + 6)
        first = page.y + 10
        if title != before:
            page.text(page.left, title, 8, y=first, bold=True, width=98)
        for n, line in enumerate(lines):
            page.text(page.left + 104, line, 8, y=first + 10.5 * n)
        page.y += 10.5 * len(lines) + 3
        before = title


def _advance(page: Paper, sheet: CallSheet, plan: Plan) -> None:
    if sheet.advance is None:
        return
    page.need(60)
    page.y += 10
    page.rule(page.y, ink=INK, thick=0.8)
    page.y += 12
    day = sheet.advance
    page.text(page.left, f"Advance: day {day.number}, {short_date(day.date)}", 9.5, bold=True)
    page.text(page.right, f"Call {time_of_day(day.day.call)}, {pages(day.eighths)} pages", 8,
              ink=GREY, align="right")  # fmt: skip
    page.y += 5
    for strip in day.strips:
        page.need(20)
        _scene(page, strip, "", plan, 22)
    page.rule(page.y, ink=RULE)

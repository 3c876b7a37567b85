"""A call sheet as a page for a phone."""

from __future__ import annotations

import html
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from setpiece.media.atomic import whole_file
from setpiece.schedule.call_sheet import CallSheet
from setpiece.schedule.call_sheet_pdf import FOOT, WEATHER, at, light_lines
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
from setpiece.script.eighths import pages


def write_call_sheet_page(sheet: CallSheet, plan: Plan, path: Path) -> Path:
    """One file without scripts; every word of the plan is escaped. Raises StoreError (the disk)."""
    body = "\n".join((
        _top(sheet), _places(sheet),
        _table(("Scene", "Begins", "Set and what happens", "D/N", "Pages", "Cast"),
               [_scene(s.strip, at(s.begins), plan) for s in sheet.scenes]),
        _cast(sheet), _lists(sheet), _advance(sheet, plan),
        f'<p class="quiet">{_e(FOOT)}</p>',
    ))  # fmt: skip
    style = (files("setpiece.schedule") / "page" / "call.css").read_text(encoding="utf-8")
    title = f"{sheet.title}: call sheet, day {sheet.day.number}"
    page = (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{_e(title)}</title>\n<style>{style}</style>\n</head>\n<body>\n{body}\n</body>\n"
        "</html>\n"
    )
    with whole_file(path) as part:
        part.write_text(page, encoding="utf-8")
    return path


def _e(text: object) -> str:
    return html.escape(str(text))


def _top(sheet: CallSheet) -> str:
    light = "".join(f"<dt>{_e(a)}</dt><dd>{_e(b)}</dd>" for a, b in light_lines(sheet))
    meal = f"Lunch {at(sheet.lunch)}, wrap" if sheet.lunch else "Wrap"
    base = f'<br><span class="quiet">Unit base: {_e(sheet.base)}</span>' if sheet.base else ""
    day = sheet.day
    return (
        f"<header><h1>{_e(sheet.title)}</h1><span>Call sheet, day {day.number} of {day.of}</span>"
        f'</header>\n<div class="top"><div><b>{_e(long_date(day.date))}</b><dl>{light}</dl></div>'
        f'<div class="call"><span class="quiet">Crew call</span><b>{at(sheet.call)}</b>'
        f"{meal} {at(sheet.wrap)}{base}</div>"
        f'<div><span class="quiet">{_e(WEATHER)}</span><br><br>{pages(day.eighths)} pages, '
        f"{clock(day.minutes)} h of work</div></div>"
    )


def _places(sheet: CallSheet) -> str:
    rows = []
    for name, place in sheet.places:
        address = place.address if place and place.address else "address not entered"
        parking = f"<small>Parking: {_e(place.parking)}</small>" if place and place.parking else ""
        hospital = place.hospital if place and place.hospital else "not entered"
        rows.append(
            f"<tr><td><b>{_e(name)}</b></td><td>{_e(address)}{parking}</td>"
            f'<td><b class="hospital">Nearest hospital</b><small>{_e(hospital)}</small></td></tr>'
        )
    return _table(("Location", "Address", ""), rows)


def _table(heads: Sequence[str], rows: Sequence[str]) -> str:
    head = "".join(f"<th>{_e(h)}</th>" for h in heads)
    return f"<table><thead><tr>{head}</tr></thead><tbody>\n{''.join(rows)}</tbody></table>"


def _scene(strip: Strip, begins: str, plan: Plan) -> str:
    colour = strip_colour(strip.setting, strip.light)
    return (
        f'<tr class="strip" style="--fill:{colour.fill};--edge:{colour.edge}">'
        f"<td><b>{_e(called(strip))}</b></td><td>{begins}</td>"
        f"<td><b>{_e(f'{strip.setting} {strip.set or strip.heading}')}</b>"
        f"<small>{_e(strip.synopsis)}</small></td><td>{_e(light_word(strip.light))}</td>"
        f"<td>{pages(strip.eighths)}</td><td>{_e(', '.join(numbers(strip, plan)))}</td></tr>\n"
    )


def _cast(sheet: CallSheet) -> str:
    if not sheet.cast:
        return ""
    rows = []
    for c in sheet.cast:
        held = ' class="held"' if c.on_set is None else ""
        cells = (c.performer.number, c.performer.name, c.status, at(c.pick_up), at(c.make_up))
        rows.append(
            f"<tr{held}>{''.join(f'<td>{_e(x)}</td>' for x in cells)}"
            f"<td><b>{at(c.on_set)}</b></td><td>{_e(c.note)}</td></tr>\n"
        )
    heads = ("ID", "Cast", "Status", "Pick-up", "Make-up", "On set", "Remarks")
    return f"<h2>Cast</h2>{_table(heads, rows)}"


def _lists(sheet: CallSheet) -> str:
    rows = [("Special notes", n) for n in sheet.notes] + list(sheet.needs)
    if not rows:
        return ""
    before = ["", *(a for a, _ in rows)]
    lines = "".join(
        f"<tr><td>{_e('' if a == last else a)}</td><td>{_e(b)}</td></tr>\n"
        for (a, b), last in zip(rows, before, strict=False)
    )
    return f'<h2>Notes and needs</h2><table class="notes"><tbody>{lines}</tbody></table>'


def _advance(sheet: CallSheet, plan: Plan) -> str:
    day = sheet.advance
    if day is None:
        return ""
    rows = [_scene(s, "", plan) for s in day.strips]
    head = f"Advance: day {day.number}, {short_date(day.date)}, call {time_of_day(day.day.call)}"
    return f"<h2>{_e(head)}</h2><table><tbody>{''.join(rows)}</tbody></table>"

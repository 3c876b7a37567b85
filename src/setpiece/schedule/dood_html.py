"""The day out of days as a page; names and dates stay in view."""

from __future__ import annotations

import html
from importlib.resources import files
from pathlib import Path

from setpiece.media.atomic import whole_file
from setpiece.schedule.attendance import day_out_of_days
from setpiece.schedule.days import MONTHS, WEEKDAYS
from setpiece.schedule.dood import HEADS, all_dates, day_numbers, totals
from setpiece.schedule.model import Plan


def write_dood_page(plan: Plan, path: Path) -> Path:
    """One file without scripts; names are escaped. Raises StoreError (the disk)."""
    dates, numbers = all_dates(plan), day_numbers(plan)
    head = "".join(
        f"<th{'' if d in numbers else ' class=off'}>{WEEKDAYS[d.weekday()][:2]}"
        f"<b>{d.day}</b>{MONTHS[d.month - 1][:3]}<br>{numbers.get(d, '')}</th>"
        for d in dates
    )
    head += "".join(f"<th>{h}</th>" for h in HEADS)
    rows = []
    for row in day_out_of_days(plan):
        p = row.performer
        cells = []
        for d in dates:
            code = row.codes.get(d, "")
            off = "" if d in numbers or code else "off"
            cells.append(f'<td class="{_kind(code) or off}">{code}</td>')
        sums = "".join(f'<td class="sum">{x}</td>' for x in totals(row))
        name = html.escape(f"{p.number}. {p.name}{' (K)' if p.minor else ''}")
        rows.append(f'<tr><th class="name">{name}</th>{"".join(cells)}{sums}</tr>\n')
    title = html.escape(plan.breakdown.title or "Untitled")
    style = (files("setpiece.schedule") / "page" / "dood.css").read_text(encoding="utf-8")
    page = (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{title}: day out of days</title>\n<style>{style}</style>\n</head>\n<body>\n"
        f"<h1>{title}</h1>\n<p>Day out of days for cast: S start, W work, H hold, D drop, P pick "
        "up, F finish, K minor</p>\n<div><table><thead><tr>"
        f'<th class="name">Cast</th>{head}</tr></thead><tbody>\n{"".join(rows)}</tbody></table>'
        "</div>\n</body>\n</html>\n"
    )
    with whole_file(path) as part:
        part.write_text(page, encoding="utf-8")
    return path


def _kind(code: str) -> str:
    """What a code is coloured by: its beginning or end, where it has one."""
    if code in ("", "H", "W"):
        return code
    return code[0] if code[0] in "SP" else code[-1]

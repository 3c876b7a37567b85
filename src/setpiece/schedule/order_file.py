"""An order of strips that was saved from the board's page, or made in a spreadsheet."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from setpiece.errors import InputError
from setpiece.schedule.model import Breakdown, Day
from setpiece.script.csv_table import csv_rows, plain_cell

LARGEST = 5_000_000  # bytes


def read_order(path: Path, breakdown: Breakdown) -> tuple[Day, ...]:
    """Days with their strips in order; `arrange.dress` gives them call and wrap.

    JSON as the page saves it, or CSV with the columns Date and Strip (comma, semicolon or tab);
    a row without a date is a strip on no day. A strip that the file does not name is on no day.

    Raises InputError: not readable, a date that is none, a strip that is not in the breakdown or is
    there twice.
    """
    name = path.name
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(
                f"{name}: over {LARGEST // 1_000_000} MB, so it is no order of strips."
            )
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error}).") from None
    except UnicodeDecodeError:
        raise InputError(f"{name}: is not UTF-8; save it again as CSV UTF-8, or as JSON.") from None
    found = _json(text, name) if text.lstrip().startswith("{") else _csv(text, name)
    known, seen = breakdown.by_id, set()
    days: dict[date, list[str]] = {}
    for day, strip in found:
        if strip not in known:
            raise InputError(f"{name}: strip {strip[:40]!r} is not in the breakdown; take it out.")
        if strip in seen:
            raise InputError(f"{name}: strip {strip!r} is there twice; leave it on one day.")
        seen.add(strip)
        days.setdefault(day, []).append(strip)
    if not days:
        raise InputError(f"{name}: puts no strip on any day.")
    return tuple(Day(date=d, strips=tuple(s)) for d, s in sorted(days.items()))


def _json(text: str, name: str) -> Iterable[tuple[date, str]]:
    try:
        data = json.loads(text)
        if data.get("setpiece") != "order":
            raise InputError(f"{name}: is no order that the board saved.")
        return [
            (_date(day["date"], name), _strip(strip, name))
            for day in data["days"]
            for strip in day["strips"]
        ]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise InputError(
            f"{name}: is not as the board saved it; save it again, or give a CSV with the columns "
            "Date and Strip."
        ) from None


def _csv(text: str, name: str) -> Iterable[tuple[date, str]]:
    rows = csv_rows(text, name) if text else [[]]
    columns = {c.strip().casefold(): n for n, c in enumerate(rows[0])}
    if "date" not in columns or "strip" not in columns:
        raise InputError(f"{name}: needs the columns Date and Strip in its first row.")
    out = []
    for row in rows[1:]:
        day, strip = ("".join(row[n : n + 1]).strip() for n in (columns["date"], columns["strip"]))
        if day and strip:
            out.append((_date(day, name), plain_cell(strip)))
    return out


def _date(text: object, name: str) -> date:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        raise InputError(
            f"{name}: {str(text)[:40]!r} is no date; write it as 2026-05-12."
        ) from None


def _strip(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise InputError(f"{name}: {str(value)[:40]!r} is no strip; write its number as text.")
    return value

"""cal.toml: when the unit works, what it costs, and everybody's deal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from setpiece.errors import InputError
from setpiece.media.toml_file import read_toml
from setpiece.schedule.breakdown import without_deals
from setpiece.schedule.model import (
    LONGEST,
    Breakdown,
    Calendar,
    Equipment,
    Holiday,
    Location,
    Performer,
    fail,
)  # fmt: skip
from setpiece.schedule.toml_values import as_list, as_table, date_range, made, plain, read_by
from setpiece.script.csv_table import read_pages

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
T = TypeVar("T", Performer, Location)
_TABLES = frozenset(("title", "currency", "calendar", "defaults", "performer", "location",
                     "equipment", "strip", "second_unit"))  # fmt: skip


def read_calendar(path: Path, breakdown: Breakdown) -> tuple[Calendar, Breakdown]:
    """The calendar, and the breakdown with the deals, locations and strips that the file tells.

    Names are matched whatever their case. What names nobody on the board is remarked on.

    Raises InputError: not TOML, an unknown key, a value out of range (the table and the key are
    named), no working day, a negative rate, an unknown country.
    """
    values, name = _read(path), path.name
    calendar = _calendar(values, name)
    defaults = as_table(values.get("defaults", {}), name, "defaults")
    remarks = list(without_deals(breakdown).remarks)
    deals = _merged(Performer, values.get("performer", []), breakdown.performers, name, "performer",
                    remarks, defaults)  # fmt: skip
    places = _merged(Location, values.get("location", []), breakdown.locations, name, "location",
                     remarks)  # fmt: skip
    if calendar.split_days and not any(
        x is not None for x in (calendar.latitude, *(place.latitude for place in places))
    ):
        what = "needs to know when the sun sets; write latitude and longitude."
        raise fail(name, f"calendar, split_days: {what}")
    strips = _merged_strips(values.get("strip", []), breakdown, name)
    title = str(values.get("title") or breakdown.title)[:300]
    out = breakdown.model_copy(update={
        "title": title, "performers": tuple(deals), "locations": tuple(places),
        "strips": tuple(strips), "remarks": tuple(remarks),
    })  # fmt: skip
    out = without_deals(out.checked(name))
    if free := [
        p.name for p in out.performers if p.rate == 0 and any(p.name in s.cast for s in out.strips)
    ]:
        some = ", ".join(free[:5]) + (f" and {len(free) - 5} more" if len(free) > 5 else "")
        remark = f"{name}: no rate for {some}; they cost nothing in this plan."
        out = out.model_copy(update={"remarks": (*out.remarks, remark)})
    return calendar, out


def read_second_calendar(path: Path) -> Calendar:
    """The second unit's calendar: the main unit's, but for what [second_unit] says.

    Raises InputError as `read_calendar` does, and where the table or its unit_day is missing.
    """
    values, name = _read(path), path.name
    own = as_table(values.get("second_unit", {}), name, "second_unit")
    if "unit_day" not in own:
        raise fail(name, "strips are marked for unit 2, and [second_unit] has no unit_day; write "
                   "what a day of the second unit costs.")  # fmt: skip
    main = as_table(values.get("calendar", {}), name, "calendar")
    return _calendar({**values, "calendar": {**main, **own}}, name)


def _read(path: Path) -> Mapping[str, Any]:
    values = read_toml(
        path, InputError, "a cal.toml (`setpiece schedule new` writes one)", 1_000_000
    )
    for key in values:
        if key not in _TABLES:
            what = f"[{key}] is not known; tables are {', '.join(sorted(_TABLES))}."
            raise fail(path.name, what)
    return values


def _calendar(values: Mapping[str, Any], name: str) -> Calendar:
    table = plain(as_table(values.get("calendar", {}), name, "calendar"), name, "calendar")
    if "start" not in table:
        raise fail(name, "[calendar] start is missing; write the first day, start = 2027-03-01.")
    table["equipment"] = tuple(
        made(Equipment, plain(as_table(t, name, "equipment"), name, "equipment"), name, "equipment")
        for t in as_list(values.get("equipment", []), name, "equipment")
    )
    table.setdefault("currency", str(values.get("currency", "EUR")))
    if "days_off" in table:
        table["days_off"] = tuple(
            _weekday(d, name) for d in as_list(table["days_off"], name, "days_off")
        )
    if "pages" in table:
        table["page_limit"] = read_by(read_pages, table.pop("pages"), name, "calendar, pages")
    for key in ("day_call", "night_call"):
        if key in table:
            table[key] = read_by(_minutes, table[key], name, f"calendar, {key}")
    if isinstance(table.get("wet"), int | float):
        table["wet"] = (table["wet"],) * 12
    own = [_holiday(h, name) for h in as_list(table.get("holidays", []), name, "holidays")]
    table["holidays"] = tuple(own)
    first = made(Calendar, {**table, "work_on": table.get("work_on", ())}, name, "calendar")
    if not first.country:
        return first
    table["holidays"] = (*own, *_public(first, name))
    return made(Calendar, table, name, "calendar")


def _public(calendar: Calendar, name: str) -> Iterable[Holiday]:
    """Public holidays of the country while the shoot may last."""
    try:
        from holidays import country_holidays
    except ImportError:
        from setpiece.errors import MissingExtra

        raise MissingExtra(
            "Public holidays need the package holidays: pip install 'setpiece[schedule]'"
        ) from None
    last = calendar.end or calendar.start + timedelta(LONGEST)
    country, _, region = calendar.country.upper().partition("-")
    try:
        found = country_holidays(
            country, subdiv=region or None, years=range(calendar.start.year, last.year + 1)
        )
    except NotImplementedError as error:
        raise fail(
            name, f"calendar, country: {calendar.country!r} is not known ({error}); write ES, or "
            "ES-MD for a region."
        ) from None  # fmt: skip
    known = {h.date for h in calendar.holidays}
    return [
        Holiday(date=d, name=str(found[d])[:200])
        for d in sorted(found)
        if calendar.start <= d <= last and d not in known
    ]


def _merged(
    kind: type[T], tables: Any, there: tuple[T, ...], name: str, what: str, remarks: list[str],
    defaults: Mapping[str, Any] | None = None,
) -> list[T]:  # fmt: skip
    """The people or places of the breakdown with what the file says of them."""
    said: dict[str, Mapping[str, Any]] = {}
    for table in as_list(tables, name, what):
        entry = as_table(table, name, what)
        own = str(entry.get("name", "")).strip()
        if not own:
            raise fail(name, f"a [[{what}]] has no name; write name = ...")
        if own.casefold() in said:
            raise fail(name, f"[[{what}]] {own!r} is there twice; take one out.")
        said[own.casefold()] = entry
    out = []
    renumber = {"number"} if any("number" in entry for entry in said.values()) else set()
    for one in there:
        told = said.pop(one.name.casefold(), {})
        where = f"{what} {one.name}"
        old = one.model_dump(exclude_defaults=True, exclude=renumber)
        new = plain({**(defaults or {}), **told, "name": one.name}, name, where)
        out.append(made(kind, old | new, name, where))
    names = [x.name for x in there]
    for own, entry in said.items():
        near = get_close_matches(own.upper(), names, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        remarks.append(f"{name}: no strip needs the {what} {entry['name']!r}{hint}")
        made(kind, plain(entry, name, f"{what} {own}"), name, f"{what} {own}")
    return out


def _merged_strips(tables: Any, breakdown: Breakdown, name: str) -> list[Any]:
    strips = breakdown.by_id
    for table in as_list(tables, name, "strip"):
        entry = plain(as_table(table, name, "strip"), name, "strip")
        own = str(entry.get("id", ""))
        if own not in strips:
            near = get_close_matches(own, list(strips), n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise fail(name, f"[[strip]] id {own[:40]!r} names no strip{hint}")
        if "pages" in entry:
            entry["eighths"] = read_by(read_pages, entry.pop("pages"), name, f"strip {own}, pages")
            entry.setdefault("minutes", 0)
        strips[own] = made(
            type(strips[own]), strips[own].model_dump() | entry, name, f"strip {own}"
        )
    return list(strips.values())


def _holiday(value: Any, name: str) -> Holiday:
    if isinstance(value, dict):
        return made(Holiday, value, name, "calendar, holidays")
    return Holiday(date=date_range(value, name, "calendar, holidays").first)


def _weekday(value: Any, name: str) -> int:
    word = str(value).strip().casefold()
    found = [i for i, day in enumerate(_WEEKDAYS) if len(word) >= 3 and day.startswith(word)]
    if not found:
        raise fail(name, f"calendar, days_off: {str(value)[:40]!r} is no weekday; write Saturday.")
    return found[0]


def _minutes(value: Any) -> int:
    found = re.fullmatch(r"(\d{1,2}):(\d\d)(?::\d\d)?", str(value).strip())
    if not found or int(found[1]) > 23 or int(found[2]) > 59:
        raise ValueError('is no time; write "07:00"')
    return 60 * int(found[1]) + int(found[2])

"""A breakdown as a table that a spreadsheet opens: one row a strip."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError

from setpiece.errors import InputError
from setpiece.schedule.breakdown import without_deals
from setpiece.schedule.model import Breakdown, Strip, fail
from setpiece.script.csv_table import pages_cell, plain_cell, read_csv, read_pages, write_csv
from setpiece.script.model import Category

CATEGORIES = tuple(c for c in get_args(Category) if c != "cast")
COLUMNS = (
    "id", "scene", "heading", "synopsis", "setting", "set", "location", "light", "pages",
    "minutes", "cast", *CATEGORIES, "gear", "stunt", "cover", "weather", "unit", "after",
    "after_date", "before_date", "locked_date", "notes",
)  # fmt: skip
_YES = frozenset("yes y x true 1 sí si oui ja da tak evet".split())  # noqa: SIM905
_NO = frozenset(("", "no", "n", "false", "0", "non", "nein", "nie"))


def write_breakdown_csv(breakdown: Breakdown, path: Path) -> None:
    """One row a strip. Several names in a cell are parted by ";"; "?" behind one says that nobody
    has confirmed it: take the mark or the item out. The file appears whole or not at all."""
    write_csv(path, [COLUMNS, *map(_row, breakdown.strips)])


def read_breakdown_csv(path: Path) -> Breakdown:
    """A table with a header row; columns in any order, all but `id` or `scene` may be missing.
    Commas, semicolons or tabs; UTF-8, UTF-16 or Windows-1252.

    Raises InputError: no table, or a cell that cannot be used (row and column are named).
    """
    name = path.name
    rows = read_csv(path, "a breakdown")
    header = [c.strip().casefold() for c in rows[0]]
    unknown = [c for c in header if c and c not in COLUMNS]
    if "id" not in header and "scene" not in header:
        raise fail(
            name, f"row 1 is no header; it needs the column id or scene ({COLUMNS[0]}, ...)."
        )
    remarks = [f"Column {c[:40]!r} is not known, and not used." for c in unknown]
    strips = []
    for number, row in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) > len(header) and any(cell.strip() for cell in row[len(header) :]):
            raise fail(
                name, f"row {number}: has more cells than the header; quote cells with commas."
            )
        cells = {c: plain_cell(v) for c, v in zip(header, row, strict=False) if c in COLUMNS}
        strips.append(_strip(cells, number, name))
    found = Breakdown(title=path.stem[:300], strips=tuple(strips), remarks=tuple(remarks))
    return without_deals(found.checked(name))


def _row(strip: Strip) -> list[str]:
    open_items = set(strip.unconfirmed)

    def items(category: str) -> str:
        got = strip.elements.get(category, ())  # type: ignore[call-overload]
        return "; ".join(f"{i}?" if f"{category}: {i}" in open_items else i for i in got)

    cast = "; ".join(filter(None, ["; ".join(strip.cast), items("cast")]))
    dates = (strip.after_date, strip.before_date, strip.locked_date)
    return [
        strip.id, strip.scene, strip.heading, strip.synopsis, strip.setting, strip.set,
        strip.location, strip.light, pages_cell(strip.eighths), str(strip.minutes), cast,
        *(items(c) for c in CATEGORIES), "; ".join(strip.equipment),
        *("yes" if v else "no" for v in (strip.stunt, strip.cover, strip.weather)), str(strip.unit),
        "; ".join(strip.after), *(d.isoformat() if d else "" for d in dates), strip.notes,
    ]  # fmt: skip


def _strip(cells: dict[str, str], number: int, name: str) -> Strip:
    def read(column: str, how: Callable[[str], Any], default: Any) -> Any:
        text = cells.get(column, "").strip()
        try:
            return how(text) if text else default
        except ValueError as error:
            raise fail(name, f"row {number}, {column}: {text[:40]!r} {error}.") from None

    elements: dict[str, tuple[str, ...]] = {}
    unconfirmed: list[str] = []
    cast: list[str] = []
    for category in ("cast", *CATEGORIES):
        got = []
        for item in _several(cells.get(category, "")):
            bare = item.rstrip("? ")
            if not bare:
                continue
            if category == "cast" and bare == item:
                cast.append(item.upper())
                continue
            got.append(bare)
            if bare != item:
                unconfirmed.append(f"{category}: {bare}")
        if got:
            elements[category] = tuple(got)
    setting = read("setting", _setting, "INT")
    try:
        return Strip.model_validate({
            "id": cells.get("id", "").strip() or cells.get("scene", "").strip(),
            "scene": cells.get("scene", "").strip(), "heading": cells.get("heading", ""),
            "synopsis": cells.get("synopsis", ""), "setting": setting,
            "set": cells.get("set", "").strip(), "location": cells.get("location", "").strip(),
            "light": read("light", _light, "D"), "eighths": read("pages", read_pages, 1),
            "minutes": read("minutes", _whole, 0), "cast": cast, "elements": elements,
            "unconfirmed": sorted(unconfirmed), "equipment": _several(cells.get("gear", "")),
            "stunt": read("stunt", _yes, any(
                f"stunts: {i}" not in unconfirmed for i in elements.get("stunts", ()))),
            "cover": read("cover", _yes, setting == "INT"),
            "weather": read("weather", _yes, setting == "EXT"),
            "unit": read("unit", _unit, 1), "after": _several(cells.get("after", "")),
            "after_date": read("after_date", _date, None),
            "before_date": read("before_date", _date, None),
            "locked_date": read("locked_date", _date, None), "notes": cells.get("notes", ""),
        })  # fmt: skip
    except ValidationError as error:
        raise wrong(error, f"{name}: row {number}") from None


def wrong(error: ValidationError, where: str) -> InputError:
    """What pydantic found first, in the file's own words."""
    first = error.errors()[0]
    field = ".".join(str(p) for p in first["loc"])
    said = str(first["msg"]).removeprefix("Value error, ").removeprefix("Input ")
    if first["type"] == "extra_forbidden":
        said = "is not known; check the spelling"
    given = first.get("input")
    shown = f" ({str(given)[:40]!r})" if isinstance(given, str | int | float) else ""
    return InputError(f"{where}{f', {field}' if field else ''}: {said}{shown}.")


def _several(text: str) -> list[str]:
    return [t for part in re.split(r"[;|\n]", text) if (t := " ".join(part.split()))]


def _setting(text: str) -> str:
    word = re.sub(r"[\s.]", "", text.upper())
    if word in ("I/E", "E/I", "EXT/INT", "INT/EXT"):
        return "INT/EXT"
    if word not in ("INT", "EXT", "I", "E"):
        raise ValueError("is no setting; write INT, EXT or INT/EXT")
    return "INT" if word[0] == "I" else "EXT"


def _light(text: str) -> str:
    word = text.strip().upper()
    found = {"DAY": "D", "D": "D", "NIGHT": "N", "N": "N", "DAWN": "DAWN", "DUSK": "DUSK"}.get(word)
    if found is None:
        raise ValueError("is no time of day; write D, N, DAWN or DUSK")
    return found


def _whole(text: str) -> int:
    if not text.isdecimal():
        raise ValueError("is no number of minutes; write a whole number")
    return int(text)


def _unit(text: str) -> int:
    word = text.strip().casefold()
    if word not in ("1", "2", "main", "second"):
        raise ValueError("is no unit; write 1, or 2 for the second unit")
    return 2 if word in ("2", "second") else 1


def _yes(text: str) -> bool:
    word = text.casefold()
    if word in _YES or word in _NO:
        return word in _YES
    raise ValueError("is neither yes nor no")


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("is no date; write 2027-03-31") from None

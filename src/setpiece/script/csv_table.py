"""Tables that a spreadsheet opens and saves: cells in and out, so that none is taken for a formula
and no page count for a date."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from setpiece.errors import InputError, ScriptError
from setpiece.media.atomic import whole_file
from setpiece.script.decode import decode
from setpiece.script.eighths import pages

LARGEST = 5_000_000  # bytes
_STEERS = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_PAGES = re.compile(r"(?:(?P<whole>\d{1,3})\s*)?(?:(?P<part>\d{1,3})/8)?$")


def cell(words: object) -> str:
    """`words` as text: what a spreadsheet would work out gets an apostrophe in front.

    Numbers, also negative ones, stay numbers. `plain_cell` takes the apostrophe off again.
    """
    text = "" if words is None else str(words)
    text = text.replace("\x00", "")
    if text.startswith(_STEERS) and not _number(text):
        return "'" + text
    return text


def plain_cell(text: str) -> str:
    """What `cell` was given."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_STEERS) else text


def pages_cell(eighths: int) -> str:
    """Pages as "2 3/8" and "0 3/8": a spreadsheet would take "3/8" for the third of August."""
    text = pages(eighths)
    return f"0 {text}" if "/" in text and " " not in text else text


def read_pages(text: str) -> int:
    """Eighths of "2 3/8", "0 5/8", "5/8", "2" or "2.5". Raises ValueError that says how to write
    them."""
    found = _PAGES.match(text.strip())
    if found and text.strip():
        return 8 * int(found["whole"] or 0) + int(found["part"] or 0)
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = -1.0
    if not 0 < value < 1000:
        raise ValueError('is not a length; write pages and eighths, "2 3/8"')
    return max(1, round(8 * value))


def csv_text(rows: Iterable[Sequence[object]]) -> str:
    """Rows as CSV, every cell as `cell` writes it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([cell(c) for c in row] for row in rows)
    return out.getvalue()


def write_csv(path: Path, rows: Iterable[Sequence[object]]) -> Path:
    """UTF-8 with a byte order mark, which spreadsheets need to see letters as they are. The file
    appears whole or not at all.

    Raises StoreError (the disk).
    """
    with whole_file(path) as part, part.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([cell(c) for c in row] for row in rows)
    return path


def csv_rows(text: str, name: str) -> list[list[str]]:
    """Rows of a table with commas, semicolons or tabs between its cells, as the first row has most
    of. Cells are as they stand: `plain_cell` each.

    Raises InputError that names the file: no CSV, or nothing in it.
    """
    text = text.removeprefix("\ufeff")
    head = text.split("\n", 1)[0]
    mark = max(",;\t", key=head.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=mark))
    except csv.Error as error:
        raise InputError(
            f"{name}: is not CSV ({error}); save it again from the spreadsheet."
        ) from error
    if not rows:
        raise InputError(f"{name}: is empty.")
    return rows


def read_csv(path: Path, what: str) -> list[list[str]]:
    """Rows of a file in UTF-8, UTF-16 or Windows-1252. what: that a file so large is not.

    Raises InputError that names the file: absent, too large, no text, no CSV.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(f"{path.name}: over {LARGEST // 10**6} MB; {what} is far smaller.")
        text, _, _ = decode(path.read_bytes(), path.name)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); check the path.") from error
    except ScriptError as error:
        raise InputError(
            f"{path.name}: is not a table of text; save it from the spreadsheet as CSV."
        ) from error
    return csv_rows(text, path.name)


def _number(text: str) -> bool:
    digits = text[1:].replace(".", "", 1)
    return text[0] in "+-" and digits.isascii() and digits.isdigit()

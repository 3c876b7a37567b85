"""Tables for spreadsheets, written so that no cell is taken for a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from setpiece.media.atomic import whole_file
from setpiece.script.eighths import pages

_STEERS = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def cell(words: object) -> str:
    """`words` as text: what a spreadsheet would work out gets an apostrophe in front.

    Numbers, also negative ones, stay numbers. `plain_cell` takes the apostrophe off again.
    """
    text = "" if words is None else str(words)
    text = text.replace("\x00", "")
    if text.startswith(_STEERS) and not _number(text):
        return "'" + text
    return text


def pages_cell(eighths: int) -> str:
    """Pages as "2 3/8" and "0 3/8": a spreadsheet would take "3/8" for the third of August."""
    text = pages(eighths)
    return f"0 {text}" if "/" in text and " " not in text else text


def plain_cell(text: str) -> str:
    """What `cell` was given."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_STEERS) else text


def write_csv(path: Path, rows: Iterable[Sequence[object]]) -> Path:
    """UTF-8 with a byte order mark, which spreadsheets need to see letters as they are.

    Raises StoreError (the disk).
    """
    with whole_file(path) as part, part.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        for row in rows:
            writer.writerow([cell(c) for c in row])
    return path


def _number(text: str) -> bool:
    digits = text[1:].replace(".", "", 1)
    return text[0] in "+-" and digits.isascii() and digits.isdigit()

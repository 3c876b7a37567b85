"""A printed report taken apart again: rows of cells, each where it stands on its page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from setpiece.script.pdf_rows import Mark, read_marks

MOST_CELLS = 200_000
_PAGE = re.compile(r"\bpage\s*#?\s*\d+(?:\s*(?:of|/)\s*\d+)?", re.IGNORECASE)
_NARROW, _SPACE, _DIGIT, _CAPITAL, _SMALL = 0.27, 0.28, 0.55, 0.68, 0.52  # ems


@dataclass(frozen=True)
class Cell:
    x: float  # points from the left
    text: str


@dataclass(frozen=True)
class Line:
    """Cells on one base line. `y` in points from the top of the page."""

    page: int
    y: float
    cells: tuple[Cell, ...]

    @property
    def text(self) -> str:
        return " ".join(c.text for c in self.cells)


def read_report(data: bytes, name: str) -> tuple[list[Line], str]:
    """Lines from top to bottom of all pages without each page's head and foot, and the report's
    title: the first words of the head.

    Raises ScriptError: see `pdf_rows.read_marks`.
    """
    pages, heights = read_marks(data, name)
    lines: list[Line] = []
    count = 0
    for number, (marks, height) in enumerate(zip(pages, heights, strict=True), 1):
        count += len(marks)
        if count > MOST_CELLS:
            break
        lines += _lines(marks, height, number)
    kept, furniture = _without_furniture(lines, heights)
    if not furniture and kept and kept[0].y < 0.09 * heights[0]:
        kept, furniture = kept[1:], kept[:1]
    title = furniture[0].cells[0].text if furniture else ""
    return [x for x in kept if not _PAGE.fullmatch(x.text.strip())], title


def _lines(marks: Sequence[Mark], height: float, page: int) -> list[Line]:
    rows: list[list[Mark]] = []
    for mark in sorted(marks, key=lambda m: (-m.y, m.x)):
        if rows and rows[-1][0].y - mark.y < 2.2:
            rows[-1].append(mark)
        else:
            rows.append([mark])
    return [Line(page, height - row[0].y, tuple(_cells(row))) for row in rows]


def _cells(row: Sequence[Mark]) -> list[Cell]:
    """Words that follow one another at a word's distance are one cell."""
    out: list[Cell] = []
    end = size = 0.0
    for mark in sorted(row, key=lambda m: m.x):
        text = " ".join(mark.text.split())
        if out and mark.x - end < 0.45 * max(size, mark.size, 4.0):
            gap = "" if mark.x - end < 0.1 * max(mark.size, 4.0) else " "
            out[-1] = Cell(out[-1].x, out[-1].text + gap + text)
        else:
            out.append(Cell(mark.x, text))
        end, size = mark.x + _width(text, mark.size), mark.size
    return out


def _width(text: str, size: float) -> float:
    """About as wide as in Arial: fonts of reports differ little from it."""
    ems = 0.0
    for c in text:
        if c == " ":
            ems += _SPACE
        elif c in "iljtfrI.,:;'|!()[]/-":
            ems += _NARROW
        elif c.isdigit():
            ems += _DIGIT
        else:
            ems += _CAPITAL if c.isupper() else _SMALL
    return ems * size


def _without_furniture(
    lines: list[Line], heights: Sequence[float]
) -> tuple[list[Line], list[Line]]:
    """What stands near the edge of a page, in the same words on most pages, is head or foot."""
    where: dict[tuple[int, str], set[int]] = {}

    def key(line: Line) -> tuple[int, str] | None:
        height, text = heights[line.page - 1], _PAGE.sub("", line.text)
        inside = 0.13 * height < line.y < 0.92 * height
        return None if inside or text.strip().isdigit() else (round(line.y / 3), text)

    for line in lines:
        if (k := key(line)) is not None:
            where.setdefault(k, set()).add(line.page)
    most = max(2, 0.6 * (len(heights) - 1))
    repeated = {k for k, pages in where.items() if len(pages) >= most}
    furniture = [x for x in lines if key(x) in repeated and x.page == lines[0].page]
    return [x for x in lines if key(x) not in repeated], furniture

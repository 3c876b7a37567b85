"""Text PDF to rows of type: what stands where on which page."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

from setpiece.errors import ScriptError

MOST_PAGES = 1000
_PITCH = 12.0  # points from line to line in Courier 12
_CHARACTER = 7.2  # points, Courier 12


@dataclass(frozen=True)
class Piece:
    x: float  # points from the left edge of the page
    text: str


@dataclass(frozen=True)
class Row:
    """One line of type. `above` counts the empty lines before it, `y` in points from below."""

    page: int
    y: float
    pieces: tuple[Piece, ...]
    above: int

    @property
    def text(self) -> str:
        return " ".join(p.text for p in self.pieces)


@dataclass(frozen=True)
class Mark:
    """One text operation of a page: where its base line begins and how large it is [points]."""

    x: float
    y: float
    size: float
    text: str


def read_rows(data: bytes, name: str) -> tuple[list[list[Row]], list[float]]:
    """Rows of every page, top to bottom, and the pages' heights [points].

    Raises:
        ScriptError: see `read_marks`.
    """
    marks, heights = read_marks(data, name)
    pages = [
        list(_rows([(m.x, m.y, m.text) for m in page], number))
        for number, page in enumerate(marks, 1)
    ]
    return pages, heights


def read_marks(data: bytes, name: str) -> tuple[list[list[Mark]], list[float]]:
    """Text of every page as it was set, and the pages' heights [points].

    Raises:
        ScriptError: encrypted, broken, over 1000 pages, or pictures of pages without text.
    """
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise ScriptError(f"{name}: is locked with a password; save a copy without one.")
        count = len(reader.pages)
        if count > MOST_PAGES:
            raise ScriptError(f"{name}: {count} pages; at most {MOST_PAGES} are read.")
        pages, heights, pictures = [], [], 0
        for page in reader.pages:
            marks: list[Mark] = []

            def visit(text: str, cm: list[float], tm: list[float], _font: object, size: float,
                      marks: list[Mark] = marks) -> None:  # fmt: skip
                if text.strip():
                    x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
                    y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
                    scale = abs(tm[3] * cm[3]) or 1.0
                    marks.append(Mark(x, y, float(size or 0) * scale, text))

            page.extract_text(visitor_text=visit)
            pages.append(marks)
            heights.append(float(page.mediabox.height))
            pictures += not marks and "/XObject" in (page.get("/Resources") or {})
    except ScriptError:
        raise
    except (PyPdfError, ValueError, KeyError, TypeError, RecursionError, OSError, AttributeError,
            IndexError, AssertionError, NotImplementedError) as error:  # fmt: skip
        raise ScriptError(f"{name}: this PDF cannot be read ({str(error)[:80]}).") from error
    if not any(pages):
        what = "only pictures of pages (a scan)" if pictures else "no text"
        raise ScriptError(
            f"{name}: holds {what}. Run it through OCR first (ocrmypdf does), or ask for the FDX."
        )
    return pages, heights


def _rows(pieces: list[tuple[float, float, str]], page: int) -> Iterator[Row]:
    """Pieces whose base lines are within a quarter of a line stand in one row."""
    split: list[tuple[float, float, str]] = []
    for x, y, text in pieces:
        for i, line in enumerate(text.strip("\n").split("\n")):
            if line.strip():
                split.append((x, y - i * _PITCH, line))
    split.sort(key=lambda p: (-p[1], p[0]))
    rows: list[list[tuple[float, float, str]]] = []
    for piece in split:
        if rows and rows[-1][0][1] - piece[1] < _PITCH / 4:
            rows[-1].append(piece)
        else:
            rows.append([piece])
    before = None
    for row in rows:
        y = row[0][1]
        above = 1 if before is None else max(0, round((before - y) / _PITCH) - 1)
        before = y
        yield Row(page, y, tuple(_joined(sorted(row, key=lambda p: p[0]))), above)


def _joined(row: list[tuple[float, float, str]]) -> Iterator[Piece]:
    """Words set one by one are one piece; what is more than three characters apart is another.

    Runs of another style in one text object all tell the place where the object begins: they
    follow one another as they came, with their own spaces.
    """
    begun, held = row[0][0], row[0][2].lstrip()
    at = begun + _lead(row[0][2])
    for x, _, text in row[1:]:
        end, here = at + len(held.rstrip()) * _CHARACTER, x + _lead(text)
        if x - begun < 0.5:
            held += text
        elif here - end > 3 * _CHARACTER:
            yield Piece(at, held.strip())
            at, held = here, text.strip()
        else:
            between = "" if here - end < 0.5 * _CHARACTER else " "
            held = held.rstrip() + between + text.strip()
        begun = x
    yield Piece(at, held.strip())


def _lead(text: str) -> float:
    return (len(text) - len(text.lstrip())) * _CHARACTER

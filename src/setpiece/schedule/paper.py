"""Printed pages of a schedule: the head and foot that all of them share, text that fits."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from setpiece.media.atomic import whole_file
from setpiece.media.pdf_lines import fit, wrap

A4, LETTER = (595.28, 841.89), (612.0, 792.0)  # points
MARGIN = 30.0
INK, GREY, RULE, TINT = "#17191c", "#666a70", "#c9cbce", "#f1f0ed"
HEAD, FOOT = 50.0, 22.0  # what a page's head and foot take


class Paper:
    """A report that is written from the top of each page down.

    Coordinates are points from the top left corner, y downwards, as one reads.
    """

    def __init__(
        self, file: Path, title: str, report: str, *, size: tuple[float, float], note: str
    ) -> None:
        from reportlab.pdfgen.canvas import Canvas

        from setpiece.media.fonts import pdf_fonts, printable

        self.sans, self.bold = pdf_fonts()
        self.width, self.height = size
        self.title, self.report, self.note = title, report, note
        # A fixed date and identity inside: the same plan gives the same file.
        self.canvas: Any = Canvas(str(file), pagesize=size, invariant=1, pageCompression=1)
        self.canvas.setTitle(printable(f"{title}: {report}"))
        self.canvas.setAuthor("Setpiece")
        self.page = 0
        self.total = 0  # 0: a pass that counts pages and draws nothing
        self.y = 0.0

    @property
    def left(self) -> float:
        return MARGIN

    @property
    def right(self) -> float:
        return self.width - MARGIN

    @property
    def bottom(self) -> float:
        """Where the foot begins."""
        return self.height - MARGIN - FOOT

    @property
    def room(self) -> float:
        """What is left of the page [pt]."""
        return self.bottom - self.y

    def new_page(self) -> None:
        if self.page and self.total:
            self.canvas.showPage()
        self.page += 1
        self.y = MARGIN + 15
        self.text(self.left, self.title, 15, bold=True, width=0.62 * (self.right - self.left))
        self.text(self.right, self.report, 10, ink=GREY, align="right")
        self.y += 8
        self.rule(self.y, ink=INK, thick=1.1)
        foot = self.height - MARGIN
        self.text(self.left, self.note, 7, y=foot, ink=GREY, width=self.right - self.left - 90)
        number = f"Page {self.page} of {self.total}"
        self.text(self.right, number, 7, y=foot, ink=GREY, align="right")
        self.y = MARGIN + HEAD - 12

    def need(self, points: float) -> bool:
        """Begin a new page where less than `points` is left; True if it did."""
        if self.page and self.room >= points:
            return False
        self.new_page()
        return True

    def text(
        self, x: float, words: str, size: float, *, y: float | None = None, bold: bool = False,
        ink: str = INK, align: str = "left", width: float = 1e9,
    ) -> None:  # fmt: skip
        """One line with its baseline at y, cut with an ellipsis where it is too wide."""
        if not self.total:
            return
        font = self.bold if bold else self.sans
        words = fit(words, font, size, width)
        self.canvas.setFont(font, size)
        self.canvas.setFillColor(colour(ink))
        at = self.height - (self.y if y is None else y)
        draw = {"left": self.canvas.drawString, "right": self.canvas.drawRightString,
                "centre": self.canvas.drawCentredString}[align]  # fmt: skip
        draw(x, at, words)

    def rotated(
        self, x: float, y: float, words: str, size: float, *, bold: bool = False,
        ink: str = INK, width: float = 1e9,
    ) -> None:  # fmt: skip
        """A line that runs up the page from (x, y), as on a strip of a board."""
        if not self.total:
            return
        font = self.bold if bold else self.sans
        self.canvas.saveState()
        self.canvas.translate(x, self.height - y)
        self.canvas.rotate(90)
        self.canvas.setFont(font, size)
        self.canvas.setFillColor(colour(ink))
        self.canvas.drawString(0, 0, fit(words, font, size, width))
        self.canvas.restoreState()

    def box(
        self, x: float, y: float, width: float, height: float, *, fill: str | None = None,
        edge: str | None = None, thick: float = 0.5,
    ) -> None:  # fmt: skip
        if not self.total:
            return
        if fill:
            self.canvas.setFillColor(colour(fill))
        if edge:
            self.canvas.setStrokeColor(colour(edge))
            self.canvas.setLineWidth(thick)
        self.canvas.rect(
            x, self.height - y - height, width, height, stroke=int(bool(edge)), fill=int(bool(fill))
        )

    def rule(
        self, y: float, *, ink: str = RULE, thick: float = 0.5, left: float | None = None,
        right: float | None = None,
    ) -> None:  # fmt: skip
        self.line(left or self.left, y, right or self.right, y, ink=ink, thick=thick)

    def line(
        self, x0: float, y0: float, x1: float, y1: float, *, ink: str = RULE, thick: float = 0.5
    ) -> None:
        if not self.total:
            return
        self.canvas.setStrokeColor(colour(ink))
        self.canvas.setLineWidth(thick)
        self.canvas.line(x0, self.height - y0, x1, self.height - y1)

    def wrapped(self, words: str, size: float, width: float, most: int = 3) -> list[str]:
        """`words` in at most `most` lines of `width` [pt]."""
        return wrap(words, self.sans, size, width, most)


def write(
    path: Path, title: str, report: str, draw: Callable[[Paper], None], *,
    size: tuple[float, float] = A4,
    landscape: bool = False, note: str = "",
) -> Path:  # fmt: skip
    """Draw a report with `draw(page)` and save it.

    It is drawn twice: "page 2 of 9" is known only when all of it has been laid out.
    Raises StoreError (the disk).
    """
    if landscape:
        size = (size[1], size[0])
    with whole_file(path) as part:
        first = Paper(part, title, report, size=size, note=note)
        draw(first)
        second = Paper(part, title, report, size=size, note=note)
        second.total = max(first.page, 1)
        draw(second)
        if not second.page:
            second.new_page()
        second.canvas.showPage()
        second.canvas.save()
    return path


@lru_cache(maxsize=256)
def colour(hexadecimal: str) -> Any:
    """ReportLab's colour of #rrggbb; it would parse the text anew for every word."""
    from reportlab.lib.colors import HexColor

    return HexColor(hexadecimal)

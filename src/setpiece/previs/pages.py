"""Sheets of a PDF: letters, lines that fit, and a foot with page numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from setpiece.errors import StageError
from setpiece.media.fonts import SANS, SANS_BOLD, SANS_ITALIC, pdf_fonts, printable
from setpiece.media.pdf_lines import fit, wrap

RGB = tuple[float, float, float]
INK: RGB = (0.09, 0.09, 0.10)
QUIET: RGB = (0.45, 0.45, 0.47)
RULE: RGB = (0.80, 0.80, 0.80)
ACCENT: RGB = (0.80, 0.32, 0.08)
PLAIN, BOLD, ITALIC = SANS, SANS_BOLD, SANS_ITALIC


class Sheets:
    """A document of landscape A4 pages, written from the top left; y counts down [pt]."""

    width, height, margin = 842.0, 595.0, 34.0

    def __init__(self, path: Path, title: str, author: str, foot: str) -> None:
        from reportlab.pdfbase import pdfmetrics
        from reportlab.pdfgen.canvas import Canvas

        pdf_fonts()
        self._measure = pdfmetrics.stringWidth
        # A fixed date and identity inside: the same boards give the same file.
        self.canvas: Any = Canvas(
            str(path), pagesize=(self.width, self.height), invariant=1, pageCompression=1
        )
        self.canvas.setTitle(printable(title))
        self.canvas.setAuthor(printable(author))
        self.foot = foot
        self.page = 1

    def measure(self, text: str, size: float, font: str = PLAIN) -> float:
        return float(self._measure(text, font, size))

    def say(
        self, x: float, y: float, text: str, size: float = 8, *, font: str = PLAIN,
        ink: RGB = INK, right: bool = False, width: float = 780.0,
    ) -> float:  # fmt: skip
        """One line with its baseline at y; returns how wide it came out."""
        text = fit(text, font, size, width)
        self.canvas.setFont(font, size)
        self.canvas.setFillColorRGB(*ink)
        (self.canvas.drawRightString if right else self.canvas.drawString)(x, self.height - y, text)
        return self.measure(text, size, font)

    def lines(self, text: str, size: float, width: float, font: str = PLAIN) -> list[str]:
        """A paragraph broken into lines of a width; words wider than that are cut."""
        return wrap(text, font, size, width, len(text) + 1, len(text))

    def rule(self, x: float, y: float, width: float, ink: RGB = RULE, thick: float = 0.6) -> None:
        self.canvas.setStrokeColorRGB(*ink)
        self.canvas.setLineWidth(thick)
        self.canvas.line(x, self.height - y, x + width, self.height - y)

    def bar(self, x: float, y: float, width: float, tall: float, ink: RGB) -> None:
        """A filled box whose top left corner is (x, y)."""
        self.canvas.setFillColorRGB(*ink)
        self.canvas.rect(x, self.height - y - tall, width, tall, stroke=0, fill=1)

    def picture(
        self, path: Path, part: tuple[float, float, float, float], x: float, y: float, width: float
    ) -> float:
        """The part (left, top, width, height, as shares) of a JPEG or PNG, in a border; returns how
        tall it came out. JPEG goes in as it is. Raises StageError where it cannot be read.
        """
        from reportlab.lib.utils import ImageReader

        try:
            image = ImageReader(str(path))
            w, h = image.getSize()
            whole = width / part[2]
            tall = whole * h / w
            shown = tall * part[3]
            c, low = self.canvas, self.height - y - shown
            c.saveState()
            clip = c.beginPath()
            clip.rect(x, low, width, shown)
            c.clipPath(clip, stroke=0, fill=0)
            bottom = low - tall * (1 - part[1] - part[3])
            c.drawImage(str(path), x - whole * part[0], bottom, whole, tall)
            c.restoreState()
        except (OSError, ValueError) as error:
            why = str(error).strip().splitlines()[-1] if str(error).strip() else "cannot be read"
            raise StageError(f"{path}: is no picture for the book ({why})") from error
        self.canvas.setStrokeColorRGB(*INK)
        self.canvas.setLineWidth(0.6)
        self.canvas.rect(x, low, width, shown, stroke=1, fill=0)
        return float(shown)

    def next(self) -> None:
        """Number this page and begin another."""
        y = self.height - 16
        self.say(self.margin, y, self.foot, 6.5, ink=QUIET, width=600)
        self.say(self.width - self.margin, y, str(self.page), 6.5, ink=QUIET, right=True)
        self.canvas.showPage()
        self.page += 1

    def save(self) -> None:
        self.canvas.save()

"""Cost and return on one page, for a producer to send on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from setpiece.errors import InputError
from setpiece.ledger.returns import Line, Return
from setpiece.media.atomic import whole_file
from setpiece.media.fonts import pdf_fonts, printable
from setpiece.media.pdf_lines import fit, wrap

WIDTH, HEIGHT, MARGIN = 595.0, 842.0, 48.0  # A4, points
INK, GREY, RULE = (0.10, 0.11, 0.13), (0.42, 0.44, 0.48), (0.82, 0.83, 0.85)
OURS, THEIRS = (0.10, 0.42, 0.55), (0.70, 0.71, 0.73)
MOST = 12  # shots that are listed one by one
UNSURE = {"low": "low: take the figures as an order of magnitude", "medium": "medium",
          "high": "high"}  # fmt: skip


def write_pdf(report: Return, path: Path, *, show: str, receipt: str, day: str) -> None:
    """One A4 page about one show. `receipt` is the ledger's, so that the figures can be traced.

    Raises InputError (no such show in the report) and StoreError (the disk).
    """
    line = next((x for x in report.level("show") if x.show == show), None)
    if line is None:
        raise InputError(f"{show!r}: nothing is on record for that show.")
    shots = [s for s in report.level("shot") if s.show == show]
    with whole_file(path) as part:
        page = _Page(part, f"{show}: cost and return")
        _head(page, line, day)
        compared = [s for s in shots if s.hours_saved is not None]
        _figures(page, line)
        _sureness(page, line, len(compared), len(shots))
        _bars(page, compared)
        _table(page, line, shots)
        _reckoning(page, report, line, shots)
        page.foot(
            f"Ledger receipt {receipt}",
            f"Estimate {report.estimate.name!r}, SHA-256 {report.estimate.sha256[:16]}; made {day}",
        )
        page.save()


class _Page:
    """A sheet that is written from the top down."""

    def __init__(self, path: Path, title: str) -> None:
        from reportlab.pdfgen.canvas import Canvas

        self.sans, self.bold = pdf_fonts()
        # A fixed date and identity inside: the same figures give the same file.
        self.canvas: Any = Canvas(str(path), pagesize=(WIDTH, HEIGHT), invariant=1)
        self.canvas.setTitle(printable(title))
        self.canvas.setAuthor("Setpiece")
        self.y = HEIGHT - MARGIN

    def say(
        self, x: float, text: str, size: float = 9, *, bold: bool = False, ink: Any = INK,
        right: bool = False, width: float = WIDTH - 2 * MARGIN,
    ) -> None:  # fmt: skip
        font = self.bold if bold else self.sans
        self.canvas.setFont(font, size)
        self.canvas.setFillColorRGB(*ink)
        draw = self.canvas.drawRightString if right else self.canvas.drawString
        draw(x, self.y, fit(text, font, size, width))

    def wrap(self, text: str, size: float = 8, ink: Any = GREY, most: int = 4) -> None:
        """A paragraph of `most` lines at the most."""
        for line in wrap(text, self.sans, size, WIDTH - 2 * MARGIN, most):
            self.say(MARGIN, line, size, ink=ink)
            self.y -= 1.4 * size

    def rule(self) -> None:
        self.canvas.setStrokeColorRGB(*RULE)
        self.canvas.line(MARGIN, self.y, WIDTH - MARGIN, self.y)

    def foot(self, *lines: str) -> None:
        self.y = MARGIN - 14 + 10 * len(lines)
        for line in lines:
            self.say(MARGIN, line, 6.5, ink=GREY)
            self.y -= 10

    def save(self) -> None:
        self.canvas.showPage()
        self.canvas.save()


def _head(page: _Page, line: Line, day: str) -> None:
    page.y -= 10
    page.say(MARGIN, line.show, 22, bold=True, width=380)
    page.say(WIDTH - MARGIN, day, 9, ink=GREY, right=True)
    page.y -= 18
    page.say(MARGIN, "Cost and return", 11, ink=GREY)
    page.y -= 14
    page.rule()
    page.y -= 34


def _figures(page: _Page, line: Line) -> None:
    share = "" if line.share_of_budget is None else f"{100 * line.share_of_budget:.1f} % of budget"
    told = (
        ("Money saved", _money(line.money_saved, line.currency), share),
        ("Hours saved", _hours(line.hours_saved), "from start to finish"),
        ("Times faster", _times(line.times_faster), "from start to finish"),
    )
    for column, (title, value, below) in enumerate(told):
        x = MARGIN + column * (WIDTH - 2 * MARGIN) / 3
        page.say(x, value, 19, bold=True, ink=OURS, width=158)
        page.y -= 14
        page.say(x, title, 9)
        page.y -= 11
        page.say(x, below, 7.5, ink=GREY)
        page.y += 25
    page.y -= 46


def _sureness(page: _Page, line: Line, compared: int, shots: int) -> None:
    """How far the figures above carry, right below them."""
    told = f"{compared} of {shots} shots compared"
    page.say(MARGIN, told + (f"; confidence {line.confidence}" if compared else ""), 9)
    page.y -= 26


def _bars(page: _Page, compared: list[Line]) -> None:
    """Hours of the shots that are compared, the traditional way and ours."""
    if not compared:
        return
    theirs = sum(s.traditional_hours or 0.0 for s in compared)
    ours = sum(s.hours for s in compared)
    longest = max(theirs, ours, 1e-9)
    for name, hours, ink in (("Traditional", theirs, THEIRS), ("Setpiece", ours, OURS)):
        page.say(MARGIN, name, 8.5)
        page.canvas.setFillColorRGB(*ink)
        length = 330 * hours / longest
        page.canvas.rect(MARGIN + 70, page.y - 2, max(length, 0.8), 10, stroke=0, fill=1)
        page.say(MARGIN + 76 + length, _hours(hours), 8.5)
        page.y -= 17
    page.y -= 14


def _table(page: _Page, line: Line, shots: list[Line]) -> None:
    columns = (250.0, 310.0, 370.0, 435.0, 499.0)
    page.say(MARGIN, "Shot", 8, ink=GREY)
    for x, title in zip(columns, ("Machine", "Artists", "Licences", "All", "Saved"), strict=True):
        page.say(x + 48, title, 8, ink=GREY, right=True)
    page.y -= 6
    page.rule()
    page.y -= 13
    shots = sorted(shots, key=lambda s: -s.total)
    listed, rest = shots[:MOST], shots[MOST:]
    rows = [(f"{s.sequence} {s.shot} {s.task}", s) for s in listed]
    if rest:
        more = Line("shot", line.show, currency=line.currency)
        for shot in rest:
            more.add(shot)
        saved = [s.money_saved for s in rest if s.money_saved is not None]
        more.money_saved = sum(saved) if saved else None
        rows.append((f"and {len(rest)} more shots", more))
    for name, row in rows:
        _row(page, columns, name, row)
    page.y += 4
    page.rule()
    page.y -= 12
    _row(page, columns, "The whole show", line, bold=True)
    page.y -= 4
    page.say(MARGIN, f"All money in {line.currency}. CPU hours: {line.cpu_seconds / 3600:.2f}; "
             f"artists' hours: {line.artist_minutes / 60:.2f}; machines' hours: "
             f"{line.seconds / 3600:.2f}.", 7.5, ink=GREY)  # fmt: skip
    page.y -= 24


def _row(
    page: _Page, columns: tuple[float, ...], name: str, line: Line, bold: bool = False
) -> None:
    page.say(MARGIN, name, 8.5, bold=bold, width=196)
    values = (line.machine_cost, line.artist_cost, line.licence_cost, line.total, line.money_saved)
    for x, value in zip(columns, values, strict=True):
        text = "not claimed" if value is None else f"{value:,.2f}"
        page.say(x + 48, text, 8, bold=bold, right=True, width=62)
    page.y -= 13


def _reckoning(page: _Page, report: Return, line: Line, shots: list[Line]) -> None:
    page.say(MARGIN, "How this was reckoned", 10, bold=True)
    page.y -= 15
    sure = UNSURE.get(line.confidence, "nothing is compared")
    page.wrap(f"Confidence of the comparison: {sure}.", ink=INK)
    if line.note:
        page.wrap(f"{line.note[0].upper()}{line.note[1:]}.", ink=INK)
    page.wrap(
        "Our seconds, CPU time and machine cost are metered; artists' minutes and licences are "
        "entered by people. Hours are artists and machines one after the other, on both sides."
    )
    for name in dict.fromkeys(s.task for s in shots):
        task = report.estimate.tasks.get(name)
        if task is None:
            continue
        page.wrap(
            f"A traditional {name}: artists {task.artist_hours:g} h (confidence "
            f"{task.artist_confidence}). {task.artist_source}"
        )
        page.wrap(
            f"Machines {task.machine_hours:g} h, {task.core_hours:g} core-hours for {task.frames} "
            f"frames of {task.width}x{task.height}, scaled to each shot's own (confidence "
            f"{task.machine_confidence}). {task.machine_source}"
        )
        page.wrap(
            f"Licences {task.licence:g} {report.estimate.currency} (confidence "
            f"{task.licence_confidence}). {task.licence_source}"
        )
        if page.y < MARGIN + 60:  # the page is full: the estimate itself says the rest
            page.wrap("Other tasks: see the estimate.", most=1)
            break


def _money(value: float | None, currency: str) -> str:
    return "not claimed" if value is None else f"{value:,.0f} {currency}"


def _hours(value: float | None) -> str:
    return "not claimed" if value is None else f"{value:,.1f} h"


def _times(value: float | None) -> str:
    return "not claimed" if value is None else f"{value:,.1f}×"

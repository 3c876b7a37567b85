"""The board on paper: strips stand side by side, a row for each player, a black bar ends a day."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from setpiece.media.pdf_lines import wrap
from setpiece.schedule.colours import BANNER, DAY_BREAK, legend, strip_colour
from setpiece.schedule.days import ShootDay, by_number, called, shoot_days, unscheduled
from setpiece.schedule.model import Performer, Plan, Strip
from setpiece.schedule.paper import FOOT, GREY, INK, MARGIN, RULE, TINT, Paper, write
from setpiece.schedule.paper import HEAD as HEAD_OF_PAGE
from setpiece.schedule.reports import note, paper_size
from setpiece.script.eighths import pages

HEAD = 122.0  # width of the header board with the names [pt]
STRIP = 15.8
LETTER, NUMBER, PAGES, ROW = 10.5, 17.0, 24.0, 8.8  # heights of a strip's boxes
SHORTEST, LONGEST = 150.0, 300.0  # of the box with set and synopsis: what the cast leaves
MOST = 26  # players with a row of their own


def write_stripboard(plan: Plan, path: Path) -> Path:
    """Landscape pages; raises StoreError (the disk)."""
    cast = by_number(p for p in plan.breakdown.performers if _plays(p, plan))

    def draw(page: Paper) -> None:
        _Board(page, cast).draw(plan)

    return write(
        path, plan.breakdown.title, "Stripboard", draw, size=paper_size(plan), landscape=True,
        note=note(plan),
    )  # fmt: skip


def _plays(performer: Performer, plan: Plan) -> bool:
    return any(performer.name in s.cast for s in plan.breakdown.strips)


class _Board:
    """Columns from left to right, page after page."""

    def __init__(self, page: Paper, cast: tuple[Performer, ...]) -> None:
        self.page = page
        self.cast = cast if len(cast) <= MOST else cast[: MOST - 1]
        self.others = len(cast) - len(self.cast)
        self.x = 1e9
        room = page.height - 2 * MARGIN - FOOT - HEAD_OF_PAGE - 14
        self.set = min(
            max(room - 2 * LETTER - NUMBER - PAGES - ROW * self._rows, SHORTEST), LONGEST
        )

    def draw(self, plan: Plan) -> None:
        people = {p.name: p for p in self.cast}
        for item in _columns(plan):
            if self.x + STRIP > self.page.right + 0.1:
                self._begin()
            if isinstance(item, Strip):
                self._strip(item, people)
            elif isinstance(item, ShootDay):
                self._bar(item.end, DAY_BREAK.fill, "#ffffff")
            elif item.startswith("Boneyard"):
                self._bar(item, "#8f1d1d", "#ffffff")
            else:
                self._bar(item, BANNER.fill, INK)
            self.x += STRIP

    @property
    def _rows(self) -> int:
        return len(self.cast) + bool(self.others)

    @property
    def _height(self) -> float:
        return 2 * LETTER + NUMBER + PAGES + self.set + ROW * self._rows

    def _begin(self) -> None:
        """A page with its header board."""
        page = self.page
        page.new_page()
        self.top, self.x = page.y + 2, page.left + HEAD
        y = self.top
        page.box(page.left, y, HEAD, self._height, fill=TINT, edge=RULE)
        for words, height in (("INT / EXT", LETTER), ("Day / Night", LETTER), ("Scene", NUMBER),
                              ("Pages", PAGES)):  # fmt: skip
            page.text(self.x - 5, words, 6.5, y=y + height / 2 + 2.3, ink=GREY, align="right")
            y += height
            page.rule(y, left=page.left, right=self.x)
        page.text(self.x - 5, "Set and what happens", 6.5, y=y + 9, ink=GREY, align="right")
        _title(page, page.left + 7, y, self.set)
        y += self.set
        for n, p in enumerate(self.cast):
            if n % 2:
                page.box(page.left, y, HEAD, ROW, fill="#e4e2dd")
            page.text(page.left + 17, p.number, 6.3, y=y + 6.7, bold=True, align="right")
            page.text(page.left + 21, p.name, 6.3, y=y + 6.7, width=HEAD - 26)
            y += ROW
        if self.others:
            page.text(page.left + 21, f"and {self.others} more: how many of them", 6.3,
                      y=y + 6.7, ink=GREY)  # fmt: skip
        page.line(page.left, self.top + self._height - ROW * self._rows, self.x,
                  self.top + self._height - ROW * self._rows)  # fmt: skip
        _legend(page)

    def _strip(self, strip: Strip, people: dict[str, Performer]) -> None:
        page, x, y = self.page, self.x, self.top
        colour = strip_colour(strip.setting, strip.light)
        page.box(x, y, STRIP, self._height, fill=colour.fill, edge=colour.edge)
        middle = x + STRIP / 2
        inside = {"INT/EXT": "I/E"}.get(strip.setting, strip.setting)
        page.text(middle, inside, 5.6, y=y + 7.6, align="centre", width=STRIP)
        y += LETTER
        light = {"D": "D", "N": "N"}.get(strip.light, strip.light)
        page.text(middle, light, 6.2 if len(light) == 1 else 5, y=y + 7.6, align="centre")
        y += LETTER
        _number(page, middle, y, called(strip))
        y += NUMBER
        page.rotated(middle + 2.4, y + PAGES - 2, pages(strip.eighths), 6.5, width=PAGES - 2)
        y += PAGES
        _set(page, x, y, strip, self.set)
        y += self.set
        page.line(x, y, x + STRIP, y, ink=colour.edge)
        for n, p in enumerate(self.cast):
            at = y + n * ROW
            if n % 2:
                page.line(x, at, x + STRIP, at, ink=colour.edge, thick=0.2)
                page.line(x, at + ROW, x + STRIP, at + ROW, ink=colour.edge, thick=0.2)
            if p.name in strip.cast:
                page.text(middle, p.number or "x", 6.0, y=at + 6.6, bold=True, align="centre",
                          width=STRIP)  # fmt: skip
        if self.others and (more := sum(n not in people for n in strip.cast)):
            page.text(middle, f"+{more}", 5.6, y=y + len(self.cast) * ROW + 6.6, align="centre")

    def _bar(self, words: str, fill: str, ink: str) -> None:
        self.page.box(self.x, self.top, STRIP, self._height, fill=fill)
        self.page.rotated(self.x + STRIP / 2 + 2.5, self.top + self._height - 5, words, 7,
                          bold=True, ink=ink, width=self._height - 10)  # fmt: skip


def _columns(plan: Plan) -> Iterator[Strip | ShootDay | str]:
    for day in shoot_days(plan):
        moves = day.moves
        for strip in day.strips:
            if strip.id in moves:
                yield moves[strip.id]
            yield strip
        yield day
    if rest := unscheduled(plan):
        yield f"Boneyard: {len(rest)} strips on no day"
        yield from rest


def _number(page: Paper, middle: float, y: float, scene: str) -> None:
    """ "18 pt2" on two lines."""
    number, _, part = scene.partition(" ")
    size = 8.0 if len(number) < 3 else 6.4 if len(number) < 5 else 5.0
    first = y + (8.4 if part else 11.4)
    page.text(middle, number, size, y=first, bold=True, align="centre", width=STRIP)
    page.text(middle, part, 5.4, y=y + 14.6, bold=True, align="centre", width=STRIP)


def _set(page: Paper, x: float, y: float, strip: Strip, height: float) -> None:
    """Two lines up the strip: the set, and the one line of what happens."""
    words = strip.set or strip.heading
    foot = y + height - 3
    page.rotated(x + 6.6, foot, words, 6.3, bold=True, width=height - 6)
    page.rotated(x + 13.2, foot, strip.synopsis, 5.6, ink=INK, width=height - 6)


def _title(page: Paper, x: float, y: float, height: float) -> None:
    """The header board says whose it is."""
    lines = wrap(page.title, page.bold, 11, HEAD - 14, 4)
    at = y + height / 2 - 7 * len(lines) + 14
    for line in lines:
        page.text(x, line, 11, y=at, bold=True)
        at += 14


def _legend(page: Paper) -> None:
    x, y = page.left, page.bottom - 2
    for colour in legend():
        page.box(x, y - 6, 9, 7, fill=colour.fill, edge=colour.edge)
        page.text(x + 12, colour.name, 6.3, y=y, ink=GREY)
        x += 77

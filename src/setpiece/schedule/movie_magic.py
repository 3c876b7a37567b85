"""Movie Magic's one-line schedule, shooting schedule and breakdown sheets, as PDF, read back.

Those reports are laid out by whoever prints them, and no two shows' are alike; so nothing is read
by fixed columns. A strip begins on the line with its INT or EXT; what follows belongs to it until
the next one, or until an end of day. Cells are told by their form (pages, cast numbers, times of
day), breakdown items by the title of the column they stand under. Every line that fits nothing is
named in the remarks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from pathlib import Path

from pydantic import ValidationError

from setpiece.errors import InputError
from setpiece.schedule import report_words as words
from setpiece.schedule.imported import Imported, cut, in_days
from setpiece.schedule.model import Breakdown, Calendar, Day, Performer
from setpiece.schedule.report_cells import Line, read_report
from setpiece.schedule.report_slug import Block
from setpiece.schedule.report_strip import read_block
from setpiece.script.eighths import pages

LARGEST = 60_000_000  # bytes
MOST_REMARKS = 200


def read_movie_magic(path: Path) -> Imported:
    """Strips with their days, cast and, of a shooting schedule, the elements of each.

    Raises InputError: not a PDF that can be read (ScriptError: locked, a scan), one without a
    single strip, or without an end of day (a screenplay has sluglines too).
    """
    lines, title = read_report(_bytes(path), path.name)
    return _Report(lines, title, path.name).read()


def is_report(path: Path) -> bool:
    """Whether a PDF has ends of days in it, or a breakdown sheet's labels; scripts have neither.

    Raises InputError: as `read_movie_magic`.
    """
    lines, _ = read_report(_bytes(path), path.name)
    return any(words.END_OF_DAY.search(x.text) or Block.is_sheet(x) for x in lines)


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(f"{path.name}: is over 60 MB; print the report as text.")
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error}).") from None
    if not data[:1024].lstrip().startswith(b"%PDF"):
        raise InputError(f"{path.name}: is no PDF; print the report as PDF.")
    return data


@dataclass
class _Group:
    """Blocks until an end of day."""

    blocks: list[Block] = field(default_factory=list)
    day: date | None = None
    number: int = 0
    total: int | None = None


class _Report:
    def __init__(self, lines: list[Line], title: str, name: str) -> None:
        self.lines, self.name = lines, name
        self.title = cut(title, 300)
        self.remarks: list[str] = []
        self.legend: dict[str, str] = {}
        self.groups: list[_Group] = []
        self.ends = False  # something that no script has
        self.rest = _Group()

    def read(self) -> Imported:
        self._split()
        blocks = [b for g in (*self.groups, self.rest) for b in g.blocks]
        if not blocks:
            raise InputError(
                f"{self.name}: has no line with INT or EXT that could be a strip. Give Movie "
                "Magic's one-line schedule or shooting schedule, printed to PDF."
            )
        if not self.ends:
            raise InputError(
                f"{self.name}: has neither an end of day nor a breakdown sheet in it, so it is no "
                "schedule; print the report with its day breaks."
            )
        strips = []
        for n, block in enumerate(blocks, 1):
            strip, people, odd = read_block(block, n)
            strips.append(strip)
            self.legend |= {k: v for k, v in people.items() if k not in self.legend}
            self._say(odd)
        names = self._names({i for s in strips for i in s.cast})
        strips = [
            s.model_copy(update={"cast": tuple(dict.fromkeys(names.get(i, i) for i in s.cast))})
            for s in strips
        ]
        performers = [
            Performer(name=n, number=i if i != n and len(i) <= 20 else "") for i, n in names.items()
        ]
        whole = Breakdown(
            title=self.title, strips=tuple(strips), performers=tuple(performers),
            remarks=tuple(self.remarks),
        ).checked(self.name)  # fmt: skip
        days: tuple[Day, ...] = ()
        calendar = None
        if found := self._dated():
            groups, at = [], 0
            for g in found:
                groups.append(list(range(at, at + len(g.blocks))))
                at += len(g.blocks)
            dates = [g.day for g in found if g.day is not None]
            days, calendar = in_days(groups, dates, whole.strips), _calendar(dates)
        else:
            self.remarks.append("The days have no dates that could be read; the order is not kept.")
        self._totals(whole)
        remarks = tuple(dict.fromkeys((*whole.remarks, *self.remarks)))
        return Imported(whole.model_copy(update={"remarks": remarks}), days, calendar)

    def _split(self) -> None:
        """Lines to blocks, blocks to days."""
        sheets = {x.page for x in self.lines if Block.is_sheet(x)}
        for page in sorted(sheets):  # a breakdown sheet is a page, and knows of no day
            self.rest.blocks.append(Block([x for x in self.lines if x.page == page]))
        if sheets:
            self.ends = True
            return
        group, block, boneyard = _Group(), None, False
        for line in self.lines:
            text = line.text
            if found := words.END_OF_DAY.search(text):
                group.number, group.day = int(found[1]), words.date_in(text)
                group.total = words.total_in(text)
                self.groups.append(group)
                self.ends = True
                group, block = _Group(), None
            elif words.BONEYARD.match(text):
                boneyard, block = True, None
            elif words.BANNER.match(text):
                block = None
            elif Block.begins(line):
                block = Block([line])
                group.blocks.append(block)
            elif block is not None:
                block.lines.append(line)
            else:
                self._before(line)
        self._lift()
        if boneyard or self.groups:
            self.rest = group
        else:
            self.groups.append(group)

    def _lift(self) -> None:
        """A scene number that stands a little above its strip's own line goes to that strip."""
        blocks = [b for g in self.groups for b in g.blocks] + self.rest.blocks
        for before, after in pairwise(blocks):
            last = before.lines[-1]
            if (
                len(before.lines) > 1 and last.page == after.lines[0].page
                and len(last.cells) == 1 and Block.is_scene(last.cells[0])
                and after.lines[0].y - last.y < 0.7 * (last.y - before.lines[-2].y)
            ):  # fmt: skip
                after.lines.insert(0, before.lines.pop())

    def _before(self, line: Line) -> None:
        """Outside strips: the list of the cast, day heads, columns' titles, notes."""
        known = False
        for cell in line.cells:
            if found := words.LEGEND.match(cell.text):
                self.legend.setdefault(found[1], cut(found[2], 250) or f"Cast {found[1]}")
                known = True
        head = line.text.casefold().startswith(
            ("shoot day", "day ", "week ", "cast", "scene", "sunrise")
        )
        if not known and not head and words.date_in(line.text) is None:
            self._say([f"Page {line.page}: outside the strips: {cut(line.text, 120)!r}"])

    def _names(self, ids: set[str]) -> dict[str, str]:
        """Names of board IDs; a number stands in where the report has no list of the cast."""
        lost = sorted((i for i in ids if i not in self.legend), key=lambda i: (len(i), i))
        if lost:
            self.remarks.append(f"No name in the report for cast {', '.join(lost[:40])}.")
        out: dict[str, str] = {}
        taken: set[str] = set()
        for i, n in (*self.legend.items(), *((i, f"Cast {i}") for i in lost)):
            out[i] = f"{n} ({i[:20]})" if n in taken else n
            taken.add(out[i])
        return out

    def _dated(self) -> list[_Group]:
        """Days whose dates are all there and ascend; the boneyard is none of them."""
        found = [g for g in self.groups if g.blocks]
        dates = [g.day for g in found]
        if not dates or any(d is None for d in dates):
            return []
        real = [d for d in dates if d is not None]
        return found if all(a < b for a, b in pairwise(real)) else []

    def _totals(self, whole: Breakdown) -> None:
        """What the report says of a day's pages against what was read: a check that a line was not
        lost."""
        at = 0
        for g in self.groups:
            own = sum(s.eighths for s in whole.strips[at : at + len(g.blocks)])
            at += len(g.blocks)
            if g.total is not None and g.total != own:
                self.remarks.append(
                    f"Day {g.number}: the report says {pages(g.total)} pages, its strips have "
                    f"{pages(own)}. Look at that day."
                )

    def _say(self, remarks: list[str]) -> None:
        self.remarks += remarks[: max(0, MOST_REMARKS - len(self.remarks))]


def _calendar(dates: list[date]) -> Calendar | None:
    """Weekdays on which nothing is ever shot are days off; of less than a week only the weekend."""
    short = (dates[-1] - dates[0]).days < 7
    off = ({5, 6} if short else set(range(7))) - {d.weekday() for d in dates}
    try:
        return Calendar(start=dates[0], days_off=tuple(sorted(off)))
    except ValidationError:
        return None

"""What it took and what it saved: by stage, take, shot and show, against a traditional estimate.

The traditional machines' hours are scaled to the shot's frames and pixels, which its largest take
says. Hours are counted from start to finish: artists' minutes and the machines' elapsed time, one
after the other, on both sides. Where no artist's time is on record for a shot, nothing is claimed
for it: neither hours nor money saved, nor how many times faster.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from math import prod
from pathlib import Path

from setpiece.errors import InputError
from setpiece.ledger.costs import read_costs
from setpiece.ledger.estimate import Estimate, Traditional
from setpiece.ledger.spending import Spent, spending
from setpiece.ledger.takes import take_stem
from setpiece.media.atomic import whole_file
from setpiece.show.store import Store

LARGEST = 10_000_000  # bytes of a take.json


@dataclass
class Line:
    """One line of the report. Money in `currency`; what is not known, or not claimed, is None."""

    level: str
    show: str
    sequence: str = ""
    shot: str = ""
    task: str = ""
    version: int | None = None
    stage: str = ""
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    machine_cost: float = 0.0
    artist_minutes: float = 0.0
    artist_cost: float = 0.0
    licence_cost: float = 0.0
    currency: str = ""
    traditional_hours: float | None = None
    traditional_cost: float | None = None
    hours_saved: float | None = None
    money_saved: float | None = None
    times_faster: float | None = None
    share_of_budget: float | None = None
    confidence: str = ""
    note: str = ""

    @property
    def total(self) -> float:
        """All money."""
        return self.machine_cost + self.artist_cost + self.licence_cost

    @property
    def hours(self) -> float:
        """Artists and machines, one after the other."""
        return self.artist_minutes / 60 + self.seconds / 3600

    def add(self, other: Line) -> None:
        """Count `other`, one level down, into this line."""
        for name in ("seconds", "cpu_seconds", "machine_cost", "artist_minutes", "artist_cost",
                     "licence_cost"):  # fmt: skip
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(frozen=True)
class Return:
    """The report: every line, show by show, each show before its shots, takes and stages."""

    lines: tuple[Line, ...]
    estimate: Estimate

    def level(self, name: str) -> list[Line]:
        """The lines of one level: show, shot, take or stage."""
        return [line for line in self.lines if line.level == name]


def reckon(
    store: Store, estimate: Estimate, show: str | None = None, budget: float | None = None
) -> Return:
    """Costs and savings of one show, or of all. `budget` of a show, in the estimate's currency.

    Raises InputError where nothing is on record, or money is in a currency without a rate.
    """
    rows = read_costs(store, show)
    if not rows:
        raise InputError(
            f"{show!r}: nothing is on record for that show." if show else "No take is on record."
        )
    with store.session() as session:
        entries = spending(session)
    folders = {
        take_stem(t["show"], t["sequence"], t["shot"], t["task"], t["version"]): Path(t["folder"])
        for t in store.takes(show)
    }
    budget = estimate.budget if budget is None else budget
    shows: dict[str, Line] = {}
    shots: dict[tuple[str, str, str, str], Line] = {}
    takes: dict[str, Line] = {}
    stages: dict[str, list[Line]] = {}
    for row in rows:
        place = (str(row["show"]), str(row["sequence"]), str(row["shot"]), str(row["task"]))
        version = int(str(row["version"]))
        stem = take_stem(*place, version)
        shows.setdefault(place[0], Line("show", place[0], currency=estimate.currency))
        shots.setdefault(place, Line("shot", *place, currency=estimate.currency))
        takes.setdefault(stem, Line("take", *place, version, currency=estimate.currency))
        stages.setdefault(stem, []).append(Line(
            "stage", *place, version, str(row["stage"]), float(str(row["seconds"])),
            float(str(row["cpu_seconds"])),
            estimate.money(float(str(row["cost"])), str(row["currency"])),
            currency=estimate.currency,
        ))  # fmt: skip
    for stem, take in takes.items():
        for stage in stages[stem]:
            take.add(stage)
        _add_spending(take, [e for e in entries if e.take == stem], estimate)
        shots[(take.show, take.sequence, take.shot, take.task)].add(take)
    for place, shot in shots.items():
        shows[shot.show].add(shot)
        sizes = [
            _size(folders[stem]) for stem, t in takes.items()
            if (t.show, t.sequence, t.shot, t.task) == place
        ]  # fmt: skip
        _compare(shot, estimate, budget, max((s for s in sizes if s), key=prod, default=None))
    for line in shows.values():
        _add_spending(line, [e for e in entries if not e.take and e.show == line.show], estimate)
        _sum_up(line, [s for s in shots.values() if s.show == line.show], budget)
    ordered: list[Line] = []
    for line in shows.values():
        ordered.append(line)
        for place, shot in shots.items():
            if place[0] == line.show:
                ordered.append(shot)
                for stem, take in takes.items():
                    if (take.show, take.sequence, take.shot, take.task) == place:
                        ordered += [take, *stages[stem]]
    return Return(tuple(ordered), estimate)


def write_return(report: Return, path: Path) -> None:
    """The report as CSV, written whole or not at all. Text that a spreadsheet would run as a
    formula is kept from it with an apostrophe."""
    names = [f.name for f in fields(Line)]
    names.insert(names.index("currency"), "total")
    with whole_file(path) as part, part.open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, fieldnames=names)
        writer.writeheader()
        for line in report.lines:
            values = {**asdict(line), "total": line.total}
            writer.writerow({k: _cell(v) for k, v in values.items()})


def _cell(value: object) -> object:
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, str) and value[:1] in "=+-@\t\r":
        return f"'{value}" if value else value
    return value


def _add_spending(line: Line, entries: Sequence[Spent], estimate: Estimate) -> None:
    for e in entries:
        if e.minutes:
            line.artist_minutes += e.minutes
            line.artist_cost += (
                e.minutes / 60 * estimate.artist_rate
                if e.amount is None
                else estimate.money(e.amount, e.currency)
            )
        else:
            line.licence_cost += estimate.money(e.amount or 0.0, e.currency)


def _size(folder: Path) -> tuple[int, int, int] | None:
    """Frames, width and height of a take, from its own record; None where that does not say."""
    try:
        with (folder / "take.json").open("rb") as file:
            told = json.loads(file.read(LARGEST))
        first, last = (int(n) for n in str(told["frames"]).split("-"))
        width, height = (int(n) for n in told["size"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    size = (last - first + 1, width, height)
    return size if min(size) > 0 else None


def _compare(
    line: Line, estimate: Estimate, budget: float, size: tuple[int, int, int] | None
) -> None:
    """A shot against what it would have taken; `size` is its largest take's."""
    task: Traditional | None = estimate.tasks.get(line.task)
    if task is None:
        line.note = f"the estimate says nothing of {line.task}"
        return
    if size is None:
        line.note = "no take says how long and large it is: the estimate is taken as it stands"
    else:
        task = task.scaled(*size)
    line.traditional_hours, line.traditional_cost = task.hours, estimate.cost(task)
    sure = ("low", "medium", "high")
    line.confidence = min(
        (task.artist_confidence, task.machine_confidence, task.licence_confidence), key=sure.index
    )
    if not line.artist_minutes:
        line.note = "no artist's time is on record, so nothing is claimed"
        return
    _claim(line, budget)


def _sum_up(line: Line, shots: list[Line], budget: float) -> None:
    """A show against the shots that can be compared; what cannot be is left out and said."""
    counted = [s for s in shots if s.hours_saved is not None]
    left = len(shots) - len(counted)
    if left:
        line.note = (
            f"{left} of {len(shots)} shots are not compared (no artist's time on record, or no "
            "estimate)"
        )
    if not counted:
        return
    line.traditional_hours = sum(s.traditional_hours or 0.0 for s in counted)
    line.traditional_cost = sum(s.traditional_cost or 0.0 for s in counted)
    line.confidence = min((s.confidence for s in counted), key=("low", "medium", "high").index)
    # What belongs to the whole show is set against its savings, too.
    shared = line.licence_cost - sum(s.licence_cost for s in shots)
    ours = Line("", "")
    for shot in counted:
        ours.add(shot)
    ours.licence_cost += shared
    ours.traditional_hours, ours.traditional_cost = line.traditional_hours, line.traditional_cost
    _claim(ours, budget)
    for name in ("hours_saved", "money_saved", "times_faster", "share_of_budget"):
        setattr(line, name, getattr(ours, name))


def _claim(line: Line, budget: float) -> None:
    assert line.traditional_hours is not None
    assert line.traditional_cost is not None
    line.hours_saved = line.traditional_hours - line.hours
    line.money_saved = line.traditional_cost - line.total
    line.times_faster = line.traditional_hours / line.hours if line.hours > 0 else None
    line.share_of_budget = line.money_saved / budget if budget > 0 else None

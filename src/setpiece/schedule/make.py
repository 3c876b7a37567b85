"""A shooting plan, top to bottom: read, look for the cheapest, hand out, enter what it saved."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from setpiece.errors import InputError
from setpiece.media.atomic import whole_file
from setpiece.schedule.arrange import dress
from setpiece.schedule.bounds import least
from setpiece.schedule.check import check
from setpiece.schedule.cost import evaluate
from setpiece.schedule.cp_search import Watch
from setpiece.schedule.model import Breakdown, Calendar, Day, Plan
from setpiece.schedule.rules import Rulebook
from setpiece.schedule.second_unit import Waits, beside, by_unit
from setpiece.schedule.solve import Found, solve
from setpiece.schedule.split import split_long
from setpiece.schedule.whatif import lock

SCHEDULE = "schedule"  # kind of the ledger's event


@dataclass(frozen=True)
class Source:
    """What was read: the breakdown with its deals, and the days that the file had, if any. `second`
    is the second unit's, which waits for strips of this one (`waits`)."""

    breakdown: Breakdown
    calendar: Calendar
    days: tuple[Day, ...] = ()
    second: Source | None = None
    waits: Waits = field(default_factory=dict)


def read(source: Path, calendar: Path | None) -> Source:
    """A screenplay, a breakdown as CSV, a .uss or a Movie Magic report, with its cal.toml.

    Scenes that no day holds are cut into parts. Raises InputError that names file and field.
    """
    from setpiece.schedule.calendar_file import read_calendar, read_second_calendar

    breakdown, days, known = _breakdown(source)
    if calendar is not None:
        found, breakdown = read_calendar(calendar, breakdown)
    elif known is not None:
        found = known
    else:
        raise InputError(
            f"{source.name}: needs --calendar cal.toml; "
            f"`setpiece schedule new {source}` writes one."
        )
    main, theirs, waits = by_unit(breakdown, source.name)
    second = None
    if theirs is not None:
        if calendar is None:
            raise InputError(f"{source.name}: its second unit needs --calendar cal.toml.")
        own = read_second_calendar(calendar)
        second = Source(split_long(theirs, own).checked(source.name), own, _only(days, theirs))
    whole = split_long(main, found).checked(source.name)
    return Source(whole, found, _only(days, main) if second else days, second, waits)


def _only(days: tuple[Day, ...], breakdown: Breakdown) -> tuple[Day, ...]:
    kept = [tuple(i for i in d.strips if i in breakdown.by_id) for d in days]
    return tuple(d.model_copy(update={"strips": k}) for d, k in zip(days, kept, strict=True) if k)


def second_unit(source: Source, main: Plan | None) -> Source:
    """What the second unit shoots, beside a plan of the main unit. Raises InputError."""
    if source.second is None:
        raise InputError("No strip is the second unit's; write 2 in the column unit.")
    if main is None and source.waits:
        raise InputError("The second unit waits for strips of the main unit; plan that first.")
    breakdown = source.second.breakdown
    if main is not None:
        breakdown = beside(breakdown, source.waits, main.dates)
    return replace(source.second, breakdown=breakdown)


def _breakdown(source: Path) -> tuple[Breakdown, tuple[Day, ...], Calendar | None]:
    from setpiece.schedule.breakdown import break_down
    from setpiece.schedule.breakdown_csv import read_breakdown_csv
    from setpiece.schedule.movie_magic import read_movie_magic
    from setpiece.schedule.uss_in import read_uss
    from setpiece.script import read_script

    kind = source.suffix.lower()
    if kind in (".csv", ".tsv"):
        return read_breakdown_csv(source), (), None
    if kind == ".uss":
        got = read_uss(source)
        return got.breakdown, got.days, got.calendar
    if kind == ".pdf":
        try:
            got = read_movie_magic(source)
            return got.breakdown, got.days, got.calendar
        except InputError:
            pass  # then it is a screenplay, or its reader says what it is not
    return break_down(read_script(source), source.name), (), None


def plan(
    source: Source, seconds: float = 60.0, seed: int = 0, locked: Sequence[str] = (),
    start: dict[str, date] | None = None, watch: Watch | None = None,
) -> tuple[Plan, bool]:  # fmt: skip
    """The cheapest plan found, and whether Ctrl-C ended the search.

    locked: ids of strips, "12A" (on the date in `start` or in the file) or "12A=2026-05-12".
    Raises NoPlan where the rules clash.
    """
    dates = start or {i: d.date for d in source.days for i in d.strips}
    breakdown = _locked(source.breakdown, locked, dates)
    found = solve(Rulebook(breakdown, source.calendar), seconds, seed, dates or None, watch)
    return as_plan(breakdown, source.calendar, found), found.stopped


def _locked(breakdown: Breakdown, locked: Sequence[str], dates: dict[str, date]) -> Breakdown:
    known = breakdown.by_id
    for text in locked:
        name, _, day = text.partition("=")
        if name not in known:
            raise InputError(f"--lock {text[:60]!r}: there is no strip {name[:40]!r}.")
        try:
            at = {**dates, name: date.fromisoformat(day)} if day else dates
        except ValueError:
            raise InputError(f"--lock {text[:60]!r}: write {name[:40]}=2026-05-12.") from None
        breakdown = lock(breakdown, [name], at)
    return breakdown


def as_plan(breakdown: Breakdown, calendar: Calendar, found: Found) -> Plan:
    return Plan(
        breakdown=breakdown, calendar=calendar, days=found.days, cost=found.cost,
        bound=found.bound, status=found.status, unscheduled=found.unscheduled,
        seconds=round(found.seconds, 2), script_order=found.script_order, greedy=found.greedy,
    )  # fmt: skip


def price_order(source: Source, days: Sequence[Day]) -> Plan:
    """A given order priced and checked: `broken` says which rules it breaks."""
    from setpiece.schedule.coded import Coded, window

    begun = time.process_time()
    book = Rulebook(source.breakdown, source.calendar)
    dressed = dress(book, days)
    there = {i for d in dressed for i in d.strips}
    low = least(Coded(book, window(source.calendar, source.breakdown, len(dressed), book)))
    return Plan(
        breakdown=source.breakdown, calendar=source.calendar, days=dressed,
        cost=evaluate(source.breakdown, source.calendar, dressed), bound=low.total, status="given",
        unscheduled=tuple(s.id for s in source.breakdown.strips if s.id not in there),
        broken=tuple(b.words for b in check(book, dressed)),
        seconds=round(time.process_time() - begun, 2),
    )  # fmt: skip


def write(made: Plan, folder: Path) -> list[Path]:
    """Board, reports, call sheets, and `plan.json`, which a later run begins from."""
    from setpiece.schedule.deliver import deliver

    folder.mkdir(parents=True, exist_ok=True)
    paths = deliver(made, folder)
    with whole_file(folder / "plan.json") as part:
        part.write_text(made.model_dump_json(indent=1), encoding="utf-8")
    return [*paths, folder / "plan.json"]


def enter(made: Plan, source: Path, folder: Path, database: str | None = None) -> int:
    """Sign what the schedule costs and what it saved into the ledger; returns the event's number.

    Money in cents. A schedule that was not looked for saved nothing against anything. Raises
    StoreError where database or key refuse.
    """
    from setpiece.ledger import open_chain
    from setpiece.ledger.hashing import file_sha256
    from setpiece.ledger.keys import append_signed, open_key
    from setpiece.show import open_store

    store = open_chain(open_store(database or folder / "show.db"))
    record: dict[str, Any] = {
        "source": source.name, "sha256": file_sha256(source), "currency": made.cost.currency,
        "days": len(made.days), "cost": made.cost.total, "bound": made.bound,
        "status": made.status, "unscheduled": len(made.unscheduled), "broken": len(made.broken),
        "parts": dict(made.cost.parts), "cpu_seconds": made.seconds,
        "saved": {
            name: other.total - made.cost.total
            for name, other in (("script order", made.script_order), ("greedy", made.greedy))
            if other is not None and made.status != "given"
        },
    }  # fmt: skip
    subject = made.breakdown.title.strip() or source.stem
    with store.session() as session:
        return append_signed(session, SCHEDULE, subject, record, open_key()).seq

"""`setpiece schedule SCRIPT ...`: the shooting plan."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from setpiece.options import DATABASE, examples

if TYPE_CHECKING:
    from setpiece.schedule.make import Source
    from setpiece.schedule.model import Cost, Plan
    from setpiece.schedule.whatif import Answer

EXAMPLES = examples(
    "setpiece schedule new film.fountain --out plan",
    "setpiece schedule plan/breakdown.csv --calendar plan/cal.toml --solve 60s --out plan",
    'setpiece schedule plan/breakdown.csv --calendar plan/cal.toml --what-if "Ana away 2026-05-12"',
    "setpiece schedule plan/breakdown.csv --calendar plan/cal.toml --order order.json",
)


class PlanByDefault(TyperGroup):
    """A group in which `schedule FILE ...` means `schedule plan FILE ...`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in ("-h", "--help"):
            args = ["plan", *args]
        return super().parse_args(ctx, args)


def plan(
    source: Annotated[
        Path,
        typer.Argument(metavar="SCRIPT", help="Script, breakdown .csv, .uss or Movie Magic PDF."),
    ],
    calendar: Annotated[
        Path | None, typer.Option("--calendar", "-c", help="cal.toml: dates, deals, money.")
    ] = None,
    solve: Annotated[str, typer.Option(help="How long to look, about, in CPU-seconds.")] = "60s",
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Folder of the plan.")] = None,
    lock: Annotated[
        list[str] | None, typer.Option(help='Strip that stays: "12A=2026-05-12". Repeatable.')
    ] = None,
    what_if: Annotated[
        str | None, typer.Option("--what-if", help='"Ana away 2026-05-12"; says what moves.')
    ] = None,
    order: Annotated[
        Path | None, typer.Option(help="Price and check this order, from the board or a CSV.")
    ] = None,
    second: Annotated[
        bool,
        typer.Option("--second-unit", help="Ask, lock and price on the second unit's board."),
    ] = False,
    seed: Annotated[int, typer.Option(help="Of the search.")] = 0,
    database: DATABASE = None,
) -> None:
    """Plan the shoot: the cheapest board that keeps every rule, with what no board goes below.

    Ctrl-C ends the search with the best so far. Strips of the second unit get a board of their own,
    in second_unit/.
    """
    from setpiece.schedule import make
    from setpiece.schedule.second_unit import FOLDER
    from setpiece.seconds import read_seconds

    asked = _Asked(source, read_seconds(solve), lock or [], what_if, order, seed, database)
    given = make.read(source, calendar)
    folder = out or Path(f"{source.stem}_plan")
    if not second:
        main = _one_unit(given, folder, asked)
        if given.second is None or main is None or order is not None:
            return
        _one_unit(make.second_unit(given, main), folder / FOLDER, replace(asked, lock=[]))
        return
    _one_unit(make.second_unit(given, _before(folder, given)), folder / FOLDER, asked)


@dataclass(frozen=True)
class _Asked:
    source: Path
    seconds: float
    lock: list[str]
    what_if: str | None
    order: Path | None
    seed: int
    database: str | None


def _one_unit(given: Source, folder: Path, asked: _Asked) -> Plan | None:
    """A unit's board planned or priced, told and written; None where it was only asked."""
    from setpiece.schedule import make
    from setpiece.schedule.order_file import read_order
    from setpiece.schedule.solve import NoPlan

    seconds, seed, lock = asked.seconds, asked.seed, asked.lock
    before = _before(folder, given)
    stopped = False
    try:
        if asked.what_if is not None:
            base = before or _watched(given, seconds, seed, lock)[0]
            _tell_answer(_answered(base, asked.what_if, min(seconds, 2.0), seed), base)
            return None
        if asked.order is not None:
            made = make.price_order(given, read_order(asked.order, given.breakdown))
        else:
            made, stopped = _watched(given, seconds, seed, lock, before)
    except NoPlan:
        _tell_clash(given, seconds, seed, asked.what_if, before)
        raise typer.Exit(1) from None
    for remark in given.breakdown.remarks[:20]:
        typer.echo(f"  {remark}", err=True)
    if len(given.breakdown.remarks) > 20:
        typer.echo(f"  and {len(given.breakdown.remarks) - 20} remarks more", err=True)
    _tell(made)
    paths = make.write(made, folder)
    seq = make.enter(made, asked.source, folder, asked.database)
    typer.echo(f"{len(paths)} files in {folder}; event {seq} of the ledger.")
    if stopped:
        raise typer.Exit(130)
    return made


def new(
    script: Annotated[Path, typer.Argument(metavar="SCRIPT", help="Fountain, FDX or PDF.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the two files.")] = Path("."),
) -> None:
    """Begin a schedule: a breakdown.csv to look through and a cal.toml to fill in."""
    from setpiece.schedule.new import write_new

    found, paths = write_new(script, out)
    for remark in found.remarks:
        typer.echo(f"  {remark}", err=True)
    typer.echo(f"{len(found.strips)} strips. Look through " + " and ".join(map(str, paths)) + ".")


def _before(folder: Path, given: Source) -> Plan | None:
    """The plan that an earlier run left, where it is of the same strips, deals and calendar."""
    from pydantic import ValidationError

    from setpiece.schedule.model import Plan

    path = folder / "plan.json"
    if not path.is_file() or path.stat().st_size > 50_000_000:
        return None
    try:
        found = Plan.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None
    same = {s.id for s in found.breakdown.strips} == {s.id for s in given.breakdown.strips}
    return found if same and found.calendar == given.calendar and not found.unscheduled else None


def _watched(
    given: Source, seconds: float, seed: int, locked: list[str], before: Plan | None = None
) -> tuple[Plan, bool]:
    from rich.console import Console

    from setpiece.schedule import make
    from setpiece.schedule.money import spoken

    with Console(stderr=True).status("Looking for a plan") as status:

        def say(cost: int, bound: int) -> None:
            money = spoken(cost, given.calendar.currency)
            gap = 100 * max(cost - bound, 0) / max(cost, 1)
            status.update(f"{money}, at least {spoken(bound)} (gap {gap:.1f} %); Ctrl-C takes it")

        return make.plan(given, seconds, seed, locked, before.dates if before else None, say)


def _answered(base: Plan, question: str, seconds: float, seed: int) -> Answer:
    from setpiece.schedule.whatif import what_if

    return what_if(base, question, seconds, seed)


def _tell(made: Plan) -> None:
    from setpiece.schedule.days import counted
    from setpiece.schedule.money import spoken

    currency = made.cost.currency
    typer.echo(
        f"{made.breakdown.title or 'Plan'}: {counted(len(made.days), 'day')} of shooting, "
        f"{spoken(made.cost.total, currency)}, {counted(made.cost.moves, 'company move')}, "
        f"{counted(made.cost.holds, 'hold day')}."
    )
    for part, amount in made.cost.parts.items():
        if amount:
            typer.echo(f"  {part:<10} {spoken(amount):>14}")
    typer.echo(
        f"No plan in these dates costs less than {spoken(made.bound, currency)}: "
        f"{made.status}, gap {100 * made.gap:.1f} %, {made.seconds:.0f} CPU-seconds."
    )
    _saved("script order", made.script_order, made)
    _saved("a greedy plan", made.greedy, made)
    for words in made.broken:
        typer.echo(f"Broken: {words}", err=True)
    if made.unscheduled:
        typer.echo(
            f"No day found for: {', '.join(made.unscheduled)}. More time (--solve) may "
            "find one; so may a later end.",
            err=True,
        )


def _saved(name: str, other: Cost | None, made: Plan) -> None:
    from setpiece.schedule.money import spoken

    if other is not None and made.status != "given":
        less = other.total - made.cost.total
        typer.echo(f"Against {name}: {spoken(less)} saved of {spoken(other.total)}.")


def _tell_answer(answer: Answer, base: Plan) -> None:
    from setpiece.schedule.days import counted
    from setpiece.schedule.money import spoken

    money = "as dear as before"
    if answer.dearer:
        money = spoken(abs(answer.dearer), base.cost.currency)
        money += " dearer" if answer.dearer > 0 else " cheaper"
    moves = counted(len(answer.moved), "strip") + (" moves" if len(answer.moved) == 1 else " move")
    typer.echo(f"{answer.question}: {money}, {moves} ({answer.found.seconds:.1f} CPU-seconds).")
    for strip, was, now in answer.moved:
        typer.echo(f"  {strip}: {was or 'no day'} -> {now or 'no day'}")


def _tell_clash(
    given: Source, seconds: float, seed: int, question: str | None, before: Plan | None
) -> None:
    from setpiece.schedule.infeasible import in_words, why
    from setpiece.schedule.money import spoken
    from setpiece.schedule.rules import Rulebook
    from setpiece.schedule.whatif import change

    breakdown = given.breakdown
    if question is not None and before is not None:
        breakdown = change(before, question)
    clash = why(Rulebook(breakdown, given.calendar), min(seconds, 20.0), seed)
    words = "No plan keeps every rule within these dates."
    if clash is not None:
        words = in_words(clash, lambda x: spoken(x, given.calendar.currency))
    typer.echo(words, err=True)

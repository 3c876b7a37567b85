"""`setpiece schedule ...`: in which order a film is shot."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from setpiece.cli_plan import EXAMPLES, PlanByDefault, new, plan
from setpiece.options import command_group, examples

if TYPE_CHECKING:
    from setpiece.schedule.talent import Instance, Solution

schedule = command_group("In which order a film is shot.", PlanByDefault)
schedule.command(epilog=EXAMPLES)(plan)
schedule.command()(new)


@schedule.callback()
def _root() -> None:
    """In which order a film is shot."""


@schedule.command(
    epilog=examples(
        "setpiece schedule bench instances",
        "setpiece schedule bench instances --solve 10s --json solved.json",
    )
)
def bench(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Instances in the literature's format, or one.")
    ],
    solve: Annotated[str, typer.Option(help="CPU seconds for each, at most.")] = "60s",
    seed: Annotated[int, typer.Option(help="Of the orders it begins with.")] = 0,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write results and orders here.")
    ] = None,
) -> None:
    """Solve talent-scheduling instances of the literature: the cheapest order, and the proof.

    Ctrl-C ends the search with the best order so far and its bound.
    """
    from setpiece.media.atomic import whole_file
    from setpiece.schedule.talent import read_instance
    from setpiece.schedule.talent.solve import compile_kernels
    from setpiece.seconds import read_seconds

    seconds = read_seconds(solve)
    instances = [(path.name, read_instance(path)) for path in _files(folder)]
    compile_kernels()
    rows: list[dict[str, Any]] = []
    stopped = False
    for name, instance in instances:
        solution = _watched(name, instance, seconds, seed)
        rows.append({
            "instance": name, "cost": solution.cost, "proven": solution.proven,
            "cpu_s": round(solution.cpu_s, 4), "nodes": solution.nodes, "bound": solution.bound,
            "order": [s + 1 for s in solution.order],
        })  # fmt: skip
        stopped = solution.stopped
        if stopped:
            break
    _show(rows)
    if json_file is not None:
        with whole_file(json_file) as part:
            part.write_text(json.dumps({"instances": rows}, indent=1), encoding="utf-8")
        typer.echo(f"Wrote {json_file}")
    if stopped:
        typer.echo(f"Stopped: {len(rows)} of {len(instances)} instances.", err=True)
        raise typer.Exit(130)


def _files(folder: Path) -> list[Path]:
    from setpiece.errors import InputError

    if not folder.exists():
        raise InputError(f"{folder}: is not there. Name a folder of instances, or one file.")
    if folder.is_file():
        return [folder]
    found = sorted(p for p in folder.iterdir() if p.is_file() and not p.name.startswith("."))
    if not found:
        raise InputError(f"{folder}: holds no file.")
    return found


def _watched(name: str, instance: Instance, seconds: float, seed: int) -> Solution:
    """Solve one, with its cost and bound on screen while it takes long."""
    from rich.console import Console

    from setpiece.schedule.talent import solve

    with Console(stderr=True).status(f"{name}: looking") as status:

        def say(cost: int, bound: int) -> None:
            gap = 100 * (cost - bound) / max(cost, 1)
            status.update(f"{name}: {cost}, at least {bound} (gap {gap:.1f} %)")

        return solve(instance, seconds, seed, say)


def _show(rows: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("instance", "cost", "at least", "proven", "CPU s", "nodes")
    for column in table.columns[1:]:
        column.justify = "right"
    for r in rows:
        table.add_row(
            str(r["instance"]), str(r["cost"]), str(r["bound"]), "yes" if r["proven"] else "no",
            f"{r['cpu_s']:.3f}", str(r["nodes"]),
        )  # fmt: skip
    Console().print(table)

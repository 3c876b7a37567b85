"""`setpiece ledger ...`: what happened, who agreed, who approved, what it cost."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from setpiece import cli_approval
from setpiece.cli_consent import consent
from setpiece.options import DATABASE, OUT, Text, examples, open_ledger

ledger = typer.Typer(
    help="What happened to every take: costs, consent, approvals, provenance.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
ledger.add_typer(consent, name="consent")
cli_approval.add_to(ledger)


@ledger.command(
    epilog=examples(
        "setpiece ledger verify --out takes",
        "setpiece ledger verify --expect 12:9f86d081884c7d65...",
    )
)
def verify(
    out: OUT = Path("takes"),
    database: DATABASE = None,
    expect: Annotated[
        Text, typer.Option(help="A receipt of an earlier run (NUMBER:HASH): is it still in there?")
    ] = None,
) -> None:
    """Recompute the whole chain; name each row that was edited, deleted, inserted or moved."""
    from setpiece.ledger import verify_chain

    verdict = verify_chain(open_ledger(out, database), expect)
    for problem in verdict.problems:
        typer.echo(problem)
    if not verdict.ok:
        typer.echo(f"{len(verdict.problems)} found in {verdict.events} events: do not rely on it.")
        raise typer.Exit(1)
    typer.echo(f"{verdict.events} events, and each is as it was written.")
    for key, count in verdict.keys.items():
        typer.echo(f"{count} signed by the key {key}")
    typer.echo(f"Keep this receipt elsewhere, for --expect:  {verdict.receipt}")


@ledger.command(
    epilog=examples(
        "setpiece ledger log", "setpiece ledger log eternal_sq010_sh020_collapse_v001 --kind take"
    )
)
def log(
    subject: Annotated[Text, typer.Argument(help="Only events about this take or person.")] = None,
    kind: Annotated[Text, typer.Option(help="Only events of this kind.")] = None,
    out: OUT = Path("takes"),
    database: DATABASE = None,
) -> None:
    """Every event, oldest first, one a line."""
    from setpiece.ledger import events

    with open_ledger(out, database).session() as session:
        for event in events(session, *([kind] if kind else []), subject=subject):
            typer.echo(f"{event.seq:>6}  {event.at}  {event.kind:<10} {event.subject}")

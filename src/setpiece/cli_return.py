"""`setpiece ledger time, licence, estimate, return`: what it took, and what it saved."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from setpiece.options import DATABASE, OUT, Text, examples, open_ledger

if TYPE_CHECKING:
    from setpiece.ledger.returns import Line

BY = Annotated[str, typer.Option("--by", help="Who says so, by name.")]


def time(
    take: Annotated[str, typer.Argument(help="The take's folder, or the folder's name.")],
    minutes: Annotated[
        float, typer.Option(help="How long; less than nothing corrects an earlier entry.")
    ],
    by: BY,
    what: Annotated[str, typer.Option(help="What was done.")] = "artist's work",
    rate: Annotated[Text, typer.Option(help='Per hour: "65 USD"; else the estimate\'s.')] = None,
    out: OUT = Path("takes"),
    database: DATABASE = None,
) -> None:
    """Record minutes that an artist worked on a take."""
    from setpiece.ledger.estimate import read_money
    from setpiece.ledger.spending import add_time

    per_hour = read_money(rate, "--rate") if rate else None
    event = add_time(open_ledger(out, database), take, minutes, by=by, what=what, rate=per_hour)
    typer.echo(f"event {event.seq}: {minutes:g} minutes of {by} on {event.subject}")


def licence(
    amount: Annotated[str, typer.Option(help='What it cost: "120 USD".')],
    what: Annotated[str, typer.Option(help="What was licensed.")],
    by: BY,
    take: Annotated[Text, typer.Option(help="The take it was for; or")] = None,
    show: Annotated[Text, typer.Option(help="the show it was for.")] = None,
    out: OUT = Path("takes"),
    database: DATABASE = None,
) -> None:
    """Record what a licence cost, for a take or for a whole show."""
    from setpiece.ledger.estimate import read_money
    from setpiece.ledger.spending import add_licence

    money = read_money(amount, "--amount")
    event = add_licence(open_ledger(out, database), money, what=what, by=by, take=take, show=show)
    typer.echo(f"event {event.seq}: {money[0]:g} {money[1]} for {event.subject}")


def estimate() -> None:
    """Print the shipped traditional estimate, to be copied and filled with your own figures."""
    from setpiece.ledger.estimate import SHIPPED

    typer.echo(SHIPPED.read_text(encoding="utf-8"), nl=False)


def returned(
    show: Annotated[Text, typer.Option(help="Only this show.")] = None,
    csv: Annotated[
        Path | None, typer.Option(help="Write every show, shot, take and stage here.")
    ] = None,
    pdf: Annotated[Path | None, typer.Option(help="Write one page about one show here.")] = None,
    estimate: Annotated[
        Path | None,
        typer.Option(envvar="SETPIECE_ESTIMATE", help="A traditional estimate of your own (TOML)."),
    ] = None,
    budget: Annotated[Text, typer.Option(help='Budget of the show: "200000 USD".')] = None,
    out: OUT = Path("takes"),
    database: DATABASE = None,
) -> None:
    """Hours and money, ours and the traditional way's: saved, times faster, share of budget."""
    from setpiece.errors import InputError
    from setpiece.ledger import verify_chain
    from setpiece.ledger.consent import today
    from setpiece.ledger.estimate import load_estimate, read_money
    from setpiece.ledger.return_pdf import write_pdf
    from setpiece.ledger.returns import reckon, write_return

    compared = load_estimate(estimate)
    of = compared.money(*read_money(budget, "--budget")) if budget else None
    store = open_ledger(out, database)
    report = reckon(store, compared, show, of)
    shows = report.level("show")
    if pdf is not None and len(shows) > 1:
        names = ", ".join(s.show for s in shows)
        raise InputError(f"--pdf is about one show: name it with --show ({names}).")
    if csv is not None:
        write_return(report, csv)
        typer.echo(f"Wrote {csv}: {len(report.lines)} rows")
    if pdf is not None:
        verdict = verify_chain(store)
        if not verdict.ok:
            raise InputError(
                f"The ledger does not verify ({verdict.problems[0]}): no page is made of it."
            )
        write_pdf(report, pdf, show=shows[0].show, receipt=verdict.receipt, day=str(today()))
        typer.echo(f"Wrote {pdf}")
    for line in (*shows, *report.level("shot")):
        typer.echo(_words(line))


def _words(line: Line) -> str:
    where = " ".join(p for p in (line.show, line.sequence, line.shot, line.task) if p)
    where = "".join(c if c.isprintable() else "?" for c in where)  # a name may be anything
    said = (
        f"{where}: {line.hours:.2f} h (artists {line.artist_minutes / 60:.2f}), "
        f"{line.total:.2f} {line.currency}"
    )
    if line.hours_saved is not None and line.money_saved is not None:
        faster = "" if line.times_faster is None else f", {line.times_faster:.1f} times faster"
        share = line.share_of_budget
        of_budget = "" if share is None else f", {100 * share:.1f} % of budget"
        said += (
            f"; saved {line.hours_saved:.1f} h and {line.money_saved:.2f} {line.currency}"
            f"{faster}{of_budget} (confidence {line.confidence})"
        )
    return said + (f"; {line.note}" if line.note else "")


def add_to(app: typer.Typer) -> None:
    """Hang these commands into `setpiece ledger`."""
    take = "eternal_sq010_sh020_collapse_v001"
    for name, command, lines in (
        ("time", time, (f'setpiece ledger time {take} --minutes 45 --by "Ana Ruiz"',)),
        ("licence", licence, ('setpiece ledger licence --show eternal --amount "120 USD" '
                              '--what "tracker, a month" --by "Cy Oh"',)),
        ("estimate", estimate, ("setpiece ledger estimate > ours.toml",)),
        ("return", returned, ("setpiece ledger return --show eternal --pdf eternal.pdf "
                              "--csv eternal.csv",
                              'setpiece ledger return --estimate ours.toml --budget "200000 USD"')),
    ):  # fmt: skip
        app.command(name, epilog=examples(*lines))(command)

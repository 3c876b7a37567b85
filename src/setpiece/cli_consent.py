"""`setpiece ledger consent ...`: who agreed to what."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from setpiece.options import DATABASE, OUT, Text, examples, open_ledger

consent = typer.Typer(
    help="Who agreed to what: signed, dated, narrowed, withdrawn; and is this covered?",
    no_args_is_help=True,
    rich_markup_mode="rich",
)
PERSON = Annotated[str, typer.Argument(help="The person's name, as the contract has it.")]
NUMBER = Annotated[int, typer.Argument(help="Number of the consent, from `consent show`.")]
SIGNED_BY = Annotated[str, typer.Option(help="Who signed.")]
KEY = Annotated[
    Path | None,
    typer.Option(help="Key that signs the record; default this machine's, made on first use."),
]
USE_HELP = "de-ageing, ageing or digital-replica"


@consent.command(
    epilog=examples(
        'setpiece ledger consent add "Ana Ruiz" --use de-ageing --show eternal \\\n'
        '      --years 25-40 --scenes "12, 14A, 20-22" --until 2027-12-31 \\\n'
        '      --signed-by "Ana Ruiz"',
        'setpiece ledger consent add "Leo Ruiz" --use ageing --show eternal \\\n'
        "      --years 20-60 --scenes all --until 2027-12-31 \\\n"
        '      --signed-by "Ana Ruiz" --as guardian --document contract.pdf',
    )
)
def add(
    person: PERSON,
    use: Annotated[list[str], typer.Option(help=f"{USE_HELP}. Repeatable.")],
    show: Annotated[str, typer.Option(help="Name of the show.")],
    years: Annotated[str, typer.Option(help="Ages that may be shown: 25-40.")],
    until: Annotated[str, typer.Option(help="Last day (UTC): 2027-12-31.")],
    signed_by: SIGNED_BY,
    scenes: Annotated[str, typer.Option(help='Scenes: "12, 14A, 20-22", or all.')] = "all",
    capacity: Annotated[
        str, typer.Option("--as", help="In which capacity: self, guardian, agent or estate.")
    ] = "self",
    signed_on: Annotated[Text, typer.Option(help="Day of the signature; default today.")] = None,
    document: Annotated[
        Path | None, typer.Option(help="The signed paper; its SHA-256 is recorded.")
    ] = None,
    reference: Annotated[
        Path | None,
        typer.Option(help="Photograph of the person, by which de-ageing recognises them."),
    ] = None,
    key: KEY = None,
    out: OUT = Path("takes"),
    database: DATABASE = None,
) -> None:
    """Record what somebody agreed to."""
    from setpiece.ledger.consent import give
    from setpiece.ledger.hashing import file_sha256
    from setpiece.ledger.keys import open_key
    from setpiece.ledger.scope import Scope, checked, read_day, read_scenes, read_years

    low, high = read_years(years)
    scope = checked(
        Scope, uses=tuple(use), scenes=read_scenes(scenes), youngest=low, oldest=high,
        until=read_day(until, "--until"),
    )  # fmt: skip
    given = give(
        open_ledger(out, database, new=True), person, show, scope, key=open_key(key),
        signed_by=signed_by, capacity=capacity,
        signed_on=read_day(signed_on, "--signed-on") if signed_on else None,
        document=file_sha256(document) if document else None,
        reference=(str(reference.resolve()), file_sha256(reference)) if reference else None,
    )  # fmt: skip
    typer.echo(given.words())


@consent.command(epilog=examples("setpiece ledger consent form > ana.toml"))
def form() -> None:
    """Print a consent file, to be filled in and recorded."""
    from setpiece.ledger.consent_file import FORM

    typer.echo(FORM, nl=False)


@consent.command(epilog=examples("setpiece ledger consent record ana.toml"))
def record(
    file: Annotated[Path, typer.Argument(help="A consent file (`consent form` prints one).")],
    key: KEY = None,
    out: OUT = Path("takes"),
    database: DATABASE = None,
) -> None:
    """Record what a consent file says; the same file again changes nothing."""
    from setpiece.ledger.consent_file import record_file
    from setpiece.ledger.keys import open_key

    typer.echo(record_file(open_ledger(out, database, new=True), file, open_key(key)).words())


@consent.command(
    epilog=examples("setpiece ledger consent show", 'setpiece ledger consent show "Ana Ruiz"')
)
def show(
    person: Annotated[Text, typer.Argument(help="Only this person's.")] = None,
    out: OUT = Path("takes"),
    database: DATABASE = None,
) -> None:
    """Every consent as it stands, one a line."""
    from setpiece.ledger.consent import consents

    with open_ledger(out, database).session() as session:
        found = consents(session, person)
    for one in found:
        typer.echo(one.words())
    if not found:
        typer.echo("No consent is on record.")


@consent.command(
    epilog=examples(
        'setpiece ledger consent narrow 12 --scenes "12" --signed-by "Ana Ruiz"',
        'setpiece ledger consent narrow 12 --years 30-40 --until 2027-01-31 --signed-by "Ana Ruiz"',
    )
)
def narrow(
    number: NUMBER,
    signed_by: SIGNED_BY,
    use: Annotated[list[str] | None, typer.Option(help=f"What remains: {USE_HELP}.")] = None,
    scenes: Annotated[Text, typer.Option(help="Scenes that remain.")] = None,
    years: Annotated[Text, typer.Option(help="Ages that remain.")] = None,
    until: Annotated[Text, typer.Option(help="Last day that remains.")] = None,
    key: KEY = None,
    out: OUT = Path("takes"),
    database: DATABASE = None,
) -> None:
    """Take something away from a consent; what is not named stays as it is."""
    from setpiece.errors import InputError
    from setpiece.ledger.consent import consents
    from setpiece.ledger.consent import narrow as record
    from setpiece.ledger.keys import open_key
    from setpiece.ledger.scope import Scope, checked, read_day, read_scenes, read_years

    store = open_ledger(out, database)
    with store.session() as session:
        old = next((c for c in consents(session) if c.number == number), None)
    if old is None:
        raise InputError(f"There is no consent {number}: `setpiece ledger consent show` lists them")
    changed = old.scope.model_dump()
    if use:
        changed["uses"] = tuple(use)
    if scenes is not None:
        changed["scenes"] = read_scenes(scenes)
    if years is not None:
        changed["youngest"], changed["oldest"] = read_years(years)
    if until is not None:
        changed["until"] = read_day(until, "--until")
    scope = checked(Scope, **changed)
    if scope == old.scope:
        raise InputError(f"Consent {number} says just that: name what is to be taken away.")
    typer.echo(record(store, number, scope, key=open_key(key), signed_by=signed_by).words())


@consent.command(
    epilog=examples('setpiece ledger consent withdraw 12 --signed-by "Ana Ruiz" --why "left"')
)
def withdraw(
    number: NUMBER,
    signed_by: SIGNED_BY,
    why: Annotated[str, typer.Option(help="The reason, if one was given.")] = "",
    key: KEY = None,
    out: OUT = Path("takes"),
    database: DATABASE = None,
) -> None:
    """End a consent, now and for good."""
    from setpiece.ledger.consent import withdraw as record
    from setpiece.ledger.keys import open_key

    store = open_ledger(out, database)
    typer.echo(record(store, number, key=open_key(key), signed_by=signed_by, why=why).words())


@consent.command(
    epilog=examples(
        'setpiece ledger consent check "Ana Ruiz" --use de-ageing --show eternal \\\n'
        '      --scenes "12, 13" --years 30-35'
    )
)
def check(
    person: PERSON,
    use: Annotated[str, typer.Option(help=USE_HELP)],
    show: Annotated[str, typer.Option(help="Name of the show.")],
    scenes: Annotated[str, typer.Option(help='Scenes of the work: "12, 14A".')],
    years: Annotated[Text, typer.Option(help="Ages that will be shown.")] = None,
    on: Annotated[Text, typer.Option(help="Day of the work; default today.")] = None,
    out: OUT = Path("takes"),
    database: DATABASE = None,
) -> None:
    """Is this covered? Exit 0 if it is; else 1, and all that is missing in plain words."""
    from setpiece.errors import InputError
    from setpiece.ledger.consent import ask, today
    from setpiece.ledger.scope import Request, checked, read_day, read_scenes, read_years

    wanted = read_scenes(scenes)
    if wanted is None:
        raise InputError("--scenes all: name the scenes of the work.")
    low, high = read_years(years) if years else (None, None)
    request = checked(
        Request, person=person, use=use, show=show, scenes=wanted, youngest=low, oldest=high,
        on=read_day(on, "--on") if on else today(),
    )  # fmt: skip
    answer = ask(open_ledger(out, database), request)
    if answer.covered:
        typer.echo(f"Covered by consent {', '.join(map(str, answer.consents))}.")
        return
    for line in answer.missing:
        typer.echo(line)
    raise typer.Exit(1)

"""`setpiece ledger ...`: what happened, who agreed, who approved, what it cost."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from setpiece import cli_approval, cli_return
from setpiece.cli_consent import consent
from setpiece.options import DATABASE, OUT, Text, command_group, examples, open_ledger

if TYPE_CHECKING:
    from setpiece.show import Store

ledger = command_group("What happened to every take: costs, consent, approvals, provenance.")
ledger.add_typer(consent, name="consent")
cli_approval.add_to(ledger)
cli_return.add_to(ledger)


@ledger.command(
    epilog=examples(
        "setpiece ledger verify takes",
        "setpiece ledger verify --out takes --expect 12:9f86d081884c7d65...",
        "setpiece ledger verify takes/eternal_sq010_sh020_collapse_v001",
    )
)
def verify(
    path: Annotated[
        Path | None,
        typer.Argument(
            help="A folder of takes (its ledger and every take), a take, one of its files, or a "
            "show.db; else the ledger in --out alone."
        ),
    ] = None,
    out: OUT = Path("takes"),
    database: DATABASE = None,
    expect: Annotated[
        Text, typer.Option(help="A receipt of an earlier run (NUMBER:HASH): is it still in there?")
    ] = None,
) -> None:
    """Hash takes again and read their credentials; recompute the ledger's whole chain.

    Names each file that was changed, added or is missing; each row that was edited, deleted,
    inserted or moved. Exit 1 where anything is found.
    """
    from setpiece.ledger.verify_takes import is_database, is_folder_of_takes

    if path is None:
        holds = _verify_chain(open_ledger(out, database), expect)
    elif is_database(path):
        holds = _verify_chain(open_ledger(path.parent, str(path)), expect)
    elif is_folder_of_takes(path):
        holds = _verify_all(path, database, expect)
    else:
        holds = _verify_files(path)
    if not holds:
        raise typer.Exit(1)


def _verify_all(folder: Path, database: str | None, expect: str | None) -> bool:
    """The ledger of a folder of takes, and each take."""
    from setpiece.ledger.verify_takes import check_all

    holds = True
    if database is not None or (folder / "show.db").is_file():
        store = open_ledger(folder, database)
        holds = _verify_chain(store, expect)
    else:
        store = None
        typer.echo(f"{folder}: has no ledger (show.db) beside its takes.")
    for take in check_all(folder, store):
        for problem in take.problems:
            typer.echo(f"{take.name}: {problem}")
        if not take.problems:
            typer.echo(f"{take.name}: {take.files} files, and each is as it was signed.")
        holds = holds and not take.problems
    return holds


def _verify_chain(store: Store, expect: str | None) -> bool:
    from setpiece.ledger import verify_chain

    verdict = verify_chain(store, expect)
    for problem in verdict.problems:
        typer.echo(problem)
    if not verdict.ok:
        typer.echo(f"{len(verdict.problems)} found in {verdict.events} events: do not rely on it.")
        return False
    typer.echo(f"{verdict.events} events, and each is as it was written.")
    for key, count in verdict.keys.items():
        typer.echo(f"{count} signed by the key {key}")
    typer.echo(f"Keep this receipt elsewhere, for --expect:  {verdict.receipt}")
    return True


@ledger.command(
    epilog=examples("setpiece ledger key >> trust.toml", "setpiece ledger key --key ana.pem")
)
def key(
    key: Annotated[
        Path | None, typer.Option(help="A private key (PEM); else this machine's.")
    ] = None,
    name: Annotated[str, typer.Option(help="Whose key it is.")] = "Your name",
    role: Annotated[list[str] | None, typer.Option(help="What they sign as; repeatable.")] = None,
) -> None:
    """The public key that signs here, as an entry for a list of trusted keys (SETPIECE_TRUST)."""
    import tomlkit

    from setpiece.ledger.keys import open_key

    entry = tomlkit.table()
    entry.update({"name": name, "key": open_key(key).public, "roles": role or ["artist"]})
    people = tomlkit.aot()
    people.append(entry)
    document = tomlkit.document()
    document.add("people", people)
    typer.echo(tomlkit.dumps(document))


def _verify_files(path: Path) -> bool:
    from setpiece.ledger.credentials import in_words
    from setpiece.ledger.manifest import check_file, check_folder

    report = check_folder(path) if path.is_dir() else check_file(path)
    for problem in report.problems:
        typer.echo(problem)
    if report.problems:
        typer.echo(f"{len(report.problems)} found in {report.files} files: do not rely on them.")
        return False
    typer.echo(f"{report.files} files, and each is as it was signed.")
    typer.echo(f"How it came about: {in_words(report.source_type)}")
    for one in report.ingredients:
        typer.echo(f"Made from: {one}")
    for signer in report.signed_by:
        typer.echo(f"Signed by: {signer}")
    return True


FILES = "Repeatable."


@ledger.command(
    epilog=examples(
        "setpiece ledger label takes/eternal_sq010_sh020_collapse_v001 \\\n"
        "      --source-type compositeSynthetic --plate house.jpg --matchmove shot.usdc",
    )
)
def label(
    take: Annotated[Path, typer.Argument(help="The take's folder.")],
    source_type: Annotated[
        str, typer.Option(help="IPTC digital source type: how the pictures came about.")
    ],
    plate: Annotated[list[Path] | None, typer.Option(help=f"A plate. {FILES}")] = None,
    model: Annotated[list[Path] | None, typer.Option(help=f"A model's weights. {FILES}")] = None,
    matchmove: Annotated[list[Path] | None, typer.Option(help=f"A matchmove. {FILES}")] = None,
    other: Annotated[list[Path] | None, typer.Option(help=f"Anything else. {FILES}")] = None,
    key: Annotated[Path | None, typer.Option(help="Key that signs the manifest.")] = None,
) -> None:
    """Sign a take that was not signed when it was made: pictures (C2PA), and a manifest of all."""
    from setpiece.ledger.keys import open_key
    from setpiece.ledger.manifest import label as sign
    from setpiece.ledger.provenance import Ingredient, Provenance, source_type_uri

    made_from = [
        *(Ingredient.of("plate", p) for p in plate or ()),
        *(Ingredient.of("model", p) for p in model or ()),
        *(Ingredient.of("matchmove", p) for p in matchmove or ()),
        *(Ingredient.of("other", p) for p in other or ()),
    ]
    how = Provenance(source_type=source_type_uri(source_type), ingredients=tuple(made_from))
    typer.echo(f"Signed {sign(take, how, open_key(key))}")


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

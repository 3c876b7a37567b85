"""`setpiece script ...`: what a screenplay holds, and what a revision changed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from setpiece.options import command_group, examples

if TYPE_CHECKING:
    from rich.console import Console

    from setpiece.script import Comparison, Screenplay

script = command_group("Read a screenplay; compare two revisions.")
SCRIPT = Annotated[Path, typer.Argument(metavar="SCRIPT", help="Fountain, FDX or text PDF.")]
JSON = Annotated[Path | None, typer.Option("--json", help="Write everything that was read here.")]


@script.command(
    epilog=examples(
        "setpiece script read tower.fountain",
        "setpiece script read tower.fdx --json tower.json --fountain tower.fountain",
        "setpiece script read tower.pdf --fdx tower.fdx",
    )
)
def read(
    path: SCRIPT,
    json_file: JSON = None,
    fountain: Annotated[Path | None, typer.Option(help="Write the script as Fountain.")] = None,
    fdx: Annotated[Path | None, typer.Option(help="Write the script for Final Draft.")] = None,
    proposals: Annotated[
        bool, typer.Option("--proposals", help="List what the action lines may ask for.")
    ] = False,
) -> None:
    """Read a script: scenes with their eighths, the cast, and every line not understood."""
    from setpiece.script import fdx_bytes, fountain_text, read_script

    found = read_script(path)
    console = _console()
    _scenes(console, found)
    _cast(console, found)
    if proposals:
        _proposals(console, found)
    _report(console, found)
    if json_file is not None:
        _write(json_file, found.model_dump_json(indent=1).encode())
    if fountain is not None:
        _write(fountain, fountain_text(found).encode())
    if fdx is not None:
        _write(fdx, fdx_bytes(found))


@script.command(
    "compare",
    epilog=examples(
        "setpiece script compare white.fdx blue.fdx",
        "setpiece script compare first.fountain second.pdf --json changes.json",
    ),
)
def compare_two(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="The script as it was.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The script as it is now.")],
    json_file: JSON = None,
    lines: Annotated[bool, typer.Option("--lines", help="Show the lines that differ.")] = False,
) -> None:
    """Compare two revisions: unchanged, changed, moved, new and cut scenes."""
    from setpiece.script import compare, read_script

    found = compare(read_script(old), read_script(new))
    _changes(_console(), found, lines)
    if json_file is not None:
        _write(json_file, found.model_dump_json(indent=1).encode())


def _console() -> Console:
    from rich.console import Console

    return Console(highlight=False, markup=False)


def _write(path: Path, data: bytes) -> None:
    from setpiece.media.atomic import whole_file

    with whole_file(path) as part:
        part.write_bytes(data)
    typer.echo(f"Wrote {path}")


def _table(console: Console, title: str, columns: list[str], rows: list[list[str]]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(*columns, title=Text(title), title_justify="left")
    for row in rows:
        table.add_row(*(Text(_shown(cell)) for cell in row))
    console.print(table)


def _shown(text: str) -> str:
    """A script may hold bytes that would steer the terminal."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)


def _scenes(console: Console, found: Screenplay) -> None:
    from setpiece.script.eighths import pages

    rows = [
        [s.number or f"({s.position})", s.setting, s.place, s.time, pages(s.eighths),
         "omitted" if s.omitted else ", ".join((*s.speaking, *(f"{n} (silent)" for n in s.silent)))]
        for s in found.scenes
    ]  # fmt: skip
    title = found.title or "Untitled"
    head = f"{title}: {len(found.scenes)} scenes, {pages(found.eighths)} pages, {found.source}"
    _table(console, head, ["scene", "set", "place", "time", "pages", "cast"], rows)


def _cast(console: Console, found: Screenplay) -> None:
    rows = [
        [
            m.name,
            str(m.speeches),
            str(len(m.speaks_in)),
            str(len(m.silent_in)),
            "  ".join(m.variants),
        ]
        for m in found.cast
    ]
    _table(console, "Cast", ["name", "speeches", "scenes", "silent in", "cues"], rows)


def _proposals(console: Console, found: Screenplay) -> None:
    rows = [
        [s.number or f"({s.position})", p.category, p.item, p.words[:80]]
        for s in found.scenes
        for p in s.proposals
    ]
    _table(console, "Proposals, for a person to confirm", ["scene", "what", "item", "words"], rows)


def _report(console: Console, found: Screenplay) -> None:
    from setpiece.script.read import remark_lines

    remarks = remark_lines(found)
    if not remarks:
        console.print("Import report: every line was understood.")
        return
    rows = [[str(r.line) if r.line else "", r.level, r.what, r.text[:70]] for r in remarks]
    lost = sum(r.level == "lost" for r in remarks)
    head = f"Import report: {lost} not understood, {len(remarks) - lost} to look at"
    _table(console, head, ["line", "", "what", "text"], rows)


def _changes(console: Console, found: Comparison, lines: bool) -> None:
    rows = []
    for s in found.scenes:
        said = "; ".join(s.changes)
        if lines:
            said += "".join(f"\n- {t}" for t in s.removed) + "".join(f"\n+ {t}" for t in s.added)
        old, new = s.old_number or _nth(s.old), s.new_number or _nth(s.new)
        rows.append([s.status, old, new, s.heading, said])
    counts = ", ".join(
        f"{len(found.having(k))} {k}" for k in ("unchanged", "changed", "moved", "new", "cut")
    )
    _table(console, counts, ["", "old", "new", "slugline", "what changed"], rows)


def _nth(position: int) -> str:
    return f"({position})" if position else ""

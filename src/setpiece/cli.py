"""One door: every command."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from setpiece import __version__
from setpiece.cli_deage import EXAMPLES as DEAGE_EXAMPLES
from setpiece.cli_deage import deage
from setpiece.cli_ledger import ledger
from setpiece.cli_previs import EXAMPLES as PREVIS_EXAMPLES
from setpiece.cli_previs import previs
from setpiece.cli_schedule import schedule
from setpiece.cli_script import script
from setpiece.options import (
    BRIEF,
    DATABASE,
    OUT,
    PLATE,
    SIZE,
    WORKERS,
    Text,
    on_a_plate,
    on_a_settled_plate,
    read_fps,
    read_size,
    read_strokes,
)
from setpiece.options import examples as _examples

app = typer.Typer(
    name="setpiece",
    help="Bring a plate and a sentence, get a finished shot.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(ledger, name="ledger")
app.add_typer(schedule, name="schedule")
app.command(epilog=_examples(*DEAGE_EXAMPLES))(deage)
app.add_typer(script, name="script")
app.command(epilog=_examples(*PREVIS_EXAMPLES))(previs)


@app.command(
    epilog=_examples(
        'setpiece collapse house.jpg --brief "at 1 s it pancakes, heavy dust"',
        'setpiece collapse street.jpg --brief "topples left, light wind from the right" \\\n'
        '      --outline "210,80 610,95 612,420 208,431" --line "210,80 610,95" --storeys 5',
        "setpiece collapse plate.####.exr --brief-file brief.toml --layout layout.toml",
    )
)
@on_a_settled_plate
def collapse(
    plate: PLATE,
    brief: BRIEF = "",
    brief_file: Annotated[
        Path | None, typer.Option(help="brief.toml of an earlier run, edited or not.")
    ] = None,
    brief_model: Annotated[
        Text, typer.Option(help="URL of an OpenAI-compatible server that reads the brief instead.")
    ] = None,
    frames: Annotated[int, typer.Option(help="Length of the shot.")] = 96,
    fps: Annotated[
        Text, typer.Option(help="24, 25, 23.976, 24000/1001; default the clip's.")
    ] = None,
    size: SIZE = "1280x720",
    fragments: Annotated[int, typer.Option(help="How many pieces it breaks into.")] = 1500,
    quality: Annotated[str, typer.Option(help="draft or final.")] = "final",
    seed: Annotated[int, typer.Option(help="Another number, another equally good take.")] = 7,
    show: Annotated[str, typer.Option(help="Name of the show.")] = "show",
    sequence: Annotated[str, typer.Option(help="Name of the sequence.")] = "sq010",
    shot: Annotated[Text, typer.Option(help="Name of the shot; default the plate's.")] = None,
    out: OUT = Path("takes"),
    workers: WORKERS = None,
    database: DATABASE = None,
    keep_work: Annotated[bool, typer.Option(help="Keep dust caches and raw frames.")] = False,
    preview: Annotated[bool, typer.Option(help="Show a quick frame before the long work.")] = True,
    again: Annotated[
        bool, typer.Option("--again", help="Make a new version of a take that is there already.")
    ] = False,
    **strokes: Any,
) -> None:
    """Bring a building in a plate down, as the brief says."""
    from setpiece.collapse.shot import collapse as make
    from setpiece.progress import watching

    options = read_strokes(
        **strokes, brief_file=brief_file, brief_model=brief_model, frames=frames,
        fps=read_fps(fps), size=read_size(size), fragments=fragments, quality=quality, seed=seed,
        show=show, sequence=sequence, shot=shot,
    )  # fmt: skip
    with watching() as watcher:
        take = make(
            plate, brief, out=out, watcher=watcher, workers=workers, database=database,
            keep_work=keep_work, preview=preview, again=again, **options,
        )  # fmt: skip
    _report(take)


@app.command(
    epilog=_examples(
        "setpiece layout house.jpg",
        'setpiece layout house.jpg --outline "69,89 209,94 206,210 70,204" '
        '--line "69,89 209,94" --height 7.5',
    )
)
@on_a_plate
def layout(plate: PLATE, size: SIZE = "1280x720", out: OUT = Path("takes"), **strokes: Any) -> None:
    """Propose camera and building, and draw them over the plate for approval."""
    import shutil

    from setpiece.collapse.request import Request
    from setpiece.collapse.shot import plan
    from setpiece.farm import StageDesk
    from setpiece.media.atomic import whole_file
    from setpiece.progress import watching
    from setpiece.show import slug

    options = read_strokes(**strokes, size=read_size(size))
    with watching() as watcher:
        request = Request.check(plate=plate, brief="it collapses", **options)
        stages = plan(request, StageDesk(out / ".work", watcher))
        folder = out / f"{slug(plate.stem)}_layout"
        for name in ("layout.toml", "light.toml", "layout.png"):
            with whole_file(folder / name) as part:
                shutil.copyfile(stages.folders["layout"] / name, part)
    given, edited = (shlex.quote(str(p)) for p in (plate, folder / "layout.toml"))
    typer.echo(f"Look at   {folder / 'layout.png'}")
    typer.echo(f"Edit      {folder / 'layout.toml'}")
    typer.echo(f"Then      setpiece collapse {given} --layout {edited} --brief ...")


@app.command(
    epilog=_examples(
        'setpiece takes house.jpg --brief "it comes down, heavy dust"',
        'setpiece takes house.jpg --brief "it topples" --n 3 --layout layout.toml',
    )
)
@on_a_settled_plate
def takes(
    plate: PLATE,
    brief: BRIEF = "",
    n: Annotated[int, typer.Option("--n", "-n", help="How many takes.", min=1, max=24)] = 6,
    seed: Annotated[int, typer.Option(help="Another number, other takes.")] = 7,
    out: OUT = Path("takes"),
    workers: WORKERS = None,
    **strokes: Any,
) -> None:
    """Several small, quick, different takes on one contact sheet; pick one and finish it."""
    from setpiece.collapse.variations import takes as make
    from setpiece.progress import watching

    options = read_strokes(**strokes)
    with watching() as watcher:
        sheet = make(
            plate, brief, n=n, seed=seed, out=out, watcher=watcher, workers=workers, **options
        )
    typer.echo(f"Look at   {sheet.picture}")
    for variation in sheet.takes:
        typer.echo(f"  {variation.label}: {variation.words}")
        typer.echo(f"     finish it: {variation.command}")


@app.command(epilog=_examples("setpiece demo", "setpiece demo --quality draft --out demo-draft"))
def demo(
    out: OUT = Path("demo"),
    workers: WORKERS = None,
    quality: Annotated[str, typer.Option(help="draft or final.")] = "final",
) -> None:
    """The main shot from a real photograph: what `make demo` runs."""
    from setpiece.collapse.demo import make_demo
    from setpiece.progress import watching

    with watching() as watcher:
        take = make_demo(out, watcher=watcher, workers=workers, quality=quality)
    _report(take)


@app.command(
    epilog=_examples("setpiece costs --out takes", "setpiece costs --show eternal --csv costs.csv")
)
def costs(
    out: OUT = Path("takes"),
    database: DATABASE = None,
    show: Annotated[Text, typer.Option(help="Only this show.")] = None,
    csv: Annotated[Path | None, typer.Option(help="Write every stage of every take here.")] = None,
) -> None:
    """What every take took, in seconds and money."""
    from setpiece.errors import StoreError
    from setpiece.ledger import read_costs, settle_all, write_csv
    from setpiece.progress import cost_table
    from setpiece.show import open_store

    if database is None and not (out / "show.db").is_file():
        raise StoreError(
            f"{out / 'show.db'}: no takes are recorded there; name their folder: --out"
        )
    store = open_store(database or out / "show.db")
    for complaint in settle_all(store, out):
        typer.echo(complaint, err=True)
    rows = read_costs(store, show)
    if csv is not None:
        write_csv(rows, csv)
        typer.echo(f"Wrote {csv}: {len(rows)} rows")
    else:
        cost_table(rows)


@app.command(epilog=_examples("setpiece warm"))
def warm() -> None:
    """Compile the kernels now, so that no shot waits for it (done once at install)."""
    from setpiece.progress import watching
    from setpiece.warm import warm_up

    with watching() as watcher:
        warm_up(watcher)


@app.command(epilog=_examples("setpiece clean", "setpiece clean --out demo"))
def clean(out: OUT = Path("takes")) -> None:
    """Delete intermediate files of finished and interrupted work; takes stay."""
    import shutil

    work = out / ".work"
    freed = sum(p.stat().st_size for p in work.rglob("*") if p.is_file()) if work.is_dir() else 0
    shutil.rmtree(work, ignore_errors=True)
    for part in out.glob(".*.part"):
        shutil.rmtree(part, ignore_errors=True)
    typer.echo(f"Freed {freed / 1e6:.0f} MB in {work}")


def _report(take: Any) -> None:
    from setpiece.progress import check_table

    check_table(take.checks)
    typer.echo("")
    typer.echo(f"Watch     {take.movie}")
    typer.echo(f"Breakdown {take.folder / 'breakdown.mp4'}")
    typer.echo(f"Frames    {take.folder / 'exr'}")
    typer.echo(f"Everything is in {take.folder}")


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"setpiece {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Bring a plate and a sentence, get a finished shot."""


def main() -> None:
    """Entry point: errors made for the artist are printed as such, Ctrl-C leaves nothing broken."""
    from setpiece.errors import SetpieceError

    try:
        app(standalone_mode=True)
    except SetpieceError as error:
        typer.secho(f"setpiece: {error}", err=True, fg=typer.colors.RED)
        sys.exit(2)
    except KeyboardInterrupt:
        _stopped()
        sys.exit(130)
    except SystemExit as end:
        if end.code == 130:  # Typer turns Ctrl-C into this
            _stopped()
        raise


def _stopped() -> None:
    typer.secho(
        "\nStopped. Finished stages are kept: the same command goes on from there "
        "(`setpiece clean` throws them away).",
        err=True,
    )


if __name__ == "__main__":
    main()

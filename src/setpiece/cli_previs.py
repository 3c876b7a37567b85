"""`setpiece previs SCRIPT`: the film as boards, before it is shot."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from setpiece.options import OUT, WORKERS, Text, read_fps

EXAMPLES = (
    "setpiece previs tower.fountain",
    "setpiece previs tower.fdx --scenes 12-14 --style pencil",
    "setpiece previs tower.fdx --shots shots.csv                 # the shot list, edited",
    "setpiece previs tower.fdx --cast cast.toml                  # who looks how, edited",
    "setpiece previs blue.fdx --revises takes/show_boards_tower_previs_v001",
    "setpiece previs tower.fdx --engine comfyui --server http://127.0.0.1:8188 --workflow w.json",
)


def previs(
    script: Annotated[Path, typer.Argument(metavar="SCRIPT", help="Fountain, FDX or text PDF.")],
    scenes: Annotated[
        Text, typer.Option(help='Only these: "12-14,20A", as the script numbers them.')
    ] = None,
    style: Annotated[str, typer.Option(help="ink, pencil or clay.")] = "ink",
    aspect: Annotated[str, typer.Option(help="2.39, 1.85 or 16:9.")] = "2.39",
    shots: Annotated[
        Path | None, typer.Option(help="shots.csv of an earlier run, edited: it decides.")
    ] = None,
    cast: Annotated[
        Path | None,
        typer.Option(help="cast.toml of an earlier run, edited: who looks how."),
    ] = None,
    revises: Annotated[
        Path | None,
        typer.Option(help="The boards that this script revises: a take's folder."),
    ] = None,
    fps: Annotated[str, typer.Option(help="24, 25, 23.976, 24000/1001.")] = "24",
    animatic: Annotated[bool, typer.Option(help="Make the animatic and its timelines.")] = True,
    voices: Annotated[
        bool, typer.Option(help="Scratch voices, where espeak-ng is installed.")
    ] = True,
    engine: Annotated[
        str, typer.Option(help="Who draws: native, diffusers or comfyui.")
    ] = "native",
    server: Annotated[Text, typer.Option(help="Address of ComfyUI.")] = None,
    workflow: Annotated[
        Path | None, typer.Option(help="ComfyUI workflow in API format; default ours.")
    ] = None,
    model: Annotated[
        Text, typer.Option(help="Checkpoint (comfyui) or folder of a pipeline (diffusers).")
    ] = None,
    engine_timeout: Annotated[
        float, typer.Option(help="Seconds to wait for one picture.", min=1)
    ] = 300.0,
    shot_model: Annotated[
        Text,
        typer.Option(help="URL of an OpenAI-compatible server that proposes the shots instead."),
    ] = None,
    show: Annotated[str, typer.Option(help="Name of the show.")] = "show",
    out: OUT = Path("takes"),
    workers: WORKERS = None,
    database: Annotated[
        Text,
        typer.Option(
            "--store", "--database", envvar="SETPIECE_DATABASE",
            help="The show's database: a file or a URL; default show.db in --out.",
        ),
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Make a new version of boards that are there already.")
    ] = False,
) -> None:  # fmt: skip
    """See the film before it is shot: shot list, boards, blocked scenes, animatic."""
    from setpiece.previs.make import previs as make
    from setpiece.previs.request import check
    from setpiece.progress import check_table, watching

    request = check(
        script, scenes=scenes, style=style, aspect=aspect, shots=shots, cast=cast, revises=revises,
        fps=read_fps(fps), animatic=animatic, voices=voices, engine=engine, server=server,
        workflow=workflow, model=model, engine_timeout=engine_timeout, shot_model=shot_model,
        show=show,
    )  # fmt: skip
    with watching() as watcher:
        take = make(
            request, out=out, watcher=watcher, workers=workers, database=database, again=again
        )
    check_table(take.checks)
    typer.echo("")
    typer.echo(f"Flip      {take.folder / 'flip.html'}")
    typer.echo(f"Book      {take.folder / 'book.pdf'}")
    if animatic:
        typer.echo(f"Watch     {take.movie}")
    typer.echo(f"Edit      {take.folder / 'shots.csv'}, then the same command with --shots")
    typer.echo(f"          {take.folder / 'cast.toml'}, with --cast")
    typer.echo(f"Everything is in {take.folder}")

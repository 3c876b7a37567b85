"""`setpiece deage ...`: an actor, years younger, with consent on file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from setpiece.options import COLORSPACE, OUT, WORKERS, Text, open_ledger, read_fps

EXAMPLES = (
    "setpiece deage clip.mov --person ana=ana.jpg --years 30 --age 62 --show eternal --scene 12",
    'setpiece deage plate.####.exr --person "Ana Ruiz" --age 62 --years "1001:0 1048:25" \\\n'
    '      --regions "brow:1.0 eyes:0.7 neck:0.5" --layers "shape:0.5"',
    "setpiece deage two.mov --person ana=ana.jpg --person leo=leo.jpg \\\n"
    "      --years ana=20 --years leo=-10 --age ana=62 --age leo=45",
    "setpiece deage clip.mov --person ana=ana.jpg --years 20 --test",
)


def deage(
    plate: Annotated[
        Path, typer.Argument(help="Photograph, numbered sequence (plate.####.exr) or movie.")
    ],
    person: Annotated[
        list[str],
        typer.Option(
            help="Whom: NAME=PHOTO, or NAME where the consent names the photo. Repeatable."
        ),
    ],
    years: Annotated[
        list[str] | None,
        typer.Option(
            help='Years younger (negative: older): 30, "1001:0 1048:30", NAME=30. Default 20.'
        ),
    ] = None,
    age: Annotated[
        list[str] | None, typer.Option(help="Age in the plate: 62, or NAME=62.")
    ] = None,
    reference: Annotated[
        Path | None, typer.Option(help="Photograph of the one person.")
    ] = None,
    regions: Annotated[
        str, typer.Option(help='How much where: "brow:1.0 neck:0@1001 neck:1@1048"; default 1.')
    ] = "",
    layers: Annotated[
        str, typer.Option(help='How much of each layer: "wrinkles:1.0 shape:0@1001 shape:1@1048".')
    ] = "",
    from_photo: Annotated[
        list[Path] | None,
        typer.Option(help="The person when young: the result is measured against it. Repeatable."),
    ] = None,
    age_map: Annotated[
        Path | None,
        typer.Option(
            help="How much of the years where, frame for frame or one picture: white all, black "
            "none (a garbage matte)."
        ),
    ] = None,
    hair: Annotated[
        Path | None, typer.Option(help="Matte of the hair, frame for frame (white = hair).")
    ] = None,
    hair_colour: Annotated[str, typer.Option(help="Its colour when young.")] = "dark-brown",
    engine: Annotated[str, typer.Option(help="native, network or onnx:FILE.")] = "native",
    identity: Annotated[
        str,
        typer.Option(
            help="How far a face may go from itself: auto (by the years), a distance such as "
            "0.30, or off."
        ),
    ] = "auto",
    consent: Annotated[
        list[Path] | None,
        typer.Option(
            help="A consent file, recorded first if it is not yet "
            "(`setpiece ledger consent form`). Repeatable."
        ),
    ] = None,
    test: Annotated[
        bool, typer.Option("--test", help="A watermarked test, without asking for consent.")
    ] = False,
    show: Annotated[str, typer.Option(help="Name of the show.")] = "show",
    sequence: Annotated[str, typer.Option(help="Name of the sequence.")] = "sq010",
    shot: Annotated[Text, typer.Option(help="Name of the shot; default the plate's.")] = None,
    scene: Annotated[
        Text, typer.Option(help="Scene that consent is asked for; default the sequence.")
    ] = None,
    fps: Annotated[Text, typer.Option(help="Frame rate of a sequence.")] = None,
    colorspace: COLORSPACE = None,
    out: OUT = Path("takes"),
    workers: WORKERS = None,
    database: Annotated[
        Text,
        typer.Option(
            "--store", "--database", envvar="SETPIECE_DATABASE",
            help="The show's database: a file or a URL; default show.db in --out.",
        ),
    ] = None,
    keep_work: Annotated[bool, typer.Option(help="Keep raw frames.")] = False,
) -> None:  # fmt: skip
    """Make a person in a plate younger or older, where they have consented to it."""
    from setpiece.deage.brief import check
    from setpiece.deage.shot import deage as make
    from setpiece.ledger.consent_file import record_file
    from setpiece.ledger.keys import open_key
    from setpiece.progress import check_table, watching

    request = check(
        plate, person, years or ("20",), age or (), reference, regions=regions, layers=layers,
        from_photo=tuple(from_photo or ()), age_map=age_map, hair=hair, hair_colour=hair_colour,
        engine=engine, identity=identity, colorspace=colorspace, fps=read_fps(fps), show=show,
        sequence=sequence, shot=shot, scene=scene, test=test,
    )  # fmt: skip
    for path in consent or ():
        typer.echo(record_file(open_ledger(out, database, new=True), path, open_key()).words())
    with watching() as watcher:
        take = make(
            request, out=out, watcher=watcher, workers=workers, database=database,
            keep_work=keep_work,
        )  # fmt: skip
    check_table(take.checks)
    typer.echo("")
    typer.echo(f"Watch     {take.movie}")
    typer.echo(f"Compare   {take.folder / 'before_after.jpg'}")
    if not test:
        typer.echo(f"Layers    {take.folder / 'layers'}")
    typer.echo(f"Everything is in {take.folder}")

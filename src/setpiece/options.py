"""Options that several commands share, and how their text is read."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    from setpiece.show import Store

Text = str | None
PANEL = "What is in the plate"
PLATE = Annotated[
    Path,
    typer.Argument(help="Photograph, numbered sequence (plate.####.exr) or movie; locked off."),
]
BRIEF = Annotated[
    str,
    typer.Option("--brief", "-b", help="What happens, in English, Italian or Spanish."),
]
OUTLINE = Annotated[
    Text, typer.Option(help='Silhouette of the building: "x,y x,y x,y ..." in plate pixels.')
]
LINE = Annotated[
    list[str] | None,
    typer.Option("--line", help='A horizontal edge of the building: "x,y x,y". Repeatable.'),
]
WALL = Annotated[
    list[str] | None,
    typer.Option("--wall", help='A rectangle on a facade: four corners "x,y x,y x,y x,y".'),
]
LENS = Annotated[float | None, typer.Option(help="Focal length, 35 mm equivalent, in mm.")]
HEIGHT = Annotated[
    float | None, typer.Option(help="Height of the building to its eaves, in metres.")
]
STOREYS = Annotated[int | None, typer.Option(help="How many storeys.")]
BAYS = Annotated[int | None, typer.Option(help="Windows side by side on the main wall.")]
ROOF = Annotated[Text, typer.Option(help="flat, gable, gable:35, hip or pyramid.")]
EYE = Annotated[
    float | None, typer.Option("--eye-height", help="Camera above the ground, in metres.")
]
SHADOW = Annotated[
    Text,
    typer.Option(
        help='A cast shadow: "foot tip" or "foot tip top", each x,y: where something upright '
        "meets the ground, the end of its shadow, its top."
    ),
]
SUN = Annotated[
    Text, typer.Option(help='Override: "azimuth,elevation"; azimuth 0 is away from the camera.')
]
FOREGROUND = Annotated[
    Path | None, typer.Option(help="Matte of what stands in front of the building (white = front).")
]
CLEAN = Annotated[
    Path | None, typer.Option("--clean-plate", help="The same view without the building.")
]
LAYOUT = Annotated[
    Path | None, typer.Option("--layout", help="layout.toml of an earlier run, edited or not.")
]
COLORSPACE = Annotated[
    Text, typer.Option("--colorspace", help="Colour space of the plate (OCIO name), if not tagged.")
]
OUT = Annotated[Path, typer.Option("--out", "-o", help="Folder of takes.")]
SIZE = Annotated[str, typer.Option(help="Box WxH the picture is fitted into; the aspect is kept.")]
WORKERS = Annotated[
    int | None, typer.Option(help="Worker processes; default one for each core.", min=1, max=256)
]
DATABASE = Annotated[
    Text,
    typer.Option(
        envvar="SETPIECE_DATABASE", help="URL of the show's database; default show.db in --out."
    ),
]


def command_group(says: str, cls: type[TyperGroup] | None = None) -> typer.Typer:
    """A command with commands of its own, `setpiece <it> ...`."""
    return typer.Typer(
        cls=cls,
        help=says,
        no_args_is_help=True,
        rich_markup_mode="rich",
        context_settings={"help_option_names": ["-h", "--help"]},
    )


def examples(*lines: str) -> str:
    """What is printed under a command's options."""
    return "\n\n".join(("[bold]Examples[/bold]", *(f"  {line}" for line in lines)))


def _building(
    outline: OUTLINE = None,
    line: LINE = None,
    wall: WALL = None,
    lens: LENS = None,
    height: HEIGHT = None,
    storeys: STOREYS = None,
    bays: BAYS = None,
    roof: ROOF = None,
    eye_height: EYE = None,
    shadow: SHADOW = None,
    sun: SUN = None,
    colorspace: COLORSPACE = None,
) -> None:
    """Options of every command that looks at a plate."""


def _settled(
    layout: LAYOUT = None, foreground: FOREGROUND = None, clean_plate: CLEAN = None
) -> None:
    """Options of the commands that make takes."""


def on_a_plate(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command that ends in `**strokes` the options of `_building`."""
    return with_options(command, _building)


def on_a_settled_plate(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command that ends in `**strokes` the options of `_building` and `_settled`."""
    return with_options(command, _building, _settled)


def with_options(
    command: Callable[..., None], *groups: Callable[..., None], panel: str = PANEL
) -> Callable[..., None]:
    """Typer reads options off a signature: put those of `groups` in the place of `**strokes`."""
    own = list(inspect.signature(command, eval_str=True).parameters.values())
    shared = [
        p.replace(kind=inspect.Parameter.KEYWORD_ONLY)
        for group in groups
        for p in inspect.signature(group, eval_str=True).parameters.values()
    ]
    for p in shared:
        p.annotation.__metadata__[0].rich_help_panel = panel
    signature = inspect.Signature([*own[:-1], *shared])
    command.__signature__ = signature  # type: ignore[attr-defined]
    command.__annotations__ = {p.name: p.annotation for p in signature.parameters.values()}
    return command


def read_points(text: str, option: str, count: int | None = None) -> tuple[Any, ...]:
    from setpiece.collapse.layout import parse_points
    from setpiece.errors import LayoutError

    try:
        points = tuple(parse_points(text))
    except LayoutError as error:
        raise LayoutError(f"{option}: {error}") from error
    if count is not None and len(points) != count:
        raise LayoutError(f'{option} "{text}": needs {count} points "x,y", has {len(points)}.')
    return points


def read_size(text: str) -> tuple[int, int]:
    from setpiece.errors import InputError

    parts = text.lower().replace("×", "x").split("x")
    try:
        width, height = (int(p) for p in parts)
    except ValueError:
        raise InputError(f'--size "{text}": write WIDTHxHEIGHT, for instance 1280x720.') from None
    return width, height


def read_fps(text: str | None) -> Fraction | None:
    from setpiece.errors import InputError

    if text is None:
        return None
    common = {"23.976": (24000, 1001), "23.98": (24000, 1001), "29.97": (30000, 1001)}
    common["59.94"] = (60000, 1001)
    if text in common:
        return Fraction(*common[text])
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise InputError(f'--fps "{text}": write 24, 25, 23.976 or 24000/1001.') from None


def read_strokes(**given: Any) -> dict[str, Any]:
    """Command-line strokes as fields of a request."""
    out: dict[str, Any] = {k: v for k, v in given.items() if v is not None}
    if given.get("outline") is not None:
        out["outline"] = read_points(given["outline"], "--outline")
    for name, corners in (("line", 2), ("wall", 4)):
        texts = out.pop(name, None) or ()
        out[f"{name}s"] = tuple(read_points(t, f"--{name}", corners) for t in texts)
    if given.get("shadow") is not None:
        out["shadow"] = read_points(given["shadow"], "--shadow")
    if given.get("sun") is not None:
        out["sun"] = read_points(given["sun"], "--sun", 1)[0]
    return out


def open_ledger(out: Path, database: str | None, new: bool = False) -> Store:
    """The show's database, its takes brought in; `new` where the command may make it."""
    from setpiece.errors import StoreError
    from setpiece.ledger import open_chain, settle_all
    from setpiece.show import open_store

    if not new and database is None and not (out / "show.db").is_file():
        raise StoreError(
            f"{out / 'show.db'}: nothing is recorded there; name the folder of takes: --out"
        )
    store = open_chain(open_store(database or out / "show.db"))
    for complaint in settle_all(store, out):
        typer.echo(complaint, err=True)
    return store

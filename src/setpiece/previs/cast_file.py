"""cast.toml: how the people of the boards look, written with every take, to be edited.

What stands in it goes before the script's words and before what a name tells.
"""

from __future__ import annotations

import difflib
from pathlib import Path

import tomlkit
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from setpiece.errors import InputError
from setpiece.media.toml_file import read_toml
from setpiece.previs.costume import costume
from setpiece.previs.hair_mesh import STYLES
from setpiece.previs.model import Boards, Build, Figure, Staging
from setpiece.previs.persona import CLOTHES, COLOURS, HATS, worn
from setpiece.previs.stage import period

_HEAD = f"""How the people of these boards look. Change what you like; give it back with --cast.
woman, old (grey hair, lines), beard: true or false. height: metres.
hair: {", ".join(STYLES)}.
wears: a cut ({", ".join(CLOTHES)}), a hat ({", ".join(HATS)}, bareheaded), a colour
({", ".join(COLOURS)}); "" leaves it to us."""


class Look(BaseModel):
    """What may be said of somebody; None leaves it as it is."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    woman: bool | None = None
    old: bool | None = None
    height: float | None = Field(None, ge=0.6, le=2.4)
    hair: str | None = None
    beard: bool | None = None
    wears: str | None = None


def cast_text(boards: Boards) -> str:
    """The text of cast.toml for everybody of the cast who is in these boards."""
    page = tomlkit.document()
    for line in _HEAD.splitlines():
        page.add(tomlkit.comment(line))
    for name, (figure, old) in sorted(_people(boards.stagings).items()):
        table = tomlkit.table()
        for key, value in _look(figure, old).model_dump().items():
            table.add(key, value)
        page.add(name, table)
    return tomlkit.dumps(page)


def read_cast(path: Path, known: tuple[str, ...]) -> dict[str, Look]:
    """What an edited cast.toml says, by name.

    known: names of the script's cast. Raises InputError that names the file, the person and what
    is wrong: an unknown name or key, a value that is none, hair or clothes that there are not.
    """
    values = read_toml(path, InputError, "the cast.toml of a take, edited")
    out: dict[str, Look] = {}
    for name, said in values.items():
        if name not in known:
            near = difflib.get_close_matches(name, known, 3) or list(known[:5])
            raise InputError(
                f"{path}: nobody in the script is called {name!r}; is it {', '.join(near)}?"
            )
        try:
            look = Look.model_validate(said)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(p) for p in first["loc"])
            keys = ", ".join(Look.model_fields)
            raise InputError(
                f"{path}, {name}, {where or 'its table'}: {first['msg']}; keys are {keys}."
            ) from error
        if look.hair and look.hair not in STYLES:
            raise InputError(f"{path}, {name}, hair {look.hair!r}: there are {', '.join(STYLES)}.")
        if look.wears and not worn(look.wears):
            every = ", ".join([*CLOTHES, *HATS, *COLOURS])
            raise InputError(f"{path}, {name}, wears {look.wears!r}: we know {every}.")
        out[name] = look
    return out


def dressed(staging: Staging, looks: dict[str, Look], *, grown: bool = True) -> Staging:
    """The staging with its people as they are to look. grown: their heights too."""
    if not any(f.name in looks for f in staging.figures):
        return staging
    old = period(staging)
    figures = tuple(
        f.model_copy(update={"build": _built(f, looks[f.name], old, grown)})
        if f.name in looks and f.species == "human"
        else f
        for f in staging.figures
    )
    return staging.model_copy(update={"figures": figures})


def _people(stagings: tuple[Staging, ...]) -> dict[str, tuple[Figure, bool]]:
    """Everybody of the cast as they first come, and whether that scene is of before 1850."""
    out: dict[str, tuple[Figure, bool]] = {}
    for staging in stagings:
        for f in staging.figures:
            if f.role == "cast" and f.species == "human" and f.name not in out:
                out[f.name] = (f, period(staging))
    return out


def _look(figure: Figure, old: bool) -> Look:
    """How somebody is drawn as things stand."""
    b = figure.build
    c = costume(figure.name, b.shape, b.tone, period=old, wears=b.wears)
    wears = " ".join(w for w in b.wears.split() if w in (*CLOTHES, *HATS, *COLOURS, "bareheaded"))
    return Look(woman=b.woman, old=c.elder, height=b.height, hair=c.hair, beard=c.beard > 0,
        wears=wears)  # fmt: skip


def _built(figure: Figure, look: Look, old: bool, grown: bool) -> Build:
    """What differs from how they would be drawn anyway is changed, and nothing else."""
    b = figure.build
    if look.woman is not None and look.woman != b.woman:
        b = b.model_copy(update={"shape": b.shape // 2 * 2 + int(look.woman)})
    words = b.wears.split()
    if look.wears:
        kept = [w for w in words if w not in (*CLOTHES, *HATS, *COLOURS, "bareheaded")]
        words = [*worn(look.wears), *kept]
    so_far = b.model_copy(update={"wears": " ".join(words)})
    now = _look(figure.model_copy(update={"build": so_far}), old)
    if look.old is not None and look.old != now.old:
        words = [w for w in words if w not in ("elder", "young")]
        words.append("elder" if look.old else "young")
    if look.hair is not None and look.hair != now.hair:
        words = [w for w in words if w not in STYLES] + [look.hair]
    if look.beard is not None and look.beard != now.beard:
        words.append("bearded" if look.beard else "shaven")
    height = look.height if look.height is not None and grown else b.height
    return b.model_copy(update={"wears": " ".join(words), "height": height})


__all__ = ["Look", "cast_text", "dressed", "read_cast"]

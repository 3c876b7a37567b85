"""What the artist asked for: whom, how many years, where; checked before anything slow runs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from setpiece.deage.ages import (
    Key,
    Strengths,
    governed,
    strengths,
    taken,
)
from setpiece.deage.dials import dials_at, parse_layers, parse_regions
from setpiece.errors import InputError
from setpiece.ledger.scope import checked

FIRST = 1001


class Wanted(BaseModel):
    """One person and what is to be done to them.

    years: frame number -> years taken off (negative: put on); one entry holds for the whole clip.
    age: in the plate, in years. reference: photograph by which they are recognised; None where
    their consent names it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=200)
    years: tuple[tuple[int, float], ...] = Field(min_length=1)
    age: float | None = Field(None, ge=16, le=110)
    reference: Path | None = None

    @property
    def span(self) -> tuple[float, float]:
        """Least and most years that are taken off at any frame."""
        values = [v for _, v in self.years]
        return min(values), max(values)

    def ages(self, years: float) -> tuple[float, float]:
        """(shown, wanted) years for a network; somebody of fifty where nothing was said."""
        age = self.age or 50.0
        return age, age - taken(years, age)


class Request(BaseModel):
    """One order for de-ageing. Frames count from 1001.

    identity: how far a face may be from itself in the embedding: by the years (`auto`), a distance,
    or `off`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    plate: Path
    people: tuple[Wanted, ...] = Field(min_length=1)
    regions: str = ""
    layers: str = ""
    from_photo: tuple[Path, ...] = ()
    hair: Path | None = None
    age_map: Path | None = None
    hair_colour: str = "dark-brown"
    engine: str = "native"
    identity: Annotated[float, Field(ge=0.05, le=0.6)] | Literal["auto", "off"] = "auto"
    colorspace: str | None = None
    fps: Fraction | None = None
    show: str = "show"
    sequence: str = "sq010"
    shot: str | None = None
    scene: str | None = None
    test: bool = False

    @property
    def shot_name(self) -> str:
        """The shot's name: given, or the plate's file name."""
        bare = re.sub(r"[._]?(?:#+|%\d*d)$|\.\d+$", "", self.plate.stem)  # of a sequence
        return self.shot or bare or self.plate.stem

    @property
    def scene_name(self) -> str:
        """The scene that consent is asked for: given, or the sequence."""
        return (self.scene or self.sequence).upper()

    @property
    def task(self) -> str:
        """What the take is called: a test can never be taken for the real thing."""
        return "deage-test" if self.test else "deage"

    def keys(
        self, person: Wanted, gains: Mapping[float, float] | None = None, frame: int | None = None
    ) -> list[Key]:
        """Strengths of one person at the frames that --years names. gains: by years, where the
        governor found some. frame: the dials are as they are there. Raises InputError."""
        return [
            Key(
                at,
                governed(self.strengths(years, person.age, frame), (gains or {}).get(years, 1.0)),
            )
            for at, years in person.years
        ]

    def strengths(self, years: float, age: float | None, frame: int | None = None) -> Strengths:
        """Layers and regions for so many years, dialled as they are at a frame; as far as any
        frame dials them without one. Raises InputError."""
        layers = dials_at(parse_layers(self.layers), frame) if self.layers else None
        regions = dials_at(parse_regions(self.regions), frame) if self.regions else None
        return strengths(years, age, layers, regions)


def check(
    plate: Path,
    people: Sequence[str],
    years: Sequence[str] = ("20",),
    ages: Sequence[str] = (),
    reference: Path | None = None,
    **more: object,
) -> Request:
    """An order out of what was typed.

    people: "ana" or "ana=ana.jpg". years: "30", "ana=30", "1001:0 1048:30", "ana=1001:0 1048:30".
    ages: "62" or "ana=62". reference: the photograph of the only person.

    Raises InputError that names what does not fit.
    """
    named = dict(_named(text) for text in people)
    if not named:
        raise InputError("--person: name whom to work on, such as --person ana=ana.jpg.")
    if len(named) != len(people):
        raise InputError("--person: one person is named twice.")
    if reference is not None:
        if len(named) > 1:
            raise InputError("--reference is for one person; with several: --person ana=ana.jpg.")
        (only,) = named
        named[only] = str(reference)
    by_years = _by_person(years, named, "--years")
    by_age = _by_person(ages, named, "--age")
    wanted = []
    for name, photo in named.items():
        if name not in by_years:
            raise InputError(f"--years: none given for {name}.")
        wanted.append(
            checked(
                Wanted,
                name=name,
                years=_keys(by_years[name]),
                age=_number(by_age[name], "--age") if name in by_age else None,
                reference=Path(photo) if photo else None,
            )
        )
    asked = {k: v for k, v in more.items() if v is not None}
    request = checked(Request, plate=plate, people=tuple(wanted), **asked)
    if request.from_photo and len(request.people) > 1:
        raise InputError("--from-photo is for one person; make the others in a second pass.")
    photos = [("--person", p.reference) for p in request.people]
    photos += [("--from-photo", p) for p in request.from_photo]
    for option, path in photos:
        if path is not None and not path.is_file():
            raise InputError(f"{option} {path}: there is no such photograph; check the path.")
    for person in request.people:
        request.keys(person)  # names of layers and regions, years out of range
        if all(v == 0 for _, v in person.years):
            raise InputError(f"--years: 0 for {person.name} changes nothing.")
    return request


def _named(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name.strip(), value.strip()


def _by_person(texts: Sequence[str], people: Mapping[str, str], option: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.rpartition("=")
        if equals and name.strip() not in people:
            raise InputError(f"{option} {text!r}: {name.strip()!r} is not one of --person.")
        found.update({name.strip(): value} if equals else dict.fromkeys(people, value))
    return found


def _keys(text: str) -> tuple[tuple[int, float], ...]:
    words = text.replace(",", " ").split()
    if len(words) == 1 and ":" not in words[0]:
        return ((FIRST, _number(words[0], "--years")),)
    keys = []
    for word in words:
        frame, colon, years = word.partition(":")
        if not colon or not frame.isdigit():
            raise InputError(f"--years {text!r}: write 30, or frame:years as 1001:0 1048:30.")
        keys.append((int(frame), _number(years, "--years")))
    if not keys:
        raise InputError("--years: empty; write 30.")
    return tuple(sorted(keys))


def _number(text: str, option: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InputError(f"{option} {text.strip()!r}: is not a number of years.") from None

"""What a consent covers, and what a request lacks of it."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from setpiece.errors import InputError
from setpiece.ledger.chain import one_line

OLDEST = 130
Model = TypeVar("Model", bound=BaseModel)


def checked(kind: type[Model], **values: Any) -> Model:
    """A record of `kind`. Raises InputError that says in plain words what does not fit."""
    try:
        return kind(**values)
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(str(p) for p in e['loc'])}: {_plain(e['msg'])}".removeprefix(": ")
            for e in error.errors()
        )
        raise InputError(f"{wrong[:600]}.") from error


def _plain(message: str) -> str:
    return message.removeprefix("Value error, ").replace("Input should", "should")


class Likeness(StrEnum):
    """What may be done to a person's likeness."""

    DEAGEING = "de-ageing"
    AGEING = "ageing"
    REPLICA = "digital-replica"


class Scope(BaseModel):
    """What, in which scenes (None: all), at which apparent ages in years, until which day (UTC)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    uses: tuple[Likeness, ...] = Field(min_length=1)
    scenes: tuple[str, ...] | None = None
    youngest: int = Field(ge=0, le=OLDEST)
    oldest: int = Field(ge=0, le=OLDEST)
    until: date

    @field_validator("uses")
    @classmethod
    def _once(cls, uses: tuple[Likeness, ...]) -> tuple[Likeness, ...]:
        return tuple(sorted(set(uses)))

    @model_validator(mode="after")
    def _ordered(self) -> Scope:
        if self.youngest > self.oldest:
            raise ValueError(f"the years {self.youngest}-{self.oldest} run backwards")
        if self.scenes is not None and not self.scenes:
            raise ValueError("no scene is named; leave scenes out to mean all of them")
        return self

    def within(self, wider: Scope) -> list[str]:
        """Where this scope goes beyond `wider`, in words; empty where it does not."""
        found = [f"{use.value} is not part of it" for use in self.uses if use not in wider.uses]
        if wider.scenes is not None:
            if self.scenes is None:
                found.append("it is for certain scenes, not all")
            else:
                extra = [s for s in self.scenes if s not in wider.scenes]
                found += [f"scene {', '.join(extra)} is not part of it"] if extra else []
        if self.youngest < wider.youngest or self.oldest > wider.oldest:
            found.append(f"it is for the years {wider.youngest}-{wider.oldest}")
        if self.until > wider.until:
            found.append(f"it ends on {wider.until}")
        return found

    def words(self) -> str:
        """One line for a person."""
        scenes = "all scenes" if self.scenes is None else "scenes " + ", ".join(self.scenes)
        uses = " and ".join(u.value for u in self.uses)
        return f"{uses}, {scenes}, aged {self.youngest}-{self.oldest}, until {self.until}"


class Request(BaseModel):
    """What a department is about to do to somebody's likeness.

    `youngest` and `oldest` are the apparent ages, in years, that the pictures will show; a digital
    replica may leave them out. `on` is the day of the work.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    person: str
    use: Likeness
    show: str
    scenes: tuple[str, ...] = Field(min_length=1)
    youngest: int | None = Field(None, ge=0, le=OLDEST)
    oldest: int | None = Field(None, ge=0, le=OLDEST)
    on: date

    @model_validator(mode="after")
    def _complete(self) -> Request:
        if (self.youngest is None) != (self.oldest is None):
            raise ValueError("give both ends of the years, or neither")
        if self.youngest is None and self.use is not Likeness.REPLICA:
            raise ValueError(f"{self.use.value} needs the years that the person will look")
        if self.youngest is not None and self.oldest is not None and self.youngest > self.oldest:
            raise ValueError(f"the years {self.youngest}-{self.oldest} run backwards")
        return self

    def lacks(self, scope: Scope, scene: str) -> list[str]:
        """What of this request, in one of its scenes, `scope` does not cover, in words."""
        found = []
        if self.use not in scope.uses:
            covers = " and ".join(u.value for u in scope.uses)
            found.append(f"it is for {covers}, not for {self.use.value}")
        if scope.scenes is not None and scene not in scope.scenes:
            found.append(f"it is for scenes {', '.join(scope.scenes)}, not for scene {scene}")
        if self.youngest is not None and self.oldest is not None:
            if self.youngest < scope.youngest:
                found.append(f"it goes down to {scope.youngest} years, not to {self.youngest}")
            if self.oldest > scope.oldest:
                found.append(f"it goes up to {scope.oldest} years, not to {self.oldest}")
        if self.on > scope.until:
            found.append(f"it ended on {scope.until}")
        return found


def same_name(one: str, two: str) -> bool:
    """Are these one name, however it was typed (case, blanks, composed or not)?"""
    return _folded(one) == _folded(two)


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFKC", name).casefold()
    return " ".join(unicodedata.normalize("NFKC", plain).split())


def read_scenes(text: str) -> tuple[str, ...] | None:
    """The text "12, 14A, 20-22" as scene numbers; "all" is None. Raises InputError."""
    if text.strip().casefold() == "all":
        return None
    scenes: list[str] = []
    for part in text.split(","):
        name = one_line(part, f"A scene in {text[:60]!r}", 30).upper()
        ends = re.fullmatch(r"(\d{1,4})\s*-\s*(\d{1,4})", name, re.ASCII)
        if ends is None:
            scenes.append(name)
            continue
        low, high = int(ends[1]), int(ends[2])
        if low > high:
            raise InputError(f"Scenes {name} run backwards.")
        scenes += [str(n) for n in range(low, high + 1)]
    return tuple(dict.fromkeys(scenes))


def read_years(text: str) -> tuple[int, int]:
    """The text "25-40" or "32" as apparent ages. Raises InputError."""
    found = re.fullmatch(r"(\d{1,3})(?:\s*-\s*(\d{1,3}))?", text.strip(), re.ASCII)
    if found is None:
        raise InputError(f"Years {text[:40]!r}: write the ages that may be shown, such as 25-40.")
    return int(found[1]), int(found[2] or found[1])


def read_day(text: str, what: str) -> date:
    """The text "2027-12-31" as a day. Raises InputError."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise InputError(f"{what} {text[:40]!r}: write a day as 2027-12-31.") from None

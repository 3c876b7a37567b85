"""Whose keys count: a list that a studio keeps, so that a name in the ledger is more than a claim.

Without a list every key is taken at its word, and the ledger says which key signed what. With one
(`$SETPIECE_TRUST`), a step of a take counts only where the key is that person's and may sign in
that role, and a consent only where a key with the role `consent` recorded it. To take consent away
nobody needs to be on a list.

    name = "Eternal, first season"

    [[people]]
    name = "Ana Ruiz"
    key = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    roles = ["vfx-supervisor", "consent"]
    until = 2027-12-31
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, field_validator

from setpiece.ledger.scope import same_name
from setpiece.ledger.settings import read_settings

RECORDS_CONSENT = "consent"  # role of who may enter consents that others signed on paper


class Person(BaseModel):
    """Somebody whose key is known: `key` is the public one, hex; `until` the last day it counts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=200)
    key: str = Field(pattern=r"^[0-9a-f]{64}$")
    roles: tuple[str, ...] = Field(min_length=1, max_length=50)
    until: date | None = None


class Trust(BaseModel):
    """The list, and the hash of its file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=200)
    people: tuple[Person, ...] = Field(min_length=1, max_length=10_000)
    sha256: str = ""

    @field_validator("people")
    @classmethod
    def _one_person_a_key(cls, people: tuple[Person, ...]) -> tuple[Person, ...]:
        owner: dict[str, str] = {}
        for person in people:
            other = owner.setdefault(person.key, person.name)
            if not same_name(other, person.name):
                raise ValueError(f"the key {person.key[:12]}… is {other}'s and {person.name}'s")
        return people

    def lacks(self, key: str, role: str, at: str, name: str | None = None) -> str:
        """Why a signature does not count; empty where it does.

        at: when it was made (its first ten characters are the day). name: of who signed, None where
        the record does not claim a name for the key.
        """
        own = [p for p in self.people if p.key == key]
        short = f"the key {key[:12]}…"
        if not own:
            return f"{short} is not on the list of trusted keys ({self.name})"
        if name is not None and not same_name(own[0].name, name):
            return f"{short} is {own[0].name}'s, not {name}'s ({self.name})"
        able = [p for p in own if role in p.roles]
        if not able:
            return f"{own[0].name} does not sign as {role} ({self.name})"
        day = date.fromisoformat(at[:10])
        if not any(p.until is None or day <= p.until for p in able):
            last = max(p.until for p in able if p.until)
            return f"{short} of {own[0].name} counts until {last}, and signed on {day}"
        return ""


def trusted(path: Path | None = None) -> Trust | None:
    """The list in `path`, else in $SETPIECE_TRUST; None where there is none.

    Raises InputError that names the file and what is wrong in it.
    """
    given = os.environ.get("SETPIECE_TRUST")
    if path is None and not given:
        return None
    return read_settings(path or Path(str(given)), Trust, "list of trusted keys")


def doubt(key: str, role: str, at: str, name: str | None = None) -> str:
    """As `Trust.lacks`, by the list that is in force; empty where there is none."""
    known = trusted()
    return known.lacks(key, role, at, name) if known else ""

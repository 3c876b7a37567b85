"""A consent as a file (TOML), as an agent or a production office would send it.

`setpiece ledger consent form` prints one to fill in. Recording the same file twice records it once:
what was withdrawn stays withdrawn, what was narrowed stays narrow.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from setpiece.errors import InputError
from setpiece.ledger.consent import Consent, give
from setpiece.ledger.hashing import file_sha256
from setpiece.ledger.keys import Key
from setpiece.ledger.scope import Scope, checked, read_scenes, read_years
from setpiece.ledger.settings import read_settings
from setpiece.show.store import Store

FORM = """\
# What somebody agreed to. Fill in, let it be signed, then:
#   setpiece ledger consent record THIS.toml        or        setpiece deage ... --consent THIS.toml

person = "Ana Ruiz"            # as the contract has it
use = ["de-ageing"]            # de-ageing, ageing, digital-replica
show = "eternal"
scenes = "12, 14A, 20-22"      # or "all"
years = "30-62"                # the ages that may be shown
until = 2027-12-31             # the last day, UTC
signed_by = "Ana Ruiz"
capacity = "self"              # or guardian, agent, estate
signed_on = 2026-11-02
# reference = "ana.jpg"        # a photograph of the person, by which they are recognised
# document = "contract.pdf"    # the signed paper; its SHA-256 is recorded
"""


class ConsentFile(BaseModel):
    """What such a file says. reference, document: paths, from the file's own folder."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_max_length=2000)

    person: str
    use: tuple[str, ...] = Field(min_length=1)
    show: str
    scenes: str = "all"
    years: str
    until: date
    signed_by: str
    capacity: str = "self"
    signed_on: date
    reference: Path | None = None
    document: Path | None = None
    sha256: str = ""


def record_file(store: Store, path: Path, key: Key) -> Consent:
    """Record what a consent file says, once; the consent as it stands now.

    Raises InputError that names the file and what is wrong in it, NotCleared where the key may not
    record one, StoreError.
    """
    told = read_settings(path, ConsentFile, "consent file")
    try:
        low, high = read_years(told.years)
        scope = checked(
            Scope, uses=told.use, scenes=read_scenes(told.scenes), youngest=low, oldest=high,
            until=told.until,
        )  # fmt: skip
        photo, paper = (
            None if p is None else path.parent / p for p in (told.reference, told.document)
        )
        return give(
            store, told.person, told.show, scope, key=key, signed_by=told.signed_by,
            capacity=told.capacity, signed_on=told.signed_on,
            document=None if paper is None else file_sha256(paper),
            reference=None if photo is None else (str(photo.resolve()), file_sha256(photo)),
            file=told.sha256,
        )  # fmt: skip
    except InputError as error:
        raise InputError(f"{path}: {error}") from error

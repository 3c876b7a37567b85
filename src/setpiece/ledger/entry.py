"""A take's rows for the ledger, kept in the take itself until the database has them.

A take is published by renaming its folder; the rows follow in a transaction of their own. Whatever
comes between the two (a crash, a database that refuses) leaves the entry in the folder, and the
next run into that folder, or `setpiece costs`, brings it in. Bringing it in twice changes nothing.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from pydantic import BaseModel, ValidationError

from setpiece.errors import StoreError
from setpiece.ledger.costs import Rate, StageCost, cost_rows
from setpiece.ledger.takes import adopt, record_take
from setpiece.media.atomic import whole_file
from setpiece.show import Store

ENTRY = ".ledger.json"


class PlateFacts(BaseModel):
    """What the database keeps of a plate."""

    path: str
    sha256: str
    width: int
    height: int
    frames: int
    fps: str
    colorspace: str


class Entry(BaseModel):
    """One take as the database will know it."""

    show: str
    sequence: str
    shot: str
    task: str
    version: int
    brief: str
    seed: int
    plate: PlateFacts
    stages: list[StageCost]
    rate: Rate


def leave_entry(entry: Entry, folder: Path) -> None:
    """Put the entry into a take that is about to be published. Raises StoreError (disk)."""
    with whole_file(folder / ENTRY) as part:
        part.write_text(entry.model_dump_json(), encoding="utf-8")


def settle(store: Store, folder: Path) -> None:
    """Bring a published take's entry into the database, if it still has one.

    Take, costs and the event that records them are one transaction, and the entry is removed
    after it: a take that is there already, with the same folder, is left as it is.

    Raises StoreError where the database refuses, or knows that version as another take.
    """
    path = folder / ENTRY
    if not path.is_file():
        return
    try:
        entry = Entry.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise StoreError(
            f"{path}: cannot be read as the take's rows for the ledger; delete it to keep the "
            "take and leave it out of the costs."
        ) from error
    shot = (entry.show, entry.sequence, entry.shot)
    with store.session() as session:
        adopt(session)  # locks the chain first: two runs may find the same entry
        known = store.find_take(session, *shot, entry.task, entry.version)
        if known is None:
            take = store.new_take(
                session, shot, entry.plate.model_dump(), task=entry.task, version=entry.version,
                folder=str(folder.resolve()), brief=entry.brief, seed=entry.seed,
            )  # fmt: skip
            session.add_all(cost_rows(take.id, entry.stages, entry.rate))
            session.flush()
            record_take(session, take)
        elif Path(known.folder).resolve() != folder.resolve():
            raise StoreError(
                f"{folder}: {store.where} knows version {entry.version} of this shot as "
                f"{known.folder}. The take is whole; delete {path} to leave it out of the costs, "
                "and give this folder's takes a --show or --shot of their own."
            )
    # In a folder that became read-only it stays, and next time changes nothing.
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)


def settle_all(store: Store, root: Path) -> list[str]:
    """Bring in every entry that takes under `root` still hold; returns what could not be, in words.

    One take that cannot be recorded keeps nobody from recording the others.
    """
    complaints = []
    for path in sorted(root.glob(f"[!.]*/{ENTRY}")):
        try:
            settle(store, path.parent)
        except StoreError as error:
            complaints.append(str(error))
    return complaints

"""Takes and what they cost, as events of the chain, and the tables checked against those."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from setpiece.ledger.chain import Entered, append, events, head, lock
from setpiece.ledger.models import Cost
from setpiece.show.folder import slug
from setpiece.show.models import Shot, Show, Take
from setpiece.show.store import Store

KIND = "take"


def take_stem(show: str, sequence: str, shot: str, task: str, version: int) -> str:
    """The name of a take's folder, which is what the ledger calls it."""
    return "_".join(slug(part) for part in (show, sequence, shot, task)) + f"_v{version:03d}"


def record_take(session: Session, take: Take, adopted: bool = False) -> Entered:
    """Write a take, with the costs that are in the same transaction, into the chain."""
    facts, stages = _facts(take), _stages(session, take.id)
    subject = take_stem(
        facts["show"], facts["sequence"], facts["shot"], facts["task"], facts["version"]
    )
    more = {"adopted": True} if adopted else {}
    return append(session, KIND, subject, {**facts, "stages": stages, **more})


def adopt(session: Session) -> int:
    """Before the first event of all: write down the takes of a database that had no chain yet.

    Returns how many there were. Later a take without an event is a finding, not an old one.
    """
    if lock(session)[0]:
        return 0
    old = session.scalars(select(Take).order_by(Take.id)).all()
    for take in old:
        record_take(session, take, adopted=True)
    return len(old)


def open_chain(store: Store) -> Store:
    """`store`, its older takes adopted. Raises StoreError."""
    with store.session() as session:
        begun = head(session)[0] > 0
    if not begun:  # a look needs no lock
        with store.session() as session:
            adopt(session)
    return store


def check_takes(session: Session) -> list[str]:
    """What the tables of takes and costs say otherwise than the chain does, in words."""
    told: dict[int, Entered] = {}
    found = []
    for event in events(session, KIND):
        number, stages = event.payload.get("take_id"), event.payload.get("stages")
        if not isinstance(number, int) or not isinstance(stages, list) or number in told:
            found.append(f"event {event.seq} ({KIND} {event.subject}): records no take of its own")
        else:
            told[number] = event
    for take in session.scalars(select(Take).order_by(Take.id)):
        known = told.pop(take.id, None)
        if known is None:
            found.append(f"takes, row {take.id}: no event records it, so it was put in by hand")
            continue
        where = f"{known.subject} (event {known.seq})"
        for name, value in _facts(take).items():
            if value != known.payload.get(name):
                found.append(
                    f"{where}: {name} was edited: the table says {value!r}, the event "
                    f"{known.payload.get(name)!r}"
                )
        found += _compare(where, _stages(session, take.id), known.payload.get("stages", []))
    for known in told.values():
        found.append(f"{known.subject} (event {known.seq}): its row in takes was deleted")
    ids = set(session.scalars(select(Take.id)))
    for cost in session.scalars(select(Cost).order_by(Cost.id)):
        if cost.take_id not in ids:
            found.append(f"costs, row {cost.id} ({cost.stage}): belongs to no take")
    return found


def _compare(where: str, rows: list[dict[str, Any]], said: list[dict[str, Any]]) -> list[str]:
    by_stage = {r["stage"]: r for r in rows}
    found = []
    for s in said:
        name = str(s.get("stage")) if isinstance(s, dict) else str(s)
        row = by_stage.pop(name, None)
        if row is None:
            found.append(f"{where}: the cost of {name} was deleted")
            continue
        for column, value in row.items():
            if value != s.get(column):
                found.append(
                    f"{where}: {column} of {name} was edited: the table says {value!r}, "
                    f"the event {s.get(column)!r}"
                )
    found += [f"{where}: a cost was put in by hand: {name}" for name in by_stage]
    if not found and len(rows) != len(said):
        found.append(f"{where}: {len(rows)} costs in the table, {len(said)} in the event")
    return found


def _facts(take: Take) -> dict[str, Any]:
    return {
        "take_id": take.id,
        "show": take.shot.show.name,
        "sequence": take.shot.sequence,
        "shot": take.shot.name,
        "task": take.task,
        "version": take.version,
        "folder": take.folder,
        "brief": take.brief,
        "seed": take.seed,
        "plate_sha256": take.plate.sha256,
        "made": take.made.isoformat(),
    }


def _stages(session: Session, take_id: int) -> list[dict[str, Any]]:
    rows = session.scalars(select(Cost).where(Cost.take_id == take_id).order_by(Cost.id))
    return [
        {
            "stage": c.stage,
            "seconds": float(c.seconds),
            "cpu_seconds": float(c.cpu_seconds),
            "peak_mb": float(c.peak_mb),
            "cost": float(c.cost),
            "currency": c.currency,
            "rate": float(c.rate),
        }
        for c in rows
    ]


def find_take(session: Session, name: str) -> Take | None:
    """The take whose folder has that name, if the database has it."""
    query = select(Take).join(Take.shot).join(Shot.show)
    version = name.rpartition("_v")[2]
    if version.isascii() and version.isdigit() and len(version) < 9:
        query = query.where(Take.version == int(version))
    for take in session.scalars(query.order_by(Show.id, Take.id)):
        shot = take.shot
        if take_stem(shot.show.name, shot.sequence, shot.name, take.task, take.version) == name:
            return take
    return None

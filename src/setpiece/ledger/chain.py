"""The chain of events: append-only, each row hashed together with the row before it.

    hash = SHA-256 of the canonical JSON of
           ["setpiece-ledger-1", seq, at, kind, subject, payload, hash of the row before]

Canonical JSON is sorted keys, no blanks, ASCII with escapes, no NaN. A writer locks the head row
first, so that numbers have no gaps and every row knows its predecessor; row and head are one
transaction with whatever else the writer records. (The idea of linked time-stamps: Haber and
Stornetta, J. Cryptology 3, 1991.)
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from setpiece.errors import InputError, StoreError
from setpiece.ledger.models import Event, Head

GENESIS = "0" * 64
FORM = "setpiece-ledger-1"
LARGEST = 1_000_000  # characters of one payload: a record, not a store for files


@dataclass(frozen=True)
class Entered:
    """An event as it was written down: its number, UTC time, hash, and what it says."""

    seq: int
    at: str
    kind: str
    subject: str
    payload: dict[str, Any]
    hash: str


def canonical(value: Any) -> str:
    """`value` as the one JSON text that is hashed and signed. Raises InputError where it has none.

    ASCII only, which also lets a database keep what it otherwise refuses (NUL, lone surrogates).
    """
    try:
        return json.dumps(
            value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False
        )
    except (TypeError, ValueError, RecursionError) as error:
        raise InputError(f"This cannot be written into the ledger: {error}.") from error


def digest(seq: int, at: str, kind: str, subject: str, payload: str, prev: str) -> str:
    """Hash of one event, hex."""
    whole = canonical([FORM, seq, at, kind, subject, payload, prev])
    return hashlib.sha256(whole.encode("ascii")).hexdigest()


def one_line(value: str, what: str, longest: int = 200) -> str:
    """`value` without blanks at its ends. Raises InputError where it is not one line of text."""
    value = value.strip()
    if not value:
        raise InputError(f"{what} is empty.")
    if len(value) > longest:
        raise InputError(f"{what} has {len(value)} characters; {longest} is the most.")
    if not value.isprintable():  # newlines, escape codes, lone surrogates of a wrong encoding
        raise InputError(f"{what} {value[:40]!r} must be one line of printable text.")
    return value


def utc_now() -> str:
    """This moment in UTC, as the ledger writes it: 2026-11-28T13:41:24.123Z."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def lock(session: Session) -> tuple[int, str]:
    """Wait for other writers, then keep them out until the transaction ends; (seq, hash) of the
    head.

    Must be the transaction's first statement. Both are writes: SQLite then takes its write lock
    before anything is read, and PostgreSQL locks the row.
    """
    session.execute(
        text("INSERT INTO ledger_head (id, seq, hash) VALUES (1, 0, :h) ON CONFLICT DO NOTHING"),
        {"h": GENESIS},
    )
    row = session.execute(
        text("UPDATE ledger_head SET id = 1 WHERE id = 1 RETURNING seq, hash")
    ).one()
    return int(row[0]), str(row[1])


def append(session: Session, kind: str, subject: str, payload: Mapping[str, Any]) -> Entered:
    """Write an event into the transaction. Raises InputError where it cannot be written down."""
    subject = one_line(subject, "The subject of an event", 400)
    body = canonical(dict(payload))
    if len(body) > LARGEST:
        raise InputError(
            f"{subject}: a record of {len(body)} characters is too large for the ledger "
            f"({LARGEST} is the most); keep the file elsewhere and record its hash."
        )
    last, prev = lock(session)
    seq, at = last + 1, utc_now()
    value = digest(seq, at, kind, subject, body, prev)
    session.add(Event(
        seq=seq, at=at, kind=kind, subject=subject, payload=body, prev=prev, hash=value
    ))  # fmt: skip
    session.flush()
    session.execute(
        text("UPDATE ledger_head SET seq = :s, hash = :h WHERE id = 1"), {"s": seq, "h": value}
    )
    return Entered(seq, at, kind, subject, json.loads(body), value)


def head(session: Session) -> tuple[int, str]:
    """(seq, hash) where the chain says it ends; (0, GENESIS) before its first event."""
    row = session.execute(select(Head.seq, Head.hash).where(Head.id == 1)).one_or_none()
    return (int(row[0]), str(row[1])) if row else (0, GENESIS)


def events(
    session: Session, *kinds: str, subject: str | None = None, after: int = 0
) -> Iterator[Entered]:
    """Events in their order: all, or those of some kinds, of one subject, after a number.

    Raises StoreError for one that is not as it was written: nothing is told from it.
    """
    query = select(Event).where(Event.seq > after).order_by(Event.seq)
    if kinds:
        query = query.where(Event.kind.in_(kinds))
    if subject is not None:
        query = query.where(Event.subject == subject)
    for row in session.scalars(query.execution_options(yield_per=1000)):
        own = digest(row.seq, row.at, row.kind, row.subject, row.payload, row.prev)
        payload = json.loads(row.payload) if own == row.hash else None
        if not isinstance(payload, dict):
            raise StoreError(
                f"event {row.seq} ({row.kind} {row.subject}): is not as it was written. "
                "`setpiece ledger verify` says what was changed."
            )
        yield Entered(row.seq, row.at, row.kind, row.subject, payload, row.hash)

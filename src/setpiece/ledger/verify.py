"""Does the ledger still say what was written into it?"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from setpiece.errors import InputError
from setpiece.ledger.approval import STEPS
from setpiece.ledger.chain import GENESIS, Entered, digest, events, head
from setpiece.ledger.consent import GIVEN, NARROWED, WITHDRAWN
from setpiece.ledger.keys import seal_fits
from setpiece.ledger.models import Event
from setpiece.ledger.takes import check_takes
from setpiece.ledger.trust import RECORDS_CONSENT, Trust, trusted
from setpiece.show.store import Store

SIGNED = (
    GIVEN,
    NARROWED,
    WITHDRAWN,
    *STEPS,
)  # kinds of event that are worth nothing without a signature


@dataclass(frozen=True)
class Verdict:
    """How many events there are, where the chain ends, and everything that is wrong, in words."""

    events: int
    seq: int
    hash: str
    problems: tuple[str, ...]
    keys: dict[str, int]  # public key: how many records it signed

    @property
    def ok(self) -> bool:
        return not self.problems

    @property
    def receipt(self) -> str:
        """To be kept elsewhere: whoever rewrites the whole chain cannot make it again."""
        return f"{self.seq}:{self.hash}"


def verify_chain(store: Store, expect: str | None = None) -> Verdict:
    """Recompute every hash; name each event that was edited, deleted, inserted or moved.

    `expect` is a receipt of an earlier verification: the chain must still contain it. Takes and
    costs are compared with the events that record them.

    Raises InputError (a receipt that is none) and StoreError (the database).
    """
    receipt = _read_receipt(expect) if expect else None
    problems: list[str] = []
    keys: Counter[str] = Counter()
    damaged: list[tuple[int, str, Event]] = []
    seen_receipt = ""
    count, expected, prev = 0, 1, GENESIS
    with store.session() as session:
        end = head(session)
        rows = session.scalars(select(Event).order_by(Event.seq).execution_options(yield_per=1000))
        for row in rows:
            count += 1
            if receipt and row.seq == receipt[0]:
                seen_receipt = row.hash
            name = f"event {row.seq} ({row.kind} {row.subject})"
            if row.seq > expected:
                problems.append(_missing(expected, row.seq - 1))
            if _digest_as(row, row.seq) != row.hash:
                damaged.append((row.seq, name, row))
            elif row.seq > end[0]:
                problems.append(f"{name}: was inserted after the end of the chain (event {end[0]})")
            elif row.seq == expected and row.prev != prev:
                problems.append(
                    f"{name}: was inserted, or the event before it was replaced: it does not "
                    f"follow on event {row.seq - 1}"
                )
            prev, expected = row.hash, row.seq + 1
        if expected <= end[0]:
            problems.append(_missing(expected, end[0]))
        elif count and expected == end[0] + 1 and prev != end[1]:
            problems.append(f"event {end[0]}: is not the one that the chain ended with")
        if receipt and seen_receipt != receipt[1]:
            problems.append(
                f"event {receipt[0]}: the receipt says {receipt[1][:12]}…, the chain "
                f"{seen_receipt[:12] + '…' if seen_receipt else 'has none'}: it was rewritten"
            )
        problems += _what_happened(damaged, count)
        if not damaged:  # an event that cannot be trusted proves nothing about the tables
            problems += check_takes(session)
            problems += _check_seals(session, keys)
    return Verdict(count, end[0], end[1], tuple(problems), dict(keys))


def _check_seals(session: Session, keys: Counter[str]) -> list[str]:
    """Signed kinds whose signature is missing, does not fit or does not count; counts the keys that
    signed."""
    found = []
    known = trusted()
    for event in events(session):
        seal = event.payload.get("seal")
        if seal is None and event.kind not in SIGNED:
            continue
        record = event.payload.get("record")
        if seal is not None and seal_fits(event.kind, event.subject, record, seal):
            keys[seal["key"]] += 1
            found += _doubted(event, record, seal["key"], known)
        else:
            found.append(
                f"event {event.seq} ({event.kind} {event.subject}): its signature does not fit"
            )
    return found


def _doubted(event: Entered, record: Any, key: str, known: Trust | None) -> list[str]:
    """Consents and steps of takes, signed by a key that may not; nothing without a list."""
    if known is None or event.kind not in (GIVEN, *STEPS):
        return []
    if event.kind == GIVEN:
        why = known.lacks(key, RECORDS_CONSENT, event.at)
    else:
        why = known.lacks(key, str(record.get("role")), event.at, str(record.get("by")))
    return (
        [f"event {event.seq} ({event.kind} {event.subject}): does not count: {why}"] if why else []
    )


def _what_happened(damaged: list[tuple[int, str, Event]], count: int) -> list[str]:
    """Rows whose hash does not fit: moved, where it fits under another number; else edited."""
    broken = {seq for seq, _, _ in damaged}
    found, inserted = [], set()
    for seq, name, row in damaged:
        near = {seq - 1, seq + 1} | (broken if len(broken) < 500 else set())
        origin = next((s for s in sorted(near) if _digest_as(row, s) == row.hash), None)
        if origin is None:
            found.append(f"{name}: was edited: what it says does not fit its hash")
            continue
        found.append(f"{name}: was moved here; it was event {origin}")
        if origin not in broken and 1 <= origin <= count:  # another row stands in its place
            inserted.add(origin)
    return [f"event {s}: was inserted" for s in sorted(inserted)] + found


def _digest_as(row: Event, seq: int) -> str:
    return digest(seq, row.at, row.kind, row.subject, row.payload, row.prev)


def _missing(first: int, last: int) -> str:
    return (
        f"event {first}: was deleted" if first == last else f"events {first}-{last}: were deleted"
    )


def _read_receipt(text: str) -> tuple[int, str]:
    number, _, value = text.strip().partition(":")
    if not (number.isascii() and number.isdigit() and len(number) < 19 and len(value) == 64):
        raise InputError(
            f"--expect {text[:80]!r}: write the receipt as `ledger verify` printed it, NUMBER:HASH."
        )
    return int(number), value

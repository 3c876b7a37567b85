"""What no meter sees: artists' minutes and licences, written down as events."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from setpiece.errors import InputError, StoreError
from setpiece.ledger.chain import Entered, append, events, lock, one_line
from setpiece.ledger.takes import find_take
from setpiece.show.models import Show
from setpiece.show.store import Store

TIME, LICENCE = "artist-time", "licence"


@dataclass(frozen=True)
class Spent:
    """One entry: minutes of an artist (`minutes`), or a licence (minutes 0), with its money where
    a rate or an amount was named. `take` is "" for what belongs to the whole show."""

    seq: int
    show: str
    take: str
    what: str
    by: str
    minutes: float
    amount: float | None
    currency: str


def add_time(
    store: Store, take: str, minutes: float, *, by: str, what: str,
    rate: tuple[float, str] | None = None,
) -> Entered:  # fmt: skip
    """Record minutes that somebody worked on a take; `rate` is (amount, currency) per hour.

    Less than nothing corrects an earlier entry, down to none. Raises InputError.
    """
    by, what = one_line(by, "The name after --by"), one_line(what, "What was done")
    if not math.isfinite(minutes) or minutes == 0 or abs(minutes) > 1e6:
        raise InputError(f"{minutes} minutes: write how long it was, such as 45.")
    if rate is not None and rate[0] < 0:
        raise InputError(f"A rate of {rate[0]} {rate[1]} is less than nothing.")
    with store.session() as session:
        lock(session)
        stem, show = _take(session, take)
        so_far = sum(s.minutes for s in spending(session) if s.take == stem)
        if so_far + minutes < 0:
            raise InputError(f"{stem} has {so_far:g} minutes on record; {minutes:g} is too much.")
        record = {
            "show": show, "by": by, "what": what, "minutes": float(minutes),
            "per_hour": rate[0] if rate else None, "currency": rate[1] if rate else "",
        }  # fmt: skip
        return append(session, TIME, stem, record)


def add_licence(
    store: Store, amount: tuple[float, str], *, what: str, by: str, take: str | None = None,
    show: str | None = None,
) -> Entered:  # fmt: skip
    """Record what a licence cost: for a take, or for a whole show. Raises InputError."""
    by, what = one_line(by, "The name after --by"), one_line(what, "What was licensed")
    if (take is None) == (show is None):
        raise InputError("Name either the take that the licence was for, or the show.")
    with store.session() as session:
        lock(session)
        if take is not None:
            subject, name = _take(session, take)
        else:
            name = subject = one_line(str(show), "The show's name")
            if session.scalar(select(Show).where(Show.name == name)) is None:
                raise InputError(f"{name!r}: no such show is on record.")
        so_far = sum(
            s.amount or 0.0 for s in spending(session)
            if s.minutes == 0 and s.currency == amount[1] and (s.take or s.show) == subject
        )  # fmt: skip
        if amount[0] == 0 or so_far + amount[0] < 0:
            raise InputError(f"{amount[0]:g} {amount[1]}: {so_far:g} is on record for {subject}.")
        record = {
            "show": name, "take": subject if take is not None else "", "by": by, "what": what,
            "amount": amount[0], "currency": amount[1],
        }  # fmt: skip
        return append(session, LICENCE, subject, record)


def spending(session: Session) -> list[Spent]:
    """Every entry, oldest first."""
    found = []
    for event in events(session, TIME, LICENCE):
        try:
            found.append(_spent(event))
        except (KeyError, TypeError) as error:
            raise StoreError(f"event {event.seq} ({event.kind}): cannot be read.") from error
    return found


def _spent(event: Entered) -> Spent:
    p = event.payload
    minutes, take, amount = 0.0, p.get("take", ""), p.get("amount")
    if event.kind == TIME:
        minutes, take, per_hour = float(p["minutes"]), event.subject, p["per_hour"]
        amount = None if per_hour is None else per_hour * minutes / 60
    return Spent(event.seq, p["show"], take, p["what"], p["by"], minutes, amount, p["currency"])


def _take(session: Session, name: str) -> tuple[str, str]:
    stem = Path(name).name
    row = find_take(session, stem)
    if row is None:
        raise InputError(
            f"{name[:200]!r}: no such take is on record; name its folder, or another --out."
        )
    return stem, row.shot.show.name

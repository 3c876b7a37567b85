"""Who agreed to what: signed records, narrowed and withdrawn, never changed.

A department asks before it works: `require(store, Request(...))` returns the consents that cover
the request, or raises NotCleared with all that is missing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy.orm import Session

from setpiece.errors import InputError, NotCleared, StoreError
from setpiece.ledger.chain import Entered, events, lock, one_line, utc_now
from setpiece.ledger.keys import Key, append_signed, record_of
from setpiece.ledger.scope import Request, Scope, same_name
from setpiece.ledger.trust import RECORDS_CONSENT, doubt
from setpiece.show.store import Store

GIVEN, NARROWED, WITHDRAWN = "consent", "consent-narrowed", "consent-withdrawn"
CAPACITIES = ("self", "guardian", "agent", "estate")


@dataclass(frozen=True)
class Consent:
    """A consent as it stands: its number is that of the event that recorded it."""

    number: int
    person: str
    show: str
    scope: Scope
    signed_by: str
    capacity: str
    signed_on: date
    document: str | None
    key: str
    recorded: str
    withdrawn: str | None = None
    reference: tuple[str, str] | None = None  # path and SHA-256 of a photograph of the person
    file: str | None = None  # SHA-256 of the file that said so
    history: tuple[int, ...] = ()

    def words(self) -> str:
        """One line for a person."""
        by = "" if self.capacity == "self" else f" by {self.signed_by} ({self.capacity})"
        gone = f"; WITHDRAWN on {self.withdrawn[:10]}" if self.withdrawn else ""
        return (
            f"consent {self.number}: {self.person}, {self.show}: {self.scope.words()}; "
            f"signed {self.signed_on}{by}{gone}"
        )


@dataclass(frozen=True)
class Answer:
    """Whether a request is covered, by which consents, and else what is missing."""

    covered: bool
    consents: tuple[int, ...]
    missing: tuple[str, ...]


def today() -> date:
    """The day in UTC."""
    return datetime.now(UTC).date()


def give(
    store: Store, person: str, show: str, scope: Scope, *, key: Key, signed_by: str,
    capacity: str = "self", signed_on: date | None = None, document: str | None = None,
    reference: tuple[str, str] | None = None, file: str | None = None,
) -> Consent:  # fmt: skip
    """Record a signed consent; `document` is the SHA-256 of the paper it stands for, `reference`
    path and SHA-256 of a photograph that shows whose consent it is, `file` the SHA-256 of a file
    that says all this: what is on record from that very file is not recorded again.

    Raises InputError where it contradicts itself, and NotCleared where the key may not record one.
    """
    person, show = one_line(person, "The person's name"), one_line(show, "The show's name")
    signed_by = one_line(signed_by, "The name of who signed")
    signed_on = signed_on or today()
    if capacity not in CAPACITIES:
        raise InputError(f"Signed as {capacity[:40]!r}: choose {', '.join(CAPACITIES)}.")
    if capacity == "self" and not same_name(person, signed_by):
        raise InputError(
            f"{signed_by} signs for {person}: say in which capacity ({', '.join(CAPACITIES[1:])})."
        )
    if signed_on > today():
        raise InputError(f"It is signed on {signed_on}, which is still to come.")
    if scope.until < signed_on:
        raise InputError(f"It ends on {scope.until}, before it was signed on {signed_on}.")
    doubtful = doubt(key.public, RECORDS_CONSENT, utc_now())
    if doubtful:
        raise NotCleared(f"This consent cannot be recorded: {doubtful}.")
    record: dict[str, Any] = {
        "person": person, "show": show, "scope": scope.model_dump(mode="json"),
        "signed_by": signed_by, "capacity": capacity, "signed_on": signed_on.isoformat(),
        "document": document,
    }  # fmt: skip
    if reference is not None:
        record["reference"] = {"path": reference[0], "sha256": reference[1]}
    if file is not None:
        record["file"] = file
    with store.session() as session:
        lock(session)
        for old in consents(session, person) if file is not None else ():
            if old.file == file:
                return old
        return _opened(append_signed(session, GIVEN, person, record, key))


def narrow(store: Store, number: int, scope: Scope, *, key: Key, signed_by: str) -> Consent:
    """Take something away from a consent: `scope` is what remains. Raises InputError where it
    would add anything."""
    signed_by = one_line(signed_by, "The name of who signed")
    with store.session() as session:
        lock(session)
        old = _find(session, number)
        beyond = scope.within(old.scope)
        if beyond:
            raise InputError(
                f"Consent {number} cannot be widened: {'; '.join(beyond)}. Record a new consent."
            )
        record = {"consent": number, "scope": scope.model_dump(mode="json"),
                  "signed_by": signed_by}  # fmt: skip
        event = append_signed(session, NARROWED, old.person, record, key)
        return replace(old, scope=scope, history=(*old.history, event.seq))


def withdraw(store: Store, number: int, *, key: Key, signed_by: str, why: str = "") -> Consent:
    """End a consent now and for good."""
    signed_by = one_line(signed_by, "The name of who signed")
    if why:
        why = one_line(why, "The reason", 1000)
    with store.session() as session:
        lock(session)
        old = _find(session, number)
        record = {"consent": number, "signed_by": signed_by, "why": why}
        event = append_signed(session, WITHDRAWN, old.person, record, key)
        return replace(old, withdrawn=event.at, history=(*old.history, event.seq))


def consents(session: Session, person: str | None = None) -> list[Consent]:
    """Every consent as it stands, oldest first; those of one person. Raises StoreError where a
    record's signature does not fit."""
    found: dict[int, Consent] = {}
    for event in events(session, GIVEN, NARROWED, WITHDRAWN):
        if person is not None and not same_name(event.subject, person):
            continue
        if event.kind == GIVEN:
            found[event.seq] = _opened(event)
            continue
        record = record_of(event)
        old = found.get(record.get("consent", -1))
        if old is None or not same_name(old.person, event.subject):
            raise StoreError(f"event {event.seq} ({event.kind}): is about no consent on record.")
        changed: dict[str, Any] = {"history": (*old.history, event.seq)}
        if event.kind == WITHDRAWN:
            changed["withdrawn"] = old.withdrawn or event.at
        else:
            changed["scope"] = _scope(event, record)
            if changed["scope"].within(old.scope):
                raise StoreError(f"event {event.seq} ({event.kind}): widens a consent.")
        found[old.number] = replace(old, **changed)
    return list(found.values())


def ask(store: Store, request: Request) -> Answer:
    """Is this request covered? Each of its scenes must be, by one consent in force."""
    with store.session() as session:
        known = consents(session, request.person)
    if not known:
        return Answer(False, (), (f"{request.person} has no consent on record.",))
    here = [c for c in known if same_name(c.show, request.show)]
    if not here:
        shows = ", ".join(dict.fromkeys(c.show for c in known))
        return Answer(
            False, (), (f"{request.person} has consented for {shows}, not for {request.show}.",)
        )
    used: list[int] = []
    missing: list[str] = []
    for scene in request.scenes:
        lacking = [(_lacks(c, request, scene), c) for c in here]
        # The one to mend: in force rather than withdrawn, then with the least missing, then newest.
        fewest, nearest = min(
            lacking, key=lambda x: (bool(x[1].withdrawn and x[0]), len(x[0]), -x[1].number)
        )
        number = nearest.number
        if fewest:
            missing += [f"Consent {number}, the nearest for scene {scene}: {m}." for m in fewest]
        else:
            used.append(number)
    return Answer(not missing, tuple(dict.fromkeys(used)), tuple(missing))


def require(store: Store, request: Request) -> tuple[int, ...]:
    """The consents that cover a request. Raises NotCleared with all that is missing."""
    answer = ask(store, request)
    if not answer.covered:
        raise NotCleared(
            f"{request.use.value} of {request.person} is not covered: "
            + " ".join(answer.missing)
            + " Record what they signed with `setpiece ledger consent add`."
        )
    return answer.consents


def _lacks(consent: Consent, request: Request, scene: str) -> list[str]:
    if consent.withdrawn:
        return [f"it was withdrawn on {consent.withdrawn[:10]}"]
    found = request.lacks(consent.scope, scene)
    doubtful = doubt(consent.key, RECORDS_CONSENT, consent.recorded)
    if doubtful:
        found.append(f"it does not count: {doubtful}")
    if request.on < consent.signed_on:
        found.append(f"it was signed on {consent.signed_on}, after the work on {request.on}")
    return found


def _find(session: Session, number: int) -> Consent:
    for consent in consents(session):
        if consent.number == number:
            if consent.withdrawn:
                raise InputError(
                    f"Consent {number} was withdrawn on {consent.withdrawn[:10]}; record a new one."
                )
            return consent
    raise InputError(f"There is no consent {number}: `setpiece ledger consent show` lists them.")


def _opened(event: Entered) -> Consent:
    record = record_of(event)
    try:
        return Consent(
            number=event.seq, person=record["person"], show=record["show"],
            scope=_scope(event, record), signed_by=record["signed_by"],
            capacity=record["capacity"], signed_on=date.fromisoformat(record["signed_on"]),
            document=record["document"], reference=_reference(record), file=record.get("file"),
            key=event.payload["seal"]["key"], recorded=event.at, history=(event.seq,),
        )  # fmt: skip
    except (KeyError, ValueError, TypeError) as error:
        raise StoreError(f"event {event.seq}: is not a consent that can be read.") from error


def _reference(record: dict[str, Any]) -> tuple[str, str] | None:
    known = record.get("reference")
    return None if known is None else (str(known["path"]), str(known["sha256"]))


def _scope(event: Entered, record: dict[str, Any]) -> Scope:
    try:
        return Scope.model_validate(record.get("scope"))
    except ValidationError as error:
        raise StoreError(f"event {event.seq}: its scope cannot be read.") from error

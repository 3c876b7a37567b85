"""From made to delivered: who looked, who agreed, and whether that is enough.

    made -> submitted -> reviewed -> approved -> delivered
                 ^-------- declined <--'

Each step is a signed event by a named person in a role of the policy. What a take is for is said
when it is submitted, with a digest of its files: reviews and approvals are of those very files.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from setpiece.errors import InputError, NotCleared, StoreError
from setpiece.ledger.chain import Entered, events, lock, one_line, utc_now
from setpiece.ledger.consent import ask, today
from setpiece.ledger.hashing import folder_sha256
from setpiece.ledger.keys import Key, append_signed, record_of
from setpiece.ledger.manifest import require_labelled
from setpiece.ledger.policy import Decision, Facts, Policy, decide
from setpiece.ledger.scope import Likeness, Request, checked, same_name
from setpiece.ledger.shown import check_use
from setpiece.ledger.takes import find_take
from setpiece.ledger.trust import doubt
from setpiece.show.store import Store

STEPS = {  # what may be done, and in which states
    "submitted": ("made", "declined"),
    "reviewed": ("submitted", "reviewed"),
    "approved": ("reviewed", "approved"),
    "declined": ("submitted", "reviewed", "approved"),
    "delivered": ("approved",),
}


class Use(BaseModel):
    """What a take is submitted for: the policy's facts, and whose likeness is in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    facts: Facts
    people: tuple[str, ...] = ()
    scenes: tuple[str, ...] = ()
    youngest: int | None = Field(None, ge=0)
    oldest: int | None = Field(None, ge=0)


@dataclass(frozen=True)
class Status:
    """Where a take stands. `approvals` are (person, role, event, why it does not count) since it
    was submitted."""

    take: str
    show: str
    folder: Path
    state: str = "made"
    use: Use | None = None
    submitted_by: str = ""
    sha256: str = ""
    needs: tuple[str, ...] = ()
    consent: bool = False
    approvals: tuple[tuple[str, str, int, str], ...] = ()
    history: tuple[tuple[int, str, str, str, str, str], ...] = field(default=())


def status(store: Store, take: str) -> Status:
    """Where a take stands (its folder, or the folder's name). Raises InputError, StoreError."""
    with store.session() as session:
        return _status(session, take)


def submit(
    store: Store, take: str, use: Use, policy: Policy, *, by: str, role: str, key: Key,
    note: str = "",
) -> tuple[Status, Decision]:  # fmt: skip
    """Ask for a review, saying what the take is for. Raises NotCleared where the policy says no,
    or a test is to be final."""
    decision = decide(policy, use.facts)
    if decision.verdict == "no":
        raise NotCleared(f"{take}: the policy says no. {decision.reasons[0][2]}")
    if decision.consent and not use.people:
        raise InputError("Somebody's consent is needed: name whose likeness it is with --person.")
    if use.people and not use.scenes:
        raise InputError("Consent is given for scenes: name the take's with --scenes.")
    check_use(take, status(store, take).folder, use.facts.final, use.facts.use.value, use.people)
    more = {
        "use": use.model_dump(mode="json"), "needs": list(decision.approvals),
        "consent": decision.consent,
    }  # fmt: skip
    return _step(store, take, "submitted", policy, by, role, note, key, more), decision


def review(
    store: Store, take: str, policy: Policy, *, by: str, role: str, key: Key, note: str = ""
) -> Status:
    """Record that somebody looked at it, and what they noted."""
    return _step(store, take, "reviewed", policy, by, role, note, key)


def approve(
    store: Store, take: str, policy: Policy, *, by: str, role: str, key: Key, note: str = ""
) -> Status:
    """Record an approval. Raises NotCleared where the policy asks for another pair of eyes."""
    return _step(store, take, "approved", policy, by, role, note, key)


def decline(
    store: Store, take: str, policy: Policy, *, by: str, role: str, key: Key, note: str
) -> Status:
    """Record that it is declined, and why; earlier approvals no longer count."""
    return _step(store, take, "declined", policy, by, role, one_line(note, "The reason", 2000), key)


def deliver(
    store: Store, take: str, policy: Policy, *, by: str, role: str, key: Key, note: str = ""
) -> Status:
    """Record the delivery. Raises NotCleared where an approval or a consent is missing."""
    return _step(store, take, "delivered", policy, by, role, note, key)


def lacking(store: Store, now: Status, policy: Policy) -> list[str]:
    """What a take lacks before it may be delivered, in plain words.

    The policy of the day it was submitted and today's both count. Consent is asked for anew.
    """
    if now.use is None:
        return ["It has not been submitted."]
    decision = decide(policy, now.use.facts)
    found = []
    if decision.verdict == "no":
        found.append(f"The policy says no: {decision.reasons[0][2]}")
    given = {role for _, role, _, doubtful in now.approvals if not doubtful}
    found += [
        f"The approval of {by} (event {seq}) does not count: {doubtful}."
        for by, _, seq, doubtful in now.approvals
        if doubtful
    ]
    for role in dict.fromkeys((*now.needs, *decision.approvals)):
        if role not in given:
            found.append(f"It needs the approval of {policy.roles.get(role, role)} ({role}).")
    if decision.consent or now.consent:
        found += [line for request in _requests(now) for line in ask(store, request).missing]
    return found


def _requests(now: Status) -> list[Request]:
    use = now.use
    assert use is not None
    kinds = {k.value for k in Likeness}
    wanted = use.facts.use.value if use.facts.use.value in kinds else Likeness.REPLICA.value
    return [
        checked(Request, person=person, use=wanted, show=now.show, scenes=use.scenes,
                youngest=use.youngest, oldest=use.oldest, on=today())
        for person in use.people
    ]  # fmt: skip


def _step(
    store: Store, take: str, step: str, policy: Policy, by: str, role: str, note: str, key: Key,
    more: dict[str, Any] | None = None,
) -> Status:  # fmt: skip
    by = one_line(by, "The name after --by")
    if note:
        note = one_line(note, "The note", 2000)
    if role not in policy.roles:
        raise InputError(
            f"--role {role[:60]!r}: the policy {policy.name!r} knows {', '.join(policy.roles)}."
        )
    doubtful = doubt(key.public, role, utc_now(), by)
    if doubtful:
        raise NotCleared(f"{take}: cannot be {step} with this key: {doubtful}.")
    before = status(store, take)
    _allowed(before, step)  # before a long look at the files
    digest = folder_sha256(before.folder)
    final = more["use"]["facts"]["final"] if more else before.use and before.use.facts.final
    if final and step in ("submitted", "delivered"):
        require_labelled(before.folder)
    with store.session() as session:
        lock(session)
        now = _status(session, before.take)
        _allowed(now, step)
        if step not in ("submitted", "declined") and digest != now.sha256:
            raise NotCleared(
                f"{now.take}: its files are not the ones that {now.submitted_by} submitted. "
                "Decline it and submit it again, or make a new take."
            )
        missing = lacking(store, now, policy) if step == "delivered" else []
        if missing:
            raise NotCleared(f"{now.take} cannot be delivered. {' '.join(missing)}")
        if step == "approved" and policy.four_eyes and same_name(by, now.submitted_by):
            raise NotCleared(f"{by} submitted {now.take}; somebody else has to approve it.")
        record = {
            "by": by, "role": role, "note": note, "sha256": digest,
            "policy": {"name": policy.name, "version": policy.version, "sha256": policy.sha256},
            **(more or {}),
        }  # fmt: skip
        return _after(now, append_signed(session, step, now.take, record, key))


def _allowed(now: Status, step: str) -> None:
    if now.state in STEPS[step]:
        return
    after = " or ".join(STEPS[step])
    raise InputError(
        f"{now.take} is {now.state}; only a take that is {after} can be {step}. "
        f"`setpiece ledger status {now.take}` shows what is next."
    )


def _status(session: Session, name: str) -> Status:
    stem = Path(name).name
    row = find_take(session, stem)
    if row is None:
        raise InputError(
            f"{name[:200]!r}: no such take is on record; name its folder, or another --out."
        )
    now = Status(take=stem, show=row.shot.show.name, folder=Path(row.folder))
    for event in events(session, *STEPS, subject=stem):
        now = _after(now, event)
    return now


def _after(now: Status, event: Entered) -> Status:
    record = record_of(event)
    if now.state not in STEPS[event.kind]:
        raise StoreError(f"event {event.seq}: {now.take} was {now.state}, and cannot have been "
                         f"{event.kind}.")  # fmt: skip
    try:
        line = (event.seq, event.at, event.kind, record["by"], record["role"], record["note"])
        changed: dict[str, Any] = {"state": event.kind, "history": (*now.history, line)}
        if event.kind == "submitted":
            changed |= {
                "use": Use.model_validate(record["use"]), "submitted_by": record["by"],
                "sha256": record["sha256"], "needs": tuple(record["needs"]),
                "consent": bool(record["consent"]), "approvals": (),
            }  # fmt: skip
        elif event.kind == "approved":
            by, role = record["by"], record["role"]
            doubtful = doubt(event.payload["seal"]["key"], role, event.at, by)
            changed["approvals"] = (*now.approvals, (by, role, event.seq, doubtful))
        elif event.kind == "declined":
            changed["approvals"] = ()
    except (KeyError, TypeError, ValueError) as error:
        raise StoreError(f"event {event.seq} ({event.kind}): cannot be read.") from error
    return replace(now, **changed)

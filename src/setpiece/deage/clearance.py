"""May this be done to these people? Asked of the ledger before any pixel is touched."""

from __future__ import annotations

import math
from pathlib import Path

from setpiece.deage.brief import Request, Wanted
from setpiece.errors import InputError, NotCleared
from setpiece.ledger.consent import Consent, consents, require, today
from setpiece.ledger.hashing import file_sha256
from setpiece.ledger.scope import Likeness, checked
from setpiece.ledger.scope import Request as Ask
from setpiece.show import Store


def clear(store: Store | None, request: Request) -> dict[str, tuple[int, ...]]:
    """The consents that cover each person of an order: name -> their numbers.

    store: None where the show has no ledger yet.
    Raises NotCleared with everything that is missing, for all of them; InputError where the ages
    that would be shown are not known.
    """
    covered: dict[str, tuple[int, ...]] = {}
    missing = []
    for person in request.people:
        try:
            covered[person.name] = _covers(store, request, person)
        except NotCleared as error:
            missing.append(str(error))
    if missing:
        raise NotCleared(
            " ".join(missing) + " Nothing was altered. A watermarked test needs no consent: --test."
        )
    return covered


def _covers(store: Store | None, request: Request, person: Wanted) -> tuple[int, ...]:
    if store is None:
        raise NotCleared(
            f"{person.name} has no consent on record: this show has no ledger yet. Record what "
            "they signed with `setpiece ledger consent add`."
        )
    low, high = person.span
    if person.age is None:
        raise InputError(
            f"--age: say how old {person.name} is in this plate. Consent is for the ages that "
            "will be shown, and they follow from it."
        )
    uses = [u for u, on in ((Likeness.DEAGEING, high > 0), (Likeness.AGEING, low < 0)) if on]
    numbers: list[int] = []
    for use in uses:
        # What is shown while the years come and go counts too.
        young = person.age - max(high, 0) if use is Likeness.DEAGEING else person.age
        old = person.age - min(low, 0) if use is Likeness.AGEING else person.age - max(low, 0)
        ask = checked(
            Ask, person=person.name, use=use, show=request.show, scenes=(request.scene_name,),
            youngest=max(math.floor(young), 0), oldest=math.ceil(old), on=today(),
        )  # fmt: skip
        numbers += require(store, ask)
    return tuple(dict.fromkeys(numbers))


def reference_of(store: Store | None, person: Wanted) -> Path:
    """The photograph by which a person is recognised: given, or named by their newest consent.

    Raises InputError where there is none, or it is not the one that the consent names.
    """
    if person.reference is not None:
        return person.reference
    known: list[Consent] = []
    if store is not None:
        with store.session() as session:
            known = [c for c in consents(session, person.name) if c.reference and not c.withdrawn]
    if not known:
        raise InputError(
            f"--person {person.name}: no photograph says who that is. Give one, "
            f"--person {person.name}=photo.jpg, or record it with their consent "
            "(`setpiece ledger consent add ... --reference photo.jpg`)."
        )
    path, digest = known[-1].reference or ("", "")
    if not Path(path).is_file():
        raise InputError(
            f"{path}: the photograph that consent {known[-1].number} names is not there; give it "
            "with --reference."
        )
    if file_sha256(Path(path)) != digest:
        raise InputError(
            f"{path}: is not the photograph that consent {known[-1].number} names; it was changed."
        )
    return Path(path)

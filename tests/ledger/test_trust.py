"""A list of trusted keys: a name in the ledger is more than a claim."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from test_approval import ANA, BO, NAME, made, step

from setpiece.errors import InputError, NotCleared
from setpiece.ledger import approval, verify_chain
from setpiece.ledger.consent import ask, give, today, withdraw
from setpiece.ledger.keys import Key, open_key
from setpiece.ledger.policy import load_policy
from setpiece.ledger.scope import Request, Scope
from setpiece.ledger.trust import trusted
from setpiece.show import Store


def key_of(tmp_path: Path, name: str) -> Key:
    """A key of somebody's own."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    path = tmp_path / f"{name}.pem"
    if not path.exists():
        path.write_bytes(Ed25519PrivateKey.generate().private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        ))  # fmt: skip
    return open_key(path)


def listed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *people: tuple[str, str, str, str]
) -> Path:
    """A list in force: (name, key, role, more lines)."""
    path = tmp_path / "trust.toml"
    path.write_text(
        'name = "Eternal"\n'
        + "".join(
            f'[[people]]\nname = "{name}"\nkey = "{key}"\nroles = ["{role}"]\n{more}\n'
            for name, key, role, more in people
        ),
        encoding="utf-8",
    )
    monkeypatch.setenv("SETPIECE_TRUST", str(path))
    return path


def ready(store: Store, root: Path) -> None:
    """A take that waits for its approval, everything signed by this machine's own key."""
    made(store, root)
    for name in ("submitted", "reviewed"):
        step(store, name)


def approve(store: Store, key: Key, by: str = ANA, role: str = "vfx-supervisor") -> None:
    approval.approve(store, NAME, load_policy(), by=by, role=role, key=key)


def test_a_step_counts_with_the_key_of_who_takes_it(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready(store, tmp_path)
    ana, bo = key_of(tmp_path, "ana"), key_of(tmp_path, "bo")
    listed(
        monkeypatch, tmp_path,
        (ANA, ana.public, "vfx-supervisor", ""), (BO, bo.public, "artist", ""),
    )  # fmt: skip
    for key, by, role, words in (
        (bo, ANA, "vfx-supervisor", "is Bo Li's, not Ana Ruiz's"),
        (open_key(), ANA, "vfx-supervisor", "not on the list of trusted keys"),
        (bo, BO, "vfx-supervisor", "Bo Li does not sign as vfx-supervisor"),
    ):
        with pytest.raises(NotCleared, match=words):
            approve(store, key, by, role)
    assert approval.status(store, NAME).state == "reviewed"
    approve(store, ana)
    assert approval.status(store, NAME).state == "approved"


def test_an_approval_from_before_the_list_does_not_count(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready(store, tmp_path)
    approve(store, open_key())
    assert approval.lacking(store, approval.status(store, NAME), load_policy()) == []
    ana = key_of(tmp_path, "ana")
    listed(monkeypatch, tmp_path, (ANA, ana.public, "vfx-supervisor", ""))
    found = approval.lacking(store, approval.status(store, NAME), load_policy())
    assert "does not count" in found[0]
    assert "It needs the approval" in found[1]
    problems = verify_chain(store).problems
    assert len(problems) == 3  # submitted, reviewed, approved
    assert all("does not count" in p for p in problems)
    approve(store, ana)
    found = approval.lacking(store, approval.status(store, NAME), load_policy())
    assert not [f for f in found if "needs" in f]


def test_a_key_counts_until_its_last_day(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready(store, tmp_path)
    ana = key_of(tmp_path, "ana")
    yesterday = today() - timedelta(days=1)
    listed(monkeypatch, tmp_path, (ANA, ana.public, "vfx-supervisor", f"until = {yesterday}"))
    with pytest.raises(NotCleared, match="counts until"):
        approve(store, ana)
    listed(monkeypatch, tmp_path, (ANA, ana.public, "vfx-supervisor", f"until = {today()}"))
    approve(store, ana)


def test_consent_is_recorded_by_who_may(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scope = Scope(uses=("de-ageing",), scenes=("12",), youngest=25, oldest=40,
                  until=today() + timedelta(days=9))  # fmt: skip
    request = Request(person=ANA, use="de-ageing", show="eternal", scenes=("12",), youngest=30,
                      oldest=35, on=today())  # fmt: skip
    early = give(store, ANA, "eternal", scope, key=open_key(), signed_by=ANA)
    assert ask(store, request).covered
    office = key_of(tmp_path, "office")
    listed(monkeypatch, tmp_path, ("Cy Oh", office.public, "consent", ""))
    (missing,) = ask(store, request).missing
    assert "does not count" in missing
    with pytest.raises(NotCleared, match="cannot be recorded"):
        give(store, ANA, "eternal", scope, key=open_key(), signed_by=ANA)
    late = give(store, ANA, "eternal", scope, key=office, signed_by=ANA)
    assert ask(store, request).consents == (late.number,)
    # Whoever it is: taking away is never declined.
    withdraw(store, early.number, key=open_key(), signed_by=ANA)
    withdraw(store, late.number, key=open_key(), signed_by=ANA)
    assert not ask(store, request).covered


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "name"),
        ('name = "x"\npeople = []', "people"),
        ('name = "x"\n[[people]]\nname = "A"\nkey = "zz"\nroles = ["artist"]', "key"),
        ('name = "x"\n[[people]]\nname = "A"\nkey = "' + "0" * 64 + '"\nroles = []', "roles"),
        (
            'name = "x"\n' + "".join(
                f'[[people]]\nname = "{n}"\nkey = "{"0" * 64}"\nroles = ["artist"]\n' for n in "AB"
            ),
            "A's and B's",
        ),
    ],
)  # fmt: skip
def test_a_list_with_a_mistake_says_where(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "trust.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=words) as caught:
        trusted(path)
    assert str(path) in str(caught.value)


def test_a_list_that_is_not_there_stops_everything(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a slip of the pen would switch it off."""
    monkeypatch.setenv("SETPIECE_TRUST", str(tmp_path / "none.toml"))
    with pytest.raises(InputError, match="cannot be read"):
        verify_chain(store)


def test_the_command_prints_an_entry(run: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    code, said = run("key", "--name", ANA, "--role", "vfx-supervisor")
    assert code == 0
    path = tmp_path / "trust.toml"
    path.write_text('name = "Eternal"\n' + said, encoding="utf-8")
    known = trusted(path)
    assert known is not None
    assert known.lacks(open_key().public, "vfx-supervisor", "2026-11-28T10:00", ANA) == ""

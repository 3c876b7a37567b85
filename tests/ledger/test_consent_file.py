"""A consent sent as a file: recorded once, and what is wrong in it named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from setpiece.errors import InputError
from setpiece.ledger.consent import consents, withdraw
from setpiece.ledger.consent_file import FORM, record_file
from setpiece.ledger.hashing import file_sha256
from setpiece.ledger.keys import open_key
from setpiece.show import Store

Typed = Callable[..., tuple[int, str]]


def written(folder: Path, old: str = "", new: str = "") -> Path:
    assert old in FORM
    path = folder / "ana.toml"
    path.write_text(FORM.replace(old, new, 1) if old else FORM, encoding="utf-8")
    return path


def test_the_form_is_a_consent_as_it_stands(store: Store, tmp_path: Path) -> None:
    given = record_file(store, written(tmp_path), open_key())
    assert given.person == given.signed_by == "Ana Ruiz"
    assert given.show == "eternal"
    assert given.scope.scenes == ("12", "14A", "20", "21", "22")
    assert (given.scope.youngest, given.scope.oldest) == (30, 62)
    assert given.scope.until == date(2027, 12, 31)
    assert given.file == file_sha256(tmp_path / "ana.toml")


def test_photograph_and_paper_lie_beside_the_file(store: Store, tmp_path: Path) -> None:
    (tmp_path / "ana.jpg").write_bytes(b"photo")
    (tmp_path / "contract.pdf").write_bytes(b"signed")
    path = written(tmp_path)
    path.write_text(path.read_text().replace("# reference", "reference")
                    .replace("# document", "document"))  # fmt: skip
    given = record_file(store, path, open_key())
    assert given.reference == (str(tmp_path / "ana.jpg"), file_sha256(tmp_path / "ana.jpg"))
    assert given.document == file_sha256(tmp_path / "contract.pdf")


def test_the_same_file_again_changes_nothing_and_revives_nothing(
    store: Store, tmp_path: Path
) -> None:
    path, key = written(tmp_path), open_key()
    first = record_file(store, path, key)
    assert record_file(store, path, key) == first
    withdraw(store, first.number, key=key, signed_by="Ana Ruiz")
    again = record_file(store, path, key)
    assert again.number == first.number
    assert again.withdrawn
    with store.session() as session:
        assert len(consents(session)) == 1


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('person = "Ana Ruiz"', "", "person"),
        ('use = ["de-ageing"]', 'use = ["cloning"]', "digital-replica"),
        ('years = "30-62"', 'years = "62-30"', "backwards"),
        ("until = 2027-12-31", "until = 'soon'", "until"),
        ("until = 2027-12-31", "until = 2026-01-01", "before it was signed"),
        ("signed_on = 2026-11-02", "signed_on = 2999-01-01", "still to come"),
        ('capacity = "self"', 'capacity = "friend"', "guardian"),
        ('signed_by = "Ana Ruiz"', 'signed_by = "Bo Li"', "capacity"),
        ('show = "eternal"', 'show = "eternal"\nbudget = 3', "budget"),
        ("# document", "document", "contract.pdf"),
        ("until =", "until ==", "not TOML"),
    ],
)
def test_what_is_wrong_in_a_file_is_named(
    store: Store, tmp_path: Path, old: str, new: str, said: str
) -> None:
    with pytest.raises(InputError, match=r"ana\.toml.*" + said):
        record_file(store, written(tmp_path, old, new), open_key())
    with store.session() as session:
        assert consents(session) == []


def test_it_is_typed(typed: Typed, run: Typed, tmp_path: Path) -> None:
    assert run("consent", "form") == (0, FORM)
    path = written(tmp_path)
    code, said = typed("consent", "record", path)
    assert code == 0, said
    assert said.startswith("consent 1: Ana Ruiz, eternal: de-ageing, scenes 12, 14A")
    assert typed("consent", "record", path) == (0, said)
    assert typed("consent", "record", tmp_path / "gone.toml")[0] == 2
    ask = ("--use", "de-ageing", "--show", "eternal", "--years", "35")
    assert typed("consent", "check", "Ana Ruiz", *ask, "--scenes", "14A")[0] == 0

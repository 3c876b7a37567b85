"""A whole folder of takes verified with one command: its ledger, and every file of every take."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import text
from takes_made import made

from setpiece.ledger.keys import open_key
from setpiece.ledger.manifest import label
from setpiece.ledger.provenance import Provenance
from setpiece.show import open_store

Typed = Callable[..., tuple[int, str]]


@pytest.fixture
def takes(tmp_path: Path) -> Path:
    """Two takes on record, signed, with a still and an EXR's bytes in each."""
    folder = tmp_path / "takes"
    store = open_store(folder / "show.db")
    for show in ("eternal", "mortal"):
        take = folder / made(store, folder, show=show)
        (take / "exr").mkdir(parents=True, exist_ok=True)
        (take / "exr" / "f.1001.exr").write_bytes(b"pixels")
        Image.new("RGB", (64, 48), (90, 90, 20)).save(take / "a.png")
        label(take, Provenance(source_type="compositeSynthetic"), open_key())
    store.close()
    return folder


def test_everything_is_hashed_with_one_command(run: Typed, takes: Path) -> None:
    code, said = run("verify", takes)
    assert code == 0, said
    assert "events, and each is as it was written" in said
    for show in ("eternal", "mortal"):
        assert f"{show}_sq010_" in said
    assert said.count("as it was signed") == 2
    code, said = run("verify", takes / "show.db")
    assert code == 0
    assert "events, and each is as it was written" in said


def test_each_thing_that_is_wrong_is_named(run: Typed, takes: Path) -> None:
    one, two = sorted(p for p in takes.iterdir() if p.is_dir())
    (one / "exr" / "f.1001.exr").write_bytes(b"others")
    (two / "a.png").unlink()
    code, said = run("verify", takes)
    assert code == 1
    assert f"{one.name}: exr/f.1001.exr: was changed" in said
    assert f"{two.name}: a.png: is missing" in said


def test_a_take_that_is_gone_unsigned_or_unknown_is_named(run: Typed, takes: Path) -> None:
    one, two = sorted(p for p in takes.iterdir() if p.is_dir())
    shutil.copytree(two, takes / "mortal_copy_v001")
    shutil.rmtree(one)
    (two / "manifest.setpiece.json").unlink()
    (two / "take.json").write_text("{}")
    code, said = run("verify", takes)
    assert code == 1
    assert f"{one.name}: is on record, and its folder {one} is gone" in said
    assert f"{two.name}: is not signed" in said
    assert "mortal_copy_v001: is not on record in this ledger" in said


def test_a_row_that_was_changed_is_found_from_the_folder_too(run: Typed, takes: Path) -> None:
    store = open_store(takes / "show.db")
    with store.session() as session:
        session.execute(text("UPDATE costs SET seconds = seconds + 1 WHERE id = 1"))
    store.close()
    code, said = run("verify", takes)
    assert code == 1
    assert "seconds of" in said
    assert "was edited" in said


def test_takes_that_were_handed_on_without_their_ledger(run: Typed, takes: Path) -> None:
    (takes / "show.db").unlink()
    code, said = run("verify", takes)
    assert code == 0, said
    assert "has no ledger" in said
    assert said.count("as it was signed") == 2


def test_a_folder_with_nothing_of_ours_in_it(run: Typed, tmp_path: Path) -> None:
    code, said = run("verify", tmp_path)
    assert code == 2
    assert "manifest.setpiece.json" in said

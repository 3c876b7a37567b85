"""What takes cost, and that no take is left out or counted twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from setpiece.errors import InputError, StoreError
from setpiece.ledger import (
    Entry,
    PlateFacts,
    Rate,
    StageCost,
    leave_entry,
    read_costs,
    settle,
    settle_all,
    write_csv,
)
from setpiece.show import open_store

PLATE = PlateFacts(
    path="house.jpg", sha256="0" * 64, width=640, height=480, frames=1, fps="24", colorspace="sRGB"
)
STAGES = [StageCost("fall", 20.0, 36.0, 500.0), StageCost("dust", 9.0, 9.0, 700.0, reused=True)]


def take(root: Path, version: int = 1) -> Path:
    """A published take whose rows the database does not have yet."""
    folder = root / f"eternal_sq010_sh020_collapse_v{version:03d}"
    folder.mkdir(parents=True)
    entry = Entry(
        show="eternal", sequence="sq010", shot="sh020", task="collapse", version=version,
        brief="it falls", seed=7, plate=PLATE, stages=STAGES,
        rate=Rate(per_core_hour=1.0, currency="EUR"),
    )  # fmt: skip
    leave_entry(entry, folder)
    return folder


def test_costs_add_up_and_a_reused_stage_is_free(tmp_path: Path) -> None:
    store = open_store(tmp_path / "show.db")
    settle(store, take(tmp_path))
    rows = read_costs(store)
    assert [r["stage"] for r in rows] == ["fall", "dust"]
    assert [r["cost"] for r in rows] == [pytest.approx(0.01), 0.0]
    assert rows[0]["currency"] == "EUR"
    write_csv(rows, tmp_path / "costs.csv")
    text = (tmp_path / "costs.csv").read_text().splitlines()
    assert text[0].startswith("show,sequence,shot")
    assert len(text) == 3
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"costs\.csv"):
        write_csv(rows, tmp_path / "file" / "costs.csv")


def test_a_crash_after_the_rows_are_in_counts_nothing_twice(tmp_path: Path) -> None:
    folder = take(tmp_path)
    (entry,) = folder.iterdir()
    before = entry.read_bytes()
    store = open_store(tmp_path / "show.db")
    settle(store, folder)
    assert list(folder.iterdir()) == []
    settle(store, folder)
    entry.write_bytes(before)  # as if the machine had stopped before the entry was removed
    assert settle_all(open_store(tmp_path / "show.db"), tmp_path) == []
    assert len(read_costs(store)) == len(STAGES)
    assert len(store.takes()) == 1
    assert list(folder.iterdir()) == []


def test_a_take_without_its_costs_is_not_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    folder, store = take(tmp_path), open_store(tmp_path / "show.db")
    with monkeypatch.context() as patch:
        patch.setattr("setpiece.ledger.entry.cost_rows", stop)
        with pytest.raises(KeyboardInterrupt):
            settle(store, folder)
    assert store.takes() == []
    settle(store, folder)
    assert len(read_costs(store)) == len(STAGES)


def test_one_take_that_cannot_be_recorded_does_not_hold_up_the_others(tmp_path: Path) -> None:
    store = open_store(tmp_path / "show.db")
    settle(store, take(tmp_path / "here"))
    twin = take(tmp_path / "there")
    broken = take(tmp_path / "there", 2)
    next(broken.iterdir()).write_text("{")
    take(tmp_path / "there", 3)
    (tmp_path / "there" / "notes").mkdir()
    complaints = settle_all(store, tmp_path / "there")
    assert [str(twin) in c or str(broken) in c for c in complaints] == [True, True]
    assert [t["version"] for t in store.takes()] == [3, 1]
    assert settle_all(store, tmp_path / "nowhere") == []


def test_the_rate_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SETPIECE_RATE", "0.08 eur")
    assert Rate.from_environment() == Rate(per_core_hour=0.08, currency="EUR")
    monkeypatch.setenv("SETPIECE_RATE", "cheap")
    with pytest.raises(InputError, match="cheap"):
        Rate.from_environment()

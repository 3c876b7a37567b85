"""Shows, shots, plates and takes in a database."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from setpiece.errors import StoreError
from setpiece.show import new_take_folder, open_store, slug

PLATE = {
    "path": "house.jpg",
    "sha256": "0" * 64,
    "width": 640,
    "height": 480,
    "frames": 1,
    "fps": "24",
    "colorspace": "sRGB",
}
SHOT = ("eternal", "sq010", "sh020")


def test_takes_are_recorded_and_listed(tmp_path: Path) -> None:
    store = open_store(tmp_path / "show.db")
    for version in (1, 2):
        store.add_take(SHOT, PLATE, task="collapse", version=version, folder="x", brief="it falls")
    rows = open_store(tmp_path / "show.db").takes("eternal")
    assert [r["version"] for r in rows] == [2, 1]
    assert rows[0]["brief"] == "it falls"
    assert store.last_version(*SHOT, "collapse") == 2
    assert store.last_version("another", "a", "b", "collapse") == 0


def test_a_version_is_never_recorded_twice(tmp_path: Path) -> None:
    store = open_store(tmp_path / "show.db")
    store.add_take(SHOT, PLATE, task="collapse", version=1, folder="x")
    with pytest.raises(StoreError, match="refused"):
        store.add_take(SHOT, PLATE, task="collapse", version=1, folder="y")
    assert len(store.takes()) == 1


def test_two_takes_that_finish_at_once_both_arrive(tmp_path: Path) -> None:
    open_store(tmp_path / "show.db").add_take(SHOT, PLATE, task="first", version=1, folder="x")

    def one(version: int) -> int:
        store = open_store(tmp_path / "show.db")
        return store.add_take(SHOT, PLATE, task="collapse", version=version, folder="x")

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(one, range(1, 9)))) == 8
    assert open_store(tmp_path / "show.db").last_version(*SHOT, "collapse") == 8


# Opens databases that do not exist yet, each at its appointed time.
OPENER = """
import sys, time
from setpiece.show import open_store
start = float(sys.argv[2])
for n in range(150):
    while time.time() < start + n * 0.03:
        pass
    open_store(f"{sys.argv[1]}/{n}.db").close()
"""


def test_a_new_database_opens_for_all_who_come_at_once(tmp_path: Path) -> None:
    """Takes of an overnight batch start together, on a show that none of them has seen."""
    start = str(time.time() + 3)
    running = [
        subprocess.Popen(
            [sys.executable, "-c", OPENER, str(tmp_path), start], stderr=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    for process in running:
        _, log = process.communicate()
        assert process.returncode == 0, log
    assert open_store(tmp_path / "149.db").takes() == []


def test_a_database_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    (tmp_path / "show.db").write_bytes(b"this is not a database, it is a shopping list" * 50)
    with pytest.raises(StoreError, match=r"show\.db"):
        open_store(tmp_path / "show.db")
    with pytest.raises(StoreError, match="nosuchdatabase"):
        open_store("nosuchdatabase://here/there")


def test_folders_are_never_given_twice(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(
            pool.map(lambda _: new_take_folder(tmp_path, "s", "q", "h", "collapse"), range(16))
        )
    assert len({m.path for m in made}) == 16
    published = made[0].publish()
    assert published.path.is_dir()
    assert published.path.name == made[0].stem
    assert new_take_folder(tmp_path, "s", "q", "h", "collapse").version == 17


def test_names_are_plain() -> None:
    assert slug("Été à/la mer: 01") == "ete-a-la-mer-01"
    assert slug("Łódź, Straße") == "lodz-strasse"
    assert slug("Москва 3") == "moskva-3"
    assert slug("../..") == slug("\u200b") == "untitled"


@given(st.text())
def test_any_text_makes_a_safe_name(text: str) -> None:
    name = slug(text)
    assert name
    assert len(name) <= 60
    assert all(c.isascii() and (c.isalnum() or c == "-") for c in name)
    assert slug(name) == name

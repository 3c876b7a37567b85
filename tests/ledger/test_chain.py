"""The chain: nothing is lost, and nothing is changed behind its back."""

from __future__ import annotations

import errno
import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlalchemy.event import listen, remove
from test_ledger import PLATE, take

from setpiece.errors import InputError, StoreError
from setpiece.ledger import append, events, open_chain, settle, settle_all, verify_chain
from setpiece.ledger.chain import canonical, digest
from setpiece.show import Store, open_store


def write(store: Store, *notes: str) -> None:
    for note in notes:
        with store.session() as session:
            append(session, "note", "eternal", {"says": note})


def tamper(store: Store, *statements: str) -> None:
    """As somebody would who may alter the schema."""
    postgres = "postgresql" in store.where
    lift = (
        ["DROP TRIGGER ledger_append_only ON ledger_events"]
        if postgres
        else ["DROP TRIGGER ledger_no_update", "DROP TRIGGER ledger_no_delete"]
    )
    with store.session() as session:
        for statement in (*lift, *statements):
            session.execute(text(statement))


def numbers(problems: tuple[str, ...]) -> list[str]:
    return [p.split(":")[0].split(" (")[0] for p in problems]


# Writing


def test_events_come_back_in_their_order(store: Store) -> None:
    write(store, "one", "two", "three")
    with store.session() as session:
        found = list(events(session))
        assert [e.payload["says"] for e in found] == ["one", "two", "three"]
        assert [e.seq for e in found] == [1, 2, 3]
        assert [e.seq for e in events(session, "note", subject="eternal", after=1)] == [2, 3]
        assert list(events(session, "consent")) == []
    verdict = verify_chain(store)
    assert verdict.ok, verdict.problems
    assert verdict.receipt == f"3:{found[-1].hash}"


def test_an_empty_ledger_verifies(store: Store) -> None:
    verdict = verify_chain(store)
    assert verdict.ok
    assert verdict.seq == 0


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@given(st.dictionaries(st.text(), ANYTHING, max_size=4))
def test_canonical_json_is_one_text_for_one_value(value: dict[str, Any]) -> None:
    shuffled = list(value.items())
    random.Random(1).shuffle(shuffled)
    written = canonical(dict(shuffled))
    assert written == canonical(value)
    assert written.isascii()
    assert json.loads(written) == value


@settings(max_examples=25, deadline=None)
@given(payload=st.dictionaries(st.text(), ANYTHING, max_size=3))
def test_whatever_json_holds_is_kept(
    payload: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    opened = open_store(tmp_path_factory.getbasetemp() / "anything.db")
    with opened.session() as session:
        entered = append(session, "note", "anything", payload)
    with opened.session() as session:
        (found,) = events(session, after=entered.seq - 1)
    opened.close()
    assert found == entered
    assert found.payload == payload


@given(
    st.tuples(st.integers(1, 99), *[st.text(max_size=6)] * 5),
    st.tuples(st.integers(1, 99), *[st.text(max_size=6)] * 5),
)
def test_no_two_events_share_a_hash(one: Any, two: Any) -> None:
    assert (digest(*one) == digest(*two)) == (one == two)


def test_what_cannot_be_written_is_declined(store: Store) -> None:
    with store.session() as session:
        for subject, payload, words in (
            ("two\nlines", {}, "one line"),
            ("", {}, "empty"),
            ("x" * 500, {}, "500 characters"),
            ("wrong \udce9ncoding", {}, "one line"),
            ("nan", {"value": float("nan")}, "ledger"),
            ("object", {"value": object()}, "ledger"),
            ("large", {"value": "x" * 1_000_001}, "too large"),
        ):
            with pytest.raises(InputError, match=words):
                append(session, "note", subject, payload)
    write(store, "nul \x00, surrogate \udce9, <b>html</b>, 日本")  # in a payload all text is kept
    with store.session() as session:
        (only,) = events(session)
    assert only.payload["says"] == "nul \x00, surrogate \udce9, <b>html</b>, 日本"
    assert verify_chain(store).ok


# Tampering


def test_the_database_itself_refuses_changes(store: Store) -> None:
    write(store, "one", "two")
    for statement in ("UPDATE ledger_events SET subject = 'x'", "DELETE FROM ledger_events"):
        with pytest.raises(StoreError, match="append-only"), store.session() as session:
            session.execute(text(statement))
    assert verify_chain(store).ok


@pytest.mark.parametrize(
    ("column", "value"),
    [("payload", '\'{"says":"five"}\''), ("payload", "'not json'"), ("subject", "'mortal'"),
     ("kind", "'take'"), ("at", "'2020-01-01T00:00:00.000Z'"), ("prev", "'00'")],
)  # fmt: skip
def test_an_edited_row_is_named(store: Store, column: str, value: str) -> None:
    write(store, *"abcde")
    tamper(store, f"UPDATE ledger_events SET {column} = {value} WHERE seq = 3")
    (problem,) = verify_chain(store).problems
    assert problem.startswith("event 3 (")
    assert "edited" in problem


def test_nothing_is_told_from_an_edited_row(store: Store) -> None:
    write(store, *"abc")
    tamper(store, "UPDATE ledger_events SET payload = 'not json' WHERE seq = 2")
    with store.session() as session:
        assert [e.seq for e in events(session, after=2)] == [3]
        with pytest.raises(StoreError, match=r"event 2 .* is not as it was written"):
            list(events(session))


@pytest.mark.parametrize(
    "payload", [{}, {"take_id": "x", "stages": []}, {"take_id": 1, "stages": 5},
                {"take_id": 1, "stages": ["fall", None]}],
)  # fmt: skip
def test_an_event_of_a_take_that_is_none_is_found(
    store: Store, tmp_path: Path, payload: dict[str, Any]
) -> None:
    settle(store, take(tmp_path))
    with store.session() as session:
        append(session, "take", "forged", payload)
    problems = verify_chain(store).problems
    assert problems[0].startswith("event 2 (take forged)")


def test_deleted_rows_are_named(store: Store) -> None:
    write(store, *"abcdefg")
    tamper(store, "DELETE FROM ledger_events WHERE seq IN (2, 4, 5, 7)")
    assert verify_chain(store).problems == (
        "event 2: was deleted", "events 4-5: were deleted", "event 7: was deleted",
    )  # fmt: skip


def test_all_rows_deleted(store: Store) -> None:
    write(store, *"abc")
    tamper(store, "DELETE FROM ledger_events")
    assert verify_chain(store).problems == ("events 1-3: were deleted",)


def test_rows_that_changed_places_are_named(store: Store) -> None:
    write(store, *"abcde")
    moves = ((99, 2), (2, 4), (4, 99))
    tamper(store, *[f"UPDATE ledger_events SET seq = {a} WHERE seq = {b}" for a, b in moves])
    problems = verify_chain(store).problems
    assert "event 2 (note eternal): was moved here; it was event 4" in problems
    assert "event 4 (note eternal): was moved here; it was event 2" in problems


def _forge(seq: int, prev: str) -> str:
    at, payload = "2026-01-01T00:00:00.000Z", "{}"
    value = digest(seq, at, "note", "eternal", payload, prev)
    return (
        "INSERT INTO ledger_events (seq, at, kind, subject, payload, prev, hash) VALUES "
        f"({seq}, '{at}', 'note', 'eternal', '{payload}', '{prev}', '{value}')"
    )


def test_an_inserted_row_is_named(store: Store) -> None:
    write(store, *"abcd")
    with store.session() as session:
        second = next(iter(events(session, after=1))).hash
    shift = [f"UPDATE ledger_events SET seq = {s + 1} WHERE seq = {s}" for s in (4, 3)]
    tamper(store, *shift, _forge(3, second))
    problems = verify_chain(store).problems
    assert problems[0] == "event 3: was inserted"
    assert "event 4 (note eternal): was moved here; it was event 3" in problems


def test_a_row_put_after_the_end_is_named(store: Store) -> None:
    write(store, *"ab")
    tamper(store, _forge(3, verify_chain(store).hash))
    (problem,) = verify_chain(store).problems
    assert problem.startswith("event 3 (note eternal): was inserted")


def test_a_row_replaced_with_its_hash_is_found(store: Store) -> None:
    write(store, *"abc")
    with store.session() as session:
        first = next(iter(events(session))).hash
    tamper(store, "DELETE FROM ledger_events WHERE seq = 2", _forge(2, first))
    assert numbers(verify_chain(store).problems) == ["event 3"]


def test_a_chain_rewritten_whole_fails_an_older_receipt(tmp_path: Path) -> None:
    one, two = (open_store(tmp_path / name) for name in ("one.db", "two.db"))
    write(one, *"abc")
    write(two, *"abX")
    receipt = verify_chain(one).receipt
    assert verify_chain(one, receipt).ok
    write(one, "d")
    assert verify_chain(one, receipt).ok
    assert verify_chain(two).ok
    assert "rewritten" in verify_chain(two, receipt).problems[0]
    assert "has none" in verify_chain(two, "9:" + "0" * 64).problems[0]
    for bad in ("", "x", "3", "3:abc", "²:" + "0" * 64):
        if bad:
            with pytest.raises(InputError, match="receipt"):
                verify_chain(one, bad)


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_any_single_change_is_found(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("tampered") / "show.db"
    opened = open_store(path)
    write(opened, *"abcdef")
    seq = data.draw(st.integers(1, 6))
    column = data.draw(st.sampled_from(["at", "kind", "subject", "payload", "prev", "hash"]))
    value = data.draw(st.text(st.characters(codec="ascii", exclude_characters="\0"), max_size=9))
    tamper(opened)
    with opened.session() as session:
        session.execute(
            text(f"UPDATE ledger_events SET {column} = :v WHERE seq = :s"), {"v": value, "s": seq}
        )
    problems = verify_chain(opened).problems
    opened.close()
    assert any(f"event {seq} " in p for p in problems)


# Takes and their costs


def test_a_take_is_an_event_and_its_rows_are_checked(store: Store, tmp_path: Path) -> None:
    settle(store, take(tmp_path))
    settle(store, take(tmp_path, 2))
    with store.session() as session:
        told = list(events(session, "take"))
    assert [e.subject for e in told] == [f"eternal_sq010_sh020_collapse_v00{v}" for v in (1, 2)]
    assert told[0].payload["stages"][0]["cost"] == pytest.approx(0.01)
    assert verify_chain(store).ok
    for statement, words in (
        ("UPDATE costs SET cost = 0 WHERE id = 1", "cost of fall was edited"),
        ("UPDATE takes SET brief = 'x' WHERE id = 2", "brief was edited"),
        ("DELETE FROM costs WHERE id = 2", "cost of dust was deleted"),
    ):
        with store.session() as session:
            session.execute(text(statement))
        assert any(words in p and "(event " in p for p in verify_chain(store).problems)
    store.add_take(("eternal", "sq010", "sh020"), PLATE.model_dump(), task="other", version=1,
                   folder="x")  # fmt: skip
    assert any("put in by hand" in p for p in verify_chain(store).problems)


def test_takes_of_a_database_without_a_chain_are_adopted(store: Store) -> None:
    store.add_take(("eternal", "sq010", "sh020"), PLATE.model_dump(), task="t", version=1,
                   folder="x")  # fmt: skip
    open_chain(store)
    with store.session() as session:
        (only,) = events(session)
    assert only.payload["adopted"] is True
    open_chain(store)
    assert verify_chain(store).events == 1


# Trouble

WRITER = """
import sys
from setpiece.ledger import append
from setpiece.show import open_store
store = open_store(sys.argv[1])
for n in range(int(sys.argv[3])):
    with store.session() as session:
        append(session, "note", sys.argv[2], {"n": n})
"""


def _process(code: str, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *words], stderr=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip


def test_processes_that_write_at_once_lose_nothing(database: str) -> None:
    """On a database that none of them finds ready made."""
    running = [_process(WRITER, database, name, "25") for name in ("ana", "bo", "cy")]
    for process in running:
        _, log = process.communicate()
        assert process.returncode == 0, log
    opened = open_store(database)
    assert verify_chain(opened).ok
    with opened.session() as session:
        for name in ("ana", "bo", "cy"):
            said = [e.payload["n"] for e in events(session, subject=name)]
            assert said == list(range(25))
    opened.close()


CRASH = """
import sys, time
from setpiece.ledger import append
from setpiece.show import open_store
store = open_store(sys.argv[1])
with store.session() as session:
    append(session, "note", "lost", {})
    print("written", flush=True)
    time.sleep(60)
"""


def test_a_process_killed_while_it_writes_leaves_the_chain_whole(database: str) -> None:
    opened = open_store(database)
    write(opened, "before")
    process = _process(CRASH, database)
    assert process.stdout is not None
    assert process.stdout.readline() == "written\n"
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    write(opened, "after")  # the dead writer's lock went with it
    with opened.session() as session:
        assert [e.payload["says"] for e in events(session)] == ["before", "after"]
    assert verify_chain(opened).ok
    opened.close()


def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    """SQLite's own "disk is full", which it says when a file may grow no further."""
    opened = open_store(tmp_path / "show.db")
    settle(opened, take(tmp_path))
    before = verify_chain(opened)
    folder = take(tmp_path, 2)
    opened.close()

    def fill(connection: Any, _: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")

    listen(Engine, "connect", fill)
    try:
        small = open_store(tmp_path / "show.db")
        with pytest.raises(StoreError, match="full"):
            write(small, "x" * 100_000)
    finally:
        remove(Engine, "connect", fill)
    small.close()
    again = open_store(tmp_path / "show.db")
    assert verify_chain(again) == before
    assert settle_all(again, tmp_path) == []  # the second take waited in its folder
    assert verify_chain(again).ok
    assert len(again.takes()) == 2
    assert list(folder.iterdir()) == []
    again.close()


def test_a_disk_that_fills_while_a_take_leaves_its_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr("os.replace", full)
        with pytest.raises(StoreError, match="No space left"):
            take(tmp_path)
    (folder,) = tmp_path.iterdir()
    assert list(folder.iterdir()) == []


# The commands


def test_verify_is_typed(typed: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    code, said = typed("verify")
    assert code == 2
    assert "nothing is recorded there" in said
    takes = tmp_path / "takes"
    open_store(takes / "show.db").close()
    take(takes)
    code, said = typed("verify")  # brings the take in
    assert code == 0
    assert "1 events" in said
    receipt = said.split()[-1]
    assert typed("verify", "--expect", receipt)[0] == 0
    assert "eternal_sq010_sh020_collapse_v001" in typed("log")[1]
    assert typed("log", "nobody")[1] == ""
    opened = open_store(takes / "show.db")
    tamper(opened, "UPDATE ledger_events SET subject = 'x'")
    opened.close()
    code, said = typed("verify")
    assert code == 1
    assert "event 1 (take x): was edited" in said

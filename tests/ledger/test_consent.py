"""Consent: nothing is covered that was not signed for, and the answer says what is missing."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from setpiece.errors import InputError, NotCleared, StoreError
from setpiece.ledger import append, verify_chain
from setpiece.ledger.consent import ask, consents, give, narrow, require, today, withdraw
from setpiece.ledger.keys import Key, append_signed, open_key, record_of, seal_fits
from setpiece.ledger.scope import (
    Likeness,
    Request,
    Scope,
    checked,
    read_day,
    read_scenes,
    read_years,
)
from setpiece.show import Store, open_store

ANA = "Ana Ruiz"
LATER = today() + timedelta(days=400)
Typed = Callable[..., tuple[int, str]]


def scope(**changed: Any) -> Scope:
    values: dict[str, Any] = {
        "uses": ("de-ageing",), "scenes": ("12", "14A"), "youngest": 25, "oldest": 40,
        "until": LATER,
    }  # fmt: skip
    return Scope(**{**values, **changed})


def request(**changed: Any) -> Request:
    values: dict[str, Any] = {
        "person": ANA, "use": "de-ageing", "show": "eternal", "scenes": ("12",), "youngest": 30,
        "oldest": 35, "on": today(),
    }  # fmt: skip
    return Request(**{**values, **changed})


def sign(store: Store, what: Scope | None = None, **changed: Any) -> int:
    values: dict[str, Any] = {"key": open_key(), "signed_by": ANA}
    return give(store, ANA, "eternal", what or scope(), **{**values, **changed}).number


def test_a_request_within_the_scope_is_covered(store: Store) -> None:
    number = sign(store)
    assert require(store, request()) == (number,)
    assert require(store, request(person=" ANA  ruiz", show="Eternal", scenes=("12", "14A")))
    assert verify_chain(store).ok
    assert list(verify_chain(store).keys.values()) == [1]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"person": "Bo Li"}, "Bo Li has no consent on record"),
        ({"show": "mortal"}, "consented for eternal, not for mortal"),
        ({"use": "ageing"}, "for de-ageing, not for ageing"),
        ({"scenes": ("12", "13")}, "scenes 12, 14A, not for scene 13"),
        ({"youngest": 20}, "down to 25 years, not to 20"),
        ({"oldest": 41}, "up to 40 years, not to 41"),
        ({"on": LATER + timedelta(days=1)}, f"ended on {LATER}"),
        ({"on": date(2020, 1, 1)}, "after the work on 2020-01-01"),
    ],
)
def test_what_is_missing_is_said(store: Store, changed: dict[str, Any], words: str) -> None:
    sign(store)
    answer = ask(store, request(**changed))
    assert not answer.covered
    (line,) = answer.missing
    assert words in line
    with pytest.raises(NotCleared, match="setpiece ledger consent add"):
        require(store, request(**changed))


def test_all_that_is_missing_is_said_at_once(store: Store) -> None:
    sign(store)
    answer = ask(store, request(use="digital-replica", scenes=("99",), youngest=2, oldest=90))
    assert len(answer.missing) == 4


def test_scenes_may_be_covered_by_different_consents_but_one_scene_not_by_halves(
    store: Store,
) -> None:
    one = sign(store, scope(scenes=("12",)))
    two = sign(store, scope(scenes=("13",)))
    assert require(store, request(scenes=("12", "13"))) == (one, two)
    sign(store, scope(scenes=("20",), oldest=32))
    sign(store, scope(scenes=("20",), youngest=32))
    assert not ask(store, request(scenes=("20",))).covered


def test_narrowing_only_takes_away(store: Store) -> None:
    number = sign(store)
    key = open_key()
    narrow(store, number, scope(scenes=("12",), youngest=30), key=key, signed_by=ANA)
    assert ask(store, request()).covered
    assert "12, not for scene 14A" in ask(store, request(scenes=("14A",))).missing[0]
    for wider in (
        scope(), scope(scenes=None, youngest=30), scope(scenes=("12",), youngest=30, oldest=50),
        scope(scenes=("12",), youngest=30, until=LATER + timedelta(days=1)),
        scope(scenes=("12",), youngest=30, uses=("de-ageing", "ageing")),
    ):  # fmt: skip
        with pytest.raises(InputError, match="widened"):
            narrow(store, number, wider, key=key, signed_by=ANA)
    with store.session() as session:
        (now,) = consents(session, ANA)
    assert now.scope == scope(scenes=("12",), youngest=30)
    assert len(now.history) == 2


def test_what_is_withdrawn_covers_nothing(store: Store) -> None:
    number = sign(store)
    withdraw(store, number, key=open_key(), signed_by=ANA, why="left the show")
    assert "withdrawn on" in ask(store, request()).missing[0]
    with pytest.raises(InputError, match="was withdrawn"):
        narrow(store, number, scope(scenes=("12",)), key=open_key(), signed_by=ANA)
    again = sign(store)
    assert require(store, request()) == (again,)
    with pytest.raises(InputError, match="no consent 99"):
        withdraw(store, 99, key=open_key(), signed_by=ANA)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"signed_by": "Bo Li"}, "Bo Li signs for Ana Ruiz"),
        ({"capacity": "king"}, "choose self"),
        ({"signed_on": today() + timedelta(days=2)}, "still to come"),
        ({"signed_on": date(2020, 1, 1), "what": scope(until=date(2019, 1, 1))}, "before it was"),
        ({"signed_by": "Ana\nRuiz"}, "one line"),
    ],
)
def test_a_consent_that_contradicts_itself(
    store: Store, changed: dict[str, Any], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        sign(store, **changed)
    assert verify_chain(store).events == 0


def test_a_guardian_may_sign(store: Store) -> None:
    sign(store, signed_by="Bo Li", capacity="guardian")
    with store.session() as session:
        assert "by Bo Li (guardian)" in consents(session)[0].words()


def test_a_request_must_be_complete() -> None:
    for changed, words in (
        ({"youngest": None, "oldest": None}, "needs the years"),
        ({"youngest": None}, "both ends"),
        ({"youngest": 50}, "backwards"),
        ({"use": "cloning"}, "digital-replica"),
    ):
        with pytest.raises(InputError, match=words):
            checked(Request, **{**request().model_dump(), **changed})
    assert request(use="digital-replica", youngest=None, oldest=None).youngest is None


# Any scope, any request

SCENES = st.sampled_from("123456")
SCOPES = st.builds(
    lambda uses, scenes, years, days: scope(
        uses=uses, scenes=tuple(sorted(scenes)) or None, youngest=min(years), oldest=max(years),
        until=today() + timedelta(days=days),
    ),
    st.lists(st.sampled_from(list(Likeness)), min_size=1).map(tuple),
    st.frozensets(SCENES), st.tuples(st.integers(0, 9), st.integers(0, 9)), st.integers(0, 5),
)  # fmt: skip
REQUESTS = st.builds(
    lambda use, scene, years, days: request(
        use=use, scenes=(scene,), youngest=min(years), oldest=max(years),
        on=today() + timedelta(days=days),
    ),
    st.sampled_from(list(Likeness)), SCENES, st.tuples(st.integers(0, 9), st.integers(0, 9)),
    st.integers(0, 6),
)  # fmt: skip


@settings(max_examples=300)
@given(SCOPES, REQUESTS)
def test_covered_is_what_the_four_limits_say(what: Scope, asked: Request) -> None:
    assert asked.youngest is not None
    assert asked.oldest is not None
    covered = (
        asked.use in what.uses
        and (what.scenes is None or asked.scenes[0] in what.scenes)
        and set(range(asked.youngest, asked.oldest + 1))
        <= set(range(what.youngest, what.oldest + 1))
        and asked.on <= what.until
    )
    assert (not asked.lacks(what, asked.scenes[0])) == covered


@settings(max_examples=300)
@given(SCOPES, SCOPES, REQUESTS)
def test_whatever_is_within_a_scope_covers_no_more(one: Scope, two: Scope, asked: Request) -> None:
    scene = asked.scenes[0]
    if not one.within(two) and not asked.lacks(one, scene):
        assert not asked.lacks(two, scene)
    assert not one.within(one)
    if not one.within(two) and not two.within(one):
        assert one == two


@settings(max_examples=15, deadline=None)
@given(steps=st.lists(SCOPES, min_size=1, max_size=4), asked=REQUESTS)
def test_the_ledger_agrees_with_its_last_scope(
    steps: list[Scope], asked: Request, tmp_path_factory: pytest.TempPathFactory
) -> None:
    opened = open_store(tmp_path_factory.mktemp("c") / "show.db")
    key = open_key()
    number = give(opened, ANA, "eternal", steps[0], key=key, signed_by=ANA).number
    current = steps[0]
    for step in steps[1:]:
        try:
            narrow(opened, number, step, key=key, signed_by=ANA)
            current = step
        except InputError:
            assert step.within(current)
    assert ask(opened, asked).covered == (not asked.lacks(current, asked.scenes[0]))
    withdraw(opened, number, key=key, signed_by=ANA)
    assert not ask(opened, asked).covered
    opened.close()


# Signatures


def test_a_record_put_in_without_the_key_is_not_believed(store: Store) -> None:
    sign(store)
    with store.session() as session:
        good = session.execute(text("SELECT payload FROM ledger_events")).scalar_one()
        forged = json.loads(good)
        forged["record"]["scope"]["youngest"] = 1
        append(session, "consent", ANA, forged)
    with pytest.raises(StoreError, match="signature does not fit"):
        ask(store, request())
    assert verify_chain(store).problems == (
        "event 2 (consent Ana Ruiz): its signature does not fit",
    )


def test_a_signature_holds_for_its_own_event_only(store: Store) -> None:
    key = open_key()
    with store.session() as session:
        event = append_signed(session, "consent", ANA, {"a": 1}, key)
    assert record_of(event) == {"a": 1}
    seal = event.payload["seal"]
    assert seal_fits("consent", ANA, {"a": 1}, seal)
    assert not seal_fits("consent", "Bo", {"a": 1}, seal)
    assert not seal_fits("approval", ANA, {"a": 1}, seal)
    assert not seal_fits("consent", ANA, {"a": 2}, seal)
    for broken in (None, {}, {"key": "zz", "signature": ""}, {**seal, "key": "00" * 32}, "x"):
        assert not seal_fits("consent", ANA, {"a": 1}, broken)


def test_the_key_is_made_once_and_is_private(tmp_path: Path) -> None:
    first, second = open_key(), open_key()
    assert isinstance(first, Key)
    assert first.public == second.public
    (path,) = (tmp_path / "keys").iterdir()
    assert path.stat().st_mode & 0o77 == 0
    assert open_key(path).public == first.public


def test_files_that_are_no_key(tmp_path: Path) -> None:
    for name, data in (("text", b"hello"), ("empty", b""), ("noise", bytes(range(256)) * 99)):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(InputError, match=name):
            open_key(tmp_path / name)
    with pytest.raises(InputError, match="missing"):
        open_key(tmp_path / "missing")
    with pytest.raises(InputError):
        open_key(tmp_path)


# Words


def test_scenes_years_and_days_are_read() -> None:
    assert read_scenes("12, 14a,20-22,12") == ("12", "14A", "20", "21", "22")
    assert read_scenes(" ALL ") is None
    assert read_years("25-40") == (25, 40)
    assert read_years("32") == (32, 32)
    for read, bad in (
        (read_scenes, ""), (read_scenes, "1,,2"), (read_scenes, "9-2"), (read_years, "young"),
        (read_years, "²-3"), (read_years, "-3"), (read_scenes, "1\n2"),
    ):  # fmt: skip
        with pytest.raises(InputError):
            read(bad)
    with pytest.raises(InputError, match="2027-12-31"):
        read_day("31.12.2027", "--until")


@given(st.text())
def test_any_text_is_read_or_declined(words: str) -> None:
    for read in (read_scenes, read_years, lambda t: read_day(t, "x")):
        with suppress(InputError):
            read(words)


# The commands


def test_consent_is_typed(typed: Typed, tmp_path: Path) -> None:
    paper = tmp_path / "contract.pdf"
    paper.write_bytes(b"signed")
    terms = ("--use", "de-ageing", "--show", "eternal")
    code, said = typed("consent", "add", ANA, *terms, "--years", "25-40", "--scenes", "12-14",
                       "--until", LATER, "--signed-by", ANA, "--document", paper)  # fmt: skip
    assert code == 0, said
    assert "consent 1: Ana Ruiz, eternal: de-ageing, scenes 12, 13, 14, aged 25-40" in said
    check = ("consent", "check", ANA, *terms, "--scenes", "13", "--years", "30-35")
    assert typed(*check) == (0, "Covered by consent 1.\n")
    assert typed("consent", "narrow", 1, "--scenes", "12", "--signed-by", ANA)[0] == 0
    code, said = typed(*check)
    assert code == 1
    assert "not for scene 13" in said
    code, said = typed("consent", "narrow", 1, "--scenes", "all", "--signed-by", ANA)
    assert code == 2
    assert "cannot be widened" in said
    assert typed("consent", "narrow", 1, "--signed-by", ANA)[0] == 2
    assert typed("consent", "withdraw", 1, "--signed-by", ANA, "--why", "<b>no</b>")[0] == 0
    assert "WITHDRAWN" in typed("consent", "show")[1]
    assert "No consent" in typed("consent", "show", "Bo Li")[1]
    assert typed("verify")[0] == 0


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"--use": "cloning"}, "digital-replica"),
        ({"--years": "50-20"}, "backwards"),
        ({"--years": "5-900"}, "less than or equal to 130"),
        ({"--until": "soon"}, "2027-12-31"),
        ({"--scenes": ","}, "empty"),
        ({"--document": "not-there.pdf"}, "not-there.pdf"),
        ({"--key": "not-there.pem"}, "not-there.pem"),
        ({"--show": "x" * 300}, "300 characters"),
    ],
)
def test_a_consent_that_cannot_be_recorded(
    typed: Typed, changed: dict[str, str], words: str
) -> None:
    given = {"--use": "ageing", "--show": "eternal", "--years": "50-60", "--until": str(LATER),
             "--signed-by": ANA, **changed}  # fmt: skip
    code, said = typed("consent", "add", ANA, *[w for pair in given.items() for w in pair])
    assert code == 2
    assert words in said

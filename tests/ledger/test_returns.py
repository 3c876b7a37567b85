"""Cost and return: it adds up, claims nothing without artists' time, and says where it is from."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from takes_made import made

from setpiece.errors import InputError, StoreError
from setpiece.ledger import verify_chain
from setpiece.ledger.estimate import SHIPPED, load_estimate, read_money
from setpiece.ledger.return_pdf import write_pdf
from setpiece.ledger.returns import Return, reckon, write_return
from setpiece.ledger.spending import add_licence, add_time
from setpiece.show import Store, open_store

ANA = "Ana Ruiz"
Typed = Callable[..., tuple[int, str]]


def report(store: Store, **changed: Any) -> Return:
    return reckon(store, load_estimate(), **changed)


def test_every_level_adds_up(store: Store, tmp_path: Path) -> None:
    one, two = made(store, tmp_path), made(store, tmp_path, version=2)
    made(store, tmp_path, shot="sh030")
    add_time(store, one, 60, by=ANA, what="layout")
    add_time(store, two, 30, by=ANA, what="review", rate=(100.0, "USD"))
    add_licence(store, (12.0, "USD"), what="tracker", by=ANA, take=one)
    add_licence(store, (88.0, "USD"), what="package", by=ANA, show="eternal")
    told = report(store)
    (show,), shots = told.level("show"), told.level("shot")
    assert [len(told.level(n)) for n in ("shot", "take", "stage")] == [2, 3, 9]
    assert shots[0].seconds == 7200
    assert shots[0].machine_cost == pytest.approx(4)
    assert shots[0].artist_minutes == 90
    assert shots[0].artist_cost == pytest.approx(60 + 50)
    assert shots[0].licence_cost == 12
    assert shots[0].total == pytest.approx(126)
    assert show.licence_cost == 100
    assert show.total == pytest.approx(sum(s.total for s in shots) + 88)
    assert [x.stage for x in told.level("stage")][:3] == ["fall", "frames", "dust"]
    assert verify_chain(store).ok


def test_savings_are_against_the_stated_estimate(store: Store, tmp_path: Path) -> None:
    add_time(store, made(store, tmp_path), 60, by=ANA, what="layout")
    task = load_estimate().tasks["collapse"]
    (shot,) = report(store, budget=10_000.0).level("shot")
    assert shot.traditional_hours == task.artist_hours + task.machine_hours
    assert shot.hours_saved == pytest.approx(task.hours - 2)  # an hour of each on our side
    assert shot.times_faster == pytest.approx(task.hours / 2)
    assert shot.money_saved == pytest.approx(shot.traditional_cost - 62)
    assert shot.share_of_budget == pytest.approx(shot.money_saved / 10_000)
    assert shot.confidence == "low"
    (show,) = report(store, budget=10_000.0).level("show")
    assert show.times_faster == pytest.approx(shot.times_faster)
    assert report(store).level("show")[0].share_of_budget is None


def test_the_machines_hours_are_for_the_shots_own_frames_and_pixels(
    store: Store, tmp_path: Path
) -> None:
    task = load_estimate().tasks["collapse"]
    for shot, size in (("half", '"size": [640, 720]'), ("odd", '"size": []'), ("no", '"a": [[')):
        add_time(store, made(store, tmp_path, shot=shot, size=size), 60, by=ANA, what="x")
    made(store, tmp_path, shot="half", version=2, size='"size": [64, 72]')  # a smaller try
    half, odd, no = report(store).level("shot")
    assert half.traditional_hours == pytest.approx(task.artist_hours + task.machine_hours / 2)
    assert half.note == ""
    for line in (odd, no):
        assert line.traditional_hours == pytest.approx(task.hours)
        assert "taken as it stands" in line.note


def test_nothing_is_claimed_without_artists_time_or_an_estimate(
    store: Store, tmp_path: Path
) -> None:
    made(store, tmp_path)
    other = made(store, tmp_path, shot="sh030", task="relight")
    add_time(store, other, 5, by=ANA, what="x")
    told = report(store)
    one, two = told.level("shot")
    assert one.hours_saved is one.money_saved is one.times_faster is None
    assert "no artist's time" in one.note
    assert "says nothing of relight" in two.note
    (show,) = told.level("show")
    assert show.money_saved is None
    assert "2 of 2 shots are not compared" in show.note


def test_a_loss_is_said_as_one(store: Store, tmp_path: Path) -> None:
    add_time(store, made(store, tmp_path), 60 * 100, by=ANA, what="everything by hand")
    (show,) = report(store).level("show")
    assert show.hours_saved < 0
    assert show.money_saved < 0
    assert show.times_faster < 1


def test_what_the_show_licensed_is_set_against_its_savings(store: Store, tmp_path: Path) -> None:
    add_time(store, made(store, tmp_path), 60, by=ANA, what="layout")
    before = report(store).level("show")[0].money_saved
    add_licence(store, (500.0, "USD"), what="package", by=ANA, show="eternal")
    assert report(store).level("show")[0].money_saved == pytest.approx(before - 500)
    add_licence(store, (-500.0, "USD"), what="it was free", by=ANA, show="eternal")
    assert report(store).level("show")[0].money_saved == pytest.approx(before)


def test_other_currencies_need_a_rate(store: Store, tmp_path: Path) -> None:
    made(store, tmp_path, currency="EUR")
    with pytest.raises(InputError, match=r"EUR = \.\.\. under"):
        report(store)
    ours = tmp_path / "ours.toml"
    ours.write_text(SHIPPED.read_text().replace("[exchange]", "[exchange]\nEUR = 2.0"))
    (show,) = reckon(store, load_estimate(ours)).level("show")
    assert show.machine_cost == pytest.approx(4)


def test_what_cannot_be_recorded(store: Store, tmp_path: Path) -> None:
    name = made(store, tmp_path)
    add_time(store, name, 30, by=ANA, what="layout")
    add_time(store, name, -10, by=ANA, what="it was less")
    for minutes in (0.0, float("nan"), float("inf"), 1e9, -21.0):
        with pytest.raises(InputError, match="minutes"):
            add_time(store, name, minutes, by=ANA, what="x")
    for call in (
        lambda: add_time(store, "nothing", 5, by=ANA, what="x"),
        lambda: add_time(store, name, 5, by="", what="x"),
        lambda: add_time(store, name, 5, by=ANA, what="two\nlines"),
        lambda: add_time(store, name, 5, by=ANA, what="x", rate=(-1.0, "USD")),
        lambda: add_licence(store, (1.0, "USD"), what="x", by=ANA),
        lambda: add_licence(store, (1.0, "USD"), what="x", by=ANA, take=name, show="eternal"),
        lambda: add_licence(store, (1.0, "USD"), what="x", by=ANA, show="mortal"),
        lambda: add_licence(store, (-1.0, "USD"), what="x", by=ANA, show="eternal"),
        lambda: add_licence(store, (0.0, "USD"), what="x", by=ANA, show="eternal"),
    ):
        with pytest.raises(InputError):
            call()
    (take,) = report(store).level("take")
    assert take.artist_minutes == 20


def test_nothing_on_record(store: Store, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No take"):
        report(store)
    made(store, tmp_path)
    with pytest.raises(InputError, match="mortal"):
        report(store, show="mortal")


# The estimate


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("artist_hours = 40.0", "artist_hours = -1", "artist_hours"),
        ("artist_hours = 40.0", "artist_hours = nan", "artist_hours"),
        ('artist_confidence = "low"', 'artist_confidence = "sure"', "artist_confidence"),
        ('currency = "USD"', 'currency = "Dollar"', "currency"),
        ("budget = 0.0", "bugdet = 0.0", "bugdet"),
        ("[exchange]", "[exchange", "is not TOML"),
    ],
)
def test_an_estimate_with_a_mistake_is_named(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "ours.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError, match=r"ours\.toml") as raised:
        load_estimate(tmp_path / "ours.toml")
    assert words in str(raised.value)


def test_the_shipped_estimate_says_where_each_figure_is_from() -> None:
    for task in load_estimate().tasks.values():
        assert task.artist_source.startswith(("Assumed", "Measured"))
        assert task.machine_source.startswith(("Assumed", "Measured"))
        assert task.licence_source


@given(st.text())
def test_any_text_is_money_or_declined(words: str) -> None:
    try:
        amount, currency = read_money(words, "--rate")
    except InputError:
        return
    assert abs(amount) < 1e13
    assert len(currency) == 3
    assert currency.isascii()


# CSV and PDF


def test_the_csv_has_every_level_and_no_formula(store: Store, tmp_path: Path) -> None:
    name = made(store, tmp_path, show="=cmd()")
    add_time(store, name, 60, by=ANA, what="x")
    path = tmp_path / "out" / "return.csv"
    write_return(report(store), path)
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [r["level"] for r in rows] == ["show", "shot", "take", "stage", "stage", "stage"]
    assert {r["show"] for r in rows} == {"'=cmd()"}
    assert float(rows[1]["total"]) == pytest.approx(62)
    assert rows[1]["confidence"] == "low"
    assert rows[3]["money_saved"] == ""
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"r\.csv"):
        write_return(report(store), tmp_path / "file" / "r.csv")


HOSTILE = "<b>Été</b> &amp; 日本 " + "W" * 150


def page_text(path: Path) -> str:
    reader = PdfReader(path)
    assert len(reader.pages) == 1
    return reader.pages[0].extract_text()


@pytest.mark.parametrize(("show", "shots"), [("eternal", 1), ("eternal", 40), (HOSTILE, 2)])
def test_the_page_is_one_page(tmp_path: Path, show: str, shots: int) -> None:
    store = open_store(tmp_path / "show.db")
    names = [made(store, tmp_path, show=show, shot=f"sh{n:03d}") for n in range(shots)]
    for name in names[: max(shots // 2, 1)]:
        add_time(store, name, 60, by=ANA, what="x")
    told = report(store, budget=1e6)
    given = {"show": show, "receipt": verify_chain(store).receipt, "day": "2026-11-28"}
    write_pdf(told, tmp_path / "a.pdf", **given)
    text = page_text(tmp_path / "a.pdf")
    (line,) = told.level("show")
    assert f"{line.money_saved:,.0f} USD" in text
    assert f"{line.hours_saved:,.1f} h" in text
    assert f"{line.times_faster:,.1f}×" in text
    assert "% of budget" in text
    assert "Confidence of the comparison: low" in text
    assert "Assumed, not measured" in text
    assert f"{max(shots // 2, 1)} of {shots} shots compared; confidence low" in text
    assert given["receipt"][:40] in text
    assert ("more shots" in text) == (shots > 12)
    if show == HOSTILE:
        assert "<b>Été</b> &amp; RiBen" in text
    write_pdf(told, tmp_path / "b.pdf", **given)
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()
    store.close()


def test_a_page_that_claims_nothing(tmp_path: Path) -> None:
    store = open_store(tmp_path / "show.db")
    made(store, tmp_path)
    write_pdf(report(store), tmp_path / "a.pdf", show="eternal", receipt="1:x", day="2026-11-28")
    text = page_text(tmp_path / "a.pdf")
    assert "not claimed" in text
    assert "0 of 1 shots compared" in text
    with pytest.raises(InputError, match="mortal"):
        write_pdf(report(store), tmp_path / "b.pdf", show="mortal", receipt="", day="")
    store.close()


# The commands


def test_return_is_typed(typed: Typed, run: Typed, tmp_path: Path) -> None:
    store = open_store(tmp_path / "takes" / "show.db")
    name = made(store, tmp_path / "takes")
    made(store, tmp_path / "takes", show="mortal")
    store.close()
    assert typed("time", name, "--minutes", 60, "--by", ANA, "--rate", "50 USD")[0] == 0
    assert typed("time", name, "--minutes", 60, "--by", ANA, "--rate", "fifty")[0] == 2
    words = ("--amount", "8 usd", "--what", "x", "--by", ANA)
    assert typed("licence", "--show", "eternal", *words) == (0, "event 4: 8 USD for eternal\n")
    page, table = tmp_path / "a.pdf", tmp_path / "a.csv"
    code, said = typed("return", "--pdf", page)
    assert code == 2
    assert "--show (eternal, mortal)" in said
    code, said = typed("return", "--show", "eternal", "--pdf", page, "--csv", table, "--budget",
                       "100000 USD")  # fmt: skip
    assert code == 0, said
    assert "21.8 times faster" in said
    assert "confidence low" in said
    assert "% of budget" in said
    assert "eternal" in page_text(page)
    assert table.is_file()
    assert "nothing is claimed" in typed("return", "--show", "mortal")[1]
    assert run("estimate") == (0, SHIPPED.read_text(encoding="utf-8"))
    assert typed("return", "--estimate", "gone.toml")[0] == 2

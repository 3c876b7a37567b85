"""Whatever the show: plans keep the rules, cost what they say, and no bound is above a cost."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shows import LATE, breakdowns, calendar, calendars, crowd, day, small, strip

from setpiece.schedule.anneal import improve
from setpiece.schedule.arrange import arrange
from setpiece.schedule.bounds import least
from setpiece.schedule.check import check
from setpiece.schedule.coded import Coded, window
from setpiece.schedule.cost import evaluate
from setpiece.schedule.greedy import by_hand, script_order
from setpiece.schedule.model import Breakdown, Calendar, Day, Performer
from setpiece.schedule.numbers import numbers
from setpiece.schedule.rules import Rulebook
from setpiece.schedule.solve import NoPlan, rounds, solve
from setpiece.schedule.tally import AWAY, keep, price, settle, shift, tally, undo_pay

SLOW = settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
QUICK = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


@given(breakdowns(), calendars(), st.data())
@QUICK
def test_compiled_price_is_the_price_and_its_rules_are_the_rules(
    breakdown: Breakdown, given_calendar: Calendar, data: st.DataObject
) -> None:
    book = Rulebook(breakdown, given_calendar)
    coded = Coded(book, window(book.calendar, breakdown, 12, book))
    board = [data.draw(st.integers(0, len(coded.dates) - 1)) for _ in coded.strips]
    cost, bad = price(numbers(coded), np.array(board))
    dates = {s.id: coded.dates[d] for s, d in zip(coded.strips, board, strict=True)}
    days = arrange(book, dates)
    broken = check(book, days)
    # A strip that must come after one at another place may send the unit back and forth in a day.
    if not any(s.after for s in breakdown.strips):
        assert cost == evaluate(breakdown, book.calendar, days).total
        assert (bad > 0) == bool(broken)
    else:
        assert cost <= evaluate(breakdown, book.calendar, days).total
        assert bool(broken) or bad == 0


@given(breakdowns(), calendars(), st.integers(0, 2**32))
@QUICK
def test_a_board_changed_strip_by_strip_is_priced_as_if_it_were_new(
    breakdown: Breakdown, given_calendar: Calendar, seed: int
) -> None:
    book, dice = Rulebook(breakdown, given_calendar), np.random.default_rng(seed)
    coded = Coded(book, window(book.calendar, breakdown, 12, book))
    n, strips, days = numbers(coded), len(coded.strips), len(coded.dates)
    home = dice.integers(0, days, strips)
    t = tally(n, home, home)
    settle(n, t)
    keep(t)
    for _ in range(20):
        changes = [(int(s), int(t.day[s])) for s in dice.integers(0, strips, 3)]
        for s, _ in changes:
            shift(n, t, home, s, int(dice.integers(days)))
        assert tuple(settle(n, t)) == tuple(price(n, t.day))
        assert t.totals[AWAY] == (t.day != home).sum()
        if dice.random() < 0.5:
            keep(t)
            continue
        for s, d in changes:  # a strip that went twice is back where it was first
            shift(n, t, home, s, d)
        undo_pay(t)
        assert tuple(settle(n, t)) == tuple(price(n, t.day))
    keep(t)


@given(breakdowns(), calendars())
@QUICK
def test_greedy_boards_break_no_rule(breakdown: Breakdown, given_calendar: Calendar) -> None:
    book = Rulebook(breakdown, given_calendar)
    coded = Coded(book, window(book.calendar, breakdown, 40, book))
    for board in (*by_hand(coded), script_order(coded)):
        days = arrange(book, {coded.strips[s].id: coded.dates[d] for s, d in board.day.items()})
        # A strip after one at another place may take a move more than was thought, and with it the
        # hours, and the next day's call.
        late = ("hours", "turnaround", "minor at night")
        assert [b for b in check(book, days) if b.rule.kind not in late] == []


@given(breakdowns(6), calendars(), st.integers(0, 3))
@SLOW
def test_a_plan_keeps_every_rule_and_its_bound(
    breakdown: Breakdown, given_calendar: Calendar, seed: int
) -> None:
    book = Rulebook(breakdown, given_calendar)
    try:
        found = solve(book, 1.0, seed)
    except NoPlan:
        return
    if found.unscheduled:
        return
    assert check(book, found.days) == []
    assert sorted(i for d in found.days for i in d.strips) == sorted(book.breakdown.by_id)
    assert found.cost == evaluate(breakdown, book.calendar, found.days)
    assert found.bound <= found.cost.total
    for other in (found.greedy, found.script_order):
        assert other is None or found.cost.total <= other.total


@given(breakdowns(7), calendars())
@SLOW
def test_bounds_of_parts_are_below_any_plan(breakdown: Breakdown, given_calendar: Calendar) -> None:
    book = Rulebook(breakdown, given_calendar)
    coded = Coded(book, window(book.calendar, breakdown, 15, book))
    board = improve(coded, [min(a, default=0) for a in coded.allowed], 4000, 1)
    if board is None:
        return
    dates = {s.id: coded.dates[d] for s, d in zip(coded.strips, board, strict=True)}
    cost = evaluate(breakdown, book.calendar, arrange(book, dates))
    assert least(coded).total <= cost.total


def test_a_small_show_is_proven_and_comes_out_the_same_twice() -> None:
    book = Rulebook(small(), calendar())
    found = solve(book, 5.0)
    assert found.status == "optimal"
    assert found.bound == found.cost.total
    again = solve(book, 5.0)
    assert (again.days, again.bound) == (found.days, found.bound)


def test_more_time_only_adds_rounds() -> None:
    for less, more in ((0.5, 3.0), (3.0, 10.0), (10.0, 60.0)):
        short, long = list(rounds(less)), list(rounds(more))
        assert long[: len(short)] == short
        assert sum(short) <= max(less, 1.0)
        assert len(long) > len(short)


def test_more_time_gives_no_dearer_plan_and_no_lower_bound() -> None:
    """On a board that is not proven in that time."""
    breakdown = crowd(16)
    book = Rulebook(breakdown, calendar())
    first, second, again = (solve(book, s, seed=2) for s in (0.5, 2.0, 2.0))
    assert first.status == "feasible"
    assert second.cost.total <= first.cost.total
    assert second.bound >= first.bound
    assert (again.days, again.bound) == (second.days, second.bound)
    assert second.greedy is not None
    assert second.script_order is not None
    assert second.cost.total <= second.greedy.total <= second.script_order.total


def test_ctrl_c_while_a_bound_is_raised_ends_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    from setpiece.schedule.talent import search

    def stop(*_: object) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(search, "go_on", stop)
    found = solve(Rulebook(crowd(16), calendar()), 20.0)
    assert found.stopped
    assert found.days


def test_a_plan_that_is_given_is_never_made_dearer() -> None:
    book = Rulebook(crowd(16), calendar())
    given = solve(book, 1.0)
    dates = {i: d.date for d in given.days for i in d.strips}
    assert solve(book, 0.1, start=dates).cost.total <= given.cost.total


def test_locked_strips_stay() -> None:
    b = small()
    locked = b.model_copy(
        update={"strips": (b.strips[0].model_copy(update={"locked_date": day(3)}), *b.strips[1:])}
    )
    found = solve(Rulebook(locked, calendar()), 2.0)
    assert {i: d.date for d in found.days for i in d.strips}["1"] == day(3)
    assert found.status != "partial"


def test_night_is_followed_by_no_day_within_the_turnaround() -> None:
    found = solve(Rulebook(small(), calendar()), 2.0)
    kinds = {d.date: d.hours for d in found.days}
    night = next(d for d, k in kinds.items() if k == "night")
    assert all(k == "night" or (d - night).days != 1 for d, k in kinds.items())


@pytest.mark.parametrize("drop", [None, 3])
def test_a_drop_is_paid_only_where_it_is_cheaper(drop: int | None) -> None:
    b = Breakdown(
        strips=(
            strip("1", "A", eighths=40, locked_date=day(0)),
            strip("2", "", eighths=40, locked_date=day(1)),
            strip("3", "", eighths=40, locked_date=day(2)),
            strip("4", "A", eighths=40, locked_date=day(7)),
        ),
        performers=(Performer(name="A", rate=100_00, hold_rate=60_00, drop_days=drop),),
    ).checked()  # fmt: skip
    found = solve(Rulebook(b, calendar(equipment=())), 1.0)
    assert found.cost.parts["hold"] == (0 if drop else 4 * 60_00)
    assert found.status == "optimal"


def test_overtime_is_paid_by_steps_that_are_begun_and_only_where_it_is_cheaper_than_a_day() -> None:
    """Two strips of seven hours in all, on days of six."""
    b = Breakdown(strips=(strip("1", set="Bar"), strip("2", set="Bar", minutes=308))).checked()
    assert sum(s.minutes for s in b.strips) == 420
    dear, cheap = ({"hours": 6, "overtime": 2, "overtime_rate": rate} for rate in (900_000, 60_000))
    book = Rulebook(b, calendar(**cheap, overtime_step=40))
    found = solve(book, 2.0)
    assert [d.strips for d in found.days] == [("1", "2")]
    assert found.cost.parts["overtime"] == 2 * 40_000  # sixty minutes, by steps of forty
    assert found.days[0].wrap == 7 * 60 + 420 + 60
    assert found.status == "optimal"
    assert len(solve(Rulebook(b, calendar(**dear)), 2.0).days) == 2
    assert len(solve(Rulebook(b, calendar(hours=6)), 2.0).days) == 2


def yard(*lights: str, **more: object) -> Breakdown:
    """An exterior for each light, at one place."""
    return Breakdown(strips=tuple(
        strip(str(n + 1), setting="EXT", light=x, set="Yard", position=n, **more)
        for n, x in enumerate(lights)
    )).checked()  # fmt: skip


def test_a_split_day_is_called_so_that_the_sun_sets_on_its_meal() -> None:
    book = Rulebook(yard("N", "D", "DUSK"), calendar(**LATE))
    found = solve(book, 2.0)
    assert len(found.days) == 1
    split = found.days[0]
    assert (split.hours, split.strips) == ("split", ("2", "3", "1"))
    sunset = book.sunset(split.date)
    assert sunset is not None
    assert abs(sunset - (20 * 60 + 35)) < 3  # Cremona, the fourth of May: an almanac's 20:35
    assert split.call == sunset - 2 * 136
    assert split.wrap == sunset + 60 + 136
    assert len(solve(Rulebook(yard("N", "D", "DUSK"), calendar()), 2.0).days) == 2


def test_a_split_day_stays_at_one_place_without_minors_and_leaves_the_turnaround_whole() -> None:
    b = yard("D", "N")
    far = b.model_copy(update={"strips": (b.strips[0], b.strips[1].model_copy(
        update={"set": "Quay", "location": "Quay"}))}).checked()  # fmt: skip
    child = Performer(name="A", minor=True)
    young = yard("D", "N", cast=("A",)).model_copy(update={"performers": (child,)})
    for show, words in ((far, "is at Quay and Yard"), (young, "goes on into the night")):
        book = Rulebook(show, calendar(**LATE))
        together = arrange(book, {"1": day(0), "2": day(0)})
        assert [x.words for x in check(book, together) if words in x.words]
        assert all(d.hours != "split" for d in _days(book))
    book = Rulebook(yard("D", "N", "D"), calendar(**LATE))
    late = arrange(book, {"1": day(0), "2": day(0), "3": day(1)})
    assert [x.rule.kind for x in check(book, late)] == ["turnaround"]
    long = Rulebook(yard("D", "N", "D", "DUSK"), calendar(**LATE))
    full = arrange(long, {i: day(0) for i in ("1", "2", "3", "4")})
    assert "6.8 hours come before its meal" in check(long, full)[-1].words
    behind = [Day(date=day(0), strips=("2", "1"), hours="split")]
    assert [x.rule.kind for x in check(book, behind)] == ["light"]


def _days(book: Rulebook) -> tuple[Day, ...]:
    try:
        return solve(book, 1.0).days
    except NoPlan:
        return ()

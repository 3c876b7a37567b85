"""Days by whole patterns: quick ones are worth their price, and the bound is below any plan."""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, given, settings
from shows import breakdowns, calendar, calendars, crowd

from setpiece.schedule.anneal import improve
from setpiece.schedule.arrange import arrange
from setpiece.schedule.check import check
from setpiece.schedule.coded import Coded, window
from setpiece.schedule.cost import evaluate
from setpiece.schedule.model import Breakdown, Calendar, Day
from setpiece.schedule.numbers import numbers
from setpiece.schedule.patterns import DaysCost
from setpiece.schedule.rules import Rulebook
from setpiece.schedule.worthy import worthy

SLOW = settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))


def rates(coded: Coded) -> list[int]:
    return [coded.book.cast[n].rate for n in coded.names]


def plan(coded: Coded, steps: int) -> tuple[Day, ...] | None:
    board = improve(coded, [min(a, default=0) for a in coded.allowed], steps, 1)
    if board is None:
        return None
    dates = {s.id: coded.dates[d] for s, d in zip(coded.strips, board, strict=True)}
    return arrange(coded.book, dates)


def spent(coded: Coded, days: tuple[Day, ...]) -> int:
    """What the bound is about: the unit on the days of shooting, work, and locations."""
    book = coded.book
    parts = evaluate(book.breakdown, book.calendar, days).parts
    paid = parts["overtime"] + parts["work"] + parts["locations"]
    return len(days) * book.calendar.unit_day + paid


@given(breakdowns(7), calendars())
@SLOW
def test_no_plan_s_days_cost_less_than_the_bound(
    breakdown: Breakdown, given_calendar: Calendar
) -> None:
    book = Rulebook(breakdown, given_calendar)
    coded = Coded(book, window(book.calendar, breakdown, 15, book))
    days = plan(coded, 4000)
    if days is None or check(book, days):
        return
    known = DaysCost(coded, rates(coded), [], len(coded.dates))
    known.go_on(2.0)
    assert known.bound <= spent(coded, days)


def test_the_bound_rises_to_near_what_days_cost_and_is_the_same_twice() -> None:
    book = Rulebook(crowd(16), calendar())
    coded = Coded(book, window(book.calendar, book.breakdown, 14, book))
    days = plan(coded, 200_000)
    assert days is not None
    early, late, again = (DaysCost(coded, rates(coded), [], 14) for _ in range(3))
    early.go_on(0.1)
    for one in (late, again):
        one.know([[coded.number[i] for i in d.strips] for d in days])
        one.go_on(3.0)
    assert early.bound <= late.bound == again.bound <= spent(coded, days)
    assert late.bound > 0.8 * spent(coded, days)


def test_quick_days_keep_a_day_s_limits_and_are_worth_more_than_they_cost() -> None:
    book = Rulebook(crowd(30), calendar())
    coded = Coded(book, window(book.calendar, book.breakdown, 30, book))
    pay, strips = np.array(rates(coded)), coded.strips
    worth = np.array([40_000 * s.eighths for s in strips])
    found = worthy(numbers(coded), pay, worth, night=False, light=True)
    assert found
    fees = {x.name: x.fee for x in book.breakdown.locations}
    for day in found:
        assert sum(strips[s].eighths for s in day) <= book.calendar.page_limit
        assert all(strips[s].hours != "night" for s in day)
        people = {p for s in day for p in coded.whose[s]}
        cost = book.calendar.unit_day + sum(pay[p] for p in people)
        cost += sum(fees[x] for x in {strips[s].location for s in day})
        assert sum(worth[s] for s in day) > cost

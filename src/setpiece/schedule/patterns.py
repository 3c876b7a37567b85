"""What days cost at least, whatever strips are put together on them.

Each day of a plan is a pattern: the strips that are shot, at the price of the unit's day and
overtime, of all who are called and of the locations' fees. The cheapest patterns that cover all
strips, fractions allowed, cost no more than any plan does. They are found by column generation
(Gilmore and Gomory, Oper. Res. 9, 1961): a linear programme prices the strips, and a knapsack in
which strips share cast and places looks for a day that is worth more than it costs. Where no time
is left to find all of them, the prices still give a bound (Lasdon 1970): the sum of the strips'
prices, less for each day what the best pattern is worth more than it costs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import linprog

from setpiece.schedule.coded import Coded
from setpiece.schedule.cost import overtime
from setpiece.schedule.model import MEAL_AFTER, Hours
from setpiece.schedule.numbers import numbers
from setpiece.schedule.worthy import worthy

I64 = NDArray[np.int64]
MASTER = 0.06  # seconds counted for a linear programme and for what a knapsack is built from
CPU = 1.6  # seconds for a deterministic one
EACH, LONGEST = 0.3, 3.0  # deterministic seconds of one knapsack: longer where that gains nothing
EXACT = 5  # of so many turns one looks for the best day of all, which alone gives a bound
STILL = 0.6  # how much of the best prices so far is kept in the next (Wentges 1997)
CLOSE = 5e-4  # of the cost: nearer than that the two sides are not brought


class DaysCost:
    """Cents that the unit's days, these performers' days of work and locations' fees cost at least.

    `bound` rises as `go_on` is called, until `done`. Deterministic.
    """

    def __init__(
        self, coded: Coded, pay: Sequence[int], days: Sequence[Sequence[int]], most_days: int
    ) -> None:
        """pay: of a day of work of each performer. days: strips of each day of some plans, to begin
        with. most_days: `bound` is for plans of no more days than these."""
        self.bound, self.done = 0, False
        self._coded, self._pay, self._most = coded, pay, most_days
        self._numbers, self._cents, self._turn = numbers(coded), np.array(pay, np.int64), 0
        self._each = EACH
        self._hours: list[Hours] = ["day", "night"]
        if any(coded.book.sunset(d) is not None for d in coded.dates):
            self._hours.append("split")
        columns = {frozenset(d) for d in days if d}
        columns |= {frozenset([s]) for s in range(len(coded.strips))}
        self._columns = columns
        self._patterns = sorted(columns, key=sorted)
        # Before anything is known a strip is worth its share of a full day.
        lengths = np.array([s.eighths for s in coded.strips], float)
        self._centre = lengths * coded.book.calendar.unit_day / coded.book.calendar.page_limit

    def go_on(self, seconds: float) -> None:
        """More prices, for about so many seconds of counted work."""
        while seconds > 0 and not self.done:
            seconds -= self._once()

    def _once(self) -> float:
        n, patterns = len(self._coded.strips), self._patterns
        cost = np.array([_price(self._coded, self._pay, p) for p in patterns], float)
        rows = [s for p in patterns for s in p]
        at = [k for k, p in enumerate(patterns) for _ in p]
        cover = sparse.csr_matrix((-np.ones(len(rows)), (rows, at)), (n, len(patterns)))
        master = linprog(cost, A_ub=cover, b_ub=-np.ones(n), method="highs")
        if master.status != 0:
            self.done = True
            return 0.0
        exact = np.maximum(-master.ineqlin.marginals, 0.0)
        worth = np.floor(STILL * self._centre + (1 - STILL) * exact).astype(np.int64)
        found, least, spent = self._quick(worth), 0, MASTER
        self._turn += 1
        if found and self._turn % EXACT:
            return self._learn(found, spent)
        for hours in self._hours:
            strips, value, took = _best(self._coded, self._pay, hours, worth, self._each)
            least, spent = min(least, value), spent + CPU * took
            if strips and strips not in self._columns and strips not in found:
                found.append(strips)
        bound = int(float(worth.sum()) + least * self._most)
        if bound > self.bound:
            self.bound, self._centre = bound, worth.astype(float)
        else:
            if not found:
                self.done = self._each == LONGEST and bool(np.array_equal(self._centre, exact))
                self._centre = exact
            self._each = min(2 * self._each, LONGEST)
        if master.fun - self.bound < CLOSE * master.fun:
            self.done = True
        return self._learn(found, spent)

    def know(self, days: Sequence[Sequence[int]]) -> None:
        """Days of a plan that was found since: good ones to go on from."""
        new = {frozenset(d) for d in days if d} - self._columns
        self._learn(sorted(new, key=sorted), 0.0)

    def _quick(self, worth: I64) -> list[frozenset[int]]:
        light = self._coded.book.on(self._coded.book.light)
        days = (d for night in (False, True)
                for d in worthy(self._numbers, self._cents, worth, night, light))  # fmt: skip
        return [d for d in dict.fromkeys(days) if d not in self._columns]

    def _learn(self, found: list[frozenset[int]], spent: float) -> float:
        self._columns.update(found)
        self._patterns += found
        return spent


def _price(coded: Coded, pay: Sequence[int], strips: frozenset[int]) -> int:
    fees = {x.name: x.fee for x in coded.book.breakdown.locations}
    people = {p for s in strips for p in coded.whose[s]}
    there = {coded.strips[s].location for s in strips}
    calendar = coded.book.calendar
    moves = len({coded.place[s] for s in strips}) - 1
    minutes = sum(coded.strips[s].minutes for s in strips) + moves * calendar.move_minutes
    return (
        calendar.unit_day
        + overtime(calendar, minutes)
        + sum(pay[p] for p in people)
        + sum(fees.get(x, 0) for x in there)
    )


def _best(
    coded: Coded, pay: Sequence[int], hours: Hours, worth: I64, each: float
) -> tuple[frozenset[int], int, float]:
    """The pattern that is worth most beyond its cost, a bound on cost less worth of any, and the
    deterministic seconds that it took.

    By day it takes no night exterior, by night no day exterior and nobody who works on none; a
    split day takes both, at one place, and nobody of those.
    """
    from ortools.sat.python import cp_model

    book, strips = coded.book, coded.strips
    night = hours != "day"
    barred = (-1 if night else 1) if book.on(book.light) and hours != "split" else 9
    cp = cp_model.CpModel()
    x = {
        s: cp.new_bool_var("")
        for s in range(len(strips))
        if worth[s] > 0 and coded.needs[s] != barred
        and not (night and any(p in coded.no_nights for p in coded.whose[s]))
    }  # fmt: skip
    fees = {y.name: y.fee for y in book.breakdown.locations}
    price = [-int(worth[s]) * v for s, v in x.items()]

    def called(members: list[int], cost: int) -> Any:
        there = cp.new_bool_var("")
        for s in members:
            cp.add_implication(x[s], there)
        price.append(cost * there)
        return there

    for p, own in enumerate(coded.roles):
        members = [s for s in own if s in x]
        if pay[p] and members:
            called(members, int(pay[p]))
    for name in dict.fromkeys(strips[s].location for s in x):
        if fees.get(name):
            called([s for s in x if strips[s].location == name], fees[name])
    if book.on(book.pages):
        cp.add(sum(strips[s].eighths * v for s, v in x.items()) <= book.calendar.page_limit)
    if book.on(book.hours):
        sites = [called([s for s in x if coded.place[s] == i], 0) for i in range(len(coded.sites))]
        move = book.calendar.move_minutes
        if hours == "split":
            cp.add(sum(sites) <= 1)
            light = sum(strips[s].minutes * v for s, v in x.items() if coded.needs[s] != 1)
            cp.add(light <= MEAL_AFTER)
        load = sum(strips[s].minutes * v for s, v in x.items()) + move * sum(sites) - move
        cp.add(load <= book.day_minutes)
        if step := book.calendar.overtime_price:
            normal, each_step = book.calendar.normal_minutes, book.calendar.overtime_step
            over = cp.new_int_var(0, -(-(book.day_minutes - normal) // each_step), "")
            cp.add(each_step * over >= load - normal)
            price.append(step * over)
    for p, most in coded.limits:
        cp.add(sum(strips[s].minutes * x[s] for s in coded.roles[p] if s in x) <= most)
    cp.minimize(sum(price))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_deterministic_time = each
    solver.parameters.relative_gap_limit = 1e-3
    solver.parameters.catch_sigint_signal = False  # Ctrl-C is Python's, between two knapsacks
    status = solver.solve(cp)
    bound = min(0, int(solver.best_objective_bound // 1)) if x else 0
    chosen = frozenset[int]()
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        chosen = frozenset(s for s, v in x.items() if solver.boolean_value(v))
    took = float(solver.response_proto.deterministic_time)
    return chosen, bound + book.calendar.unit_day, took


def compile_kernels() -> None:
    """Compile what the search of a plan needs, by a show of two strips."""
    from datetime import date

    from setpiece.schedule.anneal import improve
    from setpiece.schedule.model import Breakdown, Calendar, Performer, Strip
    from setpiece.schedule.rules import Rulebook

    start = date(2026, 5, 4)
    strips = (Strip(id="1", cast=("A",)), Strip(id="2", cast=("A",)))
    show = Breakdown(strips=strips, performers=(Performer(name="A"),))
    coded = Coded(Rulebook(show, Calendar(start=start)), (start, date(2026, 5, 5)))
    improve(coded, [0, 1], 10, 0)
    DaysCost(coded, [1], [], 2).go_on(1e-6)

"""A plan mended for other rules: what is near the one in hand, not the cheapest of all."""

from __future__ import annotations

import time
from collections.abc import Sequence

from setpiece.schedule.anneal import Stopped, improve, steps
from setpiece.schedule.arrange import arrange
from setpiece.schedule.check import check
from setpiece.schedule.coded import Coded, window
from setpiece.schedule.cost import evaluate
from setpiece.schedule.cp_search import interruptible, library, tune
from setpiece.schedule.model import Cost, Day, Plan, Status
from setpiece.schedule.rules import Rulebook
from setpiece.schedule.solve import Found, NoPlan

RUNS = 4  # of changes, in turn from the plan and from the board that moves fewest strips
ROOM = (3, 20)  # days looked at beyond the plan's last; the second where the first has none
Mended = tuple[int, Cost, tuple[Day, ...]]  # cost and moves, cost, days


def repair(book: Rulebook, plan: Plan, seconds: float, seed: int = 0) -> Found:
    """The best plan near a given one, in about so many CPU-seconds; the same each time.

    First the board on which the fewest strips move (CP-SAT), then small changes from there and
    from the plan itself, where each strip that is not on its old day has to be worth a twentieth of
    the unit's day. The bound is the given plan's, where it has nothing but these rules and some
    more. Raises NoPlan where no board keeps the rules, or none was found.
    """
    begun = time.process_time()
    stopped, best = False, None
    try:
        for room in ROOM:
            coded = _coded(book, plan, room)
            if all(coded.allowed):
                few, stopped = _fewest(coded, _home(coded, plan), seconds, seed)
                best = _near(coded, plan, few, seconds / 2 / RUNS, seed)
            if best is not None or stopped:
                break
    except _Interrupted as so_far:
        best, stopped = so_far.best, True
    if best is None:
        raise NoPlan("No plan near this one keeps every rule.")
    _, cost, days = best
    bound = min(plan.bound, cost.total)
    status: Status = "optimal" if bound >= cost.total else "feasible"
    return Found(days, cost, bound, status, (), time.process_time() - begun, stopped)


class _Interrupted(KeyboardInterrupt):
    def __init__(self, best: Mended | None) -> None:
        super().__init__()
        self.best = best


def _coded(book: Rulebook, plan: Plan, room: int) -> Coded:
    last = max(plan.dates.values(), default=plan.calendar.start)
    inside = sum(1 for d in plan.calendar.working_days() if d <= last)
    return Coded(book, window(plan.calendar, book.breakdown, inside + room, book))


def _home(coded: Coded, plan: Plan) -> list[int]:
    """The day of each strip in the plan, -1 where it has none."""
    at, dates = {d: n for n, d in enumerate(coded.dates)}, plan.dates
    return [at[dates[s.id]] if dates.get(s.id) in at else -1 for s in coded.strips]


def _fewest(
    coded: Coded, home: Sequence[int], seconds: float, seed: int
) -> tuple[list[int] | None, bool]:
    """The board that keeps the rules and moves fewest strips, of those the fewest days; and whether
    Ctrl-C ended the search.."""
    cp_model = library()
    from setpiece.schedule.model_cp import build

    model = build(coded)
    days = len(coded.dates)
    terms = []
    for s, row in enumerate(model.x):
        for d, x in enumerate(row):
            if x is not None:
                terms.append((days * (d != home[s]) + abs(d - home[s])) * x)
                model.cp.add_hint(x, int(d == home[s]))
    model.cp.minimize(sum(terms))
    solver = cp_model.CpSolver()
    tune(solver, seconds, seed)
    status, stopped = interruptible(solver, model.cp)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None, stopped
    return [
        next(d for d, x in enumerate(row) if x is not None and solver.boolean_value(x))
        for row in model.x
    ], stopped


def _near(
    coded: Coded, plan: Plan, few: list[int] | None, seconds: float, seed: int
) -> Mended | None:
    home = _home(coded, plan)
    rates = [p.rate for p in coded.book.cast.values()]
    stay = max(plan.calendar.unit_day // 20, max(rates, default=0) // 10, 1)
    best = _mended(coded, few, home, stay)
    whole = [d if d >= 0 else min(a) for d, a in zip(home, coded.allowed, strict=True)]
    for n in range(RUNS):
        start = few if few and n % 2 else whole
        try:
            board = improve(coded, start, steps(coded, seconds), seed + n, stay, home)
        except Stopped as stop:
            raise _Interrupted(_better(best, _mended(coded, stop.board, home, stay))) from None
        best = _better(best, _mended(coded, board, home, stay))
    return best


def _better(one: Mended | None, other: Mended | None) -> Mended | None:
    return min((x for x in (one, other) if x is not None), key=lambda x: x[0], default=None)


def _mended(
    coded: Coded, board: Sequence[int] | None, home: Sequence[int], stay: int
) -> Mended | None:
    if board is None:
        return None
    dates = {s.id: coded.dates[d] for s, d in zip(coded.strips, board, strict=True)}
    days = arrange(coded.book, dates)
    if check(coded.book, days):
        return None
    cost = evaluate(coded.book.breakdown, coded.book.calendar, days)
    moved = sum(a != b for a, b in zip(board, home, strict=True))
    return cost.total + stay * moved, cost, days

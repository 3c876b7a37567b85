"""The cheapest plan that keeps every rule, or the best there was time for, with its bound."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from setpiece.errors import InputError, MissingExtra
from setpiece.schedule.anneal import improve, steps
from setpiece.schedule.arrange import arrange
from setpiece.schedule.bounds import Least, least, raised
from setpiece.schedule.check import check
from setpiece.schedule.coded import DAYS_MOST, Coded, window
from setpiece.schedule.cost import evaluate
from setpiece.schedule.fitting import Board
from setpiece.schedule.greedy import by_hand, script_order
from setpiece.schedule.model import Cost, Day, Status
from setpiece.schedule.rules import Rulebook

if TYPE_CHECKING:
    from setpiece.schedule.model_cp import Model

Watch = Callable[[int, int], None]
ROUNDS, MOST_ROUNDS = 8, 250  # of column generation: for each second, and in all
SLACK = 3  # days looked at beyond the last of the greedy plan


class NoPlan(InputError):
    """No plan keeps every rule; `rules` of the book clash (see `infeasible`)."""


@dataclass(frozen=True)
class Found:
    """What was found. cost, bound: cents. `stopped`: by Ctrl-C. `script_order` and `greedy`: prices
    of those, None where they leave strips over. seconds: CPU."""

    days: tuple[Day, ...]
    cost: Cost
    bound: int
    status: Status
    unscheduled: tuple[str, ...]
    seconds: float
    stopped: bool = False
    script_order: Cost | None = None
    greedy: Cost | None = None


def solve(
    book: Rulebook,
    seconds: float = 60.0,
    seed: int = 0,
    start: Mapping[str, date] | None = None,
    watch: Watch | None = None,
) -> Found:
    """The cheapest plan, searched for about `seconds` of CPU time.

    start: dates of strips to begin from, which need not keep the rules. watch: told cost and bound
    as they change. The search is counted in the solver's own deterministic seconds, so that the
    same input and seed give the same plan on any machine; one that takes three times as long by the
    clock is cut off there. Ctrl-C ends it with the best so far.

    Raises NoPlan where it is proven that the rules leave no plan; MissingExtra without OR-Tools.
    """
    begun = time.process_time()
    plans = _plans(book)
    greedy, script = plans[0].cost, plans[1].cost
    best = min(plans, key=_rank)
    coded = _coded(book, best)
    low = least(coded, talent=False)
    try:
        best = _improved(book, coded, best, start, seconds, seed)
        coded = _coded(book, best)
        low = least(coded)
        rounds = max(10, min(MOST_ROUNDS, round(ROUNDS * seconds)))
        low = raised(low, coded, [[coded.number[i] for i in d.strips] for p in (best, *plans)
                                  for d in p.days], rounds)  # fmt: skip
        # A fixed share, not what is left on the clock: the same plan on any machine.
        answer = _search(coded, low, best, 0.5 * seconds, seed, watch)
    except KeyboardInterrupt:
        answer = _Answer(None, 0, False, True)
    if answer.dates is not None:
        found = _priced(book, answer.dates)
        if not found.left and not check(book, found.days):
            best = min(best, found, key=_rank)
    complete = not best.left
    bound = max(low.total, min(answer.bound, _beyond(coded, low)))
    bound = min(bound, best.cost.total) if complete else bound
    status: Status = "partial"
    if complete:
        status = "optimal" if bound >= best.cost.total else "feasible"
    return Found(
        best.days, best.cost, bound, status, best.left, time.process_time() - begun,
        answer.stopped, None if plans[1].left else script, None if plans[0].left else greedy,
    )  # fmt: skip


@dataclass(frozen=True)
class _Priced:
    days: tuple[Day, ...]
    cost: Cost
    left: tuple[str, ...]


@dataclass(frozen=True)
class _Answer:
    dates: dict[str, date] | None
    bound: int
    proven: bool
    stopped: bool


def _rank(plan: _Priced) -> tuple[int, int]:
    return len(plan.left), plan.cost.total


def _priced(book: Rulebook, dates: Mapping[str, date]) -> _Priced:
    days = arrange(book, dates)
    left = tuple(s.id for s in book.breakdown.strips if s.id not in dates)
    return _Priced(days, evaluate(book.breakdown, book.calendar, days), left)


def _plans(book: Rulebook) -> list[_Priced]:
    """Greedy and script order, in a window that leaves them all the room they can use."""
    breakdown = book.breakdown
    room = min(DAYS_MOST, 2 * len(breakdown.strips) + 20)
    coded = Coded(book, window(book.calendar, breakdown, room, book))
    hands = [by_hand(coded), by_hand(coded, nights_last=True)]
    greedy = min((_priced(book, _dates(coded, b)) for b in hands), key=_rank)
    out = []
    for found in (greedy, _priced(book, _dates(coded, script_order(coded)))):
        broken = {i for b in check(book, found.days) for i in b.strips}
        if broken:  # the way inside a day took a move more than was thought
            kept = {i: d.date for d in found.days for i in d.strips if i not in broken}
            found = _priced(book, kept)
        out.append(found)
    return out


def _improved(
    book: Rulebook, coded: Coded, best: _Priced, start: Mapping[str, date] | None, seconds: float,
    seed: int,
) -> _Priced:  # fmt: skip
    """The best of annealing from the greedy plan, or from `start`, twice short and once long."""
    at = {d: n for n, d in enumerate(coded.dates)}
    for turn, share in enumerate((0.05, 0.1, 0.25)):
        dates = {i: d.date for d in best.days for i in d.strips}
        if start is not None and turn == 0:
            dates = dict(start)
        board = [
            at.get(dates.get(s.id, date.min), min(days, default=0))
            for s, days in zip(coded.strips, coded.allowed, strict=True)
        ]
        better = improve(coded, board, steps(coded, share * seconds), seed + turn)
        if better is None:
            continue
        found = _priced(
            book, {s.id: coded.dates[d] for s, d in zip(coded.strips, better, strict=True)}
        )
        if not check(book, found.days):
            best = min(best, found, key=_rank)
    return best


def _dates(coded: Coded, board: Board) -> dict[str, date]:
    return {coded.strips[s].id: coded.dates[d] for s, d in board.day.items()}


def _coded(book: Rulebook, best: _Priced) -> Coded:
    calendar = book.calendar
    last = best.days[-1].date if best.days else calendar.start
    inside = sum(1 for d in calendar.working_days() if d <= last)
    room = 2 * inside if best.left else inside
    return Coded(book, window(calendar, book.breakdown, room + SLACK, book))


def _beyond(coded: Coded, low: Least) -> int:
    """No plan that shoots later than the window costs less than this."""
    calendar = coded.book.calendar
    if calendar.end and coded.dates[-1] >= max(
        d for d in calendar.working_days() if d <= calendar.end
    ):
        return 1 << 62
    return low.total + calendar.unit_day * (len(coded.dates) + 1 - low.days)


def _search(
    coded: Coded, low: Least, best: _Priced, seconds: float, seed: int, watch: Watch | None
) -> _Answer:  # fmt: skip
    try:
        from ortools.sat.python import cp_model
    except ImportError as error:
        raise MissingExtra(
            "The shooting plan is solved by OR-Tools: pip install 'setpiece[schedule]'"
        ) from error
    from setpiece.schedule.model_cost import add_cost
    from setpiece.schedule.model_cp import build

    model = build(coded)
    add_cost(model, low)
    _hint(model, {i: d.date for d in best.days for i in d.strips})
    if not best.left:
        model.cp.add(model.objective <= best.cost.total)
    solver = cp_model.CpSolver()
    tune(solver, seconds, seed)
    follower = _follower(watch, best)
    if watch is not None:
        solver.best_bound_callback = follower.bound
    status, stopped = _interruptible(solver, model.cp, follower)
    if status == cp_model.INFEASIBLE:
        raise NoPlan("No plan keeps every rule.")
    if status == cp_model.MODEL_INVALID:
        raise RuntimeError(model.cp.validate())
    done = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    found = None
    if done:
        found = {
            coded.strips[s].id: coded.dates[d]
            for s, row in enumerate(model.x)
            for d, x in enumerate(row)
            if x is not None and solver.boolean_value(x)
        }
    bound = int(-(-solver.best_objective_bound // 1))
    return _Answer(found, max(bound, 0), status == cp_model.OPTIMAL, stopped)


def _interruptible(solver: Any, model: Any, follower: Any) -> tuple[Any, bool]:
    """The solver's status, and whether Ctrl-C ended it: it works in a thread, this one listens."""
    status: list[Any] = []
    errors: list[BaseException] = []

    def work() -> None:
        try:
            status.append(solver.solve(model, follower))
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    stopped = False
    while thread.is_alive():
        try:
            thread.join(0.2)
        except KeyboardInterrupt:
            stopped = True
            solver.stop_search()
    if errors:
        raise errors[0]
    return status[0], stopped


def tune(solver: Any, seconds: float, seed: int) -> None:
    """One thread, and the same answer each time: strategies take turns instead of racing."""
    p = solver.parameters
    p.num_workers = 1
    p.interleave_search = True
    p.random_seed = seed
    p.max_deterministic_time = max(seconds, 0.2)
    p.max_time_in_seconds = max(3 * seconds, 1.0)
    p.catch_sigint_signal = False


def _hint(model: Model, dates: Mapping[str, date]) -> None:
    at = {d: n for n, d in enumerate(model.c.dates)}
    for s, strip in enumerate(model.c.strips):
        day = at.get(dates.get(strip.id, date.min))
        if day is None or day not in model.c.allowed[s]:
            continue
        for d, x in enumerate(model.x[s]):
            if x is not None:
                model.cp.add_hint(x, int(d == day))
            if d < len(model.c.dates) - 1:
                model.cp.add_hint(model.y[s][d], int(d >= day))


def _follower(watch: Watch | None, best: _Priced) -> Any:
    from ortools.sat.python import cp_model

    class Follower(cp_model.CpSolverSolutionCallback):
        def __init__(self) -> None:
            super().__init__()
            self.cost, self.least = best.cost.total if not best.left else 0, 0

        def on_solution_callback(self) -> None:
            self.cost = int(self.objective_value)
            if watch is not None:
                watch(self.cost, self.least)

        def bound(self, value: float) -> None:
            self.least = int(value)
            if watch is not None:
                watch(self.cost, self.least)

    return Follower()

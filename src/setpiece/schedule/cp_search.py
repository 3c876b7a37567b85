"""CP-SAT's turn in the search for a plan: one thread, counted work, Ctrl-C heard."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from setpiece.errors import MissingExtra
from setpiece.schedule.bounds import Least
from setpiece.schedule.coded import Coded

if TYPE_CHECKING:
    from setpiece.schedule.model_cp import Model

Watch = Callable[[int, int], None]


@dataclass(frozen=True)
class Answer:
    """dates: of the best plan, None where none was found. bound: cents, of plans in the window.
    clash: no plan keeps the rules. stopped: by Ctrl-C."""

    dates: dict[str, date] | None
    bound: int
    clash: bool
    stopped: bool


def library() -> Any:
    """OR-Tools' CP-SAT. Raises MissingExtra where it is not installed."""
    try:
        from ortools.sat.python import cp_model
    except ImportError as error:
        raise MissingExtra(
            "The shooting plan is solved by OR-Tools: pip install 'setpiece[schedule]'"
        ) from error
    return cp_model


class Search:
    """A window's model, which is built once and looked at for longer each time."""

    def __init__(self, coded: Coded, low: Least) -> None:
        library()
        from setpiece.schedule.model_cost import add_cost
        from setpiece.schedule.model_cp import build

        self.coded = coded
        self.model = build(coded)
        add_cost(self.model, low)

    def look(
        self, dates: Mapping[str, date], cost: int | None, seconds: float, seed: int,
        watch: Watch | None = None,
    ) -> Answer:  # fmt: skip
        """Look from a plan on, for so many of the solver's deterministic seconds.

        cost: of that plan, in cents; None where it leaves strips over. The same each time.
        """
        from ortools.sat.python import cp_model

        model, solver = self.model, cp_model.CpSolver()
        model.cp.clear_hints()
        _hint(model, dates)
        if cost is not None:
            model.cp.add(model.objective <= cost)
        tune(solver, seconds, seed)
        follower = _follower(watch, cost or 0)
        if watch is not None:
            solver.best_bound_callback = follower.bound
        status, stopped = interruptible(solver, model.cp, follower)
        if status == cp_model.MODEL_INVALID:
            raise RuntimeError(model.cp.validate())
        if status == cp_model.INFEASIBLE:
            return Answer(None, 0, True, stopped)
        found = None
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            found = dates_of(model, solver)
        bound = int(-(-solver.best_objective_bound // 1))
        return Answer(found, max(bound, 0), False, stopped)


def dates_of(model: Model, solver: Any) -> dict[str, date]:
    """Of each strip in the solver's plan."""
    return {
        model.c.strips[s].id: model.c.dates[d]
        for s, row in enumerate(model.x)
        for d, x in enumerate(row)
        if x is not None and solver.boolean_value(x)
    }


def interruptible(solver: Any, model: Any, follower: Any = None) -> tuple[Any, bool]:
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
    # Until it has answered: an interrupted join may take a thread for ended that is not.
    while not status and not errors:
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
    p.max_deterministic_time = max(seconds, 0.05)
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


def _follower(watch: Watch | None, cost: int) -> Any:
    from ortools.sat.python import cp_model

    class Follower(cp_model.CpSolverSolutionCallback):
        def __init__(self) -> None:
            super().__init__()
            self.cost, self.least = cost, 0

        def on_solution_callback(self) -> None:
            self.cost = int(self.objective_value)
            if watch is not None:
                watch(self.cost, self.least)

        def bound(self, value: float) -> None:
            self.least = int(value)
            if watch is not None:
                watch(self.cost, self.least)

    return Follower()

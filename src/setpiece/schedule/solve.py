"""The cheapest plan that keeps every rule, or the best there was time for, with its bound."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from setpiece.errors import InputError
from setpiece.schedule.anneal import COOL, HOT, Stopped, improve, steps
from setpiece.schedule.arrange import arrange
from setpiece.schedule.bounds import Least, least, paid_once
from setpiece.schedule.check import check
from setpiece.schedule.coded import DAYS_MOST, Coded, window
from setpiece.schedule.cost import evaluate
from setpiece.schedule.cp_search import Search, Watch, library
from setpiece.schedule.fitting import Board
from setpiece.schedule.greedy import by_hand, script_order
from setpiece.schedule.model import Cost, Day, Status
from setpiece.schedule.patterns import DaysCost
from setpiece.schedule.rules import Rulebook

FIRST, GROWTH = 0.4, 1.4  # seconds of the first changes, and what the next are longer
SEARCH = 0.4  # of that goes to CP-SAT before them
PATIENCE = 12  # rounds without any gain after which nothing more is to be expected
ANNEALING, PATTERNS, TALENT = 0.45, 0.4, 0.15  # shares of a round of changes
NODES = 33_000  # of talent scheduling for each of three sets of performers, a second
PRESOLVE = 3.5e-4  # seconds for each strip and day of the window that CP-SAT takes before it looks
FUTILE = 3  # turns of CP-SAT that gained nothing, after which its time goes to changes
NODES_MOST = 500_000
SLACK = 3  # days looked at beyond the last of the best plan


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

    The search goes by rounds that become longer, in turn of CP-SAT and of changes to the best plan
    so far. What a round does depends on what was found and on nothing else, and its
    length is counted in work: the same input and seed give the same plan on any machine, and more
    seconds only add rounds, so that they never give a dearer plan or a lower bound. It ends early
    with a proof, or where nothing is gained any more.

    start: dates of strips to begin from, which need not keep the rules. watch: told cost and bound
    as they change. Ctrl-C ends it with the best so far.

    Raises NoPlan where it is proven that the rules leave no plan; MissingExtra without OR-Tools.
    """
    library()
    begun = time.process_time()
    state = _State(book, start, seed)
    stopped = False
    try:
        for number, part in enumerate(rounds(seconds, state.presolve)):
            if state.proven or state.still(number):
                break
            if not part:
                continue
            if number % 2 or state.futile == FUTILE:
                state.change(number, part)
            elif stopped := state.search(number, part, watch):
                break
    except KeyboardInterrupt:
        stopped = True
    return state.found(time.process_time() - begun, stopped)


def rounds(seconds: float, presolve: float = 0.0) -> Iterator[float]:
    """Seconds of each round: at least two, so that a clash of rules is seen.

    presolve: seconds that CP-SAT needs before it looks. A turn of its that is shorter than that is
    left out (0).
    """
    total = 0.0
    for number in itertools.count():
        part = FIRST * GROWTH ** (number // 2) * (1.0 if number % 2 else SEARCH)
        if number % 2 == 0:
            part = 0.0 if part < presolve else part
            total += presolve if part else 0.0
        total += part
        if total > seconds and number > 1:
            return
        yield part


@dataclass(frozen=True)
class _Priced:
    days: tuple[Day, ...]
    cost: Cost
    left: tuple[str, ...]

    @property
    def dates(self) -> dict[str, date]:
        return {i: d.date for d in self.days for i in d.strips}


class _State:
    """What a search knows: the best plan, and what no plan costs less than."""

    def __init__(self, book: Rulebook, start: Mapping[str, date] | None, seed: int) -> None:
        self.book, self.seed = book, seed
        self.greedy, self.script = _plans(book)
        self.best = min(self.greedy, self.script, key=_rank)
        self.begin = dict(start) if start else None
        if start is not None:
            self._take({s.id: start[s.id] for s in book.breakdown.strips if s.id in start})
        self.coded = _coded(book, self.best)
        self.low = least(self.coded, nodes=0)
        self.bound = self.low.total
        self.patterns: list[tuple[DaysCost, int]] = []
        self.past: list[tuple[tuple[int, int], int]] = []
        self.cp: Search | None = None
        self.futile = 0

    @property
    def presolve(self) -> float:
        """Seconds that CP-SAT takes at least. Where no plan is known it looks whatever it takes."""
        if self.best.left:
            return 0.0
        return PRESOLVE * len(self.coded.strips) * len(self.coded.dates)

    @property
    def proven(self) -> bool:
        return not self.best.left and self.bound >= self.best.cost.total

    def still(self, number: int) -> bool:
        """Whether the last rounds gained nothing."""
        self.past.append((_rank(self.best), self.bound))
        return number > PATIENCE and self.past[-1] == self.past[-1 - PATIENCE]

    def change(self, number: int, part: float) -> None:
        """Anneal in turn afresh and from the best plan, the first time from what was given; then
        raise the bound."""
        coded = self._window()
        at = {d: n for n, d in enumerate(coded.dates)}
        runs = 1 + number // 4
        for run in range(runs):
            dates = self.begin if number == 1 and self.begin else self.best.dates
            board = [
                at.get(dates.get(s.id, date.min), min(days, default=0))
                for s, days in zip(coded.strips, coded.allowed, strict=True)
            ]
            count = steps(coded, ANNEALING * part / runs)
            hot = COOL if run % 2 or (self.begin and number == 1) else HOT
            try:
                better = improve(coded, board, count, self.seed * 1000 + number + 97 * run, hot=hot)
            except Stopped as stop:
                self._take_board(coded, stop.board)
                raise
            self._take_board(coded, better)
        if not self.proven:
            self._raise(part, talent=number % 4 == 3)

    def search(self, number: int, part: float, watch: Watch | None) -> bool:
        """CP-SAT's turn; whether Ctrl-C ended it."""
        coded = self._window()
        if self.cp is None or self.cp.coded is not coded:
            self.cp = Search(coded, replace(self.low, total=self.bound))
        cost = None if self.best.left else self.best.cost.total
        if watch is not None and cost is not None:
            watch(cost, self.bound)
        answer = self.cp.look(self.best.dates, cost, part, self.seed + number, watch)
        if answer.clash and cost is None:
            raise NoPlan("No plan keeps every rule.")
        before = _rank(self.best), self.bound
        if answer.dates is not None:
            self._take(answer.dates)
        # A plan costs what the model says or more: the price knows ways that the model does not.
        self._bound(min(answer.bound, _beyond(coded, self.low, len(coded.dates))))
        self.futile = self.futile + 1 if before == (_rank(self.best), self.bound) else 0
        if self.futile == FUTILE:
            self.cp = None  # its model is the largest thing there is
        return answer.stopped

    def found(self, seconds: float, stopped: bool) -> Found:
        best, complete = self.best, not self.best.left
        bound = min(self.bound, best.cost.total) if complete else self.bound
        status: Status = "partial"
        if complete:
            status = "optimal" if bound >= best.cost.total else "feasible"
        return Found(
            best.days, best.cost, bound, status, best.left, seconds, stopped,
            None if self.script.left else self.script.cost,
            None if self.greedy.left else self.greedy.cost,
        )  # fmt: skip

    def _raise(self, part: float, talent: bool) -> None:
        coded = self.coded
        if talent:
            nodes = min(NODES_MOST, round(2 * NODES * TALENT * part))
            self.low = _higher(self.low, least(coded, nodes))
            self._bound(self.low.total)
        most = len(coded.dates)
        if not self.patterns or self.patterns[0][1] < most or (talent and len(self.patterns) < 2):
            days = [d for p in (self.best, self.greedy, self.script) for d in self._numbered(p)]
            self.patterns = [(DaysCost(coded, pay, days, most), most) for pay in self._pays()]
        deals = self.low.talent[0][1] if self.low.talent else 0
        for n, (days_cost, days_most) in enumerate(self.patterns):
            if self.proven:
                return
            days_cost.know(self._numbered(self.best))
            days_cost.go_on(PATTERNS * part / len(self.patterns))
            total = days_cost.bound + paid_once(coded) + (deals if n else 0)
            self._bound(min(total, _beyond(coded, self.low, days_most)))

    def _numbered(self, plan: _Priced) -> list[list[int]]:
        return [[self.coded.number[i] for i in d.strips] for d in plan.days]

    def _pays(self) -> Iterator[list[int]]:
        """What a day of work is counted at: once all that is paid, and once less the hold rate of
        those whose whole time talent scheduling counts."""
        deals = [self.book.cast[n] for n in self.coded.names]
        for chosen in [[], *([self.low.talent[0][0]] if self.low.talent else [])]:
            pay = [d.rate - (d.holding if p in chosen else 0) for p, d in enumerate(deals)]
            if min(pay, default=0) >= 0:
                yield pay

    def _bound(self, value: int) -> None:
        self.bound = max(self.bound, value)

    def _window(self) -> Coded:
        coded = _coded(self.book, self.best)
        if coded.dates != self.coded.dates:
            self.coded = coded
        return self.coded

    def _take_board(self, coded: Coded, board: list[int] | None) -> None:
        if board is not None:
            self._take({s.id: coded.dates[d] for s, d in zip(coded.strips, board, strict=True)})

    def _take(self, dates: Mapping[str, date]) -> None:
        found = _priced(self.book, dates)
        if not found.left and not check(self.book, found.days):
            self.best = min(self.best, found, key=_rank)


def _rank(plan: _Priced) -> tuple[int, int]:
    return len(plan.left), plan.cost.total


def _priced(book: Rulebook, dates: Mapping[str, date]) -> _Priced:
    days = arrange(book, dates)
    left = tuple(s.id for s in book.breakdown.strips if s.id not in dates)
    return _Priced(days, evaluate(book.breakdown, book.calendar, days), left)


def _plans(book: Rulebook) -> tuple[_Priced, _Priced]:
    """Greedy and script order, in a window that leaves them all the room they can use."""
    breakdown = book.breakdown
    room = min(DAYS_MOST, 2 * len(breakdown.strips) + 20)
    coded = Coded(book, window(book.calendar, breakdown, room, book))

    def kept(board: Board) -> _Priced:
        found = _priced(book, _dates(coded, board))
        broken = {i for b in check(book, found.days) for i in b.strips}
        if broken:  # the way inside a day took a move more than was thought
            found = _priced(book, {i: d for i, d in found.dates.items() if i not in broken})
        return found

    return min((kept(b) for b in by_hand(coded)), key=_rank), kept(script_order(coded))


def _dates(coded: Coded, board: Board) -> dict[str, date]:
    return {coded.strips[s].id: coded.dates[d] for s, d in board.day.items()}


def _coded(book: Rulebook, best: _Priced) -> Coded:
    calendar = book.calendar
    last = best.days[-1].date if best.days else calendar.start
    inside = sum(1 for d in calendar.working_days() if d <= last)
    room = 2 * inside if best.left else inside
    return Coded(book, window(calendar, book.breakdown, room + SLACK, book))


def _higher(low: Least, other: Least) -> Least:
    """The better of two that talent scheduling was given different time for."""
    return other if other.total > low.total or not low.talent else low


def _beyond(coded: Coded, low: Least, days: int) -> int:
    """No plan that shoots on more days, or later than so many days of the window, costs less."""
    calendar = coded.book.calendar
    if calendar.end and coded.dates[-1] >= max(
        d for d in calendar.working_days() if d <= calendar.end
    ):
        return 1 << 62
    return low.total + calendar.unit_day * (days + 1 - low.days)

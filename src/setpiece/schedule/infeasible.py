"""Why no plan keeps every rule: the fewest that clash, and the cheapest one to give up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from setpiece.schedule.coded import Coded, window
from setpiece.schedule.rules import Rule, Rulebook

PROOF_SECONDS = 20.0  # deterministic seconds of one question to the solver
ROOM = 60  # days that are looked at where the calendar has no end


@dataclass(frozen=True)
class Clash:
    """rules: that cannot all hold, none of them to spare (`proven`; else nothing shorter was
    found in time). way_out: what giving up one of them costs, the cheapest first: (rule, cents of
    the plan that is then found); empty where none is enough alone."""

    rules: tuple[Rule, ...]
    proven: bool
    way_out: tuple[tuple[Rule, int], ...] = ()


def why(book: Rulebook, seconds: float = 20.0, seed: int = 0) -> Clash | None:
    """The clash, or None where some plan keeps every rule, or none is proven not to.

    By deletion: a rule without which the others still clash is left out (Chinneck and Dravnieks,
    ORSA J. Comput. 3, 1991), halves of the rules first (Junker, AAAI 2004).
    """
    rules = book.all()
    if not _clash(book, rules):
        return None
    core = _core(book, [], False, rules)
    proven = not any(_clash(book, [r for r in core if r != x]) for x in core)
    return Clash(tuple(core), proven, _ways_out(book, core, seconds, seed))


def _clash(book: Rulebook, rules: Sequence[Rule]) -> bool:
    """Whether these rules are proven to leave no plan."""
    from ortools.sat.python import cp_model

    from setpiece.schedule.cp_search import tune
    from setpiece.schedule.model_cp import build

    kept = frozenset(rules)
    off = book.off | frozenset(r for r in Rulebook(book.breakdown, book.calendar).all()
                               if r not in kept)  # fmt: skip
    part = Rulebook(book.breakdown, book.calendar, off)
    room = max(ROOM, 2 * len(book.breakdown.strips))
    coded = Coded(part, window(book.calendar, book.breakdown, room, part))
    if not all(coded.allowed):
        return True
    solver = cp_model.CpSolver()
    tune(solver, PROOF_SECONDS, 0)
    return bool(solver.solve(build(coded).cp) == cp_model.INFEASIBLE)


def _core(book: Rulebook, base: list[Rule], added: bool, rules: list[Rule]) -> list[Rule]:
    """QuickXplain: of `rules` those that are needed for a clash beside `base`."""
    if added and _clash(book, base):
        return []
    if len(rules) == 1:
        return rules
    half = len(rules) // 2
    first, second = rules[:half], rules[half:]
    of_second = _core(book, base + first, bool(first), second)
    of_first = _core(book, base + of_second, bool(of_second), first)
    return of_first + of_second


def _ways_out(
    book: Rulebook, core: Sequence[Rule], seconds: float, seed: int
) -> tuple[tuple[Rule, int], ...]:
    from setpiece.schedule.solve import NoPlan, solve

    found: list[tuple[Rule, int]] = []
    for rule in core:
        without = Rulebook(book.breakdown, book.calendar, book.off | {rule})
        try:
            plan = solve(without, max(1.0, seconds / max(len(core), 1)), seed)
        except NoPlan:
            continue
        if not plan.unscheduled:
            found.append((rule, plan.cost.total))
    return tuple(sorted(found, key=lambda x: x[1]))


def in_words(clash: Clash, money: Callable[[int], str]) -> str:
    """What is told a person."""
    lines = ["No plan keeps these rules together:"]
    lines += [f"  - {r.words}" for r in clash.rules]
    if not clash.proven:
        lines.append("(Perhaps fewer of them clash already: the time for a proof ran out.)")
    if clash.way_out:
        rule, cost = clash.way_out[0]
        lines.append(f"Cheapest way out: give up that {rule.words}. The plan then costs "
                     f"{money(cost)}.")  # fmt: skip
        lines += [f"Or: that {r.words}, at {money(c)}." for r, c in clash.way_out[1:4]]
    else:
        lines.append("Giving up one of them is not enough: other rules clash too.")
    return "\n".join(lines)

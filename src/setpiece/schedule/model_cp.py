"""The shooting plan as a constraint model for CP-SAT: rules here, money in `model_cost`.

`y[s][d]`: strip s is shot by day d. Everything that has begun, or has still to come, follows from
it by implications, and these are what makes the relaxation strong.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from setpiece.schedule.coded import Coded
from setpiece.schedule.model import MEAL_AFTER, Hours

if TYPE_CHECKING:
    from ortools.sat.python import cp_model


@dataclass
class Model:
    """CP-SAT's model with its variables. Lists go by strip, performer or place, then by day.

    x: strip on day. y: by day. open: shooting is not over before the day. used: something is shot.
    works, begun, ahead: a performer works, has begun by, has not ended before the day.
    at: a place is used; night: the day is called for the night; split: it goes on into it. load,
    dark: minutes of the day's shooting, and of what needs the dark.
    """

    cp: cp_model.CpModel
    c: Coded
    x: list[list[Any]] = field(default_factory=list)
    y: list[list[Any]] = field(default_factory=list)
    open: list[Any] = field(default_factory=list)
    used: list[Any] = field(default_factory=list)
    works: list[list[Any]] = field(default_factory=list)
    begun: list[list[Any]] = field(default_factory=list)
    ahead: list[list[Any]] = field(default_factory=list)
    at: list[list[Any]] = field(default_factory=list)
    night: list[Any] = field(default_factory=list)
    split: list[Any] = field(default_factory=list)
    load: list[Any] = field(default_factory=list)
    dark: list[Any] = field(default_factory=list)
    objective: Any = 0
    start: dict[int, int] = field(default_factory=dict)  # variable index -> hint


def build(coded: Coded) -> Model:
    """Variables and every rule that counts. The objective is `model_cost.add_cost`'s."""
    from ortools.sat.python import cp_model

    m = Model(cp_model.CpModel(), coded)
    _strips(m)
    _days(m)
    _performers(m)
    _capacity(m)
    _calls(m)
    return m


def any_of(m: Model, literals: list[Any], name: str) -> Any:
    """A literal that is true where one of these is."""
    if not literals:
        return m.cp.new_constant(0)
    if len(literals) == 1:
        return literals[0]
    made = m.cp.new_bool_var(name)
    m.cp.add_max_equality(made, literals)
    return made


def _strips(m: Model) -> None:
    cp, c = m.cp, m.c
    days = len(c.dates)
    for s in range(len(c.strips)):
        y = [cp.new_bool_var(f"y{s}.{d}") for d in range(days - 1)] + [cp.new_constant(1)]
        allowed = c.allowed[s]
        row: list[Any] = []
        for d in range(days):
            before = y[d - 1] if d else 0
            if d:
                cp.add_implication(y[d - 1], y[d])
            if d in allowed:
                x = cp.new_bool_var(f"x{s}.{d}")
                cp.add(x == y[d] - before)
                row.append(x)
            else:
                cp.add(y[d] == before)
                row.append(None)
        cp.add_exactly_one([x for x in row if x is not None])
        m.x.append(row)
        m.y.append(y)
    for s, earlier in enumerate(c.after):
        for o in earlier:
            for d in range(days - 1):
                cp.add_implication(m.y[s][d], m.y[o][d])


def on(m: Model, strips: list[int], d: int) -> list[Any]:
    return [m.x[s][d] for s in strips if m.x[s][d] is not None]


def _days(m: Model) -> None:
    cp, c = m.cp, m.c
    everything = list(range(len(c.strips)))
    for d in range(len(c.dates)):
        m.used.append(any_of(m, on(m, everything, d), f"used{d}"))
        m.open.append(cp.new_bool_var(f"open{d}"))
        if d:
            cp.add_implication(m.open[d], m.open[d - 1])
            for s in everything:
                cp.add_bool_or([m.y[s][d - 1], m.open[d]])
        cp.add_implication(m.used[d], m.open[d])
    own = [[s for s in everything if c.place[s] == i] for i in range(len(c.sites))]
    for i, strips in enumerate(own):
        m.at.append([any_of(m, on(m, strips, d), f"at{i}.{d}") for d in range(len(c.dates))])


def _performers(m: Model) -> None:
    cp, c = m.cp, m.c
    days = range(len(c.dates))
    for p, strips in enumerate(c.roles):
        works = [any_of(m, on(m, strips, d), f"w{p}.{d}") for d in days]
        begun = [cp.new_bool_var(f"b{p}.{d}") for d in days]
        ahead = [cp.new_bool_var(f"e{p}.{d}") for d in days]
        for d in days:
            cp.add_implication(works[d], begun[d])
            cp.add_implication(works[d], ahead[d])
            cp.add_bool_or([begun[d], ahead[d]])
            for s in strips:
                cp.add_implication(m.y[s][d], begun[d])
                if d:
                    cp.add_bool_or([m.y[s][d - 1], ahead[d]])
            if d:
                cp.add_implication(begun[d - 1], begun[d])
                cp.add_implication(ahead[d], ahead[d - 1])
        m.works.append(works)
        m.begun.append(begun)
        m.ahead.append(ahead)
        stunts = c.stunts[p]
        rest = c.book.calendar.stunt_rest
        if stunts:
            falls = [any_of(m, on(m, stunts, d), f"stunt{p}.{d}") for d in days]
            for d in days:
                for e in range(d + 1, len(c.dates)):
                    if (c.dates[e] - c.dates[d]).days > rest:
                        break
                    cp.add_bool_or([falls[d].negated(), falls[e].negated()])


def _capacity(m: Model) -> None:
    cp, c, book = m.cp, m.c, m.c.book
    everything = list(range(len(c.strips)))
    for d in range(len(c.dates)):
        here = [(s, m.x[s][d]) for s in everything if m.x[s][d] is not None]
        moves = sum(row[d] for row in m.at) - m.used[d]
        load = sum(c.strips[s].minutes * x for s, x in here)
        load += moves * book.calendar.move_minutes if len(c.sites) > 1 else 0
        m.load.append(load)
        m.dark.append(sum(c.strips[s].minutes * x for s, x in here if c.needs[s] == 1))
        if book.on(book.pages):
            cp.add(sum(c.strips[s].eighths * x for s, x in here)
                   <= book.calendar.page_limit * m.used[d])  # fmt: skip
        if book.on(book.hours):
            cp.add(load <= book.day_minutes * m.used[d])
        sun = book.sunlight(c.dates[d])
        if sun is not None and book.on(book.sun):
            for kind, most in ((-1, sun), (1, 1440 - sun)):
                part = [c.strips[s].minutes * x for s, x in here if c.needs[s] == kind]
                if part:
                    cp.add(sum(part) <= most)
        for p, most in c.limits:
            part = [c.strips[s].minutes * m.x[s][d] for s in c.roles[p] if m.x[s][d] is not None]
            if part:
                cp.add(sum(part) <= most)


def _calls(m: Model) -> None:
    """By day, by night or both, and the hours between wrap and the next call."""
    cp, c, book = m.cp, m.c, m.c.book
    days = range(len(c.dates))
    for d in days:
        night, split = cp.new_bool_var(f"night{d}"), _split(m, d)
        m.night.append(night)
        m.split.append(split)
        for s, need in enumerate(c.needs):
            x = m.x[s][d]
            if x is not None and need == 1 and split is not None:
                cp.add_bool_or([x.negated(), night, split])
            elif x is not None and need == 1:
                cp.add_implication(x, night)
            elif x is not None and need == -1 and book.on(book.light):
                cp.add_implication(x, night.negated())
        for p in c.no_nights:
            cp.add_implication(m.works[p][d], night.negated())
            if split is not None:
                cp.add_implication(m.works[p][d], split.negated())
    if not book.on(book.turnaround):
        return
    for d in days:
        for e in range(d + 1, len(c.dates)):
            if (c.dates[e] - c.dates[d]).days > 3:
                break
            for a in _hours(m, d):
                for b in _hours(m, e):
                    _rest(m, d, a, e, b)


def _hours(m: Model, d: int) -> list[Hours]:
    return ["day", "night"] if m.split[d] is None else ["day", "night", "split"]


def _split(m: Model, d: int) -> Any:
    """Whether a day goes on into the night: what needs the sun and what needs the dark, at one
    place. None where it cannot."""
    cp, c, book = m.cp, m.c, m.c.book
    sunny, dark = (on(m, [s for s, x in enumerate(c.needs) if x == k], d) for k in (-1, 1))
    if book.sunset(c.dates[d]) is None or not sunny or not dark:
        return None
    split = cp.new_bool_var(f"split{d}")
    cp.add_bool_or([split.negated(), *sunny])
    cp.add_bool_or([split.negated(), *dark])
    if book.on(book.light):
        cp.add(sum(row[d] for row in m.at) <= 1).only_enforce_if(split)
        cp.add(m.load[d] - m.dark[d] <= MEAL_AFTER).only_enforce_if(split)
    for s, earlier in enumerate(c.after):  # what is shot before the dark cannot come after it
        if c.needs[s] != 1 and m.x[s][d] is not None:
            for o in earlier:
                if c.needs[o] == 1 and m.x[o][d] is not None:
                    cp.add_bool_or([split.negated(), m.x[s][d].negated(), m.x[o][d].negated()])
    return split


def _rest(m: Model, d: int, a: Hours, e: int, b: Hours) -> None:
    """From the wrap of day d, called by hours a, to the call of day e."""
    cp, c, book = m.cp, m.c, m.c.book
    most = book.day_minutes if book.on(book.hours) else 3 * 1440

    def when(day: int, hours: Hours) -> list[Any]:
        night, split = m.night[day], m.split[day]
        if hours == "day":
            return [night.negated(), *([] if split is None else [split.negated()])]
        return [night if hours == "night" else split]

    # A split day's shooting is around its sunset, others' begins at their call.
    after = m.dark[d] if a == "split" else m.load[d]
    early = m.load[e] - m.dark[e] if b == "split" else 0
    room = (
        1440 * (c.dates[e] - c.dates[d]).days + book.call(b, c.dates[e], 0)
        - book.call(a, c.dates[d], 0) - book.calendar.meal_minutes - book.rest_minutes
    )  # fmt: skip
    if room >= most * (2 if b == "split" else 1):
        return
    where = [m.used[d], m.used[e], *when(d, a), *when(e, b)]
    if room <= 0:
        cp.add_bool_or([x.negated() for x in where])
    else:
        cp.add(after + early <= room).only_enforce_if(where)

"""A board made better by many small changes, the worse of them taken ever more seldom.

Simulated annealing (Kirkpatrick, Gelatt and Vecchi, Science 220, 1983) over whole boards: a strip
to another day, two strips exchanged, two days exchanged, days turned, a day's strips of one place
to another day.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numba import njit

from setpiece.schedule.coded import Coded
from setpiece.schedule.numbers import I64, Numbers, numbers, price

STEP, WORK = 1500e-9, 0.15e-9  # seconds, about: of a change, and of each thing it is priced by


class Stopped(KeyboardInterrupt):
    """Ctrl-C. board: the best so far, None where every one breaks some rule."""

    def __init__(self, board: list[int] | None) -> None:
        super().__init__()
        self.board = board


def steps(coded: Coded, seconds: float) -> int:
    """Boards that are looked at in about so many CPU-seconds: counted, so that the same show and
    seed give the same plan on any machine."""
    days, people = len(coded.dates), len(coded.names)
    work = 12 * len(coded.strips) + 3 * days * (people + len(coded.sites) + 12)
    return max(1000, int(seconds / (STEP + WORK * work)))


def improve(
    coded: Coded, start: Sequence[int], count: int, seed: int, stay: int = 0,
    home: Sequence[int] | None = None,
) -> list[int] | None:  # fmt: skip
    """A board as good or better after `count` steps from `start` (a day for each strip, which may
    break rules); None where every one that was seen breaks some. Raises Stopped at Ctrl-C.

    stay: cents that it is worth that a strip stays on its day of `home` (default: of `start`);
    the search then keeps near it.
    """
    n = numbers(coded)
    day = np.array(start, np.int64)
    if n.rate.size == 0 or not n.allowed.any(1).all():
        return None
    heat = max(20_000.0, float(np.median(n.rate)), float(n.money[0]) / 3)
    heat = heat / 10 if stay else heat
    near = day.copy() if home is None else np.array(home, np.int64)
    best, state = day.copy(), np.array([seed * 2654435761 + 88172645463325252], np.uint64)
    chunk, done = 20_000, 0
    values = np.array(price(n, day), np.int64)
    values[0] += stay * int((day != near).sum())
    least = values.copy()

    def found() -> list[int] | None:
        return [int(d) for d in best] if least[1] == 0 else None

    while done < count:  # between chunks Python sees Ctrl-C
        part = min(chunk, count - done)
        try:
            _anneal(n, day, near, stay, best, values, least, part, done, count, heat, state)
        except KeyboardInterrupt:
            raise Stopped(found()) from None
        done += part
    return found()


@njit(cache=True)
def _roll(state, most: int) -> int:  # type: ignore[no-untyped-def]
    """Uniform on 0 .. most - 1 (xorshift64*, Vigna 2016)."""
    x = state[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    state[0] = x
    return int((x * np.uint64(2685821657736338717)) >> np.uint64(33)) % most


@njit(cache=True)
def _anneal(n: Numbers, day: I64, home: I64, stay: int, best: I64, values: I64, least: I64,
            part: int, done: int, count: int, heat: float, state) -> None:  # type: ignore[no-untyped-def]  # fmt: skip
    strips, days = day.size, n.ordinal.size
    kept = day.copy()
    fine = heat / 60.0 if stay == 0 else heat / 6.0  # cents a minute too many
    for step in range(part):
        share = (done + step) / count
        warm = heat * (0.002**share) * (1.0 - share)
        kind = _roll(state, 100)
        last = day.max()
        if kind < 45:
            s = _roll(state, strips)
            day[s] = _roll(state, min(days, last + 2))
        elif kind < 75:
            s, t = _roll(state, strips), _roll(state, strips)
            day[s], day[t] = day[t], day[s]
        elif kind < 87:
            a, b = _roll(state, last + 1), _roll(state, last + 1)
            for s in range(strips):
                if day[s] == a:
                    day[s] = b
                elif day[s] == b:
                    day[s] = a
        elif kind < 94:
            a, b = _roll(state, last + 1), _roll(state, last + 1)
            for s in range(strips):
                if day[s] == a:
                    day[s] = b
                elif a < day[s] <= b:
                    day[s] -= 1
                elif b <= day[s] < a:
                    day[s] += 1
        else:
            s, to = _roll(state, strips), _roll(state, min(days, last + 2))
            d, x = day[s], n.place[s]
            for t in range(strips):
                if day[t] == d and n.place[t] == x:
                    day[t] = to
        cost, bad = price(n, day)
        if stay:
            for s in range(strips):
                if day[s] != home[s]:
                    cost += stay
        rise = float(cost - values[0]) + (bad - values[1]) * (1.0 + 9.0 * share) * fine
        if rise <= 0 or (warm > 0 and _roll(state, 1 << 30) / (1 << 30) < np.exp(-rise / warm)):
            values[0], values[1] = cost, bad
            kept[:] = day
            if bad < least[1] or (bad == least[1] and cost < least[0]):
                least[0], least[1] = cost, bad
                best[:] = day
        else:
            day[:] = kept


def compile_kernels() -> None:
    """Compile what this room needs, by a show of two strips."""
    from datetime import date

    from setpiece.schedule.model import Breakdown, Calendar, Performer, Strip
    from setpiece.schedule.rules import Rulebook

    start = date(2026, 5, 4)
    strips = (Strip(id="1", cast=("A",)), Strip(id="2", cast=("A",)))
    book = Rulebook(Breakdown(strips=strips, performers=(Performer(name="A"),)),
                    Calendar(start=start))  # fmt: skip
    improve(Coded(book, (start, date(2026, 5, 5))), [0, 1], 10, 0)

"""Plans that are made without looking far: what the solver begins with and is measured against."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence

from setpiece.schedule.coded import Coded
from setpiece.schedule.fitting import Board

STARTS = 12  # groups that an order is tried from
Key = Callable[[int], tuple[object, ...]]


def by_hand(coded: Coded) -> Iterator[Board]:
    """Boards as a first assistant director lays them out; the cheapest of them is the hand's.

    Strips are put in groups: a site by day or by night, a location by day or by night, the same
    with all nights at the end of the shoot, or each strip alone, which is a board by cast. Groups
    follow one another so that players' days lie together (`_route`), and so do the strips of each;
    or groups and strips both follow the script.
    Days are packed in that order, once as it comes and once so that a strip goes to a day of its
    place that has room. Some strips may find no day. Deterministic.
    """
    strips = range(len(coded.strips))
    night = [coded.needs[s] == 1 for s in strips]
    keys: list[tuple[Key, bool]] = [
        (lambda s: (coded.place[s], night[s]), False),
        (lambda s: (coded.place[s], coded.strips[s].location, night[s]), False),
        (lambda s: (coded.place[s], night[s]), True),
        (lambda s: (s,), False),
    ]
    seen: set[tuple[int, ...]] = set()
    for key, nights_last in keys:
        parts = [[s for s in strips if night[s] == late] for late in (False, True)]
        parts = parts if nights_last else [list(strips)]
        for written in (False, True):
            order = tuple(s for part in parts for s in _ordered(coded, part, key, written))
            if order in seen:
                continue
            seen.add(order)
            yield fill(coded, order)
            yield fill(coded, order, by_place=True)


def _ordered(coded: Coded, strips: Sequence[int], key: Key, written: bool) -> list[int]:
    groups: dict[tuple[object, ...], list[int]] = {}
    for s in sorted(strips, key=lambda s: coded.strips[s].position):
        groups.setdefault(key(s), []).append(s)
    if written:
        return [s for group in groups.values() for s in group]
    out: list[int] = []
    for group in _route(coded, list(groups.values())):
        out += _chain(coded, [[s] for s in group], out, 0)
    return out


def _route(coded: Coded, groups: list[list[int]]) -> list[list[int]]:
    """The groups in the order in which waiting and moves cost least, of those that begin with one
    of the dearest and go on with the group that begins the fewest players."""
    if len(groups) < 2:
        return groups
    pay = _pay(coded)
    dearest = sorted(
        range(len(groups)), key=lambda g: -sum(pay[p] for s in groups[g] for p in coded.whose[s])
    )
    best: tuple[int, list[int]] | None = None
    owner = {s: g for g, group in enumerate(groups) for s in group}
    for first in dearest[:STARTS]:
        order = _chain(coded, groups, [], first)
        cost = _waiting(coded, order)
        if best is None or cost < best[0]:
            best = cost, order
    assert best is not None
    return [groups[g] for g in dict.fromkeys(owner[s] for s in best[1])]


def _chain(
    coded: Coded, groups: Sequence[Sequence[int]], before: Sequence[int], first: int
) -> list[int]:
    """Strips, group by group: next comes what begins the fewest players, by their pay, and then
    what lets most of those who have begun go on."""
    pay = _pay(coded)
    cast = [frozenset(p for s in group for p in coded.whose[s]) for group in groups]
    begun = {p for s in before for p in coded.whose[s]}
    last = set(coded.whose[before[-1]]) if before else set()
    here = coded.place[before[-1]] if before else -1
    left = list(range(len(groups)))
    out: list[int] = []
    while left:
        if out or before:
            at, now = here, last
            following = min(left, key=lambda g: (
                sum(pay[p] for p in cast[g] - begun)
                + (coded.place[groups[g][0]] != at) * coded.book.calendar.move_cost
                - sum(pay[p] for p in cast[g] & now), g))  # fmt: skip
        else:
            following = first
        left.remove(following)
        begun |= cast[following]
        last = set(cast[following])
        here = coded.place[groups[following][-1]]
        out += groups[following]
    return out


def _pay(coded: Coded) -> list[int]:
    return [coded.book.cast[n].holding for n in coded.names]


def _waiting(coded: Coded, order: Sequence[int]) -> int:
    """Cents, about, of everybody's time from first strip to last and of the moves."""
    at, clock = {}, 0
    for s in order:
        at[s] = clock
        clock += coded.strips[s].eighths
    spans = 0
    for rate, own in zip(_pay(coded), coded.roles, strict=True):
        there = [s for s in own if s in at]
        if there:
            last = max(at[s] + coded.strips[s].eighths for s in there)
            spans += rate * (last - min(at[s] for s in there))
    moves = sum(coded.place[a] != coded.place[b] for a, b in itertools.pairwise(order))
    calendar = coded.book.calendar
    return spans // calendar.page_limit + moves * calendar.move_cost


def script_order(coded: Coded) -> Board:
    """As it is written: each strip on the day of the one before it where that has room, else on
    the next that the rules allow; where they allow none later, on the earliest that they do."""
    return fill(coded, sorted(range(len(coded.strips)), key=lambda s: coded.strips[s].position))


def fill(coded: Coded, order: Sequence[int], by_place: bool = False) -> Board:
    """A board filled in this order; strips with a date of their own are put first."""
    board = Board(coded)
    days = range(len(coded.dates))
    for s in order:
        if coded.strips[s].locked_date is not None:
            _place(board, s, list(days))
    at = 0
    waiting = [s for s in order if s not in board.day]
    while waiting:
        later = []
        for s in waiting:
            if any(o not in board.day and o in waiting for o in coded.after[s]):
                later.append(s)
                continue
            same = [d for d in days if by_place and _here(board, s, d)]
            if _place(board, s, [*same, *days[at:], *days[:at]]):
                at = board.day[s]
        if len(later) == len(waiting):
            break
        waiting = later
    return board


def _here(board: Board, strip: int, day: int) -> bool:
    return any(board.c.place[o] == board.c.place[strip] for o in board.on[day])


def _place(board: Board, strip: int, days: Sequence[int]) -> bool:
    for d in days:
        if board.fits(strip, d):
            board.put(strip, d)
            return True
    return False

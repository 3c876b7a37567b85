"""Plans that are made without looking far: what the solver begins with and is measured against."""

from __future__ import annotations

from collections.abc import Sequence

from setpiece.schedule.coded import Coded
from setpiece.schedule.fitting import Board


def by_hand(coded: Coded, nights_last: bool = False) -> Board:
    """As a first assistant director lays out a board: place by place, in each first the days, then
    the nights, location by location, and those scenes together that share their cast.

    Places where most is paid for waiting come first; with `nights_last` all nights come at the end
    of the shoot. Each strip goes on a day of its place that has room, else on the earliest from
    that of the strip before it, else on the earliest of all. Some may find no day.
    """
    weight = [0] * len(coded.sites)
    for s, cast in enumerate(coded.whose):
        weight[coded.place[s]] += sum(coded.book.cast[coded.names[p]].holding for p in cast)
    groups: dict[tuple[bool, int, int, int, str], list[int]] = {}
    for s, strip in enumerate(coded.strips):
        place, night = coded.place[s], int(coded.needs[s] == 1)
        key = (nights_last and night == 1, -weight[place], place, night, strip.location)
        groups.setdefault(key, []).append(s)
    order = [s for key in sorted(groups) for s in _alike(coded, groups[key])]
    return fill(coded, order, by_place=True)


def script_order(coded: Coded) -> Board:
    """As it is written: each strip on the day of the one before it where that has room, else on
    the next that the rules allow; where they allow none later, on the earliest that they do."""
    return fill(coded, sorted(range(len(coded.strips)), key=lambda s: coded.strips[s].position))


def fill(coded: Coded, order: Sequence[int], by_place: bool = False) -> Board:
    """A board filled in this order; strips with few dates of their own are put first."""
    board = Board(coded)
    days = range(len(coded.dates))
    tight = [s for s in order if coded.strips[s].locked_date is not None]
    for s in tight:
        _place(board, s, list(days))
    at = 0
    waiting = [s for s in order if s not in board.day]
    while waiting:
        later = []
        for s in waiting:
            if any(o not in board.day for o in coded.after[s]) and any(
                o in waiting for o in coded.after[s]
            ):
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


def _alike(coded: Coded, strips: Sequence[int]) -> list[int]:
    """Strips so that each shares as many of its cast with the one before it as can be."""
    left = list(strips)
    out = [left.pop(0)]
    while left:
        cast = set(coded.whose[out[-1]])
        following = max(
            left, key=lambda s: (len(cast & set(coded.whose[s])) - len(cast ^ set(coded.whose[s]))
                                 / 100, -coded.strips[s].position),
        )  # fmt: skip
        left.remove(following)
        out.append(following)
    return out

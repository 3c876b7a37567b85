"""Branch and bound from both ends of the shoot, one scene at a time.

A node is a set of scenes still to be placed, with the actors that have worked before them and after
them. Which scene comes next at one end is decided, then at the other end, in turn. Scenes are
grouped by those of their actors about whom anything is still to be decided. What is cut off:

- a scene, where another may go first in its place at no more cost (dominance);
- a node whose scenes were left before, or fewer, with the same people waited for, at no more cost;
- a node that costs at least as much as the best order known (`bounds`).

Method: Garcia de la Banda, Stuckey and Chu (INFORMS J. Comput. 23, 2011) and Qin, Zhang, Lim and
Liang (Comput. Oper. Res. 2016); kernels, cache and bounds are written here.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from setpiece.schedule.talent.bits import MOST, count, lowest, sums, weigh
from setpiece.schedule.talent.bounds import one_side, pairs

I64 = NDArray[np.int64]
LEFT, BEGUN, ENDED, PAID, CHILDREN, NEXT = range(6)
FIELDS = 6
FAR = 2**60


class Work(NamedTuple):
    """All that a search knows; arrays of int64 unless said otherwise."""

    who: I64  # actors of each scene, as a set
    length: I64  # of each scene
    pay: I64  # of each actor
    table: I64  # of sums of pay, for `weigh`
    frame: I64  # (depth, FIELDS): left, begun, ended, paid for waiting, children, next child
    group_who: I64  # (MOST,) of the node that is being looked at
    group_length: I64
    group_scenes: I64
    group_all: I64
    child_least: I64  # (depth, MOST): what it costs at least; sorted
    child_paid: I64
    child_scenes: I64
    together: I64  # (actors, actors)
    price: I64
    line: I64
    share: NDArray[np.float64]
    seen_left: I64  # the cache, in pairs of places
    seen_who: I64
    seen_paid: I64
    found: I64  # (depth + 1,): scenes placed at each depth of the best order; its depth comes last
    state: I64  # depth, best cost, nodes


def start(who: I64, length: I64, pay: I64, best: int, log_cache: int) -> Work:
    """A search for orders that cost less than `best` for waiting; 2^log_cache nodes are kept."""
    n, m = len(who), len(pay)
    depth = n + 2

    def room(*shape: int) -> I64:
        return np.zeros(shape, np.int64)

    wide, kept = MOST + 1, 1 << log_cache
    work = Work(
        who, length, pay, sums(pay), room(depth, FIELDS),
        room(wide), room(wide), room(wide), room(wide),
        room(depth, wide), room(depth, wide), room(depth, wide),
        room(m, m), room(m, m), room(m), np.zeros(m),
        # Zeros take no memory until they are written; no node is kept that has no scene left.
        room(kept), room(kept), room(kept),
        room(depth + 1), np.array([0, best, 0], np.int64),
    )  # fmt: skip
    work.frame[0, LEFT] = (1 << n) - 1
    work.found[-1] = -1
    if not expand(work, 0):
        work.state[0] = -1
    return work


@njit(cache=True)
def place_of(left: int, one: int, other: int, size: int) -> tuple[int, int]:
    """(first of two places in the cache, the two sets of actors as one number)."""
    if one > other:
        one, other = other, one
    both = one << 31 | other
    h = left * np.int64(-7046029254386353131)
    h ^= h >> 29 & 0x7FFFFFFFF
    h += both * np.int64(-4658895280553007687)
    h ^= h >> 32 & 0xFFFFFFFF
    h *= np.int64(-7723592293110705685)
    h ^= h >> 29 & 0x7FFFFFFFF
    return int(h & (size - 1) & ~1), both


@njit(cache=True)
def seen(w: Work, left: int, one: int, other: int, paid: int) -> bool:
    """Was this reached at no more cost?"""
    at, both = place_of(left, one, other, len(w.seen_left))
    for k in range(at, at + 2):
        if w.seen_left[k] == left and w.seen_who[k] == both:
            return w.seen_paid[k] <= paid
    return False


@njit(cache=True)
def keep(w: Work, left: int, one: int, other: int, paid: int) -> None:
    """The first place is for the node with most left, the second for the newest."""
    at, both = place_of(left, one, other, len(w.seen_left))
    for k in range(at, at + 2):
        if w.seen_left[k] == left and w.seen_who[k] == both:
            w.seen_paid[k] = paid
            return
    k = at + 1
    if w.seen_left[at] == 0:
        k = at
    elif count(left) >= count(w.seen_left[at]):
        w.seen_left[k], w.seen_who[k] = w.seen_left[at], w.seen_who[at]
        w.seen_paid[k] = w.seen_paid[at]
        k = at
    w.seen_left[k], w.seen_who[k], w.seen_paid[k] = left, both, paid


@njit(cache=True)
def group(w: Work, left: int, begun: int, ended: int) -> tuple[int, int, int]:
    """Group the scenes that are left; (groups, actors yet to decide about, all actors left)."""
    used, again = 0, 0
    x = left
    while x:
        a = w.who[lowest(x)]
        again |= used & a
        used |= a
        x &= x - 1
    # Whoever is paid through anyway, or has one scene left and is not waited for, decides nothing.
    known = begun | ended
    open_ = used & ~(begun & ended) & (known | again)
    while True:
        k = 0
        x = left
        while x:
            s = lowest(x)
            a = w.who[s] & open_
            j = 0
            while j < k and w.group_who[j] != a:
                j += 1
            if j == k:
                w.group_who[j], w.group_length[j], w.group_scenes[j], w.group_all[j] = a, 0, 0, 0
                k += 1
            w.group_length[j] += w.length[s]
            w.group_scenes[j] |= 1 << s
            w.group_all[j] |= w.who[s]
            x &= x - 1
        one, two = 0, 0
        for j in range(k):
            two |= one & w.group_who[j]
            one |= w.group_who[j]
        kept = open_ & (known | two)
        if kept == open_:
            return k, open_, used
        open_ = kept


@njit(cache=True)
def dominated(w: Work, j: int, k: int, begun: int, ended: int) -> bool:
    """May another group go first in the place of group j, at no more cost?

    Let x be who is on location with a scene placed first, and y who would be with it last. A scene
    whose x holds all of another's is no better first than that one if its y is within the other's
    (then either the one earlier or the other later is no dearer), or if those who are there in any
    case and not in the other scene are paid at least what the other's waiting costs. Of two that
    could each stand for the other the first is kept.
    """
    x1, y1 = w.group_who[j] | begun, w.group_who[j] | ended
    for i in range(k):
        if i == j:
            continue
        x2, y2 = w.group_who[i] | begun, w.group_who[i] | ended
        if x1 & x2 != x2:
            continue
        if x1 == x2:
            mine, theirs = x1 & ~y1 == 0, x2 & ~y2 == 0
            if y1 & ~y2 == 0:
                if y1 == y2:
                    if i < j:
                        return True
                elif not mine or i < j:
                    return True
            elif theirs and (not mine or i < j):
                return True
        elif y1 & ~y2 == 0 or weigh(x1 & y2, w.table) >= weigh(x2, w.table):
            return True
    return False


@njit(cache=True)
def expand(w: Work, d: int) -> bool:
    """Make the children of the node in frame d. False where it has none: cut off, or finished."""
    left, all_begun, all_ended, paid = w.frame[d, 0], w.frame[d, 1], w.frame[d, 2], w.frame[d, 3]
    w.frame[d, CHILDREN] = w.frame[d, NEXT] = 0
    best = w.state[1]
    k, open_, used = group(w, left, all_begun, all_ended)
    if k <= 1 or open_ == 0:
        if paid < best:
            w.state[1] = paid
            for i in range(d):
                w.found[i] = w.child_scenes[i, w.frame[i, NEXT] - 1]
            w.found[-1] = d
        return False
    was_begun, was_ended = all_begun & used, all_ended & used
    if seen(w, left, was_begun, was_ended, paid):
        return False
    for j in range(k):  # the same people waited for, with fewer scenes left
        rest = 0
        for i in range(k):
            if i != j:
                rest |= w.group_all[i]
        if (
            all_begun & rest == was_begun
            and all_ended & rest == was_ended
            and seen(w, left & ~w.group_scenes[j], was_begun, was_ended, paid)
        ):
            return False
    keep(w, left, was_begun, was_ended, paid)
    begun, ended = all_begun & open_, all_ended & open_
    whole = measure(w, k, open_)
    forced = -1
    for j in range(k):  # exactly those who are there already: nobody waits
        if w.group_who[j] == begun:
            forced = j
    n = 0
    for j in range(k):
        if forced >= 0:
            if j != forced:
                continue
        elif dominated(w, j, k, begun, ended):
            continue
        who, length = w.group_who[j], w.group_length[j]
        price = paid + length * weigh(begun & ~who, w.table)
        through = who & ~begun & ended  # on location from now to the end
        rest = 0
        for i in range(k):
            if i != j:
                rest |= w.group_who[i]
                if through:
                    price += w.group_length[i] * weigh(through & ~w.group_who[i], w.table)
        if price >= best:
            continue
        b, e = (begun | who) & rest & ~through, ended & rest & ~through
        least = price + one_side(b, j, k, w.group_who, w.group_length, w.pay, w.table, w.share,
                                 w.line) + one_side(e, j, k, w.group_who, w.group_length, w.pay,
                                                    w.table, w.share, w.line)  # fmt: skip
        if least < best:
            least = max(least, price + pairs(b, e, who, length, whole, w.together, w.pay, w.line,
                                             w.price))  # fmt: skip
        if least >= best:
            continue
        at = n
        while at > 0 and w.child_least[d, at - 1] > least:
            w.child_least[d, at] = w.child_least[d, at - 1]
            w.child_paid[d, at] = w.child_paid[d, at - 1]
            w.child_scenes[d, at] = w.child_scenes[d, at - 1]
            at -= 1
        w.child_least[d, at], w.child_paid[d, at] = least, price
        w.child_scenes[d, at] = w.group_scenes[j]
        n += 1
    w.frame[d, CHILDREN] = n
    return n > 0


@njit(cache=True)
def measure(w: Work, k: int, open_: int) -> int:
    """Lengths that any two actors have in common; returns the length of all groups."""
    x = open_
    while x:
        a = lowest(x)
        y = open_
        while y:
            w.together[a, lowest(y)] = 0
            y &= y - 1
        x &= x - 1
    whole = 0
    for j in range(k):
        length = w.group_length[j]
        whole += length
        x = w.group_who[j]
        while x:
            a = lowest(x)
            y = w.group_who[j]
            while y:
                w.together[a, lowest(y)] += length
                y &= y - 1
            x &= x - 1
    return whole


@njit(cache=True)
def go_on(w: Work, nodes: int) -> bool:
    """Look at so many nodes more. True once everything is searched."""
    d = w.state[0]
    until = w.state[2] + nodes
    while d >= 0 and w.state[2] < until:
        at = w.frame[d, NEXT]
        if at >= w.frame[d, CHILDREN] or w.child_least[d, at] >= w.state[1]:
            d -= 1
            continue
        w.frame[d, NEXT] = at + 1
        scenes = w.child_scenes[d, at]
        who = 0
        x = int(scenes)
        while x:
            who |= w.who[lowest(x)]
            x &= x - 1
        # The other end's turn: begun and ended change places.
        w.frame[d + 1, LEFT] = w.frame[d, LEFT] & ~scenes
        w.frame[d + 1, BEGUN] = w.frame[d, ENDED]
        w.frame[d + 1, ENDED] = w.frame[d, BEGUN] | who
        w.frame[d + 1, PAID] = w.child_paid[d, at]
        w.state[2] += 1
        if expand(w, d + 1):
            d += 1
    w.state[0] = d
    return d < 0


@njit(cache=True)
def least(w: Work) -> int:
    """What every order costs at least, as far as the search has come."""
    bound = w.state[1]
    for d in range(w.state[0] + 1):
        at = w.frame[d, NEXT]
        if at < w.frame[d, CHILDREN]:
            bound = min(bound, w.child_least[d, at])
    return bound

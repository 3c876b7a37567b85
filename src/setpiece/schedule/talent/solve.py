"""The cheapest order of an instance, with its proof or with the bound that was reached."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import or_

import numpy as np
from numpy.typing import NDArray

from setpiece.errors import InputError
from setpiece.schedule.talent.bits import MOST, sums
from setpiece.schedule.talent.descent import descend
from setpiece.schedule.talent.instance import Instance, random_instance

I64 = NDArray[np.int64]
STRIDE = 20_000  # nodes between two looks at the clock
LOOKS = 150  # orders looked at beforehand, times scenes squared
LOG_CACHE = 21  # nodes remembered: 24 bytes each


@dataclass(frozen=True)
class Solution:
    """An order, and how good it is.

    Attributes:
        order: of the instance's scenes.
        cost: what all actors are paid. bound: no order costs less. proven: the two are equal.
        nodes: that the search looked at. cpu_s: seconds of this process. stopped: by Ctrl-C.
    """

    order: tuple[int, ...]
    cost: int
    bound: int
    nodes: int
    cpu_s: float
    stopped: bool = False

    @property
    def proven(self) -> bool:
        return self.bound >= self.cost


def solve(
    instance: Instance,
    seconds: float = 60.0,
    seed: int = 0,
    watch: Callable[[int, int], None] | None = None,
    nodes: int | None = None,
) -> Solution:
    """The cheapest order, or the best that was found in `seconds` of CPU time, or after about so
    many `nodes` where these are given: then it is the same on any machine.

    watch: told cost and bound from time to time. Ctrl-C ends the search with the best so far. Same
    instance and seed, same order, unless time runs out. Scenes with the same actors are
    shot one after another, which costs nothing (Cheng, Diamond and Lin 1993). More than 62
    different scenes or 31 actors who could wait are not searched: the order is then that of the
    descents, and the bound is what is worked. Raises InputError for more than 62 such actors.
    """
    from setpiece.schedule.talent.search import go_on, least, start

    begun = time.process_time()
    merged = _merge(instance)
    who, length, pay = merged.who, merged.length, merged.pay
    n = len(who)
    cost = 0
    order: I64 = np.arange(n)
    if n > 2 and len(pay):
        cost, order = descend(who, length, sums(pay), LOOKS * n * n, seed)
    bound, looked, stopped = 0, 0, False
    if cost and n <= MOST and len(pay) <= MOST // 2:
        work = start(who, length, pay, cost, LOG_CACHE)
        done = work.state[0] < 0
        try:
            while not done and (
                work.state[2] < nodes if nodes is not None
                else time.process_time() - begun < seconds
            ):  # fmt: skip
                done = go_on(work, STRIDE)
                if watch is not None:
                    watch(instance.worked + int(work.state[1]), instance.worked + int(least(work)))
        except KeyboardInterrupt:
            stopped = True
        looked = int(work.state[2])
        if work.found[-1] >= 0:
            order = np.array(_order_of(work.found, who))
        cost = int(work.state[1])
        bound = cost if done else int(least(work))
    whole = tuple(int(s) for merged_scene in order for s in merged.scenes[merged_scene])
    return Solution(
        whole, instance.cost(whole), instance.worked + bound, looked,
        time.process_time() - begun, stopped,
    )  # fmt: skip


@dataclass(frozen=True)
class _Merged:
    who: I64
    length: I64
    pay: I64
    scenes: list[list[int]]


def _merge(instance: Instance) -> _Merged:
    """Scenes with the same actors as one, without actors who cannot wait."""
    plays = instance.plays[instance.pay > 0]
    pay = instance.pay[instance.pay > 0]
    keys = []
    while True:
        columns, inverse = np.unique(plays, axis=1, return_inverse=True)
        keys.append(np.ravel(inverse))
        waits = columns.sum(1) > 1
        if waits.all():
            break
        plays, pay = plays[waits], pay[waits]
    n, order = columns.shape[1], np.lexsort(keys)
    length = np.bincount(keys[-1], weights=instance.length, minlength=n).astype(np.int64)
    if len(pay) > MOST:
        raise InputError(
            f"{instance.name}: {len(pay)} actors could be kept waiting; {MOST} is the most."
        )
    who = (columns.astype(np.int64) << np.arange(len(pay))[:, None]).sum(0)
    # Whoever plays in scenes of one place only must not be kept waiting inside it.
    return _Merged(
        who, length, pay, [[int(s) for s in order if keys[-1][s] == j] for j in range(n)]
    )


def _order_of(found: I64, who: I64) -> list[int]:
    """The scenes of the best node that was found, and of those on the way to it, in order."""
    left = set(range(len(who)))
    begun = ended = 0
    front: list[list[int]] = []
    back: list[list[int]] = []
    for d in range(int(found[-1]) + 1):
        block = left if d == found[-1] else {s for s in left if int(found[d]) >> s & 1}
        placed = _inside(block, left, begun, ended, who)
        (front if d % 2 == 0 else back).append(placed)
        left = left - block
        for s in block:
            begun |= int(who[s])
        begun, ended = ended, begun
    return [s for b in (*front, *reversed(back)) for s in b]


def _inside(block: set[int], left: set[int], begun: int, ended: int, who: I64) -> list[int]:
    """A block's scenes, so that whoever plays in no other is not kept waiting inside it."""
    sets = {s: int(who[s]) for s in left}
    known = begun | ended
    undecided = reduce(or_, sets.values(), 0) & ~(begun & ended)
    keys: list[int] = []
    while True:
        keys.insert(0, undecided)
        groups = {a & undecided for a in sets.values()}
        several = sum(1 << i for i in range(MOST) if sum(a >> i & 1 for a in groups) > 1)
        kept = undecided & (known | several)
        if kept == undecided:
            return sorted(block, key=lambda s: [sets[s] & k for k in keys])
        undecided = kept


def compile_kernels() -> None:
    """Compile what this room needs: by an instance in which somebody has to wait."""
    solve(random_instance(20, 9, 1))

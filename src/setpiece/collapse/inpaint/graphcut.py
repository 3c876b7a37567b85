"""Which of many labels every pixel of a hole takes, by graph cuts.

Expansion moves: Y. Boykov, O. Veksler, R. Zabih, "Fast approximate energy minimization via graph
cuts", PAMI 2001. The cut of one move: Y. Boykov, V. Kolmogorov, "An experimental comparison of
min-cut/max-flow algorithms", PAMI 2004. Costs are whole numbers, so the order of sums is no matter.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

NONE, TERMINAL, ORPHAN = -1, 4, 5  # of a node's parent; 0 to 3 are its neighbours


@njit(cache=True, nogil=True)
def _adopt(i, near, room, parent, sink, stamp, depth, time):
    """A new parent for the orphan `i` on its own side whose line reaches its terminal, or NONE."""
    best, least = NONE, 1 << 30
    for d in range(4):
        j = near[i, d]
        if j < 0 or sink[j] != sink[i] or parent[j] == NONE:
            continue
        if (room[i, d] if sink[i] else room[j, d ^ 1]) <= 0:
            continue
        k, far = j, 0
        while True:
            if stamp[k] == time:
                far += depth[k]
                break
            far += 1
            if parent[k] == TERMINAL:
                stamp[k] = time
                depth[k] = 1
                break
            if parent[k] == ORPHAN:
                far = 1 << 30
                break
            k = near[k, parent[k]]
        if far < 1 << 30:
            if far < least:
                best, least = d, far
            k = j
            while stamp[k] != time:
                stamp[k] = time
                depth[k] = far
                far -= 1
                k = near[k, parent[k]]
    if best != NONE:
        stamp[i] = time
        depth[i] = least + 1
    return best


@njit(cache=True, nogil=True)
def min_cut(near, room, ends):
    """Which nodes (n,) bool lie with the sink after the least cut.

    near: (n, 4) int32, neighbours right, left, below, above; -1 for none. room: (n, 4) int64,
    capacity of the way there; used up. ends: (n,) int64, capacity from the source where positive,
    to the sink where negative; used up.
    """
    n = len(ends)
    parent = np.full(n, NONE, np.int8)
    sink = np.zeros(n, np.bool_)
    stamp = np.zeros(n, np.int64)
    depth = np.zeros(n, np.int64)
    queue = np.empty(n + 1, np.int32)  # a ring of active nodes
    queued = np.zeros(n, np.bool_)
    head, tail = 0, 0
    orphans = np.empty(n + 1, np.int32)  # a ring too
    for i in range(n):
        if ends[i] != 0:
            parent[i] = TERMINAL
            sink[i] = ends[i] < 0
            depth[i] = 1
            queue[tail] = i
            tail += 1
            queued[i] = True
    time = 0
    current = -1
    while True:
        i = current
        if i >= 0 and parent[i] == NONE:
            i = -1
        while i < 0 and head != tail:
            i = queue[head]
            head = 0 if head == n else head + 1
            queued[i] = False
            if parent[i] == NONE:
                i = -1
        if i < 0:
            break
        a, b, way = -1, -1, 0
        for d in range(4):
            j = near[i, d]
            if j < 0 or (room[j, d ^ 1] if sink[i] else room[i, d]) <= 0:
                continue
            if parent[j] == NONE:
                sink[j] = sink[i]
                parent[j] = d ^ 1
                stamp[j] = stamp[i]
                depth[j] = depth[i] + 1
                if not queued[j]:
                    queued[j] = True
                    queue[tail] = j
                    tail = 0 if tail == n else tail + 1
            elif sink[j] != sink[i]:
                if sink[i]:
                    a, b, way = j, i, d ^ 1
                else:
                    a, b, way = i, j, d
                break
            elif stamp[j] <= stamp[i] and depth[j] > depth[i]:
                parent[j] = d ^ 1
                stamp[j] = stamp[i]
                depth[j] = depth[i] + 1
        time += 1
        if a < 0:
            current = -1
            continue
        current = i
        least = room[a, way]
        k = a
        while parent[k] != TERMINAL:
            p = parent[k]
            k = near[k, p]
            least = min(least, room[k, p ^ 1])
        least = min(least, ends[k])
        k = b
        while parent[k] != TERMINAL:
            p = parent[k]
            least = min(least, room[k, p])
            k = near[k, p]
        least = min(least, -ends[k])
        first, last = 0, 0
        room[a, way] -= least
        room[b, way ^ 1] += least
        k = a
        while parent[k] != TERMINAL:
            p = parent[k]
            up = near[k, p]
            room[up, p ^ 1] -= least
            room[k, p] += least
            if room[up, p ^ 1] == 0:
                parent[k] = ORPHAN
                orphans[last] = k
                last += 1
            k = up
        ends[k] -= least
        if ends[k] == 0:
            parent[k] = ORPHAN
            orphans[last] = k
            last += 1
        k = b
        while parent[k] != TERMINAL:
            p = parent[k]
            up = near[k, p]
            room[k, p] -= least
            room[up, p ^ 1] += least
            if room[k, p] == 0:
                parent[k] = ORPHAN
                orphans[last] = k
                last += 1
            k = up
        ends[k] += least
        if ends[k] == 0:
            parent[k] = ORPHAN
            orphans[last] = k
            last += 1
        while first != last:
            k = orphans[first]
            first = 0 if first == n else first + 1
            found = _adopt(k, near, room, parent, sink, stamp, depth, time)
            parent[k] = found
            if found != NONE:
                continue
            for d in range(4):
                j = near[k, d]
                if j < 0 or sink[j] != sink[k] or parent[j] == NONE:
                    continue
                if (room[k, d] if sink[k] else room[j, d ^ 1]) > 0 and not queued[j]:
                    queued[j] = True
                    queue[tail] = j
                    tail = 0 if tail == n else tail + 1
                if parent[j] == d ^ 1:
                    parent[j] = ORPHAN
                    orphans[last] = j
                    last = 0 if last == n else last + 1
    out = np.empty(n, np.bool_)
    for i in range(n):
        out[i] = parent[i] == NONE or sink[i]
    return out


@njit(cache=True, nogil=True)
def _apart(seen, i, a, b):
    """How unlike (int) what two labels show at a node is."""
    total = np.float32(0.0)
    for c in range(seen.shape[2]):
        d = np.float32(seen[a, i, c]) - np.float32(seen[b, i, c])
        total += d * d
    return np.int64(np.sqrt(total))


@njit(cache=True, nogil=True)
def expand(seen, price, near, labels, rounds):
    """Improve `labels` (n,) int32 in place by expansion moves, until a round changes nothing.

    The cost of two labels side by side is how unlike they are at both places, which is a metric;
    only then is a move a cut.

    seen: (k, n, c) int16, what every label shows at every node. price: (k, n) int64, of a label at
    a node. near: (n, 4) int32, see `min_cut`.
    """
    k, n, _ = seen.shape
    room = np.zeros((n, 4), np.int64)
    ends = np.zeros(n, np.int64)
    for _ in range(rounds):
        changed = 0
        for new in range(k):
            room[:] = 0
            for i in range(n):
                ends[i] = price[new, i] - price[labels[i], i]
            for i in range(n):
                a = labels[i]
                for d in (0, 2):
                    j = near[i, d]
                    if j < 0:
                        continue
                    b = labels[j]
                    keep = 0
                    if a != b:
                        keep = _apart(seen, i, a, b) + _apart(seen, j, a, b)
                    one = 0 if a == new else _apart(seen, i, a, new) + _apart(seen, j, a, new)
                    two = 0 if b == new else _apart(seen, i, b, new) + _apart(seen, j, b, new)
                    ends[i] += two - keep
                    ends[j] -= two
                    # truncation to whole numbers may break the triangle by one
                    room[i, d] = max(one + two - keep, 0)
            moved = min_cut(near, room, ends)
            for i in range(n):
                if moved[i] and labels[i] != new:
                    labels[i] = new
                    changed += 1
        if changed == 0:
            break


def neighbours(hole: NDArray[np.bool_]) -> NDArray[np.int32]:
    """(n, 4) int32: for every pixel of `hole` in reading order, its neighbours' numbers or -1."""
    number = np.full((hole.shape[0] + 2, hole.shape[1] + 2), -1, np.int32)
    number[1:-1, 1:-1][hole] = np.arange(int(hole.sum()))
    sides = (number[1:-1, 2:], number[1:-1, :-2], number[2:, 1:-1], number[:-2, 1:-1])
    return np.ascontiguousarray(np.stack([s[hole] for s in sides], -1))


def compile_kernels() -> None:
    """Call the kernels once on tiny data."""
    near = neighbours(np.ones((2, 2), np.bool_))
    seen: NDArray[Any] = np.zeros((2, 4, 1), np.int16)
    expand(seen, np.ones((2, 4), np.int64), near, np.zeros(4, np.int32), 1)

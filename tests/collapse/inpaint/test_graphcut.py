"""Cuts are the least there are, and expansion moves never make a labelling dearer."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import maximum_flow

from setpiece.collapse.inpaint import graphcut


@given(st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_the_cut_is_as_large_as_the_flow(seed: int) -> None:
    rng = np.random.default_rng(seed)
    hole = rng.random(rng.integers(1, 12, 2)) < 0.85
    hole.flat[0] = True
    near = graphcut.neighbours(hole)
    n = len(near)
    room = np.where(near >= 0, rng.integers(0, 20, (n, 4)), 0).astype(np.int64)
    ends = rng.integers(-30, 31, n).astype(np.int64)
    ways = [(i, int(near[i, d]), int(room[i, d])) for i in range(n) for d in range(4)]
    edges = [w for w in ways if w[1] >= 0]
    edges += [(n, i, int(e)) for i, e in enumerate(ends) if e > 0]
    edges += [(i, n + 1, -int(e)) for i, e in enumerate(ends) if e < 0]
    rows, columns, sizes = np.array(edges).reshape(-1, 3).T
    graph = coo_matrix((sizes, (rows, columns)), (n + 2, n + 2)).tocsr().astype(np.int32)
    sink = graphcut.min_cut(near, room.copy(), ends.copy())
    side = np.append(sink, [False, True])
    cut = sum(size for a, b, size in edges if not side[a] and side[b])
    assert cut == maximum_flow(graph, n, n + 1).flow_value


def test_expansion_finds_the_best_of_two_labels() -> None:
    rng = np.random.default_rng(2)
    near = graphcut.neighbours(np.ones((3, 3), bool))
    seen = rng.integers(0, 200, (2, 9, 3)).astype(np.int16)
    price = rng.integers(0, 300, (2, 9)).astype(np.int64)

    def cost(labels: np.ndarray) -> int:
        apart = np.sqrt(((seen[0].astype(float) - seen[1]) ** 2).sum(-1)).astype(int)
        seams = sum(
            apart[i] + apart[j]
            for i in range(9)
            for j in near[i, [0, 2]]
            if j >= 0 and labels[i] != labels[j]
        )
        return int(price[labels, np.arange(9)].sum() + seams)

    labels = np.zeros(9, np.int32)
    graphcut.expand(seen, price, near, labels, 5)
    best = min(cost(np.array(c)) for c in itertools.product((0, 1), repeat=9))
    assert cost(labels) == best

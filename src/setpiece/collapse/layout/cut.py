"""A minimum cut through a small picture: two labels, smooth except where colours change."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

F32 = NDArray[np.float32]
_SCALE = 1000  # capacities are whole numbers


def binary_cut(gain: F32, colours: F32, smooth: float) -> NDArray[np.bool_]:
    """Where (h, w) bool the label is worth more than it costs (Boykov and Jolly, ICCV 2001).

    gain: (h, w) what the label wins at each pixel. colours: (h, w, 3), any units. smooth: price
    of a border between two neighbours of like colour.
    """
    h, w = gain.shape
    count = h * w
    index = np.arange(count).reshape(h, w)
    flat = colours.reshape(count, 3)
    pairs = []
    for dy, dx in ((0, 1), (1, 0), (1, 1), (1, -1)):
        a = index[: h - dy, max(0, -dx) : w - max(0, dx)].ravel()
        b = index[dy:, max(0, dx) : w + min(0, dx)].ravel()
        pairs.append((a, b, ((flat[a] - flat[b]) ** 2).sum(1), float(np.hypot(dy, dx))))
    usual = max(float(np.mean(np.concatenate([p[2] for p in pairs]))), 1e-9)
    source, sink = count, count + 1
    pull = gain.ravel()
    wins, loses = np.nonzero(pull > 0)[0], np.nonzero(pull < 0)[0]
    rows = [np.full(len(wins), source), loses]
    columns = [wins, np.full(len(loses), sink)]
    capacities = [pull[wins], -pull[loses]]
    for a, b, apart, length in pairs:
        price = smooth * np.exp(-apart / usual) / length + 0.05
        rows += [a, b]
        columns += [b, a]
        capacities += [price, price]
    graph = coo_matrix(
        (
            (np.concatenate(capacities) * _SCALE).astype(np.int32),
            (np.concatenate(rows), np.concatenate(columns)),
        ),
        shape=(count + 2, count + 2),
    ).tocsr()
    rest = graph - maximum_flow(graph, source, sink).flow
    rest.data = np.maximum(rest.data, 0)
    rest.eliminate_zeros()
    reached = np.zeros(count + 2, np.bool_)
    reached[breadth_first_order(rest, source, return_predecessors=False)] = True
    return np.asarray(reached[:count].reshape(h, w))

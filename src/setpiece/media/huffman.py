"""Huffman's code, with no symbol longer than a limit, as Deflate wants it (RFC 1951, 3.2.2)."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def huffman(often, limit):
    """(length of each symbol's code, at most `limit` bits, 0 for one that does not come; the
    codes themselves, first bit lowest)."""
    n = often.shape[0]
    wide, code = np.zeros(n, np.int64), np.zeros(n, np.uint64)
    used = np.flatnonzero(often)
    m = used.shape[0]
    if m < 2:
        # One bit for one alone, and for none at all: readers want a code that is there.
        wide[used[0] if m else 0] = 1
        return wide, code
    by = used[np.argsort(often[used])]
    # Two queues (J. van Leeuwen, 1976): leaves by weight, and what was made of them.
    weight = np.empty(2 * m, np.int64)
    parent = np.zeros(2 * m, np.int64)
    weight[:m] = often[by]
    leaf, node, last = 0, m, m
    for _ in range(m - 1):
        total = 0
        for _side in range(2):
            if leaf < m and (node >= last or weight[leaf] <= weight[node]):
                pick = leaf
                leaf += 1
            else:
                pick = node
                node += 1
            total += weight[pick]
            parent[pick] = last
        weight[last] = total
        last += 1
    deep = np.zeros(2 * m, np.int64)
    counts = np.zeros(limit + 1, np.int64)
    for k in range(last - 2, -1, -1):
        deep[k] = deep[parent[k]] + 1
        if k < m:
            counts[min(deep[k], limit)] += 1
    # What was too deep is too much for the limit: shorter codes make room (Kraft's sum is 1).
    room = np.int64(0)
    for k in range(1, limit + 1):
        room += counts[k] << (limit - k)
    while room > 1 << limit:
        k = limit - 1
        while counts[k] == 0:
            k -= 1
        counts[k] -= 1
        counts[k + 1] += 2
        counts[limit] -= 1
        room -= 1
    k = 0
    for length in range(limit, 0, -1):  # the rarest get the longest
        for _ in range(counts[length]):
            wide[by[k]] = length
            k += 1
    following = np.zeros(limit + 2, np.int64)
    for length in range(1, limit + 1):
        following[length + 1] = (following[length] + counts[length]) << 1
    for s in range(n):
        length = wide[s]
        if length:
            value, turned = following[length], 0
            following[length] += 1
            for _ in range(length):
                turned = turned << 1 | value & 1
                value >>= 1
            code[s] = np.uint64(turned)
    return wide, code

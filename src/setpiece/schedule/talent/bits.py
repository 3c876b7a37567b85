"""Sets as the bits of an int64, in compiled kernels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np
from numba import njit, types
from numba.extending import intrinsic
from numpy.typing import NDArray

MOST = 62  # members of a set: the sign and one more bit stay free
PART = 10  # bits that one table of sums covers


def _lowest(_context: Any, x: Any) -> Any:
    from llvmlite import ir

    def code(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        return builder.cttz(args[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.int64), code


def _count(_context: Any, x: Any) -> Any:
    def code(_context: Any, builder: Any, _signature: Any, args: Any) -> Any:
        return builder.ctpop(args[0])

    return types.int64(types.int64), code


# For kernels only: the lowest member of a set that has one; how many members a set has.
lowest = cast(Callable[[int], int], intrinsic(_lowest))
count = cast(Callable[[int], int], intrinsic(_count))


def sums(weights: NDArray[np.int64]) -> NDArray[np.int64]:
    """Tables for `weigh`: the weight of every subset of each PART members, (parts, 2^PART)."""
    parts = max(1, -(-len(weights) // PART))
    padded = np.zeros(parts * PART, np.int64)
    padded[: len(weights)] = weights
    subsets = np.arange(1 << PART)[:, None] >> np.arange(PART) & 1
    return (padded.reshape(parts, PART) @ subsets.T).astype(np.int64)


@njit(cache=True, inline="always")
def weigh(x: int, table: NDArray[np.int64]) -> int:
    """Weight of a set."""
    total = table[0, x & 1023]
    x >>= 10
    part = 1
    while x:
        total += table[part, x & 1023]
        x >>= 10
        part += 1
    return total

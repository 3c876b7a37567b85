"""A finer dust simulation that stays with a coarse one, so that both show the same cloud.

Left alone, two resolutions of a turbulent flow part within a second. Here the coarse run goes on
beside the fine one, and after every frame the large scales of the fine one are drawn a little
towards it (nudging, or Newtonian relaxation; Hoke and Anthes, "The initialization of numerical
models by a dynamic-initialization technique", 1976). What the coarse grid cannot hold is free.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.gas.domain import bounds, spread, window_limits
from setpiece.collapse.gas.simulation import Simulation

F32 = NDArray[np.float32]
FINER = 2  # cells of the fine run along a cell of the coarse one
FLOW, DUST = 0.5, 0.5  # share of the difference that is taken back in a frame


class Guided(Simulation):
    """The `Simulation` of half its partner's cell; arguments as for `Simulation`."""

    def __init__(
        self, fragments: Any, motion: Any, brief: Any, cell: float, scale: float,
        origin: NDArray[np.float64], limits: Any, seed: int,
    ) -> None:  # fmt: skip
        super().__init__(fragments, motion, brief, cell, scale, origin, limits, seed)
        low, high = bounds(fragments, motion)
        far = spread(motion, float(high[2]), brief.slow)
        wide = window_limits(low - origin, high - origin, FINER * cell, far)
        self.partner = Simulation(fragments, motion, brief, FINER * cell, scale, origin, wide, seed)

    def advance(self, frame: int) -> None:
        """From frame - 1 to frame, both runs."""
        self.partner.advance(frame)
        super().advance(frame)
        fine, coarse = self.air, self.partner.air
        if not (fine.dust.size and coarse.dust.size):
            return
        offset = np.array(fine.low) - FINER * np.array(coarse.low)
        for name, axis, share in (
            ("u", 0, FLOW),
            ("v", 1, FLOW),
            ("w", 2, FLOW),
            ("dust", 3, DUST),
        ):
            field: F32 = getattr(fine, name)
            field += np.float32(share) * _missing(field, getattr(coarse, name), offset, axis)
        np.maximum(fine.dust, 0, out=fine.dust)


def _missing(fine: F32, coarse: F32, offset: NDArray[np.int64], axis: int) -> F32:
    """What the large scales of `fine` lack of `coarse`, on the grid of `fine`.

    offset: first cell of `fine` in fine cells from the first of `coarse`, even. axis: along which
    values sit on faces (3: none).
    """
    lack = -_pooled(fine, axis)
    known = np.zeros(lack.shape, np.float32)
    low = offset // FINER
    # The part of the coarse window that lies in the fine one.
    a0, a1 = np.maximum(low, 0), np.minimum(low + lack.shape, coarse.shape)
    here = tuple(slice(max(a - b, 0), max(c - b, 0)) for a, b, c in zip(a0, low, a1, strict=True))
    there = tuple(slice(a, max(b, a)) for a, b in zip(a0, a1, strict=True))
    lack[here] += coarse[there]
    known[here] = 1
    return _up(lack * known, fine.shape, axis)


def _pooled(fine: F32, axis: int) -> F32:
    """Means over FINER cells along each axis; every FINER-th value along an axis of faces."""
    out = fine
    for a in range(3):
        first = out[tuple(slice(None, None, FINER) if b == a else slice(None) for b in range(3))]
        if a == axis:
            out = first
            continue
        second = out[tuple(slice(1, None, FINER) if b == a else slice(None) for b in range(3))]
        out = first.copy()
        n = second.shape[a]
        cut = tuple(slice(n) if b == a else slice(None) for b in range(3))
        out[cut] = np.float32(0.5) * (out[cut] + second)
    return np.array(out)


def _up(coarse: F32, shape: tuple[int, ...], axis: int) -> F32:
    """Linear interpolation to a grid of `shape`, FINER times as fine."""
    out = coarse
    for a in range(3):
        before = np.concatenate([np.take(out, [0], a), np.take(out, range(out.shape[a] - 1), a)], a)
        after = np.concatenate([np.take(out, range(1, out.shape[a]), a), np.take(out, [-1], a)], a)
        if a == axis:  # faces: one lies on a coarse face, the next between two
            pair = out, np.float32(0.5) * (out + after)
        else:
            f = np.float32
            pair = f(0.75) * out + f(0.25) * before, f(0.75) * out + f(0.25) * after
        joined = np.stack(pair, axis=a + 1)
        out = joined.reshape([*out.shape[:a], FINER * out.shape[a], *out.shape[a + 1 :]])
    return np.ascontiguousarray(out[tuple(slice(n) for n in shape)])

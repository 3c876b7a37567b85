"""Glass: a pane cracks as its frame racks past what it can take, or by a shock."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.fragments import Fragments
from setpiece.collapse.solver.world import World

F64 = NDArray[np.float64]
PRESSED = (-0.45, 0.3)  # [s] when a pane cracks, from the wave's coming to its wall on
RACK = 0.015  # [m] what half of the panes do not survive between the pieces around them
RACKS = tuple(0.004 * 1.4**k for k in range(9))  # [m] watched levels of it, up to 6 cm


class Racking:
    """Watches how far the pieces around panes come apart."""

    def __init__(self, world: World, fragments: Fragments) -> None:
        self.racked_at = np.full((len(RACKS), world.n), np.inf)
        glazed = np.zeros(world.n + 1, np.bool_)
        glazed[fragments.opening_body] = True
        self.around = np.flatnonzero(glazed[world.bi] | glazed[world.bj])

    def watch(self, world: World, now: float) -> None:
        """Note which watched levels the frames have passed by `now` [s]."""
        w, b = world, self.around
        if not len(b):
            return
        i, j = w.bi[b], w.bj[b]
        gap = w.x[i] - w.x[j]
        gap += np.einsum("nij,nj->ni", w.rot[i], w.la[b])
        gap -= np.einsum("nij,nj->ni", w.rot[j], w.lb[b])
        widest = np.zeros(w.n + 1)
        size = np.linalg.norm(gap, axis=1)
        np.maximum.at(widest, i, size)
        np.maximum.at(widest, j, size)
        for level, when in zip(RACKS, self.racked_at, strict=True):
            when[(widest[: w.n] >= level) & np.isinf(when)] = now

    def cracks(
        self, body: NDArray[np.int32], arrive: F64, moved: F64, shock: F64, now: float, seed: int
    ) -> F64:
        """When each pane cracks [s], (K,).

        Glass in its putty takes one to a few centimetres of racking, each pane its own (lognormal,
        Behr et al. 1995). The load that runs ahead of the wave does it too, through frames that
        still stand: glass goes first. In a block that comes down whole it holds for a while, up
        to two seconds.

        Args:
            body: piece that holds each pane. arrive, moved, shock: when the wave reached that
                piece, when it moved off, when it took a blow [s]; inf for never. now: end of the
                run [s].
        """
        rng = np.random.default_rng([seed, 7919])
        k = len(body)
        patience = rng.uniform(0.5, 2.0, k)
        strength = np.clip(RACK * rng.lognormal(0.0, 0.7, k), RACKS[0], RACKS[-1])
        delay = rng.uniform(0.0, 0.12, k)
        ahead = np.maximum(PRESSED[0], -arrive)  # nothing cracks before anything gives way
        pressed = arrive + ahead + rng.random(k) * (PRESSED[1] - ahead)
        pressed[pressed > now] = np.inf
        racked = np.full(k, np.inf)
        for level, when in zip(RACKS, self.racked_at, strict=True):
            racked = np.where((strength <= level) & np.isinf(racked), when[body], racked)
        first = np.minimum(np.minimum(racked, pressed), moved + patience)
        return np.minimum(first, shock) + delay

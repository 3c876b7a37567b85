"""Cracks that run ahead: where what stands above a failure breaks its back.

When a building loses its support in one place before another, what is above does not ride down as
one block: it cracks into parts about a bay wide and a storey or two high, along joints and through
panels, and each part goes when what is under it goes (the sequence of shear cracks, hinges and
bay-by-bay settling that reports of demolitions and progressive collapses describe: U. Starossek,
"Typology of progressive collapse", Engineering Structures 2007). The parts are drawn here, with
the moment that each crack opens; `trigger.py` weakens what crosses it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from setpiece.collapse.fragments import Fragments
from setpiece.collapse.site import Site
from setpiece.collapse.structure import Structure

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
BAY = 4.5  # [m] width of a part, at least a fifth of the building's
STEP = 0.9  # [m] by which cracks lean from storey to storey (sd)
RISE = 45.0  # [m/s] cracks run up a wall of many joints
LATE = 0.35  # [s] the last crack opens this long after the support has gone
JITTER = 0.25  # [s] by which the supports of one bay give way before those of another
OPEN = 0.05  # share of its strength that a side joint keeps where a crack crosses it
LEVEL = 0.62  # the same of a joint that carries what is above it: the crack is closed by the weight
APART = 0.5  # how often a crack parts one storey of a bay from the next


@dataclass(frozen=True)
class Faults:
    """bay: plan cell of each piece, (N,). delay: of the wave in that bay [s], (N,). open: when each
    bond is crossed by a crack, after the wave's own start [s], (M,), inf for never. left: share of
    strength that it keeps, (M,)."""

    bay: I64
    delay: F64
    open: F64
    left: F64


def find_faults(
    fr: Fragments, st: Structure, site: Site, arrive: F64, supports: NDArray[np.bool_],
    rng: np.random.Generator,
) -> Faults:  # fmt: skip
    """Cracks through a building whose supports fail at `arrive` (N,) [s], inf for never."""
    b, n = st.bonds, len(fr)
    bay, part = _parts(fr, site, rng)
    delay = rng.uniform(0.0, JITTER, int(bay.max()) + 1)[bay]
    lost = np.full(int(bay.max()) + 1, np.inf)
    for k in range(len(lost)):
        own = arrive[(bay == k) & supports & np.isfinite(arrive)]
        if len(own):
            lost[k] = float(np.quantile(own, 0.2))
    gone = lost[bay] + delay
    j = np.where(b.j < 0, b.i, b.j)
    low, high = np.minimum(part[b.i], part[j]), np.maximum(part[b.i], part[j])
    crossed = (low != high) & np.isfinite(arrive[b.i]) & np.isfinite(arrive[j])
    opened = np.full(len(b.i), np.inf)
    pair, which = np.unique(
        low[crossed].astype(np.int64) * n + high[crossed], return_inverse=True
    )  # a crack is one crack: all bonds between two parts open together
    wait = rng.uniform(0.0, LATE, len(pair))[which.ravel()]
    up = np.maximum(b.position[crossed, 2] - site.lo[2], 0) / RISE
    opened[crossed] = np.minimum(gone[b.i], gone[j])[crossed] + up + wait
    return Faults(bay, delay, opened, np.where(np.abs(b.normal[:, 2]) > 0.7, LEVEL, OPEN))


def _parts(fr: Fragments, site: Site, rng: np.random.Generator) -> tuple[I64, I64]:
    """Bay and part of each piece: cells around points of a jittered grid whose places wander from
    storey to storey, cut between storeys here and there."""
    wide = np.minimum(BAY, np.maximum(site.span[:2] / 2, 2.5))
    count = np.maximum(np.round(site.span[:2] / wide), 1).astype(int)
    cell = site.span[:2] / count
    x, y = np.meshgrid(*(np.arange(c) + 0.5 for c in count), indexing="ij")
    grid = site.lo[:2] + np.stack([x.ravel(), y.ravel()], 1) * cell
    grid = grid + rng.uniform(-0.3, 0.3, grid.shape) * cell
    wander = np.cumsum(rng.normal(0.0, STEP, (site.storeys, *grid.shape)), 0)
    wander -= wander.mean(0)
    level = np.cumsum(rng.random((site.storeys, len(grid))) < APART, 0)
    bay = np.zeros(len(fr), np.int64)
    for s in range(site.storeys):
        own = np.flatnonzero(fr.storey == s)
        if len(own):
            bay[own] = cKDTree(grid + 0.6 * wander[s]).query(fr.centre[own, :2])[1]
    return bay, bay * (site.storeys + 1) + level[fr.storey, bay]

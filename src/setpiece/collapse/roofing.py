"""What sits on top comes apart on the way down: eaves, hips and ridges, finials and chimneys.

A block that rides down is nearly weightless, so nothing in it is overloaded; but a roof holds
together by weight and friction. Its covering lies on the rafters, its planes lean on one another,
its ends stand out past the walls; a finial or chimney is a stack of stones on a narrow foot. Once
the walls under them rack, the ends of the rafters drop one after another, the planes part at hips
and ridges and where cracks run up from below, and what is slender snaps at its neck (damage to
roofs and chimneys comes first in every scale of shaking: EMS-98, G. Gruenthal, ed., 1998).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull, QhullError

from setpiece.collapse.faults import Faults
from setpiece.collapse.fragments import Element, Fragments, flat_axis
from setpiece.collapse.site import Site
from setpiece.collapse.structure import Structure

F64 = NDArray[np.float64]
Mask = NDArray[np.bool_]
SLENDER = 2.5  # [m] between the outermost pieces of a finial or chimney
DROPS = 0.1, 1.0  # [s] when the ends of rafters drop, after the wave has come to them
HANGS_ON = 0.5  # how often two neighbours among them drop as one
PARTS = 0.0, 0.5  # [s] when planes part, after a crack has come or the wave
SNAPS = 0.2  # [s] a neck goes this long after the wave has come
HINGE = 0.35  # [s] it holds on at one edge for so much longer
OUT = 0.15  # [m] beyond the walls


@dataclass(frozen=True)
class Stack:
    """What stands free of a finial or chimney. own: its pieces, (N,). neck: height of its foot [m].
    way: level unit vector it leans along, (2,)."""

    own: Mask
    neck: float
    way: F64


def find_stacks(fr: Fragments, site: Site, pull: F64, rng: np.random.Generator) -> list[Stack]:
    """Blocks less than `SLENDER` wide, from their neck upwards: where they leave what stands around
    them, or a third of their height. They lean along `pull`, (N, 3)."""
    out = []
    for k in np.unique(fr.prism):
        own = fr.prism == k
        if np.ptp(fr.centre[own, :2], axis=0).max() >= SLENDER:
            continue
        low, high = float(site.low[own].min()), float(site.high[own].max())
        near = np.linalg.norm(fr.centre[:, :2] - fr.centre[own, :2].mean(0), axis=1) < SLENDER
        top = float(site.high[near & ~own].max(initial=low))
        neck = float(np.clip(top, low + (high - low) / 3, low + 0.75 * (high - low)))
        way = pull[own, :2].mean(0)
        if np.linalg.norm(way) < 1e-6:
            a = rng.uniform(0, 2 * np.pi)
            way = np.array([np.cos(a), np.sin(a)])
        upper = own & (fr.centre[:, 2] > neck)
        if upper.any():
            out.append(Stack(upper, neck, way / np.linalg.norm(way)))
    return out


def come_apart(
    fr: Fragments, st: Structure, arrive: F64, faults: Faults, stacks: list[Stack],
    rng: np.random.Generator,
) -> F64:  # fmt: skip
    """When each bond on top lets go [s] after the onset, (M,), inf for never.

    Args:
        arrive: when the wave comes to each piece, (N,), inf for never. stacks: finials and
            chimneys, which snap at their neck: at first on the side they lean to.
    """
    b = st.bonds
    i, j = b.i, np.where(b.j < 0, b.i, b.j)
    both = np.minimum(arrive[i], arrive[j])
    both = np.where(np.isfinite(np.maximum(arrive[i], arrive[j])), both, np.inf)
    roof = fr.element == Element.ROOF
    out = np.full(len(i), np.inf)
    # the ends of rafters and what lies on them
    ends = _ends(fr, roof)
    drop = arrive + rng.uniform(*DROPS, len(fr))
    as_one = ends[i] & ends[j] & (rng.random(len(i)) < HANGS_ON)
    falls = np.minimum(np.where(ends, drop, np.inf)[i], np.where(ends, drop, np.inf)[j])
    out = np.where(as_one, out, falls)
    # planes part where they meet, and where a crack from below runs through
    flat = flat_axis(fr)
    meet = roof[i] & roof[j] & (np.abs((flat[i] * flat[j]).sum(1)) < 0.97)
    part = both + rng.uniform(*PARTS, len(i))
    out = np.where(meet, np.minimum(out, part), out)
    cracked = (roof[i] | roof[j]) & np.isfinite(faults.open)
    out = np.where(cracked, np.minimum(out, faults.open), out)
    for stack in stacks:
        own, way = stack.own, stack.way
        edge = own[i] != own[j]
        if not edge.any():  # it stands on nothing else: there is no neck to snap
            continue
        wide = max(float(np.ptp(b.position[edge, :2], axis=0).max()), 0.3)
        far = 0.5 - (b.position[:, :2] - fr.centre[own, :2].mean(0)) @ way / wide
        wait = HINGE * np.clip(far, 0.0, 1.0)  # the side it leans to goes first
        out = np.where(edge, float(arrive[own].min()) + SNAPS + wait, out)
    return out


def _ends(fr: Fragments, roof: Mask) -> Mask:
    """Roof pieces whose middle is beyond the walls of their block, (N,)."""
    out = np.zeros(len(fr), np.bool_)
    for k in np.unique(fr.prism[roof]):
        walls = (fr.prism == k) & ~roof
        mine = np.flatnonzero((fr.prism == k) & roof)
        if walls.sum() < 3:
            continue
        try:
            side = ConvexHull(fr.centre[walls, :2]).equations
        except QhullError:
            continue
        out[mine] = (fr.centre[mine, :2] @ side[:, :2].T + side[:, 2]).max(1) > OUT
    return out

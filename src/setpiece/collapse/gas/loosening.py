"""How far what was held together has come apart: a crack is not yet dust."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.fragments import Fragments
from setpiece.collapse.motion import Motion

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
CRACK, APART = 0.04, 1.2  # m at the reference height: an open joint, and faces that let all go


def come_apart(fragments: Fragments, motion: Motion, scale: float) -> F32:
    """Share of each bond's faces that is bare, 0..1, never less than before, (T + 1, M).

    What breaks at once but comes down in one block bares nothing until the block comes apart:
    dust is what faces give off as they rub past and leave one another, not what a crack does.
    scale: building height over 28 m.
    """
    bonds = fragments.bonds
    out = np.zeros((len(motion.position), len(bonds.i)), np.float32)
    own = (bonds.position - fragments.centre[bonds.i]).astype(np.float32)
    tied = bonds.j >= 0
    other = (bonds.position - fragments.centre[np.maximum(bonds.j, 0)]).astype(np.float32)
    fps = float(motion.fps)
    broken = np.where(np.isfinite(motion.bond_break), motion.bond_break * fps, np.inf)
    for k in range(len(out)):
        live = np.flatnonzero(broken <= k)
        if len(live):
            pose = motion.pose(k)
            turned = pose.matrices()
            a = _at(turned, pose.position, bonds.i[live], own[live])
            b = _at(turned, pose.position, bonds.j[live], other[live])
            b = np.where(tied[live, None], b, bonds.position[live].astype(np.float32))
            gap = np.linalg.norm(a - b, axis=1) / scale
            share = np.clip((gap - CRACK) / (APART - CRACK), 0, 1)
            out[k, live] = share * share * (3 - 2 * share)
    return np.asarray(np.maximum.accumulate(out, axis=0))


def _at(turned: NDArray, position: NDArray, body: NDArray, local: F32) -> NDArray:
    """World positions (n, 3) of points given in their pieces' frames."""
    return np.asarray(np.einsum("nij,nj->ni", turned[body], local) + position[body])

"""How far what was held together has come apart: a crack is not yet dust."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from setpiece.collapse.fragments import Bonds, Fragments
from setpiece.collapse.motion import Motion
from setpiece.render.scene import Pose

F32 = NDArray[np.float32]
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
            a = place(pose, bonds.i[live], own[live])
            b = place(pose, bonds.j[live], other[live])
            b = np.where(tied[live, None], b, bonds.position[live].astype(np.float32))
            gap = np.linalg.norm(a - b, axis=1) / scale
            share = np.clip((gap - CRACK) / (APART - CRACK), 0, 1)
            out[k, live] = share * share * (3 - 2 * share)
    return np.asarray(np.maximum.accumulate(out, axis=0))


def first_apart(bare: F32, bonds: Bonds, share: float, pieces: int) -> NDArray[np.float64]:
    """The first frame at which each of so many pieces has a bond that is bare to this share, (N,),
    inf where none ever is. bare: what `come_apart` found."""
    there = bare >= share
    return bonds.earliest(np.where(there.any(0), there.argmax(0), np.inf), pieces)


def place(pose: Pose, body: NDArray, local: F32) -> F32:
    """World positions (n, 3) [m] of points given in the frames of pieces `body` (n,)."""
    out = np.empty((len(body), 3), np.float32)
    _turn(pose.matrices(), np.asarray(pose.position), body, local, out)
    return out


@njit(cache=True, nogil=True)
def _turn(matrices, position, body, local, out):
    for n in range(body.shape[0]):
        b = body[n]
        for a in range(3):
            s = position[b, a]
            for c in range(3):
                s += matrices[b, a, c] * local[n, c]
            out[n, a] = s


def compile_kernels() -> None:
    """Compile what this module needs: pieces are named by bonds and by faces."""
    rest = np.zeros((1, 3), np.float32)
    for kind in (np.int32, np.int64):
        place(Pose.at_rest(rest), np.zeros(1, kind), rest)

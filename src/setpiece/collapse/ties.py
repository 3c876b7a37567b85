"""What a drawing leaves out: brackets, bearings and hangers, added where pieces would not hold.

A layout draws outer shapes. Where a tier is wider than the one below, or a roof's tail touches
nothing, the real building has beams and brackets; the pieces have a gap, or hang by the one small
interface that happens to touch. The static solve shows both: what is not held moves far. Such parts
are tied to what is next to them, in as many places as their size asks for, until nothing sags more
than a building does.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from setpiece.collapse.fragments import Bonds, Fragments

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

SAG = 0.10  # [m] no piece of a building that holds is farther from where it was drawn
SPREAD = 1.5  # [m] least distance between two ties of one part
REACH = 3.0  # ties are at least this many gaps apart: short ones first, long ones where needed
MOST = 48  # ties of one part in one round
SECTION = 0.4  # [m] side of a tie


def tie_free(fr: Fragments) -> Bonds:
    """Bond what hangs free, in as many places as its size asks for, so that nothing floats."""
    b = fr.bonds
    label = _parts(len(fr), b, np.ones(len(b.i), np.bool_))
    while (label[:-1] != label[-1]).any():
        inside = label[:-1] == label[-1]
        points, owner = _samples(fr)
        near = cKDTree(points[inside[owner]]).query(points[~inside[owner]])[0]
        nearest = label[owner[~inside[owner]][int(np.argmin(near))]]
        b = _tie(fr, b, label[:-1] == nearest, inside, points, owner)
        label[label == nearest] = label[-1]
    return b


def tie_sagging(fr: Fragments, b: Bonds, displacement: F64, strain: F64) -> Bonds:
    """Tie the parts that sag too far; the same bonds where none does, or none can be helped.

    The joints that give most are taken as open; what this cuts off from the ground is a part that
    needs holding.

    Args:
        displacement: of each piece under gravity [m], [rad], (N, 6).
        strain: deformation of each bond under gravity [m], [rad], (M, 6).
    """
    n = len(fr)
    far = np.abs(displacement[:, :3]).max(1) > SAG
    if not far.any():
        return b
    span = np.maximum(b.length, 0.5)
    gives = np.maximum(
        np.linalg.norm(strain[:, :3], axis=1), np.linalg.norm(strain[:, 3:], axis=1) * span
    )
    points, owner = _samples(fr)
    limit = 0.3 * float(gives.max())
    for _ in range(16):
        label = _parts(n, b, gives < limit)
        new = b
        for part in np.unique(label[:-1][far]):
            own = label[:-1] == part
            if part != label[-1]:
                new = _tie(fr, new, own, ~own, points, owner)
        if new is not b:
            return new
        limit *= 0.5
    return b


def _parts(n: int, b: Bonds, hold: NDArray[np.bool_]) -> I64:
    """Label of the connected part of each piece and, last, of the ground."""
    j = np.where(b.j < 0, n, b.j)[hold]
    graph = sp.coo_matrix((np.ones(len(j)), (b.i[hold], j)), shape=(n + 1, n + 1))
    return connected_components(graph, directed=False)[1].astype(np.int64)


def _samples(fr: Fragments) -> tuple[F64, I64]:
    """Points of every piece: its corners and those of the same piece at half size."""
    own = np.repeat(np.arange(len(fr)), np.diff(fr.hull_start))
    points = np.concatenate([fr.centre[own] + fr.hull, fr.centre[own] + 0.5 * fr.hull])
    return points, np.concatenate([own, own])


def _tie(
    fr: Fragments, b: Bonds, own: NDArray[np.bool_], other: NDArray[np.bool_], points: F64,
    owner: I64,
) -> Bonds:  # fmt: skip
    """Ties between two sets of pieces: at the smallest gap first, then well spread."""
    mine = own[owner]
    theirs = other[owner]
    gap, near = cKDTree(points[theirs]).query(points[mine])
    a, c = owner[mine], owner[theirs][near]
    known = np.minimum(b.i, b.j).astype(np.int64) * len(fr) + np.maximum(b.i, b.j)
    fresh = ~np.isin(np.minimum(a, c) * len(fr) + np.maximum(a, c), known)
    if not fresh.any():
        return b
    gap, a, c = gap[fresh], a[fresh], c[fresh]
    at = (points[mine][fresh] + points[theirs][near[fresh]]) / 2
    room = np.maximum(SPREAD, REACH * gap)
    chosen = [int(np.argmin(gap))]
    apart = np.linalg.norm(at - at[chosen[0]], axis=1)
    while len(chosen) < MOST:
        k = int(np.argmax(apart / room))
        if apart[k] <= room[k]:
            break
        chosen.append(k)
        apart = np.minimum(apart, np.linalg.norm(at - at[k], axis=1))
    i, j, at = a[chosen], c[chosen], at[chosen]
    normal = fr.centre[j] - fr.centre[i]
    length = np.linalg.norm(normal, axis=1)
    level = length < 1e-6
    normal[level], length[level] = (0.0, 0.0, 1.0), 1.0
    normal /= length[:, None]
    tangent = np.cross(normal, np.eye(3)[np.abs(normal).argmin(1)])
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    return Bonds(
        np.concatenate([b.i, i.astype(np.int32)]),
        np.concatenate([b.j, j.astype(np.int32)]),
        np.concatenate([b.position, at]),
        np.concatenate([b.normal, normal]),
        np.concatenate([b.tangent, tangent]),
        np.concatenate([b.width, np.full((len(i), 2), SECTION)]),
        np.concatenate([b.length, np.maximum(length, 0.1)]),
    )

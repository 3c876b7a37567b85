"""The linear side of the bonds: a static solve under gravity, and the explicit step's limit."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
import scipy.sparse.linalg as spl
from numpy.typing import NDArray

from setpiece.collapse.fragments import Bonds, Fragments
from setpiece.collapse.solver import GRAVITY, STEP
from setpiece.errors import StageError

F64 = NDArray[np.float64]


def _ends(fr: Fragments, b: Bonds) -> tuple[NDArray[np.int64], NDArray[np.int64], F64, F64]:
    n = len(fr)
    i = b.i.astype(np.int64)
    j = np.where(b.j < 0, n, b.j).astype(np.int64)
    ra = b.position - fr.centre[i]
    rb = np.where((b.j < 0)[:, None], 0.0, b.position - fr.centre[np.minimum(j, n - 1)])
    return i, j, ra, rb


def stable_share(fr: Fragments, b: Bonds, stiffness: F64, inertia: F64) -> F64:
    """Share of its stiffness each bond may keep so that the explicit step is stable, (M,).

    Bounds the largest frequency of each piece with its neighbours held. 0.7 of a limit of 4 leaves
    room for neighbours in opposite phase, dashpots, turning coupled to moving, and contacts.
    """
    i, j, ra, rb = _ends(fr, b)
    n = len(fr)
    lin = np.zeros(n + 1)
    ang = np.zeros((n + 1, 3, 3))
    k = stiffness[:, :3].max(1)
    turn = stiffness[:, 3:].max(1)
    for end, r in ((i, ra), (j, rb)):
        np.add.at(lin, end, k)
        own = (k * (r * r).sum(1) + turn)[:, None, None] * np.eye(3)
        np.add.at(ang, end, own - k[:, None, None] * r[:, :, None] * r[:, None, :])
    value, axes = np.linalg.eigh(inertia)
    half = np.einsum("kia,ka,kja->kij", axes, 1 / np.sqrt(value), axes)
    fast = np.linalg.eigvalsh(half @ ang[:n] @ half)[:, -1]
    fast = np.maximum(fast, lin[:n] / fr.mass)
    keep = np.append(np.minimum(1.0, 0.7 / STEP**2 / np.maximum(fast, 1e-9)), 1.0)
    return np.minimum(keep[i], keep[j])


def _skew(r: F64) -> F64:
    z = np.zeros((len(r), 3, 3))
    z[:, 0, 1], z[:, 0, 2], z[:, 1, 2] = -r[:, 2], r[:, 1], -r[:, 0]
    return z - np.transpose(z, (0, 2, 1))


def under_gravity(fr: Fragments, b: Bonds, stiffness: F64) -> tuple[F64, F64]:
    """Displacements (N, 6) and bond forces (M, 6) under gravity, linear.

    Raises:
        StageError: the pieces form a mechanism.
    """
    n = len(fr)
    i, j, ra, rb = _ends(fr, b)
    second = np.cross(b.normal, b.tangent)
    frame = np.stack([b.normal, b.tangent, second], 1)
    turn = np.stack([b.tangent, second, b.normal], 1)
    m = len(i)
    strain = np.zeros((m, 6, 12))
    strain[:, :3, 0:3] = -frame
    strain[:, :3, 3:6] = frame @ _skew(ra)
    strain[:, :3, 6:9] = frame
    strain[:, :3, 9:12] = -frame @ _skew(rb)
    strain[:, 3:, 3:6] = -turn
    strain[:, 3:, 9:12] = turn
    local = np.einsum("kai,ka,kaj->kij", strain, stiffness, strain)
    dof = np.concatenate([6 * i[:, None] + np.arange(6), 6 * j[:, None] + np.arange(6)], 1)
    rows = np.repeat(dof, 12, 1).ravel()
    cols = np.tile(dof, (1, 12)).ravel()
    k = sp.csc_matrix((local.ravel(), (rows, cols)), shape=(6 * n + 6, 6 * n + 6))
    k = k[: 6 * n, : 6 * n]
    k = k + sp.diags(1e-9 * np.maximum(k.diagonal(), 1.0))
    load = np.zeros(6 * n)
    load[2::6] = -fr.mass * GRAVITY
    try:
        solve = spl.splu(
            k.tocsc(),
            permc_spec="MMD_AT_PLUS_A",
            options={"SymmetricMode": True},
            diag_pivot_thresh=0.0,
        )
        u = solve.solve(load)
    except RuntimeError as error:
        raise StageError(f"structure: the static solve failed ({error})") from error
    if not np.isfinite(u).all():
        raise StageError("structure: the building is a mechanism; check the bonds of its pieces")
    full = np.append(u, np.zeros(6))
    return u.reshape(n, 6), np.einsum("kai,ki->ka", strain, full[dof]) * stiffness

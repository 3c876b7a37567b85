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
LIMIT = 1.3  # of (largest frequency x step)^2


def _ends(fr: Fragments, b: Bonds) -> tuple[NDArray[np.int64], NDArray[np.int64], F64, F64]:
    n = len(fr)
    i = b.i.astype(np.int64)
    j = np.where(b.j < 0, n, b.j).astype(np.int64)
    ra = b.position - fr.centre[i]
    rb = np.where((b.j < 0)[:, None], 0.0, b.position - fr.centre[np.minimum(j, n - 1)])
    return i, j, ra, rb


def stable_share(
    fr: Fragments, b: Bonds, stiffness: F64, mass: F64, inertia: F64
) -> NDArray[np.float64]:
    """Share of its stiffness each bond may keep so that the explicit step is stable, (M,).

    The stiffness matrix is a sum over bonds, and the mass matrix can be split over them as well;
    the largest frequency of the whole is then at most that of the fastest bond with its share of
    its two pieces (Fried 1972, "Bounds on the extremal eigenvalues of the finite element
    stiffness and mass matrices"). So every bond is held below the limit on its own, whatever the
    layout. With the bonds' dashpots the step is stable below 2 (without, 4); `LIMIT` leaves room
    for contacts.
    """
    i, j, ra, rb = _ends(fr, b)
    n = len(fr)
    strain = _strain(b, ra, rb)
    inverse = np.zeros((n + 1, 6, 6))
    inverse[:n, [0, 1, 2], [0, 1, 2]] = 1 / mass[:, None]
    inverse[:n, 3:, 3:] = np.linalg.inv(inertia)
    root = np.sqrt(stiffness)[:, :, None]
    part = []
    for end, cols in ((i, slice(0, 6)), (j, slice(6, 12))):
        own = root * strain[:, :, cols]
        part.append(own @ inverse[end] @ np.transpose(own, (0, 2, 1)))
    fast = [np.maximum(np.linalg.eigvalsh(p)[:, -1], 1e-9) for p in part]
    share = np.ones(len(i))
    for _ in range(4):  # a bond that was softened needs less of its pieces' mass
        total = np.zeros(n + 1)
        for end, f in zip((i, j), fast, strict=True):
            np.add.at(total, end, np.sqrt(share) * np.sqrt(f))
        both = np.zeros_like(part[0])
        for end, f, p in zip((i, j), fast, part, strict=True):
            weight = np.sqrt(share) * np.sqrt(f) / np.maximum(total[end], 1e-30)
            both += p / np.maximum(weight, 1e-6)[:, None, None]
        share = np.minimum(1.0, LIMIT / STEP**2 / np.linalg.eigvalsh(both)[:, -1])
    return share


def _strain(b: Bonds, ra: F64, rb: F64) -> F64:
    """Strains of each bond by the displacements of its two pieces, (M, 6, 12)."""
    second = np.cross(b.normal, b.tangent)
    frame = np.stack([b.normal, b.tangent, second], 1)
    turn = np.stack([b.tangent, second, b.normal], 1)
    strain = np.zeros((len(b.i), 6, 12))
    strain[:, :3, 0:3] = -frame
    strain[:, :3, 3:6] = frame @ _skew(ra)
    strain[:, :3, 6:9] = frame
    strain[:, :3, 9:12] = -frame @ _skew(rb)
    strain[:, 3:, 3:6] = -turn
    strain[:, 3:, 9:12] = turn
    return strain


def _skew(r: F64) -> F64:
    z = np.zeros((len(r), 3, 3))
    z[:, 0, 1], z[:, 0, 2], z[:, 1, 2] = -r[:, 2], r[:, 1], -r[:, 0]
    return z - np.transpose(z, (0, 2, 1))


def under_gravity(fr: Fragments, b: Bonds, stiffness: F64, mass: F64) -> tuple[F64, F64]:
    """Displacements (N, 6) and bond forces (M, 6) under gravity, linear.

    Raises:
        StageError: the pieces form a mechanism.
    """
    n = len(fr)
    i, j, ra, rb = _ends(fr, b)
    strain = _strain(b, ra, rb)
    local = np.einsum("kai,ka,kaj->kij", strain, stiffness, strain)
    dof = np.concatenate([6 * i[:, None] + np.arange(6), 6 * j[:, None] + np.arange(6)], 1)
    rows = np.repeat(dof, 12, 1).ravel()
    cols = np.tile(dof, (1, 12)).ravel()
    k = sp.csc_matrix((local.ravel(), (rows, cols)), shape=(6 * n + 6, 6 * n + 6))
    k = k[: 6 * n, : 6 * n]
    k = k + sp.diags(1e-9 * np.maximum(k.diagonal(), 1.0))
    load = np.zeros(6 * n)
    load[2::6] = -mass * GRAVITY
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

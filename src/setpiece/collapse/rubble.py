"""How large the heap is that a building leaves: its volume, spread and height."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_closing, binary_fill_holes, distance_transform_edt

from setpiece.collapse.solver.hulls import HullPack

F64 = NDArray[np.float64]
CELL = 0.25  # [m] of the height field
BULK = (0.15, 0.7)  # heap over gross volume once all is down; about a third is usual
STANDS = 1.5  # [m] what comes lower than this encloses the footprint; eaves do not
DOORS = 6  # cells on either side that close a gap in the walls: one 3 m wide
DOWN = 0.9  # share of the mass that has come down when all of it has


def tops(pack: HullPack, x: F64, rot: F64, low: F64, cells: tuple[int, int]) -> tuple[F64, F64]:
    """Height fields of the tops of convex pieces and of the lowest undersides [m].

    Each (rows along y, columns along x); ground is 0, the underside where there is none infinite.

    pack: N hulls. x: (N, 3) centres, rot: (N, 3, 3). low: (2,) world x, y of the field's corner.
    """
    nx, ny = cells
    field, lowest = np.zeros((ny, nx)), np.full((ny, nx), np.inf)
    for k in range(len(x)):
        corner = pack.vert[pack.vs[k] : pack.vs[k + 1]] @ rot[k].T + x[k]
        a = np.clip(np.ceil((corner[:, :2].min(0) - low) / CELL - 0.5), 0, (nx, ny)).astype(int)
        b = np.clip(np.floor((corner[:, :2].max(0) - low) / CELL + 0.5), 0, (nx, ny)).astype(int)
        if (b <= a).any():
            continue
        plane = pack.plane[pack.fs[k] : pack.fs[k + 1]]
        n = plane[:, :3] @ rot[k].T
        d = plane[:, 3] + n @ x[k]  # n . p <= d inside
        px = low[0] + (np.arange(a[0], b[0]) + 0.5) * CELL
        py = low[1] + (np.arange(a[1], b[1]) + 0.5) * CELL
        rest = d - n[:, 0] * px[None, :, None] - n[:, 1] * py[:, None, None]
        up, under = n[:, 2] > 1e-6, n[:, 2] < -1e-6
        top = (rest[..., up] / n[up, 2]).min(-1, initial=np.inf)
        bottom = (rest[..., under] / n[under, 2]).max(-1, initial=-np.inf)
        inside = (top >= bottom) & (rest[..., ~(up | under)] >= 0).all(-1)
        part = field[a[1] : b[1], a[0] : b[0]]
        np.maximum(part, np.where(inside, top, 0.0), out=part)
        part = lowest[a[1] : b[1], a[0] : b[0]]
        np.minimum(part, np.where(inside, bottom, np.inf), out=part)
    return field, lowest


def rubble(
    pack: HullPack, mass: F64, before: tuple[F64, F64], after: tuple[F64, F64]
) -> dict[str, Any]:
    """The check `rubble`: the heap measured against the building that stood there.

    Both volumes are those under the pieces' tops, hollows between them included; the air
    under eaves and balconies, beyond the walls, is not the building's. spread: distance from the
    footprint within which 95% of the mass lies, over the footprint's larger side.

    Args:
        mass: (N,) [kg]. before, after: centres (N, 3) and rotations (N, 3, 3), standing and at
            the end. The volume is judged only where all of the building has come down.
    """
    reach = np.linalg.norm(pack.extent, axis=1)[:, None]
    plan = np.concatenate([p[0][:, :2] + s * reach for p in (before, after) for s in (-1, 1)])
    low = plan.min(0)
    size = np.minimum(np.ceil((plan.max(0) - low) / CELL) + 1, 4000).astype(int)
    cells = (int(size[0]), int(size[1]))
    stood, under = tops(pack, *before, low, cells)
    heap, _ = tops(pack, *after, low, cells)
    inside = _enclosed(under < STANDS)
    enclosed = stood - np.where(inside | (stood <= 0), 0.0, np.minimum(under, stood))
    gross, bulk = float(enclosed.sum() * CELL**2), float(heap.sum() * CELL**2)
    high = max(float(stood.max()), 1e-6)
    ground = stood > 0
    side = max((np.ptp(np.flatnonzero(ground.any(a))) + 1) * CELL for a in (0, 1)) if gross else 1.0
    away = distance_transform_edt(~ground, sampling=CELL) if gross else np.zeros_like(stood)
    at = np.clip(((after[0][:, :2] - low) / CELL).astype(int), 0, size - 1)
    far = away[at[:, 1], at[:, 0]]
    order = np.argsort(far)
    within = np.searchsorted(np.cumsum(mass[order]), 0.95 * mass.sum())
    spread = float(far[order[min(int(within), len(order) - 1)]]) / side
    z = before[0][:, 2]
    upper = z > 0.25 * high
    fell = upper & (z - after[0][:, 2] > 0.25 * z)
    down = float(mass[fell].sum() / max(mass[upper].sum(), 1e-9))
    share = bulk / max(gross, 1e-9)
    return {
        "ok": bool(down < DOWN or BULK[0] <= share <= BULK[1]),
        "value": round(share, 3),
        "limit": BULK[1],
        "unit": f"of the building's volume, at least {BULK[0]}, once all is down",
        "came_down": round(down, 3),
        "spread": round(float(spread), 3),
        "height": round(float(heap.max()) / high, 3),
        "volume_m3": round(bulk, 1),
        "building_m3": round(gross, 1),
    }


def _enclosed(walls: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """What walls stand around, seen from above, doors or not."""
    ring = binary_closing(np.pad(walls, DOORS), np.ones((3, 3), np.bool_), iterations=DOORS)
    return np.asarray(binary_fill_holes(ring)[DOORS:-DOORS, DOORS:-DOORS])

"""Dust: from the moving pieces to a cloud on every frame, cached on disk."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.brief import Brief
from setpiece.collapse.fragments import Fragments
from setpiece.collapse.gas import (
    forces,
    grid,
    jets,
    loosening,
    noise,
    pressure,
    refine,
    scraps,
    sources,
    texture,
)
from setpiece.collapse.gas.domain import (
    bounds,
    building_scale,
    default_cell,
    spread,
    window_limits,
)
from setpiece.collapse.gas.simulation import Simulation
from setpiece.collapse.motion import Motion
from setpiece.errors import StageError, StoreError
from setpiece.media.atomic import whole_file
from setpiece.render.camera import Camera
from setpiece.render.volume import Volume

__all__ = ["Dust", "blow_dust", "compile_kernels", "default_cell"]

FINE_CELLS = 30_000_000  # of a refined frame: bounds time and memory of a render process
MANIFEST = "dust.json"
FADE = 5  # cells over which dust thins towards the end of the world


@dataclass(frozen=True)
class Dust:
    """Dust of every frame, on disk.

    Attributes:
        folder: where the caches are; frame k (from 0) is `dust.{1001 + k}.npz`.
        origin: world corner of cell (0, 0, 0) [m]. cell: edge of a cell [m].
        shape: cells of the largest box the dust may fill.
        frames: number of frames in the shot.
        detail: how far `frame` refines by default; from the projected size of a cell.
        extinction: of dust of density 1 [1/m].
        checks: "mass" [kg] and "centroid" [m] (None while there is no dust) per frame, lists.
    """

    folder: Path
    origin: tuple[float, float, float]
    cell: float
    shape: tuple[int, int, int]
    frames: int
    detail: int
    extinction: float
    seed: int
    checks: dict[str, Any]

    @staticmethod
    def open(folder: Path) -> Dust:
        """Dust that `blow_dust` finished before. Raises StageError where it did not."""
        path = Path(folder) / MANIFEST
        try:
            data = json.loads(path.read_text())
            return Dust(
                folder=Path(folder),
                origin=tuple(data["origin"]),
                cell=data["cell"],
                shape=tuple(data["shape"]),
                frames=data["frames"],
                detail=data["detail"],
                extinction=data["extinction"],
                seed=data["seed"],
                checks=data["checks"],
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StageError(
                f"{path}: no finished dust here ({error}); run the dust stage again"
            ) from error

    def frame(
        self,
        index: int,
        detail: int | None = None,
        *,
        fine_grain: bool = True,
        camera: Camera | None = None,
    ) -> Volume | None:
        """Dust of frame `index` (0 is the first), refined `detail` times; None where there is none.

        Density is extinction [1/m]. fine_grain: let `march` go on below the refined cells, down
        to a few pixels (about a third more time there). camera: who looks; what it does not see of
        the dust is then refined plainly.
        """
        path = self.folder / f"dust.{1001 + index}.npz"
        if not path.exists():
            return None
        try:
            with np.load(path) as data:
                low, dust = data["low"], data["dust"].astype(np.float32)
                position, strength, key = data["position"], data["strength"], data["key"]
        except (OSError, ValueError, KeyError) as error:
            raise StageError(f"{path}: damaged dust cache; run the dust stage again") from error
        detail = self.detail if detail is None else detail
        dust = scraps.thin_scraps(dust)
        at = position - low.astype(np.float32)
        seen = None if camera is None or detail == 1 else self._seen(dust, low, camera)
        fine = refine.refine(dust, at, strength, key, detail, seed=self.seed, seen=seen)
        if detail > 1:
            scraps.without_scraps(fine, detail)
        _thin_at_edges(fine, low * detail, np.array(self.shape) * detail, FADE * detail)
        fine *= np.float32(self.extinction)
        corner = np.asarray(self.origin) + low * self.cell
        grain = None
        if fine_grain:
            grain = refine.grain(dust, at, strength, key, detail, self.seed, seen)
        return Volume(fine, corner, self.cell / detail, grain)

    def _seen(self, dust: NDArray[Any], low: NDArray[Any], camera: Camera) -> NDArray[np.bool_]:
        """`refine.bricks_seen` of dust whose first cell is `low`."""
        first = np.asarray(self.origin) + (low + 0.5) * self.cell
        eye = (camera.position - first) / self.cell
        (cx, cy), f = camera.centre, camera.focal
        # Of camera axes; a point inside has 0 < x * f + cx * z < width * z, and y alike.
        ways = np.array([[f, 0, cx], [-f, 0, camera.width - cx],
                         [0, f, cy], [0, -f, camera.height - cy]])  # fmt: skip
        ways = ways / np.linalg.norm(ways, axis=1, keepdims=True) @ camera.rotation
        sides = np.column_stack([ways, -ways @ eye])
        return refine.bricks_seen(dust, self.extinction * self.cell, eye, sides)

    def patches(self, index: int) -> tuple[NDArray[np.float32], NDArray[np.uint32]] | None:
        """Positions (P, 3) [cells; a centre is an integer] and keys (P,) of the patches of noise
        that ride on the dust of frame `index`; None where there is no dust. Raises StageError."""
        path = self.folder / f"dust.{1001 + index}.npz"
        if not path.exists():
            return None
        try:
            with np.load(path) as data:
                return data["position"], data["key"]
        except (OSError, ValueError, KeyError) as error:
            raise StageError(f"{path}: damaged dust cache; run the dust stage again") from error


def blow_dust(
    fragments: Fragments,
    motion: Motion,
    brief: Brief,
    *,
    out: Path,
    camera: Camera | None = None,
    cell: float | None = None,
    seed: int = 0,
    until: int | None = None,
    make: Callable[..., Simulation] = Simulation,
    progress: Callable[[float], None] | None = None,
) -> Dust:
    """Simulate the dust of a collapse and cache it frame by frame in `out`.

    A heavy gas driven by the air that closing solids squeeze out, by jets from the windows of
    each storey as it is crushed, by breaking bonds, hits and shedding, and by the brief's wind.
    Lengths, times and amounts scale with the height of the building (Froude scaling).
    cell: edge of a grid cell [m]; None chooses it (`default_cell`). camera: of the finished
    picture, to choose how far frames are refined. until: only so many frames, where the others are
    not looked at. make: builds the simulation, for a kind of
    one's own. Raises StoreError when `out` is not writable.
    """
    out = Path(out)
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / MANIFEST).unlink(missing_ok=True)
        for stale in out.glob("dust.*.npz"):
            stale.unlink()
    except OSError as error:
        raise StoreError(f"{out}: cannot write the dust caches here: {error}") from error
    cell = float(cell or default_cell(fragments, motion, brief.slow))
    low, high = bounds(fragments, motion)
    scale = building_scale(fragments)
    origin = np.array([*((low + high)[:2] / 2), 0.0])
    far = spread(motion, float(high[2]), brief.slow)
    limits = window_limits(low - origin, high - origin, cell, far)
    checks: dict[str, Any] = {"mass": [], "centroid": []}
    detail, largest = _detail(camera, (low + high) / 2, cell), 1
    # A low building has less to grind and falls less far: its cloud is thinner, not only smaller.
    thin = scale**0.35 if scale < 1 else 1 / math.sqrt(scale)
    # A cloud hides all long before it is twice as thick: light dust has to be a lot thinner to be
    # seen as light, heavy dust needs little more.
    extinction = 2.2 * thin * max(brief.dust, 0.1) ** (0.6 if brief.dust > 1 else 2.2)
    run = make(fragments, motion, brief, cell, scale, origin, limits, seed)
    frames = min(until or motion.frames, motion.frames)
    for k in range(frames):
        run.advance(k)
        mass, centroid = run.measure(extinction)
        checks["mass"].append(mass)
        checks["centroid"].append(centroid)
        if mass > 0:
            largest = max(largest, _write(out / f"dust.{1001 + k}.npz", run))
        if progress:
            progress((k + 1) / frames)
    # One detail for the whole shot: a change from frame to frame would pop.
    while detail > 1 and largest * detail**3 > FINE_CELLS:
        detail -= 1
    corner = origin + np.array(limits[0]) * cell
    shape = [b - a for a, b in zip(*limits, strict=True)]
    manifest = {
        "origin": corner.tolist(),
        "cell": cell,
        "shape": shape,
        "frames": motion.frames,
        "detail": detail,
        "extinction": extinction,
        "seed": seed,
        "checks": checks,
    }
    with whole_file(out / MANIFEST) as part:
        part.write_bytes(json.dumps(manifest).encode())
    return Dust.open(out)


def _write(path: Path, run: Simulation) -> int:
    """One frame's cache: the dust, cropped to where it is, and its patches; cells written."""
    air = run.air
    seen = air.dust > 2e-3
    if not seen.any():
        return 0
    box = []
    for axis in range(3):
        at = np.flatnonzero(seen.any(axis=tuple(a for a in range(3) if a != axis)))
        box.append((max(int(at[0]) - 2, 0), min(int(at[-1]) + 3, air.shape[axis])))
    low = np.array([a for a, _ in box]) + np.array(air.low) - np.array(run.limits[0])
    p = run.patches
    crop = air.dust[tuple(slice(a, b) for a, b in box)]
    position = p.position - np.asarray(run.limits[0], np.float32)
    near = ((position > low - texture.REACH) & (position < low + crop.shape + texture.REACH)).all(1)
    with whole_file(path) as part, part.open("wb") as f:
        np.savez(
            f,
            low=low,
            dust=crop.astype(np.float16),
            position=position[near],
            strength=p.strength[near],
            key=p.key[near],
        )
    return int(crop.size)


def _detail(camera: Camera | None, centre: NDArray, cell: float) -> int:
    """How far to refine so that a fine cell is about three pixels of a 1280-wide frame."""
    if camera is None:
        return 2
    focal = camera.focal * 1280.0 / camera.width
    distance = max(float(np.linalg.norm(centre - camera.position)), 1.0)
    return int(np.clip(math.ceil(cell * focal / distance / 4.5), 1, 3))


def _thin_at_edges(fine: NDArray, low: NDArray, shape: NDArray, width: int) -> None:
    """Fade towards the sides and top of the largest box, where the world of the dust ends."""
    for axis in range(3):
        at = np.arange(fine.shape[axis]) + low[axis] + 0.5
        ramp = np.clip((shape[axis] - at) / width, 0, 1)
        if axis < 2:
            ramp = np.minimum(ramp, np.clip(at / width, 0, 1))
        if ramp.min() < 1:
            fine *= ramp.astype(np.float32).reshape([-1 if a == axis else 1 for a in range(3)])


def compile_kernels() -> None:
    """Compile every kernel of the dust stage once."""
    for module in (noise, pressure, grid, forces, loosening, sources, jets, refine, scraps):
        module.compile_kernels()

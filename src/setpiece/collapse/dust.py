"""Dust: from the moving pieces to a cloud on every frame, cached on disk."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.brief import Brief, Side
from setpiece.collapse.fragments import Fragments
from setpiece.collapse.gas import forces, grid, jets, noise, pressure, sources, texture
from setpiece.collapse.gas.grid import Air, Index
from setpiece.collapse.gas.jets import Jets
from setpiece.collapse.gas.pressure import Projection
from setpiece.collapse.gas.sources import Emitters
from setpiece.collapse.gas.texture import Patches
from setpiece.collapse.motion import Motion
from setpiece.errors import StageError
from setpiece.render.camera import Camera
from setpiece.render.volume import Volume

REFERENCE = 28.0  # m: the height of the building at which the constants were found
CELLS = 0.9e6  # cells of the grid that the cloud of an ordinary collapse fills
FINE_CELLS = 30_000_000  # of a refined frame: bounds time and memory of a render process
MASS_EXTINCTION = 200.0  # m2/kg of fine mineral dust, grains of about 6 micrometres
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
        self, index: int, detail: int | None = None, *, fine_grain: bool = True
    ) -> Volume | None:
        """Dust of frame `index` (0 is the first), refined `detail` times; None where there is none.

        Density is extinction [1/m]. fine_grain: let `march` go on below the refined cells, down
        to a few pixels (about a third more time there); leave it out for drafts.
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
        at = position - low.astype(np.float32)
        fine = texture.refine(dust, at, strength, key, detail, seed=self.seed)
        _thin_at_edges(fine, low * detail, np.array(self.shape) * detail, FADE * detail)
        fine *= np.float32(self.extinction)
        corner = np.asarray(self.origin) + low * self.cell
        grain = None
        if fine_grain:
            grain = texture.grain(dust, at, strength, key, detail, self.seed)
        return Volume(fine, corner, self.cell / detail, grain)


def blow_dust(
    fragments: Fragments,
    motion: Motion,
    brief: Brief,
    *,
    out: Path,
    camera: Camera | None = None,
    cell: float | None = None,
    seed: int = 0,
    progress: Callable[[float], None] | None = None,
) -> Dust:
    """Simulate the dust of a collapse and cache it frame by frame in `out`.

    A heavy gas driven by the air that closing solids squeeze out, by jets from the windows of
    each storey as it is crushed, by breaking bonds, hits and shedding, and by the brief's wind.
    Lengths, times and amounts scale with the height of the building (Froude scaling).
    cell: edge of a grid cell [m]; None chooses it (`default_cell`). camera: of the finished
    picture, to choose how far frames are refined. Raises StageError when `out` is not writable.
    """
    out = Path(out)
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / MANIFEST).unlink(missing_ok=True)
        for stale in out.glob("dust.*.npz"):
            stale.unlink()
    except OSError as error:
        raise StageError(f"{out}: cannot write the dust caches here: {error}") from error
    cell = float(cell or default_cell(fragments, motion))
    low, high = _bounds(fragments, motion)
    scale = _scale(fragments)
    origin = np.array([*((low + high)[:2] / 2), 0.0])
    limits = _limits(low - origin, high - origin, cell)
    checks: dict[str, Any] = {"mass": [], "centroid": []}
    detail, largest = _detail(camera, (low + high) / 2, cell), 1
    extinction = 2.2 / math.sqrt(scale) * max(brief.dust, 0.2) ** 0.4
    run = _Run(fragments, motion, brief, cell, scale, origin, limits, seed)
    for k in range(motion.frames):
        run.advance(k)
        mass, centroid = run.measure(extinction)
        checks["mass"].append(mass)
        checks["centroid"].append(centroid)
        if mass > 0:
            largest = max(largest, _write(out / f"dust.{1001 + k}.npz", run))
        if progress:
            progress((k + 1) / motion.frames)
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
    _replace(out / MANIFEST, json.dumps(manifest).encode())
    return Dust.open(out)


def default_cell(fragments: Fragments, motion: Motion) -> float:
    """Edge of a grid cell [m] that keeps an ordinary collapse near a million cells."""
    low, high = _bounds(fragments, motion)
    top = float(fragments.mesh.vertices[:, 2].max())
    wide = np.maximum(high - low, 0.3 * top)
    volume = (wide[0] + 1.9 * top) * (wide[1] + 1.9 * top) * 1.5 * top
    return float(np.clip((volume / CELLS) ** (1 / 3), 0.08, 3.0))


class _Run:
    """The state of one simulation."""

    def __init__(
        self,
        fragments: Fragments,
        motion: Motion,
        brief: Brief,
        cell: float,
        scale: float,
        origin: NDArray[np.float64],
        limits: tuple[Index, Index],
        seed: int,
    ) -> None:
        self.scale, self.seed, self.amount = scale, seed, brief.dust
        self.step = brief.slow / float(motion.fps)
        self.origin, self.limits = origin, limits
        self.air = Air(cell, origin, limits, _wind(brief))
        self.patches = Patches.none()
        self.projection: Projection | None = None
        self.emitters = Emitters(
            fragments, motion, cell=cell, scale=scale, rate=brief.slow, seed=seed
        )
        self.jets = Jets(fragments, motion, step=self.step, scale=scale, seed=seed)
        self.start = self.emitters.start() if brief.dust > 0 else math.inf

    def advance(self, frame: int) -> None:
        """From frame - 1 to frame."""
        if frame <= self.start - 1:
            return
        self._grow(frame)
        if not self.air.dust.size:
            return
        fastest = self.air.fastest()
        n = int(np.clip(math.ceil(fastest * self.step / self.air.cell / 3.0), 1, 4))
        for s in range(n):
            self._substep(frame - 1 + (s + 1) / n, 1.0 / n)
        self.patches.populate(self.air, frame, self.seed)

    def _grow(self, frame: int) -> None:
        """Let the window cover the moving pieces and the dust, with room around them."""
        air = self.air
        boxes = []
        moving = self.emitters.moving_bounds(frame)
        if moving is not None:
            room = 2.5 * self.scale
            boxes.append(((moving[0] - room - self.origin) / air.cell,
                          (moving[1] + room - self.origin) / air.cell))  # fmt: skip
        if air.dust.size:
            used = air.dust > 0.01
            if used.any():
                span = []
                for axis in range(3):
                    other = tuple(a for a in range(3) if a != axis)
                    at = np.flatnonzero(used.any(axis=other)) + air.low[axis]
                    span.append((at[0], at[-1] + 1))
                boxes.append((np.array([a for a, _ in span]), np.array([b for _, b in span])))
        if not boxes:
            return
        low = np.min([b[0] for b in boxes], axis=0)
        high = np.max([b[1] for b in boxes], axis=0)
        # Room for a frame or two of the fastest surge, and for the pressure around it.
        low = np.floor((low - 10) / 8).astype(int) * 8
        high = np.ceil((high + 10) / 8).astype(int) * 8
        low[2] = 0
        changed = air.include(tuple(int(v) for v in low), tuple(int(v) for v in high))
        if changed or self.projection is None:
            self.projection = Projection(air.shape)

    def _substep(self, frame: float, span: float) -> None:
        air, scale = self.air, self.scale
        dt = self.step * span
        amount = self.amount**0.8 * min(scale, 1.0) ** 0.3
        solids = self.emitters.solids(max(frame - span, 0.0), air.corner, air.shape)
        before = float(air.dust.sum(dtype=np.float64))
        air.advect(dt, 0.12 * math.sqrt(scale))
        air.soften(0.06 * span)
        gusts = self._mottle()
        source = solids.expansion * np.clip(1 + 0.6 * gusts, 0.1, 2.5)
        puffs = self.emitters.puffs(frame, span, air.corner, air.shape)
        rate = 1.2 * source + solids.shed
        gain = dt * np.clip(1 + 0.8 * gusts, 0.05, 3.0) * rate + puffs
        # A puff is air as well as dust.
        source = source + np.minimum(0.35 * puffs / dt, 4.0 / math.sqrt(scale))
        air.dust /= 1 + np.float32(dt) * source
        # Semi-Lagrangian steps make dust out of nothing where the flow converges on the ground.
        after = float(air.dust.sum(dtype=np.float64))
        if after > before > 0:
            air.dust *= np.float32(max(before / after, 0.9))
        cap = 4.0 * max(self.amount, 0.5) ** 0.5
        # Thick air takes up less and less: no cell fills to the cap at once.
        air.dust += (amount * gain * np.clip(1 - air.dust / cap, 0, 1)).astype(np.float32)
        np.minimum(air.dust, np.float32(cap), out=air.dust)
        forces.push(
            air,
            dt,
            solid=solids.share,
            solid_velocity=solids.velocity,
            time=frame * self.step,
            scale=scale,
            seed=self.seed,
        )
        assert self.projection is not None
        self.projection(air.u, air.v, air.w, (source * np.float32(air.cell)).astype(np.float32))
        self.jets.blow(air, frame, dt, self.amount**0.4)
        self.patches.step(air, dt, span, self.seed)

    def _mottle(self) -> NDArray[np.float32]:
        """Unevenness of the sources in space, variance about 1, (X, Y, Z)."""
        tile = noise.curl_tile(48, 2, 8, 11 / 3, self.seed + 9)[..., 0]
        pitch = self.air.cell / self.scale
        index = [
            (((np.arange(n) + low) * pitch).astype(int)) % 48
            for n, low in zip(self.air.shape, self.air.low, strict=True)
        ]
        return tile[np.ix_(*index)]

    def measure(self, extinction: float) -> tuple[float, list[float] | None]:
        """Dust in the air [kg] and its centre [m]."""
        d = self.air.dust
        total = float(d.sum(dtype=np.float64)) if d.size else 0.0
        if total <= 0:
            return 0.0, None
        centre = []
        for axis in range(3):
            other = tuple(a for a in range(3) if a != axis)
            line = d.sum(axis=other, dtype=np.float64)
            where = self.air.corner[axis] + (np.arange(len(line)) + 0.5) * self.air.cell
            centre.append(float((line * where).sum() / total))
        return total * self.air.cell**3 * extinction / MASS_EXTINCTION, centre


def _write(path: Path, run: _Run) -> int:
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
    temp = path.with_name(f".{path.name}.tmp")
    try:
        with temp.open("wb") as f:
            np.savez(
                f,
                low=low,
                dust=crop.astype(np.float16),
                position=position[near],
                strength=p.strength[near],
                key=p.key[near],
            )
        os.replace(temp, path)
    except OSError as error:
        raise StageError(f"{path}: cannot write the dust cache: {error}") from error
    finally:
        temp.unlink(missing_ok=True)
    return int(crop.size)


def _replace(path: Path, data: bytes) -> None:
    temp = path.with_name(f".{path.name}.tmp")
    try:
        temp.write_bytes(data)
        os.replace(temp, path)
    except OSError as error:
        raise StageError(f"{path}: cannot write: {error}") from error
    finally:
        temp.unlink(missing_ok=True)


def _scale(fragments: Fragments) -> float:
    top = float(fragments.mesh.vertices[:, 2].max())
    return float(np.clip(top / REFERENCE, 0.1, 6.0))


def _bounds(fragments: Fragments, motion: Motion) -> tuple[NDArray, NDArray]:
    """World box of the pieces over the whole shot, flung strays left out [m]."""
    v = fragments.mesh.vertices
    low, high = v.min(0).astype(float), v.max(0).astype(float)
    last = motion.position[-1]
    ends = np.percentile(last, [2, 98], axis=0)
    top = high[2]
    low[:2] = np.maximum(np.minimum(low[:2], ends[0, :2]), low[:2] - 1.2 * top)
    high[:2] = np.minimum(np.maximum(high[:2], ends[1, :2]), high[:2] + 1.2 * top)
    return low, high


def _limits(low: NDArray, high: NDArray, cell: float) -> tuple[Index, Index]:
    """First and last cell that the window may ever cover."""
    room = 1.45 * high[2]
    a = np.floor((low[:2] - room) / cell / 8).astype(int) * 8
    b = np.ceil((high[:2] + room) / cell / 8).astype(int) * 8
    top = math.ceil(1.75 * high[2] / cell / 8) * 8
    return (int(a[0]), int(a[1]), 0), (int(b[0]), int(b[1]), top)


def _wind(brief: Brief) -> tuple[float, float]:
    """Velocity of the wind [m/s]; as seen from the camera, which looks along +Y."""
    towards = {
        Side.LEFT: (1.0, 0.0),
        Side.RIGHT: (-1.0, 0.0),
        Side.FRONT: (0.0, 1.0),
        Side.BACK: (0.0, -1.0),
    }.get(brief.wind_from, (0.0, 0.0))
    return towards[0] * brief.wind_speed, towards[1] * brief.wind_speed


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
    for module in (noise, pressure, grid, forces, sources, jets, texture):
        module.compile_kernels()

"""Make what the dust model learns from: frames as the recipe sees them, and their truth.

    python training/dust/make_data.py FOLDER                 # all collapses; resumable
    python training/dust/make_data.py FOLDER --only hotel,depot

For each collapse: its fall, a coarse dust simulation, a finer one guided by it, and of some pairs
of following frames the passes of both (`sample`). About five minutes of one core for each.
"""

from __future__ import annotations

import argparse
import os
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from collapses import COLLAPSES, Collapse, pieces_of
from guided import FINER, Guided
from pathtracer import true_dust
from scipy.ndimage import zoom

from setpiece.collapse.dust import Dust, blow_dust
from setpiece.collapse.dust_paint import sharpened, view_of
from setpiece.collapse.fragments import Fragments
from setpiece.collapse.gas.domain import default_cell
from setpiece.collapse.gas.heads import heads
from setpiece.collapse.gas.refine import refine
from setpiece.collapse.motion import Motion
from setpiece.collapse.surroundings import clear_of_camera, to_ground
from setpiece.render.camera import Camera
from setpiece.render.tracing import Tracer, camera_arrays, make_rays
from setpiece.render.volume import Volume, light_volume, transport

SEED = 1
TRUE_DETAIL = 3  # fine cells along a cell of the fine run, in the truth
PAIRS = (10, 18, 27, 36, 46, 57, 69)  # first frames
MORE = (14, 23, 32, 41, 51, 63)  # and these under the second sun
SAMPLES = 20
KINDS = ("recipe", "truth")  # of passes, each in its own file of a frame


class Scene:
    """A collapse with both its dusts, ready to be looked at frame by frame."""

    def __init__(
        self, c: Collapse, folder: Path, camera: Camera | None = None, fine: bool = True
    ) -> None:
        """camera: another picture size of the same view. fine: simulate the truth as well."""
        self.c, self.light = c, c.light
        self.camera = camera or c.camera
        if c.like:
            folder = folder.with_name(c.like)
        self.pieces, self.motion = pieces_of(c, folder)
        # As many pixels to a cell as in a picture 1280 wide of the ordinary simulation.
        cell = default_cell(self.pieces, self.motion) * 1280 / self.camera.width
        self.coarse = _dust(folder / "coarse", c, self.pieces, self.motion, self.camera, cell)
        self.fine = None
        if fine:
            self.fine = _dust(
                folder / "fine", c, self.pieces, self.motion, self.camera, cell / FINER, Guided
            )
        # CPU-seconds a frame that simulating took; nan where it was not timed.
        self.solving = {
            k: float((folder / k / "seconds").read_text())
            if (folder / k / "seconds").is_file()
            else float("nan")
            for k in ("coarse", "fine")
        }
        self.detail = max(int(np.ceil(self._pixels() / 4.5)), 1)
        standing = self.depth(0)[0]
        self.near = float(np.percentile(standing[np.isfinite(standing)], 2))

    def _pixels(self) -> float:
        """Of a coarse cell at the building."""
        middle = np.array([*self.c.layout.centre, 0.0]) - self.camera.position
        return float(self.coarse.cell * self.camera.focal / np.linalg.norm(middle))

    def depth(self, frame: int) -> tuple[Any, Any, Any]:
        """(depth of the solids, of solids and ground [m], (h, w); the solids)."""
        mesh = self.pieces.mesh
        tracer = Tracer(self.motion.pose(frame).apply(mesh), mesh.faces)
        h, w = self.camera.height, self.camera.width
        xs, ys = (a.ravel().astype(np.int32) for a in np.meshgrid(np.arange(w), np.arange(h)))
        origins, rays = np.empty((h * w, 3), np.float32), np.empty((h * w, 3), np.float32)
        make_rays(*camera_arrays(self.camera), xs, ys, 0.0, 0.0, origins, rays)
        which, far, _, _ = tracer.hits(origins, rays)
        forward = rays @ self.camera.rotation[2].astype(np.float32)
        depth = np.where(which >= 0, far * forward, np.inf).reshape(h, w).astype(np.float32)
        return depth, to_ground(self.camera, depth), tracer

    def volume(self, dust: Dust, frame: int, detail: int, grain: bool, seed: int | None = None):  # type: ignore[no-untyped-def]
        if seed is not None:
            dust = replace(dust, seed=seed)
        volume = dust.frame(frame, detail, fine_grain=grain, camera=self.camera)
        if volume is None:
            return None
        return clear_of_camera(volume, self.camera, self.near, self.c.brief.dust)

    def sample(
        self, frame: int, *, recipe: bool = True, truth: bool = True, seed: int | None = None
    ) -> dict[str, Any] | None:
        """Everything of one frame, arrays as the model and its training take them; None without
        dust.

        recipe: "noise", passes (h, w, 5) of the recipe, sharpened; "coarse", of bare coarse dust at
        a quarter; "motion" (h / 4, w / 4, 2) [px]; "solid", depth (h, w). truth: "truth", passes.
        "seconds": CPU of each.
        """
        _, solid, solids = self.depth(frame)
        out: dict[str, Any] = {"seconds": {}}
        t = time.process_time()
        if recipe:
            volume = self.volume(self.coarse, frame, self.detail, True, seed)
            if volume is None:
                return None
            lit = light_volume(sharpened(volume, self.coarse.extinction), self.light, solids)
            noise = transport(lit, self.camera, solid, seed=SEED)
            out["seconds"]["noise"] = time.process_time() - t
            t = time.process_time()
            bare = light_volume(self.volume(self.coarse, frame, 1, False), self.light, solids)
            far = np.where(noise[..., 3] < 0.9999, noise[..., 4], np.inf).astype(np.float32)
            view = view_of(self.coarse, frame, bare, self.camera, far, solid, SEED)
            out["seconds"]["told"] = time.process_time() - t
            out |= {"noise": noise, "coarse": view.coarse, "motion": view.motion, "solid": solid}
        t = time.process_time()
        if truth:
            fine = true_volume(self.coarse, self.fine, frame)
            if fine is None:
                return None
            fine = clear_of_camera(fine, self.camera, self.near, self.c.brief.dust)
            out["truth"] = true_dust(
                fine,
                self.light,
                self.camera,
                solid,
                hidden=solids.occluded,
                samples=SAMPLES,
                seed=frame,
            )
            out["seconds"]["truth"] = time.process_time() - t
        return out


def true_volume(coarse: Dust, fine: Dust, frame: int) -> Volume | None:
    """The dust of a frame as it ought to be.

    The heads and lobes of the recipe, for they are what model and truth share; what the finer flow
    has more or less than the coarse one, cell by cell; finer lobes that ride on the finer flow,
    crisp on the recipe's heads and calm between them; and edges as sharp as a grid cannot hold.
    """
    shared = coarse.frame(frame, FINER, fine_grain=False)
    a, b = _stored(coarse, frame), _stored(fine, frame)
    if shared is None or a is None or b is None:
        return None
    plain = zoom(a["dust"], FINER, order=1, mode="nearest", grid_mode=True)
    # Both on the fine run's cells, over the recipe's box.
    shift = np.round((np.array(coarse.origin) - np.array(fine.origin)) / fine.cell).astype(int)
    start = a["low"] * FINER + shift - b["low"]
    flow = _window(b["dust"], start, plain.shape)
    ratio = np.clip((flow + 0.05) / (plain + 0.05), 0.4, 2.0)
    made = np.ascontiguousarray(shared.density * ratio / coarse.extinction, np.float32)
    # The fine run's patches bring no heads of their own: none of the recipe's passes has those.
    at = a["position"] - a["low"].astype(np.float32)
    high = heads(a["dust"].shape, at, a["strength"], a["key"])
    high = zoom(high, FINER, order=1, mode="nearest", grid_mode=True)
    at = b["position"] - (b["low"] + start).astype(np.float32)
    made = refine(
        made, at, b["strength"], b["key"], TRUE_DETAIL,
        warp=0.6, carve=0.3, lobes=0.5, floor=0.02, seed=SEED, height=high,
    )  # fmt: skip
    made *= np.float32(coarse.extinction)
    return sharpened(Volume(made, shared.origin, fine.cell / TRUE_DETAIL), coarse.extinction)


def _stored(dust: Dust, frame: int) -> dict[str, Any] | None:
    path = dust.folder / f"dust.{1001 + frame}.npz"
    if not path.is_file():
        return None
    with np.load(path) as data:
        found = {k: data[k] for k in data.files}
    return {**found, "dust": found["dust"].astype(np.float32)}


def _window(a: Any, start: Any, shape: tuple[int, ...]) -> Any:
    """Cells start .. start + shape of a, 0 outside it."""
    out = np.zeros(shape, np.float32)
    low, high = np.maximum(start, 0), np.minimum(start + np.array(shape), a.shape)
    if (high > low).all():
        to = tuple(slice(p - q, r - q) for p, q, r in zip(low, start, high, strict=True))
        out[to] = a[tuple(slice(p, r) for p, r in zip(low, high, strict=True))]
    return out


def _dust(
    folder: Path,
    c: Collapse,
    pieces: Fragments,
    motion: Motion,
    camera: Camera,
    cell: float,
    make: Any = None,
) -> Dust:
    if not (folder / "dust.json").is_file():
        extra = {} if make is None else {"make": make}
        t = time.process_time()
        blow_dust(pieces, motion, c.brief, out=folder, camera=camera, cell=cell, seed=SEED, **extra)
        (folder / "seconds").write_text(f"{(time.process_time() - t) / c.frames:.4f}")
    return Dust.open(folder)


def save(home: Path, scene: Scene, frame: int, kind: str) -> bool:
    """One frame's file of a kind (`KINDS`); False where there is no dust yet."""
    found = scene.sample(frame, recipe=kind == "recipe", truth=kind == "truth")
    if found is None:
        return False
    found.pop("seconds")
    if "solid" in found:
        found["solid"] = np.minimum(found["solid"], 6e4)
    half = {k: v.astype(np.float16) for k, v in found.items()}
    path = home / f"{kind}.{frame:04d}.npz"
    part = path.with_suffix(".part")
    with part.open("wb") as f:
        np.savez_compressed(f, **half, cell=scene.coarse.cell, to_sun=scene.light.to_sun)
    os.replace(part, path)
    return True


def frames_of(c: Collapse) -> list[int]:
    """Those that are learned from or watched: none of what is held out."""
    pairs = () if c.split == "held" else PAIRS + (MORE if c.like else ())
    return [f for k in pairs for f in (k, k + 1)]


def main() -> None:
    form = argparse.RawTextHelpFormatter
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=form)
    ask.add_argument("folder", type=Path)
    ask.add_argument("--only", default="", help="names of collapses, with commas")
    ask.add_argument("--anew", choices=KINDS, help="make these passes once more, keep the others")
    asked = ask.parse_args()
    for c in COLLAPSES:
        if asked.only and c.name not in asked.only.split(","):
            continue
        home = asked.folder / c.name
        home.mkdir(parents=True, exist_ok=True)
        todo = [
            (frame, kind)
            for frame in frames_of(c)
            for kind in ((asked.anew,) if asked.anew else KINDS)
            if asked.anew or not (home / f"{kind}.{frame:04d}.npz").is_file()
        ]
        t = time.process_time()
        scene = Scene(c, home)
        print(f"{c.name}: simulated, {time.process_time() - t:.0f} CPU-s", flush=True)
        for frame, kind in todo:
            save(home, scene, frame, kind)
        (home / "done").touch()
        print(f"{c.name}: {time.process_time() - t:.0f} CPU-s", flush=True)


if __name__ == "__main__":
    main()

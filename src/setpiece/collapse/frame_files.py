"""What a finished frame leaves on disk: an EXR with its layers, and its picture by itself."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.comp import CompResult
from setpiece.media import cryptomatte
from setpiece.media.atomic import whole_file
from setpiece.media.exr import to_half, write_exr
from setpiece.render.camera import Camera
from setpiece.render.solids import SolidPasses

FIRST = 1001


def write_frame(
    folder: Path,
    frame: int,
    result: CompResult,
    solids: SolidPasses,
    names: list[str],
    fps: Fraction,
    camera: Camera,
) -> None:
    """Write frame (0 is 1001) and its picture into `folder`, each whole or not at all.

    names: of the pieces. Raises StoreError where the disk refuses.
    """
    crypto, manifest = cryptomatte.encode(solids.ids, solids.coverage, names)
    layers = {
        "rgba": np.dstack([result.rgb, np.ones(result.rgb.shape[:2], np.float32)]),
        "depth": solids.depth,
        "N": solids.normal,
        "P": solids.position,
        "motion": solids.motion,
        "albedo": solids.albedo,
        "dust": result.dust,
        "matte": result.effect,
        **crypto,
    }
    write_exr(
        folder / f"{FIRST + frame}.exr",
        layers,
        attributes=manifest,
        fps=fps,
        frame=FIRST + frame,
        camera=camera,
    )
    with whole_file(folder / f"{FIRST + frame}.npy") as part, part.open("wb") as f:
        np.save(f, to_half(result.rgb))


def finished_picture(folder: Path, frame: int) -> NDArray[np.float16] | None:
    """The picture of a finished frame as its EXR keeps it, (h, w, 3), without unpacking all its
    layers; None where it does not lie beside it. For who makes movies of them."""
    path = folder / f"{FIRST + frame}.npy"
    return np.load(path) if path.is_file() else None

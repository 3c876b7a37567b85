"""What a finished frame leaves on disk: an EXR with its layers, and its picture by itself."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.comp import CompResult
from setpiece.collapse.views import Views
from setpiece.media import cryptomatte
from setpiece.media.atomic import whole_file
from setpiece.media.colour import to_display
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
    views: Views,
) -> None:
    """Write frame (0 is 1001), its picture and, where they are shown, its views into `folder`, each
    whole or not at all.

    names: of the pieces. Raises StoreError where the disk refuses.
    """
    crypto, manifest = cryptomatte.encode(solids.ids, solids.coverage, names)
    layers = {
        "rgba": cv2.cvtColor(result.rgb, cv2.COLOR_RGB2RGBA),  # an alpha of 1
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
    picture = to_half(result.rgb)
    _save(folder / f"{FIRST + frame}.npy", picture)
    if frame in views.wanted:
        final = cv2.resize(to_display(picture), views.size, interpolation=cv2.INTER_AREA)
        _save(_views_of(folder, frame), views.draw(layers, final))


def _save(path: Path, array: NDArray[Any]) -> None:
    with whole_file(path) as part, part.open("wb") as f:
        np.save(f, array)


def _views_of(folder: Path, frame: int) -> Path:
    return folder / f"{FIRST + frame}.views.npy"


def finished_views(folder: Path, frame: int) -> NDArray[np.uint8] | None:
    """What `Views.draw` made of a finished frame, (3, h, w, 3); None where it does not lie by."""
    path = _views_of(folder, frame)
    return np.load(path) if path.is_file() else None


def finished_picture(folder: Path, frame: int) -> NDArray[np.float16] | None:
    """The picture of a finished frame as its EXR keeps it, (h, w, 3), without unpacking all its
    layers; None where it does not lie beside it. For who makes movies of them."""
    path = folder / f"{FIRST + frame}.npy"
    return np.load(path) if path.is_file() else None

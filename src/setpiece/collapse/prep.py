"""Plate prep: what stands in front, what the building hid, and the building's own picture."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.cleanplate import building_picture, make_clean_plate
from setpiece.collapse.edges import split_edge
from setpiece.collapse.foreground import ClipForeground, find_foreground
from setpiece.collapse.foreground_edge import refine_edge
from setpiece.collapse.grain import Grain, measure_grain, measure_softness
from setpiece.collapse.layout import sky_mask
from setpiece.errors import PlateError
from setpiece.media.plate import open_plate
from setpiece.media.still import read_still
from setpiece.render.light import Light

if TYPE_CHECKING:
    from setpiece.collapse.shot import Stages

F32 = NDArray[np.float32]


@dataclass(frozen=True)
class Prep:
    """The plate, taken apart. Pictures float32 (h, w, 3), scene-linear working space.

    Attributes:
        still: the picture everything was measured on (a clip's temporal median).
        matte: (h, w) the building's silhouette, what hides it included.
        foreground: (h, w) what stands in front of the building and does not move.
        clean: the plate without the building. hole: (h, w) bool, where it was filled.
        picture: the building alone: nothing in front of it, its edge cleaned of background.
        grain, softness: of the plate.
    """

    still: F32
    matte: F32
    foreground: F32
    clean: F32
    hole: NDArray[np.bool_]
    picture: F32
    grain: Grain
    softness: float


def prep_plate(s: Stages, light: Light, folder: Path, progress: Callable[[float], None]) -> None:
    """Do the prep for a shot and keep it in `folder` (see `load_prep`)."""
    request, plate = s.request, s.plate
    still = np.load(s.folders["layout"] / "still.npy")
    matte = np.load(s.folders["layout"] / "matte.npy")
    size = (plate.width, plate.height)

    if request.foreground is not None:
        read_still(request.foreground)  # complains of what is truncated, empty or no picture
    given: Path | list[list[tuple[float, float]]] | None = request.foreground
    if given is None and request.foreground_shapes:
        scale = plate.width / plate.native[0]
        given = [[(x * scale, y * scale) for x, y in shape] for shape in request.foreground_shapes]
    foreground = find_foreground(still, matte, given=given, layout=s.layout)
    foreground = refine_edge(still, foreground)
    progress(0.1)

    clean_given = None
    if request.clean_plate is not None:
        clean_plate = open_plate(
            request.clean_plate, colorspace=request.colorspace, size=request.size
        )
        if (clean_plate.width, clean_plate.height) != size:
            raise PlateError(
                f"{request.clean_plate}: is {clean_plate.native[0]}x{clean_plate.native[1]}, the "
                f"plate is {plate.native[0]}x{plate.native[1]}; a clean plate is the same view."
            )
        clean_given = clean_plate.read(0)
    horizon = s.layout.view().horizon
    clean = make_clean_plate(
        still,
        matte,
        given=clean_given,
        sky=sky_mask(still) * (1 - matte),
        foreground=foreground,
        light=light,
        horizon=(horizon[0][1] + horizon[1][1]) / 2,
        progress=lambda f: progress(0.1 + 0.6 * f),
        seed=request.seed,
    )
    (folder / "notes.txt").write_text("\n".join(clean.notes), encoding="utf-8")
    facts = {"share": clean.filled_fraction, "trusted": clean.trusted, "notes": clean.notes}
    (folder / "clean.json").write_text(json.dumps(facts), encoding="utf-8")
    picture = building_picture(
        still, matte, foreground, progress=lambda f: progress(0.7 + 0.2 * f), seed=request.seed
    )
    edge = split_edge(picture, clean.image, matte, refine=True)

    grain = measure_grain(still if plate.still else [plate.read(i) for i in range(4)])
    np.savez(
        folder / "prep.npz",
        foreground=foreground.astype(np.float32),
        clean=edge.clean.astype(np.float32),
        hole=clean.hole,
        matte=edge.matte.astype(np.float32),
        picture=edge.building.astype(np.float32),
        softness=np.float64(measure_softness(still)),
        grain_levels=grain.levels,
        grain_sigma=grain.sigma,
        grain_size=np.float64(grain.size),
        grain_shared=np.float64(grain.shared),
        grain_source=np.array(grain.source),
    )
    if not plate.still:
        clip = ClipForeground(plate, matte, frames=request.frames)
        clip.save(folder / "clip.npz")
    progress(1.0)


def load_prep(s: Stages) -> Prep:
    """What `prep_plate` kept."""
    with np.load(s.folders["prep"] / "prep.npz") as data:
        grain = Grain(
            data["grain_levels"],
            data["grain_sigma"],
            float(data["grain_size"]),
            float(data["grain_shared"]),
            str(data["grain_source"]),
        )
        return Prep(
            still=np.load(s.folders["layout"] / "still.npy"),
            matte=data["matte"],
            foreground=data["foreground"],
            clean=data["clean"],
            hole=data["hole"],
            picture=data["picture"],
            grain=grain,
            softness=float(data["softness"]),
        )

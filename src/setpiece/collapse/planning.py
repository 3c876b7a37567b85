"""From the artist's strokes to a layout, a light and a picture of both to approve."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import tomlkit
from pydantic import ValidationError

from setpiece.collapse.layout import (
    Layout,
    building_matte,
    draw_layout,
    load_layout,
    make_layout,
    save_layout,
    sky_mask,
)
from setpiece.collapse.light import estimate_light
from setpiece.collapse.request import Point, Request
from setpiece.errors import LayoutError, NoBuilding
from setpiece.media.plate import Plate
from setpiece.media.sheet import save_png
from setpiece.media.toml_file import read_toml, write_toml
from setpiece.render.light import Light

if TYPE_CHECKING:
    from setpiece.farm import Meter


#: Longer side of the picture that a layout is fitted to [px].
LAYOUT_WORK = 1280


def make_plan(
    request: Request,
    plate: Plate,
    folder: Path,
    progress: Callable[[float], None],
    _meter: Meter,
) -> None:
    """Write layout.toml, light.toml, matte.npy, still.npy and layout.png into `folder`.

    still.npy is the picture everything is measured on: the still, or a clip's temporal median
    (people who walk through are gone from it), scene-linear float32 (h, w, 3).
    """
    image = still_of(plate, request.frames)
    progress(0.15)

    def px(points: tuple[Point, ...], of: Plate = plate) -> list[Point]:
        scale = of.width / plate.native[0]
        return [(x * scale, y * scale) for x, y in points]

    if request.layout is not None:
        layout = load_layout(request.layout)
        # Sides are rounded to even pixels, which small pictures notice.
        slack = 0.01 + 2.0 / min(layout.size[1], plate.height)
        if abs(layout.size[0] / layout.size[1] - plate.width / plate.height) > slack:
            raise LayoutError(
                f"{request.layout}: was made for a {layout.size[0]}x{layout.size[1]} picture, this "
                f"plate is {plate.width}x{plate.height}. Make a new layout for it."
            )
        layout = resized(layout, plate.width, plate.height)
    else:
        # Fitted at one size, so that a small take has the same building as the full shot.
        work = plate.fitted((min(LAYOUT_WORK, max(plate.native)),) * 2)
        layout = _laid_out(
            request.plate,
            image if work is plate else still_of(work, request.frames),
            exif=plate.exif,
            outline=px(request.outline, work) or None,
            lines=[tuple(px(line, work)) for line in request.lines],
            walls=[tuple(px(wall, work)) for wall in request.walls],
            lens=request.lens,
            height=request.height,
            storeys=request.storeys,
            bays=request.bays,
            roof=request.roof,
            eye_height=request.eye_height,
        )
        layout = resized(layout, plate.width, plate.height)
    progress(0.7)
    matte = building_matte(image, layout)
    light_file = request.layout.with_name("light.toml") if request.layout else None
    if light_file is not None and light_file.is_file() and request.sun is None:
        light = load_light(light_file)
    else:
        light = estimate_light(
            image,
            layout,
            shadow=px(request.shadow) or None,
            sky=sky_mask(image) * (1 - matte),
            exif=plate.exif,
        )
        if request.sun is not None:
            light = light.model_copy(
                update={
                    "direction": sun_vector(*request.sun),
                    "source": "--sun",
                    "uncertainty": 0.0,
                }
            )
    progress(0.9)
    save_layout(layout, folder / "layout.toml")
    save_light(light, folder / "light.toml")
    np.save(folder / "matte.npy", matte.astype(np.float32))
    np.save(folder / "still.npy", image)
    save_png(folder / "layout.png", draw_layout(image, layout, light, matte))


def _laid_out(plate: Path, image: np.ndarray, **strokes: Any) -> Layout:
    try:
        return make_layout(image, **strokes)
    except NoBuilding as error:
        raise NoBuilding(f"{plate}: {error}") from error


def still_of(plate: Plate, frames: int) -> np.ndarray:
    """The still, or the temporal median of up to 15 frames of a clip."""
    if plate.still:
        return plate.read(0)
    picks = np.unique(np.linspace(0, min(plate.frames, frames) - 1, 15).astype(int))
    # Half precision halves the memory of the stack; the median of 8-bit footage survives it.
    stack = np.stack([plate.read(int(i)).astype(np.float16) for i in picks])
    return np.median(stack, axis=0).astype(np.float32)


def resized(layout: Layout, width: int, height: int) -> Layout:
    """The same layout for another picture size of the same aspect."""
    s = width / layout.size[0]
    camera = layout.camera.model_copy(
        update={"focal": layout.camera.focal * s, "focal_sigma": layout.camera.focal_sigma * s}
    )
    return layout.model_copy(
        update={
            "size": (width, height),
            "camera": camera,
            "outline": [(x * s, y * s) for x, y in layout.outline],
            "gaps": [[(x * s, y * s) for x, y in gap] for gap in layout.gaps],
        }
    )


def sun_vector(azimuth: float, elevation: float) -> tuple[float, float, float]:
    """Unit vector to the sun; azimuth 0 is straight away from the camera, 90 to its right."""
    a, e = np.radians([azimuth, elevation])
    return (
        float(np.sin(a) * np.cos(e)),
        float(np.cos(a) * np.cos(e)),
        float(np.sin(e)),
    )


def save_light(light: Light, path: Path) -> None:
    """Editable TOML of the light."""
    doc = tomlkit.document()
    doc.add(tomlkit.comment("The light of the plate. Edit, then run with --layout layout.toml."))
    doc.add(tomlkit.comment("direction points to the sun: x right, y away from the camera, z up."))
    values: dict[str, Any] = light.model_dump(mode="json")
    for key, value in values.items():
        doc.add(key, value)
    write_toml(doc, path)


def load_light(path: Path) -> Light:
    """Read what `save_light` wrote. Raises LayoutError naming the file and the field."""
    values = read_toml(path, LayoutError, "the light.toml of a take")
    try:
        return Light(**values)
    except (ValidationError, TypeError) as error:
        raise LayoutError(f"{path}: is not a light file ({error}).") from error

"""From a plate and a few strokes to camera and building."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.layout.assemble import Wishes, build
from setpiece.collapse.layout.corner import found_corner
from setpiece.collapse.layout.model import CameraModel, Layout
from setpiece.collapse.layout.propose import propose_outline
from setpiece.collapse.layout.segments import find_segments, shared_corner
from setpiece.collapse.layout.strokes import Point, clean_lines, clean_outline
from setpiece.collapse.layout.tiers import tower_view
from setpiece.collapse.layout.towers import is_tower
from setpiece.collapse.layout.vanishing import DIAGONAL, PRIOR_MM, View, solve_view
from setpiece.errors import LayoutError
from setpiece.render.camera import Camera

F64 = NDArray[np.float64]
#: Height of a storey where nothing better is known [m].
STOREY = 3.2
_SAID_TOWER = "The horizon is where the tower's level edges stop bending, to +-{:.1f} degrees."
_ROOFS = ("flat", "gable", "hip", "pyramid")


def make_layout(
    image: NDArray[np.float32],
    *,
    exif: Any = None,
    outline: Sequence[Point] | None = None,
    lines: Sequence[Sequence[Point]] = (),
    walls: Sequence[Sequence[Point]] = (),
    lens: float | None = None,
    height: float | None = None,
    storeys: int | None = None,
    bays: int | None = None,
    roof: str | None = None,
    eye_height: float | None = None,
) -> Layout:
    """Propose camera and building for a plate.

    Args:
        image: (h, w, 3) float32 scene-linear Rec.709. All strokes are pixels of it.
        exif: object with `focal_35mm` (mm or None).
        outline: polygon around the building, what foreground hides included.
        lines: pairs of points along edges that are level in the world.
        walls: quadrilaterals, each the rectangle of a wall.
        lens: focal length [mm], 35 mm equivalent; wins over EXIF.
        height: of the building with its roof [m]. storeys, bays: counts along the main wall.
        roof: "flat", "gable", "hip", "pyramid", with a pitch if wanted: "gable:35".
        eye_height: of the camera above the building's foot [m].

    Raises:
        LayoutError: strokes or numbers that describe no building (named).
        NoBuilding: no outline was given and the plate shows none.
    """
    if image.ndim != 3 or image.shape[2] != 3 or min(image.shape[:2]) < 16:
        raise LayoutError(f"layout: needs a picture (h, w, 3), has {image.shape}")
    h, w = image.shape[:2]
    picture = np.nan_to_num(np.asarray(image, np.float32), nan=0.0, posinf=1e4, neginf=0.0)
    kind, pitch = parse_roof(roof)
    _check("lens", lens, 4, 2000)
    _check("height", height, 1, 1500)
    _check("storeys", storeys, 1, 120)
    _check("bays", bays, 1, 200)
    _check("eye height", eye_height, 0.05, 5000)
    level, quads = clean_lines(lines, "line", 2), clean_lines(walls, "wall", 4)
    notes: list[str] = []
    proposed = outline is None
    if outline is None:
        shape, notes = propose_outline(picture)
    else:
        shape, notes = clean_outline(outline, w, h)
    mm, source = lens, f"lens {lens:g} mm, given" if lens else ""
    if mm is None and getattr(exif, "focal_35mm", None):
        mm, source = float(exif.focal_35mm), f"lens {exif.focal_35mm:g} mm, EXIF"
    if mm is not None and not 4 <= mm <= 2000:
        notes.append(f"EXIF names a lens of {mm:g} mm, which was not believed.")
        mm = None
    segments = find_segments(picture, shape, level, quads)
    view = solve_view(segments, w, h, mm)
    wishes = Wishes(height, storeys, bays, kind, pitch, eye_height)
    tower = kind in (None, "pyramid") and is_tower(shape, w, h)
    if tower:
        view = tower_view(segments, shape, view, w, h, mm)
        notes.append(_SAID_TOWER.format(np.degrees(view.tilt_sigma)))
    if mm is None:
        source = _source(view, bool(len(level) or len(quads)), w, h, notes)
    if not tower or view.tilt_sigma > np.radians(4):
        view, said = _stand(view, shape, wishes, w, h)
        notes += said
    camera = Camera.from_angles(
        view.focal, w, h, eye_height=0.0, tilt=np.degrees(view.tilt), roll=np.degrees(view.roll)
    )
    corner = shared_corner(quads, float(np.hypot(w, h)))
    if corner is None and not tower:
        corner = found_corner(segments, view, shape, w, h)
    built = build(picture, shape, camera, view, wishes, corner)
    model = CameraModel(
        focal=view.focal, tilt=float(np.degrees(view.tilt)), roll=float(np.degrees(view.roll)),
        eye_height=built.eye_height, focal_sigma=view.focal_sigma,
        tilt_sigma=float(np.degrees(view.tilt_sigma)), source=source,
    )  # fmt: skip
    return Layout(
        size=(w, h), camera=model, outline=[(float(x), float(y)) for x, y in shape],
        prisms=built.prisms, scale_source=built.scale_source, proposed=proposed,
        notes=notes + built.notes,
    )  # fmt: skip


def parse_roof(roof: str | None) -> tuple[str | None, float | None]:
    """("gable", 35.0) from "gable:35". Raises LayoutError."""
    if roof is None:
        return None, None
    kind, _, angle = roof.strip().lower().partition(":")
    if kind not in _ROOFS:
        raise LayoutError(
            f'roof "{roof}": give one of {", ".join(_ROOFS)}, or with a pitch: gable:35'
        )
    if not angle:
        return kind, None
    try:
        pitch = float(angle)
    except ValueError:
        raise LayoutError(f'roof "{roof}": "{angle}" is not a pitch in degrees') from None
    if not 3 <= pitch <= 72:
        raise LayoutError(f'roof "{roof}": the pitch must be 3 to 72 degrees')
    return kind, pitch


def _check(name: str, value: float | None, low: float, high: float) -> None:
    if value is not None and not low <= value <= high:
        raise LayoutError(f"{name}: {value:g} is out of range, give {low:g} to {high:g}")


def _source(view: View, drawn: bool, w: int, h: int, notes: list[str]) -> str:
    share = view.focal_sigma / view.focal
    mm = view.focal / np.hypot(w, h) * DIAGONAL
    if share > 0.2:
        notes.append(
            f"The focal length cannot be seen in this view ({mm:.0f} mm, +-{share:.0%}); "
            "give --lens if you know it."
        )
        return f"assumed, about {PRIOR_MM:g} mm"
    return "level edges drawn by the artist" if drawn else "vanishing points found in the plate"


def _stand(view: View, outline: F64, wishes: Wishes, w: int, h: int) -> tuple[View, list[str]]:
    """Where the horizon is not well seen, assume a camera at a person's eye."""
    if view.tilt_sigma < np.radians(0.6):
        return view, []
    low, high = outline[:, 1].max(), outline[:, 1].min()
    tall = wishes.height or (wishes.storeys or max(1.0, 2.0)) * STOREY
    wanted = wishes.eye_height or 1.65
    spread = 0.1 if wishes.eye_height else 0.5
    if not (wishes.height or wishes.storeys):
        spread = float(np.hypot(spread, 0.9))  # two storeys or ten: the scale is a guess itself
    shift = np.radians(np.linspace(-15, 15, 301))
    tilt = view.tilt + shift
    horizon = h / 2 + view.focal * np.tan(tilt)
    eye = np.maximum((low - horizon) / max(low - high, 1.0), 0.005) * tall
    # Cranes and windows exist: a camera far above eye height costs a certain amount, no more.
    odd = (np.log(eye / wanted) / spread) ** 2
    cost = (shift / view.tilt_sigma) ** 2 + (
        odd if wishes.eye_height else np.where(eye > wanted, np.minimum(odd, 2.5), odd)
    )
    best = int(cost.argmin())
    if abs(shift[best]) < np.radians(0.3):
        return view, []
    sigma = view.tilt_sigma * 0.7
    return replace(view, tilt=float(tilt[best]), tilt_sigma=float(sigma)), [
        "The horizon is weakly seen; it was moved towards a camera at eye height. "
        "Level edges (--line) fix it."
    ]

"""The building in metres: blocks that fill the outline, their scale, storeys and openings."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.layout.cornice import without_mouldings
from setpiece.collapse.layout.extras import add_blocks
from setpiece.collapse.layout.facade import furnish, sides_seen
from setpiece.collapse.layout.fit import fit_block
from setpiece.collapse.layout.model import Prism
from setpiece.collapse.layout.shapes import layout_faces, silhouette
from setpiece.collapse.layout.target import Target, make_target, scores
from setpiece.collapse.layout.towers import fit_tower
from setpiece.collapse.layout.vanishing import View
from setpiece.render.camera import Camera

F64 = NDArray[np.float64]
STOREY = 3.2
_FINE = 560


@dataclass(frozen=True)
class Wishes:
    """What the artist said in numbers; None where nothing was said."""

    height: float | None
    storeys: int | None
    bays: int | None
    roof: str | None
    pitch: float | None
    eye_height: float | None


@dataclass
class Built:
    """The building on z = 0 and what to say about it."""

    prisms: list[Prism]
    eye_height: float
    scale_source: str
    notes: list[str] = field(default_factory=list)


def build(
    picture: NDArray[np.float32],
    outline: F64,
    camera: Camera,
    view: View,
    wishes: Wishes,
    corner: F64 | None = None,
) -> Built:
    """Fit prisms to the outline. camera: eye at the origin, with the plate's size and angles.
    corner: upright edge (2, 2) [px] of the plate where two visible walls meet."""
    notes: list[str] = []
    target, fine = make_target(outline, camera), make_target(outline, camera, _FINE)
    guess = wishes.height or (wishes.storeys * STOREY if wishes.storeys else None)
    eye = wishes.eye_height or 1.65
    # Where the foot is out of the frame, only the camera's height tells how far down it is.
    ratio = eye / (guess or 7.0) if target.cut_bottom else None
    tower = fit_tower(fine, view.yaw) if wishes.roof in (None, "pyramid") else None
    if tower is not None:
        prisms = tower
        notes.append(f"A tower in {len(prisms)} tiers was fitted to the outline; it is taken to be "
                     "eight-sided.")  # fmt: skip
    else:
        plain = wishes.roof in (None, "flat")
        rough, sharp = (without_mouldings(t) if plain else t for t in (target, fine))
        block = fit_block(
            rough, sharp, view.yaw, view.yaw_sigma, wishes.roof, wishes.pitch, ratio,
            None if corner is None else corner / camera.width,
        )  # fmt: skip
        prisms = add_blocks(block, fine)
        if not sides_seen(prisms[0], target.camera):
            notes.append("Only the front is seen; the depth was guessed (0.7 of the width).")
    foot = min(p.base for p in prisms)
    prisms = [_moved(p, 1.0, -foot) for p in prisms]
    eye_units = -foot
    scale, source, said = _scale(prisms, eye_units, wishes, picture, camera)
    notes += said
    prisms = [_moved(p, scale, 0.0) for p in prisms]
    eye_height = eye_units * scale
    placed = replace(camera, position=np.array([0.0, 0.0, eye_height]))
    prisms, said = furnish(picture, prisms, placed, wishes)
    notes += said
    notes.append(_quality(prisms, placed, fine))
    for flag, side in ((target.cut_left, "left"), (target.cut_right, "right"),
                       (target.cut_top, "top"), (target.cut_bottom, "bottom")):  # fmt: skip
        if flag:
            notes.append(f"The building leaves the frame at the {side}; it was continued there.")
    return Built(prisms, float(eye_height), source, notes)


def _moved(p: Prism, scale: float, lift: float) -> Prism:
    roof = p.roof.model_copy(update={"overhang": float(min(p.roof.overhang * scale, 4.0))})
    return p.model_copy(
        update={
            "footprint": [(x * scale, y * scale) for x, y in p.footprint],
            "base": float(max((p.base + lift) * scale, 0.0)),
            "height": float(max(p.height * scale, 1e-3)),
            "roof": roof,
        }
    )


def _scale(
    prisms: list[Prism],
    eye: float,
    wishes: Wishes,
    picture: NDArray[np.float32],
    camera: Camera,
) -> tuple[float, str, list[str]]:
    """Metres per unit, where it comes from, notes."""
    total = max(float(f.points[:, 2].max()) for f in layout_faces(prisms))
    walls = max(p.base + p.height for p in prisms)
    if wishes.height:
        scale = wishes.height / total
        said = []
        if wishes.eye_height and abs(np.log(max(eye, 1e-6) * scale / wishes.eye_height)) > 0.2:
            said.append(
                f"--height {wishes.height:g} puts the camera {eye * scale:.1f} m up, not "
                f"{wishes.eye_height:g} m; the height was obeyed."
            )
        return scale, f"--height {wishes.height:g}", said
    if wishes.storeys:
        return wishes.storeys * STOREY / walls, f"{wishes.storeys} storeys x {STOREY:g} m", []
    if wishes.eye_height and eye > 1e-4:
        return wishes.eye_height / eye, f"--eye-height {wishes.eye_height:g}", []
    said = ["Nobody said how high the building is: metres are a guess. Give --height."]
    scale = 1.65 / max(eye, 1e-6)
    if 3.0 <= scale * total <= 30:
        return scale, "guess: camera at eye height, 1.65 m", said
    return 9.0 / total, "guess: 9 m high", said


def _quality(prisms: list[Prism], camera: Camera, target: Target) -> str:
    small = replace(target.camera, position=camera.position)
    iou, cover, _ = scores(target, silhouette(prisms, small))
    text = f"The model covers {cover:.1%} of the outline (overlap IoU {iou:.2f})."
    if iou < 0.8:
        text += " That is poor: draw the outline again, give --lens or level edges (--line)."
    return text

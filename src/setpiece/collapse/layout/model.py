"""What stands in the plate: camera, building, and how sure we are. Editable as `layout.toml`."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from setpiece.render.camera import Camera

Point = tuple[float, float]


class CameraModel(BaseModel):
    """The plate's camera at (0, 0, eye_height), looking along +Y turned by nothing.

    Angles in degrees, lengths in metres, focal length in pixels of the layout's `size`.
    The `*_sigma` fields are one standard deviation, honest ones.
    """

    model_config = ConfigDict(extra="forbid")

    focal: float = Field(gt=0)
    tilt: float = Field(0.0, ge=-89, le=89)
    roll: float = Field(0.0, ge=-45, le=45)
    eye_height: float = Field(1.6)
    focal_sigma: float = 0.0
    tilt_sigma: float = 0.0
    source: str = "default"


class Roof(BaseModel):
    """kind and pitch [degrees]; overhang of the eaves [m]; ridge along the longer side or not."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["flat", "gable", "hip", "pyramid"] = "flat"
    pitch: float = Field(35.0, ge=0, le=75)
    overhang: float = Field(0.0, ge=0, le=4)
    ridge: Literal["long", "short"] = "long"


class Opening(BaseModel):
    """A window or door in wall `face` (edge face -> face+1 of the footprint).

    left, right: metres along that edge from its first point; bottom, top: metres above the
    prism's base.
    """

    model_config = ConfigDict(extra="forbid")

    face: int
    left: float
    right: float
    bottom: float
    top: float


class Prism(BaseModel):
    """An upright block: footprint polygon (world x, y [m], counter-clockwise from above).

    A tower in tiers is several prisms with rising `base`; a round one a many-sided footprint.
    """

    model_config = ConfigDict(extra="forbid")

    footprint: list[Point] = Field(min_length=3, max_length=64)
    base: float = 0.0
    height: float = Field(gt=0)
    storeys: int = Field(1, ge=1, le=120)
    roof: Roof = Roof()
    openings: list[Opening] = []
    construction: Literal["frame", "masonry", "timber"] = "frame"


class Layout(BaseModel):
    """A proposal that the artist corrects.

    Attributes:
        size: plate size (width, height) [px] that all pixel coordinates refer to.
        outline: silhouette of the building in the plate [px], foreground included.
        prisms: the building in the world, ground at z = 0.
        gaps: polygons [px] where one sees through the building, between the columns of a gallery:
            what is behind shows there, and stays when the building goes.
        scale_source: where metres come from ("--height 9", "storeys x 3.2 m", "guess").
        proposed: True where the outline was found by us, not drawn by the artist.
        notes: everything the artist should know (what is unobservable, what was guessed).
    """

    model_config = ConfigDict(extra="forbid")

    size: tuple[int, int]
    camera: CameraModel
    outline: list[Point] = Field(min_length=3)
    prisms: list[Prism] = Field(min_length=1)
    gaps: list[Annotated[list[Point], Field(min_length=3)]] = []
    scale_source: str = "guess"
    proposed: bool = False
    notes: list[str] = []

    def view(self, width: int | None = None, height: int | None = None) -> Camera:
        """The camera, optionally for another picture size of the same aspect."""
        w, h = self.size
        c = self.camera
        cam = Camera.from_angles(c.focal, w, h, eye_height=c.eye_height, tilt=c.tilt, roll=c.roll)
        return cam if width is None or height is None else cam.resized(width, height)

    @property
    def centre(self) -> np.ndarray:
        """Middle of the building on the ground, world (x, y) [m]."""
        pts = np.concatenate([np.asarray(p.footprint) for p in self.prisms])
        return (pts.min(0) + pts.max(0)) / 2

    @property
    def top(self) -> float:
        """Height of the highest prism without its roof [m]."""
        return max(p.base + p.height for p in self.prisms)

"""The light of the plate: one sun, a sky, the ground's bounce, and haze."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

RGB = tuple[float, float, float]


class Light(BaseModel):
    """Light of the shot, scene-linear in the working space (linear Rec.709).

    A white Lambert surface (albedo 1) facing the sun in the open shows
    radiance ``sun + sky``; in full shadow facing up it shows ``sky``.
    Units are the plate's own: 1.0 is diffuse white as the plate records it.

    Attributes:
        direction: unit vector from the ground towards the sun, world coordinates.
        sun, sky, ground: RGB as above; `ground` is the bounce seen by faces that look down.
        softness: angular radius of the sun's penumbra [degrees]; large under cloud.
        haze: RGB that distance fades to.
        extinction: haze per metre; 0 is clear air.
        source: one line saying where the direction came from, for the artist.
        uncertainty: of the direction [degrees].
    """

    model_config = ConfigDict(frozen=True)

    direction: RGB = (-0.4, -0.6, 0.69)
    sun: RGB = (0.75, 0.7, 0.62)
    sky: RGB = (0.3, 0.34, 0.4)
    ground: RGB = (0.12, 0.11, 0.1)
    softness: float = Field(0.6, ge=0.0, le=45.0)
    haze: RGB = (0.7, 0.75, 0.8)
    extinction: float = Field(0.0, ge=0.0)
    source: str = "default"
    uncertainty: float = 45.0

"""The light of the plate: one sun, a sky, the ground's bounce, and haze."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
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
        shade: (height, slope along x, slope along y): sun reaches what is above the plane
            z = height + slope . (x, y) [m]; below it lies the shade of what the picture does
            not show (a street under its roofs). (0, 0, 0) is a street in the sun.
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
    shade: RGB = (0.0, 0.0, 0.0)
    source: str = "default"
    uncertainty: float = 45.0

    @property
    def to_sun(self) -> NDArray[np.float64]:
        """`direction` (3,), of length 1 to the last digit."""
        towards = np.array(self.direction, np.float64)
        return np.asarray(towards / max(float(np.linalg.norm(towards)), 1e-9))


def sunlit(light: Light, points: NDArray) -> NDArray[np.float32]:
    """1 where world points (..., 3) are in the sun, 0 below `light.shade`, soft over 1 m."""
    p = np.asarray(points, np.float32)
    height, x, y = light.shade
    if height <= 0:
        return np.ones(p.shape[:-1], np.float32)
    over = p[..., 2] - np.maximum(height + x * p[..., 0] + y * p[..., 1], 0)
    t = np.clip(over + 0.5, 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)

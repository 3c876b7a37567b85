"""Where the sun stands in a picture with a shadow in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from setpiece.errors import LayoutError
from setpiece.render.camera import Camera

Point = tuple[float, float]


@dataclass(frozen=True)
class SunFix:
    """direction: unit vector to the sun (3,), world. uncertainty: [degrees]. source: in words."""

    direction: NDArray[np.float64]
    uncertainty: float
    source: str


def from_shadow(
    camera: Camera, shadow: Sequence[Point], caster_height: float | None = None
) -> SunFix:
    """The sun from a shadow that the artist traced.

    Args:
        camera: the plate's.
        shadow: foot of something upright on the ground, tip of its shadow on the ground, and
            (third, optional) the point at its top that casts the tip [px].
        caster_height: height of what casts it [m], used where the third point is not given.

    Raises:
        LayoutError: not two or three points, a point that is not on the ground (at or above the
            horizon), or a shadow too short to measure.
    """
    if len(shadow) not in (2, 3):
        raise LayoutError(
            f"--shadow has {len(shadow)} points: give the foot of something upright, the tip of "
            'its shadow and, if you can, its top: "x,y x,y x,y"'
        )
    foot, tip = (
        _on_ground(camera, p, n) for p, n in zip(shadow, ("first", "second"), strict=False)
    )
    along = foot - tip  # from the tip of the shadow back to the caster: the sun's side
    length = float(np.hypot(along[0], along[1]))
    if length < 0.05 or np.hypot(*np.subtract(shadow[0], shadow[1])) < 4:
        raise LayoutError("--shadow is too short to measure: trace a longer one, foot then tip")
    if len(shadow) == 3:
        ray = camera.rays(np.array(shadow[2]))
        flat = foot[:2] - camera.position[:2]
        reach = float(flat @ ray[:2]) / max(float(ray[:2] @ ray[:2]), 1e-9)
        height = float(camera.position[2] + reach * ray[2])
        if reach <= 0 or height <= 0.05:
            raise LayoutError(
                "--shadow's third point must be above its first: the top of what casts the shadow"
            )
        source, error = "shadow line with its top, drawn by the artist", 6.0
    elif caster_height is not None:
        height = caster_height
        source, error = "shadow line drawn by the artist, height from the layout", 12.0
    else:
        height = length * np.tan(np.radians(40.0))
        source, error = "shadow line drawn by the artist; height of the sun is a guess", 25.0
    direction = np.array([along[0], along[1], height])
    return SunFix(direction / np.linalg.norm(direction), error, source)


def _on_ground(camera: Camera, point: Point, name: str) -> NDArray[np.float64]:
    ray = camera.rays(np.array(point, float))
    if ray[2] > -1e-4:
        raise LayoutError(
            f"--shadow's {name} point ({point[0]:.0f},{point[1]:.0f}) is at or above the horizon, "
            "so it is not on the ground: move it down"
        )
    return np.asarray(camera.position - ray * (camera.position[2] / ray[2]))

"""Where the sun stands at a moment and a place, and in a picture with a shadow in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

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


def sun_position(when: datetime, latitude: float, longitude: float) -> tuple[float, float]:
    """(azimuth clockwise from north, elevation above the horizon) of the sun [degrees].

    when: with a time zone (a naive time is taken as UTC). latitude, longitude: degrees, north
    and east positive. Low-precision formulas of J. Meeus, "Astronomical Algorithms" (2nd ed.,
    chapters 13 and 25), as in NOAA's solar calculator: within 0.05 degrees from 1900 to 2100,
    with refraction left out.
    """
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    days = (when - datetime(2000, 1, 1, 12, tzinfo=UTC)).total_seconds() / 86400.0
    t = days / 36525.0
    mean_longitude = 280.46646 + t * (36000.76983 + t * 0.0003032)
    anomaly = np.radians(357.52911 + t * (35999.05029 - t * 0.0001537))
    centre = (
        (1.914602 - t * (0.004817 + t * 0.000014)) * np.sin(anomaly)
        + (0.019993 - t * 0.000101) * np.sin(2 * anomaly)
        + 0.000289 * np.sin(3 * anomaly)
    )
    node = np.radians(125.04 - 1934.136 * t)
    apparent = np.radians(mean_longitude + centre - 0.00569 - 0.00478 * np.sin(node))
    tilt = np.radians(23.439291 - t * 0.0130042 + 0.00256 * np.cos(node))
    right_ascension = np.arctan2(np.cos(tilt) * np.sin(apparent), np.cos(apparent))
    declination = np.arcsin(np.sin(tilt) * np.sin(apparent))
    sidereal = np.radians(280.46061837 + 360.98564736629 * days + longitude)
    hour = sidereal - right_ascension
    lat = np.radians(latitude)
    up = np.sin(lat) * np.sin(declination) + np.cos(lat) * np.cos(declination) * np.cos(hour)
    north = np.cos(lat) * np.sin(declination) - np.sin(lat) * np.cos(declination) * np.cos(hour)
    east = -np.cos(declination) * np.sin(hour)
    azimuth = float(np.degrees(np.arctan2(east, north)) % 360.0)
    return azimuth, float(np.degrees(np.arcsin(np.clip(up, -1, 1))))


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

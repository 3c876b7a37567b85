"""What a real lens sees: points of the set onto the picture, and how much a shot size shows."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from setpiece.previs.model import Camera, Figure, Size, Vec3

SIZES: tuple[Size, ...] = ("ECU", "CU", "MCU", "MS", "MLS", "LS", "ELS")
SHOWN: dict[Size, float] = {
    "ECU": 0.16, "CU": 0.28, "MCU": 0.42, "MS": 0.58, "MLS": 0.84, "LS": 1.3, "ELS": 3.2,
}  # fmt: skip
"""Height of the picture at the subject, as a part of the subject's standing height."""
LENSES = (12.0, 14.0, 18.0, 21.0, 25.0, 27.0, 32.0, 35.0, 40.0, 50.0, 65.0, 75.0, 85.0, 100.0,
          135.0, 180.0)  # fmt: skip
HEADROOM = 0.1  # of the picture's height over the crown


def project(camera: Camera, points: Iterable[Vec3]) -> npt.NDArray[np.float64]:
    """Points (n, 3) in metres -> (n, 3): x, y from -1 (left, bottom) to 1, and depth in metres.

    What is behind the camera has a depth of nought or less, and no use for its x and y. The
    camera is taken at the start of its move; its up is the set's, turned by `roll`.
    """
    at = np.asarray(camera.position, np.float64)
    ahead = np.asarray(camera.target, np.float64) - at
    ahead /= max(float(np.linalg.norm(ahead)), 1e-9)
    right = np.cross(ahead, (0.0, 0.0, 1.0))
    if np.linalg.norm(right) < 1e-6:
        right = np.array((1.0, 0.0, 0.0))
    right /= np.linalg.norm(right)
    up = np.cross(right, ahead)
    roll = math.radians(camera.roll)
    right, up = (math.cos(roll) * right + math.sin(roll) * up,
                 math.cos(roll) * up - math.sin(roll) * right)  # fmt: skip
    offset = np.asarray(list(points), np.float64).reshape(-1, 3) - at
    depth = offset @ ahead
    safe = np.where(depth > 1e-6, depth, 1e-6)
    scale = 2 * camera.lens / camera.sensor
    x = offset @ right / safe * scale
    y = offset @ up / safe * scale * camera.ratio
    return np.stack([x, y, depth], axis=1)


def picture_height(camera: Camera, depth: float) -> float:
    """Metres that the picture's height spans at a depth."""
    return depth * camera.sensor / camera.ratio / camera.lens


def stature(figure: Figure) -> float:
    """What a shot size is a part of: standing height; of an animal, a little more than that."""
    return figure.build.height * (1.0 if figure.species == "human" else 1.25)


def measured_size(camera: Camera, figure: Figure) -> Size:
    """The size in which a figure is seen, told from the picture alone."""
    depth = float(project(camera, [figure.eyes])[0, 2])
    part = picture_height(camera, max(depth, 0.01)) / stature(figure)
    return min(SIZES, key=lambda size: abs(math.log(SHOWN[size] / part)))

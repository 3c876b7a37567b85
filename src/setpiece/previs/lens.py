"""What a real lens sees: points of the set onto the picture, and how much a shot size shows."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from setpiece.previs.model import Camera, Figure, Size, Vec3

SIZES: tuple[Size, ...] = ("ECU", "CU", "MCU", "MS", "MLS", "LS", "ELS")
SHOWN: dict[Size, float] = {
    "ECU": 0.13, "CU": 0.2, "MCU": 0.32, "MS": 0.47, "MLS": 0.76, "LS": 1.25, "ELS": 3.2,
}  # fmt: skip
"""Height of the picture at the subject, as a part of the subject's standing height: with HEADROOM
over the crown, the lower edge cuts a CU at the shoulders, an MCU at the chest, an MS at the waist,
an MLS above the knees, and an LS shows the feet (S. Katz, *Film Directing: Shot by Shot*, 1991)."""
LENSES = (12.0, 14.0, 18.0, 21.0, 25.0, 27.0, 32.0, 35.0, 40.0, 50.0, 65.0, 75.0, 85.0, 100.0,
          135.0, 180.0)  # fmt: skip
HEADROOM = 0.1  # of the picture's height over the crown


def project(camera: Camera, points: Iterable[Vec3]) -> npt.NDArray[np.float64]:
    """Points (n, 3) in metres -> (n, 3): x, y from -1 (left, bottom) to 1, and depth in metres.

    What is behind the camera has a depth of nought or less, and no use for its x and y. The
    camera is taken at the start of its move; its up is the set's, turned by `roll`.
    """
    # Plain arithmetic: a search asks this a hundred thousand times, of two or three points.
    ax, ay, az = camera.position
    fx, fy, fz = (t - p for t, p in zip(camera.target, camera.position, strict=True))
    far = max(math.sqrt(fx * fx + fy * fy + fz * fz), 1e-9)
    fx, fy, fz = fx / far, fy / far, fz / far
    level = math.hypot(fx, fy)
    rx, ry, rz = (fy / level, -fx / level, 0.0) if level >= 1e-6 else (1.0, 0.0, 0.0)
    ux, uy, uz = ry * fz - rz * fy, rz * fx - rx * fz, rx * fy - ry * fx
    if camera.roll:
        c, s = math.cos(math.radians(camera.roll)), math.sin(math.radians(camera.roll))
        rx, ry, rz, ux, uy, uz = (c * rx + s * ux, c * ry + s * uy, c * rz + s * uz,
                                  c * ux - s * rx, c * uy - s * ry, c * uz - s * rz)  # fmt: skip
    scale = 2 * camera.lens / camera.sensor
    out = []
    for x, y, z in points:
        x, y, z = x - ax, y - ay, z - az
        depth = x * fx + y * fy + z * fz
        by = scale / max(depth, 1e-6)
        out.append(((x * rx + y * ry + z * rz) * by,
                    (x * ux + y * uy + z * uz) * by * camera.ratio, depth))  # fmt: skip
    return np.array(out, np.float64).reshape(-1, 3)


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

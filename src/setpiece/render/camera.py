"""A pinhole camera in the world of the shot.

World: metres, right-handed, Z up, ground at z = 0. Camera axes follow OpenCV: x right, y down,
z forward. Pixels: origin top left, centres at +0.5.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Camera:
    """Where the plate was taken from, and with which lens (square pixels, no distortion).

    Attributes:
        position: eye in world coordinates [m], shape (3,).
        rotation: world to camera, shape (3, 3); rows are the camera's right, down and forward
            axes in world coordinates.
        focal: focal length [px].
        centre: principal point (x, y) [px].
        width, height: frame size [px].
    """

    position: Array
    rotation: Array
    focal: float
    centre: tuple[float, float]
    width: int
    height: int

    @staticmethod
    def from_angles(
        focal: float,
        width: int,
        height: int,
        *,
        eye_height: float = 1.6,
        tilt: float = 0.0,
        roll: float = 0.0,
        heading: float = 0.0,
    ) -> Camera:
        """Camera at (0, 0, eye_height) [m] looking along +Y.

        tilt: degrees, positive looks up. roll: degrees, positive turns the camera clockwise as
        seen from behind it (the horizon in the picture then turns anticlockwise).
        heading: degrees, positive turns right (towards +X).
        """
        t, r, h = np.radians([tilt, roll, heading])
        forward = np.array([np.sin(h) * np.cos(t), np.cos(h) * np.cos(t), np.sin(t)])
        right = np.array([np.cos(h), -np.sin(h), 0.0])
        down = np.cross(forward, right)
        rolled_right = np.cos(r) * right + np.sin(r) * down
        rolled_down = -np.sin(r) * right + np.cos(r) * down
        return Camera(
            position=np.array([0.0, 0.0, eye_height]),
            rotation=np.stack([rolled_right, rolled_down, forward]),
            focal=float(focal),
            centre=(width / 2.0, height / 2.0),
            width=width,
            height=height,
        )

    def project(self, points: Array) -> tuple[Array, Array]:
        """Pixel positions (..., 2) and depth along the optical axis (...) [m] of world points.

        Points behind the camera have depth <= 0 and meaningless pixels.
        """
        local = (np.asarray(points, float) - self.position) @ self.rotation.T
        depth = local[..., 2]
        safe = np.where(np.abs(depth) < 1e-9, 1e-9, depth)
        pixels = local[..., :2] / safe[..., None] * self.focal + np.array(self.centre)
        return pixels, depth

    def rays(self, pixels: Array) -> Array:
        """Unit world directions (..., 3) through pixel positions (..., 2)."""
        p = (np.asarray(pixels, float) - np.array(self.centre)) / self.focal
        local = np.concatenate([p, np.ones((*p.shape[:-1], 1))], axis=-1)
        local /= np.linalg.norm(local, axis=-1, keepdims=True)
        return local @ self.rotation

    def resized(self, width: int, height: int) -> Camera:
        """The same view at another picture size (same aspect, or nearly)."""
        s = width / self.width
        return Camera(
            self.position,
            self.rotation,
            self.focal * s,
            (self.centre[0] * s, self.centre[1] * height / self.height),
            width,
            height,
        )

    @property
    def horizon(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Two points (x, y) [px] of the horizon, at the left and right edge of the frame."""
        up = self.rotation @ np.array([0.0, 0.0, 1.0])
        out = []
        for x in (0.0, float(self.width)):
            u = (x - self.centre[0]) / self.focal
            y = -(up[0] * u + up[2]) / up[1] if abs(up[1]) > 1e-9 else 0.0
            out.append((x, y * self.focal + self.centre[1]))
        return out[0], out[1]

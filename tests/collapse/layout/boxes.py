"""Boxes of known size before a known camera, drawn as an artist's strokes."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from setpiece.render.camera import Camera

WIDTH, HEIGHT = 1200, 800
DIAGONAL_35 = 43.2666


@dataclass(frozen=True)
class Box:
    """camera; outline [px]; level lines; walls (two quads sharing the near corner); truth."""

    camera: Camera
    corners: np.ndarray
    outline: list[tuple[float, float]]
    lines: list[list[tuple[float, float]]]
    walls: list[list[tuple[float, float]]]
    size: tuple[float, float, float]
    mm: float


def see_box(
    mm: float, tilt: float, roll: float, yaw: float, size: tuple[float, float, float],
    noise: float = 0.0, seed: int = 0,
) -> Box:  # fmt: skip
    """A box seen on its corner, in the middle of the frame; yaw in degrees, 25 to 65."""
    w, d, h = size
    focal = mm / DIAGONAL_35 * float(np.hypot(WIDTH, HEIGHT))
    # far enough to be in the frame; the eye so high that it is in the middle of it
    distance = 1.4 * max(w + d, 1.6 * h) / 2 * focal / (0.5 * HEIGHT)
    eye = h / 2 - np.tan(np.radians(tilt)) * distance
    camera = Camera.from_angles(
        focal, WIDTH, HEIGHT, eye_height=max(eye, 1.5), tilt=tilt, roll=roll
    )
    drop = max(eye, 1.5) - eye  # a camera cannot be underground: the box stands on a hill
    a = np.radians(yaw)
    u, v = np.array([np.cos(a), np.sin(a)]), np.array([-np.sin(a), np.cos(a)])
    c = np.array([0.0, distance])
    foot = [c + x * u * w / 2 + y * v * d / 2 for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    points = np.array([[*p, z + drop] for z in (0.0, h) for p in foot])
    pixels, _ = camera.project(points)
    jitter = (
        np.random.default_rng(seed).normal(0, noise, (4, 2, 2)) if noise else np.zeros((4, 2, 2))
    )
    edges = [(0, 1), (4, 5), (0, 3), (4, 7)]
    lines = [
        [tuple(map(float, pixels[k] + j)) for k, j in zip(e, jit, strict=True)]
        for e, jit in zip(edges, jitter, strict=True)
    ]
    # from above the far corner of the roof is in view; from below the near one is in the way
    ring = [3, 0, 1, 5, 6 if camera.position[2] > h + drop else 4, 7]
    walls = [[4, 5, 1, 0], [7, 4, 0, 3]]
    quads = [[(float(pixels[k][0]), float(pixels[k][1])) for k in wall] for wall in walls]
    outline = [(float(x), float(y)) for x, y in pixels[ring]]
    return Box(camera, pixels, outline, lines, quads, size, mm)  # type: ignore[arg-type]


def picture(box: Box, windows: tuple[int, int] | None = None) -> np.ndarray:
    """The box as a scene-linear picture: two shades of wall before a sky, on a ground.

    windows: (storeys, bays) of dark openings on the first wall.
    """
    out = np.empty((HEIGHT, WIDTH, 3), np.float32)
    out[:] = (0.35, 0.5, 0.8)
    out[int(box.corners[:, 1].max()) - 4 :] = (0.12, 0.13, 0.11)
    for wall, colour in zip(box.walls, ((0.42, 0.36, 0.3), (0.24, 0.2, 0.17)), strict=True):
        cv2.fillPoly(out, [np.round(np.array(wall) * 16).astype(np.int32)], colour, cv2.LINE_AA, 4)
    if windows:
        storeys, bays = windows
        tl, tr, br, bl = (np.array(p) for p in box.walls[0])
        square = np.float32([[0, 0], [1, 0], [1, 1], [0, 1]])
        m = cv2.getPerspectiveTransform(square, np.float32([tl, tr, br, bl]))
        for s in range(storeys):
            for b in range(bays):
                x0, x1 = (b + 0.28) / bays, (b + 0.72) / bays
                y0, y1 = (s + 0.25) / storeys, (s + 0.72) / storeys
                q = np.float32([[[x0, y0], [x1, y0], [x1, y1], [x0, y1]]])
                cv2.fillPoly(
                    out, [np.round(cv2.perspectiveTransform(q, m)[0] * 16).astype(np.int32)],
                    (0.03, 0.035, 0.04), cv2.LINE_AA, 4,
                )  # fmt: skip
    return out

"""How much of the dust in a picture lies before points in it, for what is too small for depths of
its own: grains that fly in and out of a cloud."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from setpiece.render.camera import Camera
from setpiece.render.volume_kernel import BRICK
from setpiece.render.volume_light import LitVolume

F32 = NDArray[np.float32]
OPAQUE = 5.0  # optical depth past which nothing is seen


def seen_through(lit: LitVolume, camera: Camera, points: NDArray) -> F32:
    """What the dust between the camera and world points (n, 3) [m] lets through, (n,) 0..1.

    Point by point, in steps of a cell: the noise that `march` adds below a cell is left out.
    """
    points = np.ascontiguousarray(points, np.float32)
    out = np.empty(len(points), np.float32)
    volume = lit.volume
    _seen_through(
        volume.density, lit.empty, np.asarray(volume.origin, np.float64), float(volume.cell),
        np.ascontiguousarray(camera.position, np.float64), points, out,
    )  # fmt: skip
    return out


@njit(cache=True, nogil=True, fastmath=True)
def _seen_through(density, empty, origin, cell, eye, points, out):
    size = density.shape
    p, q, step = np.empty(3), np.empty(3), np.empty(3)
    for n in range(points.shape[0]):
        length = 0.0
        for a in range(3):
            p[a] = (points[n, a] - origin[a]) / cell
            q[a] = (eye[a] - origin[a]) / cell
            length += (q[a] - p[a]) ** 2
        length = np.sqrt(length)
        first, last = 0.0, length
        for a in range(3):
            step[a] = (q[a] - p[a]) / max(length, 1e-9)
            if abs(step[a]) < 1e-9:
                if p[a] < 0 or p[a] >= size[a]:
                    last = -1.0
                continue
            near, far = -p[a] / step[a], (size[a] - p[a]) / step[a]
            first, last = max(first, min(near, far)), min(last, max(near, far))
        depth, t = 0.0, first + 0.5
        while t < last and depth < OPAQUE:
            i = min(max(int(p[0] + t * step[0]), 0), size[0] - 1)
            j = min(max(int(p[1] + t * step[1]), 0), size[1] - 1)
            k = min(max(int(p[2] + t * step[2]), 0), size[2] - 1)
            free = empty[i // BRICK, j // BRICK, k // BRICK]
            if free > 0:  # so many bricks all around hold none
                t += max(BRICK * (free - 1), 1)
                continue
            depth += density[i, j, k] * cell
            t += 1.0
        out[n] = np.exp(-depth)


def compile_kernels() -> None:
    """Compile (or load) the kernel on one point."""
    from setpiece.render.light import Light
    from setpiece.render.volume_light import Volume, light_volume

    lit = light_volume(
        Volume(np.ones((4, 4, 4), np.float32), np.array([-2.0, 4.0, 0.0]), 1.0), Light()
    )
    seen_through(lit, Camera.from_angles(4.0, 4, 4), np.zeros((1, 3), np.float32))

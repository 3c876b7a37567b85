"""What the camera sees of the pieces at rest."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from setpiece.render.camera import Camera
from setpiece.render.scene import Mesh
from setpiece.render.tracing import Tracer

I64 = NDArray[np.int64]
F64 = NDArray[np.float64]


def first_hits(mesh: Mesh, camera: Camera) -> tuple[I64, F64]:
    """The face seen through the centre of each pixel, (h, w), -1 for none; and its distance along
    the ray [m], inf for none.
    """
    w, h = camera.width, camera.height
    tracer = Tracer(mesh.vertices, mesh.faces)
    prim = np.full((h, w), -1, np.int64)
    far = np.full((h, w), np.inf)
    x = np.arange(w) + 0.5
    for top in range(0, h, 64):  # in strips: the rays of a whole plate need not exist at once
        y = np.arange(top, min(top + 64, h)) + 0.5
        rays = camera.rays(np.stack(np.meshgrid(x, y), -1)).reshape(-1, 3).astype(np.float32)
        eye = np.repeat(camera.position[None].astype(np.float32), len(rays), 0)
        found, reach, _, _ = tracer.hits(eye, rays)
        prim[top : top + len(y)] = found.reshape(len(y), w)
        far[top : top + len(y)] = np.where(found >= 0, reach, np.inf).reshape(len(y), w)
    return prim, far

"""How the dust moves in the picture."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, map_coordinates

from setpiece.collapse.dust import Dust
from setpiece.render.camera import Camera

F32 = NDArray[np.float32]
BLOCK = 4  # cells along an edge of the blocks in which the motion of patches is averaged


def dust_motion(dust: Dust, frame: int, camera: Camera, depth: F32) -> F32:
    """Where the dust seen in `frame` is in the next one: float32 (h, w, 2) [px].

    depth: mean depth of the dust along the optical axis [m], (h, w), inf where there is none, at
    any size of `camera`'s picture. Found from the patches of noise that ride on the flow, which
    two frames' caches share; smooth over a few cells, 0 where nothing is known.
    """
    h, w = depth.shape
    out = np.zeros((h, w, 2), np.float32)
    seen = np.isfinite(depth) & (depth > 0.05) & (depth < 1e6)
    field = _drift(dust, frame)
    if field is None or not seen.any():
        return out
    ys, xs = np.nonzero(seen)
    view = camera.resized(w, h)
    far = depth[ys, xs].astype(np.float64)
    pixels = np.stack([xs + 0.5, ys + 0.5], axis=1)
    local = (pixels - np.array(view.centre)) / view.focal * far[:, None]
    at = np.column_stack([local, far]) @ view.rotation + view.position
    then, ahead = view.project(at + field(at))
    moved = np.where(ahead[:, None] > 0.05, then - pixels, 0)
    out[ys, xs] = np.clip(moved, -0.25 * w, 0.25 * w)
    return out


def _drift(dust: Dust, frame: int) -> Callable[[NDArray], NDArray] | None:
    """Displacement [m] at world points over the frame; None where nothing moves."""
    now, then = dust.patches(frame), dust.patches(frame + 1)
    if then is None:  # the last frame moves on as it came
        now, then = dust.patches(frame - 1), now
    if now is None or then is None:
        return None
    (here, key), (there, other) = now, then
    _, i, j = np.intersect1d(key, other, return_indices=True)
    if not len(i):
        return None
    size = dust.cell * BLOCK
    blocks = np.array([-(-n // BLOCK) for n in dust.shape])
    home = np.clip(np.floor((here[i] + 0.5) / BLOCK).astype(int), 0, blocks - 1)
    flat = np.ravel_multi_index(tuple(home.T), tuple(blocks))
    total = int(blocks.prod())
    known = np.bincount(flat, minlength=total).reshape(blocks).astype(np.float32)
    weight = gaussian_filter(known, 0.8, truncate=2.5)
    moved = (there[j] - here[i]).astype(np.float64) * dust.cell
    means = [
        gaussian_filter(
            np.bincount(flat, moved[:, a], total).reshape(blocks).astype(np.float32), 0.8,
            truncate=2.5,
        ) / np.maximum(weight, 1e-3)
        for a in range(3)
    ]  # fmt: skip
    corner = np.asarray(dust.origin)

    def at(points: NDArray) -> NDArray:
        where = ((points - corner) / size - 0.5).T
        return np.stack([map_coordinates(m, where, order=1, mode="nearest") for m in means], 1)

    return at

"""Light that comes back from faces near by and from the ground: one bounce.

A ray over the hemisphere that meets a face brings that face's own light instead of the sky's. Its
tone is the mean of what the camera sees of its piece in this frame, so nothing has to be shaded
twice; its sun is one more ray. What reaches it from elsewhere is taken as even.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numba import njit
from numpy.typing import NDArray

from setpiece.render.tracing import J, Tracer

F32 = NDArray[np.float32]
I32 = NDArray[np.int32]
Shadow = Callable[[F32], F32]
OPEN = 0.5  # of sky and ground that a face among others sees
SOFT = 0.04  # m: a start off the face, against its own shadow


def tones(pixel: I32 | NDArray[np.int64], base: F32, ids: I32, count: int) -> F32:
    """Mean albedo of each piece (count + 1, 3) over what the camera sees; the last is of all.

    pixel (n,), base (n, 3): hits and what light is multiplied by there. ids: piece of each pixel
    (p,). Pieces that are not seen have the mean of all.
    """
    owner = ids[pixel]
    known = owner >= 0
    total = np.bincount(owner[known], minlength=count)[:count].astype(np.float64)
    mean = base.mean(0) if len(base) else np.full(3, 0.35)
    out = np.empty((count + 1, 3), np.float32)
    for k in range(3):
        sums = np.bincount(owner[known], base[known, k], count)[:count]
        # A few hits of a piece say little: the mean of all counts as eight.
        out[:count, k] = (sums + 8 * mean[k]) / (total + 8)
    out[count] = mean
    return np.clip(out, 0, 0.8)


def bounced(
    tracer: Tracer,
    body: I32,
    tone: F32,
    point: F32,
    towards: F32,
    hidden: NDArray[np.bool_],
    sun: NDArray[np.float64],
    lights: tuple[NDArray, NDArray, NDArray, NDArray],
    shadow: Shadow | None,
) -> F32:
    """Radiance (n, 3) that arrives at points (n, 3) along rays towards (n, 3) from what is near.

    body: piece of each triangle. tone: see `tones`. hidden: whether a face stops the ray, (n,);
    rays that nothing stops bring light where they go down to the ground z = 0, else nothing.
    lights: sun, sky, ground, indoors, each (3,). shadow: sun through dust at world points.
    """
    out = np.zeros((len(point), 3), np.float32)
    at = point.copy()
    normal = np.zeros_like(point)
    normal[:, 2] = 1
    piece = np.full(len(point), -2, np.int32)  # -2: no light, -1: the ground
    stopped = np.flatnonzero(hidden)
    if len(stopped):
        face, far, facing = tracer.faces(point[stopped], towards[stopped])
        met = face >= 0
        found = stopped[met]
        at[found] = point[found] + towards[found] * far[met, None]
        length = np.linalg.norm(facing[met], axis=1, keepdims=True)
        facing = facing[met] / np.maximum(length, 1e-20)
        away = (facing * towards[found]).sum(1) > 0
        facing[away] *= -1
        normal[found] = facing
        piece[found] = np.where(body[face[met]] >= 0, body[face[met]], len(tone) - 1)
    down = np.flatnonzero(~hidden & (towards[:, 2] < -0.02) & (point[:, 2] > 0))
    at[down] += towards[down] * (point[down, 2] / -towards[down, 2])[:, None]
    piece[down] = -1
    lit = np.flatnonzero(piece > -2)
    if not len(lit):
        return out
    start = at[lit] + np.float32(SOFT) * normal[lit]
    away = np.ascontiguousarray(np.broadcast_to(sun.astype(np.float32), start.shape))
    # Only what faces the sun has to be asked whether it sees it.
    facing_sun = (normal[lit] @ sun.astype(np.float32)) > 0
    clear = np.zeros(len(lit), np.float32)
    ask = np.flatnonzero(facing_sun)
    if len(ask):
        clear[ask] = ~tracer.occluded(start[ask], away[ask])
        if shadow is not None:
            clear[ask] *= shadow(start[ask])
    _reflect(lit, piece, normal, clear, tone, sun, *lights, out)
    return out


@njit(**J)
def _reflect(lit, piece, normal, clear, tone, sun, sun_rgb, sky, ground, indoors, out):
    for n in range(lit.shape[0]):
        i = lit[n]
        cosine = max(normal[i, 0] * sun[0] + normal[i, 1] * sun[1] + normal[i, 2] * sun[2], 0.0)
        up = 0.5 + 0.5 * normal[i, 2]
        for k in range(3):
            if piece[i] < 0:
                # The ground's light is given as it is in the open; here its sun may be hidden.
                sunny = sun_rgb[k] * cosine
                whole = sunny + sky[k] + 1e-9
                out[i, k] = ground[k] * (sunny * clear[n] + 0.75 * sky[k]) / whole
            else:
                even = OPEN * (sky[k] * up + ground[k] * (1 - up)) + indoors[k]
                out[i, k] = tone[piece[i], k] * (sun_rgb[k] * cosine * clear[n] + even)

"""What lies around the building for a frame: the ground's depth, what stands in front, where the
air is kept clear, and how much sun reaches a place through dust and over a shaded street."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

from setpiece.collapse.fragments import Bonds
from setpiece.collapse.inpaint.fields import encode, luminance
from setpiece.collapse.motion import Motion
from setpiece.render.camera import Camera
from setpiece.render.light import Light, sunlit
from setpiece.render.volume import LitVolume, Volume, sun_transmittance

F32 = NDArray[np.float32]
CUT_OFF = 0.55  # of the distance of the picture's lower edge, at which what it cuts off stands
# Dust that has just come past what stands in the street lies round its foot, and has not swallowed
# it: all but the lowest FOOT of its height counts as so much NEARER.
NEARER, FOOT = 0.8, 0.3
LEAF = 0.03  # of the picture's width, within which what touches no ground hangs on what does
THICK = 0.08  # of its distance, that a crown is thick at most to either side


def clear_of_camera(volume: Volume, camera: Camera, near: float, dust: float) -> Volume:
    """Keep the air around the camera clear, so that the shot stays a shot of the building.

    A real cloud swallows a camera that stands this close. How near dust may come is a share of
    the distance `near` [m] to the building: 55% to 85% for a normal amount, less the more dust the
    brief asks for; very heavy dust comes as it will.
    """
    share = float(np.clip((3.0 - dust) / 2.0, 0.0, 1.0))
    if share == 0.0:
        return volume
    d = volume.density
    forward = camera.rotation[2]
    start = np.asarray(volume.origin) + 0.5 * volume.cell - camera.position
    x, y, z = ((start[k] + volume.cell * np.arange(d.shape[k])) * forward[k] for k in range(3))
    low, high = 0.55 * share * near, (0.25 + 0.6 * share) * near
    if x.min() + y.min() + z.min() >= high:
        return volume
    out = np.empty_like(d)
    _cleared(d, x, y, z, low, max(high - low, 0.1), out)
    return replace(volume, density=out)


@njit(cache=True, nogil=True)
def _cleared(d, x, y, z, low, width, out):
    """Density that is gone `low` away from the camera and whole `width` further, (X, Y, Z)."""
    for i in range(d.shape[0]):
        for j in range(d.shape[1]):
            for k in range(d.shape[2]):
                t = min(max((x[i] + y[j] + z[k] - low) / width, 0.0), 1.0)
                out[i, j, k] = d[i, j, k] * np.float32(t * t * (3 - 2 * t))


def to_ground(camera: Camera, depth: F32) -> F32:
    """Depth of the solids, or of the ground plane where it is nearer (planar Z [m])."""
    h, w = depth.shape
    x = np.arange(w) + 0.5
    y = np.arange(h) + 0.5
    a = (x - camera.centre[0]) / camera.focal
    b = (y - camera.centre[1]) / camera.focal
    # world z of a point at planar depth 1 along each pixel's ray
    rise = (
        a[None, :] * camera.rotation[0, 2]
        + b[:, None] * camera.rotation[1, 2]
        + camera.rotation[2, 2]
    )
    ground = np.where(rise < -1e-6, -camera.position[2] / np.minimum(rise, -1e-6), np.inf)
    return np.minimum(depth, ground).astype(np.float32)


def front_depth(foreground: F32, camera: Camera, building: F32, picture: F32) -> F32 | None:
    """How far away what stands in front is: planar Z (h, w) [m], 0 where nothing is; None if bare.

    Each connected thing stands where its lowest pixel meets the ground, and never behind the
    building; one that the picture's lower edge cuts off stands nearer than that, and a leaf or twig
    by itself, up in the air, where the thing stands that it hangs on. It is about as
    thick as it is wide, and what is darker than its surroundings in `picture` (h, w, 3) lies
    deeper: dust threads between the leaves of a crown instead of cutting it like a card.
    """
    on = (foreground > 0.05).astype(np.uint8)
    if not on.any():
        return None
    h, w = on.shape
    near = float(building[np.isfinite(building)].min()) if np.isfinite(building).any() else 50.0
    ground = to_ground(camera, np.full_like(building, np.inf))
    count, labels = cv2.connectedComponents(on)
    stands, hangs = np.zeros(count, np.float32), np.zeros(count, bool)
    top, foot_row = np.zeros(count, np.float32), np.zeros(count, np.float32)
    order = np.argsort(labels, axis=None, kind="stable")
    for i, at in enumerate(np.split(order, np.cumsum(np.bincount(labels.ravel()))[:-1])[1:], 1):
        ys, xs = np.divmod(at, w)
        low = ys >= ys.max() - 1
        foot = float(np.median(ground[ys[low], xs[low]]))
        stands[i] = np.clip(foot, 0.25 * near, 0.95 * near)
        if ys.max() >= h - 2:
            stands[i] *= CUT_OFF
            foot_row[i] = -1  # the whole of it is above that already
        else:
            top[i], foot_row[i] = ys.min(), ys.max()
        hangs[i] = foot > near
    up = (foot_row[labels] - np.arange(h, dtype=np.float32)[:, None]) / FOOT
    up = np.clip(up / np.maximum(foot_row - top, 1)[labels], 0, 1)
    up *= up * (3 - 2 * up)
    depth = (stands[labels] * (1 - (1 - NEARER) * up)).astype(np.float32)
    alone, grounded = hangs[labels], (on > 0) & ~hangs[labels]
    if alone.any() and grounded.any():
        far, nearest = cv2.distanceTransformWithLabels(
            1 - grounded.astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
        )
        whose = np.zeros(int(nearest.max()) + 1, np.float32)
        whose[nearest[grounded]] = depth[grounded]
        depth = np.where(alone & (far < LEAF * w), whose[nearest], depth)
    wide = cv2.distanceTransform(on, cv2.DIST_L2, 3).astype(np.float32) * depth / camera.focal
    wide = np.minimum(wide, THICK * depth)
    return np.where(on > 0, depth + wide * _deeper(picture, on, max(2.0, w / 160)), 0)


def _deeper(picture: F32, on: NDArray[np.uint8], sigma: float) -> F32:
    """-1 (bright, so nearest) to 1 (dark, so deepest), against what of `on` is around, (h, w)."""
    light = luminance(encode(picture)) * on
    share = np.maximum(cv2.GaussianBlur(on.astype(np.float32), (0, 0), sigma), 1e-3)
    mean = cv2.GaussianBlur(light, (0, 0), sigma) / share
    off = (mean - light) * on
    spread = np.sqrt(cv2.GaussianBlur(off * off, (0, 0), sigma) / share)
    return np.asarray(np.clip(off / (1.5 * spread + 0.01), -1, 1), np.float32)


def sun_at(lit: LitVolume, light: Light, points: F32) -> F32:
    """Share of the sun at world points: through the dust, and above a shaded street."""
    return np.asarray(sun_transmittance(lit, points) * sunlit(light, points), np.float32)


def sun_on_ground(lit: LitVolume, light: Light, points: F32) -> F32:
    """The dust's shadow on the ground: none where the plate's ground has no sun to lose."""
    return np.asarray(1 - sunlit(light, points) * (1 - sun_transmittance(lit, points)), np.float32)


def settled_dust(motion: Motion, bonds: Bonds, seconds: float, dust: float) -> F32:
    """How much pale dust lies on each piece, (N,) 0..0.75.

    It settles within a second or two, for what breaks in the middle of a cloud is covered at once,
    and on what has come apart: a roof that rides down whole is as clean as it was.
    """
    broke = bonds.earliest(motion.bond_break, len(motion.rest))
    amount = np.clip((seconds - broke - 0.2) / 2.2, 0, 0.75) * min(dust, 1.0)
    return np.asarray(amount, np.float32)

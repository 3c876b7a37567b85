"""Looking through a lit volume along the camera's rays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from setpiece.render.camera import Camera
from setpiece.render.light import RGB, Light
from setpiece.render.volume_fill import between, calm, colour, enlarge, middle
from setpiece.render.volume_kernel import march_rays
from setpiece.render.volume_light import Grain, LitVolume

F32 = NDArray[np.float32]

# What the passes of sky (and of the ground, at 0.45 of it) are counted in: about what a thick bank
# under an even sky gives.
SKY_GAIN = 1.2414248

# How far light and what is left of the picture may differ around a pixel for it to be the mean of
# its neighbours instead of having a ray of its own.
ALIKE = 0.03
SIMILAR = 0.08  # the same for the four pixels beside it, whose mean is nearer

_NO_GRAIN = Grain(
    np.zeros((1, 1, 1, 3), np.int32), np.zeros((1, 8), np.float32), 1.0, 1,
    np.zeros((1, 1, 1), np.int8),
)  # fmt: skip


@dataclass(frozen=True)
class VolumePasses:
    """What the comp takes. Scene-linear, working space.

    Attributes:
        rgb: light from the dust, premultiplied, float32 (h, w, 3).
        transmittance: what is left of the picture behind, float32 (h, w).
        depth: mean depth of the dust along the optical axis [m], float32 (h, w); inf where none.
    """

    rgb: F32
    transmittance: F32
    depth: F32


def march(
    lit: LitVolume,
    camera: Camera,
    depth: F32,
    light: Light,
    *,
    albedo: RGB = (0.75, 0.71, 0.66),
    seed: int = 0,
    step: float = 1.0,
    half: bool = False,
) -> VolumePasses:
    """Render the dust in front of a scene.

    depth: of the solid scene along the optical axis [m], float32 (h, w), inf where there is
    none, 0 where no dust is asked for; its size may differ from the camera's. albedo: of thick
    dust. step: of the march, in cells of the volume. half: march at half the size and enlarge
    along the scene's edges, about four times as fast. No haze is added: fade by `depth` in the
    comp. Units as in `Light`.
    """
    return in_light(transport(lit, camera, depth, seed=seed, step=step, half=half), light, albedo)


def transport(
    lit: LitVolume,
    camera: Camera,
    depth: F32,
    *,
    seed: int = 0,
    step: float = 1.0,
    half: bool = False,
) -> F32:
    """What `march` finds before light has colours, float32 (h, w, 5).

    Channels: light of a sun, a sky and a ground of radiance 1 that comes from the dust, what is
    left of the picture behind, and mean depth of the dust along the optical axis [m].
    """
    depth = np.ascontiguousarray(np.minimum(depth, np.float32(1e7)), np.float32)
    h, w = depth.shape
    if not half:
        raw = _shoot(lit, camera, depth, step, seed)
    else:
        small_depth = np.ascontiguousarray(depth[1::2, 1::2] if min(h, w) > 1 else depth)
        small = _shoot(lit, camera, small_depth, step, seed, every=True)
        raw = np.zeros((h, w, 5), np.float32)
        raw[..., 3] = 1
        enlarge(small, small_depth, depth, raw)
    return raw


def in_light(raw: F32, light: Light, albedo: RGB) -> VolumePasses:
    """Passes from what `transport` found, in the colours of the shot. albedo: of thick dust."""
    tint = np.asarray(albedo, np.float32)
    sun = np.asarray(light.sun, np.float32) * tint
    sky = np.float32(SKY_GAIN) * np.asarray(light.sky, np.float32) * tint
    ground = np.float32(0.45 * SKY_GAIN) * np.asarray(light.ground, np.float32) * tint
    h, w = raw.shape[:2]
    rgb, left = np.empty((h, w, 3), np.float32), np.empty((h, w), np.float32)
    where = np.full((h, w), np.inf, np.float32)
    colour(raw, sun, sky, ground, rgb, left, where)
    return VolumePasses(rgb, left, where)


def _shoot(
    lit: LitVolume, camera: Camera, depth: F32, step: float, seed: int, *, every: bool = False
) -> F32:
    """As `transport`, at the size of depth. every: a ray for each pixel, where dust is even too."""
    h, w = depth.shape
    view = camera if (camera.width, camera.height) == (w, h) else camera.resized(w, h)
    volume = lit.volume
    grain = volume.grain or _NO_GRAIN
    out = np.zeros((h, w, 5), np.float32)
    wanted = np.ones((h, w), np.uint8)

    def rays(apart: int) -> None:
        march_rays(
            volume.density, lit.sun_depth, lit.around, lit.ratio, lit.empty,
            np.asarray(volume.origin, np.float64), float(volume.cell),
            np.asarray(view.position, np.float64), np.asarray(view.rotation, np.float64),
            float(view.focal), float(view.centre[0]), float(view.centre[1]), depth,
            np.asarray(lit.to_sun, np.float64), float(step), float(seed % 64),
            volume.grain is not None, grain.nearest, grain.patch, float(grain.reach),
            int(grain.ratio), grain.tile, wanted, apart, out,
        )  # fmt: skip

    if not every:
        # Every other pixel first, then those between that their neighbours do not tell.
        wanted[1::2] = 0
        wanted[:, 1::2] = 0
        rays(2)
        told = np.ascontiguousarray(out[::2, ::2])
        smooth = np.empty_like(told)
        calm(told, np.ascontiguousarray(depth[::2, ::2]), smooth)
        between(smooth, depth, np.float32(ALIKE), out, wanted)
        # Then the middles of the four, which tell some of those that are left.
        left = wanted.copy()
        left[1::2, 1::2] = 0
        wanted -= left
        rays(1)
        wanted = left
        middle(depth, np.float32(SIMILAR), out, wanted)
    rays(1)
    even = np.empty_like(out)
    calm(out, depth, even)
    return even


def compile_kernels() -> None:
    """Compile what this module needs."""
    from setpiece.render.volume_light import Volume, light_volume

    volume = Volume(np.ones((3, 3, 3), np.float32), np.array([-1.5, 4.0, 0.0]), 1.0)
    light = Light()
    lit = light_volume(volume, light)
    camera = Camera.from_angles(4.0, 4, 4)
    for half in (True, False):
        march(lit, camera, np.full((4, 4), np.inf, np.float32), light, half=half)

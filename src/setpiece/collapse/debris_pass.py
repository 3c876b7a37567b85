"""The debris of one frame: before, in and behind the dust, and how much of which size shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.checks import NONE_SEEN
from setpiece.collapse.surroundings import sun_at
from setpiece.render.camera import Camera
from setpiece.render.light import Light, sunlit
from setpiece.render.particles import Particles, in_sight, splat
from setpiece.render.tracing import Tracer
from setpiece.render.volume import LitVolume, VolumePasses
from setpiece.render.volume_before import seen_through

F32 = NDArray[np.float32]
HIDDEN = 0.02  # of a grain, that dust lets through at least for it to be drawn
SHOWS = 0.25  # of it, for it to count as seen
COUNTED = 0.45  # px of radius from which on grains are counted: all of these are made
PIXEL = (0.35, 0.71)  # px of radius: about one pixel across


@dataclass(frozen=True)
class DebrisPass:
    """What the comp takes, and what the checks do.

    Attributes:
        rgb: premultiplied light of the grains, dimmed by the dust before them, (h, w, 3).
        alpha: their cover, (h, w). veiled: the share of `alpha` where that dust is seen, (h, w).
        facts: of the grains that fly and are seen: `count` of those over COUNTED, their mean log
            size over it and the `largest` of those, and how many are about a `pixel` across.
    """

    rgb: F32
    alpha: F32
    veiled: F32
    facts: dict[str, Any]


def draw_debris(
    particles: Particles,
    camera: Camera,
    light: Light,
    depth: F32,
    *,
    lit: LitVolume | None,
    dust: VolumePasses | None,
    tracer: Tracer,
    front: F32,
    fps: float,
    seconds: float,
) -> DebrisPass | None:
    """Draw the grains that can be seen; None where there are none.

    depth: of the pieces (h, w) [m]. lit, dust: the frame's dust, and as it covers pieces and
    ground. tracer: the pieces. front: what stands before all of it (h, w).
    """
    grains = _some(particles, in_sight(particles, camera, depth))
    row, column, size = _on_screen(grains, camera, depth.shape)
    clear = np.ones(len(size), np.float32)
    if dust is not None and lit is not None:
        # To what lies behind it; before a grain in the air there is less.
        clear = dust.transmittance[row, column].copy()
        within = np.flatnonzero((clear < 0.98) & grains.velocity.any(1))
        before = seen_through(lit, camera, grains.position[within])
        clear[within] = np.maximum(clear[within], before)
    shown = np.flatnonzero(clear > HIDDEN)
    if not len(shown):
        return None
    grains, clear, size = _some(grains, shown), clear[shown], size[shown]
    bare = clear * (1 - front[row[shown], column[shown]])

    def sun(points: F32) -> F32:
        dust_and_street = sunlit(light, points) if lit is None else sun_at(lit, light, points)
        way = np.ascontiguousarray(np.broadcast_to(light.to_sun.astype(np.float32), points.shape))
        start = points + way * (2 * grains.radius[:, None])
        return np.asarray(dust_and_street * ~tracer.occluded(start, way), np.float32)

    rgb, alpha, veiled = splat(
        grains, camera, light, depth, fps=fps, seconds=seconds, shadow=sun, clear=clear
    )
    flying = grains.velocity.any(1) & (bare > SHOWS)
    return DebrisPass(rgb, alpha, veiled, _facts(size[flying]))


def _some(p: Particles, which: NDArray[np.int64]) -> Particles:
    return Particles(
        p.position[which], p.velocity[which], p.radius[which], p.colour[which], p.key[which],
        p.gloss[which],
    )  # fmt: skip


def _on_screen(
    p: Particles, camera: Camera, shape: tuple[int, ...]
) -> tuple[NDArray[np.int64], NDArray[np.int64], F32]:
    """Row and column of the pixel that each grain in sight is nearest to, and its radius [px]."""
    at, depth = camera.project(p.position.astype(np.float64))
    column, row = np.clip(at, 0, [shape[1] - 1, shape[0] - 1]).astype(np.int64).T
    return row, column, (p.radius * camera.focal / depth).astype(np.float32)


def _facts(size: F32) -> dict[str, Any]:
    counted = size[size >= COUNTED] / COUNTED
    pixel = int(((size >= PIXEL[0]) & (size < PIXEL[1])).sum())
    if not len(counted):
        return {**NONE_SEEN, "pixel": pixel}
    log = float(np.log(counted.astype(np.float64)).mean())
    return {"count": len(counted), "log": log, "largest": float(counted.max()), "pixel": pixel}

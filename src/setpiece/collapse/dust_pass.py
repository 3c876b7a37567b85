"""The dust of one frame in front of pieces and ground, and what it hides altogether."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.dust import Dust
from setpiece.collapse.dust_paint import answer, painted, view_of
from setpiece.render.camera import Camera
from setpiece.render.light import Light
from setpiece.render.motionblur import blur
from setpiece.render.volume import LitVolume, VolumePasses, in_light, transport

F32 = NDArray[np.float32]
EDGE = 3  # [px] that softness and filters reach
SHARE = 2.0  # most of the model's answer that one of two layers takes


@dataclass(frozen=True)
class Bare:
    """What the dust model needs of a frame: the whole shot's dust, which frame it is, and its
    coarse dust without noise, lit."""

    dust: Dust
    frame: int
    lit: LitVolume


class DustPass:
    """Marches the dust when the pieces' depth is known, which is before they are lit.

    What lies under opaque dust needs no light: in a collapse that is soon most of the building.
    """

    def __init__(
        self,
        lit: LitVolume,
        camera: Camera,
        light: Light,
        ground_depth: F32,
        albedo: tuple[float, float, float],
        *,
        seed: int,
        draft: bool,
        front_depth: F32 | None = None,
        bare: Bare | None = None,
    ) -> None:
        """ground_depth: planar Z (h, w) of the ground [m]. albedo: of thick dust. front_depth: of
        what stands in front of the building (h, w) [m], 0 where nothing does. bare: let the dust
        model paint (`collapse.dust_paint`); None leaves the dust as it was marched."""
        self.lit, self.camera, self.light = lit, camera, light
        self.ground_depth, self.albedo, self.seed, self.draft = ground_depth, albedo, seed, draft
        self.front_depth, self.bare = front_depth, bare
        self.passes: VolumePasses | None = None
        # The dust before what stands in front: that is veiled, not cut out.
        self.veil: VolumePasses | None = None
        # The dust between a piece's soft edge and what lies past it; None where there is no edge.
        self.behind: VolumePasses | None = None

    def hides(self, depth: F32, alpha: F32, motion: F32) -> NDArray[np.bool_]:
        """Pixels (h, w) whose solids cannot be seen, nor blur into ones that can.

        motion: (h, w, 2) to the next frame [px]; a shutter of 180 degrees shows half of it.
        """
        covered = (self.before(depth, alpha, motion).transmittance <= 0).astype(np.uint8)
        blurs = float(np.abs(motion).max(initial=0.0)) / 2
        reach = 2 * (int(blurs) + EDGE) + 1
        if reach > min(covered.shape):
            return np.zeros(covered.shape, bool)
        return cv2.erode(covered, np.ones((reach, reach), np.uint8)).astype(bool)

    def before(self, depth: F32, alpha: F32, motion: F32) -> VolumePasses:
        """The dust in front of solids and ground; fills `behind` and `veil` as well.

        depth, alpha (h, w) and motion (h, w, 2) are those of `hides`. On the edge of a piece, and
        where its motion smears it, one sees past it as well: there the dust is marched to both
        depths, or a clear outline would stand in the cloud.
        """
        if self.passes is not None:
            return self.passes
        solid = np.minimum(depth, self.ground_depth).astype(np.float32)
        cover = alpha if self.draft else _smeared(alpha, motion, depth)
        edge = (cover > 0.01) & (cover < 0.99) & (not self.draft)
        if edge.any():
            solid = _past_the_edge(solid, depth, edge, motion)
        raw = self._to(solid, self.draft)
        far = None
        if edge.any():
            far = self._to(np.where(edge, np.minimum(self.ground_depth, 1e6), 0), False)
        veil = None if self.front_depth is None else self._to(self.front_depth, self.draft)
        if self.bare is not None:
            raw, far, veil = self._paint(self.bare, raw, far, np.where(edge, cover, 1), veil, solid)
        if veil is not None:
            self.veil = in_light(veil, self.light, self.albedo)
        if far is not None:
            self.behind = in_light(_between(raw, far, edge), self.light, self.albedo)
        self.passes = in_light(raw, self.light, self.albedo)
        return self.passes

    def _paint(
        self, bare: Bare, raw: F32, far: F32 | None, cover: F32, veil: F32 | None, solid: F32
    ) -> tuple[F32, F32 | None, F32 | None]:
        """All three as the dust model sees them. It looks at what the eye gets, edges mixed, and as
        if nothing stood in front (a tree's leaves would be edges to it); each layer takes its
        share of the answer."""
        mixed = raw
        if far is not None:
            k = cover.astype(np.float32)[..., None]
            mixed = raw.copy()
            mixed[..., :4] = raw[..., :4] * k + far[..., :4] * (1 - k)
        where = np.where(mixed[..., 3] < 0.9999, mixed[..., 4], np.inf).astype(np.float32)
        view = view_of(bare.dust, bare.frame, bare.lit, self.camera, where, solid, self.seed)
        delta = answer(mixed, view)

        def share(layer: F32, most: float) -> F32:
            part = (1 - layer[..., 3]) / np.maximum(1 - mixed[..., 3], 1e-4)
            return painted(layer, delta, np.clip(part, 0, most))

        return (
            share(raw, SHARE) if far is not None else painted(raw, delta),
            None if far is None else share(far, SHARE),
            None if veil is None else share(veil, 1.0),
        )

    def _to(self, depth: F32, half: bool) -> F32:
        depth = depth.astype(np.float32)
        return transport(self.lit, self.camera, depth, seed=self.seed, half=half)


def _smeared(alpha: F32, motion: F32, depth: F32) -> F32:
    """Coverage (h, w) once the pieces are blurred by their motion."""
    _, cover = blur(np.zeros((*alpha.shape, 3), np.float32), alpha, motion, depth)
    return cover


def _past_the_edge(solid: F32, depth: F32, edge: NDArray[np.bool_], motion: F32) -> F32:
    """solid (h, w), with the depth of the nearest piece where only its smear reaches."""
    out = edge & ~np.isfinite(depth)
    reach = 2 * min(int(np.abs(motion).max(initial=0.0) / 4) + 2, 2 * EDGE) + 1
    near = cv2.erode(
        np.where(np.isfinite(depth), depth, np.float32(1e6)), np.ones((reach, reach), np.uint8)
    )
    return np.where(out & (near < 1e6), np.minimum(near, solid), solid).astype(np.float32)


def _between(raw: F32, far: F32, edge: NDArray[np.bool_]) -> F32:
    """Passes (h, w, 5) of the dust past `raw` and before the end of `far`, on edges alone."""
    left = np.maximum(raw[..., 3:4], 1e-3)
    out = far.copy()
    out[..., :3] = np.maximum(far[..., :3] - raw[..., :3], 0) / left
    out[..., 3:4] = np.clip(far[..., 3:4] / left, 0, 1)
    out[~edge] = (0, 0, 0, 1, np.inf)
    return out

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
from setpiece.render.volume import LitVolume, VolumePasses, in_light, transport

F32 = NDArray[np.float32]
EDGE = 3  # [px] that softness and filters reach


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

    def hides(self, depth: F32, alpha: F32, motion: F32) -> NDArray[np.bool_]:
        """Pixels (h, w) whose solids cannot be seen, nor blur into ones that can.

        motion: (h, w, 2) to the next frame [px]; a shutter of 180 degrees shows half of it.
        """
        covered = (self.before(depth, alpha).transmittance <= 0).astype(np.uint8)
        blurs = float(np.abs(motion).max(initial=0.0)) / 2
        reach = 2 * (int(blurs) + EDGE) + 1
        if reach > min(covered.shape):
            return np.zeros(covered.shape, bool)
        return cv2.erode(covered, np.ones((reach, reach), np.uint8)).astype(bool)

    def before(self, depth: F32, alpha: F32) -> VolumePasses:
        """The dust in front of solids (depth, alpha: (h, w)) and ground; fills `veil` as well.

        A pixel on the edge of a piece sees past it as well: there the dust is marched to both
        depths and mixed by coverage, or a clear outline would stand in the cloud.
        """
        if self.passes is not None:
            return self.passes
        solid = np.minimum(depth, self.ground_depth).astype(np.float32)
        raw = self._to(solid, self.draft)
        edge = (alpha > 0.01) & (alpha < 0.99)
        if not self.draft and edge.any():
            far = self._to(np.where(edge, np.minimum(self.ground_depth, 1e6), 0), False)
            k = alpha[edge][:, None].astype(np.float32)
            raw[edge, :4] = raw[edge, :4] * k + far[edge, :4] * (1 - k)
        veil = None if self.front_depth is None else self._to(self.front_depth, True)
        if self.bare is not None:
            raw, veil = self._paint(self.bare, raw, veil, solid)
        if veil is not None:
            self.veil = in_light(veil, self.light, self.albedo)
        self.passes = in_light(raw, self.light, self.albedo)
        return self.passes

    def _paint(self, bare: Bare, raw: F32, veil: F32 | None, solid: F32) -> tuple[F32, F32 | None]:
        """Both as the dust model sees them. It looks at the dust as if nothing stood in front (a
        tree's leaves would be edges to it); what veils takes its share of the answer."""
        far = np.where(raw[..., 3] < 0.9999, raw[..., 4], np.inf).astype(np.float32)
        view = view_of(bare.dust, bare.frame, bare.lit, self.camera, far, solid, self.seed)
        delta = answer(raw, view)
        if veil is None:
            return painted(raw, delta), None
        share = (1 - veil[..., 3]) / np.maximum(1 - raw[..., 3], 1e-4)
        return painted(raw, delta), painted(veil, delta, np.clip(share, 0, 1))

    def _to(self, depth: F32, half: bool) -> F32:
        depth = depth.astype(np.float32)
        return transport(self.lit, self.camera, depth, seed=self.seed, half=half)

"""The dust of one frame in front of pieces and ground, and what it hides altogether."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.render.camera import Camera
from setpiece.render.light import Light
from setpiece.render.volume import LitVolume, VolumePasses, march

F32 = NDArray[np.float32]
EDGE = 3  # [px] that softness and filters reach


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
    ) -> None:
        """ground_depth: planar Z (h, w) of the ground [m]. albedo: of thick dust."""
        self.lit, self.camera, self.light = lit, camera, light
        self.ground_depth, self.albedo, self.seed, self.draft = ground_depth, albedo, seed, draft
        self.passes: VolumePasses | None = None

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
        """The dust in front of solids (depth, alpha: (h, w)) and ground.

        A pixel on the edge of a piece sees past it as well: there the dust is marched to both
        depths and mixed by coverage, or a clear outline would stand in the cloud.
        """
        if self.passes is not None:
            return self.passes
        near = self._to(np.minimum(depth, self.ground_depth), self.draft)
        edge = (alpha > 0.01) & (alpha < 0.99)
        if self.draft or not edge.any():
            self.passes = near
            return near
        far = self._to(np.where(edge, np.minimum(self.ground_depth, 1e6), 0), False)
        k = np.where(edge, alpha, 1.0).astype(np.float32)
        self.passes = VolumePasses(
            near.rgb * k[..., None] + far.rgb * (1 - k)[..., None],
            near.transmittance * k + far.transmittance * (1 - k),
            near.depth,
        )
        return self.passes

    def veil(self, depth: F32) -> VolumePasses:
        """The dust before what stands in front (planar Z (h, w)): that is veiled, not cut out."""
        return self._to(depth, True)

    def _to(self, depth: F32, half: bool) -> VolumePasses:
        depth = depth.astype(np.float32)
        return march(
            self.lit, self.camera, depth, self.light, albedo=self.albedo, seed=self.seed, half=half
        )

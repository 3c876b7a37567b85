"""The dust of one frame in front of pieces and ground, and what it hides altogether."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

from setpiece.collapse.dust import Dust
from setpiece.collapse.dust_paint import answer, lay_on, quarter, view_of
from setpiece.collapse.wisps import Wisps
from setpiece.render.camera import Camera
from setpiece.render.light import Light
from setpiece.render.motionblur import blur_cover
from setpiece.render.volume import LitVolume, VolumePasses, in_light, transport

F32 = NDArray[np.float32]
EDGE = 3  # [px] that a piece's soft edge reaches
APART = 4  # px between the rays that ask whether dust hides what is behind it
LEFT = 0.03  # of what is behind: with less, one sample of it does for four
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

    What lies under opaque dust needs no light (`collapse.seen`): in a collapse that is soon most
    of the building.
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
        wisps: tuple[Wisps, int] | None = None,
    ) -> None:
        """ground_depth: planar Z (h, w) of the ground [m]. albedo: of thick dust. front_depth: of
        what stands in front of the building (h, w) [m], 0 where nothing does. bare: let the dust
        model paint (`collapse.dust_paint`); None leaves the dust as it was marched. wisps: how
        dust wraps round edges, and the frame; None ends it on them."""
        self.lit, self.camera, self.light = lit, camera, light
        self.ground_depth, self.albedo, self.seed, self.draft = ground_depth, albedo, seed, draft
        self.front_depth, self.bare, self.wisps = front_depth, bare, wisps
        self.passes: VolumePasses | None = None
        # The dust before what stands in front: that is veiled, not cut out.
        self.veil: VolumePasses | None = None
        # The dust between a piece's soft edge and what lies past it; None where there is no edge.
        self.behind: VolumePasses | None = None

    def hides(self, depth: F32) -> NDArray[np.bool_]:
        """Pixels (h, w) where dust hides nearly all; depth: of pieces (h, w) [m], about.

        Asked of a ray here and there, for the nearest of what is around it: few gaps are missed,
        and in one that is a piece has hard edges, no more.
        """
        near = cv2.erode(np.minimum(depth, self.ground_depth), _square(2 * APART + 1))
        asked = np.ascontiguousarray(quarter(near, APART))
        # Where there are no pieces nobody wants to know.
        there = cv2.dilate(np.isfinite(depth).astype(np.uint8), _square(4 * APART + 1))
        asked[quarter(there, APART) == 0] = 0
        left = self._to(asked, False)[..., 3]
        hidden = cv2.erode((left <= LEFT).astype(np.uint8), _square(3)) > 0
        h, w = depth.shape
        return hidden.repeat(APART, 0).repeat(APART, 1)[:h, :w]

    def before(self, depth: F32, alpha: F32, motion: F32) -> VolumePasses:
        """The dust in front of solids and ground; fills `behind` and `veil` as well.

        depth, alpha (h, w) and motion (h, w, 2) [px to the next frame] are the pieces'. On the
        edge of a piece, and where its motion smears it, one sees past it as well: there the dust
        is marched to both depths, or a clear outline would stand in the cloud.
        """
        if self.passes is not None:
            return self.passes
        if self.wisps is not None:
            depth = self.wisps[0].past(depth, self.wisps[1])
        solid = np.minimum(depth, self.ground_depth).astype(np.float32)
        cover = alpha if self.draft else blur_cover(alpha, motion, depth)
        edge = (cover > 0.01) & (cover < 0.99) & (not self.draft)
        if edge.any():
            solid = _past_the_edge(solid, depth, edge, motion)
        raw = self._to(solid, self.draft)
        far = None
        if edge.any():
            far = self._to(np.where(edge, np.minimum(self.ground_depth, 1e6), 0), False)
        veil = None if self.front_depth is None else self._to(self.front_depth, self.draft)
        if self.bare is not None:
            self._paint(self.bare, raw, far, np.where(edge, cover, np.float32(1)), veil, solid)
        if veil is not None:
            self.veil = in_light(veil, self.light, self.albedo)
        if far is not None:
            self.behind = in_light(_between(raw, far, edge), self.light, self.albedo)
        passes = in_light(raw, self.light, self.albedo)
        self.passes = passes if self.wisps is None else self.wisps[0].soft(passes, depth)
        return self.passes

    def _paint(
        self, bare: Bare, raw: F32, far: F32 | None, cover: F32, veil: F32 | None, solid: F32
    ) -> None:
        """All three, in place, as the dust model sees them. It looks at what the eye gets, edges
        mixed, and as if nothing stood in front (a tree's leaves would be edges to it); each layer
        takes its share of the answer."""
        mixed = raw
        if far is not None:
            mixed = raw.copy()
            _mix(far, cover, mixed)
        where = np.where(mixed[..., 3] < 0.9999, mixed[..., 4], np.inf).astype(np.float32)
        view = view_of(bare.dust, bare.frame, bare.lit, self.camera, where, solid, self.seed)
        delta = answer(mixed, view)

        asked = np.ascontiguousarray(mixed[..., 3])
        if far is None:
            lay_on(raw, delta)
        else:
            lay_on(raw, delta, asked, SHARE)
            lay_on(far, delta, asked, SHARE)
        if veil is not None:
            lay_on(veil, delta, asked)

    def _to(self, depth: F32, half: bool) -> F32:
        depth = depth.astype(np.float32)
        return transport(self.lit, self.camera, depth, seed=self.seed, half=half)


def _square(size: int) -> NDArray[np.uint8]:
    return np.ones((size, size), np.uint8)


@njit(cache=True, nogil=True)
def _mix(far, cover, out):
    """out (h, w, 5): the nearer layer, where it does not cover all mixed with the far one."""
    h, w = cover.shape
    for y in range(h):
        for x in range(w):
            k = cover[y, x]
            if k < 1:
                for c in range(4):
                    out[y, x, c] = out[y, x, c] * k + far[y, x, c] * (1 - k)


def _past_the_edge(solid: F32, depth: F32, edge: NDArray[np.bool_], motion: F32) -> F32:
    """solid (h, w), with the depth of the nearest piece where only its smear reaches."""
    out = edge & ~np.isfinite(depth)
    reach = 2 * min(int(np.abs(motion).max(initial=0.0) / 4) + 2, 2 * EDGE) + 1
    near = cv2.erode(np.where(np.isfinite(depth), depth, np.float32(1e6)), _square(reach))
    return np.where(out & (near < 1e6), np.minimum(near, solid), solid).astype(np.float32)


@njit(cache=True, nogil=True)
def _between(raw, far, edge):
    """Passes (h, w, 5) of the dust past `raw` and before the end of `far`, on edges alone."""
    h, w = edge.shape
    none = np.float32(0)
    out = np.empty_like(far)
    for y in range(h):
        for x in range(w):
            if not edge[y, x]:
                out[y, x, 0], out[y, x, 1], out[y, x, 2] = none, none, none
                out[y, x, 3], out[y, x, 4] = np.float32(1), np.float32(np.inf)
                continue
            left = max(raw[y, x, 3], np.float32(1e-3))
            for c in range(3):
                out[y, x, c] = max(far[y, x, c] - raw[y, x, c], none) / left
            out[y, x, 3] = min(max(far[y, x, 3] / left, none), np.float32(1))
            out[y, x, 4] = far[y, x, 4]
    return out


def compile_kernels() -> None:
    """Compile what this module needs."""
    raw, cover = np.zeros((1, 1, 5), np.float32), np.zeros((1, 1), np.float32)
    _mix(raw, cover, raw.copy())
    _between(raw, raw, cover > 0)

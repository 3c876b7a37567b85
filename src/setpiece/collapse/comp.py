"""One delivered frame: plate, clean plate, solids, debris, dust and foreground put together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.comp_pixels import differs, finish, stack, thin_out
from setpiece.collapse.edges import EdgeColours, edge_colours, split_edge
from setpiece.collapse.grain import LIVING, Grain, HeldStill, living_grain, match_softness
from setpiece.collapse.inpaint.fields import disc
from setpiece.collapse.shake import apply_shake, shake_path
from setpiece.render.light import Light

__all__ = [
    "CompInputs", "CompResult", "EdgeColours", "apply_shake", "comp_frame", "edge_colours",
    "shake_path", "split_edge", "still_matte",
]  # fmt: skip

F32 = NDArray[Any]  # float32; OpenCV's stubs do not say so
Mask = NDArray[np.bool_]

# What is weaker than this is nothing: below it the plate's own bits are delivered.
LEAST_DUST = 0.002
LEAST_SHADOW = 0.006
LEAST_EFFECT = 0.002
OWN_GRAIN_OF_PICTURE = 0.6  # of the plate's grain that a moving piece of plate texture carries


@dataclass(frozen=True)
class CompInputs:
    """Everything of one frame. Pictures float32, scene-linear Rec.709, (h, w, 3) or (h, w).

    Attributes:
        plate: this frame of the plate (held with living grain, or the clip's).
        clean: clean plate. hole: (h, w) bool where it differs from the plate.
        matte: (h, w) the building at rest, soft.
        frame, seed: of the grain.
        solids: passes with `rgb` (premultiplied), `alpha`, `ground_ratio` ((h, w) or (h, w, 3),
            light on plate and ground now over light at rest); None before anything moves.
        rest: the same passes of the building at rest: where `solids` agrees with it the building
            still stands and the plate is shown.
        debris_rgb, debris_alpha: premultiplied, dimmed by the dust before each grain;
            debris_veiled: the share of that alpha (h, w) where this dust is seen instead.
        dust_rgb, dust_transmittance: premultiplied light of the dust and what it lets through.
        behind_rgb, behind_transmittance: the same of the dust past the solids, where their soft
            edges let it be seen.
        foreground: (h, w) 0..1, the plate's own pixels in front of everything.
        foreground_shift: (h, w, 3) what the foreground's own colour has more or less than the
            plate's where its edge is soft, and shows the background that was.
        veil_rgb, veil_transmittance: dust between the camera and the foreground, if known.
        grain, light: of the plate. softness: its blur [px sigma].
        distance: of the building [m], for haze on what we add.
        clean_has_grain: share of the plate's grain that `clean` carries (a median of a clip: 0.2).
        shake: offset of this frame [px].
    """

    plate: F32
    clean: F32
    hole: Mask
    matte: F32
    frame: int
    seed: int = 0
    solids: Any | None = None
    rest: Any | None = None
    debris_rgb: F32 | None = None
    debris_alpha: F32 | None = None
    debris_veiled: F32 | None = None
    dust_rgb: F32 | None = None
    dust_transmittance: F32 | None = None
    behind_rgb: F32 | None = None
    behind_transmittance: F32 | None = None
    foreground: F32 | None = None
    foreground_shift: F32 | None = None
    veil_rgb: F32 | None = None
    veil_transmittance: F32 | None = None
    grain: Grain | None = None
    light: Light | None = None
    softness: float = 0.5
    distance: float = 0.0
    clean_has_grain: float = float(np.sqrt(1 - LIVING**2))
    shake: tuple[float, float] | None = None


@dataclass(frozen=True)
class CompResult:
    """The delivered frame.

    Attributes:
        rgb: (h, w, 3) float32, scene-linear, shaken.
        effect: (h, w) 0..1, how much was changed; where it is 0 `steady` is the plate, bit by bit.
        dust: (h, w, 4) float32, the dust as it is seen, premultiplied with its opacity, held out
            by the foreground and by debris that flies before it. Not shaken.
        steady: the frame before shake; the same array as `rgb` where there is none.
    """

    rgb: F32
    effect: F32
    dust: F32
    steady: F32


def comp_frame(inputs: CompInputs) -> CompResult:
    """Put one frame together. See `CompInputs` for what goes in."""
    i = inputs
    h, w = i.plate.shape[:2]
    if i.solids is None and i.dust_rgb is None and i.debris_rgb is None and i.veil_rgb is None:
        shown = i.plate if i.shake is None else apply_shake(i.plate, i.shake)
        nothing = np.zeros((h, w, 4), np.float32)
        return CompResult(shown, nothing[..., 0].copy(), nothing, i.plate)
    hold = _hold(i)
    ratio = _soft_ratio(i.solids, h, w)
    none1, none3 = np.zeros((1, 1), np.float32), np.zeros((1, 1, 3), np.float32)
    add_rgb, add_alpha, add_veil = _layer(i)
    dust_rgb, dust_alpha = _dust(i.dust_rgb, i.dust_transmittance, i)
    base, carried = np.empty((h, w, 3), np.float32), np.empty((h, w), np.float32)
    effect = np.empty((h, w), np.float32)
    past_rgb, past_alpha = none3, none1
    with_past = i.solids is not None and i.behind_rgb is not None
    if with_past:
        past_rgb, past_alpha = _dust(i.behind_rgb, i.behind_transmittance, i)
    stack(
        i.plate, i.clean, i.hole, hold, ratio,
        none3 if i.solids is None else i.solids.rgb,
        none1 if i.solids is None else i.solids.alpha, i.solids is not None,
        none3 if add_rgb is None else add_rgb, none1 if add_alpha is None else add_alpha,
        none1 if add_veil is None else add_veil, add_alpha is not None, dust_rgb, dust_alpha,
        np.float32(i.clean_has_grain), np.float32(OWN_GRAIN_OF_PICTURE), past_rgb, past_alpha,
        with_past, base, carried, effect,
    )  # fmt: skip
    soft, noise = none1, none3
    levels, sigma = np.array([0, 1], np.float32), np.zeros((2, 3), np.float32)
    if i.grain is not None:
        soft, noise = i.grain.level(base), living_grain(i.grain, (h, w), i.frame, i.seed + 1)
        levels, sigma = (np.asarray(x, np.float32) for x in (i.grain.levels, i.grain.sigma))
    front = np.zeros((h, w), np.float32) if i.foreground is None else i.foreground
    veil_rgb, veil_alpha = none3, none1
    veiled = i.veil_rgb is not None and i.veil_transmittance is not None
    if veiled:
        veil_rgb, veil_alpha = _dust(i.veil_rgb, i.veil_transmittance, i)
    steady, dust = np.empty((h, w, 3), np.float32), np.empty((h, w, 4), np.float32)
    finish(
        i.plate, base, carried, effect, soft, levels, sigma, noise, i.grain is not None,
        np.asarray(front, np.float32), none3 if i.foreground_shift is None else i.foreground_shift,
        i.foreground_shift is not None, veil_rgb, veil_alpha, veiled, dust_rgb, dust_alpha,
        np.float32(LEAST_EFFECT), steady, dust,
    )  # fmt: skip
    rgb = steady if i.shake is None else apply_shake(steady, i.shake)
    return CompResult(rgb, effect, dust, steady)


def still_matte(solids: Any, rest: Any, matte: F32) -> F32:
    """1 where the building still looks as at rest, 0 where it has moved or been relit, soft.

    Compared in colour and coverage. Changes are grown by two pixels so that no rim of the old
    position stays behind.
    """
    changed = np.empty(matte.shape, np.uint8)
    differs(solids.rgb, rest.rgb, solids.alpha, rest.alpha, matte, changed)
    # single pixels that flicker between samples are no motion
    grown = cv2.dilate(cv2.medianBlur(changed, 3), disc(2)).astype(np.float32)
    return 1 - np.minimum(cv2.GaussianBlur(grown, (0, 0), 1.0) * 1.02, 1)


def _hold(i: CompInputs) -> F32:
    """1 where the plate's own picture stays: outside the building, and where it still stands."""
    h, w = i.plate.shape[:2]
    if i.solids is None:
        return np.ones((h, w), np.float32)
    alpha = np.clip(i.solids.alpha, 0, 1)
    if i.rest is None:
        return np.where(i.hole, 0.0, 1 - alpha).astype(np.float32)
    still = still_matte(i.solids, i.rest, i.matte)
    # What no piece covers at rest (the ring of the hole, gaps between matte and model) stays as
    # long as the nearest piece of building does.
    bare = i.hole & (i.rest.alpha < np.maximum(0.3 * i.matte, 0.05))
    if bare.any() and not bare.all() and float(still.min()) < 1:
        built = (i.rest.alpha >= 0.05).astype(np.uint8)
        _, nearest = cv2.distanceTransformWithLabels(
            1 - built, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
        )
        state = np.ones(int(nearest.max()) + 1, np.float32)
        state[nearest[built > 0]] = still[built > 0]
        follow = cv2.GaussianBlur(state[nearest], (0, 0), max(1.0, 0.004 * max(h, w)))
        still = np.where(bare, np.minimum(still, follow), still)
    # beyond the hole the clean plate is the plate: only what covers it counts
    return np.where(i.hole, still, np.minimum(1, 1 - alpha)).astype(np.float32)


def _soft_ratio(solids: Any | None, h: int, w: int) -> F32:
    """Shadow on the plate; what is fainter than anyone sees is none at all."""
    ratio = getattr(solids, "ground_ratio", None)
    if ratio is None:
        return np.ones((h, w, 3), np.float32)
    r = np.asarray(ratio, np.float32)
    off = np.repeat(r[..., None], 3, 2) if r.ndim == 2 else r.copy()
    off -= 1
    # what is left of it beyond the least on either side
    off -= np.clip(off, np.float32(-LEAST_SHADOW), np.float32(LEAST_SHADOW))
    off += 1
    return off


def _layer(i: CompInputs) -> tuple[F32 | None, F32 | None, F32 | None]:
    """Debris and its veil as sharp as the plate's lens, seen through its haze."""
    rgb, alpha = i.debris_rgb, i.debris_alpha
    if rgb is None or alpha is None or float(alpha.max()) < LEAST_EFFECT:
        return None, None, None
    veil = np.zeros_like(alpha) if i.debris_veiled is None else i.debris_veiled
    rgb, both = match_softness(rgb, np.dstack([alpha, veil]), i.softness)
    alpha, veil = np.clip(both[..., 0], 0, 1), np.clip(both[..., 1], 0, 1)
    # What the dust hides has its haze already.
    return _hazed(rgb, alpha - veil, i), alpha, veil


def _dust(rgb: F32 | None, through: F32 | None, i: CompInputs) -> tuple[F32, F32]:
    """Dust with its faintest edge drawn to nothing, so that no contour shows where it ends."""
    h, w = i.plate.shape[:2]
    if rgb is None or through is None:
        return np.zeros((h, w, 3), np.float32), np.zeros((h, w), np.float32)
    out, alpha = np.empty((h, w, 3), np.float32), np.empty((h, w), np.float32)
    clear, veil = _haze(i)
    thin_out(
        np.asarray(rgb, np.float32), np.asarray(through, np.float32), np.float32(LEAST_DUST),
        np.float32(clear), veil, out, alpha,
    )  # fmt: skip
    return out, alpha


def _hazed(rgb: F32, alpha: F32, i: CompInputs) -> F32:
    clear, veil = _haze(i)
    if clear == 1:
        return np.asarray(rgb, np.float32)
    return np.asarray(rgb * np.float32(clear) + veil * alpha[..., None], np.float32)


def _haze(i: CompInputs) -> tuple[float, F32]:
    """(share of light that comes through the haze before the building, the haze's own (3,))."""
    if i.light is None or i.distance <= 0 or i.light.extinction <= 0:
        return 1.0, np.zeros(3, np.float32)
    clear = float(np.exp(-i.light.extinction * i.distance))
    return clear, np.array(i.light.haze, np.float32) * np.float32(1 - clear)


def compile_kernels() -> None:
    """Compile what this module needs."""
    one, three = np.ones((8, 8), np.float32), np.ones((8, 8, 3), np.float32)
    grain = Grain(np.array([0, 1], np.float32), np.zeros((2, 3), np.float32))
    comp_frame(
        CompInputs(
            three, three, one > 0, one, 0, dust_rgb=three, dust_transmittance=one, grain=grain
        )
    )
    HeldStill(grain, three, three).frame(0, 0)
    differs(three, three, one, one, one, np.empty((8, 8), np.uint8))

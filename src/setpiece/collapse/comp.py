"""One delivered frame: plate, clean plate, solids, debris, dust and foreground put together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.edges import EdgeColours, edge_colours, split_edge
from setpiece.collapse.grain import LIVING, Grain, living_grain, match_softness
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
        debris_rgb, debris_alpha: premultiplied.
        dust_rgb, dust_transmittance: premultiplied light of the dust and what it lets through.
        behind_rgb, behind_transmittance: the same of the dust past the solids, where their soft
            edges let it be seen.
        foreground: (h, w) 0..1, the plate's own pixels in front of everything.
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
    dust_rgb: F32 | None = None
    dust_transmittance: F32 | None = None
    behind_rgb: F32 | None = None
    behind_transmittance: F32 | None = None
    foreground: F32 | None = None
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
        dust: (h, w, 4) float32, the dust as laid over, premultiplied with its opacity, held out
            by the foreground. Not shaken.
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
    hold = _hold(i)
    ratio = _soft_ratio(i.solids, h, w)
    base, carried = _behind(i, hold, ratio)
    add_rgb, add_alpha = _layer(i.debris_rgb, i.debris_alpha, i)
    dust_rgb, dust_alpha = _dust(i.dust_rgb, i.dust_transmittance, i)
    if add_alpha is not None and add_rgb is not None:
        base = add_rgb + (1 - add_alpha[..., None]) * base
        carried = carried * (1 - add_alpha)
    base = dust_rgb + (1 - dust_alpha[..., None]) * base
    carried = carried * (1 - dust_alpha)
    outside = 1 - hold
    effect = np.maximum(outside, dust_alpha)
    if i.behind_transmittance is not None and i.solids is not None:
        seen = (1 - i.behind_transmittance) * (1 - np.clip(i.solids.alpha, 0, 1))
        effect = np.maximum(effect, seen)
    if add_alpha is not None:
        effect = np.maximum(effect, add_alpha)
    effect = np.maximum(effect, _most(np.abs(1 - ratio)) * hold)
    if i.grain is not None:
        missing = np.sqrt(np.clip(1 - carried**2, 0, 1))[..., None]
        noise = living_grain(i.grain, (h, w), i.frame, i.seed + 1)
        base = base + missing * i.grain.at(base) * noise
    front = np.zeros((h, w), np.float32) if i.foreground is None else np.clip(i.foreground, 0, 1)
    over = i.plate
    if i.veil_rgb is not None and i.veil_transmittance is not None:
        veil_rgb, veil_alpha = _dust(i.veil_rgb, i.veil_transmittance, i)
        over = veil_rgb + (1 - veil_alpha[..., None]) * i.plate
        effect = np.maximum(effect * (1 - front), veil_alpha * front)
    else:
        effect = effect * (1 - front)
    base = base * (1 - front[..., None]) + over * front[..., None]
    effect = np.where(effect < LEAST_EFFECT, 0, np.clip(effect, 0, 1)).astype(np.float32)
    steady = np.where(effect[..., None] > 0, np.maximum(base, 0), i.plate).astype(np.float32)
    rgb = steady if i.shake is None else apply_shake(steady, i.shake)
    dust = np.dstack([dust_rgb, dust_alpha]) * (1 - front[..., None])
    return CompResult(rgb, effect, dust.astype(np.float32), steady)


def still_matte(solids: Any, rest: Any, matte: F32) -> F32:
    """1 where the building still looks as at rest, 0 where it has moved or been relit, soft.

    Compared in colour and coverage. Changes are grown by two pixels so that no rim of the old
    position stays behind.
    """
    colour = _most(np.abs(solids.rgb - rest.rgb))
    limit = 0.004 + 0.02 * _most(np.maximum(solids.rgb, rest.rgb))
    changed = (colour > limit) | (np.abs(solids.alpha - rest.alpha) > 0.02)
    changed &= (solids.alpha > 0.003) | (rest.alpha > 0.003) | (matte > 0.01)
    # single pixels that flicker between samples are no motion
    changed_u8 = cv2.medianBlur(changed.astype(np.uint8), 3)
    grown = cv2.dilate(changed_u8, disc(2)).astype(np.float32)
    return 1 - np.minimum(cv2.GaussianBlur(grown, (0, 0), 1.0) * 1.02, 1)


def _most(x: F32) -> F32:
    """Largest channel (h, w); numpy's own maximum over so short an axis takes ten times as long."""
    out: F32 = x[..., 0].copy()
    for channel in range(1, x.shape[-1]):
        np.maximum(out, x[..., channel], out=out)
    return out


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


def _behind(i: CompInputs, hold: F32, ratio: F32) -> tuple[F32, F32]:
    """(picture behind debris and dust (h, w, 3), share of the plate's grain it carries (h, w))."""
    held = i.plate * np.where(i.hole[..., None], 1.0, ratio)
    if i.solids is None:
        return held.astype(np.float32), np.ones(hold.shape, np.float32)
    background = np.where(i.hole[..., None], i.clean, i.plate) * ratio
    alpha = np.clip(i.solids.alpha, 0, 1)
    past_rgb, past_alpha = _dust(i.behind_rgb, i.behind_transmittance, i)
    background = past_rgb + (1 - past_alpha[..., None]) * background
    built = i.solids.rgb + (1 - alpha[..., None]) * background
    own = np.where(i.hole, i.clean_has_grain, 1.0) * (1 - past_alpha)
    grainy = alpha * OWN_GRAIN_OF_PICTURE + (1 - alpha) * own
    # outside the hole the background is the plate: `hold` there only says what is covered
    # (an edge with dust behind it is no longer the plate's either)
    k = np.where(i.hole & (past_alpha <= 0), hold, 0.0)[..., None]
    base = k * held + (1 - k) * built
    carried = k[..., 0] + (1 - k[..., 0]) * grainy
    return base.astype(np.float32), carried.astype(np.float32)


def _soft_ratio(solids: Any | None, h: int, w: int) -> F32:
    """Shadow on the plate; what is fainter than anyone sees is none at all."""
    ratio = getattr(solids, "ground_ratio", None)
    if ratio is None:
        return np.ones((h, w, 1), np.float32)
    r = np.asarray(ratio, np.float32)
    r = r[..., None] if r.ndim == 2 else r
    off = r - 1
    return (1 + np.sign(off) * np.maximum(np.abs(off) - LEAST_SHADOW, 0)).astype(np.float32)


def _layer(rgb: F32 | None, alpha: F32 | None, i: CompInputs) -> tuple[F32 | None, F32 | None]:
    """Debris as sharp as the plate's lens, seen through its haze."""
    if rgb is None or alpha is None or float(alpha.max()) < LEAST_EFFECT:
        return None, None
    rgb, alpha = match_softness(rgb, alpha, i.softness)
    return _hazed(rgb, alpha, i), np.clip(alpha, 0, 1)


def _dust(rgb: F32 | None, through: F32 | None, i: CompInputs) -> tuple[F32, F32]:
    """Dust with its faintest edge drawn to nothing, so that no contour shows where it ends."""
    h, w = i.plate.shape[:2]
    if rgb is None or through is None:
        return np.zeros((h, w, 3), np.float32), np.zeros((h, w), np.float32)
    cover = np.clip(1 - through, 0, 1)
    kept = np.maximum(cover - LEAST_DUST, 0) / (1 - LEAST_DUST)
    rgb = rgb * (kept / np.maximum(cover, 1e-6))[..., None]
    return _hazed(rgb, kept, i), kept.astype(np.float32)


def _hazed(rgb: F32, alpha: F32, i: CompInputs) -> F32:
    if i.light is None or i.distance <= 0 or i.light.extinction <= 0:
        return np.asarray(rgb, np.float32)
    clear = float(np.exp(-i.light.extinction * i.distance))
    veil = np.array(i.light.haze, np.float32) * (1 - clear)
    return np.asarray(rgb * clear + veil * alpha[..., None], np.float32)

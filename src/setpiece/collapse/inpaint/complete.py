"""Completion of a hole from the texture around it, coarse to fine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.inpaint import patchmatch as pm
from setpiece.collapse.inpaint.blend import blend, seams
from setpiece.collapse.inpaint.fields import guess_by_label, shrink, texture_of
from setpiece.collapse.inpaint.materials import Materials

F32 = NDArray[Any]  # float32; OpenCV's stubs do not say so
Mask = NDArray[np.bool_]

GREED = 0.008  # price, in squared picture units, of using a source as often as fairness allows
# What the middle of a hole should look like: without it smooth walls win, for nothing in them is
# far from the blur that a hole begins with (A. Newson et al., "Video inpainting of complex scenes",
# SIAM J. Imaging Sciences 2014). Weight of the mean step of a texture.
TEXTURE = 7.0


@dataclass
class _Level:
    image: F32
    hole: Mask
    guess: F32
    valid: NDArray[np.uint8]
    targets: NDArray[np.int32]
    conf: F32
    radius: int
    passes: int


def complete(
    picture: F32,
    hole: Mask,
    source: Mask,
    *,
    start: F32,
    label: F32,
    label_strength: float = 0.4,
    row_price: float | F32 = 2.5,
    fairness: float | F32 = 1.0,
    materials: Materials | None = None,
    seed: int = 0,
    progress: Callable[[float], None] | None = None,
) -> tuple[F32, F32]:
    """Fill `hole` so that every patch in it looks like one of `source`.

    Args:
        picture: (h, w, c) float32, near-perceptual scale; its values in the hole are ignored.
        hole: (h, w), True where to fill.
        source: (h, w), True where texture may be taken from; holes are taken out of it.
        start: first guess (h, w, c), used at the coarsest size.
        label: (h, w) float 0..1 (1 sky, 0 the rest), known outside the hole, guessed in it;
            while coarse it pulls texture of the same label.
        label_strength: price of a wrong label, in units of `picture`.
        row_price: price of taking texture from another height, per picture height; one for all or
            one (h,) a row.
        fairness: how much a source in use grows dearer; one for all or one (h,) a row.
        materials: what the hole borders on; other texture is taken only where it fits far better.
        seed: of the random search.
        progress: called with 0..1.

    Returns:
        The picture and the label, equal to what was given outside the hole.
    """
    if not hole.any():
        return picture.copy(), label.copy()
    rows = np.full(len(hole), row_price, np.float32)
    even = np.full(len(hole), fairness, np.float32)
    stuff = Materials.none((1, 1)) if materials is None else materials
    price = stuff.price
    texture = texture_of(picture, ~hole) * np.float32(TEXTURE)
    texture_start = guess_by_label(texture, label, hole | ~source)
    marked = label[..., None] * np.float32(label_strength)
    both = np.concatenate([picture, texture, marked], 2)
    first = np.concatenate([start, texture_start, marked], 2)
    # A sliver of a hole has nothing to fill at coarse sizes; without sources the start stands.
    levels = [lv for lv in _pyramid(both, first, hole, source) if len(lv.targets)]
    if not levels:
        return np.where(hole[..., None], start, picture).astype(np.float32), label.copy()
    state = np.array([(seed * 2654435761 + 88172645463325252) % (1 << 63) | 1], np.uint64)
    estimate = levels[0].guess
    nnf: NDArray[np.int32] | None = None
    work = max(sum(len(lv.targets) * lv.passes for lv in levels), 1)
    done = 0
    for index, lv in enumerate(levels):
        hh, ww = lv.hole.shape
        current = lv.image.copy()
        if nnf is None:
            current[lv.hole] = estimate[lv.hole]
            nnf = np.zeros((hh, ww, 2), np.int32)
            pm.initial(lv.targets, np.argwhere(lv.valid).astype(np.int32), nnf, state)
        else:
            nnf = _enlarge(nnf, lv.valid)
            up = cv2.resize(estimate, (ww, hh), interpolation=cv2.INTER_LINEAR)
            current[lv.hole] = up[lv.hole]
        is_target = np.zeros((hh, ww), np.uint8)
        is_target[lv.targets[:, 0], lv.targets[:, 1]] = 1
        hole_u8 = lv.hole.astype(np.uint8)
        dist = np.zeros((hh, ww), np.float32)
        row = np.arange(hh) * len(hole) // hh  # of the whole picture, for each row of this size
        slope = rows[row] / np.float32(hh)
        kind = stuff.at((hh, ww))
        if index:
            # begin with this size's own texture: a smooth beginning would look for smooth sources
            pm.measure(current, lv.conf, lv.targets, nnf, dist, lv.radius, 0 * slope,
                       kind, price)  # fmt: skip
            pm.copy_best(current, hole_u8, lv.targets, nnf, dist, lv.radius)
        use = np.zeros((hh // 4 + 1, ww // 4 + 1), np.float32)
        fair = 16.0 * len(lv.targets) / max(int(lv.valid.sum()), 1)
        greed = even[row] * np.float32(GREED / fair)
        last = index == len(levels) - 1
        reach = max(hh, ww) if index < 2 else max(8, max(hh, ww) // 8)
        for k in range(lv.passes):
            pm.measure(current, lv.conf, lv.targets, nnf, dist, lv.radius, slope, kind, price)
            pm.count_use(lv.targets, nnf, use)
            pm.search(
                current, lv.conf, lv.valid, is_target, lv.targets, nnf, dist, use, lv.radius,
                slope, greed, 4 if index < 2 else 2, reach, state,
                kind, price,
            )  # fmt: skip
            sharp = last and k == lv.passes - 1
            d = dist[lv.targets[:, 0], lv.targets[:, 1]]
            scale = np.float32(np.percentile(d, 20 if sharp else 60) + 1e-5)
            if sharp:
                pick = pm.copy_best(current, hole_u8, lv.targets, nnf, dist, lv.radius)
                blend(current, hole_u8, pick, seams(current), np.float32(0.07 * max(hh, ww)), 250)
            else:
                pm.vote(current, lv.conf, hole_u8, lv.targets, nnf, dist, lv.radius, scale)
            if not sharp:
                # the label follows what was pasted, but is drawn back to the guess: wholly while
                # coarse, so that things stand where they were expected, by half later, so that
                # the outline of trees may be that of trees
                pull = 1.0 if index < len(levels) - 2 else 0.5
                pasted, guess = current[lv.hole, -1], lv.guess[lv.hole, -1]
                current[lv.hole, -1] = pasted + pull * (guess - pasted)
            done += len(lv.targets)
            if progress is not None:
                progress(done / work)
        estimate = current
    out = picture.copy()
    out[hole] = estimate[hole, : picture.shape[2]]
    out_label = label.copy()
    out_label[hole] = estimate[hole, -1] / np.float32(label_strength)
    return out, np.clip(out_label, 0, 1).astype(np.float32)


def _pyramid(picture: F32, start: F32, hole: Mask, source: Mask) -> list[_Level]:
    """Coarsest first; empty where no patch of source is left. Holes never bleed into sources."""
    image, known, usable = picture, (~hole).astype(np.float32), source.astype(np.float32)
    guess = start
    raw = [(image, known, usable, guess)]
    while min(image.shape[:2]) > 40:
        size = ((image.shape[1] + 1) // 2, (image.shape[0] + 1) // 2)

        weight = shrink(known, size)
        image = shrink(image * known[..., None], size) / np.maximum(weight, 1e-6)[..., None]
        guess, usable = shrink(guess, size), shrink(usable, size)
        known = (weight > 0.5).astype(np.float32)
        raw.append((image, known, usable, guess))
    levels: list[_Level] = []
    count = len(raw)
    for i, (image, known, usable, guess) in enumerate(reversed(raw)):
        radius = 2 if i >= count - 2 else 3
        hole_here = known < 0.5
        ok = ((usable > 0.6) & ~hole_here).astype(np.uint8)
        valid = _inside(ok, radius)
        while not valid.any() and radius > 1:
            radius -= 1
            valid = _inside(ok, radius)
        if not valid.any():
            continue  # no patch fits at this size: begin at a finer one
        near = cv2.dilate(hole_here.astype(np.uint8), np.ones((2 * radius + 1,) * 2, np.uint8))
        passes = 8 if not levels else (5 if i < count - 3 else (3 if i < count - 1 else 2))
        targets = np.argwhere(near > 0).astype(np.int32)
        levels.append(
            _Level(image, hole_here, guess, valid, targets, _trust(hole_here), radius, passes)
        )
    return levels


def _inside(ok: NDArray[np.uint8], radius: int) -> NDArray[np.uint8]:
    """Patch centres whose whole patch is usable; the frame's edge counts as unusable."""
    padded = np.pad(ok, radius)
    eroded = cv2.erode(padded, np.ones((2 * radius + 1,) * 2, np.uint8))
    return np.ascontiguousarray(eroded[radius:-radius, radius:-radius])


def _trust(hole: Mask) -> F32:
    """1 on known pixels, falling with depth into the hole: the rim decides before the middle."""
    depth = cv2.distanceTransform(hole.astype(np.uint8), cv2.DIST_L2, 3)
    return np.maximum(np.power(np.float32(1.15), -depth), 0.05).astype(np.float32)


def _enlarge(nnf: NDArray[np.int32], valid: NDArray[np.uint8]) -> NDArray[np.int32]:
    """Matches of the coarser size carried over: twice the offset, moved to the nearest source."""
    h, w = valid.shape
    yy, xx = np.mgrid[0:h, 0:w]
    cy, cx = np.minimum(yy // 2, nnf.shape[0] - 1), np.minimum(xx // 2, nnf.shape[1] - 1)
    y = np.clip(nnf[cy, cx, 0] * 2 + (yy & 1), 0, h - 1)
    x = np.clip(nnf[cy, cx, 1] * 2 + (xx & 1), 0, w - 1)
    _, labels = cv2.distanceTransformWithLabels(
        1 - valid, cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL
    )
    places = np.argwhere(valid)
    order = labels[valid > 0]
    table = np.zeros((labels.max() + 1, 2), np.int32)
    table[order] = places
    near = table[labels[y, x]]
    return np.ascontiguousarray(near.astype(np.int32))

"""Completion of a hole from the texture around it, coarse to fine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.inpaint import patchmatch as pm
from setpiece.collapse.inpaint.blend import paste
from setpiece.collapse.inpaint.carry import enlarge, nearest
from setpiece.collapse.inpaint.fields import guess_by_label, shrink, texture_of
from setpiece.collapse.inpaint.materials import Materials
from setpiece.collapse.inpaint.pieces import choose_pieces

F32 = NDArray[Any]  # float32; OpenCV's stubs do not say so
Mask = NDArray[np.bool_]

GREED = 0.008  # price, in squared picture units, of using a source as often as fairness allows
# What the middle of a hole should look like: without it smooth walls win, for nothing in them is
# far from the blur that a hole begins with (A. Newson et al., "Video inpainting of complex scenes",
# SIAM J. Imaging Sciences 2014). Weight of the mean step of a texture.
TEXTURE = 7.0
FINEST = 2000  # width that is searched for matches; larger plates at half their size [px]
PIECES = 20000  # of a hole's pixels: the finest size at which pieces are chosen


@dataclass
class _Level:
    image: F32
    hole: Mask
    guess: F32
    usable: Mask
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
    level: F32 | None = None,
    whole: bool = True,
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
        level: (h,) the height [px] that each row stands for, where that is not its own.
        whole: keep things whole (`pieces`); clouds and grain have nothing to keep.
        seed: of the random search.
        progress: called with 0..1.

    Returns:
        The picture and the label, equal to what was given outside the hole.
    """
    if not hole.any():
        return picture.copy(), label.copy()
    stuff = Materials.none((1, 1)) if materials is None else materials
    rules = _Rules(
        np.arange(len(hole), dtype=np.float32) if level is None else level,
        np.full(len(hole), row_price, np.float32),
        np.full(len(hole), fairness, np.float32),
        stuff, label_strength, whole,
    )  # fmt: skip
    state = np.array([(seed * 2654435761 + 88172645463325252) % (1 << 63) | 1], np.uint64)
    pick = _find(picture, hole, source, start, label, rules, state, progress)
    if pick is None:
        return np.where(hole[..., None], start, picture).astype(np.float32), label.copy()
    both = np.dstack([picture, label]).astype(np.float32)
    paste(both, hole, pick)
    return np.ascontiguousarray(both[..., :-1]), np.clip(both[..., -1], 0, 1)


@dataclass(frozen=True)
class _Rules:
    """heights, rows, even: (h,) the height of each row, its price, its fairness."""

    heights: F32
    rows: F32
    even: F32
    stuff: Materials
    label_strength: float
    whole: bool


def _find(
    picture: F32, hole: Mask, source: Mask, start: F32, label: F32, rules: _Rules,
    state: NDArray[np.uint64], progress: Callable[[float], None] | None,
) -> NDArray[np.int32] | None:  # fmt: skip
    """The source (h, w, 2) [y, x] of every pixel of `hole`; None where there is nothing to take."""
    h, w = hole.shape
    if max(w, h / 2) > FINEST:
        size = ((w + 1) // 2, (h + 1) // 2)
        share = shrink((~hole).astype(np.float32), size)
        small = shrink(picture * ~hole[..., None], size) / np.maximum(share, 1e-6)[..., None]
        halves = (rules.heights[::2], rules.rows[::2], rules.even[::2])
        halved = _find(
            small, share <= 0.5, shrink(source.astype(np.float32), size) > 0.6,
            shrink(start, size), shrink(label, size),
            _Rules(*halves, rules.stuff, rules.label_strength, rules.whole), state, progress,
        )  # fmt: skip
        return None if halved is None else enlarge(halved, picture, hole, source)
    heights, rows, even = rules.heights, rules.rows, rules.even
    stuff, label_strength, whole = rules.stuff, rules.label_strength, rules.whole
    price = stuff.price
    tall = float(heights.max()) + 1.0
    texture = texture_of(picture, ~hole) * np.float32(TEXTURE)
    texture_start = guess_by_label(texture, label, hole | ~source)
    marked = label[..., None] * np.float32(label_strength)
    both = np.concatenate([picture, texture, marked], 2)
    first = np.concatenate([start, texture_start, marked], 2)
    # A sliver of a hole has nothing to fill at coarse sizes; without sources the start stands.
    levels = [lv for lv in _pyramid(both, first, hole, source) if len(lv.targets)]
    if not levels:
        return None
    estimate = levels[0].guess
    nnf: NDArray[np.int32] | None = None
    # the finest size that is searched; its matches are carried on to finer ones
    fits = [not whole or lv.hole.sum() <= PIECES for lv in levels]
    end = max((i for i, ok in enumerate(fits) if ok), default=0)
    used = levels[: end + 1]
    work = max(sum(len(lv.targets) * lv.passes for lv in used), 1)
    done = 0
    pick: NDArray[np.int32] | None = None
    for index, lv in enumerate(used):
        hh, ww = lv.hole.shape
        current = lv.image.copy()
        row = np.arange(hh) * len(hole) // hh  # of the whole picture, for each row of this size
        slope = np.stack([heights[row], rows[row] / np.float32(tall)], -1).astype(np.float32)
        free = slope * np.array([1, 0], np.float32)
        if nnf is None:
            current[lv.hole] = estimate[lv.hole]
            nnf = np.zeros((hh, ww, 2), np.int32)
            pm.initial(lv.targets, np.argwhere(lv.valid).astype(np.int32), nnf, state, slope)
        else:
            nnf = _enlarge(nnf, lv.valid)
            up = cv2.resize(estimate, (ww, hh), interpolation=cv2.INTER_LINEAR)
            current[lv.hole] = up[lv.hole]
        is_target = np.zeros((hh, ww), np.uint8)
        is_target[lv.targets[:, 0], lv.targets[:, 1]] = 1
        hole_u8 = lv.hole.astype(np.uint8)
        dist = np.zeros((hh, ww), np.float32)
        kind = stuff.at((hh, ww))
        if index:
            # begin with this size's own texture: a smooth beginning would look for smooth sources
            pm.measure(current, lv.conf, lv.targets, nnf, dist, lv.radius, free,
                       kind, price)  # fmt: skip
            pm.copy_best(current, hole_u8, lv.targets, nnf, dist, lv.radius)
        use = np.zeros((hh // 4 + 1, ww // 4 + 1), np.float32)
        fair = 16.0 * len(lv.targets) / max(int(lv.valid.sum()), 1)
        greed = even[row] * np.float32(GREED / fair)
        reach = max(hh, ww) if index < 2 else max(8, max(hh, ww) // 8)
        for k in range(lv.passes):
            pm.measure(current, lv.conf, lv.targets, nnf, dist, lv.radius, slope, kind, price)
            pm.count_use(lv.targets, nnf, use)
            pm.search(
                current, lv.conf, lv.valid, is_target, lv.targets, nnf, dist, use, lv.radius,
                slope, greed, 4 if index < 2 else 2, reach, state,
                kind, price,
            )  # fmt: skip
            done += len(lv.targets)
            if progress is not None:
                progress(done / work)
            if index == end and k == lv.passes - 1:
                break
            d = dist[lv.targets[:, 0], lv.targets[:, 1]]
            scale = np.float32(np.percentile(d, 60) + 1e-5)
            pm.vote(current, lv.conf, hole_u8, lv.targets, nnf, dist, lv.radius, scale)
            # the label follows what was pasted, but is drawn back to the guess: wholly while
            # coarse, so that things stand where they were expected
            pull = 1.0 if index < len(levels) - 2 else 0.5
            pasted, guess = current[lv.hole, -1], lv.guess[lv.hole, -1]
            current[lv.hole, -1] = pasted + pull * (guess - pasted)
        estimate = current
        if index == end:
            if whole:
                pick = _as_pieces(current, lv, nnf, stuff, kind, slope, label_strength)
            else:
                pick = pm.copy_best(current, hole_u8, lv.targets, nnf, dist, lv.radius)
    assert pick is not None
    for lv in levels[end + 1 :]:
        pick = enlarge(pick, lv.image, lv.hole, lv.usable)
    return pick


def _as_pieces(
    image: F32, lv: _Level, nnf: NDArray[np.int32], stuff: Materials, kind: NDArray[np.uint8],
    slope: F32, label_strength: float,
) -> NDArray[np.int32]:  # fmt: skip
    """Matches redone as a few large pieces."""
    wanted = np.where(lv.hole, lv.guess[..., -1], lv.image[..., -1]) / np.float32(label_strength)
    return choose_pieces(
        image, lv.hole, lv.usable, nnf, lv.guess, wanted, slope, (kind, stuff.price)
    )


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
            _Level(
                image, hole_here, guess, ok > 0, valid, targets, _trust(hole_here), radius, passes
            )
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
    found = nearest(valid > 0, np.stack([y, x], -1))
    return np.ascontiguousarray(found.astype(np.int32))

"""Matches of a coarse size carried to the plate's own."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

F32 = NDArray[Any]  # float32; OpenCV's stubs do not say so
Mask = NDArray[np.bool_]


def enlarge(pick: NDArray[np.int32], image: F32, hole: Mask, usable: Mask) -> NDArray[np.int32]:
    """`pick` of the next coarser size for this one (h, w, 2): twice the moves, each piece then
    shifted by up to a pixel to where it goes on best with what lies around it."""
    h, w = hole.shape
    ys, xs = np.nonzero(hole)
    y0, x0 = max(int(ys.min()) - 1, 0), max(int(xs.min()) - 1, 0)
    y1, x1 = min(int(ys.max()) + 2, h), min(int(xs.max()) + 2, w)  # and what borders it
    box = np.s_[y0:y1, x0:x1]
    here = hole[box]
    place = _grid(y1 - y0, x1 - x0) + np.array([y0, x0], np.int32)
    half = np.minimum(place // 2, np.array(pick.shape[:2], np.int32) - 1)
    move = 2 * (pick[half[..., 0], half[..., 1]] - half)
    # at the border the coarser hole may end early
    lost = here & ~(move != 0).any(-1)
    if lost.any() and not lost[here].all():
        move = _from_nearest(move, here & ~lost)
    now = np.where(here[..., None], move, 0)
    pieces, number = np.unique(now[here].astype(np.int64) @ [4 * w, 1], return_inverse=True)
    piece = np.full(here.shape, -1)
    piece[here] = number
    for turn in (0, 1):  # every other piece, so that neighbours do not move away from one another
        now[here] += _nudge(image[..., :3], piece, now, len(pieces), turn, (y0, x0))[number]
    found = np.clip((place + now)[here], 0, np.array([h - 1, w - 1])).astype(np.int32)
    bad = ~usable[found[:, 0], found[:, 1]]
    if bad.any():
        found[bad] = nearest(usable, found[bad])
    out = _grid(h, w)
    out[hole] = found
    return out


def nearest(usable: Mask, where: NDArray[Any]) -> NDArray[Any]:
    """The usable place [y, x] nearest to each of (..., 2)."""
    _, owner = cv2.distanceTransformWithLabels(
        (~usable).astype(np.uint8), cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL
    )
    table = np.zeros((owner.max() + 1, 2), np.int32)
    table[owner[usable]] = np.argwhere(usable)
    return np.asarray(table[owner[where[..., 0], where[..., 1]]])


def _nudge(
    colours: F32,
    piece: NDArray[Any],
    move: NDArray[Any],
    count: int,
    turn: int,
    corner: tuple[int, int],
) -> NDArray[Any]:
    """By how much (count, 2) each piece of that turn is to be shifted, none by more than a pixel.

    piece: (h, w) its number, -1 outside the hole. move: (h, w, 2) from a place to its source.
    corner: where in `colours` both begin [y, x].
    """
    h, w = piece.shape
    bounds = np.array(colours.shape[:2]) - 1
    ys, xs, of = [], [], []
    for dy, dx in ((0, 1), (0, -1), (1, 0), (-1, 0)):
        beside = np.full((h, w), -2)
        beside[max(-dy, 0) : h - max(dy, 0), max(-dx, 0) : w - max(dx, 0)] = piece[
            max(dy, 0) : h + min(dy, 0), max(dx, 0) : w + min(dx, 0)
        ]
        y, x = np.nonzero((piece >= 0) & (beside != piece) & (beside > -2) & (piece % 2 == turn))
        of.append(piece[y, x])
        ys.append(y + dy)
        xs.append(x + dx)
    near = (np.concatenate(ys), np.concatenate(xs))
    owner = np.concatenate(of)
    if not len(owner):
        return np.zeros((count, 2), np.int32)
    at = np.stack(near, -1) + corner
    shown = np.clip(at + move[near], 0, bounds)
    around = colours[shown[:, 0], shown[:, 1]]
    own = np.zeros((count, 2), np.int32)
    inside = piece >= 0
    own[piece[inside]] = move[inside]
    best, least = np.zeros((count, 2), np.int32), np.full(count, np.inf)
    for step in ((0, 0), (-1, 0), (1, 0), (0, -1), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1)):
        there = np.clip(at + own[owner] + step, 0, bounds)
        gap = np.abs(colours[there[:, 0], there[:, 1]] - around).mean(-1)
        total = np.bincount(owner, gap, count)
        better = total < least
        best[better], least[better] = step, total[better]
    return best


def _from_nearest(values: NDArray[Any], known: Mask) -> NDArray[Any]:
    """`values` (h, w, k), elsewhere those of the nearest place that is known."""
    _, owner = cv2.distanceTransformWithLabels(
        (~known).astype(np.uint8), cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL
    )
    table = np.zeros((owner.max() + 1, values.shape[2]), values.dtype)
    table[owner[known]] = values[known]
    return np.asarray(table[owner])


def _grid(h: int, w: int) -> NDArray[Any]:
    """(h, w, 2) row and column of every pixel."""
    return np.ascontiguousarray(np.moveaxis(np.indices((h, w), np.int32), 0, -1))

"""Moves that lay a picture on what is like it."""

from __future__ import annotations

import itertools
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

F32 = NDArray[Any]  # float32; OpenCV's stubs do not say so
Mask = NDArray[np.bool_]

# Moves: those the search found in the hole, those of the surroundings, and those to each page.
FOUND, ALIKE, AHEAD = 40, 24, 16
NEAR = 0.06  # of the longer side: shorter moves are the texture's own grain


def likely_moves(
    image: F32, hole: Mask, usable: Mask, nnf: NDArray[np.int32], height: F32
) -> tuple[NDArray[np.int32], F32]:
    """(k, 2) int32 [rows, columns], the likeliest moves, none of them twice; (k,) how much of the
    known picture each lays on what is like it, 0..1.

    height: (h,) that the rows stand for, so that pages of an atlas are told apart.
    """
    h, w = hole.shape
    ends = [int(v) for v in np.nonzero(np.diff(height) < 0)[0] + 1] + [h]
    places = np.argwhere(hole)
    plate = slice(0, ends[0])
    alike = _alike(image[plate], usable[plate])
    own = _peaks(nnf[hole] - places, h, w, FOUND)
    kin = _best(alike, ALIKE)
    chosen = [own, kin]
    worth = [_at(alike, own), _at(alike, kin)]
    step = float(height[1] - height[0])
    for begin, end in itertools.pairwise([0, *ends]):
        rows = np.arange(begin, end)[height[begin:end] >= 0]
        if len(rows):
            found = _along(image, usable, rows, round(float(height[rows[0]]) / step))
            chosen.append(found[0])
            worth.append(found[1])
    both = np.column_stack([np.concatenate(chosen), np.concatenate(worth)])
    both = both[np.argsort(-both[:, 2], kind="stable")]
    moves, first = np.unique(both[:, :2].astype(np.int32), axis=0, return_index=True)
    return moves, np.clip(both[first, 2], 0, 1).astype(np.float32)


def _peaks(moves: NDArray[Any], h: int, w: int, count: int) -> NDArray[np.int32]:
    """The `count` commonest of moves (n, 2), those near one another counted together."""
    votes = np.zeros((2 * h + 1, 2 * w + 1), np.float32)
    np.add.at(votes, (moves[:, 0] + h, moves[:, 1] + w), 1.0)
    votes = cv2.GaussianBlur(votes, (0, 0), 1.0)
    top = (votes >= cv2.dilate(votes, np.ones((3, 3)))) & (votes > 1e-3)
    rows, columns = np.nonzero(top)
    best = np.argsort(-votes[rows, columns], kind="stable")[:count]
    return np.stack([rows[best] - h, columns[best] - w], -1).astype(np.int32)


def _detail(image: F32, usable: Mask) -> F32:
    grey = image[..., :3].mean(-1)
    return np.asarray((grey - cv2.GaussianBlur(grey, (0, 0), 3.0)) * usable, np.float32)


def _alike(image: F32, usable: Mask) -> F32:
    """How alike (2h, 2w) the known picture is to itself after each move, of 1; none in the middle,
    where the moves are too short."""
    h, w = usable.shape
    detail = _detail(image, usable)
    size = (2 * h, 2 * w)
    both = np.fft.irfft2(np.abs(np.fft.rfft2(detail, size)) ** 2, size)
    count = np.fft.irfft2(np.abs(np.fft.rfft2(usable.astype(np.float32), size)) ** 2, size)
    alike = both / np.maximum(count, 0.02 * h * w) * (usable.sum() / max((detail**2).sum(), 1e-9))
    alike = np.fft.fftshift(alike).astype(np.float32)
    yy, xx = np.mgrid[-h:h, -w:w]
    alike[yy**2 + xx**2 < (NEAR * max(h, w)) ** 2] = 0
    return np.asarray(alike)


def _best(alike: F32, count: int) -> NDArray[np.int32]:
    """The `count` moves that are most alike among those near them."""
    h, w = alike.shape[0] // 2, alike.shape[1] // 2
    top = (alike >= cv2.dilate(alike, np.ones((5, 5)))) & (alike > 0)
    rows, columns = np.nonzero(top)
    best = np.argsort(-alike[rows, columns], kind="stable")[:count]
    return np.stack([rows[best] - h, columns[best] - w], -1).astype(np.int32)


def _at(alike: F32, moves: NDArray[np.int32]) -> F32:
    """`alike` of moves (n, 2); 0 of those that leave the plate."""
    h, w = alike.shape[0] // 2, alike.shape[1] // 2
    here = np.abs(moves[:, 0]) < h
    out = np.zeros(len(moves), np.float32)
    out[here] = alike[moves[here, 0] + h, moves[here, 1] + w]
    return out


def _along(
    image: F32, usable: Mask, rows: NDArray[Any], level: int
) -> tuple[NDArray[np.int32], F32]:
    """Moves (n, 2) from the plate to the page in `rows` that keep the height, `level` for the
    page's first row, and lay like on like; how alike each is, of 1."""
    detail = _detail(image, usable)
    w = usable.shape[1]
    here = np.s_[level : level + len(rows)]
    rows = rows[: len(detail[here])]

    def along(a: F32, b: F32) -> F32:
        both = np.conj(np.fft.rfft(a, 2 * w, 1)) * np.fft.rfft(b, 2 * w, 1)
        return np.asarray(np.fft.irfft(both.sum(0), 2 * w))

    count = along(usable[here].astype(np.float32), usable[rows].astype(np.float32))
    alike = along(detail[here], detail[rows]) / np.maximum(count, 0.02 * usable[here].size)
    mean = [(detail[r] ** 2).sum() / max(usable[r].sum(), 1) for r in (here, rows)]
    alike /= max(float(np.sqrt(mean[0] * mean[1])), 1e-9)
    top = (alike >= np.maximum(np.roll(alike, 1), np.roll(alike, -1))) & (alike > 0)
    if rows[0] == level:  # the plate's own rows
        least = round(NEAR * w)
        top[:least] = top[-least:] = False
    columns = np.nonzero(top)[0]
    best = columns[np.argsort(-alike[columns], kind="stable")[:AHEAD]]
    move = np.where(best >= w, best - 2 * w, best)
    lift = np.full(len(best), rows[0] - level)
    return np.stack([lift, move], -1).astype(np.int32), alike[best].astype(np.float32)

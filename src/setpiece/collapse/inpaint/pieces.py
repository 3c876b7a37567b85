"""A hole filled with a few large pieces of its surroundings, cut where they meet unseen.

K. He, J. Sun, "Statistics of patch offsets for image completion", ECCV 2012: the moves that lay a
picture over itself are few, and a graph cut chooses among them (Y. Pritch, E. Kav-Venaki, S. Peleg,
"Shift-map image editing", ICCV 2009). Patches found one by one tear windows and roofs; pieces keep
them whole.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.inpaint.graphcut import expand, neighbours
from setpiece.collapse.inpaint.moves import likely_moves

F32 = NDArray[Any]  # float32; OpenCV's stubs do not say so
Mask = NDArray[np.bool_]

STEEP = 1.0  # weight of slopes beside colours
ROUNDS = 3
TONE_REACH = 0.05  # of the longer side: over which tones are compared
SURE = 0.06  # of the longer side, from the guessed skyline: where a label is sure
LOWER = 0.1  # price of sky below it, against that of anything above it
NEVER = 1 << 24
# Prices of one pixel, in 255ths of the picture's range, against the cost of a seam's pixel.
WRONG_LABEL, ROW, MATERIAL, TONE = 40.0, 0.3, 0.3, 0.3
LONE = 8.0  # of a move by which the known picture does not repeat


def choose_pieces(
    image: F32, hole: Mask, usable: Mask, nnf: NDArray[np.int32], guess: F32, label: F32,
    slope: F32, material: tuple[NDArray[np.uint8], F32],
) -> NDArray[np.int32]:  # fmt: skip
    """Source (h, w, 2) int32 [y, x] of every pixel of `hole`; what `nnf` says elsewhere.

    image: (h, w, c) near-perceptual, colours first. usable: (h, w), where pieces may come from.
    nnf: (h, w, 2) the search's matches. guess: (h, w, c) smooth. label: (h, w) 0..1, sky or not,
    guessed in the hole. slope: (h, 2) height and price of rows as `patchmatch.search` has them.
    material: kind and price as `Materials` has them.
    """
    h, w = hole.shape
    moves, worth = likely_moves(image, hole, usable, nnf, slope[:, 0])
    places = np.argwhere(hole).astype(np.int32)
    look = _look(image)
    seen = np.zeros((len(moves), len(places), look.shape[2]), np.int16)
    price = np.zeros((len(moves), len(places)), np.int64)
    kind, cost = material
    rim = _rim(hole, places)
    own = cost[places[:, 0] * cost.shape[0] // h, places[:, 1] * cost.shape[1] // w]
    wanted = label[hole]
    doubt = _doubt(label > 0.5)[hole]
    soft = cv2.GaussianBlur(image[..., :3], (0, 0), TONE_REACH * w)
    tone = (255 * soft).astype(np.float32)
    expected = 255 * cv2.GaussianBlur(guess[..., :3], (0, 0), TONE_REACH * w)[hole]
    for k, (dy, dx) in enumerate(moves):
        y, x = places[:, 0] + dy, places[:, 1] + dx
        inside = (y >= 0) & (y < h) & (x >= 0) & (x < w)
        y, x = np.clip(y, 0, h - 1), np.clip(x, 0, w - 1)
        seen[k] = look[y, x]
        bad = ~inside | ~usable[y, x]
        here = WRONG_LABEL * doubt * np.abs(label[y, x] - wanted)
        here += LONE * (1 - worth[k])
        here += TONE * np.abs(tone[y, x] - expected).mean(-1)
        lift = np.abs(slope[y, 0] - slope[places[:, 0], 0])
        here += ROW * 255 * lift * slope[places[:, 0], 1]
        here += MATERIAL * 255 * np.sqrt(own[np.arange(len(places)), kind[y, x]])
        total = here.astype(np.int64)
        for index, qy, qx in rim:
            sy, sx = np.clip(qy + dy, 0, h - 1), np.clip(qx + dx, 0, w - 1)
            gap = look[sy, sx].astype(np.float32) - look[qy, qx]
            total[index] += (2 * np.sqrt((gap**2).sum(-1))).astype(np.int64)
        price[k] = np.where(bad, NEVER, total)
    labels = price.argmin(0).astype(np.int32)
    expand(seen, price, neighbours(hole), labels, ROUNDS)
    out = nnf.copy()
    reached = price[labels, np.arange(len(places))] < NEVER
    out[hole] = np.where(reached[:, None], places + moves[labels], nnf[hole])
    return out


def _doubt(sky: Mask) -> F32:
    """How sure (h, w) 0..1 a place's label is: not near the skyline, which is guessed, and less
    below it than above, for what stands behind is more likely lower than higher."""
    reach = SURE * sky.shape[1]
    above = cv2.distanceTransform(sky.astype(np.uint8), cv2.DIST_L2, 3)
    below = cv2.distanceTransform((~sky).astype(np.uint8), cv2.DIST_L2, 3)
    return np.asarray(np.clip(above / reach, 0, 1) + LOWER * np.clip(below / reach, 0, 1))


def _look(image: F32) -> NDArray[np.int16]:
    """What two places are told apart by (h, w, 5): colours and the slopes of their grey."""
    grey = image[..., :3].mean(-1)
    right, down = np.gradient(grey, axis=1), np.gradient(grey, axis=0)
    both = np.dstack([image[..., :3], STEEP * right, STEEP * down])
    return np.clip(np.round(255 * both), -32000, 32000).astype(np.int16)


def _rim(hole: Mask, places: NDArray[np.int32]) -> list[tuple[NDArray[Any], ...]]:
    """For each of four sides: which of `places` have a known neighbour there; its row, column."""
    h, w = hole.shape
    out: list[tuple[NDArray[Any], ...]] = []
    for dy, dx in ((0, 1), (0, -1), (1, 0), (-1, 0)):
        y, x = places[:, 0] + dy, places[:, 1] + dx
        inside = (y >= 0) & (y < h) & (x >= 0) & (x < w)
        known = np.zeros(len(places), bool)
        known[inside] = ~hole[y[inside], x[inside]]
        index = np.nonzero(known)[0]
        out.append((index, y[index], x[index]))
    return out

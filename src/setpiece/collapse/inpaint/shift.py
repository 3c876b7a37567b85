"""Clouds for a hole: the piece of visible sky that fits round it best."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.inpaint.blend import blend
from setpiece.collapse.inpaint.fields import disc

F32 = NDArray[Any]  # float32; OpenCV's stubs do not say so
Mask = NDArray[np.bool_]

WORK = 200.0  # longer side at which pieces are compared [px]
REACH = 0.07  # of the longer side: over which a step at the border is spread
FRINGE = 0.006  # of the longer side: kept away from what borders the sky
COVER = 0.9  # of the hole that the piece must fill
CLIMB = 0.03  # price of a piece from another height, per picture height, squared picture units


def shift_sky(filled: F32, hole: Mask, source: Mask) -> F32:
    """`filled` (h, w, c) with one piece of visible sky laid over the hole, as far as it reaches.

    One move for the whole hole keeps clouds whole, which patches found one by one do not (Y.
    Pritch, E. Kav-Venaki, S. Peleg, "Shift-map image editing", ICCV 2009, of which this is the
    case of one shift); its border is taken in by the gradients. Unchanged where no piece of sky
    is large enough.

    filled: near-perceptual, the hole filled already. hole: where sky is wanted. source: where it
    is visible.
    """
    # twigs and eaves end in a fringe that is sky to the matte
    source = cv2.erode(source.astype(np.uint8), disc(max(2, round(FRINGE * max(hole.shape))))) > 0
    found = _best_shift(filled, hole, source)
    if found is None:
        return filled
    h, w = hole.shape
    yy, xx = np.mgrid[0:h, 0:w]
    pick = np.stack([yy + found[0], xx + found[1]], -1).astype(np.int32)
    inside = (pick >= 0).all(-1) & (pick[..., 0] < h) & (pick[..., 1] < w)
    pick[~inside] = 0
    paste = hole & inside & source[pick[..., 0], pick[..., 1]]
    ys, xs = np.nonzero(paste)
    out = np.ascontiguousarray(filled, np.float32).copy()
    out[ys, xs] = filled[pick[ys, xs, 0], pick[ys, xs, 1]]
    seam = np.full((h, w), 1.0, np.float32)  # no step at all is to be seen in a sky
    length = np.full((h, w), REACH * max(h, w), np.float32)
    blend(out, paste.astype(np.uint8), pick, seam, length, 250, np.ones((h, w), np.float32))
    return out


def _best_shift(picture: F32, hole: Mask, source: Mask) -> tuple[int, int] | None:
    """(rows, columns) from a place in the hole to its piece of sky."""
    h, w = hole.shape
    scale = min(1.0, WORK / max(h, w))
    size = (max(8, round(w * scale)), max(8, round(h * scale)))
    known = cv2.resize(source.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    small = cv2.resize(picture * source[..., None], size, interpolation=cv2.INTER_AREA)
    small = (small / np.maximum(known, 1e-3)[..., None]).astype(np.float32)
    open_ = (known > 0.9).astype(np.float32)
    wanted = cv2.resize(hole.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.5
    if not wanted.any():
        return None
    ring = (cv2.dilate(wanted.astype(np.uint8), disc(3)) > 0) & (open_ > 0)
    ys, xs = np.nonzero(wanted | ring)
    y0, x0, y1, x1 = ys.min(), xs.min(), ys.max() + 1, xs.max() + 1
    box = np.s_[y0:y1, x0:x1]
    # pieces may hang out over the frame: what is missing there is left to the caller
    m = max(4, int(0.1 * max(y1 - y0, x1 - x0)))

    def wide(a: F32) -> F32:
        return np.asarray(cv2.copyMakeBorder(a, m, m, m, m, cv2.BORDER_CONSTANT, value=0))

    inner = wanted[box].astype(np.float32)
    cover = cv2.matchTemplate(wide(open_), inner, cv2.TM_CCORR) / inner.sum()
    border = ring[box].astype(np.float32)
    price = np.zeros_like(cover)
    if border.sum() > 4:
        seen = cv2.matchTemplate(wide(open_), border, cv2.TM_CCORR)
        cross = np.zeros_like(cover)
        for c in range(small.shape[2]):
            plane = small[..., c] * open_
            cross += cv2.matchTemplate(wide(plane * plane), border, cv2.TM_CCORR)
            cross -= 2 * cv2.matchTemplate(wide(plane), border * small[box][..., c], cv2.TM_CCORR)
            own = border * small[box][..., c] ** 2
            cross += cv2.matchTemplate(wide(open_), own, cv2.TM_CCORR)
        price = np.where(seen > 0.6 * border.sum(), cross / np.maximum(seen, 1), np.inf)
    rows = np.arange(cover.shape[0])[:, None] - m - y0
    price = price + CLIMB * (rows / size[1]) ** 2
    price = np.where(cover > COVER, price, np.inf)
    best = np.unravel_index(int(np.argmin(price)), price.shape)
    if not np.isfinite(price[best]):
        return None
    dy = round((int(best[0]) - m - int(y0)) / scale)
    dx = round((int(best[1]) - m - int(x0)) / scale)
    return dy, dx

"""Where a filled hole meets the plate: the plate comes back before the hole's border, softly.

A hole reaches past what it hides, so that no edge of it stays behind. Most of what lies there is
nevertheless the place itself, and a fill that ends on a line beside it is seen as a rim.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.inpaint.fields import disc, pull_push

F32 = NDArray[Any]  # float32; OpenCV's stubs do not say so
Mask = NDArray[np.bool_]
FROM = 0.3  # of the way from what is hidden to the hole's border: there the plate begins
STRANGE = 2.5  # deviations from the plate beyond the border, from which on it is not the place


def meet_plate(plate: F32, filled: F32, hidden: Mask, hole: Mask) -> F32:
    """filled (h, w, 3), with more and more of plate from `hidden` to the border of hole.

    Both on a near-perceptual scale. hidden: (h, w) what the hole is made for. What looks unlike the
    plate just past the border stays filled: it is an edge that `hidden` missed.
    """
    ring = hole & ~hidden
    if not ring.any() or hole.all():
        return filled
    inner = cv2.distanceTransform((~hidden).astype(np.uint8), cv2.DIST_L2, 5)
    outer = cv2.distanceTransform(hole.astype(np.uint8), cv2.DIST_L2, 5)
    way = inner / np.maximum(inner + outer, 1e-3)
    t = np.clip((way - FROM) / (1 - FROM), 0, 1)
    keep = t * t * (3 - 2 * t) * ring
    reach = max(3, int(np.ceil(float(inner[ring].max()))))
    beyond = (cv2.dilate(hole.astype(np.uint8), disc(reach)) > 0) & ~hole
    mean = pull_push(plate, beyond.astype(np.float32))
    spread = np.sqrt(np.maximum(pull_push((plate - mean) ** 2, beyond.astype(np.float32)), 0))
    off = (np.abs(plate - mean) / (STRANGE * spread + 0.04)).max(-1)
    alike = cv2.GaussianBlur(np.clip(2 - off, 0, 1).astype(np.float32), (0, 0), 1.0)
    keep = (keep * alike)[..., None].astype(np.float32)
    return np.asarray(filled + keep * (plate - filled), np.float32)

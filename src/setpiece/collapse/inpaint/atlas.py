"""The plate and smaller copies of it on one sheet: what perspective makes of nearer ground.

Seen along a street, ground and walls farther off look like those nearer by, drawn together about
the vanishing point on the horizon. A copy of the plate made smaller about a point of the horizon is
therefore source for what lies farther off; which point does not matter, for patches are taken from
any column. (J.-B. Huang et al., "Image completion using planar structure guidance", SIGGRAPH 2014,
rectify whole planes instead, which needs every plane to be known.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.inpaint.fields import shrink
from setpiece.collapse.inpaint.materials import Materials

F32 = NDArray[Any]  # float32; OpenCV's stubs do not say so
Mask = NDArray[np.bool_]

ZOOMS = (1.5, 2.25, 3.375)
GRID = 32  # rows: pages begin at multiples, so that they lie as true at half the size


@dataclass(frozen=True)
class Atlas:
    """The plate in rows 0 to h, its smaller copies below.

    level: (H,) float32, the row of the plate that a row of the sheet stands for [px].
    """

    picture: F32
    hole: Mask
    usable: Mask
    start: F32
    label: F32
    level: F32
    materials: Materials


def make_atlas(
    picture: F32, hole: Mask, usable: Mask, start: F32, label: F32, materials: Materials,
    horizon: float | None,
) -> Atlas:  # fmt: skip
    """Lay out the sheet; the plate alone without a horizon in or near the frame."""
    h, w = hole.shape
    if horizon is None or not -0.2 * h < horizon < 1.2 * h:
        return Atlas(picture, hole, usable, start, label, np.arange(h, dtype=np.float32), materials)
    whole = np.where(hole[..., None], start, picture).astype(np.float32)
    channels = np.dstack([whole, label, usable.astype(np.float32)]).astype(np.float32)
    pages: list[F32] = []
    levels: list[F32] = []
    kinds: list[F32] = []
    used = h
    for zoom in ZOOMS:
        gap = -used % GRID or GRID
        pages.append(np.repeat((pages[-1] if pages else channels)[-1:], gap, 0))
        pages[-1][..., -1] = 0
        levels.append(np.full(gap, -4.0 * h))
        kinds.append(np.zeros((gap, w), np.uint8))
        size = (round(w / zoom), round(h / zoom))
        page = shrink(channels, size)
        wide = cv2.copyMakeBorder(
            materials.at((size[1], size[0])), 0, 0, 0, w - size[0], cv2.BORDER_REPLICATE
        )
        page = np.concatenate([page, np.repeat(page[:, -1:], w - size[0], 1)], 1)
        page[:, size[0] :, -1] = 0
        pages.append(page)
        levels.append(np.arange(size[1]) + horizon * (1 - 1 / zoom))
        kinds.append(wide)
        used += gap + size[1]
    tail = -used % GRID
    pages.append(np.zeros((tail, w, channels.shape[2]), np.float32))
    levels.append(np.full(tail, -4.0 * h))
    kinds.append(np.zeros((tail, w), np.uint8))
    below = np.concatenate(pages)
    n = len(below)
    price = materials.price
    rows = -(-price.shape[0] * (h + n) // h)
    longer = np.zeros((rows, *price.shape[1:]), np.float32)
    longer[: price.shape[0]] = price
    bare = below[..., : picture.shape[2]]
    return Atlas(
        np.concatenate([picture, bare]).astype(np.float32),
        np.concatenate([hole, np.zeros((n, w), bool)]),
        np.concatenate([usable, below[..., -1] > 0.98]),
        np.concatenate([start, bare]).astype(np.float32),
        np.concatenate([label, below[..., -2]]).astype(np.float32),
        np.concatenate([np.arange(h), *levels]).astype(np.float32),
        Materials(np.concatenate([materials.at((h, w)), *kinds]), longer),
    )

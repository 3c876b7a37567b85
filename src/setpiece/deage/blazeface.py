"""BlazeFace, short range: faces in a picture of 128x128.

Model card and paper: Bazarevsky et al. 2019, "BlazeFace: sub-millisecond neural face detection on
mobile GPUs". 896 anchors: two on each cell of a 16x16 grid, six on each of an 8x8 grid, in the
middle of their cell and one picture wide.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from setpiece.deage.extra import runner

SIDE = 128


@cache
def _anchors() -> NDArray[np.float32]:
    found = []
    for cells, each in ((16, 2), (8, 6)):
        y, x = np.mgrid[:cells, :cells]
        middles = (np.stack([x, y], -1).reshape(-1, 2) + 0.5) / cells
        found.append(np.repeat(middles, each, axis=0))
    return np.concatenate(found).astype(np.float32)


def detect(tile: NDArray[np.float32], least: float) -> NDArray[np.float32]:
    """Faces in one tile (128, 128, 3), display-referred sRGB 0..1.

    Returns float32 (n, 9): score, centre x, y, width, height, right eye x, y, left eye x, y, in
    pixels of the tile; those that score `least` or more, neighbours not yet merged.
    """
    net = runner("face_detector.tflite")
    net.set_tensor(net.get_input_details()[0]["index"], tile[None] * np.float32(2) - np.float32(1))
    net.invoke()
    out = {o["name"]: o["index"] for o in net.get_output_details()}
    logits = net.get_tensor(out["classificators"])[0, :, 0]
    keep = np.flatnonzero(logits >= np.log(least / (1 - least)))
    box = net.get_tensor(out["regressors"])[0, keep]
    anchor = _anchors()[keep] * SIDE
    score = 1 / (1 + np.exp(-logits[keep]))
    parts = (
        score[:, None], box[:, :2] + anchor, box[:, 2:4], box[:, 4:6] + anchor,
        box[:, 6:8] + anchor,
    )  # fmt: skip
    return np.concatenate(parts, axis=1).astype(np.float32)


def merge(found: NDArray[np.float32], overlap: float = 0.3) -> NDArray[np.float32]:
    """Boxes over one face become their mean, weighted by score, under the best one's score."""
    rest = found[np.argsort(-found[:, 0], kind="stable")]
    merged = []
    while len(rest):
        same = overlaps(rest[0], rest) > overlap
        same[0] = True
        group = rest[same].astype(np.float64)
        mean = (group * group[:, :1]).sum(0) / group[:, 0].sum()
        merged.append(np.concatenate([group[0, :1], mean[1:]]))
        rest = rest[~same]
    return np.array(merged, np.float32).reshape(-1, 9)


def overlaps(one: NDArray[np.float32], many: NDArray[np.float32]) -> NDArray[np.float32]:
    """Intersection over union of one box with many, as `detect` gives them."""
    low = np.maximum(one[1:3] - one[3:5] / 2, many[:, 1:3] - many[:, 3:5] / 2)
    high = np.minimum(one[1:3] + one[3:5] / 2, many[:, 1:3] + many[:, 3:5] / 2)
    both = np.prod(np.maximum(high - low, 0), axis=1)
    return both / (np.prod(one[3:5]) + np.prod(many[:, 3:5], axis=1) - both + 1e-6)

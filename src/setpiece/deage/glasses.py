"""Thin rims of glasses, which a model of skin's colour takes for skin.

A rim is a thin thing that is both darker and greyer than the skin beside it; a wrinkle is darker
and redder, light having gone through the skin on both sides of it. Where such a line crosses the
bridge of the nose from side to side, glasses are worn. Everything is measured in the logarithm,
against the skin around, so that light and tone of skin do not matter.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.deage.face import Aligned
from setpiece.deage.shapes import fill

Map = NDArray[np.float32]

# Temples, brows, the bridge and the upper cheeks.
_WHERE = (
    127, 162, 70, 63, 105, 66, 107, 9, 336, 296, 334, 293, 300, 389, 356, 345, 346, 347, 330,
    371, 437, 197, 217, 142, 101, 118, 117, 116,
)  # fmt: skip
_INNER = (133, 362)  # corners of the eyes at the nose
_LUMA = np.array([[0.2126, 0.7152, 0.0722]], np.float32)
_TOE = np.float32(0.02)
_UNIT = 2.0  # px to a hundredth of the face's height, at most: a rim is half of it wide
_THIN = (0.35, 2.2)  # what is between these is as thin as a rim [units]
# How much of a line crosses the bridge, in log: on 103 portraits, 18 with glasses, these had
# 0.076 and more, bare noses 0.04 and less.
_WORN = (0.05, 0.08)
_RIM = (0.05, 0.06)  # where a pixel begins to be a rim, and by when it is one


def rims(crop: NDArray[np.float32], aligned: Aligned) -> Map | None:
    """Where thin rims are, (S, S), 0..1; None where no glasses are worn.

    crop: float32 (S, S, 3), display-referred.
    """
    step = max(int(aligned.height / 100 / _UNIT), 1)
    points = aligned.points / np.float32(step)
    unit = aligned.height / 100 / step
    low = np.maximum(np.floor(points[list(_WHERE)].min(0) - 4 * unit).astype(int), 0)
    high = np.ceil(points[list(_WHERE)].max(0) + 4 * unit).astype(int)
    (x0, y0), (x1, y1) = low, np.minimum(high, aligned.size // step)
    if min(x1 - x0, y1 - y0) < 8:
        return None
    part = crop[y0 * step : y1 * step, x0 * step : x1 * step]
    if step > 1:
        part = cv2.resize(part, (int(x1 - x0), int(y1 - y0)), interpolation=cv2.INTER_AREA)
    logs = cv2.log(np.maximum(part, 0) + _TOE)
    greyer = _thin(logs[..., 2] - logs[..., 0], unit)
    line = greyer - _thin(cv2.transform(logs, _LUMA), unit)
    points = points - np.array([x0, y0], np.float32)
    worn = float(np.clip((_crossing(line, points, unit) - _WORN[0]) / (_WORN[1] - _WORN[0]), 0, 1))
    if worn <= 0:
        return None
    rim = np.clip((line - _RIM[0]) / _RIM[1], 0, 1) * np.clip(greyer / (0.6 * _RIM[0]), 0, 1)
    rim = cv2.dilate(rim.astype(np.float32), np.ones((3, 3), np.uint8))
    rim = np.minimum(1.5 * cv2.GaussianBlur(rim, (0, 0), max(0.4 * unit, 0.5)), 1)
    out = np.zeros((aligned.size, aligned.size), np.float32)
    if step > 1:
        rim = cv2.resize(rim, (int(x1 - x0) * step, int(y1 - y0) * step))
    out[y0 * step : y1 * step, x0 * step : x1 * step] = worn * rim
    return out * fill(aligned.size, [aligned.points[list(_WHERE)]], 2 * aligned.height / 100)


def _thin(picture: Map, unit: float) -> Map:
    """What of a picture is thin, against what is around."""
    fine, wide = _THIN
    near = cv2.GaussianBlur(picture, (0, 0), max(fine * unit, 0.5))
    return np.asarray(near - cv2.GaussianBlur(picture, (0, 0), wide * unit), np.float32)


def _crossing(line: Map, points: Map, unit: float) -> float:
    """How much of a line is met by all but a few of the ways up and down across the bridge."""
    a, b = points[list(_INNER)]
    across = b - a
    down = np.array([-across[1], across[0]]) / (np.linalg.norm(across) + 1e-6)
    along, deep = np.linspace(0.12, 0.88, 24), np.linspace(-9, 7, 40) * unit
    x, y = (
        (a[i] + along[None] * across[i] + deep[:, None] * down[i] - 0.5).astype(np.float32)
        for i in (0, 1)
    )
    met = cv2.remap(line, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return float(np.quantile(met.max(0), 0.2))

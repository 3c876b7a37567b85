"""Facts measured on the delivered frames: what take.json says under `checks`."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

from setpiece.collapse.inpaint.fields import encode

F32 = NDArray[Any]  # float32; OpenCV's stubs do not say so
Check = dict[str, Any]

POP = 0.05  # encoded scale: a step of 15x15 pixels larger than this is seen as a pop
STANDING = 40.0  # dB


def plate_untouched(plate: F32, result: F32, effect: F32) -> Check:
    """Outside the effect matte the frame (before shake) is the plate, bit for bit.

    value: how many pixels are not. Also measured where a value is NaN: NaN is never the plate.
    """
    wrong = int(_differing(plate, result, effect))
    return {"ok": wrong == 0, "value": wrong, "limit": 0, "unit": "pixels"}


@njit(cache=True, nogil=True)
def _differing(plate, result, effect):
    """Pixels that have no effect and are not the plate, and those that are no finite number."""
    wrong = 0
    h, w = effect.shape
    for y in range(h):
        for x in range(w):
            same, finite = True, True
            for c in range(result.shape[2]):
                same = same and plate[y, x, c] == result[y, x, c]
                finite = finite and np.isfinite(result[y, x, c])
            wrong += (not same and effect[y, x] <= 0) + (not finite)
    return wrong


def first_frame_psnr(reprojected: F32, plate: F32, silhouette: F32) -> Check:
    """The standing building, projected and rendered again, against the plate inside its silhouette.

    All scene-linear; compared on the encoded scale, peak 1.
    """
    inside = silhouette > 0.5
    if not inside.any():
        return {"ok": False, "value": 0.0, "limit": STANDING, "unit": "dB"}
    error = np.clip(encode(reprojected), 0, 1)[inside] - np.clip(encode(plate), 0, 1)[inside]
    mse = float((error.astype(np.float64) ** 2).mean())
    value = 99.0 if mse < 1e-10 else min(99.0, -10 * float(np.log10(mse)))
    return {"ok": value >= STANDING, "value": round(value, 2), "limit": STANDING, "unit": "dB"}


def no_pop(before: F32, after: F32, plate_before: F32, plate_after: F32, area: F32) -> Check:
    """Nothing jumps between the last standing frame and the first moving one.

    value: 95th percentile, inside `area`, of the change of 15x15 means (encoded scale) beyond the
    plate's own change.
    """
    inside = area > 0.5
    change = (encode(after) - encode(before)) - (encode(plate_after) - encode(plate_before))
    step = np.abs(cv2.blur(change, (15, 15))).max(-1)
    value = float(np.percentile(step[inside], 95)) if inside.any() else 0.0
    return {"ok": value <= POP, "value": round(value, 4), "limit": POP, "unit": "of white"}


def temporal(before: F32, after: F32, plate_before: F32, plate_after: F32, effect: F32) -> Check:
    """Away from the effect (both frames' mattes joined) the picture lives as the plate does.

    value: frame-to-frame difference of the result over the plate's own; 1 where both are 0.
    """
    away = effect <= 0
    if not away.any():
        return {"ok": True, "value": 1.0, "limit": 0.02, "unit": "ratio from 1 (nothing is away)"}
    ours = float(np.abs(after - before)[away].astype(np.float64).mean())
    own = float(np.abs(plate_after - plate_before)[away].astype(np.float64).mean())
    value = 1.0 if ours == own else ours / max(own, 1e-12)
    return {
        "ok": abs(value - 1) <= 0.02,
        "value": round(min(value, 999.0), 4),
        "limit": 0.02,
        "unit": "ratio from 1",
    }


def compile_kernels() -> None:
    """Compile what this module needs."""
    plate_untouched(*(np.zeros(shape, np.float32) for shape in ((1, 1, 3), (1, 1, 3), (1, 1))))

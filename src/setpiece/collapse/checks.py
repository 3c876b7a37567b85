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
SHATTERED = (1.8, 2.6)  # exponents of sizes: crushed quartz, granite, blasted rock, fault gouge
NONE_SEEN = {"count": 0, "log": 0.0, "largest": 1.0, "pixel": 0}
FEWEST = 20  # grains of about a pixel that any frame of a fall has


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


def debris_sizes(facts: list[dict[str, Any]]) -> Check:
    """Grains that fly and are seen follow a power law, and some are always about a pixel across.

    facts: of each frame in which the building falls, as `debris_pass` counts them. value: exponent
    of N(>size), fitted as a Pareto law with an end (I. B. Aban, M. M. Meerschaert and A. K.
    Panorska, "Parameter estimation for the truncated Pareto distribution", JASA 2006); limit: what
    is measured on shattered rock (D. L. Turcotte, "Fractals and fragmentation", JGR 1986).
    """
    count = sum(f["count"] for f in facts)
    fewest = min((f["pixel"] for f in facts), default=0)
    mean = sum(f["count"] * f["log"] for f in facts) / max(count, 1)
    span = max((f["largest"] for f in facts), default=1.0)
    value = _exponent(mean, span) if count >= 30 else 0.0
    low, high = SHATTERED
    return {
        "ok": low <= value <= high and fewest >= FEWEST,
        "value": round(value, 2),
        "limit": list(SHATTERED),
        "unit": "exponent",
        "seen": count,
        "fewest_of_a_pixel": fewest,
        "largest_over_least": round(span, 1),
    }


def _exponent(mean: float, span: float) -> float:
    """Of a Pareto law from 1 to span whose logarithms have that mean; within 0.01 to 20."""
    low, high = 0.01, 20.0
    end = np.log(max(span, 1.0001))
    for _ in range(60):
        a = 0.5 * (low + high)
        expected = 1 / a - end / np.expm1(min(a * end, 500.0))
        low, high = (a, high) if expected > mean else (low, a)
    return float(0.5 * (low + high))


def compile_kernels() -> None:
    """Compile what this module needs."""
    plate_untouched(*(np.zeros(shape, np.float32) for shape in ((1, 1, 3), (1, 1, 3), (1, 1))))

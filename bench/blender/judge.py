"""How far a picture is from another: FLIP and PSNR, as a display shows them."""

from __future__ import annotations

from typing import Any

import numpy as np

from blender.worker import Clock


def display(picture: Any) -> Any:
    """Scene-linear Rec.709 (h, w, 3) as sRGB 0..1, cut at white."""
    x = np.clip(np.asarray(picture, np.float64), 0, 1)
    return np.where(x <= 0.0031308, 12.92 * x, 1.055 * x ** (1 / 2.4) - 0.055).astype(np.float32)


def compare(order: dict[str, Any], _clock: Clock) -> dict[str, Any]:
    """order: truth (.npy), tests: name -> .npy. Returns scores: name -> flip, psnr [dB].

    FLIP (Andersson et al., HPG 2020) is the mean error, 0 is no difference seen, at 67 pixels a
    degree.
    """
    import flip_evaluator

    truth = display(np.load(order["truth"]))
    scores = {}
    for name, path in order["tests"].items():
        test = display(np.load(path))
        _map, flip, _ = flip_evaluator.evaluate(truth, test, "LDR", applyMagma=False)
        error = float(np.mean((truth - test) ** 2))
        scores[name] = {"flip": float(flip), "psnr": float(-10 * np.log10(max(error, 1e-12)))}
    return {"scores": scores}

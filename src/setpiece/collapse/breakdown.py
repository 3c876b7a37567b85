"""The breakdown: how the shot was made, one layer wiping over the last while time runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from setpiece.media.burnin import draw_text
from setpiece.media.movie import MovieWriter

Picture = NDArray[Any]
HOLD = 1.0  # seconds that each layer is seen alone
WIPE = 0.7  # seconds that a wipe takes


def write_breakdown(
    path: Path | str,
    layers: Sequence[tuple[str, Callable[[int], Picture]]],
    *,
    fps: Fraction,
    frames: int,
    progress: Callable[[float], None] | None = None,
) -> int:
    """Write breakdown.mp4; returns its number of pictures.

    layers: (label, frame index from 0 -> display-referred picture (h, w, 3) 0..1), in order. Time
    in the shot runs once through while they pass; the last layer then plays the whole shot.
    Raises StoreError where it cannot be written.
    """
    rate = float(fps)
    hold, wipe = max(round(HOLD * rate), 1), max(round(WIPE * rate), 1)
    length = len(layers) * hold + (len(layers) - 1) * wipe
    first = layers[0][1](0)
    h, w = first.shape[:2]
    total = length + frames
    with MovieWriter(path, (w, h), fps) as movie:
        for k in range(length):
            index, phase = divmod(k, hold + wipe)
            # The clock waits near the fall: layers are seen where they have something to show.
            frame = round((0.12 + 0.83 * k / max(length - 1, 1)) * (frames - 1))
            left, picture = layers[index]
            shown = np.array(picture(frame), np.float32)
            if phase >= hold and index + 1 < len(layers):
                t = (phase - hold + 1) / (wipe + 1)
                t = t * t * (3 - 2 * t)
                edge = round(t * w)
                right, over = layers[index + 1]
                shown[:, :edge] = over(frame)[:, :edge]
                shown[:, max(edge - 1, 0) : edge + 1] = 0.95
                _label(shown, right if t > 0.5 else left)
            else:
                _label(shown, left)
            movie.add(shown)
            if progress is not None:
                progress((k + 1) / total)
        final = layers[-1][1]
        for frame in range(frames):
            movie.add(np.asarray(final(frame), np.float32))
            if progress is not None:
                progress((length + frame + 1) / total)
    return total


def _label(picture: Picture, words: str) -> None:
    h, w = picture.shape[:2]
    size = max(round(h / 26), 10)
    draw_text(picture, words, (round(0.03 * w), round(0.95 * h)), size)

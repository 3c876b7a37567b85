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
    hold, wipe = _beat(fps)
    plan = _plan(len(layers), fps, frames)
    length = len(plan)
    first = layers[0][1](0)
    h, w = first.shape[:2]
    total = length + frames
    with MovieWriter(path, (w, h), fps, preset="veryfast") as movie:
        for k, (index, phase, frame) in enumerate(plan):
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


def frames_seen(layers: int, *, fps: Fraction, frames: int) -> list[set[int]]:
    """For each of so many layers, the frames of the shot that `write_breakdown` will ask of it."""
    hold, _ = _beat(fps)
    seen: list[set[int]] = [set() for _ in range(layers)]
    seen[0].add(0)
    for index, phase, frame in _plan(layers, fps, frames):
        seen[index].add(frame)
        if phase >= hold and index + 1 < layers:
            seen[index + 1].add(frame)
    seen[-1] |= set(range(frames))
    return seen


def _beat(fps: Fraction) -> tuple[int, int]:
    """Pictures that a layer is held, and that a wipe takes."""
    return max(round(HOLD * float(fps)), 1), max(round(WIPE * float(fps)), 1)


def _plan(layers: int, fps: Fraction, frames: int) -> list[tuple[int, int, int]]:
    """(layer, pictures since it was whole, frame of the shot) of each picture with wipes."""
    hold, wipe = _beat(fps)
    length = layers * hold + (layers - 1) * wipe
    # The clock waits near the fall: layers are seen where they have something to show.
    return [
        (*divmod(k, hold + wipe), round((0.12 + 0.83 * k / max(length - 1, 1)) * (frames - 1)))
        for k in range(length)
    ]


def _label(picture: Picture, words: str) -> None:
    h, w = picture.shape[:2]
    size = max(round(h / 26), 10)
    draw_text(picture, words, (round(0.03 * w), round(0.95 * h)), size)

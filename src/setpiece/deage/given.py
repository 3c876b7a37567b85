"""Mattes that the artist gives, frame for frame with the plate: of hair, and of how much where."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from setpiece.errors import InputError
from setpiece.media.plate import Plate, open_plate


def matte_plate(path: Path | None) -> Plate | None:
    """A matte's file, opened: its values are what they say, no colours. Raises PlateError."""
    return None if path is None else open_plate(path, colorspace="linear")


def matte_at(plate: Plate, frame: int) -> NDArray[np.float32]:
    """The matte of a frame, float32 (h, w); one picture holds for every frame."""
    picture = plate.read(frame if plate.frames > 1 else 0)
    return np.ascontiguousarray(picture[..., 1])


def fits(option: str, path: Path | None, plate: Plate) -> None:
    """Raises InputError where a matte has not the size or the frames of the plate."""
    matte = matte_plate(path)
    if matte is None:
        return
    same = (matte.width, matte.height) == (plate.width, plate.height)
    if not same or matte.frames not in (1, plate.frames):
        raise InputError(
            f"{option} {path}: {matte.frames} frames of {matte.width}x{matte.height}, the plate "
            f"has {plate.frames} of {plate.width}x{plate.height}; render it to fit (one picture "
            "holds for every frame)."
        )

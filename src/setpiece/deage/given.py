"""Mattes that the artist gives, frame for frame with the plate: of hair, and of how much where."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from setpiece.deage.face import MESH, Face
from setpiece.errors import InputError
from setpiece.media.plate import Plate, open_plate


def matte_plate(path: Path | None) -> Plate | None:
    """A matte's file, opened: its values are what they say, no colours. Raises PlateError."""
    return None if path is None else open_plate(path, colorspace="linear")


def matte_at(plate: Plate, frame: int) -> NDArray[np.float32]:
    """The matte of a frame, float32 (h, w); one picture holds for every frame."""
    picture = plate.read(frame if plate.frames > 1 else 0)
    return np.ascontiguousarray(picture[..., 1])


def nearest(matte: NDArray[np.float32], face: Face, others: list[Face]) -> NDArray[np.float32]:
    """What of a matte (h, w) is nearer to a face, in its heights, than to any other."""
    if not others:
        return matte
    y, x = np.mgrid[: matte.shape[0], : matte.shape[1]].astype(np.float32)

    def away(one: Face) -> NDArray[np.float32]:
        at = one.points[:MESH, :2].mean(0)
        return np.asarray(np.hypot(x - at[0], y - at[1]) / max(one.height, 1.0), np.float32)

    return np.where(np.all([away(face) <= away(o) for o in others], axis=0), matte, 0)


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

"""What comes back from an engine is looked at before it becomes a panel."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from setpiece.errors import StageError

F32 = NDArray[np.float32]
STRETCH = 0.03  # how far width/height may be off; networks round sizes to multiples of 8 or 64
LARGEST = 8192  # px of a side


def as_picture(data: bytes, size: tuple[int, int], whose: str) -> F32:
    """A PNG, JPEG or WebP as a display-referred picture, float32 (h, w, 3), 0..1, of `size`.

    Raises StageError: no picture, truncated, absurdly large, of another shape, or of one flat tone.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(BytesIO(data), formats=("PNG", "JPEG", "WEBP")) as image:
            if max(image.size) > LARGEST:
                raise StageError(f"{whose} returned a picture of {image.size}: too large")
            shown = image.convert("RGB")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise StageError(
            f"{whose} returned {len(data)} bytes that are no whole picture ({error})"
        ) from error
    return fitted(np.asarray(shown), size, whose)


def fitted(pixels: NDArray[np.uint8], size: tuple[int, int], whose: str) -> F32:
    """uint8 (h, w, 3) checked and brought to `size` (width, height). Raises StageError."""
    from PIL import Image

    got = pixels.shape[1], pixels.shape[0]
    if abs(got[0] / got[1] / (size[0] / size[1]) - 1) > STRETCH:
        raise StageError(
            f"{whose} returned {got[0]}x{got[1]}, a panel is {size[0]}x{size[1]}: let the workflow "
            "use %width% and %height%"
        )
    if np.ptp(pixels.reshape(-1, 3), axis=0).max() < 8:
        raise StageError(f"{whose} returned one flat tone (a model that overflowed?)")
    if got != size:
        pixels = np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS))
    return pixels.astype(np.float32) / np.float32(255)

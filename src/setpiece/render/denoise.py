"""Noise out of lighting (Intel Open Image Denoise). Pictures never pass through here."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.errors import StageError

F32 = NDArray[np.float32]
TILE = 16  # px: noise is looked for in squares of this size, and cleaned with one around them
MIDDLE = 0.18  # of the range the network knows, at which it is best
ROOM = 300  # MB: larger pictures go in tiles that overlap, with the same result


@lru_cache(maxsize=1)
def _device() -> Any:
    import pyoidn

    device = pyoidn.Device()
    # One thread: the farm runs a process a core, and the bits must not depend on their number.
    device.set_int("numThreads", 1)
    device.set_bool("setAffinity", False)
    device.commit()
    return device


def areas(noisy: NDArray[np.bool_]) -> list[tuple[slice, slice]]:
    """Boxes (rows, columns) that hold all that is noisy (h, w), with what is around it.

    One for each thing that stands apart: the time goes with the pixels, whatever is in them.
    """
    h, w = noisy.shape
    rows, columns = -(-h // TILE), -(-w // TILE)
    tiles = np.zeros((rows * TILE, columns * TILE), bool)
    tiles[:h, :w] = noisy
    some = tiles.reshape(rows, TILE, columns, TILE).any((1, 3)).astype(np.uint8)
    some = cv2.dilate(some, np.ones((3, 3), np.uint8))
    _, _, found, _ = cv2.connectedComponentsWithStats(some, connectivity=4)
    boxes = [[int(n) for n in (y, y + tall, x, x + wide)] for x, y, wide, tall, _ in found[1:]]
    while (pair := _better_as_one(boxes)) is not None:
        a, b = pair
        boxes[a] = _around(boxes[a], boxes.pop(b))
    return [
        (slice(a * TILE, min(b * TILE, h)), slice(c * TILE, min(d * TILE, w)))
        for a, b, c, d in boxes
    ]


def _better_as_one(boxes: list[list[int]]) -> tuple[int, int] | None:
    for b in range(len(boxes)):
        for a in range(b):
            if _size(_around(boxes[a], boxes[b])) <= _size(boxes[a]) + _size(boxes[b]):
                return a, b
    return None


def _around(a: list[int], b: list[int]) -> list[int]:
    return [min(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), max(a[3], b[3])]


def _size(box: list[int]) -> int:
    return (box[1] - box[0]) * (box[3] - box[2])


def denoise(
    light: F32, albedo: F32, normal: F32, *, fast: bool = True, level: float | None = None
) -> F32:
    """Irradiance (h, w, 3) float32, linear, without its noise.

    albedo (0..1) and normal (-1..1), both (h, w, 3), tell it which edges are real. The same
    input gives the same bits. fast: half the time; finished frames differ by 60 dB and less than
    one can see, for light alone passes here and what noise is left does not move. level: how bright
    the whole is, where this is a part of it; None looks for itself.
    """
    import pyoidn

    out = np.zeros_like(light)
    images = {
        pyoidn.OIDN_IMAGE_COLOR: np.ascontiguousarray(light, np.float32),
        pyoidn.OIDN_IMAGE_ALBEDO: np.ascontiguousarray(np.clip(albedo, 0, 1), np.float32),
        pyoidn.OIDN_IMAGE_NORMAL: np.ascontiguousarray(normal, np.float32),
        pyoidn.OIDN_IMAGE_OUTPUT: out,
    }
    work = pyoidn.Filter(_device(), pyoidn.OIDN_FILTER_TYPE_RT)
    try:
        for name, image in images.items():
            work.set_image(name, image, pyoidn.OIDN_FORMAT_FLOAT3)
        work.set_bool("hdr", True)
        if level:
            work.set_float("inputScale", MIDDLE / level)
        work.set_int("maxMemoryMB", ROOM)
        work.set_int("quality", pyoidn.OIDN_QUALITY_FAST if fast else pyoidn.OIDN_QUALITY_BALANCED)
        work.commit()
        work.execute()
        error = _device().get_error()
    finally:
        work.release()
    if error is not None:
        raise StageError(f"the denoiser stopped: {error}")
    return out

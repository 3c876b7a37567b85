"""Noise out of lighting (Intel Open Image Denoise). Pictures never pass through here."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from setpiece.errors import StageError

F32 = NDArray[np.float32]
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


def denoise(light: F32, albedo: F32, normal: F32, *, fast: bool = True) -> F32:
    """Irradiance (h, w, 3) float32, linear, without its noise.

    albedo (0..1) and normal (-1..1), both (h, w, 3), tell it which edges are real. The same
    input gives the same bits. fast: half the time; finished frames differ by 60 dB and less than
    one can see, for light alone passes here and what noise is left does not move.
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

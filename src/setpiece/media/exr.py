"""OpenEXR in and out: one part, scene-linear Rec.709, half float, ZIP, layers by name."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

from setpiece.errors import PlateError, StoreError
from setpiece.media.atomic import whole_file
from setpiece.render.camera import Camera

# Red, green, blue, white (D65) of Rec.709, as OpenEXR's `chromaticities` wants them.
REC709 = (0.64, 0.33, 0.30, 0.60, 0.15, 0.06, 0.3127, 0.3290)

_NAMES = {
    "rgba": ("R", "G", "B", "A"),
    "rgb": ("R", "G", "B"),
    "depth": ("depth.Z",),
    "N": ("N.X", "N.Y", "N.Z"),
    "P": ("P.X", "P.Y", "P.Z"),
    "motion": ("motion.X", "motion.Y"),
    "matte": ("matte.A",),
}
# Half float steps by 3 to 6 cm at 60 m, which shows as terraces when an artist puts fog or a
# light into depth and position, so these two are 32 bit. They are rounded to 1/1024 m: the zero
# bits left over cost almost nothing in ZIP.
_METRES = ("depth", "P")
_ROUND = np.float32(1024.0)
_HALF_MAX = np.float16(65504.0)


def channel_names(layer: str, count: int) -> tuple[str, ...]:
    """Channel names of a layer with `count` channels, e.g. `dust` -> dust.R, dust.G, ..."""
    if layer in _NAMES:
        if len(_NAMES[layer]) != count:
            raise ValueError(f"layer {layer!r} has {count} channels, not {len(_NAMES[layer])}")
        return _NAMES[layer]
    if not 1 <= count <= 4:
        raise ValueError(f"layer {layer!r} has {count} channels; 1 to 4 can be named")
    return tuple(f"{layer}.{c}" for c in ("A" if count == 1 else "RGBA"[:count]))


def write_exr(
    path: Path | str,
    layers: Mapping[str, NDArray[Any]],
    *,
    attributes: Mapping[str, str | int | float | Fraction] | None = None,
    fps: Fraction | None = None,
    frame: int | None = None,
    camera: Camera | None = None,
) -> None:
    """Write one frame, whole or not at all.

    Args:
        path: the file; its folder is made where missing.
        layers: name -> (h, w) or (h, w, c), scene-linear Rec.709 where it is colour. `rgba`,
            `depth` [m], `N`, `P` [m], `motion` [px per frame], `albedo`, `dust`, `matte`,
            cryptomatte ranks (see `cryptomatte.encode`), or any other name.
        attributes: header attributes, e.g. the cryptomatte manifest.
        fps: written as the rational `framesPerSecond`.
        frame: with `fps`, written as `timeCode` counted in whole frames from frame 0.
        camera: written as `worldToCamera` and `worldToNDC`, OpenEXR's own conventions.

    Raises:
        StoreError: the disk is full or the folder cannot be written.
        ValueError: layers of different sizes or with too many channels.
    """
    import OpenEXR

    channels: dict[str, NDArray[Any]] = {}
    size: tuple[int, int] | None = None
    for layer, value in layers.items():
        pixels = np.asarray(value)
        if pixels.ndim == 2:
            pixels = pixels[..., None]
        if pixels.ndim != 3 or 0 in pixels.shape:
            raise ValueError(f"{path}: layer {layer!r} has shape {np.shape(value)}")
        if size is not None and pixels.shape[:2] != size:
            raise ValueError(f"{path}: layer {layer!r} is {pixels.shape[:2]}, others are {size}")
        size = pixels.shape[0], pixels.shape[1]
        channels.update(
            zip(channel_names(layer, pixels.shape[2]), _stored(layer, pixels), strict=True)
        )
    if size is None:
        raise ValueError(f"{path}: no layers to write")

    header: dict[str, Any] = {
        "compression": OpenEXR.ZIP_COMPRESSION,
        "type": OpenEXR.scanlineimage,
        "chromaticities": REC709,
        "software": "setpiece",
    }
    header.update(attributes or {})
    if fps is not None:
        header["framesPerSecond"] = Fraction(fps)
        if frame is not None:
            header["timeCode"] = _timecode(OpenEXR, frame, fps)
    if camera is not None:
        header["worldToCamera"], header["worldToNDC"] = _matrices(camera)

    with whole_file(path) as temporary:
        try:
            OpenEXR.File(header, channels, num_threads=0).write(str(temporary))
        except RuntimeError as error:  # OpenEXR's one exception for everything
            raise StoreError(
                f"{path}: could not be written ({error}). "
                "Free some disk space or choose another folder, then run again."
            ) from error


def to_half(values: NDArray[np.float32]) -> NDArray[np.float16]:
    """Values of any shape as a file keeps them: half float, of finite size."""
    # OpenCV's own conversion rounds alike and takes a sixth of numpy's time; it takes two axes.
    flat = np.ascontiguousarray(values, np.float32).reshape(-1, values.shape[-1])
    half = cv2.convertFp16(flat).view(np.float16).reshape(values.shape)
    # The sun's own disc must not become infinite: it would spread through every filter. Infinite
    # halves, and what is no number, are the largest bits of either sign.
    if half.view(np.int16).max() >= 0x7C00 or half.view(np.uint16).max() >= 0xFC00:
        endless = (half.view(np.uint16) & 0x7FFF) == 0x7C00
        half[endless] = np.copysign(_HALF_MAX, half[endless])
    return half


def read_exr(path: Path | str, layers: Collection[str] | None = None) -> dict[str, NDArray[Any]]:
    """Layers of an EXR as `write_exr` took them, colour channels in the order R, G, B, A.

    Half channels come back as float16, others as float32; one-channel layers as (h, w).
    `layers` limits what is returned.

    Raises:
        PlateError: the file is missing, truncated or not an EXR.
    """
    import OpenEXR

    try:
        found = OpenEXR.File(str(path), separate_channels=True, num_threads=0).channels()
    except RuntimeError as error:
        raise PlateError(
            f"{path}: not a readable EXR ({error}). It may be missing or cut short; "
            "delete it and run the take again."
        ) from error
    groups: dict[str, dict[str, NDArray[Any]]] = {}
    for name, channel in found.items():
        layer, _, last = name.rpartition(".")
        groups.setdefault(layer, {})[last] = channel.pixels
    top = groups.pop("", None)
    if top is not None:
        groups["rgba" if "A" in top else "rgb"] = top
    out: dict[str, NDArray[Any]] = {}
    for layer, parts in groups.items():
        if layers is None or layer in layers:
            order = sorted(parts, key=lambda c: ("RGBAXYZ".find(c), c))
            planes = [parts[c] for c in order]
            out[layer] = planes[0] if len(planes) == 1 else np.stack(planes, axis=-1)
    return out


def read_attributes(path: Path | str) -> dict[str, Any]:
    """The header of an EXR, without reading its pixels.

    Raises:
        PlateError: the file is missing, truncated or not an EXR.
    """
    import OpenEXR

    try:
        return dict(OpenEXR.File(str(path), header_only=True).header())
    except RuntimeError as error:
        raise PlateError(f"{path}: not a readable EXR ({error}).") from error


def _stored(layer: str, pixels: NDArray[Any]) -> list[NDArray[Any]]:
    """The planes of a layer (h, w, c) as the file keeps them."""
    h, w, count = pixels.shape
    if layer.startswith("crypto") or layer in _METRES:
        planes = np.empty((count, h, w), np.float32)
        if layer in _METRES:
            _apart_rounded(np.asarray(pixels, np.float32), _ROUND, planes)
        else:  # hashes: every bit counts
            _apart(np.asarray(pixels, np.float32).view(np.uint32), planes.view(np.uint32))
        return list(planes)
    half = pixels if pixels.dtype == np.float16 else to_half(np.asarray(pixels, np.float32))
    planes = np.empty((count, h, w), np.float16)
    _apart(half.view(np.uint16), planes.view(np.uint16))
    return list(planes)


@njit(cache=True, nogil=True)
def _apart(pixels, planes):
    """Channels (h, w, c) that lie side by side, bit by bit into planes (c, h, w)."""
    for y in range(pixels.shape[0]):
        for c in range(pixels.shape[2]):
            for x in range(pixels.shape[1]):
                planes[c, y, x] = pixels[y, x, c]


@njit(cache=True, nogil=True)
def _apart_rounded(pixels, steps, planes):
    """As `_apart`, rounded to so many steps in one."""
    for y in range(pixels.shape[0]):
        for c in range(pixels.shape[2]):
            for x in range(pixels.shape[1]):
                planes[c, y, x] = np.rint(pixels[y, x, c] * steps) / steps


def _timecode(openexr: Any, frame: int, fps: Fraction) -> Any:
    """SMPTE time code without drop frames: 23.976 counts as 24."""
    rate = max(round(fps), 1)
    seconds, frames = divmod(max(frame, 0), rate)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return openexr.TimeCode(hours % 24, minutes, seconds, frames, *([0] * 14))


def _matrices(camera: Camera) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """OpenEXR's worldToCamera and worldToNDC, for row vectors (p @ M).

    Its camera space is x right, y up, z forward; its NDC runs from (0, 0) at the upper left to
    (1, 1) at the lower right of the display window.
    """
    axes = camera.rotation * np.array([[1.0], [-1.0], [1.0]])
    view = np.eye(4)
    view[:3, :3] = axes.T
    view[3, :3] = -axes @ camera.position
    w, h = camera.width, camera.height
    lens = np.zeros((4, 4))
    lens[0, 0] = camera.focal / w
    lens[1, 1] = -camera.focal / h
    lens[2] = camera.centre[0] / w, camera.centre[1] / h, 1.0, 1.0
    lens[3, 2] = -0.01  # near plane at 1 cm; NDC's z is not used
    return view.astype(np.float32), (view @ lens).astype(np.float32)


def compile_kernels() -> None:
    """Compile what this module needs."""
    for kind in (np.float16, np.float32):
        _stored("rgb", np.zeros((1, 1, 3), kind))
    for layer in ("P", "crypto00"):
        _stored(layer, np.zeros((1, 1, 3), np.float32))

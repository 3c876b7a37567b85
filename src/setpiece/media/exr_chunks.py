"""An EXR's bytes: the header as OpenEXR writes it, and ZIP chunks of our own making.

The library packs all channels with one search for what has been seen before, which takes a
seventh of a frame's time; `media.deflate` knows what pictures look like there.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from setpiece.media.deflate import zip_lines

LINES = 16  # of a chunk, as ZIP_COMPRESSION has it
WINDOWS = (b"dataWindow", b"displayWindow")


def write_zip(path: Path, header: dict[str, Any], channels: Mapping[str, NDArray[Any]]) -> None:
    """Write a scanline EXR, one part, ZIP.

    header: as `OpenEXR.File` takes it, with that compression and type. channels: name -> (h, w)
    float16 or float32. Raises RuntimeError or OSError where it cannot be written.
    """
    import OpenEXR

    names = sorted(channels, key=str.encode)
    h, w = channels[names[0]].shape
    small = {n: np.zeros((1, 1), channels[n].dtype) for n in names}
    OpenEXR.File(dict(header), small, num_threads=0).write(str(path))
    head = _resized(path.read_bytes(), w, h)

    raw = np.empty((h, w * sum(channels[n].dtype.itemsize for n in names)), np.uint8)
    at = 0
    for n in names:
        plane = np.ascontiguousarray(channels[n]).view(np.uint8).reshape(h, -1)
        raw[:, at : at + plane.shape[1]] = plane
        at += plane.shape[1]
    packed, ends = zip_lines(raw, LINES)

    starts = np.concatenate([[0], ends[:-1]])
    first = len(head) + 8 * len(ends)
    # Before each chunk its first line and its size, 4 bytes each.
    offsets = first + starts + 8 * np.arange(len(ends))
    with path.open("wb") as f:
        f.write(head)
        f.write(offsets.astype("<u8").tobytes())
        for k, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
            f.write(struct.pack("<ii", k * LINES, end - start))
            f.write(packed[start:end].data)


def _resized(file: bytes, w: int, h: int) -> bytes:
    """The header of an EXR of one pixel, told that it has (w, h)."""
    out = bytearray(file)
    at = 8  # past magic and version
    while out[at]:
        name, at = _word(file, at)
        _kind, at = _word(file, at)
        (size,) = struct.unpack_from("<i", file, at)
        at += 4
        if name in WINDOWS:
            struct.pack_into("<iiii", out, at, 0, 0, w - 1, h - 1)
        at += size
    return bytes(out[: at + 1])


def _word(file: bytes, at: int) -> tuple[bytes, int]:
    end = file.index(b"\0", at)
    return file[at:end], end + 1

"""TIFFs that Pillow does not decode in full depth: 16-bit integer, half and float."""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np

_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 16: 8, 18: 8}
_CODES = {1: "B", 3: "H", 4: "I", 16: "Q"}
_MOST = 1 << 22  # strips or tiles of one picture


@dataclass(frozen=True)
class TiffHeader:
    """First directory of a TIFF.

    Attributes:
        width, height: pixels. bits: per sample. samples: per pixel.
        floating: samples are floats. end: bytes that the pixel data needs the file to have.
        format_at: byte offset of the SampleFormat values (None without), and their byte order.
    """

    width: int
    height: int
    bits: int
    samples: int
    floating: bool
    end: int
    format_at: int | None
    order: str


def read_tiff_header(data: bytes) -> TiffHeader:
    """Read the first directory of a classic or big TIFF.

    Raises:
        ValueError: this is not a TIFF, or its directory is damaged or lies outside the file.
    """
    order = {b"II": "<", b"MM": ">"}.get(data[:2])
    if order is None or len(data) < 16:
        raise ValueError("no TIFF header")
    big = struct.unpack_from(order + "H", data, 2)[0] == 43
    try:
        start = struct.unpack_from(order + ("Q" if big else "I"), data, 8 if big else 4)[0]
        count = struct.unpack_from(order + ("Q" if big else "H"), data, start)[0]
        if count > 4096:
            raise ValueError("its directory is damaged")
        tags: dict[int, tuple[int, tuple[int, ...]]] = {}
        for i in range(count):
            at = start + (8 if big else 2) + i * (20 if big else 12)
            tag, kind, number = struct.unpack_from(order + ("HHQ" if big else "HHI"), data, at)
            value_at = at + (12 if big else 8)
            size = _SIZES.get(kind, 1) * number
            if size > (8 if big else 4):
                value_at = struct.unpack_from(order + ("Q" if big else "I"), data, value_at)[0]
            if kind in _CODES and number <= _MOST:
                form = f"{order}{number}{_CODES[kind]}"
                tags[tag] = (value_at, struct.unpack_from(form, data, value_at))
    except struct.error as error:
        raise ValueError("its directory lies beyond the end of the file") from error

    def values(tag: int, default: tuple[int, ...] = ()) -> tuple[int, ...]:
        return (tags[tag][1] if tag in tags else ()) or default

    width, height = values(256, (0,))[0], values(257, (0,))[0]
    offsets, lengths = values(273) or values(324), values(279) or values(325)
    end = max((a + b for a, b in zip(offsets, lengths, strict=False)), default=0)
    return TiffHeader(
        width=width,
        height=height,
        bits=max(values(258, (1,))),
        samples=values(277, (1,))[0],
        floating=3 in values(339, (1,)),
        end=end,
        format_at=tags[339][0] if 339 in tags else None,
        order=order,
    )


def read_deep_tiff(data: bytes, header: TiffHeader) -> np.ndarray | None:
    """Decode a 16-bit, half or float TIFF: (h, w, 3 or 4) RGB(A) or (h, w), as stored.

    Returns None where the layout is one that OpenCV does not read.
    """
    import cv2

    half = header.floating and header.bits == 16
    if half and header.format_at is not None:
        # No decoder here knows halves, but they unpack like 16-bit integers: say that they are.
        patched = bytearray(data)
        for i in range(header.samples):
            struct.pack_into(header.order + "H", patched, header.format_at + 2 * i, 1)
        data = bytes(patched)
    try:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error:
        return None
    if image is None:
        return None
    if half:
        image = image.view(np.float16)
    if image.ndim == 3:
        image = image[..., [2, 1, 0, *range(3, image.shape[2])]]
    return image

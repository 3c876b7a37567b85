"""Panels as files: how they are written, and how it is told that somebody drew over one."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from setpiece.media.atomic import whole_file

QUALITY = 92  # of JPEG: lines stay clean, a hundred panels stay under ten megabytes
_APP11, _START_OF_SCAN = 0xEB, 0xDA


def save_panel(path: Path, picture: NDArray[np.uint8]) -> None:
    """uint8 (h, w, 3), display-referred, as JPEG without colour subsampling. Raises StoreError."""
    from PIL import Image

    with whole_file(path) as part:
        Image.fromarray(picture).save(part, "JPEG", quality=QUALITY, subsampling=0, optimize=False)


def drawing_hash(path: Path) -> str:
    """SHA-256 of a picture file without its content credentials, which come and go (APP11)."""
    data = path.read_bytes()
    if data[:2] != b"\xff\xd8":
        return hashlib.sha256(data).hexdigest()
    kept, at = [data[:2]], 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != _START_OF_SCAN:
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if data[at + 1] != _APP11:
            kept.append(data[at:end])
        at = end
    kept.append(data[at:])
    return hashlib.sha256(b"".join(kept)).hexdigest()

"""Stills for people to look at: contact sheets, JPEG and PNG."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.media.atomic import whole_file
from setpiece.media.burnin import draw_text, to_bytes

Picture = NDArray[Any]
PAPER = 0.075  # display-referred grey: dark enough that no picture looks washed out on it


def contact_sheet(
    frames: Sequence[tuple[str, Picture]],
    *,
    columns: int = 4,
    width: int = 1920,
    title: str = "",
) -> NDArray[np.uint8]:
    """Labelled pictures in rows, uint8 (h, width, 3), display-referred.

    frames: (label, picture), display-referred 0..1 float or uint8, all of one aspect.
    """
    if not frames:
        raise ValueError("a contact sheet needs at least one picture")
    columns = min(columns, len(frames))
    gutter = max(round(width / 120), 4)
    cell = (width - gutter * (columns + 1)) // columns
    first = frames[0][1]
    tall = max(round(cell * first.shape[0] / first.shape[1]), 1)
    text = max(round(cell / 26), 9)
    strip = round(text * 1.9)
    head = round(text * 2.6) if title else gutter
    rows = -(-len(frames) // columns)
    sheet = np.full((head + rows * (tall + strip) + gutter, width, 3), PAPER, np.float32)
    if title:
        draw_text(sheet, title, (gutter, round(head * 0.68)), round(text * 1.15), opacity=0.85)
    for i, (label, picture) in enumerate(frames):
        row, column = divmod(i, columns)
        x, y = gutter + column * (cell + gutter), head + row * (tall + strip)
        shown = _unit(picture)
        small = cv2.resize(
            shown, (cell, tall),
            interpolation=cv2.INTER_AREA if shown.shape[1] > cell else cv2.INTER_CUBIC,
        )  # fmt: skip
        sheet[y : y + tall, x : x + cell] = np.clip(small, 0, 1)
        draw_text(sheet, label, (x, y + tall + round(strip * 0.68)), text, opacity=0.7)
    return to_bytes(sheet)


def save_png(path: Path | str, picture: Picture) -> None:
    """uint8 or float 0..1 (h, w, 3), display-referred, as 8-bit PNG. Raises StoreError."""
    _save(Path(path), picture, {"format": "PNG", "compress_level": 4})


def save_jpeg(path: Path | str, picture: Picture, quality: int = 90) -> None:
    """uint8 or float 0..1 (h, w, 3), display-referred, as JPEG. Raises StoreError."""
    _save(Path(path), picture, {"format": "JPEG", "quality": quality, "subsampling": 0})


def _save(path: Path, picture: Picture, options: dict[str, Any]) -> None:
    from PIL import Image

    data = picture if picture.dtype == np.uint8 else to_bytes(np.asarray(picture, np.float32))
    with whole_file(path) as part:
        Image.fromarray(np.ascontiguousarray(data)).save(part, **options)


def _unit(picture: Picture) -> NDArray[Any]:
    if picture.dtype == np.uint8:
        return picture.astype(np.float32) / np.float32(255)
    return np.asarray(picture, np.float32)

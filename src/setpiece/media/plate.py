"""Open a plate: a photograph, a numbered sequence or a movie, read the same way."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np

from setpiece.errors import InputError, PlateError
from setpiece.media import colour
from setpiece.media.exif import Exif
from setpiece.media.sequence import PICTURES, Sequence, find_sequence, is_pattern, run_beside
from setpiece.media.still import MOST_SIDE, Still, is_picture, read_still

DEFAULT_RATE = Fraction(24)


class _Source(Protocol):
    def read(self, index: int) -> np.ndarray: ...


@dataclass(frozen=True)
class Plate:
    """A picture or clip that was shot.

    Attributes:
        path: as given.
        width, height: of what `read` returns, upright.
        fps: frames a second, exact; a still has the rate it was opened with.
        frames: how many; 1 for a still. still: one picture, to be held.
        colorspace: what the file's colours were read as. bits: per channel in the file.
        exif: what the camera wrote.
        notes: what was decided or repaired on the way in, for the artist to see.
        native: (width, height) of the file's own picture, upright, before any scaling.
    """

    path: Path
    width: int
    height: int
    fps: Fraction
    frames: int
    still: bool
    colorspace: str
    bits: int
    exif: Exif
    notes: tuple[str, ...] = ()
    native: tuple[int, int] = (0, 0)
    _source: _Source = field(repr=False, compare=False, kw_only=True)

    def read(self, index: int = 0) -> np.ndarray:
        """Frame `index`, from 0: float32 (height, width, 3), scene-linear Rec.709.

        Before the first and after the last frame those two are held. The array is the
        caller's own.

        Raises:
            PlateError: this frame is damaged, or is of another size than the first.
        """
        return self._source.read(min(max(index, 0), self.frames - 1))

    def fitted(self, size: tuple[int, int]) -> Plate:
        """The same plate, read at another size: fitted into the box `size`."""
        wanted = _fitted(self.native, size)
        if wanted == (self.width, self.height) or not isinstance(self._source, _Resized):
            return self
        source = self._source.at(wanted)
        return replace(self, width=wanted[0], height=wanted[1], _source=source)


def open_plate(
    path: str | Path,
    *,
    colorspace: str | None = None,
    fps: Fraction | float | str | None = None,
    size: tuple[int, int] | None = None,
) -> Plate:
    """Open a photograph, a numbered sequence (pattern or folder) or a movie.

    The first frame is decoded here, so that a bad file fails now and not in the middle of a
    night. One numbered file is a still; its pattern (`plate.####.exr`) is the sequence.

    Args:
        path: JPEG, PNG, TIFF, EXR, WebP, BMP; `plate.####.exr`, `plate.%04d.png`, a folder that
            holds one sequence; or a movie.
        colorspace: what the colours are, over what the file says.
        fps: frame rate of a still or a sequence (24 without). Of a movie it changes the clock
            and keeps every frame.
        size: (width, height) box that the picture is scaled to fit, up or down, keeping its
            aspect, to even dimensions, never cropped. Native size without.

    Raises:
        PlateError: missing, empty, truncated, too large, not a picture, frames missing.
        InputError: unknown colour space, or a size or rate that is none.
    """
    path = Path(path)
    rate = None if fps is None else frame_rate(fps)
    box = None if size is None else _box(size)
    if colorspace is not None:
        colour.space_name(colorspace)
    try:
        if path.is_dir() or is_pattern(path):
            opened = _sequence(find_sequence(path), colorspace, rate)
        else:
            opened = _file(path, colorspace, rate)
    except OSError as error:
        raise PlateError(f"{path}: cannot be read ({error.strerror}); check the path") from error
    facts, source = opened
    native = (facts["width"], facts["height"])
    facts["width"], facts["height"] = native if box is None else _fitted(native, box)
    resized = _Resized(source, (facts["width"], facts["height"]), native)
    return Plate(path=path, native=native, _source=resized, **facts)


def frame_rate(value: Fraction | float | str) -> Fraction:
    """A frame rate as a fraction: 23.976 and "23.976" are 24000/1001.

    Raises:
        InputError: not a number, or not between 1 and 1000.
    """
    try:
        rate = Fraction(value)
    except (ValueError, ZeroDivisionError, OverflowError, TypeError) as error:
        raise InputError(
            f"frame rate {value!r} is not a number; give 24, 25 or 24000/1001"
        ) from error
    if not 1 <= rate <= 1000:
        raise InputError(f"frame rate {value} is outside 1 to 1000; give 24, 25 or 24000/1001")
    if rate.denominator == 1 or (isinstance(value, str) and "/" in value):
        return rate
    ntsc = Fraction(math.ceil(rate) * 1000, 1001)
    return ntsc if abs(rate / ntsc - 1) < Fraction(1, 10000) else rate.limit_denominator(1001)


Opened = tuple[dict[str, Any], _Source]


def _file(path: Path, colorspace: str | None, rate: Fraction | None) -> Opened:
    if not path.exists():
        raise PlateError(f"{path}: there is no such file; check the path")
    if not path.is_file():
        raise PlateError(f"{path}: not a file; give a picture, a sequence or a movie")
    if path.stat().st_size == 0:
        raise PlateError(f"{path}: the file is empty (0 bytes); copy it again")
    if is_picture(path):
        still = read_still(path, colorspace)
        notes = still.notes
        pattern = run_beside(path)
        if pattern:
            notes += (f"one frame of a sequence, used as a still; {pattern} opens them all",)
        facts = _facts(still, rate or DEFAULT_RATE, 1, notes)
        return facts, _Files((path,), colorspace, still)
    if path.suffix.lower() in PICTURES:
        raise PlateError(
            f"{path}: its name says {path.suffix}, its content is no picture; export it again"
        )
    from setpiece.media.clip import Clip  # PyAV only where a movie is read

    clip = Clip(path, colorspace)
    return {
        "width": clip.width, "height": clip.height,
        "fps": rate or clip.rate, "frames": clip.frames, "still": False,
        "colorspace": clip.colorspace, "bits": clip.bits, "exif": Exif(), "notes": clip.notes,
    }, clip  # fmt: skip


def _sequence(found: Sequence, colorspace: str | None, rate: Fraction | None) -> Opened:
    first = read_still(found.files[0], colorspace)
    if rate is None and found.files[0].suffix.lower() == ".exr":
        from setpiece.media.still_exr import exr_rate

        rate = exr_rate(found.files[0])
    facts = _facts(first, rate or DEFAULT_RATE, len(found.files), first.notes)
    return facts, _Files(found.files, colorspace, first)


def _facts(still: Still, rate: Fraction, frames: int, notes: tuple[str, ...]) -> dict[str, Any]:
    height, width = still.pixels.shape[:2]
    return {
        "width": width, "height": height, "fps": rate, "frames": frames,
        "still": frames == 1, "colorspace": still.colorspace, "bits": still.bits,
        "exif": still.exif, "notes": notes,
    }  # fmt: skip


class _Files:
    """One file a frame. The first is decoded already: it is handed over once, not kept."""

    def __init__(self, files: tuple[Path, ...], colorspace: str | None, first: Still) -> None:
        self._files, self._colorspace = files, colorspace
        self._shape = first.pixels.shape
        self._first: np.ndarray | None = first.pixels

    def read(self, index: int) -> np.ndarray:
        if index == 0 and self._first is not None:
            pixels, self._first = self._first, None
            return pixels
        pixels = read_still(self._files[index], self._colorspace).pixels
        if pixels.shape != self._shape:
            raise PlateError(
                f"{self._files[index]}: {pixels.shape[1]}x{pixels.shape[0]}, while the first "
                f"frame is {self._shape[1]}x{self._shape[0]}; render or copy it again"
            )
        return pixels

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_first": None}


class _Resized:
    """A source at the size asked for; keeps the last frame and hands out copies."""

    def __init__(self, source: _Source, size: tuple[int, int], native: tuple[int, int]) -> None:
        self._source, self._size, self._native = source, size, native
        self._kept: tuple[int, np.ndarray] | None = None

    def read(self, index: int) -> np.ndarray:
        kept = self._kept
        if kept is None or kept[0] != index:
            pixels = self._source.read(index)
            if self._size != self._native:
                pixels = resize(pixels, self._size)
            self._kept = kept = (index, np.ascontiguousarray(pixels, dtype=np.float32))
        return kept[1].copy()

    def at(self, size: tuple[int, int]) -> _Resized:
        """The same source at another size."""
        return _Resized(self._source, size, self._native)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_kept": None}


def resize(pixels: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Scale linear float32 (h, w, 3) to (width, height).

    Down by area. Up by Lanczos-4, held inside the values around each pixel: in linear light its
    ringing would draw black lines around a bright sky.
    """
    height, width = pixels.shape[:2]
    if size[0] <= width and size[1] <= height:
        return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    cell = np.ones((3, 3), np.uint8)
    low = cv2.resize(cv2.erode(pixels, cell), size, interpolation=cv2.INTER_LINEAR)
    high = cv2.resize(cv2.dilate(pixels, cell), size, interpolation=cv2.INTER_LINEAR)
    return np.clip(cv2.resize(pixels, size, interpolation=cv2.INTER_LANCZOS4), low, high)


def _box(size: tuple[int, int]) -> tuple[int, int]:
    try:
        width, height = (int(side) for side in size)
    except (TypeError, ValueError) as error:
        raise InputError(f"size {size!r} is not a width and a height; give 1280x720") from error
    if not (2 <= width <= MOST_SIDE and 2 <= height <= MOST_SIDE):
        raise InputError(f"size {width}x{height} is outside 2 to {MOST_SIDE}; give 1280x720")
    return width, height


def _fitted(native: tuple[int, int], box: tuple[int, int]) -> tuple[int, int]:
    """Largest even size of the same aspect inside the box."""
    if native == box:
        return native
    scale = min(box[0] / native[0], box[1] / native[1])
    width, height = (
        max(2, min(2 * round(side * scale / 2), most // 2 * 2))
        for side, most in zip(native, box, strict=True)
    )
    return width, height

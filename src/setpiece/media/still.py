"""One picture file as scene-linear pixels: JPEG, PNG, TIFF, WebP, BMP (EXR is in `still_exr`)."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageCms, UnidentifiedImageError

from setpiece.errors import PlateError
from setpiece.media import colour
from setpiece.media.exif import Exif, read_exif
from setpiece.media.tiff import read_deep_tiff, read_tiff_header

MOST_SIDE = 16384
MOST_PIXELS = 200_000_000
_FORMATS = ("JPEG", "PNG", "TIFF", "WEBP", "BMP", "GIF")
_TIFF_MAGIC = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_EXR_MAGIC = b"\x76\x2f\x31\x01"


@dataclass(frozen=True)
class Still:
    """One decoded picture.

    Attributes:
        pixels: float32 (h, w, 3), scene-linear Rec.709, upright.
        colorspace: the space that it was read from. bits: per channel in the file.
        exif: what the camera wrote. notes: what had to be decided or repaired.
    """

    pixels: np.ndarray
    colorspace: str
    bits: int
    exif: Exif
    notes: tuple[str, ...] = ()


def is_picture(path: Path) -> bool:
    """Whether the file's first bytes are those of a picture that `read_still` takes."""
    with path.open("rb") as file:
        head = file.read(16)
    return (
        head.startswith((_EXR_MAGIC, b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"BM", b"GIF8"))
        or head.startswith(_TIFF_MAGIC)
        or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")
    )


def read_still(path: Path, colorspace: str | None = None) -> Still:
    """Decode one picture.

    Greys are expanded to three channels and alpha is ignored (a plate is opaque). Orientation
    is applied. Colour follows `colorspace` where given, else the file's own tags: sRGB and
    untagged integers are sRGB, floats are linear, another ICC profile is converted.

    Raises:
        PlateError: truncated, not a picture, animated, without pixels or too large.
        InputError: `colorspace` is not known.
    """
    data = _read_bytes(path)
    if data.startswith(_EXR_MAGIC):
        from setpiece.media.still_exr import read_exr_still

        return read_exr_still(path, colorspace)
    space = None if colorspace is None else colour.space_name(colorspace)
    if data.startswith(_TIFF_MAGIC):
        deep = _deep_tiff(path, data, space)
        if deep is not None:
            return deep
    with _large_allowed():
        try:
            return _by_pillow(path, data, space)
        except UnidentifiedImageError as error:
            raise PlateError(
                f"{path}: not a picture, or its header is damaged; give a JPEG, PNG, TIFF, EXR, "
                "a numbered sequence or a movie"
            ) from error
        except Image.DecompressionBombError as error:
            raise PlateError(f"{path}: over 200 megapixels; scale it down first") from error
        except MemoryError as error:
            raise PlateError(f"{path}: too large for this machine's memory") from error
        except (OSError, SyntaxError, ValueError, IndexError, EOFError) as error:
            raise _truncated(path, error) from error


def check_size(path: Path, width: int, height: int) -> None:
    """Raise PlateError where a picture has no pixels, or too many to be a plate."""
    if width < 1 or height < 1:
        raise PlateError(f"{path}: {width}x{height}, a picture without pixels; export it again")
    if max(width, height) > MOST_SIDE or width * height > MOST_PIXELS:
        raise PlateError(
            f"{path}: {width}x{height} is too large: at most {MOST_SIDE} pixels on a side and "
            f"{MOST_PIXELS // 1_000_000} megapixels; scale it down first"
        )


def _read_bytes(path: Path) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise PlateError(f"{path}: cannot be read ({error.strerror}); check the path") from error
    if not data:
        raise PlateError(f"{path}: the file is empty (0 bytes); copy it again")
    return data


def _truncated(path: Path, error: object) -> PlateError:
    return PlateError(f"{path}: truncated or damaged ({error}); copy or export it again")


@contextmanager
def _large_allowed() -> Iterator[None]:
    """Let Pillow open what `check_size` allows; its own limit warns at 89 megapixels."""
    before = Image.MAX_IMAGE_PIXELS
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS // 2  # it refuses at twice this
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        Image.MAX_IMAGE_PIXELS = before


def _by_pillow(path: Path, data: bytes, space: str | None) -> Still:
    with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
        check_size(path, *image.size)
        frames = getattr(image, "n_frames", 1)
        notes: list[str] = []
        if frames > 1 and image.format in ("GIF", "WEBP", "PNG"):
            raise PlateError(
                f"{path}: an animated {image.format} of {frames} frames is not a plate; "
                "convert it to a movie or a numbered sequence, or give one frame"
            )
        if frames > 1 and image.format == "TIFF":
            notes.append(f"{frames} pages in this TIFF: the first is used")
        tags = image.getexif()
        exif, orientation = read_exif(tags), tags.get(0x0112, 1)
        profile = image.info.get("icc_profile")
        if image.has_transparency_data:
            notes.append("the picture has transparency, which is ignored")
        deep = image.format == "PNG" and data[24] == 16
        if deep:
            Image.open(io.BytesIO(data), formats=("PNG",)).verify()
            pixels, bits = _deep_png(path, data), 16
        else:
            pixels, bits, profile = _eight_bit(image, profile, notes)
        if space is None:
            space, pixels = _tagged(image, pixels, profile, deep, notes)
        pixels = _three(pixels)
        linear = colour.to_working(_upright(pixels, orientation), space)
    return Still(linear, space, bits, exif, tuple(notes))


def _eight_bit(
    image: Image.Image, profile: bytes | None, notes: list[str]
) -> tuple[np.ndarray, int, bytes | None]:
    """Pixels as Pillow gives them, any mode brought to RGB; CMYK drops its spent profile."""
    image.load()
    if image.mode in ("I;16", "I;16B", "I;16L", "I"):
        return np.clip(np.asarray(image), 0, 65535).astype(np.uint16), 16, profile
    if image.mode == "F":
        return np.asarray(image, dtype=np.float32), 32, profile
    if image.mode == "CMYK":
        srgb = ImageCms.createProfile("sRGB")
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile or b""))
            converted = ImageCms.profileToProfile(image, source, srgb, outputMode="RGB")
            assert converted is not None
            return np.asarray(converted), 8, None
        except (ImageCms.PyCMSError, OSError, AssertionError):
            notes.append("CMYK without a usable profile: converted plainly, colours are a guess")
            return np.asarray(image.convert("RGB")), 8, None
    if image.mode not in ("RGB", "L"):
        # Alpha is dropped, not laid over black: the colour under it is the plate's own.
        image = image.convert("RGBA").convert("RGB") if image.mode != "LAB" else image
    return np.asarray(image.convert("RGB")), 8, profile


def _deep_png(path: Path, data: bytes) -> np.ndarray:
    import cv2

    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if image is None:
        raise _truncated(path, "the pixels do not decode")
    return image[..., [2, 1, 0]] if image.ndim == 3 and image.shape[2] >= 3 else image


def _deep_tiff(path: Path, data: bytes, space: str | None) -> Still | None:
    try:
        header = read_tiff_header(data)
    except ValueError as error:
        raise _truncated(path, error) from error
    check_size(path, header.width, header.height)
    if header.end > len(data):
        raise _truncated(path, f"it needs {header.end} bytes and has {len(data)}")
    if header.bits <= 8:
        return None
    pixels = read_deep_tiff(data, header)
    if pixels is None:
        raise PlateError(
            f"{path}: a {header.bits}-bit TIFF of {header.samples} channels that cannot be "
            "decoded; save it as interleaved RGB, uncompressed or LZW, or as EXR"
        )
    notes = ["the picture has an alpha channel, which is ignored"] if header.samples == 4 else []
    exif, orientation = Exif(), 1
    try:
        with Image.open(io.BytesIO(data), formats=("TIFF",)) as image:
            tags = image.getexif()
            exif, orientation = read_exif(tags), tags.get(0x0112, 1)
            if image.info.get("icc_profile") and space is None and not header.floating:
                notes.append("its ICC profile is not applied at this depth: read as sRGB")
    except (OSError, SyntaxError, ValueError):
        pass  # Pillow does not open every float TIFF; such files carry no camera notes
    if header.floating:
        from setpiece.media.still_exr import finite

        pixels, repaired = finite(_three(pixels).astype(np.float32))
        notes += repaired
    space = space or (colour.WORKING if header.floating else colour.SRGB)
    linear = colour.to_working(_upright(_three(pixels), orientation), space)
    return Still(linear, space, header.bits, exif, tuple(notes))


def _tagged(
    image: Image.Image, pixels: np.ndarray, profile: bytes | None, deep: bool, notes: list[str]
) -> tuple[str, np.ndarray]:
    """The colour space that a file's tags ask for; 8-bit pixels may come back converted."""
    if pixels.dtype == np.float32:
        return colour.WORKING, pixels
    if profile:
        return _by_profile(pixels, profile, deep, notes)
    gamma: Any = image.info.get("gamma")
    if gamma is not None and "srgb" not in image.info:
        if abs(gamma - 1.0) < 0.01:
            return colour.WORKING, pixels
        if abs(gamma - 0.45455) > 0.02:
            notes.append(f"its gamma tag ({gamma:.3f}) is unusual: read as sRGB")
    return colour.SRGB, pixels


def _by_profile(
    pixels: np.ndarray, profile: bytes, deep: bool, notes: list[str]
) -> tuple[str, np.ndarray]:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        name = ImageCms.getProfileDescription(source).strip()
        if source.profile.xcolor_space.strip() != "RGB":
            raise ValueError("not an RGB profile")
        if "display p3" in name.lower():
            return "sRGB Encoded P3-D65 - Texture", pixels  # keeps its gamut; 8 bits would clip
        transform = ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), "RGB", "RGB")
    except (ImageCms.PyCMSError, OSError, ValueError) as error:
        notes.append(f"its ICC profile is not usable ({error}): read as sRGB")
        return colour.SRGB, pixels
    steps = np.arange(0, 256, 51, dtype=np.uint8)
    cube = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(1, -1, 3)
    moved = np.asarray(ImageCms.applyTransform(Image.fromarray(cube), transform))
    if np.abs(moved.astype(int) - cube).max() <= 3:
        return colour.SRGB, pixels  # sRGB under one of its many names
    if deep or pixels.dtype != np.uint8:
        notes.append(f"its ICC profile ({name}) is not applied at 16 bits: read as sRGB")
        return colour.SRGB, pixels
    notes.append(f"converted from its ICC profile ({name}) to sRGB")
    return colour.SRGB, np.asarray(
        ImageCms.applyTransform(Image.fromarray(_three(pixels)), transform)
    )


def _three(pixels: np.ndarray) -> np.ndarray:
    if pixels.ndim == 2:
        pixels = pixels[..., None]
    return pixels[..., :3] if pixels.shape[2] >= 3 else np.repeat(pixels[..., :1], 3, axis=2)


def _upright(pixels: np.ndarray, orientation: Any) -> np.ndarray:
    """Apply an EXIF orientation (1 to 8; anything else is 1)."""
    if orientation in (5, 6, 7, 8):
        pixels = pixels.swapaxes(0, 1)  # 5: mirrored along the diagonal
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return pixels

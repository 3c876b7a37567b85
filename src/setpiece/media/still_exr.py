"""One OpenEXR picture as scene-linear pixels: finds the colour among its parts and layers."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from setpiece.errors import PlateError
from setpiece.media import colour
from setpiece.media.exif import Exif
from setpiece.media.still import Still, check_size

# Primaries and white (x, y) of the spaces that plates come in, by their name in the config.
_PRIMARIES = {
    colour.WORKING: (0.64, 0.33, 0.30, 0.60, 0.15, 0.06, 0.3127, 0.3290),
    "ACEScg": (0.713, 0.293, 0.165, 0.830, 0.128, 0.044, 0.32168, 0.33767),
    "ACES2065-1": (0.7347, 0.2653, 0.0, 1.0, 0.0001, -0.077, 0.32168, 0.33767),
    "Linear Rec.2020": (0.708, 0.292, 0.170, 0.797, 0.131, 0.046, 0.3127, 0.3290),
    "Linear P3-D65": (0.680, 0.320, 0.265, 0.690, 0.150, 0.060, 0.3127, 0.3290),
}
_BEST_LAYERS = ("", "rgba", "rgb", "beauty", "combined", "color", "colour", "main", "c", "image")
_SIDES = {"r": "r", "g": "g", "b": "b", "red": "r", "green": "g", "blue": "b"}


def read_exr_still(path: Path, colorspace: str | None = None) -> Still:
    """Decode the colour of an EXR: half or float, any layer and part naming.

    Without a space given, its chromaticities decide; without those it is linear Rec.709. The
    data window is laid into the display window: overscan is cut, what is not stored is black.
    Alpha is ignored: EXR colour is premultiplied, and a plate is opaque. NaN and infinite
    pixels take the mean of their finite neighbours, with a note.

    Raises:
        PlateError: truncated, no colour channels, no pixels, too large.
    """
    import OpenEXR

    space = None if colorspace is None else colour.space_name(colorspace)
    try:
        headers = _headers(OpenEXR, path)
        for header in headers:
            for window in ("displayWindow", "dataWindow"):
                check_size(path, *_size(header[window]))
        with OpenEXR.File(str(path), separate_channels=True) as file:
            part, names = _colour_channels(path, file)
            header = dict(file.header(part))
            channels = file.channels(part)
            planes = [channels[name].pixels for name in names]
            pixels = np.stack([_full(plane, header) for plane in planes], axis=-1)
            bits = 8 * planes[0].dtype.itemsize
    except (RuntimeError, ValueError, KeyError, TypeError, OSError) as error:
        raise PlateError(
            f"{path}: a truncated or damaged EXR ({error}); copy or render it again"
        ) from error
    pixels, notes = finite(_framed(pixels.astype(np.float32), header))
    if len(set(names)) == 1:
        notes.append(f"one channel ({names[0]}): shown as grey")
    elif names != ["R", "G", "B"]:
        notes.append(f"colour is read from the channels {', '.join(names)}")
    space = space or _by_chromaticities(header, notes)
    return Still(colour.to_working(pixels, space), space, bits, Exif(), tuple(notes))


def exr_rate(path: Path) -> Fraction | None:
    """Frame rate that an EXR carries (`framesPerSecond`), None where it carries none."""
    import OpenEXR

    try:
        rate = _headers(OpenEXR, path)[0].get("framesPerSecond")
        if rate is None:
            return None
        top, bottom = (rate.n, rate.d) if hasattr(rate, "n") else (rate[0], rate[1])
        return Fraction(int(top), int(bottom))
    except (RuntimeError, ValueError, TypeError, IndexError, ZeroDivisionError, AttributeError):
        return None


def finite(pixels: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """Replace NaN and infinite values by the mean of finite neighbours; notes say how many.

    A bigger neighbourhood is tried where a small one has nothing finite; at last 0.
    """
    bad = ~np.isfinite(pixels)
    if not bad.any():
        return pixels, []
    note = f"{int(bad.any(axis=2).sum())} pixels were NaN or infinite: filled from neighbours"
    good = np.where(bad, 0.0, pixels).astype(np.float32)
    weight = (~bad).astype(np.float32)
    for side in (3, 9, 33):
        total = cv2.boxFilter(good, cv2.CV_32F, (side, side), normalize=False)
        count = cv2.boxFilter(weight, cv2.CV_32F, (side, side), normalize=False)
        fill = bad & (count > 0.5)
        good[fill] = total[fill] / count[fill]
        bad &= ~fill
    return good, [note]


def _headers(openexr: Any, path: Path) -> list[dict[str, Any]]:
    with openexr.File(str(path), separate_channels=True, header_only=True) as file:
        return [dict(file.header(i)) for i in range(len(file.parts))]


def _size(window: Any) -> tuple[int, int]:
    low, high = window
    return int(high[0]) - int(low[0]) + 1, int(high[1]) - int(low[1]) + 1


def _colour_channels(path: Path, file: Any) -> tuple[int, list[str]]:
    """Part and channel names of the best layer: plain RGB first, then known names, then any."""
    layers: list[tuple[int, int, int, list[str]]] = []
    greys: list[tuple[int, int, str]] = []
    for part in range(len(file.parts)):
        found: dict[str, dict[str, str]] = {}
        part_name = str(file.header(part).get("name", "")).lower()
        for name in file.channels(part):
            layer, _, last = name.rpartition(".")
            if last.lower() in _SIDES:
                found.setdefault(layer, {})[_SIDES[last.lower()]] = name
            elif last.lower() in ("y", "l", "luminance"):
                greys.append((len(layer), part, name))
        for layer, sides in found.items():
            if len(sides) == 3:
                key = layer.lower() or (part_name if part else "")
                rank = next((i for i, best in enumerate(_BEST_LAYERS) if best == key), 99)
                layers.append((rank, part, len(layers), [sides["r"], sides["g"], sides["b"]]))
    if layers:
        _, part, _, names = min(layers)
        return part, names
    if greys:
        _, part, name = min(greys)
        return part, [name] * 3
    have = ", ".join(list(file.channels(0))[:8]) or "none"
    raise PlateError(f"{path}: no R, G, B channels in this EXR (it has {have}); export the beauty")


def _full(plane: np.ndarray, header: dict[str, Any]) -> np.ndarray:
    width, height = _size(header["dataWindow"])
    if plane.shape == (height, width):
        return plane
    return cv2.resize(plane.astype(np.float32), (width, height), interpolation=cv2.INTER_NEAREST)


def _framed(pixels: np.ndarray, header: dict[str, Any]) -> np.ndarray:
    data, display = header["dataWindow"], header["displayWindow"]
    width, height = _size(display)
    left, top = int(data[0][0]) - int(display[0][0]), int(data[0][1]) - int(display[0][1])
    if (left, top) == (0, 0) and pixels.shape[:2] == (height, width):
        return pixels
    frame = np.zeros((height, width, 3), np.float32)
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + pixels.shape[1], width), min(top + pixels.shape[0], height)
    if x1 > x0 and y1 > y0:
        frame[y0:y1, x0:x1] = pixels[y0 - top : y1 - top, x0 - left : x1 - left]
    return frame


def _by_chromaticities(header: dict[str, Any], notes: list[str]) -> str:
    stated = header.get("chromaticities")
    if stated is None:
        return colour.WORKING
    try:
        values = np.asarray([float(v) for v in stated], dtype=float)
        for name, primaries in _PRIMARIES.items():
            if np.abs(values - primaries).max() < 0.002:
                return name
    except (TypeError, ValueError):
        pass
    notes.append("its chromaticities are of no known space: read as linear Rec.709")
    return colour.WORKING

"""Colour in and out: every picture becomes scene-linear Rec.709 inside the program.

The config is one of OpenColorIO's built-in ones, pinned by its full name, so that a plate reads
the same next year. Two transfer curves that phones write and that config does not carry (PQ and
HLG, ITU-R BT.2100-2) are decoded here and handed to it as linear Rec.2020.
"""

from __future__ import annotations

import difflib
from functools import cache

import numpy as np
import PyOpenColorIO as ocio

from setpiece.errors import InputError

CONFIG = "cg-config-v2.1.0_aces-v1.3_ocio-v2.3"
WORKING = "Linear Rec.709 (sRGB)"
SRGB = "sRGB - Texture"
PQ = "PQ - Rec.2020"
HLG = "HLG - Rec.2020"

_P3 = "sRGB Encoded P3-D65 - Texture"

# What people type, beside the config's own names and aliases.
_SHORT = {
    "srgb": SRGB,
    "display": SRGB,
    "linear": WORKING,
    "rec709": "Gamma 2.4 Rec.709 - Texture",
    "bt709": "Gamma 2.4 Rec.709 - Texture",
    "aces": "ACES2065-1",
    "p3": _P3,
    "displayp3": _P3,
    "rec2020linear": "Linear Rec.2020",
    "pq": PQ,
    "hdr10": PQ,
    "hlg": HLG,
}

_PQ_WHITE = 203.0  # nits of diffuse white that become 1.0 (ITU-R BT.2408)
_HLG_WHITE = 0.2650  # scene light of an HLG signal of 75%, which becomes 1.0 (BT.2408)


def known_spaces() -> tuple[str, ...]:
    """Full names of the colour spaces that a picture may be read from."""
    return (*_config().getColorSpaceNames(), PQ, HLG)


def space_name(space: str) -> str:
    """Full name of a colour space given by name, alias or a common short form, any case.

    Raises:
        InputError: no such space; the message lists the nearest names.
    """
    names = _spellings()
    found = names.get(_plain(space))
    if found is not None:
        return found
    near = difflib.get_close_matches(_plain(space), names, n=8, cutoff=0.5)
    nearest = list(dict.fromkeys(names[word] for word in near))[:4] or list(known_spaces())
    raise InputError(
        f"colour space {space!r} is not known: the nearest are {', '.join(nearest)}. "
        "Give one of these, or leave it out to use what the file says."
    )


def to_working(image: np.ndarray, space: str) -> np.ndarray:
    """Bring a picture to the working space.

    Args:
        image: (h, w, 3); uint8 and uint16 stand for 0..1, floats are taken as they are.
        space: the space it is in, as `space_name` takes it.

    Returns:
        float32 (h, w, 3), scene-linear Rec.709. Colours outside Rec.709 come out negative.

    Raises:
        InputError: unknown space.
    """
    name = space_name(space)
    if name == SRGB:
        return from_display(image)
    if name == _P3:  # the same curve: the table is ten times faster than OCIO's exact powers
        image, name = from_display(image), "Linear P3-D65"
    pixels = np.array(_unit(image), dtype=np.float32, order="C")  # a copy: OCIO works in place
    if name in (WORKING, "Raw"):
        return pixels
    if name in (PQ, HLG):
        pixels = _pq_to_linear(pixels) if name == PQ else _hlg_to_linear(pixels)
        name = "Linear Rec.2020"
    _processor(name).applyRGB(pixels)
    return pixels


def from_display(image: np.ndarray) -> np.ndarray:
    """Undo the sRGB curve (IEC 61966-2-1), exactly: display-referred in, scene-linear out.

    Args:
        image: any shape; uint8, uint16 (through a table) or float 0..1. Floats outside 0..1
            follow the curve on, mirrored below zero.

    Returns:
        float32 of the same shape, linear Rec.709.
    """
    image = np.asarray(image)
    if image.dtype in (np.uint8, np.uint16):
        return _srgb_table(np.iinfo(image.dtype).max)[image]
    return _srgb_eotf(image.astype(np.float32, copy=False))


def to_display(image: np.ndarray) -> np.ndarray:
    """Scene-linear Rec.709, any shape, to sRGB-encoded float32 in 0..1 (clipped, NaN is black).

    Half floats, as they come out of an EXR, go through a table: the same bits, ten times faster.
    """
    image = np.asarray(image)
    if image.dtype == np.float16:
        return np.take(_half_table(), np.ascontiguousarray(image).view(np.uint16))
    linear = np.clip(np.nan_to_num(image, nan=0.0, posinf=1.0, neginf=0.0), 0.0, 1.0)
    linear = linear.astype(np.float32, copy=False)
    curve = np.float32(1.055) * np.power(linear, np.float32(1 / 2.4)) - np.float32(0.055)
    out = np.where(linear <= 0.0031308, linear * np.float32(12.92), curve)
    return np.where(linear >= 1.0, np.float32(1.0), out)  # rounding leaves white just below 1


@cache
def _half_table() -> np.ndarray:
    return to_display(np.arange(65536, dtype=np.uint16).view(np.float16).astype(np.float32))


def _srgb_eotf(value: np.ndarray) -> np.ndarray:
    size = np.abs(value)
    curve = np.power((size + value.dtype.type(0.055)) / value.dtype.type(1.055), 2.4)
    out = np.where(size <= 0.04045, size / value.dtype.type(12.92), curve)
    return np.copysign(out, value)


@cache
def _srgb_table(top: int) -> np.ndarray:
    return _srgb_eotf(np.arange(top + 1) / top).astype(np.float32)


def _unit(image: np.ndarray) -> np.ndarray:
    image = np.asarray(image)
    if np.issubdtype(image.dtype, np.integer):
        return image.astype(np.float32) / np.float32(np.iinfo(image.dtype).max)
    return image


def _pq_to_linear(value: np.ndarray) -> np.ndarray:
    m1, m2 = 2610 / 16384, 2523 / 4096 * 128
    c1, c2, c3 = 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32
    root = np.power(np.clip(value, 0.0, 1.0), 1 / m2)
    nits = 10000.0 * np.power(np.maximum(root - c1, 0.0) / (c2 - c3 * root), 1 / m1)
    return np.ascontiguousarray(nits / _PQ_WHITE, dtype=np.float32)


def _hlg_to_linear(value: np.ndarray) -> np.ndarray:
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    value = np.clip(value, 0.0, 1.0)
    light = np.where(value <= 0.5, value * value / 3.0, (np.exp((value - c) / a) + b) / 12.0)
    return np.ascontiguousarray(light / _HLG_WHITE, dtype=np.float32)


@cache
def _config() -> ocio.Config:
    return ocio.Config.CreateFromBuiltinConfig(CONFIG)


@cache
def _processor(name: str) -> ocio.CPUProcessor:
    # Lossless keeps OCIO from its fast approximate powers, which differ between machines.
    processor = _config().getProcessor(name, WORKING)
    return processor.getOptimizedCPUProcessor(ocio.OPTIMIZATION_LOSSLESS)


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())


@cache
def _spellings() -> dict[str, str]:
    names = dict(_SHORT)
    for space in _config().getColorSpaces():
        for alias in (space.getName(), *space.getAliases()):
            names.setdefault(_plain(alias), space.getName())
    names.update({_plain(PQ): PQ, _plain(HLG): HLG})
    return names

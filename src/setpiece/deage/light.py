"""The sRGB curve (IEC 61966-2-1) for kernels: by tables that are read between their entries.

As exact as float32 and many times faster than powers; what is compared bit for bit goes through
`media.colour` instead.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numba import njit
from numpy.typing import NDArray

from setpiece.media.colour import from_display, to_display

_FIRST = 116 << 10  # float bits without their lower 13: 2**-11, below which the curve is a line
_STEPS = 4096


@cache
def _display_table() -> NDArray[np.float32]:
    last = (127 << 10) + 2
    bits = (np.arange(_FIRST, last, dtype=np.uint32) << 13).view(np.float32)
    return to_display(bits)


@cache
def linear_table() -> NDArray[np.float32]:
    """What `linear` reads: the curve undone at 0 to 1 and one step beyond."""
    return from_display(np.arange(_STEPS + 2, dtype=np.float32) / np.float32(_STEPS))


def display(linear: NDArray[np.float32]) -> NDArray[np.float32]:
    """As `media.colour.to_display`, of a float32 picture (h, w, c)."""
    flat = np.ascontiguousarray(linear, np.float32)
    out = np.empty_like(flat)
    _display(flat.reshape(-1), flat.view(np.uint32).reshape(-1), _display_table(), out.reshape(-1))
    return out


@njit(cache=True)
def _display(values, bits, table, out):  # type: ignore[no-untyped-def]
    for i in range(len(values)):
        v = values[i]
        if not v > 0:  # NaN too
            out[i] = np.float32(0)
        elif v >= 1:
            out[i] = np.float32(1)
        elif v <= np.float32(0.0031308):
            out[i] = v * np.float32(12.92)
        else:
            at = np.int64(bits[i] >> np.uint32(13)) - _FIRST
            part = np.float32(bits[i] & np.uint32(0x1FFF)) * np.float32(1 / 8192)
            out[i] = table[at] + part * (table[at + 1] - table[at])


def undone(shown: NDArray[np.float32]) -> NDArray[np.float32]:
    """As `media.colour.from_display`, of float32 display values, zero or more, any shape."""
    flat = np.ascontiguousarray(shown, np.float32)
    out = np.empty_like(flat)
    _undone(flat.reshape(-1), linear_table(), out.reshape(-1))
    return out


@njit(cache=True)
def linear(shown, table):  # type: ignore[no-untyped-def]
    """One display value, zero or more, to scene-linear."""
    if shown <= np.float32(0.04045):
        return shown / np.float32(12.92)
    if shown >= 1:
        return np.float32(((shown + 0.055) / 1.055) ** 2.4)
    at = shown * np.float32(_STEPS)
    i = int(at)
    return table[i] + (at - np.float32(i)) * (table[i + 1] - table[i])


@njit(cache=True)
def _undone(values, table, out):  # type: ignore[no-untyped-def]
    for i in range(len(values)):
        out[i] = linear(values[i], table)


def compile_kernels() -> None:
    """Compile what this module needs."""
    undone(display(np.zeros((2, 2, 3), np.float32)))

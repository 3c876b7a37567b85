"""ZIP chunks: any reader gets back the very bytes, and pictures become small."""

from __future__ import annotations

import zlib

import numpy as np
import pytest
from numpy.typing import NDArray

from setpiece.media.deflate import zip_lines

Bytes = NDArray[np.uint8]
RNG = np.random.default_rng(5)
SIZES = [(1, 1), (1, 2), (3, 7), (16, 100), (33, 1001)]


def _unzipped(chunk: bytes, size: int) -> Bytes:
    """What a reader of EXRs makes of a chunk (OpenEXR's technical introduction, ZIP)."""
    if len(chunk) == size:
        return np.frombuffer(chunk, np.uint8)
    steps = np.frombuffer(zlib.decompress(chunk), np.uint8).astype(np.int64)
    steps[1:] -= 128
    told = (np.cumsum(steps) % 256).astype(np.uint8)
    out = np.empty_like(told)
    out[::2], out[1::2] = told[: (size + 1) // 2], told[(size + 1) // 2 :]
    return out


def _back(raw: Bytes, lines: int = 16) -> tuple[Bytes, int]:
    packed, ends = zip_lines(raw, lines)
    parts, start = [], 0
    for k, end in enumerate(ends):
        size = raw[k * lines : (k + 1) * lines].size
        parts.append(_unzipped(packed[start:end].tobytes(), size))
        start = end
    return np.concatenate(parts).reshape(raw.shape), len(packed)


@pytest.mark.parametrize("shape", SIZES)
def test_every_kind_of_bytes_comes_back(shape: tuple[int, int]) -> None:
    noise = RNG.integers(0, 256, shape).astype(np.uint8)
    kinds = [
        np.zeros(shape, np.uint8),
        np.full(shape, 200, np.uint8),
        noise,
        RNG.geometric(0.5, shape).clip(0, 255).astype(np.uint8),
        np.cumsum(RNG.integers(-1, 2, shape), 1).astype(np.uint8),
        np.repeat(noise, 5, 1),  # runs
        np.tile(noise[:, :4], (1, shape[1])),  # of more bytes in turn
    ]
    for raw in kinds:
        assert np.array_equal(_back(raw)[0], raw)


def test_codes_that_would_be_too_long_are_cut() -> None:
    """Weights that grow like Fibonacci's numbers ask for a bit more each; 15 is the most."""
    often = [1, 1]
    while sum(often) < 15000:
        often.append(often[-1] + often[-2])
    assert len(often) > 17
    steps = np.repeat(np.arange(len(often)), often)
    RNG.shuffle(steps)
    raw = np.cumsum(steps - 128)[None].astype(np.uint8)
    back, size = _back(raw)
    assert np.array_equal(back, raw)
    assert size < 0.6 * raw.size


def test_what_does_not_change_takes_next_to_nothing() -> None:
    raw = np.tile(np.array([1, 2, 3, 4], np.uint8), (64, 5000))  # a float that stays the same
    assert _back(raw)[1] < raw.size / 400

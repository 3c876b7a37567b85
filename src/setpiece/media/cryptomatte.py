"""Cryptomatte: mattes of every named piece, antialiased, in the EXR itself.

Friedman and Jones, "Fully automatic ID mattes with support for motion blur and transparency"
(SIGGRAPH 2015 posters) and the Cryptomatte specification 1.2. Each pixel keeps, per rank, the
hash of a name and how much of the pixel that name covers, ordered from most to least.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numba import njit
from numpy.typing import NDArray

F32 = NDArray[np.float32]
_MASK = 0xFFFFFFFF


def murmur3_32(data: bytes, seed: int = 0) -> int:
    """MurmurHash3_x86_32 (Austin Appleby, public domain) of `data`, unsigned."""

    def mix(k: int) -> int:
        k = (k * 0xCC9E2D51) & _MASK
        k = ((k << 15) | (k >> 17)) & _MASK
        return (k * 0x1B873593) & _MASK

    h = seed
    whole = len(data) & ~3
    for i in range(0, whole, 4):
        h ^= mix(int.from_bytes(data[i : i + 4], "little"))
        h = ((h << 13) | (h >> 19)) & _MASK
        h = (h * 5 + 0xE6546B64) & _MASK
    if len(data) > whole:
        h ^= mix(int.from_bytes(data[whole:], "little"))
    h ^= len(data)
    h ^= h >> 16
    h = (h * 0x85EBCA6B) & _MASK
    h ^= h >> 13
    h = (h * 0xC2B2AE35) & _MASK
    return h ^ (h >> 16)


@lru_cache(maxsize=65536)
def name_hash(name: str) -> int:
    """The 32 bits that stand for `name` in a cryptomatte channel, unsigned.

    Bits that read as a denormal, infinite or not-a-number float would not survive compositing,
    so the lowest exponent bit is flipped in those (specification, "uint32_to_float32").
    """
    bits = murmur3_32(name.encode("utf-8"))
    if (bits >> 23) & 255 in (0, 255):
        bits ^= 1 << 23
    return bits


def name_float(name: str) -> np.float32:
    """`name_hash` as the float that is stored in the picture."""
    return np.uint32(name_hash(name)).view(np.float32)


def encode(
    ids: NDArray[np.int32],
    coverage: F32,
    names: Sequence[str],
    *,
    layer: str = "crypto_fragment",
    ranks: int | None = None,
) -> tuple[dict[str, F32], dict[str, str]]:
    """Turn piece indices into cryptomatte layers and header attributes for `exr.write_exr`.

    Args:
        ids: index into `names` of the k things seen in each pixel, (h, w, k); -1 is nothing.
            The same thing may come several times in one pixel: its coverage is summed.
        coverage: share of the pixel each of them covers, 0..1, float32 (h, w, k).
        names: what the pieces are called; unique.
        layer: name of the cryptomatte.
        ranks: how many things a pixel keeps (rounded up to even); default k.

    Returns:
        layers `<layer>00`, `<layer>01`, ...: float32 (h, w, 4), that is id, coverage, id,
        coverage; and the attributes `cryptomatte/<key>/...` with the manifest.
    """
    h, w, k = ids.shape
    pairs = max(((k if ranks is None else ranks) + 1) // 2, 1)
    table = np.array([0, *(name_hash(n) for n in names)], np.uint32).view(np.float32)
    out = np.zeros((pairs, h, w, 4), np.float32)
    _rank(np.asarray(ids, np.int32), np.asarray(coverage, np.float32), table, out)
    layers = {f"{layer}{p:02d}": out[p] for p in range(pairs)}

    key = f"cryptomatte/{name_hash(layer):08x}"[: len("cryptomatte/") + 7]
    manifest = json.dumps(
        {n: f"{name_hash(n):08x}" for n in names}, separators=(",", ":"), ensure_ascii=False
    )
    attributes = {
        f"{key}/name": layer,
        f"{key}/hash": "MurmurHash3_32",
        f"{key}/conversion": "uint32_to_float32",
        f"{key}/manifest": manifest,
    }
    return layers, attributes


@njit(cache=True, nogil=True)
def _rank(ids, coverage, table, out):
    """Ids and coverage (h, w, k) into the ranks (pairs, h, w, 4); table: id + 1 -> stored hash."""
    h, w, k = ids.shape
    kept = min(k, 2 * out.shape[0])
    who, much = np.empty(k, np.int32), np.empty(k, np.float32)
    for y in range(h):
        for x in range(w):
            found = 0
            for a in range(k):
                i, c = ids[y, x, a], coverage[y, x, a]
                if i < 0:
                    continue
                for b in range(found):
                    if who[b] == i:
                        much[b] += c
                        break
                else:
                    who[found], much[found] = i, c
                    found += 1
            # from most to least, and where they are equal as they came
            for a in range(1, found):
                i, c = who[a], much[a]
                b = a
                while b > 0 and much[b - 1] < c:
                    who[b], much[b] = who[b - 1], much[b - 1]
                    b -= 1
                who[b], much[b] = i, c
            for a in range(min(found, kept)):
                if much[a] > 0:
                    out[a // 2, y, x, 2 * (a % 2)] = table[who[a] + 1]
                    out[a // 2, y, x, 2 * (a % 2) + 1] = much[a]


def decode(layers: dict[str, F32], name: str, *, layer: str = "crypto_fragment") -> F32:
    """The matte of one name: coverage 0..1, float32 (h, w)."""
    wanted = np.uint32(name_hash(name))
    out: F32 | None = None
    for key, value in sorted(layers.items()):
        if key.startswith(layer) and key[len(layer) :].isdigit():
            pixels = np.ascontiguousarray(value, np.float32)
            if out is None:
                out = np.zeros(pixels.shape[:2], np.float32)
            bits = pixels.view(np.uint32)
            for c in (0, 2):
                out += np.where(bits[..., c] == wanted, pixels[..., c + 1], 0)
    if out is None:
        raise KeyError(layer)
    return out


def compile_kernels() -> None:
    """Compile what this module needs."""
    encode(np.zeros((1, 1, 4), np.int32), np.ones((1, 1, 4), np.float32), ["a"])

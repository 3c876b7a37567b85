"""Cryptomatte: published hashes, ranks, coverage, and the manifest."""

from __future__ import annotations

import json

import numpy as np
import pytest

from setpiece.media.cryptomatte import decode, encode, murmur3_32, name_float, name_hash


@pytest.mark.parametrize(
    ("data", "seed", "expected"),
    [
        (b"", 0, 0),
        (b"", 1, 0x514E28B7),
        (b"\xff\xff\xff\xff", 0, 0x76293B50),
        (b"\x21\x43\x65\x87", 0, 0xF55B516B),
        (b"Hello, world!", 0x9747B28C, 0x24884CBA),
    ],
)
def test_murmur_gives_the_published_values(data: bytes, seed: int, expected: int) -> None:
    assert murmur3_32(data, seed) == expected


def test_names_become_the_floats_other_tools_make() -> None:
    assert float(name_float("cube")) == pytest.approx(-4.08461912519e15, rel=1e-11)
    assert float(name_float("sphere")) == pytest.approx(2.79018604383e15, rel=1e-11)
    assert float(name_float("plane")) == pytest.approx(3.66557617593e-11, rel=1e-11)


def test_no_name_is_a_number_that_compositing_would_lose() -> None:
    names = [f"fragment_{i:05d}" for i in range(3000)]
    values = np.array([name_float(n) for n in names])
    assert np.isfinite(values).all()
    assert (np.abs(values) >= np.finfo(np.float32).tiny).all()
    # Some of them needed the correction, or this proves nothing.
    assert any((murmur3_32(n.encode()) >> 23) & 255 in (0, 255) for n in names)


def test_mattes_come_back_whole_and_sorted() -> None:
    rng = np.random.default_rng(5)
    names = [f"piece_{i}" for i in range(7)]
    ids = rng.integers(-1, 7, (11, 8, 4)).astype(np.int32)
    coverage = np.full((11, 8, 4), 0.25, np.float32)
    layers, attributes = encode(ids, coverage, names)
    for i, name in enumerate(names):
        assert np.allclose(decode(layers, name), (ids == i).sum(2) * 0.25)
    ranks = np.concatenate([layers[k][..., 1::2] for k in sorted(layers)], axis=2)
    assert (np.diff(ranks, axis=2) <= 0).all()
    key = next(k for k in attributes if k.endswith("/manifest"))
    assert key.split("/")[1] == f"{name_hash('crypto_fragment'):08x}"[:7]
    manifest = json.loads(attributes[key])
    assert manifest == {n: f"{name_hash(n):08x}" for n in names}

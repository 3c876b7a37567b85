"""Checks on frames' facts: they hold where they should and fail where they should."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from setpiece.collapse.checks import debris_sizes


def facts(exponent: float, pixel: int = 200, n: int = 4000) -> dict[str, Any]:
    """Of grains from 1 to 10 by a power law."""
    u = np.random.default_rng(int(10 * exponent)).random(n)
    size = (1 - u * (1 - 10.0**-exponent)) ** (-1 / exponent)
    return {
        "count": n, "log": float(np.log(size).mean()), "largest": float(size.max()), "pixel": pixel
    }  # fmt: skip


@pytest.mark.parametrize("exponent", [1.9, 2.2, 2.5])
def test_the_exponent_of_a_power_law_is_found(exponent: float) -> None:
    check = debris_sizes([facts(exponent), facts(exponent)])
    assert check["ok"]
    assert check["value"] == pytest.approx(exponent, abs=0.08)
    assert check["seen"] == 8000


def test_all_of_one_size_too_few_of_a_pixel_or_none_at_all_fails() -> None:
    assert not debris_sizes([facts(6.0)])["ok"]  # hardly any but the smallest
    assert not debris_sizes([facts(0.8)])["ok"]  # chunks, and little else
    assert not debris_sizes([facts(2.2), facts(2.2, pixel=3)])["ok"]
    assert not debris_sizes([])["ok"]

"""The figures of the de-ageing bench say what they claim."""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench"))
from deage_measures import flow, grouped, texture_kept, warp_error


def _skin(seed: int = 0) -> np.ndarray:
    grain = np.random.default_rng(seed).normal(0, 0.03, (96, 96, 1)).astype(np.float32)
    return np.clip(0.6 + np.repeat(grain, 3, 2), 0, 1)


def test_texture_is_kept_or_blurred_away():
    skin, everywhere = _skin(), np.ones((96, 96), np.float32)
    assert texture_kept(skin, skin, everywhere, 2.0) == pytest.approx(1)
    blurred = cv2.GaussianBlur(skin, (0, 0), 1.5)
    assert texture_kept(skin, blurred, everywhere, 2.0) < 0.2
    # Light and broad shading are no texture.
    broad = skin + np.linspace(-0.1, 0.1, 96, dtype=np.float32)[:, None, None]
    assert texture_kept(skin, broad, everywhere, 2.0) == pytest.approx(1, abs=0.02)
    elsewhere = np.zeros((96, 96), np.float32)
    elsewhere[:48] = 1
    half = skin.copy()
    half[60:] = 0.6
    assert texture_kept(skin, half, elsewhere, 2.0) == pytest.approx(1, abs=0.02)


def test_what_moves_as_one_has_no_warp_error_and_what_flickers_has():
    one = cv2.GaussianBlur(
        np.random.default_rng(1).random((96, 96, 3)).astype(np.float32), (0, 0), 3
    )
    one = (one - one.min()) / (one.max() - one.min())
    two = np.roll(one, 3, axis=1)
    motion = flow((one * 255).astype(np.uint8), (two * 255).astype(np.uint8))
    where = np.zeros((96, 96), bool)
    where[20:76, 20:76] = True
    still = warp_error(one, two, motion, where)
    assert still < 0.1 * np.abs(two - one)[where].mean()
    assert warp_error(one, two + 0.05, motion, where) > still + 0.03


def test_rows_are_grouped_by_what_they_have():
    rows = [{"a": "x", "n": 1}, {"a": "y", "n": 2}, {"a": "x", "n": 3}]
    assert {k: len(v) for k, v in grouped(rows, "a").items()} == {"x": 2, "y": 1}

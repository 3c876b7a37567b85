"""The clean plate's bench: its measures tell blur, noise, seams and copies from the truth."""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench"))
import cleanplate as bench


@pytest.fixture
def truth() -> np.ndarray:
    rng = np.random.default_rng(4)
    grain = cv2.GaussianBlur(rng.random((120, 160, 3)).astype(np.float32), (0, 0), 0.8)
    return np.clip(0.5 + 0.6 * (grain - 0.5), 0, 1).astype(np.float32)


def test_measures_know_what_is_wrong(truth: np.ndarray) -> None:
    hole = np.zeros(truth.shape[:2], bool)
    hole[20:100, 40:120] = True
    same = bench.measure(truth, truth, hole, hole)
    assert same["psnr"] == pytest.approx(90)
    assert [same[m] for m in ("fine", "broad", "seam")] == pytest.approx([1, 1, 1])
    assert same["copies"] == pytest.approx(0)

    def filled(picture: np.ndarray) -> dict[str, float]:
        return bench.measure(np.where(hole[..., None], picture, truth), truth, hole, hole)

    assert filled(cv2.GaussianBlur(truth, (0, 0), 2.0))["fine"] < 0.2
    assert filled(truth + 0.3)["seam"] > 3
    assert filled(np.roll(truth, (30, 40), (0, 1)))["copies"] > 0.3


def test_cuts_are_buildings() -> None:
    names = [c.name for c in bench.CUTS]
    assert len(set(names)) == len(names)
    for cut in bench.CUTS[:-1]:
        plate, matte = bench.build(np.full((120, 160, 3), 0.5, np.float32), cut)
        assert 0.04 < matte.mean() < 0.4
        assert not np.array_equal(plate, np.full_like(plate, 0.5))
    assert {c.kind for c in bench.CUTS} == set(bench.CLASSES)
    assert all(c.file in bench.HORIZON for c in bench.CUTS)

"""Contact sheets: every picture is there, in order, with even gutters."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from setpiece.media.sheet import contact_sheet, save_jpeg, save_png


@pytest.mark.parametrize(("count", "columns"), [(12, 4), (5, 3), (1, 4)])
def test_every_picture_is_shown_in_order(count: int, columns: int) -> None:
    colours = np.linspace(0.3, 0.95, count)
    tiles = [(f"{i}", np.full((54, 96, 3), c, np.float32)) for i, c in enumerate(colours)]
    sheet = contact_sheet(tiles, columns=columns, width=800)
    assert sheet.dtype == np.uint8
    assert sheet.shape[1] == 800
    for c in colours:
        tone = int(c * 255 + 0.5)
        assert (np.abs(sheet.astype(int) - tone).max(2) <= 1).sum() > 1000
    assert (sheet[:, :3] < 40).all()
    assert (sheet[:, -3:] < 40).all()


def test_saved_pictures_read_back(tmp_path: Path) -> None:
    picture = np.random.default_rng(0).integers(0, 255, (20, 30, 3), np.uint8)
    save_png(tmp_path / "a.png", picture)
    assert np.array_equal(np.asarray(Image.open(tmp_path / "a.png")), picture)
    save_jpeg(tmp_path / "a.jpg", picture / np.float32(255), 95)
    assert Image.open(tmp_path / "a.jpg").size == (30, 20)
    assert len(list(tmp_path.iterdir())) == 2

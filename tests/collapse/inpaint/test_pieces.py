"""Pieces keep what repeats whole; smaller copies of the plate stand for what lies farther off."""

from __future__ import annotations

import numpy as np

from setpiece.collapse.inpaint.atlas import make_atlas
from setpiece.collapse.inpaint.complete import complete
from setpiece.collapse.inpaint.fields import pull_push
from setpiece.collapse.inpaint.materials import Materials


def _fill(picture: np.ndarray, hole: np.ndarray, horizon: float | None) -> np.ndarray:
    h, w = hole.shape
    start = pull_push(picture, (~hole).astype(np.float32))
    label = np.zeros((h, w), np.float32)
    sheet = make_atlas(picture, hole, ~hole, start, label, Materials.none((h, w)), horizon)
    filled, _ = complete(
        sheet.picture, sheet.hole, sheet.usable, start=sheet.start, label=sheet.label,
        materials=sheet.materials, level=sheet.level, seed=1,
    )  # fmt: skip
    return filled[:h]


def test_windows_stay_whole() -> None:
    wall = np.full((160, 240, 3), 0.6, np.float32)
    wall[4::36], wall[:, 2::32] = 0.4, 0.45  # courses and pilasters
    for y in range(14, 150, 36):
        for x in range(12, 230, 32):
            wall[y : y + 20, x : x + 14] = (0.1, 0.15, 0.2)
            wall[y + 9 : y + 11, x : x + 14] = 0.9
    hole = np.zeros(wall.shape[:2], bool)
    hole[40:130, 80:170] = True
    filled = _fill(wall, hole, None)
    assert np.abs(filled - wall)[hole].mean() < 0.02


def test_a_street_goes_on_to_its_vanishing_point() -> None:
    rows, columns = np.mgrid[0:180, 0:240].astype(np.float32)
    vx, vy = 120.0, 60.0
    across = (columns - vx) / np.maximum(rows - vy, 0.5)  # the same along every line of the street
    road = np.where(np.abs(across) < 0.9, 0.35, 0.7)
    street = np.where(rows > vy + 1, road, 0.9)[..., None].repeat(3, 2).astype(np.float32)
    hole = np.zeros(rows.shape, bool)
    hole[50:115, 70:175] = True
    plate = np.where(hole[..., None], 0.0, street).astype(np.float32)
    ground = hole & (rows > vy + 4)

    def wrong(horizon: float | None) -> float:
        return float(np.abs(_fill(plate, hole, horizon) - street).mean(-1)[ground].mean())

    assert wrong(vy) < 0.06
    assert wrong(vy) < 0.7 * wrong(None)


def test_the_sheet_tells_the_height_of_its_pages() -> None:
    plate = np.random.default_rng(1).random((120, 160, 3)).astype(np.float32)
    clear = np.ones(plate.shape[:2], bool)
    label = np.zeros(plate.shape[:2], np.float32)
    bare = Materials.none(clear.shape)
    sheet = make_atlas(plate, ~clear, clear, plate, label, bare, 40.0)
    assert np.array_equal(sheet.picture[:120], plate)
    begins = np.nonzero(np.diff(sheet.level) > 2)[0] + 1  # after a gap
    for begin, zoom in zip(begins, (1.5, 2.25, 3.375), strict=False):
        row = begin + round(40 / zoom)  # the horizon keeps its height
        assert abs(sheet.level[row] - 40) < 1
        assert sheet.usable[row, : int(160 / zoom)].all()
        assert not sheet.usable[row, int(160 / zoom) + 1 :].any()
    assert len(make_atlas(plate, ~clear, clear, plate, label, bare, None).level) == 120

"""The building's matte: what the artist drew on it counts."""

from __future__ import annotations

import numpy as np
import pytest

from setpiece.collapse.demo import STROKES, photograph
from setpiece.collapse.layout import CameraModel, Layout, Prism, building_matte, load_layout
from setpiece.errors import MissingExtra
from setpiece.media.plate import open_plate


def test_a_gap_drawn_in_the_building_is_background_and_its_columns_are_not():
    # A red gallery before a pale haze, open between two columns: no clear sky, so only the artist
    # can say that one sees through.
    h, w = 240, 320
    image = np.full((h, w, 3), (0.50, 0.53, 0.56), np.float32)
    image[60:200, 80:240] = (0.20, 0.03, 0.03)
    image[90:160, 100:130] = (0.50, 0.53, 0.56)
    layout = Layout(
        size=(w, h), camera=CameraModel(focal=300.0),
        outline=[(80, 60), (240, 60), (240, 200), (80, 200)],
        prisms=[Prism(footprint=[(-5, 20), (5, 20), (5, 30), (-5, 30)], height=9.0)],
    )  # fmt: skip
    assert building_matte(image, layout)[120, 115] == 1  # baked onto the wall behind
    gap = [(100.0, 90.0), (130.0, 90.0), (130.0, 160.0), (100.0, 160.0)]
    matte = building_matte(image, layout.model_copy(update={"gaps": [gap]}))
    assert matte[95:155, 105:125].max() < 0.02
    assert matte[95:155, 84:96].min() > 0.98
    assert matte[95:155, 134:236].min() > 0.98
    twice = layout.model_copy(update={"size": (2 * w, 2 * h)})
    twice = twice.model_copy(
        update={
            "outline": [(2 * x, 2 * y) for x, y in layout.outline],
            "gaps": [[(2 * x, 2 * y) for x, y in gap]],
        }
    )
    np.testing.assert_allclose(building_matte(image, twice), matte, atol=1e-6)


def test_one_sees_through_the_galleries_of_the_demos_tower() -> None:
    try:
        image = open_plate(photograph()).read(0)
    except MissingExtra as error:
        pytest.skip(str(error))
    matte = building_matte(image, load_layout(STROKES["layout"]))
    for x, y in ((107, 208), (313, 205), (334, 285), (91, 292)):
        assert matte[y, x] < 0.05, (x, y)
    for x, y in ((101, 208), (318, 205), (328, 285), (97, 295)):  # the columns beside them
        assert matte[y, x] > 0.6, (x, y)

"""The curve by tables against the curve itself."""

from __future__ import annotations

import numpy as np

from setpiece.deage.light import display, undone
from setpiece.media.colour import from_display, to_display


def test_the_tables_are_the_curve() -> None:
    some = np.random.default_rng(1).random(20000)
    linear = np.float32([0, -1, 2, np.nan, np.inf, 0.0031308, 0.0031309, 1, 1e-5, *some, *some**5])
    linear = linear[None, :, None]
    assert np.abs(display(linear) - to_display(linear)).max() < 1e-6
    shown = np.float32([0, 0.04045, 0.0404501, 1, 1.7, *some, *some**5])
    true = from_display(shown)
    assert (np.abs(undone(shown) - true) <= 1e-7 + 1e-6 * true).all()

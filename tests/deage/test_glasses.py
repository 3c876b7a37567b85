"""Thin rims are told from wrinkles."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from setpiece.deage.detect import find
from setpiece.deage.face import align
from setpiece.deage.glasses import rims
from setpiece.deage.light import display
from setpiece.deage.matte import mattes

Portrait = Callable[[str], np.ndarray]
SIZES = (320, 640)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", ["020505_1954", "020511_1958", "029534_1951", "020513_1947"])
def test_rims_are_left_out_of_the_skin(portrait: Portrait, name: str, size: int) -> None:
    picture = portrait(name)
    aligned = align(find(picture)[0], size)
    crop = display(aligned.crop(picture))
    found = rims(crop, aligned)
    assert found is not None
    assert found.shape == (size, size)
    sure = found > 0.7
    assert 0.001 < sure.mean() < 0.03
    assert mattes(crop, aligned).skin[sure].max() < 0.31
    # Darker than the skin around them.
    luma = crop.mean(-1)
    assert luma[sure].mean() < 0.8 * luma[mattes(crop, aligned).skin > 0.9].mean()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", ["021531_1961", "021197_1941", "021137_1973", "021764_1959"])
@pytest.mark.parametrize("light", [1.0, 0.3])
def test_wrinkles_at_a_bare_nose_are_no_rims(
    portrait: Portrait, name: str, size: int, light: float
) -> None:
    picture = portrait(name)
    aligned = align(find(picture)[0], size)
    assert rims(display(aligned.crop(picture * np.float32(light))), aligned) is None

"""Colour: curves are exact, spaces go through the pinned config, wrong names help."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from setpiece.errors import InputError
from setpiece.media import colour


def test_srgb_reference_values() -> None:
    codes = np.array([0, 10, 11, 128, 188, 255], np.uint8)
    # IEC 61966-2-1: the linear part ends between codes 10 and 11.
    expected = [0.0, 10 / 255 / 12.92, 0.003346536, 0.2158605, 0.5028865, 1.0]
    assert colour.from_display(codes) == pytest.approx(expected, abs=2e-7)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_every_code_survives_the_round_trip(dtype: type) -> None:
    top = np.iinfo(dtype).max
    codes = np.arange(top + 1, dtype=dtype)
    back = np.rint(colour.to_display(colour.from_display(codes)) * top)
    assert np.array_equal(back, codes)


def test_integers_and_floats_agree() -> None:
    codes = np.arange(256, dtype=np.uint8)
    as_floats = colour.from_display(codes.astype(np.float32) / 255)
    assert np.allclose(colour.from_display(codes), as_floats, atol=1e-6)


def test_display_clips_and_survives_bad_numbers() -> None:
    picture = np.array([[[-1.0, 0.0, 2.0], [np.nan, np.inf, -np.inf]]], np.float32)
    assert colour.to_display(picture).tolist() == [[[0.0, 0.0, 1.0], [0.0, 1.0, 0.0]]]


@settings(max_examples=30, deadline=None)
@given(hnp.arrays(np.float32, (2, 3, 3), elements=st.floats(-4, 64, width=32)))
def test_curve_is_odd_and_inverts(picture: np.ndarray) -> None:
    linear = colour.from_display(picture)
    assert linear.dtype == np.float32
    assert np.array_equal(colour.from_display(-picture), -linear)
    inside = np.clip(picture, 0, 1)
    assert np.allclose(colour.to_display(colour.from_display(inside)), inside, atol=2e-6)


def test_spaces_go_through_the_pinned_config() -> None:
    import PyOpenColorIO as ocio

    config = ocio.Config.CreateFromBuiltinConfig(colour.CONFIG)
    picture = np.random.default_rng(1).random((4, 5, 3)).astype(np.float32)
    for space in ("ACEScg", "Linear P3-D65", "Gamma 2.4 Rec.709 - Texture", "ACEScct",
                  "sRGB Encoded P3-D65 - Texture"):  # fmt: skip
        expected = picture.copy()
        config.getProcessor(space, colour.WORKING).getDefaultCPUProcessor().applyRGB(expected)
        assert np.allclose(colour.to_working(picture, space), expected, atol=2e-4), space
    # AP1 green lies outside Rec.709: negative, not clipped.
    assert colour.to_working(np.array([[[0.0, 1.0, 0.0]]]), "ACEScg")[0, 0, 0] < -0.1
    assert np.array_equal(colour.to_working(picture, "linear"), picture)


def test_the_input_is_left_alone() -> None:
    picture = np.full((2, 2, 3), 0.5, np.float32)
    for space in colour.known_spaces():
        colour.to_working(picture, space)
        assert (picture == 0.5).all(), space


def test_white_is_white_in_every_display_space() -> None:
    white = np.ones((1, 1, 3), np.float32)
    for space in ("srgb", "rec709", "p3", "ACEScg", "Linear Rec.2020"):
        assert colour.to_working(white, space) == pytest.approx(1.0, abs=2e-4), space


def test_hdr_curves_put_diffuse_white_at_one() -> None:
    # ITU-R BT.2408: 203 nits are 58% of PQ and 75% of HLG.
    for space, code in ((colour.PQ, 0.5807), (colour.HLG, 0.75)):
        grey = np.full((1, 1, 3), code, np.float32)
        assert colour.to_working(grey, space) == pytest.approx(1.0, abs=0.01), space


@pytest.mark.parametrize("name", ["sRGB", "srgb_tx", "SRGB - texture", "srgb texture"])
def test_names_are_forgiving(name: str) -> None:
    assert colour.space_name(name) == colour.SRGB


def test_an_unknown_space_lists_near_names() -> None:
    with pytest.raises(InputError, match=r"'ACESgc' is not known.*ACEScg"):
        colour.to_working(np.zeros((1, 1, 3), np.float32), "ACESgc")
    with pytest.raises(InputError, match=r"Linear Rec\.709"):
        colour.space_name("zzzzzz")

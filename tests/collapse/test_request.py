"""What is asked for is checked before anything slow runs."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from setpiece.collapse.request import Request
from setpiece.errors import InputError

PLATE = Path("house.jpg")


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({"frames": 1}, "--frames 1"),
        ({"fragments": 3}, "--fragments 3"),
        ({"fragments": 10**9}, "--fragments 1000000000"),
        ({"quality": "ultra"}, "--quality 'ultra'"),
        ({"seed": -1}, "--seed -1"),
        ({"lens": float("nan")}, "--lens nan"),
        ({"height": -4.0}, "--height -4.0"),
        ({"eye_height": float("inf")}, "--eye-height inf"),
        ({"storeys": 0}, "--storeys 0"),
        ({"size": (0, 0)}, "--size 0x0"),
        ({"size": (100_000, 720)}, "--size 100000x720"),
        ({"fps": Fraction(0)}, "--fps 0"),
        ({"fps": Fraction(1000)}, "--fps 1000"),
        ({"layout": Path("not-there.toml")}, "--layout not-there.toml"),
        ({"brief_file": Path("not-there.toml")}, "--brief-file not-there.toml"),
        ({"foreground": Path("not-there.png")}, "--foreground not-there.png"),
        ({"clean_plate": Path("not-there.png")}, "--clean-plate not-there.png"),
        ({"wibble": 3}, "--wibble 3"),
    ],
)
def test_what_is_out_of_range_is_named(asked: dict[str, Any], named: str) -> None:
    with pytest.raises(InputError) as caught:
        Request.check(plate=PLATE, **asked)
    assert named in str(caught.value)
    assert "\n" not in str(caught.value)


def test_every_wrong_field_is_named_at_once() -> None:
    with pytest.raises(InputError) as caught:
        Request.check(plate=PLATE, frames=0, fragments=1, seed=-3)
    assert all(n in str(caught.value) for n in ("--frames", "--fragments", "--seed"))


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a folder"):
        Request.check(plate=PLATE, layout=tmp_path)


def test_what_is_not_given_takes_its_default() -> None:
    request = Request.check(plate=PLATE, lens=None, fps=None, shot=None)
    assert request == Request(plate=PLATE)
    assert request.shot_name == "house"
    assert Request.check(plate=PLATE, shot="0420").shot_name == "0420"


@settings(max_examples=60, deadline=None)
@given(
    name=st.sampled_from(
        ["lens", "height", "storeys", "bays", "frames", "fragments", "seed", "quality", "size",
         "fps", "outline", "roof", "sun", "eye_height"]
    ),
    value=st.one_of(
        st.integers(), st.floats(), st.text(max_size=8), st.booleans(),
        st.lists(st.floats(), max_size=3), st.tuples(st.integers(), st.integers()),
    ),
)  # fmt: skip
def test_whatever_is_asked_is_a_request_or_an_error_with_words(name: str, value: Any) -> None:
    said = ""
    request = Request(plate=PLATE)
    try:
        request = Request.check(plate=PLATE, **{name: value})
    except InputError as error:
        said = str(error)
    assert not said or f"--{name.replace('_', '-')}" in said
    assert 1 <= (request.fps or 24) <= 240
    assert all(64 <= side <= 8192 for side in request.size)


def test_a_request_cannot_be_changed() -> None:
    request = Request.check(plate=PLATE)
    with pytest.raises(ValueError, match="frozen"):
        request.seed = 3  # type: ignore[misc]

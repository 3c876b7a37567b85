"""Dials as they are typed: held, keyed over time, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from setpiece.deage.ages import REGIONS
from setpiece.deage.brief import check
from setpiece.deage.dials import dials_at, parse_layers, parse_regions
from setpiece.errors import InputError


def test_dials_are_read_as_written() -> None:
    told = parse_regions("brow:1.0 eyes:0.7, neck:0.5")
    for frame in (None, 1001, 5000):
        assert dials_at(told, frame) == {"brow": 1.0, "eyes": 0.7, "neck": 0.5}
    assert set(REGIONS) >= {"brow", "neck", "nose"}


def test_a_dial_with_frames_is_eased_between_them_and_held_beyond() -> None:
    told = parse_layers("shape:1@1021 wrinkles:0.5 shape:0@1001")
    values = [dials_at(told, f)["shape"] for f in range(995, 1030)]
    assert values[:7] == [0.0] * 7
    assert values[26:] == [1.0] * 9
    steps = np.diff(values[6:27])
    assert (steps > 0).all()
    assert steps[0] < steps[10] > steps[-1]
    assert {dials_at(told, f)["wrinkles"] for f in range(995, 1030)} == {0.5}
    assert dials_at(told, None) == {"shape": 1.0, "wrinkles": 0.5}


def test_an_order_is_as_strong_at_a_frame_as_its_dials_say() -> None:
    order = check(
        Path("clip.mov"), ["ana"], ["1001:20 1048:30"], ["60"],
        layers="shape:0@1001 shape:1@1048", regions="neck:0@1010 neck:1@1020",
    )  # fmt: skip
    (ana,) = order.people

    def strength(frame: int) -> float:
        return order.keys(ana, frame=frame)[-1].strengths.of("shape")

    assert strength(1001) == 0
    assert 0 < strength(1024) < strength(1048)
    assert order.keys(ana, frame=1001)[0].strengths.regions["neck"] == 0
    # What the governor holds within the limit is the most that any frame gets.
    assert order.strengths(30, 60).of("shape") == strength(1048)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("brow=1", "brow=1"),
        ("brow:lots", "brow:lots"),
        ("brow:1@soon", "brow:1@soon"),
        ("brow:1@", "brow:1@"),
        ("brow:nan", "out of range"),
        ("brow:3@1001", "out of range"),
        ("ears:1", "ears"),
        ("brow:1 brow:0", "twice"),
        ("brow:1 brow:0@1001", "twice"),
        ("brow:1@1001 brow:0@1001", "twice"),
        ("", "cannot read"),
    ],
)
def test_what_makes_no_sense_is_named(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        parse_regions(text)

"""Frame ranges read and write as the field writes them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from setpiece.errors import InputError
from setpiece.media.framerange import format_range, parse_range


def test_the_fields_own_writing() -> None:
    assert parse_range("1001-1004, 1015,1020-1030x5") == [
        1001, 1002, 1003, 1004, 1015, 1020, 1025, 1030,
    ]  # fmt: skip
    assert format_range(range(1001, 1097)) == "1001-1096"
    assert format_range([1001, 1003, 1005, 1010]) == "1001-1005x2,1010"


@settings(max_examples=200, deadline=None)
@given(st.sets(st.integers(-50, 1200), min_size=1, max_size=60))
def test_writing_then_reading_changes_nothing(frames: set[int]) -> None:
    assert parse_range(format_range(frames)) == sorted(frames)


@pytest.mark.parametrize("text", ["", "a", "10-1", "1-5x0", "1,,2", "1-999999999", "1-2-3"])
def test_nonsense_is_refused_with_the_text_in_the_message(text: str) -> None:
    with pytest.raises(InputError, match="frame range"):
        parse_range(text)

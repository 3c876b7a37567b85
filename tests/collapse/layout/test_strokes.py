"""What is a stroke, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from setpiece.collapse.layout import make_layout, parse_points
from setpiece.collapse.layout.strokes import clean_outline, polygon_area
from setpiece.errors import LayoutError

GREY = np.full((120, 160, 3), 0.2, np.float32)
finite = st.floats(-1e5, 1e5, allow_nan=False, width=32)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(finite, finite), min_size=1, max_size=9))
def test_points_read_back_what_was_written(points):
    text = " ".join(f"{x!r},{y!r}" for x, y in points)
    assert parse_points(text) == [(float(x), float(y)) for x, y in points]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=30))
def test_any_text_is_points_or_a_layout_error(text):
    try:
        points = parse_points(text)
    except LayoutError:
        return
    else:
        assert points
        assert all(np.isfinite(p).all() for p in points)


@pytest.mark.parametrize("text", ["", "  ", "1", "1,2,3", "a,b", "1,nan", "inf,2", "1, 2"])
def test_nonsense_is_named(text):
    with pytest.raises(LayoutError, match=r"x,y|finite"):
        parse_points(text)


@pytest.mark.parametrize(
    ("outline", "words"),
    [
        ([(10, 10), (90, 90)], "at least 3"),
        ([(10, 10), (10, 10), (90, 90), (10, 10)], "at least 3"),
        ([(10, 10), (100, 100), (100, 10), (10, 100)], "crosses itself"),
        ([(200, 10), (260, 10), (260, 90)], "outside the 160x120 frame"),
        ([(10, 10), (12, 10), (12, 12)], "too few"),
        ([(10, 10), (float("nan"), 50), (90, 90)], "finite"),
        ([(10, 10), (50, 50), (90, 90)], "too few"),
    ],
)
def test_outlines_that_are_none(outline, words):
    with pytest.raises(LayoutError, match=words):
        make_layout(GREY, outline=outline)


def test_an_outline_beyond_the_frame_is_clipped_and_said():
    p, notes = clean_outline([(-40, 20), (100, 20), (100, 200), (-40, 200)], 160, 120)
    assert p.min() >= 0
    assert p[:, 0].max() <= 160
    assert p[:, 1].max() <= 120
    assert abs(polygon_area(p)) == pytest.approx(100 * 100)
    assert any("clipped" in n for n in notes)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(-300, 500), st.floats(-300, 500)), max_size=7))
def test_a_cleaned_outline_lies_in_the_frame(points):
    try:
        p, _ = clean_outline(points, 160, 120)
    except LayoutError:
        return
    else:
        assert len(p) >= 3
        assert p.min() >= -1e-9
        assert p[:, 0].max() <= 160 + 1e-9
        assert p[:, 1].max() <= 120 + 1e-9


BOX = [(40, 30), (120, 30), (120, 100), (40, 100)]


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        ({"roof": "thatched"}, "roof"),
        ({"roof": "gable:90"}, "pitch"),
        ({"roof": "gable:steep"}, "steep"),
        ({"lens": 0.1}, "lens"),
        ({"height": -3}, "height"),
        ({"storeys": 0}, "storeys"),
        ({"lines": [[(1, 2)]]}, "line 1"),
        ({"lines": [[(1, 2), (1, 2)]]}, "line 1"),
        ({"walls": [[(1, 2), (3, 4), (5, 6)]]}, "wall 1"),
    ],
)
def test_numbers_and_strokes_out_of_range_are_named(extra, words):
    with pytest.raises(LayoutError, match=words):
        make_layout(GREY, outline=BOX, **extra)

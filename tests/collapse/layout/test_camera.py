"""Camera and size from strokes on boxes whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from boxes import DIAGONAL_35, HEIGHT, WIDTH, picture, see_box
from hypothesis import given, settings
from hypothesis import strategies as st

from setpiece.collapse.layout import make_layout
from setpiece.collapse.layout.segments import find_segments
from setpiece.collapse.layout.vanishing import solve_view

NO_QUADS = np.zeros((0, 4, 2))


@settings(max_examples=20, deadline=None)
@given(
    mm=st.floats(18, 85), tilt=st.floats(-15, 15), roll=st.floats(-3, 3), yaw=st.floats(28, 62),
    seed=st.integers(0, 10_000),
)  # fmt: skip
def test_level_edges_with_half_a_pixel_of_noise_give_the_camera(mm, tilt, roll, yaw, seed):
    box = see_box(mm, tilt, roll, yaw, (14.0, 12.0, 10.0), noise=0.5, seed=seed)
    segments = find_segments(
        picture(box), np.array(box.outline), np.array(box.lines), NO_QUADS
    )  # fmt: skip
    view = solve_view(segments, WIDTH, HEIGHT, None)
    found = view.focal / np.hypot(WIDTH, HEIGHT) * DIAGONAL_35
    assert found == pytest.approx(mm, rel=0.1)
    assert np.degrees(view.tilt) == pytest.approx(tilt, abs=1.5)
    assert np.degrees(view.roll) == pytest.approx(roll, abs=1.5)


def test_a_wall_seen_from_the_front_does_not_pretend_to_know_the_lens():
    image = np.full((HEIGHT, WIDTH, 3), 0.3, np.float32)
    image[150:500, 250:700] = 0.6
    layout = make_layout(image, outline=[(250, 150), (700, 150), (700, 500), (250, 500)])
    assert layout.camera.focal_sigma > 0.2 * layout.camera.focal
    assert any("focal length cannot be seen" in n for n in layout.notes)
    assert any("depth was guessed" in n for n in layout.notes)


@pytest.mark.parametrize("yaw", [35.0, 55.0])
def test_a_box_with_lens_and_height_has_its_size(yaw):
    box = see_box(35.0, 0.0, 0.0, yaw, (14.0, 11.0, 9.0))
    layout = make_layout(
        picture(box), outline=box.outline, walls=box.walls, lens=35.0, height=9.0, roof="flat"
    )
    assert len(layout.prisms) == 1
    p = np.array(layout.prisms[0].footprint)
    sides = sorted(np.linalg.norm(np.roll(p, -1, 0) - p, axis=1)[:2])
    assert sides == pytest.approx([11.0, 14.0], rel=0.02)
    assert layout.prisms[0].height == pytest.approx(9.0, rel=1e-6)
    assert layout.camera.eye_height == pytest.approx(box.camera.position[2], rel=0.05)
    assert layout.camera.focal_sigma == 0
    assert layout.scale_source == "--height 9"


def test_scale_follows_what_was_said():
    box = see_box(35.0, 0.0, 0.0, 40.0, (14.0, 11.0, 9.0))
    image = picture(box)
    common = {"outline": box.outline, "walls": box.walls, "lens": 35.0, "roof": "flat"}
    by_storeys = make_layout(image, storeys=3, **common)
    assert by_storeys.top == pytest.approx(9.6, rel=1e-3)
    assert "storeys" in by_storeys.scale_source
    by_eye = make_layout(image, eye_height=2.0, **common)
    assert by_eye.camera.eye_height == pytest.approx(2.0, rel=1e-3)
    guess = make_layout(image, **common)
    assert guess.scale_source.startswith("guess")
    assert any("guess" in n for n in guess.notes)


def test_exif_gives_the_lens_and_a_given_lens_wins():
    class Exif:
        focal_35mm = 50.0

    box = see_box(50.0, 0.0, 0.0, 40.0, (14.0, 11.0, 9.0))
    image = picture(box)
    told = make_layout(image, exif=Exif(), outline=box.outline)
    assert told.camera.focal == pytest.approx(box.camera.focal, rel=1e-6)
    assert "EXIF" in told.camera.source
    assert "given" in make_layout(image, exif=Exif(), lens=35, outline=box.outline).camera.source


def test_windows_are_read_from_the_wall():
    box = see_box(35.0, 0.0, 0.0, 30.0, (16.0, 10.0, 12.8))
    layout = make_layout(
        picture(box, windows=(4, 5)), outline=box.outline, walls=box.walls, lens=35.0, height=12.8,
        roof="flat",
    )  # fmt: skip
    prism = layout.prisms[0]
    assert prism.storeys == 4
    p = np.array(prism.footprint)
    sides = np.linalg.norm(np.roll(p, -1, 0) - p, axis=1)
    camera = layout.view()
    # every painted window's middle lies in an opening of the wall that was painted
    tl, tr, br, bl = (np.array(q) for q in box.walls[0])
    middle, _ = camera.project(np.array([[*(p[0] + p[1]) / 2, 6.4]]))
    assert np.linalg.norm(middle[0] - (tl + tr + br + bl) / 4) < 60
    front = [o for o in prism.openings if o.face == 0]
    assert len(front) == 20
    for k in range(4):
        for b in range(5):
            x, z = (b + 0.5) / 5 * sides[0], (3 - k + 0.515) / 4 * 12.8
            assert any(o.left < x < o.right and o.bottom < z < o.top for o in front), (k, b)
    assert {o.face for o in prism.openings} == {0, 1, 2, 3}

"""Panels are measured as pictures: light, line, what stands where, what the furniture says."""

from __future__ import annotations

import numpy as np
import pytest
from tests.previs.board import SIZE, figure, heath, room, shot

from setpiece.errors import InputError
from setpiece.previs import panel

STYLES = ("ink", "pencil", "clay")


@pytest.mark.parametrize("style", STYLES)
def test_a_frame_has_the_cameras_shape_and_is_the_same_when_drawn_anew(style):
    staging = room()
    one = shot(staging, (0, -2.3, 1.5), (0, 0, 1.2))
    first = panel.draw_frame(staging, one, 320, style)
    assert first.dtype == np.uint8
    assert first.shape == (134, 320, 3)
    panel._stages.clear()
    panel._last.clear()
    again = room()
    assert np.array_equal(
        first, panel.draw_frame(again, shot(again, (0, -2.3, 1.5), (0, 0, 1.2)), 320, style)
    )


def test_styles_are_told_apart_and_others_are_refused():
    staging = room()
    one = shot(staging, (0, -2.3, 1.5), (0, 0, 1.2))
    made = [panel.draw_frame(staging, one, 240, s).astype(float) for s in STYLES]
    for i in range(3):
        assert np.abs(made[i] - made[i - 1]).mean() > 4
    with pytest.raises(InputError, match="crayon"):
        panel.draw_frame(staging, one, 240, "crayon")


@pytest.mark.parametrize("style", STYLES)
def test_night_is_darker_than_day_inside_and_outside(style):
    for make in (room, lambda time: heath(time=time)):
        means = []
        for time in ("DAY", "NIGHT"):
            staging = make(time)
            one = shot(staging, (0, -2.4 if staging.set.interior else -7, 1.5), (0, 0, 1.2))
            means.append(panel.draw_frame(staging, one, 240, style).mean())
        assert means[1] < 0.8 * means[0]


def test_who_stands_left_is_drawn_left_at_their_size():
    """Depth tells where the two figures are: against the lens's own arithmetic."""
    staging = room()
    one = shot(staging, (0, -2.45, 1.4), (0, 0, 1.0), 24)
    seen = panel.guides(staging, one, 480)
    camera = panel.through(one.camera, 480)
    for x in (-0.9, 0.9):
        (pixel,), (depth,) = camera.project(np.array([[x, 0.0, 1.25]]))
        here = seen.depth[int(pixel[1]), int(pixel[0])]
        assert abs(here - depth) < 0.25
    (middle,), _ = camera.project(np.array([[0.0, 0.0, 1.4]]))
    assert seen.depth[int(middle[1]), int(middle[0])] > 3.5  # between them: the wall behind


def test_guides_speak_the_engines_language():
    staging = heath()
    seen = panel.guides(staging, shot(staging, (0, -6, 1.6), (0, 0, 1.6)), 320)
    assert np.isinf(seen.depth[0]).all()  # sky
    assert (seen.normal[0] == 0).all()
    ground = seen.normal[-8:, :40].reshape(-1, 3).mean(0)
    assert ground[1] > 0.8  # up
    length = np.linalg.norm(seen.normal[np.isfinite(seen.depth)], axis=1)
    assert np.allclose(length, 1, atol=1e-3)
    assert (seen.normal[..., 2][np.isfinite(seen.depth)] > -0.2).mean() > 0.99
    assert seen.line.min() >= 0.0
    assert 0.6 < seen.line.max() <= 1.0


def test_lines_are_lighter_and_thinner_far_away():
    staging = heath()
    inks = []
    for back in (-3.0, -12.0, -40.0):
        line = panel.guides(staging, shot(staging, (0, back, 1.5), (0, 1, 1.2), 35), 480).line
        camera = panel.through(shot(staging, (0, back, 1.5), (0, 1, 1.2), 35).camera, 480)
        (p,), _ = camera.project(np.array([[0.0, 1.0, 1.1]]))
        tall = camera.focal * 0.9 / (1 - back)
        y, x = int(p[1]), int(p[0])
        r = max(int(tall * 0.35), 4)
        inks.append(line[max(y - r, 0) : y + r, max(x - r, 0) : x + r])
    assert inks[0].max() > inks[2].max()


def test_a_head_turned_to_its_neighbour_is_drawn_otherwise():
    alone = room()
    away = room(
        figures=(
            alone.figures[0].model_copy(update={"looks_at": (-0.9, -3.0, 1.6)}),
            alone.figures[1],
        )
    )
    frames = [
        panel.draw_frame(s, shot(s, (-0.9, -1.4, 1.55), (-0.9, 0, 1.6), 50), 320, "ink").astype(
            float
        )
        for s in (alone, away)
    ]
    # Ink of the face: to the right of the head's middle when she looks right, on both sides when
    # she looks into the lens.
    dark = [(f.mean(2) < 70) for f in frames]
    face = [d[30:100, 110:210] for d in dark]
    sides = [(f[:, 50:].sum() + 1) / (f[:, :50].sum() + 1) for f in face]
    assert sides[0] != pytest.approx(sides[1], rel=0.1)
    assert np.abs(frames[0] - frames[1]).mean() > 2


def test_a_shot_from_behind_a_wall_looks_through_it():
    staging = room()
    inside = panel.guides(staging, shot(staging, (0, -2.4, 1.5), (0, 0, 1.2)), 240).depth
    outside = panel.guides(staging, shot(staging, (0, -3.4, 1.5), (0, 0, 1.2)), 240).depth
    assert outside[40:60, 100:140].min() > 2.5
    assert inside[40:60, 100:140].min() > 1.5


def test_what_hides_the_subjects_face_is_struck():
    from setpiece.previs.model import Prop

    shelf = Prop(item="shelf", kind="shelf", position=(-0.45, -1.2, 0), size=(1.0, 0.35, 1.9))
    staging = room(props=(shelf,))
    one = shot(staging, (0, -2.4, 1.5), (-0.9, 0, 1.5), 40, subjects=("ANA",))
    assert panel.guides(staging, one, 240).depth[30:70, 100:140].min() > 1.6
    other = shot(staging, (0, -2.4, 1.5), (-0.9, 0, 1.5), 40, subjects=("ANA",), prop="shelf")
    assert panel.guides(staging, other, 240).depth.min() < 1.4  # an insert of the shelf keeps it


def test_figures_move_with_the_shot():
    staging = heath()
    one = shot(staging, (0, -8, 1.6), (0, 0, 1.0), 24, subjects=("ROB",))
    places = []
    for part in (0.1, 0.9):
        seen = panel.guides(staging, one, 320, part).depth
        row = seen[panel.through(one.camera, 320).height // 2 + 6]
        near = np.flatnonzero((row > 7.5) & (row < 8.6))
        places.append(near.mean())
    assert places[1] - places[0] > 40


def test_the_panel_carries_its_furniture_and_arrows():
    staging = heath()
    still = shot(staging, (0, -8, 1.6), (0, 0, 1.0), 24)
    whole = panel.draw_panel(staging, still, SIZE, "ink")
    assert whole.shape == (270, 480, 3)
    x, y, w, h = panel.picture_box(still, SIZE)
    assert (whole[y - 1, x : x + w].mean(-1) < 80).all()  # the border
    assert (whole[:y, : SIZE[0]] < 90).any()  # the slate line
    assert (whole[y + h + 3 :] < 120).any()  # what is done
    frame = panel.draw_frame(staging, still, SIZE[0], "ink")
    pushed = shot(staging, (0, -8, 1.6), (0, 0, 1.0), 24, move="dolly", position_end=(0, -6, 1.6))
    arrows = panel.draw_arrows(frame, staging, pushed, panel.through(pushed.camera, SIZE[0]))
    changed = (arrows != frame).any(-1)
    assert changed[: frame.shape[0] // 4, : SIZE[0] // 4].any()  # a dolly's arrows in the corners
    assert changed[-frame.shape[0] // 4 :, -SIZE[0] // 4 :].any()


@pytest.mark.parametrize("aspect", ["2.39", "1.85", "16:9"])
def test_every_aspect_fits_its_panel(aspect):
    staging = room()
    one = shot(staging, (0, -2.3, 1.5), (0, 0, 1.2), aspect=aspect)
    x, y, w, h = panel.picture_box(one, (960, 540))
    assert x >= 0
    assert y > 30
    assert x + w <= 960
    assert y + h < 540 - 60
    assert w / h == pytest.approx(one.camera.ratio, rel=0.01)


def test_a_long_speech_in_letters_the_font_lacks_is_cut_not_lost_over_the_edge():
    from setpiece.previs.model import Beat

    words = "Señor, 你好 — ach! " * 60
    staging = room(
        beats=(Beat(first=0, last=0, what="speech", who=("ANA",), words=words, seconds=9),)
    )
    page = panel.draw_panel(staging, shot(staging, (0, -2.3, 1.5), (0, 0, 1.2)), (480, 270), "ink")
    assert (page[-4:] > 200).all()


def test_a_figure_that_left_is_not_drawn():
    gone = heath()
    there = gone.model_copy(
        update={"figures": (gone.figures[0], figure("ROB", (1.5, 0.5), -90, leaves=1.0))}
    )
    one = shot(there, (0, -6, 1.6), (0, 0, 1.0), 24)
    early = panel.guides(there, one.model_copy(update={"seconds": 1.0}), 240).depth
    late = panel.guides(there, one, 240).depth
    assert (early < 7.2).sum() > (late < 7.2).sum() + 100

"""One frame put together: what stays the plate's, what does not, and edges without halos."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import cv2
import numpy as np
import pytest

from setpiece.collapse.checks import first_frame_psnr, no_pop, plate_untouched, temporal
from setpiece.collapse.comp import CompInputs, apply_shake, comp_frame, shake_path, split_edge
from setpiece.collapse.foreground_edge import front_colour
from setpiece.collapse.grain import Grain
from setpiece.collapse.motion import Motion

H, W = 120, 160


@dataclass(frozen=True)
class _Passes:
    rgb: np.ndarray
    alpha: np.ndarray
    ground_ratio: np.ndarray


@dataclass(frozen=True)
class _Set:
    """A grey building with a soft edge against a bright sky and dark ground."""

    background: np.ndarray
    plate: np.ndarray
    matte: np.ndarray
    hole: np.ndarray
    picture: np.ndarray
    clean: np.ndarray
    rest: _Passes


def _set() -> _Set:
    rng = np.random.default_rng(3)
    background = np.full((H, W, 3), (0.5, 0.6, 0.9), np.float32)
    background[80:] = (0.12, 0.11, 0.1)
    building = 0.15 + 0.1 * rng.random((H, W, 3), np.float32)
    hard = np.zeros((H, W), np.float32)
    cv2.fillPoly(hard, [np.array([[50, 100], [55, 25], [110, 18], [118, 100]])], 1.0)
    matte = np.clip(cv2.GaussianBlur(hard, (0, 0), 1.2), 0, 1)
    matte[matte < 0.004] = 0
    a = matte[..., None]
    plate = (a * building + (1 - a) * background).astype(np.float32)
    hole = cv2.dilate((matte > 0).astype(np.uint8), np.ones((9, 9))) > 0
    clean = np.where(hole[..., None], background * 1.004, plate).astype(np.float32)
    split = split_edge(plate, clean, matte)
    rest = _Passes(split.building * a, matte, np.ones((H, W), np.float32))
    return _Set(background, plate, matte, hole, split.building, split.clean, rest)


def _inputs(s: _Set, **more: object) -> CompInputs:
    grain = Grain(np.array([0, 1], np.float32), np.full((2, 3), 0.004, np.float32), 0.5, 0.5)
    base = CompInputs(s.plate, s.clean, s.hole, s.matte, 1030, 1, grain=grain, rest=s.rest)
    return replace(base, **more)  # type: ignore[arg-type]


def _fallen(s: _Set, dx: int, dy: int, upper: int = 70) -> _Passes:
    """What is above row `upper` has moved; the rest stands."""
    part = (np.arange(H) < upper)[:, None] * s.matte
    move = np.array([[1, 0, dx], [0, 1, dy]], np.float32)
    alpha = cv2.warpAffine(part.astype(np.float32), move, (W, H))
    rgb = cv2.warpAffine((s.picture * part[..., None]).astype(np.float32), move, (W, H))
    low = s.matte - part
    rgb = rgb + (1 - alpha[..., None]) * s.picture * low[..., None]
    return _Passes(rgb.astype(np.float32), alpha + (1 - alpha) * low, np.ones((H, W), np.float32))


def test_before_anything_moves_the_frame_is_the_plate() -> None:
    s = _set()
    for solids in (None, s.rest):
        result = comp_frame(_inputs(s, solids=solids))
        assert np.array_equal(result.rgb, s.plate)
        assert not result.effect.any()


def test_edges_put_back_together_are_the_plate() -> None:
    s = _set()
    again = s.rest.rgb + (1 - s.matte[..., None]) * s.clean
    edge = ((s.matte > 0.004) & (s.matte < 0.996)).astype(np.float32)
    assert edge.sum() > 300
    assert first_frame_psnr(again, s.plate, edge)["value"] > 50
    assert first_frame_psnr(again, s.plate, s.matte)["value"] > 50
    # and the clean plate shows no rim of the building
    assert np.abs(s.clean - s.background)[s.hole].max() < 0.05


def test_a_matte_that_is_a_little_off_is_refined() -> None:
    s = _set()
    wrong = cv2.GaussianBlur(s.matte, (0, 0), 2.0)
    rough = split_edge(s.plate, s.clean, wrong)
    fine = split_edge(s.plate, s.clean, wrong, refine=True)

    def value(e) -> float:  # type: ignore[no-untyped-def]
        again = e.building * e.matte[..., None] + (1 - e.matte[..., None]) * e.clean
        return first_frame_psnr(again, s.plate, wrong)["value"]

    assert value(fine) > 45
    assert value(fine) > value(rough) - 1
    band = (wrong > 0.1) & (wrong < 0.9)
    assert np.abs(fine.matte - s.matte)[band].mean() < 0.6 * np.abs(wrong - s.matte)[band].mean()


def test_moved_edges_have_no_halo() -> None:
    s = _set()
    result = comp_frame(_inputs(s, solids=_fallen(s, 12, 0, H), grain=None))
    # the background uncovered on the left is the background, to the last edge pixel
    uncovered = s.hole & (cv2.dilate(_fallen(s, 12, 0, H).alpha, np.ones((5, 5))) < 0.004)
    assert uncovered.sum() > 200
    assert np.abs(result.rgb - s.background)[uncovered].max() < 0.06
    # along the moved edge nothing is brighter than the sky or darker than the wall
    assert result.rgb[20:78].min() > 0.1
    assert (result.rgb[20:78] <= s.background[20:78] * 1.03 + 0.01).all()


def test_matte_that_no_piece_covers_goes_with_its_neighbours() -> None:
    s = _set()
    bare = np.ones((H, W), np.float32)
    bare[20:60, 100:] = 0  # the model misses this part of the matte
    rest = _Passes(s.rest.rgb * bare[..., None], s.rest.alpha * bare, s.rest.ground_ratio)
    result = comp_frame(_inputs(s, solids=rest, rest=rest))
    assert np.array_equal(result.rgb, s.plate)  # at rest the plate is shown there too
    gone = _Passes(rest.rgb * 0, rest.alpha * 0, rest.ground_ratio)
    result = comp_frame(_inputs(s, solids=gone, rest=rest, grain=None))
    assert np.abs(result.rgb - s.background)[s.hole].max() < 0.06


def test_what_still_stands_stays_the_plates_own() -> None:
    s = _set()
    result = comp_frame(_inputs(s, solids=_fallen(s, 9, 5, 50)))
    standing = np.zeros((H, W), bool)
    standing[70:95, 65:105] = True
    assert np.array_equal(result.rgb[standing], s.plate[standing])
    assert plate_untouched(s.plate, result.steady, result.effect)["ok"]
    assert result.effect[30, 60:100].max() > 0.9
    assert not result.effect[:, :20].any()


def test_first_moving_frame_does_not_pop() -> None:
    s = _set()
    before = comp_frame(_inputs(s, solids=s.rest))
    after = comp_frame(_inputs(s, solids=_fallen(s, 0, 1)))
    assert no_pop(before.rgb, after.rgb, s.plate, s.plate, s.matte)["ok"]
    broken = after.rgb * np.where(s.matte[..., None] > 0.5, 0.7, 1)
    assert not no_pop(before.rgb, broken, s.plate, s.plate, s.matte)["ok"]


def test_dust_covers_and_lets_through() -> None:
    s = _set()
    through = np.ones((H, W), np.float32)
    through[60:, :80] = np.linspace(1, 0.0, 60, dtype=np.float32)[:, None]
    dust = (1 - through)[..., None] * np.array([0.5, 0.45, 0.4], np.float32)
    i = _inputs(s, solids=s.rest, dust_rgb=dust, dust_transmittance=through, grain=None)
    result = comp_frame(i)
    np.testing.assert_allclose(result.rgb[-1, :80], dust[-1, :80], atol=0.01)
    assert plate_untouched(s.plate, result.steady, result.effect)["ok"]
    assert np.array_equal(result.rgb[:, 80:], s.plate[:, 80:])
    # no contour where the dust begins
    step = np.abs(np.diff(result.rgb - s.plate, axis=0))[58:64, 5:40]
    assert step.max() < 0.02
    assert result.dust[-1, 5, 3] == pytest.approx(1, abs=0.01)


def test_dust_behind_shows_at_a_soft_edge_and_the_sky_does_not() -> None:
    s = _set()
    solids = _fallen(s, 0, 6)
    edge = (solids.alpha > 0.05) & (solids.alpha < 0.95)
    through = np.where(edge, 0.0, 1.0).astype(np.float32)
    grey = np.array([0.3, 0.28, 0.25], np.float32)
    given = {"behind_rgb": (1 - through)[..., None] * grey, "behind_transmittance": through}
    result = comp_frame(_inputs(s, solids=solids, grain=None, **given))
    wanted = solids.rgb + (1 - solids.alpha[..., None]) * grey
    np.testing.assert_allclose(result.rgb[edge], wanted[edge], atol=0.004)
    assert plate_untouched(s.plate, result.steady, result.effect)["ok"]
    # the standing building's own edge is not the plate's sky either
    standing = comp_frame(_inputs(s, solids=s.rest, grain=None, **given))
    rim = edge & (s.matte > 0.1) & (s.matte < 0.9)
    wanted = s.rest.rgb + (1 - s.matte[..., None]) * grey
    np.testing.assert_allclose(standing.rgb[rim], wanted[rim], atol=0.02)
    assert plate_untouched(s.plate, standing.steady, standing.effect)["ok"]


def test_foreground_is_held_in_front_of_all() -> None:
    s = _set()
    front = np.zeros((H, W), np.float32)
    front[70:, 30:45] = 1
    through = np.full((H, W), 0.3, np.float32)
    dust = np.full((H, W, 3), 0.35, np.float32)
    i = _inputs(
        s, solids=_fallen(s, 0, 20), dust_rgb=dust, dust_transmittance=through, foreground=front
    )
    result = comp_frame(i)
    assert np.array_equal(result.rgb[front == 1], s.plate[front == 1])
    assert not result.effect[front == 1].any()
    assert result.effect[front == 0].min() > 0.5


def test_shadow_falls_on_the_street_and_not_where_it_is_nothing() -> None:
    s = _set()
    solids = _fallen(s, 0, 20)
    ratio = np.ones((H, W), np.float32)
    ratio[100:, :40] = 0.5
    ratio[100:, 120:] = 0.997  # rounding, not shadow
    result = comp_frame(_inputs(s, solids=replace(solids, ground_ratio=ratio), grain=None))
    np.testing.assert_allclose(result.rgb[110, 10], 0.506 * s.plate[110, 10], rtol=0.01)
    assert np.array_equal(result.rgb[105:, 130:], s.plate[105:, 130:])
    assert not result.effect[105:, 130:].any()


def test_grain_lives_on_new_pixels_only() -> None:
    s = _set()
    solids = _fallen(s, 0, 25, H)
    one = comp_frame(_inputs(s, solids=solids, frame=1040))
    two = comp_frame(_inputs(s, solids=solids, frame=1041))
    again = comp_frame(_inputs(s, solids=solids, frame=1041))
    moved = one.rgb != two.rgb
    assert moved[one.effect > 0.5].mean() > 0.9
    assert not moved[one.effect == 0].any()
    assert np.array_equal(two.rgb, again.rgb)
    through = np.zeros((H, W), np.float32)
    full = comp_frame(
        _inputs(s, solids=solids, dust_rgb=np.full((H, W, 3), 0.4, np.float32),
                dust_transmittance=through)
    )  # fmt: skip
    assert (full.rgb - 0.4).std() == pytest.approx(0.004, rel=0.15)


def _motion(energy: list[float], times: list[float]) -> Motion:
    n, e = 1, len(times)
    return Motion(
        fps=Fraction(24),
        position=np.zeros((97, n, 3), np.float32),
        rotation=np.zeros((97, n, 4), np.float32),
        rest=np.zeros((n, 3), np.float32),
        bond_break=np.zeros(0, np.float32),
        pane_break=np.zeros(0, np.float32),
        release=np.zeros(n, np.float32),
        impact_time=np.array(times, np.float32),
        impact_body=np.zeros(e, np.int32),
        impact_position=np.zeros((e, 3), np.float32),
        impact_energy=np.array(energy, np.float32),
    )


def test_shake_follows_the_impact_and_dies() -> None:
    motion = _motion([1e6, 4e6, 1e5], [1.9, 2.0, 2.6])
    path = shake_path(motion, 96, 1.0, 7, px=3.0)
    assert not path[:45].any()
    size = np.hypot(*path.T)
    assert 1.0 < size.max() <= 3.5
    assert size[48:60].max() > 3 * size[80:].max()
    assert not shake_path(motion, 96, 0.0, 7).any()
    assert np.array_equal(path, shake_path(motion, 96, 1.0, 7, px=3.0))
    assert np.abs(shake_path(motion, 96, 2.0, 7, px=3.0)).max() > 1.8 * np.abs(path).max()
    assert not shake_path(_motion([], []), 96, 1.0, 7).any()


def test_shaken_frame_is_moved_and_the_steady_one_kept() -> None:
    s = _set()
    result = comp_frame(_inputs(s, solids=s.rest, shake=(3.0, -2.0)))
    assert np.array_equal(result.steady, s.plate)
    np.testing.assert_allclose(result.rgb[10:-10, 10:-10], s.plate[12:-8, 7:-13], atol=1e-4)
    assert apply_shake(s.plate, (0, 0)) is s.plate


def test_checks_can_fail() -> None:
    s = _set()
    effect = np.zeros((H, W), np.float32)
    effect[:60] = 1
    wrong = s.plate.copy()
    wrong[100, 3, 1] += 1e-6
    assert plate_untouched(s.plate, s.plate, effect)["ok"]
    assert plate_untouched(s.plate, wrong, effect) == {
        "ok": False, "value": 1, "limit": 0, "unit": "pixels",
    }  # fmt: skip
    wrong[3, 3] = np.nan
    assert plate_untouched(s.plate, wrong, effect)["value"] == 2
    assert not first_frame_psnr(s.plate * 0.9, s.plate, s.matte)["ok"]
    assert not first_frame_psnr(s.plate, s.plate, s.matte * 0)["ok"]
    rng = np.random.default_rng(1)
    a, b = (s.plate + rng.normal(0, 0.01, s.plate.shape).astype(np.float32) for _ in range(2))
    assert temporal(a, b, a, b, effect)["ok"]
    assert temporal(s.plate, s.plate, s.plate, s.plate, effect)["value"] == 1.0
    assert not temporal(s.plate, s.plate, a, b, effect)["ok"]  # frozen
    assert not temporal(a, b, s.plate, s.plate, effect)["ok"]  # alive where the plate is not


def test_the_building_goes_out_of_the_soft_edge_of_what_stands_before_it() -> None:
    """A branch before a dark wall keeps no dark rim before bright dust."""
    s = _set()
    leaf = np.array([0.2, 0.3, 0.1], np.float32)
    hard = np.zeros((H, W), np.float32)
    hard[50:90, 70:90] = 1
    front = np.clip(cv2.GaussianBlur(hard, (0, 0), 1.5), 0, 1)
    f = front[..., None]
    plate = (f * leaf + (1 - f) * s.plate).astype(np.float32)
    own = front_colour(plate, s.plate, front)
    shift = np.where(f > 0, own - plate, 0).astype(np.float32)
    dust = np.full((H, W, 3), 0.8, np.float32)
    i = replace(_inputs(s, dust_rgb=dust, dust_transmittance=np.zeros((H, W), np.float32),
                        foreground=front, grain=None), plate=plate)  # fmt: skip
    wanted = f * leaf + (1 - f) * dust
    soft = (front > 0.05) & (front < 0.95)
    kept = np.abs(comp_frame(i).rgb - wanted)[soft].mean()
    mended = np.abs(comp_frame(replace(i, foreground_shift=shift)).rgb - wanted)[soft].mean()
    assert mended < 0.3 * kept
    # nothing is taken out while the building still stands behind it
    still = comp_frame(replace(i, foreground_shift=shift, dust_rgb=None, dust_transmittance=None,
                               solids=s.rest))  # fmt: skip
    assert np.abs(still.rgb - plate)[soft].max() < 1e-3

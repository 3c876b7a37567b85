"""The comparison with Blender, as far as it goes without Blender: sums, extrapolation, rows, our
plain frames, and what is said where bpy is absent."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

BENCH = Path(__file__).resolve().parents[2] / "bench"
sys.path.insert(0, str(BENCH))

from blender import judge, ours, report  # noqa: E402
from rows import Rows  # noqa: E402

from setpiece.render.light import Light  # noqa: E402


def cost(cpu: float, seconds: float | None = None, mb: float = 100.0) -> dict[str, float]:
    return {"cpu_seconds": cpu, "seconds": cpu if seconds is None else seconds, "peak_mb": mb}


OURS = {"fall": cost(2.0, 2.0, 50), "frames": cost(8.0, 4.0, 300)}
SIMULATED = {"bodies": cost(10.0), "smoke": cost(20.0, 12.0, 900)}


def state(dust: bool, own: float, theirs: float) -> dict[str, Any]:
    scores = {
        k: {"flip": f, "psnr": 30.0} for k, f in (("ours", own), ("16", theirs), ("64", 0.01))
    }
    return {
        "frame": 4, "dust": dust, "scores": scores,
        "cpu_seconds": {"ours": 1.0, "16": 9.0, "64": 30.0},
    }  # fmt: skip


@given(st.integers(1, 400), st.integers(1, 12))
@settings(max_examples=60, deadline=None)
def test_frames_to_render_are_spread_over_the_whole_shot(frames: int, count: int) -> None:
    if frames < count:
        with pytest.raises(ValueError, match="cannot take"):
            report.spread(frames, count)
        return
    chosen = report.spread(frames, count)
    assert len(set(chosen)) == count
    assert chosen == sorted(chosen)
    assert all(0 <= f < frames for f in chosen)
    assert np.mean(chosen) == pytest.approx((frames - 1) / 2, abs=1.0)


@given(
    st.integers(12, 300), st.integers(1, 10), st.floats(0, 100), st.floats(0, 5)
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_extrapolation_is_right_for_costs_that_grow_evenly(
    frames: int, count: int, start: float, slope: float
) -> None:
    rows = {f: cost(start + slope * f) for f in report.spread(frames, count)}
    truth = sum(start + slope * f for f in range(frames))
    found = report.extrapolated(rows, frames)["cpu_seconds"]
    assert found == pytest.approx(truth, abs=slope * frames + 1e-6)


def test_extrapolation_of_every_frame_is_their_sum() -> None:
    rows = {f: cost(f**2, mb=f) for f in range(7)}
    found = report.extrapolated(rows, 7)
    assert found["cpu_seconds"] == pytest.approx(sum(f**2 for f in range(7)))
    assert found["peak_mb"] == 6
    with pytest.raises(ValueError, match="no frame"):
        report.extrapolated({}, 7)


def test_summary_has_the_ratios_of_the_whole_shot_and_says_which_goal_is_missed() -> None:
    rendered = {16: {2: cost(30.0), 7: cost(50.0)}, 64: {5: cost(160.0, 80.0)}}
    found = report.summary(OURS, SIMULATED, rendered, 10, [state(False, 0.05, 0.04)])
    assert found["cpu_ratio_16spp"] == pytest.approx((30 + 10 * 40) / 10)
    assert found["cpu_ratio_64spp"] == pytest.approx((30 + 10 * 160) / 10)
    assert found["wall_ratio_64spp"] == pytest.approx((10 + 12 + 800) / 6)
    assert found["extrapolated_from"] == {"16": [1003, 1008], "64": [1006]}
    assert found["blender"]["16"]["peak_mb"] == 900
    assert not found["goals"]["cpu_ratio_16spp"]["ok"]
    assert not found["goals"]["flip_without_dust"]["ok"]
    assert json.loads(json.dumps(found)) == found
    words = report.verdict(found)
    assert words.count("MISSED") == 2
    assert "43.0 times" in words


def test_goals_are_met_where_they_are_and_dusty_states_do_not_count_for_flip() -> None:
    rendered = {16: {5: cost(47.0)}}
    quality = [state(False, 0.03, 0.04), state(True, 0.5, 0.01)]
    found = report.summary(OURS, SIMULATED, rendered, 10, quality)
    assert found["cpu_ratio_16spp"] == pytest.approx(50.0)
    assert all(g["ok"] for g in found["goals"].values())
    assert "MISSED" not in report.verdict(found)


def test_tables_name_what_was_extrapolated_and_from_which_frames() -> None:
    text = report.cost_table(OURS, SIMULATED, {16: {2: cost(30.0), 7: cost(50.0)}}, 10)
    assert "Cycles 16 spp, 10 frames, extrapolated from 1003, 1008 | 400.0" in text
    assert "Blender: whole shot, 16 spp (extrapolated)** | 430.0" in text
    assert "ours: whole shot** | 10.0 | 6.0 | 300 |" in text
    text = report.quality_table([state(True, 0.5, 0.01)])
    assert "frame 1005, dust | ours | 0.5000 | 30.0 | 1.0" in text
    assert "Cycles 16 spp + denoise | 0.0100" in text


def test_rows_are_kept_as_they_finish_and_made_again_for_another_version(tmp_path: Path) -> None:
    path = tmp_path / "rows.json"
    calls: list[str] = []

    def make() -> dict[str, Any]:
        calls.append("made")
        return {"wall": 1.0, "cpu": 2.0}

    def stopped() -> dict[str, Any]:
        raise KeyboardInterrupt

    first = Rows(path, {"version": "1", "size": (4, 3)})
    first.row("a", make)
    with pytest.raises(KeyboardInterrupt):
        first.row("b", stopped)
    again = Rows(path, {"version": "1", "size": (4, 3)})
    assert again.row("a", make) == {"wall": 1.0, "cpu": 2.0}
    assert len(calls) == 1
    again.row("b", make)
    again.write(cpu_ratio_16spp=3.0)
    assert json.loads(path.read_text())["cpu_ratio_16spp"] == 3.0
    again.work.mkdir()
    other = Rows(path, {"version": "2", "size": (4, 3)})
    assert not other.rows
    assert not other.work.exists()


@given(st.floats(0.02, 0.98))
@settings(max_examples=40, deadline=None)
def test_a_thick_bank_of_single_scattering_dust_sends_back_what_was_asked(thick: float) -> None:
    w = float(ours.single_scattering(np.array(thick)))
    assert thick < w < 1
    s = np.sqrt((1 - w) / (1 - ours.ANISOTROPY * w))
    assert (1 - s) * (1 - 0.139 * s) / (1 + 1.17 * s) == pytest.approx(thick, abs=1e-9)


def test_display_is_srgb() -> None:
    picture = np.array([[[0.0, 0.18, 1.0], [2.0, -1.0, 0.002]]])
    shown = judge.display(picture)
    assert shown[0, 0] == pytest.approx([0.0, 0.4614, 1.0], abs=1e-3)
    assert shown[0, 1] == pytest.approx([1.0, 0.0, 0.02584], abs=1e-4)


@pytest.mark.skipif(find_spec("bpy") is not None, reason="bpy is installed here")
def test_without_blender_it_says_what_to_install(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, str(BENCH / "vs_blender.py"), "--short", "--json", tmp_path / "x.json"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 1
    assert "pip install 'setpiece[bench]'" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not list(tmp_path.iterdir())


def test_a_task_that_fails_inside_blender_is_told_with_its_last_words() -> None:
    import vs_blender

    with pytest.raises(RuntimeError, match="sing: no such task"):
        vs_blender.in_blender(sys.executable, "sing", {})


@pytest.fixture
def block(tmp_path: Path) -> tuple[Path, dict[str, Any]]:
    """A shot of one box, 4 m wide and 6 m high, 20 m away, as `ours.export` writes it."""
    low, high = np.array([-2.0, 18.0, 0.0]), np.array([2.0, 22.0, 6.0])
    corner = np.array([[(high if i >> k & 1 else low)[k] for k in range(3)] for i in range(8)])
    quads = [(0, 1, 5, 4), (1, 3, 7, 5), (3, 2, 6, 7), (2, 0, 4, 6), (4, 5, 7, 6), (0, 2, 3, 1)]
    faces = np.array([t for a, b, c, d in quads for t in ((a, b, c), (a, c, d))], np.int32)
    light = Light(direction=(0.0, -0.6, 0.8), softness=0.3)
    shot: dict[str, Any] = {
        "mesh_vertices": corner.astype(np.float32), "mesh_faces": faces,
        "mesh_body": np.zeros(12, np.int32), "mesh_material": np.full(12, 3, np.uint8),
        "camera_position": np.array([0.0, 0.0, 1.6]),
        "camera_rotation": np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]]),
        "camera_focal": 80.0, "camera_centre": (48.0, 40.0), "size": (96, 54),
        "sun_direction": np.array([0.0, -0.6, 0.8]), "ground_albedo": np.array([0.1, 0.2, 0.3]),
        "far": 4000.0, "light": json.dumps(light.model_dump()),
    }  # fmt: skip
    np.savez(tmp_path / "shot.npz", **shot)
    centre = ((low + high) / 2).astype(np.float32)[None]
    np.savez(
        tmp_path / "motion.npz", position=centre[None], rest=centre,
        rotation=np.array([[[0, 0, 0, 1]]], np.float32),
    )  # fmt: skip
    return tmp_path, {**shot, "light": light}


def test_a_plain_frame_shows_matt_faces_ground_and_sky_as_lambert_says(block: Any) -> None:
    folder, shot = block
    light = shot["light"]
    out = folder / "x.npy"
    took = ours.plain_frame(
        {"to": folder, "index": 0, "size": (96, 54), "dust": False, "samples": 4, "out": out}
    )
    assert took["stages"]["render"]["cpu_seconds"] > 0
    picture = np.load(out)
    sun, sky, ground = (np.array(c) for c in (light.sun, light.sky, light.ground))
    wall = ours.ALBEDO[3] * (0.6 * sun + 0.5 * sky + 0.5 * ground)
    assert picture[25:35, 45:51].mean((0, 1)) == pytest.approx(wall, rel=0.06)
    assert picture[2, 90] == pytest.approx(sky, rel=1e-4)
    lit = shot["ground_albedo"] * (0.8 * sun + sky)
    assert picture[50, 4] == pytest.approx(lit, rel=0.03)


def test_dust_over_a_plain_frame_hides_what_is_behind(block: Any) -> None:
    folder, _ = block
    job = {"to": folder, "index": 0, "size": (96, 54), "samples": 4}
    ours.plain_frame({**job, "dust": False, "out": folder / "clear.npy"})
    np.savez(
        folder / "grid.0000.npz", density=np.full((8, 4, 8), 2.0, np.float32),
        origin=np.array([-4.0, 12.0, 0.0]), cell=1.0,
    )  # fmt: skip
    ours.plain_frame({**job, "dust": True, "out": folder / "dusty.npy"})
    clear, dusty = np.load(folder / "clear.npy"), np.load(folder / "dusty.npy")
    assert np.abs(dusty[2, 90] - clear[2, 90]).max() < 1e-6  # sky beside it
    # Eight metres at 2 / m: no masonry is left, whose red is far above its blue
    red, blue = dusty[30:40, 44:52, 0].mean(), dusty[30:40, 44:52, 2].mean()
    assert red / blue < 0.75 * (clear[30:40, 44:52, 0].mean() / clear[30:40, 44:52, 2].mean())

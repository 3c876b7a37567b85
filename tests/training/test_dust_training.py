"""What the dust model learns from: a path tracer that keeps its light, a fine run that follows."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from setpiece.render.camera import Camera
from setpiece.render.light import Light
from setpiece.render.volume import Volume, light_volume, transport
from setpiece.render.volume_march import SKY_GAIN

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "training" / "dust"))
import pathtracer
from guided import Guided
from light_samples import State, ball, heads, samples, shell
from measures import flicker, gradient_error, psnr, spectrum_error

CAMERA = Camera.from_angles(120.0, 64, 48, eye_height=30.0)
SKY = np.full((48, 64), np.inf, np.float32)


def _cube(extinction: float, n: int = 32) -> Volume:
    """A cube of dust of side n - 8 m, high above the ground, 40 m away."""
    d = np.zeros((n, n, n), np.float32)
    d[4:-4, 4:-4, 4:-4] = extinction
    return Volume(d, np.array([-n / 2, 40.0, 30.0 - n / 2]), 1.0)


def test_transmittance_is_beers_law():
    raw = pathtracer.true_dust(_cube(0.05), Light(), CAMERA, SKY, samples=4)
    assert raw[24, 32, 3] == pytest.approx(np.exp(-0.05 * 24), rel=0.02)
    assert (
        pathtracer.true_dust(_cube(0.05), Light(), CAMERA, np.full_like(SKY, 20), samples=4)[
            24, 32, 3
        ]
        == 1
    )


@pytest.mark.parametrize("extinction", [0.02, 0.1])
def test_in_a_white_world_dust_all_but_disappears(extinction):
    """The furnace test: with light 1 from everywhere, what dust adds is what it hides, less what
    its grains swallow."""
    raw = pathtracer.true_dust(_cube(extinction), Light(), CAMERA, SKY, samples=64)
    box = raw[18:30, 24:40]
    scattered = (box[..., 1] + 0.45 * box[..., 2]) * SKY_GAIN * pathtracer.BANK
    total = float((scattered + box[..., 3]).mean())
    hidden = float(1 - box[..., 3].mean())
    assert 1 - 4 * (1 - pathtracer.ALBEDO) * hidden - 0.03 < total < 1.02


def test_dust_is_brighter_on_the_side_of_the_sun():
    left = Light(direction=(-0.9, -0.1, 0.3))
    raw = pathtracer.true_dust(_cube(0.5), left, CAMERA, SKY, samples=16)
    assert raw[20:28, 18:24, 0].mean() > 2.2 * raw[20:28, 40:46, 0].mean()


@pytest.mark.parametrize("towards", [(0.2, -0.9, 0.5), (0.9, -0.3, 0.5), (0.3, 0.8, 0.6)])
def test_the_recipe_lights_a_thick_cloud_as_the_path_tracer_does(towards):
    """Sun from the front, the side and behind."""
    light, cube = Light(direction=towards), _cube(0.25, 56)
    true = pathtracer.true_dust(cube, light, CAMERA, SKY, samples=24)
    raw = transport(light_volume(cube, light), CAMERA, SKY)
    thick = true[..., 3] < 0.01
    for channel in (0, 1):
        ours, theirs = raw[..., channel][thick].mean(), true[..., channel][thick].mean()
        # Against the sun a flat face has little light, and that is least of what was learnt from.
        assert 0.74 < ours / theirs < 1.3


@pytest.mark.parametrize("towards", [(0.2, -0.9, 0.5), (0.9, -0.3, 0.5), (0.3, 0.8, 0.6)])
def test_heads_have_the_light_and_the_shade_that_the_path_tracer_gives_them(towards):
    light = Light(direction=towards)
    heap = heads(2.0, 5, 0.5)
    heap.origin[2] += 14.0  # off the ground
    view = Camera.from_angles(60.0, 96, 64, eye_height=22.0)
    away = np.full((64, 96), np.inf, np.float32)
    true = pathtracer.true_dust(heap, light, view, away, samples=24)[..., 0]
    raw = transport(light_volume(heap, light), view, away)
    thick = np.flatnonzero(raw[..., 3] < 0.01)
    order = thick[np.argsort(raw[..., 0].ravel()[thick])]
    dark, bright = np.array_split(order, 4)[0], np.array_split(order, 4)[-1]
    mean = true.ravel()[thick].mean()
    for part in (dark, bright, thick):
        off = raw[..., 0].ravel()[part].mean() - true.ravel()[part].mean()
        assert abs(off) < max(0.16 * mean, 0.03)  # in the sun a wall of the dust's albedo shows 1


def test_samples_of_light_have_the_mean_that_the_path_tracer_sees():
    one = next(iter(samples(State(ball(0.8)), 1, 800, 3)))
    assert one.weight.sum(1) == pytest.approx(1, abs=1e-4)
    # The furnace again: sky and ground of radiance 1 give back what is not swallowed.
    given = one.light[:, 1] * SKY_GAIN + one.light[:, 2] * SKY_GAIN * 0.45
    assert 0.75 < pathtracer.BANK * given.mean() < 0.97


def test_samples_of_light_are_darker_where_pieces_stand_in_the_dust():
    """What the networks learn of walls: they take sky, and the networks are told of them."""
    heap = heads(0.6, 5, 0.5)
    bare, walled = (
        next(iter(samples(state, 1, 800, 3))) for state in (State(heap), State(heap, *shell(1)))
    )
    shut = (walled.of_sky[..., 13:].mean(-1) * walled.weight).sum(1)
    assert not bare.of_sky[..., 13:].any()
    assert shut.max() > 0.3
    inside, outside = (walled.light[part, 1].mean() for part in (shut > 0.3, shut < 0.05))
    assert inside < 0.7 * outside


def test_the_same_seed_is_the_same_picture():
    a, b = (pathtracer.true_dust(_cube(0.2), Light(), CAMERA, SKY, samples=4) for _ in range(2))
    assert np.array_equal(a, b)


def test_a_guided_run_stays_with_its_coarse_partner(tmp_path):
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "collapse"))
    from dust_scene import block, crush

    from setpiece.collapse.brief import Brief
    from setpiece.collapse.dust import blow_dust

    pieces = block(storeys=4, bays=(4, 3))
    motion = crush(pieces, 40, start=0.1)
    brief = Brief(start=0.1)
    coarse = blow_dust(pieces, motion, brief, out=tmp_path / "c", cell=1.8, seed=2)
    alone = blow_dust(pieces, motion, brief, out=tmp_path / "a", cell=0.9, seed=2)
    guided = blow_dust(pieces, motion, brief, out=tmp_path / "g", cell=0.9, seed=2, make=Guided)

    def simulated(dust):
        """The last frame's dust as it was simulated, on the cells of the coarse run."""
        with np.load(dust.folder / "dust.1040.npz") as data:
            low, kept = data["low"], data["dust"].astype(np.float32)
        ratio = round(1.8 / dust.cell)
        at = np.argwhere(kept > 0)
        world = np.asarray(dust.origin) + (at + low + 0.5) * dust.cell
        cells = np.floor((world - np.array([-60.0, -60.0, 0.0])) / 1.8).astype(int)
        grid = np.zeros((80, 80, 40), np.float32)
        np.add.at(grid, tuple(np.clip(cells, 0, np.array(grid.shape) - 1).T), kept[tuple(at.T)])
        return (grid / ratio**3).ravel()

    a, b, c = (simulated(d) for d in (coarse, alone, guided))
    assert np.corrcoef(a, c)[0, 1] > 0.93
    assert np.corrcoef(a, c)[0, 1] > np.corrcoef(a, b)[0, 1]


def test_measures_know_what_they_measure():
    rng = np.random.default_rng(0)
    truth = rng.random((96, 128, 3)).astype(np.float32)
    where = np.ones((96, 128), bool)
    soft = np.full_like(truth, truth.mean())
    assert psnr(truth, truth, where) > 100
    assert gradient_error(truth, truth, where) == 0
    assert gradient_error(soft, truth, where) == pytest.approx(1)
    assert spectrum_error(truth, truth, where) == 0
    assert spectrum_error(0.5 * truth, truth, where) == pytest.approx(6.02, abs=0.1)
    moved = np.roll(truth, (0, 3), (0, 1))
    motion = np.full((96, 128, 2), (3.0, 0.0), np.float32)
    assert flicker(truth, moved, motion, where) < 1e-3
    assert flicker(truth, moved, 0 * motion, where) > 100


@pytest.mark.slow
def test_a_collapse_is_made_sampled_and_measured_from_nothing(tmp_path):
    """The way of `make_data.py` and `bench/dust.py`, at a fifth of their size."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench"))
    import dust as bench
    from collapses import COLLAPSES
    from make_data import KINDS, Scene, save

    c = next(c for c in COLLAPSES if c.name == "house")
    scene = Scene(c, tmp_path / c.name, camera=c.camera.resized(192, 108))
    assert scene.solving["fine"] > scene.solving["coarse"] > 0
    assert all(save(tmp_path, scene, 50, kind) for kind in KINDS)
    with np.load(tmp_path / "recipe.0050.npz") as data:
        assert data["noise"].shape == (108, 192, 5)
        assert data["coarse"].shape == (27, 48, 5)
    with np.load(tmp_path / "truth.0050.npz") as data:
        assert data["truth"].shape == (108, 192, 5)
        assert np.isfinite(data["truth"].astype(np.float32)[..., :4]).all()
    rows = bench.measure(scene, (50,), [])
    assert set(rows) == set(bench.METHODS)
    assert rows["truth"]["psnr"] > 100 > rows["model"]["psnr"] > rows["coarse"]["psnr"] - 3
    assert rows["truth"]["cpu"] > rows["model"]["cpu"]
    assert "| model |" in bench.table(rows, "house")
    other = next(o for o in COLLAPSES if o.like == c.name)
    assert Scene(other, tmp_path / other.name, camera=scene.camera).light != scene.light
    assert not (tmp_path / other.name).exists()  # it shares the other's fall and dust

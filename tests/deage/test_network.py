"""A network on a crop: our own, somebody's own, and files that are no network at all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from onnx_bytes import INT64, constant, mixing, model, node, value

from setpiece.deage import network
from setpiece.deage.ages import Strengths, strengths
from setpiece.deage.alter import NETWORK, OF_SKIN, paint
from setpiece.deage.detect import find
from setpiece.deage.face import align
from setpiece.deage.network import OWN, model_path, open_network
from setpiece.errors import InputError, StageError

# Adds wanted - now (over 100) to every colour.
YEARS = [0, 0, 0, -1, 1] * 3


def _crop(size: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random((size, size, 3), np.float32)


def _file(folder: Path, data: bytes) -> str:
    path = folder / "model.onnx"
    path.write_bytes(data)
    return f"onnx:{path}"


def test_our_own_model_answers_with_a_delta_and_twice_the_same():
    net = open_network()
    for size in (128, 250, 600):
        crop = _crop(size)
        one = net.delta(crop, 60.0, 40.0)
        assert one.shape == (size, size, 3)
        assert one.dtype == np.float32
        assert np.abs(one).max() > 0
        np.testing.assert_array_equal(one, net.delta(crop, 60.0, 40.0))


def test_no_years_no_change():
    crop = _crop(192)
    assert not open_network().delta(crop, 50.0, 50.0).any()
    wanted = np.full((192, 192), 50, np.float32)
    wanted[:, :64] = 30
    delta = open_network().delta(crop, 50.0, wanted)
    assert delta[:, :32].any()
    assert np.abs(delta[:, 80:]).max() < 1e-6


def test_only_what_is_wanted_is_looked_at():
    net, crop = open_network(), _crop(256)
    inside = np.zeros((256, 256), np.float32)
    assert not net.delta(crop, 60.0, 40.0, inside).any()
    inside[100:150, 60:120] = 1
    delta = net.delta(crop, 60.0, 40.0, inside)
    assert not delta[:60].any()
    assert not delta[:, 160:].any()
    whole = net.delta(crop, 60.0, 40.0)
    off = np.abs(delta - whole)[100:150, 60:120].mean()
    assert off < 0.2 * np.abs(whole[100:150, 60:120]).mean()


@pytest.mark.parametrize("shape", [(1, 5, "h", "w"), (1, 5, 64, 64), (1, 5, 96, 160)])
def test_a_model_from_a_file_is_asked_at_its_own_size(tmp_path, shape):
    net = open_network(_file(tmp_path, mixing(shape, YEARS)))
    for size in (64, 100, 700):
        delta = net.delta(_crop(size), 60.0, 35.0)
        assert delta.shape == (size, size, 3)
        np.testing.assert_allclose(delta, -0.25, atol=1e-5)


def test_ages_may_be_maps(tmp_path):
    net = open_network(_file(tmp_path, mixing((1, 5, "h", "w"), YEARS)))
    wanted = np.linspace(20, 60, 64, dtype=np.float32)[None].repeat(64, 0)
    delta = net.delta(_crop(64), 60.0, wanted)
    np.testing.assert_allclose(delta[..., 0], (wanted - 60) / 100, atol=1e-5)


def test_picture_and_ages_may_be_inputs_of_their_own(tmp_path):
    data = model(
        [node("Sub", ["wanted", "now"], ["d"]), node("Mul", ["picture", "d"], ["y"])],
        [value(n, (1, c, "h", "w")) for n, c in (("picture", 3), ("now", 1), ("wanted", 1))],
        [value("y", (1, 3, "h", "w"))],
    )
    crop = _crop(64)
    delta = open_network(_file(tmp_path, data)).delta(crop, 60.0, 40.0)
    np.testing.assert_allclose(delta, -0.2 * crop, atol=1e-5)


@pytest.mark.parametrize("engine", ["", "magic", "onnx", "onnx:", "onnx:/no/such/file.onnx"])
def test_an_unknown_engine_or_file_is_said_so(engine):
    with pytest.raises(InputError):
        open_network(engine)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a model at all\n" * 100,
        bytes(range(256)) * 64,
        mixing((1, 5, "h", "w"), YEARS)[:60],
        model([node("Evil", ["x"], ["y"], "com.example")], [value("x", (1, 5, "h", "w"))],
              [value("y", (1, 3, "h", "w"))]),
    ],
    ids=["empty", "text", "noise", "truncated", "an operator of its own"],
)  # fmt: skip
def test_a_file_that_onnxruntime_cannot_run_is_refused(tmp_path, data):
    with pytest.raises(InputError, match=r"model\.onnx"):
        open_network(_file(tmp_path, data))


@pytest.mark.parametrize(
    "data",
    [
        model([node("Relu", ["x"], ["y"])], [value("x", (1, 3, "h", "w"))],
              [value("y", (1, 3, "h", "w"))]),
        model([node("Relu", ["x"], ["y"])], [value("x", (1, 5, "h", "w"))],
              [value("y", (1, 5, "h", "w"))]),
        model([node("Identity", ["x"], ["y"])], [value("x", (1, 5, "h", "w"), INT64)],
              [value("y", (1, 5, "h", "w"), INT64)]),
        mixing((4, 5, "h", "w"), YEARS),
        mixing((1, 5, 64, "w"), YEARS),
        mixing((1, 5, 16384, 16384), YEARS),
        mixing((1, 5, 8, 8), YEARS),
    ],
    ids=["no ages", "five back", "whole numbers", "a batch", "half a size", "huge", "tiny"],
)  # fmt: skip
def test_a_model_of_another_form_is_refused_and_told_the_form(tmp_path, data):
    with pytest.raises(InputError, match=r"model\.onnx") as told:
        open_network(_file(tmp_path, data))
    assert "pixels" in str(told.value) or "ages" in str(told.value)


def test_too_large_a_file_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(network, "MOST_BYTES", 10)
    with pytest.raises(InputError, match="at most"):
        open_network(_file(tmp_path, mixing((1, 5, "h", "w"), YEARS)))


def test_an_answer_that_is_no_picture_is_refused(tmp_path):
    nothing = model(
        [node("Conv", ["x", "w"], ["z"]), node("Log", ["z"], ["y"])],
        [value("x", (1, 5, "h", "w"))],
        [value("y", (1, 3, "h", "w"))],
        [constant("w", (3, 5, 1, 1), [0, 0, 0, -1, 0] * 3)],
    )
    with pytest.raises(StageError, match="no numbers"):
        open_network(_file(tmp_path, nothing)).delta(_crop(64), 60.0, 40.0)
    small = model(
        [node("Conv", ["x", "w"], ["z"]), node("GlobalAveragePool", ["z"], ["y"])],
        [value("x", (1, 5, "h", "w"))],
        [value("y", (1, 3, "a", "b"))],
        [constant("w", (3, 5, 1, 1), YEARS)],
    )
    with pytest.raises(StageError, match="instead of"):
        open_network(_file(tmp_path, small)).delta(_crop(64), 60.0, 40.0)


def test_an_answer_beyond_all_colours_is_held(tmp_path):
    net = open_network(_file(tmp_path, mixing((1, 5, "h", "w"), [9] * 15)))
    assert np.abs(net.delta(_crop(64), 60.0, 40.0)).max() <= 1


def test_our_own_goes_before_all_layers_and_another_instead_of_those_of_skin(portrait):
    picture = portrait("021197_1941")
    at, asked = align(find(picture)[0], 256), strengths(20, 75)
    layers = {}
    for engine in ("native", OWN, f"onnx:{model_path(OWN)}"):
        made = paint(picture, at, asked, engine=engine, ages=(75, 55))
        layers[engine] = set(made.stacks)
        if engine != "native":
            delta, skin = made.stacks[NETWORK][..., :3], made.face.skin
            assert np.abs(delta[skin > 0.9]).mean() > 1e-3
            assert not delta[skin == 0].any()
    native, own, other = layers.values()
    assert own == native | {NETWORK}
    assert other == own - set(OF_SKIN)


def test_our_own_leaves_the_skin_its_own_colour(portrait):
    picture = portrait("021197_1941")
    made = paint(picture, align(find(picture)[0], 256), Strengths(), engine=OWN, ages=(75, 55))
    skin = made.face.skin > 0.95
    ratio = np.log((made.crop + made.stacks[NETWORK][..., :3] + 0.02) / (made.crop + 0.02))[skin]
    assert np.abs(np.median(ratio, axis=0)).max() < 0.01
    assert np.abs(ratio).mean() > 0.01


def test_a_file_gets_regions_and_the_artists_map_as_its_map_of_ages(portrait, tmp_path):
    picture = portrait("021197_1941")
    at = align(find(picture)[0], 256)
    engine = _file(tmp_path, mixing((1, 5, "h", "w"), YEARS))
    share = np.ones(picture.shape[:2], np.float32)
    share[:, : picture.shape[1] // 2] = 0
    asked = Strengths(regions={"brow": 0.5})
    made = paint(picture, at, asked, engine=engine, ages=(75, 55), share=share)
    delta, part = made.stacks[NETWORK][..., 0], at.crop(share)
    skin, brow = made.face.skin > 0.99, made.face.regions["brow"]
    years = -100 * delta
    other = sum(v for n, v in made.face.regions.items() if n != "brow")
    assert np.median(years[skin & (part > 0.99) & (brow < 0.01)]) == pytest.approx(20, abs=0.5)
    alone = skin & (part > 0.99) & (brow > 0.99) & (other < 0.01)
    assert alone.sum() > 50
    assert np.median(years[alone]) == pytest.approx(10, abs=1)
    assert not delta[part <= 0].any()

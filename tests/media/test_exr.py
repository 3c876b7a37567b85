"""EXR: what goes in comes out, the header says what it is, and failure leaves nothing."""

from __future__ import annotations

import resource
import signal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from setpiece.errors import PlateError, StoreError
from setpiece.media.exr import read_attributes, read_exr, write_exr
from setpiece.render.camera import Camera


def test_layers_come_back(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    sizes = {"rgba": 4, "N": 3, "P": 3, "motion": 2, "albedo": 3, "dust": 4, "crypto_fragment00": 4}
    layers = {k: rng.random((9, 13, c), np.float32) for k, c in sizes.items()}
    layers["P"] *= 90
    layers["depth"] = rng.random((9, 13), np.float32) * 90
    layers["matte"] = rng.random((9, 13), np.float32)
    path = tmp_path / "exr" / "a.1001.exr"
    write_exr(path, layers)
    back = read_exr(path)
    assert set(back) == set(layers)
    for name, value in layers.items():
        assert back[name].shape == value.shape
        if name.startswith("crypto"):
            assert np.array_equal(back[name], value)
        elif name in ("depth", "P"):
            assert back[name].dtype == np.float32
            assert np.abs(back[name] - value).max() <= 0.5 / 1024 + 1e-5
        else:
            assert back[name].dtype == np.float16
            assert np.array_equal(back[name], value.astype(np.float16))
    assert set(read_exr(path, layers=("rgba", "N"))) == {"rgba", "N"}


def test_the_header_places_the_frame_and_the_camera(tmp_path: Path) -> None:
    camera = Camera.from_angles(900, 640, 360, tilt=7, roll=2, heading=-4)
    path = tmp_path / "a.exr"
    picture = {"rgba": np.zeros((360, 640, 4), np.float32)}
    write_exr(path, picture, fps=Fraction(24000, 1001), frame=1001, camera=camera)
    head = read_attributes(path)
    assert head["framesPerSecond"] == Fraction(24000, 1001)
    code = head["timeCode"]
    assert ((code.hours * 60 + code.minutes) * 60 + code.seconds) * 24 + code.frame == 1001
    assert head["chromaticities"] == pytest.approx(
        (0.64, 0.33, 0.30, 0.60, 0.15, 0.06, 0.3127, 0.3290)
    )
    points = np.random.default_rng(1).uniform([-9, 20, 0], [9, 50, 12], (20, 3))
    ndc = np.c_[points, np.ones(20)] @ np.asarray(head["worldToNDC"], float).reshape(4, 4)
    pixels = ndc[:, :2] / ndc[:, 3:] * (640, 360)
    assert np.abs(pixels - camera.project(points)[0]).max() < 0.01


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.exr"
    small = np.ones((4, 4, 4), np.float32)
    write_exr(path, {"rgba": small})
    before = path.read_bytes()
    noise = np.random.default_rng(0).random((300, 300, 4), np.float32)
    old_limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    old_action = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, old_limit[1]))
    try:
        with pytest.raises(StoreError, match="disk space"):
            write_exr(path, {"rgba": noise})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old_limit)
        signal.signal(signal.SIGXFSZ, old_action)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["a.exr"]


@pytest.mark.parametrize("data", [b"", b"not an exr at all"])
def test_a_damaged_file_is_named(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "torn.exr"
    path.write_bytes(data)
    with pytest.raises(PlateError, match=r"torn\.exr"):
        read_exr(path)

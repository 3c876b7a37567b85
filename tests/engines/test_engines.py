"""Engines: what they are sent, what they accept back, and what they say when it goes wrong."""

from __future__ import annotations

import json
import sys
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engines.comfy import FakeComfy, serving
from setpiece.engines import Guides, open_engine
from setpiece.engines.comfyui import ComfyUI
from setpiece.engines.guides import depth_picture, line_picture, normal_picture
from setpiece.errors import InputError, MissingExtra, StageError


def _guides(width: int = 96, height: int = 54, words: str = "two witches on a heath") -> Guides:
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    depth = 2 + x / width * 8
    depth[: height // 3] = np.inf  # sky
    normal = np.zeros((height, width, 3), np.float32)
    normal[height // 3 :] = (0, 1, 0)
    line = (np.abs(y - height / 2) < 2).astype(np.float32)
    picture = np.repeat(1 - line[..., None], 3, axis=-1)
    return Guides(picture, depth, normal, line, words, 7)


def test_comfyui_gets_guides_and_gives_a_picture() -> None:
    fake, guides = FakeComfy(), _guides()
    with serving(fake) as address:
        picture = ComfyUI(address, poll=0.01).draw(guides)
    assert picture.shape == guides.picture.shape
    assert picture.dtype == np.float32
    expected = 1 - depth_picture(guides.depth).astype(np.float32) / 255
    assert np.abs(picture - expected).max() < 1e-6
    sent = fake.queued[0]["prompt"]
    assert (sent["10"]["inputs"]["width"], sent["10"]["inputs"]["height"]) == (96, 54)
    assert sent["11"]["inputs"]["seed"] == 7
    assert sent["2"]["inputs"]["text"].endswith("two witches on a heath")
    lines = Image.open(BytesIO(fake.files[sent["5"]["inputs"]["image"]]))
    assert np.array_equal(np.asarray(lines), line_picture(guides.line))
    assert not fake.deleted


@pytest.mark.parametrize("words", ["%depth% %seed%", '"}, "2": {}', "Zoë\n\\u0000"])
def test_words_of_the_script_stay_words(words: str) -> None:
    fake = FakeComfy()
    with serving(fake) as address:
        ComfyUI(address, poll=0.01).draw(_guides(words=words))
    assert fake.queued[0]["prompt"]["2"]["inputs"]["text"].endswith(words)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("text instead of a picture", "no whole picture"),
        ("half a picture", "no whole picture"),
        ("square", "returned 256x256, a panel is 96x54"),
        ("black", "one flat tone"),
        ("node fails", "KSampler: CUDA out of memory"),
        ("nothing saved", "without saving a picture"),
        ("refused", "node 1: Value not in list ckpt_name"),
        ("no ticket", "gave no prompt_id"),
        ("no json", "no JSON"),
        ("elsewhere", "answered 307"),
    ],
)
def test_a_bad_answer_is_named(wrong: str, says: str) -> None:
    with serving(FakeComfy(wrong)) as address, pytest.raises(StageError, match=says):
        ComfyUI(address, poll=0.01, timeout=20).draw(_guides())


def test_a_slow_server_is_left_and_its_queue_cleared() -> None:
    fake = FakeComfy("for ever")
    with serving(fake) as address, pytest.raises(StageError, match=r"no picture within 0\.4 s"):
        ComfyUI(address, poll=0.01, timeout=0.4).draw(_guides())
    assert fake.deleted == ["0e1f-22"]


def test_sizes_rounded_to_a_multiple_are_brought_back() -> None:
    with serving(FakeComfy("multiple of 8")) as address:
        assert ComfyUI(address, poll=0.01).draw(_guides(960, 540)).shape == (540, 960, 3)


def test_nobody_there() -> None:
    with pytest.raises(StageError, match="cannot be reached"):
        ComfyUI("http://127.0.0.1:9", timeout=2).draw(_guides())


@pytest.mark.parametrize("address", ["", "ftp://x", "file:///etc/passwd", "http://", "http://a:b"])
def test_no_address(address: str) -> None:
    with pytest.raises(InputError, match="not a web address"):
        ComfyUI(address)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "no JSON"),
        ("[]", "no workflow"),
        ('{"nodes": [], "links": []}', "API"),
        ('{"1": {"inputs": {}}}', "no workflow"),
        ('{"1": {"class_type": "LoadImage", "inputs": {"image": "a.png"}}}', "none of our guides"),
    ],
)
def test_a_workflow_that_cannot_be_driven(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "flow.json"
    path.write_text(text)
    with pytest.raises(InputError, match=says):
        open_engine("comfyui", workflow=path)


def test_an_own_workflow_is_part_of_the_key(tmp_path: Path) -> None:
    path = tmp_path / "flow.json"
    node = {"class_type": "LoadImage", "inputs": {"image": "%panel%"}}
    path.write_text(json.dumps({"1": node}))
    keys = {open_engine("comfyui").key(), open_engine("comfyui", workflow=path).key(), "native"}
    assert len(keys) == 3
    assert open_engine("native").key() == "native"
    guides = _guides()
    assert open_engine("native").draw(guides) is guides.picture


def test_engines_that_are_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="there are native, diffusers, comfyui"):
        open_engine("midjourney")
    monkeypatch.setitem(sys.modules, "diffusers", None)
    with pytest.raises(MissingExtra, match="pip install"):
        open_engine("diffusers", model="x")


def test_guides_as_pictures() -> None:
    guides = _guides()
    depth = depth_picture(guides.depth)
    assert depth[: 54 // 3].max() == 0  # nothing there
    assert depth[40, 3, 0] > depth[40, 50, 0] > depth[40, 90, 0] > 0  # nearer is lighter
    assert depth_picture(np.full((4, 4), np.inf, np.float32)).max() == 0
    normal = normal_picture(guides.normal)
    assert tuple(normal[0, 0]) == (128, 128, 255)
    assert tuple(normal[-1, 0]) == (128, 255, 128)
    assert line_picture(guides.line)[27, 0, 0] == 255

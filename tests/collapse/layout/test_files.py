"""layout.toml: written, edited, read, broken."""

from __future__ import annotations

import pytest

from setpiece.collapse.layout import (
    CameraModel,
    Layout,
    Opening,
    Prism,
    Roof,
    load_layout,
    save_layout,
)
from setpiece.errors import LayoutError, StoreError


def example() -> Layout:
    return Layout(
        size=(640, 480),
        camera=CameraModel(focal=700.0, tilt=3.5, eye_height=1.7, focal_sigma=40.0, source="lens"),
        outline=[(100, 80), (400, 60), (420, 400), (90, 410)],
        prisms=[
            Prism(
                footprint=[(-5, 20), (5, 20), (5, 30), (-5, 30)], height=9.5, storeys=3,
                roof=Roof(kind="gable", pitch=40, overhang=0.5, ridge="short"),
                openings=[Opening(face=0, left=1, right=2, bottom=1, top=2.2)],
                construction="masonry",
            ),
            Prism(footprint=[(-2, 22), (2, 22), (0, 26)], base=9.5, height=3.0),
        ],
        gaps=[[(200, 150), (240, 150), (240, 300), (200, 300)]],
        scale_source="--height 12.5", notes=['says "hello"', "two"],
    )  # fmt: skip


def test_reads_back_what_was_written(tmp_path):
    save_layout(example(), tmp_path / "layout.toml")
    assert load_layout(tmp_path / "layout.toml") == example()
    text = (tmp_path / "layout.toml").read_text()
    assert "# " in text
    assert "degrees" in text
    assert [p.name for p in tmp_path.iterdir()] == ["layout.toml"]


def test_an_edit_by_hand_arrives(tmp_path):
    path = tmp_path / "layout.toml"
    save_layout(example(), path)
    path.write_text(path.read_text().replace("storeys = 3", "storeys = 5"))
    assert load_layout(path).prisms[0].storeys == 5


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("focal = 700.0", "focal = -1", "camera.focal"),
        ("storeys = 3", "storeys = 0", "storeys"),
        ("storeys = 3", "stories = 3", "stories"),
        ("height = 9.5", 'height = "tall"', "height"),
        ('kind = "gable"', 'kind = "dome"', "kind"),
        ("[0, 1.0,", "[7, 1.0,", "face 7"),
        ("[0, 1.0,", "[0, 9.0,", "left < right"),
        ("[camera]", "[camera", "line"),
        ("[640, 480]", "[640]", "size"),
        (", [200.0, 300.0]", "], [[1.0, 2.0]", "gaps"),
    ],
)
def test_broken_files_are_named(tmp_path, old, new, words):
    path = tmp_path / "layout.toml"
    save_layout(example(), path)
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(LayoutError, match=words) as caught:
        load_layout(path)
    assert str(path) in str(caught.value)


def test_missing_and_binary_files(tmp_path):
    with pytest.raises(LayoutError, match="cannot be read"):
        load_layout(tmp_path / "nothing.toml")
    (tmp_path / "b.toml").write_bytes(b"\xff\xfe\x00\x81")
    with pytest.raises(LayoutError):
        load_layout(tmp_path / "b.toml")
    (tmp_path / "no").touch()
    with pytest.raises(StoreError, match=r"layout\.toml"):
        save_layout(example(), tmp_path / "no" / "layout.toml")

"""Timelines read back: ranges and rates survive, in every format; slate left out."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from defusedxml import ElementTree

from setpiece.errors import InputError
from setpiece.media.editorial import CutClip, Mark, write_cut, write_otio


def test_a_shot_at_23_976_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "a.otio"
    write_otio(
        path, name="demo", fps=Fraction(24000, 1001), frames=96, movie="demo.mp4",
        exr_stem="demo", metadata={"seed": 7},
    )  # fmt: skip
    timeline = otio.adapters.read_from_file(str(path))
    clip = next(iter(timeline.find_clips()))
    asked = clip.source_range
    assert asked.start_time == otio.opentime.RationalTime(1001, 24000 / 1001)
    assert asked.duration == otio.opentime.RationalTime(96, 24000 / 1001)
    assert clip.metadata["setpiece"]["fps"] == "24000/1001"
    pictures = clip.media_reference
    assert pictures.target_url_for_image_number(0) == "exr/demo.1001.exr"
    assert pictures.target_url_for_image_number(95) == "exr/demo.1096.exr"
    movie = clip.media_references()["proxy"]
    assert movie.available_range.start_time.value == 1000  # the slate
    assert movie.available_range.duration.value == 97
    assert movie.available_range.end_time_exclusive() == asked.end_time_exclusive()


RATES = [Fraction(24), Fraction(24000, 1001), Fraction(25), Fraction(30000, 1001)]
CLIPS = [
    CutClip("SLATE", 48),
    CutClip(
        "1A", 72, "Three witches’ heath,\nwide & <far>", "panels/1A.png",
        (Mark(3, 10, "FIRST WITCH: When\x0b shall"),), {"size": "ELS"},
    ),
    CutClip("1B \u2014 Ána", 100),
]  # fmt: skip


def _cut(folder: Path, fps: Fraction) -> list[Path]:
    return write_cut(
        folder / "cut", name="Macbeth", fps=fps, size=(960, 540), clips=CLIPS,
        movie="animatic.mp4", sounds=("dialogue.wav", "temp.wav"),
    )  # fmt: skip


@pytest.mark.parametrize("fps", RATES)
def test_a_cut_as_otio_keeps_every_frame(tmp_path: Path, fps: Fraction) -> None:
    timeline = otio.adapters.read_from_file(str(_cut(tmp_path, fps)[0]))
    pictures = timeline.video_tracks()[0]
    assert [c.name for c in pictures] == [c.name for c in CLIPS]
    assert [c.duration().value for c in pictures] == [48, 72, 100]
    assert [c.source_range.start_time.value for c in pictures] == [0, 48, 120]
    assert timeline.global_start_time.to_timecode(float(fps), False) == "01:00:00:00"
    assert [len(t) for t in timeline.audio_tracks()] == [1, 1]
    assert pictures[1].media_references()["still"].target_url == "panels/1A.png"
    assert pictures[1].markers[0].marked_range.start_time.value == 51
    assert pictures[1].metadata["setpiece"]["size"] == "ELS"


@pytest.mark.parametrize("fps", RATES)
@pytest.mark.parametrize(("end", "adapter"), [(1, "cmx_3600"), (2, "fcp_xml")])
def test_another_reader_understands_edl_and_xml(
    tmp_path: Path, fps: Fraction, end: int, adapter: str
) -> None:
    if adapter not in otio.adapters.available_adapter_names():
        pytest.skip(f"OpenTimelineIO's {adapter} adapter is not installed")
    path = _cut(tmp_path, fps)[end]
    # A drop-frame rate makes the EDL adapter read every timecode as drop frame: count at 30.
    options = {"rate": round(fps)} if adapter == "cmx_3600" else {}
    timeline = otio.adapters.read_from_file(str(path), adapter_name=adapter, **options)
    clips = list(timeline.find_clips(search_range=None))
    pictures = list(timeline.video_tracks()[0].find_clips())
    assert [c.duration().value for c in pictures] == [48, 72, 100]
    assert [c.source_range.start_time.value for c in pictures] == [0, 48, 120]
    assert pictures[1].name == "1A"
    if adapter == "fcp_xml":
        assert pictures[0].duration().rate == pytest.approx(float(fps))
        assert [c.name for c in clips][-2:] == ["dialogue", "temp"]
        assert pictures[1].markers[0].marked_range.start_time.value == 51


def test_an_edl_is_plain_lines(tmp_path: Path) -> None:
    text = _cut(tmp_path, Fraction(24000, 1001))[1].read_bytes().decode("ascii")
    assert text.splitlines()[:4] == [
        "TITLE: Macbeth", "FCM: NON-DROP FRAME", "",
        "001  ANIMATIC V     C        00:00:00:00 00:00:02:00 01:00:00:00 01:00:02:00",
    ]  # fmt: skip
    assert "* COMMENT: Three witches' heath, wide & <far>\n" in text
    assert "* LOC: 01:00:02:03 CYAN    FIRST WITCH: When shall\n" in text
    assert "* FROM CLIP NAME: 1B - Ana" in text


def test_the_xml_is_well_formed_and_says_each_thing_once(tmp_path: Path) -> None:
    sequence = ElementTree.fromstring(_cut(tmp_path, Fraction(24000, 1001))[2].read_bytes())[0]
    assert sequence.findtext("timecode/string") == "01:00:00:00"
    assert sequence.findtext("media/video/format/samplecharacteristics/width") == "960"
    for item in sequence.iter("clipitem"):
        tags = [child.tag for child in item if child.tag != "marker"]
        assert len(tags) == len(set(tags))
        assert (item.findtext("rate/timebase"), item.findtext("rate/ntsc")) == ("24", "TRUE")


@pytest.mark.parametrize("clips", [[], [CutClip("1A", 0)], [CutClip("1A", 24 * 3600 * 23)]])
def test_a_cut_of_nothing_or_of_a_day_is_refused(tmp_path: Path, clips: list[CutClip]) -> None:
    with pytest.raises(InputError, match=r"cut needs|runs 23 h"):
        write_cut(
            tmp_path / "cut", name="x", fps=Fraction(24), size=(16, 9), clips=clips, movie="m.mp4"
        )
    assert not list(tmp_path.iterdir())

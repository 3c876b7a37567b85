"""OTIO read back: ranges and rate survive, slate left out."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import opentimelineio as otio

from setpiece.media.editorial import write_otio


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

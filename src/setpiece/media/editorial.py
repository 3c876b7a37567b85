"""The shot for an editor: OpenTimelineIO."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from setpiece.media.atomic import whole_file

FIRST = 1001


def write_otio(
    path: Path | str,
    *,
    name: str,
    fps: Fraction,
    frames: int,
    movie: str | None = None,
    exr_stem: str | None = None,
    exr_folder: str = "exr",
    metadata: Mapping[str, Any] | None = None,
) -> None:
    """A timeline with this one shot; media is named relative to the timeline's folder.

    exr_stem: `<stem>.1001.exr` in `exr_folder`. movie: a review movie, whose first frame is the
    slate and is left out. The EXR sequence is the clip's media, the movie its proxy.
    Raises StoreError where it cannot be written.
    """
    import opentimelineio as otio

    rate = float(fps)
    clip = otio.schema.Clip(
        name=name,
        source_range=otio.opentime.TimeRange(
            otio.opentime.RationalTime(FIRST, rate), otio.opentime.RationalTime(frames, rate)
        ),
        metadata={"setpiece": {**(metadata or {}), "fps": f"{fps.numerator}/{fps.denominator}"}},
    )
    media = {}
    if exr_stem is not None:
        media[otio.schema.Clip.DEFAULT_MEDIA_KEY] = otio.schema.ImageSequenceReference(
            target_url_base=f"{exr_folder}/",
            name_prefix=f"{exr_stem}.",
            name_suffix=".exr",
            start_frame=FIRST,
            frame_step=1,
            rate=rate,
            frame_zero_padding=4,
            available_range=clip.source_range,
        )
    if movie is not None:
        key = "proxy" if media else otio.schema.Clip.DEFAULT_MEDIA_KEY
        media[key] = otio.schema.ExternalReference(
            target_url=movie,
            available_range=otio.opentime.TimeRange(
                otio.opentime.RationalTime(FIRST - 1, rate),
                otio.opentime.RationalTime(frames + 1, rate),
            ),
        )
    clip.set_media_references(media, otio.schema.Clip.DEFAULT_MEDIA_KEY)
    timeline = otio.schema.Timeline(name=name)
    timeline.global_start_time = otio.opentime.RationalTime(FIRST, rate)
    track = otio.schema.Track(name="V1", kind=otio.schema.TrackKind.Video)
    track.append(clip)
    timeline.tracks.append(track)
    with whole_file(path) as part:
        otio.adapters.write_to_file(timeline, str(part), adapter_name="otio_json")

"""One shot as OpenTimelineIO; a cut as OpenTimelineIO, CMX 3600 EDL and Final Cut Pro 7 XML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from setpiece.errors import InputError
from setpiece.media.atomic import whole_file
from setpiece.media.timecode import first_record

if TYPE_CHECKING:
    import opentimelineio as otio

FIRST = 1001
LONGEST = 22  # hours: a cut begins at hour one, and a timecode ends at 24


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
        _write(timeline, part)


@dataclass(frozen=True)
class Mark:
    """A note at a frame of its clip (0 is the clip's first). `colour`: OTIO's, in capitals."""

    frame: int
    frames: int
    text: str
    colour: str = "CYAN"


@dataclass(frozen=True)
class CutClip:
    """One shot of a cut: so many frames of the movie, straight after the one before.

    still: a picture of it, beside the timeline. facts: what to carry along in metadata.
    """

    name: str
    frames: int
    note: str = ""
    still: str | None = None
    marks: tuple[Mark, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


def write_cut(
    stem: Path,
    *,
    name: str,
    fps: Fraction,
    size: tuple[int, int],
    clips: Sequence[CutClip],
    movie: str,
    sounds: Sequence[str] = (),
) -> list[Path]:
    """`<stem>.otio`, `.edl` and `.xml`: a cut whose clips lie one after the other in one movie.

    movie: named relative to the timeline, (width, height) `size` [px]; its first picture is the
    first of the first clip, its own timecode begins at zero, as a file without a timecode track is
    read. The record side begins at 01:00:00:00, non-drop. sounds: files as long as the movie, a
    track each.

    What each loses: the EDL has names, notes, marks (`* LOC`) and times of the pictures, no sound
    and no letters outside ASCII; the XML has notes, marks and sound, not our metadata or stills.

    Raises InputError where there is nothing in the cut, or more than 22 hours; StoreError.
    """
    from setpiece.media.edl import edl_text
    from setpiece.media.fcp_xml import fcp_xml

    total = sum(c.frames for c in clips)
    if not clips or any(c.frames < 1 for c in clips):
        raise InputError(f"{name}: a cut needs at least one clip, and a frame in each.")
    if total >= LONGEST * 3600 * fps:
        raise InputError(
            f"{name}: runs {float(total / fps) / 3600:.0f} h, past the end of a day's timecode; "
            "make it in parts (--scenes)."
        )
    made = [stem.with_suffix(end) for end in (".otio", ".edl", ".xml")]
    with whole_file(made[0]) as part:
        _write(_timeline(name, fps, clips, movie, sounds), part)
    with whole_file(made[1]) as part:
        part.write_text(edl_text(name, fps, clips, Path(movie).stem), encoding="ascii")
    with whole_file(made[2]) as part:
        part.write_bytes(fcp_xml(name, fps, size, clips, movie, sounds))
    return made


def _timeline(
    name: str, fps: Fraction, clips: Sequence[CutClip], movie: str, sounds: Sequence[str]
) -> otio.schema.Timeline:
    import opentimelineio as otio

    rate = float(fps)
    timeline = otio.schema.Timeline(
        name=name, metadata={"setpiece": {"fps": f"{fps.numerator}/{fps.denominator}"}}
    )
    timeline.global_start_time = otio.opentime.RationalTime(first_record(fps), rate)
    whole = _span(0, sum(c.frames for c in clips), rate)
    pictures = otio.schema.Track(name="V1", kind=otio.schema.TrackKind.Video)
    at = 0
    for clip in clips:
        pictures.append(_clip(clip, at, rate, movie, whole))
        at += clip.frames
    timeline.tracks.append(pictures)
    for n, file in enumerate(sounds, 1):
        track = otio.schema.Track(name=f"A{n}", kind=otio.schema.TrackKind.Audio)
        reference = otio.schema.ExternalReference(target_url=file, available_range=whole)
        track.append(
            otio.schema.Clip(name=Path(file).stem, media_reference=reference, source_range=whole)
        )
        timeline.tracks.append(track)
    return timeline


def _clip(
    clip: CutClip, at: int, rate: float, movie: str, whole: otio.opentime.TimeRange
) -> otio.schema.Clip:
    import opentimelineio as otio

    made = otio.schema.Clip(
        name=clip.name, source_range=_span(at, clip.frames, rate),
        metadata={"setpiece": {**clip.facts, "note": clip.note}},
    )  # fmt: skip
    main = otio.schema.Clip.DEFAULT_MEDIA_KEY
    references = {main: otio.schema.ExternalReference(target_url=movie, available_range=whole)}
    if clip.still is not None:
        references["still"] = otio.schema.ExternalReference(target_url=clip.still)
    made.set_media_references(references, main)
    for mark in clip.marks:
        made.markers.append(
            otio.schema.Marker(
                name=mark.text, color=mark.colour,
                marked_range=_span(at + mark.frame, max(mark.frames, 1), rate),
            )
        )  # fmt: skip
    return made


def _span(start: int, frames: int, rate: float) -> otio.opentime.TimeRange:
    import opentimelineio as otio

    return otio.opentime.TimeRange(
        otio.opentime.RationalTime(start, rate), otio.opentime.RationalTime(frames, rate)
    )


def _write(timeline: otio.schema.Timeline, part: Path) -> None:
    import opentimelineio as otio

    otio.adapters.write_to_file(timeline, str(part), adapter_name="otio_json")

"""A cut as Final Cut Pro 7 XML (xmeml 5), which Premiere, Resolve and Avid read.

Our own: the OpenTimelineIO adapter writes each clip's rate twice, no timecode and no picture size.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from setpiece.media.timecode import first_record, timecode

if TYPE_CHECKING:
    from setpiece.media.editorial import CutClip

# What XML 1.0 has no way to write, not even escaped.
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def fcp_xml(
    name: str,
    fps: Fraction,
    size: tuple[int, int],
    clips: Sequence[CutClip],
    movie: str,
    sounds: Sequence[str],
) -> bytes:
    """The document, UTF-8. Files are named relative to it."""
    total = sum(c.frames for c in clips)
    root = Element("xmeml", version="5")
    sequence = SubElement(root, "sequence", id="cut")
    _say(sequence, name=name, duration=total)
    _rate(sequence, fps)
    _timecode(sequence, first_record(fps), fps)
    media = SubElement(sequence, "media")
    video = SubElement(media, "video")
    _samples(SubElement(video, "format"), size, fps)
    track = SubElement(video, "track")
    at = 0
    for number, clip in enumerate(clips, 1):
        item = SubElement(track, "clipitem", id=f"v{number}")
        _say(item, name=clip.name, duration=total)
        _rate(item, fps)
        _say(item, start=at, end=at + clip.frames)
        _say(item, **{"in": at, "out": at + clip.frames})
        file = SubElement(item, "file", id="movie")
        if number == 1:  # told once, then referred to
            _file(file, movie, total, fps)
            _samples(SubElement(SubElement(file, "media"), "video"), size, fps)
        if clip.note:
            _say(SubElement(item, "comments"), mastercomment1=clip.note)
        for mark in clip.marks:
            start = at + mark.frame
            _say(
                SubElement(item, "marker"), name=mark.text, comment=mark.text,
                **{"in": start, "out": start + mark.frames},
            )  # fmt: skip
        at += clip.frames
    audio = SubElement(media, "audio")
    for number, sound in enumerate(sounds, 1):
        item = SubElement(SubElement(audio, "track"), "clipitem", id=f"a{number}")
        _say(item, name=Path(sound).stem, duration=total)
        _rate(item, fps)
        _say(item, start=0, end=total, **{"in": 0, "out": total})
        file = SubElement(item, "file", id=f"sound{number}")
        _file(file, sound, total, fps)
        _say(SubElement(SubElement(file, "media"), "audio"), channelcount=1)
    indent(root)
    head = b'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE xmeml>\n'
    return head + tostring(root, encoding="utf-8") + b"\n"


def _say(where: Element, **values: str | int) -> None:
    for tag, value in values.items():
        SubElement(where, tag).text = _UNWRITABLE.sub(" ", str(value))


def _rate(where: Element, fps: Fraction) -> None:
    ntsc = "TRUE" if fps.denominator == 1001 else "FALSE"
    _say(SubElement(where, "rate"), timebase=math.ceil(fps), ntsc=ntsc)


def _timecode(where: Element, frame: int, fps: Fraction) -> None:
    code = SubElement(where, "timecode")
    _rate(code, fps)
    _say(code, string=timecode(frame, fps), frame=frame, displayformat="NDF")


def _file(where: Element, name: str, frames: int, fps: Fraction) -> None:
    _say(where, name=Path(name).name, pathurl=quote(name), duration=frames)
    _rate(where, fps)
    _timecode(where, 0, fps)


def _samples(where: Element, size: tuple[int, int], fps: Fraction) -> None:
    samples = SubElement(where, "samplecharacteristics")
    _rate(samples, fps)
    _say(samples, width=size[0], height=size[1], pixelaspectratio="square")

"""A cut as an edit decision list in the form of CMX 3600.

Our own: the OpenTimelineIO adapter begins every record side at zero, says nothing of drop frame and
adds comments of its own.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from setpiece.media.timecode import first_record, timecode

if TYPE_CHECKING:
    from setpiece.media.editorial import CutClip

_PLAINER = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "—": "-", "–": "-", "…": "..."})


def edl_text(name: str, fps: Fraction, clips: Sequence[CutClip], reel: str) -> str:
    """The list, in ASCII. `reel` keeps the eight letters and digits the form has room for.

    Events beyond 999 are numbered on; the machine of 1970 stopped there, today's editors do not.
    """
    tape = "".join(c for c in ascii_line(reel).upper() if c.isalnum())[:8] or "AX"
    start = first_record(fps)
    out = [f"TITLE: {ascii_line(name)[:70]}", "FCM: NON-DROP FRAME", ""]
    at = 0
    for number, clip in enumerate(clips, 1):
        ends = (at, at + clip.frames, start + at, start + at + clip.frames)
        times = " ".join(timecode(f, fps) for f in ends)
        out.append(f"{number:03d}  {tape:<8} V     C        {times}")
        out.append(f"* FROM CLIP NAME: {ascii_line(clip.name)}")
        if clip.note:
            out.append(f"* COMMENT: {ascii_line(clip.note)}")
        for mark in clip.marks:
            when = timecode(start + at + mark.frame, fps)
            out.append(f"* LOC: {when} {mark.colour:<7} {ascii_line(mark.text)}")
        at += clip.frames
    return "\n".join([*out, ""])


def ascii_line(text: str) -> str:
    """One line in plain letters: a list is read line by line."""
    plain = unicodedata.normalize("NFKD", text.translate(_PLAINER)).encode("ascii", "ignore")
    return " ".join("".join(c if c.isprintable() else " " for c in plain.decode()).split())

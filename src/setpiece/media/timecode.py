"""Timecode: a name for every frame, not a measure of time."""

from __future__ import annotations

import math
from fractions import Fraction


def timecode(frame: int, fps: Fraction) -> str:
    """`hh:mm:ss:ff` of a frame counted from 0, non-drop: 24000/1001 is counted in 24s."""
    base = math.ceil(fps)
    seconds, frames = divmod(frame, base)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}:{frames:02d}"


def first_record(fps: Fraction) -> int:
    """The frame that is called 01:00:00:00, where a cut begins."""
    return 3600 * math.ceil(fps)

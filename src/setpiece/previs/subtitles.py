"""What is said, as subtitles: two lines of 42 letters, never longer than a reader needs."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from setpiece.previs.storyboard import Panel, Speech

LINE, LINES = 42, 2


@dataclass(frozen=True)
class Subtitle:
    """Shown from frame `start` up to, not with, frame `end` of the film."""

    start: int
    end: int
    who: str
    lines: tuple[str, ...]


def subtitles(panels: Iterable[Panel], fps: Fraction, first: int = 0) -> list[Subtitle]:
    """Of panels that follow one another from frame `first` on; a long speech in several."""
    out: list[Subtitle] = []
    for panel in panels:
        for speech in panel.speeches:
            out += _of_speech(speech, first, first + panel.frames, float(fps))
        first += panel.frames
    return out


def _of_speech(speech: Speech, first: int, last: int, rate: float) -> list[Subtitle]:
    blocks = _blocks(speech.words)
    letters = sum(sum(map(len, b)) for b in blocks)
    start = first + round(speech.start * rate)
    end = min(first + round((speech.start + speech.seconds) * rate), last)
    out: list[Subtitle] = []
    told = 0
    for block in blocks:
        share = sum(map(len, block))
        here = start + round((end - start) * told / max(letters, 1))
        told += share
        there = start + round((end - start) * told / max(letters, 1))
        if there > here:
            out.append(Subtitle(here, there, speech.who, block))
    return out


def _blocks(words: str) -> list[tuple[str, ...]]:
    """Pairs of lines of about one length, so that none ends in a single word."""
    text = " ".join(words.split())
    count = max(-(-len(textwrap.wrap(text, LINE)) // LINES), 1)
    size = min(max(len(text) / count, 1.0), LINE * LINES - 8.0)
    parts: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and (len(longer) > size + 6 or len(textwrap.wrap(longer, LINE)) > LINES):
            parts.append(line)
            line = word
        else:
            line = longer
    parts = [*parts, line] if line else parts
    return [tuple(_two(p)) for p in parts]


def _two(text: str) -> list[str]:
    """One line where it fits, else two as even as its words allow."""
    if len(text) <= LINE:
        return [text]
    lines = textwrap.wrap(text, max(len(text) // 2 + 6, 1))
    return lines if len(lines) == 2 and max(map(len, lines)) <= LINE else textwrap.wrap(text, LINE)


def srt_text(titles: Iterable[Subtitle], fps: Fraction) -> str:
    """SubRip, with who speaks where the speaker changes."""
    out, last = [], ""
    for number, title in enumerate(titles, 1):
        lines = list(title.lines)
        if title.who != last:
            lines[0] = f"{title.who}: {lines[0]}"
            last = title.who
        times = f"{_time(title.start, fps)} --> {_time(title.end, fps)}"
        # A player reads <...> as a tag and an empty line as the end.
        said = "\n".join(line.replace("<", "‹").replace(">", "›") for line in lines if line)
        out.append(f"{number}\n{times}\n{said}\n")
    return "\n".join(out)


def _time(frame: int, fps: Fraction) -> str:
    ms = round(frame / fps * 1000)
    return f"{ms // 3600000:02d}:{ms // 60000 % 60:02d}:{ms // 1000 % 60:02d},{ms % 1000:03d}"

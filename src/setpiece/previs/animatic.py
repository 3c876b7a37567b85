"""The animatic, scene by scene: panels for as long as they last, camera moves, words burned in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from setpiece.media.burnin import font, printable
from setpiece.media.reel import U8, PartWriter, yuv
from setpiece.media.timecode import first_record, timecode
from setpiece.previs.moves import Move, between, travel
from setpiece.previs.storyboard import Panel
from setpiece.previs.subtitles import Subtitle

SIZE = (960, 540)
BAR = 30  # px of the line of facts at the top, an even number
_PAPER, _QUIET = (236, 234, 229), (150, 150, 150)
TWOS, FOURS = 2, 4  # frames that a picture of a move stands, as animators shoot
PIXELS = 1.5  # that a slow move goes before the next picture
EASE = 0.12  # share of a move in which the head comes up to speed, and in which it stops


@dataclass(frozen=True)
class Clip:
    """What one panel looks like in the animatic.

    first: its first frame in the film, from 0. start, end: pictures of the camera's frame alone,
    uint8 (h, w, 3), display-referred; `end` where the camera moves, with the `move` between them.
    drawn: pictures on the way, evenly, where they were drawn one by one: each stands for its time.
    """

    panel: Panel
    first: int
    start: U8
    end: U8 | None = None
    move: Move | None = None
    drawn: tuple[U8, ...] = ()


def write_part(
    path: Path, clips: Iterable[Clip], titles: Sequence[Subtitle], fps: Fraction, note: str
) -> int:
    """The clips of a scene as a part of the movie (see `media.reel`); returns its frames.

    titles: subtitles of the film that fall into it. Raises StoreError.
    """
    digits = _Digits(fps)
    with PartWriter(path, SIZE, fps) as part:
        for clip in clips:
            for planes, count, frame in _runs(clip, titles, note):
                luma = part.show(planes)
                for k in range(count):
                    digits.write(luma, frame + k)
                    part.frame()
        return part.count


def _runs(clip: Clip, titles: Sequence[Subtitle], note: str) -> Iterator[tuple[U8, int, int]]:
    """(planes, how many frames they stand, first of them in the film)."""
    head = _head(clip.panel, note)
    last = clip.first + clip.panel.frames
    # Where words come or go the picture changes; between, it stands, unless the camera moves.
    cuts = {clip.first, last}
    for t in titles:
        cuts |= {f for f in (t.start, t.end) if clip.first < f < last}
    steps = (clip.start, *clip.drawn, clip.end) if clip.drawn and clip.end is not None else ()
    cuts |= {clip.first + round(k * clip.panel.frames / len(steps)) for k in range(1, len(steps))}
    times = sorted(cuts)
    hold = TWOS
    if clip.move is not None:
        pace = travel(clip.move) / clip.panel.frames
        hold = min(max(round(PIXELS / max(pace, 1e-3)), TWOS), FOURS)
    for a, b in pairwise(times):
        said = next((t for t in titles if t.start <= a < t.end), None)
        words = _words(said) if said is not None else None
        if steps:
            step = int((a - clip.first + 0.5) * len(steps) / clip.panel.frames)
            yield _plate(steps[min(step, len(steps) - 1)], head, words), b - a, a
            continue
        if clip.end is None or clip.move is None:
            yield _plate(clip.start, head, words), b - a, a
            continue
        for frame in range(a, b, hold):
            share = _eased((frame - clip.first) / max(clip.panel.frames - 1, 1))
            picture = between(clip.start, clip.end, clip.move, share)
            yield _plate(picture, head, words), min(hold, b - frame), frame


def _eased(share: float) -> float:
    """A fluid head: it gathers speed, runs evenly, comes to rest."""
    e = EASE
    top = 1 / (1 - e)
    if share < e:
        return float(top * share * share / (2 * e))
    if share > 1 - e:
        return float(1 - top * (1 - share) ** 2 / (2 * e))
    return float(top * (share - e / 2))


def _plate(picture: U8, head: U8, words: tuple[U8, U8] | None) -> U8:
    """The whole frame: picture in black, its line of facts, subtitles."""
    w, h = SIZE
    frame = np.zeros((h, w, 3), np.uint8)
    tall, wide = picture.shape[:2]
    scale = min(w / wide, (h - BAR) / tall)
    size = round(wide * scale), round(tall * scale)
    if size != (wide, tall):
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    x, y = (w - size[0]) // 2, max((h - size[1]) // 2, BAR)
    frame[y : y + size[1], x : x + size[0]] = picture
    frame[: head.shape[0]] = head
    if words is not None:
        letters, cover = words
        patch = frame[h - letters.shape[0] :]
        patch[:] = np.where(cover[..., None] > 0, _over(patch, letters, cover), patch)
    return yuv(frame)


def _over(patch: U8, letters: U8, cover: U8) -> U8:
    share = cover[..., None].astype(np.uint16)
    mixed = (patch.astype(np.uint16) * (255 - share) + letters.astype(np.uint16) * share) // 255
    return mixed.astype(np.uint8)


def _head(panel: Panel, note: str) -> U8:
    """Scene, shot, size, lens and move on black; room for the timecode on the right."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (SIZE[0], BAR), (0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.text((14, 21), printable(panel.shot), font=font(19), fill=_PAPER, anchor="ls")
    left = 28 + font(19).getlength(printable(panel.shot))
    draw.text((left, 21), printable(panel.title), font=font(15), fill=_QUIET, anchor="ls")
    slug = printable(panel.slugline)
    while slug and font(15).getlength(slug) > 330:
        slug = slug[:-4].rstrip() + "..." if len(slug) > 8 else ""
    draw.text((SIZE[0] - 190, 21), f"{slug}  {note}".strip(), font=font(15), fill=_QUIET,
              anchor="rs")  # fmt: skip
    return np.asarray(image)


def _words(title: Subtitle) -> tuple[U8, U8]:
    """Letters with a dark edge, (h, w, 3), and their cover, (h, w): legible on any picture."""
    from PIL import Image, ImageDraw

    size, pitch = 23, 27
    tall = pitch * 2 + 12
    letters = Image.new("RGB", (SIZE[0], tall), (0, 0, 0))
    cover = Image.new("L", letters.size, 0)
    for n, line in enumerate(title.lines[-2:]):
        at = (SIZE[0] / 2, tall - 12 - pitch * (min(len(title.lines), 2) - 1 - n))
        text = printable(line)
        ImageDraw.Draw(letters).text(
            at, text, font=font(size), fill=_PAPER, anchor="ms", stroke_width=2,
            stroke_fill=(0, 0, 0),
        )  # fmt: skip
        ImageDraw.Draw(cover).text(at, text, font=font(size), fill=255, anchor="ms", stroke_width=2)
    return np.asarray(letters), np.asarray(cover)


class _Digits:
    """The running timecode, put straight into the planes: all that changes in most frames."""

    def __init__(self, fps: Fraction) -> None:
        from PIL import Image, ImageDraw

        self._fps = fps
        self._stamps: dict[str, NDArray[np.uint8]] = {}
        for sign in "0123456789:":
            image = Image.new("L", (12 if sign != ":" else 8, BAR - 8), 16)
            ImageDraw.Draw(image).text(
                (image.width / 2, 17), sign, font=font(18), fill=225, anchor="ms"
            )
            self._stamps[sign] = np.asarray(image)

    def write(self, luma: U8, frame: int) -> None:
        """Record timecode of a frame of the film, in place; luma alone, the bar being black."""
        x = SIZE[0] - 14 - 8 * 12 - 3 * 8
        for sign in timecode(first_record(self._fps) + frame, self._fps):
            stamp = self._stamps[sign]
            luma[4 : 4 + stamp.shape[0], x : x + stamp.shape[1]] = stamp
            x += stamp.shape[1]

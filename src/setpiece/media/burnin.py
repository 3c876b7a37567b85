"""Words on pictures: the slate at the head of a review movie, and burn-ins along its edges."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from setpiece.media.fonts import font_file, printable

F32 = NDArray[np.float32]
RGB = tuple[int, int, int]

_INK = (22, 23, 25)
_PAPER = (236, 234, 229)
_QUIET = (138, 140, 143)
_ACCENT = (226, 106, 44)
# SMPTE EG 1 order at 75 %, the bars an eye knows; and grey steps to judge the display by.
_BARS = [
    (191, 191, 191),
    (191, 191, 0),
    (0, 191, 191),
    (0, 191, 0),
    (191, 0, 191),
    (191, 0, 0),
    (0, 0, 191),
]


@lru_cache(maxsize=64)
def font(size: int) -> ImageFont.FreeTypeFont:
    """Noto Sans at `size` px."""
    return ImageFont.truetype(BytesIO(font_file()), max(int(size), 6))


def wrap(text: str, size: int, width: float, lines: int) -> list[str]:
    """Break `text` into at most `lines` lines of `width` px; what is left ends in dots."""
    face = font(size)
    out: list[str] = []
    line = ""
    words = printable(" ".join(text.split())).split(" ")
    for n, word in enumerate(words):
        longer = f"{line} {word}".strip()
        if face.getlength(longer) <= width or not line:
            line = longer
            continue
        if len(out) == lines - 1:
            line = _cut(f"{line} {' '.join(words[n:])}", size, width)
            break
        out.append(line)
        line = word
    return [*out, _cut(line, size, width)]


def _cut(text: str, size: int, width: float) -> str:
    face = font(size)
    if face.getlength(text) <= width:
        return text
    # A brief may have ten thousand words: halve the search instead of dropping letter by letter.
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if face.getlength(text[:middle].rstrip() + "...") <= width:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + "..."


def slate_frame(width: int, height: int, info: Mapping[str, Any]) -> F32:
    """The slate: one frame that says what follows.

    Args:
        width, height: size [px].
        info: `show`, `shot`, `take` and `brief` have places of their own; `picture` (display-
            referred, 0..1, (h, w, 3)) is shown beside them; every other entry is printed as a
            line, in order, its key being the label.

    Returns:
        display-referred, float32 (h, w, 3), 0..1.
    """
    scale = 2 if height < 400 else 1  # small slates are drawn double and shrunk: finer letters
    w, h = width * scale, height * scale
    unit = min(h / 36.0, w / 64.0)
    image = Image.new("RGB", (w, h), _INK)
    draw = ImageDraw.Draw(image)
    left, top = 4 * unit, 4 * unit + (h - 36 * unit) / 2
    right = w - left

    def text(x: float, y: float, words: str, size: float, colour: RGB, anchor: str = "ls") -> None:
        draw.text((x, y), printable(words), font=font(round(size)), fill=colour, anchor=anchor)

    picture = info.get("picture")
    aside = right
    if picture is not None:
        room_w, room_h = 23 * unit, 14.5 * unit
        ratio = min(room_w / picture.shape[1], room_h / picture.shape[0])
        size = max(round(picture.shape[1] * ratio), 1), max(round(picture.shape[0] * ratio), 1)
        thumb = Image.fromarray(to_bytes(picture)).resize(size, Image.Resampling.LANCZOS)
        image.paste(thumb, (round(right - size[0]), round(top)))
        aside = right - size[0] - 2 * unit

    draw.rectangle((left, top, left + 4 * unit, top + 0.35 * unit), fill=_ACCENT)
    text(left, top + 2.6 * unit, str(info.get("show", "")), 1.3 * unit, _QUIET)
    name = _cut(printable(str(info.get("shot", ""))), round(3.4 * unit), aside - left)
    text(left, top + 6.2 * unit, name, 3.4 * unit, _PAPER)
    text(left, top + 8.6 * unit, str(info.get("take", "")), 1.5 * unit, _ACCENT)

    rows = [
        (k, str(v))
        for k, v in info.items()
        if k not in ("show", "shot", "take", "brief", "picture") and v not in (None, "")
    ]
    y = top + 11.6 * unit
    pitch = min(1.75 * unit, 10.4 * unit / max(len(rows), 1))
    for label, value in rows:
        text(left, y, str(label).replace("_", " "), 0.72 * pitch, _QUIET)
        room = (aside if y < top + 15.5 * unit else right) - left - 8.5 * unit
        text(
            left + 8.5 * unit,
            y,
            _cut(printable(value), round(0.72 * pitch), room),
            0.72 * pitch,
            _PAPER,
        )
        y += pitch

    brief = str(info.get("brief", ""))
    if brief:
        for n, line in enumerate(wrap(brief, round(1.25 * unit), right - left, 2)):
            text(left, top + 23.6 * unit + n * 1.75 * unit, line, 1.25 * unit, _PAPER)

    base = h - top - 1.5 * unit
    step = (right - left) / 2 / len(_BARS)
    for n, colour in enumerate(_BARS):
        draw.rectangle(
            (left + n * step, base, left + (n + 1) * step - 1, base + 1.5 * unit), colour
        )
    half = left + len(_BARS) * step
    step = (right - half) / 11
    for n in range(11):
        grey = round(25.5 * n)
        box = (half + n * step, base, half + (n + 1) * step - 1, base + 1.5 * unit)
        draw.rectangle(box, (grey, grey, grey))
    if scale != 1:
        image = image.resize((width, height), Image.Resampling.LANCZOS)
    return np.asarray(image, np.float32) / np.float32(255)


def to_bytes(picture: NDArray[Any]) -> NDArray[np.uint8]:
    """Display-referred 0..1 to eight bits, rounded."""
    if picture.dtype == np.uint8:
        return np.ascontiguousarray(picture[..., :3])
    clipped = np.clip(np.asarray(picture[..., :3], np.float32), 0.0, 1.0)
    return np.ascontiguousarray((clipped * 255.0 + 0.5).astype(np.uint8))


def draw_text(
    picture: F32,
    words: str,
    at: tuple[float, float],
    size: int,
    *,
    anchor: str = "ls",
    colour: tuple[float, float, float] = (1.0, 1.0, 1.0),
    opacity: float = 1.0,
) -> None:
    """Write on a display-referred picture, in place: legible on light and dark.

    The letters carry a thin dark outline. at: (x, y) [px] of Pillow's text `anchor`.
    """
    words = printable(words)
    stroke = max(round(size / 11), 1)
    letters, edge, (dx, dy) = _stamp(words, size, stroke, anchor)
    x0, y0 = round(at[0]) + dx, round(at[1]) + dy
    h, w = picture.shape[:2]
    x1, y1 = max(x0, 0), max(y0, 0)
    x2, y2 = min(x0 + letters.shape[1], w), min(y0 + letters.shape[0], h)
    if x1 >= x2 or y1 >= y2:
        return
    cut = slice(y1 - y0, y2 - y0), slice(x1 - x0, x2 - x0)
    ink = letters[cut][..., None] * np.float32(opacity)
    dark = edge[cut][..., None] * np.float32(0.75 * opacity)
    patch = picture[y1:y2, x1:x2]
    patch *= 1 - dark
    patch += (np.array(colour, np.float32) - patch) * ink


@lru_cache(maxsize=256)
def _stamp(words: str, size: int, stroke: int, anchor: str) -> tuple[F32, F32, tuple[int, int]]:
    """Coverage of letters and of letters with outline, and where their corner lies."""
    probe = ImageDraw.Draw(Image.new("L", (1, 1)))
    box = probe.textbbox((0, 0), words, font=font(size), anchor=anchor, stroke_width=stroke)
    dx, dy = int(np.floor(box[0])) - 1, int(np.floor(box[1])) - 1
    w, h = int(np.ceil(box[2])) - dx + 2, int(np.ceil(box[3])) - dy + 2
    out = []
    for s in (0, stroke):
        plane = Image.new("L", (max(w, 1), max(h, 1)))
        ImageDraw.Draw(plane).text(
            (-dx, -dy), words, font=font(size), fill=255, anchor=anchor, stroke_width=s
        )
        out.append(np.asarray(plane, np.float32) / np.float32(255))
    return out[0], out[1], (dx, dy)


def make_burnin(
    shot: str,
    version: str,
    *,
    fps: Fraction,
    first_frame: int = 1001,
    last_frame: int | None = None,
    note: str = "",
) -> Callable[[F32, int], F32]:
    """A burn-in for `movie.write_movie`.

    Shot and version at the top, `note` bottom left, frame number and seconds bottom right.

    Returns:
        function: picture (display-referred, 0..1), index from 0 -> a new picture with the words.
    """

    def burn(picture: F32, index: int) -> F32:
        out = np.array(picture, np.float32)
        h, w = out.shape[:2]
        size = max(round(min(h, w * 9 / 16) / 42), 8)
        x, y = round(0.022 * w), round(0.022 * w)
        number = f"{first_frame + index}"
        if last_frame is not None:
            number += f" / {last_frame}"
        seconds = f"{float(index / fps):.2f} s"
        draw_text(out, shot, (x, y), size, anchor="la", opacity=0.9)
        draw_text(out, version, (w - x, y), size, anchor="ra", opacity=0.9)
        draw_text(out, f"{seconds}   {number}", (w - x, h - y), size, anchor="rs", opacity=0.9)
        if note:
            draw_text(out, note, (x, h - y), size, opacity=0.9)
        return out

    return burn

"""The storyboard book: a cover, six panels a page, and the shot list."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from setpiece.media.atomic import whole_file
from setpiece.previs.pages import ACCENT, BOLD, INK, ITALIC, PLAIN, QUIET, RGB, RULE, Sheets
from setpiece.previs.storyboard import Panel, Storyboard, minutes

COLUMNS, ROWS, GUTTER = 3, 2, 16.0
HEAD, FOOT = 40.0, 30.0  # of a page [pt]
BAND = 12.0  # over a picture: the slugline
TEXT, LEADING = 7.0, 9.0
WHITE: RGB = (1.0, 1.0, 1.0)
# Of the shot list: title, width [pt].
TABLE = (("shot", 38.0), ("name", 118.0), ("size", 96.0), ("lens", 44.0), ("move", 66.0),
         ("who", 110.0), ("time", 34.0), ("why", 268.0))  # fmt: skip


def write_book(path: Path, film: Storyboard, folder: Path, day: str = "") -> None:
    """The PDF, with pictures that `film` names in `folder`. `day` is printed on the cover.

    The same boards give the same bytes. Raises StoreError (the disk) and StageError where a picture
    cannot be read.
    """
    with whole_file(path) as part:
        foot = "   ".join(x for x in (film.title, film.draft, f"boards {film.version}", day) if x)
        sheets = Sheets(part, f"{film.title}: storyboard", film.author, foot)
        _cover(sheets, film, folder, day)
        _panels(sheets, film, folder)
        _shot_list(sheets, film)
        sheets.save()


def _cover(s: Sheets, film: Storyboard, folder: Path, day: str) -> None:
    x, width = s.margin + 20, 350.0
    _hero(s, film, folder, x + width + 24)
    s.bar(x, 150, 46, 4, ACCENT)
    y = 200.0
    for line in s.lines(film.title or "Untitled", 32, width, BOLD)[:3]:
        s.say(x, y, line, 32, font=BOLD, width=width)
        y += 38
    s.say(x, y - 8, "Storyboard", 16, ink=QUIET)
    y += 22
    scenes = film.scenes()
    facts = (
        ("Script", "  ".join(t for t in (film.author, film.draft) if t)),
        ("Boards", f"{film.version}  {day}".strip()),
        ("Scenes", f"{len(scenes)}"),
        ("Shots", f"{len(film.panels)}"),
        ("Length", f"{minutes(film.seconds)} by dialogue and action"),
        ("Frame", f"{film.aspect} at {float(film.fps):.6g} frames a second"),
    )
    for name, value in facts:
        if value:
            s.say(x, y, name, 9.5, ink=QUIET)
            s.say(x + 70, y, value, 9.5, width=width - 70)
            y += 15
    y += 6
    for note in film.notes[:8]:
        for line in s.lines(note, 8, width - 70):
            s.say(x + 70, y, line, 8, ink=QUIET)
            y += 11
    s.next()


def _hero(s: Sheets, film: Storyboard, folder: Path, x: float) -> None:
    """Panels down the side of the cover: one from each half of the film, the widest there."""
    wide, n = s.width - s.margin - x, len(film.panels)
    halves = [film.panels[n * k // 2 : max(n * (k + 1) // 2, n * k // 2 + 1)] for k in range(2)]
    widest = ("ELS", "LS", "MLS")
    y = 150.0
    for half in halves[: min(n, 2)]:
        best = min(half, key=lambda p: widest.index(p.size) if p.size in widest else len(widest))
        y += s.picture(folder / best.picture, best.box, x, y, wide) + 12


def _panels(s: Sheets, film: Storyboard, folder: Path) -> None:
    wide = (s.width - 2 * s.margin - (COLUMNS - 1) * GUTTER) / COLUMNS
    tall = (s.height - HEAD - FOOT) / ROWS
    place = 0
    for scene in film.scenes():
        for n, panel in enumerate(scene):
            column, row = place % COLUMNS, place // COLUMNS
            if place == 0:
                _head(s, film, panel)
            x, y = s.margin + column * (wide + GUTTER), HEAD + row * tall
            cell = (x, y, wide, tall - 10)
            seconds = float(panel.frames / film.fps)
            _cell(s, panel, folder / panel.picture, cell, seconds, opens=n == 0)
            place = (place + 1) % (COLUMNS * ROWS)
            if place == 0:
                s.next()
    if place:
        s.next()


def _head(s: Sheets, film: Storyboard, panel: Panel) -> None:
    s.say(s.margin, 24, film.title, 9, font=BOLD, width=380)
    s.say(s.width - s.margin, 24, f"from scene {panel.scene}, panel {panel.number}", 7.5,
          ink=QUIET, right=True)  # fmt: skip
    s.rule(s.margin, 30, s.width - 2 * s.margin)


def _cell(
    s: Sheets, p: Panel, picture: Path, box: tuple[float, float, float, float], seconds: float,
    *, opens: bool,
) -> None:  # fmt: skip
    x, y, wide, tall = box
    heading = f"{p.scene}   {p.slugline}"
    if opens:
        s.bar(x, y, wide, BAND, INK)
        s.say(x + 5, y + 8.6, heading, 7, font=BOLD, ink=WHITE, width=wide - 10)
    else:
        s.say(x, y + 8.6, heading, 6.5, ink=QUIET, width=wide)
    high = s.picture(picture, p.box, x, y + BAND + 1, wide)
    y += BAND + high + 12.5
    left = x + s.say(x, y, p.shot, 9.5, font=BOLD) + 6
    s.say(x + wide, y, f"{seconds:.1f} s", 7, ink=QUIET, right=True)
    s.say(left, y, p.title, 7, width=wide - (left - x) - 40)
    y += 3.5
    s.rule(x, y, wide)
    y += 9
    bottom = box[1] + tall
    for line, font, ink, indent in _text(s, p, wide):
        if y + LEADING > bottom:
            s.say(x, y, "…", TEXT, ink=QUIET)
            break
        s.say(x + indent, y, line, TEXT, font=font, ink=ink, width=wide - indent)
        y += LEADING


def _text(s: Sheets, p: Panel, wide: float) -> Iterator[tuple[str, str, RGB, float]]:
    """What stands under a panel, line by line: (text, font, ink, indent)."""
    for change in p.changed:
        yield f"* {change}", BOLD, ACCENT, 0
    if p.edited or p.flags:
        yield "; ".join((*(["edited by hand"] if p.edited else []), *p.flags)), PLAIN, ACCENT, 0
    for line in s.lines(p.action, TEXT, wide, ITALIC):
        yield line, ITALIC, INK, 0
    for speech in p.speeches:
        yield speech.who, BOLD, INK, 0
        for line in s.lines(speech.words, TEXT, wide - 8):
            yield line, PLAIN, INK, 8


def _shot_list(s: Sheets, film: Storyboard) -> None:
    y = 0.0
    for scene in film.scenes():
        seconds = sum(float(p.frames / film.fps) for p in scene)
        for n, panel in enumerate(scene):
            why = s.lines(panel.reason, 6.5, TABLE[-1][1] - 4)[:3]
            who = s.lines(", ".join(panel.people), 6.5, 106)[:3]
            need = 8.5 * max(len(why), len(who), 1) + 3
            if y == 0 or y + need + (20 if n == 0 else 0) > s.height - FOOT:
                if y:
                    s.next()
                y = _table_head(s)
            if n == 0:
                y += 3
                s.bar(s.margin, y - 8, s.width - 2 * s.margin, 12, (0.93, 0.93, 0.92))
                s.say(s.margin + 4, y + 1, f"{panel.scene}   {panel.slugline}", 7, font=BOLD,
                      width=600)  # fmt: skip
                s.say(s.width - s.margin - 4, y + 1, f"{len(scene)} shots, {minutes(seconds)}", 7,
                      ink=QUIET, right=True)  # fmt: skip
                y += 14
            _row(s, film, panel, y, who, why)
            y += need
    if y:
        s.next()


def _table_head(s: Sheets) -> float:
    s.say(s.margin, 26, "Shot list", 12, font=BOLD)
    x = s.margin
    for title, width in TABLE:
        s.say(x, 44, title, 6.5, ink=QUIET)
        x += width
    s.rule(s.margin, 48, s.width - 2 * s.margin, RULE)
    return 60.0


def _row(s: Sheets, film: Storyboard, p: Panel, y: float, who: list[str], why: list[str]) -> None:
    size = p.size if p.kind.casefold() in p.size.casefold() else f"{p.size}  {p.kind}"
    time = f"{float(p.frames / film.fps):.1f} s"
    cells: tuple[list[str], ...] = (
        [p.shot], [p.name], [size], [p.lens], [p.move], who, [time], why,
    )  # fmt: skip
    x = s.margin
    for (title, width), lines in zip(TABLE, cells, strict=True):
        for n, line in enumerate(lines):
            font, ink = (BOLD if title == "shot" else PLAIN), (QUIET if title == "why" else INK)
            s.say(x, y + 8.5 * n, line, 6.5, font=font, ink=ink, width=width - 4)
        x += width

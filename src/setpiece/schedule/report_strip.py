"""The lines of one strip of a printed report, read by the form of their cells."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from setpiece.schedule import report_words as words
from setpiece.schedule.imported import cut, is_light, light_of, setting_of
from setpiece.schedule.model import Strip
from setpiece.schedule.report_cells import Cell
from setpiece.schedule.report_slug import Block, slug_in
from setpiece.script.model import Category

COLUMN = 14.0  # items stand this far, at most, from the left edge of their column's title [pt]


@dataclass
class _Found:
    """What has been understood so far; `x` is where the set's name begins."""

    scene: str = ""
    side: str = ""
    set: str = ""
    light: str = ""
    eighths: int | None = None
    minutes: int = 0
    cast: list[str] = field(default_factory=list)
    synopsis: list[str] = field(default_factory=list)
    location: str = ""
    notes: list[str] = field(default_factory=list)
    elements: dict[Category, list[str]] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)
    tracks: list[tuple[float, str]] = field(default_factory=list)
    x: float = 0.0
    light_x: float = -1e3
    cast_x: float = -1e3
    number_next: bool = False
    label: str = ""  # whose value is in the next cell
    number: str = ""  # of the cast: the name stands beside it, in a column of its own
    odd: list[str] = field(default_factory=list)


def read_block(block: Block, n: int) -> tuple[Strip, dict[str, str], list[str]]:
    """The strip (its cast as board IDs), names by board ID, and remarks.

    n: place of the strip in the report, from 1.
    """
    f = _Found()
    for line in block.lines:
        own = not f.side and Block.begins(line)
        for cell in _whole(line.cells):
            if not _cell(f, cell, own):
                f.odd.append(f"Page {line.page}: not understood: {cut(cell.text, 120)!r}")
    where = f"Strip {f.scene or n}"
    odd = [f"{where}: {x}" for x in f.odd]
    if f.eighths is None:
        odd.append(f"{where}: no pages found; taken as 1/8.")
    if not f.scene:
        odd.append(f"{where}: no scene number found.")
    found: dict[str, Any] = {k: tuple(dict.fromkeys(v)) for k, v in f.elements.items() if v}
    scene = cut(f.scene, 60)
    strip = Strip(
        id=scene or f"S{n}", scene=scene, position=n,
        heading=cut(f"{f.side}. {f.set} - {f.light}", 500),
        synopsis=cut(" ".join(f.synopsis), 2000), setting=setting_of(f.side) or "INT",
        set=cut(f.set, 300), location=cut(f.location, 300), light=light_of(f.light),
        eighths=min(max(f.eighths or 1, 1), 800), minutes=min(f.minutes, 60_000),
        cast=tuple(dict.fromkeys(f.cast))[:500], elements=found,
        equipment=found.get("equipment", ()), stunt="stunts" in found,
        notes=cut("; ".join(f.notes), 2000),
    )  # fmt: skip
    return strip, f.people, odd


def _whole(cells: tuple[Cell, ...]) -> list[Cell]:
    """A number with "pgs" beside it in a cell of its own is one cell."""
    out: list[Cell] = []
    for cell in cells:
        unit = cell.text.strip().casefold().rstrip(".") in ("pg", "pgs", "pages")
        if unit and out and words.PAGES.match(out[-1].text.strip()):
            out[-1] = Cell(out[-1].x, f"{out[-1].text.strip()} {cell.text.strip()}")
        else:
            out.append(cell)
    return out


def _cell(f: _Found, cell: Cell, own: bool) -> bool:
    """Understand one cell; False where it is nothing known."""
    text = cell.text.strip()
    if own and not f.side and _slug(f, cell, text):
        return True
    return (
        (bool(f.label) and not words.LABEL.match(text) and _labelled(f, text))
        or _title(f, cell, text)
        or _item(f, cell, text)
        or _scene(f, text, cell)
        or _figures(f, cell, text)
        or _labelled(f, text)
        or _prose(f, cell, text)
    )


def _slug(f: _Found, cell: Cell, text: str) -> bool:
    """INT or EXT, alone, with the set and more behind it, or behind the scene's number."""
    found = slug_in(text)
    if found is None:
        return False
    f.side, f.scene, f.light = found.side, found.scene or f.scene, found.light or f.light
    f.eighths = f.eighths if found.eighths is None else found.eighths
    f.notes += found.notes
    if found.set:
        f.set, f.x = found.set, cell.x
    return True


def _title(f: _Found, cell: Cell, text: str) -> bool:
    """The title of a column of the breakdown."""
    kind = words.CATEGORIES.get(text.casefold().removesuffix(" (cont.)").rstrip(":"))
    if kind is None or not f.side:
        return False
    f.tracks = [t for t in f.tracks if abs(t[0] - cell.x) > COLUMN]
    f.tracks.append((cell.x, kind))
    return True


def _item(f: _Found, cell: Cell, text: str) -> bool:
    """Something under the title of a column."""
    near = [t for t in f.tracks if -COLUMN / 2 <= cell.x - t[0] <= COLUMN]
    if not near:
        return False
    kind = min(near, key=lambda t: abs(t[0] - cell.x))[1]
    name = cut(text, 250)
    if kind == "number":
        f.number = name if words.CAST.match(name) else ""
        f.cast += [f.number] if f.number else []
    elif kind == "name":
        if f.number:
            f.people[f.number], f.number = name, ""
    elif kind != "people":
        f.elements.setdefault(kind, []).extend([name] if name else [])  # type: ignore[arg-type]
    elif (found := words.LEGEND.match(name)) and cut(found[2], 250):
        f.people[found[1]] = cut(found[2], 250)
        f.cast.append(found[1])
    elif name:
        f.people[name] = name
        f.cast.append(name)
    return True


def _scene(f: _Found, text: str, cell: Cell) -> bool:
    left = not f.set or cell.x < f.x
    labelled = words.SCENE.match(text)
    if labelled and not labelled[1]:
        f.number_next = True
        return True
    if labelled and not f.scene and (found := words.NUMBER_AND_MORE.match(labelled[1])):
        f.scene = found[1]
        if found[2]:
            f.synopsis.append(found[2])
        return True
    if not f.scene and words.NUMBER.match(text) and (left or f.number_next):
        f.scene, f.number_next = text, False
        return True
    return False


def _figures(f: _Found, cell: Cell, text: str) -> bool:
    """Pages, time, time of day, story day, cast."""
    eighths = words.eighths_of(text)
    sure = eighths is not None and ("/" in text or words.PAGES.match(text)[2])  # type: ignore[index]
    if f.eighths is None and sure:
        f.eighths = eighths
        return True
    if found := words.TIME.match(text):
        f.minutes = 60 * int(found[1] or 0) + int(found[2])
        return True
    if not f.light and f.set and cell.x > f.x and len(text) <= 24 and is_light(text):
        f.light, f.light_x = text, cell.x
        return True
    if f.light and abs(cell.x - f.light_x) < COLUMN and words.SCRIPT_DAY.match(text):
        f.notes.append(f"Script day {text}")
        return True
    if (found := words.CAST.match(text)) and f.set and cell.x > f.x - COLUMN:
        f.cast += [x.strip().upper() for x in found[1].split(",") if x.strip()]
        f.cast_x = cell.x
        return True
    return text.casefold() in ("pgs", "pgs.", "pages", "pg", "est.", "est. time", "cast", "c:")


def _labelled(f: _Found, text: str) -> bool:
    """ "Set: KITCHEN", or "Set:" with the rest in the next cell."""
    found = words.LABEL.match(text)
    if found:
        label, value = " ".join(found[1].casefold().split()), found[2].strip()
        if not value:
            f.label = label
            return True
    elif f.label:
        label, value, f.label = f.label, text, ""
    else:
        return False
    if label in ("synopsis", "description", "scene description"):
        f.synopsis.append(value)
    elif label == "location":
        f.location = value
    elif label == "set":
        f.set = f.set or value
    elif label == "day/night":
        f.light = value
    elif label.replace(" ", "") == "int/ext":
        f.side = value
    elif label == "page count" and words.eighths_of(value) is not None:
        f.eighths = words.eighths_of(value)
    else:
        f.notes.append(f"{label.capitalize()}: {value}")
    return True


def _prose(f: _Found, cell: Cell, text: str) -> bool:
    """The set, then what happens under it, then where it is shot beside that."""
    if not f.side:
        return False
    if not f.set:
        head, _, last = text.rpartition(" ")
        if head and is_light(last) and head.endswith(("-", "–", "—")):
            text, f.light = head.rstrip(" -–—"), last
        f.set, f.x = text, cell.x
        return True
    left_of_columns = cell.x < min((t[0] for t in f.tracks), default=0.0) - COLUMN
    if abs(cell.x - f.x) < 2 * COLUMN and (not f.tracks or left_of_columns):
        f.synopsis.append(text)
        return True
    if cell.x > f.x and not f.location and not f.tracks and any(c.isalpha() for c in text):
        f.location = text
        return True
    return False

"""The line that a strip of a printed report begins with: number, INT or EXT, set, and the rest."""

from __future__ import annotations

from dataclasses import dataclass

from setpiece.schedule import report_words as words
from setpiece.schedule.imported import is_light
from setpiece.schedule.report_cells import Cell, Line


@dataclass
class Block:
    """Lines of one strip; the first with INT or EXT is its own line."""

    lines: list[Line]

    @staticmethod
    def is_sheet(line: Line) -> bool:
        """Whether this is the line of a breakdown sheet that says INT or EXT under a label."""
        return any(words.SHEET.match(c.text) for c in line.cells)

    @staticmethod
    def begins(line: Line) -> bool:
        """Whether a strip's own line is this: INT or EXT, with a set in it or beside it."""
        if sum(c.text.casefold().strip() in words.COLUMNS for c in line.cells) > 2:
            return False  # the titles above the columns
        if Block.is_sheet(line):
            return False
        for n, cell in enumerate(line.cells[:4]):
            text = cell.text
            if (found := words.SCENE.match(text)) and (
                words.SCENE_AND_SIDE.match(found[1]) or words.SETTING.match(found[1])
            ):
                return True
            if found := words.SETTING.match(text):
                return bool(found[2]) or n + 1 < len(line.cells)
        return False

    @staticmethod
    def is_scene(cell: Cell) -> bool:
        labelled = words.SCENE.match(cell.text)
        return bool(words.NUMBER.match(labelled[1] if labelled and labelled[1] else cell.text))


@dataclass(frozen=True)
class Slug:
    """What one cell with INT or EXT says; empty where it does not."""

    side: str
    scene: str = ""
    set: str = ""
    light: str = ""
    eighths: int | None = None
    notes: tuple[str, ...] = ()


def slug_in(text: str) -> Slug | None:
    """ "Scene # 12A EXT MILL YARD Day D2 1 1/8 pgs A Unit", or any part of it that has EXT or INT;
    None of anything else."""
    scene = ""
    if labelled := words.SCENE.match(text):
        text = labelled[1]
        if both := words.SCENE_AND_SIDE.match(text):
            scene, text = both[1].strip(), both[2]
    found = words.SETTING.match(text)
    if not found:
        return None
    side, rest = found[1], found[2].strip()
    spaces = [n for n, c in enumerate(rest) if c == " "]
    for at in reversed(spaces[-9:]):  # the last time of day that only figures stand behind
        light, _, behind = rest[at + 1 :].partition(" ")
        after = words.AFTER_LIGHT.match(behind)
        place = rest[:at].rstrip(" -–—")
        if after and place and is_light(light):
            notes = (f"Script day {after['story']}" if after["story"] else "", after["unit"] or "")
            eighths = words.eighths_of(after["pages"] or "")
            return Slug(side, scene, place, light, eighths, tuple(n for n in notes if n))
    return Slug(side, scene, rest)

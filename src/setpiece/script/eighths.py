"""How long a scene is, in eighths of a page.

The field's rule, as a script supervisor measures with a ruler: a page holds 55 lines of Courier
12; a slugline and action run 60 characters wide, dialogue 35, a parenthetical 26, two speeches
side by side 28 each; two empty lines stand before a slugline, one before action, a cue, a
transition or a shot. Lines are rounded to the nearest eighth, and no scene is under one. Notes,
boneyard, sections and synopses are not printed and count nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from setpiece.script.lines import plain
from setpiece.script.model import Element

LINES_A_PAGE = 55
_WIDTH = {
    "heading": 60, "action": 60, "shot": 60, "centred": 60, "transition": 60,
    "character": 38, "dialogue": 35, "lyric": 35, "parenthetical": 26,
}  # fmt: skip
_BESIDE = 28
_SPOKEN = ("parenthetical", "dialogue", "lyric")


def count_lines(elements: Sequence[Element]) -> int:
    """Printed lines of Courier 12, empty ones between paragraphs included."""
    total = speech = beside = 0
    dual = False
    for e in elements:
        if e.kind not in _WIDTH:
            continue
        if e.kind == "character":
            dual, beside, speech = e.dual, speech, 0
        inside = e.kind in _SPOKEN and e.gap == 0
        lines = 0 if inside else 2 if e.kind == "heading" else max(e.gap, 1)
        width = _BESIDE if dual and inside else _WIDTH[e.kind]
        lines += sum(_wrapped(t, width) for t in plain(e.text).split("\n"))
        if e.kind == "character" or inside:
            speech += lines
            total += max(0, speech - max(beside, speech - lines)) if dual else lines
        else:
            dual, speech = False, 0
            total += lines
    return total


def eighths(elements: Sequence[Element]) -> int:
    """Nearest eighth of a page, at least one."""
    return max(1, round(8 * count_lines(elements) / LINES_A_PAGE))


def pages(count: int) -> str:
    """Eighths as the field writes them: 13 is "1 5/8", 5 is "5/8", 16 is "2"."""
    whole, rest = divmod(count, 8)
    return (
        f"{whole} {rest}/8" if whole and rest else f"{rest}/8" if rest or not whole else f"{whole}"
    )


def _wrapped(text: str, width: int) -> int:
    """Lines that greedy wrapping at spaces needs."""
    lines, at = 1, 0
    for word in text.split(" "):
        size = len(word)
        if at and at + 1 + size > width:
            lines, at = lines + 1, 0
        elif at:
            at += 1
        at += size
        if at > width:
            lines, at = lines + (at - 1) // width, (at - 1) % width + 1
    return lines

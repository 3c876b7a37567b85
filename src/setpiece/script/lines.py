"""Lines of text as Fountain counts them: a note or a boneyard may span several."""

from __future__ import annotations

import re
from dataclasses import dataclass

_OPEN = re.compile(r"/\*|\[\[")
_EMPTY = re.compile(r"\n[ \t]?(?=\n)")
_LONGEST_STYLED = 20_000  # characters of a line beyond which emphasis is not looked for


@dataclass(frozen=True)
class Line:
    """`raw` as written, `bare` without notes and boneyard; `only`: there is nothing else."""

    number: int
    raw: str
    bare: str
    only: str = ""  # "note", "boneyard" or ""

    @property
    def blank(self) -> bool:
        """Nothing to read; a boneyard by itself leaves an empty line behind."""
        return not self.bare.strip() and self.only != "note"


def spans(text: str) -> list[tuple[int, int, str]]:
    """Where notes and boneyards stand: (begin, end, kind); a note holds no empty line."""
    found: list[tuple[int, int, str]] = []
    at, closers, empty = 0, {"/*": 0, "[[": 0}, 0
    while opened := _OPEN.search(text, at):
        begin, mark = opened.start(), opened.group()
        at = begin + 2
        if closers[mark] < at and closers[mark] != -1:
            closers[mark] = text.find("*/" if mark == "/*" else "]]", at)
        close = closers[mark]
        if close == -1:
            continue
        if mark == "[[":
            if -1 < empty < at:
                gone = _EMPTY.search(text, at)
                empty = gone.start() if gone else -1
            if empty != -1 and empty < close:
                continue
        found.append((begin, close + 2, "boneyard" if mark == "/*" else "note"))
        at = close + 2
    return found


def logical_lines(text: str) -> list[Line]:
    """Split at line ends that are outside notes and boneyards."""
    out: list[Line] = []
    marks = spans(text)
    begin, number, here = 0, 1, 0
    while True:
        scan = begin
        inside: list[tuple[int, int, str]] = []
        while True:
            end = text.find("\n", scan)
            end = len(text) if end == -1 else end
            while here < len(marks) and marks[here][0] < end:
                inside.append(marks[here])
                here += 1
            if inside and inside[-1][1] > end:
                scan = inside[-1][1]
                continue
            break
        raw, bare, at = text[begin:end], "", begin
        for a, b, _ in inside:
            bare += text[at:a]
            at = b
        bare += text[at:end]
        only = ""
        if inside and not bare.strip():
            only = "note" if any(kind == "note" for _, _, kind in inside) else "boneyard"
        out.append(Line(number, raw, bare, only))
        number += raw.count("\n") + 1
        if end >= len(text):
            return out
        begin = end + 1


def without_marks(text: str) -> str:
    """Text without notes and boneyard; emphasis stays."""
    out, at = "", 0
    for a, b, _ in spans(text):
        out += text[at:a]
        at = b
    return out + text[at:]


def plain(text: str) -> str:
    """What a reader sees: no notes, no boneyard, no emphasis marks."""
    return "\n".join(
        "".join(part for part, _ in runs(line)) for line in without_marks(text).split("\n")
    ).strip()


def runs(line: str, style: frozenset[str] = frozenset()) -> list[tuple[str, frozenset[str]]]:
    r"""One line as (text, {"Bold", "Italic", "Underline"}); a backslash spares the next mark.

    As Fountain has it, a mark opens before and closes after something that is not a space.
    """
    if len(line) > _LONGEST_STYLED:
        return [(line, style)]
    out: list[tuple[str, frozenset[str]]] = []
    held, at, hopeless = "", 0, set[str]()
    while at < len(line):
        char = line[at]
        if char == "\\" and line[at + 1 : at + 2] in ("*", "_"):
            held += line[at + 1]
            at += 2
            continue
        if char in "*_":
            for mark, names in _MARKS:
                if mark in hopeless or not line.startswith(mark, at):
                    continue
                close = _closing(line, at + len(mark), mark)
                if close == -1:
                    hopeless.add(mark)
                    continue
                if held:
                    out.append((held, style))
                    held = ""
                out += runs(line[at + len(mark) : close], style | names)
                at = close + len(mark)
                break
            else:
                held += char
                at += 1
            continue
        held += char
        at += 1
    if held or not out:
        out.append((held, style))
    return out


_MARKS = (
    ("***", frozenset({"Bold", "Italic"})),
    ("**", frozenset({"Bold"})),
    ("*", frozenset({"Italic"})),
    ("_", frozenset({"Underline"})),
)


def _closing(line: str, begin: int, mark: str) -> int:
    if begin >= len(line) or line[begin].isspace():
        return -1
    at = begin + 1
    while (at := line.find(mark, at)) != -1:
        longer = mark == "*" and (line.startswith("**", at) or line[at - 1] == "*")
        if not line[at - 1].isspace() and line[at - 1] != "\\" and not longer:
            return at
        at += 1
    return -1


def styled(text: str, style: frozenset[str]) -> str:
    """Put marks around text of one style, line by line, and spare those that are letters."""
    return "\n".join(_styled(line, style) for line in text.split("\n"))


def _styled(line: str, style: frozenset[str]) -> str:
    if runs(line) != [(line, frozenset())]:
        line = re.sub(r"([*_])", r"\\\1", line)
    core = line.strip()
    if not core or not style:
        return line
    stars = "*" * (2 * ("Bold" in style) + ("Italic" in style))
    under = "_" if "Underline" in style else ""
    head, tail = line[: len(line) - len(line.lstrip())], line[len(line.rstrip()) :]
    return f"{head}{under}{stars}{core}{stars}{under}{tail}"

"""Fountain 1.1 to elements. Every line becomes part of some element, or a remark says why not."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from setpiece.script.lines import Line, logical_lines
from setpiece.script.marks import PAGE_BREAK, cue, is_forced_heading, is_transition
from setpiece.script.model import Element, Kind, Proposal, Remark
from setpiece.script.slug import starts_like_heading, take_number

TITLE_KEYS = frozenset((
    "title", "credit", "author", "authors", "source", "draft date", "date", "contact", "copyright",
    "notes", "revision", "titolo", "titre", "título", "titel", "autor", "autore", "auteur",
))  # fmt: skip
_KEY = re.compile(r"(?P<key>[^\W_][^:\n]{0,40}?)\s*:(?P<value>.*)$", re.DOTALL)
TitlePage = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass
class Parsed:
    """What a reader hands to `build`."""

    title_page: TitlePage = ()
    elements: list[Element] = field(default_factory=list)
    report: list[Remark] = field(default_factory=list)
    omitted: set[int] = field(default_factory=set)  # index in elements of headings of cut scenes
    tags: dict[int, list[Proposal]] = field(default_factory=dict)  # by index in elements


def parse_fountain(text: str) -> Parsed:
    """Read Fountain; `text` has line ends as `\\n` and tabs kept."""
    lines = logical_lines(text)
    out = Parsed()
    out.title_page, first = _title_page(lines)
    _Reader(lines, first, out).read()
    if "/*" in (rest := "\n".join(x.bare for x in lines)):
        row = next(x.number for x in lines if "/*" in x.bare)
        out.report.append(Remark(line=row, level="note", what="/* is never closed; read as text"))
    if "[[" in rest:
        row = next(x.number for x in lines if "[[" in x.bare)
        what = "[[ is not closed before an empty line; read as text"
        out.report.append(Remark(line=row, level="note", what=what))
    return out


def _title_page(lines: list[Line]) -> tuple[TitlePage, int]:
    start = next((i for i, x in enumerate(lines) if x.raw.strip()), len(lines))
    pages: list[tuple[str, list[str]]] = []
    at = start
    while at < len(lines) and lines[at].raw.strip():
        raw = lines[at].raw
        found = _KEY.match(raw)
        if raw[:1] in " \t" and pages:
            pages[-1][1].append(raw.strip())
        elif found and not lines[at].only and not starts_like_heading(raw):
            pages.append((found["key"], [v] if (v := found["value"].strip()) else []))
        else:
            break
        at += 1
    known = any(key.casefold() in TITLE_KEYS for key, _ in pages)
    if not known:
        return (), 0
    return tuple((key, tuple(values)) for key, values in pages), at


def opens_title_page(text: str) -> bool:
    """Would this text be read as beginning with a title page?"""
    return bool(_title_page(logical_lines(text))[0])


class _Reader:
    def __init__(self, lines: list[Line], at: int, out: Parsed) -> None:
        self.lines, self.at, self.out = lines, at, out
        self.gap = 0  # empty lines since the last element
        self.after_blank = True  # as far as headings, cues and transitions care

    def read(self) -> None:
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if line.blank:
                if line.only == "boneyard":
                    self.put("boneyard", _inside(line.raw, "/*", "*/"))
                else:
                    self.gap += 1
                    self.at += 1
                self.after_blank = True
                continue
            if line.only == "note":
                before = self.after_blank
                self.put("note", _inside(line.raw, "[[", "]]"))
                self.after_blank = before
                continue
            self.paragraph(line)

    def put(self, kind: Kind, text: str = "", steps: int = 1, **more: object) -> None:
        row = self.lines[self.at].number
        gap = max(self.gap, 1) if "gap" not in more else more.pop("gap")
        self.out.elements.append(
            Element.model_validate({"kind": kind, "text": text, "line": row, "gap": gap, **more})
        )
        self.at += steps
        self.gap, self.after_blank = 0, False

    def note(self, what: str) -> None:
        line = self.lines[self.at]
        text = line.raw.strip()[:120]
        self.out.report.append(Remark(line=line.number, level="note", what=what, text=text))

    def paragraph(self, line: Line) -> None:
        text = line.raw.strip()
        bare = line.bare.strip()
        if text.startswith("!"):
            self.action()
        elif PAGE_BREAK.match(bare):
            self.put("page_break")
            self.after_blank = True
        elif bare.startswith("#") and bare.strip("#").strip():
            self.put("section", text.lstrip("#").strip(), depth=len(text) - len(text.lstrip("#")))
            self.after_blank = True
        elif bare.startswith("=") and bare.strip("=").strip():
            self.put("synopsis", text[1:].strip() if text[0] == "=" else text)
            self.after_blank = True
        elif bare.startswith(">") and text.startswith(">"):
            if bare.endswith("<") and text.endswith("<") and len(bare) > 1:
                self.put("centred", text[1:-1].strip())
            else:
                self.put("transition", text[1:].strip())
        elif text.startswith("~"):
            self.lyrics()
        elif self.after_blank and self.heading(line):
            pass
        elif self.after_blank and text.startswith("@") and cue(bare[1:], forced=True):
            self.speech(forced=True)
        elif self.after_blank and not self.blank_at(self.at + 1, notes=False) and cue(line.bare):
            self.speech(forced=False)
        elif self.after_blank and self.blank_at(self.at + 1) and is_transition(line.bare):
            self.put("transition", text)
        else:
            self.action()

    def blank_at(self, at: int, notes: bool = True) -> bool:
        """Is there an empty line, or the end? Lines that are only notes are looked through."""
        while notes and at < len(self.lines) and self.lines[at].only == "note":
            at += 1
        return at >= len(self.lines) or self.lines[at].blank

    def heading(self, line: Line) -> bool:
        text = line.raw.strip()
        forced = is_forced_heading(line.bare) and text.startswith(".")
        natural = starts_like_heading(line.bare)
        if not forced and not natural:
            return False
        if natural and not self.blank_at(self.at + 1):
            below = self.lines[self.at + 1].bare
            if starts_like_heading(below):
                self.note("looks like a slugline, but another follows at once; read as action")
                return False
            if not below.lstrip().startswith(("=", "#")):
                self.note("slugline with no empty line after it")
        heading, number = take_number(text[1:] if forced else text)
        if "#" in heading and not number:
            self.note("the # in this slugline gives no scene number")
        self.put("heading", heading, number=number)
        self.after_blank = True
        return True

    def speech(self, forced: bool) -> None:
        line = self.lines[self.at]
        raw = line.raw.strip()
        text = raw[1:].strip() if forced else raw
        dual = text.endswith("^")
        name = text[:-1].rstrip() if dual else text
        self.put("character", name, dual=dual)
        held: list[str] = []
        begun = self.at

        def flush() -> None:
            nonlocal held
            if held:
                self.add_spoken("dialogue", "\n".join(held), begun)
            held = []

        while self.at < len(self.lines):
            here = self.lines[self.at]
            said = here.raw.strip()
            if here.blank:
                spaces = here.raw.strip("\n")
                if here.only or not (len(spaces) >= 2 and not spaces.strip(" ")):
                    break
                if self.blank_at(self.at + 1):
                    break
            kind: Kind = "dialogue"
            if here.bare.strip().startswith("(") and here.bare.strip().endswith(")"):
                kind = "parenthetical"
            elif said.startswith("~"):
                kind, said = "lyric", said[1:].strip()
            if kind == "dialogue":
                begun = begun if held else self.at
                held.append(said)
            else:
                flush()
                self.add_spoken(kind, said, self.at)
            self.at += 1
        flush()
        self.gap, self.after_blank = 0, False

    def add_spoken(self, kind: Kind, text: str, at: int) -> None:
        row = self.lines[at].number
        self.out.elements.append(Element(kind=kind, text=text, line=row, gap=0))

    def lyrics(self) -> None:
        sung = []
        for line in self.lines[self.at :]:
            if not line.raw.strip().startswith("~"):
                break
            sung.append(line.raw.strip()[1:].strip())
        self.put("lyric", "\n".join(sung), steps=len(sung))

    def action(self) -> None:
        held: list[str] = []
        begun = self.at
        at = begun
        for at in range(begun, len(self.lines)):
            line = self.lines[at]
            text = line.raw.strip()
            if line.blank:
                break
            if at > begun and text[:1] in "#=>~" and self.starts_other(line):
                break
            raw = line.raw.rstrip().replace("\t", "    ")
            held.append(raw.lstrip()[1:] if text.startswith("!") else raw)
            if at > begun and starts_like_heading(line.bare):
                self.note_at(at, "looks like a slugline, but stands inside action; read as action")
        else:
            at += 1
        self.put("action", "\n".join(held), steps=at - begun)

    def starts_other(self, line: Line) -> bool:
        bare = line.bare.strip()
        if bare[:1] in "#=":
            return bool(bare.strip(bare[0]).strip()) or bool(PAGE_BREAK.match(bare))
        return bare[:1] in (">", "~")

    def note_at(self, at: int, what: str) -> None:
        here, self.at = self.at, at
        self.note(what)
        self.at = here


def _inside(raw: str, opened: str, closed: str) -> str:
    """The words of a line that is one note or one boneyard; several stay as they are."""
    text = raw.strip()
    if text.count(opened) == 1 and text.startswith(opened) and text.endswith(closed):
        return text[2:-2].strip()
    return text

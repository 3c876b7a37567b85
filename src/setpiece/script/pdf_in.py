"""Rows of a text PDF to elements, by the columns a screenplay is typed in."""

from __future__ import annotations

import re
from collections import Counter

from setpiece.script.fountain_in import Parsed, TitlePage
from setpiece.script.marks import cue, is_transition, split_cue
from setpiece.script.model import Element, Kind, Remark
from setpiece.script.pdf_rows import Row, read_rows
from setpiece.script.slug import starts_like_heading

# Columns in points right of the action's margin (1.5 in): dialogue 1 in, parenthetical 1.6 in,
# cue 2.2 in, transition 4 in; borders half way between.
_DIALOGUE, _PARENTHETICAL, _CUE, _TRANSITION = 36.0, 94.0, 126.0, 235.0
_WIDTHS = {"action": 60, "dialogue": 35, "parenthetical": 26}
_NUMBER = r"[A-Z]{0,3}-?\d{1,4}[A-Z]{0,3}(?:[-.]\w{1,3})?\.?"
_NUMBERED = re.compile(rf"(?P<n>{_NUMBER})\s+(?P<text>\S.*?)(?:\s+(?P=n))?\*?$")
_FURNITURE = re.compile(
    r"\d{1,4}[A-Z]?\.?\*?$|\(?MORE\)?$|\(?CONTINUED:?\)?:?(\s*\(\d+\))?$|\(CONT['’]D\)$"
)
_CREDIT = re.compile(
    r"(?i)((screenplay|written|story|teleplay) )*by$|(scritto da|di|escrita por|écrit par|von)$"
)
_CONTINUED = re.compile(r"\(\s*(CONT['’]?D|CONTINUED|SEGUE|CONT\.)\s*\)", re.IGNORECASE)


def parse_pdf(data: bytes, name: str) -> Parsed:
    """Read a PDF typed as screenplays are; what is left out (page numbers, MORE) is remarked.

    Raises:
        ScriptError: see `pdf_rows.read_rows`.
    """
    pages, heights = read_rows(data, name)
    out = Parsed()
    bare = "".join(r.text for rows in pages for r in rows)
    if unreadable := bare.count("\x00") + bare.count("\ufffd"):
        what = f"{unreadable} characters whose font does not say which letters they are"
        out.report.append(Remark(line=0, level="lost", what=what))
    margin = _margin(pages)
    if len(pages) > 1 and _is_title(pages[0], margin):
        out.title_page = _title_page(pages[0], margin)
        pages, heights = pages[1:], heights[1:]
    repeated = Counter(re.sub(r"\d+", "#", r.text) for rows in pages for r in rows[:1])
    reader = _Reader(out, margin)
    for rows, height in zip(pages, heights, strict=True):
        for i, row in enumerate(rows):
            edge = row.y > height - 62 or row.y < 48
            head = i == 0 and repeated[re.sub(r"\d+", "#", row.text)] > 2 and edge
            if head or (
                _FURNITURE.match(row.text.strip()) and (edge or not row.text.strip()[0].isdigit())
            ):
                reader.left_out(row)
            else:
                reader.row(row, top=i == 0 or all(o.y > height - 62 for o in rows[:i]))
    reader.flush()
    reader.unspoken()
    return out


def _margin(pages: list[list[Row]]) -> float:
    """Where action begins: where sluglines stand, else the leftmost column in frequent use."""
    slugs = Counter(
        round(p.x) for rows in pages for r in rows for p in r.pieces if starts_like_heading(p.text)
    )
    if slugs:
        return float(slugs.most_common(1)[0][0])
    columns = Counter(round(r.pieces[0].x) for rows in pages for r in rows)
    often = [x for x, n in columns.items() if n * 12 >= sum(columns.values())]
    left = float(min(often))
    return left if left < 90 else 108.0


def _is_title(rows: list[Row], margin: float) -> bool:
    typed = [p for r in rows for p in r.pieces]
    return (
        0 < len(rows) < 30
        and rows[0].pieces[0].x > margin + 4
        and any(p.x > margin + 60 for p in typed)
        and not any(starts_like_heading(p.text) or p.text.endswith("TO:") for p in typed)
    )


def _title_page(rows: list[Row], margin: float) -> TitlePage:
    """Centred above the credit: the title; below it the author; at the left: contact."""
    pages: dict[str, list[str]] = {}
    credit = next((i for i, r in enumerate(rows) if _CREDIT.match(r.text.strip())), None)
    for i, row in enumerate(rows):
        if row.pieces[0].x < margin + 4 or ("Author" in pages and row.above > 6):
            key = "Contact"
        elif not pages or (list(pages) == ["Title"] and (i < credit if credit else not row.above)):
            key = "Title"
        elif i == credit:
            key = "Credit"
        else:
            key = "Author" if "Author" not in pages else "Source"
        pages.setdefault(key, []).append(row.text.strip())
    return tuple((key, tuple(v)) for key, v in pages.items())


class _Reader:
    def __init__(self, out: Parsed, margin: float) -> None:
        self.out, self.margin = out, margin
        self.kind: Kind | None = None
        self.held, self.number, self.gap, self.line = "", "", 1, 0
        self.last = ""  # the row before, to tell a wrapped line from a meant one
        self.count = 0
        self.more = False
        self.speaker = ""
        self.right: list[str] = []  # the right-hand speech of two, until the left one ends

    def left_out(self, row: Row) -> None:
        self.count += 1
        self.more = self.more or "MORE" in row.text
        what = f"page {row.page}: page number or running line, left out"
        self.out.report.append(
            Remark(line=self.count, level="note", what=what, text=row.text[:120])
        )

    def row(self, row: Row, top: bool) -> None:
        self.count += 1
        pieces = list(row.pieces)
        number = ""
        if (
            len(pieces) > 1
            and pieces[0].x < self.margin - 12
            and re.fullmatch(_NUMBER, pieces[0].text)
        ):
            number = pieces.pop(0).text.rstrip(".")
            if pieces[-1].text.rstrip(".* ") == number:
                pieces.pop()
        elif (found := _NUMBERED.match(row.text)) and starts_like_heading(found["text"]):
            self.put("heading", found["text"], row.above, found["n"].rstrip("."))
            return
        if len(pieces) > 1 and pieces[-1].text == "*" and pieces[-1].x > self.margin + 400:
            pieces.pop()  # a revision mark in the margin
            what = f"page {row.page}: a revision mark (*) in the margin"
            self.out.report.append(Remark(line=self.count, level="note", what=what))
        x, text = pieces[0].x - self.margin, pieces[0].text
        if len(pieces) == 2 and x > 4 and pieces[1].x - self.margin > 180:
            self.beside(text, pieces[1].text, row)
            return
        if self.right and x > 180 and row.above == 0:
            self.right.append(text)
            return
        self.place(x, " ".join(p.text for p in pieces), row, number, top)

    def place(self, x: float, text: str, row: Row, number: str, top: bool) -> None:
        speaking = self.kind in ("character", "dialogue", "parenthetical")
        if (number and not starts_like_heading(text)) or (
            x < _DIALOGUE and starts_like_heading(text)
        ):
            self.put("heading", text, row.above, number)
        elif x >= _CUE and (is_transition(text) or x >= _TRANSITION) and row.above:
            self.put("transition", text, row.above)
        elif x >= _CUE and cue(text) and (row.above or top):
            self.cue(text, row)
        elif x >= _DIALOGUE and speaking and text.startswith("(") and x >= _PARENTHETICAL - 20:
            self.put("parenthetical", text, 0)
        elif self.kind == "parenthetical" and not self.held.endswith(")"):
            self.more_of(text, 0)
        elif _DIALOGUE <= x < _CUE and speaking:
            if self.kind == "dialogue":
                self.more_of(text, row.above if not top else 0)
            else:
                self.put("dialogue", text, 0)
        elif x >= _DIALOGUE and row.above and not speaking:
            self.put("centred", text, row.above)
        elif self.kind == "action" and not row.above:
            self.more_of(text, 0)
        elif is_transition(text) and row.above:
            self.put("transition", text, row.above)
        else:
            indent = " " * max(0, round(x / 7.2)) if x < _DIALOGUE else ""
            self.put("action", indent + text, row.above)

    def cue(self, text: str, row: Row) -> None:
        name, _ = split_cue(text)
        if self.more and name == self.speaker and _CONTINUED.search(text):
            what = f"page {row.page}: the speech goes on over the page; cue left out"
            self.out.report.append(Remark(line=self.count, level="note", what=what, text=text))
            self.more = False
            return
        self.more, self.speaker = False, name
        self.put("character", text, row.above)

    def beside(self, left: str, right: str, row: Row) -> None:
        if row.above or not self.right:
            self.put("character", left, row.above)
        elif left.startswith("("):
            self.put("parenthetical", left, 0)
        elif self.kind == "dialogue":
            self.more_of(left, 0)
        else:
            self.put("dialogue", left, 0)
        self.right.append(right)

    def put(self, kind: Kind, text: str, above: int, number: str = "") -> None:
        self.flush(keep_right=kind in ("parenthetical", "dialogue"))
        self.kind, self.held, self.number = kind, text, number
        self.gap = (
            0
            if kind in ("parenthetical", "dialogue")
            else 1
            if kind == "heading"
            else max(above, 1)
        )
        self.line, self.last = self.count, text

    def more_of(self, text: str, above: int) -> None:
        wide = len(self.last) + 1 + len(text.split(" ")[0]) > _WIDTHS.get(self.kind or "", 60) - 3
        self.held += "\n" * (above + 1) + text if above or not wide else f" {text}"
        self.last = text

    def flush(self, keep_right: bool = False) -> None:
        if self.kind:
            self.add(self.kind, self.held, self.gap, self.number)
        self.kind = None
        if self.right and not keep_right:
            self.add("character", self.right[0], 1, dual=True)
            for text in self.right[1:]:
                last = self.out.elements[-1]
                kind: Kind = "parenthetical" if text.startswith("(") else "dialogue"
                if kind == last.kind == "dialogue":
                    joined = f"{last.text} {text}"
                    self.out.elements[-1] = last.model_copy(update={"text": joined})
                else:
                    self.add(kind, text, 0)
            self.right = []

    def unspoken(self) -> None:
        """A name with nothing said under it was no cue: THE END stands where cues stand."""
        last = self.out.elements[-1] if self.out.elements else None
        if last and last.kind == "character":
            self.out.elements[-1] = last.model_copy(update={"kind": "centred"})

    def add(self, kind: Kind, text: str, gap: int, number: str = "", dual: bool = False) -> None:
        text = text.replace("\x00", "\ufffd")
        if gap:
            self.unspoken()
        self.out.elements.append(
            Element(kind=kind, text=text, gap=gap, number=number, dual=dual, line=self.line)
        )

"""Final Draft XML (FDX, Final Draft 8 to 13) to elements."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element as Node

from setpiece.errors import ScriptError
from setpiece.script.fdx_tags import Tag, proposal, tags_of, unused
from setpiece.script.fdx_title import read_title_page
from setpiece.script.fdx_xml import open_root, revisions_of, spaced, words_of
from setpiece.script.fountain_in import Parsed
from setpiece.script.lines import plain, styled
from setpiece.script.model import Element, Kind, Remark

_KINDS: dict[str, Kind] = {
    "scene heading": "heading", "action": "action", "character": "character",
    "parenthetical": "parenthetical", "dialogue": "dialogue", "transition": "transition",
    "shot": "shot", "general": "action", "lyrics": "lyric", "singing": "lyric",
    "cast list": "action", "new act": "centred", "end of act": "centred", "": "action",
    "synopsis": "synopsis",
}  # fmt: skip
# Settings of the program; any other part that holds words is content, and is named if not read.
_SETTINGS = frozenset(
    """Content TitlePage ScriptNotes Watermarking HeaderAndFooter SpellCheckIgnoreLists PageLayout
    WindowState TextState ElementSettings SmartType MoresAndContinueds LockedPages Revisions
    SplitState Macros Actors Cast CastList SceneNumberOptions CharacterHighlighting
    TargetScriptLength Characters Writers TagData AltCollection""".split()  # noqa: SIM905
)
_DEEPEST = 60
_SPOKEN = ("parenthetical", "dialogue", "lyric")


def parse_fdx(data: bytes, name: str) -> Parsed:
    """Read FDX.

    Raises:
        ScriptError: not XML, cut short, not Final Draft's, or with a document type or entities.
    """
    root = open_root(data, name)
    out = Parsed()
    tags = tags_of(root, out.report)
    reader = _Reader(out, revisions_of(root), tags)
    content = root.find("Content")
    if content is None:
        raise ScriptError(f"{name}: holds no <Content>; export it again from Final Draft.")
    for paragraph in content:
        reader.paragraph(paragraph)
    page = root.find("TitlePage/Content")
    out.title_page = read_title_page(page) if page is not None else ()
    for alternative in root.iterfind("AltCollection/Alt"):
        if text := spaced("\n".join(words_of(p) for p in alternative.iter("Paragraph")).strip()):
            out.elements.append(Element(kind="note", text=f"Alternative dialogue: {text}"))
            what = "alternative dialogue, put at the end as a note"
            out.report.append(Remark(line=0, level="note", what=what, text=text[:120]))
    notes = root.find("ScriptNotes")
    if notes is not None:
        for note in notes:
            text = "\n".join(words_of(p) for p in note.iter("Paragraph")).strip()
            if text:
                out.elements.append(Element(kind="note", text=spaced(text)))
                what = f"note of range {note.get('Range', '?')}, put at the end"
                out.report.append(Remark(line=0, level="note", what=what, text=text[:120]))
    for node in root:
        known = node.tag in _SETTINGS or node.tag.endswith(("Preferences", "State", "Options"))
        if not known and words_of(node).strip():
            what = f"<{node.tag}> is not understood and not kept"
            text = " ".join(words_of(node).split())[:120]
            out.report.append(Remark(line=0, level="lost", what=what, text=text))
    out.report += unused(tags, reader.tagged)
    return out


class _Reader:
    def __init__(self, out: Parsed, revisions: dict[str, str], tags: dict[str, Tag]) -> None:
        self.out, self.revisions, self.tags = out, revisions, tags
        self.tagged: set[str] = set()  # numbers of tags that words carry
        self.row = 0
        self.gap = 1
        self.second = False  # the next cue is the right-hand one of two

    def paragraph(self, node: Node, depth: int = 0) -> None:
        if depth > _DEEPEST:
            raise ScriptError("the FDX nests paragraphs deeper than any script does; refused.")
        self.row += 1
        if node.tag != "Paragraph":
            if words_of(node).strip():
                self.remark("lost", f"<{node.tag}> stands where a paragraph should", words_of(node))
            return
        for dual in node.findall("DualDialogue"):
            self.dual(dual, depth)
        text, revised = self.text(node)
        omitted = node.findall("OmittedScene")
        if text.strip() or omitted:
            self.put(node, text, revised)
            self.tag(node, text)
        elif not node.findall("DualDialogue"):
            self.empty(node)
        for scene in omitted:
            self.out.omitted.add(len(self.out.elements) - 1)
            for inner in scene:
                self.hidden(inner, depth + 1)

    def dual(self, node: Node, depth: int) -> None:
        cues = 0
        for inner in node:
            if (inner.get("Type") or "").casefold() == "character":
                cues += 1
                self.second = cues > 1
            self.paragraph(inner, depth + 1)
        self.second = False

    def hidden(self, node: Node, depth: int) -> None:
        """A paragraph of an omitted scene: its slugline must not begin a scene."""
        before = len(self.out.elements)
        self.paragraph(node, depth)
        for i in range(before, len(self.out.elements)):
            if self.out.elements[i].kind == "heading":
                self.out.elements[i] = self.out.elements[i].model_copy(update={"kind": "shot"})

    def text(self, node: Node) -> tuple[str, str]:
        parts: list[tuple[str, frozenset[str]]] = []
        revised = ""
        for child in node:
            if child.tag == "Text":
                style = frozenset((child.get("Style") or "").split("+"))
                said = words_of(child)
                notes = [c for c in child if c.tag == "ScriptNote"]
                if notes:
                    said = child.text or ""
                parts.append((said, style & {"Bold", "Italic", "Underline"}))
                parts += [(self.script_note(n), frozenset({"note"})) for n in notes]
                parts += [(n.tail or "", frozenset()) for n in notes]
                revised = self.revisions.get(child.get("RevisionID") or "0", revised)
            elif child.tag == "ScriptNote":
                parts.append((self.script_note(child), frozenset({"note"})))
            elif child.tag == "DynamicLabel":
                continue
            elif child.tag == "SceneProperties":
                summary = " ".join(words_of(s) for s in child.iterfind("Summary")).strip()
                if summary:
                    parts.append((f"[[Synopsis: {spaced(summary)}]]", frozenset({"note"})))
            elif child.tag not in ("DualDialogue", "OmittedScene") and words_of(child).strip():
                self.remark("lost", f"<{child.tag}> in a paragraph", words_of(child))
        merged: list[tuple[str, frozenset[str]]] = []
        for said, style in parts:
            if merged and merged[-1][1] == style and "note" not in style:
                merged[-1] = (merged[-1][0] + said, style)
            elif said:
                merged.append((said, style))
        return "".join(t if "note" in s else styled(spaced(t), s) for t, s in merged), revised

    def tag(self, node: Node, text: str) -> None:
        """Tags of this paragraph's words belong to the element it became, or was added to."""
        for part in node.iterfind("Text"):
            for number in re.findall(r"\d+", part.get("TagNumber") or ""):
                if number in self.tags:
                    self.tagged.add(number)
                    found = proposal(self.tags[number], plain(text), self.row)
                    self.out.tags.setdefault(len(self.out.elements) - 1, []).append(found)

    def script_note(self, node: Node) -> str:
        said = "\n".join(words_of(p) for p in node.iter("Paragraph")) or words_of(node)
        said = spaced(re.sub(r"\n[ \t]?(?=\n)", "\n  ", said.strip()))
        name = (node.get("Name") or "").casefold()
        if name == "boneyard":
            return f"/* {said} */"
        return f"[[{said}]]" if said else ""

    def empty(self, node: Node) -> None:
        if node.get("StartsNewPage") == "Yes":
            self.out.elements.append(Element(kind="page_break", line=self.row))
            return
        last = self.out.elements[-1] if self.out.elements else None
        kind = _KINDS.get((node.get("Type") or "").casefold(), "action")
        if kind == "dialogue" and last and last.kind == "dialogue":
            self.out.elements[-1] = last.model_copy(update={"text": last.text + "\n"})
        elif kind == "action":
            self.gap += 1

    def put(self, node: Node, text: str, revised: str) -> None:
        name = node.get("Type") or ""
        kind = _KINDS.get(name.casefold())
        depth = 0
        if name.casefold().startswith("outline "):
            kind, depth = "section", int(d) if (d := name[8:].strip()).isdigit() else 1
        if kind is None:
            self.remark("note", f'paragraphs of type "{name}" are read as action', text)
            kind = "action"
        if node.get("StartsNewPage") == "Yes":
            self.out.elements.append(Element(kind="page_break", line=self.row))
        for alone, mark, end in (("note", "[[", "]]"), ("boneyard", "/*", "*/")):
            if (
                kind == "action"
                and text.startswith(mark)
                and text.endswith(end)
                and text.count(mark) == 1
            ):
                kind, text = alone, text[2:-2].strip()  # type: ignore[assignment]
        if kind == "action" and node.get("Alignment") == "Center":
            kind = "centred"
        last = self.out.elements[-1] if self.out.elements else None
        spoken = kind in _SPOKEN and last is not None and (last.kind in ("character", *_SPOKEN))
        if kind in ("parenthetical", "dialogue") and not spoken:
            self.remark("note", f"{kind} with no cue before it; read as action", text)
            kind = "action"
        text = text.rstrip("\n") if kind == "action" else text.strip()
        if kind in ("dialogue", "lyric") and spoken and last and last.kind == kind:
            same = {"text": f"{last.text}\n{text}", "revision": revised or last.revision}
            self.out.elements[-1] = last.model_copy(update=same)
            return
        text = (
            text if kind in ("action", "dialogue", "lyric", "note", "boneyard") else _one_line(text)
        )
        self.out.elements.append(
            Element(
                kind=kind, text=text, number=node.get("Number", "") if kind == "heading" else "",
                depth=depth, dual=self.second and kind == "character", revision=revised,
                gap=0 if spoken else self.gap, line=self.row,
            )
        )  # fmt: skip
        self.gap = 1

    def remark(self, level: str, what: str, text: str) -> None:
        shown = " ".join(text.split())[:120]
        self.out.report.append(
            Remark.model_validate({"line": self.row, "level": level, "what": what, "text": shown})
        )


def _one_line(text: str) -> str:
    return text if "[[" in text or "/*" in text else re.sub(r"\s*\n\s*", " ", text)

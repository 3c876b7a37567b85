"""Elements to Final Draft XML, as Final Draft 8 and later open it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from setpiece.script.lines import runs, spans
from setpiece.script.model import Element, Screenplay

_TYPES = {
    "heading": "Scene Heading", "action": "Action", "character": "Character",
    "parenthetical": "Parenthetical", "dialogue": "Dialogue", "lyric": "Lyrics",
    "transition": "Transition", "centred": "Action", "shot": "Shot",
}  # fmt: skip
_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPOKEN = ("parenthetical", "dialogue", "lyric")


def fdx_bytes(script: Screenplay) -> bytes:
    """The script as FDX in UTF-8.

    Notes, boneyard and synopses travel as script notes, sections as outline paragraphs. Lost:
    keys of the title page that have a place on the page (Title, Author...), extra empty lines.
    """
    root = ET.Element("FinalDraft", DocumentType="Script", Template="No", Version="5")
    names = {e.revision: str(i) for i, e in enumerate(_revised(script), 1)}
    content = ET.SubElement(root, "Content")
    _write(content, script.opening, names)
    for scene in script.scenes:
        if scene.omitted:
            heading, *hidden = scene.elements
            node = _paragraph(content, heading, names)
            inner = ET.SubElement(node, "OmittedScene")
            _write(inner, hidden, names)
        else:
            _write(content, scene.elements, names)
    if script.title_page:
        _title_page(ET.SubElement(root, "TitlePage"), script)
    if names:
        block = ET.SubElement(root, "Revisions")
        for name, number in names.items():
            ET.SubElement(block, "Revision", ID=number, Name=name, Mark="*", Style="")
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)


def _revised(script: Screenplay) -> list[Element]:
    seen: dict[str, Element] = {}
    for e in script.elements:
        if e.revision:
            seen.setdefault(e.revision, e)
    return list(seen.values())


def _write(parent: ET.Element, elements: Sequence[Element], names: dict[str, str]) -> None:
    new_page = False
    at = 0
    while at < len(elements):
        e = elements[at]
        if e.kind == "page_break":
            new_page = True
            at += 1
            continue
        first = _speech(elements, at)
        second = _speech(elements, first) if first > at else at
        if first > at and second > first and elements[first].dual and not e.dual:
            holder = ET.SubElement(parent, "Paragraph")
            block = ET.SubElement(holder, "DualDialogue")
            for spoken in elements[at:second]:
                _paragraph(block, spoken, names)
            node, at = holder, second
        else:
            node = _paragraph(parent, e, names)
            at += 1
        if new_page:
            node.set("StartsNewPage", "Yes")
            new_page = False
    if new_page:
        ET.SubElement(parent, "Paragraph", Type="Action", StartsNewPage="Yes")


def _speech(elements: Sequence[Element], at: int) -> int:
    """Where the speech that begins at a cue ends; `at` itself where there is no cue."""
    if at >= len(elements) or elements[at].kind != "character":
        return at
    end = at + 1
    while end < len(elements) and elements[end].kind in _SPOKEN and elements[end].gap == 0:
        end += 1
    return end


def _paragraph(parent: ET.Element, e: Element, names: dict[str, str]) -> ET.Element:
    if e.kind in ("note", "boneyard", "synopsis"):
        node = ET.SubElement(
            parent, "Paragraph", Type="General" if e.kind != "synopsis" else "Synopsis"
        )
        if e.kind == "synopsis":
            _text(node, e, e.text, names)
        else:
            _note(node, e.kind, e.text)
        return node
    if e.kind == "section":
        node = ET.SubElement(parent, "Paragraph", Type=f"Outline {max(e.depth, 1)}")
        _text(node, e, e.text, names)
        return node
    lines = _split(e.text) if e.kind in ("dialogue", "lyric") else [e.text]
    for line in lines:
        node = ET.SubElement(parent, "Paragraph", Type=_TYPES[e.kind])
        if e.kind == "centred":
            node.set("Alignment", "Center")
        if e.number:
            node.set("Number", _clean(e.number))
        _text(node, e, line, names)
    return node


def _split(text: str) -> list[str]:
    """Lines, but none is cut inside a note."""
    from setpiece.script.lines import logical_lines

    return [line.raw for line in logical_lines(text)]


def _text(node: ET.Element, e: Element, text: str, names: dict[str, str]) -> None:
    at = 0
    for begin, end, kind in spans(text):
        _runs(node, e, text[at:begin], names)
        _note(node, kind, text[begin + 2 : end - 2])
        at = end
    _runs(node, e, text[at:], names)


def _runs(node: ET.Element, e: Element, text: str, names: dict[str, str]) -> None:
    if not text:
        return
    parts: list[tuple[str, frozenset[str]]] = []
    for i, line in enumerate(text.split("\n")):
        for part, style in ([("\n", frozenset[str]())] if i else []) + runs(line):
            if parts and (parts[-1][1] == style or not part.strip()):
                parts[-1] = (parts[-1][0] + part, parts[-1][1])
            elif part:
                parts.append((part, style))
    for part, style in parts:
        run = ET.SubElement(node, "Text")
        if style:
            run.set("Style", "+".join(sorted(style)))
        if e.revision:
            run.set("RevisionID", names[e.revision])
        run.text = _clean(part)


def _note(node: ET.Element, kind: str, text: str) -> None:
    note = ET.SubElement(node, "ScriptNote", Name=kind.capitalize())
    for line in text.strip().split("\n"):
        paragraph = ET.SubElement(note, "Paragraph")
        ET.SubElement(paragraph, "Text").text = _clean(line)


def _title_page(node: ET.Element, script: Screenplay) -> None:
    content = ET.SubElement(node, "Content")
    for key, values in script.title_page:
        centred = key.casefold() in ("title", "credit", "author", "authors", "source")
        placed = centred or key.casefold() in ("contact", "draft date", "copyright")
        for value in values:
            side = "Center" if centred else "Left"
            paragraph = ET.SubElement(content, "Paragraph", Type="General", Alignment=side)
            said = value if placed else f"{key}: {value}"
            ET.SubElement(paragraph, "Text").text = _clean(said)


def _clean(text: str) -> str:
    return _NOT_XML.sub("", text)

"""Elements to Fountain: plain where plain is read back as the same, forced where it is not."""

from __future__ import annotations

from setpiece.script.fountain_in import opens_title_page
from setpiece.script.lines import logical_lines
from setpiece.script.marks import PAGE_BREAK, cue, is_forced_heading, is_transition
from setpiece.script.model import Element, Scene, Screenplay
from setpiece.script.slug import starts_like_heading, take_number

_SPOKEN = ("parenthetical", "dialogue", "lyric")


def fountain_text(script: Screenplay) -> str:
    """The script as Fountain, ending in a line end.

    Lost: revision marks (Fountain has none). An omitted scene becomes its OMITTED slugline with
    what it said in a boneyard.
    """
    head = _title_page(script.title_page)
    body = _join(script.opening)
    for scene in script.scenes:
        body += _omitted(scene) if scene.omitted else _join(scene.elements)
    text = body.lstrip("\n")
    if not head and opens_title_page(text):
        text = f"!{text}"
    return f"{head}\n{text}\n" if head else f"{text}\n"


def _title_page(pages: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
    out = ""
    for key, values in pages:
        kept = [v for v in values if v.strip()]
        if len(kept) == 1:
            out += f"{key}: {kept[0]}\n"
        else:
            out += "".join([f"{key}:\n", *(f"    {v}\n" for v in kept)])
    return out


def _join(elements: tuple[Element, ...]) -> str:
    out = ""
    for element in elements:
        inside = element.gap == 0 and element.kind in _SPOKEN
        out += ("\n" if inside else "\n" * (1 + max(element.gap, 1))) + _write(element)
    return out


def _omitted(scene: Scene) -> str:
    heading, *hidden = scene.elements
    out = _join((heading,))
    if hidden:
        said = _join(tuple(hidden)).strip("\n").replace("*/", "* /").replace("/*", "/ *")
        out += f"\n\n/*\n{said}\n*/"
    return out


def _write(element: Element) -> str:
    kind, text = element.kind, element.text
    if kind == "heading":
        return _heading(element)
    if kind == "character":
        found = cue(text)
        plainly = found is not None and not found[1]
        return f"{'' if plainly else '@'}{text}{' ^' if element.dual else ''}"
    if kind == "dialogue":
        return "\n".join(line.raw or "  " for line in logical_lines(text))
    if kind == "lyric":
        return "\n".join(f"~{line}" for line in text.split("\n"))
    if kind == "transition":
        plainly = is_transition(text) and not text.startswith((">", ".", "!", "@", "~", "#", "="))
        return text if plainly else f"> {text}"
    if kind == "centred":
        return f"> {text} <"
    if kind == "section":
        return f"{'#' * max(element.depth, 1)} {text}"
    if kind == "synopsis":
        return f"= {text}"
    if kind == "note":
        return text if "[[" in text else f"[[{text}]]"
    if kind == "boneyard":
        return text if "/*" in text else f"/* {text} */"
    if kind == "page_break":
        return "==="
    if kind == "parenthetical":
        return text
    return _action(text, shot=kind == "shot")


def _heading(element: Element) -> str:
    text = element.text
    number = f" #{element.number}#" if element.number else ""
    plainly = starts_like_heading(text) and take_number(text) == (text, "")
    if plainly or is_forced_heading("." + text):
        return f"{'' if plainly else '.'}{text}{number}"
    return _action(text + number, shot=False)


def _action(text: str, shot: bool) -> str:
    out = []
    for i, line in enumerate(logical_lines(text)):
        bare = line.bare.strip()
        risky = not bare or bare[0] in "!#=>~@." or bool(PAGE_BREAK.match(bare))
        if i == 0 and bare:
            looks = starts_like_heading(bare), is_transition(bare), cue(bare)
            risky = risky or any(looks)
        mark = "!" if risky or (shot and i == 0) else ""
        out.append(mark + line.raw)
    return "\n".join(out)

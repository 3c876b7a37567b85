"""Final Draft's title page, which has places on paper but no keys, as Fountain's keys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element as Node

from setpiece.script.fdx_xml import spaced, words_of
from setpiece.script.fountain_in import TitlePage

_DATE = re.compile(r"\b\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\b")
_KEYED = re.compile(r"(?P<key>[A-Z][\w ]{1,30}): (?P<value>.+)$")


def read_title_page(content: Node) -> TitlePage:
    """Centred: title, credit, author; left: draft date and contact, as the field lays them out."""
    pages: dict[str, list[str]] = {}
    for node, text in _lines(content):
        keyed = _KEYED.match(text)
        centred = node.get("Alignment") == "Center"
        if keyed and not centred:
            key, text = keyed["key"], keyed["value"]
        elif centred and not pages:
            key = "Title"
        elif centred and re.fullmatch(
            r"(?i)(screenplay |story |written |scritto |par |di |by ?)+.*", text
        ):
            key = "Credit" if len(text.split()) < 4 else "Source"
        elif centred and "Credit" in pages and "Author" not in pages:
            key = "Author"
        elif centred:
            key = "Source" if pages else "Title"
        elif _DATE.search(text) or re.match(r"(?i)(draft|rev)", text):
            key = "Draft date"
        elif "©" in text or text.casefold().startswith("copyright"):
            key = "Copyright"
        else:
            key = "Contact"
        pages.setdefault(key, []).append(text)
    return tuple((key, tuple(values)) for key, values in pages.items())


def _lines(content: Node) -> Iterator[tuple[Node, str]]:
    for node in content.iter("Paragraph"):
        for line in "".join(words_of(t) for t in node.findall("Text")).split("\n"):
            if line.strip():
                yield node, spaced(line.strip())

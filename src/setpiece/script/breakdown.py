"""What the action lines may ask for: proposals for a person to confirm, never facts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

from setpiece.script.breakdown_words import NOT_CAST, WORDS
from setpiece.script.lines import plain
from setpiece.script.model import Category, Element, Proposal

_SENTENCE = re.compile(r"[^.!?…]+[.!?…]*")
_NEW = re.compile(
    r"(?<![\w'’])(?:[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ'’.-]+)(?:[ ][A-ZÀ-ÖØ-Þ0-9][A-ZÀ-ÖØ-Þ0-9'’.-]*){0,3}"
)
_AGE = re.compile(r"\s*(?:,\s*\d{1,2}|\(\s*(?:\d|early|late|mid|teen))")


@cache
def _finder() -> tuple[re.Pattern[str], dict[str, Category], list[tuple[str, Category]]]:
    whole: dict[str, Category] = {}
    stems: list[tuple[str, Category]] = []
    for category, words in WORDS.items():
        for word in words.split():
            if word.endswith("*"):
                stems.append((word[:-1], category))
            else:
                whole.setdefault(word, category)
    forms = sorted(whole, key=len, reverse=True)
    inside = "|".join(map(re.escape, forms))
    begin = "|".join(re.escape(s) for s, _ in stems)
    pattern = re.compile(rf"(?<![\w-])(?:({inside})(?:e?s)?|({begin})\w*)(?![\w-])", re.IGNORECASE)
    return pattern, whole, stems


def propose(action: Sequence[Element], cast: frozenset[str]) -> tuple[Proposal, ...]:
    """Items named in action, each once a scene, with the sentence it came from.

    A name in capitals that nobody's cue has, followed by an age, is proposed as a part without
    words. The cast's own names are no items ("MR. FOX" is not an animal).
    """
    pattern, whole, stems = _finder()
    names = _names(cast)
    out: dict[tuple[Category, str], Proposal] = {}
    for element in action:
        text = plain(element.text).replace("\n", " ")
        spared = names.sub(lambda m: " " * len(m.group()), text) if names else text
        for sentence in _SENTENCE.finditer(text):
            words = sentence.group().strip()
            begin, end = sentence.span()
            for found in pattern.finditer(spared, begin, end):
                if found[1]:
                    item, category = found[1].lower(), whole[found[1].lower()]
                else:
                    item = found.group().lower()
                    category = next(c for s, c in stems if item.startswith(s))
                out.setdefault(
                    (category, item),
                    Proposal(category=category, item=item, words=words[:300], line=element.line),
                )
            for item in _introduced(text[begin:end], text[end : end + 20], cast):
                out.setdefault(
                    ("cast", item),
                    Proposal(category="cast", item=item, words=words[:300], line=element.line),
                )
    return tuple(out.values())


def _names(cast: frozenset[str]) -> re.Pattern[str] | None:
    forms = sorted({f for n in cast for f in (n, n.title())}, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, forms))})(?!\w)") if forms else None


def _introduced(sentence: str, after: str, cast: frozenset[str]) -> Iterable[str]:
    for found in _NEW.finditer(sentence):
        name = found.group().strip(" .'’-")
        if name in cast or not set(name.split()) - NOT_CAST or len(name) < 3:
            continue
        if _AGE.match(sentence[found.end() :] + after):
            yield name

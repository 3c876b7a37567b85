"""A sentence as a row of known things: words become items with a kind and a value.

Accents and case do not matter, the longest phrase wins, numbers may be digits or words, and
what is said about time, speed and storeys is put together before clauses are looked at.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import Any

from setpiece.collapse import brief_numbers as numbers
from setpiece.collapse import brief_words as words
from setpiece.collapse.brief_measures import Item, measures, storeys

LANGUAGES = ("en", "it", "es")

_TOKEN = re.compile(
    r"(?P<ordinal>\d+(?:st|nd|rd|th|º|ª|°))(?!\w)"
    r"|(?P<number>\d+(?:[.,]\d+)?)"
    r"|(?P<unit>(?:km|m)/(?:h|s|sec)(?!\w))"
    r"|(?P<negated>[^\W\d_]+n['’]t(?!\w))"
    r"|(?P<word>[^\W\d_]+)"
    r"|(?P<percent>%)"
    r"|(?P<break>[;:.,!?()\[\]\n\r…—–]|\s-\s)"
)
_BIGGEST = 1e9  # a longer number is nonsense all the same, and must not overflow


@dataclass(frozen=True)
class _Token:
    kind: str
    plain: str
    start: int
    end: int


def lex(text: str, fps: float) -> tuple[str, list[Item]]:
    """The language of a text and its items in order, without its stop words.

    Frame numbers become seconds at `fps`: from 1001 they count from the first frame, below
    that from zero.
    """
    tokens = [
        _Token(match.lastgroup or "", _plain(match.group()), match.start(), match.end())
        for match in _TOKEN.finditer(text)
    ]
    tokens = [t for t in tokens if t.plain or t.kind in ("percent", "break")]
    language = _language(tokens)
    items = _items(tokens, language)
    return language, storeys(measures(items, fps))


def _plain(word: str) -> str:
    spread = unicodedata.normalize("NFKD", word.lower())
    return "".join(letter for letter in spread if not unicodedata.combining(letter))


@cache
def _stop(language: str) -> frozenset[str]:
    return frozenset(words.STOPWORDS[language].split())


@cache
def _phrases() -> dict[str, list[tuple[tuple[str, ...], words.Entry]]]:
    """Phrases by the first letters of their first word, the longest first."""
    found: dict[str, list[tuple[tuple[str, ...], words.Entry]]] = defaultdict(list)
    for entry in words.LEXICON:
        for phrase in entry[3].split("|"):
            parts = tuple(phrase.split())
            found[parts[0][:2].rstrip("*")].append((parts, entry))
    for group in found.values():
        group.sort(key=lambda pair: (-len(pair[0]), -sum(map(len, pair[0]))))
    return found


def _same(pattern: str, word: str) -> bool:
    return word.startswith(pattern[:-1]) if pattern.endswith("*") else word == pattern


def _matches(tokens: list[_Token], at: int) -> list[tuple[int, words.Entry]]:
    """Phrases that begin at a token, the longest first, as (tokens taken, entry)."""
    plain = tokens[at].plain
    candidates = _phrases().get(plain[:2], []) + (_phrases().get(plain[:1], []) if plain else [])
    found = []
    for parts, entry in candidates:
        here = tokens[at : at + len(parts)]
        if len(here) == len(parts) and all(map(_same, parts, (t.plain for t in here))):
            found.append((len(parts), entry))
    return sorted(found, key=lambda pair: -pair[0])


def _language(tokens: list[_Token]) -> str:
    score = dict.fromkeys(LANGUAGES, 0.0)
    for at, token in enumerate(tokens):
        for language in LANGUAGES:
            score[language] += token.plain in _stop(language)
        for language in {entry[2] for _, entry in _matches(tokens, at)}:
            score[language] += 1.5
    return max(LANGUAGES, key=lambda language: score[language])


def _items(tokens: list[_Token], language: str) -> list[Item]:
    items: list[Item] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        taken, kind, value = _one(tokens, at, language)
        if kind == "add" and items and items[-1].kind in ("second", "minute"):
            number = items[-2] if len(items) > 1 and items[-2].kind == "number" else None
            if number:  # "a second and a half": the half belongs to the number before the unit
                items[-2] = Item("number", number.value + value, number.start, number.end)
        elif kind != "stop":
            items.append(Item(kind, value, token.start, tokens[at + taken - 1].end))
        at += taken
    return items


def _one(tokens: list[_Token], at: int, language: str) -> tuple[int, str, Any]:
    """What stands at a token: how many tokens it takes, its kind and its value."""
    token = tokens[at]
    if token.kind == "break":
        return 1, "break", token.plain
    if token.kind == "percent":
        return 1, "percent", None
    if token.kind == "unit":
        return 1, "m/s", 1 / 3.6 if token.plain.startswith("km") else 1.0
    if token.kind == "negated":
        return 1, "not", None
    if token.kind == "ordinal":
        digits = re.match(r"\d+", token.plain)
        return 1, "ordinal", int(min(float(digits.group() if digits else 1), _BIGGEST))
    ordinal = numbers.ordinals(language).get(token.plain)
    if ordinal is not None and _counts_floors(tokens, at, language):
        return 1, "ordinal", ordinal
    taken, value = _number(tokens, at, language)
    matches = _matches(tokens, at)
    own = [match for match in matches if match[1][2] == language]
    if taken and (not own or own[0][0] <= taken):
        return taken, "number", value
    half = _half_after(tokens, at, language)
    if half:
        return half, "add", 0.5
    if own:
        return own[0][0], own[0][1][0], own[0][1][1]
    if token.plain in _stop(language):
        return 1, "stop", None
    if matches:
        return matches[0][0], matches[0][1][0], matches[0][1][1]
    if len(token.plain) == 1 or any(token.plain in _stop(other) for other in LANGUAGES):
        return 1, "stop", None
    return 1, "word", token.plain


def _counts_floors(tokens: list[_Token], at: int, language: str) -> bool:
    """Whether an ordinal counts floors: "second" may be a time, "first" may be an order."""

    def is_floor(index: int) -> bool:
        return 0 <= index < len(tokens) and any(e[0] == "floor" for _, e in _matches(tokens, index))

    if is_floor(at - 1) and language != "en":  # "planta segunda"
        return True
    linking = {"and", "to", "e", "y", "a", "al", "or", "o", "the", "il", "el", "la", ","}
    for ahead in range(at + 1, min(at + 8, len(tokens))):
        plain = tokens[ahead].plain
        known = (
            plain in linking
            or plain in numbers.ordinals(language)
            or _number(tokens, ahead, language)[0]
        )
        if is_floor(ahead):
            return True
        if not known and tokens[ahead].kind != "ordinal":
            return False
    return False


def _number(tokens: list[_Token], at: int, language: str) -> tuple[int, float]:
    """A number in digits or words, with its half: (tokens taken, value), else (0, 0)."""
    plain = tokens[at].plain
    counts = numbers.counts(language)
    taken, value = 1, 0.0
    if tokens[at].kind == "number":
        value = min(float(plain.replace(",", ".")), _BIGGEST)
    elif plain in numbers.TENS or plain in counts:
        value = float(numbers.TENS.get(plain, counts.get(plain, 0)))
        after = tokens[at + 1].plain if at + 1 < len(tokens) else ""
        if plain in numbers.TENS and 0 < counts.get(after, 0) < 10:
            taken, value = 2, value + counts[after]
        elif (
            after == "point" and at + 2 < len(tokens) and counts.get(tokens[at + 2].plain, 10) < 10
        ):
            taken, value = 3, value + counts[tokens[at + 2].plain] / 10
    else:
        for size in (4, 3, 2, 1):
            phrase = " ".join(t.plain for t in tokens[at : at + size])
            if phrase in numbers.HALVES and _unit_at(tokens, at + size):
                return size, numbers.HALVES[phrase]
        if plain in numbers.ONES and _unit_at(tokens, at + 1):
            return 1, 1.0
        return 0, 0.0
    half = _half_after(tokens, at + taken, language)
    return (taken + half, value + 0.5) if half else (taken, value)


def _half_after(tokens: list[_Token], at: int, language: str) -> int:
    """Tokens taken by "and a half" ("e mezzo", "y medio") at a place, 0 if it is not there."""
    for phrase in ("and a half", "e mezzo", "e mezza", "y medio", "y media"):
        size = len(phrase.split())
        if " ".join(t.plain for t in tokens[at : at + size]) == phrase:
            return size
    return 0


def _unit_at(tokens: list[_Token], at: int) -> bool:
    return at < len(tokens) and any(
        entry[0] in ("second", "minute") for _, entry in _matches(tokens, at)
    )

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

from setpiece.collapse import brief_words as words

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
_BIGGEST = 1e9


@dataclass(frozen=True)
class Item:
    """One understood thing, or one unknown word (kind `word`), at characters start to end."""

    kind: str
    value: Any
    start: int
    end: int


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
    return language, _storeys(_measures(items, fps))


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
        return 1, "break", None
    if token.kind == "percent":
        return 1, "percent", None
    if token.kind == "unit":
        return 1, "m/s", 1 / 3.6 if token.plain.startswith("km") else 1.0
    if token.kind == "negated":
        return 1, "not", None
    if token.kind == "ordinal":
        digits = re.match(r"\d+", token.plain)
        return 1, "ordinal", int(min(float(digits.group() if digits else 1), _BIGGEST))
    ordinal = _ordinals(language).get(token.plain)
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


@cache
def _ordinals(language: str) -> dict[str, int]:
    found = {word: i + 1 for i, word in enumerate(words.ORDINALS[language].split())}
    return {**words.MORE_ORDINALS, **found} if language == "es" else found


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
            plain in linking or plain in _ordinals(language) or _number(tokens, ahead, language)[0]
        )
        if is_floor(ahead):
            return True
        if not known and tokens[ahead].kind != "ordinal":
            return False
    return False


@cache
def _counts(language: str) -> dict[str, int]:
    return {word: i for i, word in enumerate(words.NUMBERS[language].split())}


def _number(tokens: list[_Token], at: int, language: str) -> tuple[int, float]:
    """A number in digits or words, with its half: (tokens taken, value), (0, 0) if there is none."""
    plain = tokens[at].plain
    counts = _counts(language)
    taken, value = 1, 0.0
    if tokens[at].kind == "number":
        value = min(float(plain.replace(",", ".")), _BIGGEST)
    elif plain in words.TENS or plain in counts:
        value = float(words.TENS.get(plain, counts.get(plain, 0)))
        after = tokens[at + 1].plain if at + 1 < len(tokens) else ""
        if plain in words.TENS and 0 < counts.get(after, 0) < 10:
            taken, value = 2, value + counts[after]
        elif (
            after == "point" and at + 2 < len(tokens) and counts.get(tokens[at + 2].plain, 10) < 10
        ):
            taken, value = 3, value + counts[tokens[at + 2].plain] / 10
    else:
        for size in (4, 3, 2, 1):
            phrase = " ".join(t.plain for t in tokens[at : at + size])
            if phrase in words.HALVES and _unit_at(tokens, at + size):
                return size, words.HALVES[phrase]
        if plain in words.ONES and _unit_at(tokens, at + 1):
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


def _measures(items: list[Item], fps: float) -> list[Item]:
    """Join numbers with their units: `time` [s], `rate` [m/s], `share` (of real speed)."""
    out: list[Item] = []
    at = 0
    while at < len(items):
        kinds = [item.kind for item in items[at : at + 3]]
        here = items[at]
        number = next((i.value for i in items[at : at + 2] if i.kind == "number"), 0.0)
        joined: tuple[str, Any] | None = None
        size = 2
        if kinds[:2] == ["number", "second"]:
            joined = "time", number
        elif kinds[:2] == ["number", "minute"]:
            joined = "time", number * 60
        elif kinds[:2] in (["number", "frame"], ["frame", "number"]):
            joined = "time", (number - 1001 if number >= 1001 else number) / fps
        elif kinds[:2] in (["after", "number"], ["second", "number"]):
            size = 3 if kinds[2:] in (["second"], ["minute"], ["frame"]) else 2
            scale = {"minute": 60.0, "frame": 1 / fps}.get(kinds[2] if size == 3 else "", 1.0)
            frames = number - 1001 if scale == 1 / fps and number >= 1001 else number
            joined = "time", frames * scale
        elif kinds[:2] == ["number", "m/s"]:
            joined = "rate", round(number * items[at + 1].value, 3)
        elif kinds[:2] == ["number", "percent"]:
            joined = "share", number / 100
        elif kinds[:1] == ["now"]:
            joined, size = ("time", 0.0), 1
        if joined is None:
            out.append(here)
            at += 1
            continue
        # "over 3 seconds" is how long, and there is no order for that: it is not a start.
        kind = "duration" if joined[0] == "time" and out and out[-1].kind == "span" else joined[0]
        out.append(Item(kind, joined[1], here.start, items[at + size - 1].end))
        at += size
    return out


def _storeys(items: list[Item]) -> list[Item]:
    """Join what names storeys into `storeys` items: a tuple of indices, 0 is the ground floor."""
    out: list[Item] = []
    at = 0
    while at < len(items):
        size, value = _storeys_at(items, at)
        if size:
            out.append(Item("storeys", value, items[at].start, items[at + size - 1].end))
        else:
            out.append(items[at])
        at += size or 1
    return out


def _storeys_at(items: list[Item], at: int) -> tuple[int, tuple[int, ...]]:
    here = items[at]
    kinds = [item.kind for item in items[at : at + 3]]
    if here.kind == "storey":
        return 1, (here.value,)
    if here.kind == "top" and here.value == "from":  # "from the top", with no floor counted
        return 1, (-1,)
    if kinds[2:] == ["floor"] and {"number"} < set(kinds[:2]) <= {
        "number",
        "top",
        "bottom",
        "ordinal",
    }:
        count = next(int(i.value) for i in items[at : at + 2] if i.kind == "number")
        lowest = "top" not in kinds and next(
            (i.value == 1 for i in items[at : at + 2] if i.kind == "ordinal"), True
        )
        if 0 < count <= 200:
            return 3, tuple(range(count)) if lowest else tuple(range(-count, 0))
    end, values = at, list[int]()
    floor: Item | None = None
    if here.kind == "floor":
        floor, end = here, at + 1
    wanted = ("number", "ordinal")
    run = False
    while end < len(items) and items[end].kind in wanted and _whole(items[end].value):
        number = int(items[end].value)
        values += range(values[-1] + 1, number) if run and 0 < number - values[-1] <= 200 else ()
        values.append(number)
        end += 1
        if end + 1 < len(items) and items[end + 1].kind in wanted:
            run = items[end].kind in ("to", "a")
            if run or items[end].kind == "and" or (floor is None and items[end].kind == "break"):
                end += 1
                continue
        break
    if not values:
        return 0, ()
    if floor is None:
        if (
            end >= len(items)
            or items[end].kind != "floor"
            or here.kind == "number" == items[end - 1].kind
        ):
            return 0, ()
        floor, end = items[end], end + 1
    if end < len(items) and items[end].kind == "top" and items[end].value == "from":
        return end + 1 - at, tuple(sorted({-v for v in values if v > 0}))
    lower = 1 if floor.value == "american" else 0
    return end - at, tuple(sorted({max(v - lower, 0) for v in values}))


def _whole(value: float) -> bool:
    return float(value).is_integer() and 0 <= value <= 200

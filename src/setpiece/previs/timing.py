"""How long things take on screen: a speech by its words, an action by what it asks for."""

from __future__ import annotations

import re

WORDS_A_SECOND = 2.7  # 160 a minute: spoken English on screen runs at 140 to 180
SENTENCE = 0.25  # s of breath after each . ! ? ; : or dash
TURN = 0.35  # s before somebody answers
LEAST_SPEECH, LEAST_ACTION, MOST_ACTION = 0.9, 1.5, 15.0
INSTANT = 1e-3  # s: what is shorter is a rounding
READ = 0.22  # s of screen time for a word of action: a page of 260 words is about a minute

_BREATH = re.compile(r"[.!?;:…—]+|--")
_WORD = re.compile(r"\w+(?:['’]\w+)*")


def words_in(text: str) -> int:
    """Words as they are spoken: "don't" is one, digits are words of their own."""
    return len(_WORD.findall(text))


def speech_seconds(text: str) -> float:
    """Of a speech without parentheticals [s], the turn before it included."""
    words = words_in(text)
    if not words:
        return 0.0
    breaths = max(len(_BREATH.findall(text.rstrip(" .!?;:…—-"))), 0)
    return max(words / WORDS_A_SECOND + SENTENCE * breaths, LEAST_SPEECH) + TURN


def action_seconds(text: str) -> float:
    """Of a paragraph of action [s]: what the reader is told takes time to be seen."""
    words = words_in(text)
    return min(max(0.8 + READ * words, LEAST_ACTION), MOST_ACTION) if words else 0.0


def spoken_by(words: list[str], at: float, seconds: float) -> int:
    """How many words of a speech of `seconds` are spoken by `at` [s], by their letters."""
    if at >= seconds - 2 * INSTANT:
        return len(words)
    told = 0.0
    share = at / seconds * sum(len(w) + 1 for w in words)
    for n, word in enumerate(words):
        if at <= 2 * INSTANT or told + (len(word) + 1) / 2 > share:
            return n
        told += len(word) + 1
    return len(words)

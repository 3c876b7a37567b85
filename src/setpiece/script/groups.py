"""Cues that several people say together: ALL, BOTH MURDERERS, ANA AND LEO."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

# Everybody who is there, in the languages that sluglines are read in.
_EVERYBODY = frozenset(
    """ALL EVERYBODY EVERYONE BOTH TOGETHER TUTTI TUTTE ENTRAMBI INSIEME TODOS TODAS AMBOS JUNTOS
    TOUS TOUTES ENSEMBLE ALLE BEIDE ZUSAMMEN ALLEN SAMEN ALLA WSZYSCY ВСЕ ОБА HEPSI
    """.split()  # noqa: SIM905
)
_BOTH = frozenset(("BOTH", "ALL", "THE", "TWO", "THREE", "ENTRAMBI", "TUTTI", "AMBOS", "BEIDE"))
_JOIN = re.compile(r"\s*(?:[,/&+]|\b(?:AND|E|ED|Y|ET|UND|EN|OCH|I|И|VE)\b)\s*")


def people(name: str, there: Sequence[str]) -> tuple[str, ...]:
    """Who of `there` (names of a scene's cast, in order) a cue stands for.

    A name of one person stands for itself. "ALL" is everybody else who is there; "BOTH MURDERERS"
    the FIRST and the SECOND MURDERER; "ANA AND LEO", "ANA/LEO" and "ANA LEO" are two. A group of
    which nobody is known by another cue (SOLDIERS) stands for itself.
    """
    single = [n for n in there if n != name and not is_everybody(n)]
    if is_everybody(name):
        return tuple(n for n in single if people(n, single) == (n,))
    parts = [p for p in _JOIN.split(name) if p]
    if len(parts) > 1 and all(p in single for p in parts):
        return tuple(dict.fromkeys(parts))
    if pair := _two_names(name, single):
        return pair
    words = [w for w in name.split() if w not in _BOTH]
    kind = words[-1] if words else ""
    ones = tuple(n for n in single if kind and n.split()[-1] in _singular(kind))
    if len(ones) > 1 and kind not in {n.split()[-1] for n in ones}:
        return ones
    return (name,)


def is_everybody(name: str) -> bool:
    """ "ALL", "TUTTI": whoever is there."""
    return name in _EVERYBODY


def _two_names(name: str, single: Collection[str]) -> tuple[str, ...]:
    """ "MACBETH LENNOX": a line break or a comma that was lost between two cues."""
    words = name.split()
    for cut in range(1, len(words)):
        first, second = " ".join(words[:cut]), " ".join(words[cut:])
        if first in single and second in single:
            return (first, second)
    return ()


def _singular(word: str) -> set[str]:
    ends = (
        ("IES", "Y"),
        ("VES", "F"),
        ("MEN", "MAN"),
        ("ES", ""),
        ("S", ""),
        ("I", "O"),
        ("E", "A"),
    )
    return {word[: -len(a)] + b for a, b in ends if word.endswith(a) and len(word) > len(a) + 1}

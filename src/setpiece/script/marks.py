"""What one line is by its look: a cue, a transition, a page break (Fountain 1.1)."""

from __future__ import annotations

import re

from setpiece.script.slug import in_capitals, starts_like_heading

PAGE_BREAK = re.compile(r"\s*={3,}\s*$")
_CUE = re.compile(r"(?P<name>[^()^]+?)\s*(?P<extensions>(?:\([^()]*\)\s*)*)(?P<dual>\^)?$")
_TRANSITIONS = frozenset((
    "FADE IN", "FADE OUT", "FADE TO BLACK", "CUT TO BLACK", "SMASH TO BLACK", "FADE TO WHITE",
    "DISSOLVENZA", "DISSOLVENZA IN CHIUSURA", "STACCO", "FUNDIDO A NEGRO", "CORTE A",
    "FONDU AU NOIR",
    "FONDU ENCHAÎNÉ", "COUPE", "ABBLENDE", "AUFBLENDE", "SCHNITT", "CORTA PARA",
    "FADE OUT NAAR ZWART",
))  # fmt: skip


def is_transition(line: str) -> bool:
    """Capitals that end in TO:, or one of the field's stock phrases; a trailing space spares it."""
    if line != line.rstrip():
        return False
    text = line.strip()
    if not in_capitals(text) or text == text.lower():
        return False
    return text.endswith("TO:") or (
        text[-1:] in ".:" and text.rstrip(".:") in _TRANSITIONS and not text.endswith("..")
    )


def cue(line: str, forced: bool = False) -> tuple[str, bool] | None:
    """A character's cue without its dual mark, and whether it had one; None if it is none.

    A name is in capitals, of which one at least is a letter; extensions may be in any case.
    """
    text = line.strip()
    if forced:
        dual = text.endswith("^")
        name = text[:-1].rstrip() if dual else text
        return (name, dual) if name else None
    found = _CUE.match(text)
    if not found:
        return None
    name = found["name"]
    if not any(c.isupper() for c in name) or not in_capitals(name):
        return None
    if text[0] in "!@#=~>." or starts_like_heading(text):
        return None
    return text[: found.start("dual")].rstrip() if found["dual"] else text, bool(found["dual"])


def split_cue(text: str) -> tuple[str, tuple[str, ...]]:
    """ "ANA (V.O.) (CONT'D)" as "ANA" and its extensions."""
    extensions = tuple(e.strip() for e in re.findall(r"\(([^()]*)\)", text))
    name = re.sub(r"\([^()]*\)?", " ", text)
    return re.sub(r"\s+", " ", name).strip(" :^\t").upper(), extensions


def is_forced_heading(line: str) -> bool:
    """`.FORCED`: one full stop and then a letter or a digit."""
    text = line.strip()
    return text[:1] == "." and text[1:2].isalnum()

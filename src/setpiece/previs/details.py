"""What the action points at and is small: a crack, a hand laid on a wall, a hand that shakes.

They are things of the set (`Prop`), so that frames can be made for them: a crack is on a wall or a
building, a "hand" is in nobody's hand but is somebody's own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from setpiece.previs.beats import named, placed
from setpiece.previs.model import Beat, Figure, Prop, SetDesign, Vec3

_CRACK = re.compile(
    r"\b(?:cracks?(?=\s+(?:in|runs?|opens?|spreads?|across|up|down|along|between|through|appears?|"
    r"widens?|splits?)\b|[.,;])|fissures?|crep[ae]|lézarde|grietas?|risse?)\b",
    re.I,
)
_NO_CRACK = re.compile(
    r"\bcracks? (?:a smile|a joke|open|the)\b|\bcrack of (?:dawn|doom)\b|"
    r"\b(?:whip|thunder|voice|rifle|shot|gun|ice cream)\s+cracks\b",
    re.I,
)
_TOUCH = re.compile(
    r"\b(?:lays?|puts?|places?|press(?:es)?|rests?|runs?|slides?|spreads?|appoggia|posa|pose|pone|legt)"
    r"\s+(?:a|an|one|both|his|her|their|the|la|una|sa|su|seine|ihre)?\s*"
    r"(?:hands?|palms?|fingers?|fingertips|mano|main|hand)\b(?P<rest>[^.;!?]*)|"
    r"\b(?:his|her|their) (?:hand|palm|fingers?)s? (?:is |lies |rests? )?(?:on|against|over) "
    r"(?P<on>[^.;!?]*)|\btouch(?:es)?\b(?P<what>[^.;!?]*)", re.I
)  # fmt: skip
_WALLS = re.compile(
    r"\b(?:wall|stones?|bricks?|crack|plaster|rock|tower|muro|mur|pared|wand)\b", re.I
)
_HANDS = re.compile(
    r"\b(?:hands?|fists?|fingers?|knuckles)\b[^.;!?]{0,24}\b(?:trembl|shak|clench|tighten|hover|grip|"
    r"clos|open|reach|curl|twitch|let)\w*|"
    r"\b(?:clench|wring|rub|open|clos)\w*\s+(?:his|her|their)\s+(?:hands?|fists?|fingers?)\b", re.I
)  # fmt: skip
_GROUND = re.compile(
    r"\b(?:ground|earth|street|road|asphalt|pavement|cobbles|ice|floor|soil|terra|strada|sol|suelo)\b",
    re.I,
)
MARKS = ("crack", "masonry")  # kinds of props that are on a wall
ON_WALL = 1.42  # m over the floor, where a hand is laid


@dataclass(frozen=True)
class Touch:
    """Somebody lays a hand on a mark of the set: from the sentence at `after` of a beat on."""

    beat: int
    who: str
    item: str
    after: float


def details(
    beats: tuple[Beat, ...], dressed: SetDesign, people: list[Figure], props: list[Prop]
) -> tuple[list[Prop], list[Touch]]:
    """Marks and hands that the action lines name, as props, and who lays a hand on what."""
    if dressed.kind in ("car", "train"):
        return [], []
    names = tuple(f.name for f in people if f.species == "human")
    out: dict[str, Prop] = {}
    touches: list[Touch] = []
    for index, beat in enumerate(beats):
        if beat.what == "speech":
            continue
        for sentence, after in placed(beat.words):
            if _CRACK.search(sentence) and not _NO_CRACK.search(sentence) and "crack" not in out:
                found = _mark("crack", dressed, props, sentence)
                out |= {"crack": found} if found else {}
            who = (named(sentence, names) or [n for n in beat.who if n in names])[:1]
            touch = _TOUCH.search(sentence)
            if touch and who:
                on = touch["rest"] or touch["on"] or touch["what"] or ""
                item = "crack" if "crack" in out and re.search(r"\bit\b|crack", on) else ""
                if not item and _WALLS.search(on):
                    item = "masonry"
                    wall = out.get(item) or _mark(item, dressed, props, sentence)
                    out |= {item: wall} if wall else {}
                if item in out:
                    touches.append(Touch(index, who[0], item, round(after, 3)))
            elif _HANDS.search(sentence) and who and "hand" not in out:
                out["hand"] = Prop(item="hand", kind="hand", size=(0.1, 0.1, 0.16), held_by=who[0])
    return list(out.values()), touches


def touching(words: str) -> bool:
    """Whether words lay a hand on a wall, or on what was named just before."""
    found = _TOUCH.search(words)
    on = (found["rest"] or found["on"] or found["what"] or "") if found else ""
    return bool(_WALLS.search(on) or re.search(r"\bit\b", on))


def shows_hands(words: str) -> bool:
    """Whether words are about what somebody's hands do."""
    return bool(_HANDS.search(words))


def tells(prop: Prop, words: str) -> bool:
    """Whether a sentence is about a mark or a hand of the set."""
    if prop.kind == "hand":
        return shows_hands(words)
    if prop.kind == "crack" and _CRACK.search(words) and not _NO_CRACK.search(words):
        return True
    return prop.kind in MARKS and touching(words)


def _mark(kind: str, dressed: SetDesign, props: list[Prop], words: str) -> Prop | None:
    """On the back wall; outdoors on the tallest building of the words, or on the ground if they
    say so; None where there is nothing that it could be on."""
    wide, deep, high = dressed.size
    size: Vec3 = (0.55, 0.04, 1.7) if kind == "crack" else (0.9, 0.03, 0.6)
    if dressed.interior:
        x = round(wide * 0.3, 3)
        z = max(ON_WALL - size[2] / 2, 0.1)
        return Prop(item=kind, kind=kind, size=(*size[:2], min(size[2], high - z - 0.2)),
            position=(x, deep / 2 - 0.03, z), facing=-90.0)  # fmt: skip
    tall = [p for p in props if p.kind in ("tower", "leaning tower", "church", "lighthouse")]
    if tall:
        thing = max(tall, key=lambda p: p.size[2])
        x, y, z = thing.position
        front = y - 0.5 * thing.size[1] - 0.02
        big: Vec3 = (1.6, 0.06, 5.2) if kind == "crack" else size
        return Prop(item=kind, kind=kind, size=big, position=(x + 1.2, front, z + 0.2),
            facing=-90.0)  # fmt: skip
    if kind != "crack" or not _GROUND.search(words):
        return None
    return Prop(item=kind, kind="ground crack", size=(3.2, 1.2, 0.02), position=(0.4, -1.2, 0.01))

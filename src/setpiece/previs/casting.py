"""What somebody is and looks like: the same in every scene, by name and by the action lines."""

from __future__ import annotations

import re
from hashlib import sha256

from setpiece.previs.model import Build
from setpiece.previs.persona import Persona, guess, persona_of
from setpiece.script.model import Screenplay

HEIGHTS = {
    "dog": 0.5, "chihuahua": 0.3, "cat": 0.3, "horse": 1.9, "donkey": 1.45, "cow": 1.5,
    "sheep": 0.85, "pig": 0.75, "wolf": 0.8, "bear": 1.3, "rat": 0.12, "pigeon": 0.3,
    "crow": 0.38, "raven": 0.42, "gull": 0.4, "owl": 0.4, "bird": 0.26,
}  # fmt: skip
"""Of animals, to the top of their heads [m]."""
_SPECIES = {"CANE": "dog", "CHIHUAHUA": "dog", "CAVALLO": "horse"}
_CAST_ANIMALS = {"DOG", "CHIHUAHUA", "CANE", "CAT", "HORSE", "CAVALLO"}
_CHILD = re.compile(r"\b(SON|BOY|GIRL|CHILD|KID|FLEANCE|FIGLIO|BAMBIN[OA]|ENFANT|NIÑ[OA]|KIND)\b")


def build_of(name: str, species: str = "human", told: Persona | None = None) -> Build:
    """What somebody looks like: by name, and by what a script tells of them where it is given."""
    seed = sha256(name.encode()).digest()
    told = told or Persona(woman=guess(name) > 0)
    if species == "cloud":
        height = 5.0
    elif species != "human":
        last = name.split()[-1].rstrip("S").casefold()
        height = HEIGHTS.get(last, HEIGHTS.get(_SPECIES.get(last.upper(), species), 0.5))
    elif (told.age is not None and told.age < 13) or (
        told.age is None and _CHILD.search(name) and not re.search(r"OLD", name)
    ):
        height = 1.25 + 0.1 * seed[0] / 255
    else:
        height = (1.6 if told.woman else 1.72) + 0.16 * seed[0] / 255
    woman = int(told.woman and species == "human")
    return Build(
        height=round(height, 3), shape=2 * (seed[1] % 6) + woman, hue=seed[2] % 12,
        tone=seed[3] % 4, wears=told.wears,
    )  # fmt: skip


def build_in(name: str, species: str, script: Screenplay) -> Build:
    """The same by everything that a script tells of them."""
    return build_of(name, species, persona_of(name, script) if species == "human" else None)


def species_of(name: str, script: Screenplay) -> str:
    """ "human", or what the name and the script's words say: "dog", "horse", "cloud"."""
    last = name.split()[-1].rstrip("S")
    if last in _CAST_ANIMALS:
        return _SPECIES.get(last, last.lower())
    for element in script.elements:
        if element.kind == "action" and name in element.text:
            after = element.text.split(name, 1)[1][:160]
            if (
                re.search(r"^[^.]*\bcloud\b|^[^.]*\bnuvola\b", after, re.DOTALL)
                and "," in after[:2]
            ):
                return "cloud"
    return "human"

"""What somebody is and looks like, told by name alone: the same in every scene and version."""

from __future__ import annotations

import re
from hashlib import sha256

from setpiece.previs.model import Build
from setpiece.script.model import Screenplay

_ANIMALS = {"DOG": 0.45, "CHIHUAHUA": 0.3, "CANE": 0.45, "CAT": 0.3, "HORSE": 1.9, "CAVALLO": 1.9}
_CHILD = re.compile(r"\b(SON|BOY|GIRL|CHILD|KID|FLEANCE|FIGLIO|BAMBIN[OA]|ENFANT|NIÑ[OA]|KIND)\b")
_WOMAN = re.compile(
    r"\b(LADY|WITCH|QUEEN|MRS|MISS|WOMAN|GENTLEWOMAN|HECATE|MOTHER|DONNA|SIGNORA|MADAME|FRAU)\b|"
    r"[^LE]A$"
)


def is_woman(name: str) -> bool:
    """As far as a name tells."""
    return bool(_WOMAN.search(name))


def build_of(name: str, species: str = "human") -> Build:
    """What somebody looks like, by name alone: the same in every scene and every version."""
    seed = sha256(name.encode()).digest()
    if species == "cloud":
        height = 5.0
    elif species != "human":
        height = _ANIMALS.get(name.split()[-1].rstrip("S"), 0.45)
    elif _CHILD.search(name) and not re.search(r"OLD", name):
        height = 1.25 + 0.1 * seed[0] / 255
    else:
        height = (1.6 if _WOMAN.search(name) else 1.72) + 0.16 * seed[0] / 255
    woman = 1 if _WOMAN.search(name) and species == "human" else 0
    return Build(
        height=round(height, 3), shape=2 * (seed[1] % 4) + woman, hue=seed[2] % 12, tone=seed[3] % 4
    )


def species_of(name: str, script: Screenplay) -> str:
    """ "human", or what the name and the script's words say: "dog", "horse", "cloud"."""
    last = name.split()[-1].rstrip("S")
    if last in _ANIMALS:
        return {"CANE": "dog", "CHIHUAHUA": "dog", "CAVALLO": "horse"}.get(last, last.lower())
    for element in script.elements:
        if element.kind == "action" and name in element.text:
            after = element.text.split(name, 1)[1][:160]
            if (
                re.search(r"^[^.]*\bcloud\b|^[^.]*\bnuvola\b", after, re.DOTALL)
                and "," in after[:2]
            ):
                return "cloud"
    return "human"

"""Who wears what: the same person in every shot, unlike the others in silhouette and shade."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, replace

from setpiece.previs.solid import Colour

SKINS: tuple[Colour, ...] = (
    (0.97, 0.93, 0.88),
    (0.93, 0.85, 0.77),
    (0.78, 0.66, 0.57),
    (0.96, 0.90, 0.83),
)
HAIRS: tuple[Colour, ...] = (
    (0.14, 0.12, 0.11),
    (0.34, 0.24, 0.17),
    (0.62, 0.52, 0.38),
    (0.84, 0.84, 0.84),
    (0.5, 0.28, 0.17),
)
# Cloth in steps of lightness that stay apart when printed in grey.
CLOTHS: tuple[Colour, ...] = (
    (0.22, 0.23, 0.27),
    (0.90, 0.88, 0.83),
    (0.52, 0.50, 0.48),
    (0.36, 0.20, 0.20),
    (0.72, 0.70, 0.66),
    (0.28, 0.36, 0.34),
    (0.80, 0.66, 0.50),
    (0.42, 0.46, 0.56),
)
STEEL: Colour = (0.62, 0.64, 0.67)


@dataclass(frozen=True)
class Costume:
    """How a figure looks. cut: trousers, suit, tunic, robe, gown, dress, armour, coat.

    girth scales the body's width; beard is its length below the chin [m], 0 for none.
    """

    cut: str
    hair: str
    hat: str
    beard: float
    elder: bool
    girth: float
    cloak: bool
    top: Colour
    bottom: Colour
    accent: Colour
    skin: Colour
    hair_colour: Colour


# Cut, hair, hat, beard, cloak: silhouettes that differ at a glance; a shape id picks one.
_OLD = (
    ("tunic", "short", "", 0.0, True),
    ("robe", "long", "", 0.0, False),
    ("tunic", "curly", "", 0.02, False),
    ("robe", "fringe", "", 0.09, False),
    ("armour", "crop", "", 0.0, True),
    ("tunic", "tail", "", 0.0, False),
    ("coat", "short", "brim", 0.015, False),
    ("gown", "bun", "", 0.0, False),
)
# No beards here: a name of today does not say who could have one.
_NEW = (
    ("suit", "short", "", 0.0, False),
    ("trousers", "long", "", 0.0, False),
    ("coat", "crop", "", 0.0, False),
    ("dress", "bun", "", 0.0, False),
    ("trousers", "curly", "", 0.0, False),
    ("suit", "fringe", "", 0.0, False),
    ("trousers", "tail", "", 0.0, False),
    ("coat", "short", "cap", 0.0, False),
)
# Words in a name that say how its bearer looks; the first that is found decides.
_WORDS: tuple[tuple[tuple[str, ...], dict], ...] = (
    (
        ("WITCH", "HECATE", "STREGA", "BRUJA", "CRONE"),
        {"cut": "robe", "hat": "hood", "hair": "long", "elder": True, "cloak": False, "beard": 0.0},
    ),
    (
        ("LADY", "QUEEN", "PRINCESS", "DUCHESS", "REGINA", "REINA"),
        {"cut": "gown", "hair": "long", "hat": "circlet", "beard": 0.0, "cloak": False},
    ),
    (
        ("GENTLEWOMAN", "MAID", "NURSE", "NUN", "SUORA"),
        {"cut": "gown", "hair": "bun", "hat": "veil", "beard": 0.0, "cloak": False},
    ),
    (
        ("DUNCAN", "KING", "EMPEROR", "RE", "REY"),
        {"cut": "robe", "hat": "crown", "beard": 0.05, "elder": True, "cloak": True},
    ),
    (
        ("SERGEANT", "SOLDIER", "CAPTAIN", "GUARD", "KNIGHT", "SOLDATO", "SOLDADO", "SIWARD"),
        {"cut": "armour", "hat": "helmet", "cloak": False},
    ),
    (
        ("MURDERER", "KILLER", "THIEF", "ASSASSIN"),
        {"cut": "coat", "hat": "hood", "beard": 0.02, "cloak": False},
    ),
    (("APPARITION", "GHOST", "SPIRIT"), {"cut": "robe", "hat": "hood", "cloak": False}),
    (
        ("DOCTOR", "PRIEST", "MONK", "BISHOP", "DOTTORE", "MEDICO"),
        {"cut": "robe", "hair": "fringe", "beard": 0.07, "elder": True, "cloak": False},
    ),
    (
        ("PORTER", "COOK", "BARMAN", "INNKEEPER"),
        {"cut": "tunic", "hair": "fringe", "beard": 0.03, "girth": 1.22, "cloak": False},
    ),
    (
        ("SON", "BOY", "CHILD", "KID", "YOUNG", "FLEANCE", "BAMBINO", "NIÑO"),
        {"beard": 0.0, "hat": "", "hair": "short", "cloak": False},
    ),
    (("OLD", "GRAND", "NONNO", "NONNA", "VIEJO"), {"elder": True}),
    (
        ("WOMAN", "GIRL", "MOTHER", "WIFE", "DONNA", "MUJER", "MRS", "MISS", "MS"),
        {"cut": "gown", "hair": "long", "beard": 0.0},
    ),
    (("POLICE", "COP", "OFFICER", "DRIVER"), {"cut": "coat", "hat": "cap", "hair": "crop"}),
)


def costume(name: str, shape: int, hue: int, *, period: bool, extra: bool = False) -> Costume:
    """Clothes and head of `name` by shape and hue ids; `period` dresses for before 1850."""
    seed = zlib.crc32(name.upper().encode())
    table = _OLD if period else _NEW
    cut, hair, hat, beard, cloak = table[shape % len(table)]
    cloth = CLOTHS[hue % len(CLOTHS)]
    other = CLOTHS[(hue + 3 + seed % 3) % len(CLOTHS)]
    made = Costume(
        cut,
        hair,
        hat,
        beard,
        False,
        0.94 + 0.04 * (seed % 5),
        cloak,
        cloth,
        other,
        CLOTHS[(hue + 1) % len(CLOTHS)],
        SKINS[(seed >> 4) % len(SKINS)],
        HAIRS[(seed >> 8) % len(HAIRS)],
    )
    words = set(re.findall(r"\w+", name.upper()))
    for keys, change in _WORDS:
        if words.intersection(keys) or words.intersection(f"{k}S" for k in keys):
            made = replace(made, **change)
            break
    if not period:
        modern = {"robe": "coat", "tunic": "trousers", "armour": "coat"}
        made = replace(made, cut=modern.get(made.cut, made.cut), cloak=False)
        if made.hat in ("helmet", "crown", "circlet"):
            made = replace(made, hat="cap" if made.hat == "helmet" else "")
    elif made.hat == "cap":
        made = replace(made, hat="brim")
    if made.elder:
        made = replace(made, hair_colour=HAIRS[3])
    if made.cut == "armour":
        made = replace(made, accent=made.top, top=STEEL)
    if extra:
        made = replace(made, cloak=False)
    return made

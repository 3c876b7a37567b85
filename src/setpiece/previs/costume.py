"""Who wears what: the same person in every shot, unlike the others in silhouette and shade."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, replace

from setpiece.previs.hair_mesh import STYLES
from setpiece.previs.solid import Colour

SKINS: tuple[Colour, ...] = (
    (0.97, 0.93, 0.88),
    (0.93, 0.85, 0.77),
    (0.78, 0.66, 0.57),
    (0.96, 0.90, 0.83),
)
HAIRS: tuple[Colour, ...] = (
    (0.10, 0.09, 0.08),
    (0.27, 0.19, 0.14),
    (0.55, 0.45, 0.31),
    (0.74, 0.74, 0.74),
    (0.42, 0.22, 0.13),
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

    girth scales the body's width; hair is one of `hair_mesh.STYLES`; beard is its length below the
    chin [m], 0 for none; woman: how the body under the clothes is built; face: one of
    `head_mesh.FACES`.
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
    woman: bool = False
    face: int = 0


# Cut, hair, hat, beard, cloak: silhouettes that differ at a glance; half a shape id picks one.
_OLD_MEN = (
    ("tunic", "swept", "", 0.0, True),
    ("tunic", "curly", "", 0.02, False),
    ("robe", "receding", "", 0.09, False),
    ("armour", "crop", "", 0.0, True),
    ("coat", "mane", "brim", 0.015, False),
    ("tunic", "tail", "", 0.03, False),
)
_OLD_WOMEN = (
    ("gown", "long", "", 0.0, False),
    ("gown", "bun", "", 0.0, False),
    ("robe", "long", "hood", 0.0, False),
    ("gown", "tail", "", 0.0, True),
    ("gown", "long", "veil", 0.0, False),
    ("gown", "curly", "", 0.0, False),
)
# No beards here: a name of today does not say who could have one.
_NEW_MEN = (
    ("suit", "short", "", 0.0, False),
    ("trousers", "crop", "", 0.0, False),
    ("coat", "swept", "", 0.0, False),
    ("trousers", "curly", "", 0.0, False),
    ("coat", "crop", "cap", 0.0, False),
    ("trousers", "receding", "", 0.0, False),
)
_NEW_WOMEN = (
    ("trousers", "long", "", 0.0, False),
    ("dress", "bun", "", 0.0, False),
    ("coat", "long", "", 0.0, False),
    ("trousers", "tail", "", 0.0, False),
    ("suit", "bun", "", 0.0, False),
    ("coat", "curly", "", 0.0, False),
)
# What tells two men in the same clothes apart.
MENS_HAIR = ("short", "swept", "curly", "receding", "crop", "mane", "tail")
MANES = ("mane", "tail")  # long hair on a shaven man is taken for a woman's
_MENS_BEARDS = (0.0, 0.02, 0.0, 0.045, 0.03)
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


# What a script's word for a colour makes of cloth.
_DYES: dict[str, Colour] = {
    "black": CLOTHS[0], "dark": CLOTHS[0], "white": CLOTHS[1], "cream": CLOTHS[1],
    "pale": CLOTHS[1], "yellow": (0.93, 0.84, 0.5), "red": (0.55, 0.2, 0.18),
    "green": (0.34, 0.45, 0.33), "blue": (0.3, 0.36, 0.52), "grey": CLOTHS[2], "gray": CLOTHS[2],
    "brown": (0.42, 0.3, 0.22),
}  # fmt: skip
_APART = 0.2  # of lightness, between what is worn above and below


def costume(
    name: str, shape: int, hue: int, *, period: bool, extra: bool = False, wears: str = ""
) -> Costume:
    """Clothes and head of `name` by shape and hue ids; `period` dresses for before 1850.

    An odd shape is a woman. wears: what the script says they wear, in the words of `Build.wears`;
    it goes before what the name says.
    """
    seed = zlib.crc32(name.upper().encode())
    woman = shape % 2 == 1
    table = (_OLD_WOMEN if woman else _OLD_MEN) if period else (_NEW_WOMEN if woman else _NEW_MEN)
    cut, hair, hat, beard, cloak = table[shape // 2 % len(table)]
    if not woman and period:
        hair = MENS_HAIR[(seed >> 14) % (5 if hat else len(MENS_HAIR))]
        beard = _MENS_BEARDS[(seed >> 20) % len(_MENS_BEARDS)]
        if hair in MANES:
            beard = max(beard, 0.02)
    cloth = CLOTHS[hue % len(CLOTHS)]
    made = Costume(
        cut,
        hair,
        hat,
        beard,
        False,
        0.94 + 0.04 * (seed % 5),
        cloak,
        cloth,
        cloth,
        CLOTHS[(hue + 1) % len(CLOTHS)],
        SKINS[(seed >> 4) % len(SKINS)],
        HAIRS[(0, 1, 2, 1, 4)[(seed >> 8) % 5]],
        woman,
        (seed >> 12) % 4,
    )
    words = set(re.findall(r"\w+", name.upper()))
    for keys, change in _WORDS:
        if words.intersection(keys) or words.intersection(f"{k}S" for k in keys):
            made = replace(made, **change)
            break
    if not woman and made.cut in ("gown", "dress"):
        made = replace(made, cut="robe" if period else "trousers")
    made = _told(made, wears.split(), period)
    if not period:
        modern = {"robe": "coat", "tunic": "trousers", "armour": "coat", "gown": "dress"}
        made = replace(made, cut=modern.get(made.cut, made.cut), cloak=False)
        if made.hat in ("helmet", "crown", "circlet", "veil"):
            made = replace(made, hat="cap" if made.hat == "helmet" else "")
    elif made.hat == "cap":
        made = replace(made, hat="brim")
    if made.elder:
        made = replace(made, hair_colour=HAIRS[3])
    others = [CLOTHS[(hue + 3 + seed % 3 + k) % len(CLOTHS)] for k in range(len(CLOTHS))]
    apart = [c for c in others if abs(sum(c) - sum(made.top)) > 3 * _APART]
    made = replace(made, bottom=(apart or others)[0])
    if made.cut == "armour":
        made = replace(made, accent=made.top, top=STEEL)
    if extra:
        made = replace(made, cloak=False)
    return made


def _told(made: Costume, words: list[str], period: bool) -> Costume:
    """The same with what the script says they wear."""
    for word in words:
        if word in ("coat", "dress", "suit", "trousers", "armour"):
            old = {"dress": "gown", "suit": "tunic", "trousers": "tunic"}
            made = replace(made, cut=old.get(word, word) if period else word, cloak=False)
        elif word in ("hood", "cap", "brim", "helmet"):
            made = replace(made, hat=word)
        elif word in _DYES:
            made = replace(made, top=_DYES[word])
        elif word in ("elder", "young"):
            made = replace(made, elder=word == "elder")
        elif word == "bareheaded":
            made = replace(made, hat="")
        elif word in STYLES:
            made = replace(made, hair=word)
        elif word in ("bearded", "shaven"):
            made = replace(made, beard=(made.beard or 0.025) if word == "bearded" else 0.0)
    return made

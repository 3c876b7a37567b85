"""Who somebody is by the script's words: woman or man, how old, and what they wear.

A name is a guess; what the action lines say of its bearer weighs more: "he", "her" near the name,
"a WOMAN, 40", "an old man", "in a yellow raincoat".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from setpiece.script.lines import plain
from setpiece.script.model import Screenplay

ELDER = 58  # years from which hair is grey


@dataclass(frozen=True)
class Persona:
    """woman: how they are drawn. age: years, None where nothing tells. wears: words of `CLOTHES`,
    `HATS` and `COLOURS`, "elder" too, with spaces between."""

    woman: bool = False
    age: int | None = None
    wears: str = ""


_WOMEN_TITLES = re.compile(
    r"\b(?:LADY|WITCH|QUEEN|PRINCESS|MRS|MISS|MS|WOMAN|GENTLEWOMAN|HECATE|MOTHER|SISTER|DAUGHTER|"
    r"WIFE|GIRL|GRANDMOTHER|AUNT|NUN|MAID|WAITRESS|ACTRESS|WIDOW|BRIDE|DONNA|SIGNORA|RAGAZZA|MADRE|"
    r"MADAME|FEMME|FRAU|MÄDCHEN|MUJER|SEÑORA)(?:E?S)?\b"
)
_MEN_TITLES = re.compile(
    r"\b(?:LORD|KING|PRINCE|SIR|MR|MAN|GENTLEMAN|FATHER|BROTHER|SON|HUSBAND|BOY|GRANDFATHER|UNCLE|"
    r"MONK|WAITER|UOMO|SIGNORE?|PADRE|RAGAZZO|MONSIEUR|HOMME|HERR|MANN|HOMBRE|SEÑOR)S?\b"
)
_WOMEN_NAMES = (
    "INES INÉS CARMEN PILAR DOLORES ISABEL RAQUEL RUTH ESTHER ANN ANNE JANE JEAN JOAN MARY KATE "
    "ROSE GRACE CLAIRE LOUISE MARGARET ELIZABETH HELEN ELLEN KAREN SUSAN ALICE EMILY LUCY AMY "
    "NANCY BETTY JOYCE EVE ZOE CHLOE SOPHIE MARIE JULIE SYLVIE ÉLISE AGNÈS CÉCILE IRENE ADELE "
    "MATILDE BEATRICE ASTRID INGRID HEIDI GRETCHEN KIRSTEN DOROTHY SHIRLEY MEG BETH LIZ JILL "
    "SARAH HANNAH DEBORAH RACHEL ABIGAIL CATHERINE JESSICA JENNIFER MICHELLE NICOLE NATALIE "
    "VALERIE VIVIEN JUDITH EDITH GWEN MAY JUNE IRIS IVY DAISY HOLLY MOLLY POLLY SALLY"
)  # fmt: skip
_MEN_NAMES = (
    "LUCA ANDREA NICOLA MATTIA ELIA JOSHUA ENEA TOBIA GIANLUCA MISHA SASHA NIKITA ILYA EZRA NOAH "
    "JOHN JAMES ROBERT MICHAEL WILLIAM DAVID RICHARD JOSEPH THOMAS CHARLES DANIEL MATTHEW MARK "
    "PAUL PETER GEORGE HENRY JACK SAM BEN TOM TIM JIM JOE BILL BOB BO FRANK FRED HARRY ARTHUR "
    "SIMON ADAM LUKE LEO MAX OSCAR VICTOR MARCO PAOLO GIOVANNI ANTONIO CARLOS PABLO JUAN LUIS "
    "PIERRE LOUIS HANS KARL JONAS LUKAS FELIX STEFAN ERIK OLE "
    "DUNCAN HECTOR TOMÁS TOMAS ANGUS SEYTON COSTA BARNABA GIONA"
)  # fmt: skip
_WOMEN, _MEN = frozenset(_WOMEN_NAMES.split()), frozenset(_MEN_NAMES.split())
_PRONOUN = re.compile(  # whose they are; "throws her a rope" and "him" are about somebody else
    r"\b(?:(?P<she>she|hers|herself|lei|elle|ella|her(?= (?!an?\b|the\b|some\b|and\b|to\b|in\b|"
    r"from\b|on\b|at\b|as\b|with\b|into\b|up\b|by\b)\w))|(?P<he>he|his|himself|lui|él))\b"
)
_IS_WOMAN = re.compile(
    r"\b(?:woman|girl|lady|mother|daughter|sister|wife|widow|actress|grandmother|donna|ragazza|"
    r"femme|fille|frau|mädchen|mujer|chica)\b", re.I
)  # fmt: skip
_IS_MAN = re.compile(
    r"\b(?:man|boy|gentleman|father|son|brother|husband|grandfather|uomo|ragazzo|homme|garçon|mann|"
    r"junge|hombre|chico)\b", re.I
)  # fmt: skip
_AGE = re.compile(
    r"^\s*[,(]\s*(?:(?:a|an|aged?|in (?:his|her|their)|early|mid|late)[\s-]+)*"
    r"(?P<years>\d{1,2})\b(?:\s*\+|'?s)?"
)
_DECADES = {"teens": 15, "twenties": 25, "thirties": 35, "forties": 45, "fifties": 55,
    "sixties": 65, "seventies": 75, "eighties": 85}  # fmt: skip
_OLD = re.compile(
    r"^\s*[,(]\s*(?:an?\s+|un[ae]?\s+)?(?:very\s+)?"
    r"(?:old|elderly|aged|anzian[oa]|vecchi[oa]|âgée?|ancian[oa]|alte[rn]?)\b(?!\s*$)", re.I
)  # fmt: skip
CLOTHES = {
    "coat": r"(?:rain|over|trench ?|great)?coat|parka|mackintosh|cappotto|impermeabile|manteau|"
    r"abrigo|mantel",
    "dress": r"dress|skirt|gown|frock|nightgown|vestito|gonna|robe de|vestido|falda|kleid|rock",
    "suit": r"suit|tuxedo|dinner jacket|completo|costume|traje|anzug",
    "trousers": r"jeans|trousers|overalls|dungarees|sweater|pullover|t-shirt|hoodie|pantaloni|"
    r"pantalon|pantalón|hose",
    "armour": r"armou?r|chain ?mail|armatura|armure|rüstung",
}
"""How a cut is called on the page."""
HATS = {
    "hood": r"hood|hooded", "cap": r"(?:flat |peaked |baseball )?cap|beret", "brim": r"hat|fedora",
    "helmet": r"helmet|hard hat",
}  # fmt: skip
COLOURS = ("black", "dark", "white", "yellow", "cream", "red", "green", "blue", "grey", "gray",
    "brown", "pale")  # fmt: skip
_DRESSED = re.compile(r"\b(?:in|wears?|wearing|dressed in|indossa|en|porte|lleva|trägt)\b", re.I)

_known: list[tuple[Screenplay, dict[str, Persona]]] = []


def guess(name: str) -> float:
    """What a name alone tells: above 0 a woman, below 0 a man, 0 nothing."""
    name = name.upper()
    if _WOMEN_TITLES.search(name):
        return 5.0
    if _MEN_TITLES.search(name):
        return -5.0
    first = name.split()[0] if name.split() else ""
    if first in _WOMEN:
        return 1.0
    if first in _MEN:
        return -1.0
    return 0.9 if re.search(r"[^LE]A$", name) else 0.0


def persona_of(name: str, script: Screenplay) -> Persona:
    """What a script tells of one of its people; their name's guess where it tells nothing."""
    people = next((p for known, p in _known if known is script), None)
    if people is None:
        people = personas(script)
        _known.append((script, people))
        del _known[:-2]
    return people.get(name) or Persona(woman=guess(name) > 0)


def personas(script: Screenplay) -> dict[str, Persona]:
    """Everybody of the cast by name."""
    names = sorted({m.name for m in script.cast}, key=len, reverse=True)
    if not names:
        return {}
    any_name = re.compile(
        r"\b(?:" + "|".join(re.escape(n.casefold()) for n in names) + r")\b(?!['’]s)"
    )
    by_word = {n.casefold(): n for n in names}
    score = {n: guess(n) for n in names}
    age: dict[str, int] = {}
    wears: dict[str, list[str]] = {n: [] for n in names}
    for element in script.elements:
        if element.kind != "action":
            continue
        text = " ".join(plain(element.text).split())
        low = text.casefold()
        found = list(any_name.finditer(low))
        for k, match in enumerate(found):
            name = by_word[match[0]]
            until = found[k + 1].start() if k + 1 < len(found) else len(text)
            after = text[match.end() : until]
            _introduced(name, text[: match.start()], after, score, age, wears[name])
            # Whom "she" means is plain only where nobody else has been named.
            if len({m[0] for m in found[: k + 1]}) == 1:
                score[name] += sum(
                    1.0 if p["she"] else -1.0 for p in _PRONOUN.finditer(after.casefold())
                )
    return {
        n: Persona(
            score[n] > 0,
            age.get(n),
            " ".join([*dict.fromkeys(wears[n]), *(["elder"] if age.get(n, 0) >= ELDER else [])]),
        )
        for n in names
    }  # fmt: skip


def _introduced(
    name: str, before: str, after: str, score: dict[str, float], age: dict[str, int],
    wears: list[str],
) -> None:  # fmt: skip
    """ "ANA, 40, a tall woman in a black coat": what stands beside a name in its own sentence."""
    sentence = re.split(r"(?<=[.!?;])\s", after)[0]
    if re.match(r"\s*[,(]", after):
        aside = sentence[:90]
        score[name] += 3.0 * bool(_IS_WOMAN.search(aside)) - 3.0 * bool(_IS_MAN.search(aside))
        years = _AGE.match(after)
        decade = next((y for w, y in _DECADES.items() if w in aside.casefold()), None)
        if name not in age and (years or decade or _OLD.search(aside)):
            age[name] = int(years["years"]) if years else decade or ELDER + 7
    if re.search(r"\b(?:old|elderly)\s+$", before, re.I):
        age.setdefault(name, ELDER + 7)
    dressed = _DRESSED.search(sentence)
    if dressed is None or wears:
        return
    found = worn(sentence[dressed.end() : dressed.end() + 40])
    wears += found if any(w not in COLOURS for w in found) else []


def worn(words: str) -> list[str]:
    """Cut, hat and colours in words for clothes ("a yellow raincoat"), as `Build.wears` has them;
    "bareheaded" too."""
    out = []
    for table in (CLOTHES, HATS):
        for cut, pattern in table.items():
            if re.search(rf"\b(?:{pattern}|{cut})\b", words, re.I):
                out.append(cut)
                break
    if re.search(r"\bbare-?headed\b", words, re.I):
        out.append("bareheaded")
    return out + [c for c in COLOURS if re.search(rf"\b{c}\b", words, re.I)]

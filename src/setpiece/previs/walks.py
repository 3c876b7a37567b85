"""Who goes where, from the words of an action line: "crosses to the window", "sits", "steps back".

English first; the plain verbs of Italian, French, Spanish and German too. Coming in and going out
are not here (see `beats.py`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from setpiece.previs.beats import named
from setpiece.previs.model import Beat

How = Literal["walk", "run", "sit", "rise", "back", "turn", "circle", "climb"]

FEATURES: dict[str, str] = {
    "window": r"windows?|finestra|fenêtre|ventana|fenster|janela",
    "door": r"doors?|doorway|entrance|threshold|exit|porta|porte|puerta|tür|ausgang",
    "table": r"table|tavol[oa]|mesa|tisch",
    "desk": r"desk|scrivania|bureau|escritorio|schreibtisch",
    "bed": r"bed|letto|lit|cama|bett", "sofa": r"sofa|couch|divano|canapé|sofá",
    "counter": r"counter|bar|bancone|comptoir|barra|theke", "throne": r"throne|trono|trône|thron",
    "fire": r"fire|fireplace|hearth|fuoco|feu|fuego|feuer", "cauldron": r"cauldron|calderone",
    "chair": r"chair|armchair|stool|sedia|chaise|silla|stuhl", "altar": r"altar|altare|autel",
    "bench": r"bench|panca|banc|banco|bank", "shelf": r"shelf|shelves|bookcase",
    "car": r"car|taxi|macchina|auto|voiture|coche", "van": r"van|truck|lorry|furgone|camion",
    "ambulance": r"ambulance|ambulanza|ambulancia|krankenwagen", "police car": r"police car",
    "tower": r"tower|torre|tour|turm|campanile",
    "church": r"church|chiesa|église|kirche",
    "fountain": r"fountain|fontana|fontaine|fuente|brunnen", "well": r"well|pozzo|puits|pozo",
    "statue": r"statue|statua|estatua", "gate": r"gates?|cancello|portail|verja|tor",
    "bridge": r"bridge|ponte|pont|puente|brücke", "ship": r"ship|nave|navire|barco|schiff",
    "tent": r"tent|tenda|tente|tienda|zelt", "rock": r"rock|boulder|roccia|rocher|fels",
    "tree": r"tree|albero|arbre|árbol|baum", "crane": r"crane|gru|grue|grúa|kran",
    "stairs": r"stairs?|staircase|stairway|steps|scale|escaliers?|escaleras?|treppe",
    "ladder": r"ladder|scala a pioli|échelle|leiter", "cart": r"cart|wagon|carro|charrette|carreta",
    "lighthouse": r"lighthouse|faro|phare|leuchtturm", "crate": r"crates?|boxes|casse?|caisse",
    "boat": r"boat|barca|bateau|boot", "stall": r"stalls?|bancarella|étal|puesto",
}  # fmt: skip
"""What somebody may go to, as the library of props and landmarks names it."""

_VERBS: tuple[tuple[How, str], ...] = (
    ("back", r"steps? back|backs? away|retreats|recoils?|shrinks? back|draws? back|starts? back|"
        r"indietreggia(?:no)?|reculent?|retroceden?|weicht zurück"),
    ("turn", r"turns? (?:away|(?:her|his|their) back|aside)|looks? away|si volta|se détourne|"
        r"se da la vuelta|wendet sich ab"),
    ("circle", r"circles?|walks? (?:around|round)|paces?|prowls?|gira intorno|tourne autour|"
        r"umkreist"),
    ("sit", r"sits?(?: down)?|takes? a seat|slumps?|sinks? (?:down|into)|si sied(?:e|ono)|"
        r"s['’]ass(?:oit|ied|oient)|se sientan?|setzt sich|setzen sich"),
    ("rise", r"rises?|stands? up|gets? up|gets? to (?:her|his|their) feet|jumps? up|"
        r"si alza(?:no)?|se lève(?:nt)?|se levantan?|steht auf|stehen auf"),
    ("climb", r"climbs?|sale (?:la|sul)|grimpe|trepa|klettert"),
    ("run", r"runs?|rush(?:es)?|dash(?:es)?|races?|sprints?|bolts?|flees?|charges?|leaps?|"
        r"hurries|scrambles?|corr(?:e|ono)|cour(?:t|ent)|corren|rennt|rennen"),
    ("walk", r"cross(?:es)?|walks?|goes|moves?|steps?|strides?|approach(?:es)?|joins?|heads?|"
        r"strolls?|wanders?|staggers?|follows?|comes? (?:up|over|closer|near|to|down)|returns? to|"
        r"advanc(?:es|ing)|attraversa|cammina|va (?:a|al|alla|verso)|si avvicina|raggiunge|"
        r"traverse|march(?:e|ent)|va vers|s['’]approche|rejoint|cruza|camina|va hacia|se acerca|"
        r"geht (?:zu|zum|zur)|läuft|tritt (?:an|zu)|nähert sich"),
)  # fmt: skip
_VERB = re.compile(
    "|".join(f"(?P<{how}>\\b(?:{words})\\b)" for how, words in _VERBS), re.IGNORECASE
)
_NOT = re.compile(
    r"\b(?:does|do|did|would|could|will|can|must|may|to|not|never|cannot|non|ne|no|nicht)\W+$", re.I
)
_THINGS = re.compile(  # what goes or rises and is nobody: "a car passes", "the sun rises"
    r"\b(?:an?|the|dust|smoke|some|il|la|le|un[ae]?|der|die|das)\s+(?:[\w-]+\s+)?[\w-]+\s*$|"
    r"\b(?:dust|smoke|water|it|light)\s*$", re.I
)  # fmt: skip
_THEY = re.compile(r"\b(?:they|both|all|everyone|tutti|loro|ils|elles|ellos)\b", re.I)
_SHE = re.compile(r"\b(?:she|lei|elle|ella|sie)\b", re.I)
_HE = re.compile(r"\b(?:he|lui|egli|il|él|er)\b", re.I)
_ALL_SAID = re.compile(r"\b(?:and|then|,|e|et|y|und|poi|puis)\s*(?:then\s*)?$", re.I)
_TOWARD = re.compile(r"\b(?:towards?|to|for|verso|vers|hacia)\b[^,.]*$", re.I)
_WAY = re.compile(
    r"\b(?:towards?|to|into|for|at|on|by|beside|near|behind|over|up|verso|vers|hacia|zu[mr]?|an)\b",
    re.I,
)


@dataclass(frozen=True)
class Walk:
    """A move of one person. `to` is a name, a word of `FEATURES`, or "": wherever there is room.
    `after` is the part (0 to 1) of the beat's words that come before it."""

    beat: int
    who: str
    how: How
    to: str = ""
    after: float = 0.0


def walks_in(
    beats: tuple[Beat, ...], names: tuple[str, ...], women: frozenset[str] = frozenset()
) -> list[Walk]:
    """Every move within the scene that its action lines and parentheticals tell, in order.

    women: whom "she" may mean; "he" means the others.
    """
    out: list[Walk] = []
    told: list[str] = []  # who was named so far, the last one last: whom "she" and "they" mean
    for index, beat in enumerate(beats):
        speaks = beat.what == "speech"
        if speaks:
            told += beat.who
        text = beat.how if speaks else beat.words
        for sentence in re.split(r"(?<=[.!?;])\s+|\)\s*\(", text):
            part = 0.0 if speaks else text.find(sentence) / max(len(text), 1)
            found = _sentence(sentence, index, names, told, beat.who if speaks else (), women)
            out += [replace(walk, after=round(part, 3)) for walk in found]
            told += named(sentence, names)
    return out


def _sentence(
    text: str, beat: int, names: tuple[str, ...], told: list[str], speakers: tuple[str, ...],
    women: frozenset[str],
) -> list[Walk]:  # fmt: skip
    out: list[Walk] = []
    doing: list[str] = []
    found = [m for m in _VERB.finditer(text) if not _NOT.search(text[: m.start()])]
    for k, verb in enumerate(found):
        before = text[found[k - 1].end() if k else 0 : verb.start()]
        until = found[k + 1].start() if k + 1 < len(found) else len(text)
        how: How = next(h for h, _ in _VERBS if verb[h])
        who = named(before, names)
        if who and k:
            who = who[-1:] if not re.search(r"\band\b|,", before) else who
        if not who and doing and _ALL_SAID.search(before):
            who = doing
        if not who and not k and _THINGS.search(before):
            continue
        if not who:
            who = _meant(before, told, speakers, women)
        doing = who or doing
        to = _to(text[verb.end() : until], names, who)
        across = how != "walk" or re.match(r"cross|attravers|travers|cruza", verb[0], re.I)
        if not to and not across and not _WAY.search(text[verb.end() : until]):
            continue  # "moves", "goes": nothing to show
        out += [Walk(beat, name, how, to) for name in who]
    return out


def _meant(
    before: str, told: list[str], speakers: tuple[str, ...], women: frozenset[str]
) -> list[str]:
    """Whom a verb without a name means: the speaker, or whom a pronoun points back to."""
    if speakers:
        return list(speakers)
    late = list(dict.fromkeys(reversed(told)))
    if _THEY.search(before):
        return late[:2]
    if _SHE.search(before):
        return [n for n in late if n in women][:1]
    if _HE.search(before):
        return [n for n in late if n not in women][:1]
    return late[:1] if not before.strip(" (") else []


def _to(rest: str, names: tuple[str, ...], who: list[str]) -> str:
    """Where to: a person named after the verb, else the thing after "towards" or "to"."""
    people = [n for n in named(rest, names) if n not in who]
    things = []
    for feature, words in FEATURES.items():
        for m in re.finditer(rf"\b(?:{words})\b", rest, re.I):
            toward = _TOWARD.search(rest[: m.start()])
            things.append((0 if toward else 1, m.start(), feature))
    if people and not (things and min(things)[0] == 0 and min(things)[1] < rest.casefold().find(
            people[0].casefold())):  # fmt: skip
        return people[0]
    return min(things)[2] if things else ""

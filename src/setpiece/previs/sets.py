"""A place of the script as a set: its kind, size, light and weather, from the slugline's words."""

from __future__ import annotations

import re
from hashlib import sha256

from setpiece.previs.model import Light, Opening, SetDesign, SetKind, Vec3, Weather
from setpiece.script.model import Scene, Screenplay

# English, Italian, French, Spanish, German, Portuguese. The first that fits is taken.
_WORDS: tuple[tuple[SetKind, bool | None, str], ...] = (
    ("boat", None, r"car deck|ferry (?:-|deck)|wheelhouse|on board|aboard"),
    ("shore", False, r"landing\b|quay|harbou?r|dock\b|pier\b|river|lake|porto\b|hafen"),
    ("car", None, r"car\b|taxi|macchina|auto\b|voiture|coche|wagen|carro|van\b|truck"),
    ("train", None, r"train|treno|tren\b|zug\b|trem\b|subway car|metro"),
    ("boat", None, r"boat|ship|deck|barca|nave|bateau|barco|schiff|boot\b|navio"),
    ("kitchen", True, r"kitchen|cucina|cuisine|cocina|küche|cozinha"),
    (
        "bedroom",
        True,
        r"bedroom|(?<!bell )chamber|camera da letto|chambre|dormitorio|schlafzimmer|quarto",
    ),
    ("room", True, r"belfry|bell (?:chamber|tower|room)|campanile|lamp room"),
    ("office", True, r"office|ufficio|bureau|oficina|büro|escritório|police station"),
    ("bar", True, r"\bbar\b|pub\b|tavern|inn\b|café|restaurant|ristorante|kneipe|osteria"),
    (
        "church",
        True,
        r"church|chapel|chiesa|église|iglesia|kirche|igreja|cathedral",
    ),
    ("corridor", True, r"corridor|hallway|corridoio|couloir|pasillo|flur\b|gang\b|corredor"),
    ("cave", None, r"cave|cavern|grotta|grotte|cueva|höhle|caverna"),
    ("tunnel", True, r"tunnel|pipe\b|sewer|galleria|galerie|duct|beam\b|schacht"),
    (
        "hall",
        True,
        r"\bhall\b|palace|castle|sala\b|salle|palazzo|castello|château|saal|schloss|court",
    ),
    ("court", False, r"court|cortile|cour\b|patio|hof\b|pátio"),
    ("castle", False, r"castle|palace|castello|château|castillo|schloss|burg\b|palazzo|walls"),
    ("park", False, r"park|garden|parco|giardino|parc\b|jardin|parque|garten|jardim"),
    ("camp", False, r"\bcamp\b|accampamento|campement|campamento|lager\b|acampamento"),
    ("forest", False, r"forest|wood|bosco|foresta|forêt|bosque|wald\b|floresta"),
    ("heath", False, r"heath|moor\b|desert|brughiera|lande|páramo|heide|landa"),
    ("hill", False, r"hill|mountain|collina|colline|colina|hügel|berg\b|cliff"),
    ("shore", False, r"shore|beach|sea\b|spiaggia|plage|playa|strand|praia|mare\b"),
    ("alley", False, r"alley|vicolo|ruelle|callejón|gasse|beco"),
    ("road", False, r"road|highway|strada statale|route|carretera|landstraße|estrada"),
    ("roof", False, r"roof|tetto|toit|azotea|dach\b|telhado|terrace|terrazza"),
    ("field", False, r"field|country|campo|champ|feld\b|meadow|countryside|battle"),
    (
        "street",
        False,
        r"street|intersection|square|via\b|piazza|rue\b|calle|straße|rua\b|city|town",
    ),
)
_SIZE: dict[SetKind, Vec3] = {
    "room": (8, 7, 2.9), "hall": (14, 16, 6), "corridor": (4, 16, 2.8), "kitchen": (6, 6, 2.7),
    "bedroom": (6.5, 6.5, 2.8), "office": (8, 7, 2.8), "bar": (10, 9, 3.2),
    "church": (14, 24, 10), "cave": (14, 16, 6), "tunnel": (6, 18, 3.4), "car": (1.6, 2.8, 1.45),
    "train": (6, 16, 2.6), "boat": (8, 16, 3),
}  # fmt: skip
_OUTDOORS: Vec3 = (40, 40, 12)
_PERIOD = re.compile(
    r"castle|king\b|queen|thane|sword|witch|palace|heath|knight|torch|dagger|castello|château|"
    r"spada|épée|espada|schwert|18\d\d|17\d\d|16\d\d|1[0-5]\d\d\b|medieval",
    re.IGNORECASE,
)
_MODERN = re.compile(r"phone|car\b|computer|traffic|television|\btv\b|taxi|gun\b", re.IGNORECASE)


def plays_in_period(script: Screenplay) -> bool:
    """Whether a script plays before telephones and office chairs, by its unspoken words."""
    text = "\n".join(e.text for e in script.elements if e.kind != "dialogue")
    return len(_PERIOD.findall(text)) > 3 * len(_MODERN.findall(text)) + 2


def design(scene: Scene, text: str, people: int, period: bool) -> tuple[SetDesign, list[str]]:
    """The set of a scene, and what was assumed.

    Args:
        text: the scene's action lines, for weather and for a place whose name tells no kind.
        people: how many are to stand in it.
        period: see `plays_in_period`.
    """
    inside = scene.setting != "EXT"
    place, notes = scene.place.casefold(), []
    kind = _kind(place, inside)
    if kind is None:
        kind = _kind(text.casefold(), inside) if inside and "pipe" in text.casefold() else None
    if kind is None:
        kind = ("hall" if people > 4 else "room") if inside else "field"
        notes.append(f"The slugline names no kind of place that is known: taken for a {kind}.")
    interior = inside or kind in ("cave",)
    wide, deep, high = _SIZE.get(kind, _OUTDOORS) if interior or kind == "boat" else _OUTDOORS
    if interior and kind not in ("car",):
        extra = max(0, people - 4) * 0.7
        wide, deep = wide + (extra if kind != "corridor" else extra / 2), deep + extra
    seed = int.from_bytes(sha256(re.sub(r"\W+", " ", place).strip().encode()).digest()[:4], "big")
    light = _light(scene)
    sun = {"DAY": (225.0, 42.0), "DAWN": (20.0, 6.0), "DUSK": (160.0, 6.0), "NIGHT": (240.0, 35.0)}
    azimuth, elevation = sun[light]
    features = [*(["period"] if period else []), *_features(kind, place, period)]
    return SetDesign(
        kind=kind, place=scene.place, interior=interior, size=(wide, deep, high), seed=seed,
        features=tuple(features), openings=_openings(kind, wide, deep, period) if interior else (),
        time=light, sun_azimuth=azimuth, sun_elevation=elevation,
        weather=_weather(text.casefold()),
    ), notes  # fmt: skip


def _kind(words: str, inside: bool) -> SetKind | None:
    words = re.sub(r"\b(?:near|vicino|près|cerca|nahe)\b.*", "", words) or words
    for kind, needs, pattern in _WORDS:
        if needs in (None, inside) and re.search(rf"(?:^|\W)(?:{pattern})", words):
            return kind
    return None


def _light(scene: Scene) -> Light:
    if scene.time in ("NIGHT", "EVENING"):
        return "NIGHT"
    if scene.time in ("DAWN", "MORNING"):
        return "DAWN" if scene.time == "DAWN" else "DAY"
    return "DUSK" if scene.time == "DUSK" else "DAY"


def _weather(words: str) -> Weather:
    table: tuple[tuple[Weather, str], ...] = (
        ("storm", r"thunder|lightning|storm|tuono|orage|tormenta|gewitter|tempest"),
        ("rain", r"\brain(?:s|y|ing|fall|storm)?\b|pioggia|piove|pluie|lluvia|regen\b|chuva"),
        ("snow", r"\bsnow|neve\b|neige|nieve|schnee"),
        ("fog", r"\bfog|mist\b|nebbia|brouillard|niebla|nebel|névoa"),
    )
    return next((name for name, pattern in table if re.search(pattern, words)), "clear")


def _features(kind: SetKind, place: str, period: bool) -> list[str]:
    out = {
        "hall": ["columns", "hearth"] if period else ["columns"],
        "castle": ["battlements", "gate"],
        "court": ["walls", "gate"],
        "street": ["houses", "kerb", "lamps"],
        "park": ["trees", "path"],
        "kitchen": ["sink"],
        "church": ["pews", "altar"],
        "camp": ["tents"],
    }.get(kind, [])
    for word in ("wood", "cauldron", "throne", "palace", "intersection", "traffic light"):
        if word in place:
            out = [*out, word]
    return out


def _openings(kind: SetKind, wide: float, deep: float, period: bool) -> tuple[Opening, ...]:
    if kind in ("car", "cave", "tunnel", "boat"):
        return ()
    door = Opening(
        kind="arch" if kind in ("hall", "church") else "door", wall="E", along=deep * 0.2,
        width=1.8 if kind in ("hall", "church") else 0.95, height=2.6 if kind == "hall" else 2.1,
    )  # fmt: skip
    panes = Opening(
        kind="window", wall="N", along=-wide * 0.22, width=0.8 if period else 1.4,
        height=1.5 if period else 1.2, sill=1.2 if period else 0.95,
    )  # fmt: skip
    return (door, panes)

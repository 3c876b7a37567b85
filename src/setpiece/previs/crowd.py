"""Who else is there: a crowd in loose knots, and the animals that the action names."""

from __future__ import annotations

import math
import re
from hashlib import sha256

import numpy as np

from setpiece.previs.beats import placed, sentences
from setpiece.previs.casting import HEIGHTS, build_of
from setpiece.previs.model import Beat, Build, Figure, Pose, Prop, SetDesign, Vec2, Vec3
from setpiece.previs.persona import Persona
from setpiece.script.model import Scene

_GROUPS = re.compile(
    r"attendants?|soldiers?|lords|guests|crowd|army|gentlemen|guards?|dogs\b|folla|soldati|foule",
    re.IGNORECASE,
)
_MANY = re.compile(r"crowd|mob|throng|audience|folla|pubblico|foule|multitud|menge|publikum", re.I)
_MEN = re.compile(r"soldier|soldat|soldad|lord|guard|gentlem|knight|army|esercito", re.I)
_FLEES = re.compile(
    r"against the (?:crowd|mob|throng)|"
    r"(?:crowd|mob|people|shoppers|everyone|everybody)\b[^.!?]{0,30}"
    r"\b(?:runs?|flees?|scatters?|panics?|surges?|stampedes?|screams?)|folla (?:scappa|fugge)", re.I
)  # fmt: skip
_WATCHES = re.compile(
    r"\b(?:watch(?:es)?|looks?|stares?|cheers?|listens?|gathers?|applauds?|guarda|regarde|mira)\b",
    re.I,
)
_APART = 0.62  # m between two of a knot, at least
_BEASTS: tuple[tuple[str, str], ...] = (
    ("dog", r"dog|hound|puppy|cane|chien|perro|hund"), ("cat", r"cat|kitten|gatto|chat|gato|katze"),
    ("horse", r"horse|pony|mare|cavallo|cheval|caballo|pferd"), ("donkey", r"donkey|mule|asino"),
    ("cow", r"cow|mucca|vache|vaca|kuh"), ("sheep", r"sheep|pecora|mouton|oveja"),
    ("pig", r"pig|maiale|cochon|cerdo"), ("rat", r"rat|mouse|topo"), ("wolf", r"wolf|lupo|loup"),
    ("pigeon", r"pigeon|dove|piccion[ei]|paloma"), ("gull", r"(?:sea)?gull|gabbian[oi]|mouette"),
    ("crow", r"crow|corvo|corbeau"), ("raven", r"raven"), ("owl", r"owl|gufo"),
    ("bird", r"bird|uccell[oi]|oiseau|pájaro|vogel"),
)  # fmt: skip
_BIRDS = ("pigeon", "gull", "crow", "raven", "owl", "bird")
_BOLTS = re.compile(
    r"\b(?:bolts?|runs?|flees?|races?|darts?|gallops?|trots?|chases?|leaps?|scappa|corre|court)\b",
    re.I,
)
_FLIES = re.compile(r"\b(?:fl(?:y|ies|ew)|scatters?|wheels?|circles?|soars?|takes? off|vola)", re.I)


def crowd(
    text: str, scene: Scene, dressed: SetDesign, people: list[Figure], props: list[Prop],
    beats: tuple[Beat, ...],
) -> list[Figure]:  # fmt: skip
    """Extras of a scene behind its people: a word for many in the action, or a tag, asks for them.

    They stand in twos and threes at varied depth, turned to one another, to what the words have
    them look at, or away; where the words make them run, they run.
    """
    wanted = {p.item for p in scene.proposals if p.category == "crowds"}
    wanted |= {w.casefold() for w in _GROUPS.findall(text)}
    if not wanted or dressed.kind == "car":
        return []
    # The largest group that is named: a crowd before two guards.
    word = sorted(wanted, key=lambda w: (not _MANY.search(w), w))[0].rstrip("s")
    if word == "dog":
        return [_beast("dog", i, 6, dressed, people, props, (), 0.0) for i in range(6)]
    seed = sha256(f"{dressed.place} {word}".casefold().encode()).digest()
    rng = np.random.default_rng(int.from_bytes(seed[:8], "big"))
    many = 4
    if _MANY.search(word):
        many = 9 if not dressed.interior else 6
    spots = _knots(rng, many, dressed, people, props)
    flees = next((b.start for b in beats if b.what != "speech" and _FLEES.search(b.words)), None)
    looks = _looked_at(text, word, props)
    out: list[Figure] = []
    for i, (spot, middle, size) in enumerate(spots):
        name = f"{word.upper()} {i + 1}"
        facing = math.degrees(math.atan2(middle[1] - spot[1], middle[0] - spot[0]))
        facing += float(rng.uniform(-25, 25))
        if looks is not None and rng.uniform() < 0.75:
            facing = math.degrees(math.atan2(looks[1] - spot[1], looks[0] - spot[0]))
            facing += float(rng.uniform(-12, 12))
        elif size == 1:
            facing = float(rng.uniform(-180, 180))
        poses: tuple[Pose, ...] = ()
        if flees is not None:
            away = float(rng.normal(205, 22))
            poses = (Pose(at=flees, stance="run", facing=away, looks_at=""),)
        out.append(Figure(name=name, role="extra", build=_build(name, i, word, rng), position=spot,
            facing=round(facing, 1), poses=poses,
            looks_at=looks if looks is not None and flees is None and i % 3 else ""))  # fmt: skip
    return out


def _knots(
    rng: np.random.Generator, many: int, dressed: SetDesign, people: list[Figure],
    props: list[Prop],
) -> list[tuple[Vec2, Vec2, int]]:  # fmt: skip
    """(place, what they turn to, how many stand together) of each extra, clear of all else."""
    wide, deep, _ = dressed.size
    near = max([f.position[1] for f in people if f.species == "human"] or [0.0]) + 1.1
    far = min(deep / 2 - 0.8, near + (5.5 if many > 5 else 3.0))
    if far - near < 0.4:
        near = max(far - 1.2, 0.8)
    side = min(wide / 2 - 0.9, 5.6)
    taken: list[Vec2] = [f.position for f in people]
    solid = [(p.position[:2], 0.5 * math.hypot(*p.size[:2]) + 0.25) for p in props
             if not p.held_by and p.position[2] < 1.5]  # fmt: skip
    out: list[tuple[Vec2, Vec2, int]] = []

    def free(x: float, y: float) -> bool:
        inside = abs(x) <= side + 0.7 and near - 0.2 <= y <= deep / 2 - 0.6
        return inside and all(math.dist((x, y), t) > _APART for t in taken) and all(
            math.dist((x, y), at) > r for at, r in solid)  # fmt: skip

    for _ in range(60):
        left = many - len(out)
        if left <= 0:
            break
        size = min(int(rng.choice([1, 2, 3, 3])), left)
        cx, cy = float(rng.uniform(-side, side)), float(near + (far - near) * rng.uniform())
        begin = rng.uniform(0, 2 * math.pi)
        reach = 0.0 if size == 1 else 0.42 if size == 2 else 0.52
        mine = []
        for k in range(size):
            turn = begin + 2 * math.pi * k / size + rng.uniform(-0.3, 0.3)
            x, y = cx + reach * math.cos(turn), cy + reach * math.sin(turn)
            if free(x, y):
                mine.append((round(x, 2), round(y, 2)))
        if len(mine) < size:
            continue
        taken += mine
        out += [(at, (cx, cy), size) for at in mine]
    return out


def _looked_at(text: str, word: str, props: list[Prop]) -> Vec3 | None:
    """What the sentence with the crowd has it look at: a thing that stands there, or the middle."""
    for sentence in sentences(text):
        said = re.search(rf"\b{re.escape(word)}", sentence, re.I)
        if said is None or not _WATCHES.search(sentence[said.start() :]):
            continue
        for p in sorted(props, key=lambda p: -p.size[2]):
            if re.search(rf"\b{re.escape(p.item)}", sentence, re.I) and not p.held_by:
                return (*p.position[:2], 0.6 * p.size[2])
        return (0.0, 0.0, 1.5)
    return None


def _build(name: str, i: int, word: str, rng: np.random.Generator) -> Build:
    """Unlike the one before: women and men by turns where the word leaves it open."""
    woman = bool(rng.uniform() < 0.5) and not _MEN.search(word)
    made = build_of(name, "human", Persona(woman))
    child = _MANY.search(word) and i % 7 == 5
    return made.model_copy(update={
        "shape": 2 * (i % 6) + int(woman), "tone": (i + i // 4) % 8,
        "height": round(float(rng.uniform(1.2, 1.4) if child else
            rng.uniform(1.56, 1.74) if woman else rng.uniform(1.66, 1.92)), 3),
    })  # fmt: skip


def animals(
    beats: tuple[Beat, ...], dressed: SetDesign, people: list[Figure], props: list[Prop]
) -> list[Figure]:
    """Animals of the action lines that are nobody of the cast, on the ground near the action."""
    if dressed.kind in ("car", "train"):
        return []
    had = {f.species for f in people}
    out: list[Figure] = []
    for beat in beats:
        if beat.what == "speech":
            continue
        for sentence, after in placed(beat.words):
            for kind, words in _BEASTS:
                found = re.search(rf"\b(?:{words})(?P<many>e?s)?\b(?!['’]s)", sentence, re.I)
                if found is None or kind in had:
                    continue
                had.add(kind)
                plural = bool(found["many"]) or (kind in _BIRDS and found[0][-1] in "ei")
                count = (6 if kind in _BIRDS else 3) if plural else 1
                begins = beat.start + after * max(beat.seconds - 2.5, 0.0)
                runs = _BOLTS.search(sentence[found.start() :]) and kind not in _BIRDS
                way = (round(begins, 2), round(max(begins + 2.5, beat.end), 2)) if runs else ()
                lift = 2.6 if kind in _BIRDS and _FLIES.search(sentence) else 0.0
                out += [_beast(kind, i, count, dressed, [*people, *out], props, way, lift)
                        for i in range(count)]  # fmt: skip
    return out


def _beast(
    kind: str, i: int, count: int, dressed: SetDesign, others: list[Figure], props: list[Prop],
    way: tuple[float, ...], lift: float,
) -> Figure:  # fmt: skip
    """One animal: in front of the people and to a side, low enough to hide nobody."""
    seed = sha256(f"{kind} {i}".encode()).digest()
    rng = np.random.default_rng(int.from_bytes(seed[:8], "big"))
    small = HEIGHTS.get(kind, 0.5) < 0.7
    side = min(dressed.size[0] / 2 - 0.6, 4.6)
    place: Vec2 = (0.0, 0.0)
    for _ in range(40):
        x = float(rng.uniform(-side, side))
        # Small ones about people's feet, large ones behind them, where they hide nobody.
        y = float(rng.uniform(-1.0, 2.4)) if small else float(rng.uniform(2.4, 4.2))
        place = (round(x, 2), round(min(y, dressed.size[1] / 2 - 0.7), 2))
        clear = all(math.dist(place, f.position) > 0.7 for f in others)
        clear = clear and all(
            math.dist(place, p.position[:2]) > 0.5 * math.hypot(*p.size[:2]) + 0.2
            for p in props if not p.held_by and p.position[2] < 1.0
        )  # fmt: skip
        if clear:
            break
    name = f"{kind.upper()} {i + 1}"
    build = build_of(kind.upper(), kind).model_copy(update={"hue": seed[0] % 12})
    path: tuple[Vec3, ...] = ()
    if way:
        half = min(side, 3.4)
        y = -0.9 - 0.5 * i
        path = ((-half, y, way[0]), (half, y - 0.5, way[1]))
        place = path[0][:2]
    up = 0.0 if not lift else round(lift + float(rng.uniform(-0.4, 2.2)), 2)
    return Figure(name=name, role="animal", species=kind, build=build, position=place, lift=up,
        facing=round(float(rng.uniform(-180, 180)), 1), path=path)  # fmt: skip

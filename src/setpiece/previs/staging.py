"""A scene of the script as it is blocked: set, people in their places, moves, props, the line.

Blocking is an open horseshoe: who talks most to whom stand at its two ends, the others between
them at the back, extras behind. The line of action runs through the ends, and the open side (-y)
is the camera's: from there everybody is seen, and no shot needs to cross the line.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from hashlib import sha256
from itertools import pairwise

from setpiece.previs.beats import Traffic, people, read_beats
from setpiece.previs.furniture import held_props, set_dressing
from setpiece.previs.model import (
    Beat,
    Build,
    Figure,
    Move,
    Pose,
    SetDesign,
    Staging,
    Vec2,
    Vec3,
)  # fmt: skip
from setpiece.previs.sets import design, is_period
from setpiece.script.lines import plain
from setpiece.script.model import Scene, Screenplay

_ANIMALS = {"DOG": 0.45, "CHIHUAHUA": 0.3, "CANE": 0.45, "CAT": 0.3, "HORSE": 1.9, "CAVALLO": 1.9}
_CHILD = re.compile(r"\b(SON|BOY|GIRL|CHILD|KID|FLEANCE|FIGLIO|BAMBIN[OA]|ENFANT|NIÑ[OA]|KIND)\b")
_WOMAN = re.compile(
    r"\b(LADY|WITCH|QUEEN|MRS|MISS|WOMAN|GENTLEWOMAN|HECATE|MOTHER|DONNA|SIGNORA|MADAME|FRAU)\b|"
    r"[^LE]A$"
)
_SEATED = re.compile(
    r"\b(sits?|seated|sitting|banquet|dinner|siede|seduti|assis|sentad[oa]s?|sitzt)\b"
)
_CROWD = re.compile(
    r"attendants?|soldiers?|lords|guests|crowd|army|gentlemen|guards?|dogs\b|folla|soldati|foule",
    re.IGNORECASE,
)
_POSES: tuple[tuple[str, dict[str, str]], ...] = (
    (
        r"\b(falls|collapses|faints|swoons|sviene|evanouit)\b",
        {"stance": "lie"},
    ),
    (
        r"\b(fights?|fighting|combatt|se battent|luchan|kämpf)",
        {"stance": "fight", "gesture": "sword"},
    ),
    (r"\b(kneels?|inginocchia|genou|arrodilla|kniet)", {"stance": "kneel"}),
    (r"\b(sits? down|sits\b|siede)", {"stance": "sit"}),
    (r"\b(holds? up|raises?|alza|lève|levanta)", {"gesture": "raise"}),
    (r"\b(points?|indica)\b", {"gesture": "point"}),
    (r"\b(stands? up|rises|gets up|si alza)\b", {"stance": "stand"}),
)
_WALK = 1.4  # m/s


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


def stage(scene: Scene, script: Screenplay) -> Staging:
    """Block one scene: from its words alone, so the same words are always blocked the same.

    An omitted scene, or one without words, has no beats; its staging stands, and is empty.
    """
    everyone = people(scene, script)
    beats, traffic = read_beats(scene, script)
    text = "\n".join(plain(e.text) for e in scene.elements if e.kind == "action")
    period = is_period("\n".join(e.text for e in script.elements if e.kind != "dialogue"))
    dressed, notes = design(scene, text, len(everyone), period)
    species = {name: _species(name, script) for name in everyone}
    grounded = [name for name in everyone if species[name] != "cloud"]
    order = _order(grounded, beats)
    spots = _spots(order, dressed)
    seats = dressed.kind in ("car", "train") or bool(_SEATED.search(text.casefold()))
    figures: list[Figure] = []
    for name in everyone:
        figures.append(_figure(name, species[name], spots, order, beats, traffic, dressed, seats))
    figures += _extras(text, scene, dressed, len(order))
    named_axis = _axis(order, spots)
    moves = {
        i: [m for f in figures for m in _moves(f) if _within(m, b)] for i, b in enumerate(beats)
    }
    beats = tuple(b.model_copy(update={"moves": tuple(moves[i])}) for i, b in enumerate(beats))
    props = [*set_dressing(dressed, figures, text, seats), *held_props(scene, figures, beats)]
    return Staging(
        position=scene.position, number=scene.number or str(scene.position),
        slugline=scene.heading, set=dressed, figures=tuple(figures), props=tuple(props),
        axis=named_axis, beats=beats, notes=tuple(notes),
    )  # fmt: skip


def _species(name: str, script: Screenplay) -> str:
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


def _order(names: list[str], beats: tuple[Beat, ...]) -> list[str]:
    """From one end of the horseshoe to the other: the pair that talks most at its ends."""
    pairs: Counter[tuple[str, str]] = Counter()
    talk: Counter[str] = Counter()
    for beat in beats:
        for one in beat.who if beat.what == "speech" else ():
            talk[one] += len(beat.words.split())
            for other in beat.to:
                if other in names and one in names:
                    pairs[(min(one, other), max(one, other))] += len(beat.words.split())
    if pairs:
        left, right = max(pairs, key=lambda p: (pairs[p], p))
    elif len(names) > 1:
        left, right = names[0], names[1]
    else:
        return names
    if names.index(left) > names.index(right):
        left, right = right, left
    rest = sorted((n for n in names if n not in (left, right)), key=lambda n: (-talk[n], n))
    return [left, *rest[::2], *reversed(rest[1::2]), right]


def _spots(order: list[str], dressed: SetDesign) -> dict[str, Vec2]:
    count = len(order)
    if dressed.kind == "car":
        seats = [(-0.4, 0.0), (0.4, 0.0), (-0.4, 0.85), (0.4, 0.85), (0.0, 0.85)]
        return {n: seats[i % 5] for i, n in enumerate(order)}
    if count == 1:
        return {order[0]: (0.0, 0.0)}
    wide = max(0.85, 0.3 * count)
    if dressed.interior:
        wide = min(wide, dressed.size[0] / 2 - 1.4)
    deep = min(0.34 * count, dressed.size[1] * 0.3) if count > 2 else 0.0
    out = {}
    for i, name in enumerate(order):
        turn = math.pi * (1 - i / (count - 1))
        out[name] = (round(wide * math.cos(turn), 3), round(deep * math.sin(turn), 3))
    return out


def _axis(order: list[str], spots: dict[str, Vec2]) -> tuple[Vec2, Vec2]:
    if len(order) < 2:
        return ((-1.0, 0.0), (1.0, 0.0))
    return (spots[order[0]], spots[order[-1]])


def _figure(
    name: str, species: str, spots: dict[str, Vec2], order: list[str], beats: tuple[Beat, ...],
    traffic: Traffic, dressed: SetDesign, seats: bool,
) -> Figure:  # fmt: skip
    build = build_of(name, species)
    if species == "cloud":
        enters = beats[traffic.spans(name, beats)[0][0]].start if beats else 0.0
        return Figure(name=name, species=species, build=build, position=(0.0, 17.0), lift=8.0,
            facing=-90.0, enters=enters)  # fmt: skip
    spot = spots[name]
    partner = _partner(name, order, beats)
    facing = _bearing(spot, spots[partner]) if partner else -90.0
    facing = -90.0 if dressed.kind == "car" else facing
    spans = traffic.spans(name, beats)
    times = [
        (beats[a].start if a else 0.0, beats[b].end if b < len(beats) - 1 else None)
        for a, b in spans
    ] if beats else [(0.0, None)]  # fmt: skip
    starts, ends = times[0][0], times[-1][1]
    away = [(t or 0.0, u) for (_, t), (u, _) in pairwise(times)]
    path: list[Vec3] = []
    for come, go in times:
        path += _walks(spot, _door(dressed), come, go)
    stance = (
        "drive" if dressed.kind == "car" and spot == (-0.4, 0.0) else "sit" if seats else "stand"
    )
    stance = "stand" if species != "human" else stance
    return Figure.model_validate({
        "name": name, "role": "cast" if species == "human" else "animal", "species": species,
        "build": build, "stance": stance, "position": path[0][:2] if starts else spot,
        "facing": round(facing, 1), "looks_at": partner, "path": path, "enters": starts,
        "leaves": ends, "away": away,
        "poses": _poses(name, beats, stance, round(facing, 1), partner, starts,
            traffic.fallen.get(name)),
    })  # fmt: skip


def _walks(spot: Vec2, door: Vec2, come: float, go: float | None) -> list[Vec3]:
    """The way in from the door, and out towards it, for one stay."""
    out: list[Vec3] = []
    if come > 0:
        near = _on_the_way(spot, door, 3.2)
        span = min(math.dist(near, spot) / _WALK, 2.4)
        out += [(*near, come), (*spot, come + span)]
    if go is not None:
        gone, begins = _on_the_way(spot, door, 3.5), max(go - 2.2, come + 2.5)
        if begins < go:
            out += [(*spot, begins), (*gone, go)]
    return out


def _partner(name: str, order: list[str], beats: tuple[Beat, ...]) -> str:
    talked: Counter[str] = Counter()
    for beat in beats:
        if beat.what == "speech" and name in beat.who:
            talked.update(n for n in beat.to if n in order and n != name)
        if name in beat.to:
            talked.update(n for n in beat.who if n in order and n != name)
    if talked:
        return max(talked, key=lambda n: (talked[n], n))
    return next((n for n in order if n != name), "")


def _poses(
    name: str,
    beats: tuple[Beat, ...],
    stance: str,
    facing: float,
    partner: str,
    starts: float,
    fallen: int | None,
) -> list[Pose]:
    """Changes that action words ask for, and to whom they turn as they speak or are spoken to."""
    out: list[Pose] = []
    now: dict[str, str] = {"stance": stance, "gesture": "none"}
    looks = partner
    for index, beat in enumerate(beats):
        changed = dict(now, gesture="none")
        up = now["stance"] == "fight" or (now["stance"] == "lie" and name in beat.who)
        if up and (beat.what == "speech" or name in beat.who):
            changed["stance"] = stance
        said = f"{beat.how} {beat.words if beat.what != 'speech' else ''}".casefold()
        main = beat.who and beat.who[0] == name
        if main and said.strip():
            for pattern, change in _POSES:
                if re.search(pattern, said):
                    changed.update(change)
                    break
        if fallen is not None and index >= fallen:
            changed = {"stance": "lie", "gesture": "none"}
        to = looks
        if name in beat.who and beat.to:
            to = beat.to[0]
        elif beat.who and name not in beat.who and beat.what in ("speech", "enter"):
            to = beat.who[0]
        if (changed != now or to != looks) and beat.start >= starts:
            out.append(Pose.model_validate(
                {**changed, "at": beat.start, "facing": facing, "looks_at": to}))  # fmt: skip
        now, looks = changed, to
    return out


def _extras(text: str, scene: Scene, dressed: SetDesign, count: int) -> list[Figure]:
    wanted = {p.item for p in scene.proposals if p.category == "crowds"}
    wanted |= {w.casefold() for w in _CROWD.findall(text)}
    if not wanted or dressed.kind == "car":
        return []
    word = sorted(wanted)[0].rstrip("s")
    species = "dog" if word == "dog" else "human"
    deep = min(0.34 * count, dressed.size[1] * 0.3) + 1.3
    many = 6 if species == "dog" else 4
    out = []
    for i in range(many):
        name = f"{word.upper()} {i + 1}"
        apart = min(1.15, (dressed.size[0] - 1.6) / many)
        spot = (round((i - (many - 1) / 2) * apart, 2), round(deep + 0.25 * (i % 2), 2))
        out.append(Figure(name=name, role="extra" if species == "human" else "animal",
            species=species, build=build_of(name if species == "human" else "DOG", species),
            position=spot, facing=-90.0))  # fmt: skip
    return out


def _door(dressed: SetDesign) -> Vec2:
    if dressed.kind == "car":
        return (2.0, 0.0)
    if dressed.interior:
        return (dressed.size[0] / 2 - 0.3, dressed.size[1] * 0.2)
    return (9.0, 4.0)


def _on_the_way(spot: Vec2, door: Vec2, far: float) -> Vec2:
    """A point `far` metres from the spot towards the door, or the door where it is nearer."""
    length = math.dist(spot, door)
    part = min(1.0, far / max(length, 1e-6))
    return (round(spot[0] + part * (door[0] - spot[0]), 3),
            round(spot[1] + part * (door[1] - spot[1]), 3))  # fmt: skip


def _moves(figure: Figure) -> list[Move]:
    out = []
    for a, b in zip(figure.path, figure.path[1:], strict=False):
        if a[:2] != b[:2]:
            comes = {figure.enters, *(back for _, back in figure.away)} - {0.0}
            what = "enter" if a[2] in comes else "exit"
            out.append(Move.model_validate({"who": figure.name, "what": what, "path": (a, b)}))
    return out


def _within(move: Move, beat: Beat) -> bool:
    return beat.start - 1e-6 <= move.path[0][2] < beat.end - 1e-6


def _bearing(a: Vec2, b: Vec2) -> float:
    return math.degrees(math.atan2(b[1] - a[1], b[0] - a[0]))

"""A scene of the script as it is blocked: set, people in their places, moves, props, the line.

It begins as an open horseshoe (`formation.py`); where the words move somebody, they go there, and
stay until the words move them again (`walks.py`, `blocking.py`).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from itertools import pairwise, takewhile

from setpiece.previs import formation
from setpiece.previs.beats import Traffic, named, people, read_beats, sentences
from setpiece.previs.blocking import Blocking, Leg
from setpiece.previs.casting import build_in, species_of
from setpiece.previs.crowd import animals, crowd
from setpiece.previs.details import details
from setpiece.previs.furniture import chair, held_props, set_dressing
from setpiece.previs.ground import Ground
from setpiece.previs.landmarks import landmarks, told_of
from setpiece.previs.model import (
    Beat,
    Build,
    Figure,
    Line,
    Move,
    Prop,
    SetDesign,
    Staging,
    Vec2,
    Vec3,
)
from setpiece.previs.place import Look, single
from setpiece.previs.poses import poses_of
from setpiece.previs.scenery.floors import FLOORS
from setpiece.previs.sets import design, plays_in_period
from setpiece.previs.walks import Walk, walks_in
from setpiece.script.lines import plain
from setpiece.script.model import Scene, Screenplay

_SEATED = re.compile(
    r"\b(sits?|seated|sitting|banquet|dinner|siede|seduti|assis|sentad[oa]s?|sitzt)\b"
)
_WALK = 1.4  # m/s


def stage(scene: Scene, script: Screenplay) -> Staging:
    """Block one scene: from its words alone, so the same words are always blocked the same.

    An omitted scene, or one without words, has no beats; its staging stands, and is empty.
    """
    everyone = people(scene, script)
    beats, traffic = read_beats(scene, script)
    text = "\n".join(plain(e.text) for e in scene.elements if e.kind == "action")
    period = plays_in_period(script)
    dressed, notes = design(scene, text, len(everyone), period)
    if not dressed.interior:
        place = told_of(scene, script)
        floors = tuple(k for k, w in FLOORS.items() if re.search(rf"\b(?:{w})\b", place, re.I))
        dressed = dressed.model_copy(update={"features": (*dressed.features, *floors)})
    species = {name: species_of(name, script) for name in everyone}
    order = formation.order([n for n in everyone if species[n] != "cloud"], beats)
    spots = formation.spots(order, dressed)
    seated = _seated(dressed, beats, everyone)
    stays = {name: _stays(name, beats, traffic) for name in everyone}
    first = [
        _at_first(
            name,
            build_in(name, species[name], script),
            species[name],
            spots,
            order,
            beats,
            stays[name],
            dressed,
            seated,
        )
        for name in everyone
    ]
    women = frozenset(f.name for f in first if f.build.woman)
    props = set_dressing(dressed, first, text, bool(seated))
    props += landmarks(scene, script, dressed)
    marks, touches = details(beats, dressed, first, props)
    props += marks
    grounded = tuple(n for n in order if species[n] == "human" or dressed.kind != "car")
    wanted = walks_in(beats, grounded, women) if dressed.kind != "car" else []
    wanted += [Walk(t.beat, t.who, "walk", t.item) for t in touches]
    wanted.sort(key=lambda w: w.beat)

    others = crowd(text, scene, dressed, first, props, beats)
    others += animals(beats, dressed, [*first, *others], props)

    def blocked(walks: list[Walk]) -> Staging:
        blocking = Blocking(Ground(dressed, tuple(props)), spots, stays, seated)
        lines: list[Line] = []
        chairs: list[Prop] = []
        for walk in walks:
            for leg in blocking.add(walk, beats[walk.beat], _partner(walk.who, order, beats)):
                line = blocking.line((order[0], order[-1]), leg) if len(order) > 1 else None
                lines += [line] if line else []
                chairs += [chair(dressed, leg.end, leg.facing)] if leg.chair else []
        figures = [_moving(f, blocking, beats, traffic, order) for f in first]
        moves = [
            *(m for f in figures for m in _comings(f, blocking)),
            *(_move(leg) for leg in blocking.legs),
        ]
        figures += others
        told = tuple(
            b.model_copy(update={"moves": tuple(m for m in moves if _within(m, b))}) for b in beats
        )
        return Staging(
            position=scene.position, number=scene.number or str(scene.position),
            slugline=scene.heading, set=dressed, figures=tuple(figures),
            props=(*props, *chairs, *held_props(scene, figures, told)),
            axis=formation.axis(order, spots), lines=tuple(sorted(lines, key=lambda x: x.at)),
            beats=told, notes=tuple(notes),
        )  # fmt: skip

    made = blocked(wanted)
    # A move that leaves somebody where no camera has them clean is not made, and a note says so.
    while (bad := next((w for w in wanted if not _coverable(made, w)), None)) is not None:
        wanted = [w for w in wanted if w is not bad]
        notes.append(f"{bad.who} is asked to {bad.how} and stays: no camera would see it cleanly.")
        made = blocked(wanted)
    return made


def _coverable(staging: Staging, walk: Walk) -> bool:
    """Whether everybody has a clean single after a move, until somebody moves again."""
    legs = [m for m in staging.beats[walk.beat].moves if m.who == walk.who and m.what == walk.how]
    if not legs:
        return True
    done = legs[-1].path[-1][2] + 0.1
    later = [m.path[0][2] for b in staging.beats for m in b.moves if m.path[0][2] > done
             and m.what not in ("enter", "exit")]  # fmt: skip
    until, met = min(later, default=staging.seconds), frozenset[str]()
    for at in (done, *(b.start + 0.5 * b.seconds for b in staging.beats if b.start > done)):
        people = staging.at(at)
        still = [f for f in people if f.role == "cast" and f.stance not in ("lie", "walk", "run")]
        if at > until or frozenset(f.name for f in still) <= met:
            continue
        met |= {f.name for f in still}
        now = staging.model_copy(update={"axis": staging.line(at)})
        for f in still:
            looks = next((p.position for p in people if p.name == f.looks_at), None)
            if f.species == "human" and not any(
                single(now, people, f, size, Look(), looks) for size in ("MS", "MCU", "MLS")
            ):
                return False
    return True


def _seated(
    dressed: SetDesign, beats: tuple[Beat, ...], everyone: tuple[str, ...]
) -> frozenset[str]:
    """Who sits as the scene begins: whom the words before the first speech name, else everyone."""
    if dressed.kind in ("car", "train"):
        return frozenset(everyone)
    out: set[str] = set()
    for beat in takewhile(lambda b: b.what != "speech", beats):
        for sentence in sentences(beat.words):
            if _SEATED.search(sentence.casefold()):
                out.update(named(sentence, everyone) or everyone)
    return frozenset(out)


def _stays(
    name: str, beats: tuple[Beat, ...], traffic: Traffic
) -> list[tuple[float, float | None]]:
    """Seconds from and to which somebody is there."""
    if not beats:
        return [(0.0, None)]
    return [
        (beats[a].start if a else 0.0, beats[b].end if b < len(beats) - 1 else None)
        for a, b in traffic.spans(name, beats)
    ]


def _at_first(
    name: str, build: Build, species: str, spots: dict[str, Vec2], order: list[str],
    beats: tuple[Beat, ...], stays: list[tuple[float, float | None]], dressed: SetDesign,
    seated: frozenset[str],
) -> Figure:  # fmt: skip
    """Somebody as they are when they are first there, before anybody moves."""
    if species == "cloud":
        return Figure(name=name, species=species, build=build, position=(0.0, 17.0), lift=8.0,
            facing=-90.0, enters=stays[0][0])  # fmt: skip
    spot = spots[name]
    partner = _partner(name, order, beats)
    facing = _bearing(spot, spots[partner]) if partner else -90.0
    facing = -90.0 if dressed.kind == "car" else facing
    driving = dressed.kind == "car" and spot == (-0.4, 0.0)
    stance = "drive" if driving else "sit" if name in seated else "stand"
    if stance == "sit" and stays[0][0] > 0 and dressed.kind not in ("car", "train"):
        stance = "stand"  # who comes later has no chair yet
    return Figure.model_validate({
        "name": name, "role": "cast" if species == "human" else "animal", "species": species,
        "build": build, "stance": stance if species == "human" else "stand", "position": spot,
        "facing": round(facing, 1), "looks_at": partner, "enters": stays[0][0],
        "leaves": stays[-1][1],
        "away": [(t or 0.0, u) for (_, t), (u, _) in pairwise(stays)],
    })  # fmt: skip


def _moving(
    figure: Figure, blocking: Blocking, beats: tuple[Beat, ...], traffic: Traffic, order: list[str]
) -> Figure:
    """The same with their way through the scene, and what their body does on it."""
    if figure.species == "cloud":
        return figure
    name, door = figure.name, blocking.ground.door
    path: list[Vec3] = []
    for come, go in blocking.stays[name]:
        mine = [g for g in blocking.legs if g.who == name and come <= g.at
                and (go is None or g.at < go)]  # fmt: skip
        path += _comes(blocking.spots[name], door, come)
        path += [p for g in mine if g.travels for p in g.way]
        if go is not None:
            last = mine[-1].until if mine else come
            path += _goes(blocking.where(name, go - 1e-3), door, go, max(last, come + 2.5))
    partner = _partner(name, order, beats)

    def where(who: str, seconds: float) -> Vec2 | None:
        return blocking.where(who, seconds) if who in blocking.here(seconds) else None

    poses = poses_of(figure, beats, blocking.legs, partner, traffic.fallen.get(name), where)
    start = path[0][:2] if path and figure.enters else figure.position
    return figure.model_copy(update={"path": tuple(path), "poses": tuple(poses), "position": start})


def _comes(spot: Vec2, door: Vec2, come: float) -> list[Vec3]:
    """The way in from the door."""
    if come <= 0:
        return []
    near = _on_the_way(spot, door, 3.2)
    span = min(math.dist(near, spot) / _WALK, 2.4)
    return [(*near, come), (*spot, come + span)]


def _goes(spot: Vec2, door: Vec2, go: float, free: float) -> list[Vec3]:
    """The way out towards the door, where there is time for it; `free` is when they may set off."""
    gone, begins = _on_the_way(spot, door, 3.5), max(go - 2.2, free)
    return [(*spot, begins), (*gone, go)] if begins < go else []


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


def _on_the_way(spot: Vec2, door: Vec2, far: float) -> Vec2:
    """A point `far` metres from the spot towards the door, or the door where it is nearer."""
    length = math.dist(spot, door)
    part = min(1.0, far / max(length, 1e-6))
    return (round(spot[0] + part * (door[0] - spot[0]), 3),
            round(spot[1] + part * (door[1] - spot[1]), 3))  # fmt: skip


def _comings(figure: Figure, blocking: Blocking) -> list[Move]:
    """Moves in and out; those within the scene are the blocking's legs."""
    legs = {p for g in blocking.legs if g.who == figure.name for p in pairwise(g.way)}
    comes = {come for come, _ in blocking.stays.get(figure.name, ()) if come > 0}
    return [
        Move(who=figure.name, what="enter" if a[2] in comes else "exit", path=(a, b))
        for a, b in pairwise(figure.path)
        if a[:2] != b[:2] and (a, b) not in legs
    ]  # fmt: skip


def _move(leg: Leg) -> Move:
    return Move(who=leg.who, what=leg.how, path=leg.way)


def _within(move: Move, beat: Beat) -> bool:
    return beat.start - 1e-6 <= move.path[0][2] < beat.end - 1e-6


def _bearing(a: Vec2, b: Vec2) -> float:
    return math.degrees(math.atan2(b[1] - a[1], b[0] - a[0]))

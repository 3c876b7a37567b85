"""What stands in a set, and what people have in hand; placed so that it hides nobody."""

from __future__ import annotations

import re

from setpiece.previs.beats import named, sentences
from setpiece.previs.holding import held_at
from setpiece.previs.model import Beat, Figure, Prop, SetDesign, Vec2, Vec3
from setpiece.script.model import Scene

_HAND: dict[str, Vec3] = {
    "phone": (0.08, 0.02, 0.15), "letter": (0.21, 0.01, 0.15), "dagger": (0.05, 0.05, 0.35),
    "knife": (0.04, 0.04, 0.3), "sword": (0.12, 0.05, 0.95), "gun": (0.05, 0.2, 0.15),
    "cup": (0.09, 0.09, 0.12), "glass": (0.08, 0.08, 0.13), "torch": (0.08, 0.08, 0.6),
    "book": (0.2, 0.05, 0.27), "bag": (0.4, 0.2, 0.35), "leash": (0.05, 0.05, 0.1),
    "camera": (0.15, 0.12, 0.1), "drum": (0.4, 0.4, 0.4), "taper": (0.05, 0.05, 0.25),
    "head": (0.22, 0.22, 0.28), "money": (0.15, 0.01, 0.07), "key": (0.03, 0.01, 0.07),
}  # fmt: skip
_SAME = {"lettera": "letter", "lettre": "letter", "carta": "letter", "brief": "letter",
    "telefono": "phone", "téléphone": "phone", "handy": "phone", "daggers": "dagger",
    "coltello": "knife", "pistola": "gun", "bicchiere": "glass", "swords": "sword"}  # fmt: skip


def chair(dressed: SetDesign, at: Vec2, facing: float | None) -> Prop:
    """What somebody sits down on there, as the place has it."""
    wild = not dressed.interior
    period = "period" in dressed.features
    return Prop(
        item="rock" if wild else "stool" if period else "chair", kind="rock" if wild else "chair",
        position=(*at, 0), size=(0.7, 0.6, 0.42) if wild else (0.45, 0.45, 0.9),
        facing=-90.0 if facing is None else facing,
    )  # fmt: skip


def set_dressing(dressed: SetDesign, figures: list[Figure], text: str, seats: bool) -> list[Prop]:
    """Furniture by the kind of set. Everything taller than a table stands behind everybody."""
    wide, deep, _ = dressed.size
    period = "period" in dressed.features
    out: list[Prop] = []
    wild = not dressed.interior and not re.search(
        r"\b(chairs?|tables?|bench|stools?)\b", text, re.I
    )
    if seats and dressed.kind not in ("car", "train"):
        for f in figures:
            if f.stance == "sit":
                out.append(
                    Prop(
                        item="rock" if wild else "stool" if period else "chair",
                        kind="rock" if wild else "chair",
                        position=(*f.position, 0),
                        size=(0.7, 0.6, 0.42) if wild else (0.45, 0.45, 0.9),
                        facing=f.facing,
                    )
                )
    if seats and not wild and dressed.kind not in ("car", "train"):
        out.append(
            _thing(
                "table",
                (0, 0.0, 0),
                (
                    max(0.8, max(abs(f.position[0]) for f in figures[:8]) - 0.2)
                    if figures
                    else 1.0,
                    0.75,
                    0.74,
                ),
            )
        )
    back = deep / 2
    if dressed.kind == "kitchen":
        out.append(_thing("counter", (-wide * 0.1, back - 0.32, 0), (2.4, 0.6, 0.9)))
    elif dressed.kind == "bedroom":
        out.append(_thing("bed", (-wide / 2 + 1.0, back - 1.1, 0), (1.5, 2.0, 0.55)))
    elif dressed.kind == "office":
        out.append(_thing("desk", (-wide * 0.25, back - 0.6, 0), (1.6, 0.8, 0.74)))
        if not period:
            out.append(_thing("shelf", (wide * 0.2, back - 0.2, 0), (1.2, 0.35, 1.9)))
    elif dressed.kind == "bar":
        out.append(_thing("counter", (-wide * 0.1, back - 0.8, 0), (4.0, 0.6, 1.1)))
    elif dressed.kind == "hall" and dressed.interior:
        item = "throne" if "palace" in dressed.place.casefold() or period else "bench"
        out.append(_thing(item, (0, back - 0.8, 0), (0.8, 0.8, 1.5), kind="chair"))
    elif dressed.kind == "room" and dressed.interior:
        out.append(_thing("bench" if period else "sofa", (-wide * 0.2, back - 0.55, 0),
            (1.9, 0.8, 0.8)))  # fmt: skip
    elif dressed.kind in ("heath", "hill", "shore"):
        out += [
            _thing("rock", (-4.5, 6.0, 0), (1.4, 1.1, 0.8)),
            _thing("rock", (5, 8, 0), (2, 1.5, 1.2)),
        ]
    elif dressed.kind in ("forest", "park"):
        out += [
            _thing("tree", (x, y, 0), (0.5, 0.5, 7.0))
            for x, y in ((-5, 7), (4, 9), (8, 6), (-9, 10))
        ]
    elif dressed.kind in ("street", "road") and not period:
        out.append(_thing("car", (7, 8, 0), (1.8, 4.4, 1.45), facing=0))
    elif dressed.kind == "camp":
        out += [_thing("tent", (x, 9, 0), (3, 3, 2.4)) for x in (-6, 0.5, 7)]
    if "cauldron" in f"{dressed.place} {text}".casefold():
        out.append(_thing("cauldron", (0, 0.0, 0), (0.7, 0.7, 0.62)))
    if re.search(r"traffic light", text, re.I) and not dressed.interior:
        out.append(_thing("traffic light", (3.5, 5, 0), (0.4, 0.4, 4.5)))
    return out


def held_props(scene: Scene, figures: list[Figure], beats: tuple[Beat, ...]) -> list[Prop]:
    """Props that the action names, each in the hand of who acts in that sentence, else nearby."""
    out: list[Prop] = []
    humans = {f.name: f for f in figures if f.species == "human"}
    for proposal in scene.proposals:
        kind = _SAME.get(proposal.item.casefold(), proposal.item.casefold())
        if proposal.category != "props" or kind not in _HAND or any(p.item == kind for p in out):
            continue
        holder = ""
        for index, beat in enumerate(beats):
            if beat.what != "speech" and re.search(
                rf"\b{re.escape(proposal.item)}", beat.words, re.I
            ):
                holder = _who_has(beat, proposal.item, tuple(humans))
                if not holder and index and beats[index - 1].who:
                    holder = next((n for n in beats[index - 1].who if n in humans), "")
                break
        if not holder and humans:
            holder = next(iter(humans))
        if holder:
            position = held_at(humans[holder])
            out.append(
                Prop(item=kind, kind=kind, size=_HAND[kind], held_by=holder, position=position)
            )
    return out


def _who_has(beat: Beat, item: str, names: tuple[str, ...]) -> str:
    """Whom the sentence with the thing names, else who was named last before it."""
    last = ""
    for sentence in sentences(beat.words):
        inside = named(sentence, names)
        if re.search(rf"\b{re.escape(item)}", sentence, re.I):
            return inside[0] if inside else last or next((n for n in beat.who if n in names), "")
        last = inside[-1] if inside else last
    return last


def _thing(item: str, position: Vec3, size: Vec3, facing: float = -90.0, kind: str = "") -> Prop:
    return Prop(item=item, kind=kind or item, position=position, size=size, facing=facing)

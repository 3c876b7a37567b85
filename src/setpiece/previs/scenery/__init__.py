"""Sets by kind: to scale, the same in every shot of a scene, clear of the action."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from setpiece.previs.blocked import Thing
from setpiece.previs.model import Opening
from setpiece.previs.scenery import abroad, country, great_rooms, interiors, towns, vehicles
from setpiece.previs.scenery.floors import FLOORS, strokes
from setpiece.previs.scenery.parts import Plot

INSIDE: dict[str, Callable[[Plot], list[Thing]]] = {
    "room": interiors.room,
    "bedroom": interiors.bedroom,
    "hall": great_rooms.hall,
    "castle": great_rooms.hall,
    "corridor": great_rooms.corridor,
    "kitchen": interiors.kitchen,
    "office": interiors.office,
    "bar": interiors.bar,
    "church": great_rooms.church,
    "cave": great_rooms.cave,
    "car": vehicles.car,
    "train": vehicles.train,
    "camp": interiors.room,
    "boat": interiors.room,
    "court": great_rooms.hall,
    "tunnel": great_rooms.corridor,
}
OUTSIDE: dict[str, Callable[[Plot], list[Thing]]] = {
    "street": towns.street,
    "alley": towns.alley,
    "road": abroad.road,
    "forest": country.forest,
    "field": country.field,
    "heath": country.heath,
    "hill": country.hill,
    "shore": country.shore,
    "castle": towns.castle,
    "court": towns.courtyard,
    "tunnel": towns.alley,
    "park": abroad.garden,
    "camp": abroad.camp,
    "roof": towns.roof,
    "boat": abroad.boat,
    "car": abroad.road,
    "train": abroad.road,
    "church": towns.courtyard,
    "hall": towns.courtyard,
    "cave": country.hill,
}


def build_set(
    kind: str,
    size: tuple[float, float, float],
    *,
    interior: bool,
    seed: int = 0,
    features: tuple[str, ...] = (),
    night: bool = False,
    old: bool = False,
    keep: Iterable[tuple[float, float, float]] = (),
    openings: tuple[Opening, ...] = (),
    bare: bool = False,
) -> list[Thing]:
    """Things of a set about the origin, floor at z = 0.

    size (w, d, h) [m] along x, y, z. keep: (x, y, radius) [m] that furniture stays off. openings:
    doors and windows, ours where there are none. bare: the furniture comes from elsewhere. A kind
    that is not known is a room, or a field.
    """
    points = np.array(list(keep), float).reshape(-1, 3)
    plot = Plot(size, seed, features, points, night, old, interior, openings, bare)
    build = INSIDE.get(kind, interiors.room) if interior else OUTSIDE.get(kind, country.field)
    out = build(plot)
    if not interior:
        grown = kind in ("forest", "field", "heath", "hill", "park", "shore")
        for floor in FLOORS:
            if floor in features and not (grown and floor in ("grass", "sand")):
                out.append(strokes(floor, plot.half, seed))
    return out

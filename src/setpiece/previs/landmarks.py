"""What a scene's words say stands there: towers, churches, ambulances, at true scale."""

from __future__ import annotations

import re
from dataclasses import dataclass

from setpiece.previs.model import Prop, SetDesign, Vec3
from setpiece.previs.set_piece import falls
from setpiece.script.lines import plain
from setpiece.script.model import Scene, Screenplay


@dataclass(frozen=True)
class Landmark:
    """`words` name it; `size` across, along and up [m]; `far`: it stands behind the houses' front.
    `count`: how many there are. `facing`: towards the camera, or side on. `within`: indoors."""

    kind: str
    words: str
    size: Vec3
    far: bool = False
    count: int = 1
    facing: float = -90.0
    within: bool = False


LANDMARKS = (
    Landmark("lighthouse", r"lighthouse|faro|phare|leuchtturm", (6, 6, 17.6), far=True),
    Landmark("tower", r"tower|torre|campanile|turm|belfry|bell tower", (6.4, 6.4, 23), far=True),
    Landmark("church", r"church|chapel|cathedral|chiesa|église|iglesia|kirche", (10.9, 13, 17.5),
        far=True),
    Landmark("bridge", r"bridge|ponte|pont|puente|brücke", (32, 4.8, 8), far=True),
    Landmark("ship", r"ship|ferry|schooner|nave|traghetto|navire|barco|schiff", (26, 6.4, 14),
        far=True),
    Landmark("crane", r"crane", (19, 3.6, 25), far=True),
    Landmark("fountain", r"fountain|fontana|fontaine|fuente", (3.6, 3.6, 2.6)),
    Landmark("statue", r"statue|statua|estatua", (1.5, 1.5, 4.5)),
    Landmark("well", r"well(?=[.,;]| in\b| stands)|pozzo|puits|pozo", (1.7, 1.7, 2.7)),
    Landmark("gate", r"gates?|cancello|portail|verja", (5.6, 1.0, 4.1)),
    Landmark("ambulance", r"ambulances?|ambulanza|ambulancia|krankenwagen", (2.2, 5.2, 2.7),
        facing=0.0),
    Landmark("police car", r"police cars?|patrol car|squad car", (1.8, 4.4, 1.6), facing=0.0),
    Landmark("van", r"vans?|truck|lorry|furgone|camionnette|furgoneta", (1.95, 5.0, 2.3),
        facing=0.0),
    Landmark("stall", r"stalls|bancarelle|étals|puestos|marktstände", (2.6, 2.1, 2.55), count=3),
    Landmark("cart", r"carts?|carro|charrette|carreta", (1.6, 3.3, 1.1), facing=20.0),
    Landmark("tent", r"tents?|tende|tentes|tiendas|zelte?", (3.0, 3.0, 2.4), count=2),
    Landmark("fire", r"(?:camp|bon)fire|falò|lagerfeuer", (1.0, 1.0, 0.9)),
    Landmark("ladder", r"ladder|scala a pioli|échelle|escalera de mano|leiter", (0.5, 0.9, 4.0)),
    Landmark("stairs", r"stairs?|staircase|stairway|steps(?= (?:up|down|to|of|in)\b)|"
        r"escaliers?|escaleras?|treppe", (3.2, 1.1, 1.9)),
    Landmark("bell", r"bell(?! tower)|campana|cloche|glocke", (2.5, 1.6, 2.9), within=True),
)  # fmt: skip
_GONE = re.compile(
    r"\b(where|no|without|photograph of|picture of|painting of|model of|dove|où|donde|wo)\b"
    r"[^.;,]{0,24}$", re.I
)  # fmt: skip
_LEANS = re.compile(r"\b(lean(?:s|ing|ed)|pendente|penchée|inclinada|schiefe)\b", re.I)
_NEAR = ((3.6, 3.4), (-4.2, 4.2), (7.0, 5.0), (-8.0, 5.5), (0.5, 6.5), (11.0, 6.0))
_FAR = (-6.5, 9.5, -20.0, 22.0, 1.5)


def landmarks(scene: Scene, script: Screenplay, dressed: SetDesign) -> list[Prop]:
    """What stands in a scene's place by all that the script says of that place, nearest first.

    A building that came down there in an earlier scene lies there as rubble.
    """
    if dressed.kind in ("car", "train"):
        return []
    here = _same_place(scene, script)
    said = told_of(scene, script)
    fallen = {thing for s in here if s.position < scene.position for thing in falls(_action(s))}
    out: list[Prop] = []
    near, far = iter(_NEAR), iter(_FAR)
    for mark in LANDMARKS:
        if mark.within != dressed.interior and mark.kind not in ("ladder", "stairs"):
            continue
        found = [m for m in re.finditer(rf"\b(?:{mark.words})\b(?!['’]s)", said, re.I)
                 if not _GONE.search(said[: m.start()])]  # fmt: skip
        if not found or (mark.kind == "tower" and any(p.kind == "lighthouse" for p in out)):
            continue
        kind, size = mark.kind, mark.size
        if kind in fallen:
            kind, size = "rubble", (8.0, 8.0, 2.6)
        elif kind == "tower" and _LEANS.search(said):
            kind = "leaning tower"
        for _ in range(mark.count):
            slot = next(far, None) if mark.far else next(near, None)
            out.append(
                Prop(item=mark.kind, kind=kind, size=size, facing=mark.facing,
                    position=_stands(mark, dressed, slot))
            )  # fmt: skip
    return [p for p in out if p.position[2] >= 0]


def told_of(scene: Scene, script: Screenplay) -> str:
    """All that the script's action lines say of a scene's place, in all of its scenes."""
    return " ".join([scene.place, *(_action(s) for s in _same_place(scene, script))])


def _same_place(scene: Scene, script: Screenplay) -> list[Scene]:
    return [s for s in script.scenes if s.place.casefold() == scene.place.casefold()
            and (s.setting == "EXT") == (scene.setting == "EXT")]  # fmt: skip


def _action(scene: Scene) -> str:
    return " ".join(plain(e.text) for e in scene.elements if e.kind == "action")


def _stands(mark: Landmark, dressed: SetDesign, slot: tuple[float, float] | float | None) -> Vec3:
    """The middle of its foot; under the ground where there is no room left."""
    wide, deep, _ = dressed.size
    if slot is None:
        return (0.0, 0.0, -1.0)
    if dressed.interior:
        x = -wide * 0.15
        if mark.kind in ("stairs", "ladder"):
            x = round(min(wide * 0.2, max(wide / 2 - mark.size[0] / 2 - 0.1, 0.0)), 3)
            deep = min(deep, 9.4)  # near enough to be climbed in the picture
        return (x, deep / 2 - mark.size[1] / 2 - 0.3, 0.0)
    across, along = mark.size[:2] if mark.facing == -90 else mark.size[1::-1]
    if isinstance(slot, tuple):
        return (slot[0], slot[1] + along / 2, 0.0)
    # In the row of houses of a street, else on the edge of the playing area.
    front = 8.0 if dressed.kind in ("street", "road") else 13.0
    return (slot if across < 20 else 0.0, front + along / 2, 0.0)

"""Which camera an idea gets, and how it moves: the rules of `camera_rules.py` hold at both ends."""

from __future__ import annotations

import math

from setpiece.previs.camera_rules import fits, framed
from setpiece.previs.idea import Idea
from setpiece.previs.lens import HEADROOM, project
from setpiece.previs.model import Camera, Figure, Prop, Staging, Vec3
from setpiece.previs.place import Look, close_on, closer, over_shoulder, single, wide
from setpiece.previs.vista import alone, point_of_view, with_people

_HORIZON = 0.82  # of half the picture's height that the horizon stands over its middle
_RISE = 0.14  # of a crane over its distance: more looks down on the tops of heads


def camera_for(
    staging: Staging, idea: Idea, people: tuple[Figure, ...], look: Look
) -> Camera | None:
    """The camera for an idea among `people`, or None where none keeps every rule."""
    here = {f.name: f for f in people}
    subjects = tuple(here[n] for n in idea.subjects if n in here)
    prop = thing_of(staging, idea.prop, idea.over or (idea.subjects or ("",))[0])
    if idea.type == "insert":
        return close_on(staging, people, prop, here.get(prop.held_by), look) if prop else None
    if idea.type == "cutaway":
        return alone(staging, people, prop, look, idea.move) if prop else None
    if idea.type == "pov":
        eyes, seen = here.get(idea.over), prop if idea.prop else (subjects or (None,))[0]
        found = eyes and seen and point_of_view(staging, people, eyes, seen, idea.size, look)
        return found[0] if found else None
    if not subjects:
        return alone(staging, people, prop, look, "tilt up") if prop else None
    if prop is not None and not prop.held_by:
        return with_people(staging, people, subjects, prop, look,
            tilt=idea.type in ("establishing", "master"))  # fmt: skip
    if idea.type in ("establishing", "master", "re-establishing"):
        ladder = {"establishing": (3.0, 2.2, 1.6, 1.2, 1.0), "master": (1.7, 1.3, 1.0)}
        for reach in ladder.get(idea.type, (1.25, 1.0)):
            shift = -0.45 if idea.type == "establishing" else 0.3 if reach < 1.3 else 0.0
            camera = wide(
                staging,
                people,
                subjects,
                look,
                reach=reach,
                shift=shift,
                height=2.1 if idea.type == "establishing" else 1.6,
                least=(2.0 if reach > 1 else 1.3) if idea.type == "establishing" else 1.0,
            )
            if camera:
                return camera
        return None
    if idea.type in ("group", "two-shot") and len(subjects) > 1:
        shift = math.radians(idea.turn) if idea.turn else 0.15 * (idea.type == "group")
        return wide(staging, people, subjects, look, shift=shift)
    who = subjects[0]
    if idea.type == "ots":
        over = here.get(idea.over)
        return over_shoulder(staging, people, who, over, idea.size, look) if over else None
    looks = here.get(who.looks_at) if isinstance(who.looks_at, str) else None
    toward = looks.position if looks and looks.species != "cloud" else None
    turn = 1 if who.position[0] > 0 else -1
    return single(staging, people, who, idea.size, look, toward, turn, idea.turn)


def moved(staging: Staging, idea: Idea, camera: Camera, people: tuple[Figure, ...]) -> Camera:
    """A move where the idea asks for one and its end keeps the rules too."""
    main = next((f for f in people if f.name in idea.subjects[:1]), None)
    if main is None:
        return camera
    if camera.move != "static" or camera.target_end is not None:
        return camera
    if idea.push and idea.type == "single":
        tall = (0.78 * _distance(camera) * camera.sensor / camera.ratio) / camera.lens
        x, y, z = camera.target
        aim = max(main.top - (0.5 - HEADROOM) * tall, z)
        return _ending(
            staging, camera, people, main, closer(camera, 0.22), (x, y, round(aim, 3)), "dolly"
        )
    if idea.type == "establishing" and not staging.set.interior and idea.seconds > 2:
        high = _raised(camera, [f for f in people if f.name in idea.subjects])
        if high and all(fits(staging, people, high, f) for f in people if f.name in idea.subjects):
            return high.model_copy(
                update={
                    "move": "crane",
                    "position_end": camera.position,
                    "target_end": camera.target,
                }
            )
    if main.stance == "fight" and idea.type != "insert":
        return camera.model_copy(update={"move": "handheld"})
    return camera


def _raised(camera: Camera, subjects: list[Figure]) -> Camera | None:
    """The camera high over them, as far as it still sees their feet and the horizon, which says
    where we are; None where that is no height to speak of."""
    (x, y, z), far = camera.position, _distance(camera)
    half = camera.sensor / camera.ratio / 2 / camera.lens
    for part in (1.0, 0.75, 0.55, 0.4, 0.28):
        rise = part * min(3.0, _RISE * far)
        level = max(z + rise - _HORIZON * half * far, camera.target[2])
        high = camera.model_copy(update={
            "position": (x, y, round(z + rise, 3)),
            "target": (*camera.target[:2], round(level, 3)),
        })  # fmt: skip
        feet = project(high, [(*f.position, f.lift) for f in subjects])
        if rise > 0.35 and (feet[:, 1] > -0.97).all():
            return high
    return None


def _ending(
    staging: Staging, camera: Camera, people: tuple[Figure, ...], main: Figure, end: Vec3,
    target: Vec3, move: str,
) -> Camera:  # fmt: skip
    moved = camera.model_copy(update={"position_end": end, "target_end": target, "move": move})
    last = moved.at(1.0)
    return moved if fits(staging, people, last, main) and framed(last, main) else camera


def _distance(camera: Camera) -> float:
    a, b = camera.position, camera.target
    return float(((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2) ** 0.5)


def thing_of(staging: Staging, item: str, holder: str = "") -> Prop | None:
    """The thing of a name: in somebody's hand, else the first one."""
    found = [p for p in staging.props if item and p.item == item]
    return next((p for p in found if p.held_by == holder), found[0] if found else None)

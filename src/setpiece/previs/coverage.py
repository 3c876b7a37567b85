"""A scene's shot list: each idea gets its camera, a slate, and a name as a 1st AD writes it."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

from setpiece.previs.angles import camera_for, moved
from setpiece.previs.following import follow, tilting
from setpiece.previs.grammar import Place, ideas
from setpiece.previs.idea import OVER, Idea
from setpiece.previs.lens import SIZES, measured_size
from setpiece.previs.model import Camera, Figure, Shot, ShotList, Size, Staging
from setpiece.previs.place import Look
from setpiece.script.model import Scene

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # no I and no O on a slate
ALONE = "no place past a shoulder on this side of the line, so alone in the frame"
_WIDE = ("establishing", "master", "re-establishing", "group", "two-shot")


def shot_list(
    staging: Staging,
    *,
    place: Place = "new",
    look: Look | None = None,
    scene: Scene | None = None,
) -> ShotList:
    """Cover a scene. The same staging always gives the same list.

    Args:
        place: whether the film has been there before; see `places`.
        scene: where the staging is from; its words are hashed into `scene_hash`.

    Where no camera satisfies every rule, the shot falls back to a wider one and its `flags` say so.
    """
    made = ideas(staging, place=place)
    return covered(staging, made, look=look, scene=scene)


def covered(
    staging: Staging, wanted: list[Idea], *, look: Look | None = None, scene: Scene | None = None,
    by: str = "setpiece",
) -> ShotList:  # fmt: skip
    """Cameras, slates and names for ideas, whoever had them (`by`)."""
    look = look or Look()
    shots: list[Shot] = []
    named: dict[tuple[object, ...], str] = {}
    for index, idea in enumerate(wanted):
        slate = f"{staging.number}{letters(index)}"
        idea, camera, flags = _shoot(staging, idea, look)
        shot = Shot(
            id=slate, scene=staging.number, position=staging.position, size=idea.size,
            type=idea.type, subjects=idea.subjects, over=idea.over, prop=idea.prop, camera=camera,
            beats=idea.beats, start=idea.start, seconds=idea.seconds, reason=idea.reason,
            flags=flags,
        )  # fmt: skip
        key = (idea.type, idea.size, idea.subjects, idea.over, camera.position)
        setup = named.setdefault(key, slate)
        shots.append(shot.model_copy(update={"coverage": coverage_name(shot, setup)}))
    return ShotList(
        position=staging.position, scene=staging.number, shots=tuple(shots),
        scene_hash=scene_hash(scene) if scene else "", by=by,
    )  # fmt: skip


def letters(index: int) -> str:
    """0 -> A, 23 -> Z, 24 -> AA: as slates count, without I and O."""
    out = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, len(_LETTERS))
        out = _LETTERS[rest] + out
    return out


def coverage_name(shot: Shot, setup: str = "") -> str:
    """ "12B single ANA": the set-up, what it is, and whom it is for."""
    what = {"ots": "OTS", "pov": "POV"}.get(shot.type, shot.type)
    whom = (
        shot.prop.upper()
        if (shot.prop and not shot.subjects) or shot.type == "insert"
        else " ".join(shot.subjects[:3])
    )
    if shot.type in ("establishing", "master", "re-establishing"):
        whom = ""
    if shot.type == "pov":
        return f"{setup or shot.id} POV {shot.over}: {whom}"
    past = f" past {shot.over}" if shot.over else ""
    return f"{setup or shot.id} {what} {whom}".strip() + past


def scene_hash(scene: Scene) -> str:
    """What the scene says: heading and words, not its number."""
    said = "\n".join([scene.heading, *(f"{e.kind}\t{e.text}" for e in scene.elements[1:])])
    return sha256(said.encode()).hexdigest()[:16]


def places(stagings: tuple[Staging, ...]) -> tuple[Place, ...]:
    """For each scene, whether its place is "new" to the film, one that it is "back" at, or the one
    where it is still ("stay": at the same time of day too)."""
    keys = [(s.set.place.casefold(), s.set.interior, s.set.time) for s in stagings]
    out: list[Place] = []
    for i, key in enumerate(keys):
        known = any(key[:2] == other[:2] for other in keys[:i])
        out.append("stay" if i and key == keys[i - 1] else "back" if known else "new")
    return tuple(out)


def _shoot(staging: Staging, idea: Idea, look: Look) -> tuple[Idea, Camera, tuple[str, ...]]:
    if idea.move and idea.type == "single":
        going = _going(staging, idea, look)
        if going is not None:
            return (*going, ())
        idea = _standing(staging, idea)
    middle = idea.start + 0.5 * idea.seconds
    people = staging.at(middle)
    staging = staging.model_copy(update={"axis": staging.line(middle)})
    here = {f.name: f for f in people}
    subjects = tuple(here[n] for n in idea.subjects if n in here)
    if not subjects and people and not idea.prop:
        subjects = people[:1]
    idea = replace(idea, subjects=tuple(f.name for f in subjects))
    for attempt in _attempts(idea, people):
        camera = camera_for(staging, attempt, people, look)
        if camera is None:
            continue
        if attempt.type in _WIDE and attempt.subjects:
            main = max((here[n] for n in attempt.subjects), key=lambda f: f.build.height)
            camera = moved(staging, attempt, camera, people)
            attempt = replace(attempt, size=measured_size(camera, main))
        else:
            camera = moved(staging, attempt, camera, people)
            if (attempt.type == "pov" and attempt.subjects) or (
                attempt.prop and attempt.subjects and attempt.type == "single"
            ):
                attempt = replace(attempt, size=measured_size(camera, here[attempt.subjects[0]]))
        fell = attempt.type != idea.type or (
            attempt.type not in _WIDE and attempt.size != idea.size
        )
        if attempt.type == "ots":  # the shoulder may want a size more or less: called as it is seen
            attempt = replace(attempt, size=measured_size(camera, here[attempt.subjects[0]]))
        if fell and idea.type == "ots" and attempt.type == "single":
            attempt = replace(attempt, reason=attempt.reason.replace(OVER, ALONE))
        elif fell:
            attempt = replace(
                attempt,
                reason=f"{attempt.reason} [No clean {idea.size} "
                f"{idea.type} from this side of the line: {attempt.size} {attempt.type}.]",
            )
        return attempt, camera, ()
    camera = _whole(staging, look)
    size: Size = measured_size(camera, subjects[0]) if subjects else "LS"
    kind = idea.type if not subjects and idea.type == "establishing" else "master"
    flags = ("no camera keeps every rule here: look at the blocking",) if subjects else ()
    return replace(idea, size=size, type=kind, over="", prop="", move=""), camera, flags


def _whole(staging: Staging, look: Look) -> Camera:
    """The set from a corner of its open side, with whatever is in it."""
    wide, deep, high = staging.set.size
    z = min(2.2, high - 0.4) if staging.set.interior else 2.2
    at = (-(wide / 2 - 0.5), -deep / 2 + 0.5, z)
    return Camera(position=at, target=(0, 0, 1.2), lens=18, sensor=look.sensor, aspect=look.aspect)


def _standing(staging: Staging, idea: Idea) -> Idea:
    """In place of a move that no camera can go with: the way in a wide frame."""
    who = idea.subjects[0]
    others = [f.name for f in staging.at(idea.start + 0.5 * idea.seconds)
              if f.role == "cast" and f.name != who and f.species == "human"]  # fmt: skip
    return replace(idea, type="master", size="LS", subjects=(who, *others[:3]), move="",
        reason=f"{idea.reason} [No room for the camera to go along: wide instead.]")  # fmt: skip


def _going(staging: Staging, idea: Idea, look: Look) -> tuple[Idea, Camera] | None:
    """A camera that goes with the main subject; None where it cannot."""
    who = idea.subjects[0]
    if idea.move.startswith("tilt"):
        middle = idea.start + 0.5 * idea.seconds
        people = staging.at(middle)
        still = staging.model_copy(update={"axis": staging.line(middle)})
        for size in (idea.size, "MLS", "LS"):
            camera = camera_for(still, replace(idea, size=size), people, look)  # type: ignore[arg-type]
            if camera is not None:
                tilted = tilting(
                    camera, staging, who, idea.start, idea.seconds, idea.move == "tilt up"
                )
                if tilted.move == "tilt":
                    return replace(idea, size=size), tilted  # type: ignore[arg-type]
        return None
    for way in dict.fromkeys((idea.move, "pan", "track")):
        found = follow(staging, who, idea.size, look, idea.start, idea.seconds, way)
        if found is not None:
            camera, size = found
            told = (
                idea.reason
                if way == idea.move
                else f"{idea.reason} [No room to {idea.move}: {way}.]"
            )
            return replace(idea, size=size, move=way, reason=told), camera
    return None


def _attempts(idea: Idea, people: tuple[Figure, ...]) -> list[Idea]:
    """The idea, then what an operator would offer instead, nearest first."""
    out = [idea]
    if idea.prop and idea.type != "insert":
        if idea.type == "pov" and idea.over:
            out.append(replace(idea, type="reaction", size="MCU", subjects=(idea.over,), over="",
                prop="", move=""))  # fmt: skip
        idea = replace(idea, prop="", over="", move="")
        if idea.subjects and idea.type not in ("pov", "cutaway"):
            out.append(idea)
    if idea.type == "pov" and idea.over:
        out += [replace(idea, type="reaction", size=size, subjects=(idea.over,), over="", move="")
                for size in ("MCU", "MS", "CU", "MLS")]  # type: ignore[arg-type]  # fmt: skip
    if idea.type in ("pov", "cutaway"):
        idea = replace(idea, type="single", size="MS", over="")
    if idea.type == "ots":
        out.append(replace(idea, type="single", over=""))
    if idea.type in ("ots", "single", "reaction", "pov"):
        at = SIZES.index(idea.size)
        other = [SIZES[k] for k in (at - 1, at + 1, at + 2, at + 3) if 0 < k < len(SIZES)]
        kind = "reaction" if idea.type == "reaction" else "single"
        out += [replace(idea, type=kind, size=size, over="") for size in other]  # type: ignore[arg-type]
    if idea.type == "insert" and idea.subjects:
        out.append(replace(idea, type="single", size="MCU", prop="", subjects=idea.subjects[:1]))
    names = idea.subjects
    while len(names) > 2:
        names = names[:-1]
        out.append(replace(idea, subjects=names))
    if idea.subjects:
        out += [replace(idea, type="single", size=size, subjects=(name,), over="", prop="")
                for name in idea.subjects for size in ("MS", "MCU", "MLS", "CU", "LS")]  # type: ignore[arg-type]  # fmt: skip
    return out

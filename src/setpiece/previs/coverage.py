"""A scene's shot list: each idea gets its camera, a slate, and a name as a 1st AD writes it."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

from setpiece.previs.camera_rules import fits, framed
from setpiece.previs.grammar import Idea, ideas
from setpiece.previs.lens import HEADROOM, SIZES, measured_size
from setpiece.previs.model import Camera, Figure, Shot, ShotList, Size, Staging, Vec3
from setpiece.previs.place import Look, close_on, closer, over_shoulder, single, wide
from setpiece.script.model import Scene

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # no I and no O on a slate
_WIDE = ("establishing", "master", "re-establishing", "group", "two-shot")


def shot_list(
    staging: Staging,
    *,
    new_place: bool = True,
    look: Look | None = None,
    scene: Scene | None = None,
) -> ShotList:
    """Cover a scene. The same staging always gives the same list.

    Args:
        new_place: whether the film was somewhere else before; see `places`.
        scene: where the staging is from; its words are hashed into `scene_hash`.

    Where no camera satisfies every rule, the shot falls back to a wider one and its `flags` say so.
    """
    made = ideas(staging, new_place=new_place)
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
    whom = shot.prop.upper() if shot.type == "insert" else " ".join(shot.subjects[:3])
    if shot.type in ("establishing", "master", "re-establishing"):
        whom = ""
    past = f" past {shot.over}" if shot.over else ""
    return f"{setup or shot.id} {what} {whom}".strip() + past


def scene_hash(scene: Scene) -> str:
    """What the scene says: heading and words, not its number."""
    said = "\n".join([scene.heading, *(f"{e.kind}\t{e.text}" for e in scene.elements[1:])])
    return sha256(said.encode()).hexdigest()[:16]


def places(stagings: tuple[Staging, ...]) -> tuple[bool, ...]:
    """For each scene, whether it is a new place after the one before it (or another time)."""
    keys = [(s.set.place.casefold(), s.set.interior, s.set.time) for s in stagings]
    return tuple(i == 0 or keys[i] != keys[i - 1] for i in range(len(keys)))


def _shoot(staging: Staging, idea: Idea, look: Look) -> tuple[Idea, Camera, tuple[str, ...]]:
    people = staging.at(idea.start + 0.5 * idea.seconds)
    here = {f.name: f for f in people}
    subjects = tuple(here[n] for n in idea.subjects if n in here)
    if not subjects and people:
        subjects = people[:1]
    idea = replace(idea, subjects=tuple(f.name for f in subjects))
    for attempt in _attempts(idea, people):
        camera = camera_for(staging, attempt, people, look)
        if camera is None:
            continue
        if attempt.type in _WIDE:
            main = max((here[n] for n in attempt.subjects), key=lambda f: f.build.height)
            camera = _move(staging, attempt, camera, people)
            attempt = replace(attempt, size=measured_size(camera, main))
        else:
            camera = _move(staging, attempt, camera, people)
        fell = attempt.type != idea.type or (
            attempt.type not in _WIDE and attempt.size != idea.size
        )
        if fell:
            attempt = replace(
                attempt,
                reason=f"{attempt.reason} [No clean {idea.size} "
                f"{idea.type} from this side of the line: {attempt.size} {attempt.type}.]",
            )
        return attempt, camera, ()
    x = staging.set.size[0] / 2 - 0.5
    y = -staging.set.size[1] / 2 + 0.5
    high = min(2.2, staging.set.size[2] - 0.4)
    camera = Camera(position=(-x, y, high), target=(0, 0, 1.2), lens=18, sensor=look.sensor,
        aspect=look.aspect)  # fmt: skip
    size: Size = measured_size(camera, subjects[0]) if subjects else "LS"
    return replace(idea, size=size, type="master", over="", prop=""), camera, (
        "no camera keeps every rule here: look at the blocking",
    )  # fmt: skip


def _attempts(idea: Idea, people: tuple[Figure, ...]) -> list[Idea]:
    """The idea, then what an operator would offer instead, nearest first."""
    out = [idea]
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


def camera_for(
    staging: Staging, idea: Idea, people: tuple[Figure, ...], look: Look
) -> Camera | None:
    """The camera for an idea among `people`, or None where none keeps every rule."""
    here = {f.name: f for f in people}
    subjects = tuple(here[n] for n in idea.subjects if n in here)
    if idea.type == "insert":
        prop = next((p for p in staging.props if p.item == idea.prop), None)
        return close_on(staging, people, prop, here.get(prop.held_by), look) if prop else None
    if not subjects:
        return None
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
        return wide(staging, people, subjects, look, shift=0.15 if idea.type == "group" else 0.0)
    who = subjects[0]
    if idea.type == "ots":
        over = here.get(idea.over)
        return over_shoulder(staging, people, who, over, idea.size, look) if over else None
    looks = here.get(who.looks_at) if isinstance(who.looks_at, str) else None
    toward = looks.position if looks and looks.species != "cloud" else None
    turn = 1 if who.position[0] > 0 else -1
    return single(staging, people, who, idea.size, look, toward, turn)


def _move(staging: Staging, idea: Idea, camera: Camera, people: tuple[Figure, ...]) -> Camera:
    """A move where the idea asks for one and its end keeps the rules too."""
    main = next((f for f in people if f.name in idea.subjects[:1]), None)
    if main is None:
        return camera
    if idea.push and idea.type == "single":
        tall = (0.78 * _distance(camera) * camera.sensor / camera.ratio) / camera.lens
        x, y, z = camera.target
        aim = max(main.top - (0.5 - HEADROOM) * tall, z)
        return _ending(
            staging, camera, people, main, closer(camera, 0.22), (x, y, round(aim, 3)), "dolly"
        )
    if idea.type == "establishing" and not staging.set.interior and idea.seconds > 2:
        x, y, z = camera.position
        high = camera.model_copy(update={"position": (x, y, z + 3.0)})
        if all(fits(staging, people, high, f) for f in people if f.name in idea.subjects):
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

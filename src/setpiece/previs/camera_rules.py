"""What a camera must keep to: inside the set, its side of the line, its subject framed and seen.

Each rule is measured, by projection and by rays; `place.py` searches for cameras that keep all.
"""

from __future__ import annotations

import math

from setpiece.previs.holding import held_at
from setpiece.previs.lens import (
    measured_size,
    project,
)  # fmt: skip
from setpiece.previs.model import (
    Camera,
    Figure,
    Prop,
    SetDesign,
    Shot,
    Staging,
    Vec2,
    Vec3,
)  # fmt: skip

MARGIN = 0.3  # m between the camera and a wall
SHOULDER = (0.03, 0.33)  # of the picture that who is looked past may fill
_HELD = 0.16  # m about a thing in hand that a face behind it needs
_NEAR = 0.45  # m between the camera and somebody or something


def side(axis: tuple[Vec2, Vec2], point: Vec2 | Vec3) -> float:
    """Metres from the line: negative on the camera's side (towards -y), positive across it."""
    (ax, ay), (bx, by) = axis
    length = math.hypot(bx - ax, by - ay) or 1.0
    value = ((bx - ax) * (point[1] - ay) - (by - ay) * (point[0] - ax)) / length
    return value if bx >= ax else -value


def inside(dressed: SetDesign, point: Vec3) -> bool:
    """Whether a camera may stand there: within the walls or the playing area, off the ground."""
    wide, deep, high = dressed.size
    if dressed.kind == "car":  # shot from outside it, through its windows
        return not (abs(point[0]) < wide / 2 and abs(point[1]) < deep / 2) and 0.15 <= point[2] < 4
    within = abs(point[0]) <= wide / 2 - MARGIN and abs(point[1]) <= deep / 2 - MARGIN
    return within and 0.15 <= point[2] <= (high - 0.15 if dressed.interior else 15)


def free(
    camera: Camera, people: tuple[Figure, ...], props: tuple[Prop, ...], but: str = ""
) -> bool:
    """Whether neither somebody nor something stands where the camera is."""
    x, y, z = camera.position
    for f in people:
        if (
            f.name != but
            and math.hypot(x - f.position[0], y - f.position[1]) < _NEAR
            and z < f.top + 0.3
        ):
            return False
    return not any(
        not p.held_by and p.position[2] - 0.1 < z < p.position[2] + p.size[2] + 0.1
        and math.hypot(x - p.position[0], y - p.position[1]) < 0.5 * math.hypot(*p.size[:2]) + 0.15
        for p in props
    )  # fmt: skip


def hidden(
    camera: Camera, subject: Figure, people: tuple[Figure, ...], props: tuple[Prop, ...]
) -> str:
    """Who or what stands before the subject's face, or "". Bodies are upright cylinders."""
    eye, at = subject.eyes, camera.position
    for f in people:
        if (
            f.name != subject.name
            and f.species != "cloud"
            and before(at, eye, f.position, 0.17 if f.species == "human" else 0.2, f.top)
        ):
            return f.name
    for p in props:
        if not p.held_by and before(
            at, eye, p.position[:2], 0.4 * math.hypot(*p.size[:2]), p.position[2] + p.size[2]
        ):
            return p.item
    holders = {f.name: f for f in people if f.name != subject.name}
    for p in props:  # a torch held up before somebody else's face
        if p.held_by in holders and max(p.size) > 0.3:
            x, y, z = held_at(holders[p.held_by], p)
            reach = max(p.size)
            part = math.dist(at[:2], (x, y)) / max(math.dist(at[:2], eye[:2]), 1e-6)
            ray = at[2] + part * (eye[2] - at[2])
            if ray > z - reach / 2 and before(at, eye, (x, y), _HELD, z + reach):
                return p.item
    return ""


def before(at: Vec3, eye: Vec3, centre: Vec2, radius: float, top: float) -> bool:
    """Whether an upright cylinder stands between two points."""
    dx, dy = eye[0] - at[0], eye[1] - at[1]
    length = dx * dx + dy * dy
    if length < 1e-9:
        return False
    part = ((centre[0] - at[0]) * dx + (centre[1] - at[1]) * dy) / length
    if not 0.02 < part < 0.97:
        return False
    apart = math.hypot(at[0] + part * dx - centre[0], at[1] + part * dy - centre[1])
    return apart < radius and at[2] + part * (eye[2] - at[2]) < top


def behind_back(camera: Camera, subject: Figure, people: tuple[Figure, ...]) -> str:
    """Who stands before more than a fifth of the subject's breast, or "": of a frame that is for
    one person alone, whoever is nearer belongs beside them or out of it."""
    at, breast = camera.position, subject.top - 0.24 * subject.build.height
    far = math.dist(at[:2], subject.position)
    if subject.species != "human" or far < 0.5:
        return ""
    way = math.atan2(subject.position[1] - at[1], subject.position[0] - at[0])
    half = 0.23 / far
    for f in people:
        near = math.dist(at[:2], f.position)
        if f.name == subject.name or f.species == "cloud" or not 0.3 < near < far - 0.25:
            continue
        off = math.remainder(
            math.atan2(f.position[1] - at[1], f.position[0] - at[0]) - way, 2 * math.pi
        )
        share = (half + 0.23 / near - abs(off)) / (2 * half)
        if share > 0.2 and at[2] + near / far * (breast - at[2]) < f.top:
            return f.name
    return ""


def framed(camera: Camera, subject: Figure) -> bool:
    """Whether crown and chin are in the picture (of an ECU, the eyes), and not at its very edge."""
    head = 0.13 * subject.build.height
    x, y = subject.position
    points = [(x, y, subject.top), (x, y, max(subject.top - head, 0.0)), subject.eyes]
    seen = project(camera, points)
    if (seen[:, 2] <= 0.1).any() or (abs(seen[:, 0]) > 0.93).any():
        return False
    if measured_size(camera, subject) == "ECU":
        return bool(abs(seen[2, 1]) < 0.8)
    return bool((abs(seen[:2, 1]) < 0.99).all())


def foreground_share(camera: Camera, over: Figure) -> float:
    """How much of the picture the head, shoulders and back of a human figure take, 0..1.

    Measured as three upright rectangles that face the lens, projected and cut off at the frame:
    head, neck with the slope of the shoulders, and trunk, as wide as they are seen from there.
    """
    scale = over.build.height / 1.75
    x, y = over.position
    seen = math.degrees(math.atan2(camera.position[1] - y, camera.position[0] - x)) - over.facing
    broad = abs(math.cos(math.radians(seen)))
    trunk = (0.44 * broad + 0.28 * (1 - broad)) * scale
    head = 0.26 * scale
    out = 0.0
    for low, high, wide in (
        (over.top - head, over.top, 0.18 * scale),
        (over.top - 1.35 * head, over.top - head, 0.6 * trunk),
        (over.lift, over.top - 1.35 * head, trunk),
    ):
        (left, bottom, depth), (_, top, far) = project(camera, [(x, y, low), (x, y, high)])
        if min(depth, far) <= 0.15:
            continue
        half = wide / depth * camera.lens / camera.sensor
        across = max(min(left + half, 1.0) - max(left - half, -1.0), 0.0)
        out += across * max(min(top, 1.0) - max(bottom, -1.0), 0.0) / 4
    return float(out)


def shoulder_in(camera: Camera, over: Figure) -> bool:
    """Whether somebody frames the picture as the near one of an over-shoulder does: a part of it
    between `SHOULDER`'s, at one side, and the line from head to shoulder is in it."""
    least, most = SHOULDER
    x, y = over.position
    down = 0.3 * over.build.height / 1.75
    (at, ear, depth), (_, arm, _) = project(
        camera, [(x, y, over.top - 0.6 * down), (x, y, over.top - 1.2 * down)]
    )
    if depth <= 0.15 or abs(at) < 0.4 or ear > 1 or arm < -1:
        return False
    return least <= foreground_share(camera, over) <= most


def fits(staging: Staging, people: tuple[Figure, ...], camera: Camera, who: Figure) -> bool:
    """Every rule at once, for the camera as it stands."""
    return (
        inside(staging.set, camera.position)
        and side(staging.axis, camera.position) < -0.08
        and framed(camera, who)
        and free(camera, people, staging.props)
        and not hidden(camera, who, people, staging.props)
        and same_side(people, camera.position, who)
    )


def same_side(people: tuple[Figure, ...], at: Vec3, who: Figure) -> bool:
    """Whether the camera keeps to the open side of the line from somebody to whom they look at."""
    other = next((f for f in people if f.name == who.looks_at), None)
    if (
        other is None
        or math.dist(other.position, who.position) < 0.2
        or who.species == "cloud"
        or other.species == "cloud"
    ):
        return True
    line = (who.position, other.position)
    return side(line, at) * side(line, (0.0, -60.0)) > 0


def crossings(staging: Staging, shots: tuple[Shot, ...]) -> list[str]:
    """Where the 180-degree rule is broken; empty where it is kept.

    Two lines are held: the scene's line of action, and that between a shot's main subject and
    whom they look at. A camera (at either end of its move) on another side of a line than the
    last shot that used this line is a crossing, unless a neutral shot stands between, or a shot in
    which one of the two is seen to move to another place: then the line is a new one. A point of
    view whose lens is where the eyes are stands on the line, and counts for neither side.
    """
    broken: list[str] = []
    last: dict[tuple[str, str], tuple[float, str, float]] = {}
    for shot in shots:
        if shot.neutral:
            last.clear()
            continue
        here = staging.at(shot.moment)
        if shot.type == "pov" and _from_eyes(shot, here):
            continue
        ends = (shot.camera.at(0).position, shot.camera.at(1).position)
        people = {f.name: f for f in here}
        moved = _seen_to_move(staging, shot)
        _forget(staging, last, moved)
        main = people.get(shot.subjects[0]) if shot.subjects else None
        line = staging.line(shot.moment)
        lines: dict[tuple[str, str], tuple[Vec2, Vec2]] = {("", ""): line}
        if main is not None and isinstance(main.looks_at, str) and main.looks_at in people:
            other = people[main.looks_at]
            a, b = sorted((main, other), key=lambda f: f.name)
            if "cloud" not in (a.species, b.species) and math.dist(a.position, b.position) > 0.2:
                lines[(a.name, b.name)] = (a.position, b.position)
        for key, line in lines.items():
            signs = {math.copysign(1, _turn(line, end)) for end in ends}
            if len(signs) > 1:
                broken.append(
                    f"{shot.id} crosses the line {' '.join(key).strip() or 'of action'} in its move"
                )
                continue
            sign = signs.pop()
            if key in last and _away(staging, key, last[key][2], shot.moment):
                del last[key]
            if key in last and last[key][0] != sign:
                whose = " - ".join(key).strip(" -") or "of action"
                broken.append(f"{shot.id} is across the line {whose} from {last[key][1]}")
            last[key] = (sign, shot.id, shot.moment)
        _forget(staging, last, moved)
    return broken


def _from_eyes(shot: Shot, people: tuple[Figure, ...]) -> bool:
    eyes = next((f.eyes for f in people if f.name == shot.over), None)
    return eyes is not None and math.dist(eyes, shot.camera.position) < 0.5


def _seen_to_move(staging: Staging, shot: Shot) -> set[str]:
    """Subjects who go from one place to another while the shot lasts."""
    end = shot.start + shot.seconds
    return {
        m.who for b in staging.beats for m in b.moves
        if m.who in shot.subjects and m.path and m.path[0][:2] != m.path[-1][:2]
        and m.path[0][2] < end - 0.2 and m.path[-1][2] > shot.start + 0.2
    }  # fmt: skip


def _away(staging: Staging, names: tuple[str, str], start: float, end: float) -> bool:
    """Whether one of two was gone in between: when they are back, the line is a new one."""
    return any(a < end and b > start for f in staging.figures if f.name in names for a, b in f.away)


def _forget(
    staging: Staging, last: dict[tuple[str, str], tuple[float, str, float]], moved: set[str]
) -> None:
    redrawn = moved & {line.who for line in staging.lines}
    for key in list(last):
        if redrawn if key == ("", "") else moved & set(key):
            del last[key]


def _turn(line: tuple[Vec2, Vec2], point: Vec3) -> float:
    (ax, ay), (bx, by) = line
    return (bx - ax) * (point[1] - ay) - (by - ay) * (point[0] - ax)


def rounded(point: Vec3) -> Vec3:
    return (round(point[0], 3), round(point[1], 3), round(point[2], 3))

"""Cameras for what is large or looked at: a tower over people, one alone, a point of view."""

from __future__ import annotations

import math

from setpiece.previs.camera_rules import before, fits, framed, hidden, inside, rounded, side
from setpiece.previs.holding import held_at
from setpiece.previs.lens import HEADROOM, LENSES, SHOWN, picture_height, project, stature
from setpiece.previs.model import Camera, Figure, Prop, Size, Staging, Vec2, Vec3
from setpiece.previs.place import Look

_EDGE = 0.92  # of half the picture, that what matters keeps within


def with_people(
    staging: Staging, people: tuple[Figure, ...], subjects: tuple[Figure, ...], thing: Prop,
    look: Look, *, tilt: bool = True,
) -> Camera | None:  # fmt: skip
    """Subjects, and a large thing of the set behind them: in one frame, else (`tilt`) the camera
    goes up from the ones to the other's top."""
    x = sum(f.position[0] for f in subjects) / len(subjects)
    y = sum(f.position[1] for f in subjects) / len(subjects)
    # From where the people stand before the thing, as far as the set allows.
    back = math.atan2(y - thing.position[1], x - thing.position[0])
    best: tuple[float, Camera] | None = None
    for order, lens in enumerate((18.0, 21.0, 14.0, 25.0, 12.0)):
        for distance in (4.0, 5.0, 6.5, 8.0, 10.0, 12.5, 15.0):
            for off in (0.25, -0.25, 0.45, -0.45, 0.0, 0.7, -0.7):
                at = (x + distance * math.cos(back + off), y + distance * math.sin(back + off), 1.5)
                if not inside(staging.set, at) or side(staging.axis, at) > -0.1:
                    continue
                camera = _aimed(at, (x, y), thing, subjects, lens, look, tilt)
                if camera is None:
                    continue
                one = camera.target_end is None
                cost = order + 0.25 * distance + (0 if one else 3.0) + abs(off)
                if (best is None or cost < best[0]) and all(
                    fits(staging, people, camera.at(0), f) for f in subjects
                ):
                    best = (cost, camera)
    return best[1] if best else None


def _aimed(
    at: Vec3, centre: Vec2, thing: Prop, subjects: tuple[Figure, ...], lens: float, look: Look,
    tilt: bool,
) -> Camera | None:  # fmt: skip
    half = look.sensor / look.ratio / lens / 2
    here = math.atan2(centre[1] - at[1], centre[0] - at[0])
    there = math.atan2(thing.position[1] - at[1], thing.position[0] - at[0])
    apart = (there - here + math.pi) % (2 * math.pi) - math.pi
    turn = here + 0.45 * apart
    near = min(math.dist(at[:2], f.position) for f in subjects)
    low = math.atan2(0.25 - at[2], near)
    high = math.atan2(thing.size[2] - at[2], math.dist(at[:2], thing.position[:2]))
    reach = 2 * math.atan(half) * _EDGE
    reach_to = 20.0

    def point(pitch: float, bearing: float) -> Vec3:
        return rounded((at[0] + reach_to * math.cos(bearing), at[1] + reach_to * math.sin(bearing),
                        at[2] + reach_to * math.tan(pitch)))  # fmt: skip

    kit = {"position": rounded(at), "lens": lens, "sensor": look.sensor, "aspect": look.aspect}
    if high - low <= reach:
        camera = Camera.model_validate({**kit, "target": point((high + low) / 2, turn)})
    elif not tilt and high - math.atan2(0.9 - at[2], near) <= reach:  # feet out
        camera = Camera.model_validate({**kit, "target": point(high - reach / 2, turn)})
    elif tilt:
        camera = Camera.model_validate({
            **kit, "move": "tilt", "target": point(low + reach / 2, turn),
            "target_end": point(high - reach / 2, here + 0.8 * apart),
        })  # fmt: skip
    else:
        return None
    return camera if shows(camera, thing) else None


def alone(
    staging: Staging, people: tuple[Figure, ...], thing: Prop, look: Look, way: str
) -> Camera | None:
    """A large thing with nobody in front of it: whole, else from foot to top, or top to foot."""
    best: tuple[float, Camera] | None = None
    falls = way == "fall"  # what comes down wants to be whole, with room for it to fall
    for order, lens in enumerate((32.0, 25.0, 21.0, 18.0, 14.0, *((12.0,) if falls else ()))):
        for y in (-1.5, -3.0, -5.0, -8.0, -12.0, -16.0, *((-19.0,) if falls else ())):
            for x in (-3.0, 3.0, 0.0, -5.5, 5.5, -9.0, 9.0):
                at = (x, y, 1.6)
                if not inside(staging.set, at) or side(staging.axis, at) > -0.1:
                    continue
                camera = _up_and_down(at, thing, lens, look, way)
                if not shows(camera, thing):
                    continue
                crowd = sum(_in_the_way(camera.at(p), f) for f in people for p in (0.0, 1.0))
                crowd += 2 * _behind(at, thing, staging.props) + (not _wide_enough(camera, thing))
                # Of what falls they are small, and there for scale.
                cost = order + crowd * (0.1 if falls else 2.5) + 0.05 * abs(y)
                cost += (20.0 if falls else 2.0) if camera.target_end else 0.0
                if best is None or cost < best[0]:
                    best = (cost, camera)
    return best[1] if best else None


def _up_and_down(at: Vec3, thing: Prop, lens: float, look: Look, way: str) -> Camera:
    x, y, z = thing.position
    far = math.dist(at[:2], (x, y))
    tall = far * look.sensor / look.ratio / lens
    kit = {"position": rounded(at), "lens": lens, "sensor": look.sensor, "aspect": look.aspect}
    if way == "fall" and thing.size[2] <= 0.93 * tall:
        # Its foot stands low in the picture, and what is in front of it is there for scale.
        high = z + min(0.5 * thing.size[2], 0.5 * tall - 0.06 * tall)
        return Camera.model_validate({**kit, "target": rounded((x, y, high))})
    if thing.size[2] <= 0.85 * tall:
        return Camera.model_validate({**kit, "target": rounded((x, y, z + 0.5 * thing.size[2]))})
    # Low enough to stand on the ground, high enough to be the thing and not its door.
    low = max(0.36 * tall, 0.36 * thing.size[2])
    foot, top = (x, y, z + low), (x, y, z + thing.size[2] - 0.36 * tall)
    ends = (top, foot) if way == "fall" else (foot, top)
    return Camera.model_validate({
        **kit, "move": "tilt", "target": rounded(ends[0]),
        "target_end": rounded(ends[1])})  # fmt: skip


def _behind(at: Vec3, thing: Prop, props: tuple[Prop, ...]) -> bool:
    """Whether something else stands before a thing's middle."""
    x, y, z = thing.position
    aim = (x, y, z + 0.35 * thing.size[2])
    return any(
        before(at, aim, p.position[:2], 0.4 * math.hypot(*p.size[:2]), p.position[2] + p.size[2])
        for p in props if p is not thing and not p.held_by and p.size[2] > 1
    )  # fmt: skip


def _wide_enough(camera: Camera, thing: Prop) -> bool:
    x, y, z = thing.position
    half = 0.5 * max(thing.size[:2])
    seen = project(camera, [(x + s * half, y, z + 0.5 * thing.size[2]) for s in (-1, 1)])
    return bool((abs(seen[:, 0]) < 1.0).all())


def _in_the_way(camera: Camera, figure: Figure) -> bool:
    seen = project(camera, [(*figure.position, figure.top), (*figure.position, figure.lift)])
    return bool(seen[0, 2] > 0.1 and abs(seen[0, 0]) < 1.05 and seen[0, 1] > -1 and seen[1, 1] < 1)


def shows(camera: Camera, thing: Prop) -> bool:
    """Whether a large thing is in the picture: its middle on the way, its top at one end."""
    x, y, z = thing.position
    high = z + thing.size[2]
    ends = [project(camera.at(p), [(x, y, (z + high) / 2), (x, y, high)]) for p in (0.0, 0.5, 1.0)]
    if any((e[:, 2] <= 0.1).any() or (abs(e[:, 0]) > _EDGE).any() for e in ends[::2]):
        return False
    middle = any(abs(e[0, 1]) < 1.0 for e in ends)
    return middle and any(-1.0 < e[1, 1] < 0.99 for e in ends[::2])


def point_of_view(
    staging: Staging, people: tuple[Figure, ...], eyes: Figure, seen: Figure | Prop, size: Size,
    look: Look,
) -> tuple[Camera, Size] | None:  # fmt: skip
    """What somebody sees from where their eyes are, and the size that it has."""
    if isinstance(seen, Prop):
        held = bool(seen.held_by)
        aim = held_at(eyes, seen) if held else (
            *seen.position[:2], seen.position[2] + 0.5 * seen.size[2])  # fmt: skip
    else:
        aim = seen.eyes
    at = _before_the_face(eyes, aim)
    if not inside(staging.set, at):
        return None
    if isinstance(seen, Prop) and seen.held_by:
        tall = max(0.26, 1.5 * max(seen.size))
        wanted = math.dist(at, aim) * look.sensor / look.ratio / tall
        lens = min(LENSES, key=lambda f: abs(math.log(f / wanted)))
        return Camera(position=at, target=rounded(aim), lens=lens, sensor=look.sensor,
            aspect=look.aspect), "CU"  # fmt: skip
    if isinstance(seen, Prop):
        far = math.dist(at, aim)
        wanted = far * look.sensor / look.ratio / (1.25 * max(seen.size[2], 0.5))
        lens = min(
            (f for f in LENSES if 18 <= f <= 100), key=lambda f: abs(math.log(f / max(wanted, 21)))
        )
        camera = _up_and_down(at, seen, lens, look, "tilt up")
        return (camera, "ELS" if seen.size[2] > 4 else "LS") if shows(camera, seen) else None
    far = math.dist(at, aim)
    wanted = far * look.sensor / look.ratio / (SHOWN[size] * stature(seen))
    lens = min(LENSES, key=lambda f: abs(math.log(f / wanted)))
    tall = far * look.sensor / look.ratio / lens
    high = max(seen.top - (0.5 - HEADROOM) * tall, 0.05)
    camera = Camera(position=at, lens=lens, sensor=look.sensor, aspect=look.aspect,
        target=rounded((*seen.position, high)))  # fmt: skip
    others = tuple(f for f in people if f.name != eyes.name)
    if not framed(camera, seen) or hidden(camera, seen, others, staging.props):
        return None
    part = picture_height(camera, far) / stature(seen)
    shown: Size = min(SHOWN, key=lambda s: abs(math.log(SHOWN[s] / part)))
    return camera, shown


def _before_the_face(eyes: Figure, aim: Vec3) -> Vec3:
    x, y, z = eyes.eyes
    far = math.hypot(aim[0] - x, aim[1] - y) or 1.0
    step = min(0.22, 0.4 * far)
    return rounded((x + step * (aim[0] - x) / far, y + step * (aim[1] - y) / far, z))

"""Where the camera stands: a search over real lenses and angles in order of preference.

Each candidate is judged by `camera_rules.fits`, so what is returned has been measured.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from setpiece.previs.camera_rules import (
    before,
    behind_back,
    fits,
    foreground_share,
    free,
    inside,
    rounded,
    shoulder_in,
    side,
)
from setpiece.previs.details import MARKS
from setpiece.previs.holding import held_at
from setpiece.previs.lens import (
    HEADROOM,
    LENSES,
    SHOWN,
    SIZES,
    measured_size,
    picture_height,
    project,
    stature,
)
from setpiece.previs.model import Aspect, Camera, Figure, Prop, Size, Staging, Vec2, Vec3

_PREFERRED: dict[Size, float] = {
    "ECU": 85, "CU": 65, "MCU": 50, "MS": 40, "MLS": 32, "LS": 25, "ELS": 18,
}  # fmt: skip


_FLAT = ("letter", "phone", "book", "money", "camera")
_SHOULDER = 0.16  # of the picture, that who is looked past fills at best
_LEGIBLE = 0.7  # m of picture height at who is looked past
_DIRTY, _CROWDED = 0.04, 25.0  # a frame for one may have so much of others, and what more costs
_TURNS = (32, 25, 40, 18, 50, 60, 12, 72, 85)


@dataclass(frozen=True)
class Look:
    """How the production shoots: the sensor's width in mm and the picture's shape."""

    sensor: float = 24.89
    aspect: Aspect = "2.39"

    @property
    def ratio(self) -> float:
        """Width over height of the picture."""
        return {"2.39": 2.39, "1.85": 1.85, "16:9": 16 / 9}[self.aspect]

    def ratio_height(self) -> float:
        """Metres of distance for a metre of picture height, a mm of lens."""
        return self.ratio / self.sensor


def single(
    staging: Staging, people: tuple[Figure, ...], who: Figure, size: Size, look: Look,
    toward: Vec2 | None = None, side_turn: int = 1, turn: float = 0.0,
) -> Camera | None:  # fmt: skip
    """A camera on one person, off the eyeline by a third of a right angle where there is room, or
    by `turn` degrees where those are asked for, below 0 to the other side."""
    wanted = _TURNS if not turn else tuple(sorted(_TURNS, key=lambda t: abs(t - abs(turn))))
    side_turn = -side_turn if turn < 0 else side_turn
    base = math.radians(who.facing)
    if toward is not None and math.dist(toward, who.position) > 0.1:
        base = math.atan2(toward[1] - who.position[1], toward[0] - who.position[0])
    near = sorted(LENSES, key=lambda lens: abs(math.log(lens / _PREFERRED[size])))
    best: tuple[float, Camera] | None = None
    shown = SHOWN[size] * stature(who)
    for order, lens in enumerate(near[:9]):
        distance = shown * lens * look.ratio_height()
        for rank, off in enumerate(wanted):
            for sign in (side_turn, -side_turn):
                bearing = base + sign * math.radians(off)
                camera = _on(who, bearing, distance, lens, size, look)
                cost = order + 0.6 * rank + (0 if sign == side_turn else 0.3 if not turn else 1.5)
                if (
                    (best is None or cost < best[0])
                    and fits(staging, people, camera, who)
                    and not behind_back(camera, who, people)
                ):
                    cost += _CROWDED * max(_nearer(camera, who, people) - _DIRTY, 0.0)
                    if best is None or cost < best[0]:
                        best = (cost, camera)
    return best[1] if best else None


def _nearer(camera: Camera, who: Figure, people: tuple[Figure, ...]) -> float:
    """How much of the picture those take who stand between the lens and `who`."""
    far = math.dist(camera.position[:2], who.position)
    return sum(
        foreground_share(camera, f)
        for f in people
        if f.name != who.name
        and f.species == "human"
        and math.dist(camera.position[:2], f.position) < far - 0.4
    )


def _on(
    who: Figure, bearing: float, distance: float, lens: float, size: Size, look: Look
) -> Camera:
    x, y = who.position
    tall = distance * look.sensor / look.ratio / lens
    if size == "ECU":
        centre = who.eyes[2]
    else:
        centre = who.top - (0.5 - HEADROOM) * tall
        if size in ("LS", "ELS") or who.species != "human":
            centre = max(centre, who.lift + 0.42 * (who.top - who.lift))
    height = min(max(who.eyes[2] - 0.05, 0.35), who.eyes[2] + 0.4)
    height = 1.2 if who.lift > 3 else height
    return Camera(
        position=rounded(
            (x + distance * math.cos(bearing), y + distance * math.sin(bearing), height)
        ),
        target=rounded((x, y, max(centre, 0.05))),
        lens=lens,
        sensor=look.sensor,
        aspect=look.aspect,
    )


def over_shoulder(
    staging: Staging, people: tuple[Figure, ...], who: Figure, over: Figure, size: Size, look: Look
) -> Camera | None:
    """Past the near shoulder of one, on to the face of the other."""
    dx, dy = who.position[0] - over.position[0], who.position[1] - over.position[1]
    apart = math.hypot(dx, dy)
    if apart < 0.5 or over.species != "human":
        return None
    dx, dy = dx / apart, dy / apart
    across = (dy, -dx) if dx >= 0 else (-dy, dx)  # towards -y
    best: tuple[float, Camera] | None = None
    for behind in (0.85, 1.1, 1.4, 1.8, 2.3, 3.0, 3.8):
        for out in (0.5, 0.62, 0.75, 0.9, 1.1, 0.38):
            at = (over.position[0] - dx * behind + across[0] * out,
                  over.position[1] - dy * behind + across[1] * out)  # fmt: skip
            reach = math.dist(at, who.position)
            wanted = reach / (SHOWN[size] * stature(who)) * look.sensor / look.ratio
            near = sorted(LENSES, key=lambda f: abs(math.log(f / wanted)))
            z = max(over.top - 0.12, who.eyes[2] - 0.15, 0.4)
            for lens, pan in ((near[0], 0.2), (near[0], 0.42), (near[1], 0.3), (near[2], 0.3)):
                tall = reach * look.sensor / look.ratio / lens
                camera = Camera(position=rounded((*at, z)), lens=lens, sensor=look.sensor,
                    target=rounded((*who.position, max(who.top - (0.5 - HEADROOM) * tall, 0.1))),
                    aspect=look.aspect)  # fmt: skip
                camera = _aside(camera, over, pan)
                if not shoulder_in(camera, over):
                    continue
                cost = 0.6 * behind + 0.5 * out + abs(pan - 0.3)
                # Head and shoulder are read where there is room for both, not as a dark mass.
                cost += 6 * max(_LEGIBLE - picture_height(camera, math.dist(at, over.position)), 0)
                cost += 2 * abs(SIZES.index(measured_size(camera, who)) - SIZES.index(size))
                cost += 8.0 * abs(foreground_share(camera, over) - _SHOULDER)
                if (best is None or cost < best[0]) and fits(staging, people, camera, who):
                    best = (cost, camera)
    return best[1] if best else None


def _aside(camera: Camera, over: Figure, part: float) -> Camera:
    """Panned toward the near one, so that the face stands `part` of half the picture off its
    middle, and the shoulder has the other side."""
    (x, y, z), at = camera.target, camera.position
    ahead = math.dist(at[:2], (x, y))
    face = math.atan2(y - at[1], x - at[0])
    near = math.atan2(over.position[1] - at[1], over.position[0] - at[0])
    way = math.copysign(1.0, math.remainder(near - face, 2 * math.pi))
    turn = face + way * math.atan(part * camera.sensor / 2 / camera.lens)
    aim = rounded((at[0] + ahead * math.cos(turn), at[1] + ahead * math.sin(turn), z))
    return camera.model_copy(update={"target": aim})


def wide(
    staging: Staging, people: tuple[Figure, ...], subjects: tuple[Figure, ...], look: Look,
    *, reach: float = 1.0, height: float = 1.55, shift: float = 0.0,
    least: float = 0.0,
) -> Camera | None:  # fmt: skip
    """A camera that holds all subjects, from the open side. `reach` over 1 stands further off;
    `least` is how many times the tallest the picture must be high."""
    where = np.array([f.position for f in subjects])
    centre = (where.min(0) + where.max(0)) / 2
    tops = max(f.top for f in subjects)
    best: tuple[float, Camera] | None = None
    for order, lens in enumerate((32.0, 25.0, 40.0, 21.0, 18.0, 50.0, 14.0, 12.0)):
        for turn in (shift, shift / 2, 0.0, -shift, 0.5, -0.5):
            for steps in range(6, 60):
                distance = 0.3 * steps * 1.05 ** max(0, steps - 20)
                bearing = -math.pi / 2 + turn
                z = min(height, staging.set.size[2] - 0.35) if staging.set.interior else height
                if staging.set.kind == "car":
                    z = 1.25
                tall = distance * look.sensor / look.ratio / lens
                aim = max(tops - 0.4 * tall, 0.45 * tops)
                camera = Camera(
                    position=rounded((centre[0] + distance * math.cos(bearing),
                        centre[1] + distance * math.sin(bearing), z)),
                    target=rounded((float(centre[0]), float(centre[1]), aim)), lens=lens,
                    sensor=look.sensor, aspect=look.aspect)  # fmt: skip
                if tall < least * tops or not _holds(camera, subjects, 0.86 / reach):
                    continue
                cost = order + 0.2 * distance + 2 * abs(turn - shift)
                if all(fits(staging, people, camera, f) for f in subjects):
                    if best is None or cost < best[0]:
                        best = (cost, camera)
                    break
                if distance > 2.5 * max(staging.set.size[:2]):
                    break
    return best[1] if best else None


def _holds(camera: Camera, subjects: tuple[Figure, ...], limit: float) -> bool:
    points = [(f.position[0] + d, f.position[1], f.top) for f in subjects for d in (-0.25, 0.25)]
    seen = project(camera, points)
    return bool(
        (seen[:, 2] > 0.5).all() and (abs(seen[:, 0]) < limit).all() and (seen[:, 1] < 0.93).all()
    )


def close_on(
    staging: Staging, people: tuple[Figure, ...], prop: Prop, holder: Figure | None, look: Look
) -> Camera | None:
    """An insert: the thing fills a good part of the picture, seen from the camera's side."""
    x, y, z = (
        held_at(holder, prop)
        if holder
        else (*prop.position[:2], prop.position[2] + prop.size[2] / 2)
    )
    span = max(0.28, 1.6 * max(prop.size))
    if prop.kind in MARKS and not holder:  # a hand's breadth of it, large, or all of a large one
        span = 0.54 if prop.size[2] < 2 else 3.4
    if prop.kind == "hand":
        span = 0.34
    above = 1.2 if prop.kind == "ground crack" else 0.18
    bearings = [-90.0 + turn for turn in (0, 25, -25, 45, -45, 65, -65)]
    if holder is not None and prop.kind in _FLAT:  # its face, and not the arm that holds it
        bearings = [holder.facing + s * t for t in (35, 50, 20, 65) for s in (1, -1)] + bearings
    for lens in (75.0, 65.0, 50.0, 40.0, 35.0, 100.0):
        distance = max(span * lens * look.ratio_height(), 0.5)
        for turn in bearings:
            bearing = math.radians(turn)
            camera = Camera(
                position=rounded(
                    (
                        x + distance * math.cos(bearing),
                        y + distance * math.sin(bearing),
                        max(z + above, 0.3),
                    )
                ),
                target=rounded((x, y, z)),
                lens=lens,
                sensor=look.sensor,
                aspect=look.aspect,
            )
            if (
                inside(staging.set, camera.position)
                and side(staging.axis, camera.position) < -0.05
                and free(camera, people, staging.props)
                and not (holder is None and any(
                    before(camera.position, (x, y, z), f.position, 0.22, f.top) for f in people))
            ):  # fmt: skip
                return camera
    return None


def closer(camera: Camera, part: float) -> Vec3:
    """A part of the way from the camera to its target, on the level."""
    a, b = camera.position, camera.target
    return rounded((a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1]), a[2]))

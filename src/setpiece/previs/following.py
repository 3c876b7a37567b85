"""A camera that goes with somebody: beside them on rails, turning with them, or up and down."""

from __future__ import annotations

import math

from setpiece.previs.camera_rules import behind_back, framed, free, hidden, inside, rounded, side
from setpiece.previs.lens import HEADROOM, SHOWN, SIZES, measured_size, stature
from setpiece.previs.model import Camera, Figure, Size, Staging, Vec2, moment_of
from setpiece.previs.place import Look

_LENSES = (40.0, 32.0, 50.0, 27.0, 25.0, 21.0, 18.0, 14.0, 12.0)
_TURNS = (-15, 15, -35, 35, 0, -50, 50)
_LEAD = 0.12  # of the picture's width that a walker has before them


def follow(
    staging: Staging, name: str, size: Size, look: Look, start: float, seconds: float, way: str
) -> tuple[Camera, Size] | None:
    """A pan or a track (`way`) with somebody from `start` on, nearest to the size asked for, and
    the size it has; None where no camera keeps the rules all along."""
    first, last = (_then(staging, name, start + k * seconds) for k in (0.0, 1.0))
    if first is None or last is None:
        return None
    a, b = first.position, last.position
    at = SIZES.index(size)
    for closer in (size, *(SIZES[k] for k in (at + 1, at - 1, at - 2) if 0 < k < len(SIZES))):
        for turn in _TURNS:
            for lens in sorted(
                _LENSES, key=lambda f: abs(math.log(f / (27 if way == "pan" else 35)))
            ):
                far = SHOWN[closer] * stature(first) * lens * look.ratio_height()
                bearing = math.radians(-90 + turn)
                off = (far * math.cos(bearing), far * math.sin(bearing))
                if way == "track":
                    here, there = ((p[0] + off[0], p[1] + off[1]) for p in (a, b))
                else:
                    here = there = ((a[0] + b[0]) / 2 + off[0], (a[1] + b[1]) / 2 + off[1])
                camera = _with(first, last, here, there, lens, look, way, far)
                if camera is not None and _keeps(staging, name, camera, start, seconds):
                    shown = _then(staging, name, moment_of(camera, start, seconds)) or first
                    return camera, measured_size(camera, shown)
    return None


def _with(
    first: Figure, last: Figure, here: Vec2, there: Vec2, lens: float, look: Look, way: str,
    far: float,
) -> Camera | None:  # fmt: skip
    eye = max(first.eyes[2] - 0.05, 0.5)
    ends = []
    length = math.dist(first.position, last.position) or 1.0
    lead = _LEAD * far * look.sensor / lens
    along = tuple(
        lead * (q - p) / length for p, q in zip(first.position, last.position, strict=True)
    )
    for f, at, part in ((first, here, 1.0), (last, there, 0.3)):
        distance = math.dist(at, f.position)
        if distance < 0.6:
            return None
        tall = distance * look.sensor / look.ratio / lens
        aim = max(f.top - (0.5 - HEADROOM) * tall, 0.42 * f.top)
        ends.append((f.position[0] + part * along[0], f.position[1] + part * along[1], aim))
    return Camera(
        position=rounded((*here, eye)), target=rounded(ends[0]), lens=lens, sensor=look.sensor,
        aspect=look.aspect, move="track" if way == "track" else "pan",
        position_end=rounded((*there, eye)) if way == "track" else None,
        target_end=rounded(ends[1]),
    )  # fmt: skip


def tilting(
    camera: Camera, staging: Staging, name: str, start: float, seconds: float, up: bool
) -> Camera:
    """The same camera, tilting so that the head keeps its place as somebody rises or sits down."""
    first, last = (_then(staging, name, start + k * seconds) for k in (0.0, 1.0))
    if first is None or last is None or (last.top > first.top) != up:
        return camera
    x, y, z = camera.target
    by = last.top - first.top
    shift = last.position[0] - first.position[0], last.position[1] - first.position[1]
    mid = _then(staging, name, start + 0.5 * seconds)
    low = z - (mid.top - first.top if mid is not None else 0.0)
    moved = camera.model_copy(update={
        "move": "tilt", "target": rounded((x, y, low)),
        "target_end": rounded((x + shift[0], y + shift[1], low + by)),
    })  # fmt: skip
    return moved if _keeps(staging, name, moved, start, seconds) else camera


def _then(staging: Staging, name: str, seconds: float) -> Figure | None:
    return next((f for f in staging.at(seconds) if f.name == name), None)


def _keeps(staging: Staging, name: str, camera: Camera, start: float, seconds: float) -> bool:
    """Every rule along the move, and at the moment that the panel shows."""
    shown = moment_of(camera, start, seconds)
    for part, at in ((0.0, shown), *((k / 4, start + k / 4 * seconds) for k in range(1, 5))):
        who = _then(staging, name, at)
        now, people = camera.at(part), staging.at(at)
        if who is None or not inside(staging.set, now.position) or not framed(now, who):
            return False
        # Both the line before the move and the one after it.
        if any(side(staging.line(s), now.position) > -0.08 for s in (start, at, start + seconds)):
            return False
        if not free(now, people, staging.props) or hidden(now, who, people, staging.props):
            return False
        if part == 0.0 and behind_back(now, who, people):
            return False
    return True

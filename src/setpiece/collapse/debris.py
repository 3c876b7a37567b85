"""Debris below the solver's pieces: chunks, gravel, grit and glass, born where things break.

Sizes follow a power law from 0.25 m down to about a pixel (N(>r) ~ r^-2.2, near what is measured
on fragmented rock: D. L. Turcotte, "Fractals and fragmentation", JGR 1986). Each grain flies with
drag, bounces once on the ground and lies still; its way is known in closed form, so that any frame
can be made alone.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.brief import Brief
from setpiece.collapse.fragments import Element, Fragments
from setpiece.collapse.motion import Motion
from setpiece.collapse.shards import LETS_GO
from setpiece.errors import StageError
from setpiece.media.atomic import whole_file
from setpiece.render.camera import Camera
from setpiece.render.particles import Particles
from setpiece.render.scene import rotation_matrices

F32 = NDArray[np.float32]
GRAVITY = 9.81
GRAINS = 26_000  # at a brief's debris of 1
LARGEST = 0.25  # m
EXPONENT = 2.2
RISE = 3.5  # m/s: that grains of up to GRIT metres fly up at most; larger ones less
GRIT = 0.04
BOUNCE = 0.22  # of the vertical speed
KEPT = 0.45  # of the horizontal speed, at the bounce
# What each element breaks into: albedo of its grains.
COLOURS = {
    Element.COLUMN: (0.42, 0.40, 0.37),
    Element.SLAB: (0.42, 0.40, 0.37),
    Element.PANEL: (0.45, 0.40, 0.35),
    Element.MASONRY: (0.42, 0.29, 0.22),
    Element.ROOF: (0.38, 0.26, 0.20),
}
GLASS = (0.35, 0.40, 0.40)


@dataclass(frozen=True)
class Debris:
    """n grains and their ways.

    born, landed, rested: float32 (n,) [s]: thrown off, first on the ground, at rest.
    start, speed: position [m] and velocity [m/s] when born, float32 (n, 3).
    touch, hop: position and velocity after the bounce. drag: float32 (n,) [1/s].
    radius: float32 (n,) [m]. colour: float32 (n, 3). gloss: float32 (n,). fps: of the shot.
    """

    born: F32
    landed: F32
    rested: F32
    start: F32
    speed: F32
    touch: F32
    hop: F32
    drag: F32
    radius: F32
    colour: F32
    gloss: F32
    fps: float

    def frame(self, index: int) -> Particles:
        """The grains of a frame (0 is 1001) that are born."""
        t = np.float32(index / self.fps)
        on = np.flatnonzero(self.born <= t)
        drag = self.drag[on]
        flying = t < self.landed[on]
        resting = t >= self.rested[on]
        t0 = np.where(flying, self.born[on], self.landed[on])
        p0 = np.where(flying[:, None], self.start[on], self.touch[on])
        v0 = np.where(flying[:, None], self.speed[on], self.hop[on])
        age = np.where(resting, self.rested[on] - self.landed[on], t - t0)
        position, velocity = _way(p0, v0, drag, age.astype(np.float32))
        position[:, 2] = np.maximum(position[:, 2], self.radius[on] * 0.5)
        velocity[resting] = 0
        return Particles(
            position, velocity, self.radius[on], self.colour[on], on.astype(np.int64),
            self.gloss[on],
        )  # fmt: skip


def throw_debris(
    fragments: Fragments,
    motion: Motion,
    brief: Brief,
    *,
    camera: Camera,
    seed: int = 0,
    progress: Callable[[float], None] | None = None,
) -> Debris:
    """Throw grains off every bond that breaks, pane that shatters and piece that hits.

    brief.debris scales their number (0: none). camera: how small a grain still shows.
    """
    rng = np.random.default_rng([seed & 0x7FFFFFFF, 7411])
    distance = float(np.linalg.norm(fragments.centre.mean(0) - camera.position))
    smallest = float(np.clip(0.4 * distance / camera.focal, 0.003, 0.08))
    budget = int(GRAINS * brief.debris)
    events = _events(fragments, motion)
    weight = events.weight
    if budget == 0 or not len(weight) or weight.sum() <= 0:
        return _nothing(float(motion.fps))
    share = weight / weight.sum()
    pick = np.sort(rng.choice(len(weight), budget, p=share))
    if progress is not None:
        progress(0.3)

    n = budget
    u = rng.random(n)
    ratio = (smallest / LARGEST) ** EXPONENT
    radius = smallest * (1 - u * (1 - ratio)) ** (-1 / EXPONENT)
    is_glass = events.glass[pick]
    radius = np.where(is_glass, np.minimum(radius, 0.016), np.minimum(radius, events.room[pick]))
    at = events.position[pick] + rng.normal(size=(n, 3)) * events.spread[pick][:, None]
    at[:, 2] = np.maximum(at[:, 2], radius)
    burst = rng.normal(size=(n, 3)) + 0.8 * events.normal[pick]
    burst[:, 2] = np.where(events.hit[pick], np.abs(burst[:, 2]) * 0.8, burst[:, 2])
    burst /= np.linalg.norm(burst, axis=1, keepdims=True) + 1e-9
    # Small grains are thrown harder than large ones.
    push = events.push[pick] * rng.gamma(2.0, 0.5, n) * np.clip(0.03 / radius, 0.3, 1.6) ** 0.3
    speed = events.velocity[pick] + burst * push[:, None]
    # Rubble is not blown up: little of it rises, chunks least, and nothing outruns its own
    # building's fall.
    rises = RISE * np.minimum(1.0, GRIT / radius)
    speed[:, 2] = np.minimum(speed[:, 2], rises * rng.random(n) ** 0.7)
    tall = max(float(fragments.centre[:, 2].max()), 2.0)
    fastest = np.sqrt(2 * GRAVITY * tall)
    speed *= np.minimum(1.0, fastest / np.maximum(np.linalg.norm(speed, axis=1), 1e-9))[:, None]
    born = events.time[pick] + rng.random(n) * events.lasting[pick]
    drag = GRAVITY / (250.0 * np.sqrt(radius))
    element = fragments.element[events.body[pick]]
    table = np.array([COLOURS[e] for e in Element], np.float64)
    colour = table[element] * (0.75 + 0.5 * rng.random((n, 1)))
    colour = np.where(is_glass[:, None], np.array(GLASS), colour)

    landed = born + _time_to_ground(at, speed, drag)
    touch, arrive = _way(at, speed, drag, (landed - born))
    touch[:, 2] = 0
    hop = arrive.copy()
    hop[:, :2] *= KEPT
    hop[:, 2] = -BOUNCE * arrive[:, 2]
    rested = landed + np.maximum(2 * hop[:, 2] / GRAVITY, 0.02)
    if progress is not None:
        progress(1.0)
    f = np.float32
    return Debris(
        born.astype(f), landed.astype(f), rested.astype(f), at.astype(f), speed.astype(f),
        touch.astype(f), hop.astype(f), drag.astype(f), radius.astype(f), colour.astype(f),
        is_glass.astype(f), float(motion.fps),
    )  # fmt: skip


@dataclass(frozen=True)
class _Events:
    time: NDArray
    position: NDArray
    normal: NDArray
    velocity: NDArray
    body: NDArray
    weight: NDArray
    push: NDArray
    spread: NDArray
    room: NDArray
    lasting: NDArray
    glass: NDArray
    hit: NDArray


def _events(fr: Fragments, motion: Motion) -> _Events:
    """What throws grains, in the order bonds, panes, hits."""
    b = fr.bonds
    broken = np.flatnonzero(np.isfinite(motion.bond_break))
    panes = np.flatnonzero(np.isfinite(motion.pane_break))
    hits = np.arange(len(motion.impact_time))
    body = np.concatenate([b.i[broken], fr.opening_body[panes], motion.impact_body[hits]])
    time = np.concatenate(
        [motion.bond_break[broken], motion.pane_break[panes], motion.impact_time[hits]]
    ).astype(np.float64)
    # A hit goes as fast as the middle of the piece: where on it, is known only in the world.
    middle = motion.rest[motion.impact_body[hits]]
    rest_point = np.concatenate([b.position[broken], fr.opening_centre[panes], middle])
    position, velocity, turn = _carried(motion, body, time, rest_point)
    position[len(broken) + len(panes) :] = motion.impact_position[hits]
    area = b.width[broken].prod(1)
    glass = fr.opening_size[panes].prod(1)
    energy = np.asarray(motion.impact_energy[hits], np.float64)
    # Balanced so that breaking and landing each throw about as much over a whole collapse.
    parts = [area / max(area.sum(), 1e-9) * 0.45, glass / max(glass.sum(), 1e-9) * 0.08]
    parts.append(np.sqrt(energy) / max(float(np.sqrt(energy).sum()), 1e-9) * 0.47)
    normal = np.concatenate(
        [
            np.zeros((len(broken), 3)),
            np.einsum("nij,nj->ni", turn[len(broken) : len(broken) + len(panes)],
                      fr.opening_normal[panes]),
            np.tile([0.0, 0.0, 0.7], (len(hits), 1)),
        ]
    )  # fmt: skip
    push = np.concatenate(
        [
            np.full(len(broken), 1.6),
            np.full(len(panes), 2.6),
            np.clip(0.3 * np.cbrt(energy / 50.0), 0.8, 5.0),
        ]
    )
    # A large face crumbles over its whole length; a hit is a spot.
    spread = np.concatenate(
        [0.3 * b.width[broken].max(1), 0.3 * fr.opening_size[panes].max(1), np.full(len(hits), 0.3)]
    )
    room = np.concatenate(
        [0.5 * b.width[broken].min(1), np.full(len(panes), 0.05), np.full(len(hits), LARGEST)]
    )
    lasting = np.concatenate(
        [np.full(len(broken), 0.35), np.full(len(panes), LETS_GO), np.full(len(hits), 0.06)]
    )
    kind = np.zeros(len(body), bool)
    kind[len(broken) : len(broken) + len(panes)] = True
    hit = np.zeros(len(body), bool)
    hit[len(broken) + len(panes) :] = True
    return _Events(
        time, position, normal, velocity, body, np.concatenate(parts), push, spread,
        np.maximum(room, 0.02), lasting, kind, hit,
    )  # fmt: skip


def _carried(
    motion: Motion, body: NDArray, time: NDArray, rest_point: NDArray
) -> tuple[NDArray, NDArray, NDArray]:
    """Where a rest point of a body is at a time, how fast it goes, and its rotation."""
    frame = np.clip(time * float(motion.fps), 0, len(motion.position) - 2)
    f = frame.astype(int)
    t = (frame - f)[:, None]
    turn, next_turn = (rotation_matrices(motion.rotation[f + k, body]) for k in (0, 1))
    arm = rest_point - motion.rest[body]
    here = motion.position[f, body] + np.einsum("nij,nj->ni", turn, arm)
    there = motion.position[f + 1, body] + np.einsum("nij,nj->ni", next_turn, arm)
    return here * (1 - t) + there * t, (there - here) * float(motion.fps), turn


def _way(p0: NDArray, v0: NDArray, drag: NDArray, age: NDArray) -> tuple[NDArray, NDArray]:
    """Position and velocity after `age` seconds of free flight with linear drag."""
    k = drag[:, None]
    fall = np.zeros_like(p0)
    fall[:, 2] = -GRAVITY / drag
    fade = np.exp(-k * age[:, None])
    position = p0 + fall * age[:, None] + (v0 - fall) * (1 - fade) / k
    return position, fall + (v0 - fall) * fade


def _time_to_ground(p0: NDArray, v0: NDArray, drag: NDArray) -> NDArray:
    """Seconds until z = 0, by bisection (the way down is monotone past its top)."""
    fall = -GRAVITY / drag
    top = np.log1p(np.maximum(v0[:, 2], 0) / -fall) / drag
    low, high = top, top + 0.5
    for _ in range(40):
        above = _way(p0, v0, drag, high)[0][:, 2] > 0
        if not above.any():
            break
        high = np.where(above, high * 1.5 + 0.1, high)
    for _ in range(30):
        middle = 0.5 * (low + high)
        above = _way(p0, v0, drag, middle)[0][:, 2] > 0
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return high


def _nothing(fps: float) -> Debris:
    one, three = np.zeros(0, np.float32), np.zeros((0, 3), np.float32)
    return Debris(one, one, one, three, three, three, three, one, one, three, one, fps)


def save_debris(path: Path, debris: Debris) -> None:
    """Keep it as npz, whole or not at all. Raises StoreError where the disk refuses."""
    with whole_file(path) as part:
        np.savez(part, **{f.name: getattr(debris, f.name) for f in fields(Debris)})


def load_debris(path: Path) -> Debris:
    """Open what `save_debris` kept. Raises StageError where it is damaged."""
    try:
        with np.load(path) as data:
            values = {f.name: data[f.name] for f in fields(Debris)}
        values["fps"] = float(values["fps"])
        return Debris(**values)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise StageError(f"{path}: damaged ({error}); run the debris stage again.") from error

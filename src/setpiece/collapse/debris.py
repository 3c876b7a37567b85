"""Debris below the solver's pieces: chunks, gravel, grit and glass, born where things break and
where broken faces go on crumbling as they fall (`collapse.debris_sources`).

Sizes follow a power law from 0.25 m down to half a pixel (N(>r) ~ r^-2.2, near what is measured
on fragmented rock: D. L. Turcotte, "Fractals and fragmentation", JGR 1986). Each grain flies with
drag, bounces once on the ground and lies still; its way is known in closed form, so that any frame
can be made alone. Chunks fall freely and lead what is held up by what it crushes; grit is braked
by the air, to a speed that grows with the root of its size, and trails.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull, QhullError

from setpiece.collapse.brief import Brief
from setpiece.collapse.debris_sources import (
    BURST,
    LARGEST,
    SHAKEN,
    STANDING,
    Kind,
    carried,
    delays,
    find_sources,
)
from setpiece.collapse.flight import GRAVITY, fly, time_to_ground, way
from setpiece.collapse.fragments import Element, Fragments
from setpiece.collapse.motion import Motion
from setpiece.errors import StageError
from setpiece.media.atomic import whole_file
from setpiece.render.camera import Camera
from setpiece.render.particles import Particles

F32 = NDArray[np.float32]
# Of a building TALL or taller, for each pixel of the picture that it takes up, at a brief's debris
# of 1: as pictures grow finer grains are made, and there are as many chunks. And at most.
GRAINS, MOST = 0.9, 900_000
EXPONENT = 2.2
FINEST = 0.35  # px, radius of the smallest grains at the distance of what sheds them
COARSEST = 1 / 240  # of the picture's width, radius of the largest: what is larger are pieces
TALL = 28.0  # m: a lower building grinds less, and throws as its height is
TERMINAL = 250.0  # [m/s] of a stone of 1 m radius; goes with the root of it
FLUNG = 0.9  # spread of the logarithm of how hard grains are thrown: one in twenty 4 times as hard
HEAVY = 0.08  # m of radius from which on that is less: no chunk as large as a chair flies off alone
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
TINT = 0.8  # of the colour of the place it left, that a grain has: the rest is dust on it
DEEP = 1.3  # times that grey, of its strongest colour, that a grain is at most
AROUND = 0.03  # of the picture's width
GLASS = (0.35, 0.40, 0.40)


@dataclass(frozen=True)
class Debris:
    """n grains and their ways, in the order in which they are born.

    born, landed, rested: float32 (n,) [s of the collapse]: thrown off, first on the ground,
        at rest.
    start, speed: position [m] and velocity [m/s] when born, float32 (n, 3).
    touch, hop: position and velocity after the bounce. drag: float32 (n,) [1/s].
    radius: float32 (n,) [m]. colour: float32 (n, 3). gloss: float32 (n,). fps: of the shot.
    origin: the place at rest that it left, of what came off the outside, else nan, float32 (n, 3).
    slow: seconds of the collapse in one of the shot.
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
    origin: F32
    gloss: F32
    fps: float
    slow: float = 1.0

    def frame(self, index: int) -> Particles:
        """The grains of a frame (0 is 1001) that are born; they go on the shot's clock."""
        t = np.float32(index / self.fps * self.slow)
        n = int(np.searchsorted(self.born, t, side="right"))
        position, velocity = np.empty((n, 3), np.float32), np.empty((n, 3), np.float32)
        fly(
            t, self.born, self.landed, self.rested, self.start, self.speed, self.touch, self.hop,
            self.drag, self.radius, np.float32(self.slow), position, velocity,
        )  # fmt: skip
        return Particles(
            position, velocity, self.radius[:n], self.colour[:n], np.arange(n, dtype=np.int64),
            self.gloss[:n],
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
    """Throw grains off every bond that breaks, face that crumbles, wall and roof that spalls, pane
    that shatters and piece that hits.

    brief.debris scales their number (0: none). camera: how small a grain still shows.
    """
    rng = np.random.default_rng([seed & 0x7FFFFFFF, 7411])
    away = np.linalg.norm(fragments.centre - camera.position, axis=1)
    distance = float(np.linalg.norm(fragments.centre.mean(0) - camera.position))
    # What is near is seen to shed finer grains than what is far, and so more of them.
    finest, usual = (np.clip(FINEST * d / camera.focal, 0.002, 0.06) for d in (away, distance))
    largest = min(LARGEST, COARSEST * camera.width * distance / camera.focal)
    largest = max(largest, 2 * float(finest.max()))
    tall = max(float(fragments.mesh.vertices[:, 2].max()), 2.0)
    scale = float(np.sqrt(tall / TALL))
    area = _area(fragments, camera)
    sources = find_sources(fragments, motion, camera.position, seed)
    if not len(sources) or sources.weight.sum() <= 0:
        return _nothing(float(motion.fps))
    share = sources.weight / sources.weight.sum() * (finest[sources.body] / usual) ** -EXPONENT
    n = int(min(GRAINS * area * min(tall / TALL, 1.0) * share.sum(), MOST) * brief.debris)
    if n == 0:
        return _nothing(float(motion.fps))
    pick = np.sort(rng.choice(len(sources), n, p=share / share.sum()))
    kind, body = sources.kind[pick], sources.body[pick]
    if progress is not None:
        progress(0.3)

    slow = float(brief.slow)
    born = sources.time[pick] + delays(kind, rng) / slow
    where = np.einsum("nk,nkj->nj", rng.uniform(-1, 1, (n, 2)), sources.across[pick])
    hit = kind == Kind.HIT
    # A hit goes as fast as the middle of its piece: where on it, is known only in the world.
    at_rest = np.where(hit[:, None], motion.rest[body], sources.at[pick] + where)
    at, own, turn = carried(motion, body, np.where(hit, sources.time[pick], born), at_rest)
    # A face sheds while it is shaken: what would come off one that lies still comes off at once.
    idle = rng.random(n) > STANDING + np.linalg.norm(own, axis=1) / (SHAKEN * slow)
    idle &= (kind == Kind.SHED) | (kind == Kind.SPALL)
    if idle.any():
        born[idle] = sources.time[pick][idle] + BURST / slow * rng.random(int(idle.sum()))
        at[idle], own[idle], turn[idle] = carried(motion, body[idle], born[idle], at_rest[idle])
    at = np.where(hit[:, None], sources.at[pick] + where, at)
    born, own = born * slow, own / slow
    normal = np.where(
        hit[:, None], sources.normal[pick], np.einsum("nij,nj->ni", turn, sources.normal[pick])
    )

    is_glass = kind == Kind.PANE
    radius = _sizes(rng.random(n), finest[body], np.minimum(sources.room[pick], largest))
    at[:, 2] = np.maximum(at[:, 2], radius)
    burst = rng.normal(size=(n, 3)) + 0.8 * normal
    burst[:, 2] = np.where(hit, np.abs(burst[:, 2]) * 0.8, burst[:, 2])
    burst /= np.linalg.norm(burst, axis=1, keepdims=True) + 1e-9
    # Small grains are thrown harder than large ones.
    spread = FLUNG * np.minimum(1.0, HEAVY / radius) ** 0.5
    push = scale * sources.push[pick] * np.exp(spread * rng.standard_normal(n))
    push *= np.clip(0.03 / radius, 0.3, 1.6) ** 0.3
    speed = own + burst * push[:, None]
    # Rubble is not blown up: little of it rises, chunks least, and nothing outruns its own
    # building's fall.
    rises = RISE * np.minimum(1.0, GRIT / radius)
    speed[:, 2] = np.minimum(speed[:, 2], rises * rng.random(n) ** 0.7)
    fastest = np.sqrt(2 * GRAVITY * tall)
    speed *= np.minimum(1.0, fastest / np.maximum(np.linalg.norm(speed, axis=1), 1e-9))[:, None]
    drag = GRAVITY / (TERMINAL * np.sqrt(radius))
    table = np.array([COLOURS[e] for e in Element], np.float64)
    colour = table[fragments.element[body]] * (0.75 + 0.5 * rng.random((n, 1)))
    colour = np.where(is_glass[:, None], np.array(GLASS), colour)

    landed = born + time_to_ground(at, speed, drag)
    touch, arrive = way(at, speed, drag, (landed - born))
    touch[:, 2] = 0
    hop = arrive.copy()
    hop[:, :2] *= KEPT
    hop[:, 2] = -BOUNCE * arrive[:, 2]
    rested = landed + np.maximum(2 * hop[:, 2] / GRAVITY, 0.02)
    if progress is not None:
        progress(1.0)
    order = np.argsort(born, kind="stable")

    def f(of: NDArray) -> F32:
        return np.ascontiguousarray(of[order], np.float32)

    origin = np.where((kind == Kind.SPALL)[:, None], at_rest, np.nan)
    return Debris(
        f(born), f(landed), f(rested), f(at), f(speed), f(touch), f(hop), f(drag), f(radius),
        f(colour), f(origin), f(is_glass), float(motion.fps), slow,
    )  # fmt: skip


def tinted(debris: Debris, picture: F32, matte: F32, camera: Camera) -> Debris:
    """What came off the outside in the colours of the place it left: tiles, paint, brick.

    picture: the building (h, w, 3), scene-linear, and its matte (h, w). Its light is in it, so a
    place counts as dark or pale against what is AROUND it, which has the same light; nearly
    all of that goes over, or grains would be pepper on a bright wall, but no more than stone
    allows.
    """
    known = np.isfinite(debris.origin[:, 0])
    u, v = camera.project(np.where(known[:, None], debris.origin, 0.0))[0].T
    h, w = matte.shape
    column = np.clip(u, 0, w - 1).astype(int)
    row = np.clip(v, 0, h - 1).astype(int)
    known &= (u >= 0) & (u < w) & (v >= 0) & (v < h) & (matte[row, column] > 0.5)
    own = np.maximum(picture[row, column], 1e-3)
    light = own.mean(1, keepdims=True)
    there = (matte > 0.5).astype(np.float32)
    share = cv2.GaussianBlur(there, (0, 0), AROUND * w)
    usual = cv2.GaussianBlur(there * picture.mean(-1), (0, 0), AROUND * w) / np.maximum(share, 1e-3)
    usual = np.maximum(usual[row, column], 1e-3)[:, None]
    grey = debris.colour.mean(1, keepdims=True)
    hue = 1 + TINT * (own / light - 1)
    # Deep paint is dark: red that kept the light of grey would glow.
    hue /= np.maximum(hue.max(1, keepdims=True) / DEEP, 1)
    colour = grey * hue * np.clip(light / usual, 0.3, 2.5) ** 0.9
    return replace(
        debris,
        colour=np.where(known[:, None], np.minimum(colour, 0.7), debris.colour).astype(np.float32),
    )


def _area(fragments: Fragments, camera: Camera) -> float:
    """Pixels that the building takes up, with what of it is up to half a picture beyond."""
    pixels, depth = camera.project(fragments.mesh.vertices.astype(np.float64))
    size = np.array([camera.width, camera.height])
    pixels = np.clip(pixels[depth > 0.1], -0.5 * size, 1.5 * size)
    try:
        return float(ConvexHull(pixels).volume)
    except (QhullError, ValueError):  # seen from nowhere
        return 0.0


def _sizes(u: NDArray, smallest: NDArray, largest: NDArray) -> NDArray:
    """Radii of the power law between smallest and largest, (n,) each, for even numbers u (n,)."""
    ratio = (smallest / np.maximum(largest, 1.05 * smallest)) ** EXPONENT
    return np.asarray(smallest * (1 - u * (1 - ratio)) ** (-1 / EXPONENT))


def _nothing(fps: float) -> Debris:
    one, three = np.zeros(0, np.float32), np.zeros((0, 3), np.float32)
    return Debris(one, one, one, three, three, three, three, one, one, three, three, one, fps)


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

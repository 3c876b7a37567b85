"""Light at the first grain that a camera's ray meets, followed from grain to grain.

What the networks of `render.volume_scatter` are fitted to: volumes of every kind, suns and cameras
on every side. Paths are those of `pathtracer`, without its denoiser and to the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numba import njit
from numpy.typing import NDArray
from pathtracer import (
    ALBEDO,
    BANK,
    _bricks,
    _fly,
    _ground_at,
    _lobes,
    _rnd,
    _seeded,
    _span,
    _tap,
    _turn,
)

from setpiece.collapse.dust import Dust
from setpiece.render.camera import Camera
from setpiece.render.volume import Volume
from setpiece.render.volume_march import SKY_GAIN
from setpiece.render.volume_scatter import WAYS
from setpiece.render.volume_sweep import optical_depth, pooled

F32 = NDArray[np.float32]

WIDTH, HEIGHT = 96, 64  # px of the cameras
PATHS = 8  # from each grain
LONGEST = 600  # scatterings


@dataclass(frozen=True)
class Samples:
    """Of one volume under one sun.

    corners: (N, 8, 13) of the eight coarse cells around each grain: weight, optical depths along
    `WAYS`, towards the sun, of the cell itself. depth: (N,) towards the sun, as the march finds it.
    cosine: (N,) between the ray and the sun. light: (N, 3) of sun (scattered twice and more), sky
    and ground, in the units of the passes. to_sun: (3,).
    """

    corners: F32
    depth: F32
    cosine: F32
    light: F32
    to_sun: NDArray[np.float64]


def volumes(
    data: Path, names: tuple[str, ...], grids: list[Path]
) -> dict[str, Callable[[], Volume]]:
    """Name -> maker. data: folder of `make_data.py`, names: collapses there; grids: further volumes
    as `bench/vs_blender.py` exports them."""
    made: dict[str, Callable[[], Volume]] = {}
    for e in (0.05, 0.2, 0.8, 3.0):
        made[f"ball {e}"] = lambda e=e: ball(e)
    for seed, e in enumerate((0.15, 0.6, 2.0, 6.0)):
        made[f"heads {e}"] = lambda e=e, seed=seed: heads(e, seed, 0.4)
    made["heads 4"] = lambda: heads(4.0, 9, 0.35)
    for e in (0.8, 4.0):
        made[f"bank {e}"] = lambda e=e: bank(e)
    for name in names:
        for frame, detail in ((18, 2), (36, 3), (48, 2)):
            made[f"{name} {frame}"] = lambda n=name, f=frame, d=detail: _simulated(data, n, f, d)
    for path in grids:
        made[path.stem] = lambda path=path: _grid(path)
    return made


def ball(extinction: float) -> Volume:
    """A ball of 12 m, soft at its edge."""
    x = np.arange(40) * 0.5 - 9.75
    far = np.sqrt(x[:, None, None] ** 2 + x[:, None] ** 2 + x**2)
    d = np.clip((6.0 - far) / 0.5 + 0.5, 0, 1) * extinction
    return Volume(d.astype(np.float32), np.array([-10.0, 22.0, -1.0]), 0.5)


def bank(extinction: float) -> Volume:
    """A block of 12 x 8 x 10 m."""
    d = np.zeros((28, 20, 22), np.float32)
    d[2:26, 2:18, :20] = extinction
    return Volume(d, np.array([-7.0, 19.0, 0.0]), 0.5)


def heads(extinction: float, seed: int, cell: float) -> Volume:
    """A heap of balls of 3 to 7 m."""
    rng = np.random.default_rng(seed)
    x = (np.arange(int(24 / cell)) + 0.5) * cell - 12
    d = np.zeros((len(x),) * 3, np.float32)
    for _ in range(25):
        p, r = rng.normal(0, 3.2, 3) * (1, 1, 0.8) - (0, 0, 2), rng.uniform(1.5, 3.5)
        far = np.sqrt((x[:, None, None] - p[0]) ** 2 + (x[:, None] - p[1]) ** 2 + (x - p[2]) ** 2)
        d = np.maximum(d, np.clip((r - far) / (2 * cell) + 0.5, 0, 1))
    return Volume((d * extinction).astype(np.float32), np.array([-12.0, 22.0, -2.0]), cell)


def _simulated(data: Path, name: str, frame: int, detail: int) -> Volume:
    volume = Dust.open(data / name / "coarse").frame(frame, detail, fine_grain=False)
    if volume is None:
        raise ValueError(f"{name}: no dust in frame {frame}")
    return volume


def _grid(path: Path) -> Volume:
    with np.load(path) as data:
        return Volume(data["density"], data["origin"], float(data["cell"]))


def samples(volume: Volume, suns: int, grains: int, seed: int) -> Iterator[Samples]:
    """Under so many suns, each with a camera of its own that sees so many grains."""
    rng = np.random.default_rng(seed)
    d = np.ascontiguousarray(volume.density, np.float32)
    full, coarse = _bricks(d), pooled(d, 2)
    ways = [optical_depth(coarse, volume.cell * 2, way) for way in WAYS]
    at = np.asarray(volume.origin, np.float64)
    for k in range(suns):
        a, e = np.radians([rng.uniform(0, 360), rng.uniform(6, 75)])
        sun = np.array([np.sin(a) * np.cos(e), np.cos(a) * np.cos(e), np.sin(e)])
        camera = _looking(volume, rng)
        tau = optical_depth(d, volume.cell, sun)
        found = np.zeros((grains, 7))
        count = _follow(
            d, full, tau, at, volume.cell, camera.position, camera.rotation,
            np.array([camera.focal, *camera.centre]), sun, seed * 100 + k, found,
        )  # fmt: skip
        found = found[:count]
        points = np.ascontiguousarray(found[:, :3])
        depth = np.empty(count)
        _taps(tau, points, depth)
        to_sun = optical_depth(coarse, volume.cell * 2, sun)
        corners = _corners(points, [*ways, to_sun, coarse * np.float32(2 * volume.cell)])
        units = BANK * np.array([1.0, SKY_GAIN, 0.45 * SKY_GAIN])
        yield Samples(
            corners, depth.astype(np.float32), found[:, 3].astype(np.float32),
            (found[:, 4:] / units).astype(np.float32), sun,
        )  # fmt: skip


def _looking(volume: Volume, rng: np.random.Generator) -> Camera:
    """A camera that holds the dust: level or a little from below, sometimes from well above."""
    there = np.argwhere(volume.density[::4, ::4, ::4] > 0.02) * 4
    low, high = there.min(0), there.max(0)
    size = float(volume.cell * np.linalg.norm(high - low))
    a = np.radians(rng.uniform(0, 360))
    e = np.radians(rng.uniform(-12, 3) if rng.random() < 0.8 else -45.0)
    towards = np.array([np.sin(a) * np.cos(e), np.cos(a) * np.cos(e), np.sin(e)])
    middle = volume.origin + volume.cell * (low + high) / 2
    eye = middle - towards * size * 1.3
    eye[2] = max(eye[2], 1.7)
    forward = (middle - eye) / np.linalg.norm(middle - eye)
    right = np.cross(forward, [0, 0, 1.0])
    right /= np.linalg.norm(right)
    turn = np.array([right, np.cross(forward, right), forward])
    return Camera(eye, turn, WIDTH * 1.15, (WIDTH / 2, HEIGHT / 2), WIDTH, HEIGHT)


def _corners(points: NDArray[np.float64], fields: list[F32]) -> F32:
    """Weight and values of the eight coarse cells that the march mixes at each point."""
    shape = np.array(fields[0].shape)
    at = np.clip((points + 0.5) / 2 - 0.5, 0, shape - 1.002)
    cell = np.floor(at).astype(int)
    part = at - cell
    out = np.empty((len(points), 8, 1 + len(fields)), np.float32)
    for n in range(8):
        side = np.array([n >> 2 & 1, n >> 1 & 1, n & 1])
        out[:, n, 0] = np.prod(np.where(side, part, 1 - part), axis=1)
        for m, field in enumerate(fields):
            out[:, n, 1 + m] = field[tuple((cell + side).T)]
    return out


@njit(nogil=True)
def _taps(f, points, out):
    for n in range(points.shape[0]):
        out[n] = _tap(f, points[n, 0], points[n, 1], points[n, 2])


@njit(nogil=True, fastmath=True)
def _follow(d, full, tau, origin, cell, eye, turn, lens, sun, seed, out):
    """out (N, 7): where a ray's first grain is (cells), cosine to the sun, light of sun (scattered
    twice and more), sky and ground. Returns how many were found."""
    e = (eye - origin) / cell - 0.5
    ground = (0.0 - origin[2]) / cell - 0.5
    v, x, s, p, to = np.empty(3), np.empty(3), np.empty(3), np.empty(3), np.empty(3)
    state = _seeded(seed)
    found, tries = 0, 0
    while found < out.shape[0] and tries < 40 * out.shape[0]:
        tries += 1
        r, state = _rnd(state)
        r2, state = _rnd(state)
        across, down = (WIDTH * r - lens[1]) / lens[0], (HEIGHT * r2 - lens[2]) / lens[0]
        for a in range(3):
            v[a] = turn[0, a] * across + turn[1, a] * down + turn[2, a]
        length = np.sqrt(v[0] ** 2 + v[1] ** 2 + v[2] ** 2)
        start, end = _span(e, v / cell, d.shape, 1e7)
        if end <= start:
            continue
        for a in range(3):
            x[a] = e[a] + (start + 1e-4) * v[a] / cell
            v[a] /= length
        met, state = _fly(d, full, cell, x, v, ground, state)
        if not met:
            continue
        for a in range(3):
            out[found, a] = x[a]
        out[found, 3] = v[0] * sun[0] + v[1] * sun[1] + v[2] * sun[2]
        for _ in range(PATHS):
            weight = 1.0 / PATHS
            for a in range(3):
                p[a], s[a] = x[a], v[a]
            for order in range(LONGEST):
                weight *= ALBEDO
                if order > 0:
                    for a in range(3):
                        to[a] = p[a]
                    met, state = _fly(d, full, cell, to, sun, ground, state)
                    if not met:
                        cosine = s[0] * sun[0] + s[1] * sun[1] + s[2] * sun[2]
                        out[found, 4] += weight * _lobes(cosine) / 4
                state = _turn(s, state)
                met, state = _fly(d, full, cell, p, s, ground, state)
                if not met:
                    if s[2] > 0:
                        out[found, 5] += weight
                    else:
                        out[found, 6] += weight * _ground_at(tau, p, s, ground)
                    break
                if order > 30:
                    r, state = _rnd(state)
                    if r > 0.98:
                        break
                    weight /= 0.98
        found += 1
    return found

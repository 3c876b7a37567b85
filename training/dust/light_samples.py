"""Light at the first grain that a camera's ray meets, followed from grain to grain.

What the networks of `render.volume_scatter` are fitted to: volumes of every kind, with and without
pieces in them, suns and cameras on every side. Paths are those of `pathtracer`, without its
denoiser and to the end, and pieces stop them: a matt face of albedo SOLID sends some on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
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
from setpiece.collapse.fracture import load_fragments
from setpiece.collapse.motion import load_motion
from setpiece.render.camera import Camera
from setpiece.render.embree import blocked, nearest, ray_room
from setpiece.render.light import Light
from setpiece.render.scene import Pose
from setpiece.render.tracing import Tracer
from setpiece.render.volume import Volume
from setpiece.render.volume_light import surroundings
from setpiece.render.volume_march import SKY_GAIN
from setpiece.render.volume_told import Given, told

F32 = NDArray[np.float32]

WIDTH, HEIGHT = 96, 64  # px of the cameras
PATHS = 8  # from each grain
LONGEST = 600  # scatterings
SOLID = 0.35  # albedo of pieces
STOREY, WALL = 3.0, 0.3  # m
# Pieces of a state without any: one under the ground.
NOTHING = np.float32([(0, 0, -900), (0, 1, -900), (1, 0, -900)]), np.int32([(0, 1, 2)])


@dataclass(frozen=True)
class State:
    """A volume, and the pieces that stand or fall in it: corners (V, 3) [m] and faces (F, 3)."""

    volume: Volume
    corners: F32 = field(default_factory=lambda: NOTHING[0])
    faces: NDArray[np.int32] = field(default_factory=lambda: NOTHING[1])


@dataclass(frozen=True)
class Samples:
    """Of one volume under one sun.

    of_sun (N, 8, .), of_sky (N, 8, .), met (N, 8): what the networks are told of the eight coarse
    cells around each grain (`volume_told.told`). weight: (N, 8) of those. depth: (N,) towards the
    sun, as the march finds it. cosine: (N,) between the ray and the sun. light: (N, 3) of sun
    (scattered twice and more), sky and ground, in the units of the passes.
    """

    of_sun: F32
    of_sky: F32
    met: F32
    weight: F32
    depth: F32
    cosine: F32
    light: F32


def states(data: Path, names: tuple[str, ...], grids: list[Path]) -> dict[str, Callable[[], State]]:
    """Name -> maker. data: folder of `make_data.py`, names: collapses there; grids: further volumes
    as `bench/vs_blender.py` exports them, beside its `shot.npz` and `motion.npz`."""
    made: dict[str, Callable[[], State]] = {}
    for e in (0.05, 0.2, 0.8, 3.0):
        made[f"ball {e}"] = lambda e=e: State(ball(e))
    for seed, e in enumerate((0.15, 0.6, 2.0, 6.0)):
        made[f"heads {e}"] = lambda e=e, seed=seed: State(heads(e, seed, 0.4))
        made[f"shell {e}"] = lambda e=e, seed=seed: State(heads(e, 20 + seed, 0.4), *shell(seed))
    made["heads 4"] = lambda: State(heads(4.0, 9, 0.35))
    made["shell 4"] = lambda: State(heads(4.0, 29, 0.35), *shell(9))
    for e in (0.8, 4.0):
        made[f"bank {e}"] = lambda e=e: State(bank(e))
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


def shell(seed: int) -> tuple[F32, NDArray[np.int32]]:
    """Walls and floors of a building that stands in `heads`, with bays left open, and some slabs
    that lie about: corners and faces."""
    rng = np.random.default_rng(seed)
    x0, x1 = -rng.uniform(2, 6), rng.uniform(2, 6)
    y0, y1, storeys = 34 - rng.uniform(2, 5), 34 + rng.uniform(2, 5), rng.integers(1, 5)
    boxes = []
    for k in range(storeys):
        low, high = k * STOREY, (k + 1) * STOREY
        boxes.append((x0, y0, high - WALL, x1, y1, high))
        for x in np.arange(x0, x1, 2.0):
            for y in (y0, y1):
                if rng.random() < 0.7:
                    boxes.append((x, y, low, x + 2.0, y + WALL, high))
        for y in np.arange(y0, y1, 2.0):
            for x in (x0, x1):
                if rng.random() < 0.7:
                    boxes.append((x, y, low, x + WALL, y + 2.0, high))
    for _ in range(12):
        at = np.array([rng.normal(0, 4), rng.normal(34, 4), rng.uniform(0, 5)])
        boxes.append((*at, *(at + rng.uniform(0.2, 3.0, 3))))
    corners, faces = [], []
    for n, box in enumerate(boxes):
        lo, hi = np.array(box[:3]), np.array(box[3:])
        corners.append([np.where([i & 4, i & 2, i & 1], hi, lo) for i in range(8)])
        for a, b, c, d in (
            (0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)
        ):  # fmt: skip
            faces += [(8 * n + a, 8 * n + b, 8 * n + c), (8 * n + a, 8 * n + c, 8 * n + d)]
    return np.concatenate(corners).astype(np.float32), np.array(faces, np.int32)


def _simulated(data: Path, name: str, frame: int, detail: int) -> State:
    volume = Dust.open(data / name / "coarse").frame(frame, detail, fine_grain=False)
    if volume is None:
        raise ValueError(f"{name}: no dust in frame {frame}")
    mesh = load_fragments(data / name / "fragments.npz").mesh
    pose = load_motion(data / name / "motion.npz").pose(frame)
    return State(volume, pose.apply(mesh), mesh.faces)


def _grid(path: Path) -> State:
    with np.load(path) as data:
        volume = Volume(data["density"], data["origin"], float(data["cell"]))
    frame = int(path.stem.split(".")[-1])
    with np.load(path.parent / "shot.npz") as shot, np.load(path.parent / "motion.npz") as motion:
        rest, body = motion["rest"], shot["mesh_body"]
        pose = Pose(motion["position"][frame], motion["rotation"][frame], rest)
        turned = pose.matrices()
        # Corners are shared by faces of one body alone.
        of = np.zeros(len(shot["mesh_vertices"]), np.int64)
        of[shot["mesh_faces"].ravel()] = np.repeat(body, 3)
        out = shot["mesh_vertices"] - rest[of]
        now = np.einsum("nij,nj->ni", turned[of], out) + pose.position[of]
        return State(volume, now.astype(np.float32), shot["mesh_faces"].astype(np.int32))


def samples(state: State, suns: int, grains: int, seed: int) -> Iterator[Samples]:
    """Under so many suns, each with a camera of its own that sees so many grains."""
    rng = np.random.default_rng(seed)
    for k in range(suns):
        a, e = np.radians([rng.uniform(0, 360), rng.uniform(6, 75)])
        sun = np.array([np.sin(a) * np.cos(e), np.cos(a) * np.cos(e), np.sin(e)])
        yield seen(state, sun, _looking(state.volume, rng), grains, seed * 100 + k)[0]


def seen(
    state: State, sun: NDArray[np.float64], camera: Camera, grains: int, seed: int
) -> tuple[Samples, NDArray[np.float64]]:
    """What one camera, `WIDTH` x `HEIGHT`, sees under one sun; and where those grains are (N, 3)
    [m]."""
    volume, tracer = state.volume, Tracer(state.corners, state.faces)
    d = np.ascontiguousarray(volume.density, np.float32)
    direction = (float(sun[0]), float(sun[1]), float(sun[2]))
    tau, about = surroundings(volume, Light(direction=direction), tracer)
    at = np.asarray(volume.origin, np.float64)
    found = np.zeros((grains, 7))
    count = _follow(
        d, _bricks(d), tau, at, volume.cell, camera.position, camera.rotation,
        np.array([camera.focal, *camera.centre]), sun, tracer.address, seed, found,
    )  # fmt: skip
    found = found[:count]
    points = np.ascontiguousarray(found[:, :3])
    depth = np.empty(count)
    _taps(tau, points, depth)
    cells, weight = _corners(points, about)
    of_sun, of_sky, met = told(about, cells.reshape(-1, 3))
    units = BANK * np.array([1.0, SKY_GAIN, 0.45 * SKY_GAIN])
    return Samples(
        of_sun.reshape(count, 8, -1), of_sky.reshape(count, 8, -1), met.reshape(count, 8), weight,
        depth.astype(np.float32), found[:, 3].astype(np.float32),
        (found[:, 4:] / units).astype(np.float32),
    ), at + volume.cell * (points + 0.5)  # fmt: skip


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


def _corners(points: NDArray[np.float64], about: Given) -> tuple[NDArray[np.int64], F32]:
    """The eight coarse cells that the march mixes at each point (N, 8, 3), and their weights."""
    at = np.clip((points + 0.5) / 2 - 0.5, 0, np.array(about.density.shape) - 1.002)
    cell = np.floor(at).astype(np.int64)
    part = at - cell
    side = np.array([(n >> 2 & 1, n >> 1 & 1, n & 1) for n in range(8)])
    share = np.where(side, part[:, None], 1 - part[:, None]).prod(-1)
    return cell[:, None] + side, share.astype(np.float32)


@njit(nogil=True)
def _taps(f, points, out):
    for n in range(points.shape[0]):
        out[n] = _tap(f, points[n, 0], points[n, 1], points[n, 2])


@njit(nogil=True, fastmath=True)
def _on(scene, ray, d, full, cell, origin, p, s, ground, state, normal):
    """Moves p (cells) along s (unit) to what is met next: (0 nothing, 1 a grain or 2 a piece, next
    state). normal: of that piece, towards where the light came from."""
    x, y, z = p[0], p[1], p[2]
    met, state = _fly(d, full, cell, p, s, ground, state)
    reach = 1e4
    if met:
        reach = np.sqrt((p[0] - x) ** 2 + (p[1] - y) ** 2 + (p[2] - z) ** 2)
    elif s[2] < -1e-6:
        reach = (z - ground) / -s[2]
    hit = nearest(
        scene, ray, origin[0] + cell * (x + 0.5), origin[1] + cell * (y + 0.5),
        origin[2] + cell * (z + 0.5), s[0], s[1], s[2], np.float32(reach * cell),
    )  # fmt: skip
    if hit < 0:
        return (1 if met else 0), state
    far = ray[8] / cell
    length = np.sqrt(ray[12] ** 2 + ray[13] ** 2 + ray[14] ** 2)
    side = -1.0 if ray[12] * s[0] + ray[13] * s[1] + ray[14] * s[2] > 0 else 1.0
    for a in range(3):
        normal[a] = side * ray[12 + a] / length
    p[0], p[1], p[2] = x + far * s[0], y + far * s[1], z + far * s[2]
    for a in range(3):
        p[a] += 1e-3 / cell * normal[a]
    return 2, state


@njit(nogil=True, fastmath=True)
def _off(normal, s, state):
    """Turns s to where a matt face of that normal sends light on (cosine of the angle); next
    state."""
    r, state = _rnd(state)
    r2, state = _rnd(state)
    # A point on the ball that touches the face (P. Shirley's way to draw from a cosine).
    z, angle = 2 * r - 1, 6.283185307179586 * r2
    q = np.sqrt(max(1 - z * z, 0.0))
    s[0] = normal[0] + q * np.cos(angle)
    s[1] = normal[1] + q * np.sin(angle)
    s[2] = normal[2] + z
    length = np.sqrt(s[0] ** 2 + s[1] ** 2 + s[2] ** 2) + 1e-9
    for a in range(3):
        s[a] /= length
    return state


@njit(nogil=True, fastmath=True)
def _follow(d, full, tau, origin, cell, eye, turn, lens, sun, scene, seed, out):
    """out (N, 7): where a ray's first grain is (cells), cosine to the sun, light of sun (scattered
    twice and more), sky and ground. Returns how many were found. scene: of the pieces."""
    e = (eye - origin) / cell - 0.5
    ground = (0.0 - origin[2]) / cell - 0.5
    v, x, s, p, to = np.empty(3), np.empty(3), np.empty(3), np.empty(3), np.empty(3)
    normal, face, ray = np.empty(3), np.empty(3), ray_room()
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
        if blocked(
            scene, ray, eye[0], eye[1], eye[2], v[0], v[1], v[2],
            np.float32((start + 1e-4) * length),
        ):  # fmt: skip
            continue
        met, state = _on(scene, ray, d, full, cell, origin, x, v, ground, state, normal)
        if met != 1:
            continue
        for a in range(3):
            out[found, a] = x[a]
        out[found, 3] = v[0] * sun[0] + v[1] * sun[1] + v[2] * sun[2]
        for _ in range(PATHS):
            weight = 1.0 / PATHS
            for a in range(3):
                p[a], s[a] = x[a], v[a]
            met, lit = 1, False
            for order in range(LONGEST):
                weight *= ALBEDO if met == 1 else SOLID
                # The sun's first scattering, without a piece on its way, is the march's own.
                if lit:
                    for a in range(3):
                        to[a], face[a] = p[a], normal[a]
                    cosine = s[0] * sun[0] + s[1] * sun[1] + s[2] * sun[2]
                    seen = _lobes(cosine) / 4
                    if met == 2:
                        seen = max(face[0] * sun[0] + face[1] * sun[1] + face[2] * sun[2], 0.0)
                    if seen > 0:
                        ends, state = _on(
                            scene, ray, d, full, cell, origin, to, sun, ground, state, normal
                        )
                        if ends == 0:
                            out[found, 4] += weight * seen
                    for a in range(3):
                        normal[a] = face[a]
                lit = True
                state = _turn(s, state) if met == 1 else _off(normal, s, state)
                met, state = _on(scene, ray, d, full, cell, origin, p, s, ground, state, normal)
                if met == 0:
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

"""Where dust and displaced air come from: moving solids, breaking bonds, impacts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter

from setpiece.collapse.fragments import Fragments
from setpiece.collapse.gas.grid import Air
from setpiece.collapse.gas.loosening import come_apart, first_apart, place
from setpiece.collapse.motion import Motion
from setpiece.render.scene import Material

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
GRAVITY = 9.81
# Dust of all bonds, and of hits that spend all of the building's height, in its envelopes. What
# breaks up small and early hits more often and bares more: the same cloud takes less of each.
BOND, HIT = 0.1, 0.85
# What the wind of their fall strips off fresh pieces: dust density times metres a second off a
# square metre, for each metre a second past the air; none into air that holds THICK already; and
# how long a piece stays fresh [s]. Scale as the others do.
STRIP, THICK, FRESH = 0.2, 0.9, 1.2
BULK = 2300.0  # kg of building stuff in a solid cubic metre, near enough for displaced air


@dataclass(frozen=True)
class Samples:
    """Points on the pieces' surfaces that stand for the pieces in the gas.

    Attributes:
        local: relative to the piece's centre, world axes at rest [m], (S, 3).
        body: piece of each, (S,). volume: solid volume each stands for [m3], (S,).
        area: of the surface that each stands for [m2].
    """

    local: F32
    body: NDArray[np.int64]
    volume: F32
    area: float


def sample_surface(fragments: Fragments, spacing: float, seed: int, limit: int) -> Samples:
    """About one point every `spacing` metres of all faces, `limit` at most, one a piece."""
    mesh = fragments.mesh
    keep = (mesh.body >= 0) & (mesh.material != Material.GLASS)
    faces, owner = mesh.faces[keep], mesh.body[keep].astype(np.int64)
    a, b, c = (mesh.vertices[faces[:, n]].astype(np.float64) for n in range(3))
    area = 0.5 * np.linalg.norm(np.cross(b - a, c - a), axis=1)
    total = float(area.sum())
    count = int(min(limit, max(1.0, total / spacing**2)))
    rng = np.random.default_rng([seed, 11])
    # Systematic sampling along the running area: even cover, no clumps.
    at = (np.arange(count) + rng.random(count)) * (total / count)
    face = np.minimum(np.searchsorted(np.cumsum(area), at), max(len(area) - 1, 0))
    r = np.sqrt(rng.random((count, 1)))
    q = rng.random((count, 1))
    points = (1 - r) * a[face] + r * (1 - q) * b[face] + r * q * c[face]
    body = owner[face]
    local = points - fragments.centre[body]
    bare = np.flatnonzero(np.bincount(body, minlength=len(fragments)) == 0)
    local = np.concatenate([local, np.zeros((len(bare), 3))])
    body = np.concatenate([body, bare])
    share = np.bincount(body, minlength=len(fragments))
    volume = fragments.mass[body] / BULK / share[body]
    return Samples(local.astype(np.float32), body, volume.astype(np.float32), total / count)


@njit(cache=True, nogil=True, fastmath=True)
def _splat(points, vectors, weight, corner, cell, m, mx, my, mz):
    """Spread weight, and weight times vector, of points over the eight cells around each."""
    nx, ny, nz = m.shape
    for n in range(points.shape[0]):
        x = (points[n, 0] - corner[0]) / cell - 0.5
        y = (points[n, 1] - corner[1]) / cell - 0.5
        z = max((points[n, 2] - corner[2]) / cell - 0.5, 0.0)
        if x < 0 or y < 0 or x >= nx - 1 or y >= ny - 1 or z >= nz - 1:
            continue
        i, j, k = int(x), int(y), int(z)
        a, b, c = x - i, y - j, z - k
        for p in range(2):
            for q in range(2):
                for r in range(2):
                    t = (a if p else 1 - a) * (b if q else 1 - b) * (c if r else 1 - c) * weight[n]
                    m[i + p, j + q, k + r] += t
                    mx[i + p, j + q, k + r] += t * vectors[n, 0]
                    my[i + p, j + q, k + r] += t * vectors[n, 1]
                    mz[i + p, j + q, k + r] += t * vectors[n, 2]


@njit(cache=True, nogil=True, fastmath=True)
def _stamp(points, weight, corner, cell, out):
    """Spread weight of points over the eight cells around each."""
    nx, ny, nz = out.shape
    for n in range(points.shape[0]):
        x = (points[n, 0] - corner[0]) / cell - 0.5
        y = (points[n, 1] - corner[1]) / cell - 0.5
        z = max((points[n, 2] - corner[2]) / cell - 0.5, 0.0)
        if x < 0 or y < 0 or x >= nx - 1 or y >= ny - 1 or z >= nz - 1:
            continue
        i, j, k = int(x), int(y), int(z)
        a, b, c = x - i, y - j, z - k
        for p in range(2):
            for q in range(2):
                for r in range(2):
                    t = (a if p else 1 - a) * (b if q else 1 - b) * (c if r else 1 - c) * weight[n]
                    out[i + p, j + q, k + r] += t


@njit(cache=True, nogil=True, fastmath=True)
def _strip(points, velocity, body, fresh, least, dust, u, v, w, corner, cell, out):
    """Add to out (X, Y, Z) what air that moves past points by more than `least` takes off them.

    fresh: (N,) of each piece, how much comes off for a metre a second. u, v, w: of the air, on the
    faces of its cells [m/s].
    """
    nx, ny, nz = out.shape
    for n in range(points.shape[0]):
        much = fresh[body[n]]
        if much <= 0:
            continue
        i = int(np.floor((points[n, 0] - corner[0]) / cell))
        j = int(np.floor((points[n, 1] - corner[1]) / cell))
        k = max(int(np.floor((points[n, 2] - corner[2]) / cell)), 0)
        if i < 0 or j < 0 or i >= nx or j >= ny or k >= nz:
            continue
        room = 1 - dust[i, j, k] / np.float32(THICK)
        if room <= 0:
            continue
        half = np.float32(0.5)
        x = velocity[n, 0] - half * (u[i, j, k] + u[i + 1, j, k])
        y = velocity[n, 1] - half * (v[i, j, k] + v[i, j + 1, k])
        z = velocity[n, 2] - half * (w[i, j, k] + w[i, j, k + 1])
        past = np.sqrt(x * x + y * y + z * z) - least
        if past > 0:
            out[i, j, k] += much * room * past


@dataclass(frozen=True)
class Solids:
    """The pieces as the gas sees them at one instant.

    Attributes:
        share: part of each cell that is solid, (X, Y, Z). velocity: of that part [m/s].
        expansion: air pushed out of the cell, div(u) [1/s], (X, Y, Z).
        shed: dust density gained by shedding and hits [1/s], (X, Y, Z).
    """

    share: F32
    velocity: tuple[NDArray, NDArray, NDArray]
    expansion: F32
    shed: F32


class Emitters:
    """Everything of a collapse that makes dust, asked one instant at a time.

    rate: seconds of the collapse in a second of the shot (slow motion below 1).
    scale: building height over 28 m.
    """

    def __init__(
        self,
        fragments: Fragments,
        motion: Motion,
        *,
        cell: float,
        scale: float,
        rate: float,
        seed: int,
    ) -> None:
        self.samples = sample_surface(fragments, 0.75 * cell, seed, 120_000)
        self.motion, self.cell, self.scale, self.seed = motion, cell, scale, seed
        self.step = rate / float(motion.fps)  # seconds of the collapse in a frame
        self.centre = fragments.centre.astype(np.float32)
        velocity = np.diff(motion.position.astype(np.float32), axis=0) / self.step
        jump = np.diff(velocity, axis=0, prepend=velocity[:1])
        jump[..., 2] += GRAVITY * self.step
        jump[0, :, 2] = 0.0
        still = (velocity**2).sum(2) < 1e-4
        self.hit = np.maximum(np.linalg.norm(jump, axis=2) - 0.6 * np.sqrt(scale), 0.0)
        # A piece at rest carries its own weight; that is no hit.
        self.hit[still & np.roll(still, 1, axis=0)] = 0.0
        fps = float(motion.fps)
        self.release = np.where(np.isfinite(motion.release), motion.release * fps, np.inf)

        bonds = fragments.bonds
        self.bond_at = np.where(np.isfinite(motion.bond_break), motion.bond_break * fps, np.inf)
        self.bond_body = bonds.i
        self.bare = come_apart(fragments, motion, scale)
        # Half bare is when a face begins to lose what lies loose on it.
        self.broke = first_apart(self.bare, bonds, 0.5, len(fragments))
        self.bond_local = (bonds.position - fragments.centre[bonds.i]).astype(np.float32)
        self.bond_reach = np.sqrt(np.maximum(bonds.width.prod(axis=1), 1e-4))
        area = bonds.width.prod(axis=1)
        low, high = fragments.mesh.vertices.min(0), fragments.mesh.vertices.max(0)
        envelope = float(np.prod(np.maximum(high - low, 1e-3)))
        amount = BOND * envelope * area / max(float(area.sum()), 1e-9)
        self.bond_early = np.zeros(len(area))
        first = float(self.bond_at.min()) if len(self.bond_at) else np.inf
        self.first = first
        if np.isfinite(first):
            # What gives way first is seen to give way: small bonds, but the eye is on them.
            with np.errstate(invalid="ignore"):
                early = 1.0 - (self.bond_at - first) * self.step / (1.0 * np.sqrt(scale))
            early = np.clip(np.nan_to_num(early, nan=0.0, neginf=0.0), 0, 1)
            # Only some do: a hundred puffs at once would be a cloud of cotton.
            rank = np.empty(len(area))
            rank[np.argsort(self.bond_at, kind="stable")] = np.arange(len(area))
            extra = np.sqrt(early) * np.exp(-rank / 14.0) * 6.0 * scale**2.5
            extra *= min(1.0, 0.02 * envelope / max(float(extra.sum()), 1e-9))
            self.bond_early = extra
        self.bond_amount = amount
        energy = max(float((fragments.mass * GRAVITY * fragments.centre[:, 2]).sum()), 1.0)
        self.impact_at = motion.impact_time * fps
        self.impact_amount = (
            HIT * envelope * motion.impact_energy / max(energy, float(motion.impact_energy.sum()))
        )

    def start(self) -> float:
        """Frame at which the first dust is born (inf when nothing ever happens)."""
        times = [self.first, float(self.release.min(initial=np.inf))]
        if len(self.impact_at):
            times.append(float(self.impact_at.min()))
        return min(times)

    def moving_bounds(self, frame: float) -> tuple[F64, F64] | None:
        """World box around the pieces that move, None while nothing does."""
        near = (self.release <= frame + 1) | (self.hit[min(int(frame), len(self.hit) - 1)] > 0)
        recent = self.bond_body[(self.bond_at <= frame + 1) & (self.bond_at > frame - 12)]
        near[recent] = True
        if not near.any():
            return None
        p = self.motion.pose(frame).position[near]
        return p.min(0).astype(np.float64), p.max(0).astype(np.float64)

    def solids(self, frame: float, air: Air) -> Solids:
        """The pieces on the grid of the air."""
        corner, shape = air.corner, air.shape
        s, cell, scale = self.samples, self.cell, self.scale
        half = 0.5
        pose, then = self.motion.pose(frame), self.motion.pose(frame + half)
        p = place(pose, s.body, s.local)
        v = (place(then, s.body, s.local) - p) / np.float32(half * self.step)
        m, mx, my, mz = (np.zeros(shape, np.float32) for _ in range(4))
        weight = s.volume / np.float32(cell**3)
        _splat(p, v, weight, corner, cell, m, mx, my, mz)
        inverse = 1 / (m + np.float32(1e-6))
        velocity = (mx * inverse, my * inverse, mz * inverse)
        expansion, rub = self._expansion(m, (mx, my, mz), corner, p, v)

        k = min(int(frame), len(self.hit) - 1)
        root = np.sqrt(scale)
        # A block that comes down whole sheds little; pieces that move past one another grind.
        rate = 0.3 * self.hit[k][s.body] + 0.14 * np.maximum(rub - 1.0 * root, 0)
        shed = np.zeros(shape, np.float32)
        _stamp(p, (weight * rate / scale).astype(np.float32), corner, cell, shed)
        fresh = self._fresh(frame) * (STRIP * s.area / cell**3)
        _strip(p, v, s.body, fresh.astype(np.float32), np.float32(root), air.dust, air.u, air.v,
               air.w, corner, cell, shed)  # fmt: skip
        return Solids(m, velocity, expansion, shed)

    def _fresh(self, frame: float) -> F64:
        """How much loose dust each piece still carries, (N,) 0..1: most when it has just come
        apart, none before."""
        age = (frame - self.broke) * self.step / (FRESH * np.sqrt(self.scale))
        return np.where(age >= 0, np.exp(-np.maximum(age, 0)), 0.0)

    def _expansion(
        self, m: F32, momentum: tuple[F32, F32, F32], corner: F64, p: F32, v: F32
    ) -> tuple[F32, F32]:
        """Air squeezed out where the smoothed solids close up on one another or on the ground.

        Also the speed of each sample (position p, velocity v) past the solids around it [m/s].
        """
        used = np.argwhere(m.max(axis=2) > 0)
        out = np.zeros_like(m)
        if not len(used):
            return out, np.zeros(len(p), np.float32)
        r = max(1, round(1.1 * self.scale / self.cell))
        lo = np.maximum(used.min(0) - 2 * r - 1, 0)
        hi = np.minimum(used.max(0) + 2 * r + 2, m.shape[:2])
        top = int(np.flatnonzero(m.max(axis=(0, 1)) > 0).max()) + 2 * r + 2
        box = (slice(lo[0], hi[0]), slice(lo[1], hi[1]), slice(0, min(top, m.shape[2])))

        def smooth(f: F32) -> F32:
            g = uniform_filter(f[box], 2 * r + 1, mode="nearest")
            return np.asarray(uniform_filter(g, 2 * r + 1, mode="nearest"))

        mass = smooth(m)
        inverse = 1 / (mass + np.float32(1e-4))
        vx, vy, vz = (smooth(f) * inverse for f in momentum)
        div = np.zeros_like(mass)
        div[1:-1] += 0.5 * (vx[2:] - vx[:-2])
        div[:, 1:-1] += 0.5 * (vy[:, 2:] - vy[:, :-2])
        div[:, :, 1:-1] += 0.5 * (vz[:, :, 2:] - vz[:, :, :-2])
        div[:, :, 0] += 0.5 * (vz[:, :, 1] + vz[:, :, 0])
        cap = 6.0 / np.sqrt(self.scale)
        squeeze = np.clip(-0.9 * div / self.cell, 0, cap) * np.clip(mass * 25, 0, 1)
        out[box] = np.where(mass > 0.01, squeeze, 0)
        at = np.floor((p - corner) / self.cell).astype(np.int64) - [lo[0], lo[1], 0]
        x, y, z = np.clip(at, 0, np.array(mass.shape) - 1).T
        around = np.stack([f[x, y, z] for f in (vx, vy, vz)], axis=1)
        return out, np.linalg.norm(v - around, axis=1).astype(np.float32)

    def _bared(self, frame: float) -> F32:
        """Share of each bond's faces that is bare at a frame, which may lie between two, (M,)."""
        at = min(max(frame, 0.0), len(self.bare) - 1.0)
        k = min(int(at), len(self.bare) - 2)
        return np.asarray(self.bare[k] + np.float32(at - k) * (self.bare[k + 1] - self.bare[k]))

    def puffs(self, frame: float, span: float, corner: F64, shape: tuple[int, int, int]) -> F32:
        """Dust density gained over `span` frames from broken bonds and impacts, (X, Y, Z)."""
        out = np.zeros(shape, np.float32)
        length = 0.35 * np.sqrt(self.scale) / self.step  # frames that a puff takes to come out
        age = frame - self.bond_at
        bared = self._bared(frame) - self._bared(frame - span)
        early = (age >= 0) & (age < length) & (self.bond_early > 0)
        live = np.flatnonzero((bared > 0) | early)
        points: list[NDArray] = []
        weights: list[NDArray] = []
        # Steps before the first frame have no puffs yet, but are made where something breaks soon.
        rng = np.random.default_rng([self.seed, 23, max(round(frame * 64), 0)])
        volume = self.cell**3
        if len(live):
            pose = self.motion.pose(frame)
            p = place(pose, self.bond_body[live], self.bond_local[live])
            # Slow parts grind less than fast ones. What gives way first is shown anyway.
            body = self.bond_body[live]
            ahead = self.motion.pose(frame + 1).position[body]
            speed = np.linalg.norm(ahead - pose.position[body], axis=1) / self.step
            moved = np.clip(speed / (6.0 * np.sqrt(self.scale)), 0.05, 1.0)
            first = np.where(early[live], self.bond_early[live] * (span / length), 0)
            amount: NDArray = np.maximum(self.bond_amount[live] * moved * bared[live], first)
            reach = np.maximum(0.8 * self.bond_reach[live], 1.3 * self.cell)[:, None]
            for _ in range(6):
                points.append(p + rng.normal(size=p.shape) * reach)
                weights.append(amount / (6 * volume))
        since = frame - self.impact_at
        live = np.flatnonzero((since >= 0) & (since < 0.5 * length))
        if len(live):
            at = self.motion.impact_position[live]
            for _ in range(6):
                points.append(at + rng.normal(size=at.shape) * (1.2 * self.cell))
                weights.append(self.impact_amount[live] * (span / (0.5 * length) / 6 / volume))
        if points:
            where = np.concatenate(points).astype(np.float32)
            _stamp(where, np.concatenate(weights).astype(np.float32), corner, self.cell, out)
        return out


def compile_kernels() -> None:
    """Compile what this module needs."""
    p = np.ones((1, 3), np.float32)
    w = np.ones(1, np.float32)
    g = [np.zeros((3, 3, 3), np.float32) for _ in range(4)]
    _splat(p, p, w, np.zeros(3), 1.0, *g)
    faces = np.zeros((4, 4, 4), np.float32)
    _strip(p, p, np.zeros(1, np.int64), w, w[0], g[0], faces, faces, faces, np.zeros(3), 1.0, g[1])
    _stamp(p, w, np.zeros(3), 1.0, g[0])

"""The fall: a building that stands, a failure wave, and what gravity does with it."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.brief import Brief
from setpiece.collapse.fragments import Fragments
from setpiece.collapse.motion import Motion
from setpiece.collapse.rubble import rubble
from setpiece.collapse.solver import TICK
from setpiece.collapse.solver.measure import MOVING, Descent, Rest
from setpiece.collapse.solver.world import World
from setpiece.collapse.structure import Structure
from setpiece.collapse.trigger import GHOST, RAMP, Trigger, plan_failure

F64 = NDArray[np.float64]
REST = 1.0  # [s] simulated before the trigger, to prove that it stands
CRUSH_FOR = 2.5  # [s] a crushed support resists no longer than this
PULL_FOR = 2.5  # [s] the director's hand is taken away after this
HIT = 150.0  # [J] hits below are not worth dust
PATIENCE = 1.1  # [s] a wall may still stand after the wave has passed it
RUN_ON = 6.0  # [s] run past the last frame at most, to see the heap come to rest
SHOCK = 1.2  # [m/s] change of speed within a tick that shatters glass
PRESSED = (0.05, 0.8)  # [s] a pane stands this long after the wave reached its wall
RACK = 0.015  # [m] what half of the panes do not survive between the pieces around them
RACKS = tuple(0.004 * 1.4**k for k in range(9))  # [m] watched levels of it, up to 6 cm


def fall(
    fragments: Fragments,
    structure: Structure,
    brief: Brief,
    *,
    frames: int,
    fps: Fraction | float,
    seed: int,
    progress: Callable[[float], None] | None = None,
    take_out: tuple[int, ...] | None = None,
) -> Motion:
    """Let the building stand, fail and come down.

    The solver starts from the statically loaded state and runs `REST` seconds with nothing failing
    (check `stands_still`). Having shown that it stands, the building is held as it is until
    `brief.start`; poses are relative to that loaded state, so frame 0 is exactly the rest pose.
    From then on it is simulated in real time and resampled to the shot's clock (`brief.slow`).

    Args:
        frames: frames of the shot; the result holds one pose more.
        fps: frames per second. seed: decides jitter of the failure wave.
        take_out: crush every support of these storeys at `brief.start` and nothing else.

    Raises:
        BriefError: the brief names a storey the building does not have.
    """
    rate = Fraction(fps).limit_denominator(1_000_000)
    trigger = plan_failure(fragments, structure, brief, seed=seed, take_out=take_out)
    world = World(fragments, structure)
    rest = Rest(world)
    length = max((frames / float(rate) - brief.start) * brief.slow, 0.0)
    total = REST + length
    for k in range(round(REST / TICK)):
        rest.add(world, world.advance(), TICK)
        if progress and k % 24 == 0:
            progress(world.time / total)
    run = _Run(world, trigger, fragments, seed)
    n = world.n
    position = np.empty((frames + 1, n, 3), np.float32)
    rotation = np.empty((frames + 1, n, 4), np.float32)
    for f in range(frames + 1):
        now = (f / float(rate) - brief.start) * brief.slow
        if now <= 0:
            position[f] = fragments.centre
            rotation[f] = (0, 0, 0, 1)
            continue
        run.until(now)
        x, q = run.pose(now)
        position[f] = fragments.centre + (x - run.x0)
        rotation[f] = q
        run.sample(now)
        if progress:
            progress((REST + now) / total)
    clock = lambda t: (brief.start + np.asarray(t) / brief.slow).astype(np.float32)  # noqa: E731
    time, body, place, energy = run.hits()
    own = structure.own
    motion = Motion(
        fps=rate,
        position=position,
        rotation=rotation,
        rest=fragments.centre.astype(np.float32),
        bond_break=clock(run.parted_at[:own]),
        pane_break=clock(run.panes(fragments, seed)),
        release=clock(run.moved_at),
        impact_time=clock(time),
        impact_body=body,
        impact_position=place,
        impact_energy=energy,
        checks={"stands_still": rest.check(), **run.descent.checks(world)},
    )
    motion.checks["settled"] = run.settle() if run.now > 0 else run.descent.settled(world, 0.0)
    ended = world.x[:n], world.rot[:n]
    motion.checks["rubble"] = rubble(world.hull, world.mass, run.stood, ended)
    return motion


class _Run:
    """From the onset on: applies the trigger tick by tick and keeps what happened."""

    def __init__(self, world: World, trigger: Trigger, fragments: Fragments, seed: int) -> None:
        n, m = world.n, world.m
        self.world, self.trigger = world, trigger
        self.start = world.time
        self.now = 0.0
        self.x0, self.q0 = world.x[:n].copy(), world.q[:n].copy()
        self.stood = self.x0, world.rot[:n].copy()
        self.descent = Descent(world)
        self.parted_at = np.full(m, np.inf)
        self.moved_at = np.full(n, np.inf)
        self.shock_at = np.full(n, np.inf)
        self.racked_at = np.full((len(RACKS), n), np.inf)
        glazed = np.zeros(n + 1, np.bool_)
        glazed[fragments.opening_body] = True
        self.around = np.flatnonzero(glazed[world.bi] | glazed[world.bj])
        self.v_before = world.v[:n].copy()
        self.crushed = np.zeros(n, np.bool_)
        self.rng = np.random.default_rng([seed, 65537])
        self.events: list[tuple[float, NDArray[np.int32], F64, F64]] = []
        self.first = float(np.min(np.append(trigger.release, np.inf)))
        world.resist[:] = trigger.resist
        world.travel[:] = trigger.travel

    def until(self, now: float) -> None:
        """Run to the first tick at or after `now` [real s after the onset]."""
        while self.now < now - 1e-9:
            self._apply()
            self.world.advance()
            self.now = self.world.time - self.start
            self._watch()

    def _apply(self) -> None:
        w, t, now = self.world, self.trigger, self.now
        if now > t.last + CRUSH_FOR + 1.5:
            w.ncrush = 0
            return
        new = (t.release <= now) & w.alive
        if new.any():
            ramp = 1.0 - (now - t.release[new]) / RAMP
            w.scale[new] = np.clip(ramp, 0.0, 1.0)
            gone = np.nonzero(new)[0][ramp <= 0]
            if len(gone):
                self.parted_at[gone] = np.minimum(self.parted_at[gone], now)
                w.let_go(gone)
        late = (t.weaken <= now) & (w.weak != t.weaken_to)
        if late.any():
            w.weak[late] = 1 - (1 - t.weaken_to[late]) * np.clip((now - t.weaken[late]) / 0.5, 0, 1)
        held = (t.release <= now) & (t.release > now - CRUSH_FOR) & (t.resist > 0)
        held &= w.travel > 0
        index = np.nonzero(held)[0]
        w.ncrush = len(index)
        w.crush[: w.ncrush] = index
        hit = (t.crushed <= now) & ~self.crushed
        if w.count % 24 == 0:
            hit |= self._insist()
        if hit.any():
            self.crushed |= hit
            held = np.zeros(w.n + 1, np.bool_)  # what already lies in the heap is not crushed again
            held[w.bi[w.alive]] = True
            held[w.bj[w.alive]] = True
            hit &= held[: w.n]
            w.ghost[hit] = w.time + GHOST
            w.v[: w.n][hit] += t.kick[hit]
            w.w[: w.n][hit] += t.spin[hit]

    def _insist(self) -> NDArray[np.bool_]:
        """Walls that still stand well after the wave has passed: crush some more of them."""
        w, t, n = self.world, self.trigger, self.world.n
        left = t.stubborn & ~self.crushed & (self.now > t.arrive + PATIENCE)
        left &= self.x0[:, 2] - w.x[:n, 2] < 0.35
        left &= self.rng.random(n) < 0.15
        if left.any():
            inner = np.minimum(w.bj, n - 1)
            mine = (left[w.bi] | (left[inner] & (w.bj < n))) & w.alive & np.isinf(t.release)
            t.release[mine] = self.now
        return left

    def _watch(self) -> None:
        w, n, now = self.world, self.world.n, self.now
        new = w.broke & np.isinf(self.parted_at)
        self.parted_at[new] = now
        jump = np.abs(w.v[:n] - self.v_before).max(1) > SHOCK
        self.shock_at[jump & np.isinf(self.shock_at)] = now
        np.copyto(self.v_before, w.v[:n])
        if w.count % 2:
            return
        if w.count % 4 == 0 and len(self.around):
            self._rack(now)
        still = np.isinf(self.moved_at)
        away = np.abs(w.x[:n] - self.x0).max(1) > 0.02
        turned = np.abs((w.q[:n] * self.q0).sum(1)) < np.cos(np.radians(0.5))
        self.moved_at[still & (away | turned)] = now
        loose = np.minimum(self.moved_at, self.trigger.arrive + 0.3)
        free = (now - loose < PULL_FOR) & (now >= loose)
        w.pull[:] = np.where(free[:, None], self.trigger.pull, 0.0)
        slow = np.clip(1.0 - np.abs(w.v[:n]).max(1), 0.0, 1.0)
        w.drag[:] = np.where(w.touch & (now > self.trigger.last), 4.0 * slow, 0.0)
        w.may_sleep = now > self.trigger.last + 0.3 + PATIENCE * bool(self.trigger.stubborn.any())

    def _rack(self, now: float) -> None:
        """How far the pieces around each pane have come apart, against the watched levels."""
        w, b = self.world, self.around
        i, j = w.bi[b], w.bj[b]
        gap = w.x[i] - w.x[j]
        gap += np.einsum("nij,nj->ni", w.rot[i], w.la[b])
        gap -= np.einsum("nij,nj->ni", w.rot[j], w.lb[b])
        widest = np.zeros(w.n + 1)
        size = np.linalg.norm(gap, axis=1)
        np.maximum.at(widest, i, size)
        np.maximum.at(widest, j, size)
        for level, when in zip(RACKS, self.racked_at, strict=True):
            when[(widest[: w.n] >= level) & np.isinf(when)] = now

    def pose(self, now: float) -> tuple[F64, F64]:
        """Positions and rotations relative to the loaded state, carried back to `now`."""
        w, n = self.world, self.world.n
        back = self.now - now
        x = w.x[:n] - back * w.v[:n]
        turn = np.concatenate([-0.5 * back * w.w[:n], np.ones((n, 1))], 1)
        undo = self.q0 * np.array([-1.0, -1.0, -1.0, 1.0])
        q = _times(_times(turn, w.q[:n]), undo)
        return x, q / np.linalg.norm(q, axis=1, keepdims=True)

    def sample(self, now: float) -> None:
        """Once a frame: measure, and gather the hits since the last one."""
        w = self.world
        self.descent.add(w, self.now - min(self.first, self.now), self.crushed)
        hit = np.nonzero(w.hit_energy > HIT)[0]
        if len(hit):
            e = w.hit_energy[hit]
            self.events.append((now, hit.astype(np.int32), w.hit_place[hit] / e[:, None], e.copy()))
        w.hit_energy[:] = 0.0
        w.hit_place[:] = 0.0

    def settle(self) -> dict:
        """Run on past the last frame, unseen, until the heap rests; how long that took."""
        shown = self.now
        while self.now - shown < RUN_ON and (
            self.now < self.trigger.last or self.descent.moving(self.world) > MOVING
        ):
            self.until(self.now + 1 / 24)
            self.descent.sink(self.world, self.now - min(self.first, self.now))
        return self.descent.settled(self.world, self.now - shown)

    def hits(self) -> tuple[F64, NDArray[np.int32], NDArray[np.float32], NDArray[np.float32]]:
        if not self.events:
            return (np.zeros(0), np.zeros(0, np.int32), np.zeros((0, 3), np.float32),
                    np.zeros(0, np.float32))  # fmt: skip
        time = np.concatenate([np.full(len(b), t) for t, b, _, _ in self.events])
        body = np.concatenate([b for _, b, _, _ in self.events])
        place = np.concatenate([p for _, _, p, _ in self.events]).astype(np.float32)
        energy = np.concatenate([e for _, _, _, e in self.events]).astype(np.float32)
        return time, body, place, energy

    def panes(self, fr: Fragments, seed: int) -> F64:
        """When each pane cracks: as its frame racks past what it can take, or by a shock.

        Glass in its putty takes one to a few centimetres of racking, each pane its own (lognormal,
        Behr et al. 1995). Soon after the wave has reached its wall the load that comes across
        does it too. In a block that comes down whole it holds for a while, up to two seconds.
        """
        rng = np.random.default_rng([seed, 7919])
        body = fr.opening_body
        k = len(body)
        patience = rng.uniform(0.5, 2.0, k)
        strength = np.clip(RACK * rng.lognormal(0.0, 0.7, k), RACKS[0], RACKS[-1])
        delay = rng.uniform(0.0, 0.12, k)
        pressed = self.trigger.arrive[body] + rng.uniform(*PRESSED, k)
        pressed[pressed > self.now] = np.inf
        racked = np.full(k, np.inf)
        for level, when in zip(RACKS, self.racked_at, strict=True):
            racked = np.where((strength <= level) & np.isinf(racked), when[body], racked)
        first = np.minimum(np.minimum(racked, pressed), self.moved_at[body] + patience)
        return np.minimum(first, self.shock_at[body]) + delay


def _times(a: F64, b: F64) -> F64:
    v = np.cross(a[:, :3], b[:, :3]) + a[:, 3:] * b[:, :3] + b[:, 3:] * a[:, :3]
    s = a[:, 3] * b[:, 3] - (a[:, :3] * b[:, :3]).sum(1)
    return np.concatenate([v, s[:, None]], 1)


def compile_kernels() -> None:
    """Compile (or load from cache) every kernel of the fall on one column under one slab."""
    from setpiece.collapse.fragments import Bonds, Element
    from setpiece.collapse.layout.model import CameraModel, Layout, Prism
    from setpiece.collapse.structure import strengthen
    from setpiece.render.scene import Mesh

    corners = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], float)
    centre = np.array([[0, 0, 1.0], [0, 0, 2.1], [0.3, 0, 2.4]])
    half = np.array([[0.2, 0.2, 1.0], [1, 1, 0.1], [0.5, 0.5, 0.15]])
    mass = 2500 * 8 * half.prod(1)
    inertia = np.stack([np.eye(3) * m for m in mass])
    z = np.array([[0, 0, 1.0]])
    bonds = Bonds(
        np.array([0, 0], np.int32), np.array([-1, 1], np.int32),
        np.array([[0, 0, 0.0], [0, 0, 2.0]]), np.concatenate([-z, z]),
        np.array([[1.0, 0, 0], [1.0, 0, 0]]), np.full((2, 2), 0.4), np.array([1.0, 1.1]),
    )  # fmt: skip
    flat = np.zeros((0, 3), np.float32)
    mesh = Mesh(
        flat, flat, np.zeros((0, 3), np.int32), np.zeros(0, np.int32), np.zeros(0, np.uint8),
        np.zeros(0, np.int32),
    )  # fmt: skip
    fr = Fragments(
        mesh, centre, mass, inertia, (corners[None] * half[:, None]).reshape(-1, 3),
        (8 * np.arange(4)).astype(np.int32),
        np.array([Element.COLUMN, Element.SLAB, Element.SLAB], np.uint8),
        np.zeros(3, np.int32), np.zeros(3, np.int32), bonds, np.zeros(0, np.int32),
        np.zeros((0, 3)), np.zeros((0, 3)), np.zeros((0, 2)),
    )  # fmt: skip
    layout = Layout(
        size=(16, 16), camera=CameraModel(focal=10.0), outline=[(0, 0), (1, 0), (1, 1)],
        prisms=[Prism(footprint=[(0, 0), (1, 0), (1, 1)], height=2.2)],
    )  # fmt: skip
    brief = Brief(start=0.0)
    fall(fr, strengthen(fr, layout), brief, frames=24, fps=Fraction(24), seed=0)

"""One run of the solver from the onset on: the trigger acts, and what happens is noted."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.fragments import Element, Fragments
from setpiece.collapse.racking import Racking
from setpiece.collapse.solver import GRAVITY
from setpiece.collapse.solver.bonds import CRUSH, ROTATION, SUMS
from setpiece.collapse.solver.measure import CALM, Descent
from setpiece.collapse.solver.world import World
from setpiece.collapse.trigger import GHOST, RAMP, Trigger

F64 = NDArray[np.float64]
CRUSH_FOR = 2.5  # [s] a crushed support resists no longer than this
PULL_FOR = 2.5  # [s] the director's hand is taken away after this
HIT = 150.0  # [J] hits below are not worth dust
PATIENCE = 1.1  # [s] a wall may still stand after the wave has passed it
RUN_ON = 10.0  # [s] run past the last frame at most, to see the heap come to rest: what a part
# that stays up still sheds, piece by piece, may be longer on its way than the shot was
DOWN = 0.5  # share of the mass that still moves when the unseen run may take larger steps
RUBBLE = 0.1  # or share of the bonds that hold
SHOCK = 1.2  # [m/s] change of speed within a tick that shatters glass
BLOW = 2.0  # [m/s] the same for what cracks the joints of a piece all round
BRUISED = 0.25  # share of their strength that those joints keep


class Run:
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
        self.bruise = np.ones(m)
        self.struck = np.zeros(n + 1, np.bool_)
        self.braced = np.isfinite(trigger.weaken) & (trigger.weaken_to > 1)
        self.racking = Racking(world, fragments)
        self.v_before = world.v[:n].copy()
        self.crushed = np.zeros(n, np.bool_)
        self.pushed, self.spared = np.zeros(n, np.bool_), np.zeros(n, np.bool_)
        self.column = fragments.element == Element.COLUMN
        self.rng = np.random.default_rng([seed, 65537])
        self.events: list[tuple[float, NDArray[np.int32], F64, F64]] = []
        self.first = float(np.min(np.append(trigger.release, np.inf)))
        acts = (trigger.release, trigger.weaken, trigger.crushed)
        onset = float(np.min(np.concatenate(acts), initial=np.inf))
        self.onset = onset if np.isfinite(onset) else -np.inf
        world.resist[:] = trigger.resist
        world.travel[:] = trigger.travel

    def until(self, now: float) -> None:
        """Run to the first tick at or after `now` [real s after the onset]."""
        while self.now < now - 1e-9:
            self._apply()
            fallen = GRAVITY * max(self.now + self.world.tick - self.onset, 0.0)
            self.world.sink = min(fallen + 0.03, self.world.fastest)
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
        late = (t.weaken <= now) & (now < t.weaken + 0.5 + w.tick)
        if late.any():
            gone = np.clip((now - t.weaken[late]) / 0.5, 0, 1)
            w.weak[late] = (1 - (1 - t.weaken_to[late]) * gone) * self.bruise[late]
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
            lies = hit & ~held[: w.n]
            hit &= held[: w.n]
            w.ghost[hit] = w.time + GHOST
            self.spared |= lies
        due = (t.push <= now) & ~self.pushed
        if due.any():
            self.pushed |= due
            due &= ~self.spared
            w.v[: w.n][due] += t.kick[due]
            w.w[: w.n][due] += t.spin[due]

    def _insist(self) -> NDArray[np.bool_]:
        """Walls that still stand well after the wave has passed: crush some more of them."""
        w, t, n = self.world, self.trigger, self.world.n
        left = t.stubborn & (self.now > t.arrive + PATIENCE)
        left &= self.x0[:, 2] - w.x[:n, 2] < 0.35
        left &= self.rng.random(n) < 0.15
        if left.any():
            inner = np.minimum(w.bj, n - 1)
            mine = (left[w.bi] | (left[inner] & (w.bj < n))) & w.alive & np.isinf(t.release)
            t.release[mine] = self.now
            t.push[left] = self.now + RAMP + w.tick
            self.pushed &= ~left
        return left

    def _watch(self) -> None:
        w, n, now = self.world, self.world.n, self.now
        new = w.broke & np.isinf(self.parted_at)
        self.parted_at[new] = now
        self._grind(np.flatnonzero(new))
        change = _largest(w.v[:n] - self.v_before)
        self.shock_at[(change > SHOCK) & np.isinf(self.shock_at)] = now
        self._crumble(change > BLOW)
        np.copyto(self.v_before, w.v[:n])
        if w.count % 2:
            return
        if w.count % 4 == 0:
            self.racking.watch(w, now)
        still = np.isinf(self.moved_at)
        away = _largest(w.x[:n] - self.x0) > 0.02
        turned = np.abs((w.q[:n] * self.q0).sum(1)) < np.cos(np.radians(0.5))
        self.moved_at[still & (away | turned)] = now
        loose = np.minimum(self.moved_at, self.trigger.arrive + 0.3)
        free = (now - loose < PULL_FOR) & (now >= loose)
        w.pull[:] = np.where(free[:, None], self.trigger.pull, 0.0)
        slow = np.clip(1.5 - _largest(w.v[:n]), 0.0, 1.0)
        w.drag[:] = np.where(w.touch & (now > self.trigger.last), 4.0 * slow, 0.0)
        w.may_sleep = now > self.trigger.last + 0.3 + PATIENCE * bool(self.trigger.stubborn.any())

    def _crumble(self, blow: NDArray[np.bool_]) -> None:
        """What lands hard holds together worse: the joints of a struck piece crack all round."""
        w = self.world
        self.struck[:-1] = blow
        if self.struck.any():
            hit = (self.struck[w.bi] | self.struck[w.bj]) & (self.bruise == 1) & ~self.braced
            self.bruise[hit] = BRUISED
            w.weak[hit] *= BRUISED

    def _grind(self, parted: NDArray[np.int64]) -> None:
        """Columns whose bonds were squashed until they parted go to rubble like released ones."""
        w = self.world
        spent = w.state[parted, SUMS:] / w.structure.limit[parted, ROTATION : CRUSH + 1]
        squashed = parted[spent[:, CRUSH] > 0.5 * spent.sum(1)]
        ground = np.append(self.column, False)
        for end in (w.bi[squashed], w.bj[squashed]):
            body = end[ground[end]]
            body = body[~self.crushed[body]]
            w.ghost[body] = w.time + GHOST
            self.crushed[body] = True

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
        """Run on past the last frame, unseen, until the heap has rested for `CALM`; how long that
        took. Once most of it is down, or little holds together, at a coarser step."""
        shown, coarse = self.now, False
        while self.now - shown < RUN_ON and (
            self.now < self.trigger.last or not self.descent.calm(CALM)
        ):
            loose = self.world.alive.mean() < RUBBLE
            if not coarse and (loose or self.descent.moving(self.world) < DOWN):
                self.world.coarsen()
                coarse = True
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

    def panes(self, fragments: Fragments, seed: int) -> F64:
        """When each pane cracks [real s after the onset]."""
        arrive, moved, shock = self.trigger.arrive, self.moved_at, self.shock_at
        body = fragments.opening_body
        return self.racking.cracks(body, arrive[body], moved[body], shock[body], self.now, seed)


def _largest(v: F64) -> F64:
    """Largest of |x|, |y|, |z| of each of (N, 3): numpy is slow along so short an axis."""
    size = np.abs(v)
    return np.asarray(np.maximum(np.maximum(size[:, 0], size[:, 1]), size[:, 2]))


def _times(a: F64, b: F64) -> F64:
    v = np.cross(a[:, :3], b[:, :3]) + a[:, 3:] * b[:, :3] + b[:, 3:] * a[:, :3]
    s = a[:, 3] * b[:, 3] - (a[:, :3] * b[:, :3]).sum(1)
    return np.concatenate([v, s[:, None]], 1)

"""The state of a run and one tick of it: broad phase, contacts, steps, sleep."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.fragments import Element, Fragments
from setpiece.collapse.solver import COARSE, GRAVITY, LONGER, STEP, SUBSTEPS, TICK
from setpiece.collapse.solver.bonds import strains, unfolded
from setpiece.collapse.solver.broadphase import PAIR, SHIFT, carry, sweep, turning, unstick
from setpiece.collapse.solver.contacts import find
from setpiece.collapse.solver.hulls import pack
from setpiece.collapse.solver.integrate import doze, rotations, tick
from setpiece.collapse.solver.posing import scratch
from setpiece.collapse.solver.pressing import remember
from setpiece.collapse.solver.separate import keep_above, separate
from setpiece.collapse.structure import Structure

FRICTION = 0.75
BOND_DAMPING = 0.5  # in steps: dashpot of a bond is this x step x stiffness
FOLDED = 0.5  # share of its ductility after which a bond lets its pieces collide: they fold
SEEN = 0.05, 0.4  # [m/s] what is slower at its corners for that many [s] sleeps,
UNSEEN = 0.15, 0.25  # and where nobody sees it
LOOSE = 0.015  # [m] touching pieces without a bond ignore one another until moved this much


class World:
    """All pieces plus the ground as body n. Quaternions and `rot` turn from rest.

    Public state, all float64: x (n + 1, 3), v, w, rot (n + 1, 3, 3), alive (M,) bonds that hold,
    damage (M,), scale and weak (M,) which the trigger lowers, ghost (n,) [s],
    pull (n, 3) [m/s2], drag (n,) [1/s], resist and travel (M,) of crushed supports.
    """

    # What is known of pairs and contacts, in room that grows: see `_room`.
    pair: NDArray[np.float64]
    apart: NDArray[np.float64]
    free: NDArray[np.int64]
    nfree: int
    listed: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]
    ci: NDArray[np.int64]
    cf: NDArray[np.float64]
    cn: NDArray[np.float64]

    def __init__(self, fr: Fragments, st: Structure) -> None:
        n, m = len(fr), len(st.bonds.i)
        self.n, self.m, self.time, self.count = n, m, 0.0, 0
        self.structure = st
        self.step, self.tick, self.steps, self.stiffness = STEP, TICK, SUBSTEPS, st.stiffness
        self.hull = pack(fr.hull, fr.hull_start)
        self.hulls = self.hull.arrays()
        self.ext = self.hull.extent
        self.mass = st.mass
        self.im = np.append(1.0 / self.mass, 0.0)
        self.ij = np.vstack([_six(st.inertia), np.ones(6)])
        self.ii = np.vstack([_six(np.linalg.inv(st.inertia).astype(np.float64)), np.zeros(6)])
        b = st.bonds
        self.bi = b.i.astype(np.int64)
        self.bj = np.where(b.j < 0, n, b.j).astype(np.int64)
        rest = np.vstack([fr.centre, np.zeros(3)])
        self.la = b.position - rest[self.bi]
        self.lb = b.position - rest[self.bj]
        self.frame = np.ascontiguousarray(np.hstack([b.normal, b.tangent]))
        x = rest.copy()
        q = np.zeros((n + 1, 4))
        q[:, 3] = 1.0
        self.x, self.q = x, q
        self.rot = np.zeros((n + 1, 3, 3))
        rotations(self.q, self.rot)
        self.v, self.w = np.zeros((n + 1, 3)), np.zeros((n + 1, 3))
        self.alive = np.ones(m, np.bool_)
        self.scale, self.weak = np.ones(m), np.ones(m)
        self.state, self.damage = np.zeros((m, 10)), np.zeros(m)
        self.state[:, :6] = -st.demand / st.stiffness  # camber: loaded in the drawn shape
        self.broke = np.zeros(m, np.bool_)
        self.resist, self.travel = np.zeros(m), np.zeros(m)
        self.crush = np.zeros(m, np.int64)
        self.ncrush = 0
        self.awake = np.append(np.ones(n, np.bool_), False)
        self.quiet, self.calm = np.zeros(n), np.zeros(n)
        self.ghost = np.full(n, -1.0)
        self.frail = np.isin(fr.element, (Element.COLUMN, Element.PANEL))
        self.pull, self.drag = np.zeros((n, 3)), np.zeros(n)
        self.ground_xi = np.tile([0.0, 0.0, -1.0], (n, 1))
        self.touch = np.zeros(n, np.bool_)
        self.crowd = np.zeros(n, np.int64)
        self.hit_energy, self.hit_place = np.zeros(n), np.zeros((n, 3))
        self.react = np.zeros(2)
        self.work = scratch(len(self.hull.vert), len(self.hull.plane), n)
        self.order = np.argsort(x[:n, 0], kind="stable").astype(np.int64)
        self.lo, self.hi = np.zeros((n, 3)), np.zeros((n, 3))
        tall = float((x[:n, 2] + self.ext.max(1)).max(initial=1.0))
        self.fastest = float(np.sqrt(2 * GRAVITY * tall)) * 1.15 + 2.0
        self.sink = self.fastest  # [m/s] downwards; lowered while a fall is young
        self.may_sleep = False
        self.still, self.need = SEEN
        self.ncontact = self.npair = 0
        self._room(max(20 * n, 1024))
        self.reach = np.linalg.norm(self.ext, axis=1)
        self.turned, self.gone, self.may = np.zeros(n), np.zeros(n), np.zeros(n)
        self.before = x[:n].copy(), q[:n].copy()
        self._hold_apart()
        self.refresh()

    def _room(self, pairs: int) -> None:
        """Room for that many pairs; what is known of those of now is kept."""
        had, rows = (len(self.pair), len(self.ci)) if self.npair else (0, 0)
        self.cand = np.zeros(pairs, np.int64)
        now = _listed(pairs)
        pair, apart = np.zeros((pairs, PAIR)), np.zeros((pairs, 4))
        free = np.arange(pairs - 1, -1, -1)
        contacts = _contacts(3 * pairs)
        if had:
            for new, old in zip(now, self.listed, strict=True):
                new[: self.npair] = old[: self.npair]
            pair[:had], apart[:had] = self.pair, self.apart
            free = np.concatenate([self.free[: self.nfree], np.arange(had, pairs)])
            for new, old in zip(contacts, (self.ci, self.cf, self.cn), strict=True):
                new[:rows] = old
        self.pair, self.apart = pair, apart
        self.nfree, self.free = pairs - self.npair, np.zeros(pairs, np.int64)
        self.free[: self.nfree] = free
        self.listed, self.other = now, _listed(pairs)  # other: of the sweep before
        self.ci, self.cf, self.cn = contacts
        self.spare = _contacts(3 * pairs)  # of the tick before

    def _sweep(self, dt: float) -> int:
        args = (
            self.x, self.rot, self.ext, self.reach, self.v, self.w, self.awake, dt, self.order,
            self.lo, self.hi,
        )  # fmt: skip
        found = sweep(*args, self.cand)
        if found < 0:
            self.cand = np.zeros(int(-found * 1.5), np.int64)
            found = sweep(*args, self.cand)
        return found

    def _hold_apart(self) -> None:
        """Pairs that do not collide: bonded ones, and those that touch at rest until they moved."""
        x, n = self.x, self.n
        found = self.cand[: self._sweep(0.0)].copy()
        i, j = found >> SHIFT, found & ((1 << SHIFT) - 1)
        gap = np.einsum("kij,ki->kj", self.rot[i], x[j] - x[i])
        bonded = (np.minimum(self.bi, self.bj) << SHIFT) + np.maximum(self.bi, self.bj)
        self.loose_pairs = found, np.ascontiguousarray(gap), np.ones(len(found), np.bool_)
        self.kept_apart = np.unique(np.concatenate([bonded, found]))
        self.bond_slot = np.searchsorted(self.kept_apart, bonded)
        self.loose_slot = np.searchsorted(self.kept_apart, found)
        self.at_ground = self.bj == n

    def refresh(self) -> None:
        """Find again which pairs do not collide, and which pieces the ground holds."""
        unstick(*self.loose_pairs, self.x, self.rot, LOOSE)
        held = np.zeros(len(self.kept_apart), np.bool_)
        whole = unfolded(self.alive, self.state, self.structure.limit, FOLDED)
        held[self.bond_slot[whole]] = True
        held[self.loose_slot[self.loose_pairs[2]]] = True
        self.blocked = self.kept_apart[held]
        self.grounded = np.zeros(self.n, np.bool_)
        self.grounded[self.bi[self.at_ground & self.alive]] = True
        self.stale = False

    def advance(self) -> int:
        """One tick; returns the number of bonds that parted."""
        n = self.n
        if self.stale:
            self.refresh()
        if self.count % 2 == 0:
            found = self._sweep(2.2 * self.tick)
            if found > len(self.pair):
                self._room(int(found * 1.5))
                found = self._sweep(2.2 * self.tick)
            self.npair, self.nfree = carry(
                self.cand, found, self.blocked, *self.listed, self.npair, *self.other, self.pair,
                self.apart, self.free, self.nfree,
            )  # fmt: skip
            self.listed, self.other = self.other, self.listed
        self._gone()
        last = self.ci, self.cf, self.cn
        (self.ci, self.cf, self.cn), self.spare = self.spare, last
        self.ncontact = find(
            self.hulls, self.x, self.rot, self.ext, self.q, self.reach, self.v, self.w, self.im,
            self.ii, self.awake, self.ghost, self.frail, self.time, *self.listed, self.npair,
            self.pair, self.grounded, self.ground_xi, self.step, self.tick, self.work, self.ci,
            self.cf, self.cn, *last[1:], self.count + 1, self.turned, self.gone, self.may,
            self.apart, self.crowd,
        )  # fmt: skip
        live = self.alive & (self.awake[self.bi] | self.awake[self.bj])
        active = np.nonzero(live)[0]
        parted = tick(
            self.steps, n, self.x, self.q, self.rot, self.v, self.w, self.im, self.ii, self.ij,
            self.awake, self.pull, self.drag, GRAVITY, self.step, active, len(active), self.bi,
            self.bj, self.la, self.lb, self.frame, self.stiffness,
            self.structure.capacity,
            self.structure.limit, self.structure.depth, self.structure.friction,
            self.structure.confine, self.alive, self.scale, self.weak, self.state, self.damage,
            BOND_DAMPING * self.step, self.broke, self.crush, self.ncrush, self.resist,
            self.travel, self.ci, self.cf, self.cn, self.ncontact, FRICTION, self.react,
            self.fastest, self.sink,
        )  # fmt: skip
        separate(
            self.x, self.q, self.rot, self.v, self.im, self.ii, self.awake, self.ghost, self.time,
            self.ci, self.cf, self.cn, self.ncontact, self.pair, self.tick,
        )  # fmt: skip
        keep_above(n, self.x, self.rot, self.v, self.ext, self.hull.vert, self.hull.vs, self.awake)
        self.touch[:] = False
        remember(
            self.ci, self.cf, self.ncontact, self.pair, self.ground_xi, self.x, self.rot,
            self.hit_energy, self.hit_place, self.touch,
        )  # fmt: skip
        self.time += self.tick
        self.count += 1
        if self.may_sleep and self.count % 4 == 0:
            doze(
                n, self.x, self.v, self.w, self.ext, self.awake, self.quiet, 4 * self.tick,
                self.calm, self.ci, self.ncontact, self.bi, self.bj, self.alive, self.still,
                self.need,
            )  # fmt: skip
        self.stale |= parted > 0 or self.count % 8 == 0
        return parted

    def _gone(self) -> None:
        turning(
            self.x, self.q, self.v, self.w, *self.before, self.reach, self.tick, self.turned,
            self.gone, self.may,
        )  # fmt: skip

    def coarsen(self) -> None:
        """Go on with longer steps and ticks, for what nobody sees.

        An explicit step bounds the stiffness: bonds become softer by the square of that, and keep
        the force that they have. Contacts are found anew, for theirs is set from the step. What
        hardly moves sleeps sooner.
        """
        strain = (
            strains(self.x, self.rot, self.bi, self.bj, self.la, self.lb, self.frame)
            - self.state[:, :6]
        )
        self.state[:, :6] -= (COARSE**2 - 1) * strain
        self.stiffness = self.stiffness / COARSE**2
        self.step, self.tick = COARSE * self.step, LONGER * self.tick
        self.steps = self.steps * LONGER // COARSE
        self.still, self.need = UNSEEN
        self.pair[:, 10] = -1.0

    def let_go(self, index: NDArray[np.int64]) -> None:
        """Cut bonds; their pieces collide from the next tick on."""
        self.alive[index] = False
        self.awake[self.bi[index]] = True
        self.awake[self.bj[index]] = True
        self.awake[self.n] = False
        self.stale = True

    def reaction(self) -> float:
        """Vertical ground force over the last tick / weight."""
        return float((self.react[0] + self.react[1]) / (self.mass.sum() * GRAVITY))

    def overlaps(self) -> NDArray[np.float64]:
        """Depth of every contact of the present pose [m]; positive is overlap.

        Pieces that sleep count too. A support that was crushed less than `GHOST` + `PASSING`
        (0.95 s) ago is on its way to rubble, which a rigid piece cannot show: it counts as 0.
        """
        if self.stale:
            self.refresh()
        ground_xi, pair = self.ground_xi.copy(), self.pair.copy()
        keys, slot, until = self.listed
        self._gone()
        count = find(
            self.hulls, self.x, self.rot, self.ext, self.q, self.reach, self.v, self.w, self.im,
            self.ii, np.ones(self.n + 1, np.bool_), self.ghost, self.frail, self.time, keys,
            slot, until.copy(), self.npair, pair, self.grounded, ground_xi, self.step, self.tick,
            self.work, *self.spare, *self.spare[1:], 0, self.turned, self.gone, self.may,
            self.apart.copy(), self.crowd,
        )  # fmt: skip
        return self.spare[1][:count, 12].copy()


def _contacts(rows: int) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    return np.zeros((rows, 3), np.int64), np.zeros((rows, 16)), np.zeros((rows, 3))


def _listed(rows: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Keys, slots and distances of `broadphase.carry`."""
    return np.zeros(rows, np.int64), np.zeros(rows, np.int64), np.zeros(rows)


def _six(t: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.stack([t[:, 0, 0], t[:, 1, 1], t[:, 2, 2], t[:, 0, 1], t[:, 0, 2], t[:, 1, 2]], 1)

"""From the brief to a failure wave: which bonds lose their strength, and when.

A wave runs through the building the way the mode says. Where it arrives at a support (column,
facade panel, lowest course of a wall) the support is crushed: its bonds are let go in 50 ms, what
it still resists is a share of the load it carried (a buckled column does not vanish), and it is
pushed aside. Everything else there is only weakened, so that it breaks when it is overloaded. The
wave goes on seeding damage until it has been everywhere it was asked to go: the director's brief
wins over a lucky redundancy, but nothing is pushed down, so nothing falls faster than gravity.

The one force that is the director's hand is `pull`: a sideways acceleration of at most 0.08 g on
pieces that are already loose, along the direction asked for (towards the core when imploding).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.brief import Brief, Mode, Side
from setpiece.collapse.buckling import LIFT, PULL, buckle, sheets
from setpiece.collapse.faults import find_faults
from setpiece.collapse.fragments import Element, Fragments
from setpiece.collapse.roofing import HINGE, SNAPS, come_apart, find_stacks
from setpiece.collapse.site import Site
from setpiece.collapse.solver import GRAVITY, TICK
from setpiece.collapse.structure import Structure

F64 = NDArray[np.float64]
RAMP = 0.05  # [s] a bond is let go over this time
SIDES = 0.06  # [s] joints to what is beside a support go this long after those above and below
LEAD = 0.15  # [s] cracks run this long before the load path goes
GHOST = 0.35  # [s] a crushed support lets what is above it through for this long
FRONT = 1.05  # the wave has gone the building's whole height after this many free-fall times
FOLDS = 0.7  # share of a wall's upper pieces that go soon after its lowest course
LOW = 2  # storeys of a house whose walls fall over, rather than being crushed
CAVES_IN = 0.1, 0.4  # [s] after the wave a roof plane caves in
BRACE = 4.0  # capacities of the part that stays up in mode partial are multiplied by this
_TOWARDS = {
    Side.LEFT: (-1.0, 0.0),
    Side.RIGHT: (1.0, 0.0),
    Side.FRONT: (0.0, -1.0),
    Side.BACK: (0.0, 1.0),
}
# share of its gravity load that a crushed support still resists
_RESIST = {
    Mode.PANCAKE: 0.32,
    Mode.TOPPLE: 0.25,
    Mode.IMPLODE: 0.30,
    Mode.FOLD: 0.30,
    Mode.PROGRESSIVE: 0.30,
    Mode.PARTIAL: 0.25,
}


@dataclass(frozen=True)
class Trigger:
    """N pieces, M bonds (the structure's). Times in real seconds after the onset; inf is never.

    Attributes:
        release: when each bond starts to be let go, (M,).
        resist: force that bond's crushed support still gives [N], (M,). travel: over how much
            approach [m], (M,).
        weaken, weaken_to: when each bond starts to weaken, and the share of its strength left
            half a second later (above 1 where mode partial asks a part to stay up), (M,).
        crushed: when each piece is crushed, (N,).
        push: when each piece moves off by itself, its joints gone, (N,).
        kick, spin: velocity [m/s] and turning [rad/s] that it then gets, (N, 3).
        pull: sideways acceleration once loose [m/s2], (N, 3).
        arrive: when the wave reaches each piece, (N,).
        stubborn: pieces that are crushed too if they still stand long after that, (N,).
        last: when the wave has done its work.
    """

    release: F64
    resist: F64
    travel: F64
    weaken: F64
    weaken_to: F64
    crushed: F64
    push: F64
    kick: F64
    spin: F64
    pull: F64
    arrive: F64
    stubborn: NDArray[np.bool_]
    last: float


def plan_failure(
    fragments: Fragments,
    structure: Structure,
    brief: Brief,
    *,
    seed: int,
    take_out: tuple[int, ...] | None = None,
) -> Trigger:
    """Lay out the failure wave.

    Args:
        take_out: instead of the brief's wave, only crush every support of these storeys at once
            (the proof that a building with a storey taken out does not stand).

    Raises:
        BriefError: the brief names a storey that the building does not have.
    """
    rng = np.random.default_rng([seed, 7919])
    site = Site(fragments)
    n = len(fragments)
    if take_out is not None:
        arrive = np.where(np.isin(fragments.storey, site.named(take_out)), 0.0, np.inf)
        return _schedule(fragments, structure, site, arrive, 0.0, rng, None, np.zeros((n, 3)))
    arrive = _arrival(fragments, site, brief, rng) + LEAD
    pull = _pull(fragments, site, brief)
    resist = _RESIST[brief.mode] * (0.5 if site.storeys <= 2 else 1.0)
    return _schedule(fragments, structure, site, arrive, resist, rng, brief, pull)


def _arrival(fr: Fragments, site: Site, brief: Brief, rng: np.random.Generator) -> F64:
    """When the wave reaches each piece, seconds after the load path first goes."""
    mode, c = brief.mode, fr.centre
    storey = fr.storey.astype(float)
    low = site.storeys <= 2
    drop = np.sqrt(2 * 0.7 * site.storey_height / (GRAVITY * (0.8 if low else 0.75)))
    gaps = np.maximum(drop / (1 + 0.22 * np.arange(site.storeys)), 0.12)
    reach = np.concatenate([[0.0], np.cumsum(gaps)])  # storeys away from the first -> seconds
    # A front of crushing feeds on what it has collected: it goes down a tall tower in little more
    # than the time of a free fall (Z. Bazant and M. Verdure, "Mechanics of progressive collapse",
    # J. Eng. Mech. 2007).
    reach *= min(1.0, FRONT * np.sqrt(2 * max(site.tall, 3.0) / GRAVITY) / reach[-1])
    speed = brief.spread
    side = brief.failure_side
    if side in (Side.ALL, Side.CENTRE) and brief.direction in _TOWARDS and mode != Mode.TOPPLE:
        side = brief.direction
    towards = _TOWARDS.get(side)
    plan = (
        np.hypot(*((c - site.mid)[:, :2].T))
        if towards is None
        else (1 - site.along(c, towards)) * (np.abs(towards) @ site.span[:2])
    )
    first = site.named(brief.failure_storeys)
    if not first:
        high = round(0.55 * site.storeys) if mode == Mode.PANCAKE and site.storeys >= 5 else 0
        first = [high]
        if mode == Mode.FOLD and site.storeys >= 5:
            first = [0, site.storeys // 2]
    away = np.min([np.abs(storey - s) for s in first], axis=0)
    steps = np.interp(away, np.arange(len(reach)), reach)
    scale = np.sqrt(max(site.tall, 6.0) / 28.0)
    if mode == Mode.PANCAKE:
        # down through what is below first; what is above rides down whole and is crushed last
        above = storey > max(first)
        down = reach[max(first)] if max(first) > 0 else 0.0
        arrive = np.where(above, down + 0.8 * steps, steps) + plan / (speed or 30.0)
    elif mode == Mode.TOPPLE:
        d = _TOWARDS.get(brief.direction) or _TOWARDS.get(side) or (-1.0, 0.0)
        near = site.along(c, d)
        wedge = max(1.0, 0.34 * site.storeys)
        width = float(np.abs(d) @ site.span[:2])
        cut = (1 - near) * (width / speed if speed else 1.0 * scale)
        depth = np.min([np.abs(storey - s) + 0.5 * (storey < s) for s in first], axis=0)
        inside = depth < wedge * (near - 0.12) / 0.88 + 0.01
        # What leans over is crushed on the side it leans to, and gives way bay by bay from there.
        above = storey > max(first)
        late = (1.4 if not low else 1.0) * scale + 0.25 * steps + 0.5 * (1 - near)
        lean = 0.15 * scale + 0.10 * steps + 0.9 * scale * (1 - _within_storey(fr, d))
        late = np.where(above & (not low), np.minimum(late, lean), late)
        arrive = np.where(inside, cut + 0.12 * depth, late)
    elif mode == Mode.IMPLODE:
        r = np.hypot(*((c - site.mid)[:, :2] / (site.span[:2] / 2)).T)
        arrive = np.clip(r, 0, 1) ** 1.5 * 0.9 * scale + 0.30 * steps
        arrive = np.where(fr.element == Element.ROOF, 0.3 * arrive, arrive)
    elif mode == Mode.FOLD:
        a = 0 if site.span[0] >= 0.8 * site.span[1] else 1
        r = np.abs(c[:, a] - site.mid[a]) / (site.span[a] / 2)
        wide = site.span[a] / 2
        arrive = np.where(r < 0.22, 0.25 * r, r * (wide / speed if speed else 1.3 * scale))
        arrive = arrive + 0.35 * steps * np.clip(r * 3, 0.3, 1)
    else:
        arrive = plan / (speed or 12.0) + 0.5 * steps
    if mode == Mode.PARTIAL:
        arrive[~_part(fr, site, brief, rng)] = np.inf
    elif low and mode in (Mode.PANCAKE, Mode.PROGRESSIVE):
        roof = fr.element == Element.ROOF  # low houses: the roof caves in first
        arrive[roof] = 0.35 * plan[roof] / (speed or 9.0)
    return arrive


def _within_storey(fr: Fragments, towards: tuple[float, float]) -> F64:
    """0 at the far side of each piece's own storey, 1 at the side `towards` points to."""
    reach = fr.centre[:, :2] @ np.array(towards)
    out = np.zeros(len(fr))
    for s in np.unique(fr.storey):
        own = fr.storey == s
        low = float(reach[own].min())
        out[own] = (reach[own] - low) / max(float(np.ptp(reach[own])), 1e-6)
    return out


def _part(fr: Fragments, site: Site, brief: Brief, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Pieces of the part that falls in mode partial."""
    side = brief.failure_side
    if side not in _TOWARDS:
        side = brief.direction
    if side not in _TOWARDS:
        side = Side.LEFT if rng.random() < 0.5 else Side.RIGHT
    first = site.named(brief.failure_storeys)
    if first and min(first) > 0 and brief.failure_side not in _TOWARDS:
        return fr.storey >= min(first)
    ragged = 0.05 * np.sin(1.7 * fr.centre[:, 2] + 6.28 * rng.random())
    part = site.along(fr.centre, _TOWARDS[side]) + ragged > 0.56
    if first and min(first) > 0:
        part &= fr.storey >= min(first)
    return part


def _pull(fr: Fragments, site: Site, brief: Brief) -> F64:
    pull = np.zeros((len(fr), 3))
    if brief.direction in _TOWARDS:
        strength = PULL if brief.mode == Mode.TOPPLE else 0.7 * PULL
        pull[:, :2] += np.array(_TOWARDS[brief.direction]) * strength
    elif brief.mode == Mode.TOPPLE:
        pull[:, :2] += np.array(_TOWARDS.get(brief.failure_side, (-1.0, 0.0))) * PULL
    elif brief.mode in (Mode.IMPLODE, Mode.FOLD) or site.storeys <= 2:
        inwards = (site.mid - fr.centre)[:, :2]
        if brief.mode == Mode.FOLD:
            inwards[:, 1 if site.span[0] >= 0.8 * site.span[1] else 0] = 0
        size = np.linalg.norm(inwards, axis=1, keepdims=True)
        pull[:, :2] = PULL * inwards / np.maximum(size, 0.2 * site.span[:2].max())
    return pull


def _schedule(
    fr: Fragments, st: Structure, site: Site, arrive: F64, resist: float,
    rng: np.random.Generator, brief: Brief | None, pull: F64,
) -> Trigger:  # fmt: skip
    n, b = len(fr), st.bonds
    i, j = b.i, np.where(b.j < 0, b.i, b.j)
    wall = fr.element == Element.MASONRY
    course = site.low < site.base[fr.storey] + 0.30 * site.storey_height
    stacks = find_stacks(fr, site, pull, rng) if brief is not None else []
    thin = np.zeros(n, np.bool_)  # a finial or chimney carries nothing and comes down in one
    for stack in stacks:
        thin |= stack.own
    wall &= ~thin
    crush = np.isin(fr.element, (Element.COLUMN, Element.PANEL)) | (wall & course)
    crush &= ~thin
    faults = None
    if brief is not None:
        faults = find_faults(fr, st, site, arrive, crush, rng)
        arrive = arrive + faults.delay + rng.uniform(0.0, 0.06, n)
    crushed = np.where(crush, arrive, np.inf)
    if brief is not None:  # a wall whose foot has gone folds at its middle, and goes to pieces too
        folds = wall & ~course & (rng.random(n) < FOLDS)
        crushed[folds] = arrive[folds] + rng.uniform(0.10, 0.35, int(folds.sum()))
        crush = crush | folds
    none = np.full(n, -1)
    walls, over, caves, push = none, none, none, np.full(n, np.inf)
    if brief is not None and faults is not None:
        if site.storeys <= LOW:  # a wall that carries little falls over in one
            lifts = np.floor((fr.centre[:, 2] - site.lo[2]) / LIFT).astype(np.int64)
            walls, over = sheets(fr, b, 64 * faults.bay + lifts, wall & np.isfinite(arrive))
            crushed = np.where(over >= 0, _as_one(over, arrive), crushed)
            crush = crush | (over >= 0)
        _, caves = sheets(fr, b, faults.bay, (fr.element == Element.ROOF) & np.isfinite(arrive))
        push = _as_one(caves, arrive) + rng.uniform(*CAVES_IN, n + 1)[caves]
        for stack in stacks:
            push[stack.own] = arrive[stack.own].min() + SNAPS + HINGE
    m = len(i)
    within = (over[i] >= 0) & (over[i] == over[j]) & (b.j >= 0)
    release = np.where(within, np.inf, np.minimum(crushed[i], crushed[j]))
    upright = np.abs(b.normal[:, 2]) > 0.5
    release = release + np.where(upright, 0.0, SIDES)
    share = np.where(upright & np.isfinite(release), resist, 0.0)
    force = share * np.maximum(-st.demand[:, 0], 0)
    travel = np.full(m, 0.45 * site.storey_height)
    weaken = np.full(m, np.inf)
    weaken_to = np.ones(m)
    if brief is not None and faults is not None:
        both = np.minimum(arrive[i], arrive[j])
        one_side = ~np.isfinite(np.maximum(arrive[i], arrive[j]))
        left = np.full(m, 0.40)
        ei, ej = fr.element[i], fr.element[j]
        left[(ei == Element.MASONRY) & (ej == Element.MASONRY)] = 0.15
        roofs = (ei == Element.ROOF) | (ej == Element.ROOF)
        left[within] = 0.40
        left[roofs] = 0.08 * rng.lognormal(0.0, 0.7, int(roofs.sum()))
        if brief.mode != Mode.PARTIAL:
            left[(ei == Element.SLAB) & (ej == Element.SLAB)] = 0.40
        tear = np.isfinite(both) & one_side  # the falling part comes off cleanly
        rip = 0.3 * (b.position[:, 2] - site.lo[2]) / site.span[2] + rng.uniform(0, 0.1, m)
        release = np.where(tear, np.minimum(release, rip), release)
        apart = come_apart(fr, st, arrive, faults, stacks, rng)
        seat = (fr.element[i] == Element.ROOF) != (fr.element[j] == Element.ROOF)
        apart = np.where(seat, np.minimum(apart, np.minimum(push[i], push[j])), apart)
        release = np.minimum(release, apart)
        stays = ~np.isfinite(np.minimum(arrive[i], arrive[j]))
        crossed = np.isfinite(faults.open) & ~(thin[i] & thin[j])
        opened = np.where(crossed, faults.open, np.inf)
        weaken = np.where(stays, 0.0, np.minimum(both, opened))
        left[crossed] = np.minimum(left, faults.left)[crossed]
        left[thin[i] & thin[j]] = 1.0
        left[stays] = BRACE
        weaken_to = left
        # cracks run ahead: some side joints of walls and panels open before the load path goes
        skin = np.isin(ei, (Element.PANEL, Element.MASONRY)) & np.isin(
            ej, (Element.PANEL, Element.MASONRY)
        )
        pick = skin & ~upright & (rng.random(m) < 0.14) & np.isfinite(both)
        early = np.maximum(both - rng.uniform(0.0, LEAD, m), 0.0)
        release = np.where(pick, np.minimum(release, early), release)
    kick, spin, way = buckle(fr, site, crush, walls, over, caves, stacks, rng, pull)
    push = np.minimum(push, crushed + SIDES) + RAMP + TICK
    if brief is not None and brief.mode not in (Mode.IMPLODE, Mode.FOLD):
        pull = np.where((over >= 0)[:, None], PULL * way, pull)
    first = release.min(initial=np.inf)
    if np.isfinite(first):  # whatever gives way first does so at the onset
        release, weaken = release - first, np.maximum(weaken - first, 0.0)
        crushed, arrive, push = crushed - first, arrive - first, push - first
    ends = np.concatenate([release[np.isfinite(release)], weaken[np.isfinite(weaken)] + 0.5, [0]])
    return Trigger(
        release, force, travel, weaken, weaken_to, crushed, push, kick, spin, pull, arrive,
        wall & np.isfinite(arrive) & (brief is not None), float(ends.max()),
    )  # fmt: skip


def _as_one(sheet: NDArray[np.int64], when: F64) -> F64:
    """One time for all pieces of a sheet: when the first fifth of it would go; inf for others."""
    out = np.full(len(sheet), np.inf)
    for k in np.unique(sheet[sheet >= 0]):
        out[sheet == k] = np.quantile(when[sheet == k], 0.2)
    return out

"""How what has lost its hold moves off: columns fold, walls swing out, roof planes cave in.

The speeds are small, and the energy they bring in is bounded: what falls is moved by gravity. They
decide which way it goes, and that neighbours which go together go as one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.fragments import Bonds, Element, Fragments, flat_axis
from setpiece.collapse.roofing import Stack
from setpiece.collapse.site import Site
from setpiece.collapse.solver import GRAVITY

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
Mask = NDArray[np.bool_]
PULL = 0.08 * GRAVITY  # [m/s2] largest sideways acceleration
GIVEN = 0.006  # most energy that buckling brings in, as a share of the potential energy
CAVES = 0.2, 0.5  # [rad/s] at which a roof plane turns about its eave
SLIDES = 0.4, 1.1  # [m/s] at which it goes outwards
FLAT = 0.75  # a plate is about as hard to turn about its normal as about both other axes together
STEP = 0.5  # [m] walls that face one way are that far apart
LIFT = 3.6  # [m] a wall that falls over breaks at this height
TIPS = 0.4, 0.8  # [rad/s] at which a finial or chimney tips about its neck
INWARDS = 0.25  # how often a wall that falls over in one falls inwards


def sheets(fr: Fragments, b: Bonds, cell: I64, own: Mask) -> tuple[I64, I64]:
    """The wall or plane that each piece belongs to, and the part of it in one `cell` (N,), which
    moves as one sheet; numbers from 0, -1 for pieces not in `own`, (N,) each.

    A wall is what faces one way in one block, without a step in depth. A piece too stubby to tell
    goes with the neighbour that it shares most with.
    """
    n = flat_axis(fr)
    n = n * np.where(n @ np.array([1.0, 0.013, 0.17]) < 0, -1.0, 1.0)[:, None]
    spread = np.linalg.eigvalsh(fr.inertia)
    sure = own & (spread[:, 2] > FLAT * (spread[:, 0] + spread[:, 1]))
    wall = np.full(len(fr), -1)
    _, facing = np.unique(np.column_stack([np.round(3 * n), fr.prism]), axis=0, return_inverse=True)
    count = 0
    for k in np.unique(facing.ravel()[sure]):
        mine = np.flatnonzero(sure & (facing.ravel() == k))
        depth = fr.centre[mine] @ n[mine].mean(0)
        order = np.argsort(depth, kind="stable")
        step = np.concatenate([[0], np.cumsum(np.diff(depth[order]) > STEP)])
        wall[mine[order]] = count + step
        count += int(step[-1]) + 1
    area = b.width.prod(1)
    for _ in range(4):
        for i, j in ((b.i, b.j), (b.j, b.i)):
            ask = (b.j >= 0) & own[i] & (wall[i] < 0) & (wall[j] >= 0)
            rows = np.flatnonzero(ask & (fr.prism[i] == fr.prism[j]))
            rows = rows[np.argsort(area[rows], kind="stable")]
            wall[i[rows]] = wall[j[rows]]
    part = np.full(len(fr), -1)
    known = wall >= 0
    if known.any():
        key = np.column_stack([wall, cell])[known]
        part[known] = np.unique(key, axis=0, return_inverse=True)[1].ravel()
    return wall, part


def buckle(
    fr: Fragments, site: Site, crush: Mask, walls: I64, falls_over: I64, caves: I64,
    stacks: list[Stack], rng: np.random.Generator, pull: F64,
) -> tuple[F64, F64, F64]:  # fmt: skip
    """Velocity [m/s] and turning [rad/s] that each piece moves off with, and which way, (N, 3).

    A support folds like a knee: its lower part about its foot, its upper part about its head.
    Pieces of one column go the same way: outwards from the plan and along `pull`, turned by up to
    60 degrees. Panels and walls swing out about the foot of their storey, all at one rate, so that
    neighbours do not run into one another; crushed courses burst out of the wall's plane. Walls
    that fall over in one turn about their own foot; roof planes turn about their eave, so that
    the ridge sinks.

    Args:
        crush: pieces that are crushed, (N,). falls_over, caves: sheet number of walls that fall
            over (walls: of the whole wall) and of roof planes that cave in, -1 for the others,
            (N,). stacks: finials and chimneys, which tip about their necks.
    """
    place = np.round(np.column_stack([fr.centre[:, :2] / 0.7, fr.storey]))
    _, line = np.unique(place, axis=0, return_inverse=True)
    line = line.ravel()
    column = fr.element == Element.COLUMN
    turn = rng.uniform(-1.05, 1.05, line.max() + 1)[line] * column
    rate = rng.uniform(2.5, 4.0, line.max() + 1)[line]
    out = (fr.centre - site.mid)[:, :2]
    out /= np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 0.3)
    normal = flat_axis(fr)
    flat = normal[:, :2]
    level = np.linalg.norm(flat, axis=1) > 0.7
    facing = np.sign((flat * out).sum(1) + 1e-9)[:, None] * flat
    out = np.where((~column & level)[:, None], facing, out + pull[:, :2] / PULL)
    c, s = np.cos(turn), np.sin(turn)
    way = np.stack([c * out[:, 0] - s * out[:, 1], s * out[:, 0] + c * out[:, 1]], 1)
    way /= np.maximum(np.linalg.norm(way, axis=1, keepdims=True), 1e-3)
    rate = np.where(column, rate, 0.9) * crush
    foot = fr.centre[:, 2] - site.base[fr.storey]
    head = column & (foot > 0.5 * site.storey_height)
    arm = np.where(head, site.storey_height - foot, foot)
    arm = np.clip(arm, 0.0, 0.6 * site.storey_height)
    wall = fr.element == Element.MASONRY
    burst = np.where(column, 0.0, np.where(wall, rng.uniform(1.3, 2.1, len(fr)), 0.8)) * crush
    rise = np.zeros(len(fr))
    for own in _each(walls):  # all of a wall goes one way
        one = _way(flat[own], (fr.centre[own] - site.mid)[:, :2].mean(0))
        way[own] = one * (-1.0 if rng.random() < INWARDS else 1.0)
    for own in _each(falls_over):
        if fr.centre[own, 2].mean() > site.base[0] + LIFT:  # it folds: what is above comes inwards
            way[own] = -way[own]
        arm[own], burst[own] = fr.centre[own, 2] - site.low[own].min(), 0.0
    for own in _each(caves):
        slope = (normal[own] * np.sign(normal[own, 2:] + 1e-9)).mean(0)[:2]
        size = np.linalg.norm(slope)
        if size < 0.1:
            continue
        slope = slope / size
        way[own], rate[own] = slope, -rng.uniform(*CAVES)
        eave = (fr.centre[own, :2] @ slope).max()
        arm[own] = fr.centre[own, 2] - site.low[own].min()
        rise[own] = rate[own] * (eave - fr.centre[own, :2] @ slope)
        burst[own] = rng.uniform(*SLIDES)
    kick = np.column_stack([way * (rate * arm + burst)[:, None], rise])
    spin = np.column_stack([-way[:, 1], way[:, 0], np.zeros(len(fr))])
    spin *= (np.where(head, -1.0, 1.0) * rate)[:, None]
    given = 0.5 * float((fr.mass * (kick**2).sum(1)).sum())
    given += 0.5 * float(np.einsum("ki,kij,kj->", spin, fr.inertia, spin))
    held = GRAVITY * float((fr.mass * (fr.centre[:, 2] - site.lo[2])).sum())
    gentle = min(1.0, float(np.sqrt(GIVEN * held / max(given, 1e-9))))
    kick, spin = gentle * kick, gentle * spin
    for stack in stacks:
        top, rate = stack.own, rng.uniform(*TIPS)
        arm = rate * (fr.centre[top, 2] - stack.neck)
        kick[top] = np.column_stack([arm[:, None] * stack.way, np.zeros(len(arm))])
        spin[top] = rate * np.array([-stack.way[1], stack.way[0], 0.0])
    return kick, spin, np.column_stack([way, np.zeros(len(fr))])


def _each(sheet: I64) -> list[I64]:
    return [np.flatnonzero(sheet == k) for k in np.unique(sheet[sheet >= 0])]


def _way(normals: F64, out: F64) -> F64:
    """Level unit vector across a wall of pieces with these normals (their level part, (K, 2)), on
    the side that `out` points to; outwards where they have none."""
    size = np.linalg.norm(normals, axis=1)
    lead = normals[int(np.argmax(size))]
    across = (normals * np.sign(normals @ lead + 1e-9)[:, None]).sum(0)
    if size.max() < 0.1:
        across = out if np.linalg.norm(out) > 1e-6 else np.array([1.0, 0.0])
    across = across / np.linalg.norm(across)
    return np.asarray(across if across @ out >= 0 else -across)

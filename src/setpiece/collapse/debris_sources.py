"""Where debris comes from: what breaks and goes on crumbling as it falls, outside and in, panes
and hits."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.fragments import Fragments
from setpiece.collapse.gas.domain import building_scale
from setpiece.collapse.gas.loosening import come_apart, first_apart
from setpiece.collapse.motion import Motion
from setpiece.collapse.shards import LETS_GO
from setpiece.render.scene import Material, rotation_matrices

F64 = NDArray[np.float64]
LARGEST = 0.25  # m
BURST = 0.35  # [s] a face that breaks throws for so long
CRUMBLES = 0.9  # [s] by then 63% of what a broken face sheds as it falls has left it
SHAKEN = 2.0  # [m/s] of a piece, at which it sheds as much as it ever does
STANDING = 0.1  # share of that, of a piece that stands still
OPENED = 0.004  # of a bond's faces bare: a joint open by a hand's breadth
SPALLS = 0.5  # [s] twice this after it came apart most of what a piece's outside loses has gone
SPOTS = 10  # places on the outside of each piece, on the mean
AWAY = 0.2  # share of grains of what faces away: little of it comes round the building into sight


class Kind(IntEnum):
    """How a grain comes loose."""

    BREAK = 0  # a bond parts
    SHED = 1  # a broken face crumbles while its piece falls
    PANE = 2
    HIT = 3
    SPALL = 4  # tiles, cladding and edges of the outside, off a piece that came apart


# Of all grains; kinds that a collapse does not have leave theirs to the others.
SHARE = {Kind.BREAK: 0.08, Kind.SHED: 0.12, Kind.PANE: 0.04, Kind.HIT: 0.14, Kind.SPALL: 0.62}


@dataclass(frozen=True)
class Sources:
    """K places that throw grains, each for a while.

    Attributes:
        kind: `Kind`, uint8 (K,). body: the piece they sit on, int (K,).
        time: from when on [s], (K,). weight: share of all grains, sum 1, (K,).
        at: on the piece at rest [m], (K, 3); of hits, in the world.
        across: half the sides of the face around it, at rest [m], (K, 2, 3).
        normal: where it faces, at rest; of hits, in the world, (K, 3).
        push: [m/s] about how hard it throws, (K,). room: radius of the largest grain [m], (K,).
    """

    kind: NDArray[np.uint8]
    body: NDArray[np.int64]
    time: F64
    weight: F64
    at: F64
    across: F64
    normal: F64
    push: F64
    room: F64

    def __len__(self) -> int:
        return len(self.kind)


def find_sources(fr: Fragments, motion: Motion, eye: F64, seed: int = 0) -> Sources:
    """All that throws grains in a fall. eye: where it is looked at from [m], (3,)."""
    parts = [_breaks(fr, motion), _sheds(fr, motion), _panes(fr, motion), _hits(motion)]
    parts.append(_spalls(fr, motion, eye, seed))
    here = {p.kind[0] for p in parts if len(p) and p.weight.sum() > 0}
    total = sum(SHARE[Kind(k)] for k in here) or 1.0
    weight = [
        p.weight / max(p.weight.sum(), 1e-12) * (SHARE[Kind(p.kind[0])] / total if len(p) else 0)
        for p in parts
    ]
    joined = {
        name: np.concatenate([getattr(p, name) for p in parts])
        for name in ("kind", "body", "time", "at", "across", "normal", "push", "room")
    }
    return Sources(weight=np.concatenate(weight), **joined)


def delays(kind: NDArray[np.uint8], rng: np.random.Generator) -> F64:
    """How long after its source's time each grain lets go [s], (n,)."""
    n = len(kind)
    even, late = rng.random(n), rng.exponential(CRUMBLES, n)
    lasts = np.array([BURST, 0.0, LETS_GO, 0.06, 0.0])[kind]
    out = np.where(kind == Kind.SHED, late, even * lasts)
    return np.where(kind == Kind.SPALL, rng.gamma(2.0, SPALLS, n), out)


def carried(motion: Motion, body: NDArray, time: NDArray, rest_point: F64) -> tuple[F64, F64, F64]:
    """Where a rest point of a body is at a time, how fast it goes, and its rotation."""
    frame = np.clip(time * float(motion.fps), 0, len(motion.position) - 2)
    f = frame.astype(int)
    t = (frame - f)[:, None]
    turn, next_turn = (rotation_matrices(motion.rotation[f + k, body]) for k in (0, 1))
    arm = rest_point - motion.rest[body]
    here = motion.position[f, body] + np.einsum("nij,nj->ni", turn, arm)
    there = motion.position[f + 1, body] + np.einsum("nij,nj->ni", next_turn, arm)
    return here * (1 - t) + there * t, (there - here) * float(motion.fps), turn


def _breaks(fr: Fragments, motion: Motion) -> Sources:
    b = fr.bonds
    broken = np.flatnonzero(np.isfinite(motion.bond_break))
    tangent = b.tangent[broken]
    across = _sides(tangent, np.cross(b.normal[broken], tangent), b.width[broken])
    n = len(broken)
    return Sources(
        np.full(n, Kind.BREAK, np.uint8), b.i[broken].astype(np.int64),
        motion.bond_break[broken].astype(np.float64), b.width[broken].prod(1),
        b.position[broken], across, _outward(fr, b.position[broken]), np.full(n, 2.4),
        0.5 * b.width[broken].min(1),
    )  # fmt: skip


def _sheds(fr: Fragments, motion: Motion) -> Sources:
    """Both faces of every broken bond, from when it broke: they crumble for as long as they fall
    and shake."""
    one, b = _breaks(fr, motion), fr.bonds
    broken = np.flatnonzero(np.isfinite(motion.bond_break))
    other = b.j[broken]
    two = np.flatnonzero(other >= 0)
    both = np.concatenate([np.arange(len(one)), two])
    body = np.concatenate([one.body, other[two].astype(np.int64)])
    falls = np.isfinite(motion.release[body])
    normal = np.concatenate([b.normal[broken], -b.normal[broken][two]]) + one.normal[both]
    return Sources(
        np.full(len(both), Kind.SHED, np.uint8), body, one.time[both],
        one.weight[both] * np.where(falls, 1.0, STANDING), one.at[both], one.across[both],
        normal, np.full(len(both), 1.6), one.room[both],
    )  # fmt: skip


def _panes(fr: Fragments, motion: Motion) -> Sources:
    gone = np.flatnonzero(np.isfinite(motion.pane_break))
    normal = fr.opening_normal[gone]
    side = np.cross([0.0, 0.0, 1.0], normal)
    up = np.broadcast_to([0.0, 0.0, 1.0], normal.shape)
    n = len(gone)
    return Sources(
        np.full(n, Kind.PANE, np.uint8), fr.opening_body[gone].astype(np.int64),
        motion.pane_break[gone].astype(np.float64), fr.opening_size[gone].prod(1),
        fr.opening_centre[gone], _sides(side, up, fr.opening_size[gone]), normal,
        np.full(n, 2.6), np.full(n, 0.016),
    )  # fmt: skip


def _hits(motion: Motion) -> Sources:
    energy = np.asarray(motion.impact_energy, np.float64)
    n = len(energy)
    spot = np.tile(0.3 * np.eye(3)[:2], (n, 1, 1))
    return Sources(
        np.full(n, Kind.HIT, np.uint8), motion.impact_body.astype(np.int64),
        motion.impact_time.astype(np.float64), np.sqrt(energy),
        motion.impact_position.astype(np.float64), spot, np.tile([0.0, 0.0, 0.7], (n, 1)),
        np.clip(0.3 * np.cbrt(energy / 50.0), 0.8, 5.0), np.full(n, LARGEST),
    )  # fmt: skip


def _spalls(fr: Fragments, motion: Motion, eye: F64, seed: int) -> Sources:
    """Spots all over the outside of pieces that have come apart and move."""
    mesh = fr.mesh
    loose = np.maximum(_apart(fr, motion), motion.release)
    outside = (mesh.material == Material.PLATE) & (mesh.body >= 0)
    faces = np.flatnonzero(outside & np.isfinite(loose[np.maximum(mesh.body, 0)]))
    corner = mesh.vertices[mesh.faces[faces]].astype(np.float64)
    cross = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    area = 0.5 * np.linalg.norm(cross, axis=1)
    n = SPOTS * len(np.unique(mesh.body[faces])) if area.sum() > 0 else 0
    rng = np.random.default_rng([seed & 0x7FFFFFFF, 7417])
    pick = rng.choice(len(faces), n, p=area / area.sum()) if n else np.zeros(0, int)
    u, v = rng.random((2, n, 1))
    u, v = np.where(u + v > 1, (1 - u, 1 - v), (u, v))
    at = (1 - u - v) * corner[pick, 0] + u * corner[pick, 1] + v * corner[pick, 2]
    normal = cross[pick] / np.maximum(2 * area[pick], 1e-9)[:, None]
    body = mesh.body[faces[pick]].astype(np.int64)
    faces_us = np.einsum("ni,ni->n", normal, np.asarray(eye) - at) > 0
    return Sources(
        np.full(n, Kind.SPALL, np.uint8), body.astype(np.int64), loose[body],
        np.where(faces_us, 1.0, AWAY), at, np.tile(0.2 * np.eye(3)[:2], (n, 1, 1)), normal,
        np.full(n, 1.9), np.full(n, LARGEST),
    )  # fmt: skip


def _apart(fr: Fragments, motion: Motion) -> F64:
    """From when on each piece has a joint that stands open [s], (N,), inf where none ever does.

    A wall that is cracked all over and comes down in one block loses little of its face; grains all
    over it would be spots on it.
    """
    bare = come_apart(fr, motion, building_scale(fr))
    return first_apart(bare, fr.bonds, OPENED, len(fr)) / float(motion.fps)


def _outward(fr: Fragments, at: F64) -> F64:
    """Level unit vectors away from the middle of the building, (n, 3): crushed walls and the air
    between them push that way."""
    out = at - fr.centre.mean(0)
    out[:, 2] = 0
    return np.asarray(out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-6))


def _sides(first: F64, second: F64, width: F64) -> F64:
    """Half the sides of rectangles `width` (n, 2) along two unit vectors (n, 3), (n, 2, 3)."""
    return np.asarray(0.5 * np.stack([first * width[:, :1], second * width[:, 1:]], 1))

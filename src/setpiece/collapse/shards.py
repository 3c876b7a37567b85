"""What comes off walls by itself: window glass once it has cracked, and curtains.

Shards stay in the frame a while, let go and fall; cloth is torn off when its wall goes over.

Racked annealed glass cracks into a few large pieces which leave the frame one after another, those
held by the putty along the edges last (R. A. Behr, A. Belarbi and C. J. Culp, "Dynamic racking
tests of curtain wall glass elements with in-plane and out-of-plane motions", EESD 1995).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from setpiece.collapse.fragments import Fragments
from setpiece.collapse.motion import Motion
from setpiece.collapse.solver import GRAVITY
from setpiece.render.scene import Material, rotation_matrices

F32 = NDArray[np.float32]
LETS_GO = 0.45  # [s] the last shard leaves the frame this long after the pane cracks
GONE = 0.9  # [s] a falling shard has gone to pieces too small to see
DRIFT = 0.8  # [m/s] how fast shards leave the wall
FLUNG = 2.0  # [m/s] a spinning wall gives its glass no more than this beyond its own speed
TORN = 0.94, 0.6  # cosine of the tilt, and metres of fall, by which a wall's curtains are torn off
AIR = 0.8  # [1/s] by which the air slows a shard across its fall


@dataclass(frozen=True)
class LooseGlass:
    """Shards at one instant: `faces` (S,) of the mesh that are off the frame, where their corners
    are now (S, 3, 3) [m], and which of them are `gone` (S,)."""

    faces: NDArray[np.int64]
    corners: F32
    gone: NDArray[np.bool_]


@dataclass(frozen=True)
class Shards:
    """Every shard (a triangle of a pane, or of a torn curtain) and its way, in closed form.

    faces (S,), fall time `start` (S,) [s of the shot], corners when it lets go relative to their
    middle `arms` (S, 3, 3), middle `at` (S, 3), velocity (S, 3), turning (S, 3) [rad/s].
    """

    faces: NDArray[np.int64]
    start: F32
    arms: F32
    at: F32
    velocity: F32
    spin: F32

    @staticmethod
    def of(fragments: Fragments, motion: Motion, seed: int) -> Shards:
        """From the moment that each pane cracks; times are the shot's, slow motion included."""
        mesh = fragments.mesh
        faces = np.flatnonzero((mesh.material == Material.GLASS) & (mesh.pane >= 0))
        pane = mesh.pane[faces]
        broken = np.isfinite(motion.pane_break[pane])
        faces, pane = faces[broken], pane[broken]
        rng = np.random.default_rng([seed & 0x7FFFFFFF, 40961])
        n = len(faces)
        tri = mesh.vertices[mesh.faces[faces]].astype(np.float64)
        middle = tri.mean(1)
        size = np.maximum(fragments.opening_size[pane] / 2, 0.05)
        off = np.abs(middle - fragments.opening_centre[pane])
        rim = np.maximum(np.hypot(off[:, 0], off[:, 1]) / size[:, 0], off[:, 2] / size[:, 1])
        wait = LETS_GO * (0.65 * rng.random(n) + 0.35 * np.clip(rim, 0, 1) * rng.random(n) ** 0.5)
        start = motion.pane_break[pane].astype(np.float64) + wait
        body = mesh.body[faces]
        last = len(motion.position) - 2
        at = np.clip(start * float(motion.fps), 0, last)
        f = at.astype(int)
        t = (at - f)[:, None, None]
        turn = [rotation_matrices(motion.rotation[f + k, body]) for k in (0, 1)]
        arm = tri - motion.rest[body][:, None]
        here, there = (
            motion.position[f + k, body][:, None] + np.einsum("nij,nkj->nki", turn[k], arm)
            for k in (0, 1)
        )
        now = here * (1 - t) + there * t
        centre = now.mean(1)
        out = np.einsum("nij,nj->ni", turn[0], fragments.opening_normal[pane])
        side = np.where(rng.random(n) < 0.6, 1.0, -1.0) * rng.gamma(2.0, 0.25, n)
        velocity = (there - here).mean(1) * float(motion.fps)
        own = (motion.position[f + 1, body] - motion.position[f, body]) * float(motion.fps)
        flung = np.linalg.norm(velocity - own, axis=1, keepdims=True)
        velocity = own + (velocity - own) * np.minimum(1, FLUNG / np.maximum(flung, 1e-9))
        velocity += DRIFT * side[:, None] * out
        velocity += 0.25 * rng.normal(size=(n, 3))
        spin = 3.0 * rng.normal(size=(n, 3))
        g = np.float32
        glass = (
            faces, start.astype(g), (now - centre[:, None]).astype(g), centre.astype(g),
            velocity.astype(g), spin.astype(g),
        )  # fmt: skip
        both = zip(glass, _curtains(fragments, motion, rng), strict=True)
        return Shards(*(np.concatenate(pair) for pair in both))

    def when(self, seconds: float, slow: float = 1.0) -> LooseGlass:
        """The shards that have let go by then. slow: 0.5 runs at half speed."""
        on = np.flatnonzero(self.start <= seconds)
        age = (np.float32(seconds) - self.start[on]) * np.float32(slow)
        far = np.stack([(1 - np.exp(-AIR * age)) / AIR] * 2 + [age], 1).astype(np.float32)
        middle = self.at[on] + self.velocity[on] / np.float32(slow) * far
        middle[:, 2] -= 0.5 * GRAVITY * age**2
        gone = (age > GONE) | (middle[:, 2] < 0.03)
        angle = self.spin[on] * age[:, None]
        half = np.linalg.norm(angle, axis=1, keepdims=True) / 2
        axis = angle / np.maximum(2 * half, 1e-9)
        q = np.concatenate([axis * np.sin(half), np.cos(half)], 1)
        # it goes on breaking as it falls: what is followed is its largest piece
        left = np.maximum(1 - 0.85 * age / GONE, 0.0)[:, None, None]
        arms = np.einsum("nij,nkj->nki", rotation_matrices(q), self.arms[on]) * left
        return LooseGlass(self.faces[on], (middle[:, None] + arms).astype(np.float32), gone)


def _curtains(
    fragments: Fragments, motion: Motion, rng: np.random.Generator
) -> tuple[NDArray, F32, F32, F32, F32, F32]:
    """Cloth that is torn off: as the fields of `Shards`. Each curtain goes as one."""
    mesh, g = fragments.mesh, np.float32
    faces = np.flatnonzero((mesh.material == Material.CLOTH) & (mesh.body >= 0))
    drop = motion.rest[:, 2] - motion.position[..., 2]
    # how upright: the world's up seen from the piece, of its rotation (x, y, z, w)
    upright = 1 - 2 * (motion.rotation[..., 0] ** 2 + motion.rotation[..., 1] ** 2)
    over = (upright < TORN[0]) | (drop > TORN[1])
    first = np.where(over.any(0), over.argmax(0), -1)
    faces = faces[first[mesh.body[faces]] >= 0]
    if not len(faces):
        none = np.zeros((0, 3), g)
        return faces, none[:, 0], np.zeros((0, 3, 3), g), none, none, none
    corner = mesh.faces[faces]
    pairs = np.concatenate([corner[:, [0, 1]], corner[:, [1, 2]]])
    links = sparse.coo_matrix((np.ones(len(pairs)), pairs.T), shape=(len(mesh.vertices),) * 2)
    _, label = csgraph.connected_components(links, directed=False)
    _, head, piece = np.unique(label[corner[:, 0]], return_index=True, return_inverse=True)
    body = mesh.body[faces]
    f = np.minimum(first[body], len(motion.position) - 2)
    arm = mesh.vertices[corner] - motion.rest[body][:, None]
    here, there = (
        motion.position[f + k, body][:, None]
        + np.einsum("nij,nkj->nki", rotation_matrices(motion.rotation[f + k, body]), arm)
        for k in (0, 1)
    )
    size = np.bincount(piece).astype(np.float64)
    centre, speed = (
        np.stack([np.bincount(piece, x[:, a]) / size for a in range(3)], 1)
        for x in (here.mean(1), (there - here).mean(1) * float(motion.fps))
    )
    spin = rng.normal(size=(len(head), 3))
    start = f / float(motion.fps)
    return (
        faces, start.astype(g), (here - centre[piece][:, None]).astype(g), centre[piece].astype(g),
        speed[piece].astype(g), spin[piece].astype(g),
    )  # fmt: skip

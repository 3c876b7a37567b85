"""Dust driven out of the windows of a storey that is being crushed."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy import sparse

from setpiece.collapse.fragments import Element, Fragments
from setpiece.collapse.gas.grid import Air
from setpiece.collapse.motion import Motion
from setpiece.render.scene import Material

F32 = NDArray[np.float32]


@njit(cache=True, nogil=True, fastmath=True)
def _blow(u, v, w, d, mouth, flow, reach, radius, density, share):
    """Drag the air in a short cone before each mouth to `flow`, and fill it with dust.

    mouth: index coordinates of cell centres, (J, 3). reach, radius in cells.
    """
    for n in range(mouth.shape[0]):
        fx, fy, fz = flow[n, 0], flow[n, 1], flow[n, 2]
        speed = np.sqrt(fx * fx + fy * fy + fz * fz) + 1e-6
        ux, uy, uz = fx / speed, fy / speed, fz / speed
        far = reach[n] + radius[n] + 1.0
        lo = np.empty(3, np.int64)
        hi = np.empty(3, np.int64)
        for a in range(3):
            lo[a] = max(int(mouth[n, a] - far), 0)
            hi[a] = min(int(mouth[n, a] + far) + 2, d.shape[a])
        for i in range(lo[0], hi[0]):
            for j in range(lo[1], hi[1]):
                for k in range(lo[2], hi[2]):
                    x, y, z = i - mouth[n, 0], j - mouth[n, 1], k - mouth[n, 2]
                    s = x * ux + y * uy + z * uz
                    if s < -0.3 or s > reach[n]:
                        continue
                    q = x * x + y * y + z * z - s * s
                    wide = radius[n] * (1.0 + 0.25 * max(s, 0.0))
                    g = np.exp(-q / (wide * wide))
                    if g < 0.1:
                        continue
                    e = share * g
                    u[i, j, k] += e * (fx - u[i, j, k])
                    u[i + 1, j, k] += e * (fx - u[i + 1, j, k])
                    v[i, j, k] += e * (fy - v[i, j, k])
                    v[i, j + 1, k] += e * (fy - v[i, j + 1, k])
                    w[i, j, k + 1] += e * (fz - w[i, j, k + 1])
                    if k > 0:
                        w[i, j, k] += e * (fz - w[i, j, k])
                    d[i, j, k] = max(d[i, j, k], density[n] * g)


class Jets:
    """Windows that ride on their pieces, and how fast the room behind each closes.

    The floor above a window sinks towards the floor below it; the air between leaves through the
    windows: speed = closing speed x floor area / window area, with half of it lost elsewhere.
    """

    def __init__(
        self, fragments: Fragments, motion: Motion, *, step: float, scale: float, seed: int
    ) -> None:
        self.motion, self.scale, self.seed = motion, scale, seed
        self.body, centre, normal, self.size = _openings(fragments)
        self.normal = normal.astype(np.float32)
        self.rest = centre.astype(np.float32)
        self.local = (centre - fragments.centre[self.body]).astype(np.float32)
        count = len(self.body)
        self.speed = np.zeros((motion.frames + 1, count), np.float32)
        if not count:
            return
        height = _storey_height(fragments, centre, self.body)
        reach = max(1.6 * height, 0.14 * float(np.ptp(fragments.centre[:, :2], axis=0).max()))
        inside = centre - 1.2 * height * normal
        above = _neighbours(fragments.centre, inside, reach, 0.25 * height, 1.35 * height)
        below = _neighbours(fragments.centre, inside, reach, -1.35 * height, -0.25 * height)
        z = motion.position[:, :, 2].astype(np.float64).T
        roof, floor = above @ z, below @ z
        has_roof = np.asarray(above.sum(axis=1)).ravel() > 0
        has_floor = np.asarray(below.sum(axis=1)).ravel() > 0
        ground = np.maximum(centre[:, 2] - 0.6 * height, 0.0)
        floor = np.where(has_floor[:, None], floor, ground[:, None])
        gap = roof - floor
        gap0 = np.maximum(gap[:, :1], 0.3 * height)
        closing = -np.gradient(gap, step, axis=1)
        open_area = np.maximum(self.size.prod(axis=1), 0.1)
        floors = _floor_share(fragments, self.body)
        ratio = np.clip(floors / open_area, 1.0, 12.0)
        speed = 0.5 * closing * ratio[:, None] * (gap > 0.12 * gap0) * has_roof[:, None]
        self.speed = np.clip(speed, 0, 24.0 * np.sqrt(scale)).T.astype(np.float32)

    def blow(self, air: Air, frame: float, dt: float, dust: float) -> int:
        """Drive the jets of this instant into `air`; returns how many blow. dust: thickness."""
        if not len(self.body):
            return 0
        k = min(int(frame), len(self.speed) - 1)
        speed = self.speed[k]
        live = np.flatnonzero(speed > 2.0 * np.sqrt(self.scale))
        if not len(live):
            return 0
        pose = self.motion.pose(frame)
        matrices = pose.matrices()[self.body[live]]
        p = np.einsum("nij,nj->ni", matrices, self.local[live]) + pose.position[self.body[live]]
        n = np.einsum("nij,nj->ni", matrices, self.normal[live])
        upright = (n * self.normal[live]).sum(1) > 0.7
        near = (np.abs(p - self.rest[live]).max(axis=1) < 9.0 * self.scale) & (
            p[:, 2] > 0.1 * self.scale
        )
        ok = upright & near
        live, p, n, speed = live[ok], p[ok], n[ok], speed[live][ok]
        # Each window breathes on its own: pulses of a few tenths of a second, a wandering aim.
        phase = np.random.default_rng([self.seed, 31]).random((len(self.body), 4))[live] * 2 * np.pi
        t = frame * 0.55
        pulse = 0.75 + 0.25 * np.sin(t * (0.7 + 0.1 * phase[:, 0]) + phase[:, 1])
        aim = np.stack([np.sin(0.5 * t + phase[:, c]) for c in (1, 2, 3)], axis=1)
        n = n + 0.22 * aim
        n /= np.linalg.norm(n, axis=1, keepdims=True)
        # A jet at the sill of a dense cloud cannot blow into the ground.
        n[:, 2] = np.maximum(n[:, 2], -0.2)
        u = (speed * pulse)[:, None] * n
        mouth = (p - air.corner) / air.cell - 0.5 + n * 0.4
        inside = ((mouth > 1.5) & (mouth < np.array(air.shape) - 2.5)).all(axis=1)
        inside |= (
            (mouth[:, 2] <= 1.5)
            & (mouth[:, :2] > 1.5).all(axis=1)
            & (mouth[:, :2] < np.array(air.shape[:2]) - 2.5).all(axis=1)
        )
        reach = np.clip(speed * dt / air.cell, 1.3, 3.5)
        radius = np.clip(0.45 * np.sqrt(self.size[live].prod(axis=1)) / air.cell, 0.75, 3.0)
        density = dust * 1.3 * np.clip(speed / (6.0 * np.sqrt(self.scale)), 0.35, 1.0)
        f4 = np.float32
        _blow(
            air.u, air.v, air.w, air.dust, mouth[inside].astype(f4), u[inside].astype(f4),
            reach[inside].astype(f4), radius[inside].astype(f4), density[inside].astype(f4),
            f4(0.65),
        )  # fmt: skip
        return int(inside.sum())


def _openings(fragments: Fragments) -> tuple[NDArray, NDArray, NDArray, NDArray]:
    """Piece, centre, outward normal and size of each window.

    A building without drawn windows has them all the same: a vent of a quarter of the outside
    of every panel and wall piece.
    """
    if len(fragments.opening_body):
        return (
            fragments.opening_body,
            fragments.opening_centre,
            fragments.opening_normal,
            fragments.opening_size,
        )
    mesh = fragments.mesh
    wall = np.isin(fragments.element, (Element.PANEL, Element.MASONRY))
    pick = (mesh.body >= 0) & (mesh.material == Material.PLATE)
    pick &= wall[np.maximum(mesh.body, 0)]
    faces, body = mesh.faces[pick], mesh.body[pick]
    a, b, c = (mesh.vertices[faces[:, n]].astype(np.float64) for n in range(3))
    cross = 0.5 * np.cross(b - a, c - a)
    area = np.linalg.norm(cross, axis=1)
    n = len(fragments)
    total = np.bincount(body, area, n)
    normal = np.stack([np.bincount(body, cross[:, x], n) for x in range(3)], axis=1)
    middle = (a + b + c) / 3 * area[:, None]
    centre = np.stack([np.bincount(body, middle[:, x], n) for x in range(3)], axis=1)
    length = np.linalg.norm(normal, axis=1)
    keep = np.flatnonzero((length > 0.5 * total) & (total > 0.5))
    keep = keep[np.abs(normal[keep, 2]) < 0.3 * length[keep]]
    size = np.sqrt(0.25 * total[keep])
    return (
        keep.astype(np.int32),
        centre[keep] / total[keep, None],
        normal[keep] / length[keep, None],
        np.stack([size, size], axis=1),
    )


def _storey_height(fragments: Fragments, centre: NDArray, body: NDArray) -> float:
    """Typical height of a storey [m], from where its windows are, or from its pieces."""
    z = centre[:, 2]
    s = fragments.storey[body]
    levels = np.array([z[s == k].mean() for k in np.unique(s)])
    if len(levels) > 1:
        return float(np.clip(np.median(np.diff(np.sort(levels))), 2.2, 6.0))
    top = float(fragments.mesh.vertices[:, 2].max())
    return float(np.clip(top / (1 + int(fragments.storey.max(initial=0))), 2.2, 6.0))


def _neighbours(centre: NDArray, at: NDArray, reach: float, low: float, high: float):
    """Averaging matrix (K, N): pieces within `reach` sideways and low..high above each point."""
    order = np.argsort(centre[:, 2], kind="stable")
    z = centre[order, 2]
    first = np.searchsorted(z, at[:, 2] + low, side="right")
    last = np.searchsorted(z, at[:, 2] + high, side="left")
    level = [order[a:b] for a, b in zip(first, last, strict=True)]
    near = [
        np.sort(own[((centre[own, :2] - p) ** 2).sum(1) < reach**2])
        for own, p in zip(level, at[:, :2], strict=True)
    ]
    count = np.array([len(own) for own in near], np.int64)
    start = np.concatenate([[0], np.cumsum(count)])
    share = np.repeat(1.0 / np.maximum(count, 1), count)
    index = np.concatenate([*near, np.zeros(0, np.int64)])
    return sparse.csr_matrix((share, index, start), (len(at), len(centre)))


def _floor_share(fragments: Fragments, body: NDArray) -> NDArray:
    """Floor area that each window serves [m2]."""
    key = fragments.prism[body].astype(np.int64) * 1000 + fragments.storey[body]
    out = np.zeros(len(body))
    for k in np.unique(key):
        mine = key == k
        pieces = (fragments.prism == k // 1000) & (fragments.storey == k % 1000)
        size = np.ptp(fragments.centre[pieces][:, :2], axis=0) if pieces.any() else np.zeros(2)
        out[mine] = max(float(size[0] * size[1]), 4.0) / mine.sum()
    return out


def compile_kernels() -> None:
    """Compile what this module needs."""
    f4 = np.float32
    one = np.ones(1, f4)
    p = np.full((1, 3), 2, f4)
    z = np.zeros
    _blow(
        z((6, 5, 5), f4), z((5, 6, 5), f4), z((5, 5, 6), f4), z((5, 5, 5), f4),
        p, p, one, one, one, f4(0.5),
    )  # fmt: skip

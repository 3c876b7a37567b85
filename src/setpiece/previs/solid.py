"""Low-poly things for blocked scenes: surfaces with normals, facets to ink, colours to shade."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

F32 = NDArray[np.float32]
I32 = NDArray[np.int32]
Colour = tuple[float, float, float]


def f32(values: ArrayLike) -> F32:
    """Values as a float32 array."""
    return np.asarray(values, np.float32)


def shaded(colour: Colour, by: float) -> Colour:
    """A colour times `by`."""
    return colour[0] * by, colour[1] * by, colour[2] * by


@dataclass(frozen=True)
class Curve:
    """A line drawn on a thing: an eyelid, a seam, a tuft. points: float32 (N, 3) [m]; width [m]."""

    points: F32
    width: float = 0.004
    shade: float = 0.0  # 0 ink .. 1 paper


@dataclass(frozen=True)
class Solid:
    """Triangles of one thing.

    Attributes:
        vertices: float32 (V, 3) [m]; normals: float32 (V, 3), unit, outward.
        faces: int32 (F, 3), counter-clockwise from outside.
        facet: int32 (F,): faces of one smooth or flat side share a number; ink runs between sides.
        colour: float32 (F, 3), display-referred, 0..1: the thing's own colour.
        curves: lines drawn on it.
    """

    vertices: F32
    normals: F32
    faces: I32
    facet: I32
    colour: F32
    curves: tuple[Curve, ...] = field(default=())

    def moved(
        self,
        shift: ArrayLike = (0.0, 0.0, 0.0),
        rotation: ArrayLike | None = None,
        scale: float = 1.0,
    ) -> Solid:
        """The same thing elsewhere: rotation (3, 3), then shift (3,) [m]."""
        r = np.eye(3, dtype=np.float32) if rotation is None else np.asarray(rotation, np.float32)
        s = np.asarray(shift, np.float32)
        return Solid(
            f32(self.vertices * np.float32(scale) @ r.T + s),
            f32(self.normals @ r.T),
            self.faces,
            self.facet,
            self.colour,
            tuple(
                Curve(f32(c.points * np.float32(scale) @ r.T + s), c.width * scale, c.shade)
                for c in self.curves
            ),
        )

    def turned(self, degrees: float, shift: ArrayLike = (0.0, 0.0, 0.0)) -> Solid:
        """Turned about Z, anticlockwise from above, then shifted [m]."""
        return self.moved(shift, about_z(degrees))

    def dyed(self, colour: Colour) -> Solid:
        """The same thing in one colour."""
        dyed = np.tile(f32(colour), (len(self.faces), 1))
        return Solid(self.vertices, self.normals, self.faces, self.facet, dyed, self.curves)

    def smooth(self) -> Solid:
        """The same thing with one facet: inked at its outline only."""
        return Solid(
            self.vertices,
            self.normals,
            self.faces,
            np.zeros_like(self.facet),
            self.colour,
            self.curves,
        )


def about_z(degrees: float) -> F32:
    """Rotation (3, 3) about Z, anticlockwise from above."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]], np.float32)


def about(axis: ArrayLike, degrees: float) -> F32:
    """Rotation (3, 3) about any axis by the right hand (Rodrigues)."""
    k = np.asarray(axis, float)
    k = k / np.linalg.norm(k)
    m = np.array([[0, -k[2], k[1]], [k[2], 0, -k[0]], [-k[1], k[0], 0]])
    a = np.radians(degrees)
    return (np.eye(3) + np.sin(a) * m + (1 - np.cos(a)) * m @ m).astype(np.float32)


def joined(parts: Sequence[Solid]) -> Solid:
    """Several things as one; their facets stay apart."""
    if not parts:
        none = np.zeros((0, 3), np.float32)
        return Solid(none, none, none.astype(np.int32), np.zeros(0, np.int32), none)
    at = np.cumsum([0, *(len(p.vertices) for p in parts)])
    sides = np.cumsum([0, *(int(p.facet.max()) + 1 if len(p.facet) else 0 for p in parts)])
    return Solid(
        np.concatenate([p.vertices for p in parts]).astype(np.float32),
        np.concatenate([p.normals for p in parts]).astype(np.float32),
        np.concatenate([p.faces + a for p, a in zip(parts, at[:-1], strict=True)]).astype(np.int32),
        np.concatenate([p.facet + s for p, s in zip(parts, sides[:-1], strict=True)]).astype(
            np.int32
        ),
        np.concatenate([p.colour for p in parts]).astype(np.float32),
        tuple(c for p in parts for c in p.curves),
    )


def _flat(corners: Sequence[Any], colour: Colour) -> Solid:
    """Flat convex polygons, each a facet."""
    vertices, normals, faces, facet = [], [], [], []
    start = 0
    for i, polygon in enumerate(corners):
        p = np.asarray(polygon, np.float32)
        # Newell's normal: also right where three corners lie in a line.
        n = np.cross(p, np.roll(p, -1, 0)).sum(0)
        n = n / max(float(np.linalg.norm(n)), 1e-12)
        vertices.append(p)
        normals.append(np.tile(n, (len(p), 1)))
        for k in range(1, len(p) - 1):
            faces.append((start, start + k, start + k + 1))
            facet.append(i)
        start += len(p)
    dyed = np.tile(f32(colour), (len(faces), 1))
    return Solid(
        np.concatenate(vertices),
        np.concatenate(normals).astype(np.float32),
        np.array(faces, np.int32),
        np.array(facet, np.int32),
        dyed,
    )


def polygon(corners: Sequence[ArrayLike], colour: Colour) -> Solid:
    """One flat convex polygon (N, 3), seen from the side where it runs anticlockwise."""
    return _flat([corners], colour)


def box(size: ArrayLike, centre: ArrayLike, colour: Colour) -> Solid:
    """A box of size (x, y, z) [m] about its centre."""
    x, y, z = np.asarray(size, float) / 2
    return prism([(-x, -y), (x, -y), (x, y), (-x, y)], -z, z, colour).moved(centre)


def standing_box(size: ArrayLike, foot: ArrayLike, colour: Colour) -> Solid:
    """A box that stands on `foot`, the middle of its under side."""
    s, f = np.asarray(size, float), np.asarray(foot, float)
    if len(f) == 2:
        f = np.array([f[0], f[1], 0.0])
    return box(s, f + np.array([0, 0, s[2] / 2]), colour)


def prism(
    outline: Sequence[tuple[float, float]],
    low: float,
    high: float,
    colour: Colour,
    top: float = 1.0,
) -> Solid:
    """A convex outline (N, 2), anticlockwise, raised from `low` to `high`; `top` scales its top."""
    o = np.asarray(outline, float)
    lower = np.column_stack([o, np.full(len(o), low)])
    upper = np.column_stack([o * top, np.full(len(o), high)])
    sides: list[Any] = [
        [lower[i], lower[(i + 1) % len(o)], upper[(i + 1) % len(o)], upper[i]]
        for i in range(len(o))
    ]
    caps: list[Any] = [lower[::-1], upper] if top > 0 else [lower[::-1]]
    return _flat([*sides, *caps], colour)


def surface(points: NDArray, colour: Colour, *, wrap: bool = False, out: int = 1) -> Solid:
    """A smooth surface through a grid of points (M, N, 3); `wrap` closes it along N.

    out: 1 where (along M) x (along N) points outward, -1 where inward.
    """
    p = np.asarray(points, np.float64)
    m, n = p.shape[:2]
    along_m = np.gradient(p, axis=0)
    along_n = (np.roll(p, -1, 1) - np.roll(p, 1, 1)) / 2 if wrap else np.gradient(p, axis=1)
    normal = np.cross(along_m, along_n) * out
    length = np.linalg.norm(normal, axis=2, keepdims=True)
    # At a pole a row shrinks to a point: its neighbours' mean is the normal there.
    for row, beside in ((0, 1), (m - 1, m - 2)):
        if (length[row] < 1e-9).all():
            mean = (normal[beside] / np.maximum(length[beside], 1e-12)).mean(0)
            if np.linalg.norm(mean) < 1e-3:  # a symmetrical tip: straight out
                mean = p[row].mean(0) - p[beside].mean(0)
            normal[row], length[row] = mean, max(float(np.linalg.norm(mean)), 1e-9)
    normal = normal / np.maximum(length, 1e-12)
    i, j = np.meshgrid(np.arange(m - 1), np.arange(n if wrap else n - 1), indexing="ij")
    a, b = i * n + j, i * n + (j + 1) % n
    c, d = a + n, b + n
    pair = ((a, c, d), (a, d, b)) if out > 0 else ((a, d, c), (a, b, d))
    faces = np.concatenate([np.stack(t, -1).reshape(-1, 3) for t in pair]).astype(np.int32)
    dyed = np.tile(f32(colour), (len(faces), 1))
    return Solid(
        p.reshape(-1, 3).astype(np.float32),
        normal.reshape(-1, 3).astype(np.float32),
        faces,
        np.zeros(len(faces), np.int32),
        dyed,
    )


def lathe(
    profile: Sequence[tuple[float, float]] | NDArray,
    colour: Colour,
    *,
    sides: int = 20,
    squash: float = 1.0,
    folds: int = 0,
    depth: float = 0.0,
    phase: float = 0.0,
) -> Solid:
    """A turned shape about Z: profile (N, 2) of radius and height, upward.

    squash: depth (Y) over width (X). folds: how many pleats; depth: theirs over the radius, growing
    downward as cloth hangs.
    """
    r, z = np.asarray(profile, float).T
    a = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    hang = np.clip((z.max() - z) / max(float(np.ptp(z)), 1e-9), 0, 1)[:, None]
    rad = r[:, None] * (1 + depth * hang * np.sin(folds * a + phase) if folds else 1.0)
    rad = np.broadcast_to(rad, (len(r), sides))
    p = np.stack(
        [rad * np.cos(a), rad * np.sin(a) * squash, np.broadcast_to(z[:, None], rad.shape)], -1
    )
    return surface(p, colour, wrap=True, out=-1)


def tube(
    path: Any,
    radius: ArrayLike,
    colour: Colour,
    *,
    sides: int = 10,
    squash: float = 1.0,
    round_ends: bool = True,
) -> Solid:
    """A limb along path (N, 3) [m] with a radius a point, or one, and rounded or cut ends."""
    p = np.asarray(path, float)
    r = np.broadcast_to(np.asarray(radius, float), (len(p),))
    along = np.gradient(p, axis=0)
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-12)
    rings: list[tuple[NDArray, float, NDArray]] = []
    angles = (90.0, 72.0, 54.0, 36.0, 18.0) if round_ends else (0.0,)
    bulge = [(d, np.cos(np.radians(d)) if round_ends else 0.0) for d in angles]
    for degrees, part in bulge:
        back = np.sin(np.radians(degrees)) * r[0]
        rings.append((p[0] - along[0] * back, max(r[0] * part, 0.0), along[0]))
    rings += [(p[i], float(r[i]), along[i]) for i in range(len(p))]
    for degrees, part in reversed(bulge):
        ahead = np.sin(np.radians(degrees)) * r[-1]
        rings.append((p[-1] + along[-1] * ahead, max(r[-1] * part, 0.0), along[-1]))
    a = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    side = np.array([1.0, 0.0, 0.0]) if abs(along[0][0]) < 0.8 else np.array([0.0, 1.0, 0.0])
    grid = []
    for centre, size, t in rings:
        side = side - t * (side @ t)
        side /= max(float(np.linalg.norm(side)), 1e-12)
        other = np.cross(t, side)
        grid.append(
            centre + size * (np.cos(a)[:, None] * side + squash * np.sin(a)[:, None] * other)
        )
    return surface(np.stack(grid), colour, wrap=True, out=-1)


def ellipsoid(radii: ArrayLike, centre: ArrayLike, colour: Colour, sides: int = 14) -> Solid:
    """An ellipsoid of radii (x, y, z) [m]."""
    rows = max(sides // 2 + 1, 6)
    t = np.linspace(-np.pi / 2, np.pi / 2, rows)
    ball = lathe(np.column_stack([np.cos(t).clip(0), np.sin(t)]), colour, sides=sides)
    r = np.asarray(radii, np.float32)
    normals = ball.normals / r
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    return Solid(
        ball.vertices * r + np.asarray(centre, np.float32),
        normals,
        ball.faces,
        ball.facet,
        ball.colour,
    )


def eased(points: ArrayLike, n: int = 6) -> F32:
    """A smooth line through points (N, 3), n steps between each two (Catmull-Rom)."""
    p = np.asarray(points, float)
    q = np.concatenate([2 * p[:1] - p[1:2], p, 2 * p[-1:] - p[-2:-1]])
    t = np.linspace(0, 1, n, endpoint=False)[:, None]
    out = [
        0.5
        * (
            2 * b
            + (c - a) * t
            + (2 * a - 5 * b + 4 * c - d) * t**2
            + (3 * b - a - 3 * c + d) * t**3
        )
        for a, b, c, d in zip(q[:-3], q[1:-2], q[2:-1], q[3:], strict=True)
    ]
    return np.concatenate([*out, p[-1:]]).astype(np.float32)


def sheet(x: NDArray, y: NDArray, height: NDArray, colour: Colour) -> Solid:
    """Ground through heights (len(y), len(x)) [m] over x and y [m]."""
    gx, gy = np.meshgrid(x, y)
    return surface(np.stack([gx, gy, height], -1), colour, out=-1)

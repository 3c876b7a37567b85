"""A building on its way down, as a board shows it: broken, tilted, in its own dust.

No physics: a draughtsman's fall, from standing (0) to a heap (1). `collapse` is for the rest.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from setpiece.previs.furniture_mesh import BRICK, STONE
from setpiece.previs.solid import Colour, Solid, about, box, ellipsoid, joined

DUST: Colour = (0.93, 0.91, 0.87)
_BEFORE = 1.0  # m that dust and masonry come out before the front
_BREAKS = (0.24, 0.46, 0.68)  # where a tall thing breaks, as parts of its height
_TILT = (3.0, 22.0, 46.0, 78.0)  # degrees that each piece has turned when it lies
_SLIDE, _DROP = 0.24, (0.0, 0.16, 0.38, 0.62)  # of the width a piece, and of the height


def falling(solid: Solid, share: float, lean: float = 1.0) -> tuple[Solid, Solid]:
    """A thing that stands on the ground, and its dust, at a share 0..1 of its fall.

    solid: standing, in world space [m]. lean: 1 falls toward +x, -1 toward -x. What is broader
    than tall breaks across and sags instead.
    """
    share = float(np.clip(share, 0.0, 1.0))
    low, high = solid.vertices.min(0), solid.vertices.max(0)
    middle = (low + high) / 2
    size = high - low
    rng = np.random.default_rng(11)
    parts: list[Solid] = []
    cuts: list[NDArray] = []
    if size[2] > 1.15 * size[0]:
        rest = solid
        for k, at in enumerate((*_BREAKS, 2.0)):
            z = low[2] + at * size[2]
            normal = np.array([0.34 * (-1) ** k, 0.12, 1.0])
            normal /= np.linalg.norm(normal)
            foot = np.array([middle[0], middle[1], z])
            piece, rest = cut(rest, normal, foot)
            hinge, shift, turn = _tips(k, low, high, share, lean)
            parts.append(piece.moved(hinge + shift - turn @ hinge, turn))
            if k < 3:
                cuts.append(turn @ (foot - hinge) + hinge + shift)
    else:
        rest = solid
        n = 5
        for k in range(n):
            x = low[0] + (k + 1) / n * size[0]
            normal = np.array([1.0, 0.1, 0.3 * (-1) ** k])
            normal /= np.linalg.norm(normal)
            foot = np.array([x, middle[1], middle[2]])
            piece, rest = (rest, rest) if k == n - 1 else cut(rest, normal, foot)
            inner = 1.0 - abs(k - (n - 1) / 2) / (n / 2)
            base = np.array([low[0] + (k + 0.5) / n * size[0], middle[1], low[2]])
            turn = about((0, 1, 0), lean * share * 26 * (k - (n - 1) / 2) / n * 2)
            fall = np.array([0.0, 0.0, -(share**1.5) * size[2] * (0.25 + 0.45 * inner)])
            parts.append(piece.moved(base + fall - turn @ base, turn))
            cuts.append(base + np.array([size[0] / n / 2, 0, 0.6 * size[2]]) + fall)
    blocks = _blocks(rng, cuts, share, float(size[0]), lean, low)
    whole = joined([*(p for p in parts if len(p.faces)), *blocks])
    return _above(whole, float(low[2]) - 0.4), _dust(rng, low, high, cuts, share)


def _tips(
    k: int, low: NDArray, high: NDArray, share: float, lean: float
) -> tuple[NDArray, NDArray, NDArray]:
    """How the k-th piece of a tall thing, from its foot up, has moved: where it is hinged (3,), the
    way of that point (3,), and its turn about it (3, 3)."""
    size, middle = high - low, (low + high) / 2
    hinge = np.array([middle[0] + lean * 0.42 * size[0], middle[1],
                      low[2] + (_BREAKS[k - 1] if k else 0.0) * size[2]])  # fmt: skip
    down = share**1.7 * size[2] * _DROP[k]
    shift = np.array([lean * share * _SLIDE * size[0] * k, 0.0, -down])
    return hinge, shift, about((0, 1, 0), lean * share ** (1.2 - 0.12 * k) * _TILT[k])


def top_of(low: NDArray, high: NDArray, share: float, lean: float) -> NDArray:
    """Where the top (3,) [m] of what stood between two corners is at a share of its fall."""
    size, middle = high - low, (low + high) / 2
    if size[2] <= 1.15 * size[0]:
        return np.array([middle[0], middle[1], high[2] - share**1.5 * 0.7 * size[2]])
    hinge, shift, turn = _tips(3, low, high, share, lean)
    return turn @ (np.array([middle[0], middle[1], high[2]]) - hinge) + hinge + shift


def cut(solid: Solid, normal: NDArray, point: NDArray) -> tuple[Solid, Solid]:
    """A thing parted by a plane: what lies below it (against `normal`), and what lies above."""
    side = (solid.vertices - np.asarray(point, np.float32)) @ np.asarray(normal, np.float32)
    corner = side[solid.faces]
    under = np.asarray((corner <= 0).all(1))
    over = np.asarray((corner > 0).all(1))
    halves: list[tuple[list[NDArray], list[NDArray], list[int]]] = [([], [], []), ([], [], [])]
    for f in np.flatnonzero(~(under | over)):
        tri = solid.faces[f]
        p, n, d = solid.vertices[tri], solid.normals[tri], side[tri]
        for half, sign in zip(halves, (-1.0, 1.0), strict=True):
            ring_p, ring_n = [], []
            for i in range(3):
                j = (i + 1) % 3
                if sign * d[i] >= 0:
                    ring_p.append(p[i])
                    ring_n.append(n[i])
                if (d[i] > 0) != (d[j] > 0):
                    t = d[i] / (d[i] - d[j])
                    ring_p.append(p[i] + t * (p[j] - p[i]))
                    ring_n.append(n[i])
            if len(ring_p) >= 3:
                half[0].append(np.array(ring_p, np.float32))
                half[1].append(np.array(ring_n, np.float32))
                half[2].append(int(f))
    return (_half(solid, under, halves[0]), _half(solid, over, halves[1]))


def _half(
    solid: Solid, keep: NDArray, rings: tuple[list[NDArray], list[NDArray], list[int]]
) -> Solid:
    """Whole triangles of a thing, and the polygons that a plane left of others."""
    at = len(solid.vertices)
    faces, owners = [solid.faces[keep]], [np.flatnonzero(keep)]
    for points, f in zip(rings[0], rings[2], strict=True):
        fan = [(at, at + k, at + k + 1) for k in range(1, len(points) - 1)]
        faces.append(np.array(fan, np.int32))
        owners.append(np.full(len(fan), f))
        at += len(points)
    owner = np.concatenate(owners)
    return _used(Solid(
        np.concatenate([solid.vertices, *rings[0]]), np.concatenate([solid.normals, *rings[1]]),
        np.concatenate(faces).astype(np.int32), solid.facet[owner], solid.colour[owner],
    ))  # fmt: skip


def _used(solid: Solid) -> Solid:
    """The same without vertices that no triangle has: they would widen its bounds."""
    kept, faces = np.unique(solid.faces, return_inverse=True)
    return Solid(solid.vertices[kept], solid.normals[kept],
        faces.reshape(-1, 3).astype(np.int32), solid.facet, solid.colour, solid.curves)  # fmt: skip


def _blocks(
    rng: np.random.Generator, cuts: Sequence[NDArray], share: float, wide: float, lean: float,
    low: NDArray,
) -> list[Solid]:  # fmt: skip
    """Masonry that the breaks throw out, and the heap that grows at the foot."""
    out: list[Solid] = []
    count = round(7 + 9 * share)
    ground, front = float(low[2]), float(low[1]) - _BEFORE
    for at in cuts:
        for _ in range(count):
            a, r = rng.uniform(0, 2 * np.pi), wide * rng.uniform(0.3, 0.62 + 0.45 * share)
            size = rng.uniform(0.25, 1.0, 3) * (0.16 * wide)
            drop = rng.uniform(-0.1, 0.1 + 0.8 * share) * wide
            p = at + np.array([r * np.cos(a) + lean * share * 1.2, r * np.sin(a) * 0.8, -drop])
            p = np.maximum(p, [-np.inf, front, ground + size[2] / 2])
            turn = about(rng.normal(size=3), float(rng.uniform(0, 90)))
            colour = BRICK if rng.uniform() < 0.7 else STONE
            out.append(box(size, (0, 0, 0), colour).moved(p, turn))
    foot = np.mean([c[:2] for c in cuts], 0) if cuts else np.zeros(2)
    for _ in range(round(46 * share)):
        x, y = rng.normal(0, 0.45 * wide, 2) * [1.2, 0.8] + foot + [lean * share * 0.8 * wide, 0]
        size = rng.uniform(0.3, 1.2, 3) * (0.15 * wide)
        z = ground + rng.uniform(0, 0.3 * wide * share)
        turn = about(rng.normal(size=3), float(rng.uniform(0, 60)))
        out.append(box(size, (0, 0, 0), BRICK if rng.uniform() < 0.7 else STONE).moved(
            (x, max(y, front), z), turn))  # fmt: skip
    return out


def _dust(
    rng: np.random.Generator, low: NDArray, high: NDArray, cuts: Sequence[NDArray], share: float
) -> Solid:
    """Clouds that roll out from the foot and burst from the breaks."""
    middle, wide = (low + high) / 2, float(max(high[0] - low[0], high[1] - low[1]))
    tall = float(high[2] - low[2])
    puffs: list[Solid] = []

    def puff(p: NDArray, r: float) -> None:
        # People act in front of it: the cloud rolls aside and behind, not over them.
        p = np.array([p[0], max(p[1], low[1] - _BEFORE + 0.8 * r), max(p[2], low[2] + 0.55 * r)])
        puffs.append(ellipsoid((r, 0.8 * r, 0.85 * r), p, DUST, 10))

    out = wide * (0.5 + 1.3 * share)
    for _ in range(round(14 + 26 * share)):
        a = rng.uniform(0, 2 * np.pi)
        r = wide * rng.uniform(0.13, 0.2) * (0.7 + 1.5 * share)
        x, y = out * np.cos(a) * rng.uniform(0.5, 1.05), 0.6 * out * np.sin(a)
        lift = rng.uniform(0, 0.1 + 0.5 * share) ** 1.3 * min(tall, 2 * wide)
        puff(middle * [1, 1, 0] + [x, y, low[2] + lift], float(r))
    for at in cuts if share > 0.04 else ():
        for _ in range(4):
            a = rng.uniform(0, 2 * np.pi)
            r = wide * rng.uniform(0.1, 0.19) * (0.6 + 1.4 * share)
            puff(at + wide * 0.5 * np.array([np.cos(a), 0.8 * np.sin(a), 0.0]), float(r))
    return joined(puffs).smooth()


def _above(solid: Solid, z: float) -> Solid:
    """What is not under the ground."""
    keep = (solid.vertices[solid.faces][..., 2] > z).any(1)
    return _used(Solid(solid.vertices, solid.normals, solid.faces[keep], solid.facet[keep],
        solid.colour[keep], solid.curves))  # fmt: skip

"""What closes an outdoor picture: ridges of hills, the edge of a wood, a town's roofs."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from setpiece.previs.blocked import Kind, Thing
from setpiece.previs.scenery.parts import HILLS, ROOFS, WOODS
from setpiece.previs.solid import Colour, Curve, Solid, f32, joined, shaded, surface

_ROUND = 121
_Gap = tuple[float, float] | None


def far_hills(seed: int, near: float = 120.0, tall: float = 14.0, gap: _Gap = None) -> Thing:
    """Two ridges all round, the nearer one darker, so that there is a place beyond.

    gap: the part (from, to) of the round, degrees anticlockwise from +x, that they are left to.
    """
    rng = np.random.default_rng(seed + 7)
    ridges = [
        _ridge(rng, near, tall, HILLS, gap),
        _ridge(rng, 1.7 * near, 1.9 * tall, shaded(HILLS, 1.25), gap),
    ]
    return Thing("far hills", joined(ridges), Kind.GROUND, casts=False)


def _ridge(rng: np.random.Generator, near: float, tall: float, colour: Colour, gap: _Gap) -> Solid:
    a = np.linspace(0, 2 * np.pi, _ROUND)
    z = np.full(_ROUND, 2.0)
    for k in (2, 3, 5, 9, 17):
        z += 0.62 * tall / k * (0.5 + 0.5 * np.sin(k * a + rng.uniform(0, 7)))
    z[-1] = z[0]
    keep = slice(None) if gap is None else slice(*(int((_ROUND - 1) * g / 360) for g in gap))
    low = np.stack([near * np.cos(a), near * np.sin(a), np.full(_ROUND, -1.0)], -1)
    mid = np.stack([1.12 * near * np.cos(a), 1.12 * near * np.sin(a), z], -1)
    back = np.stack([1.5 * near * np.cos(a), 1.5 * near * np.sin(a), np.full(_ROUND, -1.0)], -1)
    made = surface(np.stack([low, mid, back])[:, keep], colour, out=-1)
    return Solid(made.vertices, made.normals, made.faces, made.facet, made.colour,
        _folds(rng, low[keep], mid[keep]))  # fmt: skip


def _folds(rng: np.random.Generator, low: np.ndarray, mid: np.ndarray) -> tuple[Curve, ...]:
    """Strokes down the slopes."""
    out = []
    for j in range(2, len(low) - 3, 4):
        first, last = rng.uniform(0.05, 0.25), rng.uniform(0.4, 0.8)
        s = np.linspace(first, last, 6)[:, None]
        top, foot = mid[j], low[j + int(rng.integers(0, 3))]
        line = top + (foot - top) * s
        line[:, 2] += 0.6 * np.sin(3 * s[:, 0])
        out.append(Curve(f32(line * [0.995, 0.995, 1.0]), 0.06))
    return tuple(out)


def woods(seed: int, near: float = 58.0, tall: float = 3.4, part: float = 0.55) -> Thing:
    """The edge of a wood in two rows, along `part` of the round, in two or three stretches."""
    rng = np.random.default_rng(seed + 19)
    a = np.linspace(0, 2 * np.pi, 1441)
    wave = np.sin(2 * a + rng.uniform(0, 7)) + 0.6 * np.sin(3 * a + rng.uniform(0, 7))
    # Where there is no wood it sinks into the ground.
    there = np.clip((wave - np.quantile(wave, 1 - part)) * 2.2, -0.6, 1)
    far = near * (1 + 0.16 * np.sin(2 * a + rng.uniform(0, 7)))
    far[-1] = far[0]
    rows = [
        _row(rng, a, 1.08 * far, 1.3 * tall * there, WOODS, (0.035, 0.08)),
        _row(rng, a, far, 0.72 * tall * there, shaded(WOODS, 1.4), (0.028, 0.06)),
    ]
    return Thing("woods", joined(rows), casts=False)


def rooftops(seed: int, near: float, tall: float, old: bool) -> Thing:
    """Houses beyond the last ones, as a silhouette all round: gables of before 1850, else flat
    roofs of unlike heights."""
    rng = np.random.default_rng(seed + 23)
    edges = np.cumsum(rng.uniform(0.05, 0.13, 140))
    edges = np.concatenate([[0.0], edges[edges < 2 * np.pi - 0.13], [2 * np.pi]])
    out = []
    for lift, far, colour in ((1.25, 1.25 * near, shaded(ROOFS, 1.25)), (1.0, near, ROOFS)):
        angles, heights = [], []
        for a, b in pairwise(edges):
            wall, peak = rng.uniform(0.55, 1.0) * tall * lift, rng.uniform(1.25, 1.5)
            angles += [a + 1e-4, (a + b) / 2, b - 1e-4]
            heights += [wall, wall * (peak if old else 1.0), wall]
        ring = np.array([*angles, angles[0] + 2 * np.pi])
        high = np.array([*heights, heights[0]])
        way = np.stack([far * np.cos(ring), far * np.sin(ring)], -1)
        low = np.full((len(ring), 1), -1.0)
        rows = [np.concatenate([r * way, h], 1)
                for r, h in ((1.0, low), (1.0, high[:, None]), (1.06, low))]  # fmt: skip
        out.append(surface(np.stack(rows), colour, out=-1))
    return Thing("rooftops", joined(out), casts=False)


def _row(
    rng: np.random.Generator, a: np.ndarray, far: np.ndarray, tall: np.ndarray, colour: Colour,
    wide: tuple[float, float],
) -> Solid:  # fmt: skip
    """Crowns side by side at distances `far` [m] over angles a, `wide` [rad] each."""
    edges = np.cumsum(rng.uniform(*wide, 400))
    edges = np.concatenate([[0.0], edges[edges < 2 * np.pi - wide[1]], [2 * np.pi]])
    which = np.clip(np.searchsorted(edges, a, side="right") - 1, 0, len(edges) - 2)
    high = rng.uniform(0.74, 1.0, len(edges) - 1)
    along = (a - edges[which]) / (edges[which + 1] - edges[which])
    lean = rng.uniform(-0.3, 0.3, len(edges) - 1)[which]
    dome = np.clip(1 - np.abs(2 * along - 1 + lean * np.sin(np.pi * along)) ** 2.4, 0, 1)
    z = tall * high[which] * (0.74 + 0.26 * dome) * (1 + 0.02 * rng.uniform(-1, 1, len(a)))
    z[-1] = z[0]
    way = np.stack([far * np.cos(a), far * np.sin(a)], -1)
    low = np.full((len(a), 1), -1.5)
    rows = [
        np.concatenate([r * way, h], 1)
        for r, h in ((1.0, low), (1.0, 0.7 * z[:, None]), (1.02, z[:, None]), (1.05, low))
    ]
    return surface(np.stack(rows), colour, out=-1)

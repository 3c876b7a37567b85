"""Trees that fork, with leaves about their twigs; hedges; posts. World metres."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from street_set.builder import Builder, Stuff

RGB = tuple[float, float, float]


def tree(
    b: Builder,
    place: NDArray | tuple[float, float],
    height: float,
    crown: float,
    leaves: int,
    seed: int,
) -> None:
    """A street tree at (x, y): height to the top, crown radius [m]."""
    rng = np.random.default_rng([seed, 91])
    tips: list[NDArray] = []
    base = np.array([*place, 0.0])
    fork = 0.34 * height
    top = base + np.array([rng.normal() * 0.12, rng.normal() * 0.12, fork])
    _limb(b, base, top, 0.022 * height, 0.016 * height, 9)

    def grow(start: NDArray, way: NDArray, length: float, thick: float, level: int) -> None:
        end = start + way * length
        _limb(b, start, end, thick, thick * 0.62, 6 if level < 2 else 4)
        if level >= 2:
            tips.extend(start + (end - start) * t for t in (0.45, 0.75, 1.0))
        if level == 4:
            return
        for _ in range(3 if level < 2 else 2 + (rng.random() < 0.5)):
            turn = way + rng.normal(size=3) * (0.55 if level else 0.75)
            turn[2] = max(turn[2], -0.15) + 0.12
            turn /= np.linalg.norm(turn)
            grow(end, turn, length * rng.uniform(0.62, 0.82), thick * 0.62, level + 1)

    for k in range(4):
        a = 2 * np.pi * (k + rng.random() * 0.6) / 4
        lean = 0.55 * crown / (height - fork) * 2.1
        way = np.array([np.cos(a) * lean, np.sin(a) * lean, 1.0])
        grow(top, way / np.linalg.norm(way), 0.30 * (height - fork), 0.012 * height, 0)
    spots = np.array(tips)
    pick = spots[rng.integers(0, len(spots), leaves)] + rng.normal(size=(leaves, 3)) * 0.26
    size = rng.uniform(0.06, 0.13, leaves) * (1.0 if leaves > 6000 else 1.5)
    n = rng.normal(size=(leaves, 3)) + np.array([0, 0, 0.7])
    n /= np.linalg.norm(n, axis=1, keepdims=True)
    t = np.cross(n, rng.normal(size=(leaves, 3)))
    t /= np.linalg.norm(t, axis=1, keepdims=True)
    u = np.cross(n, t)
    s = size[:, None]
    quad = np.stack([pick - t * s, pick - u * s * 0.55, pick + t * s, pick + u * s * 0.55], axis=1)
    green = np.array([0.075, 0.125, 0.03]) * rng.uniform(0.65, 1.4, (leaves, 1))
    green *= 1 + rng.normal(size=(leaves, 3)) * [0.14, 0.04, 0.1]
    b.quads(quad, Stuff.LEAF, np.clip(green, 0.01, 0.4))


def hedge(b: Builder, a: NDArray, c: NDArray, height: float, leaves: int, seed: int) -> None:
    """Leaves filling a strip from a to c (world x, y), 0.8 m wide."""
    rng = np.random.default_rng([seed, 17])
    along = rng.random((leaves, 1))
    p = np.concatenate([a + (c - a) * along, np.zeros((leaves, 1))], axis=1)
    edge = rng.random(leaves)
    p[:, :2] += rng.uniform(-0.4, 0.4, (leaves, 2))
    bumpy = height * (0.9 + 0.1 * np.sin(along[:, 0] * 57) * np.sin(along[:, 0] * 23))
    p[:, 2] = bumpy * np.where(edge < 0.5, np.sqrt(rng.random(leaves)), 1)
    n = rng.normal(size=(leaves, 3))
    t = np.cross(n, [0.3, 0.2, 1.0])
    t /= np.linalg.norm(t, axis=1, keepdims=True)
    u = np.cross(n, t)
    u /= np.linalg.norm(u, axis=1, keepdims=True)
    quad = np.stack([p - t * 0.06, p - u * 0.04, p + t * 0.06, p + u * 0.04], axis=1)
    b.quads(quad, Stuff.LEAF, np.array([0.05, 0.095, 0.025]) * rng.uniform(0.6, 1.4, (leaves, 1)))


def post(
    b: Builder, place: NDArray | tuple[float, float], height: float, radius: float, colour: RGB
) -> None:
    """An upright round post of metal at (x, y), thicker at its foot."""
    base, foot, dome, top = (
        np.array([*place, z]) for z in (0.0, 0.12 * height, height - 0.02, height)
    )
    _limb(b, base, foot, 1.7 * radius, 1.5 * radius, 14, Stuff.METAL, colour)
    _limb(b, foot, dome, radius, 0.7 * radius, 14, Stuff.METAL, colour)
    _limb(b, dome, top, 0.7 * radius, 0.0, 14, Stuff.METAL, colour)


def _limb(
    b: Builder, a: NDArray, c: NDArray, r0: float, r1: float, sides: int,
    stuff: Stuff = Stuff.BARK, colour: RGB = (0.13, 0.105, 0.08),
) -> None:  # fmt: skip
    """A cone from a to c with radii r0 and r1, open at both ends."""
    way = (c - a) / np.linalg.norm(c - a)
    t = np.cross(way, [0.3, 0.9, 0.1])
    t /= np.linalg.norm(t)
    u = np.cross(way, t)
    turn = 2 * np.pi * np.arange(sides + 1) / sides
    ring = np.cos(turn)[:, None] * t + np.sin(turn)[:, None] * u
    low, high = a + ring * r0, c + ring * r1
    b.quads(np.stack([low[:-1], low[1:], high[1:], high[:-1]], axis=1), stuff, colour)

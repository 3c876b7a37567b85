"""What grows and lies about: ground, trees, rocks, grass, and where there is room for them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from setpiece.previs.blocked import Kind, Thing
from setpiece.previs.scenery.parts import (
    GRASS,
    LEAF,
    STONE,
    WOOD,
    Plot,
)
from setpiece.previs.solid import (
    Colour,
    Curve,
    Solid,
    eased,
    ellipsoid,
    joined,
    lathe,
    polygon,
    prism,
    sheet,
    tube,
)

_CELLS = 61


def ground(
    half_w: float, half_d: float, colour: Colour, rough: float = 0.0, seed: int = 0
) -> Thing:
    """Ground about the origin; rough: height of its waves [m] away from the middle."""
    x, y = np.linspace(-half_w, half_w, _CELLS), np.linspace(-half_d, half_d, _CELLS)
    gx, gy = np.meshgrid(x, y)
    z = rough * _relief(gx, gy, seed)
    return Thing("ground", sheet(x, y, z, colour), Kind.GROUND, casts=False)


def _relief(x: NDArray, y: NDArray, seed: int) -> NDArray:
    """Waves of the ground at (x, y) [m], flat in the middle; about 1 high."""
    r = np.random.default_rng(seed)
    z = np.zeros_like(x)
    for _ in range(6):
        a, k, p = r.uniform(0, 2 * np.pi), r.uniform(0.03, 0.13), r.uniform(0, 7)
        z += np.sin(k * (np.cos(a) * x + np.sin(a) * y) + p) / 3
    return z * np.clip((np.hypot(x, y) - 9) / 25, 0, 1) ** 1.5


def tree(rng: np.random.Generator, tall: float, kind: str = "leaf") -> Solid:
    """A leafy, fir or dead tree."""
    lean = rng.normal(0, 0.03 * tall, 2)
    trunk = tube(
        [
            (0, 0, -0.1),
            (lean[0] * 0.4, lean[1] * 0.4, tall * 0.4),
            (lean[0], lean[1], tall * (0.95 if kind == "dead" else 0.75)),
        ],
        [0.035 * tall, 0.024 * tall, 0.010 * tall],
        WOOD,
        sides=9,
    )
    parts = [trunk]
    if kind == "fir":
        for k in range(5):
            z = tall * (0.22 + 0.15 * k)
            r = tall * 0.2 * (1 - 0.16 * k)
            parts.append(
                lathe(
                    [
                        (0.0, z),
                        (r, z - 0.02 * tall),
                        (r * 0.4, z + tall * 0.13),
                        (0.0, z + tall * 0.24),
                    ],
                    LEAF,
                    sides=11,
                    folds=5,
                    depth=0.25,
                    phase=k,
                )
            )
    elif kind == "dead":
        for _ in range(9):
            a, z = rng.uniform(0, 2 * np.pi), rng.uniform(0.35, 0.9) * tall
            reach = rng.uniform(0.14, 0.32) * tall
            p = np.array([lean[0] * z / tall, lean[1] * z / tall, z])
            way = np.array([np.cos(a), np.sin(a), rng.uniform(0.2, 0.8)])
            bend = np.array([rng.normal(0, 0.06), rng.normal(0, 0.06), 0.1]) * tall
            parts.append(
                tube(
                    eased([p, p + way * reach * 0.5, p + way * reach + bend], 2),
                    np.linspace(0.012, 0.002, 5) * tall,
                    WOOD,
                    sides=6,
                )
            )
    else:
        for _ in range(7):
            a, r = rng.uniform(0, 2 * np.pi), rng.uniform(0.0, 0.2) * tall
            z = tall * rng.uniform(0.55, 0.9)
            s = tall * rng.uniform(0.13, 0.2)
            parts.append(
                ellipsoid(
                    (s, s, s * 0.8), (r * np.cos(a) + lean[0], r * np.sin(a) + lean[1], z), LEAF, 12
                )
            )
    return joined(parts)


def rock(rng: np.random.Generator, size: float, tall: float = 0.6) -> Solid:
    n = int(rng.integers(5, 8))
    a = (
        np.sort(rng.uniform(0, 2 * np.pi, n))
        if n > 7
        else np.linspace(0, 2 * np.pi, n, endpoint=False) + rng.uniform(-0.3, 0.3, n)
    )
    r = size * rng.uniform(0.7, 1.1, n)
    return prism(
        np.column_stack([r * np.cos(a), r * np.sin(a)]).tolist(),
        -0.1,
        size * tall,
        STONE,
        top=rng.uniform(0.45, 0.7),
    )


def tufts(
    rng: np.random.Generator, n: int, near: float, far: float, tall: float, keep: Plot,
    rough: float = 0.0,
) -> Thing:  # fmt: skip
    """Grass drawn as a few quick strokes, on ground of the same `rough`."""
    lines = []
    for _ in range(n):
        a, r = rng.uniform(0, 2 * np.pi), near + (far - near) * rng.uniform() ** 1.4
        x, y = r * np.cos(a), r * np.sin(a)
        z = rough * float(_relief(np.array([x]), np.array([y]), keep.seed)[0]) if rough else 0.0
        turn = rng.uniform(0, np.pi)
        for k in range(4):
            s = tall * rng.uniform(0.6, 1.2)
            # They fan out one way, and a little across it, so that they do from every side.
            b, c = (k - 1.5) * 0.25 * tall, (0.5 - k % 2) * 0.3 * tall
            u = np.cos(turn) * b - np.sin(turn) * c
            v = np.sin(turn) * b + np.cos(turn) * c
            blade = [(x + f * u, y + f * v, z + g * s) for f, g in ((0.3, 0), (1, 0.7), (2.1, 1))]
            lines.append(Curve(eased(blade, 3), 0.012))
    dot = polygon([(0, 0, -0.5), (0.01, 0, -0.5), (0, 0.01, -0.5)], GRASS)
    return Thing(
        "tufts",
        Solid(dot.vertices, dot.normals, dot.faces, dot.facet, dot.colour, tuple(lines)),
        casts=False,
    )


def spread(
    plot: Plot, rng: np.random.Generator, n: int, near: float, far: float, gap: float
) -> list[tuple[float, float]]:
    """Up to n places between two distances [m] from the middle, apart by `gap`, off the action."""
    out: list[tuple[float, float]] = []
    hw, hd = plot.half
    for _ in range(n * 6):
        a, r = rng.uniform(0, 2 * np.pi), np.sqrt(rng.uniform(near**2, far**2))
        c, q = np.cos(a), np.sin(a)
        # Distances count from the edge of the playing area, less what stands in its corners.
        edge = min(hw / max(abs(c), 1e-6), hd / max(abs(q), 1e-6))
        r += max(edge - near * 0.6, 0.0)
        x, y = float(r * c), float(r * q)
        apart = all(np.hypot(x - u, y - v) > gap for u, v in out)
        if len(out) < n and apart and plot.free(x, y, gap * 0.25):
            out.append((x, y))
    return out

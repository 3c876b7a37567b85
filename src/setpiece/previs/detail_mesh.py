"""Marks on walls and on the ground: a crack with its dust, a patch of masonry; front toward +Y."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from setpiece.previs.solid import Colour, Solid, box, joined, polygon

_GAP: Colour = (0.07, 0.07, 0.08)
_EDGE: Colour = (0.62, 0.6, 0.57)
_SEAM: Colour = (0.55, 0.54, 0.52)


def _split(path: NDArray, width: NDArray, y: float, colour: Colour) -> list[Solid]:
    """A jagged strip in the plane y along path (N, 2) of x and z, width (N,) [m]."""
    out = []
    for (ax, az), (bx, bz), wa, wb in zip(path, path[1:], width / 2, width[1:] / 2, strict=False):
        long = max(float(np.hypot(bx - ax, bz - az)), 1e-6)
        ux, uz = (bz - az) / long, -(bx - ax) / long  # across the strip
        out.append(polygon(
            [(ax - wa * ux, y, az - wa * uz), (bx - wb * ux, y, bz - wb * uz),
             (bx + wb * ux, y, bz + wb * uz), (ax + wa * ux, y, az + wa * uz)], colour,
        ))  # fmt: skip
    return out


def crack() -> Solid:
    """A crack 1.7 m high with two branches, chipped edges, and dust that runs out of it."""
    rng = np.random.default_rng(5)
    z = np.linspace(0, 1.7, 12)
    x = 0.16 * np.sin(2.4 * z + 0.5) + np.cumsum(rng.normal(0, 0.022, 12)) - 0.1
    x += 0.03 * (-1) ** np.arange(12)
    trunk = np.column_stack([x, z])
    wide = np.interp(z, [0, 0.5, 1.1, 1.7], [0.008, 0.036, 0.03, 0.006])
    parts = _split(trunk + np.array([0.012, -0.004]), wide * 1.9, 0.004, _EDGE)
    parts += _split(trunk, wide, 0.008, _GAP)
    for at, way in ((4, (0.2, 0.16)), (7, (-0.2, 0.24)), (9, (0.13, 0.12))):
        t = np.linspace(0, 1, 5)[:, None]
        limb = trunk[at] + t * np.array(way) + np.column_stack(
            [np.zeros(5), 0.02 * (-1) ** np.arange(5)])  # fmt: skip
        parts += _split(limb, np.linspace(0.022, 0.004, 5), 0.008, _GAP)
    for _ in range(26):  # dust and crumbs on their way down
        k = int(rng.integers(2, 10))
        down = rng.uniform(0, z[k])
        r = rng.uniform(0.004, 0.011)
        p = (x[k] + rng.normal(0, 0.03), rng.uniform(0.02, 0.06), z[k] - down)
        parts.append(box((r, r, 2.2 * r), p, _EDGE))
    return joined(parts)


def ground_crack() -> Solid:
    """A crack that runs across the ground."""
    rng = np.random.default_rng(6)
    x = np.linspace(-1.6, 1.6, 14)
    y = 0.5 * np.sin(1.3 * x) + rng.normal(0, 0.05, 14)
    wide = np.interp(np.abs(x), [0, 1.6], [0.14, 0.02])
    out = []
    for k in range(13):
        (ax, bx), (ay, by), (aw, bw) = x[k : k + 2], y[k : k + 2], wide[k : k + 2] / 2
        flat = [(ax, ay - aw, 0.01), (bx, by - bw, 0.01), (bx, by + bw, 0.01), (ax, ay + aw, 0.01)]
        out.append(polygon(flat, _GAP))
    return joined(out)


def masonry() -> Solid:
    """A few stones of a wall, told by their joints: 0.9 by 0.6 m."""
    out = []
    for row in range(4):
        z = 0.2 * row
        out.append(box((0.9, 0.006, 0.008), (0, 0.004, z), _SEAM))
        if row < 3:
            for x in np.arange(-0.4 + 0.13 * (row % 2), 0.45, 0.27):
                out.append(box((0.008, 0.006, 0.2), (x, 0.004, z + 0.1), _SEAM))
    return joined(out)

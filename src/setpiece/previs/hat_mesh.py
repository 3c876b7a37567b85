"""What is worn on a head: crown, circlet, helmet, hood, cap, brim, veil."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from setpiece.previs.skull import Skull
from setpiece.previs.solid import Colour, Curve, Solid, f32, joined, lathe, shaded, surface, tube

COLS = 44
UP = np.array([0.0, 0.0, 1.0])
GOLD: Colour = (0.86, 0.78, 0.5)


def hat(kind: str, skull: Skull, colour: Colour) -> list[Solid]:
    """The parts of a hat in head space; none for a kind that there is not."""
    away = _away()
    if kind in ("crown", "circlet"):
        n = 48
        a = np.linspace(0, 2 * np.pi, n, endpoint=False)
        ring = np.stack([0.088 * np.sin(-a), 0.112 * np.cos(a) - 0.006, np.full(n, 0.056)], -1)
        tall = (
            0.055 * np.abs(((a * 8 / (2 * np.pi)) % 1) * 2 - 1) + 0.03
            if kind == "crown"
            else np.full(n, 0.018)
        )
        upper = ring * [1.06, 1.06, 1] + UP * tall[:, None]
        return [surface(np.stack([ring, upper]), GOLD, wrap=True)]
    if kind == "helmet":
        return _helmet(colour)
    if kind == "hood":
        return _draped(skull, colour, 1.05, 0.02, 0.66, 0.29, 0.5)
    if kind == "cap":
        limit = np.interp(away, [0, 1.4, np.pi], [0.5, 0.32, 0.1])
        a = np.linspace(-1.05, 1.05, 15)[None]
        s = np.linspace(0, 1, 4)[:, None]
        base = skull.at(np.full((1, 15), 0.48), a, 0.015)
        peak = base + np.array([0, 0.075, -0.018]) * (s * np.cos(a))[..., None]
        return [_shell(skull, limit, np.full(COLS, 0.018), colour), surface(peak, colour, out=-1)]
    if kind == "brim":
        profile = [(0.138, 0.050), (0.146, 0.055), (0.099, 0.062), (0.097, 0.098), (0.082, 0.134),
            (0.05, 0.150), (0.0, 0.153)]  # fmt: skip
        band = [(0.0985, 0.064), (0.1005, 0.066), (0.1, 0.080), (0.0975, 0.082)]
        felt = shaded(colour, 0.62)
        return [lathe(profile, felt, sides=28, squash=1.18),
            lathe(band, shaded(colour, 0.3), sides=28, squash=1.18)]  # fmt: skip
    if kind == "veil":
        return _draped(skull, colour, 1.3, 0.08, 0.72, 0.42, 0.32)
    return []


def _away() -> NDArray:
    """0 at the face .. pi at the back, a column."""
    a = np.linspace(0, 2 * np.pi, COLS, endpoint=False)
    return np.minimum(a, 2 * np.pi - a)


def _helmet(colour: Colour) -> list[Solid]:
    """A pointed iron cap with a band and a bar before the nose."""
    bowl = lathe([(0.094, 0.034), (0.095, 0.06), (0.087, 0.098), (0.064, 0.138), (0.03, 0.166),
        (0.0, 0.178)], colour, sides=32, squash=1.2)  # fmt: skip
    band = lathe([(0.0955, 0.030), (0.1, 0.032), (0.1, 0.052), (0.0955, 0.054)], colour,
        sides=32, squash=1.2)  # fmt: skip
    bar = tube([(0, 0.118, 0.045), (0, 0.126, 0.005), (0, 0.130, -0.024)], [0.011, 0.009, 0.008],
        colour, squash=0.4)  # fmt: skip
    z = np.linspace(0.055, 0.174, 9)
    r = np.interp(
        z, [0.034, 0.06, 0.098, 0.138, 0.166, 0.178], [0.094, 0.095, 0.087, 0.064, 0.03, 0]
    )
    ridges = [Curve(f32(np.column_stack([r * x + 0.001, 1.2 * r * y, z])), 0.003)
              for x, y in ((0, 1.02), (1.02, 0), (-1.02, 0), (0, -1.02))]  # fmt: skip
    bowl = Solid(bowl.vertices, bowl.normals, bowl.faces, bowl.facet, bowl.colour, tuple(ridges))
    return [bowl, band, bar]


def _shell(skull: Skull, limit: NDArray, thick: ArrayLike, colour: Colour) -> Solid:
    """A cap from latitudes `limit` (COLS,) to the crown, `thick` [m] off the head."""
    s = np.linspace(0, 1, 12)[:, None]
    a = np.linspace(0, 2 * np.pi, COLS, endpoint=False)[None]
    t = limit[None] + (np.pi / 2 - limit[None]) * s
    thick = np.broadcast_to(np.asarray(thick, float), (COLS,))
    even = np.clip((s - 0.55) / 0.45, 0, 1)  # one height where all columns meet
    lift = thick[None] * (1 - even) + thick.mean() * even
    return surface(skull.at(t, a, lift), colour, wrap=True, out=-1)


def _draped(
    skull: Skull, colour: Colour, open_: float, low: float, brow: float, drop: float, flare: float
) -> list[Solid]:
    """Cloth over the head that falls to the shoulders: open to `open_` radians from the face, from
    latitude `low` on it hangs `drop` metres and widens by `flare`."""
    away = _away()
    limit = np.interp(away, [0, open_ * 0.7, open_, np.pi], [brow, brow * 0.7, low, low])
    thick = np.interp(away, [0, 1, np.pi], [0.026, 0.03, 0.042])
    a = np.linspace(open_, 2 * np.pi - open_, 27)[None]
    s = np.linspace(0, 1, 8)[:, None]
    around = np.minimum(a, 2 * np.pi - a)
    rim = skull.at(np.full((1, 27), low), a, np.interp(around, [0, 1, np.pi], [0.026, 0.03, 0.042]))
    fall = rim - UP * (s * drop)[..., None]
    fall[..., :2] *= (1 + flare * s**1.5)[..., None]
    folds = [Curve(f32(fall[1:k, j] * [1.02, 1.02, 1]), 0.003)
             for j, k in ((3, 8), (8, 6), (13, 8), (18, 7), (23, 8))]  # fmt: skip
    cloth = joined([_shell(skull, limit, thick, colour), surface(fall, colour)]).smooth()
    return [Solid(cloth.vertices, cloth.normals, cloth.faces, cloth.facet, cloth.colour,
        tuple(folds))]  # fmt: skip

"""Heads that say where they look: skull, nose, brow, eyes, mouth, hair, hats.

Head space: origin midway between crown and chin, +Y where the face looks, +Z up, +X the figure's
right; metres for a head 0.235 m high.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from setpiece.previs.solid import Colour, Curve, Solid, ellipsoid, joined, lathe, surface, tube

ROWS, COLS = 34, 44
UP = np.array([0.0, 0.0, 1.0])


def _skull(lift: float = 0.0) -> NDArray:
    """Points (ROWS, COLS, 3) of the head, `lift` metres outside it; columns start at the face."""
    t = np.linspace(-np.pi / 2, np.pi / 2, ROWS)[:, None]
    a = np.linspace(0, 2 * np.pi, COLS, endpoint=False)[None]
    return _at(t, a, lift)


def _at(t: NDArray, a: NDArray, lift: NDArray | float) -> NDArray:
    """The skull's surface at latitude t and angle a from the face, anticlockwise from above."""
    t, a = np.broadcast_arrays(t, a)
    x, y, z = -np.cos(t) * np.sin(a), np.cos(t) * np.cos(a), np.sin(t)
    front, low = np.clip(y, 0, 1), np.clip(-z, 0, 1)
    wide = 0.077 * (1 - 0.30 * low**1.6) * (1 + 0.04 * np.clip(z, 0, 1))
    # The face is flatter than a ball, the back of the head fuller, the jaw runs back to the ear.
    deep = np.where(y > 0, 0.097 - 0.004 * low, 0.106 * (1 - 0.42 * low**1.2))
    px, py = wide * x, deep * y * (1 - 0.10 * front * np.abs(x))
    pz = np.where(z > 0, 0.117, 0.118) * z
    # Chin forward, sockets back, brow and cheekbones out.
    py = py + 0.020 * front * np.exp(-(((pz + 0.098) / 0.026) ** 2)) * np.exp(-((px / 0.035) ** 2))
    socket = np.exp(-(((np.abs(px) - 0.034) / 0.019) ** 2) - ((pz - 0.002) / 0.015) ** 2)
    py = py - 0.011 * front * socket
    py = py + 0.006 * front * np.exp(-(((pz - 0.027) / 0.011) ** 2)) * np.exp(-((px / 0.05) ** 2))
    cheek = np.exp(-(((np.abs(px) - 0.046) / 0.02) ** 2) - ((pz + 0.026) / 0.018) ** 2)
    px, py = px * (1 + 0.03 * cheek), py + 0.004 * front * cheek
    p = np.stack([px, py, pz], -1)
    out = p / np.maximum(np.linalg.norm(p, axis=-1, keepdims=True), 1e-9)
    return p + out * np.asarray(lift)[..., None] if np.ndim(lift) else p + out * lift


def _on_face(xz: NDArray, lift: float = 0.0035) -> NDArray:
    """Points (N, 3) on the front of the head over (x, z) [m], a little outside it."""
    t = np.linspace(-1.4, 1.4, 141)[:, None]
    a = np.linspace(-1.5, 1.5, 151)[None]
    grid = _at(t, a, lift).reshape(-1, 3)
    near = ((grid[None, :, [0, 2]] - np.asarray(xz)[:, None]) ** 2).sum(-1).argmin(1)
    return np.column_stack([xz[:, 0], grid[near, 1], xz[:, 1]])


def _line(points: list[tuple[float, float]], width: float, lift: float = 0.0035) -> Curve:
    fine = np.asarray(points, float)
    if len(fine) == 3:  # an arc through three points
        s = np.linspace(0, 1, 9)[:, None]
        middle = 2 * fine[1] - (fine[0] + fine[2]) / 2
        fine = (1 - s) ** 2 * fine[0] + 2 * s * (1 - s) * middle + s**2 * fine[2]
    return Curve(_on_face(fine, lift).astype(np.float32), width)


def _face(feeling: float, elder: bool) -> tuple[Curve, ...]:
    """Brows, eyes, nose and mouth; feeling 0 (calm) .. 1 (beside oneself) opens and bends them."""
    lines: list[Curve] = []
    f = float(np.clip(feeling, 0, 1))
    for side in (-1, 1):
        lines += [
            _line(
                [(side * 0.017, 0.029 - 0.007 * f), (side * 0.034, 0.037), (side * 0.056, 0.029)],
                0.0054,
            ),
            _line(
                [
                    (side * 0.019, -0.001),
                    (side * 0.033, 0.0075 + 0.004 * f),
                    (side * 0.053, -0.001),
                ],
                0.0044,
            ),
            _line(
                [(side * 0.025, -0.0065), (side * 0.035, -0.0085), (side * 0.047, -0.006)], 0.0015
            ),
            _line([(side * 0.0350, 0.0022), (side * 0.0351, -0.0012)], 0.0098, 0.003),
            _line(
                [(side * 0.008, -0.047), (side * 0.013, -0.044), (side * 0.016, -0.038)],
                0.0026,
                0.006,
            ),
        ]
        if elder:
            lines += [
                _line(
                    [(side * 0.021, -0.04), (side * 0.029, -0.052), (side * 0.033, -0.064)], 0.0022
                ),
                _line(
                    [(side * 0.02, -0.018), (side * 0.034, -0.022), (side * 0.046, -0.017)], 0.0014
                ),
            ]
    gap = 0.011 * max(f - 0.35, 0.0)
    lines.append(_line([(-0.023, -0.067), (0.0, -0.0655 + gap / 2), (0.023, -0.067)], 0.0036))
    if gap > 0.001:
        lines.append(_line([(-0.018, -0.068), (0.0, -0.070 - gap), (0.018, -0.068)], 0.0032))
    lines.append(
        _line([(-0.010, -0.080 - gap), (0.0, -0.0815 - gap), (0.010, -0.080 - gap)], 0.0022)
    )
    return tuple(lines)


def _hair(
    limit: NDArray, thick: NDArray, colour: Colour, bump: float = 0.0, edge: float = 0.25
) -> Solid:
    """A cap of hair: latitudes `limit` (COLS,) where it ends, thickness (COLS,) [m]; edge: how
    much of that is left where it ends."""
    s = np.linspace(0, 1, 16)[:, None]
    a = np.linspace(0, 2 * np.pi, COLS, endpoint=False)[None]
    t = limit[None] + (np.pi / 2 - limit[None]) * s
    even = np.clip((s - 0.55) / 0.45, 0, 1)  # one height where all columns meet
    lift = (thick[None] * (1 - even) + thick.mean() * even) * np.clip(
        s * 5, 0.25, 1
    ) + bump * np.sin(7 * a) * np.sin(19 * s) * (s < 0.99)
    cap = surface(_at(t, np.broadcast_to(a, t.shape), lift), colour, wrap=True)
    if edge > 0.5:
        return cap
    lines = []
    for k, j in enumerate(range(1, COLS, 3)):
        run = np.linspace(0.06, (0.3, 0.55, 0.42)[k % 3], 7)
        turn = a[0, j] + 0.35 * run * (1 if a[0, j] < np.pi else -1)
        low, top = limit[j], np.pi / 2
        rise = np.interp(run, s[:, 0], lift[:, j]) + 0.003
        lines.append(Curve(_at(low + (top - low) * run, turn, rise).astype(np.float32), 0.0026))
    return Solid(cap.vertices, cap.normals, cap.faces, cap.facet, cap.colour, tuple(lines))


def _angles() -> NDArray:
    a = np.linspace(0, 2 * np.pi, COLS, endpoint=False)
    return np.abs(np.where(a > np.pi, a - 2 * np.pi, a))  # 0 at the face .. pi at the back


def hair(style: str, colour: Colour) -> list[Solid]:
    """Hair by style: short, crop, curly, long, bun, tail, fringe (bald above the ears), bald."""
    away = _angles()
    ends = {
        "short": -0.45,
        "crop": -0.25,
        "curly": -0.45,
        "long": -0.5,
        "bun": -0.5,
        "tail": -0.5,
        "fringe": -0.3,
    }
    if style not in ends:
        return []
    # From the forehead down past the temple to the nape.
    limit = np.interp(
        away, [0, 0.55, 0.95, 1.35, 1.75, np.pi], [0.62, 0.58, 0.3, -0.12, ends[style], ends[style]]
    )
    if style == "fringe":
        t = np.interp(away, [0, 1.2, 1.5, np.pi], [0.3, 0.3, -0.1, -0.4])
        s = np.linspace(0, 1, 6)[:, None]
        a = np.linspace(0, 2 * np.pi, COLS, endpoint=False)[None]
        wide = np.interp(away, [0, 1.1, 1.5, np.pi], [0.0, 0.0, 0.45, 0.62])[None]
        lift = 0.014 * np.sin(np.pi * s) * (wide > 0.05) + 0 * t[None]
        return [
            surface(
                _at(t[None] + wide * s, np.broadcast_to(a, (6, COLS)), lift - 0.001),
                colour,
                wrap=True,
            )
        ]
    thick = np.interp(
        away,
        [0, np.pi],
        {"crop": [0.008, 0.010], "curly": [0.026, 0.032]}.get(style, [0.019, 0.027]),
    )
    parts = [
        _hair(
            limit, thick, colour, 0.005 if style == "curly" else (0.0 if style == "crop" else 0.002)
        )
    ]
    if style == "long":
        a = np.linspace(1.15, 2 * np.pi - 1.15, 25)[None]
        s = np.linspace(0, 1, 9)[:, None]
        top = _at(np.full((1, 25), 0.25), a, 0.02)
        fall = top - UP * (s * 0.30)[..., None]
        fall[..., :2] *= (1 + 0.10 * np.sin(s * np.pi) - 0.05 * s)[..., None]
        parts.append(surface(fall, colour))
    if style == "bun":
        parts.append(ellipsoid((0.045, 0.042, 0.042), (0, -0.125, 0.03), colour, 12))
    if style == "tail":
        parts.append(
            tube(
                [(0, -0.115, 0.04), (0, -0.165, 0.02), (0, -0.165, -0.08), (0, -0.14, -0.17)],
                [0.02, 0.032, 0.03, 0.008],
                colour,
                squash=0.8,
            )
        )
    return parts


def beard(length: float, colour: Colour) -> Solid:
    """Cheeks and chin down to `length` metres below the chin."""
    away = np.linspace(-1.2, 1.2, 27)[None]
    s = np.linspace(0, 1, 9)[:, None]
    top = np.interp(np.abs(away), [0, 0.25, 0.5, 0.9, 1.2], [-0.62, -0.6, -0.52, -0.42, -0.5])
    t = top + (-1.38 - top) * s
    p = _at(
        t,
        np.broadcast_to(away, t.shape),
        0.004 + 0.016 * np.sin(np.pi * np.clip(s + 0.12, 0, 1)) + 0 * t,
    )
    drop = np.clip(s - 0.35, 0, 1)[..., None] * np.exp(-((away / 0.75) ** 2))[..., None]
    return surface(
        p - UP * drop * length * 1.5 + np.array([0, 0.25 * length, 0]) * drop, colour, out=-1
    )


def hat(kind: str, colour: Colour) -> list[Solid]:
    """What is worn: crown, circlet, helmet, hood, cap, brim, veil."""
    away = _angles()
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
        return [surface(np.stack([ring, upper]), (0.86, 0.78, 0.5), wrap=True)]
    if kind == "helmet":
        limit = np.interp(away, [0, 0.5, 1.0, 1.5, np.pi], [0.42, 0.40, 0.18, -0.15, -0.35])
        cap = _hair(limit, np.full(COLS, 0.02), colour)
        nasal = tube(
            [(0, 0.112, 0.055), (0, 0.128, 0.01), (0, 0.137, -0.02)],
            [0.012, 0.010, 0.008],
            colour,
            squash=0.4,
        )
        return [cap, nasal, ellipsoid((0.012, 0.012, 0.022), (0, -0.005, 0.15), colour, 8)]
    if kind == "hood":
        return _draped(colour, 1.05, 0.02, 0.66, 0.29, 0.5)
    if kind == "cap":
        limit = np.interp(away, [0, 1.4, np.pi], [0.5, 0.32, 0.1])
        a = np.linspace(-1.05, 1.05, 15)[None]
        s = np.linspace(0, 1, 4)[:, None]
        base = _at(np.full((1, 15), 0.48), a, 0.015)
        peak = base + np.array([0, 0.075, -0.018]) * (s * np.cos(a))[..., None]
        return [_hair(limit, np.full(COLS, 0.018), colour), surface(peak, colour, out=-1)]
    if kind == "brim":
        rim = lathe(
            [
                (0.15, 0.05),
                (0.16, 0.055),
                (0.098, 0.062),
                (0.096, 0.13),
                (0.08, 0.155),
                (0.0, 0.15),
            ],
            colour,
            sides=28,
            squash=1.18,
        )
        return [rim]
    if kind == "veil":
        return _draped(colour, 1.3, 0.08, 0.72, 0.42, 0.32)
    return []


def _draped(
    colour: Colour, open_: float, low: float, brow: float, drop: float, flare: float
) -> list[Solid]:
    """Cloth over the head that falls to the shoulders: open to `open_` radians from the face, from
    latitude `low` on it hangs `drop` metres and widens by `flare`."""
    away = _angles()
    limit = np.interp(away, [0, open_ * 0.7, open_, np.pi], [brow, brow * 0.7, low, low])
    thick = np.interp(away, [0, 1, np.pi], [0.026, 0.03, 0.042])
    a = np.linspace(open_, 2 * np.pi - open_, 27)[None]
    s = np.linspace(0, 1, 8)[:, None]
    around = np.abs(np.where(a > np.pi, a - 2 * np.pi, a))
    rim = _at(np.full((1, 27), low), a, np.interp(around, [0, 1, np.pi], [0.026, 0.03, 0.042]))
    fall = rim - UP * (s * drop)[..., None]
    fall[..., :2] *= (1 + flare * s**1.5)[..., None]
    return [joined([_hair(limit, thick, colour, edge=1.0), surface(fall, colour)]).smooth()]


@lru_cache(maxsize=256)
def head(
    style: str,
    hat_kind: str,
    bearded: float,
    elder: bool,
    feeling: float,
    skin: Colour,
    hair_colour: Colour,
    hat_colour: Colour,
) -> Solid:
    """A whole head in head space. bearded: beard below the chin [m], 0 for none."""
    skull = surface(_skull(), skin, wrap=True)
    nose = tube(
        [(0, 0.089, 0.020), (0, 0.100, -0.006), (0, 0.113, -0.030), (0, 0.108, -0.041)],
        [0.006, 0.0085, 0.0125, 0.011],
        skin,
        sides=10,
    )
    parts = [joined([skull, nose]).smooth()]
    for side in (-1, 1):
        parts.append(ellipsoid((0.008, 0.02, 0.032), (side * 0.076, -0.014, -0.006), skin, 10))
    covered = hat_kind in ("helmet", "hood", "veil")
    if not covered:
        parts += hair(
            "crop" if hat_kind in ("cap", "brim") and style != "long" else style, hair_colour
        )
    if bearded > 0:
        parts.append(beard(bearded, hair_colour))
    parts += hat(hat_kind, hat_colour)
    whole = joined(parts)
    return Solid(
        whole.vertices,
        whole.normals,
        whole.faces,
        whole.facet,
        whole.colour,
        (*whole.curves, *_face(feeling, elder)),
    )

"""Hair and beards: a mass that ends in locks, lit along its crown, with strands as they grow.

Head space and angles are `skull.py`'s. A mass is one facet with tones in it, so that what is inked
is its outline, and inside it strands alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from setpiece.previs.skull import Skull
from setpiece.previs.solid import Colour, Curve, Solid, eased, ellipsoid, f32, joined, surface, tube

UP = np.array([0.0, 0.0, 1.0])
COLS, ROWS = 72, 13
_SHINE = np.array([0.25, 0.35, 0.9]) / np.linalg.norm([0.25, 0.35, 0.9])


@dataclass(frozen=True)
class Cut:
    """A haircut. line: (angle from the face, latitude) pairs along which hair ends, the same on
    both sides. part: angle of the parting, at the front. thick: depth [m] of hair at the
    forehead, over the crown, at the sides and back. ragged: how deep its locks are cut [rad].
    curl: height of its curls [m]. forward: from the crown to the forehead, without a parting;
    back: from the forehead to the nape."""

    line: tuple[tuple[float, float], ...]
    part: float = 0.0
    thick: tuple[float, float, float] = (0.012, 0.018, 0.012)
    ragged: float = 0.05
    curl: float = 0.0
    way: str = "part"


_MAN = ((0, 0.60), (0.35, 0.62), (0.72, 0.66), (0.9, 0.42), (1.08, 0.12),
    (1.2, -0.16), (1.36, -0.14), (1.44, 0.24), (1.98, 0.26), (2.12, -0.12),
    (2.3, -0.5), (np.pi, -0.6))  # fmt: skip
_BACK = ((0, 0.66), (0.4, 0.70), (0.72, 0.74), (0.95, 0.42), (1.15, 0.08), (1.4, 0.2), (1.98, 0.2),
    (2.2, -0.3), (np.pi, -0.56))  # fmt: skip
_WOMAN = ((0, 0.66), (0.5, 0.60), (0.85, 0.42), (1.08, 0.1), (1.3, -0.25), (1.6, -0.42),
    (np.pi, -0.55))  # fmt: skip
_UP = ((0, 0.56), (0.45, 0.58), (0.85, 0.45), (1.1, 0.12), (1.3, 0.1), (1.46, 0.26), (1.95, 0.24),
    (2.2, -0.2), (np.pi, -0.5))  # fmt: skip
_HIGH = ((0, 0.76), (0.22, 0.80), (0.5, 1.02), (0.75, 0.92), (0.95, 0.52), (1.1, 0.14),
    *_MAN[5:])  # fmt: skip
CUTS: dict[str, Cut] = {
    "short": Cut(_MAN, part=0.55, thick=(0.016, 0.021, 0.011)),
    "swept": Cut(_BACK, thick=(0.019, 0.020, 0.010), way="back"),
    "crop": Cut(_MAN, thick=(0.007, 0.009, 0.006), ragged=0.06, way="forward"),
    "curly": Cut(_MAN, thick=(0.022, 0.030, 0.020), ragged=0.09, curl=0.007, way="forward"),
    "receding": Cut(_HIGH, thick=(0.006, 0.010, 0.009), ragged=0.07, way="back"),
    "long": Cut(_WOMAN, part=0.12, thick=(0.012, 0.018, 0.018), ragged=0.03),
    "mane": Cut(_BACK, thick=(0.015, 0.019, 0.014), ragged=0.04, way="back"),
    "bun": Cut(_UP, part=-0.3, thick=(0.010, 0.012, 0.009), ragged=0.03, way="back"),
    "tail": Cut(_UP, thick=(0.010, 0.013, 0.009), ragged=0.04, way="back"),
}  # fmt: skip
STYLES = (*CUTS, "fringe", "bald")


def hair(style: str, skull: Skull, colour: Colour) -> list[Solid]:
    """Hair by style, one of `STYLES`: "fringe" is bald above the ears; none for "bald"."""
    if style == "fringe":
        return [_ring(skull, colour)]
    if style not in CUTS:
        return []
    cut = CUTS[style]
    parts = [_mass(cut, skull, colour)]
    if style == "long":
        parts.append(_fall(skull, colour, 0.25, 1.0))
    if style == "mane":  # brushed back, and down behind the ears to the collar
        parts.append(_fall(skull, colour, 0.17, 1.5))
    if style == "bun":
        knot = ellipsoid((0.043, 0.040, 0.041), (0, -0.122, 0.035), colour, 14)
        turns = [_turn(0.041, 0.0, 2 * np.pi), *(_turn(0.031 - 0.010 * k, k) for k in range(2))]
        parts.append(_with(knot, turns))
    if style == "tail":
        way = eased([(0, -0.105, 0.035), (0, -0.135, 0.03), (0, -0.148, -0.02), (0, -0.138, -0.09),
            (0, -0.115, -0.15)], 4)  # fmt: skip
        wide = np.interp(np.linspace(0, 1, len(way)), [0, 0.2, 0.5, 0.8, 1],
            [0.014, 0.022, 0.027, 0.018, 0.004])  # fmt: skip
        lock = tube(way, wide, colour, squash=0.8)
        runs = [way[k:j] + np.array([x, -0.7 * w, 0.0]) for k, j, x, w in (
            (4, 15, -0.012, 0.02), (2, 12, 0.0, 0.022), (5, 14, 0.012, 0.02))]  # fmt: skip
        parts.append(_with(lock, [Curve(f32(r), 0.0022) for r in runs]))
    return [joined(parts).smooth() if style in ("long", "mane") else joined(parts)]


def _with(solid: Solid, lines: list[Curve]) -> Solid:
    return Solid(solid.vertices, solid.normals, solid.faces, solid.facet, solid.colour,
        (*solid.curves, *lines))  # fmt: skip


def _turn(radius: float, phase: float, arc: float = 4.2) -> Curve:
    a = np.linspace(phase, phase + arc, 12)
    ring = np.stack([radius * np.cos(a), np.full(12, -0.155), 0.035 + radius * np.sin(a)], 1)
    return Curve(f32(ring), 0.0022)


def _away(a: NDArray) -> NDArray:
    """0 at the face .. pi at the back."""
    a = np.mod(a, 2 * np.pi)
    return np.minimum(a, 2 * np.pi - a)


def _grain(n: int, seed: int) -> NDArray:
    return np.random.default_rng(seed).uniform(0, 1, n)


def _ends(cut: Cut, a: NDArray) -> NDArray:
    """Latitudes where hair ends, without its locks."""
    line = np.array(cut.line)
    return np.interp(_away(a), line[:, 0], line[:, 1])


def _lift(cut: Cut, s: NDArray, a: NDArray) -> NDArray:
    """Depth of hair [m] at a part s of the way from where it ends to the crown."""
    front, crown, side = cut.thick
    away = _away(a)
    rim = np.interp(away, [0, 0.8, 1.3, np.pi], [front, 0.8 * front, side, 1.15 * side])
    even = np.clip((s - 0.35) / 0.5, 0, 1)
    full = rim * (1 - even) + crown * even
    # Hair leaves the skin at once and stands on it, thinner where it is cut short.
    rise = np.interp(s, [0, 0.08, 0.25, 1], [0.22, 0.75, 1, 1])
    wave = 0.0014 * np.sin(9 * a + 4 * s) * np.sin(5 * s + 1.3) * (s < 0.9)
    if cut.curl:
        wave = cut.curl * np.sin(11 * a + 5 * np.sin(7 * s)) * np.sin(13 * s + 2) * (s < 0.95)
    if cut.part:  # the parting is a furrow
        turn = np.angle(np.exp(1j * (a - cut.part)))
        rise = rise * (1 - 0.5 * np.exp(-((turn / 0.10) ** 2)) * (s < 0.8))
    return full * rise + wave


def _mass(cut: Cut, skull: Skull, colour: Colour) -> Solid:
    a = np.linspace(0, 2 * np.pi, COLS, endpoint=False)
    jag = cut.ragged * (_grain(COLS, 5) * np.where(np.arange(COLS) % 2, 1.0, -1.0))
    ends = _ends(cut, a) + jag
    s = np.linspace(0, 1, ROWS)[:, None] ** 1.15
    t = ends[None] + (np.pi / 2 - ends[None]) * s
    ring = np.broadcast_to(a[None], t.shape)
    cap = surface(skull.at(t, ring, _lift(cut, np.broadcast_to(s, t.shape), ring)), colour,
        wrap=True, out=-1)  # fmt: skip
    return Solid(cap.vertices, cap.normals, cap.faces, cap.facet, _shine(cap, colour, cut.way),
        _curls(cut, skull) if cut.curl else _strands(cut, skull))  # fmt: skip


def _shine(cap: Solid, colour: Colour, way: str) -> NDArray:
    """Tones (F, 3): light lies on the crown and breaks up along the strands."""
    normal = cap.normals[cap.faces].mean(1)
    where = cap.vertices[cap.faces].mean(1)
    turn = np.arctan2(where[:, 0], where[:, 1]) if way != "back" else 9 * where[:, 0] / 0.08
    broken = 0.10 * np.sin(23 * turn) + 0.06 * np.sin(41 * turn + 1)
    facing = normal @ _SHINE + broken
    lit = (facing > 0.72) & (facing < 0.93)
    tone = f32(colour)
    light = tone + (1 - tone) * np.float32(0.30)
    return np.where(lit[:, None], light, tone * np.float32(0.92)).astype(np.float32)


def _between(root: NDArray, tip: NDArray, s: NDArray) -> NDArray:
    """Directions (N, 3) from one to another over the ball."""
    way = (1 - s)[:, None] * root + s[:, None] * tip
    return way / np.linalg.norm(way, axis=1, keepdims=True)


def _toward(t: float, a: float) -> NDArray:
    return np.array([-np.cos(t) * np.sin(a), np.cos(t) * np.cos(a), np.sin(t)])


def _strands(cut: Cut, skull: Skull) -> tuple[Curve, ...]:
    """Strokes from the parting, the crown or the forehead to where the hair ends."""
    n = 34 if cut.way != "back" else 24
    spin = np.linspace(0.0, 2 * np.pi, n, endpoint=False) + 0.05
    begin, length, heavy = _grain(n, 11), _grain(n, 12), _grain(n, 13)
    out = []
    crown = _toward(1.15, np.pi)
    for k, a in enumerate(spin):
        away = float(_away(np.array(a)))
        tip = _toward(float(_ends(cut, np.array([a]))[0]), a)
        if cut.way == "part" and away < 2.4:
            # Along the parting, from the forehead back to the crown.
            front = _toward(0.75, cut.part)
            root = _between(front, crown, np.array([min(away / 2.4, 1.0)]))[0]
        elif cut.way == "back":
            if away > 1.2:
                continue
            root, tip = tip, _toward(0.12, np.pi - 0.4 * np.sign(np.pi - a))
        else:
            root = crown
        first = 0.55 * begin[k] if cut.way != "back" else 0.25 * begin[k]
        last = min(first + 0.3 + 0.35 * length[k], 1.02) if k % 3 else 1.02
        if cut.way == "back":
            last = first + 0.2 + 0.35 * length[k]
        run = _between(root, tip, np.linspace(first, last, 9))
        out.append(_laid(cut, skull, run, 0.0017 + 0.0013 * heavy[k]))
    if cut.part:
        front = _toward(float(_ends(cut, np.array([cut.part]))[0]), cut.part)
        run = _between(front, crown, np.linspace(0.0, 0.8, 9))
        out.append(_laid(cut, skull, run, 0.0032))
    return tuple(out)


def _laid(cut: Cut, skull: Skull, run: NDArray, width: float) -> Curve:
    """A run of directions (N, 3) as a line on the hair."""
    t, a = np.arcsin(np.clip(run[:, 2], -1, 1)), np.arctan2(-run[:, 0], run[:, 1])
    ends = _ends(cut, a)
    s = np.clip((t - ends) / (np.pi / 2 - ends), 0, 1)
    return Curve(f32(skull.at(t, a, _lift(cut, s ** (1 / 1.15), a) + 0.002)), width)


def _curls(cut: Cut, skull: Skull) -> tuple[Curve, ...]:
    """Hooks all over, as curls are drawn."""
    n = 46
    u, v, w = _grain(n, 21), _grain(n, 22), _grain(n, 23)
    out = []
    for k in range(n):
        a = 2 * np.pi * (k + 0.6 * u[k]) / n * 3.0 % (2 * np.pi)
        low = float(_ends(cut, np.array([a]))[0])
        t = low + (1.35 - low) * v[k] ** 0.8
        round_ = np.linspace(6 * w[k], 6 * w[k] + 3.9, 9)
        size = 0.085 + 0.05 * w[k]
        run_t = t + size * np.sin(round_)
        run_a = a + size * np.cos(round_) / max(np.cos(t), 0.35)
        run = np.stack([_toward(float(i), float(j)) for i, j in zip(run_t, run_a, strict=True)])
        out.append(_laid(cut, skull, run, 0.0022))
    return tuple(out)


def _ring(skull: Skull, colour: Colour) -> Solid:
    """Hair about the ears and the back of a bald head."""
    a = np.linspace(1.08, 2 * np.pi - 1.08, 49)
    away = _away(a)
    jag = 0.06 * _grain(49, 6) * np.where(np.arange(49) % 2, 1.0, -1.0)
    low = np.interp(away, [1.08, 1.2, 1.36, 1.44, 1.98, 2.12, 2.3, np.pi],
        [-0.1, -0.16, -0.14, 0.24, 0.26, -0.12, -0.5, -0.6])  # fmt: skip
    high = np.interp(away, [1.08, 1.25, 1.6, np.pi], [0.12, 0.42, 0.62, 0.72]) + jag
    s = np.linspace(0, 1, 7)[:, None]
    lift = 0.004 + 0.013 * np.sin(np.pi * np.clip(s, 0.03, 0.97)) * np.clip(
        (away - 1.08) * 5, 0.3, 1
    )
    band = surface(skull.at(low + (high - low) * s, a[None], lift), colour, out=-1)
    lines = []
    for k, j in enumerate(range(1, 49, 2)):
        run = np.linspace(0.9 - 0.3 * (k % 3) / 3, 0.25 + 0.15 * (k % 2), 6)
        turn = a[j] + 0.22 * (0.9 - run) * (1 if a[j] < np.pi else -1)
        rise = np.interp(run, s[:, 0], lift[:, j]) + 0.002
        lines.append(Curve(f32(skull.at(low[j] + (high[j] - low[j]) * run, turn, rise)), 0.0022))
    return _with(band, lines)


def _fall(skull: Skull, colour: Colour, length: float, open_: float) -> Solid:
    """Hair that hangs to the shoulders, from `open_` radians beside the face round behind."""
    n = 41
    a = np.linspace(open_, 2 * np.pi - open_, n)
    s = np.linspace(0, 1, 11)[:, None]
    away = _away(a)
    top = skull.at(np.full(n, 0.35), a, 0.014)
    long_ = length * (0.86 + 0.14 * np.clip((away - open_) / 0.8, 0, 1))
    long_ = long_ + 0.03 * (_grain(n, 8) - 0.5) * np.where(np.arange(n) % 2, 1.4, 0.4)
    fall = top[None] - UP * (s * long_)[..., None]
    # Full at the jaw, in again at its ends; waves run down it.
    full = 1 + 0.12 * np.sin(np.pi * s) - 0.04 * s + 0.018 * np.sin(9 * s + 2.5 * a)
    fall[..., :2] *= full[..., None]
    fall[..., 1] -= 0.012 * s
    sheet = surface(fall, colour)
    lines = []
    for k, j in enumerate(range(0, n, 2)):
        i0, i1 = (0, 1, 3)[k % 3], (11, 7, 9)[k % 3]
        lines.append(Curve(f32(fall[i0:i1, j] * [1.02, 1.02, 1]), 0.0024))
    return _with(sheet, lines)


def beard(length: float, skull: Skull, colour: Colour) -> Solid:
    """Whiskers down the cheeks, a moustache, the chin covered and `length` [m] of it below."""
    n = 45
    a = np.linspace(-1.3, 1.3, n)
    away = np.abs(a)
    jag = np.where(np.arange(n) % 2, 1.0, -1.0) * _grain(n, 31)
    top = np.interp(away, [0, 0.13, 0.24, 0.34, 0.55, 0.85, 1.1, 1.3],
        [-0.80, -0.78, -0.62, -0.50, -0.46, -0.30, -0.06, 0.1]) + 0.03 * jag  # fmt: skip
    end = np.interp(away, [0, 0.6, 0.95, 1.3], [-1.14, -1.08, -0.78, -0.1])
    s = np.linspace(0, 1, 10)[:, None]
    thick = 0.0015 + 0.011 * np.sin(np.pi * np.clip(s * 0.85, 0, 1)) * np.interp(
        away, [0, 0.8, 1.3], [1, 0.8, 0.35])  # fmt: skip
    p = skull.at(top + (end - top) * s, a[None], thick)
    drop = np.clip(s - 0.3, 0, 1)[..., None] * np.exp(-((a / 0.85) ** 4))[None, :, None]
    long_ = length * (1.35 + 0.35 * jag)[None, :, None]
    p = p - UP * drop * long_ + np.array([0, 0.22, 0]) * length * drop
    mass = surface(p, colour)
    lines = []
    for k, j in enumerate(range(1, n - 1, 2)):
        i0, i1 = (0, 2, 1)[k % 3], (7, 10, 8)[k % 3]
        lines.append(Curve(f32(p[i0:i1, j] + [0, 0.002, 0]), 0.0021))
    return joined([_with(mass, lines), *_moustache(skull, colour)]).smooth()


def _moustache(skull: Skull, colour: Colour) -> list[Solid]:
    out = []
    for side in (-1, 1):
        x = np.linspace(0.0, 0.036, 8)
        high = np.interp(x, [0, 0.012, 0.036], [-0.053, -0.051, -0.069])
        low = np.interp(x, [0, 0.006, 0.02, 0.036], [-0.058, -0.063, -0.067, -0.081])
        s = np.linspace(0, 1, 5)
        rows = [
            skull.on_face(np.column_stack([side * x, high + (low - high) * k]),
                0.002 + 0.006 * np.sin(np.pi * k))
            for k in s
        ]  # fmt: skip
        grid = np.stack(rows)
        patch = surface(grid, colour, out=-side)
        lines = [Curve(f32(grid[k, 1:] + [0, 0.002, 0]), 0.0018) for k in (1, 3)]
        out.append(_with(patch, lines))
    return out

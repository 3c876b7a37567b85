"""What the ground is made of: strokes in patches, as a draughtsman tells it, never all over."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from setpiece.previs.blocked import Thing
from setpiece.previs.scenery.parts import GRASS
from setpiece.previs.solid import Curve, Solid, polygon

FLOORS: dict[str, str] = {
    "cobbles": r"cobbles?|cobblestones?|cobbled|paving stones?|ciottoli|acciottolato|pavés|"
    r"adoquines|kopfsteinpflaster",
    "planks": r"planks?|boardwalk|jetty|pier|deck|floorboards|assi|planches|tablas|planken",
    "grass": r"grass|lawn|meadow|pasture|erba|prato|herbe|pelouse|hierba|gras|wiese",
    "sand": r"sand|sandy|beach|dunes?|desert|sabbia|spiaggia|sable|plage|arena|playa|strand",
    "water": r"puddles?|shallows|flood(?:ed|s|water)?|ankle-deep|knee-deep|pozzanghere|acqua alta|"
    r"flaques|charcos|pfützen",
}
"""Words of the slugline or the action for each kind of ground."""
_Z = 0.012  # m that strokes lie over the ground


def strokes(kind: str, half: tuple[float, float], seed: int) -> Thing:
    """Strokes of one kind of ground within `half` (x, y) [m] of the middle; they cast nothing."""
    rng = np.random.default_rng(seed % 2**32)
    wide, deep = min(half[0], 9.0), min(half[1], 9.0)
    lines = _DRAW[kind](rng, wide, deep)
    dot = polygon([(0, 0, -0.5), (0.01, 0, -0.5), (0, 0.01, -0.5)], GRASS)
    return Thing(
        f"floor of {kind}",
        Solid(dot.vertices, dot.normals, dot.faces, dot.facet, dot.colour, tuple(lines)),
        casts=False,
    )


def _line(x: np.ndarray, y: np.ndarray, z: np.ndarray | float, width: float) -> Curve:
    return Curve(np.column_stack([x, y, np.broadcast_to(z, np.shape(x))]).astype(np.float32), width)


def _cobbles(rng: np.random.Generator, wide: float, deep: float) -> list[Curve]:
    """Rounded stones in broken rows."""
    out = []
    turn = np.linspace(-0.35, np.pi + 0.35, 7)
    for _ in range(26):
        cx, cy = rng.uniform(-wide, wide), rng.uniform(-deep, deep * 0.6)
        for row in range(4):
            for col in range(int(rng.integers(2, 7))):
                x = cx + 0.27 * (col + 0.5 * (row % 2)) + rng.normal(0, 0.015)
                y = cy + 0.2 * row + rng.normal(0, 0.01)
                out.append(_line(x + 0.125 * np.cos(turn), y + 0.085 * np.sin(turn), _Z, 0.012))
    return out


def _planks(rng: np.random.Generator, wide: float, deep: float) -> list[Curve]:
    out = []
    for y in np.arange(-deep, deep, 0.34):
        x = np.linspace(-wide, wide, 9)
        out.append(_line(x, np.full(9, y), _Z, 0.012))
        for x0 in rng.uniform(-wide, wide, 3):
            out.append(_line(np.array([x0, x0]), np.array([y, y + 0.34]), _Z, 0.012))
    return out


def _grass(rng: np.random.Generator, wide: float, deep: float) -> list[Curve]:
    out = []
    for _ in range(70):
        cx, cy = rng.uniform(-wide, wide), rng.uniform(-deep, deep)
        for k in range(4):
            b, tall = (k - 1.5) * 0.05, rng.uniform(0.12, 0.24)
            x = cx + np.array([0.3 * b, b, 2.0 * b])
            out.append(_line(x, np.full(3, cy), np.array([0.0, 0.6 * tall, tall]), 0.012))
    return out


def _sand(rng: np.random.Generator, wide: float, deep: float) -> list[Curve]:
    """Ripples, and specks between them."""
    out = []
    for _ in range(46):
        cx, cy, span = rng.uniform(-wide, wide), rng.uniform(-deep, deep), rng.uniform(0.5, 1.6)
        x = np.linspace(-span, span, 9)
        out.append(_line(cx + x, cy + 0.07 * np.sin(3.0 * x + cx), _Z, 0.01))
        for dx, dy in rng.normal(0, 0.6, (3, 2)):
            p = np.array([cx + dx, cx + dx + 0.035])
            out.append(_line(p, np.full(2, cy + dy), _Z, 0.016))
    return out


def _water(rng: np.random.Generator, wide: float, deep: float) -> list[Curve]:
    """Rings and short level strokes."""
    out = []
    turn = np.linspace(0, 2 * np.pi, 15)
    for _ in range(16):
        cx, cy, r = rng.uniform(-wide, wide), rng.uniform(-deep, deep), rng.uniform(0.25, 0.8)
        for part in (1.0, 0.55):
            out.append(_line(cx + part * r * np.cos(turn), cy + part * r * 0.7 * np.sin(turn), _Z,
                0.012))  # fmt: skip
        for _k in range(3):
            x = cx + r * 1.4 + np.linspace(0, rng.uniform(0.4, 1.1), 5)
            out.append(_line(x, np.full(5, cy + rng.normal(0, 0.5)), _Z, 0.011))
    return out


_DRAW: dict[str, Callable[[np.random.Generator, float, float], list[Curve]]] = {
    "cobbles": _cobbles, "planks": _planks, "grass": _grass, "sand": _sand, "water": _water,
}  # fmt: skip

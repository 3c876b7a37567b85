"""Heads that say who it is and where they look: skull, nose, brows, eyes, mouth, ears, hair."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from setpiece.previs.hair_mesh import beard, hair
from setpiece.previs.hat_mesh import hat
from setpiece.previs.skull import Skull
from setpiece.previs.solid import Colour, Curve, Solid, ellipsoid, f32, joined, tube

# Faces that are told apart: width, jaw, length and breadth of the nose, weight of the brows.
FACES = (
    (1.0, 1.0, 1.0, 1.0, 1.0),
    (0.95, 0.94, 1.18, 0.9, 1.15),
    (1.06, 1.08, 0.9, 1.2, 0.85),
    (0.98, 1.05, 1.1, 1.1, 1.3),
)
_EYE: Colour = (0.98, 0.97, 0.95)
_IRIS: Colour = (0.0, 0.0, 0.0)


def _nose(skin: Colour, long_: float, broad: float) -> list[Solid]:
    tip = 0.0915 + 0.0105 * long_
    bridge = tube(
        [(0, 0.0885, 0.022), (0, 0.094, -0.004), (0, tip, -0.028), (0, tip - 0.008, -0.0365)],
        np.array([0.0058, 0.0075, 0.0100, 0.0092]) * broad, skin, sides=12,
    )  # fmt: skip
    wings = [
        ellipsoid((0.0072 * broad, 0.011, 0.0075), (s * 0.0105 * broad, 0.0965, -0.0365), skin, 10)
        for s in (-1, 1)
    ]
    return [bridge, *wings]


def _ears(skull: Skull, skin: Colour) -> list[Solid]:
    out = []
    for side in (-1, 1):
        x = side * 0.0795 * skull.wide
        shell = ellipsoid((0.0085, 0.021, 0.034), (x, -0.016, -0.006), skin, 14)
        a = np.linspace(-0.9, 3.3, 10)
        rim = np.column_stack([
            np.full(10, x + side * 0.0085), -0.017 + 0.0125 * np.cos(a), -0.002 + 0.023 * np.sin(a),
        ])  # fmt: skip
        out.append(Solid(shell.vertices, shell.normals, shell.faces, shell.facet, shell.colour,
            (Curve(f32(rim), 0.0026),)))  # fmt: skip
    return out


def _eyes(skull: Skull, feeling: float) -> list[Solid]:
    out = []
    for side in (-1, 1):
        at = skull.on_face([(side * 0.0355, 0.0008)], 0.0)[0]
        out.append(ellipsoid((0.0145, 0.0042, 0.0066), at, _EYE, 12))
        iris = at + np.array([-side * 0.0004, 0.0030, 0.0010 + 0.0008 * feeling])
        out.append(ellipsoid((0.0050, 0.0022, 0.0052), iris, _IRIS, 12))
    return out


def _face(
    skull: Skull, feeling: float, elder: bool, woman: bool, weight: float, broad: float,
    bearded: bool,
) -> tuple[Curve, ...]:  # fmt: skip
    """Brows, eyes, nose and mouth; feeling 0 (calm) .. 1 (beside oneself) opens and bends them."""
    lines: list[Curve] = []
    f = float(np.clip(feeling, 0, 1))
    line = skull.line
    brow = (0.0044 if woman else 0.0062) * weight
    raised = 0.003 if woman else 0.0
    for side in (-1, 1):

        def at(*points: tuple[float, float], s: int = side) -> list[tuple[float, float]]:
            return [(s * x, z) for x, z in points]

        lines += [
            line(at((0.0165, 0.0255 - 0.007 * f + raised), (0.036, 0.034 + raised),
                (0.0575, 0.0245)), brow),
            # Lids, the fold above them, and the pupil.
            line(at((0.0195, -0.0012), (0.034, 0.0078 + 0.004 * f), (0.0535, -0.0005)), 0.0046),
            line(at((0.024, -0.0052), (0.036, -0.0076), (0.0495, -0.0038)), 0.0014),
            line(at((0.0225, 0.009), (0.036, 0.0142 + 0.004 * f), (0.052, 0.0085)), 0.0013),
            line(at((0.0351, 0.0030 + 0.0008 * f), (0.0352, -0.0006)), 0.0044, 0.0066),
            # The wing of the nose, and its hollow.
            line(at((0.0155 * broad, -0.03), (0.0195 * broad, -0.0375),
                (0.0125 * broad, -0.0425)), 0.0022, 0.006),
            line(at((0.0042, -0.0430), (0.0078 * broad, -0.0445)), 0.0034, 0.011),
        ]  # fmt: skip
        if woman:
            lines.append(line(at((0.0515, 0.0008), (0.0585, 0.0042)), 0.0034))
        if elder:
            lines += [
                line(at((0.021, -0.04), (0.029, -0.052), (0.033, -0.064)), 0.0022),
                line(at((0.021, -0.0125), (0.035, -0.0185), (0.048, -0.0125)), 0.0015),
                line(at((0.058, 0.004), (0.066, 0.0085)), 0.0014),
                line(at((0.058, -0.001), (0.067, -0.002)), 0.0014),
            ]
    if elder:
        lines += [line([(-0.03, z), (0.0, z + 0.003), (0.03, z)], 0.0015) for z in (0.047, 0.056)]
    # One side of the bridge, as a hand hints at it.
    lines.append(line([(0.0095, 0.0165), (0.0075, -0.002), (0.0098, -0.021)], 0.0014, 0.005))
    gap = 0.012 * max(f - 0.35, 0.0)
    end = -0.0665 - 0.0035 * f
    wide = 0.0235 if woman else 0.025
    lines += [
        line([(-wide, end), (-0.011, -0.0645 + gap / 2), (0.0, -0.0662 + gap / 2)], 0.0032),
        line([(0.0, -0.0662 + gap / 2), (0.011, -0.0645 + gap / 2), (wide, end)], 0.0032),
    ]
    if gap > 0.001:
        lines.append(
            line([(-0.019, end - 0.001), (0.0, -0.071 - gap), (0.019, end - 0.001)], 0.003)
        )
    if not bearded:
        lines.append(line([(-0.011, -0.0805 - gap), (0, -0.0825 - gap), (0.011, -0.0805 - gap)],
            0.0022))  # fmt: skip
    if woman:
        lines += [
            line([(s * 0.019, -0.0645), (s * 0.009, -0.0575), (0.0, -0.0597)], 0.0017)
            for s in (-1, 1)
        ]
        lines.append(line([(-0.016, -0.0725 - gap), (0, -0.0785 - gap), (0.016, -0.0725 - gap)],
            0.0015))  # fmt: skip
    return tuple(lines)


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
    woman: bool = False,
    face: int = 0,
) -> Solid:
    """A whole head in head space (`skull.py`). bearded: beard below the chin [m], 0 for none;
    face: which of `FACES`."""
    wide, jaw, long_, broad, weight = FACES[face % len(FACES)]
    skull = Skull(wide * (0.96 if woman else 1.0), jaw + (-0.06 if woman else 0.04))
    parts = [joined([skull.mesh(skin), *_nose(skin, long_ * (0.85 if woman else 1.0), broad)])]
    parts += _eyes(skull, feeling)
    if hat_kind not in ("helmet", "hood", "veil"):
        under = hat_kind in ("cap", "brim") and style not in ("long", "mane", "fringe", "bald")
        if style != "long":
            parts += _ears(skull, skin)
        parts += hair("crop" if under else style, skull, hair_colour)
    if bearded > 0:
        parts.append(beard(bearded, skull, hair_colour))
    # One side for skin and dark hair, so that its edge is tone and strands, not a seam; pale hair
    # needs its edge.
    if abs(sum(skin) - sum(hair_colour)) > 0.9:
        parts = [joined(parts).smooth()]
    else:
        parts = [joined(parts[:5]).smooth(), *parts[5:]]
    parts += hat(hat_kind, skull, hat_colour)
    whole = joined(parts)
    drawn = _face(skull, feeling, elder, woman, weight, broad, bearded > 0)
    return Solid(whole.vertices, whole.normals, whole.faces, whole.facet, whole.colour,
        (*whole.curves, *drawn))  # fmt: skip

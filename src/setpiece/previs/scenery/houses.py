"""Houses, from outside."""

from __future__ import annotations

import numpy as np

from setpiece.previs.scenery.parts import (
    BRICK,
    PLASTER,
    STONE,
    TRIM,
    WOOD,
)
from setpiece.previs.solid import (
    Solid,
    box,
    joined,
    prism,
    shaded,
    standing_box,
)


def house(
    rng: np.random.Generator,
    w: float,
    d: float,
    h: float,
    night: bool,
    *,
    old: bool,
    flat: bool = False,
    shop: bool = False,
) -> Solid:
    """A house; its front looks toward -Y from y = 0, and it stands behind that."""
    c = (PLASTER, BRICK, STONE)[int(rng.integers(3))]
    parts = [standing_box((w, d, h), (0, d / 2), c)]
    if flat:
        parts.append(box((w + 0.3, d + 0.3, 0.35), (0, d / 2, h + 0.1), shaded(c, 0.85)))
    else:
        r = 0.32 * w if old else 0.24 * w
        roof = prism(
            [(-w / 2 - 0.3, 0), (w / 2 + 0.3, 0), (0, r)], -d - 0.25, 0.25, (0.5, 0.42, 0.38)
        ).moved((0, 0, h), [[1, 0, 0], [0, 0, -1], [0, 1, 0]])
        parts.append(roof)
        parts.append(standing_box((0.6, 0.6, 1.5), (w * 0.28, d * 0.5, h + r * 0.3), BRICK))
    storeys, bays = max(int(h / 2.9), 1), max(int(w / 2.3), 1)
    lit = (1.0, 0.97, 0.85)
    for s in range(storeys):
        for b in range(bays):
            x, z = (b - (bays - 1) / 2) * w / bays, 1.0 + s * 2.9
            if s == 0 and b == int(bays / 2):
                parts.append(standing_box((1.0, 0.1, 2.1), (x, -0.02), WOOD))
                continue
            if s == 0 and shop:
                parts.append(
                    box(
                        (w / bays * 0.85, 0.06, 1.9),
                        (x, -0.02, 1.35),
                        lit if night else (0.35, 0.38, 0.42),
                    )
                )
                continue
            pane = (
                (lit if rng.uniform() < 0.35 else (0.14, 0.15, 0.19))
                if night
                else (0.36, 0.39, 0.44)
            )
            parts += [
                box((1.0, 0.06, 1.35), (x, -0.01, z + 0.6), pane),
                box((1.25, 0.18, 0.08), (x, -0.05, z - 0.1), TRIM),
                box((0.05, 0.09, 1.35), (x, -0.02, z + 0.6), TRIM),
            ]
    if shop:
        parts.append(box((w * 0.96, 0.9, 0.08), (0, -0.45, 2.55), (0.45, 0.34, 0.34)).moved())
    return joined(parts)

"""Fronts with windows, sills, cornices, parapets, balconies and shops. Metres."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from street_set.builder import Builder, Frame, Stuff

CORNICE_TOP = 0.16  # [m] above the top floor
PARAPET, COPING = 0.9, 0.08  # height of the parapet above the top floor, how far its edge juts [m]

RGB = tuple[float, float, float]


@dataclass(frozen=True)
class Style:
    """How a building dresses: albedos (linear Rec.709) and lengths [m].

    storey: height of a floor. bay: spacing that windows aim at. window: width and height.
    cornice: how far it stands out; it ends `CORNICE_TOP` above the top floor.
    """

    wall: Stuff = Stuff.BRICK
    colour: RGB = (0.36, 0.19, 0.135)
    trim: RGB = (0.52, 0.48, 0.41)
    frame: RGB = (0.55, 0.53, 0.48)
    storey: float = 3.2
    bay: float = 2.85
    window: tuple[float, float] = (1.2, 1.85)
    ground: Stuff = Stuff.STONE
    balconies: bool = False
    shops: bool = True
    cornice: float = 0.55


def front(b: Builder, f: Frame, length: float, storeys: int, style: Style) -> None:
    """One wall of `length` [m] by `storeys`, its windows cut into it, its crown on top."""
    bays = max(1, round(length / style.bay))
    cell = length / bays
    for s in range(storeys):
        z = s * style.storey
        ground = s == 0
        shop = ground and style.shops
        stuff, colour = (style.ground, style.trim) if ground else (style.wall, style.colour)
        w, h = (cell - 0.75, 2.35) if shop else style.window
        if ground and not shop:
            h = 1.7
        sill = 0.28 if shop else (0.75 if s < storeys - 1 else 0.85)
        if s == storeys - 1 and storeys > 3:
            h *= 0.86
        for i in range(bays):
            _cell(b, f, i * cell, (i + 1) * cell, z, z + style.storey, w, z + sill, h, stuff,
                  colour, style, shop)  # fmt: skip
            if style.balconies and s in (2, 3) and i % 3 == 1:
                _balcony(b, f, (i + 0.5) * cell, z, style)
        if s == 1 or (s == storeys - 1 and storeys > 3):
            b.box(f, (-0.05, z - 0.14, 0), (length + 0.05, z + 0.12, 0.10), Stuff.STONE, style.trim)
            b.box(f, (-0.08, z + 0.12, 0), (length + 0.08, z + 0.18, 0.16), Stuff.STONE, style.trim)
    top = storeys * style.storey
    c = style.cornice
    if c > 0:
        for k, (low, high, out) in enumerate(
            [(-0.5, -0.25, 0.3), (-0.25, 0.0, 0.7), (0, CORNICE_TOP, 1)]
        ):
            e = c * out
            b.box(f, (-e, top + low, 0), (length + e, top + high, e), Stuff.STONE, style.trim)
            if k == 1:
                for x in np.arange(0.3, length, 0.62):
                    b.box(f, (x - 0.1, top - 0.5, 0), (x + 0.1, top - 0.25, e * 0.95), Stuff.STONE,
                          style.trim)  # fmt: skip
    b.box(f, (0, top, -0.3), (length, top + PARAPET - 0.1, 0.02), style.wall, style.colour)
    b.box(f, (-COPING, top + PARAPET - 0.1, -0.34), (length + COPING, top + PARAPET, COPING),
          Stuff.STONE, style.trim)  # fmt: skip
    if length > 8:  # rain pipes
        for x in (0.25, length - 0.25):
            b.box(f, (x - 0.05, 0.1, 0.03), (x + 0.05, top - 0.5, 0.13), Stuff.METAL,
                  (0.10, 0.11, 0.11))  # fmt: skip


def _cell(
    b: Builder, f: Frame, x0: float, x1: float, z0: float, z1: float, w: float, sill: float,
    h: float, stuff: Stuff, colour: RGB, style: Style, shop: bool,
) -> None:  # fmt: skip
    """A window and the wall around it, from (x0, z0) to (x1, z1) of the frame."""
    m = 0.5 * (x0 + x1)
    a, c, lo, hi = m - w / 2, m + w / 2, sill, sill + h
    deep = -0.18

    def flat(p: list, d: float = 0.0) -> np.ndarray:
        return f.at(np.array([(x, z, d) for x, z in p]))

    b.quads(
        np.stack(
            [
                flat([(x0, z0), (a, z0), (a, z1), (x0, z1)]),
                flat([(c, z0), (x1, z0), (x1, z1), (c, z1)]),
                flat([(a, z0), (c, z0), (c, lo), (a, lo)]),
                flat([(a, hi), (c, hi), (c, z1), (a, z1)]),
            ]
        ),
        stuff,
        colour,
    )
    ring = [(a, lo), (c, lo), (c, hi), (a, hi)]
    reveals = []
    for k in range(4):
        (p, q), (r, t) = ring[k], ring[(k + 1) % 4]
        reveals.append(f.at(np.array([(p, q, 0), (r, t, 0), (r, t, deep), (p, q, deep)])))
    b.quads(np.stack(reveals), stuff, tuple(0.9 * v for v in colour))
    b.glass(flat(ring, deep + 0.02), (0.3, 0.3, 0.3))
    t = 0.07
    paint = (0.07, 0.09, 0.08) if shop else style.frame
    for low, high in (
        ((a, lo), (a + t, hi)), ((c - t, lo), (c, hi)), ((a, lo), (c, lo + t)),
        ((a, hi - t), (c, hi)), ((m - t / 2, lo), (m + t / 2, hi)),
        ((a, lo + 0.66 * h), (c, lo + 0.66 * h + 0.05)),
    ):  # fmt: skip
        b.box(f, (*low, deep + 0.02), (*high, deep + 0.08), Stuff.PAINT, paint)
    if shop:
        b.box(f, (a - 0.1, hi + 0.02, 0), (c + 0.1, hi + 0.42, 0.14), Stuff.PAINT, paint)
    else:
        b.box(f, (a - 0.1, lo - 0.11, 0), (c + 0.1, lo, 0.13), Stuff.STONE, style.trim)
        b.box(f, (a - 0.16, hi, 0), (c + 0.16, hi + 0.24, 0.04), Stuff.STONE, style.trim)
        b.box(f, (m - 0.11, hi, 0), (m + 0.11, hi + 0.32, 0.08), Stuff.STONE, style.trim)


def _balcony(b: Builder, f: Frame, m: float, z: float, style: Style) -> None:
    """A slab with an iron railing, centred on m, over the floor at z."""
    w = 1.0
    b.box(f, (m - w, z + 0.45, 0), (m + w, z + 0.6, 0.85), Stuff.STONE, style.trim)
    iron = (0.03, 0.03, 0.035)
    for x in np.arange(-w, w + 0.01, 0.125):
        b.box(f, (m + x - 0.011, z + 0.6, 0.8), (m + x + 0.011, z + 1.45, 0.822), Stuff.METAL, iron)
    b.box(f, (m - w, z + 1.45, 0.79), (m + w, z + 1.5, 0.83), Stuff.METAL, iron)
    for side in (-w, w):
        b.box(
            f, (m + side - 0.02, z + 1.45, 0), (m + side + 0.02, z + 1.5, 0.82), Stuff.METAL, iron
        )
        for y in np.arange(0.1, 0.8, 0.125):
            b.box(f, (m + side - 0.01, z + 0.6, y), (m + side + 0.01, z + 1.45, y + 0.02),
                  Stuff.METAL, iron)  # fmt: skip

"""Props by kind: to scale, on the ground or, held, with the grip at the origin along +Y."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from setpiece.previs.blocked import FLAME
from setpiece.previs.detail_mesh import crack, ground_crack, masonry
from setpiece.previs.furniture_mesh import (
    CLOTH,
    DARK,
    PAPER,
    STEEL,
    WOOD,
    barrel,
    bed,
    car_body,
    cauldron,
    chair,
    coffin,
    fire,
    rowing_boat,
    shelf,
    sofa,
    stool,
    table,
    throne,
)
from setpiece.previs.landmark_mesh import LANDMARK_MESHES
from setpiece.previs.solid import (
    Curve,
    Solid,
    box,
    ellipsoid,
    joined,
    lathe,
    polygon,
    prism,
    standing_box,
    surface,
    tube,
)


def _blade(length: float, width: float) -> Solid:
    outline = [(-width / 2, 0.0), (0.0, -0.006), (width / 2, 0.0), (0.0, 0.006)]
    blade = prism(outline, 0.09, length, STEEL, top=0.25).moved(
        rotation=[[1, 0, 0], [0, 0, 1], [0, -1, 0]]
    )
    guard = box((width * 4.2, 0.02, 0.02), (0, 0.085, 0), DARK)
    grip = tube([(0, -0.08, 0), (0, 0.08, 0)], 0.014, DARK, sides=8)
    return joined([blade, guard, grip, ellipsoid((0.02, 0.02, 0.02), (0, -0.095, 0), DARK, 8)])


def _gun() -> Solid:
    return joined(
        [
            box((0.028, 0.19, 0.032), (0, 0.08, 0.05), DARK),
            box((0.028, 0.045, 0.1), (0, 0, 0), DARK),
            box((0.01, 0.05, 0.008), (0, 0.05, 0.015), DARK),
        ]
    )


def _rifle() -> Solid:
    return joined(
        [
            box((0.04, 0.55, 0.05), (0, 0.1, 0.03), WOOD),
            tube([(0, 0.3, 0.05), (0, 0.85, 0.05)], 0.012, DARK, sides=8),
            box((0.04, 0.26, 0.11), (0, -0.27, -0.01), WOOD),
        ]
    )


def _torch() -> Solid:
    up = [(0.0, 0.22), (0.045, 0.25), (0.055, 0.31), (0.03, 0.40), (0.0, 0.47)]
    return joined(
        [
            tube([(0, 0, -0.2), (0, 0, 0.22)], [0.016, 0.026], WOOD, sides=8),
            lathe(up, FLAME, sides=10),
        ]
    )


def _candle() -> Solid:
    flame = lathe([(0.0, 0.215), (0.013, 0.235), (0.0, 0.275)], FLAME, sides=8)
    return joined(
        [
            lathe(
                [(0.0, 0.0), (0.05, 0.0), (0.05, 0.015), (0.018, 0.03), (0.018, 0.21), (0.0, 0.21)],
                PAPER,
                sides=12,
            ),
            flame,
        ]
    )


def _lantern() -> Solid:
    body = prism([(-0.07, -0.07), (0.07, -0.07), (0.07, 0.07), (-0.07, 0.07)], -0.3, -0.1, FLAME)
    lid = prism(
        [(-0.09, -0.09), (0.09, -0.09), (0.09, 0.09), (-0.09, 0.09)], -0.1, -0.03, DARK, top=0.3
    )
    return joined([body, lid, box((0.18, 0.18, 0.02), (0, 0, -0.31), DARK)])


def _cup() -> Solid:
    return lathe(
        [
            (0.0, -0.06),
            (0.045, -0.06),
            (0.012, -0.04),
            (0.012, 0.0),
            (0.045, 0.03),
            (0.052, 0.09),
            (0.045, 0.09),
            (0.0, 0.03),
        ],
        STEEL,
        sides=14,
    )


def _bottle() -> Solid:
    return lathe(
        [(0.0, -0.1), (0.038, -0.1), (0.038, 0.08), (0.014, 0.13), (0.014, 0.2), (0.0, 0.2)],
        (0.3, 0.4, 0.34),
        sides=12,
    )


def _letter() -> Solid:
    page = box((0.21, 0.004, 0.28), (0, 0.1, 0.06), PAPER)
    lines = []
    for y in (0.096, 0.104):
        for k in range(6):
            long = (0.075, 0.07, 0.076, 0.05, 0.074, 0.03)[k]
            at = np.linspace((-0.075, y, 0.16 - 0.035 * k), (long, y, 0.16 - 0.035 * k), 8)
            lines.append(Curve(at.astype(np.float32), 0.005))
    return Solid(page.vertices, page.normals, page.faces, page.facet, page.colour, tuple(lines))


def _book() -> Solid:
    left = box((0.16, 0.02, 0.23), (-0.08, 0.1, 0.04), PAPER)
    return joined(
        [left, left.moved((0.162, 0, 0)), box((0.34, 0.012, 0.25), (0, 0.115, 0.04), DARK)]
    )


def _phone() -> Solid:
    return joined(
        [
            box((0.072, 0.01, 0.15), (0, 0.03, 0.04), DARK),
            box((0.064, 0.004, 0.135), (0, 0.024, 0.04), (0.9, 0.93, 0.96)),
        ]
    )


def _bag() -> Solid:
    return joined(
        [
            box((0.42, 0.14, 0.3), (0, 0, -0.2), DARK),
            tube(
                [(-0.09, 0, -0.05), (-0.07, 0, 0.0), (0.07, 0, 0.0), (0.09, 0, -0.05)],
                0.012,
                DARK,
                sides=6,
            ),
        ]
    )


def _crown() -> Solid:
    a = np.linspace(0, 2 * np.pi, 17)[:-1]
    ring = [
        polygon(
            [
                (0.09 * np.cos(b), 0.09 * np.sin(b), z)
                for b, z in (
                    (t, 0.0),
                    (t + 0.393, 0.0),
                    (t + 0.393, 0.05),
                    (t + 0.196, 0.1),
                    (t, 0.05),
                )
            ],
            (0.86, 0.78, 0.5),
        )
        for t in a[::1]
    ]
    return joined(ring)


def _head() -> Solid:
    return joined(
        [
            ellipsoid((0.08, 0.1, 0.12), (0, 0, 0.12), (0.86, 0.76, 0.68)),
            ellipsoid((0.085, 0.09, 0.07), (0, -0.02, 0.18), DARK),
        ]
    )


def _branch() -> Solid:
    stems = [
        tube([(0, 0, -0.1), (x, 0.1, 0.5), (x * 2, 0.2, 1.0)], [0.02, 0.014, 0.006], WOOD, sides=6)
        for x in (-0.15, 0.0, 0.16)
    ]
    leaves = [
        ellipsoid((0.14, 0.1, 0.16), (x, 0.12 + 0.05 * z, z), (0.45, 0.5, 0.4), 8)
        for x, z in ((-0.2, 0.55), (0.05, 0.75), (0.25, 0.6), (-0.1, 0.95), (0.18, 1.0))
    ]
    return joined([*stems, *leaves])


def _flag() -> Solid:
    s = np.linspace(0, 1, 9)

    rows = [
        np.stack([0.02 + 0.9 * s, 0.08 * np.sin(s * 7), np.full(9, z) - 0.1 * s], -1)
        for z in (1.5, 1.9, 2.3)
    ]
    return joined(
        [
            tube([(0, 0, -0.9), (0, 0, 2.4)], 0.02, WOOD, sides=8),
            surface(np.stack(rows), (0.5, 0.3, 0.3)),
        ]
    )


def _shield() -> Solid:
    plate = prism(
        [(-0.28, 0.3), (-0.26, -0.05), (0.0, -0.4), (0.26, -0.05), (0.28, 0.3)],
        0.0,
        0.03,
        (0.5, 0.32, 0.3),
    )
    return plate.moved((0, 0.08, 0), [[1, 0, 0], [0, 0, 1], [0, 1, 0]])


def _counter() -> Solid:
    return joined(
        [standing_box((2.4, 0.56, 0.84), (0, 0), WOOD), box((2.5, 0.66, 0.06), (0, 0, 0.87), DARK)]
    )


def _desk() -> Solid:
    drawers = standing_box((0.45, 0.66, 0.7), (0.5, 0), WOOD)
    knobs = [box((0.12, 0.03, 0.03), (0.5, -0.34, z), DARK) for z in (0.2, 0.4, 0.6)]
    return joined([table(1.6, 0.75, 0.74), drawers, *knobs])


def _bench() -> Solid:
    legs = [standing_box((0.08, 0.36, 0.42), (s * 0.75, 0), WOOD) for s in (-1, 1)]
    return joined([box((1.9, 0.42, 0.06), (0, 0, 0.44), WOOD), *legs])


def _tent() -> Solid:
    canvas = prism([(-1.5, 0), (1.5, 0), (0, 2.4)], -1.5, 1.5, (0.92, 0.9, 0.84))
    flap = polygon([(0.45, 1.52, 0), (-0.45, 1.52, 0), (0, 1.52, 1.6)], (0.24, 0.22, 0.2))
    return joined([canvas.moved(rotation=[[1, 0, 0], [0, 0, -1], [0, 1, 0]]), flap])


def _traffic_light() -> Solid:
    post = tube([(0, 0, 0), (0, 0, 3.6)], 0.07, DARK, sides=8)
    lamps = [
        ellipsoid((0.09, 0.05, 0.09), (0, 0.16, z), c, 10)
        for z, c in ((4.2, (0.9, 0.5, 0.45)), (3.95, (0.5, 0.5, 0.45)), (3.7, (0.4, 0.5, 0.45)))
    ]
    return joined([post, standing_box((0.34, 0.26, 0.9), (0, 0, 3.5), DARK), *lamps])


def _camera() -> Solid:
    lens = tube([(0, 0.04, 0.02), (0, 0.12, 0.02)], 0.03, DARK, sides=12, round_ends=False)
    return joined([box((0.14, 0.07, 0.09), (0, 0.0, 0.02), DARK), lens])


def _drum() -> Solid:
    return lathe([(0.0, -0.34), (0.15, -0.34), (0.15, -0.06), (0.0, -0.06)], CLOTH, sides=20)


def _rock() -> Solid:
    from setpiece.previs.scenery.growth import rock  # scenery has props in it

    return rock(np.random.default_rng(4), 0.7, 0.8)


def _tree() -> Solid:
    from setpiece.previs.scenery.growth import tree

    return tree(np.random.default_rng(5), 7.0)


def _box() -> Solid:
    return standing_box((0.3, 0.3, 0.3), (0, 0), WOOD)


PROPS: dict[str, Callable[[], Solid]] = {
    **LANDMARK_MESHES,
    "crack": crack,
    "ground crack": ground_crack,
    "masonry": masonry,
    "sword": lambda: _blade(0.95, 0.05),
    "dagger": lambda: _blade(0.36, 0.036),
    "knife": lambda: _blade(0.3, 0.034),
    "gun": _gun,
    "rifle": _rifle,
    "torch": _torch,
    "candle": _candle,
    "lantern": _lantern,
    "lamp": _lantern,
    "cup": _cup,
    "glass": _cup,
    "goblet": _cup,
    "bottle": _bottle,
    "letter": _letter,
    "paper": _letter,
    "book": _book,
    "phone": _phone,
    "bag": _bag,
    "suitcase": _bag,
    "crown": _crown,
    "head": _head,
    "cauldron": cauldron,
    "fire": fire,
    "table": table,
    "chair": chair,
    "stool": stool,
    "throne": throne,
    "bed": bed,
    "sofa": sofa,
    "shelf": shelf,
    "barrel": barrel,
    "car": car_body,
    "coffin": coffin,
    "boat": rowing_boat,
    "branch": _branch,
    "flag": _flag,
    "banner": _flag,
    "shield": _shield,
    "box": _box,
    "counter": _counter,
    "desk": _desk,
    "bench": _bench,
    "tent": _tent,
    "traffic light": _traffic_light,
    "camera": _camera,
    "drum": _drum,
    "rock": _rock,
    "tree": _tree,
    "taper": _candle,
    "money": _letter,
    "door": lambda: standing_box((0.95, 0.08, 2.1), (0, 0), WOOD),
    "spear": lambda: joined(
        [
            tube([(0, 0, -1.0), (0, 0, 1.1)], 0.018, WOOD, sides=8),
            prism([(-0.04, 0), (0, -0.008), (0.04, 0), (0, 0.008)], 1.1, 1.38, STEEL, top=0.05),
        ]
    ),
}
HELD_UPRIGHT = {
    "drum",
    "head",
    "camera",
    "taper",
    "torch",
    "candle",
    "lantern",
    "cup",
    "glass",
    "goblet",
    "bottle",
    "flag",
    "banner",
    "branch",
    "spear",
    "bag",
    "suitcase",
    "lamp",
}


def prop_mesh(kind: str, size: tuple[float, float, float] | None = None) -> Solid:
    """A prop of the library, or a box of `size` (x, y, z) [m] where it has none of that kind."""
    made = PROPS.get(kind)
    if made is not None:
        return made()
    return standing_box(size or (0.3, 0.3, 0.3), (0, 0), WOOD)

"""Animals: horses, dogs, birds, cattle and the like, nose toward +Y."""

from __future__ import annotations

import numpy as np

from setpiece.previs.solid import Colour, Solid, ellipsoid, joined, lathe, surface, tube

# length of the trunk, height at the withers, thickness, length of neck, head, ear, tail.
_FOUR = {
    "horse": (1.30, 1.58, 0.29, 0.72, 0.52, 0.13, 0.75),
    "dog": (0.58, 0.58, 0.115, 0.19, 0.22, 0.08, 0.3),
    "wolf": (0.75, 0.72, 0.14, 0.22, 0.26, 0.1, 0.35),
    "cat": (0.32, 0.27, 0.065, 0.08, 0.1, 0.045, 0.28),
    "cow": (1.5, 1.4, 0.34, 0.45, 0.5, 0.15, 0.7),
    "sheep": (0.8, 0.75, 0.23, 0.2, 0.25, 0.08, 0.1),
    "pig": (0.9, 0.7, 0.24, 0.12, 0.3, 0.1, 0.15),
    "donkey": (1.0, 1.15, 0.22, 0.5, 0.45, 0.22, 0.5),
    "rat": (0.16, 0.09, 0.035, 0.02, 0.06, 0.02, 0.18),
    "bear": (1.3, 1.05, 0.36, 0.3, 0.4, 0.1, 0.05),
}
_HIDES: tuple[Colour, ...] = (
    (0.42, 0.32, 0.26),
    (0.85, 0.82, 0.78),
    (0.24, 0.22, 0.22),
    (0.66, 0.6, 0.52),
)
_BIRDS = ("bird", "crow", "raven", "owl", "falcon", "hawk", "eagle", "pigeon", "gull", "martlet")


def animal_mesh(kind: str, hue: int = 0, *, moving: bool = False) -> Solid:
    """An animal on the ground at the origin; a kind that is not known is a dog.

    moving: at a gallop, or on the wing.
    """
    kind = kind.casefold()
    if kind == "cloud":
        return _cloud()
    if any(b in kind for b in _BIRDS):
        return _bird(_HIDES[2 if "crow" in kind or "raven" in kind else hue % 4], moving)
    found = next(
        (k for k in _FOUR if k in kind),
        "horse"
        if any(w in kind for w in ("mare", "steed", "stallion", "cavallo", "caballo"))
        else "dog",
    )
    return _four_legs(found, _HIDES[hue % 4], moving)


def _cloud() -> Solid:
    """A small round cloud, for a script that has one among its people."""
    puffs = ((0, 0, 1.6, 1.5), (-1.5, 0.2, 1.2, 1.1), (1.5, -0.1, 1.2, 1.2), (-0.7, -0.3, 2.3, 1.0),
        (0.8, 0.2, 2.3, 1.0), (-2.5, 0.0, 0.8, 0.7), (2.5, 0.1, 0.8, 0.7))  # fmt: skip
    return joined(
        [
            ellipsoid((r, 0.7 * r, 0.8 * r), (x, y, z), (0.95, 0.95, 0.96), 14)
            for x, y, z, r in puffs
        ]
    ).smooth()


def _four_legs(kind: str, hide: Colour, gallop: bool = False) -> Solid:
    long, tall, thick, neck, skull, ear, tail = _FOUR[kind]
    front, back = long / 2, -long / 2
    spine = tall - thick
    trunk = tube(
        [
            (0, back, spine),
            (0, back * 0.4, spine - 0.04 * tall),
            (0, front * 0.4, spine - 0.05 * tall),
            (0, front, spine),
        ],
        [thick * 0.92, thick * 0.98, thick * 1.02, thick * 0.85],
        hide,
        sides=16,
    )
    nape = np.array([0, front + neck * 0.55, spine + neck * 0.85])
    parts = [
        trunk,
        tube(
            [(0, front - 0.05, spine + thick * 0.3), nape * [1, 0.97, 0.93], nape],
            [thick * 0.75, thick * 0.45, thick * 0.38],
            hide,
            sides=12,
        ),
    ]
    nose = nape + np.array([0, skull * 0.8, -skull * 0.55])
    parts.append(
        tube(
            [nape, (nape + nose) / 2, nose],
            [skull * 0.27, skull * 0.22, skull * 0.15],
            hide,
            sides=12,
        )
    )
    for s in (-1, 1):
        eye = nape + np.array([s * skull * 0.22, skull * 0.22, skull * 0.02])
        parts.append(ellipsoid([skull * 0.06] * 3, eye, (0.05, 0.05, 0.05), 8))
        parts.append(
            tube(
                [
                    nape + np.array([s * skull * 0.16, -0.02, skull * 0.18]),
                    nape + np.array([s * skull * 0.2, 0.0, skull * 0.18 + ear]),
                ],
                [ear * 0.28, 0.004],
                hide,
                sides=6,
            )
        )
        for y, bend in ((front * 0.82, 0.06), (back * 0.86, -0.10)):
            x = s * thick * 0.55
            # At a gallop fore and hind legs are flung out, one of each pair before the other.
            swing = (1.0 if y > 0 else -1.0) * (0.42 + 0.12 * s) * tall if gallop else 0.0
            low = (0.09 + (0.16 - 0.06 * s) * gallop) * tall
            knee = np.array([x, y + bend * tall * 0.5 + 0.4 * swing, spine * (0.48 + 0.1 * gallop)])
            foot = (x, y + swing, low)
            parts.append(
                tube(
                    [(x, y, spine - thick * 0.3), knee, foot],
                    [thick * 0.42, thick * 0.2, thick * 0.15],
                    hide,
                    sides=10,
                )
            )
            parts.append(
                tube(
                    [foot, (x, y + swing + 0.03 * tall, low - 0.07 * tall)],
                    thick * 0.19,
                    (0.18, 0.16, 0.15),
                    sides=8,
                )
            )
    end = np.array([0, back - 0.12 * long - tail * 0.25, spine + thick * 0.4 - tail])
    parts.append(
        tube(
            [
                (0, back - thick * 0.7, spine + thick * 0.4),
                (0, back - thick * 0.7 - 0.1 * long, spine),
                end,
            ],
            [0.03, 0.07, 0.01]
            if kind in ("horse", "cow", "donkey")
            else [thick * 0.25, thick * 0.25, 0.01],
            (0.2, 0.17, 0.15) if kind == "horse" else hide,
            sides=8,
        )
    )
    if kind == "horse":
        t = np.linspace(0, 1, 8)
        base = np.array([0, front * 0.7, spine + thick * 0.7])
        crest = base + np.outer(t, nape + np.array([0, -0.02, 0.06]) - base)
        mane = np.stack(
            [
                crest + np.array([0.03, 0, 0.08]),
                crest + np.array([0.05, -0.04, -0.02]),
                crest + np.array([0.09, -0.05, -0.16]),
            ]
        )
        parts.append(surface(mane, (0.2, 0.17, 0.15)))
    return joined(
        [
            joined(parts[:-1]).smooth() if kind != "horse" else joined(parts),
            *([parts[-1]] if kind != "horse" else []),
        ]
    )


def _wings(hide: Colour) -> list[Solid]:
    """Spread and raised, with a bend at the wrist."""
    out = []
    for s in (-1, 1):
        front = np.array([(0, 0.06, 0.2), (s * 0.16, 0.11, 0.3), (s * 0.42, 0.0, 0.34)])
        back = np.array([(0, -0.08, 0.2), (s * 0.15, -0.07, 0.28), (s * 0.4, -0.1, 0.33)])
        out.append(surface(np.stack([front, back]), hide, out=-s))
    return out


def _bird(hide: Colour, flying: bool = False) -> Solid:
    body = tube(
        [(0, -0.14, 0.16), (0, 0.0, 0.18), (0, 0.09, 0.24)], [0.03, 0.075, 0.05], hide, sides=10
    )
    beak = lathe([(0.018, 0.0), (0.0, 0.055)], (0.3, 0.26, 0.2), sides=8).moved(
        (0, 0.165, 0.275), [[1, 0, 0], [0, 0, 1], [0, -1, 0]]
    )
    legs = [
        tube([(s * 0.03, 0, 0.12), (s * 0.03, 0.01, 0.0)], 0.008, (0.3, 0.26, 0.2), sides=6)
        for s in (-1, 1)
    ]
    return joined(
        [
            body,
            ellipsoid((0.048, 0.05, 0.048), (0, 0.12, 0.285), hide, 10),
            beak,
            tube([(0, -0.14, 0.16), (0, -0.27, 0.13)], [0.03, 0.035], hide, squash=0.3),
            *(_wings(hide) if flying else legs),
        ]
    )

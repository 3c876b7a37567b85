"""Layouts of small made-up buildings for the tests of fracture."""

from __future__ import annotations

import numpy as np

from setpiece.collapse.layout.model import CameraModel, Layout, Opening, Prism, Roof


def layout_of(*prisms: Prism, tilt: float = 6.0) -> Layout:
    return Layout(
        size=(1280, 720),
        camera=CameraModel(focal=1200, tilt=tilt, eye_height=1.6),
        outline=[(0, 0), (10, 0), (10, 10)],
        prisms=list(prisms),
    )


def rectangle(x: float, y: float, w: float, d: float, turn: float = 0.0) -> list:
    a = np.radians(turn)
    r = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
    corners = np.array([(0, 0), (w, 0), (w, d), (0, d)], float) @ r.T + (x, y)
    return [(float(p), float(q)) for p, q in corners]


def ring(x: float, y: float, radius: float, sides: int) -> list:
    a = 2 * np.pi * (np.arange(sides) + 0.5) / sides
    return [(float(x + radius * np.cos(t)), float(y + radius * np.sin(t))) for t in a]


def windows(face: int, length: float, storeys: int, height: float, count: int) -> list[Opening]:
    out = []
    for s in range(storeys):
        for i in range(count):
            c = (i + 0.5) * length / count
            z = s * height + 0.9
            out.append(Opening(face=face, left=c - 0.6, right=c + 0.6, bottom=z, top=z + 1.4))
    return out


def block(storeys: int = 4) -> Layout:
    """A concrete frame, windows on the two sides in view."""
    wide = windows(0, 16, storeys, 3.2, 5) + windows(3, 12, storeys, 3.2, 3)
    return layout_of(
        Prism(
            footprint=rectangle(-8, 40, 16, 12, 15),
            height=3.2 * storeys,
            storeys=storeys,
            openings=wide,
        )
    )


def house(kind: str = "gable") -> Layout:
    """Brick, two storeys, pitched roof with eaves."""
    return layout_of(
        Prism(
            footprint=rectangle(-5, 20, 10, 8, 15),
            height=5.6,
            storeys=2,
            construction="masonry",
            roof=Roof(kind=kind, pitch=38, overhang=0.4),
            openings=windows(0, 10, 2, 2.8, 3),
        ),
        tilt=4.0,
    )


def pagoda() -> Layout:
    """Three eight-sided tiers, each under its own roof."""
    return layout_of(
        *(
            Prism(
                footprint=ring(0, 45, 8 - 2 * k, 8),
                base=6.0 * k,
                height=4.2,
                storeys=1,
                construction="timber",
                roof=Roof(kind="pyramid", pitch=28, overhang=1.0),
            )
            for k in range(3)
        )
    )


def wings() -> Layout:
    """Two blocks side by side, one brick, one frame."""
    return layout_of(
        Prism(footprint=rectangle(-10, 40, 12, 9), height=9.6, storeys=3),
        Prism(footprint=rectangle(2, 40, 7, 16), height=12.8, storeys=4, construction="masonry"),
    )


def corner() -> Layout:
    """One footprint with an inner corner."""
    p: list = [(-10, 40), (6, 40), (6, 60), (-2, 60), (-2, 48), (-10, 48)]
    return layout_of(Prism(footprint=p, height=9.6, storeys=3))

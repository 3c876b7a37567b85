"""Storeys, bays and openings of the walls."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.layout.model import Opening, Prism
from setpiece.render.camera import Camera


def furnish(
    picture: NDArray[np.float32], prisms: list[Prism], camera: Camera, wishes: Any
) -> tuple[list[Prism], list[str]]:
    """Prisms with storeys, construction and openings; notes."""
    out = []
    for prism in prisms:
        storeys = int(np.clip(round(prism.height / 3.2), 1, 120))
        if wishes.storeys and prism is prisms[0]:
            storeys = wishes.storeys
        openings = []
        p = np.asarray(prism.footprint)
        step = prism.height / storeys
        for face in range(len(p)):
            size = float(np.hypot(*(p[(face + 1) % len(p)] - p[face])))
            bays = wishes.bays or max(1, round(size / 3.0))
            pitch = size / bays
            for s in range(storeys):
                for b in range(bays):
                    if pitch > 0.8 and step > 1.5:
                        openings.append(
                            Opening(
                                face=face, left=(b + 0.28) * pitch, right=(b + 0.72) * pitch,
                                bottom=(s + 0.28) * step, top=(s + 0.78) * step,
                            )
                        )  # fmt: skip
        kind = "masonry" if storeys <= 3 else "frame"
        out.append(
            Prism(
                footprint=prism.footprint, base=prism.base, height=prism.height, storeys=storeys,
                roof=prism.roof, openings=openings, construction=kind,
            )
        )  # fmt: skip
    return out, []

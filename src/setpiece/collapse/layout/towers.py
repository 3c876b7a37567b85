"""Towers in tiers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.layout.fit import Target
from setpiece.collapse.layout.model import Prism
from setpiece.render.camera import Camera


def fit_tower(outline: NDArray[np.float64], camera: Camera, target: Target) -> list[Prism] | None:
    """Tiers that fill the outline, or None where it is no tower."""
    return None

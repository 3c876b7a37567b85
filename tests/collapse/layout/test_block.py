"""The quick silhouette of a block is that of its prism."""

from __future__ import annotations

import cv2
import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from setpiece.collapse.layout.block import Block, block_cover
from setpiece.collapse.layout.shapes import silhouette
from setpiece.render.camera import Camera


@settings(max_examples=80, deadline=None)
# a square, of which rounding would say now this side is the longer and now that
@example("gable", False, 10.0, 0.0, 0.0, (0.05, 0.05, 0.1), 0.5, -0.5, 0.0)
@given(
    roof=st.sampled_from(["flat", "gable", "hip", "pyramid"]), ridge=st.booleans(),
    pitch=st.floats(10, 65), overhang=st.floats(0, 0.08), yaw=st.floats(-1.5, 1.5),
    sides=st.tuples(st.floats(0.05, 0.5), st.floats(0.05, 0.5), st.floats(0.1, 0.8)),
    height=st.floats(0.1, 0.7), z=st.floats(-0.6, -0.01), tilt=st.floats(-25, 25),
)  # fmt: skip
def test_it_covers_what_its_prism_covers(
    roof, ridge, pitch, overhang, yaw, sides, height, z, tilt
) -> None:
    camera = Camera.from_angles(260, 240, 180, eye_height=0.0, tilt=tilt, roll=1.0)
    left, right, depth = sides
    block = Block(
        0.1, 1.0, z, yaw, left, right, depth, height, roof, pitch if roof != "flat" else 0.0,
        overhang, ridge,
    )  # fmt: skip
    quick = block_cover(block, camera) > 127
    slow = silhouette([block.prism()], camera) > 0.5
    # a corner rounded to a sixteenth of a pixel may decide a line of pixels, never two abreast
    apart = cv2.morphologyEx((quick != slow).astype(np.uint8), cv2.MORPH_OPEN, np.ones((2, 2)))
    assert apart.sum() == 0

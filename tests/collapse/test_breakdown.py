"""The breakdown: layers wipe over one another in order, then the shot plays."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from setpiece.collapse.breakdown import write_breakdown


def test_layers_pass_in_order_and_the_last_plays_through(tmp_path: Path) -> None:
    asked: list[list[int]] = [[], [], []]

    def layer(k: int, tone: float):
        def picture(frame: int) -> np.ndarray:
            asked[k].append(frame)
            return np.full((54, 96, 3), tone, np.float32)

        return picture

    path = tmp_path / "breakdown.mp4"
    tones = (0.1, 0.5, 0.9)
    total = write_breakdown(
        path, [(f"L{k}", layer(k, t)) for k, t in enumerate(tones)], fps=Fraction(8), frames=10
    )
    with av.open(str(path)) as movie:
        grey = [f.to_ndarray(format="rgb24")[4:20].mean((0, 2)) / 255 for f in movie.decode()]
    assert len(grey) == total
    assert abs(grey[0].mean() - 0.1) < 0.03
    assert abs(grey[-1].mean() - 0.9) < 0.03
    means = np.array([g.mean() for g in grey])
    assert (np.diff(means) > -0.03).all()  # each layer only ever covers the one before
    assert any(np.ptp(g) > 0.3 for g in grey)  # a wipe shows both
    assert asked[2][-10:] == list(range(10))
    assert all(0 <= f < 10 for a in asked for f in a)

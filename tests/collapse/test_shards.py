"""Window glass: what cracks stays a while, falls by itself and is gone."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from houses import block

from setpiece.collapse.brief import Brief
from setpiece.collapse.fall import fall
from setpiece.collapse.fracture import fracture
from setpiece.collapse.shards import GONE, LETS_GO, Shards
from setpiece.collapse.structure import strengthen

FPS = Fraction(24)


@pytest.fixture(scope="module")
def shot():
    layout = block(3)
    pieces = fracture(layout, count=300, seed=2)
    assert len(pieces.opening_body) >= 8
    motion = fall(pieces, strengthen(pieces, layout), Brief(start=0.5), frames=48, fps=FPS, seed=2)
    return pieces, motion


def test_panes_crack_one_after_another_and_none_before_the_onset(shot):
    _, motion = shot
    when = motion.pane_break[np.isfinite(motion.pane_break)]
    assert len(when) > 0.8 * len(motion.pane_break)
    assert when.min() > 0.5
    assert np.quantile(when, 0.9) - np.quantile(when, 0.1) > 0.25
    assert np.histogram(when, np.arange(0, 3, 1 / 12))[0].max() < 0.6 * len(when)


def test_shards_leave_the_frame_in_turn_and_fall_no_faster_than_gravity(shot):
    pieces, motion = shot
    shards = Shards.of(pieces, motion, seed=1)
    first = float(motion.pane_break.min())
    assert len(shards.when(first - 1e-3).faces) == 0
    pane = pieces.mesh.pane[shards.faces]
    wait = shards.start - motion.pane_break[pane]
    assert (wait >= -1e-5).all()
    assert wait.max() <= LETS_GO + 1e-4
    assert np.ptp(wait) > 0.5 * LETS_GO
    # at the moment it lets go a shard is where its piece carried it
    k = int(np.argmin(shards.start))
    loose = shards.when(float(shards.start[k]))
    at = loose.corners[np.flatnonzero(loose.faces == shards.faces[k])[0]]
    corner = pieces.mesh.vertices[pieces.mesh.faces[shards.faces[k]]]
    body = pieces.mesh.body[shards.faces[k]]
    away = np.abs(motion.position[:, body] - motion.rest[body]).max()
    assert np.abs(at - corner).max() < away + 0.05
    drop = shards.when(float(shards.start[k]) + 0.4)
    now = drop.corners[np.flatnonzero(drop.faces == shards.faces[k])[0]]
    free = shards.velocity[k, 2] * 0.4 - 0.5 * 9.81 * 0.16
    assert now[:, 2].mean() - at[:, 2].mean() == pytest.approx(free, abs=0.02)
    assert shards.when(float(shards.start.max()) + GONE + 0.01).gone.all()


def test_glass_that_never_cracks_stays(shot):
    pieces, motion = shot
    whole = replace(motion, pane_break=np.full_like(motion.pane_break, np.inf))
    assert len(Shards.of(pieces, whole, seed=1).when(99.0).faces) == 0

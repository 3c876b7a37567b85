"""Window glass: what cracks stays a while, falls by itself and is gone."""

from __future__ import annotations

from dataclasses import fields, replace
from fractions import Fraction

import numpy as np
import pytest
from houses import block

from setpiece.collapse.brief import Brief
from setpiece.collapse.fall import fall
from setpiece.collapse.fracture import fracture
from setpiece.collapse.shards import GONE, LETS_GO, Shards
from setpiece.collapse.structure import strengthen
from setpiece.render.scene import Material

FPS = Fraction(24)


@pytest.fixture(scope="module")
def shot():
    layout = block(3)
    pieces = fracture(layout, count=300, seed=2)
    assert len(pieces.opening_body) >= 8
    motion = fall(pieces, strengthen(pieces, layout), Brief(start=0.5), frames=48, fps=FPS, seed=2)
    return pieces, motion


def _of_glass(pieces, shards: Shards) -> Shards:
    glass = pieces.mesh.material[shards.faces] == Material.GLASS
    return Shards(*(getattr(shards, f.name)[glass] for f in fields(Shards)))


def test_panes_crack_one_after_another_and_none_before_the_onset(shot):
    _, motion = shot
    when = motion.pane_break[np.isfinite(motion.pane_break)]
    assert len(when) > 0.8 * len(motion.pane_break)
    assert when.min() > 0.5
    assert np.quantile(when, 0.9) - np.quantile(when, 0.1) > 0.25
    assert np.histogram(when, np.arange(0, 3, 1 / 12))[0].max() < 0.6 * len(when)


def test_shards_leave_the_frame_in_turn_and_fall_no_faster_than_gravity(shot):
    pieces, motion = shot
    shards = _of_glass(pieces, Shards.of(pieces, motion, seed=1))
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
    assert len(_of_glass(pieces, Shards.of(pieces, whole, seed=1)).faces) == 0


def test_curtains_are_torn_off_when_their_wall_goes_over(shot):
    """None rides on a wall that lies in the street; each comes off in one piece, where it hung."""
    pieces, motion = shot
    mesh = pieces.mesh
    cloth = np.flatnonzero(mesh.material == Material.CLOTH)
    assert len(cloth) > 20
    shards = Shards.of(pieces, motion, seed=1)
    last = (len(motion.position) - 1) / float(FPS)
    gone = shards.when(last + GONE + 1)
    fallen = motion.rest[:, 2] - motion.position[-1, :, 2] > 1.0
    off = set(gone.faces[gone.gone].tolist())
    lying = cloth[fallen[mesh.body[cloth]]]
    assert len(lying)
    assert all(int(k) in off for k in lying)
    torn = np.isin(shards.faces, cloth)
    k = np.flatnonzero(torn)[0]
    same = np.flatnonzero(torn & (np.abs(shards.at - shards.at[k]).max(1) < 1e-6))
    then = shards.when(float(shards.start[k]))
    now = then.corners[np.searchsorted(np.flatnonzero(shards.start <= shards.start[k]), same)]
    # what shares a corner still does
    corner = mesh.faces[shards.faces[same]]
    where = {}
    for faces, points in zip(corner, now, strict=True):
        for c, p in zip(faces, points, strict=True):
            assert np.abs(where.setdefault(int(c), p) - p).max() < 1e-4
    f = round(float(shards.start[k]) * float(FPS))
    body = mesh.body[shards.faces[k]]
    hung = motion.position[f, body] - motion.rest[body] + mesh.vertices[corner[0]].mean(0)
    assert np.linalg.norm(now[0].mean(0) - hung) < 1.5  # it may have turned with its wall

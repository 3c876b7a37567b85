"""Sets are whole, the same each time, and clear of the action."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

from setpiece.previs.blocked import Kind
from setpiece.previs.model import Opening, SetKind
from setpiece.previs.scenery import INSIDE, OUTSIDE, build_set

KEEP = [(0.0, 0.0, 0.5), (1.4, -0.8, 0.5), (-1.6, 0.9, 0.5)]
BOTH = [(k, True) for k in INSIDE] + [(k, False) for k in OUTSIDE]


@pytest.mark.parametrize(("kind", "interior"), BOTH)
def test_a_set_is_finite_repeats_itself_and_leaves_the_action_alone(kind, interior):
    made = [build_set(kind, (8, 7, 3), interior=interior, seed=5, keep=KEEP) for _ in range(2)]
    assert [t.name for t in made[0]] == [t.name for t in made[1]]
    for a, b in zip(*made, strict=True):
        assert np.array_equal(a.solid.vertices, b.solid.vertices)
        assert np.isfinite(a.solid.vertices).all()
        assert np.isfinite(a.solid.normals).all()
    if kind in ("car", "train"):
        return  # one sits inside its furniture
    for thing in made[0]:
        if thing.kind in (Kind.GROUND, Kind.WALL, Kind.GLOW) or not thing.wild:
            continue
        v = thing.solid.vertices
        v = v[(v[:, 2] > 0.1) & (v[:, 2] < 1.9)]
        for x, y, r in KEEP:
            assert len(v) == 0 or np.hypot(v[:, 0] - x, v[:, 1] - y).min() > 0.6 * r, thing.name


def test_every_kind_of_the_model_has_a_set_of_its_own():
    for kind in get_args(SetKind):
        assert kind in INSIDE or kind in OUTSIDE


def test_doors_and_windows_are_where_the_staging_has_them():
    opening = Opening(kind="window", wall="E", along=1.0, width=1.0, height=1.2, sill=1.0)
    made = build_set("room", (6, 5, 2.8), interior=True, openings=(opening,), bare=True)
    panes = [t for t in made if t.kind == Kind.GLOW]
    assert len(panes) == 1
    middle = panes[0].solid.vertices.mean(0)
    assert middle == pytest.approx([3.0, 1.0, 1.6], abs=0.06)


def test_scenery_stays_outside_the_playing_area():
    for kind in ("forest", "heath", "camp", "field"):
        for t in build_set(kind, (16, 12, 5), interior=False, seed=3):
            if t.wild and t.name.split()[0] in ("tree", "tent"):
                x, y = t.solid.vertices[t.solid.vertices[:, 2] < 0.5].mean(0)[:2]
                assert abs(x) > 7.5 or abs(y) > 5.5

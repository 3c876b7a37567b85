"""Figures stand as tall as they are said to, look where they are said to, and differ."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.previs.board import room

from setpiece.previs.animal_mesh import animal_mesh
from setpiece.previs.costume import costume
from setpiece.previs.figure_mesh import figure_mesh
from setpiece.previs.landmark_mesh import LANDMARK_MESHES
from setpiece.previs.model import STANCE_HEIGHT
from setpiece.previs.prop_mesh import PROPS, prop_mesh
from setpiece.previs.stage import Stage

PLAIN = costume("ANA", 0, 0, period=False)


@pytest.mark.parametrize("stance", ["stand", "walk", "run", "sit", "kneel", "fight", "drive"])
@pytest.mark.parametrize("height", [1.15, 1.75, 1.95])
def test_a_figures_crown_is_where_the_staging_expects_it(stance, height):
    mesh, _, _ = figure_mesh(PLAIN, height, stance)
    top = float(mesh.vertices[:, 2].max())
    assert top == pytest.approx(height * STANCE_HEIGHT[stance], rel=0.09)
    assert -0.06 * height < float(mesh.vertices[:, 2].min()) < 0.06 * height


@settings(max_examples=20, deadline=None)
@given(
    turn=st.floats(-95, 95),
    nod=st.floats(-30, 30),
    stance=st.sampled_from(["stand", "sit", "kneel"]),
)
def test_the_face_points_where_it_looks(turn, nod, stance):
    _, s, _ = figure_mesh(PLAIN, 1.75, stance, turn=turn, nod=nod)
    way = s.head_frame[:, 1]
    assert np.degrees(np.arctan2(-way[0], way[1])) == pytest.approx(turn, abs=12)
    assert np.degrees(np.arcsin(way[2])) == pytest.approx(nod, abs=8)


def test_eyes_meet():
    scene = Stage(room()).at(1.0)
    ahead = {}
    for name in ("ANA", "TOM"):
        mesh = scene.things[scene.named(name)].solid
        irises = mesh.vertices[mesh.faces[mesh.colour.sum(1) < 0.01].reshape(-1)]
        skull = mesh.vertices[(mesh.vertices[:, 2] > 1.55) & (mesh.vertices[:, 2] < 1.7)]
        ahead[name] = irises[:, 0].mean() - skull[:, 0].mean()
    assert ahead["ANA"] > 0.05
    assert ahead["TOM"] < -0.05


def test_people_are_told_apart_and_stay_themselves():
    names = (
        "MACBETH",
        "LADY MACBETH",
        "BANQUO",
        "DUNCAN",
        "FIRST WITCH",
        "PORTER",
        "SERGEANT",
        "DOCTOR",
    )
    looks = [costume(n, i, i, period=True) for i, n in enumerate(names)]
    assert len({(c.cut, c.hair, c.hat, c.beard, c.top) for c in looks}) == len(names)
    assert looks == [costume(n, i, i, period=True) for i, n in enumerate(names)]


@pytest.mark.parametrize("kind", sorted(PROPS))
def test_props_have_a_size_and_proper_normals(kind):
    mesh = prop_mesh(kind)
    assert len(mesh.faces) > 0
    assert np.isfinite(mesh.vertices).all()
    assert np.allclose(np.linalg.norm(mesh.normals, axis=1), 1, atol=1e-3)
    assert 0.05 < np.ptp(mesh.vertices, axis=0).max() < (35 if kind in LANDMARK_MESHES else 9)


@pytest.mark.parametrize("kind", ["horse", "dog", "crow", "cow", "unicorn"])
def test_animals_stand_on_the_ground_nose_first(kind):
    mesh = animal_mesh(kind)
    assert abs(float(mesh.vertices[:, 2].min())) < 0.06
    high = mesh.vertices[mesh.vertices[:, 2] > 0.8 * mesh.vertices[:, 2].max()]
    assert high[:, 1].mean() > 0

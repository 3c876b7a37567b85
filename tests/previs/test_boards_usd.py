"""Layers open, say their units, and hold the lens and the people where the shot has them."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from tests.previs.board import figure, heath, shot

from setpiece.previs.panel import through
from setpiece.previs.usd import figure_prims, write_scene_usd, write_shot_usd


@pytest.fixture
def layers(tmp_path):
    staging = heath()
    one = shot(staging, (1, -7, 1.7), (0, 0, 1.2), 35, move="dolly", position_end=(1, -5, 1.7))
    (tmp_path / "shots").mkdir()
    scene, path = tmp_path / "scene_2.usdc", tmp_path / "shots" / "2A.usda"
    write_scene_usd(scene, staging)
    write_shot_usd(path, staging, one, scene, Fraction(24))
    return staging, one, scene, path


def test_a_scene_has_units_and_everybody_by_name(layers):
    from pxr import Usd, UsdGeom

    staging, _, scene, _ = layers
    stage = Usd.Stage.Open(str(scene))
    assert UsdGeom.GetStageUpAxis(stage) == "Z"
    assert UsdGeom.GetStageMetersPerUnit(stage) == 1.0
    assert stage.GetDefaultPrim().GetPath() == "/Scene"
    for f in staging.figures:
        prim = stage.GetPrimAtPath(f"/Scene/Figures/{f.name}")
        assert prim
        box = UsdGeom.BBoxCache(1001, ["default"]).ComputeWorldBound(prim).ComputeAlignedRange()
        middle = (np.array(box.GetMin()) + np.array(box.GetMax())) / 2
        assert middle[:2] == pytest.approx(f.at(0).position, abs=0.3)
        assert box.GetMax()[2] == pytest.approx(1.75, rel=0.08)


def test_who_comes_in_later_is_in_the_scene_as_they_come(tmp_path):
    from pxr import Usd

    staging = heath()
    late = staging.figures[-1].model_copy(update={"enters": 246.0 + 17 / 36})  # no round number
    staging = staging.model_copy(update={"figures": (*staging.figures[:-1], late)})
    write_scene_usd(tmp_path / "scene.usda", staging)
    stage = Usd.Stage.Open(str(tmp_path / "scene.usda"))
    assert stage.GetPrimAtPath(f"/Scene/Figures/{figure_prims(staging)[late.name]}").GetChildren()


def test_a_shot_stands_over_its_scene_with_lens_and_moves(layers):
    from pxr import Usd, UsdGeom

    _, one, _, path = layers
    stage = Usd.Stage.Open(str(path))
    assert (stage.GetStartTimeCode(), stage.GetEndTimeCode()) == (1001, 1096)
    camera = UsdGeom.Camera(stage.GetPrimAtPath("/Shot/Camera"))
    now = camera.GetCamera(1001)
    assert now.focalLength * 100 == pytest.approx(35)
    assert now.horizontalAperture * 100 == pytest.approx(24.89)
    for frame, part in ((1001, 0.0), (1096, 1.0)):
        ours = through(one.camera, 960, part)
        m = np.array(camera.GetCamera(frame).transform)
        assert m[3, :3] == pytest.approx(ours.position, abs=1e-4)
        assert -m[2, :3] == pytest.approx(ours.rotation[2], abs=1e-5)
    rob = UsdGeom.Xformable(stage.GetPrimAtPath("/Scene/Figures/ROB"))
    at = [rob.ComputeLocalToWorldTransform(t).ExtractTranslation() for t in (1001, 1049, 1097)]
    assert [a[0] for a in at] == pytest.approx([-2.0, 0.0, 2.0], abs=0.06)


def test_names_that_are_no_prim_names_are_made_so_and_stay_apart():
    staging = heath().model_copy(
        update={
            "figures": (
                figure("2ND MAN", (0, 0), 0),
                figure("ANA'S DOG", (1, 0), 0),
                figure("ANAS DOG", (2, 0), 0),
            )
        }
    )
    from pxr import Tf

    names = figure_prims(staging)
    assert len(set(names.values())) == 3
    assert all(Tf.IsValidIdentifier(n) for n in names.values())

"""USD read back: units, rate, the way of a piece, and the plate's camera to half a pixel."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from setpiece.media.usd import write_usd
from setpiece.render.camera import Camera
from setpiece.render.scene import Mesh, Pose

TRIANGLES = np.array([[0, 2, 1], [0, 1, 3], [1, 2, 3], [2, 0, 3]], np.int32)


def test_a_piece_projects_where_the_plates_camera_sees_it(tmp_path: Path) -> None:
    from pxr import Gf, Usd, UsdGeom

    rng = np.random.default_rng(2)
    rest = np.array([[0, 25, 4], [3, 30, 6]], np.float32)
    corner = rng.normal(0, 1, (2, 4, 3)).astype(np.float32)
    vertices = (corner + rest[:, None]).reshape(-1, 3)
    faces = np.concatenate([TRIANGLES, TRIANGLES + 4])
    body = np.repeat([0, 1], 4).astype(np.int32)
    none = np.full(8, -1, np.int32)
    mesh = Mesh(vertices, vertices, faces, body, np.zeros(8, np.uint8), none)
    frames = 6
    position = np.repeat(rest[None], frames, 0)
    rotation = np.zeros((frames, 2, 4), np.float32)
    rotation[..., 3] = 1
    for f in range(3, frames):  # the second piece falls and turns; the first never moves
        turn = 0.3 * (f - 2)
        position[f, 1] += np.array([0.2, -0.1, -0.5], np.float32) * (f - 2)
        rotation[f, 1] = [0, np.sin(turn / 2), 0, np.cos(turn / 2)]
    seen = Camera.from_angles(1100, 1280, 720, tilt=8, roll=1.5, heading=3)
    camera = Camera(seen.position, seen.rotation, seen.focal, (652.0, 341.0), 1280, 720)
    path = tmp_path / "shot.usdc"
    write_usd(
        path, mesh=mesh, position=position, rotation=rotation, rest=rest,
        fps=Fraction(24000, 1001), camera=camera, names=["still", "falls"],
    )  # fmt: skip
    assert [p.name for p in tmp_path.iterdir()] == ["shot.usdc"]

    stage = Usd.Stage.Open(str(path))
    assert UsdGeom.GetStageMetersPerUnit(stage) == 1.0
    assert UsdGeom.GetStageUpAxis(stage) == "Z"
    assert stage.GetTimeCodesPerSecond() == pytest.approx(24000 / 1001)
    assert (stage.GetStartTimeCode(), stage.GetEndTimeCode()) == (1001, 1006)
    prims = {p.GetParent().GetName(): p for p in stage.Traverse() if p.IsA(UsdGeom.Mesh)}
    lens = next(p for p in stage.Traverse() if p.IsA(UsdGeom.Camera))
    still = UsdGeom.Xformable(prims["still"].GetParent()).GetOrderedXformOps()
    assert all(op.GetNumTimeSamples() <= 1 for op in still)

    for f in range(frames):
        when = Usd.TimeCode(1001 + f)
        view = UsdGeom.Camera(lens).GetCamera(when).frustum
        matrix = view.ComputeViewMatrix() * view.ComputeProjectionMatrix()
        want, _ = camera.project(Pose(position[f], rotation[f], rest).apply(mesh))
        for k, name in enumerate(("still", "falls")):
            place = UsdGeom.Xformable(prims[name]).ComputeLocalToWorldTransform(when)
            points = UsdGeom.Mesh(prims[name]).GetPointsAttr().Get()
            for p, pixel in zip(points, want[4 * k : 4 * k + 4], strict=True):
                ndc = matrix.Transform(place.Transform(Gf.Vec3d(p)))
                got = (ndc[0] * 0.5 + 0.5) * 1280, (0.5 - ndc[1] * 0.5) * 720
                assert np.abs(np.subtract(got, pixel)).max() < 0.5


def test_a_pane_is_seen_until_it_is_gone(tmp_path: Path) -> None:
    from pxr import Usd, UsdGeom

    rest = np.zeros((1, 3), np.float32)
    faces = np.arange(15, dtype=np.int32).reshape(5, 3)
    vertices = np.random.default_rng(3).normal(0, 1, (15, 3)).astype(np.float32)
    pane = np.array([-1, 0, 0, 1, 2], np.int32)
    mesh = Mesh(vertices, vertices, faces, np.zeros(5, np.int32), np.zeros(5, np.uint8), pane)
    camera = Camera.from_angles(1100, 1280, 720)
    frames = 10
    rotation = np.tile(np.array([0, 0, 0, 1], np.float32), (frames, 1, 1))
    write_usd(
        tmp_path / "shot.usda", mesh=mesh, position=np.zeros((frames, 1, 3), np.float32),
        rotation=rotation, rest=rest, fps=Fraction(24), camera=camera, names=["wall"],
        gone=np.array([4.5 / 24, np.inf, 99.0]),
    )  # fmt: skip
    stage = Usd.Stage.Open(str(tmp_path / "shot.usda"))

    def seen(name: str, frame: int) -> bool:
        prim = UsdGeom.Imageable(stage.GetPrimAtPath(f"/Shot/Building/wall/{name}"))
        return bool(prim.ComputeVisibility(Usd.TimeCode(frame)) != UsdGeom.Tokens.invisible)

    for frame in range(1001, 1011):
        assert seen("pane_00000", frame) == (frame < 1006)
        assert all(seen(name, frame) for name in ("solid", "pane_00001", "pane_00002"))
    count = UsdGeom.Mesh(stage.GetPrimAtPath("/Shot/Building/wall/pane_00000"))
    assert len(count.GetFaceVertexCountsAttr().Get()) == 2
